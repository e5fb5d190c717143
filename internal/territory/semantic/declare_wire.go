package semantic

// The wire structs are the declarations as written; catalog/README.md tells what each key means.
// A tag names the key in the file.

type wireCatalog struct {
	At      mark
	Annex   word         `y:"annex"`
	Widgets []wireWidget `y:"widgets"`
	Ideas   []wireIdea   `y:"ideas"`
}

type wireIdea struct {
	At    mark
	Code  word `y:"code"`
	Label word `y:"label"`
	Doc   word `y:"doc"`
}

type wireWidget struct {
	At    mark
	Code  word `y:"code"`
	Label word `y:"label"`
	Menu  word `y:"menu"`
	Doc   word `y:"doc"`
}

type wireCodes struct {
	At    mark
	Codes []wireList `y:"codes"`
}

type wireList struct {
	At    mark
	List  word       `y:"list"`
	Label word       `y:"label"`
	Open  flag       `y:"open"`
	Codes []wireCode `y:"codes"`
}

type wireCode struct {
	At      mark
	Code    word   `y:"code"`
	Label   word   `y:"label"`
	Short   word   `y:"short"`
	Group   word   `y:"group"`
	Aliases []word `y:"aliases"`
	Total   flag   `y:"total"`
}

type wireDataset struct {
	At         mark
	Dataset    word            `y:"dataset"`
	Label      word            `y:"label"`
	Doc        word            `y:"doc"`
	Kind       word            `y:"kind"`
	Place      word            `y:"place"`
	Time       word            `y:"time"`
	Slice      []word          `y:"slice"`
	Repeat     word            `y:"repeat"`
	Faulty     word            `y:"faulty"`
	Retention  word            `y:"retention"`
	Dated      flag            `y:"dated"`
	Sparse     flag            `y:"sparse"`
	Dimensions []wireDimension `y:"dimensions"`
	Measures   []wireMeasure   `y:"measures"`
	Rollups    []wireRollup    `y:"rollups"`
}

type wireDimension struct {
	At       mark
	Name     word `y:"name"`
	Label    word `y:"label"`
	Codes    word `y:"codes"`
	Optional flag `y:"optional"`
	Free     flag `y:"free"`
	Apart    flag `y:"apart"`
}

type wireMeasure struct {
	At       mark
	Name     word `y:"name"`
	Label    word `y:"label"`
	Unit     word `y:"unit"`
	Decimal  flag `y:"decimal"`
	Required flag `y:"required"`
	Negative flag `y:"negative"`
	Text     flag `y:"text"`
	Part     word `y:"part"`
}

type wireRollup struct {
	At      mark
	Time    word   `y:"time"`
	Schools flag   `y:"schools"`
	Drop    []word `y:"drop"`
}

type wireTheme struct {
	At         mark
	Theme      word            `y:"theme"`
	Label      word            `y:"label"`
	Indicators []wireIndicator `y:"indicators"`
}

type wireIndicator struct {
	At          mark
	Code        word      `y:"code"`
	Number      word      `y:"n"`
	Of          word      `y:"of"`
	Label       word      `y:"label"`
	Short       word      `y:"short"`
	Definition  word      `y:"definition"`
	Unit1       word      `y:"unit1"`
	Unit2       word      `y:"unit2"`
	Since       word      `y:"since"`
	Recipients  word      `y:"recipients"`
	Basis       word      `y:"basis"`
	Widget      word      `y:"widget"`
	Unit        word      `y:"unit"`
	Decimals    word      `y:"decimals"`
	Secrecy     word      `y:"secrecy"`
	Value       word      `y:"value"`
	Rate        *wireRate `y:"rate"`
	Applicable  word      `y:"applicable"`
	Members     []word    `y:"members"`
	By          []word    `y:"by"`
	WhyNoRate   word      `y:"why_no_rate"`
	BetterIsLow flag      `y:"better_is_low"`
	Note        word      `y:"note"`
	Idea        word      `y:"idea"`

	Version *wireVersion  `y:"version"`
	History []wireHistory `y:"history"`
}

// wireVersion says since when, by whom and why the declared definition holds.
type wireVersion struct {
	At     mark
	From   word `y:"from"`
	Author word `y:"author"`
	Reason word `y:"reason"`
}

// wireHistory is an earlier definition.
type wireHistory struct {
	At         mark
	From       word      `y:"from"`
	Author     word      `y:"author"`
	Reason     word      `y:"reason"`
	Definition word      `y:"definition"`
	Note       word      `y:"note"`
	Value      word      `y:"value"`
	Rate       *wireRate `y:"rate"`
}

type wireRate struct {
	At       mark
	Label    word `y:"label"`
	Num      word `y:"num"`
	Den      word `y:"den"`
	NumLabel word `y:"num_label"`
	DenLabel word `y:"den_label"`
	Percent  flag `y:"percent"`
	Decimals word `y:"decimals"`
}

type wireSection struct {
	At      mark
	Section *wireMenu  `y:"section"`
	Pages   []wirePage `y:"pages"`
}

type wireMenu struct {
	At    mark
	Code  word `y:"code"`
	Label word `y:"label"`
	Fed   flag `y:"fed"`
}

type wirePage struct {
	At      mark
	Page    word        `y:"page"`
	Path    word        `y:"path"`
	Label   word        `y:"label"`
	Title   word        `y:"title"`
	Intro   word        `y:"intro"`
	Filters []word      `y:"filters"`
	Periods []word      `y:"periods"`
	Tabs    flag        `y:"tabs"`
	Blocks  []wireBlock `y:"blocks"`
}

type wireBlock struct {
	At    mark
	Strip []wireFigure `y:"strip"`
	Chart *wireChart   `y:"chart"`
	Table *wireTable   `y:"table"`
}

type wireFigure struct {
	At        mark
	Label     word         `y:"label"`
	Widget    word         `y:"widget"`
	Indicator word         `y:"indicator"`
	Show      word         `y:"show"`
	Where     entries      `y:"where"`
	Prefix    word         `y:"prefix"`
	Suffix    word         `y:"suffix"`
	Page      word         `y:"page"`
	Context   []wireColumn `y:"context"`
}

type wireChart struct {
	At      mark
	ID      word         `y:"id"`
	Kind    word         `y:"kind"`
	Title   word         `y:"title"`
	Widget  word         `y:"widget"`
	By      word         `y:"by"`
	Series  word         `y:"series"`
	Weeks   word         `y:"weeks"`
	Columns []wireColumn `y:"columns"`
}

type wireTable struct {
	At      mark
	ID      word         `y:"id"`
	Label   word         `y:"label"`
	Widget  word         `y:"widget"`
	Rows    word         `y:"rows"`
	Detail  []word       `y:"detail"`
	Across  word         `y:"across"`
	Codes   []word       `y:"codes"`
	Rates   flag         `y:"rates"`
	Columns []wireColumn `y:"columns"`
}

type wireColumn struct {
	At        mark
	Indicator word    `y:"indicator"`
	Label     word    `y:"label"`
	Group     word    `y:"group"`
	Show      word    `y:"show"`
	In        word    `y:"in"`
	Where     entries `y:"where"`
	Prefix    word    `y:"prefix"`
	Suffix    word    `y:"suffix"`
}

type wireForm struct {
	At      mark
	Form    word           `y:"form"`
	Label   word           `y:"label"`
	Source  word           `y:"source"`
	Rank    word           `y:"rank"`
	Refuse  word           `y:"refuse"`
	Columns []wireFormCol  `y:"columns"`
	Skip    []wireFormSkip `y:"skip"`
	Outputs []wireFormOut  `y:"outputs"`
}

type wireFormCol struct {
	At       mark
	Name     word   `y:"name"`
	Headers  []word `y:"headers"`
	Required flag   `y:"required"`
	Decimal  flag   `y:"decimal"`
}

type wireFormSkip struct {
	At     mark
	Column word   `y:"column"`
	Values []word `y:"values"`
	Empty  flag   `y:"empty"`
	Reason word   `y:"reason"`
}

type wireFormOut struct {
	At      mark
	Dataset word      `y:"dataset"`
	Set     entries   `y:"set"`
	Rows    []entries `y:"rows"`
	Codes   groups    `y:"codes"`
	Labels  entries   `y:"labels"`
}

type wireDefinitions struct {
	At          mark
	Definitions []wireDefinition `y:"definitions"`
}

// wireDefinition is a new version of an indicator declared elsewhere. What it does not say is as the
// version before has it.
type wireDefinition struct {
	At         mark
	Indicator  word            `y:"indicator"`
	From       word            `y:"from"`
	Definition word            `y:"definition"`
	Note       word            `y:"note"`
	Value      word            `y:"value"`
	Rate       *wireRateChange `y:"rate"`
	Author     word            `y:"author"`
	Reason     word            `y:"reason"`
	Proposal   word            `y:"proposal"`
}

type wireRateChange struct {
	At       mark
	Label    word `y:"label"`
	Num      word `y:"num"`
	NumLabel word `y:"num_label"`
	Den      word `y:"den"`
	DenLabel word `y:"den_label"`
}

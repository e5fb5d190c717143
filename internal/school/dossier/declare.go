package dossier

import (
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/declaration"
)

// Catalog is what catalog/persons declares.
type Catalog struct {
	Kinds    Kinds
	Mappings []Mapping // how files of known sources carry kinds

	model *belvedere.Model // whose lists name the members of open columns
}

// Load reads the declarations of the folder persons of each catalogue and checks them against the
// code lists and datasets of the model. Its error is a Problems with every mistake found.
func Load(model *belvedere.Model, sources ...fs.FS) (*Catalog, error) {
	c := &Catalog{model: model}
	var mappings []declaration.Node
	d := &declared{model: model, at: map[string]declaration.Node{}}
	files, err := documents(sources, func(n declaration.Node) {
		switch {
		case slices.ContainsFunc(n.Pairs, func(p declaration.Pair) bool { return p.Key.Text == "mapping" }):
			mappings = append(mappings, n)
		default:
			if k := d.kind(n); k != nil {
				c.Kinds = append(c.Kinds, k)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, n := range mappings { // they name kinds, which may be in later files
		c.Mappings = append(c.Mappings, d.mapping(n, c.Kinds))
	}
	if list := problems(files); len(list) > 0 {
		return nil, list
	}
	return c, nil
}

// declared is a catalogue being checked.
type declared struct {
	model *belvedere.Model
	at    map[string]declaration.Node
}

// What measures count, besides the columns that they add.
const (
	countRows   = "lignes"
	countPeople = "personnes"
	countMain   = "principales"
)

// identifier is what kinds and columns are called: they become names of SQL.
var identifier = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func (d *declared) kind(n declaration.Node) *Kind {
	f := n.Fields("kind", "label", "doc", "space", "key", "slice", "time", "repeat", "retention", "columns", "counts")
	k := &Kind{Name: named(n, f, "kind"), Label: n.Word(f, "label", true), Doc: n.Word(f, "doc", true), Space: n.Word(f, "space", false),
		Key: words(f["key"]), Slice: words(f["slice"]), Time: n.Word(f, "time", true), Repeat: Repeat(n.Word(f, "repeat", false))}
	if first, twice := d.at[k.Name]; twice {
		f["kind"].Fault("«\u00a0%s\u00a0» est déclaré deux fois\u00a0: voyez %s", k.Name, first.File())
		return nil
	}
	d.at[k.Name] = n
	if k.Repeat == "" {
		k.Repeat = RepeatFault
	}
	if !slices.Contains([]Repeat{RepeatFault, RepeatSum, RepeatLast}, k.Repeat) {
		f["repeat"].Fault("«\u00a0%s\u00a0» n’est pas admis (erreur, somme, dernier)", k.Repeat)
	}
	if k.Space != "" && !slices.ContainsFunc(Spaces, func(s struct{ Name, Label string }) bool { return s.Name == k.Space }) {
		f["space"].Fault("«\u00a0%s\u00a0» n’est pas admis (etudiant, agent, usager)", k.Space)
	}
	years, ok := strings.CutSuffix(n.Word(f, "retention", true), " ans")
	if k.Retention, _ = strconv.Atoi(years); !ok || k.Retention < 1 || k.Retention > 60 {
		under(n, f, "retention").Fault("une durée en années est attendue ici\u00a0: «\u00a010 ans\u00a0»")
	}
	for _, one := range under(n, f, "columns").List {
		c := d.column(one)
		if k.Column(c.Name) != nil {
			one.Fault("la colonne «\u00a0%s\u00a0» est déclarée deux fois", c.Name)
		}
		k.Columns = append(k.Columns, c)
	}
	d.checkKind(n, f, k)
	for _, one := range f["counts"].List {
		k.Counts = append(k.Counts, d.count(one, k))
	}
	return k
}

// checkKind checks what the parts of a kind say of one another.
func (d *declared) checkKind(n declaration.Node, f map[string]declaration.Node, k *Kind) {
	persons := 0
	for _, c := range k.Columns {
		if c.Class == Person {
			persons++
		}
	}
	if persons > 1 || (persons == 1) != (k.Space != "") {
		n.Fault("«\u00a0space\u00a0» demande une colonne de classe personne, et une seule")
	}
	for _, key := range []string{"key", "slice"} {
		if len(f[key].List) == 0 {
			under(n, f, key).Fault("la liste «\u00a0%s\u00a0» est vide", key)
		}
		for i, name := range words(f[key]) {
			c := k.Column(name)
			switch {
			case c == nil:
				f[key].List[i].Fault("la colonne «\u00a0%s\u00a0» n’est pas déclarée", name)
			case c.Class == Identity || c.Class == Sensitive || c.Class == Number || key == "slice" && c.Class == Person:
				f[key].List[i].Fault("une colonne de classe %s ne peut être ici", c.Class)
			case key == "slice" && !slices.Contains(k.Key, name): // what is replaced could not be told from what stays
				f[key].List[i].Fault("la colonne «\u00a0%s\u00a0» est dans la tranche et non dans la clé", name)
			}
		}
	}
	for i, c := range k.Columns {
		if other := k.Column(c.Labels); c.Labels != "" && (c.Class != Text || other == nil || !other.Open()) {
			f["columns"].List[i].Fault("«\u00a0labels\u00a0» est celui d’une colonne de classe texte, et nomme la colonne dont elle donne les libellés\u00a0: un code «\u00a0open: true\u00a0»")
		}
		if c.With != "" && (c.List == nil || k.Column(c.With) == nil || c.With == c.Name) {
			f["columns"].List[i].Fault("«\u00a0with\u00a0» nomme une autre colonne, dont les mots se lisent dans une liste fermée («\u00a0codes\u00a0» ou «\u00a0values\u00a0»)")
		}
	}
	if c := k.Column(k.Time); c == nil || c.Class != Date || !c.Required {
		under(n, f, "time").Fault("«\u00a0time\u00a0» est une colonne de classe date, obligatoire")
	}
}

func (d *declared) column(n declaration.Node) Column {
	f := n.Fields("name", "label", "doc", "class", "grain", "values", "open", "codes", "required", "decimal", "default", "headers", "with", "labels")
	c := Column{Name: named(n, f, "name"), Label: n.Word(f, "label", true), Doc: n.Word(f, "doc", false), Class: Class(n.Word(f, "class", true)),
		Grain: belvedere.TimeGrain(n.Word(f, "grain", false)), Required: declaration.Truth(f, "required"), Decimal: declaration.Truth(f, "decimal"),
		Default: n.Word(f, "default", false), Headers: words(f["headers"]), With: n.Word(f, "with", false), Labels: n.Word(f, "labels", false)}
	if !slices.Contains([]Class{Person, Identity, Sensitive, Code, Date, Number, Text}, c.Class) {
		under(n, f, "class").Fault("«\u00a0%s\u00a0» n’est pas une classe (personne, identite, sensible, code, date, nombre, texte)", c.Class)
	}
	if c.Grain != "" && !slices.Contains([]belvedere.TimeGrain{belvedere.ByYear, belvedere.ByMonth, belvedere.ByDay}, c.Grain) {
		f["grain"].Fault("«\u00a0%s\u00a0» n’est pas admis (annee, mois, jour)", c.Grain)
	}
	if c.Class == Date && c.Grain == "" {
		c.Grain = belvedere.ByDay
	}
	if c.Name == countRows || c.Name == countPeople || c.Name == countMain {
		f["name"].Fault("«\u00a0%s\u00a0» est un mot des comptes", c.Name)
	}
	open := declaration.Truth(f, "open")
	if c.Class == Code && !open {
		c.List = d.list(n, f, c)
	}
	if c.Default != "" && c.List != nil && c.List.Find(c.Default) == nil {
		f["default"].Fault("«\u00a0%s\u00a0» n’est pas dans la liste", c.Default)
	}
	return c
}

// list is the closed list of a column: its own values, or a list of the catalogue.
func (d *declared) list(n declaration.Node, f map[string]declaration.Node, c Column) *belvedere.CodeList {
	if name := n.Word(f, "codes", false); name != "" {
		if l := d.model.CodeLists[name]; l != nil {
			return l
		}
		f["codes"].Fault("la liste «\u00a0%s\u00a0» n’est pas dans le catalogue", name)
		return nil
	}
	l := &belvedere.CodeList{Name: c.Name, Label: c.Label}
	if len(f["values"].List) == 0 {
		n.Fault("une colonne de classe code dit ses valeurs («\u00a0values\u00a0»), sa liste («\u00a0codes\u00a0»), ou «\u00a0open: true\u00a0»")
	}
	for _, one := range f["values"].List {
		v := one.Fields("code", "label", "aliases")
		l.Codes = append(l.Codes, belvedere.Code{Code: named(one, v, "code"), Label: one.Word(v, "label", true), Aliases: words(v["aliases"])})
	}
	return l
}

// count reads how rows become figures.
func (d *declared) count(n declaration.Node, k *Kind) Count {
	f := n.Fields("dataset", "where", "time", "period", "state", "last", "main", "dims", "measures")
	c := Count{Dataset: n.Word(f, "dataset", true), Time: n.Word(f, "time", false), Period: n.Word(f, "period", false), Main: words(f["main"])}
	if v, ok := f["where"]; ok {
		c.Where = pairsOf(v)
	}
	if v, ok := f["dims"]; ok {
		c.Dims = pairsOf(v)
	}
	c.Measures = pairsOf(under(n, f, "measures"))
	if v, ok := f["state"]; ok {
		s := v.Fields("year", "exercise", "from", "to", "left")
		year := "year"
		_, civil := s["exercise"]
		if civil {
			year = "exercise"
		}
		c.State = &State{Year: v.Word(s, year, true), Civil: civil, From: v.Word(s, "from", false), To: v.Word(s, "to", false)}
		if left, ok := s["left"]; ok {
			c.State.Left = pairsOf(left)
		}
	}
	if v, ok := f["last"]; ok {
		l := v.Fields("column", "as")
		c.Last = &Last{Column: v.Word(l, "column", true), As: v.Word(l, "as", true)}
		column := k.Column(c.Last.Column)
		if column == nil || column.Class != Code || !slices.Contains(k.Key, c.Last.Column) || column.List == nil || column.List.Find(c.Last.As) == nil || c.Time == "" {
			v.Fault("«\u00a0last\u00a0» nomme une colonne de la clé, à liste, et un code de cette liste, d’un compte qui a un temps")
			c.Last = nil
		}
	}
	d.checkCount(n, f, k, c)
	return c
}

// checkCount checks the names of a count: nothing but codes and dates may place a figure, nothing but numbers add.
func (d *declared) checkCount(n declaration.Node, f map[string]declaration.Node, k *Kind, c Count) {
	is := func(at declaration.Node, name string, classes ...Class) {
		if column := k.Column(name); column == nil || !slices.Contains(classes, column.Class) {
			at.Fault("«\u00a0%s\u00a0» n’est pas une colonne de cette sorte de fichiers, ou sa classe n’est pas admise ici", name)
		}
	}
	dataset := d.model.Dataset(c.Dataset)
	if dataset == nil {
		under(n, f, "dataset").Fault("le jeu de données «\u00a0%s\u00a0» n’est pas dans le catalogue", c.Dataset)
		return
	}
	if (c.Time == "") == (c.State == nil) {
		n.Fault("un compte a une colonne de temps («\u00a0time\u00a0») ou un état («\u00a0state\u00a0»)")
	}
	if c.Time != "" {
		is(under(n, f, "time"), c.Time, Date)
	}
	if c.State != nil {
		for _, name := range []string{c.State.Year, c.State.From, c.State.To} {
			if name != "" {
				is(f["state"], name, Date)
			}
		}
	}
	for _, p := range c.Where {
		is(f["where"], p.Name, Code)
		if column := k.Column(p.Name); column != nil && column.List != nil && column.List.Find(p.Value) == nil {
			f["where"].Fault("«\u00a0%s\u00a0» n’est pas dans la liste de «\u00a0%s\u00a0»", p.Value, column.Label)
		}
	}
	for _, p := range c.Dims {
		if !slices.ContainsFunc(dataset.Dimensions, func(o belvedere.Dimension) bool { return o.Name == p.Name }) {
			f["dims"].Fault("le jeu «\u00a0%s\u00a0» n’a pas de dimension «\u00a0%s\u00a0»", c.Dataset, p.Name)
		}
		if !strings.HasPrefix(p.Value, "'") {
			is(f["dims"], p.Value, Code)
		}
	}
	for _, dimension := range dataset.Dimensions { // a row without a code would keep all the others from leaving
		i := slices.IndexFunc(c.Dims, func(p Pair) bool { return p.Name == dimension.Name })
		var column *Column
		if i >= 0 {
			column = k.Column(c.Dims[i].Value)
		}
		if !dimension.Optional && dataset.Kind != belvedere.Distinct && (i < 0 || column != nil && !column.Required && column.Default == "") {
			n.Fault("la dimension «\u00a0%s\u00a0» du jeu «\u00a0%s\u00a0» n’est pas facultative\u00a0: sa colonne doit être obligatoire ou avoir une valeur par défaut", dimension.Name, c.Dataset)
		}
	}
	for _, p := range c.Measures {
		if !slices.ContainsFunc(dataset.Measures, func(m belvedere.Measure) bool { return m.Name == p.Name }) {
			f["measures"].Fault("le jeu «\u00a0%s\u00a0» n’a pas de mesure «\u00a0%s\u00a0»", c.Dataset, p.Name)
		}
		switch p.Value {
		case countRows, countPeople:
		case countMain:
			if len(c.Main) == 0 || k.PersonColumn() == nil || c.Time == "" {
				f["measures"].Fault("«\u00a0principales\u00a0» compte des personnes à un temps, et demande «\u00a0main\u00a0»\u00a0: les nombres qui font d’une ligne la principale")
			}
		default:
			is(f["measures"], p.Value, Number)
		}
	}
	for _, name := range c.Main {
		is(f["main"], name, Number)
	}
}

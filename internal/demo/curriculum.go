package demo

// A discipline is what a teacher is recruited for.
type discipline struct{ code, short, field, fieldLabel string }

var disciplines = map[string]discipline{
	"LETTR": {"L0202", "LET MODERN", "02", "LETTRES"},
	"LCLAS": {"L0201", "LET CLASS", "02", "LETTRES"},
	"PHILO": {"L0100", "PHILO", "01", "PHILOSOPHIE"},
	"MATHS": {"L1300", "MATHS", "13", "MATHEMATIQUES"},
	"ANGLA": {"L0422", "ANGLAIS", "04", "LANGUES VIVANTES"},
	"ESPAG": {"L0426", "ESPAGNOL", "04", "LANGUES VIVANTES"},
	"ALLEM": {"L0421", "ALLEMAND", "04", "LANGUES VIVANTES"},
	"HIGEO": {"L1000", "HIST. GEO.", "10", "HISTOIRE GEOGRAPHIE"},
	"ECONO": {"L1100", "SC.ECO.SOC", "11", "SCIENCES ECONOMIQUES ET SOCIALES"},
	"PHYSI": {"L1500", "PHY.CHIMIE", "15", "SCIENCES PHYSIQUES"},
	"BIOLO": {"L1600", "S. V. T.", "16", "SCIENCES DE LA VIE ET DE LA TERRE"},
	"TECHN": {"L1400", "TECHNOLOG", "14", "TECHNOLOGIE"},
	"INFOR": {"L2000", "NSI", "20", "NUMERIQUE ET SCIENCES INFORMATIQUES"},
	"MUSIQ": {"L1700", "EDUC MUSIC", "17", "EDUCATION MUSICALE"},
	"PLAST": {"L1800", "ARTS PLAST", "18", "ARTS PLASTIQUES"},
	"SPORT": {"L1900", "E. P. S", "19", "EDUCATION PHYSIQUE ET SPORTIVE"},
}

// A subject as SIECLE and STS-Web number it and as timetables name it.
type subject struct{ code, short, label, discipline string }

// subjects by mnemonic. Numbers that no public nomenclature gave are invented, under 0990.
var subjects = byShort([]subject{
	{"020700", "FRANC", "FRANCAIS", "LETTR"}, {"061300", "MATHS", "MATHEMATIQUES", "MATHS"},
	{"040600", "HIGEO", "HISTOIRE ET GEOGRAPHIE", "HIGEO"}, {"030201", "AGL1", "ANGLAIS LV1", "ANGLA"},
	{"030602", "ESP2", "ESPAGNOL LV2", "ESPAG"}, {"030102", "ALL2", "ALLEMAND LV2", "ALLEM"},
	{"020300", "LCALA", "LCA LATIN", "LCLAS"}, {"100100", "EPS", "EDUCATION PHYSIQUE ET SPORTIVE", "SPORT"},
	{"062900", "SVT", "SCIENCES DE LA VIE ET DE LA TERRE", "BIOLO"}, {"062300", "PH-CH", "PHYSIQUE-CHIMIE", "PHYSI"},
	{"070800", "TECHN", "TECHNOLOGIE", "TECHN"}, {"090100", "A-PLA", "ARTS PLASTIQUES", "PLAST"},
	{"081300", "EDMUS", "EDUCATION MUSICALE", "MUSIQ"}, {"010300", "PHILO", "PHILOSOPHIE", "PHILO"},
	{"050700", "SES", "SCIENCES ECONOMIQUES ET SOCIALES", "ECONO"}, {"065300", "ENSCI", "ENSEIGNEMENT SCIENTIFIQUE", "PHYSI"},
	{"099001", "SNT", "SCIENCES NUMERIQUES ET TECHNOLOGIE", "INFOR"}, {"099002", "SPMAT", "MATHEMATIQUES SPECIALITE", "MATHS"},
	{"099003", "SPPHC", "PHYSIQUE-CHIMIE SPECIALITE", "PHYSI"}, {"099004", "SPSVT", "SVT SPECIALITE", "BIOLO"},
	{"099005", "SPSES", "SES SPECIALITE", "ECONO"}, {"099006", "HGGSP", "HIST.-GEO. GEOPOLITIQUE SC. POLITIQUES", "HIGEO"},
	{"099007", "HLP", "HUMANITES LITTERATURE PHILOSOPHIE", "LETTR"}, {"099008", "SPNSI", "NUMERIQUE ET SCIENCES INFORMATIQUES", "INFOR"},
	{"099009", "LLCER", "LANGUES LITTERATURES CULT. ETRANGERES", "ANGLA"},
})

func byShort(list []subject) map[string]*subject {
	out := map[string]*subject{}
	for _, s := range list {
		out[s.short] = &s
	}
	return out
}

// Modes of election of a subject.
const (
	core     = "S" // the common core, that no pupil chooses
	required = "O"
	optional = "F"
)

// A taught subject of a programme: half hours a week.
type taught struct {
	subject string
	half    int
}

// A bar is a set of groups that are taught at the same time to neighbouring divisions, of which
// each pupil takes one.
type bar []string

// A formation is a MEF with its programme.
type formation struct {
	level, mef, mefstat, short, label string
	initial                           string   // of the codes of its divisions
	whole                             []taught // to each division
	language                          taught   // second language, in bars of two divisions; none when half is 0
	latin                             int      // half hours of the option, 0 when there is none
	special                           []bar    // bars of four divisions
	specialHalf                       int
	most                              float64 // pupils of a division
	age                               int     // at the end of the calendar year of the rentrée
	before                            string  // MEF of the year before
}

var (
	collegeBars = []string{"ESP2", "ALL2"}
	firstBars   = []bar{{"SPMAT", "SPSES", "HGGSP", "SPPHC"}, {"SPPHC", "SPSES", "LLCER", "SPSVT"}, {"SPSVT", "HGGSP", "SPNSI", "SPMAT"}}
	lastBars    = []bar{{"SPMAT", "SPSES", "HGGSP", "HLP"}, {"SPPHC", "SPSVT", "LLCER", "SPNSI"}}
)

// formations are the programmes of collèges and of general lycées, by level, close to the official
// hours. A collège of the demonstration that has files has no SEGPA.
var formations = []*formation{
	{level: "6eme", mef: "10010012110", mefstat: "21110010012", short: "6EME", label: "6EME", initial: "6", most: 26.5, age: 11,
		whole: []taught{{"FRANC", 9}, {"MATHS", 9}, {"HIGEO", 6}, {"AGL1", 8}, {"SVT", 3}, {"PH-CH", 3}, {"EPS", 8}, {"A-PLA", 2}, {"EDMUS", 2}}},
	{level: "5eme", mef: "10110001110", mefstat: "21120010001", short: "5G", label: "5EME", initial: "5", most: 26.5, age: 12, before: "10010012110",
		whole:    []taught{{"FRANC", 9}, {"MATHS", 7}, {"HIGEO", 6}, {"AGL1", 6}, {"SVT", 3}, {"PH-CH", 3}, {"TECHN", 3}, {"EPS", 6}, {"A-PLA", 2}, {"EDMUS", 2}},
		language: taught{"ESP2", 5}, latin: 2},
	{level: "4eme", mef: "10210001110", mefstat: "21150010001", short: "4G", label: "4EME", initial: "4", most: 26.5, age: 13, before: "10110001110",
		whole:    []taught{{"FRANC", 9}, {"MATHS", 7}, {"HIGEO", 6}, {"AGL1", 6}, {"SVT", 3}, {"PH-CH", 3}, {"TECHN", 3}, {"EPS", 6}, {"A-PLA", 2}, {"EDMUS", 2}},
		language: taught{"ESP2", 5}, latin: 4},
	{level: "3eme", mef: "10310019110", mefstat: "21160010019", short: "3EME", label: "3EME", initial: "3", most: 26.5, age: 14, before: "10210001110",
		whole:    []taught{{"FRANC", 8}, {"MATHS", 7}, {"HIGEO", 7}, {"AGL1", 6}, {"SVT", 3}, {"PH-CH", 3}, {"TECHN", 3}, {"EPS", 6}, {"A-PLA", 2}, {"EDMUS", 2}},
		language: taught{"ESP2", 5}, latin: 4},
	{level: "2nde", mef: "20010018110", mefstat: "22110010018", short: "2NDE", label: "2NDE GENERALE ET TECHNOLOGIQUE", initial: "2G", most: 33, age: 15, before: "10310019110",
		whole:    []taught{{"FRANC", 8}, {"MATHS", 8}, {"HIGEO", 7}, {"AGL1", 6}, {"SVT", 3}, {"PH-CH", 6}, {"SES", 3}, {"SNT", 3}, {"EPS", 4}},
		language: taught{"ESP2", 5}, latin: 4},
	{level: "1ere", mef: "20110019110", mefstat: "22120010019", short: "1ERE G", label: "1ERE GENERALE", initial: "1G", most: 33, age: 16, before: "20010018110",
		whole:    []taught{{"FRANC", 8}, {"HIGEO", 7}, {"ENSCI", 4}, {"AGL1", 5}, {"EPS", 4}},
		language: taught{"ESP2", 4}, special: firstBars, specialHalf: 8},
	{level: "terminale", mef: "20210019110", mefstat: "22130010019", short: "TLE G", label: "TERMINALE GENERALE", initial: "TG", most: 33, age: 17, before: "20110019110",
		whole:    []taught{{"PHILO", 8}, {"HIGEO", 7}, {"ENSCI", 4}, {"AGL1", 4}, {"EPS", 4}},
		language: taught{"ESP2", 4}, special: lastBars, specialHalf: 12},
}

func formationOf(level string) *formation {
	for _, f := range formations {
		if f.level == level {
			return f
		}
	}
	return nil
}

// programme is every subject of a formation with its mode and hours, as a nomenclature lists it.
func (f *formation) programme() []line {
	var out []line
	for _, t := range f.whole {
		mode := core
		if t.subject == "AGL1" {
			mode = required
		}
		out = append(out, line{subjects[t.subject], mode, t.half, 1})
	}
	if f.language.half > 0 {
		for _, short := range collegeBars {
			out = append(out, line{subjects[short], required, f.language.half, 2})
		}
	}
	seen := map[string]bool{}
	for _, b := range f.special {
		for _, short := range b {
			if !seen[short] {
				seen[short] = true
				out = append(out, line{subjects[short], required, f.specialHalf, 3})
			}
		}
	}
	if f.latin > 0 {
		out = append(out, line{subjects["LCALA"], optional, f.latin, 0})
	}
	return out
}

// A line of a programme; rank is the first rank of a required option.
type line struct {
	*subject
	mode string
	half int
	rank int
}

// choices is how many required options a pupil has.
func (f *formation) choices() int {
	n := 1 + len(f.special)
	if f.language.half > 0 {
		n++
	}
	return n
}

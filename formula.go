package belvedere

import "slices"

// FormulaPrefix stands before the code of a saved formula where the code of an indicator may stand:
// "formule:cout_par_etudiant".
const FormulaPrefix = "formule:"

// A Formula is a computation that someone wrote over declared indicators: never SQL, never raw
// measures, so that rights, agreements, recipients and release of what it reads are its own. A query
// carries it whole, with the populations that it names, so that a receipt replays the very text.
type Formula struct {
	Code        string       `json:"code,omitempty"`    // "" for one that is not saved
	Version     int          `json:"version,omitempty"` // of the saved one, from 1
	Label       string       `json:"label,omitempty"`
	Definition  string       `json:"definition,omitempty"`
	Text        string       `json:"text"`
	Unit        string       `json:"unit,omitempty"`     // "" is that of the computation
	Decimals    int          `json:"decimals,omitempty"` // shown
	Percent     bool         `json:"percent,omitempty"`  // a ratio shown × 100
	BetterIsLow bool         `json:"better_is_low,omitempty"`
	Populations []Population `json:"populations,omitempty"` // those that the text names
	Formulas    []Formula    `json:"formulas,omitempty"`    // those that the text names, whole, with their own
}

// Name is what a column that asks for the formula bears in the place of an indicator.
func (f Formula) Name() string {
	if f.Code == "" {
		return FormulaPrefix + "texte"
	}
	return FormulaPrefix + f.Code
}

// A Population is a named set of filters on dimensions: « étudiants actifs hors césure ».
type Population struct {
	Code    string   `json:"code"`
	Version int      `json:"version,omitempty"`
	Label   string   `json:"label,omitempty"`
	Where   []Filter `json:"where"`
}

// Sources are the declared indicators that an indicator reads: those of a formula, else itself.
func (i *Indicator) Sources() []*Indicator {
	if len(i.Reads) > 0 {
		return i.Reads
	}
	return []*Indicator{i}
}

// Needs are the attributes of the school that must not be false for the indicator to mean something.
func (i *Indicator) Needs() []string {
	var out []string
	for _, one := range i.Sources() {
		if one.Applicable != "" && !slices.Contains(out, one.Applicable) {
			out = append(out, one.Applicable)
		}
	}
	return out
}

// SeesAll tells whether the rights of the scope open an indicator: all that a formula reads.
func (s Scope) SeesAll(ind *Indicator) bool {
	return !slices.ContainsFunc(ind.Sources(), func(i *Indicator) bool { return !s.Sees(i.Widget) })
}

// ofAll keeps the schools that each of the indicators shares which an indicator reads.
func (s Scope) ofAll(ind *Indicator, of func(*Indicator) ([]UAI, bool)) (list []UAI, all bool) {
	if len(ind.Reads) == 0 {
		return of(ind)
	}
	all = true
	for _, one := range ind.Reads {
		some, whole := of(one)
		switch {
		case whole:
		case all:
			list, all = some, false
		default:
			list = slices.DeleteFunc(slices.Clone(list), func(u UAI) bool { return !holds(some, u) })
		}
	}
	return list, all
}

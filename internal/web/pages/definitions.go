package pages

import (
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/definition"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// Meaning is the page of an indicator.
type Meaning struct {
	Frame      parts.Frame
	Sheet      *definition.Sheet
	Definition Definition
	Formulas   []string
	Versions   []Version
	Uses       []parts.Link
	Members    []parts.Link         // of a référentiel
	Alike      *definition.Alike    // nil when it is alone in its idea
	Lineage    *report.Lineage      // nil for a référentiel
	Deliveries []belvedere.Delivery // the last of each dataset, for administrators
	Question   string               // as typed
	Owner      string
	Errors     parts.FieldErrors
	Done       string
	Delay      int
	Late       func(registry.Question) bool
	Zone       *time.Location
}

// A Version is one of the versions of a definition.
type Version struct {
	belvedere.Definition
	Formulas []string
	InForce  bool
	Uses     []parts.Link // pages computed with it
}

// dates says when a version holds.
func (v Version) dates() string {
	switch {
	case v.From.IsZero() && v.To.IsZero():
		return "depuis le début"
	case v.From.IsZero():
		return "jusqu’au " + belvedere.DayMonthYear(v.To.AddDate(0, 0, -1))
	case v.To.IsZero():
		return "depuis le " + belvedere.DayMonthYear(v.From)
	}
	return "du " + belvedere.DayMonthYear(v.From) + " au " + belvedere.DayMonthYear(v.To.AddDate(0, 0, -1))
}

// expressions are those of a version, as declarations write them.
func (v Version) expressions() string {
	var out []string
	if v.Value != nil {
		out = append(out, "valeur : "+definition.Expression(v.Value))
	}
	if v.Rate != nil {
		out = append(out, "taux : "+definition.Expression(v.Rate.Num)+" rapporté à "+definition.Expression(v.Rate.Den))
	}
	return strings.Join(out, "\n")
}

// feedSource says where a dataset comes from.
func feedSource(f report.Feed) string {
	if f.Sources != "" {
		return f.Sources
	}
	return "Fichiers au format publié"
}

func feedCoverage(f report.Feed) string {
	return belvedere.FormatNumber(float64(f.Received), 0) + "/" + belvedere.Plural(f.Expected, "établissement", "établissements")
}

func dayOrNone(t time.Time) string {
	if t.IsZero() {
		return "en attente"
	}
	return belvedere.ShortDate(t)
}

// Proposing is the form of a proposal.
type Proposing struct {
	Frame     parts.Frame
	Indicator *belvedere.Indicator
	Proposal  definition.Draft
	From      string // as typed
	Errors    parts.FieldErrors
	Carets    []string // mistakes with the line and a caret
	Impact    *definition.Impact
}

func (p Proposing) last() belvedere.Definition {
	all := p.Indicator.Definitions()
	return all[len(all)-1]
}

func (p Proposing) field(name, label, value string, most int) parts.Field {
	return parts.Field{Name: name, Label: label, Value: value, Error: p.Errors.Of(name), Most: most, Autocomplete: "off"}
}

// hinted adds what holds today to a field.
func hinted(f parts.Field, today string) parts.Field {
	if today != "" {
		f.Hint = "Aujourd’hui : " + today
	}
	return f
}

// Definitions is the list of proposals and questions.
type Definitions struct {
	Frame     parts.Frame
	Text      string // searched in questions and answers
	Found     int
	Proposals []registry.Proposal
	Questions []registry.Question
	Label     func(code string) string
	Late      func(registry.Question) bool
	Zone      *time.Location
	Done      string
}

// Deciding is the page of a proposal.
type Deciding struct {
	Frame    parts.Frame
	Proposal registry.Proposal
	Sheet    *definition.Sheet
	Impact   *definition.Impact
	Trouble  string
	Reason   string // as typed
	Errors   parts.FieldErrors
	Zone     *time.Location
	Done     string
}

func (d Deciding) facts() []Fact {
	p := d.Proposal
	out := []Fact{{"État", p.State.Label()}, {"Date d’effet", belvedere.DayMonthYear(p.From)}, {"Proposée par", p.By + ", le " + belvedere.DayMonthYear(p.At.In(d.Zone))}, {"Motif", p.Reason}}
	for _, f := range []Fact{{"Définition", p.Text}, {"Note", p.Note}, {"Valeur", p.Value}, {"Taux", p.RateLabel}, {"Numérateur", p.Num}, {"Nom du numérateur", p.NumLabel},
		{"Dénominateur", p.Den}, {"Nom du dénominateur", p.DenLabel}} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	if !p.Decided.IsZero() {
		out = append(out, Fact{"Décidée par", p.DecidedBy + ", le " + belvedere.DayMonthYear(p.Decided.In(d.Zone))}, Fact{"Motif de la décision", p.Decision})
		if p.Impact != "" {
			out = append(out, Fact{"Effet montré", p.Impact})
		}
	}
	return out
}

// change is how far a figure moves, in words.
func change(col belvedere.ResultColumn, x, y belvedere.Cell) string {
	if !x.State.Shown() || !y.State.Shown() {
		if x.State == y.State {
			return ""
		}
		return "change d’état"
	}
	gap := y.Value - x.Value
	if gap == 0 {
		return "0"
	}
	sign := ""
	if gap > 0 {
		sign = "+"
	}
	if col.Percent {
		return sign + belvedere.FormatNumber(100*gap, 1) + " pt"
	}
	return sign + belvedere.FormatNumber(gap, col.Decimals)
}

func sideID(i int) string { return "effet-" + strconv.Itoa(i+1) }

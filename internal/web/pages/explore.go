package pages

import (
	"net/url"
	"strings"

	"belvedere"
	"belvedere/internal/saved"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// An Explorer is the page where a question is composed, with its answer.
type Explorer struct {
	Frame    parts.Frame
	State    report.Explore
	Sentence report.Sentence
	Chosen   []ChosenColumn
	Themes   []ExploreTheme
	Count    int // indicators that can be chosen
	Dims     []report.ExploreDim
	Fields   []report.FilterView
	Years    []belvedere.SchoolYear
	Hidden   []parts.Field // of the state, that no field of the form shows
	All      []parts.Field // the whole state, for the forms beside
	Chips    []report.Chip
	Shapes   []parts.Link
	Answer   *ExploreAnswer
	Refused  string          // why the question has no answer
	Ways     []parts.Link    // out of it
	Empty    bool            // nothing is published
	Typed    url.Values      // what the address says, where it cannot be read
	Among    []report.Option // populations
	Starts   []parts.Link    // questions to begin with
	Saved    *saved.Query    // the query that is being changed, nil for none
}

// A ChosenColumn is an indicator of the question.
type ChosenColumn struct {
	Value, Label   string
	Values, Rates  string // addresses of both sides, "" where there is one
	OnRate         bool
	Out, Up, About string // addresses
}

// An ExploreTheme is the indicators of a theme that can be chosen.
type ExploreTheme struct {
	Label string
	Items []ExploreItem
}

// An ExploreItem is one of them.
type ExploreItem struct {
	Value, Label, Unit string
	Why                string // why it cannot be chosen
	Lacks              string // what the question asks that it is not counted by
}

// An ExploreAnswer is an answer as a page shows it, whoever composed its question.
type ExploreAnswer struct {
	Title        string
	Warnings     []string
	Data         parts.Dataline
	Values       string // addresses of both sides of the switch, "" without
	Rates        string
	OnRates      bool
	Files        []parts.Link
	FilesSay     string
	Extract      string // address of the request of an extract, "" when the reader may take none
	Plot         *parts.Plot
	Table        *TableSection
	Correlations []string
	Detail       *ExploreDetail
	Form         string // id of the hidden form of the state
	Action       string
}

// An ExploreDetail is what one can do from a line or a figure.
type ExploreDetail struct {
	Of      string // "Collège"
	Figures []DetailFigure
	Refused string // why one cannot go down
	Only    string // address of this line alone
	Out     string // address of all but this line, "" where no filter says it
	By      []parts.Link
	Across  []parts.Link // other subjects on the same lines and filters
	Close   string
}

// A DetailFigure is a figure of the line.
type DetailFigure struct {
	Label, Text, Why string
	About, Gap       string // addresses
	Only             string // of the figure alone under its member, "" when the line is it
	Current          bool
}

// selectedDim tells whether a dimension is that of a place.
func selectedDim(list []string, at int, name string) bool { return at < len(list) && list[at] == name }

func placeLabel(at int) string { return []string{"D’abord par", "puis par", "puis par"}[at] }

// yearValue writes a school year as addresses do.
func yearValue(y belvedere.SchoolYear) string { return y.String()[:4] }

func dayValue(p Explorer, last bool) string {
	e, name := p.State, "du"
	if last {
		name = "au"
	}
	switch {
	case e.Span.From.IsZero() && p.Typed.Get(name) != "":
		return p.Typed.Get(name) // as it was typed, to be mended
	case e.Span.From.IsZero():
		return ""
	case last:
		return e.Span.To.AddDate(0, 0, -1).Format("2006-01-02")
	}
	return e.Span.From.Format("2006-01-02")
}

// periods are those within a school year.
var periods = []belvedere.PeriodKind{"", belvedere.LastDay, belvedere.ThisMonth, belvedere.LastMonth, belvedere.LastYear}

func periodLabel(k belvedere.PeriodKind) string {
	if k == "" {
		return "L’année entière"
	}
	return k.Label()
}

var comparisons = []belvedere.Compare{"", belvedere.Previous, belvedere.YearBefore}

// tokenHint says what a phrase of the sentence leads to.
func tokenHint(part string) string {
	return map[string]string{"indicateurs": "changer les indicateurs", "lignes": "changer les lignes", "colonnes": "changer les colonnes",
		"filtres": "changer les filtres", "periode": "changer la période", "comparaison": "changer la comparaison", "population": "changer les filtres", "edition": "changer la période"}[part]
}

// tokenPlace is the part of the form that a phrase of the sentence leads to.
func tokenPlace(part string) string {
	switch part {
	case "population":
		part = "filtres"
	case "edition", "comparaison":
		part = "periode"
	case "colonnes":
		part = "lignes"
	}
	return "#choix-" + part
}

func savedState(q *saved.Query) string {
	switch {
	case q.VerifiedBy != "":
		return "✓ Vérifiée par " + q.VerifiedBy + ", le " + belvedere.ShortDate(q.Verified)
	case q.Sharing == "tous":
		return "Partagée avec tous"
	case q.Sharing == "choisis":
		return "Partagée"
	}
	return "Privée"
}

func joined(list []string) string { return strings.Join(list, ", ") }

func topValue(p Explorer) string {
	e := p.State
	if e.Top == 0 {
		return p.Typed.Get("premiers")
	}
	return belvedere.FormatNumber(float64(e.Top), 0)
}

func savedTitle(p Explorer) string {
	if p.Saved != nil {
		return p.Saved.Title
	}
	return ""
}

func savedDescription(p Explorer) string {
	if p.Saved != nil {
		return p.Saved.Description
	}
	return ""
}

// saveChoices are what can be left to readers, ticked as they were.
func saveChoices(p Explorer) []report.Option {
	out := saved.Choices(p.State)
	for i := range out {
		for _, d := range p.Dims {
			if out[i].Label == d.Name {
				out[i].Label = "Filtre : " + d.Label
			}
		}
		if p.Saved != nil {
			for _, name := range p.Saved.Parameters {
				out[i].Selected = out[i].Selected || name == out[i].Value
			}
		}
	}
	return out
}

// askWord is what the button says that opens the question on a narrow screen.
func askWord(p Explorer) string {
	if p.Empty {
		return "Composer la question"
	}
	return "Modifier la question"
}

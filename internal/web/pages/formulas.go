package pages

import (
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/formula"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// FormulaWords name a kind, formulas or populations, on its pages.
type FormulaWords struct {
	Kind                    registry.FormulaKind
	Base, Several, New, One string
}

// Formulas is the list of what the reader may use.
type Formulas struct {
	Frame  parts.Frame
	Words  FormulaWords
	List   []registry.SavedFormula
	Viewer int64
	Writes bool
	Done   string
}

// A FormulaSheet is the page of one formula or population.
type FormulaSheet struct {
	Frame   parts.Frame
	Words   FormulaWords
	Sheet   *formula.Sheet
	Sample  *belvedere.Result
	Zone    *time.Location
	Done    string
	Refused string
	Explore string // address of the explorer that asks it, "" where it cannot be asked
	Alert   string
}

// A FormulaForm is the form of one, with what can be said of its text.
type FormulaForm struct {
	Frame       parts.Frame
	Words       FormulaWords
	Title       string
	Action      string
	Draft       formula.Draft
	Errors      parts.FieldErrors
	Checked     bool
	Unread      bool // being put together: not checked
	Check       formula.Check
	Caret       string // the text with its mistakes
	Sample      *belvedere.Result
	Themes      []FormulaTheme
	Populations []registry.SavedFormula
	Formulas    []registry.SavedFormula
	Uses        []formula.Use // what changes with it
}

// A FormulaTheme is the indicators of a theme that formulas may name.
type FormulaTheme struct {
	Label      string
	Indicators []FormulaIndicator
}

// A FormulaIndicator is an indicator with its unit and the dimensions that cut it.
type FormulaIndicator struct{ Code, Label, Unit, Dims string }

// FormulaThemes are the indicators that the rights of a viewer open, theme by theme.
func FormulaThemes(m *belvedere.Model, v belvedere.Viewer) (out []FormulaTheme) {
	for _, t := range m.Themes {
		theme := FormulaTheme{Label: t.Label}
		for _, i := range m.Indicators {
			if i.Theme == t.Code && len(i.Members) == 0 && v.Scope.Sees(i.Widget) {
				theme.Indicators = append(theme.Indicators, FormulaIndicator{i.Code, i.Label, unitOf(i), formula.Dimensions(m, i)})
			}
		}
		if len(theme.Indicators) > 0 {
			out = append(out, theme)
		}
	}
	return out
}

func unitOf(i *belvedere.Indicator) string {
	if i.Value == nil && i.Rate != nil {
		return "rapport"
	}
	return i.Unit
}

// formulaState says who may use one, and who stands for it.
func formulaState(f registry.SavedFormula) string {
	switch {
	case f.VerifiedBy != "":
		return "vérifiée"
	case f.Shared:
		return "partagée"
	}
	return "privée"
}

func formulaUnit(unit string) string {
	if unit == "" {
		return "sans unité"
	}
	return unit
}

// namedCode is how a text names a formula or a population.
func namedCode(f registry.SavedFormula) string {
	if f.Kind == registry.FormulaOfRows {
		return "@" + f.Code
	}
	return belvedere.FormulaPrefix + f.Code
}

func formulaPath(f registry.SavedFormula) string { return formula.Path(f) }

// sampleText is a figure of a sample, or why it is not shown.
func sampleText(r *belvedere.Result, c belvedere.Cell) string {
	if word := c.State.Word(); word != "" {
		return word
	}
	return r.Columns[0].Format(c.Value)
}

func versionText(n int) string { return strconv.Itoa(n) }

func decimalOptions() []parts.Option {
	var out []parts.Option
	for n := range 5 {
		out = append(out, parts.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n)})
	}
	return out
}

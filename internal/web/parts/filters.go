package parts

import (
	"strings"

	"belvedere"
	"belvedere/internal/territory/report"
)

// A FilterForm is the form over a page, with the choices that travel with it unseen.
type FilterForm struct {
	Action  string
	Fields  []report.FilterView
	Hidden  []Field // Name and Value
	Chips   []report.Chip
	Clear   string // address without any filter, "" when there is none to remove
	Reading string // the choices in a few words, on the button of narrow screens
}

// many tells whether the field is a list of boxes to tick.
func many(f report.FilterView) bool { return f.Kind == "etablissements" }

// chosen counts the options that are ticked.
func chosen(f report.FilterView) int {
	n := 0
	for _, o := range f.Options {
		if o.Selected {
			n++
		}
	}
	return n
}

// choiceWords is what the closed list says: "Tous (96)", "25 choisis" or the one name.
func choiceWords(f report.FilterView) string {
	switch n := chosen(f); {
	case n == 0 || n == choices(f):
		return "Tous (" + belvedere.FormatNumber(float64(choices(f)), 0) + ")"
	case n == 1:
		for _, o := range f.Options {
			if o.Selected {
				return o.Label
			}
		}
	default:
		return belvedere.FormatNumber(float64(n), 0) + " choisis"
	}
	return ""
}

// choices counts the schools, listed or not.
func choices(f report.FilterView) int { return max(f.Total, len(f.Options)) }

// shortened tells whether the schools are too many to be listed: only the chosen ones are.
func shortened(f report.FilterView) bool { return len(f.Options) < f.Total }

// Reading puts the choices of the form in a few words.
func Reading(fields []report.FilterView) string {
	var words []string
	for _, f := range fields {
		if many(f) {
			words = append(words, strings.ToLower(choiceWords(f)))
			continue
		}
		for _, o := range f.Options {
			if o.Selected && o.Value != "" {
				words = append(words, o.Label)
			}
		}
	}
	if len(words) == 0 {
		return "aucun"
	}
	return strings.Join(words, ", ")
}

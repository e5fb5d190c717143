package pages

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/tally"
	"belvedere/internal/web/parts"
)

// Tally is what left a school.
type Tally struct {
	Frame   parts.Frame
	School  string
	Name    string
	Schools []parts.Option
	Year    belvedere.SchoolYear
	Years   []parts.Link
	View    tally.View
	Model   *belvedere.Model
	Zone    *time.Location
	Path    string
	Seen    string // address of who looked at the figures, "" for none
	Done    string
	Trouble string
	Errors  parts.FieldErrors
	Typed   struct{ Dataset, Line, Text string }
}

func (p Tally) dataset(name string) *belvedere.Dataset { return p.Model.Dataset(name) }

// file is the address of a file as it left.
func (p Tally) file(f tally.Left) string {
	return p.Path + "/" + strconv.FormatInt(f.ID, 10) + "/chiffres.csv?" + url.Values{"etablissement": {p.School}}.Encode()
}

// to is where the figures go, in words.
func (p Tally) to() string {
	if p.View.To == "" {
		return "la console de cette installation"
	}
	return p.View.To
}

// automatic tells whether a dataset leaves by itself.
func (p Tally) automatic(name string) bool { return !holds(p.View.ByHand, name) }

// sliceWords is a slice in words: "14/11/2026", "novembre 2026", "2026-2027".
func sliceWords(name string) string {
	if d, err := time.Parse(time.DateOnly, name); err == nil {
		return belvedere.ShortDate(d)
	}
	if d, err := time.Parse("2006-01", name); err == nil {
		return belvedere.MonthName(d)
	}
	if y, err := strconv.Atoi(name); err == nil {
		return belvedere.SchoolYear(y).String()
	}
	return name
}

// spanWords is from which slice to which a file goes.
func spanWords(span string) string {
	from, to, two := strings.Cut(span, "/")
	if !two {
		return sliceWords(from)
	}
	return sliceWords(from) + " – " + sliceWords(to)
}

// stateWords is how far a file is, with the edition that published it.
func stateWords(f tally.Left) string {
	if f.State == tally.Published && f.Edition > 0 {
		return "publié dans l’édition " + strconv.Itoa(f.Edition)
	}
	return f.State.Label()
}

// sentBy is who had a file sent.
func sentBy(f tally.Left) string {
	if f.By == "" {
		return "envoi automatique"
	}
	return f.By
}

// receivedWords is when the territory acknowledged a file.
func receivedWords(f tally.Left) string {
	if f.Acked.IsZero() {
		return ""
	}
	return "reçu le " + shortMoment(f.Acked) + ", "
}

// contestWords is who contests, and who ended it.
func contestWords(c tally.Contest) string {
	words := "par " + c.By + " le " + shortMoment(c.At)
	if !c.Lifted.IsZero() {
		words += ", levée par " + c.LiftedBy + " le " + shortMoment(c.Lifted)
	}
	return words
}

// heads are the columns of the figures: label, and whether it holds numbers.
func heads(d *belvedere.Dataset, columns []string) (out []parts.Option) {
	times := map[string]string{"jour": "Jour", "mois": "Mois", "heure": "Heure", "annee": "Année", "periode": "Période", "debut": "Début"}
	for _, c := range columns {
		label, class := times[c], "text"
		if dim := d.Dimension(c); dim != nil {
			label = dim.Label
		}
		if m := d.Measure(c); m != nil {
			label, class = m.Label, ""
		}
		out = append(out, parts.Option{Value: class, Label: either(label, c)})
	}
	return out
}

// cellWords is a value as people read it: the label of a code, a number with its spaces, a date.
func cellWords(d *belvedere.Dataset, column, value string) string {
	if dim := d.Dimension(column); dim != nil {
		if value == "" {
			return "non ventilé"
		}
		if c := dim.List.Find(value); c != nil {
			return c.Label
		}
		return value
	}
	if d.Measure(column) != nil {
		if value == "" {
			return "non dit"
		}
		if x, err := strconv.ParseFloat(value, 64); err == nil {
			decimals := 0
			if strings.Contains(value, ".") {
				decimals = 2
			}
			return belvedere.FormatNumber(x, decimals)
		}
		return value
	}
	switch column {
	case "periode":
		return map[string]string{"jour": "Jour", "mois": "Mois", "annee": "Année scolaire"}[value]
	case "heure":
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			return t.Format("15") + belvedere.NoBreak + "h (" + t.Format("-07:00") + ")"
		}
	}
	return sliceWords(value)
}

// lineWords names a line by the labels of its codes.
func lineWords(d *belvedere.Dataset, line string) string {
	if line == "" {
		return "Tous les chiffres"
	}
	var words []string
	for i, code := range strings.Split(line, ";") {
		if i < len(d.Dimensions) {
			words = append(words, cellWords(d, d.Dimensions[i].Name, code))
		}
	}
	return strings.Join(words, ", ")
}

// lines are what one may contest in a dataset.
func lines(d *belvedere.Dataset, f *tally.Figures) []parts.Option {
	out := []parts.Option{{Value: "", Label: "Tous les chiffres"}}
	for _, line := range f.Lines(d) {
		out = append(out, parts.Option{Value: line, Label: lineWords(d, line)})
	}
	return out
}

func holds(list []string, name string) bool {
	for _, x := range list {
		if x == name {
			return true
		}
	}
	return false
}

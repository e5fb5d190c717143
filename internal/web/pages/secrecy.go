package pages

import (
	lists "slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/web/parts"
)

// Secrecy is the page of statistical secrecy: rules, their effect, releases.
type Secrecy struct {
	Frame    parts.Frame
	Done     string
	Trouble  string // said instead of setting rules
	Status   *diffusion.Status
	Rules    diffusion.Rules // of the form
	Seen     string          // sum of the rules that the form was shown with
	Theme    string
	Themes   []parts.Link
	Rows     []SecrecyRow
	Preview  *diffusion.Preview // nil before someone asks for the effect
	Changes  []string           // in words, with a preview
	Releases []registry.Release // of this page of the list
	Total    int
	Pages    []parts.Link
	Datasets map[string]string // labels
	Zone     *time.Location
}

// A SecrecyRow is one indicator.
type SecrecyRow struct {
	Indicator *belvedere.Indicator
	Theme     string
	Address   string
	Now       string // class in force
	Class     string // of the form
	Floor     float64
	Effect    diffusion.Effect
}

// classOptions are the classes that an indicator may have: the declared one and those above.
func (r SecrecyRow) classOptions() []parts.Option {
	var out []parts.Option
	from := max(lists.Index(diffusion.Classes, r.Indicator.Secrecy), 0)
	for i, class := range diffusion.Classes[from:] {
		label := classWord(class)
		if i == 0 {
			label += " (déclarée)"
		}
		out = append(out, parts.Option{Value: class, Label: label})
	}
	return out
}

func classWord(class string) string {
	if class == "" || class == diffusion.Classes[0] {
		return "aucune"
	}
	return "classe" + belvedere.NoBreak + class
}

func floorWord(floor float64) string {
	if floor == 0 {
		return "–"
	}
	return strconv.FormatFloat(floor, 'f', -1, 64)
}

// changeWord writes what is and what would be, once when they are alike.
func changeWord(a, b string) string {
	if a == b {
		return a
	}
	return a + " → " + b
}

// hidden writes hidden figures with their share of all.
func hidden(n, all int) string {
	if all == 0 {
		return "–"
	}
	return count(int64(n)) + " (" + belvedere.FormatNumber(100*float64(n)/float64(all), 1) + belvedere.NarrowSpace + "%)"
}

func (p Secrecy) floor(class string) string {
	if v, ok := p.Rules.Floors[class]; ok {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return class
}

var calendars = []parts.Option{
	{Value: string(diffusion.Monthly), Label: "le premier de chaque mois"}, {Value: string(diffusion.Weekly), Label: "chaque lundi"}, {Value: string(diffusion.Daily), Label: "chaque jour"},
}

func (p Secrecy) calendar() string {
	if p.Rules.Calendar == "" {
		return string(diffusion.Monthly)
	}
	return string(p.Rules.Calendar)
}

// sheets says what a release decided: "Effectifs d’élèves (2023 à 2025), Assiduité (2025)".
func (p Secrecy) sheets(r registry.Release) string {
	var out []string
	for i := 0; i < len(r.Sheets); {
		last := i
		for last+1 < len(r.Sheets) && r.Sheets[last+1].Dataset == r.Sheets[i].Dataset {
			last++
		}
		years := strconv.Itoa(int(r.Sheets[i].Year))
		if last > i {
			years += " à " + strconv.Itoa(int(r.Sheets[last].Year))
		}
		out = append(out, either(p.Datasets[r.Sheets[i].Dataset], r.Sheets[i].Dataset)+" ("+years+")")
		i = last + 1
	}
	return either(strings.Join(out, ", "), "rien de protégé n’a changé")
}

// waits says what waits for the calendar: "Effectifs d’élèves, 2025-2026".
func waits(w diffusion.Wait) string { return w.Label + ", " + w.Year.String() }

func reasonWord(reason string) string { return either(diffusion.Reasons[reason], reason) }

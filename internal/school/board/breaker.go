package board

import (
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// The circuit breaker trips when an import would make more pupils vanish than both bounds.
const (
	mostVanishedShare = 0.10
	mostVanished      = 20
)

// An Alarm is what an import would make disappear, and that someone must say before it does.
type Alarm struct {
	Pupils    int      // vanished from the file; 0 when they are few
	Before    int      // pupils before
	Divisions []string // gone, that had pupils
}

// Trips tells whether there is anything to confirm.
func (a Alarm) Trips() bool { return a.Pupils > 0 || len(a.Divisions) > 0 }

// Phrase is what one must write to let it happen: "34 élèves, 6B".
func (a Alarm) Phrase() string {
	var words []string
	if a.Pupils > 0 {
		words = append(words, belvedere.Plural(a.Pupils, "élève", "élèves"))
	}
	return strings.Join(append(words, a.Divisions...), ", ")
}

// confirmed compares what was written with the phrase, whatever its case, accents and spaces.
func (a Alarm) confirmed(text string) bool {
	return !a.Trips() || vault.Code(text) == vault.Code(a.Phrase())
}

// refuse is the error of an import that nobody has confirmed.
func (a Alarm) refuse() error {
	what := []string{}
	if a.Pupils > 0 {
		what = append(what, belvedere.Plural(a.Pupils, "élève disparaîtrait", "élèves disparaîtraient")+" sur "+belvedere.Plural(a.Before, "élève", "élèves"))
	}
	if n := len(a.Divisions); n > 0 {
		what = append(what, belvedere.Plural(n, "division disparaîtrait", "divisions disparaîtraient")+" ("+strings.Join(a.Divisions, ", ")+")")
	}
	return belvedere.Errorf(belvedere.Conflict,
		"%s\u00a0: rien n’a été importé. Vérifiez que le fichier est complet et de la bonne année. Si c’est voulu, confirmez en écrivant «\u00a0%s\u00a0».",
		strings.Join(what, ", et "), a.Phrase())
}

// alarmOf weighs what an import changes.
func alarmOf(c vault.Changes) (a Alarm) {
	a.Before = c.Before.Pupils
	if gone := c.Of(vault.Vanished); gone > mostVanished && float64(gone) > mostVanishedShare*float64(a.Before) {
		a.Pupils = gone
	}
	for _, d := range c.DivisionsGone {
		if slices.ContainsFunc(c.Pupils, func(p vault.PupilChange) bool { return p.From == d }) {
			a.Divisions = append(a.Divisions, d)
		}
	}
	return a
}

// Package mapping proposes what the columns of an unknown table are: which of the columns that we
// want each one feeds, and what it holds. It reads headers and a sample of rows, and only
// proposes: each proposal has a score and says why, and a person decides.
//
// It promises three things. The same table gives the same proposals, whatever the order of its
// columns. No two targets take the same column. A column whose name or values look like the
// identity of a person says so (Seen.Identity), so that the territory refuses it.
//
// The package is pure: standard library, root package and the folding of words.
package mapping

import (
	"cmp"
	"slices"

	"belvedere"
)

// A Shape is what the values of a column look like, or what a target wants.
type Shape string

// The shapes, from the most exact to the loosest.
const (
	Any         Shape = ""            // of a target: whatever it finds
	Empty       Shape = "vide"        // no value in the sample
	UAI         Shape = "uai"         // seven digits and their check letter
	Commune     Shape = "commune"     // the code of a commune (INSEE): 35238, 2A004
	Postcode    Shape = "code_postal" // 35000
	Departement Shape = "departement" // 35, 035, 2A
	Instant     Shape = "instant"     // a date with a time
	Day         Shape = "jour"        // a date
	Month       Shape = "mois"        // 2025-11, 11/2025
	Year        Shape = "annee"       // 2025, 2025-2026
	Integer     Shape = "entier"
	Decimal     Shape = "decimal"
	Code        Shape = "code"     // few values that come again and again
	Text        Shape = "texte"    // anything else
	Person      Shape = "personne" // a name of a person; only targets ask for it
)

// A Target is a column that we want to fill.
type Target struct {
	Name     string
	Labels   []string // its label and the other names that files give it
	Shape    Shape
	Identity Identity            // what identity it is meant to hold, "" for none: such a column is then welcome
	Codes    *belvedere.CodeList // of a target of shape Code: the members and their spellings
	Required bool
}

// A Match is a column that is proposed for a target.
type Match struct {
	Target string
	Column int     // place in the header
	Score  float64 // 0 to 1; under Sure a person should look twice
	Reason string  // in French
}

// Scores that divide proposals.
const (
	Least = 0.45 // under it nothing is proposed
	Sure  = 0.8  // from it on the proposal may be taken as it is
)

// A Result is what is known and proposed about a table.
type Result struct {
	Seen    []Seen   // what each column looks like, in the order of the header
	Matches []Match  // the best way to fill the targets, in their order
	Missing []string // required targets that no column seems to fill
}

// For is the match of a target, nil when no column was found for it.
func (r *Result) For(target string) *Match {
	for i := range r.Matches {
		if r.Matches[i].Target == target {
			return &r.Matches[i]
		}
	}
	return nil
}

// Propose looks at each column of a table and says which of them should fill which target. A row
// shorter than the header lacks its last values.
func Propose(headers []string, rows [][]string, targets []Target) *Result {
	return ProposeSeen(headers, LookAll(headers, rows), targets)
}

// ProposeSeen is Propose for columns that were looked at before: looking is what costs.
func ProposeSeen(headers []string, seen []Seen, targets []Target) *Result {
	out := &Result{Seen: seen}
	var pairs []Match
	for _, t := range targets {
		w := newWish(t)
		for i := range out.Seen {
			if m := w.grade(&out.Seen[i]); m.Score >= Least {
				m.Column = i
				pairs = append(pairs, m)
			}
		}
	}
	place := map[string]int{}
	for i, t := range targets {
		place[t.Name] = i
	}
	// The best pair first; ties by the name of the header, so that the order of columns counts
	// only between columns of the same name.
	slices.SortStableFunc(pairs, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(place[a.Target], place[b.Target]),
			cmp.Compare(headers[a.Column], headers[b.Column]), cmp.Compare(a.Column, b.Column))
	})
	taken, filled := map[int]bool{}, map[string]bool{}
	for _, m := range pairs {
		if !taken[m.Column] && !filled[m.Target] {
			taken[m.Column], filled[m.Target] = true, true
			out.Matches = append(out.Matches, m)
		}
	}
	slices.SortFunc(out.Matches, func(a, b Match) int { return cmp.Compare(place[a.Target], place[b.Target]) })
	for _, t := range targets {
		if t.Required && !filled[t.Name] {
			out.Missing = append(out.Missing, t.Name)
		}
	}
	return out
}

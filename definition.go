package belvedere

import (
	"reflect"
	"time"
)

// A Definition is one version of what an indicator means: its words, its expressions, and the days
// on which figures are computed with it. A figure is computed with one version whole: that in force
// on the last day of its period, or of its line where lines are days, months or school years.
type Definition struct {
	Number   int       // from 1, in the order of their dates of effect
	Text     string    // in words: the printed text of the annex never changes
	Note     string    // what a version adds to the words, "" when nothing
	Value    Expr      // nil where the indicator is a rate alone
	Rate     *Rate     // nil where it has none
	From     time.Time // date of effect; zero for the first, which holds from the beginning
	To       time.Time // first day on which another holds; zero for the last
	Author   string    // who proposed it, "" when the catalogue does not say
	Reason   string
	Proposal int64 // number in the registry, 0 for a version that the catalogue declares
}

// Holds tells whether the version is the one in force on a day.
func (d Definition) Holds(day time.Time) bool {
	return !day.Before(d.From) && (d.To.IsZero() || day.Before(d.To))
}

// Definitions are the versions of an indicator, oldest first: at least the one that it declares.
func (i *Indicator) Definitions() []Definition {
	if len(i.History) > 0 {
		return i.History
	}
	return []Definition{{Number: 1, Text: i.Definition, Note: i.Note, Value: i.Value, Rate: i.Rate}}
}

// VersionOn is the number of the version in force on a day.
func (i *Indicator) VersionOn(day time.Time) int {
	for _, d := range i.History {
		if d.Holds(day) {
			return d.Number
		}
	}
	return 1
}

// Version is the indicator as one of its versions has it, nil when there is none of that number.
// The last one is the indicator itself.
func (i *Indicator) Version(number int) *Indicator {
	all := i.Definitions()
	if number < 1 || number > len(all) {
		return nil
	}
	if number == len(all) {
		return i
	}
	d, old := all[number-1], *i
	old.Definition, old.Note, old.Value, old.Rate = d.Text, d.Note, d.Value, d.Rate
	return &old
}

// CountsAs tells whether two versions count the same: words and notes may differ, expressions do not.
func (d Definition) CountsAs(o Definition) bool {
	if !reflect.DeepEqual(d.Value, o.Value) || (d.Rate == nil) != (o.Rate == nil) {
		return false
	}
	return d.Rate == nil || reflect.DeepEqual(d.Rate.Num, o.Rate.Num) && reflect.DeepEqual(d.Rate.Den, o.Rate.Den)
}

// Changes are the dates strictly inside a period on which the indicator begins to be counted
// otherwise, oldest first.
func (i *Indicator) Changes(p Period) []time.Time {
	var out []time.Time
	for at, d := range i.History {
		if at > 0 && d.From.After(p.From) && d.From.Before(p.To) && !d.CountsAs(i.History[at-1]) {
			out = append(out, d.From)
		}
	}
	return out
}

// An Idea is what several indicators measure, each in its own way: they are shown side by side.
type Idea struct{ Code, Label, Doc string }

// Idea finds an idea by code, nil when there is none.
func (m *Model) Idea(code string) *Idea {
	for i := range m.Ideas {
		if m.Ideas[i].Code == code {
			return &m.Ideas[i]
		}
	}
	return nil
}

// Column is the indicator that a column of a query asks for, in the version that it names: nil when
// there is none.
func (m *Model) Column(c QueryColumn) *Indicator {
	ind := m.Indicator(c.Indicator)
	if c.Formula != nil {
		ind = c.Compiled
	}
	if ind == nil || c.Version == 0 {
		return ind
	}
	return ind.Version(c.Version)
}

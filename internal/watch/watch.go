// Package watch holds the rules of alerts and the rhythm of what is sent: pure, without clock,
// store or rights. A figure that is not shown, or that rests on too few of its schools, decides
// nothing: it neither alarms nor calms, so that an alert tells of no side on which a withheld
// figure would be.
package watch

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

// A Kind of rule.
type Kind string

// The kinds of rule.
const (
	Threshold Kind = "seuil"
	Change    Kind = "evolution"
	Unusual   Kind = "inhabituel"
)

// A Side is on which side of the rule a figure alarms.
type Side string

// The sides.
const (
	Over  Side = "au_dessus"
	Under Side = "au_dessous"
	Both  Side = "deux_sens"
)

// A Rule tells which figures alarm. Amount is in the unit that is shown: 12 is 12 % of a share.
type Rule struct {
	Kind    Kind
	Side    Side
	Amount  float64
	Percent bool // Change: the amount is a share of the other figure, in percent; else units, or points
	Against belvedere.Compare
}

// A Verdict is what a rule says of a figure.
type Verdict int

// The verdicts. Silent is no verdict: nothing is known, nothing changes.
const (
	Silent Verdict = iota
	Calm
	Alarm
)

// Check says in French what is wrong with a rule, "" when nothing is.
func (r Rule) Check() string {
	switch {
	case r.Kind != Threshold && r.Kind != Change && r.Kind != Unusual:
		return "Choisissez une règle : seuil, evolution ou inhabituel."
	case r.Side != Over && r.Side != Under && r.Side != Both || r.Kind == Threshold && r.Side == Both:
		return "Choisissez un sens : au-dessus ou au-dessous ; dans les deux sens, pour une évolution ou un écart inhabituel."
	case math.IsNaN(r.Amount) || math.IsInf(r.Amount, 0) || math.Abs(r.Amount) > 1e15:
		return "La valeur doit être un nombre."
	case r.Kind == Change && r.Amount < 0:
		return "L’évolution se donne sans signe : 10 pour plus de 10 % de hausse ou de baisse."
	case r.Kind == Change && r.Against != belvedere.Previous && r.Against != belvedere.YearBefore:
		return "Choisissez avec quoi comparer : la période précédente ou la même période l’an dernier."
	}
	return ""
}

// ParseAmount reads "1 200", "12,5" or "12.5".
func ParseAmount(s string) (float64, bool) {
	s = strings.NewReplacer(" ", "", belvedere.NoBreak, "", belvedere.NarrowSpace, "", ",", ".", belvedere.Minus, "-", "%", "").Replace(strings.TrimSpace(s))
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) && math.Abs(v) <= 1e15
}

// leastCovered is the share of its schools on which a figure must rest to be judged.
const leastCovered = .9

// known tells whether a figure may be judged: it is shown, and stands for its perimeter.
func known(c belvedere.Cell, oneSchool bool) bool {
	if !c.State.Shown() || math.IsNaN(c.Value) || math.IsInf(c.Value, 0) {
		return false
	}
	if oneSchool {
		return c.State == belvedere.Value
	}
	return c.Expected <= 0 || float64(c.Covered) >= leastCovered*float64(c.Expected)
}

// A Measure is a figure with what rules compare it with.
type Measure struct {
	Now       belvedere.Cell
	Gap       *belvedere.Gap   // for Change
	History   []belvedere.Cell // for Unusual: the same figure over past periods
	Scale     float64          // 100 for shares that are shown in percent, else 1
	OneSchool bool
}

// Judge says whether a figure meets the rule.
func (r Rule) Judge(m Measure) Verdict {
	if !known(m.Now, m.OneSchool) {
		return Silent
	}
	value := m.Now.Value * m.scale()
	switch r.Kind {
	case Threshold:
		return r.side(value - r.Amount)
	case Change:
		change, ok := r.change(m)
		if !ok {
			return Silent
		}
		return r.beyond(change, r.Amount)
	case Unusual:
		n, ok := m.Normal()
		if !ok {
			return Silent
		}
		return r.beyond(value-n.Middle, n.Reach)
	}
	return Silent
}

func (m Measure) scale() float64 {
	if m.Scale == 0 {
		return 1
	}
	return m.Scale
}

// change is how a figure moved, in percent of the other one or in units.
func (r Rule) change(m Measure) (float64, bool) {
	switch {
	case m.Gap == nil || !m.Gap.Fair || !known(m.Gap.Other, m.OneSchool):
		return 0, false
	case !r.Percent:
		return m.Gap.Change * m.scale(), true
	case m.Gap.Other.Value == 0:
		return 0, false
	}
	return 100 * m.Gap.Change / math.Abs(m.Gap.Other.Value), true
}

func (r Rule) side(over float64) Verdict {
	if r.Side == Over && over > 0 || r.Side == Under && over < 0 {
		return Alarm
	}
	return Calm
}

// beyond alarms on what moved more than an amount, on the side of the rule.
func (r Rule) beyond(move, amount float64) Verdict {
	const grain = 1e-9 // what sums of decimals leave over
	if r.Side != Under && move > amount+grain || r.Side != Over && -move > amount+grain {
		return Alarm
	}
	return Calm
}

// LeastHistory is how many past figures tell what is usual.
const LeastHistory = 6

// A Normal is what a figure usually is: within Reach of Middle.
type Normal struct {
	Middle float64
	Reach  float64
	Points int
}

// Normal works out what is usual from the history: the median, and three and a half robust
// standard deviations (median absolute deviation, or the mean one where more than half of the past
// is alike). Neither is moved by a few odd months. False with fewer than LeastHistory figures.
func (m Measure) Normal() (Normal, bool) {
	var past []float64
	for _, c := range m.History {
		if known(c, m.OneSchool) && sameSchools(m.Now, c) {
			past = append(past, c.Value*m.scale())
		}
	}
	if len(past) < LeastHistory {
		return Normal{}, false
	}
	middle := median(past)
	away, sum := make([]float64, len(past)), 0.0
	for i, v := range past {
		away[i] = math.Abs(v - middle)
		sum += away[i]
	}
	deviation := 1.4826 * median(away)
	if deviation == 0 {
		deviation = 1.2533 * sum / float64(len(past))
	}
	return Normal{Middle: middle, Reach: max(3.5*deviation, math.Abs(middle)/100), Points: len(past)}, true
}

// sameSchools tells whether two figures rest on about as many schools.
func sameSchools(a, b belvedere.Cell) bool {
	few, many := min(a.Covered, b.Covered), max(a.Covered, b.Covered)
	return few <= 0 || float64(few) >= leastCovered*float64(many) || many-few < 3
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return v[n/2-1] + (v[n/2]-v[n/2-1])/2
}

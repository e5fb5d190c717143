package mapping

import (
	"fmt"

	"belvedere"
	"belvedere/internal/words"
)

// A wish is a target made ready to be compared with columns.
type wish struct {
	Target
	names []name
	codes map[string]bool
}

func newWish(t Target) *wish {
	w := &wish{Target: t}
	for _, l := range append([]string{t.Name}, t.Labels...) {
		w.names = append(w.names, newName(l))
	}
	if t.Codes != nil {
		w.codes = map[string]bool{}
		for _, c := range t.Codes.Codes {
			for _, spelling := range append([]string{c.Code, c.Label, c.Short}, c.Aliases...) {
				w.codes[words.Fold(spelling)] = true
			}
		}
	}
	return w
}

// grade says how well a column would fill the target.
func (w *wish) grade(s *Seen) Match {
	m := Match{Target: w.Name}
	n := newName(s.Header)
	best, called := 0.0, ""
	for i, candidate := range w.names {
		if v := similarity(n, candidate); v > best {
			best, called = v, append([]string{w.Name}, w.Labels...)[i]
		}
	}
	fit, why := w.fits(s)
	switch {
	case fit < 0:
		return m
	case s.Shape == Empty:
		m.Score = 0.7 * best
	case fit >= 1 && w.Identity != "" && w.Identity != Name && s.Identity == w.Identity:
		m.Score = 0.5 + 0.5*best // a key, a birth date, a mail: whatever it is called
	case fit >= 1 && (w.Shape == UAI || w.Shape == Commune):
		// Such values are not there by chance; of two columns, the key is the one that is full.
		m.Score = (0.55 + 0.45*best) * (0.9 + 0.1*float64(s.Filled)/float64(s.Total))
	case fit >= 1 && (w.Shape == Day || w.Shape == Instant || w.Shape == Month):
		m.Score = 0.35 + 0.55*best // there are many dates
	case fit >= 1 && w.codes != nil:
		m.Score = 0.3 + 0.7*best
	default:
		m.Score = best * (0.75 + 0.25*fit)
	}
	switch {
	case best == 1:
		m.Reason = fmt.Sprintf("l’intitulé est celui de «\u00a0%s\u00a0»", called)
	case best >= 0.4:
		m.Reason = fmt.Sprintf("l’intitulé ressemble à «\u00a0%s\u00a0» (%s)", called, belvedere.FormatPercent(best, 0))
	}
	if why != "" {
		m.Reason = joinReasons(m.Reason, why)
	}
	return m
}

func joinReasons(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\u202f; " + b
}

// fits grades the values of a column for the target: 1 when they are what it wants, 0 when
// nothing tells, less when they are something else.
func (w *wish) fits(s *Seen) (float64, string) {
	if w.Identity != "" && s.Identity == w.Identity {
		return 1, s.Why
	}
	if w.codes != nil && s.Filled > 0 {
		return w.spelt(s)
	}
	if w.Shape == Any || s.Shape == Empty {
		return 0, ""
	}
	if w.Shape == s.Shape {
		return 1, saysShape(s)
	}
	switch w.Shape {
	case Decimal:
		if s.Shape == Integer || s.Shape == Year {
			return 0.9, ""
		}
	case Integer:
		if s.Shape == Year || s.Shape == Departement || s.Shape == Postcode || s.Shape == Commune {
			return 0.2, ""
		}
	case Day:
		if s.Shape == Instant {
			return 0.9, saysShape(s)
		}
		if s.Shape == Year || s.Shape == Month {
			return 0.2, saysShape(s)
		}
	case Month:
		if s.Shape == Day {
			return 0.5, saysShape(s)
		}
	case Year:
		if s.Shape == Integer {
			return 0.1, ""
		}
	case Commune:
		if s.Shape == Integer || s.Shape == Postcode {
			return 0.2, ""
		}
	case Code, Text, Person:
		if s.Shape != Day && s.Shape != Decimal && s.Shape != UAI {
			return 0.5, ""
		}
		return 0, ""
	}
	return -1, ""
}

// spelt grades the values of a column by the spellings of a list.
func (w *wish) spelt(s *Seen) (float64, string) {
	known := 0
	for _, v := range s.Values {
		if w.codes[words.Fold(v)] {
			known++
		}
	}
	share := float64(known) / float64(len(s.Values))
	switch {
	case share >= 0.6 && s.Shape != Integer:
		return 1, fmt.Sprintf("%s de la liste «\u00a0%s\u00a0» sur %d", belvedere.Plural(known, "valeur", "valeurs"), w.Codes.Label, len(s.Values))
	case s.Shape == Day || s.Shape == Decimal || s.Shape == UAI:
		return -1, ""
	}
	return share, ""
}

// saysShape says in French what the values of a column are.
func saysShape(s *Seen) string {
	switch s.Shape {
	case UAI:
		return "ses valeurs sont des UAI"
	case Commune:
		return "ses valeurs sont des codes de communes"
	case Day, Instant:
		if s.Format != "" {
			return "ses valeurs sont des dates (" + s.Format + ")"
		}
		return "ses valeurs sont des dates"
	case Month:
		return "ses valeurs sont des mois"
	case Year:
		return "ses valeurs sont des années"
	case Integer, Decimal:
		return "ses valeurs sont des nombres"
	}
	return ""
}

package admin

import (
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// Shares is what a convention opens, in indicators of the annex.
type Shares struct {
	Shared   []*belvedere.Indicator // by themes or one by one
	Extended []*belvedere.Indicator // kept for schools, named
	Of       int                    // indicators of the annex
}

// Count is how many indicators of the annex are opened.
func (s Shares) Count() int { return len(s.Shared) + len(s.Extended) }

// SharesOf tells which indicators a convention opens. Many conventions say the same: the answer
// is kept, and must not be changed.
func (a *Agreements) SharesOf(one registry.Agreement) Shares {
	key := fmt.Sprint(one.AllThemes, one.Themes, one.Indicators, one.Extended)
	if s, known := a.shares.Load(key); known {
		return s.(Shares)
	}
	s := a.sharesOf(one)
	if a.known.Add(1) <= mostShares {
		a.shares.Store(key, s)
	}
	return s
}

// mostShares bounds the answers that are kept.
const mostShares = 4096

func (a *Agreements) sharesOf(one registry.Agreement) Shares {
	var s Shares
	for _, ind := range a.model().Indicators {
		switch {
		case !ind.Annexed:
			continue
		case ind.SchoolOnly && slices.Contains(one.Extended, ind.Number):
			s.Extended = append(s.Extended, ind)
		case !ind.SchoolOnly && (one.AllThemes || slices.Contains(one.Themes, ind.Theme) || slices.Contains(one.Indicators, ind.Number)):
			s.Shared = append(s.Shared, ind)
		}
		s.Of++
	}
	return s
}

// annexed finds an indicator of the annex by its number.
func (a *Agreements) annexed(number int) *belvedere.Indicator {
	for _, ind := range a.model().Indicators {
		if ind.Annexed && ind.Number == number {
			return ind
		}
	}
	return nil
}

// ownTheme tells whether one of the themes has indicators that the annex does not number: those
// of higher education, of a deployment, or declared here.
func (a *Agreements) ownTheme(themes []string) bool {
	return slices.ContainsFunc(a.model().Indicators, func(ind *belvedere.Indicator) bool {
		return !ind.Annexed && ind.Of == 0 && !ind.SchoolOnly && slices.Contains(themes, ind.Theme)
	})
}

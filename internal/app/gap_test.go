package app_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

// TestAttackGaps explains the gaps between random pairs of figures of random worlds, with editions,
// corrections, filters, dates, rates and people of all rights: the causes add up to the gap to the
// last bit, as exact amounts and as printed ones, school by school too, and the way back is the
// opposite. make attack asks 10,000 pairs.
func TestAttackGaps(t *testing.T) {
	worlds, pairs := 2, 100
	switch {
	case os.Getenv("BELVEDERE_ATTACK") != "":
		worlds, pairs = 10, 1000
	case testing.Short():
		worlds, pairs = 2, 50
	}
	tally := gapTally{causes: map[string]int{}}
	for seed := range worlds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			if seed%2 == 1 { // every other world is under statistical secrecy, which hides most figures of seven schools
				unprotected(t)
			}
			w := newWorld(t, uint64(100+seed))
			for i, explained := 0, 0; explained < pairs && i < 60*pairs; i++ {
				w.r = rand.New(rand.NewPCG(uint64(seed), uint64(i)))
				viewer := belvedere.Viewer{Kind: belvedere.AccountViewer, Scope: w.whoever(seed).scope(w, w.r.IntN(4) > 0)}
				if w.r.IntN(3) > 0 { // most figures of most people are not shared, and explain nothing
					viewer.Scope = belvedere.Scope{AllSchools: true, AllWidgets: true, Sharing: belvedere.Sharing{Everything: true}, Fingerprint: "tout"}
				}
				ask := w.pair(viewer)
				if w.checkGap(t, fmt.Sprintf("world %d pair %d", seed, i), viewer, ask, &tally) {
					explained++
				}
				if t.Failed() {
					t.Fatalf("%+v", ask)
				}
			}
		})
	}
	t.Logf("%+v", tally)
	if tally.explained < worlds*pairs {
		t.Errorf("only %d pairs of %d could be explained", tally.explained, worlds*pairs)
	}
	for _, code := range []string{"edition", "periode", "population", "perimetre", "filtre:type", "filtre:niveau", "arrondi", "+", "schools", "zero"} {
		if tally.causes[code] < 2 {
			t.Errorf("%q occurs %d times: the pairs prove too little", code, tally.causes[code])
		}
	}
}

// A gapTally counts what the pairs were made of.
type gapTally struct {
	explained, refused, failed, asked, most int
	causes                                  map[string]int
}

// pair draws two figures: the same question with some changes, or two lines of one table.
func (w *world) pair(viewer belvedere.Viewer) report.GapAsk {
	first := w.question()
	if w.r.IntN(3) > 0 && len(first.By) > 1 {
		first.By = first.By[:1]
	}
	second := first
	for range 1 + w.r.IntN(3) {
		other := w.question()
		switch w.r.IntN(6) {
		case 0, 1:
			second.Edition = 1 + w.r.IntN(3)
		case 2:
			second.Where = append(slices.DeleteFunc(slices.Clone(second.Where), isTime), slices.DeleteFunc(other.Where, func(f string) bool { return !isTime(f) })...)
		case 3:
			second.Where = append(slices.DeleteFunc(slices.Clone(second.Where), func(f string) bool { return !isTime(f) }), slices.DeleteFunc(other.Where, isTime)...)
		case 4:
			second.Indicators = other.Indicators
		case 5:
			second.By = other.By
		}
	}
	return report.GapAsk{A: w.sideOf(viewer, first), B: w.sideOf(viewer, second)}
}

func isTime(filter string) bool {
	return slices.ContainsFunc([]string{"annee", "mois", "jour", "du", "au", "periode"}, func(dim string) bool { return strings.HasPrefix(filter, dim+"=") })
}

// sideOf writes a question as people type it, at a line of it that shows a figure, where it has one.
func (w *world) sideOf(viewer belvedere.Viewer, ask report.Ask) report.GapSideAsk {
	words := slices.Concat(ask.Indicators[:1], ask.Where)
	if len(ask.By) > 0 {
		words = append(words, "par="+strings.Join(ask.By, ","))
	}
	if ask.Edition > 0 {
		words = append(words, fmt.Sprintf("edition=%d", ask.Edition))
	}
	if ask.Rates {
		words = append(words, "taux=oui")
	}
	side := report.GapSideAsk{Text: strings.Join(words, " ")}
	q, err := w.app.Reporter.Build(context.Background(), ask)
	if err != nil || len(ask.By) == 0 {
		return side
	}
	q.Total = true
	result, err := w.app.Reporter.Query(context.Background(), viewer, q)
	switch {
	case err != nil || len(result.Rows) == 0 || w.r.IntN(4) == 0:
	case w.r.IntN(5) == 0:
		side.Line = "somme"
	default:
		for range 5 {
			row := result.Rows[w.r.IntN(len(result.Rows))]
			side.Line = lineOf(row)
			if row.Cells[0].State.Shown() {
				break
			}
		}
	}
	return side
}

func lineOf(row belvedere.ResultRow) string {
	var codes []string
	for _, k := range row.Keys {
		if k.Code == "" {
			k.Code = "vide"
		}
		codes = append(codes, k.Code)
	}
	return strings.Join(codes, "/")
}

// checkGap explains one pair and tells whether there was a gap to explain.
func (w *world) checkGap(t *testing.T, name string, viewer belvedere.Viewer, ask report.GapAsk, tally *gapTally) bool {
	t.Helper()
	v, err := w.app.Reporter.Gap(t.Context(), viewer, ask)
	if err != nil {
		if belvedere.KindOf(err) == belvedere.Internal {
			t.Errorf("%s: %v", name, err)
		}
		tally.failed++
		return false
	}
	if shown := v.A.Cell.State.Shown() && v.B.Cell.State.Shown(); !shown || v.Refused != "" {
		if v.Refused == "" || len(v.Causes) > 0 || v.Gap != nil {
			t.Errorf("%s: a figure that is not shown is explained", name)
		}
		if shown && v.A.Column.Unit == v.B.Column.Unit && v.A.Column.Percent == v.B.Column.Percent && !v.A.Column.Rate && !v.B.Column.Rate {
			t.Errorf("%s: two figures of one unit are refused: %s", name, v.Refused)
		}
		tally.refused++
		return false
	}
	checkSums(t, name, v)
	back, err := w.app.Reporter.Gap(t.Context(), viewer, report.GapAsk{A: ask.B, B: ask.A})
	if err != nil {
		t.Fatalf("%s, back: %v", name, err)
	}
	checkOpposite(t, name, v, back)
	tally.explained++
	tally.asked += v.Asked
	tally.most = max(tally.most, v.Asked)
	for _, c := range v.Causes {
		tally.causes[c.Code]++
		if c.Merged != "" {
			tally.causes["+"]++
		}
		if strings.Contains(c.Merged, "protégé") || strings.Contains(c.RestWhy, "protégé") {
			tally.causes["protected"]++
		}
		if len(c.Schools) > 0 {
			tally.causes["schools"]++
		}
	}
	if v.Asked > 20 {
		t.Errorf("%s: %d questions for one explanation", name, v.Asked)
	}
	if v.Gap.Sign() == 0 {
		tally.causes["zero"]++
	}
	return true
}

// checkSums adds up all that is said, at each level, exactly and as printed.
func checkSums(t *testing.T, name string, v *report.GapView) {
	t.Helper()
	same := func(what string, got, want *big.Rat) {
		if got.Cmp(want) != 0 {
			t.Errorf("%s: %s is %s, want %s\n%s", name, what, got.RatString(), want.RatString(), v.Sentence)
		}
	}
	same("the gap", v.Gap, new(big.Rat).Sub(v.B.Shown, v.A.Shown))
	sum, written := new(big.Rat).Set(v.Residual), new(big.Rat).Set(v.ResidualWritten)
	for _, c := range v.Causes {
		sum.Add(sum, c.Amount)
		written.Add(written, c.Written)
		if len(c.Schools) == 0 || c.Schools[0].Amount == nil {
			continue
		}
		schools, printed, moved := new(big.Rat).Set(c.Rest), new(big.Rat).Set(c.RestWritten), new(big.Rat).Set(c.RestWritten)
		for _, s := range c.Schools {
			schools.Add(schools, s.Amount)
			printed.Add(printed, s.Written)
		}
		same("the sum of the schools of "+c.Code, schools, c.Amount)
		same("the printed sum of the schools of "+c.Code, printed, c.Written)
		for _, m := range c.Moves {
			moved.Add(moved, m.Written)
		}
		if len(c.Moves) > 0 {
			same("the printed sum of the deliveries of "+c.Code, moved, c.Written)
		}
	}
	same("the sum of the causes", sum, v.Gap)
	same("the printed sum", written, v.Gap)
}

// checkOpposite compares both ways between two figures.
func checkOpposite(t *testing.T, name string, v, back *report.GapView) {
	t.Helper()
	amounts := map[string]*big.Rat{}
	for _, c := range v.Causes {
		amounts[c.Code] = c.Amount
	}
	for _, c := range back.Causes {
		there := amounts[c.Code]
		if there == nil || new(big.Rat).Neg(there).Cmp(c.Amount) != 0 {
			t.Errorf("%s: %s is %v one way and %v the other", name, c.Code, there, c.Amount)
		}
	}
	if len(back.Causes) != len(v.Causes) {
		t.Errorf("%s: %d causes one way, %d the other", name, len(v.Causes), len(back.Causes))
	}
}

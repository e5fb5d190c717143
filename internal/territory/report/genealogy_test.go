package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"belvedere"
)

// TestGenealogyEnds draws registers where anyone succeeds anyone: every walk ends, every school is in
// one family, a broken link is part of a way that leads back, and a predecessor never brings in
// the figures that belong to others.
func TestGenealogyEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		n := 1 + r.IntN(12)
		var schools []*School
		var all []belvedere.UAI
		for i := range n {
			all = append(all, belvedere.UAIFromNumber(int32(9_990_001+i)))
		}
		for i := range n {
			s := &School{UAI: all[i], Attributes: map[string]string{}}
			for range r.IntN(3) {
				s.Attributes["devient"] += string(all[r.IntN(n)]) + ", "
			}
			schools = append(schools, s)
		}
		g := newGenealogy(schools)
		count := map[belvedere.UAI]int{}
		for _, f := range g.families(all) {
			for _, u := range f.members {
				count[u]++
			}
			if len(f.heads) == 0 {
				t.Fatalf("round %d: a family without end %v", round, f)
			}
		}
		for _, u := range all {
			if count[u] != 1 {
				t.Fatalf("round %d: %s is in %d families", round, u, count[u])
			}
		}
		for range 5 {
			selected := slices.Clone(all[:1+r.IntN(n)])
			closed, added := g.withPredecessors(selected, func(belvedere.UAI) bool { return true })
			for _, p := range added {
				for _, v := range g.next[p] {
					if !slices.Contains(closed, v) {
						t.Fatalf("round %d: %s counts, and its successor %s does not", round, p, v)
					}
				}
			}
		}
	}
}

// TestLongChain follows a register in which each of many schools succeeds the one before.
func TestLongChain(t *testing.T) {
	const n = 60_000
	schools := make([]*School, n)
	for i := range schools {
		schools[i] = &School{UAI: belvedere.UAIFromNumber(int32(1 + i)), Attributes: map[string]string{"devient": string(belvedere.UAIFromNumber(int32(1 + (i+1)%n)))}}
	}
	if g := newGenealogy(schools); len(g.broken) != n {
		t.Errorf("%d links of a circle of %d are broken", len(g.broken), n)
	}
	schools[n-1].Attributes["devient"] = ""
	g := newGenealogy(schools)
	all, _ := g.withPredecessors([]belvedere.UAI{schools[n-1].UAI}, func(belvedere.UAI) bool { return true })
	if len(all) != n {
		t.Errorf("%d of a chain of %d are followed", len(all), n)
	}
}

func TestSuccessors(t *testing.T) {
	a, b := belvedere.UAIFromNumber(9_990_001), belvedere.UAIFromNumber(9_990_002)
	for text, want := range map[string][]belvedere.UAI{"": nil, string(a): {a}, fmt.Sprintf("%s, %s", a, b): {a, b}, fmt.Sprintf("%s|%s|%s", a, b, a): {a, b}, "rien": nil} {
		if got := Successors(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestStepsOf names the periods that questions compare.
func TestStepsOf(t *testing.T) {
	year := belvedere.SchoolYear(2025)
	p := belvedere.Period{From: year.First(), To: year.End()}
	for name, c := range map[string]struct {
		q    belvedere.Query
		want int
	}{
		"a year": {belvedere.Query{Period: p}, 2}, "by month": {belvedere.Query{By: []string{"mois"}, Period: p}, 12},
		"by day":   {belvedere.Query{By: []string{"jour"}, Period: belvedere.Period{From: belvedere.Date(2025, time.November, 20), To: belvedere.Date(2025, time.December, 4)}}, 2},
		"by years": {belvedere.Query{By: []string{"annee"}, Period: belvedere.Period{From: (year - 2).First(), To: year.End()}}, 3},
	} {
		if got := stepsOf(c.q); len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
)

// TestOthersDoNotExist asks one viewer's questions of two installations: of one that holds
// everything, and of one that was never told what the viewer may not see: neither the figures
// that no agreement shares, nor the schools that the rights do not open. The answers are the same
// to the last count, name, order, extreme and sentence.
func TestOthersDoNotExist(t *testing.T) {
	unprotected(t)
	people, questions := 8, 60
	if testing.Short() {
		people, questions = 4, 55
	}
	cases, cells, less := 0, 0, 0
	for seed := range people {
		w := newWorld(t, uint64(100+seed))
		w.r = rand.New(rand.NewPCG(uint64(seed), 77))
		who := w.person()
		for who.unknown(w) || !who.withheld(w) {
			who = w.person()
		}
		alone := w.without(t, who)
		for i := range questions {
			w.r = rand.New(rand.NewPCG(uint64(seed), uint64(i)))
			ask := w.question()
			ask.Edition = 0
			if _, _, ok := dates(ask.Where); !ok { // the span of the data is the territory's
				ask.Where = append(slices.DeleteFunc(ask.Where, func(f string) bool { return strings.HasPrefix(f, "periode=") }), "annee=2020|2021")
			}
			ask.Sort = pick(w.r, "", "nom", "-nom", ask.Indicators[0], "-"+ask.Indicators[0])
			ask.Limit = pick(w.r, 0, 0, 3)
			if ask.Limit > 0 {
				ask.Offset = w.r.IntN(3)
			}
			q, err := w.app.Reporter.Build(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			q.Sort = strings.Replace(q.Sort, ask.Indicators[0], q.Columns[0].Key, 1)
			scope := who.scope(w, w.r.IntN(2) == 0)
			all, one := answer(t, w, scope, q), answer(t, alone, scope, q)
			if diff := cmp.Diff(one, all); diff != "" {
				t.Fatalf("person %d, question %d: %s\n%s\nwithout (-) and with (+) what is not to be seen:\n%s", seed, i, describe(ask), who, diff)
			}
			cases++
			for _, row := range all.Rows {
				cells += len(row.Cells)
			}
			everyone := answer(t, w, belvedere.Scope{AllSchools: true, AllWidgets: true, Own: w.schools, Sharing: belvedere.Sharing{Everything: true}}, q)
			if !cmp.Equal(all.Rows, everyone.Rows) {
				less++
			}
		}
	}
	if cases < 200 || less < cases*2/5 || cells < 4*cases {
		t.Errorf("%d cases of %d cells, of which %d are answered otherwise to who sees all: the test proves too little", cases, cells, less)
	}
}

// answer asks without what names the installation.
func answer(t *testing.T, w *world, scope belvedere.Scope, q belvedere.Query) *belvedere.Result {
	t.Helper()
	got, err := w.app.Reporter.Query(t.Context(), belvedere.Viewer{Scope: scope}, q)
	if err != nil {
		t.Fatal(err)
	}
	got.Receipt, got.Edition = belvedere.Receipt{}, belvedere.Edition{}
	return got
}

// unknown tells whether the person manages a school whose figures it does not see and that no
// register enters: that it exists is known from its figures alone.
func (p *person) unknown(w *world) bool {
	last := w.schools[len(w.schools)-1]
	return slices.Contains(p.managed(w), last) && slices.ContainsFunc(w.app.Model.Indicators, func(ind *belvedere.Indicator) bool {
		return !ind.SchoolOnly && !p.shares(ind, last)
	})
}

// withheld tells whether something of a school that the register enters is withheld, and
// something is shown.
func (p *person) withheld(w *world) bool {
	shown, hidden := 0, 0
	for _, ind := range w.app.Model.Indicators {
		for _, u := range w.schools[:len(w.schools)-1] {
			if slices.Contains(p.managed(w), u) && p.shares(ind, u) {
				shown++
			} else {
				hidden++
			}
		}
	}
	return shown > 0 && hidden > shown/4
}

// without makes the world again for a person, from files that lack what it may not see.
func (w *world) without(t *testing.T, who *person) *world {
	t.Helper()
	alone := &world{app: openBare(t), zone: w.zone, schools: w.schools, editions: map[int]snapshot{}}
	for _, files := range w.files {
		left := map[string]string{}
		for dataset, file := range files {
			lines := strings.Split(strings.TrimSuffix(file, "\n"), "\n")
			kept := slices.DeleteFunc(lines[1:], func(line string) bool {
				u := belvedere.UAI(line[:8])
				return !slices.Contains(who.managed(w), u) || dataset != "etablissements" && !who.reads(w, dataset, u)
			})
			if len(kept) > 0 {
				left[dataset] = fmt.Sprintf("%s\n%s\n", lines[0], strings.Join(kept, "\n"))
			}
		}
		if len(left) > 0 {
			alone.deliver(t, left)
		}
	}
	return alone
}

// reads tells whether the person may see any figure that a dataset makes of a school.
func (p *person) reads(w *world, dataset string, u belvedere.UAI) bool {
	return slices.ContainsFunc(w.app.Model.Indicators, func(ind *belvedere.Indicator) bool {
		all := refs(ind.Value)
		if ind.Rate != nil {
			all = slices.Concat(all, refs(ind.Rate.Num), refs(ind.Rate.Den))
		}
		return p.opensWidget(ind) && p.shares(ind, u) && slices.ContainsFunc(all, func(m belvedere.MeasureRef) bool { return m.Dataset == dataset })
	})
}

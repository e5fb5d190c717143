package semantic

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"belvedere"
	"belvedere/catalog"
)

// The boxes of random rights hold each row that one of the rights opens, exactly once, and no other: sums over
// them add up to what a reader may see.
func TestBoxesHoldEachRowOnce(t *testing.T) {
	m, err := Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	d := m.Dataset("inscriptions")
	b := &builder{plan: &Plan{model: m}}
	codes := map[string][]string{"statut_inscription": {"actif", "cesure", "demissionnaire"}, "sexe": {"F", "M"}, "niveau": {"ingenieur1", "ingenieur2"}}
	schools := []belvedere.UAI{belvedere.UAIFromNumber(350100), belvedere.UAIFromNumber(350107), belvedere.UAIFromNumber(350114)}
	several := 0
	for i := range 3000 {
		r := rand.New(rand.NewPCG(uint64(i), 12))
		var list []opening
		for range 1 + r.IntN(4) {
			o := opening{all: r.IntN(3) == 0}
			for _, u := range schools {
				if !o.all && r.IntN(2) == 0 {
					o.schools = append(o.schools, u)
				}
			}
			for dim, all := range codes {
				if r.IntN(3) == 0 {
					o.within = append(o.within, belvedere.Within{Dim: dim, Codes: all[:1+r.IntN(len(all)-1)]})
				}
			}
			o.within = belvedere.SortWithin(o.within)
			list = append(list, o)
		}
		limit := b.bound(d, list)
		if limit != nil && len(limit.boxes) > 1 {
			several++
		}
		for _, u := range schools {
			for _, statut := range append(codes["statut_inscription"], "") {
				for _, sexe := range append(codes["sexe"], "") {
					for _, niveau := range codes["niveau"] {
						row := map[string]string{"statut_inscription": statut, "sexe": sexe, "niveau": niveau}
						want := slices.ContainsFunc(list, func(o opening) bool { return o.takes(u, row) })
						reached := slices.ContainsFunc(list, func(o opening) bool { return o.all || slices.Contains(o.schools, u) })
						if got := limit.times(u, row); reached && (got > 1 || (got == 1) != want) {
							t.Fatalf("%d: %v of %s stands in %d boxes, wanted: %t\n%+v\n%+v", i, row, u, got, want, list, limit)
						}
					}
				}
			}
		}
	}
	if several < 300 {
		t.Errorf("only %d draws have several boxes: the test proves too little", several)
	}
}

// takes is what a right opens, in its own words.
func (o opening) takes(u belvedere.UAI, row map[string]string) bool {
	if !o.all && !slices.Contains(o.schools, u) {
		return false
	}
	return !slices.ContainsFunc(o.within, func(w belvedere.Within) bool { return !slices.Contains(w.Codes, row[w.Dim]) })
}

// times counts the boxes that hold a row of a school that a right reaches.
func (o *bound) times(u belvedere.UAI, row map[string]string) (n int) {
	if o == nil {
		return 1
	}
	boxes := o.boxes
	if boxes == nil {
		var conds []Cond
		for _, f := range o.filters {
			c := Cond{Column: f.Dim, Op: "IN"}
			for _, v := range f.Values {
				c.Values = append(c.Values, v)
			}
			conds = append(conds, c)
		}
		boxes = []box{{nil, conds}}
	}
	for _, x := range boxes {
		if !slices.ContainsFunc(x.conds(), func(c Cond) bool {
			if c.Column == "etablissement" {
				return c.Set()[int64(u.Number())] != (c.Op == "IN")
			}
			return !c.Takes(row[c.Column])
		}) {
			n++
		}
	}
	return n
}

// A question with a column that one right limits and one that another opens whole has the lines of both; on a
// line of another member the limited one says that it is not shared, and never zero. A formula of both holds
// what the stricter of them opens.
func TestLimitedBesideWhole(t *testing.T) {
	m, err := Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	scope := belvedere.Scope{AllSchools: true, AllWidgets: true, Sharing: belvedere.Sharing{Everything: true}, Parts: []belvedere.Part{
		{AllSchools: true, Widgets: map[string]bool{"sup.inscriptions": true}, Within: []belvedere.Within{{Dim: "composante", Codes: []string{"gc"}}}, Datasets: []string{"budget", "demissions", "emplois", "heures", "inscriptions", "paie", "plateforme", "recrutements", "resultats"}},
		{Grant: 1, AllSchools: true, Widgets: map[string]bool{"sup.resultats": true}},
	}}
	y := belvedere.SchoolYear(2025)
	q := belvedere.Query{Period: belvedere.NewPeriod(belvedere.ThisYear, y, y.End().AddDate(0, 0, -1)), By: []string{"composante"},
		Columns: []belvedere.QueryColumn{{Key: "a", Indicator: "inscrits"}, {Key: "b", Indicator: "resultats_annee"}, {Key: "c", Indicator: "etudiants"}}}
	p, err := NewPlan(m, q, scope)
	if err != nil {
		t.Fatal(err)
	}
	if c := p.Columns[0]; c.Opens(p.Dims[0], "info", "") || !c.Opens(p.Dims[0], "gc", "") || fmt.Sprint(c.Limits) != "[[{composante [gc]}]]" {
		t.Errorf("the limited column: %+v", c)
	}
	if c := p.Columns[1]; !c.Opens(p.Dims[0], "info", "") || c.Limits != nil {
		t.Errorf("the whole column: %+v", c)
	}
	if c := p.Columns[2]; c.State != belvedere.NotShared || c.Expr != nil {
		t.Errorf("what is not known by composante: %+v", c)
	}
	both, err := Formula(m, belvedere.Formula{Text: "resultats_annee / inscrits"})
	if err != nil {
		t.Fatal(err)
	}
	q.Columns, q.By = []belvedere.QueryColumn{{Key: "f", Indicator: "formule:texte", Rate: true, Formula: &belvedere.Formula{Text: "x"}, Compiled: both}}, nil
	if p, err = NewPlan(m, q, scope); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Sources {
		for _, a := range s.Atoms {
			if !slices.ContainsFunc(a.Where, func(c Cond) bool { return c.Column == "composante" && fmt.Sprint(c.Values) == "[gc]" }) {
				t.Errorf("a sum of the formula, %s of %s, is not limited: %+v", a.Measure, s.Dataset.Name, a.Where)
			}
		}
	}
}

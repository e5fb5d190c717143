package semantic

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/catalog"
)

// hostile stands in whatever a person may type: none of it may reach the text of a statement.
const hostile = `x'; DROP TABLE effectifs; --`

// TestScopeBindsEverySource draws random rights, agreements and questions. Each source of a plan
// must admit the viewer's schools that share every indicator which reads it, and no other school;
// no widget that is closed is answered; no byte that a person typed reaches the SQL. What a
// school shares is worked out here from the words of DESIGN section 6, and what a source admits
// from the conditions in the tree.
func TestScopeBindsEverySource(t *testing.T) {
	m, err := Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	asks := 40_000
	if testing.Short() {
		asks = 12_000
	}
	seen := map[string]int{}
	for i := range asks {
		r := rand.New(rand.NewPCG(uint64(i), 6))
		w := newRights(r, m)
		q := randomQuery(r, m, w.universe)
		p, err := NewPlan(m, q, w.scope)
		if err != nil {
			continue
		}
		seen["planned"]++
		for _, plan := range []*Plan{p, p.Whole} {
			if plan != nil {
				w.check(t, i, plan, seen)
			}
		}
		statements := []belvedere.Statement{p.SQL(DuckDB{}, 1)}
		if len(p.Dims) == 1 && p.Dims[0].Kind == KindSchool && !p.Empty && !p.Territory {
			statements = append(statements, p.SQLCut(DuckDB{}, 1, Cut{Column: 0, Limit: 3}))
		}
		for _, s := range statements {
			if strings.Contains(s.SQL, "DROP") || strings.Contains(s.SQL, "x'") || strings.Count(s.SQL, "?") != len(s.Args) {
				t.Fatalf("%d: a value in the text, or parameters astray:\n%s", i, s.SQL)
			}
		}
		if t.Failed() {
			t.Fatalf("%d: query %+v\nscope %+v", i, q, w.scope)
		}
	}
	for what, least := range map[string]int{"planned": asks / 2, "sources": asks / 2, "withheld": asks / 20, "whole territory": asks / 200,
		"nothing shared": asks / 20, "all of known": asks / 200, "closed widget": asks / 20} {
		if seen[what] < least {
			t.Errorf("only %d cases of %q of %d questions: the test proves too little", seen[what], what, asks)
		}
	}
}

// rights are those of one viewer, and the schools that exist.
type rights struct {
	scope    belvedere.Scope
	universe []belvedere.UAI
}

func newRights(r *rand.Rand, m *belvedere.Model) *rights {
	w := &rights{}
	for i := range 2 + r.IntN(7) {
		w.universe = append(w.universe, belvedere.UAIFromNumber(int32(350100+7*i)))
	}
	some := func() []belvedere.UAI {
		var out []belvedere.UAI
		often := 1 + r.IntN(4)
		for _, u := range w.universe {
			if r.IntN(4) < often {
				out = append(out, u)
			}
		}
		return out
	}
	s := &w.scope
	s.AllSchools, s.AllWidgets, s.Widgets = r.IntN(2) == 0, r.IntN(2) == 0, map[string]bool{}
	s.Schools = some()
	r.Shuffle(len(s.Schools), func(i, j int) { s.Schools[i], s.Schools[j] = s.Schools[j], s.Schools[i] })
	for _, x := range m.Widgets {
		s.Widgets[x.Code] = r.IntN(2) == 0
	}
	if r.IntN(3) == 0 {
		s.Own = some() // perhaps beyond the schools that the rights open
	}
	s.Sharing = belvedere.Sharing{Everything: r.IntN(8) == 0, Themes: map[string]belvedere.SchoolSet{}, Indicators: map[int]belvedere.SchoolSet{}, Extended: map[int][]belvedere.UAI{}}
	for _, x := range m.Themes {
		if r.IntN(2) == 0 {
			s.Sharing.Themes[x.Code] = belvedere.SchoolSet{All: r.IntN(4) == 0, Schools: some()}
		}
	}
	for n := range 80 {
		if r.IntN(5) == 0 {
			s.Sharing.Indicators[n+1] = belvedere.SchoolSet{All: r.IntN(6) == 0, Schools: some()}
		}
		if r.IntN(4) == 0 {
			s.Sharing.Extended[n+1] = some()
		}
	}
	if r.IntN(2) == 0 {
		s.Known = slices.Clone(w.universe)
	}
	return w
}

// may tells whether the viewer may see the figure of an indicator for a school.
func (w *rights) may(ind *belvedere.Indicator, u belvedere.UAI) bool {
	s := w.scope
	if ind.Widget != "" && !s.AllWidgets && !s.Widgets[ind.Widget] || !s.AllSchools && !slices.Contains(s.Schools, u) {
		return false
	}
	if slices.Contains(s.Own, u) {
		return true
	}
	number := ind.Number
	if ind.Number == 0 {
		number = ind.Of
	}
	if ind.SchoolOnly {
		return slices.Contains(s.Sharing.Extended[number], u)
	}
	theme, one := s.Sharing.Themes[ind.Theme], s.Sharing.Indicators[number]
	return s.Sharing.Everything || theme.All || one.All || slices.Contains(theme.Schools, u) || slices.Contains(one.Schools, u)
}

// check walks the tree of a plan.
func (w *rights) check(t *testing.T, i int, p *Plan, seen map[string]int) {
	t.Helper()
	stranger := belvedere.UAIFromNumber(999999) // comes with data after the scope was made
	schools := w.universe
	if w.scope.Known == nil {
		schools = append(slices.Clone(schools), stranger)
	}
	for at, c := range p.Columns {
		if !slices.ContainsFunc(schools, func(u belvedere.UAI) bool { return w.may(c.Indicator, u) }) {
			seen["nothing shared"]++
			if c.Expr != nil && w.scope.Sees(c.Indicator.Widget) && len(c.Shared) == 0 && c.Withheld {
				t.Errorf("%d: %s is asked though no school shares it", i, c.Indicator.Code)
			}
		}
		if c.Indicator.Widget != "" && !w.scope.AllWidgets && !w.scope.Widgets[c.Indicator.Widget] {
			seen["closed widget"]++
			if c.Expr != nil || c.State != belvedere.NotShared {
				t.Errorf("%d: %s is answered without the right to %s", i, c.Indicator.Code, c.Indicator.Widget)
			}
		}
		for _, s := range sourcesOf(p, c) {
			w.checkSource(t, i, p, s, &p.Columns[at], schools, seen)
		}
	}
}

// checkSource compares what a source admits with what a column that reads it may hold.
func (w *rights) checkSource(t *testing.T, i int, p *Plan, s *Source, c *PlanColumn, schools []belvedere.UAI, seen map[string]int) {
	t.Helper()
	seen["sources"]++
	if !s.Table.schools {
		seen["whole territory"]++
		if !p.Territory {
			t.Errorf("%d: %s adds all schools in a plan by school", i, s.Name)
		}
	}
	if c.Withheld {
		seen["withheld"]++
	} else if w.scope.Known != nil && w.scope.AllSchools {
		seen["all of known"]++
	}
	for _, u := range schools {
		got := !s.Table.schools || admits(s.Conds, u)
		if want := w.may(c.Indicator, u); got && !want {
			t.Errorf("%d: %s of %s admits %s, which does not share %s", i, s.Name, s.Table.name, u, c.Indicator.Code)
		} else if want && !got && asked(p.Query.Where, u) {
			t.Errorf("%d: %s of %s leaves out %s, which shares %s", i, s.Name, s.Table.name, u, c.Indicator.Code)
		}
	}
}

// admits reads the conditions on the school itself; those on its record only take schools away.
func admits(conds []Cond, u belvedere.UAI) bool {
	for _, c := range conds {
		if c.Column != "etablissement" || c.Record {
			continue
		}
		in := slices.Contains(c.Values, any(int64(u.Number())))
		if c.Op != "IN" && c.Op != "NOT IN" || in != (c.Op == "IN") {
			return false
		}
	}
	return true
}

// asked tells whether the filters of a question take a school.
func asked(where []belvedere.Filter, u belvedere.UAI) bool {
	return !slices.ContainsFunc(where, func(f belvedere.Filter) bool {
		return f.Dim == "etablissement" && slices.Contains(f.Values, string(u)) == f.Not
	})
}

// sourcesOf are the sources that the sums of a column stand in.
func sourcesOf(p *Plan, c PlanColumn) []*Source {
	var out []*Source
	for _, s := range p.Sources {
		if slices.ContainsFunc(atoms(c.Expr), func(a *Atom) bool { return slices.Contains(s.Atoms, a) }) {
			out = append(out, s)
		}
	}
	return out
}

// randomQuery draws a question in the words of the catalogue, with hostile words where any fit.
func randomQuery(r *rand.Rand, m *belvedere.Model, schools []belvedere.UAI) belvedere.Query {
	y := belvedere.SchoolYear(2025)
	q := belvedere.Query{Period: belvedere.NewPeriod(belvedere.ThisYear, y, y.End().AddDate(0, 0, -1)), Total: r.IntN(2) == 0, Sort: hostile}
	if r.IntN(3) == 0 {
		q.Period = belvedere.Period{From: belvedere.Date(2025, 11, 1), To: belvedere.Date(2025, 12, 1)}
	}
	for range 1 + r.IntN(4) {
		ind := m.Indicators[r.IntN(len(m.Indicators))]
		rate := ind.Rate != nil && r.IntN(2) == 0
		q.Columns = append(q.Columns, belvedere.QueryColumn{Key: fmt.Sprint(hostile, len(q.Columns)), Indicator: ind.Code, Rate: rate || ind.Value == nil, Label: hostile, Group: hostile})
	}
	for _, d := range []string{"etablissement", "type", "commune", "annee", "mois", "jour", "heure", "niveau", "profil", "support", "sexe"} {
		if r.IntN(9) == 0 {
			q.By = append(q.By, d)
		}
	}
	if r.IntN(4) == 0 {
		q.Where = append(q.Where, belvedere.Filter{Dim: "commune", Values: []string{hostile}, Not: r.IntN(2) == 0})
	}
	if r.IntN(4) == 0 {
		f := belvedere.Filter{Dim: "etablissement", Not: r.IntN(2) == 0}
		for range 1 + r.IntN(3) {
			f.Values = append(f.Values, string(schools[r.IntN(len(schools))]))
		}
		q.Where = append(q.Where, f)
	}
	return q
}

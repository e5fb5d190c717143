package app_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

// TestCrossTables asks random cross tables of random worlds, protected and not, and wants each
// subtotal, column and total to be the answer of the engine to the narrower question, and what one
// gets by going down from a line to be the figure of that line.
func TestCrossTables(t *testing.T) {
	for _, protected := range []bool{false, true} {
		t.Run(fmt.Sprint("protected=", protected), func(t *testing.T) {
			if !protected {
				unprotected(t)
			}
			w := newWorld(t, 3)
			n := &crossCount{}
			for i := range 300 {
				w.crossTable(t, i, n)
			}
			t.Logf("%+v", *n)
			if n.subtotals < 100 || n.totals < 50 || n.drills < 200 || n.added < 50 || n.shares < 50 || n.others < 10 {
				t.Errorf("%+v: the questions prove too little", *n)
			}
		})
	}
}

// A crossCount is how much was compared.
type crossCount struct{ subtotals, totals, drills, added, shares, others int }

// crossQuestion draws a cross table.
func (w *world) crossQuestion(t *testing.T) (belvedere.Query, error) {
	ask := w.question()
	ask.By, ask.Limit, ask.Offset, ask.Sort = nil, 0, 0, ""
	q, err := w.app.Reporter.Build(t.Context(), ask)
	if err != nil {
		return q, err
	}
	dims := []string{"etablissement", "type", "commune", "secteur", "annee", "mois"}
	for _, name := range []string{"niveau", "sexe", "profil", "support", "categorie", "niveau.groupe", "profil.groupe"} {
		for _, c := range q.Columns {
			base := strings.TrimSuffix(name, ".groupe")
			for _, d := range w.app.Model.Datasets {
				if d.Dimension(base) != nil && slices.ContainsFunc(refs(w.app.Model.Indicator(c.Indicator).Value), func(r belvedere.MeasureRef) bool { return r.Dataset == d.Name }) {
					dims = append(dims, name, name)
				}
			}
		}
	}
	w.r.Shuffle(len(dims), func(i, j int) { dims[i], dims[j] = dims[j], dims[i] })
	for _, d := range slices.Compact(dims) {
		base := strings.TrimSuffix(d, ".groupe")
		if len(q.By) < 1+w.r.IntN(3) && !slices.ContainsFunc(q.By, func(o string) bool { return strings.TrimSuffix(o, ".groupe") == base }) {
			q.By = append(q.By, d)
		}
	}
	if d := pick(w.r, dims...); w.r.IntN(2) == 0 && !slices.ContainsFunc(q.By, func(o string) bool { return strings.TrimSuffix(o, ".groupe") == strings.TrimSuffix(d, ".groupe") }) {
		q.Across = d
	}
	q.Subtotals, q.Total = w.r.IntN(3) > 0, true
	if !slices.Contains([]string{"annee", "mois"}, q.By[0]) && w.r.IntN(3) == 0 {
		q.Top = 1 + w.r.IntN(3)
	}
	if w.r.IntN(3) == 0 {
		part := q.Columns[0]
		part.Share, part.Key = true, part.Key+"_part"
		q.Columns = slices.Insert(q.Columns, 1, part)
	}
	if w.r.IntN(3) == 0 {
		q.Sort = "-" + q.Columns[0].Key
	}
	return q, nil
}

// crossTable asks one cross table and compares it with narrower questions.
func (w *world) crossTable(t *testing.T, i int, n *crossCount) {
	t.Helper()
	w.r = rand.New(rand.NewPCG(77, uint64(i)))
	q, err := w.crossQuestion(t)
	if err != nil {
		t.Fatal(err)
	}
	viewer := belvedere.Viewer{Scope: w.whoever(3).scope(w, w.r.IntN(4) > 0)}
	if q.Across == "" && (!q.Subtotals || len(q.By) < 2) && q.Top == 0 && !slices.ContainsFunc(q.Columns, func(c belvedere.QueryColumn) bool { return c.Share }) {
		return // a plain table, which others test
	}
	out, err := w.app.Reporter.Query(t.Context(), viewer, q)
	if err != nil {
		t.Fatalf("table %d %+v: %v", i, q, err)
	}
	say := fmt.Sprintf("table %d by %v across %q top %d of %v where %+v, %s", i, q.By, q.Across, q.Top, keysOfColumns(q), q.Where, report.PeriodWords(q.Period))
	x := &crossCheck{t: t, w: w, viewer: viewer, q: q, out: out, say: say, n: n}
	if columns, _ := x.plain(); len(columns) == 0 {
		return
	}
	x.total()
	x.subtotals()
	x.drill()
	x.added()
	x.shares()
	if t.Failed() {
		t.FailNow()
	}
}

func keysOfColumns(q belvedere.Query) (out []string) {
	for _, c := range q.Columns {
		out = append(out, c.Key)
	}
	return out
}

// A crossCheck compares one table.
type crossCheck struct {
	t      *testing.T
	w      *world
	viewer belvedere.Viewer
	q      belvedere.Query
	out    *belvedere.Result
	say    string
	n      *crossCount
}

// plain are the columns of the table that a plain question can ask: all but shares, and all but the
// members of dimensions that no column may name.
func (x *crossCheck) plain() (columns []belvedere.QueryColumn, at []int) {
	for i, c := range x.out.Columns {
		if c.Share || slices.ContainsFunc(c.Where, func(f belvedere.Filter) bool { return !x.coded(f.Dim) }) {
			continue
		}
		columns, at = append(columns, c.QueryColumn), append(at, i)
	}
	return columns, at
}

func (x *crossCheck) coded(dim string) bool {
	return !slices.Contains([]string{"etablissement", "type", "commune", "secteur", "annee", "mois"}, dim)
}

// ask asks a plain question.
func (x *crossCheck) ask(columns []belvedere.QueryColumn, by []string, where []belvedere.Filter) *belvedere.Result {
	x.t.Helper()
	out, err := x.w.app.Reporter.Query(context.Background(), x.viewer, belvedere.Query{Columns: columns, By: by, Where: slices.Concat(x.q.Where, where), Period: x.q.Period, Edition: x.q.Edition})
	if err != nil {
		x.t.Fatalf("%s: %v", x.say, err)
	}
	return out
}

// same wants a cell of the table and one of a plain answer to show the same.
func (x *crossCheck) same(what string, got, want belvedere.Cell) {
	x.t.Helper()
	if got.State == belvedere.NotApplicable && strings.HasPrefix(got.Why, "Des états à plusieurs dates") {
		return
	}
	got.Extreme, want.Extreme = 0, 0
	if !got.State.Shown() {
		got.Value, want.Value = 0, 0
	}
	if got != want {
		x.t.Errorf("%s: %s is %+v, want %+v", x.say, what, got, want)
	}
}

func (x *crossCheck) total() {
	columns, at := x.plain()
	want := x.ask(columns, nil, nil)
	if len(want.Rows) == 0 || x.out.Total == nil {
		return
	}
	for k, i := range at {
		x.same("the total of "+columns[k].Key, x.out.Total.Cells[i], want.Rows[0].Cells[k])
		x.n.totals++
	}
}

// subtotals wants each line of several to be the line of the question with fewer dimensions.
func (x *crossCheck) subtotals() {
	columns, at := x.plain()
	for k := 1; k < len(x.q.By) && x.q.Subtotals; k++ {
		want := map[string]belvedere.ResultRow{}
		for _, row := range x.ask(columns, x.q.By[:k], nil).Rows {
			want[codes(row.Keys)] = row
		}
		for _, row := range x.out.Rows {
			if row.Level != k || row.Keys[0].Code == belvedere.KeyOthers {
				continue
			}
			plain, ok := want[codes(row.Keys[:k])]
			if !ok {
				x.t.Errorf("%s: no line %q", x.say, codes(row.Keys[:k]))
				continue
			}
			for j, i := range at {
				x.same(fmt.Sprintf("the subtotal %v of %s", codes(row.Keys), columns[j].Key), row.Cells[i], plain.Cells[j])
				x.n.subtotals++
			}
		}
	}
}

// drill goes down from some lines: the filter on their schools and codes must keep their figures.
func (x *crossCheck) drill() {
	columns, at := x.plain()
	if slices.ContainsFunc(x.q.By, func(d string) bool { return d == "annee" || d == "mois" }) {
		return
	}
	for range 12 {
		if len(x.out.Rows) == 0 {
			return
		}
		row := x.out.Rows[x.w.r.IntN(len(x.out.Rows))]
		if row.Keys[0].Code == belvedere.KeyOthers {
			continue
		}
		where, ok := x.w.app.Reporter.LineFilters(x.q, row)
		if !ok {
			continue
		}
		down := x.ask(columns, nil, where)
		if len(down.Rows) == 0 {
			continue
		}
		for k, i := range at {
			got, want := down.Rows[0].Cells[k], row.Cells[i]
			if want.State == belvedere.NotApplicable || !want.State.Shown() || x.divides(columns[k]) {
				continue
			}
			if !got.State.Shown() || got.Value != want.Value {
				x.t.Errorf("%s: going down to %s, %s is %+v, and the line says %+v", x.say, codes(row.Keys), columns[k].Key, got, want)
			}
			x.n.drills++
		}
	}
}

func (x *crossCheck) divides(c belvedere.QueryColumn) bool {
	ind := x.w.app.Model.Indicator(c.Indicator)
	if c.Rate || ind.Value == nil {
		return true
	}
	var inside func(belvedere.Expr) bool
	inside = func(e belvedere.Expr) bool {
		b, ok := e.(belvedere.Binary)
		return ok && (b.Op == '/' || inside(b.L) || inside(b.R))
	}
	return inside(ind.Value)
}

// added wants lines that part the rows, the others among them, to add up to the total.
func (x *crossCheck) added() {
	for i, c := range x.out.Columns {
		if c.Share || x.divides(c.QueryColumn) || x.out.Total == nil || !x.out.Total.Cells[i].State.Shown() || x.distinct(c.QueryColumn) {
			continue
		}
		sum, whole := 0.0, true
		cut := slices.ContainsFunc(x.out.Rows, func(r belvedere.ResultRow) bool { return r.Level > 0 && r.Keys[0].Code == belvedere.KeyOthers })
		for _, row := range x.out.Rows {
			if row.Level == 0 || row.Keys[0].Code == belvedere.KeyOthers || cut && row.Level == 1 && row.Keys[0].Code == "" && !x.coded(x.q.By[0]) {
				sum += row.Cells[i].Value
				whole = whole && (row.Cells[i].State.Shown() || row.Cells[i].State == belvedere.Expected || row.Cells[i].State == belvedere.NotAvailable ||
					row.Cells[i].State == belvedere.NotApplicable && row.Cells[i].Why == "Aucune donnée pour ce croisement.")
			}
		}
		if !whole {
			continue
		}
		if math.Abs(sum-x.out.Total.Cells[i].Value) > 1e-6 {
			x.t.Errorf("%s: lines of %s add up to %v, total %v", x.say, c.Key, sum, x.out.Total.Cells[i].Value)
		}
		if x.n.added++; x.q.Top > 0 {
			x.n.others++
		}
	}
}

func (x *crossCheck) distinct(c belvedere.QueryColumn) bool {
	return slices.ContainsFunc(refs(x.w.app.Model.Indicator(c.Indicator).Value), func(r belvedere.MeasureRef) bool {
		return x.w.app.Model.Dataset(r.Dataset).Kind == belvedere.Distinct
	})
}

// shares wants each share to be its number over the total.
func (x *crossCheck) shares() {
	for i, c := range x.out.Columns {
		if !c.Share {
			continue
		}
		for _, row := range x.out.Rows {
			share, number := row.Cells[i], row.Cells[i-1]
			if !share.State.Shown() {
				continue
			}
			if want := number.Value / x.out.Total.Cells[i-1].Value; !number.State.Shown() || math.Abs(share.Value-want) > 1e-12 {
				x.t.Errorf("%s: share %v of %v, want %v", x.say, share, number, want)
			}
			x.n.shares++
		}
	}
}

func codes(keys []belvedere.Key) string {
	var out []string
	for _, k := range keys {
		out = append(out, k.Code)
	}
	return strings.Join(out, "/")
}

package report

import (
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// manySchools is the size of register from which a table by school is cut by the engine: lines
// are sorted, limited and compared there, so that 60,000 schools cost what 500 lines cost.
const manySchools = 4 * RowsPerPage

// large tells whether the engine must cut the answer: a page of a table by school, over a
// register of many.
func (a *answer) large() bool {
	return a.q.Limit > 0 && len(a.plan.Dims) == 1 && a.schoolDim == 0 && !a.plan.Empty && !a.plan.Territory &&
		len(a.directory.ordered) > manySchools && !a.sortsHidden()
}

// sortsHidden tells whether the lines are sorted by a protected column: the engine would sort by what
// is hidden.
func (a *answer) sortsHidden() bool {
	key := strings.TrimPrefix(a.q.Sort, "-")
	at := slices.IndexFunc(a.plan.Columns, func(c semantic.PlanColumn) bool { return c.Key == key })
	return at >= 0 && a.veil.guarded(at)
}

// askLarge asks for one page of the lines, with totals and extremes over all. In the order of
// names the page is known beforehand; schools from which data is awaited stand among the
// others. In the order of a column, the schools without value are counted in the coverage and
// not listed.
func (a *answer) askLarge(ctx context.Context) error {
	cut := semantic.Cut{Limit: a.q.Limit, Offset: a.q.Offset}
	key, down := strings.CutPrefix(a.q.Sort, "-")
	at := slices.IndexFunc(a.plan.Columns, func(c semantic.PlanColumn) bool { return c.Key == key && c.Expr != nil })
	var named []*School
	if at < 0 {
		all := a.relevant()
		if down {
			all = slices.Clone(all)
			slices.Reverse(all)
		}
		named = all[min(a.q.Offset, len(all)):]
		named = named[:min(a.q.Limit, len(named))]
		cut.Schools = []belvedere.UAI{}
		for _, s := range named {
			cut.Schools = append(cut.Schools, s.UAI)
		}
		a.lines = len(all)
	}
	cut.Column, cut.Down = at, down
	if err := a.readCut(ctx, cut, at >= 0); err != nil {
		return err
	}
	if at < 0 { // the order of the list, awaited schools in their place
		a.order = a.order[:0]
		for _, s := range named {
			code := string(s.UAI)
			if a.rows[code] == nil {
				a.rows[code] = a.awaitedRow([]belvedere.Key{s.key()}, false)
			}
			a.order = append(a.order, code)
		}
	}
	return nil
}

// readCut reads lines, totals, extremes and the number of lines.
func (a *answer) readCut(ctx context.Context, cut semantic.Cut, counted bool) error {
	a.highest, a.lowest = map[int]float64{}, map[int]float64{}
	return a.r.engine.Query(ctx, a.plan.SQLCut(a.r.dialect, a.edition.Number, cut), func(row []any) error {
		kind, _ := row[1].(int64)
		values := row[2:]
		switch kind {
		case semantic.CutCount:
			if n, ok := row[0].(int64); ok && counted {
				a.lines = int(n)
			}
			return nil
		case semantic.CutMaximum:
			a.bound(a.highest, values)
			return nil
		case semantic.CutMinimum:
			a.bound(a.lowest, values)
			return nil
		}
		out := &belvedere.ResultRow{Cells: make([]belvedere.Cell, len(a.plan.Columns))}
		if kind == semantic.CutTotal {
			a.total = out
		} else {
			out.Keys = a.keys(row[:1])
			a.order = append(a.order, codeOf(out.Keys))
			a.rows[codeOf(out.Keys)] = out
		}
		a.cells(out, values, kind == semantic.CutTotal)
		return nil
	})
}

// bound notes an extreme of each column.
func (a *answer) bound(into map[int]float64, values []any) {
	at := 0
	for i, c := range a.plan.Columns {
		if c.Expr == nil {
			continue
		}
		if v, ok := values[at].(float64); ok {
			into[i] = v
		}
		at += 2 + c.Extras()
	}
}

// markBounds marks the extremes that stand on the page. A partial cell is never marked.
func (a *answer) markBounds(out *belvedere.Result) {
	for i := range out.Columns {
		if lo, hi := a.lowest[i], a.highest[i]; lo < hi && !a.veil.guarded(i) { // the engine knows what is hidden
			markColumn(out.Rows, i, lo, hi)
		}
	}
}

// relevant are the schools that have a line: with data, or awaited, by name.
func (a *answer) relevant() []*School {
	var names []string
	for _, c := range a.plan.Columns {
		names = append(names, c.Datasets...)
		if c.OpenedBy() != "" {
			names = append(names, sharingKey(&c))
		}
	}
	slices.Sort(names)
	key := a.perimeterKey("lines", slices.Compact(names))
	if list, ok := a.r.lists.get(key); ok && key != "" {
		return list
	}
	var list []*School
	for _, s := range a.directory.ordered {
		if a.takes(s.UAI, s) && (a.awaits(s) || a.delivered(s.UAI)) {
			list = append(list, s)
		}
	}
	if key != "" {
		a.r.lists.put(key, list, 8*len(list))
	}
	return list
}

// delivered tells whether a school delivered any dataset of the columns.
func (a *answer) delivered(u belvedere.UAI) bool {
	for _, cover := range a.cover {
		if _, has := cover.schools[u]; has {
			return true
		}
	}
	return false
}

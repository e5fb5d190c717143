package report

import (
	"slices"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// What a cell says whose school delivered, without a line of it.
const (
	withoutDetail       = "Les données ont été livrées sans ce détail."
	schoolWithoutDetail = "L’établissement a livré ses données sans ce détail."
)

// fillSparse says zero where datasets that count what happened have no line of a code: no one left GM3.
// It does so only where other lines of the answer are of such codes, or where the whole is zero: a
// source that breaks nothing down tells no zero.
func (a *answer) fillSparse() {
	for i := range a.plan.Columns {
		c := &a.plan.Columns[i]
		if c.Expr == nil || c.Ratio() || c.Indicator.Secrecy != "aucun" || !a.sparse(c) || !a.brokenDown(i) && !a.wholeZero(i) {
			continue
		}
		for _, row := range a.rows {
			cell := &row.Cells[i]
			if cell.State != belvedere.NotAvailable || cell.Why != withoutDetail && cell.Why != schoolWithoutDetail || !a.coded(row) {
				continue
			}
			covered := int32(1)
			if a.schoolDim < 0 {
				covered = a.schools(c, row.Keys, delivered)
			}
			*cell = belvedere.Cell{Covered: covered, Expected: cell.Expected}
		}
	}
}

// sparse tells whether all datasets of a column are declared so.
func (a *answer) sparse(c *semantic.PlanColumn) bool {
	return len(c.Datasets) > 0 && !slices.ContainsFunc(c.Datasets, func(name string) bool { return !a.r.model.Dataset(name).Sparse })
}

// brokenDown tells whether a line of codes has a figure in a column.
func (a *answer) brokenDown(i int) bool {
	for _, row := range a.rows {
		if row.Cells[i].State.Shown() && a.coded(row) {
			return true
		}
	}
	return false
}

// wholeZero tells whether the total of a column is asked and zero: the head of one department in which
// nobody left reads no other line that would tell it.
func (a *answer) wholeZero(i int) bool {
	return a.total != nil && a.total.Cells[i].State == belvedere.Value && a.total.Cells[i].Value == 0
}

// coded tells whether a line stands for codes, all of them filled.
func (a *answer) coded(row *belvedere.ResultRow) bool {
	some := false
	for i, d := range a.plan.Dims {
		if d.Kind == semantic.KindCode && i < len(row.Keys) {
			if row.Keys[i].Code == "" {
				return false
			}
			some = true
		}
	}
	return some
}

// counted are, by base column, the members across under which some line of codes has a figure in a
// dataset that has no line of what did not happen: under them a pair without a row counts zero. Lines
// of schools or time are left as they are, since they may not have been delivered.
func (c *cross) counted(other *belvedere.Result, k int) []map[string]bool {
	out := make([]map[string]bool, len(c.base))
	if slices.ContainsFunc(c.q.By[:k], func(dim string) bool { return dimKind(dim) != semantic.KindCode }) {
		return out
	}
	for b, col := range c.base {
		if k == 0 || !c.r.tellsZero(col) {
			continue
		}
		out[b] = map[string]bool{}
		for _, row := range other.Rows {
			blank := slices.ContainsFunc(row.Keys[:k], func(key belvedere.Key) bool { return key.Code == "" })
			if !blank && row.Cells[b].State.Shown() {
				out[b][row.Keys[k].Code] = true
			}
		}
	}
	return out
}

// tellsZero tells whether a column adds up what such datasets count, and nothing that is protected.
func (r *Reporter) tellsZero(col belvedere.QueryColumn) bool {
	ind := r.indicatorOf(col)
	if ind == nil || col.Rate || col.Share || col.Formula != nil || ind.Secrecy != "aucun" {
		return false
	}
	datasets := r.columnDatasets(col)
	return len(datasets) > 0 && !slices.ContainsFunc(datasets, func(name string) bool {
		d := r.model.Dataset(name)
		return d == nil || !d.Sparse
	})
}

// nothingHappened is the zero of a pair that has no row.
func nothingHappened(line belvedere.Cell) (belvedere.Cell, belvedere.Gap) {
	why := "Non comparé\u00a0: aucune ligne pour ce croisement."
	return belvedere.Cell{Covered: line.Covered, Expected: line.Expected}, belvedere.Gap{Other: belvedere.Cell{State: belvedere.NotAvailable, Why: why}, State: belvedere.NotAvailable, Why: why}
}

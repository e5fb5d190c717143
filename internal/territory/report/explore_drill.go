package report

import (
	"belvedere"
)

// LineFilters are the filters that keep the rows of a line and no other, so that whoever goes down from
// its figures finds the same total; false where filters cannot say it: of times, which are a period,
// of what is put together, and of schools without an attribute.
func (r *Reporter) LineFilters(q belvedere.Query, row belvedere.ResultRow) ([]belvedere.Filter, bool) {
	var out []belvedere.Filter
	for i, dim := range q.By {
		if i >= len(row.Keys) || row.Level > 0 && i >= row.Level {
			break
		}
		code := row.Keys[i].Code
		switch {
		case isTime(dim), code == belvedere.KeyOthers && row.Level > 0, code == "" && contains(attributeDims, dim):
			return nil, false
		}
		out = append(out, r.exactly(dim, []string{code}, q.Columns)...)
	}
	return out, true
}

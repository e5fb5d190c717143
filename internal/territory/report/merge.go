package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"belvedere"
)

// queryParts answers a question by its parts and puts their answers together under its name.
func (r *Reporter) queryParts(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query, parts []part, edition belvedere.Edition, directory *Directory, err error) (*belvedere.Result, error) {
	if err != nil {
		return nil, err
	}
	ctx = context.WithValue(holdEdition(ctx, q.Edition, edition, directory), plainKey{}, true)
	results := make([]*belvedere.Result, len(parts))
	for i, p := range parts {
		one, err := r.Query(ctx, viewer, p.query)
		if err != nil {
			return nil, err
		}
		if err := r.notePredecessors(ctx, one, p.added, edition.Number, directory); err != nil {
			return nil, err
		}
		results[i] = one
	}
	out := results[0]
	if len(parts) > 1 {
		out = merged(q, parts, results)
	}
	var notes []string
	for _, p := range parts {
		notes = append(notes, p.notes...)
		if p.perimeter != nil {
			out.Perimeters = append(out.Perimeters, *p.perimeter)
		}
	}
	for _, n := range out.Notes {
		if !slices.Contains(notes, n) {
			notes = append(notes, n)
		}
	}
	out.Query, out.Notes = q, notes
	out.Receipt = receipt(q, r.model.Version, edition.Number, viewer.Scope.Fingerprint, directory.edits, results[0].Receipt.Release)
	return out, nil
}

// merged puts the columns of several answers side by side.
func merged(q belvedere.Query, parts []part, results []*belvedere.Result) *belvedere.Result {
	out := &belvedere.Result{Dims: results[0].Dims, Edition: results[0].Edition, Columns: make([]belvedere.ResultColumn, len(q.Columns))}
	at := map[string]int{}
	for i, one := range results {
		for k, place := range parts[i].columns {
			out.Columns[place] = one.Columns[k]
		}
		for _, row := range one.Rows {
			code := codeOf(row.Keys)
			if _, ok := at[code]; !ok {
				at[code] = len(out.Rows)
				out.Rows = append(out.Rows, blankRow(row, len(q.Columns)))
			}
			fill(&out.Rows[at[code]], row, parts[i].columns)
		}
		if one.Total != nil {
			if out.Total == nil {
				total := blankRow(*one.Total, len(q.Columns))
				out.Total = &total
			}
			fill(out.Total, *one.Total, parts[i].columns)
		}
		if one.Coverage.Received > out.Coverage.Received || i == 0 {
			out.Coverage = one.Coverage
		}
		out.Notes = append(out.Notes, one.Notes...)
		out.Breaks = append(out.Breaks, one.Breaks...)
	}
	arrange(q, out)
	return out
}

// blankRow is a line of a name whose cells no answer has filled yet.
func blankRow(row belvedere.ResultRow, columns int) belvedere.ResultRow {
	out := belvedere.ResultRow{Keys: row.Keys, Note: row.Note, Cells: make([]belvedere.Cell, columns)}
	for i := range out.Cells {
		out.Cells[i] = belvedere.Cell{State: belvedere.Expected, Why: "Aucune livraison reçue pour cette période."}
	}
	return out
}

func fill(into *belvedere.ResultRow, row belvedere.ResultRow, places []int) {
	for k, place := range places {
		into.Cells[place] = row.Cells[k]
	}
	if into.Note == "" {
		into.Note = row.Note
	}
}

// arrange orders and cuts the lines as the question asks.
func arrange(q belvedere.Query, out *belvedere.Result) {
	key, down := strings.CutPrefix(q.Sort, "-")
	at := slices.IndexFunc(out.Columns, func(c belvedere.ResultColumn) bool { return c.Key == key })
	slices.SortStableFunc(out.Rows, func(x, y belvedere.ResultRow) int {
		c := 0
		switch {
		case at >= 0:
			cx, cy := x.Cells[at], y.Cells[at]
			if sx, sy := cx.State.Shown(), cy.State.Shown(); sx != sy {
				if sx {
					return -1
				}
				return 1
			}
			c = cmp.Compare(cx.Value, cy.Value)
		case len(q.By) > 0 && isTime(q.By[0]):
			c = cmp.Compare(codeOf(x.Keys), codeOf(y.Keys))
		}
		if down {
			return -c
		}
		return c
	})
	out.RowCount = len(out.Rows)
	if q.Limit > 0 {
		out.Rows = out.Rows[min(q.Offset, len(out.Rows)):]
		out.Rows = out.Rows[:min(q.Limit, len(out.Rows))]
	}
}

// notePredecessors says on each year and month of an answer which predecessors it holds.
func (r *Reporter) notePredecessors(ctx context.Context, out *belvedere.Result, added []belvedere.UAI, edition int, directory *Directory) error {
	if len(added) == 0 || len(out.Dims) == 0 || out.Dims[0].Name != "annee" && out.Dims[0].Name != "mois" {
		return nil
	}
	var datasets []string
	for _, c := range out.Columns {
		if c.Dataset != "" && !slices.Contains(datasets, c.Dataset) {
			datasets = append(datasets, c.Dataset)
		}
	}
	for _, name := range datasets {
		received, err := r.receptionOf(ctx, edition, name)
		if err != nil {
			return err
		}
		for i := range out.Rows {
			row := &out.Rows[i]
			if row.Note != "" || !slices.ContainsFunc(row.Cells, func(c belvedere.Cell) bool { return c.State.Shown() }) {
				continue
			}
			var names []string
			a, z := received.within(lineMonths(row.Keys[0]))
			for _, u := range added {
				if received.any(u, a, z) {
					names = append(names, directory.nameOf(u).Label)
				}
			}
			if len(names) > 0 {
				row.Note = "dont " + enumerated(names)
			}
		}
	}
	return nil
}

// lineMonths is the period of a line by school year or month.
func lineMonths(k belvedere.Key) belvedere.Period {
	if y, err := belvedere.ParseSchoolYear(k.Code); err == nil {
		return belvedere.Period{From: y.First(), To: y.End()}
	}
	m, err := belvedere.ParseDate(k.Code + "-01")
	if err != nil {
		return belvedere.Period{}
	}
	return belvedere.Period{From: m, To: m.AddDate(0, 1, 0)}
}

package report

import (
	"fmt"
	"slices"
	"strings"

	"belvedere"
)

// table answers a table of the page: lines, totals, order, headings that sort.
func (b *pageBuilder) table(t *belvedere.TableBlock) (*TableView, error) {
	rates := b.state.Rates && t.Rates
	if t.Rates {
		b.view.Rates = "valeurs"
		if rates {
			b.view.Rates = "taux"
		}
	}
	codes, err := b.presentCodes(t)
	if err != nil {
		return nil, err
	}
	columns := b.r.tableColumns(b.viewer.Scope, t, codes, rates)
	if columns, err = b.beside(columns); err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		return nil, belvedere.Errorf(belvedere.Internal, "le tableau %q n’a pas de colonne", t.ID)
	}
	sort := b.sortOf(columns)
	period := b.period
	if t.Rows == "annee" { // one line says nothing of an evolution
		period = b.chartPeriod(&belvedere.ChartBlock{By: t.Rows})
	}
	result, err := b.query(columns, []string{t.Rows}, period, func(q *belvedere.Query) {
		q.Total, q.Sort, q.Compare = !isTime(t.Rows), sort, b.state.Compare
		if !b.all {
			q.Limit, q.Offset = RowsPerPage, (b.state.Page-1)*RowsPerPage
		}
	})
	if err != nil {
		return nil, err
	}
	keepDetail(result, t.Detail)
	key, down := strings.CutPrefix(sort, "-")
	if key == "" {
		key = "nom"
	}
	v := &TableView{Block: t, Label: t.Label + constantTail(result), Result: result, Rates: rates, SortKey: key, SortDown: down}
	v.Headers = b.headers(result, v)
	v.Pages = b.pages(result.RowCount)
	if !b.tabled { // files hold the first table shown; each block has files of its own
		b.view.Result, b.tabled = result, true
	}
	return v, nil
}

// presentCodes are the codes that become columns: those that the declaration names, else those
// that the data holds for this selection, so that collèges are not shown the levels of lycées.
func (b *pageBuilder) presentCodes(t *belvedere.TableBlock) ([]string, error) {
	if t.Across == "" || len(t.Codes) > 0 {
		return t.Codes, nil
	}
	q := b.r.queryColumn(t.Columns[0], false)
	result, err := b.query([]belvedere.QueryColumn{q}, []string{t.Across}, b.period, nil)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, row := range result.Rows {
		if c := row.Cells[0]; c.State == belvedere.Secret || c.State.Shown() && (row.Keys[0].Code != "" || c.Value != 0) {
			codes = append(codes, row.Keys[0].Code)
		}
	}
	return codes, nil
}

// isTime tells a dimension of time: its lines have no meaningful total.
func isTime(dim string) bool {
	return dim == "annee" || dim == "mois" || dim == "jour" || dim == "heure"
}

// sortOf keeps the order of the address when the table has the column: another side of the
// switch or another table may not.
func (b *pageBuilder) sortOf(columns []belvedere.QueryColumn) string {
	key := strings.TrimPrefix(b.state.Sort, "-")
	if key == "nom" || slices.ContainsFunc(columns, func(c belvedere.QueryColumn) bool { return c.Key == key }) {
		return b.state.Sort
	}
	return ""
}

// keepDetail keeps the attributes that the table shows beside the name; the commune by default.
func keepDetail(result *belvedere.Result, names []string) {
	names = detailsOf(names)
	for i := range result.Rows {
		for j := range result.Rows[i].Keys {
			k := &result.Rows[i].Keys[j]
			k.Detail = slices.DeleteFunc(slices.Clone(k.Detail), func(a belvedere.Attribute) bool { return !slices.Contains(names, a.Name) })
		}
	}
}

// detailsOf are the attributes that a table of a declaration shows.
func detailsOf(names []string) []string {
	if len(names) == 0 {
		return []string{"commune"}
	}
	return names
}

// headers are the headings of the name and of each column, with the address that sorts by it.
func (b *pageBuilder) headers(result *belvedere.Result, v *TableView) []HeaderView {
	heading := func(label, group, key string, firstDown bool) HeaderView {
		h := HeaderView{Label: label, Group: group, Key: key}
		down := firstDown
		if v.SortKey == key {
			h.Sort = "ascending"
			if v.SortDown {
				h.Sort = "descending"
			}
			down = !v.SortDown
		}
		h.Address = b.address(func(s *State) {
			s.Sort, s.Page = key, 1
			if down {
				s.Sort = "-" + key
			}
			if s.Sort == "nom" {
				s.Sort = ""
			}
		})
		return h
	}
	out := []HeaderView{heading(result.Dims[0].Label, "", "nom", false)}
	for _, c := range result.Columns {
		out = append(out, heading(c.Label, c.Group, c.Key, true))
	}
	return out
}

// pages lead to the parts of a long table.
func (b *pageBuilder) pages(rows int) []Tab {
	if b.all || rows <= RowsPerPage {
		return nil
	}
	var out []Tab
	for p := 1; (p-1)*RowsPerPage < rows; p++ {
		out = append(out, Tab{
			Label:   fmt.Sprintf("%s à %s", belvedere.FormatNumber(float64((p-1)*RowsPerPage+1), 0), belvedere.FormatNumber(float64(min(p*RowsPerPage, rows)), 0)),
			Address: b.address(func(s *State) { s.Page = p }),
			Current: p == b.state.Page,
		})
	}
	return out
}

package report

import (
	"cmp"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// This file chooses the first lines and puts lines and subtotals in order.

// first chooses the first members of the outermost dimension by their own figures, as they are shown,
// and asks for all the others together.
func (c *cross) first() ([]crossRow, error) {
	if c.q.Top <= 0 {
		return nil, nil
	}
	dim := c.q.By[0]
	if isTime(dim) {
		return nil, belvedere.Errorf(belvedere.Invalid, "premiers : des lignes de temps ne se rangent pas par valeur ; choisissez une période")
	}
	l, err := c.layer(1, nil)
	if err != nil {
		return nil, err
	}
	c.sort(l, l.rows)
	var blank []crossRow // schools without the attribute: no filter names them
	rows := l.rows
	if dimKind(dim) == semantic.KindAttribute {
		rows = nil
		for _, row := range l.rows {
			if row.Keys[0].Code == "" {
				blank = append(blank, row)
			} else {
				rows = append(rows, row)
			}
		}
	}
	if len(rows) <= c.q.Top {
		return nil, nil
	}
	codes := func(rows []crossRow) (out []string) {
		for _, row := range rows {
			out = append(out, row.Keys[0].Code)
		}
		return out
	}
	c.where = c.r.exactly(dim, codes(rows[:c.q.Top]), c.base)
	rest := c.r.exactly(dim, codes(rows[c.q.Top:]), c.base)
	if dimKind(dim) != semantic.KindCode {
		rest = []belvedere.Filter{{Dim: dim, Values: c.where[0].Values, Not: true}}
	}
	others, err := c.layer(0, rest)
	if err != nil {
		return nil, err
	}
	var out []crossRow
	for _, row := range others.rows {
		row.Keys = c.keysOf([]belvedere.Key{{Code: belvedere.KeyOthers, Label: "Autres (" + belvedere.FormatNumber(float64(len(rows)-c.q.Top), 0) + ")"}})
		row.Level = 1
		out = append(out, row)
	}
	for _, row := range blank {
		row.Keys, row.Level = c.keysOf(row.Keys), 1
		out = append(out, row)
	}
	return out, nil
}

// keysOf completes the keys of a line that stands for several.
func (c *cross) keysOf(keys []belvedere.Key) []belvedere.Key {
	keys = slices.Clone(keys)
	for len(keys) < len(c.q.By) {
		keys = append(keys, belvedere.Key{Code: belvedere.KeyTotal, Label: wholeName(c.limit)})
	}
	return keys
}

// arrange orders the lines, and puts each subtotal before the lines that it is about.
func (c *cross) arrange(deep *layer) ([]crossRow, error) {
	n := len(c.q.By)
	if !c.q.Subtotals || n < 2 {
		c.sort(deep, deep.rows)
		return deep.rows, nil
	}
	heads := make([]*layer, n)
	for k := 1; k < n; k++ {
		var err error
		if heads[k], err = c.layer(k, c.where); err != nil {
			return nil, err
		}
		c.sort(heads[k], heads[k].rows)
	}
	below := make([]map[string][]crossRow, n+1) // by depth, lines by the keys above them
	put := func(rows []crossRow, depth int) {
		below[depth] = map[string][]crossRow{}
		for _, row := range rows {
			above := codeOf(row.Keys[:depth-1])
			below[depth][above] = append(below[depth][above], row)
		}
	}
	c.sort(deep, deep.rows)
	put(deep.rows, n)
	for k := 1; k < n; k++ {
		put(heads[k].rows, k)
	}
	var out []crossRow
	var walk func(above string, depth int)
	walk = func(above string, depth int) {
		for _, row := range below[depth][above] {
			if depth == n {
				out = append(out, row)
				continue
			}
			head := row
			head.Keys, head.Level = c.keysOf(row.Keys), depth
			out = append(out, head)
			walk(codeOf(row.Keys), depth+1)
		}
	}
	walk("", 1)
	return out, nil
}

// sort orders lines as the question asks; lines come in their natural order.
func (c *cross) sort(l *layer, rows []crossRow) {
	key, down := strings.CutPrefix(c.q.Sort, "-")
	at := slices.IndexFunc(l.result.Columns, func(col belvedere.ResultColumn) bool { return col.Key == key })
	if at < 0 { // of a column that has no whole: its last member, the latest of times
		for i, base := range l.of {
			if c.base[base].Key == key {
				at = i
			}
		}
	}
	if at < 0 {
		if down && key == "nom" {
			slices.Reverse(rows)
		}
		return
	}
	slices.SortStableFunc(rows, func(x, y crossRow) int {
		cx, cy := x.Cells[at], y.Cells[at]
		if sx, sy := cx.State.Shown(), cy.State.Shown(); sx != sy {
			if sx {
				return -1
			}
			return 1
		} else if !sx {
			return 0
		}
		if down {
			cx, cy = cy, cx
		}
		return cmp.Compare(cx.Value, cy.Value)
	})
}

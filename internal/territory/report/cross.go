package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// mostAcross bounds the columns of a cross table: more than anyone reads across, and few enough for a
// page and a statement.
const mostAcross = 240

// crossed tells whether a question asks for a cross table: columns by members, subtotals, the first
// few, or shares. Such a table is made of several plain questions, each through rights, release and
// engine: a subtotal is the answer to the question with fewer lines, never a sum of what is shown.
func crossed(q belvedere.Query) bool {
	return q.Across != "" || q.Subtotals && len(q.By) > 1 || q.Top > 0 && len(q.By) > 0 ||
		slices.ContainsFunc(q.Columns, func(c belvedere.QueryColumn) bool { return c.Share })
}

// A cross is a cross table on its way.
type cross struct {
	r       *Reporter
	ctx     context.Context
	viewer  belvedere.Viewer
	q       belvedere.Query
	base    []belvedere.QueryColumn // asked, without shares
	shared  []bool                  // by base: its share is asked too
	asked   []belvedere.QueryColumn // base, or each base by member where members are parts of rows
	of      []int                   // by asked: its place in base
	members []belvedere.Key         // of Across
	kind    semantic.DimKind        // of Across
	where   []belvedere.Filter      // that keeps the first members of the lines
	notes   []string
	rules   string
	limit   string // to which rights limit the figures
}

// A crossRow is a line with its comparison.
type crossRow struct {
	belvedere.ResultRow
	gaps []belvedere.Gap
}

// A layer is a cross table for some number of dimensions.
type layer struct {
	result *belvedere.Result // for all but its lines
	of     []int             // by column: its place in base
	rows   []crossRow
}

// cross answers a cross table.
func (r *Reporter) cross(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) (*belvedere.Result, error) {
	edition, err := r.Edition(ctx, q.Edition)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	c := &cross{r: r, ctx: holdEdition(ctx, q.Edition, edition, directory), viewer: viewer, q: q}
	if err := c.columns(); err != nil {
		return nil, err
	}
	out, err := c.answer()
	if err != nil {
		return nil, err
	}
	out.Query = q
	out.Receipt = receipt(q, r.model.Version, edition.Number, viewer.Scope.Fingerprint, directory.edits, c.rules)
	return out, nil
}

// columns parts the shares from what is asked, and finds the members that become columns.
func (c *cross) columns() error {
	for i, col := range c.q.Columns {
		if !col.Share {
			c.base, c.shared = append(c.base, col), append(c.shared, false)
			continue
		}
		if i == 0 || c.q.Columns[i-1].Share {
			return belvedere.Errorf(belvedere.Invalid, "une part se demande après la colonne dont elle est la part")
		}
		c.shared[len(c.shared)-1] = true
	}
	c.asked = c.base
	for i := range c.base {
		c.of = append(c.of, i)
	}
	if c.q.Across == "" {
		return nil
	}
	if slices.Contains(c.q.By, c.q.Across) {
		return belvedere.Errorf(belvedere.Invalid, "la dimension %q est demandée en lignes et en colonnes", c.q.Across)
	}
	return c.across()
}

// across finds the members of the dimension across that have something to say.
func (c *cross) across() error {
	found, err := c.ask([]string{c.q.Across}, nil)
	if err != nil {
		return err
	}
	c.kind = dimKind(c.q.Across)
	for _, row := range found.Rows {
		if slices.ContainsFunc(row.Cells, func(cell belvedere.Cell) bool {
			return cell.State == belvedere.Secret || cell.State.Shown() && (row.Keys[0].Code != "" || cell.Value != 0)
		}) {
			c.members = append(c.members, row.Keys[0])
		}
	}
	if n := (len(c.members) + 1) * len(c.base); n > mostAcross {
		return belvedere.Errorf(belvedere.TooLarge, "Ce tableau aurait %s colonnes, et un tableau croisé en a %d au plus. Filtrez sur quelques valeurs, ou mettez cette dimension en lignes.",
			belvedere.FormatNumber(float64(n), 0), mostAcross)
	}
	if c.kind != semantic.KindCode {
		return nil
	}
	c.asked, c.of = nil, nil
	for i, col := range c.base {
		for _, m := range c.members {
			c.asked, c.of = append(c.asked, c.member(col, m)), append(c.of, i)
		}
		if c.noSum(col, []string{c.q.Across}) == "" {
			whole := col
			whole.Label, whole.Group = wholeName(c.limit), c.r.columnLabel(col)
			c.asked, c.of = append(c.asked, whole), append(c.of, i)
		}
	}
	return nil
}

const wholeLabel = "Ensemble"

// member is a column cut to one member of the dimension across.
func (c *cross) member(col belvedere.QueryColumn, m belvedere.Key) belvedere.QueryColumn {
	code := m.Code
	if code == "" {
		code = "non_ventile"
	}
	out := col
	out.Key, out.Label, out.Group = col.Key+"_"+code, m.Label, c.r.columnLabel(col)
	out.Where = append(slices.Clone(col.Where), c.r.exactly(c.q.Across, []string{m.Code}, c.base)...)
	return out
}

// exactly are the filters that keep the lines of some members of a dimension and no other: a code that
// is a group too would bring its codes along, which have lines of their own. Persons counted once are
// asked by one member, and groups of them bring nothing.
func (r *Reporter) exactly(dim string, codes []string, columns []belvedere.QueryColumn) []belvedere.Filter {
	name := filterDim(dim)
	out := []belvedere.Filter{{Dim: name, Values: codes}}
	if name != dim || dimKind(dim) != semantic.KindCode || slices.ContainsFunc(columns, r.countsPersons) {
		return out
	}
	var others []string
	for _, d := range r.model.Datasets {
		x := d.Dimension(name)
		if x == nil || x.List == nil {
			continue
		}
		for _, code := range x.List.All() {
			if code.Group != "" && slices.Contains(codes, code.Group) && !slices.Contains(codes, code.Code) && !slices.Contains(others, code.Code) {
				others = append(others, code.Code)
			}
		}
	}
	if len(others) > 0 {
		out = append(out, belvedere.Filter{Dim: name, Values: others, Not: true})
	}
	return out
}

// countsPersons tells whether a column reads persons who are counted once.
func (r *Reporter) countsPersons(col belvedere.QueryColumn) bool {
	return slices.ContainsFunc(r.columnDatasets(col), func(name string) bool {
		d := r.model.Dataset(name)
		return d != nil && d.Kind == belvedere.Distinct
	})
}

// columnLabel is the heading of a column.
func (r *Reporter) columnLabel(col belvedere.QueryColumn) string {
	ind := r.indicatorOf(col)
	switch {
	case col.Label != "":
		return col.Label
	case ind == nil:
		return col.Indicator
	case col.Formula == nil && col.Rate && ind.Rate != nil && ind.Rate.Label != "":
		return ind.Rate.Label
	}
	return cmp.Or(ind.Short, ind.Label)
}

// ask asks the base columns by some dimensions.
func (c *cross) ask(by []string, where []belvedere.Filter) (*belvedere.Result, error) {
	return c.query(c.base, by, where)
}

func (c *cross) query(columns []belvedere.QueryColumn, by []string, where []belvedere.Filter) (*belvedere.Result, error) {
	q := c.q
	q.Columns, q.By, q.Where = columns, by, slices.Concat(q.Where, where)
	q.Across, q.Subtotals, q.Top, q.Total, q.Sort, q.Limit, q.Offset = "", false, 0, false, "", 0, 0
	out, err := c.r.Query(c.ctx, c.viewer, q)
	if err != nil {
		return nil, err
	}
	if c.rules == "" {
		c.rules = out.Receipt.Release
	}
	if c.limit == "" {
		c.limit = out.Limit
	}
	for _, n := range out.Notes {
		if !slices.Contains(c.notes, n) {
			c.notes = append(c.notes, n)
		}
	}
	return out, nil
}

// layer answers the table for the first k dimensions of its lines.
func (c *cross) layer(k int, where []belvedere.Filter) (*layer, error) {
	by, dropped := c.q.By[:k], c.q.By[k:]
	main, err := c.query(c.asked, by, where)
	if err != nil {
		return nil, err
	}
	out := &layer{result: main, of: c.of}
	for i := range main.Rows {
		row := crossRow{ResultRow: main.Rows[i]}
		row.Cells = slices.Clone(row.Cells)
		if main.Compared != nil {
			row.gaps = slices.Clone(main.Compared.Rows[i])
		}
		out.rows = append(out.rows, row)
	}
	if c.q.Across == "" || c.kind == semantic.KindCode {
		c.silence(out, dropped)
		return out, nil
	}
	c.silence(out, append(slices.Clone(dropped), c.q.Across))
	other, err := c.ask(append(slices.Clone(by), c.q.Across), where)
	if err != nil {
		return nil, err
	}
	return c.pivot(out, other, dropped), nil
}

// silence withholds the figures of lines that drop a dimension over which a column does not add.
func (c *cross) silence(l *layer, dropped []string) {
	for i, of := range l.of {
		why := c.noSum(c.base[of], dropped)
		if why == "" {
			continue
		}
		for _, row := range l.rows {
			row.Cells[i] = belvedere.Cell{State: belvedere.NotApplicable, Why: why}
			if row.gaps != nil {
				row.gaps[i] = belvedere.Gap{Other: row.Cells[i], State: belvedere.NotApplicable, Why: why}
			}
		}
	}
}

// noSum says why a column has no figure over the members of dimensions that a line drops. States of
// several dates do not add, and the last of them is no total; a constant perimeter holds for the
// periods that it was made of.
func (c *cross) noSum(col belvedere.QueryColumn, dropped []string) string {
	if !slices.ContainsFunc(dropped, isTime) {
		return ""
	}
	for _, name := range c.r.columnDatasets(col) {
		if d := c.r.model.Dataset(name); d != nil && d.Kind == belvedere.Stock {
			return "Des états à plusieurs dates ne s’additionnent pas."
		}
	}
	if c.q.Constant {
		return "Un périmètre constant vaut pour les périodes comparées, non pour leur somme."
	}
	return ""
}

// columnDatasets are those that a column reads, on both sides of its rate.
func (r *Reporter) columnDatasets(col belvedere.QueryColumn) []string {
	if col.Formula != nil {
		return r.datasetsOfColumn(col)
	}
	ind := r.indicatorOf(col)
	if ind == nil {
		return nil
	}
	exprs := []belvedere.Expr{ind.Value}
	if col.Rate && ind.Rate != nil {
		exprs = []belvedere.Expr{ind.Rate.Num, ind.Rate.Den}
	}
	var names []string
	var walk func(belvedere.Expr)
	walk = func(e belvedere.Expr) {
		switch e := e.(type) {
		case belvedere.Binary:
			walk(e.L)
			walk(e.R)
		case belvedere.MeasureRef:
			if !slices.Contains(names, e.Dataset) {
				names = append(names, e.Dataset)
			}
		}
	}
	for _, e := range exprs {
		walk(e)
	}
	return names
}

// pivot puts the members of a dimension of schools or time beside each other. A pair that has no row
// has no figure, and the reason is that of its line where that has none either.
func (c *cross) pivot(main *layer, other *belvedere.Result, dropped []string) *layer {
	k := len(main.result.Dims)
	cells := map[string]int{}
	for i, row := range other.Rows {
		cells[codeOf(row.Keys)] = i
	}
	head := *main.result
	out := &layer{result: &head}
	head.Columns = nil
	head.Breaks = append(slices.Clone(head.Breaks), other.Breaks...)
	if len(head.Perimeters) == 0 {
		head.Perimeters = other.Perimeters
	}
	if main.result.Compared != nil {
		head.Compared = &belvedere.Comparison{With: main.result.Compared.With}
	}
	for _, row := range main.rows {
		row.Cells, row.gaps = nil, nil
		out.rows = append(out.rows, row)
	}
	add := func(col belvedere.ResultColumn, base int, from *belvedere.Result, period int, at func(row int) (belvedere.Cell, belvedere.Gap)) {
		head.Columns, out.of = append(head.Columns, col), append(out.of, base)
		if head.Compared != nil {
			head.Compared.Periods = append(head.Compared.Periods, from.Compared.Periods[period])
		}
		for i := range out.rows {
			cell, gap := at(i)
			out.rows[i].Cells = append(out.rows[i].Cells, cell)
			if head.Compared != nil {
				out.rows[i].gaps = append(out.rows[i].gaps, gap)
			}
		}
	}
	counted := c.counted(other, k)
	for b, col := range c.base {
		silent := c.noSum(col, dropped)
		for _, m := range c.members {
			heading := other.Columns[b]
			heading.QueryColumn = c.member(col, m)
			add(heading, b, other, b, func(i int) (belvedere.Cell, belvedere.Gap) {
				at, has := cells[codeOf(append(slices.Clone(main.rows[i].Keys[:k]), m))]
				if line := main.rows[i].Cells[b]; !has && silent == "" && line.State.Shown() && counted[b][m.Code] && (c.kind == semantic.KindSchool || line.Expected <= 1) {
					return nothingHappened(line)
				}
				return pivotCell(main.rows[i], b, other, at, has, silent)
			})
		}
		if c.noSum(col, []string{c.q.Across}) != "" {
			continue
		}
		heading := main.result.Columns[b]
		heading.Label, heading.Group = wholeName(c.limit), c.r.columnLabel(col)
		add(heading, b, main.result, b, func(i int) (belvedere.Cell, belvedere.Gap) {
			var gap belvedere.Gap
			if main.rows[i].gaps != nil {
				gap = main.rows[i].gaps[b]
			}
			return main.rows[i].Cells[b], gap
		})
	}
	return out
}

// pivotCell is the cell of a line under a member.
func pivotCell(line crossRow, column int, other *belvedere.Result, at int, has bool, silent string) (belvedere.Cell, belvedere.Gap) {
	none := func(state belvedere.State, why string) (belvedere.Cell, belvedere.Gap) {
		cell := belvedere.Cell{State: state, Why: why}
		return cell, belvedere.Gap{Other: cell, State: state, Why: why}
	}
	switch {
	case silent != "":
		return none(belvedere.NotApplicable, silent)
	case has:
		gap := belvedere.Gap{}
		if other.Compared != nil {
			gap = other.Compared.Rows[at][column]
		}
		return other.Rows[at].Cells[column], gap
	case line.Cells[column].State == belvedere.NotShared || line.Cells[column].State == belvedere.Expected:
		return none(line.Cells[column].State, line.Cells[column].Why)
	}
	return none(belvedere.NotApplicable, "Aucune donnée pour ce croisement.")
}

// answer puts the layers together.
func (c *cross) answer() (*belvedere.Result, error) {
	total, err := c.layer(0, nil)
	if err != nil {
		return nil, err
	}
	n := len(c.q.By)
	deep, others, err := total, []crossRow(nil), error(nil)
	if n > 0 {
		if others, err = c.first(); err != nil {
			return nil, err
		}
		if deep, err = c.layer(n, c.where); err != nil {
			return nil, err
		}
	}
	rows, err := c.arrange(deep)
	if err != nil {
		return nil, err
	}
	rows = append(rows, others...)
	return c.result(deep, total, rows), nil
}

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

// result lays the table out, with shares beside their numbers.
func (c *cross) result(deep, total *layer, rows []crossRow) *belvedere.Result {
	out := *deep.result
	out.Rows, out.Total, out.Notes, out.Columns = nil, nil, c.notes, nil
	out.RowCount = len(rows)
	whole := crossRow{}
	if len(total.rows) > 0 {
		whole = total.rows[0]
	}
	for i, col := range deep.result.Columns {
		out.Columns = append(out.Columns, col)
		if c.shared[deep.of[i]] {
			out.Columns = append(out.Columns, c.shareColumn(col))
		}
	}
	if deep.result.Compared != nil {
		out.Compared = &belvedere.Comparison{With: c.q.Compare}
		for i, p := range deep.result.Compared.Periods {
			if out.Compared.Periods = append(out.Compared.Periods, p); c.shared[deep.of[i]] {
				out.Compared.Periods = append(out.Compared.Periods, p)
			}
		}
	}
	place := func(row crossRow) ([]belvedere.Cell, []belvedere.Gap) {
		var cells []belvedere.Cell
		var gaps []belvedere.Gap
		for i := range row.Cells {
			cell := row.Cells[i]
			cell.Extreme = belvedere.NoExtreme
			if cells = append(cells, cell); row.gaps != nil {
				gaps = append(gaps, row.gaps[i])
			}
			if c.shared[deep.of[i]] {
				share, gap := c.share(deep.result.Columns[i], row, whole, i)
				if cells = append(cells, share); row.gaps != nil {
					gaps = append(gaps, gap)
				}
			}
		}
		return cells, gaps
	}
	for _, row := range rows {
		one := row.ResultRow
		var gaps []belvedere.Gap
		one.Cells, gaps = place(row)
		out.Rows = append(out.Rows, one)
		if out.Compared != nil {
			out.Compared.Rows = append(out.Compared.Rows, gaps)
		}
	}
	if c.q.Total && len(c.q.By) > 0 && len(total.rows) > 0 {
		one := whole.ResultRow
		one.Keys = []belvedere.Key{{Code: belvedere.KeyTotal, Label: wholeName(c.limit)}}
		var gaps []belvedere.Gap
		one.Cells, gaps = place(whole)
		out.Total = &one
		if out.Compared != nil {
			out.Compared.Total = gaps
		}
	}
	markLines(&out)
	if c.q.Limit > 0 {
		from := min(c.q.Offset, len(out.Rows))
		to := min(from+c.q.Limit, len(out.Rows))
		if out.Rows = out.Rows[from:to]; out.Compared != nil {
			out.Compared.Rows = out.Compared.Rows[from:to]
		}
	}
	return &out
}

// markLines marks the extremes of the lines, among which subtotals are not.
func markLines(out *belvedere.Result) {
	lines := belvedere.Result{Dims: out.Dims, Columns: out.Columns}
	for _, row := range out.Rows {
		if row.Level == 0 {
			lines.Rows = append(lines.Rows, row) // its cells are those of out
		}
	}
	markExtremes(&lines)
}

// shareColumn heads the share of a column.
func (c *cross) shareColumn(col belvedere.ResultColumn) belvedere.ResultColumn {
	col.Key, col.Label, col.Share, col.NoExtreme = col.Key+"_part", col.Label+", part du total", true, true
	col.Unit, col.Percent, col.Decimals = "%", true, 1
	return col
}

// share is what a cell is of the total over all lines. Both are shown, so that it tells nothing more.
func (c *cross) share(col belvedere.ResultColumn, row, whole crossRow, i int) (belvedere.Cell, belvedere.Gap) {
	gap := belvedere.Gap{State: belvedere.NotApplicable, Why: "Les parts ne sont pas comparées."}
	gap.Other = belvedere.Cell{State: belvedere.NotApplicable, Why: gap.Why}
	none := func(state belvedere.State, why string) (belvedere.Cell, belvedere.Gap) {
		return belvedere.Cell{State: state, Why: why}, gap
	}
	cell := row.Cells[i]
	switch {
	case !cell.State.Shown():
		return none(cell.State, cell.Why)
	case col.Percent || c.r.dividing(col.QueryColumn):
		return none(belvedere.NotApplicable, "Une part se prend d’un nombre, pas d’un rapport.")
	case i >= len(whole.Cells):
		return none(belvedere.NotApplicable, "L’ensemble n’a pas de valeur.")
	case !whole.Cells[i].State.Shown():
		return none(whole.Cells[i].State, "L’ensemble n’a pas de valeur : "+strings.ToLower(whole.Cells[i].Why[:1])+whole.Cells[i].Why[1:])
	case whole.Cells[i].Value <= 0:
		return none(belvedere.NotApplicable, "L’ensemble est nul.")
	}
	out := belvedere.Cell{Value: cell.Value / whole.Cells[i].Value, Covered: cell.Covered, Expected: cell.Expected, State: cell.State, Why: cell.Why}
	if whole.Cells[i].State == belvedere.Partial && out.State == belvedere.Value {
		out.State, out.Why = belvedere.Partial, "L’ensemble est partiel : "+whole.Cells[i].Why
	}
	return out, gap
}

// dividing tells whether a column divides by something that varies.
func (r *Reporter) dividing(col belvedere.QueryColumn) bool {
	ind := r.indicatorOf(col)
	if ind == nil || col.Rate {
		return true
	}
	var inside func(belvedere.Expr) bool
	inside = func(e belvedere.Expr) bool {
		b, ok := e.(belvedere.Binary)
		if !ok {
			return false
		}
		_, fixed := b.R.(belvedere.Number)
		return b.Op == '/' && !fixed || inside(b.L) || inside(b.R)
	}
	return inside(ind.Value)
}

// groupSuffix makes the dimension of the groups of a list out of the dimension of its codes.
const groupSuffix = semantic.GroupSuffix

// filterDim is the dimension that a filter names for the members of a dimension: a group stands for
// its codes.
func filterDim(dim string) string { return strings.TrimSuffix(dim, groupSuffix) }

// dimKind tells what the members of a dimension are.
func dimKind(dim string) semantic.DimKind {
	switch {
	case dim == "etablissement":
		return semantic.KindSchool
	case slices.Contains(attributeDims, dim):
		return semantic.KindAttribute
	case isTime(dim):
		return semantic.KindTime
	}
	return semantic.KindCode
}

package report

import (
	"context"
	"slices"

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

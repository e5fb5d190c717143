package report

import (
	"slices"

	"belvedere"
)

// A likeness is the figures of now over the schools that a comparison at a constant perimeter
// holds them against, by column, and that perimeter.
type likeness struct {
	cells     map[int]map[string]belvedere.Cell // by column, then by line; the total is named likeTotal
	perimeter map[int]*belvedere.Perimeter
}

// likeTotal names the total among the lines of a likeness.
const likeTotal = "\xff"

// alikeQueries makes two questions compare like with like: each is held against the period of the
// other. Without a constant perimeter the predecessors of a school that a filter names count for it.
func (c *comparer) alikeQueries(q *belvedere.Query) (now belvedere.Query, again bool) {
	if !c.constant {
		named := slices.ContainsFunc(q.Where, func(f belvedere.Filter) bool { return f.Dim == "etablissement" && !f.Not })
		q.Follow = named && !slices.Contains(q.By, "etablissement")
		return now, false
	}
	now = *q
	now.Period, now.Constant, now.Against = c.now.Query.Period, true, q.Period
	q.Constant, q.Against = true, c.now.Query.Period
	return now, true
}

// likewise asks the figures of now over the schools that are compared.
func (c *comparer) likewise(q belvedere.Query, columns []int) error {
	result, err := c.r.Query(c.ctx, c.viewer, q)
	if err != nil {
		return err
	}
	if c.like == nil {
		c.like = &likeness{cells: map[int]map[string]belvedere.Cell{}, perimeter: map[int]*belvedere.Perimeter{}}
	}
	for k, column := range columns {
		cells := map[string]belvedere.Cell{}
		for _, row := range result.Rows {
			cells[codeOf(row.Keys)] = row.Cells[k]
		}
		if result.Total != nil {
			cells[likeTotal] = result.Total.Cells[k]
		}
		c.like.cells[column] = cells
		c.like.perimeter[column] = perimeterFor(result, c.now.Columns[column].Key)
	}
	return nil
}

// mine is the cell of now that is compared.
func (c *comparer) mine(row *belvedere.ResultRow, column int, total bool) belvedere.Cell {
	if c.like == nil || c.like.cells[column] == nil {
		return row.Cells[column]
	}
	code := codeOf(row.Keys)
	if total {
		code = likeTotal
	}
	cell, ok := c.like.cells[column][code]
	if !ok {
		return belvedere.Cell{State: belvedere.NotApplicable, Why: "Hors du périmètre constant."}
	}
	return cell
}

// perimeterOf is the perimeter that a column is compared at, nil when it is compared whole.
func (c *comparer) perimeterOf(column int) *belvedere.Perimeter {
	if c.like == nil {
		return nil
	}
	return c.like.perimeter[column]
}

// perimeterFor is that of a column of a result, nil when its state needs none.
func perimeterFor(r *belvedere.Result, key string) *belvedere.Perimeter {
	for i := range r.Perimeters {
		if p := &r.Perimeters[i]; len(p.Columns) == 0 || slices.Contains(p.Columns, key) {
			return p
		}
	}
	return nil
}

// constantWords end the words of a change at a constant perimeter.
func constantWords(words string, p *belvedere.Perimeter) string {
	if words == "" || p == nil {
		return words
	}
	return words + ", à périmètre constant (" + belvedere.Plural(p.Kept, "établissement", "établissements") + ")"
}

// distinctPerimeters are those of a row of figures, each once.
func distinctPerimeters(list []*belvedere.Perimeter) []belvedere.Perimeter {
	var out []belvedere.Perimeter
	seen := map[string]bool{}
	for _, p := range list {
		if p == nil || seen[PerimeterWords(*p)] {
			continue
		}
		seen[PerimeterWords(*p)] = true
		out = append(out, *p)
	}
	return out
}

// comparedSame puts in the place of the cells of a result those over the schools that its comparison
// holds them against: a constant perimeter has one set of figures.
func (c *comparer) comparedSame(out *belvedere.Result) {
	if c.like == nil {
		return
	}
	var perimeters []*belvedere.Perimeter
	out.Rows = slices.Clone(out.Rows)
	for i := range out.Rows {
		out.Rows[i].Cells = slices.Clone(out.Rows[i].Cells)
		for column := range out.Columns {
			out.Rows[i].Cells[column] = c.mine(&c.now.Rows[i], column, false)
		}
	}
	if out.Total != nil {
		total := *out.Total
		total.Cells = slices.Clone(total.Cells)
		for column := range out.Columns {
			total.Cells[column] = c.mine(c.now.Total, column, true)
		}
		out.Total = &total
	}
	for column := range out.Columns {
		perimeters = append(perimeters, c.perimeterOf(column))
	}
	out.Perimeters = distinctPerimeters(perimeters)
	notes := slices.DeleteFunc(slices.Clone(out.Notes), IsPerimeterNote)
	for _, p := range out.Perimeters {
		notes = append(notes, perimeterNotes(p)...)
	}
	out.Notes = notes
}

// constantTail marks the title of what is shown at a constant perimeter.
func constantTail(r *belvedere.Result) string {
	if len(r.Perimeters) == 0 {
		return ""
	}
	return ", à périmètre constant"
}

// perimeter tells whether the page compares times, and says in its heading that it does so over
// the same schools.
func (b *pageBuilder) perimeter() {
	b.view.Over = slices.ContainsFunc(b.page.Blocks, func(block belvedere.Block) bool {
		switch {
		case block.Strip != nil:
			return true
		case block.Chart != nil:
			return isTime(block.Chart.By)
		}
		return block.Table != nil && (isTime(block.Table.Rows) || b.state.Compare != "")
	})
	if b.view.Over && b.state.Constant {
		b.view.Heading.Filters = append(b.view.Heading.Filters, belvedere.Attribute{Name: "Périmètre", Value: "constant dans les comparaisons"})
		b.view.Chips = append(b.view.Chips, Chip{Label: "Périmètre constant", Without: b.address(func(s *State) { s.Constant = false })})
	}
}

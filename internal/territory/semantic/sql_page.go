package semantic

import (
	"fmt"
	"strconv"
	"strings"

	"belvedere"
)

// A Cut is a part of the lines of a plan by school, for registers too large to send whole:
// either the named schools, or the Limit lines from Offset on in the order of a column.
type Cut struct {
	Schools []belvedere.UAI
	Column  int // of Plan.Columns, when Schools is nil
	Down    bool
	Limit   int
	Offset  int
}

// The values of "ensemble" in an answer of SQLCut.
const (
	CutLine    = 0 // a line
	CutTotal   = 1 // the totals over all lines
	CutMaximum = 2 // the largest value of each column over all lines
	CutMinimum = 3 // the smallest
	CutCount   = 4 // the number of lines, as the school
)

// SQLCut writes the plan as SQL does, but sends one part of the lines, with totals and extremes
// over all of them. The plan must have the school as its only dimension.
func (p *Plan) SQLCut(dialect Dialect, edition int, cut Cut) belvedere.Statement {
	w := &writer{plan: p, dialect: dialect, edition: int64(edition)}
	w.line("WITH")
	for i, s := range p.Sources {
		if i > 0 {
			w.text.WriteString(",\n")
		}
		w.source(s)
	}
	grain := w.grain()
	w.text.WriteString(",\n")
	w.line("-- one line per school; the answer sends a part of them")
	w.line("lignes AS MATERIALIZED (")
	w.line("  SELECT etablissement%s FROM %s GROUP BY etablissement", w.values(""), grain)
	w.line(")")
	w.line("(SELECT etablissement, %d AS ensemble%s FROM lignes%s)", CutLine, w.names("", ""), w.part(cut))
	w.line("UNION ALL")
	w.line("SELECT 0, %d%s FROM %s", CutTotal, w.values(""), grain)
	w.line("UNION ALL")
	w.line("SELECT 0, %d%s FROM lignes", CutMaximum, w.names("max", "0"))
	w.line("UNION ALL")
	w.line("SELECT 0, %d%s FROM lignes", CutMinimum, w.names("min", "0"))
	w.line("UNION ALL")
	w.text.WriteString(fmt.Sprintf("SELECT count(*)::INTEGER, %d%s FROM lignes", CutCount, w.names("min", "0")))
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

// values writes value and school count of each column.
func (w *writer) values(indent string) string {
	var b strings.Builder
	for i, c := range w.plan.Columns {
		if c.Expr != nil {
			fmt.Fprintf(&b, ",\n%s    %s", indent, strings.Join(w.figure(i, c.Expr, true), ", "))
		}
	}
	return b.String()
}

// names lists the columns of lignes, through an aggregate when one is named; counts then give way
// to a constant.
func (w *writer) names(aggregate, count string) string {
	var b strings.Builder
	for i, c := range w.plan.Columns {
		if c.Expr == nil {
			continue
		}
		v, n := "v"+strconv.Itoa(i+1), "n"+strconv.Itoa(i+1)
		if aggregate != "" {
			v, n = aggregate+"("+v+")", count
		}
		b.WriteString(", " + v + ", " + n)
		for _, name := range w.plan.Columns[i].extraNames(i) {
			if aggregate != "" {
				name = "0"
			}
			b.WriteString(", " + name)
		}
	}
	return b.String()
}

// part keeps the lines of a cut.
func (w *writer) part(cut Cut) string {
	if cut.Schools != nil {
		return " WHERE " + w.cond(uaiCond(cut.Schools))
	}
	order := "ASC"
	if cut.Down {
		order = "DESC"
	}
	return fmt.Sprintf(" ORDER BY v%d %s NULLS LAST, etablissement LIMIT %d OFFSET %d", cut.Column+1, order, cut.Limit, cut.Offset)
}

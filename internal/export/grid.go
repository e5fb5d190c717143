package export

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"belvedere"
)

// A part says what a column of the file shows.
type part uint8

const (
	partCode     part = iota // code of a line
	partLabel                // its name
	partDetail               // one attribute of it
	partCell                 // a cell of the result
	partCoverage             // what a partial cell rests on
	partNote                 // note of the line
)

// A heading is a column of a file. Name is the stable name for programs, Label the words for
// people; index is the dimension or the column of the result that it shows.
type heading struct {
	part    part
	index   int
	Name    string
	Group   string
	Label   string
	detail  string
	percent bool
}

// A grid is a result laid out in columns, the same in all files.
type grid struct {
	result   *belvedere.Result
	headings []heading
}

// newGrid lists the columns: for each dimension its code, its name and its attributes; then the
// cells, each followed by its coverage when one of them is partial; then the notes if any.
func newGrid(r *belvedere.Result) grid {
	g := grid{result: r}
	for i, d := range r.Dims {
		g.headings = append(g.headings,
			heading{part: partCode, index: i, Name: d.Name, Label: codeLabel(d)},
			heading{part: partLabel, index: i, Name: d.Name + "_libelle", Label: orElse(clean(d.Label), d.Name)})
		for _, name := range detailNames(r, i) {
			g.headings = append(g.headings, heading{part: partDetail, index: i,
				Name: strings.ReplaceAll(slug(name), "-", "_"), Label: detailLabel(name), detail: name})
		}
	}
	if len(r.Dims) == 0 {
		g.headings = append(g.headings, heading{part: partLabel, index: -1, Name: "ligne", Label: "Ligne"})
	}
	for i := range r.Columns {
		h := columnHeading(&r.Columns[i], i)
		g.headings = append(g.headings, h)
		if g.anyPartial(i) {
			h.part, h.percent = partCoverage, false
			h.Name, h.Label = r.Columns[i].Key+" – couverture", h.Label+" – couverture"
			g.headings = append(g.headings, h)
		}
	}
	if g.anyNote() {
		g.headings = append(g.headings, heading{part: partNote, Name: "note", Label: "Note"})
	}
	g.distinguish()
	return g
}

// columnHeading names a column of cells; a percentage says so.
func columnHeading(c *belvedere.ResultColumn, i int) heading {
	h := heading{part: partCell, index: i, Name: c.Key, Group: clean(c.Group), Label: clean(orElse(c.Label, c.Key)), percent: c.Percent}
	if c.Percent {
		h.Name += " (%)"
	}
	return h
}

// distinguish makes the names unique: a file with two columns of one name cannot be read by name.
func (g *grid) distinguish() {
	seen := map[string]bool{}
	for i := range g.headings {
		h := &g.headings[i]
		base := h.Name
		for n := 2; seen[h.Name]; n++ {
			h.Name = base + "_" + strconv.Itoa(n)
		}
		seen[h.Name] = true
	}
}

func codeLabel(d belvedere.ResultDim) string {
	if d.Name == "etablissement" {
		return "UAI"
	}
	return orElse(clean(d.Label), d.Name) + " (code)"
}

// detailLabel writes the code of an attribute as a heading: "codes_postaux" is "Codes postaux".
func detailLabel(name string) string {
	words := []rune(strings.ReplaceAll(clean(name), "_", " "))
	if len(words) > 0 {
		words[0] = unicode.ToUpper(words[0])
	}
	return string(words)
}

// detailNames are the attributes that the lines bear beside a dimension, in order of appearance.
func detailNames(r *belvedere.Result, dim int) []string {
	var names []string
	seen := map[string]bool{}
	for i := range r.Rows {
		if dim >= len(r.Rows[i].Keys) {
			continue
		}
		for _, a := range r.Rows[i].Keys[dim].Detail {
			if !seen[a.Name] {
				seen[a.Name] = true
				names = append(names, a.Name)
			}
		}
	}
	return names
}

func (g *grid) anyPartial(column int) bool {
	if t := g.result.Total; t != nil && cellAt(t, column).State == belvedere.Partial {
		return true
	}
	for i := range g.result.Rows {
		if cellAt(&g.result.Rows[i], column).State == belvedere.Partial {
			return true
		}
	}
	return false
}

func (g *grid) anyNote() bool {
	if t := g.result.Total; t != nil && t.Note != "" {
		return true
	}
	for i := range g.result.Rows {
		if g.result.Rows[i].Note != "" {
			return true
		}
	}
	return false
}

// each calls f with every line of the file: the total first, as on screen, then the rows.
func (g *grid) each(f func(row *belvedere.ResultRow, total bool) error) error {
	if t := g.result.Total; t != nil {
		if err := f(t, true); err != nil {
			return err
		}
	}
	for i := range g.result.Rows {
		if err := f(&g.result.Rows[i], false); err != nil {
			return err
		}
	}
	return nil
}

// text is what a column that holds no cell shows on a line. The code of the total is "total".
func (g *grid) text(h *heading, row *belvedere.ResultRow, total bool) string {
	switch h.part {
	case partNote:
		return row.Note
	case partCoverage:
		return coverage(cellAt(row, h.index))
	}
	if h.index < 0 {
		if total {
			return "total"
		}
		return "ensemble"
	}
	var k belvedere.Key
	if h.index < len(row.Keys) {
		k = row.Keys[h.index]
	}
	switch {
	case total && h.part == partCode:
		return "total"
	case total && h.part == partLabel:
		return orElse(k.Label, "Total")
	case h.part == partCode:
		return k.Code
	case h.part == partLabel:
		return orElse(k.Label, k.Code)
	}
	for _, a := range k.Detail {
		if a.Name == h.detail {
			return a.Value
		}
	}
	return ""
}

// cellAt is a cell of a line; a line that is too short has none, and says so.
func cellAt(row *belvedere.ResultRow, column int) belvedere.Cell {
	if column < len(row.Cells) {
		return row.Cells[column]
	}
	return belvedere.Cell{State: belvedere.NotAvailable}
}

// number is the value of a cell, false when the cell shows a word. A value that is no number
// (a division by zero upstream) is not available.
func number(c belvedere.Cell) (float64, bool) {
	if !c.State.Shown() || math.IsNaN(c.Value) || math.IsInf(c.Value, 0) {
		return 0, false
	}
	return c.Value, true
}

// word is what a cell without value shows.
func word(c belvedere.Cell) string { return orElse(c.State.Word(), belvedere.NotAvailable.Word()) }

// coverage says what a partial cell rests on: "87/96", or "partiel" when it is days that miss.
func coverage(c belvedere.Cell) string {
	switch {
	case c.State != belvedere.Partial:
		return ""
	case c.Expected > 0 && c.Covered < c.Expected:
		return strconv.Itoa(int(c.Covered)) + "/" + strconv.Itoa(int(c.Expected))
	}
	return "partiel"
}

// scaled is a value in the unit of its column: a ratio shown in percent is multiplied by 100 on
// its decimal digits, so that 0.464 gives 46.4 and not 46.400000000000006.
func scaled(v float64, percent bool) float64 {
	if !percent {
		return v
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	e, err := strconv.Atoi(exponent)
	if err != nil {
		return v * 100
	}
	out, err := strconv.ParseFloat(mantissa+"e"+strconv.Itoa(e+2), 64)
	if err != nil {
		return v * 100
	}
	return out
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

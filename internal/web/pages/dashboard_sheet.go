package pages

import (
	"math"
	"strconv"
	"unicode/utf8"

	"belvedere"
	"belvedere/internal/chart"
)

// A sheet of A4 as browsers print it, in pixels, within the margins of the style.
const (
	sheetShort = 660.0
	sheetLong  = 1010.0
	sheetHead  = 86.0 // of the page over the elements
	sheetGap   = 12.0
	drawnScale = .8 // of drawings beside the rest
)

// sheetScales are the sizes in which a dashboard may be printed, the largest first: under the last one,
// letters are too small to be read.
var sheetScales = []int{100, 90, 80, 72, 66, 60}

// BoardSheet chooses how a dashboard is printed: the largest letters with which all of it stands on one
// sheet, lying where that serves, upright otherwise; "" when no legible size does, and it goes on over
// several. Style sheets cannot know how long a page will be.
func BoardSheet(tiles []BoardTile) string {
	for _, scale := range sheetScales {
		z := float64(scale) / 100
		switch {
		case boardHeight(tiles, sheetLong/z) <= (sheetShort-sheetHead)/z:
			return "sheet-" + strconv.Itoa(scale)
		case boardHeight(tiles, sheetShort/z) <= (sheetLong-sheetHead)/z:
			return "sheet-upright sheet-" + strconv.Itoa(scale)
		}
	}
	return ""
}

// boardHeight estimates how high elements stand on a sheet of some width, line by line of the grid.
func boardHeight(tiles []BoardTile, width float64) float64 {
	total, line, used := 0.0, 0.0, belvedere.TileColumns
	for _, t := range tiles {
		columns := tileColumns(t)
		if used+columns > belvedere.TileColumns {
			total, line, used = total+line+sheetGap, 0, 0
		}
		used += columns
		line = math.Max(line, tileHeight(t, (width+sheetGap)*float64(columns)/belvedere.TileColumns-sheetGap))
	}
	return total + line
}

func tileColumns(t BoardTile) int {
	if t.Wide < 1 || t.Wide > belvedere.TileColumns {
		return belvedere.TileColumns
	}
	return t.Wide
}

// tileHeight estimates one element.
func tileHeight(t BoardTile, width float64) float64 {
	height := 26 + 16*textLines(t.Title, 7.6, width)
	for _, list := range [][]string{t.Notes, t.Apart} {
		for _, text := range list {
			height += 4 + 14*textLines(text, 5.8, width)
		}
	}
	for _, text := range t.Text {
		height += 8 + 18*textLines(text, 6.6, width)
	}
	switch {
	case t.Err != "":
		return height + 30 + 16*textLines(t.Err, 6.6, width-24)
	case t.Figure != nil && t.Figure.Cell.State.Shown():
		return height + 90
	case t.Figure != nil:
		return height + 50 + 15*textLines(t.Figure.Cell.Why, 6.2, width)
	case t.Plot != nil:
		return height + plotHeight(t, width) + 24
	case t.Table != nil && t.Table.Grid != nil:
		return height + gridHeight(t.Table.Grid.Result, width, 18) + 24
	}
	return height
}

// plotHeight estimates a drawing: bars by their lines, several measures beside or under each other.
func plotHeight(t BoardTile, width float64) float64 {
	r := t.Plot.Result
	switch {
	case len(r.Rows) == 0:
		return 40
	case t.Plot.Kind == chart.KindBars || t.Plot.Kind == chart.KindStacked:
		names := &belvedere.Result{Rows: r.Rows, Columns: r.Columns[:min(1, len(r.Columns))], Dims: r.Dims}
		return 30 + drawnScale*gridHeight(names, width*.45/drawnScale, 22)
	case t.Plot.Kind == chart.KindLines && len(r.Columns) > 1 && width < 390:
		return 270 * float64(len(r.Columns))
	}
	return 270
}

// gridHeight estimates a table: its headings, then each line as its name needs.
func gridHeight(r *belvedere.Result, width, lineHeight float64) float64 {
	const cell = 66.0 // of a column of figures
	columns := float64(len(r.Columns))
	names := math.Max(width*.28, width-columns*cell)
	each := math.Max(40, (width-names)/math.Max(1, columns)-10)
	heads := 1.0
	for i := range r.Columns {
		heads = math.Max(heads, textLines(r.Columns[i].Label, 6, each))
	}
	height := 14*heads + 12
	if r.Total != nil {
		height += lineHeight
	}
	for _, row := range r.Rows {
		label := ""
		for _, k := range row.Keys {
			label += k.Label + " "
		}
		height += lineHeight + 14*(textLines(label, 6.6, names-8)-1)
	}
	if r.Compared != nil {
		height += 28 * float64(len(r.Rows)+1)
	}
	return height + 20 // of the signs
}

// textLines is how many lines a text takes in some width.
func textLines(text string, letter, width float64) float64 {
	return math.Max(1, math.Ceil(float64(utf8.RuneCountInString(text))*letter/math.Max(1, width)))
}

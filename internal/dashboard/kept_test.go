package dashboard

import (
	"testing"

	"belvedere"
	"belvedere/internal/territory/report"
)

// TestKeptBack wants a dashboard to say that rules keep it back only when they keep all of it: a figure
// shown, a simple lack of data or a broken element say otherwise.
func TestKeptBack(t *testing.T) {
	figure := func(states ...belvedere.State) TileAnswer {
		row := belvedere.ResultRow{}
		for _, s := range states {
			row.Cells = append(row.Cells, belvedere.Cell{State: s})
		}
		return TileAnswer{Tile: belvedere.Tile{Kind: belvedere.FigureTile}, Figure: &report.FigureAnswer{Result: &belvedere.Result{Rows: []belvedere.ResultRow{row}}}}
	}
	kept := TileAnswer{Tile: belvedere.Tile{Kind: belvedere.ViewTile}, Err: "Non communiqué", Kept: true}
	broken := TileAnswer{Tile: belvedere.Tile{Kind: belvedere.ViewTile}, Err: "Cette requête n’existe plus."}
	text := TileAnswer{Tile: belvedere.Tile{Kind: belvedere.TextTile, Text: "x"}}
	for name, c := range map[string]struct {
		tiles []TileAnswer
		want  bool
	}{
		"all kept back":    {[]TileAnswer{kept, figure(belvedere.NotShared, belvedere.Secret), text}, true},
		"one figure shown": {[]TileAnswer{kept, figure(belvedere.NotShared, belvedere.Value)}, false},
		"no data":          {[]TileAnswer{kept, figure(belvedere.NotAvailable)}, false},
		"one broken":       {[]TileAnswer{kept, broken}, false},
		"nothing asked":    {[]TileAnswer{text}, false},
	} {
		if got := (&Answer{Tiles: c.tiles}).KeptBack(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

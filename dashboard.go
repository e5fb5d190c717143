package belvedere

// A Dashboard is a page that people compose: a bar of filters over a grid of elements. It holds
// what is asked, never a figure: each reader is answered with his or her own rights.
type Dashboard struct {
	Code        string   `json:"code,omitempty"` // of one that is declared, "" for those made in the product
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Filters     []string `json:"filters,omitempty"` // dimensions that the bar offers, in order
	Widgets     []Tile   `json:"widgets,omitempty"` // in the order of reading
}

// A TileKind is what an element shows.
type TileKind string

// The kinds of elements.
const (
	FigureTile  TileKind = "chiffre" // one indicator: value, change, trend, coverage
	ViewTile    TileKind = "vue"     // a table or a chart, as its question draws it
	TextTile    TileKind = "texte"
	HeadingTile TileKind = "titre"
)

// TileKinds are all kinds, in the order of the form that adds one.
var TileKinds = []TileKind{FigureTile, ViewTile, TextTile, HeadingTile}

// Label is the kind as forms show it.
func (k TileKind) Label() string {
	switch k {
	case FigureTile:
		return "Chiffre"
	case ViewTile:
		return "Tableau ou graphique"
	case TextTile:
		return "Texte"
	case HeadingTile:
		return "Intertitre"
	}
	return string(k)
}

// Asks tells whether elements of a kind show figures.
func (k TileKind) Asks() bool { return k != TextTile && k != HeadingTile }

// A Tile is one element of a dashboard. One that asks has a Question or a Saved query.
type Tile struct {
	ID       string   `json:"id"` // unique in its dashboard
	Kind     TileKind `json:"kind"`
	Title    string   `json:"title,omitempty"`
	Text     string   `json:"text,omitempty"`
	Question string   `json:"question,omitempty"` // address of the explorer, without its path
	Saved    int64    `json:"saved,omitempty"`    // number of a saved query, 0 for none
	Width    int      `json:"width,omitempty"`    // of TileColumns
	Height   int      `json:"height,omitempty"`   // in steps, 0 as its content asks
}

// TileColumns is how many columns the grid has on a wide screen; TileHeights the most steps.
const (
	TileColumns = 12
	TileHeights = 6
)

// Tile finds an element, nil when there is none.
func (d *Dashboard) Tile(id string) *Tile {
	for i := range d.Widgets {
		if d.Widgets[i].ID == id {
			return &d.Widgets[i]
		}
	}
	return nil
}

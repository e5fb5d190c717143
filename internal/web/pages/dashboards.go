package pages

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/dashboard"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// Boards is the list of dashboards.
type Boards struct {
	Frame    parts.Frame
	Done     string
	Search   string
	List     []*dashboard.Board
	Home     string // ref of the own home page, "" for none
	Composes bool
}

// A BoardView is a dashboard with its figures.
type BoardView struct {
	Frame     parts.Frame
	Board     *dashboard.Board
	Done      string
	Title     string
	Selection string
	Filters   parts.FilterForm
	Files     []parts.Link
	FilesSay  string
	Tiles     []BoardTile
	Apart     []string // what bears on no element, in words
	Empty     bool
	KeptBack  bool // rules keep every figure from the reader
	Draft     bool // what is being changed, not what is saved
	IsHome    bool
	Composes  bool
	Verifies  bool
	Follow    []parts.Link
	Edition   string
	Why       parts.WhyPage
}

// A BoardTile is one element of it: one of Figure, Plot, Grid and Text is set, or Err.
type BoardTile struct {
	ID     string
	Class  string
	Wide   int // of the columns of the grid
	Kind   belvedere.TileKind
	Title  string
	Text   []string // paragraphs
	Figure *report.FigureView
	Plot   *parts.Plot
	Table  *TableSection
	Err    string
	Kept   bool // Err says what a rule keeps back
	Apart  []string
	Notes  []string
	When   string // the period that it shows
	Foot   parts.Foot
	About  string // address of the definition of a figure
}

// BoardEdit is the editor.
type BoardEdit struct {
	Frame   parts.Frame
	Edit    *dashboard.Edit
	Done    bool
	Tiles   []EditTile
	Filters []parts.Field // boxes, ticked
	Errors  parts.FieldErrors
	Title   string
	About   string
}

// An EditTile is an element in the editor.
type EditTile struct {
	belvedere.Tile
	Place int
	Class string
	Name  string
	Says  string // its question in words
	Err   string
}

// TileEdit is the form of one element.
type TileEdit struct {
	Frame      parts.Frame
	Edit       *dashboard.Edit
	Action     string
	Tile       belvedere.Tile
	New        bool
	Errors     parts.FieldErrors
	Indicators []parts.Option
	Lines      []parts.Option
	Shapes     []parts.Option
	Chosen     struct{ Indicator, Line, Shape string }
	Search     string
	Saved      []parts.Option // found by the search, number and title
	CanSearch  bool
	Explorer   string // address of the explorer on its question
}

// BoardVersions is the history of a dashboard.
type BoardVersions struct {
	Frame parts.Frame
	Board *dashboard.Board
	List  []registry.DashboardVersion
	Done  string
}

// BoardShare is the form that opens a dashboard to others.
type BoardShare struct {
	Frame   parts.Frame
	Board   *dashboard.Board
	Kind    string
	Logins  string
	Schools string
	Errors  parts.FieldErrors
}

// BoardNew is the form of a new dashboard.
type BoardNew struct {
	Frame       parts.Frame
	Title       string
	Description string
	Errors      parts.FieldErrors
}

// TileClass are the classes of the place of an element.
func TileClass(t belvedere.Tile) string {
	width := t.Width
	if width < 1 || width > belvedere.TileColumns {
		width = belvedere.TileColumns
	}
	class := "tile w-" + strconv.Itoa(width) + " is-" + string(t.Kind)
	if t.Height > 0 {
		class += " h-" + strconv.Itoa(min(t.Height, belvedere.TileHeights))
	}
	return class
}

// sharedWith says in words who may open a dashboard.
func sharedWith(b *dashboard.Board) string {
	switch {
	case b.Shipped:
		return "Livré avec la console"
	case b.Held.Sharing == registry.SharedAll:
		return "Ouvert à tous"
	case b.Held.Sharing == registry.SharedChosen:
		var parts []string
		if n := len(b.Held.Accounts); n > 0 {
			parts = append(parts, belvedere.Plural(n, "personne", "personnes"))
		}
		if n := len(b.Held.Schools); n > 0 {
			parts = append(parts, belvedere.Plural(n, "établissement", "établissements"))
		}
		return "Partagé avec " + strings.Join(parts, " et ")
	}
	return "Privé"
}

func ownerOf(b *dashboard.Board) string {
	switch {
	case b.Shipped:
		return "Belvédère"
	case b.Mine:
		return "vous"
	}
	return b.Held.OwnerName
}

func stepText(n int) string { return strconv.Itoa(n) }

var tileWidths = []parts.Option{{Value: "3", Label: "Un quart"}, {Value: "4", Label: "Un tiers"}, {Value: "6", Label: "La moitié"}, {Value: "8", Label: "Deux tiers"}, {Value: "9", Label: "Trois quarts"}, {Value: "12", Label: "Toute la largeur"}}

var tileHeights = []parts.Option{{Value: "0", Label: "Selon son contenu"}, {Value: "1", Label: "1 – basse"}, {Value: "2", Label: "2"}, {Value: "3", Label: "3 – moyenne"}, {Value: "4", Label: "4"}, {Value: "5", Label: "5"}, {Value: "6", Label: "6 – haute"}}

// widthOptions keep a width that is none of the usual ones.
func widthOptions(t belvedere.Tile) []parts.Option {
	value := strconv.Itoa(t.Width)
	for _, o := range tileWidths {
		if o.Value == value || t.Width == 0 {
			return tileWidths
		}
	}
	return append([]parts.Option{{Value: value, Label: value + " colonnes sur 12"}}, tileWidths...)
}

// boardSays is whose a dashboard is, and on which data it stands.
func boardSays(p BoardView) string {
	text := sharedWith(p.Board)
	if !p.Board.Shipped {
		text += ", propriétaire\u00a0: " + ownerOf(p.Board)
	}
	if p.Edition != "" {
		text += ". " + p.Edition
	}
	return text
}

// staleWords say that someone saved another version meanwhile, and what may be done with one's own changes.
func staleWords(e *dashboard.Edit) string {
	return "La version " + strconv.Itoa(e.Held.Version) + " a été enregistrée depuis que vous avez commencé\u00a0: elle reste telle quelle. Vos modifications sont gardées\u00a0: enregistrez-les comme une copie, ou abandonnez-les pour reprendre de cette version."
}

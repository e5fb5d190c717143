package semantic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"belvedere"
)

// dashboardFolder holds dashboards: not definitions, so that they enter neither the model nor its
// version.
const dashboardFolder = "dashboards/"

// Bounds of what a dashboard holds: what one page can compute and a reader can take in.
const (
	MostTiles      = 60
	MostTileText   = 4000
	MostQuestion   = 4000
	mostTileTitle  = 200
	mostDashFilter = 12
)

type wireDashboard struct {
	At          mark
	Dashboard   word       `y:"dashboard"`
	Title       word       `y:"title"`
	Description word       `y:"description"`
	Filters     []word     `y:"filters"`
	Widgets     []wireTile `y:"widgets"`
}

type wireTile struct {
	At       mark
	ID       word `y:"id"`
	Kind     word `y:"kind"`
	Title    word `y:"title"`
	Text     word `y:"text"`
	Question word `y:"question"`
	Saved    word `y:"saved"`
	Width    word `y:"width"`
	Height   word `y:"height"`
}

// CheckTile tells what is wrong with the question of an element, in French.
type CheckTile func(belvedere.Tile) error

// LoadDashboards reads the dashboards of the folders given and checks them against a model. The
// error is a Problems with every mistake found, each with its place.
func LoadDashboards(m *belvedere.Model, check CheckTile, fsys ...fs.FS) ([]*belvedere.Dashboard, error) {
	d := &declarations{model: m}
	var out []*belvedere.Dashboard
	seen := map[string]bool{}
	for i, folder := range fsys {
		for _, f := range d.files(folder, i > 0) {
			if !strings.HasPrefix(f.name, dashboardFolder) {
				continue
			}
			one, at := d.dashboard(f, check)
			if one == nil {
				continue
			}
			if seen[one.Code] {
				d.fault(at, "le tableau de bord %s est déclaré deux fois", quote(one.Code))
			}
			seen[one.Code] = true
			out = append(out, one)
		}
	}
	if len(d.problems) > 0 {
		d.problems.sort()
		return nil, d.problems
	}
	return out, nil
}

// ReadDashboard reads one dashboard that someone sends, as LoadDashboards does. Its code may be absent.
func ReadDashboard(m *belvedere.Model, check CheckTile, name string, text []byte) (*belvedere.Dashboard, error) {
	d := &declarations{model: m}
	f := newDeclarationFile(name, text, false)
	var one *belvedere.Dashboard
	if d.withinLimits(f) {
		one, _ = d.dashboard(f, check)
	}
	if len(d.problems) > 0 {
		d.problems.sort()
		return nil, d.problems
	}
	return one, nil
}

var dashboardCode = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,59}$`)

// dashboard reads one file.
func (d *declarations) dashboard(f *declarationFile, check CheckTile) (*belvedere.Dashboard, mark) {
	root := d.parse(f)
	if root == nil {
		return nil, mark{}
	}
	w := decodeInto[wireDashboard](d, f, root)
	one := &belvedere.Dashboard{Code: w.Dashboard.s, Title: d.required(w.Title, w.At, "title"), Description: w.Description.s}
	if strings.HasPrefix(f.name, dashboardFolder) {
		d.required(w.Dashboard, w.At, "dashboard")
	}
	if w.Dashboard.set && !dashboardCode.MatchString(one.Code) {
		d.fault(w.Dashboard.at, "un code s’écrit en minuscules, sans accent\u00a0: lettres, chiffres et traits d’union")
	}
	d.short(w.Title, "title", mostTileTitle)
	d.short(w.Description, "description", 1000)
	d.dashboardFilters(w, one)
	if len(w.Widgets) == 0 {
		d.fault(w.At, "un tableau de bord a au moins un élément (widgets)")
	}
	if len(w.Widgets) > MostTiles {
		d.fault(w.Widgets[MostTiles].At, "un tableau de bord a au plus %d éléments", MostTiles)
	}
	ids := map[string]bool{}
	for i, t := range w.Widgets {
		tile := d.tile(t, i, check)
		if ids[tile.ID] {
			d.fault(t.ID.at, "l’élément %s est donné deux fois", quote(tile.ID))
		}
		ids[tile.ID] = true
		one.Widgets = append(one.Widgets, tile)
	}
	return one, w.Dashboard.at
}

// short notes a text that is too long.
func (d *declarations) short(w word, key string, most int) {
	if utf8.RuneCountInString(w.s) > most {
		d.fault(w.at, "%s compte plus de %d caractères", key, most)
	}
}

// DashboardFilter tells whether the bar of a dashboard can offer a dimension: time, what the
// register knows of schools, or a dimension of some dataset.
func DashboardFilter(m *belvedere.Model, name string) bool {
	switch name {
	case "annee", "etablissement", "type", "secteur", "commune", "departement", "academie":
		return true
	}
	for _, ds := range m.Datasets {
		if dim := ds.Dimension(name); dim != nil && dim.List != nil {
			return true
		}
	}
	return false
}

func (d *declarations) dashboardFilters(w *wireDashboard, one *belvedere.Dashboard) {
	for i, f := range w.Filters {
		switch {
		case i == mostDashFilter:
			d.fault(f.at, "la barre offre au plus %d filtres", mostDashFilter)
		case !DashboardFilter(d.model, f.s):
			d.fault(f.at, "aucun jeu de données n’a la dimension %s%s", quote(f.s), orNear(f.s, d.dimensionNames()))
		}
		one.Filters = append(one.Filters, f.s)
	}
}

func (d *declarations) dimensionNames() []string {
	names := []string{"annee", "etablissement", "type", "secteur", "commune", "departement", "academie"}
	for _, ds := range d.model.Datasets {
		for _, dim := range ds.Dimensions {
			names = append(names, dim.Name)
		}
	}
	return names
}

var kindNames = func() (out []string) {
	for _, k := range belvedere.TileKinds {
		out = append(out, string(k))
	}
	return out
}()

// tile reads one element.
func (d *declarations) tile(w wireTile, at int, check CheckTile) belvedere.Tile {
	t := belvedere.Tile{ID: w.ID.s, Kind: belvedere.TileKind(d.oneOf(w.Kind, w.At, "kind", kindNames...)), Title: w.Title.s, Text: w.Text.s, Question: strings.TrimPrefix(w.Question.s, "?")}
	if t.ID == "" {
		t.ID = "e" + strconv.Itoa(at+1)
	} else if !dashboardCode.MatchString(t.ID) {
		d.fault(w.ID.at, "le nom d’un élément s’écrit en minuscules, sans accent")
	}
	d.short(w.Title, "title", mostTileTitle)
	d.short(w.Text, "text", MostTileText)
	d.short(w.Question, "question", MostQuestion)
	t.Width = d.integer(w.Width, "width", 1, belvedere.TileColumns, belvedere.TileColumns)
	t.Height = d.integer(w.Height, "height", 0, belvedere.TileHeights, 0)
	t.Saved = int64(d.integer(w.Saved, "saved", 1, 1<<31, 0))
	switch asks := t.Kind.Asks(); {
	case asks && w.Question.set == w.Saved.set:
		d.fault(w.At, "cet élément a soit question, soit saved")
	case asks && check != nil && w.Question.set:
		if err := check(t); err != nil {
			d.fault(w.Question.at, "%s", strings.TrimSuffix(belvedere.Message(err), "."))
		}
	case !asks && (w.Question.set || w.Saved.set):
		d.fault(w.At, "un élément de texte n’a ni question, ni saved")
	case t.Kind == belvedere.TextTile:
		d.required(w.Text, w.At, "text")
	case t.Kind == belvedere.HeadingTile:
		d.required(w.Title, w.At, "title")
	}
	return t
}

// WriteDashboard writes a dashboard as ReadDashboard reads it. Texts stand between double quotes,
// whatever they hold.
func WriteDashboard(one *belvedere.Dashboard) []byte {
	var b bytes.Buffer
	line := func(indent, key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s%s: %s\n", indent, key, quoted(value))
		}
	}
	number := func(key string, n int64) {
		if n != 0 {
			fmt.Fprintf(&b, "    %s: %d\n", key, n)
		}
	}
	line("", "dashboard", one.Code)
	line("", "title", one.Title)
	line("", "description", one.Description)
	if len(one.Filters) > 0 {
		fmt.Fprintf(&b, "filters: [%s]\n", strings.Join(one.Filters, ", "))
	}
	b.WriteString("widgets:\n")
	for _, t := range one.Widgets {
		fmt.Fprintf(&b, "  - id: %s\n", quoted(t.ID))
		line("    ", "kind", string(t.Kind))
		line("    ", "title", t.Title)
		line("    ", "text", t.Text)
		line("    ", "question", t.Question)
		number("saved", t.Saved)
		number("width", int64(t.Width))
		number("height", int64(t.Height))
	}
	return b.Bytes()
}

// quoted writes a text between double quotes, as JSON and YAML both read it.
func quoted(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSpace(b.String())
}

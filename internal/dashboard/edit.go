package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
)

// An Edit is what someone is changing and has not saved.
type Edit struct {
	*Board // as saved
	Draft  belvedere.Dashboard
	Step   int    // 0: nothing is changed
	Base   int    // version that the draft began from
	Said   string // what the last step did
}

// Stale tells that another version was saved since the draft began.
func (e *Edit) Stale() bool { return e.Step > 0 && e.Base != e.Held.Version }

// Open gives what the viewer is changing of a dashboard, or the dashboard itself.
func (s *Service) Open(ctx context.Context, v belvedere.Viewer, ref string) (_ *Edit, err error) {
	defer belvedere.Wrap(&err, "Open(%.60s)", ref)
	b, err := s.changed(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	d, err := s.Registry.DashboardDraft(ctx, b.Held.ID, v.ID)
	if err != nil {
		return nil, err
	}
	e := &Edit{Board: b, Draft: copied(&b.Dashboard), Base: b.Held.Version}
	if d.Step == 0 {
		return e, nil
	}
	e.Step, e.Base, e.Said, e.Draft = d.Step, d.Base, d.Say, belvedere.Dashboard{}
	if err := json.Unmarshal([]byte(d.Content), &e.Draft); err != nil {
		return nil, err
	}
	e.Draft.Title, e.Draft.Description = d.Title, d.Description
	return e, nil
}

// A Change alters a draft and says what it did.
type Change func(d *belvedere.Dashboard) (say string, err error)

// Alter takes a step, whose number the page of the reader knows: from two windows, the second says
// that it came too late rather than undo the first.
func (s *Service) Alter(ctx context.Context, v belvedere.Viewer, ref string, after int, change Change) (_ *Edit, err error) {
	defer belvedere.Wrap(&err, "Alter(%.60s)", ref)
	e, err := s.Open(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	if e.Step != after {
		return nil, belvedere.Errorf(belvedere.Conflict, "Ce brouillon a changé dans une autre fenêtre\u00a0: rien n’a été modifié.")
	}
	e.Draft = copied(&e.Draft)
	if e.Said, err = change(&e.Draft); err != nil {
		return nil, err
	}
	if err := s.check(e.Draft); err != nil {
		return nil, err
	}
	text, err := content(e.Draft)
	if err != nil {
		return nil, err
	}
	e.Step++
	return e, s.Registry.StepDashboard(ctx, registry.DashboardDraft{Dashboard: e.Held.ID, Account: v.ID, Step: e.Step, Base: e.Base,
		Title: e.Draft.Title, Description: e.Draft.Description, Content: text, Say: e.Said, At: s.Now().UTC()})
}

// Undo takes the last step back, or all of them.
func (s *Service) Undo(ctx context.Context, v belvedere.Viewer, ref string, all bool) (err error) {
	defer belvedere.Wrap(&err, "Undo(%.60s)", ref)
	b, err := s.changed(ctx, v, ref)
	if err != nil {
		return err
	}
	return s.Registry.UndoDashboard(ctx, b.Held.ID, v.ID, all)
}

// Save makes a version of the draft.
func (s *Service) Save(ctx context.Context, v belvedere.Viewer, ref string, after int, note string) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Save(%.60s)", ref)
	e, err := s.Open(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	if e.Step == 0 || e.Step != after {
		return nil, belvedere.Errorf(belvedere.Conflict, "Ce brouillon a changé dans une autre fenêtre\u00a0: rien n’a été enregistré.")
	}
	held := e.Held
	held.Version = e.Base
	return s.put(ctx, v, held, e.Draft, note)
}

// SaveCopy makes a dashboard of the viewer's own of the draft, and leaves the one that it began from as others
// saved it meanwhile: nothing of either is lost.
func (s *Service) SaveCopy(ctx context.Context, v belvedere.Viewer, ref string, after int) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "SaveCopy(%.60s)", ref)
	e, err := s.Open(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	if e.Step == 0 || e.Step != after {
		return nil, belvedere.Errorf(belvedere.Conflict, "Ce brouillon a changé dans une autre fenêtre\u00a0: rien n’a été enregistré.")
	}
	d := copied(&e.Draft)
	d.Title = copyTitle(d.Title)
	b, err := s.Create(ctx, v, d, e.Ref)
	if err != nil {
		return nil, err
	}
	return b, s.Registry.UndoDashboard(ctx, e.Held.ID, v.ID, true)
}

func (s *Service) put(ctx context.Context, v belvedere.Viewer, held registry.Dashboard, d belvedere.Dashboard, note string) (*Board, error) {
	if err := s.check(d); err != nil {
		return nil, err
	}
	text, err := content(d)
	if err != nil {
		return nil, err
	}
	held, err = s.Registry.SaveDashboard(ctx, held, registry.DashboardVersion{Title: strings.TrimSpace(d.Title), Description: strings.TrimSpace(d.Description),
		Content: text, By: nameOf(v), At: s.Now().UTC(), Note: strings.TrimSpace(note)}, v.ID)
	if err != nil {
		return nil, err
	}
	return s.board(v, held)
}

// Replace saves another content at once, as the command line does.
func (s *Service) Replace(ctx context.Context, v belvedere.Viewer, ref string, d belvedere.Dashboard) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Replace(%.60s)", ref)
	b, err := s.changed(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	return s.put(ctx, v, b.Held, d, "importé")
}

// Versions gives those of a dashboard to who may change it, newest first.
func (s *Service) Versions(ctx context.Context, v belvedere.Viewer, ref string) (_ *Board, list []registry.DashboardVersion, err error) {
	defer belvedere.Wrap(&err, "Versions(%.60s)", ref)
	b, err := s.changed(ctx, v, ref)
	if err != nil {
		return nil, nil, err
	}
	list, err = s.Registry.DashboardVersions(ctx, b.Held.ID)
	return b, list, err
}

// Revert makes an earlier version the last one again, as a version of its own.
func (s *Service) Revert(ctx context.Context, v belvedere.Viewer, ref string, number int) (_ *Board, err error) {
	defer belvedere.Wrap(&err, "Revert(%.60s, %d)", ref, number)
	b, list, err := s.Versions(ctx, v, ref)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list, func(one registry.DashboardVersion) bool { return one.Number == number })
	if at < 0 {
		return nil, belvedere.Errorf(belvedere.NotFound, "Ce tableau de bord n’a pas de version %d.", number)
	}
	var d belvedere.Dashboard
	if err := json.Unmarshal([]byte(list[at].Content), &d); err != nil {
		return nil, err
	}
	d.Title, d.Description = list[at].Title, list[at].Description
	return s.put(ctx, v, b.Held, d, fmt.Sprintf("retour à la version %d", number))
}

// Name sets what a dashboard is called and which filters its bar offers.
func Name(title, description string, filters []string) Change {
	return func(d *belvedere.Dashboard) (string, error) {
		d.Title, d.Description, d.Filters = strings.TrimSpace(title), strings.TrimSpace(description), nil
		for _, f := range filters {
			if f != "" && !slices.Contains(d.Filters, f) {
				d.Filters = append(d.Filters, f)
			}
		}
		if d.Title == "" {
			return "", belvedere.Errorf(belvedere.Invalid, "Donnez un titre au tableau de bord.")
		}
		return "Titre, description et filtres modifiés.", nil
	}
}

// say names an element in announcements.
func say(t belvedere.Tile) string {
	if t.Title != "" {
		return "«\u00a0" + t.Title + "\u00a0»"
	}
	return strings.ToLower(t.Kind.Label())
}

var errNoTile = belvedere.Errorf(belvedere.NotFound, "Cet élément n’existe pas, ou plus.")

// Add puts an element at the end.
func Add(t belvedere.Tile) Change {
	return func(d *belvedere.Dashboard) (string, error) {
		t.ID = freshID(d)
		if t.Width == 0 {
			t.Width = WidthOf(t.Kind)
		}
		d.Widgets = append(d.Widgets, t)
		return "Élément " + say(t) + " ajouté à la fin, " + place(d, len(d.Widgets)-1) + ".", nil
	}
}

// WidthOf is the width of a new element.
func WidthOf(k belvedere.TileKind) int {
	switch k {
	case belvedere.FigureTile:
		return 3
	case belvedere.ViewTile:
		return 6
	}
	return belvedere.TileColumns
}

// freshID is a name that no element of a dashboard has.
func freshID(d *belvedere.Dashboard) string {
	for n := len(d.Widgets) + 1; ; n++ {
		if id := "e" + strconv.Itoa(n); d.Tile(id) == nil {
			return id
		}
	}
}

func place(d *belvedere.Dashboard, i int) string {
	return fmt.Sprintf("place %d sur %d", i+1, len(d.Widgets))
}

// Put replaces an element by what a form says of it; its name stays.
func Put(id string, t belvedere.Tile) Change {
	return func(d *belvedere.Dashboard) (string, error) {
		held := d.Tile(id)
		if held == nil {
			return "", errNoTile
		}
		t.ID = id
		*held = t
		return "Élément " + say(t) + " modifié.", nil
	}
}

// Remove takes an element out.
func Remove(id string) Change {
	return func(d *belvedere.Dashboard) (string, error) {
		t := d.Tile(id)
		if t == nil {
			return "", errNoTile
		}
		text := "Élément " + say(*t) + " retiré."
		d.Widgets = slices.DeleteFunc(d.Widgets, func(t belvedere.Tile) bool { return t.ID == id })
		return text, nil
	}
}

// Resize gives an element a width and a height.
func Resize(id string, width, height int) Change {
	return func(d *belvedere.Dashboard) (string, error) {
		t := d.Tile(id)
		if t == nil {
			return "", errNoTile
		}
		t.Width, t.Height = min(max(width, 1), belvedere.TileColumns), min(max(height, 0), belvedere.TileHeights)
		return fmt.Sprintf("Élément %s\u00a0: largeur %d sur %d, %s.", say(*t), t.Width, belvedere.TileColumns, heightWords(t.Height)), nil
	}
}

func heightWords(n int) string {
	if n == 0 {
		return "hauteur automatique"
	}
	return fmt.Sprintf("hauteur %d sur %d", n, belvedere.TileHeights)
}

// A Direction is where an element moves.
type Direction string

// The directions. Elements stand in lines, in the order of reading.
const (
	Left  Direction = "gauche"
	Right Direction = "droite"
	Up    Direction = "haut"
	Down  Direction = "bas"
)

// Move moves an element by one place, or by one line to the place nearest to its own.
func Move(id string, to Direction) Change {
	return func(d *belvedere.Dashboard) (string, error) {
		at := slices.IndexFunc(d.Widgets, func(t belvedere.Tile) bool { return t.ID == id })
		if at < 0 {
			return "", errNoTile
		}
		next := at
		switch to {
		case Left:
			next = at - 1
		case Right:
			next = at + 1
		case Up, Down:
			next = across(d.Widgets, at, to)
		default:
			return "", belvedere.Errorf(belvedere.Invalid, "Une direction est gauche, droite, haut ou bas.")
		}
		return shift(d, at, min(max(next, 0), len(d.Widgets)-1))
	}
}

// MoveTo moves an element to a place, from 0.
func MoveTo(id string, next int) Change {
	return func(d *belvedere.Dashboard) (string, error) {
		at := slices.IndexFunc(d.Widgets, func(t belvedere.Tile) bool { return t.ID == id })
		if at < 0 {
			return "", errNoTile
		}
		return shift(d, at, min(max(next, 0), len(d.Widgets)-1))
	}
}

func shift(d *belvedere.Dashboard, at, next int) (string, error) {
	t := d.Widgets[at]
	if next == at {
		return "Élément " + say(t) + " déjà au bord\u00a0: " + place(d, at) + ".", nil
	}
	d.Widgets = slices.Insert(slices.Delete(d.Widgets, at, at+1), next, t)
	return "Élément " + say(t) + " déplacé\u00a0: " + place(d, next) + ".", nil
}

// A spot is where an element stands in the grid.
type spot struct{ line, column int }

// spots lays elements out as the grid does: each at the first place that has room, in order.
func spots(tiles []belvedere.Tile) []spot {
	out := make([]spot, len(tiles))
	line, column := 0, 0
	for i, t := range tiles {
		width := min(max(t.Width, 1), belvedere.TileColumns)
		if t.Width == 0 {
			width = belvedere.TileColumns
		}
		if column+width > belvedere.TileColumns {
			line, column = line+1, 0
		}
		out[i] = spot{line, column}
		column += width
	}
	return out
}

// across is the place of the element of the line above or below whose column is nearest; the first
// or last place when there is no such line.
func across(tiles []belvedere.Tile, at int, to Direction) int {
	all := spots(tiles)
	line := all[at].line - 1
	if to == Down {
		line = all[at].line + 1
	}
	best, distance := -1, belvedere.TileColumns+1
	for i, s := range all {
		if gap := max(s.column-all[at].column, all[at].column-s.column); s.line == line && gap < distance {
			best, distance = i, gap
		}
	}
	switch {
	case best >= 0:
		return best
	case to == Up:
		return 0
	}
	return len(tiles) - 1
}

package web

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/chart"
	"belvedere/internal/dashboard"
	"belvedere/internal/definition"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// dashTiles lay out the elements of an answered dashboard.
func (s *server) dashTiles(a *dashboard.Answer, viewer belvedere.Viewer) []pages.BoardTile {
	manages, _ := administrator.allows(viewer)
	out := make([]pages.BoardTile, 0, len(a.Tiles))
	for i := range a.Tiles {
		t := &a.Tiles[i]
		if t.Fault != nil && belvedere.KindOf(t.Fault) == belvedere.Internal {
			s.Log.Error("element of a dashboard", "dashboard", a.Ref, "element", t.ID, "err", t.Fault)
		}
		one := pages.BoardTile{ID: "tdb-" + t.ID, Class: pages.TileClass(t.Tile), Wide: t.Width, Kind: t.Kind, Title: t.Title, Err: t.Err, Kept: t.Kept, Apart: t.Apart}
		if r := t.Result(); r != nil {
			one.When = parts.Capital(report.PeriodWords(r.Query.Period))
		}
		switch {
		case t.Kind == belvedere.TextTile:
			one.Text = paragraphs(t.Text)
		case t.Err != "" || !t.Kind.Asks():
		case t.Figure != nil && len(t.Figure.Figures) > 0:
			one.Figure = &t.Figure.Figures[0]
			one.About = s.meaningOf(one.Figure.Column.Indicator)
			one.Foot = s.tileFoot(a, t, t.Figure.Result)
			one.Foot.Covered, one.Foot.Definitions = "", one.About
		case t.View != nil && t.View.Result != nil:
			s.viewTile(&one, a, t, manages)
		default:
			one.Err = "Rien n’est encore publié pour cet élément."
		}
		if one.Title == "" && t.Kind != belvedere.TextTile {
			one.Title = t.Name()
		}
		out = append(out, one)
	}
	return out
}

// meaningOf is where an indicator is defined.
func (s *server) meaningOf(code string) string {
	if s.Meanings != nil && s.model.Indicator(code) != nil {
		return definition.IndicatorPath(code)
	}
	return "/indicateurs#" + code
}

// paragraphs cuts a text at its empty lines. It is text, whatever it holds.
func paragraphs(text string) (out []string) {
	for _, one := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// drawn are the shapes that are charts; the others are tables.
var drawn = map[report.Shape]string{
	report.AsBars: chart.KindBars, report.AsLines: chart.KindLines, report.AsStacks: chart.KindStacked, report.AsHeat: chart.KindHeat, report.AsMap: chart.KindMap,
	report.AsScatter: chart.KindScatter,
}

// viewTile fills an element that is a table or a chart.
func (s *server) viewTile(one *pages.BoardTile, a *dashboard.Answer, t *dashboard.TileAnswer, manages bool) {
	result := t.View.Result
	foot := s.tileFoot(a, t, result)
	caption := t.Name()
	grid := parts.NewGrid(one.ID+"-t", caption, result, nil, s.schoolOnly)
	if s.Explain != nil {
		grid.ExplainAt(whyPath)
	}
	grid.Manages = manages
	layout := &answerLayout{s: s, x: t.View}
	unfit := layout.unfit(t.View.State.Shape)
	for _, warning := range append(t.View.Warnings, unfit) {
		if warning != "" {
			one.Notes = append(one.Notes, warning)
		}
	}
	if kind := drawn[t.View.State.Shape]; kind != "" && unfit == "" {
		one.Plot = &parts.Plot{
			ID: one.ID + "-g", Kind: kind, Title: caption, Sentence: t.View.Sentence.String(), Result: drawable(result, t.View.State.Shape), Twin: grid,
			Options: chart.Options{ID: one.ID + "-g", Title: caption, Today: belvedere.Date(s.Now().In(s.Zone).Date()), Zone: s.Zone, Outlines: s.Outlines},
		}
		one.Foot = foot
		return
	}
	one.Table = &pages.TableSection{Grid: grid, Foot: foot}
	switch {
	case len(result.Rows) == 0:
		one.Table.Nothing = "Aucune ligne ne répond à cette sélection."
	default:
		one.Table.Nothing = whyNothing(result)
	}
	if n := result.RowCount - len(result.Rows); n > 0 {
		one.Notes = append(one.Notes, "Les lignes au-delà de "+strconv.Itoa(len(result.Rows))+" sont dans les fichiers et dans l’explorateur.")
	}
}

// tileFoot is the proof under an element: its receipt, and the way to the same question in the explorer.
func (s *server) tileFoot(a *dashboard.Answer, t *dashboard.TileAnswer, r *belvedere.Result) parts.Foot {
	f := parts.Foot{Receipt: r.Receipt.Code, Definitions: "/indicateurs", Credit: t.Heading().Credit, Perimeters: kept(r.Perimeters)}
	if s.Receipts != nil && !r.Receipt.At.IsZero() {
		f.Replay = r.Receipt.Address()
	}
	if c := r.Coverage; c.Expected > 0 {
		f.Covered = coveredWords(c)
	}
	var codes []string
	for _, c := range r.Columns {
		codes = distinct(codes, []string{c.Indicator})
	}
	if len(codes) == 1 {
		f.Definitions = s.meaningOf(codes[0])
	}
	f.Live = t.State.With(func(e *report.Explore) { e.Edition, e.Page = 0, 1 }).Address()
	if n := r.Edition.Number; n > 0 {
		f.Edition = "Édition " + strconv.Itoa(n)
	}
	return f
}

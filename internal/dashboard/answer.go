package dashboard

import (
	"context"
	"fmt"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// An Answer is a dashboard with the figures of who asks.
type Answer struct {
	*Board
	Page    *belvedere.Page  // its filters, as the pages of the console have them
	State   report.State     // of the address
	Bar     *report.PageView // fields, chips, heading
	Tiles   []TileAnswer
	Edition int
}

// A TileAnswer is one element with its figures: Figure or View, or Err in their place.
type TileAnswer struct {
	belvedere.Tile
	State  report.Explore // as asked, with the filters of the bar
	Figure *report.FigureAnswer
	View   *report.ExploreResult
	Apart  []string // filters of the bar that do not bear on it, and why
	Err    string
	Kept   bool  // Err says what a rule keeps back: nothing is broken
	Fault  error // behind Err, for the operator
}

// Result is the grid of an element, nil when it has none.
func (t *TileAnswer) Result() *belvedere.Result {
	switch {
	case t.Figure != nil:
		return t.Figure.Result
	case t.View != nil:
		return t.View.Result
	}
	return nil
}

// Heading is what stands over it.
func (t *TileAnswer) Heading() belvedere.Heading {
	switch {
	case t.Figure != nil:
		return t.Figure.Heading
	case t.View != nil:
		return t.View.Heading
	}
	return belvedere.Heading{}
}

// Shows tells whether any figure of the dashboard is shown.
func (a *Answer) Shows() bool {
	for i := range a.Tiles {
		if r := a.Tiles[i].Result(); r != nil {
			for _, row := range r.Rows {
				if slices.ContainsFunc(row.Cells, func(c belvedere.Cell) bool { return c.State.Shown() }) {
					return true
				}
			}
		}
	}
	return false
}

// KeptBack tells whether rules keep all figures of the dashboard from who asks: rows that are not
// there, or cells that say so. One that is broken, or simply empty, is not kept back.
func (a *Answer) KeptBack() bool {
	kept := false
	for i := range a.Tiles {
		t := &a.Tiles[i]
		if !t.Kind.Asks() || t.Kept {
			kept = kept || t.Kept
			continue
		}
		r := t.Result()
		if r == nil || t.Err != "" {
			return false
		}
		for _, row := range r.Rows {
			for _, c := range row.Cells {
				if c.State != belvedere.NotShared && c.State != belvedere.Secret {
					return false
				}
				kept = true
			}
		}
	}
	return kept
}

// Name is its title, or what its question says.
func (t *TileAnswer) Name() string {
	if t.Title != "" {
		return t.Title
	}
	if t.Figure != nil && len(t.Figure.Figures) > 0 {
		return t.Figure.Figures[0].Label
	}
	if h := t.Heading(); h.Title != "" {
		return h.Title
	}
	return t.Kind.Label()
}

// atOnce bounds the questions of one page that run together: the engine has few cores, and the next
// reader wants some of them.
const atOnce = 4

// PageOf is a dashboard as the filters of the console see it: a page that names its indicators.
func PageOf(b *Board, questions []report.Explore) *belvedere.Page {
	table := &belvedere.TableBlock{ID: "elements"}
	for _, e := range questions {
		for _, c := range e.Columns {
			table.Columns = append(table.Columns, belvedere.Column{Indicator: c.Indicator})
		}
	}
	return &belvedere.Page{Code: "tableau_de_bord", Path: b.Address(), Title: b.Title, Label: b.Title, Filters: b.Filters, Blocks: []belvedere.Block{{Table: table}}}
}

// Answer computes a dashboard for a viewer in the state of an address. All asks for every line, as
// files do.
func (s *Service) Answer(ctx context.Context, v belvedere.Viewer, b *Board, address url.Values, all bool) (_ *Answer, err error) {
	defer belvedere.Wrap(&err, "Answer(%s)", b.Ref)
	r := s.Reports()
	if r == nil {
		return nil, belvedere.Errorf(belvedere.Unavailable, "Un autre processus tient l’entrepôt.")
	}
	a := &Answer{Board: b, Tiles: make([]TileAnswer, len(b.Widgets))}
	questions := make([]report.Explore, len(b.Widgets))
	for i, t := range b.Widgets {
		a.Tiles[i].Tile = t
		if !t.Kind.Asks() {
			continue
		}
		var title string
		if questions[i], title, err = s.question(ctx, v, t); err != nil {
			a.Tiles[i].fail(err)
		} else if t.Title == "" {
			a.Tiles[i].Title = title
		}
	}
	a.Page = PageOf(b, questions)
	if a.State, err = report.ParseState(a.Page, address); err != nil {
		return nil, err
	}
	if ctx, err = r.Hold(ctx, a.State.Edition); err != nil {
		return nil, err
	}
	if a.Bar, err = r.Bar(ctx, v, a.Page, a.State); err != nil {
		return nil, err
	}
	a.dressBar()
	if a.Bar.Empty {
		return a, nil
	}
	a.compute(ctx, r, v, questions, all)
	if err := a.refused(); err != nil {
		return nil, err
	}
	for i := range a.Tiles {
		if result := a.Tiles[i].Result(); result != nil {
			a.Edition = result.Edition.Number
		}
	}
	return a, nil
}

// refused is the fault of the bar that every element finds, once for all of them: an address that
// names what does not exist.
func (a *Answer) refused() error {
	var one error
	for i := range a.Tiles {
		t := &a.Tiles[i]
		switch {
		case !t.Kind.Asks():
		case belvedere.KindOf(t.Fault) != belvedere.Invalid || one != nil && belvedere.Message(one) != t.Err:
			return nil
		default:
			one = t.Fault
		}
	}
	if len(a.State.Filters) == 0 {
		return nil
	}
	return one
}

// question is what an element asks.
func (s *Service) question(ctx context.Context, v belvedere.Viewer, t belvedere.Tile) (e report.Explore, title string, err error) {
	text := t.Question
	if t.Saved != 0 {
		if s.Saved == nil {
			return e, "", belvedere.Errorf(belvedere.NotFound, "Cette requête enregistrée n’existe pas, ou plus.")
		}
		if text, title, err = s.Saved(ctx, v, t.Saved); err != nil {
			return e, "", err
		}
	}
	e, err = ParseQuestion(text)
	return e, title, err
}

// ParseQuestion reads the address of the explorer, whole or without its path.
func ParseQuestion(text string) (report.Explore, error) {
	text = strings.TrimSpace(text)
	if u, err := url.Parse(text); err == nil && (u.Path == report.ExplorePath || u.Host != "") {
		text = u.RawQuery
	}
	values, err := url.ParseQuery(strings.TrimPrefix(text, "?"))
	if err != nil {
		return report.Explore{}, belvedere.Errorf(belvedere.Invalid, "L’adresse de l’explorateur est mal formée.")
	}
	e, err := report.ParseExplore(values)
	if err != nil {
		return e, err
	}
	if len(e.Columns) == 0 {
		return e, belvedere.Errorf(belvedere.Invalid, "Cette adresse ne nomme aucun indicateur\u00a0: copiez celle d’une page de l’explorateur.")
	}
	return e, nil
}

// CheckTile tells what is wrong with an element, for the checker of declarations and for editors.
func CheckTile(m *belvedere.Model) semantic.CheckTile {
	return func(t belvedere.Tile) error {
		if !slices.Contains(belvedere.TileKinds, t.Kind) {
			return belvedere.Errorf(belvedere.Invalid, "Le genre d’élément «\u00a0%.40s\u00a0» est inconnu.", t.Kind)
		}
		if len([]rune(t.Title)) > 200 || len([]rune(t.Text)) > semantic.MostTileText || len(t.Question) > semantic.MostQuestion {
			return belvedere.Errorf(belvedere.TooLarge, "Cet élément est trop long\u00a0: raccourcissez son texte.")
		}
		if !t.Kind.Asks() || t.Saved != 0 {
			return nil
		}
		e, err := ParseQuestion(t.Question)
		if err != nil {
			return err
		}
		return checkQuestion(m, t.Kind, e)
	}
}

// checkQuestion wants indicators and dimensions that exist. Formulas are of people: they are looked
// for when they are asked.
func checkQuestion(m *belvedere.Model, kind belvedere.TileKind, e report.Explore) error {
	for _, c := range e.Columns {
		ind := m.Indicator(c.Indicator)
		switch {
		case strings.HasPrefix(c.Indicator, "formule:"):
		case ind == nil && c.Rate && m.Indicator(c.Indicator+"_taux") != nil:
		case ind == nil:
			return belvedere.Errorf(belvedere.Invalid, "L’indicateur «\u00a0%.60s\u00a0» est inconnu.", c.Indicator)
		case kind == belvedere.FigureTile && len(ind.Members) > 0:
			return belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0» est un référentiel\u00a0: un chiffre montre un seul indicateur.", ind.Label)
		case c.Rate && ind.Rate == nil:
			return belvedere.Errorf(belvedere.Invalid, "L’indicateur «\u00a0%s\u00a0» n’a pas de taux.", ind.Label)
		}
	}
	if kind == belvedere.FigureTile && len(e.Columns) != 1 {
		return belvedere.Errorf(belvedere.Invalid, "Un chiffre montre un seul indicateur\u00a0: ajoutez un élément pour chacun.")
	}
	names := append(slices.Clone(e.Lines), e.Across)
	for _, f := range e.Where {
		names = append(names, f.Dim)
	}
	for _, name := range names {
		if name = strings.TrimSuffix(name, ".groupe"); name == "" || name == "mois" || name == "jour" || name == "heure" || semantic.DashboardFilter(m, name) {
			continue
		}
		return belvedere.Errorf(belvedere.Invalid, "Aucun jeu de données n’a la dimension «\u00a0%.60s\u00a0».", name)
	}
	return nil
}

// dressBar leaves the years of each element to itself until the reader chooses one.
func (a *Answer) dressBar() {
	a.Bar.Filters = slices.DeleteFunc(a.Bar.Filters, func(f report.FilterView) bool { return f.Name == "comparer" })
	h := &a.Bar.Heading
	h.Title = a.Title
	if a.State.Year != 0 {
		return
	}
	for i := range a.Bar.Filters {
		f := &a.Bar.Filters[i]
		if f.Name != "annee" {
			continue
		}
		for k := range f.Options {
			f.Options[k].Selected = false
		}
		f.Options = slices.Insert(slices.Clone(f.Options), 0, report.Option{Label: "La dernière connue", Selected: true})
	}
	h.Selection = strings.TrimSuffix(strings.TrimSuffix(h.Selection, h.Period), ", ")
	h.Period = "dernière période connue de chaque élément"
	a.Bar.State.Year = 0
}

// compute answers all elements, a few at a time. What happens to one stays with it.
func (a *Answer) compute(ctx context.Context, r *report.Reporter, v belvedere.Viewer, questions []report.Explore, all bool) {
	var group sync.WaitGroup
	turns := make(chan struct{}, atOnce)
	for i := range a.Tiles {
		t := &a.Tiles[i]
		if !t.Kind.Asks() || t.Err != "" {
			continue
		}
		group.Add(1)
		go func() {
			defer group.Done()
			turns <- struct{}{}
			defer func() { <-turns }()
			defer func() {
				if p := recover(); p != nil {
					t.fail(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
				}
			}()
			if err := a.tile(ctx, r, v, t, questions[i], all); err != nil {
				t.fail(err)
			}
		}()
	}
	group.Wait()
}

func (t *TileAnswer) fail(err error) { t.Err, t.Fault = belvedere.Message(err), err }

// tile answers one element.
func (a *Answer) tile(ctx context.Context, r *report.Reporter, v belvedere.Viewer, t *TileAnswer, e report.Explore, all bool) (err error) {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if t.State, t.Apart, err = a.narrow(ctx, r, e); err != nil {
		return err
	}
	t.State.Edition, t.State.All = a.State.Edition, all
	if t.Kind == belvedere.FigureTile {
		t.Figure, err = r.Figures(ctx, v, t.State)
		return err
	}
	if t.View, err = r.Explore(ctx, v, t.State); err == nil {
		t.Err = keptBack(t.View.Result)
		t.Kept = t.Err != ""
	}
	return err
}

// keptBack says why a result without a line has none, when a rule keeps all of it back: "" when there
// is simply nothing.
func keptBack(r *belvedere.Result) string {
	if r == nil || len(r.Rows) > 0 || r.Total == nil {
		return ""
	}
	for _, c := range r.Total.Cells {
		if c.State == belvedere.NotShared || c.State == belvedere.Secret {
			return strings.ToUpper(c.State.Word()[:1]) + c.State.Word()[1:] + "\u00a0: " + c.Why
		}
	}
	return ""
}

// trendYears is how many years an evolution shows that names none, when the bar chooses its last.
const trendYears = 6

// narrow puts the filters of the bar on a question. What cannot bear them says so: a question that
// is not counted by a dimension, one that sets it itself, one between two days.
func (a *Answer) narrow(ctx context.Context, r *report.Reporter, e report.Explore) (report.Explore, []string, error) {
	var apart []string
	if year := a.State.Year; year != 0 && slices.Contains(a.Filters, "annee") {
		if !e.Span.From.IsZero() {
			apart = append(apart, "Année\u00a0: cet élément porte sur des dates fixes.")
		} else {
			e = inYear(e, year)
		}
	}
	if len(a.State.Filters) == 0 {
		return e, apart, nil
	}
	dims, err := r.ExploreDims(ctx, e.Columns)
	if err != nil {
		return e, nil, err
	}
	for _, name := range a.Filters {
		values := a.State.Filters[name]
		if len(values) == 0 || name == "annee" {
			continue
		}
		label := r.DimLabel(name)
		at := slices.IndexFunc(dims, func(d report.ExploreDim) bool { return d.Name == name })
		switch {
		case slices.ContainsFunc(e.Where, func(f belvedere.Filter) bool { return f.Dim == name }):
			apart = append(apart, label+"\u00a0: cet élément a le sien.")
		case at < 0:
			apart = append(apart, label+"\u00a0: ces chiffres ne sont pas comptés ainsi.")
		case len(dims[at].Lacking) > 0:
			apart = append(apart, label+"\u00a0: "+dims[at].Lacking[0].Why)
		default:
			e = e.With(func(e *report.Explore) { e.Where = append(e.Where, belvedere.Filter{Dim: name, Values: values}) })
		}
	}
	return e, apart, nil
}

// inYear moves a question to a school year: the last one of an evolution, else the year itself.
func inYear(e report.Explore, year belvedere.SchoolYear) report.Explore {
	return e.With(func(e *report.Explore) {
		switch {
		case e.Span.Since != 0:
			e.Span.Since, e.Span.Year = year-(e.Span.Year-e.Span.Since), year
		case slices.Contains(e.Lines, "annee") || e.Across == "annee":
			e.Span.Since, e.Span.Year = year-trendYears+1, year
		default:
			e.Span.Year = year
		}
	})
}

// Question is what an element asks, and the title of its saved query.
func (s *Service) Question(ctx context.Context, v belvedere.Viewer, t belvedere.Tile) (report.Explore, string, error) {
	return s.question(ctx, v, t)
}

// Dims are the dimensions that some columns admit, or all of the catalogue.
func (s *Service) Dims(ctx context.Context, columns []report.ExploreColumn) ([]report.ExploreDim, error) {
	r := s.Reports()
	if r == nil {
		return nil, nil
	}
	return r.ExploreDims(ctx, columns)
}

// SavedList gives the saved queries that a viewer may use and whose words hold what is typed; can tells
// whether there are any here at all.
func (s *Service) SavedList(ctx context.Context, v belvedere.Viewer, typed string) (list []SavedQuery, can bool, err error) {
	if s.Search == nil {
		return nil, false, nil
	}
	list, err = s.Search(ctx, v, typed)
	return list, true, err
}

// DimLabel is a dimension as people read it.
func (s *Service) DimLabel(name string) string {
	if r := s.Reports(); r != nil {
		return r.DimLabel(name)
	}
	return name
}

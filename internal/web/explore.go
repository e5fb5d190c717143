package web

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/chart"
	"belvedere/internal/saved"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// An Explorer answers states of the explorer and tells what can be asked; a report.Reporter is one.
type Explorer interface {
	Explore(ctx context.Context, viewer belvedere.Viewer, e report.Explore) (*report.ExploreResult, error)
	ExploreDimsFor(ctx context.Context, viewer belvedere.Viewer, columns []report.ExploreColumn) ([]report.ExploreDim, error)
	ExploreFields(ctx context.Context, viewer belvedere.Viewer, e report.Explore) (*report.ExploreFields, error)
	ExploreLabels(ctx context.Context, viewer belvedere.Viewer, e report.Explore) (columns []report.ExploreLabel, filters []string)
	Drill(e report.Explore, q belvedere.Query, row belvedere.ResultRow, member string, across bool) (report.Explore, bool)
}

// exploreRoutes are the explorer: composing is for authors, reading what was composed for all.
func (s *server) exploreRoutes() []route {
	if s.Explorer == nil {
		return nil
	}
	return append([]route{get(report.ExplorePath, author, "consultation", s.explorer)}, s.savedRoutes()...)
}

func (s *server) exploreEntries() (out []menuEntry) {
	if s.Explorer == nil {
		return nil
	}
	out = append(out, menuEntry{"Explorateur", report.ExplorePath, author})
	if s.Saved != nil {
		out = append(out, menuEntry{"Requêtes", saved.Path, signedIn})
	}
	return out
}

// notState are the parameters of an address that say nothing of the question.
var notState = []string{"format", "detail", "requete", "fait"}

// explorer shows the question of an address with its answer, or writes the answer as a file.
func (s *server) explorer(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	state, err := report.ParseExplore(query)
	if err != nil {
		return err
	}
	traceOf(r).covers(viewerOf(r).Scope, chosenSchools(state))
	if format := query.Get("format"); format != "" {
		return s.exportExplore(w, r, format, func(all bool) (*report.ExploreResult, error) {
			state.All = all
			return s.Explorer.Explore(r.Context(), viewerOf(r), state)
		})
	}
	if address := carried(state.Address(), query); untidy(r.URL.RawQuery, query) && address != localAddress(r) {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return nil
	}
	p, err := s.explorerPage(r, state)
	if err != nil {
		return err
	}
	status := http.StatusOK
	return s.write(w, r, status, pages.ExplorerPage(p))
}

// carried keeps beside a state what an address says and that is no part of it.
func carried(address string, query url.Values) string {
	more := url.Values{}
	for _, name := range []string{"detail", "requete"} {
		if v := query.Get(name); v != "" {
			more.Set(name, v)
		}
	}
	if len(more) == 0 {
		return address
	}
	join := "?"
	if strings.Contains(address, "?") {
		join = "&"
	}
	return address + join + more.Encode()
}

// chosenSchools are those that a state filters, nil for all.
func chosenSchools(e report.Explore) []string {
	for _, f := range e.Where {
		if f.Dim == "etablissement" && !f.Not {
			return f.Values
		}
	}
	return nil
}

// explorerPage lays out the form and the answer. What the question got wrong stands in the place of the
// answer, and the form stays.
func (s *server) explorerPage(r *http.Request, state report.Explore) (p pages.Explorer, err error) {
	viewer := viewerOf(r)
	p.State = state
	x, err := s.Explorer.Explore(r.Context(), viewer, state)
	title := "Explorateur"
	switch kind := belvedere.KindOf(err); {
	case err != nil && kind != belvedere.Invalid && kind != belvedere.TooLarge && kind != belvedere.NotFound:
		return p, err
	case err != nil:
		p.Refused, p.Ways = belvedere.Message(err), waysOut(state, kind)
	case len(x.Sentence) > 0:
		title, p.Sentence = x.Sentence.String(), x.Sentence
	}
	p.Frame = s.frame(r, title)
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Explorateur"})
	if err := s.exploreForm(r, &p); err != nil {
		return p, err
	}
	if x == nil {
		return p, nil
	}
	if x.Result == nil {
		p.Empty = len(state.Columns) > 0
		return p, nil
	}
	a := &answerLayout{s: s, r: r, x: x, address: func(e report.Explore) string { return e.Address() }, form: "etat-explorateur", composes: true}
	p.Answer = a.layout()
	for _, shape := range report.Shapes {
		if why := a.unfit(shape); why != "" {
			continue
		}
		to := state.With(func(e *report.Explore) { e.Shape, e.Page = shape, 1 })
		p.Shapes = append(p.Shapes, parts.Link{Label: shape.Label(), Address: to.Address(), Current: state.Shape == shape})
	}
	return p, nil
}

// waysOut are what one can do when a question is too large or names what does not exist.
func waysOut(e report.Explore, kind belvedere.Kind) (out []parts.Link) {
	add := func(label string, change func(*report.Explore)) {
		out = append(out, parts.Link{Label: label, Address: e.With(change).Address()})
	}
	if kind == belvedere.TooLarge && e.Across != "" {
		add("Mettre les colonnes en lignes", func(e *report.Explore) { e.Lines, e.Across = append(e.Lines, e.Across), "" })
	}
	if kind == belvedere.TooLarge && len(e.Lines) > 0 {
		add("Garder les dix premières lignes et mettre les autres ensemble", func(e *report.Explore) { e.Top = 10 })
	}
	if len(e.Lines) > 0 {
		add("Demander l’ensemble, sans lignes ni colonnes", func(e *report.Explore) { e.Lines, e.Across, e.Top = nil, "", 0 })
	}
	return out
}

// exploreForm fills the choices of the form.
func (s *server) exploreForm(r *http.Request, p *pages.Explorer) error {
	viewer, state := viewerOf(r), p.State
	var err error
	if p.Dims, err = s.Explorer.ExploreDimsFor(r.Context(), viewer, state.Columns); err != nil {
		return err
	}
	fields, err := s.Explorer.ExploreFields(r.Context(), viewer, state)
	if err != nil {
		return err
	}
	p.Fields, p.Years = fields.Fields, fields.Years
	labels, filters := s.Explorer.ExploreLabels(r.Context(), viewer, state)
	for i, c := range state.Columns {
		one := pages.ChosenColumn{Value: c.String(), Label: labels[i].Label, OnRate: c.Rate, About: s.meaningOf(c.Indicator)}
		one.Out = state.With(func(e *report.Explore) { e.Columns = slices.Delete(e.Columns, i, i+1) }).Address()
		if i > 0 {
			one.Up = state.With(func(e *report.Explore) { e.Columns[i-1], e.Columns[i] = e.Columns[i], e.Columns[i-1] }).Address()
		}
		if labels[i].Both {
			one.Values = state.With(func(e *report.Explore) { e.Columns[i].Rate = false }).Address()
			one.Rates = state.With(func(e *report.Explore) { e.Columns[i].Rate = true }).Address()
		}
		p.Chosen = append(p.Chosen, one)
	}
	for i, f := range state.Where {
		without := state.With(func(e *report.Explore) { e.Where = slices.Delete(e.Where, i, i+1) })
		p.Chips = append(p.Chips, report.Chip{Label: filters[i], Without: without.Address()})
		_ = f
	}
	if p.Themes, err = s.exploreThemes(r, state); err != nil {
		return err
	}
	for _, t := range p.Themes {
		p.Count += len(t.Items)
	}
	p.Hidden, p.All = hiddenState(state, p.Fields)
	if id, err := strconv.ParseInt(r.URL.Query().Get("requete"), 10, 64); err == nil && s.Saved != nil {
		if q, err := s.Saved.Find(r.Context(), viewer, id); err == nil && q.Edits {
			p.Saved = q
			hold := parts.Field{Name: "requete", Value: strconv.FormatInt(id, 10)}
			p.Hidden, p.All = append(p.Hidden, hold), append(p.All, hold)
		}
	}
	return nil
}

// hiddenState are the parameters that no field of the form shows, and all of them.
func hiddenState(state report.Explore, fields []report.FilterView) (hidden, all []parts.Field) {
	shown := []string{"indicateurs", "lignes", "colonnes", "sous_totaux", "part", "premiers", "annee", "depuis", "periode", "du", "au", "comparer", "perimetre", "page"}
	for _, f := range fields {
		shown = append(shown, f.Name)
	}
	values := state.Values()
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f := parts.Field{Name: name, Value: values.Get(name)}
		if all = append(all, f); !slices.Contains(shown, name) {
			hidden = append(hidden, f)
		}
	}
	return hidden, all
}

// exploreThemes are the indicators that are not chosen yet, by theme, with those that no right opens.
func (s *server) exploreThemes(r *http.Request, state report.Explore) ([]pages.ExploreTheme, error) {
	m, err := s.defined(r)
	if err != nil {
		return nil, err
	}
	scope := viewerOf(r).Scope
	at := map[string]int{}
	var out []pages.ExploreTheme
	for _, ind := range m.Indicators {
		if slices.ContainsFunc(state.Columns, func(c report.ExploreColumn) bool { return c.Indicator == ind.Code && len(c.Where) == 0 }) {
			continue
		}
		label := m.Theme(ind.Theme)
		if _, seen := at[label]; !seen {
			at[label] = len(out)
			out = append(out, pages.ExploreTheme{Label: label})
		}
		item := pages.ExploreItem{Value: ind.Code, Label: ind.Label, Unit: ind.Unit}
		if ind.Value == nil && ind.Rate != nil {
			item.Unit = "rapport"
		}
		if !scope.Sees(ind.Widget) {
			item.Why = "hors de vos droits"
		}
		out[at[label]].Items = append(out[at[label]].Items, item)
	}
	return out, nil
}

// exportExplore writes an answer as a file: the same state, the same rights, all lines.
func (s *server) exportExplore(w http.ResponseWriter, r *http.Request, format string, ask func(all bool) (*report.ExploreResult, error)) error {
	if s.Export == nil {
		return notFound("Les fichiers ne sont pas proposés par ce serveur.")
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	t := traceOf(r)
	t.entry.Action, t.entry.Door = "export", "fichier"
	x, err := ask(true)
	if err != nil {
		return err
	}
	if x.Result == nil {
		return notFound("Cette question n’a pas de réponse à mettre en fichier.")
	}
	b := getBuffer()
	defer putBuffer(b)
	contentType, name, err := s.Export.Export(b, format, x.Result, x.Heading)
	if err != nil {
		return err
	}
	if err := s.stillAllowed(r); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	s.sendFile(w, r, contentType, b.Bytes())
	return nil
}

// An answerLayout lays out an answer; addresses are those of the page that it stands on.
type answerLayout struct {
	s        *server
	r        *http.Request
	x        *report.ExploreResult
	address  func(report.Explore) string
	form     string
	composes bool // the reader may go on from the figures
}

func (a *answerLayout) layout() *pages.ExploreAnswer {
	x := a.x
	out := &pages.ExploreAnswer{Title: exploreTitle(x), Warnings: x.Warnings, Form: a.form}
	c := x.Result.Coverage
	if c.Expected > 0 {
		out.Data.Covered = coveredWords(c)
	}
	out.Data.Missing, out.Data.Unlisted = c.Missing, len(c.Unlisted)
	if !c.UpTo.IsZero() {
		out.Data.UpTo = "À jour au " + belvedere.ShortDate(c.UpTo)
	}
	out.Data.Manages, _ = administrator.allows(viewerOf(a.r))
	out.Data.Notes = slices.DeleteFunc(slices.Clone(x.Result.Notes), report.IsPerimeterNote)
	if a.rated() {
		out.Values = a.address(x.State.With(func(e *report.Explore) { e.Rates, e.Page = false, 1 }))
		out.Rates = a.address(x.State.With(func(e *report.Explore) { e.Rates, e.Page = true, 1 }))
		out.OnRates = x.State.Rates
	}
	if a.s.Export != nil {
		out.Files = exploreFiles(a.address(x.State.With(func(e *report.Explore) { e.Page = 1 })))
		out.FilesSay = belvedere.Plural(x.Result.RowCount, "ligne", "lignes")
	}
	if may, _ := extractor.allows(viewerOf(a.r)); may {
		out.Extract = a.s.extractQuery(x.State.Values())
	}
	grid := a.grid()
	foot := a.foot()
	if kind := drawn[x.State.Shape]; kind != "" && a.unfit(x.State.Shape) == "" {
		out.Plot = &parts.Plot{ID: "g-explorateur", Kind: kind, Title: out.Title, Result: drawable(x.Result), Twin: grid, Foot: foot, Options: chart.Options{
			ID: "g-explorateur", Title: out.Title, Today: belvedere.Date(a.s.Now().In(a.s.Zone).Date()), Zone: a.s.Zone, Outlines: a.s.Outlines}}
		if x.State.Shape == report.AsScatter {
			out.Correlations = report.Correlate(out.Plot.Result, 0, 1).Words(out.Plot.Result)
		}
		return out
	}
	if drawn[x.State.Shape] != "" {
		out.Warnings = append(out.Warnings, a.unfit(x.State.Shape))
	}
	out.Table = &pages.TableSection{Grid: grid, Foot: foot, Pages: a.pages()}
	switch {
	case len(x.Result.Rows) == 0:
		out.Table.Nothing = "Aucune ligne ne répond à cette sélection."
	default:
		out.Table.Nothing = whyNothing(x.Result)
	}
	if out.Table.Nothing != "" && len(x.State.Where) > 0 && a.composes {
		out.Table.Clear = a.address(x.State.With(func(e *report.Explore) { e.Where = nil }))
	}
	if a.composes {
		out.Detail = a.detail()
	}
	return out
}

// drawable is an answer without subtotals and shares, which a drawing would count among the lines.
func drawable(r *belvedere.Result) *belvedere.Result {
	out := *r
	out.Columns, out.Rows, out.Compared = nil, nil, nil
	keep := func(cells []belvedere.Cell) (kept []belvedere.Cell) {
		for i, c := range cells {
			if !r.Columns[i].Share {
				kept = append(kept, c)
			}
		}
		return kept
	}
	for _, c := range r.Columns {
		if !c.Share {
			if c.Group != "" { // a key has no heading over it
				c.Label = c.Group + ", " + c.Label
			}
			out.Columns = append(out.Columns, c)
		}
	}
	for _, row := range r.Rows {
		if row.Level == 0 || row.Keys[0].Code == belvedere.KeyOthers {
			row.Cells = keep(row.Cells)
			out.Rows = append(out.Rows, row)
		}
	}
	if r.Total != nil {
		total := *r.Total
		total.Cells = keep(total.Cells)
		out.Total = &total
	}
	return &out
}

// exploreFiles are the files of an answer.
func exploreFiles(address string) []parts.Link {
	out := fileLinks(address, -1)
	join := "?"
	if strings.Contains(address, "?") {
		join = "&"
	}
	return append(out, parts.Link{Label: "JSON", Address: address + join + "format=json"})
}

// exploreTitle is the question in a few words: the sentence says the rest.
func exploreTitle(x *report.ExploreResult) string {
	var out strings.Builder
	for i, p := range x.Sentence {
		if p.Part != "" && p.Part != "indicateurs" && p.Part != "lignes" && p.Part != "colonnes" {
			break
		}
		if p.Part == "" && i+1 < len(x.Sentence) && x.Sentence[i+1].Part != "lignes" && x.Sentence[i+1].Part != "colonnes" {
			break
		}
		out.WriteString(p.Text)
	}
	return out.String()
}

// rated tells whether a column has another side to switch to.
func (a *answerLayout) rated() bool {
	m, err := a.s.defined(a.r)
	return err == nil && slices.ContainsFunc(a.x.State.Columns, func(c report.ExploreColumn) bool {
		ind := m.Indicator(c.Indicator)
		return !c.Rate && ind != nil && ind.Rate != nil && ind.Value != nil
	})
}

// unfit says why an answer cannot be drawn in a shape, "" when it can.
func (a *answerLayout) unfit(shape report.Shape) string {
	q := a.x.Result.Query
	lines := len(q.By)
	numbers := 0
	for _, c := range a.x.Result.Columns {
		if !c.Share {
			numbers++
		}
	}
	switch {
	case drawn[shape] == "":
		return ""
	case lines == 0:
		return "Un graphique a des lignes : choisissez une dimension."
	case shape == report.AsMap && q.By[0] != "etablissement":
		return "Une carte place des établissements : mettez-les en lignes."
	case shape == report.AsScatter && numbers < 2:
		return "Un nuage de points croise deux indicateurs : choisissez-en un second."
	case shape == report.AsHeat && numbers < 2 && lines < 2:
		return "Une carte de chaleur croise deux dimensions : mettez-en une en colonnes."
	case shape == report.AsMap && lines > 1:
		return "Une carte n’a qu’une dimension de lignes : les établissements."
	}
	return ""
}

// grid lays the answer out as a table whose headings sort.
func (a *answerLayout) grid() *parts.Grid {
	x := a.x
	g := parts.NewGrid("t-explorateur", exploreTitle(x), x.Result, a.headers(), a.s.schoolOnly)
	if a.s.Explain != nil {
		g.ExplainAt(whyPath)
	}
	g.Manages, _ = administrator.allows(viewerOf(a.r))
	if a.composes && drawn[x.State.Shape] == "" {
		g.Drill = a.form
	}
	return g
}

// headers sort by their column, the largest first, then the other way.
func (a *answerLayout) headers() []report.HeaderView {
	x := a.x
	key, down := strings.CutPrefix(x.Result.Query.Sort, "-")
	heading := func(label, group, k string, firstDown bool) report.HeaderView {
		h := report.HeaderView{Label: label, Group: group, Key: k}
		reverse := firstDown
		if key == k || key == "" && k == "nom" {
			if h.Sort = "ascending"; down {
				h.Sort = "descending"
			}
			reverse = !down
		}
		h.Address = a.address(x.State.With(func(e *report.Explore) {
			if e.Sort, e.Page = k, 1; reverse {
				e.Sort = "-" + k
			}
		}))
		return h
	}
	name := "Ensemble"
	if len(x.Result.Dims) > 0 {
		name = x.Result.Dims[0].Label
	}
	out := []report.HeaderView{heading(name, "", "nom", false)}
	for _, c := range x.Result.Columns {
		out = append(out, heading(c.Label, c.Group, c.Key, true))
	}
	if len(x.Result.Dims) == 0 {
		for i := range out {
			out[i].Address, out[i].Sort = "", ""
		}
	}
	return out
}

// pages lead to the parts of a long table.
func (a *answerLayout) pages() (out []parts.Link) {
	rows := a.x.Result.RowCount
	if rows <= report.RowsPerPage {
		return nil
	}
	for p := 1; (p-1)*report.RowsPerPage < rows; p++ {
		last := min(p*report.RowsPerPage, rows)
		out = append(out, parts.Link{
			Label:   belvedere.FormatNumber(float64((p-1)*report.RowsPerPage+1), 0) + " à " + belvedere.FormatNumber(float64(last), 0),
			Address: a.address(a.x.State.With(func(e *report.Explore) { e.Page = p })),
			Current: p == a.x.State.Page,
		})
	}
	return out
}

// foot is the proof under the answer.
func (a *answerLayout) foot() parts.Foot {
	r := a.x.Result
	f := parts.Foot{Receipt: r.Receipt.Code, Definitions: "/indicateurs", Credit: a.x.Heading.Credit, Perimeters: kept(r.Perimeters)}
	if a.s.Receipts != nil && !r.Receipt.At.IsZero() {
		f.Replay = r.Receipt.Address()
	}
	var codes []string
	for _, c := range r.Columns {
		codes = distinct(codes, []string{c.Indicator})
	}
	if len(codes) == 1 {
		f.Definitions = a.s.meaningOf(codes[0])
	}
	if n := r.Edition.Number; n > 0 {
		f.Edition = "Édition " + strconv.Itoa(n)
		if !r.Edition.Published.IsZero() {
			f.Edition += " du " + belvedere.ShortDate(r.Edition.Published.In(a.s.Zone))
		}
		f.Frozen = a.address(a.x.State.With(func(e *report.Explore) { e.Edition = n }))
		f.Live = a.address(a.x.State.With(func(e *report.Explore) { e.Edition = 0 }))
		if !r.Receipt.At.IsZero() {
			f.Gap = gapAddress(r.Receipt.Code)
		}
	}
	return f
}

// detail is the menu of the line, or of the figure, that the address names: "3" or "3.2".
func (a *answerLayout) detail() *pages.ExploreDetail {
	line, column, figure := strings.Cut(a.r.URL.Query().Get("detail"), ".")
	at, err := strconv.Atoi(line)
	if err != nil || at < 0 || at >= len(a.x.Result.Rows) {
		return nil
	}
	current := -1
	if figure {
		if current, err = strconv.Atoi(column); err != nil {
			current = -1
		}
	}
	x, row := a.x, a.x.Result.Rows[at]
	q := x.Result.Query
	d := &pages.ExploreDetail{Of: rowWords(row), Close: a.address(x.State)}
	down, ok := a.s.Explorer.Drill(x.State, q, row, "", false)
	if !ok {
		d.Refused = "Aucun filtre ne dit exactement cette ligne : elle met ensemble ce qui n’a pas de nom commun."
	} else {
		d.Only = a.address(down.With(func(e *report.Explore) { e.Lines = x.State.Lines }))
		d.By = a.ways(down)
	}
	for i := range x.Result.Columns {
		if f := a.detailFigure(row, i, q); f != nil {
			f.Current = i == current
			d.Figures = append(d.Figures, *f)
		}
	}
	return d
}

func rowWords(row belvedere.ResultRow) string {
	var names []string
	for _, k := range row.Keys {
		names = append(names, k.Label)
	}
	if len(names) == 0 {
		return "Ensemble"
	}
	return strings.Join(names, ", ")
}

// ways go down by each dimension that the indicators admit and the line does not fix already.
func (a *answerLayout) ways(down report.Explore) (out []parts.Link) {
	dims, err := a.s.Explorer.ExploreDimsFor(a.r.Context(), viewerOf(a.r), down.Columns)
	if err != nil {
		return nil
	}
	fixed := func(name string) bool {
		for _, f := range down.Where {
			if f.Dim == strings.TrimSuffix(name, ".groupe") && !f.Not && len(f.Values) == 1 {
				return true
			}
		}
		return name == down.Across
	}
	for _, d := range dims {
		if !fixed(d.Name) && len(d.Lacking) == 0 {
			to := down.With(func(e *report.Explore) { e.Lines = []string{d.Name} })
			out = append(out, parts.Link{Label: "Voir par " + strings.ToLower(d.Label), Address: a.address(to)})
		}
	}
	return out
}

// detailFigure is one figure of a line, nil for a share.
func (a *answerLayout) detailFigure(row belvedere.ResultRow, i int, q belvedere.Query) *pages.DetailFigure {
	col, cell := &a.x.Result.Columns[i], row.Cells[i]
	if col.Share {
		return nil
	}
	f := &pages.DetailFigure{Label: col.Label, Text: cell.State.Word(), Why: cell.Why, About: a.s.meaningOf(col.Indicator)}
	if col.Group != "" {
		f.Label = col.Group + ", " + col.Label
	}
	if cell.State.Shown() {
		f.Text = col.Format(cell.Value)
	}
	if code := a.x.Result.Receipt; !code.At.IsZero() && q.Across == "" && row.Level == 0 && len(q.By) == 1 {
		f.Gap = withQuery(gapPath, url.Values{"a": {code.Code}, "a_ligne": {row.Keys[0].Code}, "a_colonne": {col.Key}})
	}
	if n := len(col.Where); q.Across != "" && n > 0 {
		for _, w := range slices.Backward(col.Where) {
			if w.Dim == strings.TrimSuffix(q.Across, ".groupe") && !w.Not {
				if down, ok := a.s.Explorer.Drill(a.x.State, q, row, w.Values[0], true); ok {
					f.Only = a.address(down.With(func(e *report.Explore) { e.Lines = a.x.State.Lines }))
				}
				break
			}
		}
	}
	return f
}

package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/dashboard"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// editBoard shows the editor on what the reader is changing.
func (s *server) editBoard(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Dashboards.Open(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	return s.editor(w, r, http.StatusOK, e, nil)
}

func (s *server) editor(w http.ResponseWriter, r *http.Request, status int, e *dashboard.Edit, errors parts.FieldErrors) error {
	p := pages.BoardEdit{Frame: s.dashFrame(r, e.Board, "Modifier"), Edit: e, Done: r.URL.Query().Get("fait") != "", Errors: errors, Title: e.Draft.Title, About: e.Draft.Description}
	for i, t := range e.Draft.Widgets {
		p.Tiles = append(p.Tiles, s.editTile(r, i, t))
	}
	var err error
	if p.Filters, err = s.filterBoxes(r, &e.Draft); err != nil {
		return err
	}
	return s.write(w, r, status, pages.BoardEditPage(p))
}

func (s *server) editTile(r *http.Request, i int, t belvedere.Tile) pages.EditTile {
	one := pages.EditTile{Tile: t, Place: i + 1, Class: pages.TileClass(t), Name: t.Title}
	switch {
	case t.Kind == belvedere.TextTile:
		one.Says = cut(oneLine(t.Text), 140)
	case t.Kind.Asks():
		e, title, err := s.Dashboards.Question(r.Context(), viewerOf(r), t)
		if err != nil {
			one.Err = belvedere.Message(err)
			break
		}
		if one.Name == "" {
			one.Name = title
		}
		one.Says = s.questionWords(e)
	}
	if one.Name == "" {
		one.Name = t.Kind.Label() + " " + strconv.Itoa(i+1)
	}
	return one
}

// questionWords says a question in short, before any figure: indicators, lines, filters, shape.
func (s *server) questionWords(e report.Explore) string {
	var names []string
	for _, c := range e.Columns {
		name := c.Indicator
		if ind := s.model.Indicator(c.Indicator); ind != nil {
			name = ind.Label
			if c.Rate && ind.Rate != nil {
				name = ind.Rate.Label
			}
		}
		names = append(names, name)
	}
	text := strings.Join(names, ", ")
	for i, name := range e.Lines {
		text += []string{", par ", ", puis par ", ", puis par "}[min(i, 2)] + strings.ToLower(s.Dashboards.DimLabel(name))
	}
	if e.Across != "" {
		text += ", en colonnes " + strings.ToLower(s.Dashboards.DimLabel(e.Across))
	}
	for _, f := range e.Where {
		sign := " = "
		if f.Not {
			sign = " ≠ "
		}
		text += ", " + strings.ToLower(s.Dashboards.DimLabel(f.Dim)) + sign + strings.Join(f.Values, " ou ")
	}
	return cut(text, 300) + " – " + strings.ToLower(e.Shape.Label())
}

// filterBoxes are the dimensions that the bar may offer: those that some element has, and those chosen.
func (s *server) filterBoxes(r *http.Request, d *belvedere.Dashboard) ([]parts.Field, error) {
	var columns []report.ExploreColumn
	for _, t := range d.Widgets {
		if e, _, err := s.Dashboards.Question(r.Context(), viewerOf(r), t); err == nil && t.Kind.Asks() {
			columns = append(columns, e.Columns...)
		}
	}
	dims, err := s.Dashboards.Dims(r.Context(), columns)
	if err != nil {
		return nil, err
	}
	out := []parts.Field{{Value: "annee", Label: "Année scolaire", Checked: slices.Contains(d.Filters, "annee")}}
	seen := map[string]bool{"annee": true}
	for _, dim := range dims {
		if dim.Kind == "temps" || strings.HasSuffix(dim.Name, ".groupe") || len(columns) == 0 && dim.Kind == "code" {
			continue
		}
		seen[dim.Name] = true
		out = append(out, parts.Field{Value: dim.Name, Label: dim.Label, Checked: slices.Contains(d.Filters, dim.Name)})
	}
	for _, name := range d.Filters {
		if !seen[name] {
			out = append(out, parts.Field{Value: name, Label: s.Dashboards.DimLabel(name), Checked: true})
		}
	}
	return out, nil
}

// alterBoard takes one gesture of the editor.
func (s *server) alterBoard(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	viewer, ref := viewerOf(r), refOf(r)
	step, _ := strconv.Atoi(form.Get("etape"))
	gesture, id := form.Get("geste"), form.Get("element")
	back := url.URL{Path: boardsPath + "/" + ref + "/modifier", RawQuery: "fait=1"}
	switch gesture {
	case "enregistrer":
		b, err := s.Dashboards.Save(r.Context(), viewer, ref, step, form.Get("note"))
		if err != nil {
			return s.late(w, r, err)
		}
		traceOf(r).about(b.Object(), "version "+strconv.Itoa(b.Held.Version))
		doneAt(w, r, b.Address(), "enregistre")
		return nil
	case "copier":
		b, err := s.Dashboards.SaveCopy(r.Context(), viewer, ref, step)
		if err != nil {
			return s.late(w, r, err)
		}
		traceOf(r).about(b.Object(), "copié de "+b.Held.Origin)
		doneAt(w, r, b.Address(), "copie")
		return nil
	case "annuler", "abandonner":
		if err := s.Dashboards.Undo(r.Context(), viewer, ref, gesture == "abandonner"); err != nil {
			return err
		}
		traceOf(r).about("tableau de bord "+clean(ref, 60), gesture)
		back.RawQuery, back.Fragment = "", "elements-titre"
		http.Redirect(w, r, back.String(), http.StatusSeeOther)
		return nil
	}
	change, err := changeOf(gesture, id, form)
	if err != nil {
		return err
	}
	e, err := s.Dashboards.Alter(r.Context(), viewer, ref, step, change)
	if belvedere.KindOf(err) == belvedere.Invalid && gesture == "nommer" {
		held, openErr := s.Dashboards.Open(r.Context(), viewer, ref)
		if openErr != nil {
			return openErr
		}
		return s.editor(w, r, http.StatusUnprocessableEntity, held, parts.FieldErrors{{Field: "titre", Message: belvedere.Message(err)}})
	}
	if err != nil {
		return s.late(w, r, err)
	}
	traceOf(r).about(e.Object(), cut(e.Said, 300))
	back.Fragment = "geste-" + id + "-" + gesture
	switch gesture {
	case "retirer":
		back.Fragment = "elements-titre"
	case "nommer":
		back.Fragment = "geste-nommer"
	case "placer":
		back.Fragment = "geste-" + id + "-gauche"
	}
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
	return nil
}

// late shows the editor as it stands now, with what came in between: what the reader did is kept.
func (s *server) late(w http.ResponseWriter, r *http.Request, err error) error {
	if belvedere.KindOf(err) != belvedere.Conflict {
		return err
	}
	e, openErr := s.Dashboards.Open(r.Context(), viewerOf(r), refOf(r))
	if openErr != nil {
		return openErr
	}
	return s.editor(w, r, http.StatusConflict, e, parts.FieldErrors{{Message: belvedere.Message(err)}})
}

// changeOf is the change that a button of the editor asks for.
func changeOf(gesture, id string, form url.Values) (dashboard.Change, error) {
	switch gesture {
	case "gauche", "droite", "haut", "bas":
		return dashboard.Move(id, dashboard.Direction(gesture)), nil
	case "placer":
		at, err := strconv.Atoi(form.Get("place"))
		if err != nil {
			return nil, belvedere.Errorf(belvedere.Invalid, "Une place est un nombre.")
		}
		return dashboard.MoveTo(id, at), nil
	case "moins_large", "plus_large":
		return resized(id, gesture == "plus_large", false), nil
	case "moins_haut", "plus_haut":
		return resized(id, gesture == "plus_haut", true), nil
	case "retirer":
		return dashboard.Remove(id), nil
	case "nommer":
		return dashboard.Name(form.Get("titre"), oneLine(form.Get("description")), form["filtres"]), nil
	}
	return nil, belvedere.Errorf(belvedere.Invalid, "Ce geste est inconnu de l’éditeur.")
}

// resized makes an element one step larger or smaller.
func resized(id string, more, tall bool) dashboard.Change {
	return func(d *belvedere.Dashboard) (string, error) {
		width, height := 0, 0
		if t := d.Tile(id); t != nil {
			width, height = t.Width, t.Height
		}
		by := -1
		if more {
			by = 1
		}
		if tall {
			height += by
		} else {
			width += by
		}
		return dashboard.Resize(id, width, height)(d)
	}
}

// newTile is the last part of the address of a form that adds an element.
const newTile = "nouveau"

// tileForm shows the form of an element, or of a new one.
func (s *server) tileForm(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Dashboards.Open(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	p := pages.TileEdit{Edit: e}
	if id := r.PathValue("element"); id == newTile {
		p.New, p.Tile = true, belvedere.Tile{Kind: belvedere.TileKind(r.URL.Query().Get("genre")), Question: cut(r.URL.Query().Get("question"), 4000)}
		if !slices.Contains(belvedere.TileKinds, p.Tile.Kind) {
			return belvedere.Errorf(belvedere.Invalid, "genre\u00a0: ce genre d’élément est inconnu.")
		}
		p.Tile.Width = dashboard.WidthOf(p.Tile.Kind)
	} else if held := e.Draft.Tile(id); held != nil {
		p.Tile = *held
	} else {
		return notFound("Cet élément n’existe pas, ou plus.")
	}
	return s.tileEditor(w, r, http.StatusOK, p)
}

func (s *server) tileEditor(w http.ResponseWriter, r *http.Request, status int, p pages.TileEdit) error {
	title := "Modifier un élément"
	if p.New {
		title = "Ajouter un élément"
	}
	p.Frame, p.Action = s.dashFrame(r, p.Edit.Board, title), r.URL.Path
	if p.Tile.Kind.Asks() {
		s.tileChoices(r, &p)
		if err := s.savedChoices(r, &p); err != nil {
			return err
		}
	}
	return s.write(w, r, status, pages.TileEditPage(p))
}

// tileChoices fill the lists of the form, chosen as the question says when they can say it.
func (s *server) tileChoices(r *http.Request, p *pages.TileEdit) {
	p.Indicators = []parts.Option{{Label: "(aucun)"}}
	for _, ind := range s.model.Indicators {
		if ind.Value == nil && ind.Rate == nil || len(ind.Members) > 0 {
			continue
		}
		label := ind.Label
		if theme := s.model.Theme(ind.Theme); theme != "" {
			label = theme + " – " + label
		}
		if ind.Value != nil {
			p.Indicators = append(p.Indicators, parts.Option{Value: ind.Code, Label: label})
		}
		if ind.Rate != nil && ind.Rate.Label != "" && ind.Value != nil {
			p.Indicators = append(p.Indicators, parts.Option{Value: ind.Code + "_taux", Label: label + " (" + ind.Rate.Label + ")"})
		} else if ind.Rate != nil {
			p.Indicators = append(p.Indicators, parts.Option{Value: ind.Code + "_taux", Label: label})
		}
	}
	p.Lines = []parts.Option{{Label: "Ensemble"}}
	if dims, err := s.Dashboards.Dims(r.Context(), nil); err == nil {
		for _, d := range dims {
			p.Lines = append(p.Lines, parts.Option{Value: d.Name, Label: d.Label})
		}
	}
	for _, shape := range report.Shapes {
		if shape == report.AsTable || drawn[shape] != "" {
			p.Shapes = append(p.Shapes, parts.Option{Value: string(shape), Label: shape.Label()})
		}
	}
	p.Chosen.Shape = string(report.AsTable)
	if e, err := dashboard.ParseQuestion(p.Tile.Question); err == nil {
		p.Explorer = e.Address()
		if len(e.Columns) == 1 && len(e.Lines) < 2 && len(e.Columns[0].Where) == 0 {
			p.Chosen.Indicator, p.Chosen.Shape = e.Columns[0].String(), string(e.Shape)
			if len(e.Lines) == 1 {
				p.Chosen.Line = e.Lines[0]
			}
		}
	}
}

// savedChoices are the saved queries that the search finds, and the one in use.
func (s *server) savedChoices(r *http.Request, p *pages.TileEdit) error {
	p.Search = cut(r.URL.Query().Get("q"), 200)
	list, can, err := s.Dashboards.SavedList(r.Context(), viewerOf(r), p.Search)
	if err != nil || !can {
		return err
	}
	p.CanSearch = true
	if p.Search == "" && p.Tile.Saved == 0 {
		return nil
	}
	p.Saved = []parts.Option{{Value: "0", Label: "Aucune"}}
	for _, q := range list {
		if p.Search != "" || q.ID == p.Tile.Saved {
			p.Saved = append(p.Saved, parts.Option{Value: strconv.FormatInt(q.ID, 10), Label: q.Title})
		}
	}
	return nil
}

// putTile adds an element, or changes one.
func (s *server) putTile(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	e, err := s.Dashboards.Open(r.Context(), viewerOf(r), refOf(r))
	if err != nil {
		return err
	}
	id := r.PathValue("element")
	p := pages.TileEdit{Edit: e, New: id == newTile, Tile: readTile(form)}
	change := dashboard.Put(id, p.Tile)
	if p.New {
		change = dashboard.Add(p.Tile)
	}
	if p.Errors = tileFaults(p.Tile); len(p.Errors) == 0 {
		step, _ := strconv.Atoi(form.Get("etape"))
		e, err = s.Dashboards.Alter(r.Context(), viewerOf(r), refOf(r), step, change)
		if kind := belvedere.KindOf(err); err != nil && kind != belvedere.Invalid && kind != belvedere.TooLarge {
			return err
		} else if err != nil {
			p.Errors.Add("question", belvedere.Message(err))
		}
	}
	if len(p.Errors) > 0 {
		return s.tileEditor(w, r, http.StatusUnprocessableEntity, p)
	}
	traceOf(r).about(e.Object(), cut(e.Said, 300))
	if p.New {
		id = e.Draft.Widgets[len(e.Draft.Widgets)-1].ID
	}
	back := url.URL{Path: e.Address() + "/modifier", RawQuery: "fait=1", Fragment: "element-" + id}
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
	return nil
}

// readTile reads the form of an element. An address that is pasted goes before the lists.
func readTile(form url.Values) belvedere.Tile {
	number := func(name string) int {
		n, _ := strconv.Atoi(form.Get(name))
		return n
	}
	t := belvedere.Tile{Kind: belvedere.TileKind(form.Get("genre")), Title: oneLine(form.Get("titre")), Width: min(max(number("largeur"), 1), belvedere.TileColumns), Height: min(max(number("hauteur"), 0), belvedere.TileHeights)}
	switch {
	case t.Kind == belvedere.TextTile:
		t.Text = strings.TrimSpace(strings.ReplaceAll(form.Get("texte"), "\r\n", "\n"))
	case !t.Kind.Asks():
	case number("requete") > 0:
		t.Saved = int64(number("requete"))
	case strings.TrimSpace(form.Get("question")) != "":
		t.Question = strings.TrimSpace(form.Get("question"))
		if e, err := dashboard.ParseQuestion(t.Question); err == nil {
			t.Question = e.Encode()
		}
	case form.Get("indicateur") != "":
		v := url.Values{"indicateurs": {form.Get("indicateur")}}
		if t.Kind == belvedere.ViewTile {
			v.Set("lignes", form.Get("lignes"))
			v.Set("forme", form.Get("forme"))
		}
		t.Question = v.Encode()
		if e, err := report.ParseExplore(v); err == nil {
			t.Question = e.Encode()
		}
	}
	return t
}

// tileFaults says what misses in the form of an element.
func tileFaults(t belvedere.Tile) (out parts.FieldErrors) {
	switch {
	case t.Kind == belvedere.TextTile && t.Text == "":
		out.Add("texte", "Écrivez le texte de cet élément.")
	case t.Kind == belvedere.HeadingTile && t.Title == "":
		out.Add("titre", "Écrivez l’intertitre.")
	case t.Kind.Asks() && t.Question == "" && t.Saved == 0:
		out.Add("indicateur", "Choisissez un indicateur, une requête enregistrée, ou collez une adresse de l’explorateur.")
	}
	return out
}

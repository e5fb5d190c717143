package web

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"belvedere"
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
	ExploreBeside(ctx context.Context, viewer belvedere.Viewer, e report.Explore) ([]report.Beside, error)
	Drill(e report.Explore, q belvedere.Query, row belvedere.ResultRow, member string, across bool) (report.Explore, bool)
	Without(e report.Explore, q belvedere.Query, row belvedere.ResultRow) (report.Explore, bool)
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
	state, faults := report.ReadExplore(query)
	if len(faults) > 0 && query.Get("format") != "" {
		return faults[0]
	}
	traceOf(r).covers(viewerOf(r).Scope, chosenSchools(state))
	if format := query.Get("format"); format != "" {
		return s.exportExplore(w, r, format, func(all bool) (*report.ExploreResult, error) {
			state.All = all
			return s.Explorer.Explore(r.Context(), viewerOf(r), state)
		})
	}
	if address := carried(state.Address(), query); len(faults) == 0 && untidy(r.URL.RawQuery, query) && address != localAddress(r) {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return nil
	}
	p, err := s.explorerPage(r, state, faults)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(faults) > 0 {
		status = http.StatusBadRequest
	}
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
// answer, and the form stays with all that was typed.
func (s *server) explorerPage(r *http.Request, state report.Explore, faults []error) (p pages.Explorer, err error) {
	viewer := viewerOf(r)
	p.State, p.Typed = state, r.URL.Query()
	var x *report.ExploreResult
	if len(faults) == 0 {
		x, err = s.Explorer.Explore(r.Context(), viewer, state)
	} else {
		err = faults[0]
	}
	title := "Explorateur"
	switch kind := belvedere.KindOf(err); {
	case err != nil && kind != belvedere.Invalid && kind != belvedere.TooLarge && kind != belvedere.NotFound:
		return p, err
	case err != nil:
		p.Refused, p.Ways = parts.Capital(belvedere.Message(err)), waysOut(state, kind)
		if len(faults) > 0 { // what was read is a question of its own
			p.Ways = append([]parts.Link{{Label: "Poser la question sans ce choix", Address: state.Address()}}, p.Ways...)
		}
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
	if len(state.Columns) == 0 {
		p.Starts = s.exploreStarts(r)
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
	if len(e.Where)+len(e.Among) > 0 {
		add("Retirer tous les filtres", func(e *report.Explore) { e.Where, e.Among = nil, nil })
	}
	if len(e.Columns) > 1 {
		add("Garder le premier indicateur", func(e *report.Explore) { e.Columns = e.Columns[:1] })
	}
	if len(e.Lines) > 0 {
		add("Demander l’ensemble, sans lignes ni colonnes", func(e *report.Explore) { e.Lines, e.Across, e.Top = nil, "", 0 })
	}
	return out
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

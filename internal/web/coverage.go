package web

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// coverageRoutes are the page of what is received and expected.
func (s *server) coverageRoutes() []route {
	return []route{get(coveragePath, signedIn, "consultation", s.coverage)}
}

// coverage shows what was received against what is expected, month by month, or gives it as a file.
func (s *server) coverage(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	ask, err := report.ParseCoverage(query)
	if err != nil {
		return err
	}
	format := query.Get("format")
	if address := ask.Address(); format == "" && untidy(r.URL.RawQuery, query) && address != localAddress(r) {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return nil
	}
	viewer := viewerOf(r)
	traceOf(r).covers(viewer.Scope, ask.State.Filters["etablissement"])
	if format != "" {
		traceOf(r).entry.Action, traceOf(r).entry.Door = "export", "fichier"
	}
	view, err := s.Reports.Coverage(r.Context(), viewer, ask, format != "")
	if err != nil {
		return err
	}
	if format != "" {
		return s.sendTable(w, r, format, view.Result(), view.Heading)
	}
	return s.write(w, r, http.StatusOK, pages.CoveragePage(s.coveragePage(r, view)))
}

// sendTable answers a table that no declared page holds as a file.
func (s *server) sendTable(w http.ResponseWriter, r *http.Request, format string, result *belvedere.Result, h belvedere.Heading) error {
	if s.Export == nil {
		return notFound("Les fichiers ne sont pas proposés par ce serveur.")
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	b := getBuffer()
	defer putBuffer(b)
	contentType, name, err := s.Export.Export(b, format, result, h)
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

// coveragePage lays out a view.
func (s *server) coveragePage(r *http.Request, view *report.CoverageView) pages.Coverage {
	p := pages.Coverage{Frame: s.frame(r, "Couverture"), View: view, Address: view.Ask.Address(), Empty: view.Empty}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Couverture"})
	if view.Empty {
		return p
	}
	if view.Dataset != nil {
		all := view.Ask
		all.Dataset, all.Only, all.State.Page = "", "", 1
		p.Frame.Crumbs[len(p.Frame.Crumbs)-1].Address = all.Address()
		p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: view.Dataset.Label})
	}
	p.Filters = parts.FilterForm{Action: coveragePath, Fields: append([]report.FilterView{datasetField(view)}, view.Filters...), Chips: view.Chips}
	if view.Dataset != nil {
		p.Filters.Fields = append(p.Filters.Fields, stateField(view))
	}
	p.Filters.Reading = parts.Reading(p.Filters.Fields)
	if len(view.Chips) > 0 {
		plain := view.Ask
		plain.State.Filters, plain.State.Page = nil, 1
		p.Filters.Clear = plain.Address()
	}
	if view.Ask.State.Edition > 0 {
		p.Filters.Hidden = append(p.Filters.Hidden, parts.Field{Name: "edition", Value: strconv.Itoa(view.Ask.State.Edition)})
	}
	p.Pages = links(view.Pages)
	if s.Export != nil {
		p.Files = tableFiles(p.Address)
	}
	return p
}

// tableFiles are the files of a page that is no declared one.
func tableFiles(address string) []parts.Link { return fileLinks(address, -1) }

// datasetField chooses the dataset.
func datasetField(view *report.CoverageView) report.FilterView {
	f := report.FilterView{Name: "jeu", Label: "Jeu de données", Kind: "choix", Options: []report.Option{{Label: "Tous"}}}
	for _, d := range view.Datasets {
		f.Options = append(f.Options, report.Option{Value: d.Name, Label: d.Label, Selected: d == view.Dataset})
	}
	return f
}

// stateField chooses the schools that have a month in some state.
func stateField(view *report.CoverageView) report.FilterView {
	f := report.FilterView{Name: "etat", Label: "Ayant un mois", Kind: "choix", Options: []report.Option{{Label: "Tous"}}}
	for _, state := range []report.ReceptionState{report.MonthReceived, report.MonthLate, report.MonthMissing, report.MonthWithheld} {
		f.Options = append(f.Options, report.Option{Value: string(state), Label: strings.ToUpper(state.Word()[:1]) + state.Word()[1:], Selected: state == view.Ask.Only})
	}
	return f
}

package web

import (
	"net/http"

	"belvedere"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// benchmarkPath is the page of a school among its like.
const benchmarkPath = "/comparaison"

func (s *server) benchmarkRoutes() []route {
	return []route{get(benchmarkPath, signedIn, "consultation", s.benchmark)}
}

// benchmark shows a school among its like, or gives it as a file.
func (s *server) benchmark(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	ask, err := report.ParseBenchmark(query)
	if err != nil {
		return err
	}
	format := query.Get("format")
	if address := ask.Address(); format == "" && untidy(r.URL.RawQuery, query) && address != localAddress(r) {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return nil
	}
	viewer := viewerOf(r)
	view, err := s.Reports.Benchmark(r.Context(), viewer, ask)
	if err != nil {
		return err
	}
	traceOf(r).covers(viewer.Scope, []string{view.School.Code})
	if format != "" {
		traceOf(r).entry.Action, traceOf(r).entry.Door = "export", "fichier"
		if view.NoSchool || view.Empty {
			return notFound("Choisissez d’abord un établissement.")
		}
		return s.sendTable(w, r, format, view.Result(), view.Heading)
	}
	p := pages.Benchmark{Frame: s.frame(r, "Mon établissement parmi ses semblables"), View: view}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Parmi ses semblables"})
	if view.Empty {
		return s.write(w, r, http.StatusOK, pages.BenchmarkPage(p))
	}
	p.Filters = benchmarkForm(view)
	if s.Export != nil && !view.NoSchool {
		p.Files = tableFiles(view.Ask.Address())
	}
	return s.write(w, r, http.StatusOK, pages.BenchmarkPage(p))
}

// benchmarkForm chooses the school, the year and the theme.
func benchmarkForm(view *report.BenchmarkView) parts.FilterForm {
	f := parts.FilterForm{Action: benchmarkPath}
	if len(view.Schools) > 0 {
		f.Fields = append(f.Fields, report.FilterView{Name: "etablissement", Label: "Établissement", Kind: "choix", Options: view.Schools})
	}
	f.Fields = append(f.Fields, report.FilterView{Name: "annee", Label: "Année scolaire", Kind: "choix", Options: view.Years})
	if len(view.Themes) > 0 {
		f.Fields = append(f.Fields, report.FilterView{Name: "theme", Label: "Thème", Kind: "choix", Options: view.Themes})
	}
	f.Reading = parts.Reading(f.Fields)
	if view.NoSchool {
		f.Fields = nil
	}
	return f
}

// benchmarkOf is the address of a school among its like.
func benchmarkOf(u belvedere.UAI) string { return report.BenchmarkAsk{School: u}.Address() }

package api

import (
	"bytes"
	"net/http"

	"belvedere"
	"belvedere/internal/territory/report"
)

// benchmark places a school that the caller sees among its like: JSON, or the files of the page.
func (s *server) benchmark(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	format, contentType, err := negotiate(v.Get("format"), r.Header.Get("Accept"))
	if err != nil {
		return err
	}
	ask, err := report.ParseBenchmark(v)
	if err != nil {
		return err
	}
	if ask.School == "" {
		return belvedere.Errorf(belvedere.Invalid, "etablissement : indiquez l’UAI de l’établissement à comparer")
	}
	visit := visitOf(r)
	visit.covers([]string{string(ask.School)})
	view, err := s.Reports.Benchmark(r.Context(), visit.caller.viewer, ask)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if format == "json" {
		err = view.JSON(&buf)
	} else {
		visit.entry.Action = "export"
		err = s.Write(r.Context(), &buf, format, view.Result(), view.Heading)
	}
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}

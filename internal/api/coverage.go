package api

import (
	"bytes"
	"mime"
	"net/http"
	"strings"

	"belvedere/internal/export"
	"belvedere/internal/territory/report"
)

// coverage answers what was received against what is expected, month by month: JSON with the
// state of each month, or the files of the page.
func (s *server) coverage(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	format, contentType, err := negotiate(v.Get("format"), r.Header.Get("Accept"))
	if err != nil {
		return err
	}
	ask, err := report.ParseCoverage(v)
	if err != nil {
		return err
	}
	visit := visitOf(r)
	visit.covers(ask.State.Filters["etablissement"])
	view, err := s.Reports.Coverage(r.Context(), visit.caller.viewer, ask, true)
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
	if f, err := export.ParseFormat(format); err == nil && !strings.EqualFold(format, "json") {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": export.FileName(view.Heading, view.Result().Receipt, f)}))
	}
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}

package api

import (
	"bytes"
	"net/http"
	"net/url"

	"belvedere/internal/territory/report"
)

// gap explains why two figures differ. What both have in common is given as for the data.
func (s *server) gap(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	format, contentType, err := gapFormat(v.Get("format"), r.Header.Get("Accept"))
	if err != nil {
		return err
	}
	ask, err := parseGap(v)
	if err != nil {
		return err
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	visit := visitOf(r)
	visit.covers(nil)
	view, err := s.Reports.Gap(r.Context(), visit.caller.viewer, ask)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	switch {
	case format == "json":
		err = view.WriteJSON(&buf)
	case format == "texte":
		err = view.WriteText(&buf)
	default:
		visit.entry.Action = "export"
		if err := view.Explained(); err != nil {
			return err
		}
		err = s.Write(r.Context(), &buf, format, view.Table(), s.Reports.GapHeading(r.Context(), view))
	}
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}

// gapFormat adds to the formats of data the text that the command line prints.
func gapFormat(format, accept string) (string, string, error) {
	if format == "texte" {
		return format, "text/plain; charset=utf-8", nil
	}
	return negotiate(format, accept)
}

// parseGap reads both sides and what they have in common.
func parseGap(v url.Values) (report.GapAsk, error) {
	common := url.Values{}
	for name, values := range v {
		switch name {
		case "a", "a_ligne", "a_colonne", "b", "b_ligne", "b_colonne", "format":
		default:
			common[name] = values
		}
	}
	ask, err := parseAsk(common)
	return report.GapAsk{
		A:      report.GapSideAsk{Text: v.Get("a"), Line: v.Get("a_ligne"), Column: v.Get("a_colonne")},
		B:      report.GapSideAsk{Text: v.Get("b"), Line: v.Get("b_ligne"), Column: v.Get("b_colonne")},
		Common: ask,
	}, err
}

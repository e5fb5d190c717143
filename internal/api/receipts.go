package api

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/territory/report"
)

// receipt says what a receipt names and what has changed since; with a format it gives the result
// again, the same bytes when it is the same.
func (s *server) receipt(w http.ResponseWriter, r *http.Request) error {
	asked := r.URL.Query().Get("format")
	format, contentType, err := "", "application/json; charset=utf-8", error(nil)
	switch {
	case asked == "texte":
		contentType = "text/plain; charset=utf-8"
	case asked != "":
		if format, contentType, err = negotiate(asked, ""); err != nil {
			return err
		}
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	visit := visitOf(r)
	p, err := s.Reports.Replay(r.Context(), visit.caller.viewer, r.PathValue("code"))
	if err != nil {
		return err
	}
	visit.covers(p.Schools)
	var buf bytes.Buffer
	switch {
	case format != "":
		visit.entry.Action = "export"
		err = s.Write(r.Context(), &buf, format, p.Result, p.Heading)
	case asked == "texte":
		err = p.WriteText(&buf)
	default:
		err = p.WriteJSON(&buf)
	}
	if err != nil {
		return err
	}
	if f, err := export.ParseFormat(format); err == nil {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": export.FileName(p.Heading, p.Result.Receipt, f)}))
	}
	receiptHeaders(w.Header(), p.Result)
	w.Header().Set("X-Belvedere-Rejeu", map[bool]string{true: "identique", false: "different"}[p.Same])
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}

// verification answers the recent receipts again, for who keeps the console.
func (s *server) verification(w http.ResponseWriter, r *http.Request) error {
	if v := visitOf(r).caller.viewer; !v.Admin && v.Kind != belvedere.Operator {
		return belvedere.Errorf(belvedere.Forbidden, "La vérification des reçus est réservée aux administrateurs de la console et à l’exploitant.")
	}
	last := report.DefaultVerified
	if text := r.URL.Query().Get("derniers"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return belvedere.Errorf(belvedere.Invalid, "derniers : %q doit être un entier positif", text)
		}
		last = n
	}
	var since time.Time
	if text := r.URL.Query().Get("depuis"); text != "" {
		day, err := belvedere.ParseDate(text)
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "depuis : %v", err)
		}
		since = day
	}
	v, err := s.Reports.Verify(r.Context(), since, last, nil)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := v.WriteJSON(&buf); err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "application/json; charset=utf-8", buf.Bytes())
}

package web

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/territory/report"
	"belvedere/internal/web/parts"
)

// fileLinks are the files of a page, or of one of its blocks when block is not negative.
func fileLinks(address string, block int) []parts.Link {
	join := "?"
	if strings.Contains(address, "?") {
		join = "&"
	}
	var out []parts.Link
	for _, format := range []string{"csv", "xlsx", "pdf"} {
		a := address + join + "format=" + format
		if block >= 0 {
			a += "&bloc=" + strconv.Itoa(block+1)
		}
		out = append(out, parts.Link{Label: strings.ToUpper(format), Address: a})
	}
	return out
}

// exportPage answers a page as a file: the same state, the same rights, all lines.
func (s *server) exportPage(w http.ResponseWriter, r *http.Request, page *belvedere.Page, state report.State, format string) error {
	if s.Export == nil {
		return notFound("Les fichiers ne sont pas proposés par ce serveur.")
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	viewer := viewerOf(r)
	t := traceOf(r)
	t.entry.Action, t.entry.Door = "export", "fichier"
	t.covers(viewer.Scope, state.Filters["etablissement"])
	view, err := s.Reports.Page(r.Context(), viewer, page, state, true)
	if err != nil {
		return err
	}
	result, err := chosenResult(view, r.URL.Query().Get("bloc"))
	if err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	contentType, name, err := s.Export.Export(b, format, result, view.Heading)
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

// chosenResult is the result of a block (counted from 1), or the main one.
func chosenResult(view *report.PageView, block string) (*belvedere.Result, error) {
	if block == "" {
		if r := mainResult(view); r != nil {
			return r, nil
		}
		return nil, notFound("Cette page n’a pas encore de données à mettre en fichier.")
	}
	n, err := strconv.Atoi(block)
	if err != nil || n < 1 {
		return nil, belvedere.Errorf(belvedere.Invalid, "bloc : %q doit être un entier à partir de 1.", clean(block, 20))
	}
	if n <= len(view.Blocks) {
		if r := blockResult(view.Blocks[n-1]); r != nil {
			return r, nil
		}
	}
	return nil, notFound("Cette page n’a pas de tableau ni de graphique à ce rang.")
}

// stillAllowed asks again who sends a request, once its file is made: rights or agreements that
// were withdrawn meanwhile stop it.
func (s *server) stillAllowed(r *http.Request) error {
	before := viewerOf(r)
	now, err := s.Viewer(r)
	if err != nil {
		return err
	}
	if now.Kind != before.Kind || now.ID != before.ID || now.Scope.Fingerprint != before.Scope.Fingerprint {
		return belvedere.Errorf(belvedere.Forbidden, "Vos droits ou une convention ont changé pendant la préparation du fichier. Revenez à la page pour voir ce qui vous est ouvert.")
	}
	return nil
}

// sendFile sends a file and asks again, each second that it lasts, whether its reader may still have it.
func (s *server) sendFile(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	if err := door.Send(w, body, s.Now, func() error { return s.stillAllowed(r) }); err != nil {
		s.Log.Warn("export stopped", "path", r.URL.Path, "err", err)
		panic(http.ErrAbortHandler) // the length announced is not met: the reader knows that the file is cut
	}
}

package api

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/saved"
	"belvedere/internal/territory/report"
)

// mayCompose refuses the explorer to who reads what others compose. Tokens of programs that read may ask
// anything of what they see, as by /donnees; that of a person composes when the person does.
func mayCompose(c caller) error {
	if v := c.viewer; (v.Kind == belvedere.AccountViewer || c.personal()) && !v.May(belvedere.Author) {
		return belvedere.Errorf(belvedere.Forbidden, "Composer une question est réservé à ceux qui composent leurs propres requêtes. Demandez cette habilitation, ou lisez une requête enregistrée.")
	}
	return nil
}

// explorer answers a state of the explorer: the parameters are those of its page.
func (s *server) explorer(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	visit := visitOf(r)
	if err := mayCompose(visit.caller); err != nil {
		return err
	}
	e, err := report.ParseExplore(v)
	if err != nil {
		return err
	}
	if len(e.Columns) == 0 {
		return belvedere.Errorf(belvedere.Invalid, "indicateurs : nommez-en au moins un")
	}
	for _, f := range e.Where {
		if f.Dim == "etablissement" && !f.Not {
			visit.covers(f.Values)
		}
	}
	return s.explored(w, r, v, e.Page, func(all bool) (*report.ExploreResult, error) {
		e.All = all
		return s.Explorer.Explore(r.Context(), visit.caller.viewer, e)
	})
}

// savedQueries lists the queries that the caller may open.
func (s *server) savedQueries(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Saved.List(r.Context(), visitOf(r).caller.viewer, r.URL.Query().Get("q"))
	if err != nil {
		return err
	}
	out := make([]map[string]any, 0, len(list))
	for _, q := range list {
		out = append(out, savedJSON(q))
	}
	return s.answer(w, r, http.StatusOK, map[string]any{"requetes": out})
}

func savedJSON(q *saved.Query) map[string]any {
	return map[string]any{"id": q.ID, "titre": q.Title, "description": q.Description, "question": q.State, "parametres": q.Parameters,
		"auteur": q.OwnerName, "partage": q.Sharing, "verifiee_par": q.VerifiedBy, "version": q.Version, "adresse": q.Address()}
}

// savedQuery answers a query with the rights of the caller; what its author leaves open is a parameter.
func (s *server) savedQuery(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return belvedere.Errorf(belvedere.NotFound, "Cette requête n’existe pas, ou plus.")
	}
	page, _ := strconv.Atoi(v.Get("page"))
	bound := url.Values{}
	for name, list := range v {
		if name != "format" && name != "toutes" {
			bound[name] = list
		}
	}
	return s.explored(w, r, v, max(page, 1), func(all bool) (*report.ExploreResult, error) {
		q, x, err := s.Saved.Run(r.Context(), visitOf(r).caller.viewer, id, bound, all)
		if q != nil {
			visitOf(r).entry.Object = q.Object()
		}
		return x, err
	})
}

// explored writes an answer, a page of lines at a time: 500 of them, the next ones by the header Link,
// all with toutes=oui.
func (s *server) explored(w http.ResponseWriter, r *http.Request, v url.Values, page int, ask func(all bool) (*report.ExploreResult, error)) error {
	format, contentType, err := negotiate(v.Get("format"), r.Header.Get("Accept"))
	if err != nil {
		return err
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	all := slices.Contains([]string{"oui", "1"}, v.Get("toutes"))
	x, err := ask(all)
	if err != nil {
		return err
	}
	if x.Result == nil {
		return belvedere.Errorf(belvedere.NotFound, "rien n’est publié : il n’y a pas de réponse")
	}
	if format != "json" {
		visitOf(r).entry.Action = "export"
	}
	var buf bytes.Buffer
	if err := s.Write(r.Context(), &buf, format, x.Result, x.Heading); err != nil {
		return err
	}
	if f, err := export.ParseFormat(format); err == nil && format != "json" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": export.FileName(x.Heading, x.Result.Receipt, f)}))
	}
	receiptHeaders(w.Header(), x.Result)
	w.Header().Set("X-Belvedere-Lignes", strconv.Itoa(x.Result.RowCount))
	if !all && page*report.RowsPerPage < x.Result.RowCount {
		v.Set("page", strconv.Itoa(page+1))
		w.Header().Set("Link", "<"+r.URL.Path+"?"+v.Encode()+`>; rel="next"`)
	}
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}

// exploring serves what the explorer answers, where there is one.
func (s *server) exploring(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.Explorer == nil || s.Saved == nil {
			return belvedere.Errorf(belvedere.NotFound, "Ce serveur n’a pas d’explorateur.")
		}
		return h(w, r)
	}
}

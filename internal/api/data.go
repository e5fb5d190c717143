package api

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/territory/report"
)

// reserved are the parameters of data that are no filter on a dimension.
var reserved = []string{"indicateurs", "par", "ou", "taux", "total", "edition", "tri", "limite", "debut", "format", "page", "comparer", "perimetre", "formule", "curseur"}

// contentTypes of the formats of data; the first is the default.
var contentTypes = []struct{ format, mime string }{
	{"json", "application/json; charset=utf-8"},
	{"csv", "text/csv; charset=utf-8; header=present"},
	{"parquet", "application/vnd.apache.parquet"},
	{"arrow", "application/vnd.apache.arrow.stream"},
	{"geojson", "application/geo+json"},
	{"sdmx-csv", "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"},
	{"tableur", "text/csv; charset=utf-8; header=present"},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"pdf", "application/pdf"},
}

// data answers a query, or what a page shows (page=/social/par-etablissement?annee=2025…). A
// dimension may be filtered by its own name: annee=2025&type=college.
func (s *server) data(w http.ResponseWriter, r *http.Request) error {
	return s.answerData(w, r, r.URL.Query())
}

// answerData answers parameters, by pages where they ask for some.
func (s *server) answerData(w http.ResponseWriter, r *http.Request, v url.Values) error {
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
	result, heading, err := s.result(r, v)
	if err != nil {
		return err
	}
	w.Header().Set("Vary", "Accept, Authorization, Cookie")
	receiptHeaders(w.Header(), result)
	nextPage(w.Header(), r, v, result)
	if tag := etag(result, format); tag != "" {
		w.Header().Set("ETag", tag)
		if held(r.Header.Get("If-None-Match"), tag) {
			return s.send(w, r, http.StatusNotModified, contentType, nil)
		}
	}
	if format != "json" {
		visitOf(r).entry.Action = "export"
	}
	var buf bytes.Buffer
	if err := s.Write(r.Context(), &buf, format, result, heading); err != nil {
		return err
	}
	if f, err := export.ParseFormat(format); err == nil && v.Get("page") != "" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": export.FileName(heading, result.Receipt, f)}))
	}
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}

// receiptHeaders say what replays an answer.
func receiptHeaders(h http.Header, result *belvedere.Result) {
	h.Set("X-Belvedere-Recu", result.Receipt.Code)
	h.Set("X-Belvedere-Edition", strconv.Itoa(result.Edition.Number))
	for name, value := range map[string]string{
		"X-Belvedere-Recu-Adresse": result.Receipt.Address(), "X-Belvedere-Empreinte": result.Receipt.Hash,
		"X-Belvedere-Definitions": result.Receipt.Definitions, "X-Belvedere-Secret": result.Receipt.Release,
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
}

func (s *server) result(r *http.Request, v url.Values) (*belvedere.Result, belvedere.Heading, error) {
	visit := visitOf(r)
	viewer := visit.caller.viewer
	if page := v.Get("page"); page != "" {
		u, err := url.Parse(page)
		if err != nil {
			return nil, belvedere.Heading{}, belvedere.Errorf(belvedere.Invalid, "page : l’adresse %q est mal formée", page)
		}
		visit.covers(schoolsOf(u.Query()["etablissement"]))
		view, err := s.Reports.PageAt(r.Context(), viewer, u)
		if err != nil {
			return nil, belvedere.Heading{}, err
		}
		if view.Result == nil {
			return nil, belvedere.Heading{}, belvedere.Errorf(belvedere.NotFound, "cette page n’a pas de données : rien n’est publié")
		}
		return view.Result, view.Heading, nil
	}
	ask, err := parseAsk(v)
	if err != nil {
		return nil, belvedere.Heading{}, err
	}
	if err := paged(v, &ask); err != nil {
		return nil, belvedere.Heading{}, err
	}
	ask.For = viewer
	q, err := s.Reports.Build(r.Context(), ask)
	if err != nil {
		return nil, belvedere.Heading{}, err
	}
	visit.covers(schoolsAsked(q))
	return s.Reports.Receipted(r.Context(), viewer, q)
}

// schoolsAsked are the schools that a query names, none when it asks all that the viewer sees.
func schoolsAsked(q belvedere.Query) []string {
	for _, f := range q.Where {
		if f.Dim == "etablissement" && !f.Not {
			return f.Values
		}
	}
	return nil
}

// schoolsOf parts the values of a filter in an address.
func schoolsOf(values []string) (out []string) {
	for _, v := range values {
		out = append(out, strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '|' })...)
	}
	return out
}

// parseAsk reads the parameters of a query.
func parseAsk(v url.Values) (report.Ask, error) {
	ask := report.Ask{By: splitList(v["par"]), Where: v["ou"], Rates: truth(v.Get("taux")), Total: truth(v.Get("total")), Compare: v.Get("comparer"), Sort: v.Get("tri")}
	switch v.Get("perimetre") {
	case "":
	case "constant":
		ask.Constant = true
	default:
		return ask, belvedere.Errorf(belvedere.Invalid, "perimetre : %q est inconnu ; constant est le seul périmètre qui se nomme", v.Get("perimetre"))
	}
	ask.Formulas = v["formule"]
	for _, text := range v["indicateurs"] {
		ask.Indicators = append(ask.Indicators, report.SplitIndicators(text)...)
	}
	for name, values := range v {
		if !slices.Contains(reserved, name) {
			ask.Where = append(ask.Where, name+"="+strings.Join(values, "|"))
		}
	}
	slices.Sort(ask.Where)
	for name, into := range map[string]*int{"edition": &ask.Edition, "limite": &ask.Limit, "debut": &ask.Offset} {
		if t := v.Get(name); t != "" {
			n, err := strconv.Atoi(t)
			if err != nil || n < 0 {
				return ask, belvedere.Errorf(belvedere.Invalid, "%s : %q doit être un entier positif", name, t)
			}
			*into = n
		}
	}
	return ask, nil
}

func splitList(values []string) []string {
	var out []string
	for _, v := range values {
		out = append(out, strings.Split(v, ",")...)
	}
	return out
}

func truth(s string) bool { return s == "1" || s == "oui" || s == "true" }

// indicators lists the catalogue.
func (s *server) indicators(w http.ResponseWriter, r *http.Request) error {
	format, contentType, err := negotiate(r.URL.Query().Get("format"), r.Header.Get("Accept"))
	if err != nil {
		return err
	}
	model, err := s.Reports.Definitions(r.Context())
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	switch format {
	case "json":
		err = report.CatalogJSON(&buf, model)
	case "csv":
		err = report.CatalogCSV(&buf, model, export.Guard)
	default:
		return belvedere.Errorf(belvedere.Invalid, "format : le catalogue se lit en json ou en csv")
	}
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}

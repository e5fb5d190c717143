package web

import (
	"net/http"
	"net/url"
	"slices"

	"belvedere"
	"belvedere/internal/rights"
)

// accessRequest is the address of a request for access, filled in; "" when this server takes none.
func (s *server) accessRequest(v belvedere.Viewer, values url.Values) string {
	if s.Procedures == nil || s.Users == nil || v.Kind != belvedere.AccountViewer {
		return ""
	}
	if !s.Procedures.Ships("acces") {
		return ""
	}
	return withQuery(requestsPath+"/nouvelle/acces", values)
}

// accessFor asks for what a question is about, when the rights of who asks close it: its widgets and its
// school, to be read.
func (s *server) accessFor(v belvedere.Viewer, q rights.Question, about string) string {
	values := url.Values{"capacite": {"lecteur"}, "besoin": {"Lire : " + about}}
	var widgets []string
	switch {
	case q.Indicator != nil:
		widgets = []string{q.Indicator.Widget}
	case q.Widget != "":
		widgets = []string{q.Widget}
	case q.Page != nil:
		widgets = s.widgets[q.Page.Code]
	}
	for _, w := range widgets {
		if w != "" && !slices.Contains(values["rubriques"], w) {
			values.Add("rubriques", w)
		}
	}
	if q.School != "" {
		values.Set("etablissements", string(q.School))
	}
	return s.accessRequest(v, values)
}

// askedAccess asks for the capability that a refused address wants.
func (s *server) askedAccess(r *http.Request) string {
	a := askedOf(r)
	if a == nil {
		return ""
	}
	capability, ok := map[right]belvedere.Capability{author: belvedere.Author, extractor: belvedere.Extractor, officer: belvedere.DataOfficer}[a.lacks]
	if !ok {
		return ""
	}
	return s.accessRequest(a.viewer, url.Values{"capacite": {string(capability)}})
}

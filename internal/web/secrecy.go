package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	secrecyPath     = "/administration/secret"
	releasesPerPage = 30
	previewPatience = 15 * time.Second
)

// secrecyRoutes are the rules of statistical secrecy and the releases: for the data protection
// officer, who reads and sets them, and for administrators.
func (s *server) secrecyRoutes() []route {
	if s.Secrecy == nil {
		return nil
	}
	return []route{
		get(secrecyPath, auditor, "consultation", s.secrecy),
		post(secrecyPath, auditor, "secret", s.setSecrecy),
		post(secrecyPath+"/diffuser", auditor, "secret", s.releaseNow),
	}
}

var secrecyDone = map[string]string{
	"regles":       "Les règles sont enregistrées, et une diffusion les applique.",
	"rien-a-faire": "Rien n’a changé.",
	"diffuse":      "La diffusion est faite\u00a0: plus rien n’attend.",
	"attend":       "La diffusion est faite. Ce qui attend encore ferait voir l’arrivée ou le départ de moins de personnes que le seuil.",
}

// secrecy shows the rules and where releases stand.
func (s *server) secrecy(w http.ResponseWriter, r *http.Request) error {
	status, err := s.Secrecy.Status(r.Context())
	if err != nil {
		return err
	}
	p := pages.Secrecy{Status: status, Rules: status.Rules, Seen: status.Rules.Sum(), Done: secrecyDone[r.URL.Query().Get("fait")]}
	return s.secrecyPage(w, r, http.StatusOK, r.URL.Query(), p)
}

// secrecyPage completes the page: query holds the theme and the page of the list.
func (s *server) secrecyPage(w http.ResponseWriter, r *http.Request, status int, query url.Values, p pages.Secrecy) error {
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	p.Frame, p.Zone = s.frame(r, "Secret statistique"), s.Zone
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Secret statistique"})
	p.Theme = query.Get("theme")
	p.Themes = s.secrecyThemes(p.Theme)
	for _, ind := range s.secrecyIndicators(p.Theme, p.Status.Rules, p.Rules) {
		row := pages.SecrecyRow{Indicator: ind, Theme: s.themeLabel(ind.Theme), Address: s.meaningAddress(ind), Now: p.Status.Rules.Class(ind), Class: p.Rules.Class(ind), Floor: p.Rules.Floor(ind)}
		if p.Preview != nil {
			row.Effect = p.Preview.Of(ind.Code)
		}
		p.Rows = append(p.Rows, row)
	}
	list := slices.Clone(p.Status.Releases)
	slices.Reverse(list)
	p.Total = len(list)
	from := min((number-1)*releasesPerPage, p.Total)
	p.Releases = list[from:min(from+releasesPerPage, p.Total)]
	for _, d := range s.model.Datasets {
		if p.Datasets == nil {
			p.Datasets = map[string]string{}
		}
		p.Datasets[d.Name] = d.Label
	}
	query.Del("fait")
	p.Pages = pageLinks(secrecyPath, query, number, p.Total, releasesPerPage)
	return s.write(w, r, status, pages.SecrecyPage(p))
}

// secrecyThemes are the choices over the list of indicators.
func (s *server) secrecyThemes(current string) []parts.Link {
	out := []parts.Link{{Label: "Protégés", Address: secrecyPath, Current: current == ""}}
	for _, t := range s.model.Themes {
		out = append(out, parts.Link{Label: s.themeLabel(t.Code), Address: withQuery(secrecyPath, url.Values{"theme": {t.Code}}), Current: current == t.Code})
	}
	return out
}

// secrecyIndicators are those of a theme whose sums a class can protect, or of all themes those that
// one protects.
func (s *server) secrecyIndicators(theme string, rules ...diffusion.Rules) []*belvedere.Indicator {
	var out []*belvedere.Indicator
	for _, ind := range s.model.Indicators {
		protected := func(r diffusion.Rules) bool { return r.Floor(ind) > 0 }
		switch {
		case ind.Value == nil:
		case theme == "" && slices.ContainsFunc(rules, protected), theme != "" && ind.Theme == theme:
			out = append(out, ind)
		}
	}
	return out
}

// setSecrecy shows what the rules of the form would hide, or sets them.
func (s *server) setSecrecy(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	traceOf(r).about("secret statistique", "refusé")
	status, err := s.Secrecy.Status(r.Context())
	if err != nil {
		return err
	}
	query := url.Values{}
	if theme := form.Get("theme"); theme != "" {
		query.Set("theme", theme)
	}
	p := pages.Secrecy{Status: status, Rules: status.Rules, Seen: form.Get("vu")}
	fault := func(code int, err error) error {
		p.Trouble, p.Seen = belvedere.Message(err), status.Rules.Sum()
		return s.secrecyPage(w, r, code, query, p)
	}
	rules, err := s.formRules(form, status.Rules)
	if err == nil {
		err = rules.Check(s.model)
	}
	if belvedere.KindOf(err) == belvedere.Invalid {
		return fault(http.StatusUnprocessableEntity, err)
	} else if err != nil {
		return err
	}
	p.Rules = rules
	if form.Get("faire") != "appliquer" {
		return s.showSecrecy(w, r, query, p)
	}
	changes, err := s.Secrecy.ReplaceRules(r.Context(), form.Get("vu"), rules)
	switch {
	case belvedere.KindOf(err) == belvedere.Conflict:
		return fault(http.StatusConflict, err)
	case err != nil:
		return err
	}
	traceOf(r).about("secret statistique", cut(strings.Join(changes, ", "), 1500))
	query.Set("fait", "regles")
	if len(changes) == 0 {
		query.Set("fait", "rien-a-faire")
	}
	http.Redirect(w, r, withQuery(secrecyPath, query), http.StatusSeeOther)
	return nil
}

// formRules are the rules of a form over those in force: it holds the indicators of one theme only.
func (s *server) formRules(form url.Values, rules diffusion.Rules) (diffusion.Rules, error) {
	floors, classes := map[string]string{}, map[string]string{}
	for _, class := range diffusion.Classes[1:] {
		if form.Has("seuil." + class) {
			floors[class] = clean(form.Get("seuil."+class), 10)
		}
	}
	for _, ind := range s.model.Indicators {
		if form.Has("classe." + ind.Code) {
			classes[ind.Code] = clean(form.Get("classe."+ind.Code), 10)
		}
	}
	return rules.Set(floors, classes, clean(form.Get("calendrier"), 20))
}

// showSecrecy shows what the rules of the form would hide. Nothing is set.
func (s *server) showSecrecy(w http.ResponseWriter, r *http.Request, query url.Values, p pages.Secrecy) error {
	ctx, cancel := context.WithTimeout(r.Context(), previewPatience)
	defer cancel()
	var err error
	if p.Preview, err = s.Secrecy.Preview(ctx, p.Rules); err != nil {
		if belvedere.KindOf(err) != belvedere.Unavailable {
			return err
		}
		p.Trouble = belvedere.Message(err)
	}
	p.Changes = p.Status.Rules.Changes(s.model, p.Rules)
	traceOf(r).about("secret statistique", cut("effet montré, rien d’appliqué : "+strings.Join(p.Changes, ", "), 1500))
	return s.secrecyPage(w, r, http.StatusOK, query, p)
}

// releaseNow lets in what waits for the calendar.
func (s *server) releaseNow(w http.ResponseWriter, r *http.Request) error {
	traceOf(r).about("secret statistique", "diffusion refusée")
	if err := s.Secrecy.Release(r.Context()); err != nil {
		return err
	}
	status, err := s.Secrecy.Status(r.Context())
	if err != nil {
		return err
	}
	traceOf(r).about("secret statistique", "diffusion demandée")
	word := "diffuse"
	if len(status.Waiting) > 0 {
		word = "attend"
	}
	doneAt(w, r, secrecyPath, word)
	return nil
}

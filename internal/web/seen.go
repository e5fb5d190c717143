package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	seenPath    = "/etablissement/consultations"
	seenPerPage = 50
	seenMonths  = 12
)

// seen tells the staff of a school who looked at its figures. Other schools are answered as if
// they did not exist, and an address is put in words: it may name others.
func (s *server) seen(w http.ResponseWriter, r *http.Request) error {
	query, viewer := r.URL.Query(), viewerOf(r)
	school, err := ownSchool(viewer, query.Get("etablissement"))
	if err != nil {
		return err
	}
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	traceOf(r).about(seenPath+" "+string(school), "")
	p := pages.Seen{Frame: s.frame(r, "Qui a consulté nos chiffres"), School: string(school), Zone: s.Zone}
	p.Frame.Crumbs = append(p.Frame.Crumbs, parts.Link{Label: "Qui a consulté nos chiffres"})
	if err := s.seenSchools(r, &p, school); err != nil {
		return err
	}
	filter := registry.JournalFilter{School: school, Actions: []string{audit.Read, audit.Export}, Result: audit.Done}
	entries, total, err := s.Records.ListJournal(r.Context(), filter, registry.Page{Offset: (number - 1) * seenPerPage, Limit: seenPerPage})
	if err != nil {
		return err
	}
	reader := s.newReader(r.Context())
	for _, e := range entries {
		p.Rows = append(p.Rows, pages.SeenRow{At: e.At.In(s.Zone), Who: reader.who(e), Self: e.Account != 0 && e.Account == viewer.ID, What: s.whatWasRead(e), How: howItWasRead(e)})
	}
	p.Total, p.Pages = total, pageLinks(seenPath, query, number, total, seenPerPage)
	if p.Months, err = s.seenMonths(r, filter); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.SeenPage(p))
}

// ownSchool is the school that an address names among those of which the viewer is the staff, or
// the first of them.
func ownSchool(viewer belvedere.Viewer, text string) (belvedere.UAI, error) {
	if text == "" && len(viewer.Scope.Own) > 0 {
		return viewer.Scope.Own[0], nil
	}
	if u, err := belvedere.ParseUAI(text); err == nil && slices.Contains(viewer.Scope.Own, u) {
		return u, nil
	}
	return "", notFound("Cet établissement n’est pas parmi les vôtres.")
}

// seenSchools names the school and, for who has several, the others to choose.
func (s *server) seenSchools(r *http.Request, p *pages.Seen, school belvedere.UAI) error {
	viewer := viewerOf(r)
	for _, u := range viewer.Scope.Own[:min(len(viewer.Scope.Own), mostOwnShown)] {
		label := string(u)
		found, err := s.Reports.Schools(r.Context(), viewer, string(u), 1)
		if err != nil {
			return err
		}
		if len(found) == 1 && found[0].Code == string(u) && found[0].Label != "" {
			label = found[0].Label
		}
		if u == school {
			p.Name = label
		}
		p.Schools = append(p.Schools, parts.Option{Value: string(u), Label: label})
	}
	if p.Name == "" {
		p.Name = string(school)
	}
	return nil
}

// mostOwnShown bounds the list of one's schools; others are reached by their UAI in the address.
const mostOwnShown = 100

// seenMonths counts pages and files of the last months, the current one first.
func (s *server) seenMonths(r *http.Request, filter registry.JournalFilter) (out []pages.SeenMonth, err error) {
	now := s.Now().In(s.Zone)
	for back := range seenMonths {
		first := time.Date(now.Year(), now.Month()-time.Month(back), 1, 0, 0, 0, 0, s.Zone)
		m := pages.SeenMonth{Month: first}
		for _, one := range []struct {
			action string
			into   *int
		}{{audit.Read, &m.Pages}, {audit.Export, &m.Files}} {
			f := filter
			f.Actions, f.From, f.To = []string{one.action}, first.UTC(), first.AddDate(0, 1, 0).UTC()
			if _, *one.into, err = s.Records.ListJournal(r.Context(), f, registry.Page{Limit: 1}); err != nil {
				return nil, err
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// whatWasRead names a page or a question by what it shows, without the schools that it names.
func (s *server) whatWasRead(e registry.Entry) string {
	u, err := url.Parse(e.Object)
	if err != nil {
		return "Page de la console"
	}
	path := u.Path
	if strings.HasPrefix(path, "/api/") {
		if asked, err := url.Parse(u.Query().Get("page")); err == nil && asked.Path != "" {
			path = asked.Path
		} else {
			return "Question" + s.indicatorWords(u.Query()["indicateurs"])
		}
	}
	for _, page := range s.model.Pages {
		if page.Path != path {
			continue
		}
		if section := s.section(page.Section); section != nil && section.Label != page.Label {
			return section.Label + " > " + page.Label
		}
		return page.Label
	}
	return "Page de la console"
}

// indicatorWords names the indicators of a question, the first few.
func (s *server) indicatorWords(values []string) string {
	var labels []string
	for _, v := range values {
		for _, code := range strings.Split(v, ",") {
			code, _, _ = strings.Cut(code, "[")
			if i := s.model.Indicator(code); i != nil && !slices.Contains(labels, i.Label) && len(labels) < 5 {
				labels = append(labels, i.Label)
			}
		}
	}
	if len(labels) == 0 {
		return ""
	}
	return " : " + strings.Join(labels, ", ")
}

// howItWasRead is the door, with the format of a file.
func howItWasRead(e registry.Entry) string {
	how := audit.Label(audit.Doors, e.Door)
	if u, err := url.Parse(e.Object); err == nil && e.Action == audit.Export {
		if format := clean(u.Query().Get("format"), 10); format != "" {
			how += " " + strings.ToUpper(format)
		}
	}
	return how
}

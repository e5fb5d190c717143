package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/notice"
	"belvedere/internal/registry"
	"belvedere/internal/watch"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const (
	sendingsPath    = "/envois"
	sendingsPerPage = 50
)

// sendingRoutes are the files sent at a rhythm: one's own, and all of them for administrators.
func (s *server) sendingRoutes() []route {
	if s.Notice == nil {
		return nil
	}
	return []route{
		get(sendingsPath, signedIn, "consultation", s.sendings),
		get(sendingsPath+"/nouveau", signedIn, "", s.newSending),
		post(sendingsPath+"/nouveau", signedIn, "envoi", s.createSending).upTo(mostUserForm),
		get(sendingsPath+"/{id}/arreter", signedIn, "", s.askStopSending),
		post(sendingsPath+"/{id}/arreter", signedIn, "envoi", s.stopSending),
		post(sendingsPath+"/{id}/pause", signedIn, "envoi", s.pauseSending),
		post(sendingsPath+"/{id}/maintenant", signedIn, "envoi", s.sendNow),
	}
}

var sendingDone = map[string]string{
	"cree":     "L’envoi est réglé\u00a0: le premier partira à la prochaine échéance.",
	"supprime": "L’envoi est supprimé pour tous ses destinataires.",
	"arrete":   "Vous ne recevrez plus cet envoi.",
	"repris":   "Vous recevrez de nouveau cet envoi.",
	"suspendu": "L’envoi est suspendu pour tous ses destinataires.",
	"relance":  "L’envoi reprend.",
	"envoye":   "L’envoi est parti\u00a0: le suivi dit ce qu’il en est de chacun.",
}

func (s *server) sendingFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	if title != "Envois" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Envois", Address: sendingsPath})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// sendings lists the schedules and what came of them.
func (s *server) sendings(w http.ResponseWriter, r *http.Request) error {
	query, viewer := r.URL.Query(), viewerOf(r)
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	p := pages.Sendings{Frame: s.sendingFrame(r, "Envois"), Done: sendingDone[query.Get("fait")], Zone: s.Zone, Admin: viewer.Admin, All: viewer.Admin && query.Get("tous") == "1"}
	list, err := s.Notice.Schedules(r.Context(), viewer, p.All)
	if err != nil {
		return err
	}
	for _, one := range list {
		p.List = append(p.List, s.sendingRow(r, viewer, one))
	}
	var total int
	if p.Log, total, err = s.Notice.Log(r.Context(), viewer, list, registry.Page{Offset: (number - 1) * sendingsPerPage, Limit: sendingsPerPage}); err != nil {
		return err
	}
	p.Total, p.Pages = total, pageLinks(sendingsPath, query, number, total, sendingsPerPage)
	return s.write(w, r, http.StatusOK, pages.SendingsPage(p))
}

func (s *server) sendingRow(r *http.Request, viewer belvedere.Viewer, one registry.Schedule) pages.SendingRow {
	row := pages.SendingRow{Schedule: one, Rhythm: watch.Rhythm(one.Rhythm).Label(), Page: s.pageName(one.Address), Manages: s.Notice.Manages(viewer, one),
		Refused: slices.Contains(one.Refused, viewer.ID)}
	var to []string
	if slices.Equal(one.Accounts, []int64{viewer.ID}) && len(one.Groups) == 0 {
		to = []string{"moi"}
	} else {
		if n := len(one.Accounts); n > 0 {
			to = append(to, belvedere.Plural(n, "compte", "comptes"))
		}
		if n := len(one.Groups); n > 0 {
			to = append(to, belvedere.Plural(n, "groupe", "groupes"))
		}
	}
	if row.To = strings.Join(to, " et "); row.To == "" {
		row.To = "personne"
	}
	if !row.Manages {
		row.To = "moi, parmi d’autres"
	}
	return row
}

// pageName names a declared page by its address.
func (s *server) pageName(address string) string {
	path, _, _ := strings.Cut(address, "?")
	for _, page := range s.model.Pages {
		if page.Path == path {
			if section := s.section(page.Section); section != nil && section.Label != page.Label {
				return section.Label + " > " + page.Label
			}
			return page.Label
		}
	}
	return path
}

// newSending shows the form for the page that the address names.
func (s *server) newSending(w http.ResponseWriter, r *http.Request) error {
	f := notice.ScheduleForm{Address: clean(r.URL.Query().Get("page"), 4000), Format: "xlsx", Rhythm: string(watch.EachMonday)}
	if format := r.URL.Query().Get("format"); slices.Contains(notice.Formats, format) {
		f.Format = format
	}
	return s.sendingForm(w, r, http.StatusOK, pages.SendingEdit{Form: f})
}

func readSendingForm(form url.Values) notice.ScheduleForm {
	f := notice.ScheduleForm{Label: form.Get("nom"), Address: form.Get("page"), Format: form.Get("format"), Rhythm: form.Get("rythme")}
	if form.Get("pour") != "autres" {
		return f
	}
	f.Accounts = strings.FieldsFunc(form.Get("destinataires"), func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' })
	for _, g := range form["groupe"] {
		if id, err := strconv.ParseInt(g, 10, 64); err == nil {
			f.Groups = append(f.Groups, id)
		}
	}
	return f
}

// createSending sets a schedule.
func (s *server) createSending(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.SendingEdit{Form: readSendingForm(form), Others: form.Get("pour") == "autres"}
	traceOf(r).about("nouvel envoi", "")
	made, err := s.Notice.CreateSchedule(r.Context(), viewerOf(r), p.Form)
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
	case belvedere.KindOf(err) == belvedere.Conflict || belvedere.KindOf(err) == belvedere.Invalid:
		p.Errors.Add("nom", belvedere.Message(err))
	case err != nil:
		return err
	}
	if len(p.Errors) > 0 {
		traceOf(r).about("nouvel envoi", cut(p.Errors[0].Message, 300))
		return s.sendingForm(w, r, http.StatusUnprocessableEntity, p)
	}
	traceOf(r).about(notice.ScheduleObject(made), "réglé\u00a0: "+made.Address+", "+made.Format+", "+made.Rhythm)
	doneAt(w, r, sendingsPath, "cree")
	return nil
}

func (s *server) sendingForm(w http.ResponseWriter, r *http.Request, status int, p pages.SendingEdit) error {
	viewer := viewerOf(r)
	p.Frame, p.Admin, p.Rhythms, p.PageName = s.sendingFrame(r, "Nouvel envoi"), viewer.Admin, rhythmOptions(), s.pageName(p.Form.Address)
	for _, page := range s.model.Pages {
		if s.opens(viewer.Scope, page) {
			p.Known = append(p.Known, parts.Option{Value: page.Path, Label: s.pageName(page.Path)})
		}
	}
	if viewer.Admin && s.Groups != nil {
		list, err := s.Groups.List(r.Context())
		if err != nil {
			return err
		}
		for _, g := range list {
			p.Groups = append(p.Groups, pages.GroupBox{ID: g.ID, Name: g.Name, Schools: g.Accounts, Checked: slices.Contains(p.Form.Groups, g.ID)})
		}
	}
	return s.write(w, r, status, pages.SendingEditPage(p))
}

// askStopSending offers what one may stop: receiving it, or all of it.
func (s *server) askStopSending(w http.ResponseWriter, r *http.Request) error {
	viewer := viewerOf(r)
	one, err := s.Notice.Schedule(r.Context(), viewer, pathID(r))
	if err != nil {
		return err
	}
	p := pages.SendingStop{Frame: s.sendingFrame(r, "Arrêter un envoi"), Row: s.sendingRow(r, viewer, one)}
	return s.write(w, r, http.StatusOK, pages.SendingStopPage(p))
}

// stopSending takes the reader out of a schedule, or back in, or ends it for all.
func (s *server) stopSending(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	var one registry.Schedule
	word := ""
	switch form.Get("geste") {
	case "tous":
		word = "supprime"
		one, err = s.Notice.DeleteSchedule(r.Context(), viewerOf(r), pathID(r))
	case "reprendre":
		word = "repris"
		one, err = s.Notice.Unsubscribe(r.Context(), viewerOf(r), pathID(r), true)
	default:
		word = "arrete"
		one, err = s.Notice.Unsubscribe(r.Context(), viewerOf(r), pathID(r), false)
	}
	if err != nil {
		return err
	}
	traceOf(r).about(notice.ScheduleObject(one), word)
	doneAt(w, r, sendingsPath, word)
	return nil
}

// pauseSending suspends a schedule for all, or lets it go on.
func (s *server) pauseSending(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	paused, word := form.Get("geste") != "reprendre", "suspendu"
	if !paused {
		word = "relance"
	}
	one, err := s.Notice.PauseSchedule(r.Context(), viewerOf(r), pathID(r), paused)
	if err != nil {
		return err
	}
	traceOf(r).about(notice.ScheduleObject(one), word)
	doneAt(w, r, sendingsPath, word)
	return nil
}

// sendNow sends a schedule at once, beside its rhythm, to all its recipients.
func (s *server) sendNow(w http.ResponseWriter, r *http.Request) error {
	one, err := s.Notice.Schedule(r.Context(), viewerOf(r), pathID(r))
	if err != nil {
		return err
	}
	if !s.Notice.Manages(viewerOf(r), one) {
		return belvedere.Errorf(belvedere.Forbidden, "Seul son auteur, ou un administrateur, lance cet envoi.")
	}
	traceOf(r).about(notice.ScheduleObject(one), "envoyé à la demande")
	if err := s.Notice.SendNow(r.Context(), one.ID); err != nil {
		return err
	}
	doneAt(w, r, sendingsPath, "envoye")
	return nil
}

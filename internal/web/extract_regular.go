package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
	"belvedere/internal/watch"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// An extractAct is what a button of the page of an extract does.
type extractAct func(ctx context.Context, v belvedere.Viewer, id int64) (registry.Extract, error)

// regularExtracts lists one's regular extracts, all of them for who oversees.
func (s *server) regularExtracts(w http.ResponseWriter, r *http.Request) error {
	return s.showRegular(w, r, "")
}

func (s *server) showRegular(w http.ResponseWriter, r *http.Request, phrase string) error {
	viewer, query := viewerOf(r), r.URL.Query()
	number, err := pageNumber(query)
	if err != nil {
		return err
	}
	list, err := s.Extracts.Schedules(r.Context(), viewer, true)
	if err != nil {
		return err
	}
	p := pages.ExtractSchedules{Frame: s.extractFrame(r, "Extraits réguliers"), Done: extractDone[query.Get("fait")], Phrase: phrase, Zone: s.Zone}
	for _, x := range list {
		p.List = append(p.List, pages.ScheduleRow{ExtractSchedule: x, Rhythm: watch.Rhythm(x.Rhythm).Label(), Place: s.placeLabel(x.Place), Own: x.Account == viewer.ID})
	}
	if p.Log, p.Total, err = s.Extracts.ScheduleLog(r.Context(), list, registry.Page{Offset: (number - 1) * extractsPerPage, Limit: extractsPerPage}); err != nil {
		return err
	}
	p.Pages = pageLinks(regularPath, query, number, p.Total, extractsPerPage)
	return s.write(w, r, http.StatusOK, pages.ExtractSchedulesPage(p))
}

func (s *server) placeLabel(name string) string {
	for _, p := range s.Extracts.Places {
		if p.Name() == name {
			return p.Label()
		}
	}
	return name + " (n’est plus déclaré)"
}

// newRegular shows the form for an extract of one's own.
func (s *server) newRegular(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.URL.Query().Get("extrait"), 10, 64)
	if err != nil {
		return notFound("Choisissez d’abord un extrait prêt, sur sa page.")
	}
	return s.regularForm(w, r, http.StatusOK, pages.ExtractSchedule{Form: extract.ScheduleForm{From: id, Rhythm: string(watch.EachMonday)}})
}

func (s *server) regularForm(w http.ResponseWriter, r *http.Request, status int, p pages.ExtractSchedule) error {
	e, err := s.Extracts.Own(r.Context(), viewerOf(r), p.Form.From)
	if err != nil {
		return err
	}
	p.Frame, p.From, p.Rhythms = s.extractFrame(r, "Nouvel extrait régulier"), pages.ExtractRow{Extract: e, Zone: s.Zone}, rhythmOptions()
	if p.Form.Label == "" && len(p.Errors) == 0 {
		p.Form.Label = cut(e.Label, 120)
	}
	for _, one := range s.Extracts.Places {
		p.Places = append(p.Places, parts.Option{Value: one.Name(), Label: one.Label()})
	}
	return s.write(w, r, status, pages.ExtractSchedulePage(p))
}

// createRegular sets a regular extract. The passphrase of its archives is shown by the answer, once.
func (s *server) createRegular(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(form.Get("extrait"), 10, 64)
	p := pages.ExtractSchedule{Form: extract.ScheduleForm{Label: clean(form.Get("nom"), 200), From: id, Rhythm: form.Get("rythme"), Place: form.Get("lieu")}}
	traceOf(r).about("nouvel extrait régulier", "")
	made, phrase, err := s.Extracts.CreateSchedule(r.Context(), viewerOf(r), p.Form)
	var flaws admin.Flaws
	switch {
	case errors.As(err, &flaws):
		p.Errors = fieldErrors(flaws)
	case belvedere.KindOf(err) == belvedere.Conflict:
		p.Errors.Add("nom", belvedere.Message(err))
	case err != nil:
		return err
	}
	if len(p.Errors) > 0 {
		return s.regularForm(w, r, http.StatusUnprocessableEntity, p)
	}
	traceOf(r).about(extract.ScheduleObject(made), "réglé\u00a0: "+made.Rhythm+", "+made.Place)
	if phrase != "" {
		w.Header().Set("Cache-Control", "no-store")
		return s.showRegular(w, r, phrase)
	}
	doneAt(w, r, regularPath, "regle")
	return nil
}

// changeRegular stops, resumes or deletes a regular extract.
func (s *server) changeRegular(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	var x registry.ExtractSchedule
	act := form.Get("geste")
	switch act {
	case "supprimer":
		x, err = s.Extracts.DeleteSchedule(r.Context(), viewerOf(r), pathID(r))
	case "suspendre", "reprendre":
		x, err = s.Extracts.StopSchedule(r.Context(), viewerOf(r), pathID(r), act == "suspendre")
	default:
		err = belvedere.Errorf(belvedere.Invalid, "Ce geste est inconnu.")
	}
	if err != nil {
		return err
	}
	traceOf(r).about(extract.ScheduleObject(x), act)
	doneAt(w, r, regularPath, "change")
	return nil
}

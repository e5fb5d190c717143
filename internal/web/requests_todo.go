package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/procedure"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// requestsToDo lists the files whose turn it is for the reader.
func (s *server) requestsToDo(w http.ResponseWriter, r *http.Request) error {
	return s.toDoPage(w, r, http.StatusOK, pages.RequestsToDo{})
}

// toDoPage shows the queue as its address chooses and sorts it.
func (s *server) toDoPage(w http.ResponseWriter, r *http.Request, status int, p pages.RequestsToDo) error {
	query := r.URL.Query()
	p.Frame, p.Tabs, p.Zone, p.Done = s.requestFrame(r, "À traiter"), requestTabs(requestsPath+"/a-traiter"), s.Zone, requestDone[query.Get("fait")]
	p.Query = procedure.Query{Turn: true, Text: clean(query.Get("q"), mostSearch), Procedure: query.Get("procedure"), Step: query.Get("etape"), Late: query.Get("retard") == "oui", Order: procedure.Order(query.Get("tri"))}
	all, err := s.Procedures.List(r.Context(), viewerOf(r), procedure.Query{Turn: true})
	if err != nil {
		return err
	}
	p.Which, p.Steps = choicesOf(all)
	if p.Others, err = s.Procedures.List(r.Context(), viewerOf(r), p.Query); err != nil {
		return err
	}
	return s.write(w, r, status, pages.RequestsToDoPage(p))
}

// choicesOf are the procedures and steps of a queue, each with what says all of them.
func choicesOf(list []*procedure.View) (which, steps []parts.Option) {
	which, steps = []parts.Option{{Label: "Toutes"}}, []parts.Option{{Label: "Toutes"}}
	add := func(to []parts.Option, o parts.Option) []parts.Option {
		if slices.Contains(to, o) {
			return to
		}
		return append(to, o)
	}
	for _, v := range list {
		which = add(which, parts.Option{Value: v.Procedure.Code, Label: v.Procedure.Label})
		steps = add(steps, parts.Option{Value: v.Step, Label: v.Procedure.StepLabel(v.Step)})
	}
	return which, steps
}

// decideTogether takes one decision on the files that are ticked.
func (s *server) decideTogether(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	traceOf(r).about("demandes à traiter", "rien d’enregistré")
	p := pages.RequestsToDo{Chosen: form["demande"], Reason: form.Get("motif")}
	list := decisionsOf(form)
	if act := form.Get("geste"); len(list) > 0 && strings.TrimSpace(p.Reason) == "" && act != procedure.Approve {
		p.Errors.Add("motif", "Le motif manque : chaque personne le lira.")
		return s.toDoPage(w, r, http.StatusUnprocessableEntity, p)
	}
	outcomes, err := s.Procedures.DecideMany(r.Context(), viewerOf(r), list)
	if belvedere.KindOf(err) == belvedere.Invalid {
		p.Errors.Add("motif", belvedere.Message(err))
		return s.toDoPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	var done []string
	for _, o := range outcomes {
		if o.Err == nil {
			done = append(done, strconv.FormatInt(o.ID, 10))
		} else if belvedere.KindOf(o.Err) == belvedere.Internal {
			return o.Err
		}
	}
	if len(done) > 0 {
		traceOf(r).about("demandes "+strings.Join(done, ", "), cut(form.Get("geste")+" "+p.Reason, 1500))
	}
	if len(done) == len(outcomes) {
		doneAt(w, r, requestsPath+"/a-traiter", "ensemble")
		return nil
	}
	p.Outcomes, p.Succeeded = outcomes, len(done)
	return s.toDoPage(w, r, http.StatusOK, p)
}

// decisionsOf reads the files that are ticked, each with the version that was seen.
func decisionsOf(form url.Values) (out []procedure.Decision) {
	for _, tick := range form["demande"] {
		id, version, _ := strings.Cut(tick, ":")
		d := procedure.Decision{Act: form.Get("geste"), Reason: form.Get("motif")}
		d.ID, _ = strconv.ParseInt(id, 10, 64)
		d.Version, _ = strconv.ParseInt(version, 10, 64)
		out = append(out, d)
	}
	return out
}

// reassignRequest names another person in the place of the one who should decide.
func (s *server) reassignRequest(w http.ResponseWriter, r *http.Request, v *procedure.View, version int64, form url.Values) error {
	login, reason := clean(form.Get("personne"), 254), form.Get("pourquoi")
	kept, err := s.Procedures.Reassign(r.Context(), viewerOf(r), v.ID, version, login, reason)
	if flaws := flawsOf(err); flaws != nil {
		if missing := flaws.Of("motif"); missing != "" {
			flaws = nil
			flaws.Add("pourquoi", missing)
		}
		return s.requestPage(w, r, http.StatusUnprocessableEntity, pages.Request{View: v, Errors: flaws, NewReason: reason, NewPerson: login})
	} else if err != nil {
		return err
	}
	traceOf(r).about(procedure.Object(kept), cut("autre personne désignée : "+login+", "+reason, 1500))
	doneAt(w, r, procedure.Path(v.ID), "designee")
	return nil
}

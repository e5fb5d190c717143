package web

import (
	"net/http"
	"strconv"

	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const requestsPath = "/demandes"

// requestRoutes are the pages of declared procedures. Who may file, see and decide what is decided by
// the use case: whose turn a file is changes from step to step.
func (s *server) requestRoutes() []route {
	if s.Procedures == nil || s.Users == nil {
		return nil
	}
	return []route{
		get(requestsPath, signedIn, "consultation", s.requests),
		get(requestsPath+"/a-traiter", signedIn, "consultation", s.requestsToDo),
		post(requestsPath+"/a-traiter", signedIn, "demande", s.decideTogether).upTo(mostUserForm),
		get(requestsPath+"/delais", signedIn, "consultation", s.requestDelays),
		get(requestsPath+"/revues", signedIn, "consultation", s.grantReviews),
		post(requestsPath+"/revues", signedIn, "habilitation", s.actOnReview),
		get(requestsPath+"/suppleance", signedIn, "", s.standIn),
		post(requestsPath+"/suppleance", signedIn, "demande", s.setStandIn),
		get(requestsPath+"/nouvelle/{procedure}", signedIn, "", s.newRequest),
		post(requestsPath+"/nouvelle/{procedure}", signedIn, "demande", s.fileRequest).upTo(mostUserForm),
		get(requestsPath+"/{id}", signedIn, "consultation", s.request),
		post(requestsPath+"/{id}", signedIn, "demande", s.actOnRequest).upTo(mostUserForm),
	}
}

// requestEntries lead to the requests.
func (s *server) requestEntries() []menuEntry {
	if s.Procedures == nil || s.Users == nil {
		return nil
	}
	return []menuEntry{{"Demandes", requestsPath, signedIn}, {"Demandes à traiter", requestsPath + "/a-traiter", signedIn}}
}

var requestDone = map[string]string{
	"brouillon":   "Le brouillon est gardé : lui seul vous voit tant que vous ne l’avez pas déposé.",
	"deposee":     "La demande est déposée : les personnes qui la décident sont prévenues par courrier.",
	"completee":   "La demande est renvoyée : elle reprend là où ce que vous avez changé l’exige.",
	"decidee":     "Votre décision est enregistrée, et les personnes concernées sont prévenues.",
	"retiree":     "La demande est retirée.",
	"oubliee":     "Le brouillon est effacé.",
	"votee":       "Votre voix est comptée.",
	"devotee":     "Votre voix est reprise.",
	"designee":    "Une autre personne est désignée : elle est prévenue par courrier.",
	"ensemble":    "Les demandes cochées sont décidées, et les personnes concernées sont prévenues.",
	"suppleance":  "La suppléance est enregistrée.",
	"responsable": "Le responsable est enregistré : ses demandes d’accès lui reviendront.",
	"ouverte":     "La revue est ouverte : ceux qui ont approuvé ces habilitations sont prévenus.",
	"confirmee":   "L’habilitation est confirmée.",
	"finie":       "L’habilitation est retirée : elle ne vaut plus dès la prochaine demande.",
}

func (s *server) requestFrame(r *http.Request, title string) parts.Frame {
	f := s.frame(r, title)
	if title != "Demandes" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Demandes", Address: requestsPath})
	}
	f.Crumbs = append(f.Crumbs, parts.Link{Label: title})
	return f
}

// requestTabs are the pages about requests.
func requestTabs(path string) []parts.Link {
	tabs := []parts.Link{{Label: "Demandes", Address: requestsPath}, {Label: "À traiter", Address: requestsPath + "/a-traiter"}, {Label: "Délais", Address: requestsPath + "/delais"},
		{Label: "Revues d’habilitations", Address: requestsPath + "/revues"}, {Label: "Suppléance", Address: requestsPath + "/suppleance"}}
	for i := range tabs {
		tabs[i].Current = tabs[i].Address == path
	}
	return tabs
}

// requests lists one's own and those that everyone may see.
func (s *server) requests(w http.ResponseWriter, r *http.Request) error {
	query, v := r.URL.Query(), viewerOf(r)
	p := pages.Requests{Frame: s.requestFrame(r, "Demandes"), Tabs: requestTabs(requestsPath), Search: clean(query.Get("q"), mostSearch),
		Done: requestDone[query.Get("fait")], Zone: s.Zone}
	var err error
	if p.Procedures, err = s.Procedures.Procedures(r.Context()); err != nil {
		return err
	}
	list, err := s.Procedures.List(r.Context(), v, procedure.Query{Text: p.Search})
	if err != nil {
		return err
	}
	for _, one := range list {
		if one.Mine {
			p.Mine = append(p.Mine, one)
		} else {
			p.Others = append(p.Others, one)
		}
	}
	return s.write(w, r, http.StatusOK, pages.RequestsPage(p))
}

// requestDelays shows how long procedures take.
func (s *server) requestDelays(w http.ResponseWriter, r *http.Request) (err error) {
	p := pages.RequestDelays{Frame: s.requestFrame(r, "Délais"), Tabs: requestTabs(requestsPath + "/delais")}
	if p.List, err = s.Procedures.Delays(r.Context()); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.RequestDelaysPage(p))
}

// request shows a file, or its form when it is a draft or to complete.
func (s *server) request(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Procedures.View(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("modifier") != "" && v.Mine && (v.State == registry.RequestDraft || v.State == registry.RequestToComplete) {
		return s.requestForm(w, r, http.StatusOK, pages.RequestForm{File: v, Values: v.Asked})
	}
	return s.requestPage(w, r, http.StatusOK, pages.Request{View: v})
}

func (s *server) requestPage(w http.ResponseWriter, r *http.Request, status int, p pages.Request) error {
	v := p.View
	p.Frame = s.requestFrame(r, v.Procedure.Label+" "+strconv.FormatInt(v.ID, 10))
	p.Zone, p.Done, p.Broken = s.Zone, requestDone[r.URL.Query().Get("fait")], s.Procedures.Verify(v) != nil
	if len(v.Replaces) > 0 {
		var err error
		if p.People, err = s.peopleOptions(r, viewerOf(r).ID); err != nil {
			return err
		}
	}
	if v.Decides {
		effective := v.Asked
		for _, f := range v.StepFields() {
			one, err := s.formField(r, f, first(p.Values[f.Name], v.Own[f.Name]), p.Errors.Of(f.Name))
			if err != nil {
				return err
			}
			p.Fields = append(p.Fields, one)
		}
		for _, f := range v.AskedFields() {
			if !v.Reduces() || !f.Reduce || len(v.Asked[f.Name]) == 0 {
				continue
			}
			one, err := s.formField(r, f, first(p.Own[f.Name], effective[f.Name]), p.Errors.Of("accorde."+f.Name))
			if err != nil {
				return err
			}
			p.Reduced = append(p.Reduced, one.Below(v))
		}
	}
	return s.write(w, r, status, pages.RequestPage(p))
}

func first(lists ...[]string) []string {
	for _, l := range lists {
		if len(l) > 0 {
			return l
		}
	}
	return nil
}

// actOnRequest does what a button of the page of a file says.
func (s *server) actOnRequest(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	viewer, id := viewerOf(r), pathNumber(r)
	traceOf(r).about("demande "+strconv.FormatInt(id, 10), "rien d’enregistré")
	v, err := s.Procedures.View(r.Context(), viewer, id)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	switch form.Get("geste") {
	case "brouillon", "deposer":
		return s.submit(w, r, form, v, procedure.Submission{ID: id, Version: version, Procedure: v.Request.Procedure})
	case "designer":
		return s.reassignRequest(w, r, v, version, form)
	case "retirer":
		return s.withdrawRequest(w, r, v, form.Get("motif"))
	case "voter", "devoter":
		if err := s.Procedures.Vote(r.Context(), viewer, id, form.Get("geste") == "voter"); err != nil {
			return err
		}
		traceOf(r).about(procedure.Object(v.Request), form.Get("geste"))
		doneAt(w, r, procedure.Path(id), map[bool]string{true: "votee", false: "devotee"}[form.Get("geste") == "voter"])
		return nil
	}
	d := procedure.Decision{ID: id, Version: version, Act: form.Get("geste"), Reason: form.Get("motif"), Values: pages.RequestValues(form), Own: pages.ReducedValues(form, v)}
	kept, err := s.Procedures.Decide(r.Context(), viewer, d)
	if flaws := flawsOf(err); flaws != nil {
		return s.requestPage(w, r, http.StatusUnprocessableEntity, pages.Request{View: v, Errors: flaws, Reason: d.Reason, Values: d.Values, Own: d.Own})
	} else if err != nil {
		return err
	}
	traceOf(r).about(procedure.Object(kept), cut(d.Act+" : "+kept.State.Label()+" "+d.Reason, 1500))
	doneAt(w, r, procedure.Path(id), "decidee")
	return nil
}

func (s *server) withdrawRequest(w http.ResponseWriter, r *http.Request, v *procedure.View, reason string) error {
	kept, err := s.Procedures.Withdraw(r.Context(), viewerOf(r), v.ID, reason)
	if flaws := flawsOf(err); flaws != nil {
		return s.requestPage(w, r, http.StatusUnprocessableEntity, pages.Request{View: v, Errors: flaws, Reason: reason})
	} else if err != nil {
		return err
	}
	if v.State == registry.RequestDraft {
		traceOf(r).about(procedure.Object(v.Request), "brouillon effacé")
		doneAt(w, r, requestsPath, "oubliee")
		return nil
	}
	traceOf(r).about(procedure.Object(kept), kept.State.Label())
	doneAt(w, r, procedure.Path(v.ID), "retiree")
	return nil
}

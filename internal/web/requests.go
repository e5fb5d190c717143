package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"belvedere"
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
	p := pages.Requests{Frame: s.requestFrame(r, "Demandes"), Tabs: requestTabs(requestsPath), Procedures: s.Procedures.Procedures(), Search: clean(query.Get("q"), mostSearch),
		Done: requestDone[query.Get("fait")], Zone: s.Zone}
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

// requestsToDo lists the files whose turn it is for the reader.
func (s *server) requestsToDo(w http.ResponseWriter, r *http.Request) (err error) {
	p := pages.Requests{Frame: s.requestFrame(r, "À traiter"), Tabs: requestTabs(requestsPath + "/a-traiter"), Zone: s.Zone}
	if p.Others, err = s.Procedures.List(r.Context(), viewerOf(r), procedure.Query{Turn: true}); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.RequestsToDoPage(p))
}

// requestDelays shows how long procedures take.
func (s *server) requestDelays(w http.ResponseWriter, r *http.Request) (err error) {
	p := pages.RequestDelays{Frame: s.requestFrame(r, "Délais"), Tabs: requestTabs(requestsPath + "/delais")}
	if p.List, err = s.Procedures.Delays(r.Context()); err != nil {
		return err
	}
	return s.write(w, r, http.StatusOK, pages.RequestDelaysPage(p))
}

// newRequest shows the form, filled in as far as the address, the account and a former grant say.
func (s *server) newRequest(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	grant, _ := strconv.ParseInt(query.Get("habilitation"), 10, 64)
	values, err := s.Procedures.Prefill(r.Context(), viewerOf(r), r.PathValue("procedure"), query, grant)
	if err != nil {
		return err
	}
	return s.requestForm(w, r, http.StatusOK, pages.RequestForm{Values: values})
}

// requestForm shows the form of a new file, or of one to complete, with what was typed.
func (s *server) requestForm(w http.ResponseWriter, r *http.Request, status int, p pages.RequestForm) (err error) {
	code := r.PathValue("procedure")
	if p.File != nil {
		code = p.File.Request.Procedure
		p.Procedure, p.Version = p.File.Procedure, p.File.Version
	}
	if p.Procedure == nil {
		if p.Procedure, err = s.Procedures.Procedure(code); err != nil {
			return err
		}
	}
	p.Frame = s.requestFrame(r, p.Procedure.Label)
	p.Action = requestsPath + "/nouvelle/" + code
	if p.File != nil {
		p.Action = procedure.Path(p.File.ID)
	}
	for _, f := range p.Procedure.Fields {
		if f.Step != "" {
			continue
		}
		one, err := s.formField(r, f, p.Values[f.Name], p.Errors.Of(f.Name))
		if err != nil {
			return err
		}
		p.Fields = append(p.Fields, one)
	}
	return s.write(w, r, status, pages.RequestFormPage(p))
}

// formField is a field of a procedure with what it may be answered.
func (s *server) formField(r *http.Request, f *procedure.Field, values []string, fault string) (one pages.RequestField, err error) {
	one = pages.RequestField{Field: f, Values: values, Error: fault}
	switch f.Type {
	case procedure.PersonField:
		one.Options, err = s.personOptions(r)
		if f.Prefill == "responsable" && err == nil {
			managers, err := s.Users.Registry.Managers(r.Context())
			if err != nil {
				return one, err
			}
			if m := managers[viewerOf(r).ID]; m != 0 {
				one.Fixed, one.Values = true, []string{strconv.FormatInt(m, 10)}
			}
		}
	case procedure.ReferField:
		options, e := s.Procedures.Choices(r.Context(), f.Of)
		if e != nil {
			return one, e
		}
		if len(options) <= mostListedPeople {
			for _, o := range options {
				one.Options = append(one.Options, parts.Option{Value: o.Code, Label: o.Label})
			}
		}
	case procedure.ChoiceField:
		for _, o := range f.Options {
			one.Options = append(one.Options, parts.Option{Value: o.Code, Label: o.Label})
		}
	}
	return one, err
}

// personOptions are the people that a form may name, by number; nil when they are too many.
func (s *server) personOptions(r *http.Request) ([]parts.Option, error) {
	list, total, err := s.Users.Registry.ListAccounts(r.Context(), registry.AccountFilter{State: registry.Active}, registry.Page{Limit: mostListedPeople})
	if err != nil || total > mostListedPeople {
		return nil, err
	}
	out := []parts.Option{{Label: "Choisissez"}}
	for _, a := range list {
		if a.ID == viewerOf(r).ID {
			continue
		}
		label := a.Name()
		if a.Function != "" {
			label += ", " + a.Function
		}
		out = append(out, parts.Option{Value: strconv.FormatInt(a.ID, 10), Label: label})
	}
	return out, nil
}

// fileRequest keeps a draft or files it.
func (s *server) fileRequest(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	return s.submit(w, r, form, nil, procedure.Submission{Procedure: r.PathValue("procedure")})
}

// submit is what the form of a file does, of a new one or of one that exists.
func (s *server) submit(w http.ResponseWriter, r *http.Request, form url.Values, file *procedure.View, in procedure.Submission) error {
	in.Values, in.File, in.Reason = pages.RequestValues(form), form.Get("geste") != "brouillon", form.Get("motif")
	traceOf(r).about("demande "+clean(in.Procedure, 40), "rien d’enregistré")
	kept, err := s.Procedures.Submit(r.Context(), viewerOf(r), in)
	if flaws := flawsOf(err); flaws != nil {
		return s.requestForm(w, r, http.StatusUnprocessableEntity, pages.RequestForm{File: file, Values: in.Values, Errors: flaws, Reason: in.Reason})
	} else if err != nil {
		return err
	}
	traceOf(r).about(procedure.Object(kept), kept.State.Label())
	word := "brouillon"
	switch {
	case kept.State == registry.RequestDraft:
	case in.ID != 0 && file != nil && file.State == registry.RequestToComplete:
		word = "completee"
	default:
		word = "deposee"
	}
	doneAt(w, r, procedure.Path(kept.ID), word)
	return nil
}

// flawsOf are the faults of a form of procedures, nil when the error is another.
func flawsOf(err error) (out parts.FieldErrors) {
	var flaws procedure.Flaws
	if errors.As(err, &flaws) {
		for _, f := range flaws {
			out.Add(f.Field, f.Message)
		}
	}
	return out
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

// grantReviews shows the campaigns of review.
func (s *server) grantReviews(w http.ResponseWriter, r *http.Request) error {
	return s.reviewPage(w, r, http.StatusOK, pages.GrantReviews{LastDay: s.Now().In(s.Zone).AddDate(0, 0, 21).Format(time.DateOnly)})
}

func (s *server) reviewPage(w http.ResponseWriter, r *http.Request, status int, p pages.GrantReviews) (err error) {
	v := viewerOf(r)
	p.Frame, p.Tabs, p.Zone = s.requestFrame(r, "Revues d’habilitations"), requestTabs(requestsPath+"/revues"), s.Zone
	p.Done, p.Opens, p.Widgets = requestDone[r.URL.Query().Get("fait")], v.May(belvedere.DataOfficer), s.Users.Widgets
	if p.List, err = s.Procedures.Reviews(r.Context(), v); err != nil {
		return err
	}
	return s.write(w, r, status, pages.GrantReviewsPage(p))
}

// actOnReview opens a campaign, or answers for a grant.
func (s *server) actOnReview(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	traceOf(r).about("revue d’habilitations", "rien d’enregistré")
	if form.Get("geste") == "ouvrir" {
		p := pages.GrantReviews{Label: form.Get("nom"), LastDay: form.Get("fin")}
		day, _ := belvedere.ParseDate(p.LastDay)
		review, err := s.Procedures.OpenReview(r.Context(), viewerOf(r), p.Label, day)
		if p.Errors = flawsOf(err); p.Errors != nil {
			return s.reviewPage(w, r, http.StatusUnprocessableEntity, p)
		} else if err != nil {
			return err
		}
		traceOf(r).about("revue "+strconv.FormatInt(review.ID, 10)+" ("+cut(review.Label, 100)+")", "ouverte jusqu’au "+belvedere.ShortDate(review.Closes.Add(-1).In(s.Zone)))
		doneAt(w, r, requestsPath+"/revues", "ouverte")
		return nil
	}
	review, _ := strconv.ParseInt(form.Get("revue"), 10, 64)
	grant, _ := strconv.ParseInt(form.Get("habilitation"), 10, 64)
	confirm := form.Get("geste") == "confirmer"
	err = s.Procedures.AnswerReview(r.Context(), viewerOf(r), review, grant, confirm, form.Get("motif"))
	if flaws := flawsOf(err); flaws != nil {
		return s.reviewPage(w, r, http.StatusUnprocessableEntity, pages.GrantReviews{Errors: flaws, At: grant})
	} else if err != nil {
		return err
	}
	word := map[bool]string{true: "confirmee", false: "finie"}[confirm]
	traceOf(r).about("habilitation "+strconv.FormatInt(grant, 10), "revue "+strconv.FormatInt(review, 10)+" : "+word+" "+cut(form.Get("motif"), 500))
	doneAt(w, r, requestsPath+"/revues", word)
	return nil
}

// standIn shows who acts in the place of the reader, and to administrators who is the manager of whom.
func (s *server) standIn(w http.ResponseWriter, r *http.Request) error {
	return s.standInPage(w, r, http.StatusOK, pages.StandIn{})
}

func (s *server) standInPage(w http.ResponseWriter, r *http.Request, status int, p pages.StandIn) error {
	v := viewerOf(r)
	p.Frame, p.Tabs, p.Done = s.requestFrame(r, "Suppléance"), requestTabs(requestsPath+"/suppleance"), requestDone[r.URL.Query().Get("fait")]
	name, d, ok, err := s.Procedures.StandInOf(r.Context(), v.ID)
	if err != nil {
		return err
	}
	if ok {
		p.Now, p.First, p.Last = name, d.From, d.To.AddDate(0, 0, -1)
	}
	if p.People, err = s.peopleOptions(r, v.ID); err != nil {
		return err
	}
	if p.Manages, _ = administrator.allows(v); p.Manages {
		managers, err := s.Users.Registry.Managers(r.Context())
		if err != nil {
			return err
		}
		list, _, err := s.Users.Registry.ListAccounts(r.Context(), registry.AccountFilter{}, registry.Page{})
		if err != nil {
			return err
		}
		names := map[int64]string{}
		for _, a := range list {
			names[a.ID] = a.Name()
		}
		for _, a := range list {
			if m := managers[a.ID]; m != 0 {
				p.Managers = append(p.Managers, [2]string{a.Name(), names[m]})
			}
		}
	}
	return s.write(w, r, status, pages.StandInPage(p))
}

// setStandIn names a stand-in, or the manager of someone.
func (s *server) setStandIn(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	traceOf(r).about("suppléance", "rien d’enregistré")
	if form.Get("geste") == "responsable" {
		person, manager := clean(form.Get("personne"), 254), clean(form.Get("responsable"), 254)
		err := s.Procedures.NameManager(r.Context(), viewerOf(r), person, manager)
		if kind := belvedere.KindOf(err); kind == belvedere.NotFound || kind == belvedere.Invalid {
			p := pages.StandIn{}
			p.Errors.Add("responsable", belvedere.Message(err))
			return s.standInPage(w, r, http.StatusUnprocessableEntity, p)
		} else if err != nil {
			return err
		}
		traceOf(r).about("responsable de "+person, manager)
		doneAt(w, r, requestsPath+"/suppleance", "responsable")
		return nil
	}
	from, _ := belvedere.ParseDate(form.Get("debut"))
	to, _ := belvedere.ParseDate(form.Get("fin"))
	login := clean(form.Get("suppleant"), 254)
	err = s.Procedures.StandIn(r.Context(), viewerOf(r), login, from, to)
	if flaws := flawsOf(err); flaws != nil {
		return s.standInPage(w, r, http.StatusUnprocessableEntity, pages.StandIn{Errors: flaws, Login: login, First: from, Last: to})
	} else if err != nil {
		return err
	}
	traceOf(r).about("suppléance", cut(login+", du "+form.Get("debut")+" au "+form.Get("fin"), 300))
	doneAt(w, r, requestsPath+"/suppleance", "suppleance")
	return nil
}

package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

// trainings lists the sessions.
func (s *server) trainings(w http.ResponseWriter, r *http.Request) (err error) {
	viewer := viewerOf(r)
	p := pages.Trainings{Frame: s.governanceFrame(r, "Formations"), Trains: s.Governance.Trains(r.Context(), viewer), Done: governanceDone[r.URL.Query().Get("fait")]}
	if p.List, err = s.Governance.Sessions(r.Context(), viewer); err != nil {
		return err
	}
	if p.Trains {
		if p.Untrained, err = s.Governance.Untrained(r.Context(), viewer); err != nil {
			return err
		}
	}
	return s.write(w, r, http.StatusOK, pages.TrainingsPage(p))
}

// trainingsFile gives one session, or all, with who registered.
func (s *server) trainingsFile(w http.ResponseWriter, r *http.Request) error {
	b := getBuffer()
	defer putBuffer(b)
	id, name := pathNumber(r), "formations.csv"
	if id > 0 {
		name = "formation-" + strconv.FormatInt(id, 10) + ".csv"
	}
	if err := s.Governance.WriteTrainings(r.Context(), viewerOf(r), id, b); err != nil {
		return err
	}
	attach(w, r, name, "text/csv; charset=utf-8", b)
	return nil
}

// certificatesFile gives who attended what: of everyone for those who keep the sessions, else of the reader.
func (s *server) certificatesFile(w http.ResponseWriter, r *http.Request) error {
	b := getBuffer()
	defer putBuffer(b)
	if err := s.Governance.WriteCertificates(r.Context(), viewerOf(r), b); err != nil {
		return err
	}
	attach(w, r, "attestations.csv", "text/csv; charset=utf-8", b)
	return nil
}

func (s *server) newTraining(w http.ResponseWriter, r *http.Request) error {
	return s.trainingForm(w, r, http.StatusOK, pages.TrainingEdit{Form: registry.Training{Seats: 12}})
}

func (s *server) editTraining(w http.ResponseWriter, r *http.Request) error {
	one, err := s.Governance.Session(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	return s.trainingForm(w, r, http.StatusOK, pages.TrainingEdit{Form: one.Training, Day: one.Day.Format("2006-01-02")})
}

func (s *server) trainingForm(w http.ResponseWriter, r *http.Request, status int, p pages.TrainingEdit) error {
	if !s.Governance.Trains(r.Context(), viewerOf(r)) {
		return belvedere.Errorf(belvedere.Forbidden, "Le responsable « formation », les administrateurs et les responsables des données tiennent les sessions.")
	}
	title := "Nouvelle session"
	if p.Form.ID != 0 {
		title = "Modifier la session"
	}
	p.Frame = s.governanceFrame(r, title, parts.Link{Label: "Formations", Address: governance.TrainingsPath})
	topics, err := s.Governance.Topics(r.Context())
	if err != nil {
		return err
	}
	p.Topics = []parts.Option{{Label: "Pour tous"}}
	for _, t := range topics {
		p.Topics = append(p.Topics, parts.Option{Value: t.Code, Label: t.Label})
	}
	return s.write(w, r, status, pages.TrainingEditPage(p))
}

// putTraining adds a session or changes it.
func (s *server) putTraining(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	p := pages.TrainingEdit{Day: clean(form.Get("date"), 20), Form: registry.Training{ID: pathNumber(r), Label: clean(form.Get("sujet"), 150), Note: form.Get("programme"),
		Topic: clean(form.Get("prepare"), 40), Hours: clean(form.Get("horaire"), 60), Place: clean(form.Get("lieu"), 120), Trainer: clean(form.Get("formateur"), 120),
		Seats: wholeOf(form.Get("places")), Cancelled: form.Get("annulee") == "oui"}}
	traceOf(r).about("formation "+p.Form.Label, "rien de changé")
	if day, err := belvedere.ParseDate(p.Day); err == nil {
		p.Form.Day = day
	}
	t, err := s.Governance.PutTraining(r.Context(), viewerOf(r), p.Form)
	if mendable(err) {
		p.Errors.Add("", belvedere.Message(err))
		return s.trainingForm(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("formation "+strconv.FormatInt(t.ID, 10), t.Label)
	doneAt(w, r, governance.TrainingPath(t.ID), "enregistre")
	return nil
}

// training shows one session.
func (s *server) training(w http.ResponseWriter, r *http.Request) error {
	return s.trainingPage(w, r, http.StatusOK, pages.Training{})
}

func (s *server) trainingPage(w http.ResponseWriter, r *http.Request, status int, p pages.Training) (err error) {
	if p.Session, err = s.Governance.Session(r.Context(), viewerOf(r), pathNumber(r)); err != nil {
		return err
	}
	p.Frame = s.governanceFrame(r, p.Session.Label, parts.Link{Label: "Formations", Address: governance.TrainingsPath})
	p.Zone, p.Done = s.Zone, governanceDone[r.URL.Query().Get("fait")]
	return s.write(w, r, status, pages.TrainingPage(p))
}

func (s *server) registerTraining(w http.ResponseWriter, r *http.Request) error {
	return s.seat(w, r, "inscrit", func(id int64) error { return s.Governance.Register(r.Context(), viewerOf(r), id, "") })
}

func (s *server) unregisterTraining(w http.ResponseWriter, r *http.Request) error {
	return s.seat(w, r, "desinscrit", func(id int64) error { return s.Governance.Unregister(r.Context(), viewerOf(r), id, "") })
}

// seat does something with a seat of a session, and comes back to it.
func (s *server) seat(w http.ResponseWriter, r *http.Request, word string, do func(id int64) error) error {
	id := pathNumber(r)
	traceOf(r).about("formation "+strconv.FormatInt(id, 10), word)
	if err := do(id); err != nil {
		return err
	}
	doneAt(w, r, governance.TrainingPath(id), word)
	return nil
}

// markPresence registers others, and says who came.
func (s *server) markPresence(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	id, login, what := pathNumber(r), clean(form.Get("qui"), 120), form.Get("presence")
	traceOf(r).about("formation "+strconv.FormatInt(id, 10), strings.TrimSpace(clean(what, 20)+" "+login))
	viewer, word := viewerOf(r), "presence"
	switch {
	case login == "":
		err = belvedere.Errorf(belvedere.Invalid, "Dites qui, par son identifiant.")
	case what == "inscrire":
		err, word = s.Governance.Register(r.Context(), viewer, id, login), "inscrit"
	case what == "retirer":
		err, word = s.Governance.Unregister(r.Context(), viewer, id, login), "desinscrit"
	default:
		err = s.Governance.MarkPresence(r.Context(), viewer, id, login, registry.Presence(what))
	}
	if mendable(err) {
		p := pages.Training{Login: login}
		p.Errors.Add("qui", belvedere.Message(err))
		return s.trainingPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	http.Redirect(w, r, withQuery(governance.TrainingPath(id), url.Values{"fait": {word}}), http.StatusSeeOther)
	return nil
}

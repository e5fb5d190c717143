package web

import (
	"net/http"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/web/pages"
	"belvedere/internal/web/parts"
)

const governancePath = "/gouvernance"

// mostRuleForm bounds the form of a written rule, in bytes.
const mostRuleForm = 4*registry.MostRuleText + 64<<10

// governanceRoutes are the organisation around the figures. What a person may do by the duty that he or
// she holds is decided by the use cases: a holder is no administrator.
func (s *server) governanceRoutes() []route {
	if s.Governance == nil {
		return nil
	}
	const action = governance.Action
	return append(s.governanceTextRoutes(),
		get(governancePath, signedIn, "consultation", s.duties),
		post(governancePath+"/designations", officer, action, s.nameHolder),
		post(governancePath+"/designations/{id}/fin", officer, action, s.endHolding),
		post(governancePath+"/responsabilites", officer, action, s.putDuty),
		post(governancePath+"/responsabilites/{code}/retirer", officer, action, s.removeDuty),
		post(governancePath+"/reglages", officer, action, s.putGovernanceSettings),

		get(governance.CalendarPath, signedIn, "consultation", s.calendar),
		get(governancePath+"/calendrier.ics", signedIn, "export", s.calendarFile),
		post(governancePath+"/calendrier/vacances", officer, action, s.putHolidays),
		get(governance.CalendarPath+"/nouvelle", officer, "", s.newTask),
		post(governance.CalendarPath+"/nouvelle", officer, action, s.putTask),
		post(governance.CalendarPath+"/report", officer, action, s.carryCalendar),
		get(governance.CalendarPath+"/{id}", officer, "consultation", s.task),
		post(governance.CalendarPath+"/{id}", officer, action, s.putTask),
		post(governance.CalendarPath+"/{id}/retirer", officer, action, s.removeTask),
		post(governance.CalendarPath+"/{id}/marque", signedIn, action, s.markTask),
	)
}

// governanceEntries are the group « Gouvernance » of the menu.
func (s *server) governanceEntries(viewer belvedere.Viewer) (out []menuEntry) {
	if s.Governance == nil {
		return nil
	}
	out = append(out,
		menuEntry{"Responsabilités", governancePath, signedIn},
		menuEntry{"Calendrier", governance.CalendarPath, signedIn},
		menuEntry{"Règles et procédures", governance.RulesPath, signedIn},
		menuEntry{"Questions et réponses", governance.QuestionsPath, signedIn},
		menuEntry{"Formations", governance.TrainingsPath, signedIn},
	)
	return append(out, s.coherenceEntry(viewer)...)
}

var governanceDone = map[string]string{
	"designe":    "La désignation est enregistrée.",
	"fin":        "La désignation a pris fin.",
	"enregistre": "C’est enregistré.",
	"retire":     "C’est retiré.",
	"reglages":   "Les délais sont enregistrés.",
	"reporte":    "Les échéances annuelles sont au calendrier de cette année.",
	"marque":     "L’échéance est à jour.",
	"version":    "La version est enregistrée.",
	"vigueur":    "La version est en vigueur : ceux qui doivent la lire sont prévenus.",
	"abrogee":    "La règle est abrogée.",
	"lu":         "Merci : votre lecture est notée.",
	"question":   "Votre question est posée : la personne qui en répond est prévenue.",
	"reponse":    "La réponse est enregistrée, et la personne qui a demandé est prévenue.",
	"inscrit":    "L’inscription est enregistrée.",
	"desinscrit": "L’inscription est retirée.",
	"presence":   "La présence est notée.",
	"accepte":    "Le constat est accepté, avec son motif.",
	"rouvert":    "Le constat est de nouveau à traiter.",
	"controle":   "Les règles ont été contrôlées sur les données d’aujourd’hui.",
}

func (s *server) governanceFrame(r *http.Request, title string, crumbs ...parts.Link) parts.Frame {
	f := s.frame(r, title)
	if title != "Qui répond de quoi" {
		f.Crumbs = append(f.Crumbs, parts.Link{Label: "Gouvernance", Address: governancePath})
	}
	f.Crumbs = append(append(f.Crumbs, crumbs...), parts.Link{Label: title})
	return f
}

// mendable tells whether an error is for who filled a form to mend.
func mendable(err error) bool {
	kind := belvedere.KindOf(err)
	return err != nil && (kind == belvedere.Invalid || kind == belvedere.Conflict)
}

// dutyOptions are the responsibilities as a list to choose from, after a first choice.
func (s *server) dutyOptions(r *http.Request, first ...parts.Option) ([]parts.Option, error) {
	list, err := s.Governance.Duties(r.Context())
	for _, d := range list {
		first = append(first, parts.Option{Value: d.Code, Label: d.Label})
	}
	return first, err
}

// duties shows who answers for what.
func (s *server) duties(w http.ResponseWriter, r *http.Request) error {
	return s.dutiesPage(w, r, http.StatusOK, pages.Governance{Holding: governance.HoldingForm{Place: string(registry.Titular)}})
}

func (s *server) dutiesPage(w http.ResponseWriter, r *http.Request, status int, p pages.Governance) (err error) {
	viewer := viewerOf(r)
	p.Frame, p.Manages, p.Done = s.governanceFrame(r, "Qui répond de quoi"), governance.Manages(viewer), governanceDone[r.URL.Query().Get("fait")]
	if p.Board, err = s.Governance.Board(r.Context(), viewer); err != nil {
		return err
	}
	if p.Duties, err = s.dutyOptions(r); err != nil {
		return err
	}
	if p.Settings, err = s.Governance.Settings(r.Context()); err != nil {
		return err
	}
	rules, err := s.Governance.Rules(r.Context(), viewer)
	if err != nil {
		return err
	}
	for _, one := range rules {
		if one.ToRead {
			p.ToRead++
		}
	}
	return s.write(w, r, status, pages.GovernancePage(p))
}

// nameHolder says who holds a responsibility.
func (s *server) nameHolder(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	f := governance.HoldingForm{Duty: clean(form.Get("responsabilite"), 40), Place: clean(form.Get("qualite"), 20), Who: clean(form.Get("qui"), 120),
		School: clean(form.Get("etablissement"), 8), From: clean(form.Get("du"), 20), To: clean(form.Get("au"), 20)}
	traceOf(r).about("responsabilité "+f.Duty, "rien de changé")
	h, err := s.Governance.Name(r.Context(), viewerOf(r), f)
	if mendable(err) {
		p := pages.Governance{Holding: f}
		p.Errors.Add("qui", belvedere.Message(err))
		return s.dutiesPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	traceOf(r).about("responsabilité "+h.Duty+" "+string(h.School), string(h.Place)+" : "+h.Name)
	doneAt(w, r, governancePath, "designe")
	return nil
}

func (s *server) endHolding(w http.ResponseWriter, r *http.Request) error {
	h, err := s.Governance.EndHolding(r.Context(), viewerOf(r), pathNumber(r))
	if err != nil {
		return err
	}
	traceOf(r).about("responsabilité "+h.Duty+" "+string(h.School), "fin : "+h.Name)
	doneAt(w, r, governancePath, "fin")
	return nil
}

func (s *server) putDuty(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	d := registry.Duty{Code: clean(form.Get("code"), 40), Label: clean(form.Get("nom"), 120), Mission: form.Get("mission")}
	traceOf(r).about("responsabilité "+d.Code, d.Label)
	err = s.Governance.PutDuty(r.Context(), viewerOf(r), d)
	if mendable(err) {
		p := pages.Governance{Duty: d, Holding: governance.HoldingForm{Place: string(registry.Titular)}}
		p.Errors.Add("code", belvedere.Message(err))
		return s.dutiesPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	doneAt(w, r, governancePath, "enregistre")
	return nil
}

func (s *server) removeDuty(w http.ResponseWriter, r *http.Request) error {
	code := clean(r.PathValue("code"), 40)
	traceOf(r).about("responsabilité "+code, "retrait")
	if err := s.Governance.RemoveDuty(r.Context(), viewerOf(r), code); err != nil {
		return err
	}
	doneAt(w, r, governancePath, "retire")
	return nil
}

func (s *server) putGovernanceSettings(w http.ResponseWriter, r *http.Request) error {
	form, err := posted(r)
	if err != nil {
		return err
	}
	x := governance.Settings{Escalation: wholeOf(form.Get("escalade")), Reminder: wholeOf(form.Get("rappel"))}
	traceOf(r).about("délais de la gouvernance", "transmettre après "+strconv.Itoa(x.Escalation)+" jours, rappeler tous les "+strconv.Itoa(x.Reminder))
	err = s.Governance.PutSettings(r.Context(), viewerOf(r), x)
	if mendable(err) {
		p := pages.Governance{Holding: governance.HoldingForm{Place: string(registry.Titular)}}
		p.Errors.Add("escalade", belvedere.Message(err))
		return s.dutiesPage(w, r, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	doneAt(w, r, governancePath, "reglages")
	return nil
}

// wholeOf reads a number of a form; what is none is -1, which no form admits.
func wholeOf(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return -1
	}
	return n
}

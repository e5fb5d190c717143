package api

import (
	"context"
	"net/http"
	"time"

	"belvedere"
	"belvedere/internal/notice"
	"belvedere/internal/registry"
)

// Notices are alerts and scheduled files; a notice.Service is one.
type Notices interface {
	Alerts(ctx context.Context, account int64) ([]registry.Alert, error)
	Events(ctx context.Context, viewer belvedere.Viewer, unseen bool, p registry.Page) ([]notice.EventLine, int, error)
	SayRule(a registry.Alert) string
	Schedules(ctx context.Context, viewer belvedere.Viewer, all bool) ([]registry.Schedule, error)
	Log(ctx context.Context, viewer belvedere.Viewer, list []registry.Schedule, p registry.Page) ([]notice.Sending, int, error)
}

// mostNotices bounds the events and sendings of one answer.
const mostNotices = 200

// own refuses programs: alerts and sendings belong to accounts.
func (s *server) own(r *http.Request) (belvedere.Viewer, error) {
	v := visitOf(r).caller.viewer
	if s.Notices == nil {
		return v, belvedere.Errorf(belvedere.NotFound, "Ce serveur n’a ni alertes ni envois.")
	}
	if v.ID == 0 || visitOf(r).caller.token != nil {
		return v, belvedere.Errorf(belvedere.Forbidden, "Alertes et envois appartiennent à des comptes\u00a0: demandez-les avec une session, ou au nom d’un compte.")
	}
	return v, nil
}

// alerts lists one's alerts and what they found, with the figures that one may see now.
func (s *server) alerts(w http.ResponseWriter, r *http.Request) error {
	v, err := s.own(r)
	if err != nil {
		return err
	}
	type alert struct {
		ID        int64    `json:"id"`
		Label     string   `json:"nom"`
		Indicator string   `json:"indicateur"`
		Rate      bool     `json:"taux"`
		Filters   []string `json:"filtres"`
		Each      bool     `json:"par_etablissement"`
		Rule      string   `json:"regle"`
		Rhythm    string   `json:"rythme"`
		Paused    bool     `json:"suspendue"`
	}
	type event struct {
		Alert  int64      `json:"alerte"`
		School string     `json:"etablissement,omitempty"`
		Text   string     `json:"constat,omitempty"`
		Period string     `json:"periode,omitempty"`
		At     time.Time  `json:"signale"`
		Seen   *time.Time `json:"vu,omitempty"`
		Hidden bool       `json:"ferme,omitempty"`
	}
	list, err := s.Notices.Alerts(r.Context(), v.ID)
	if err != nil {
		return err
	}
	alerts, events := []alert{}, []event{}
	for _, a := range list {
		alerts = append(alerts, alert{a.ID, a.Label, a.Indicator, a.Rate, append([]string{}, a.Filters...), a.Each, s.Notices.SayRule(a), a.Rhythm, a.Paused})
	}
	visitOf(r).covers(nil)
	found, total, err := s.Notices.Events(r.Context(), v, false, registry.Page{Limit: mostNotices})
	if err != nil {
		return err
	}
	for _, e := range found {
		one := event{Alert: e.Event.Alert, School: e.Event.Line, Text: e.Text, Period: e.When, At: e.Event.At, Hidden: e.Hidden}
		if !e.Event.Seen.IsZero() {
			one.Seen = &e.Event.Seen
		}
		events = append(events, one)
	}
	return s.answer(w, r, http.StatusOK, map[string]any{"alertes": alerts, "constats": events, "nombre": total})
}

// sendings lists the schedules that one set or receives, and what came of them.
func (s *server) sendings(w http.ResponseWriter, r *http.Request) error {
	v, err := s.own(r)
	if err != nil {
		return err
	}
	type schedule struct {
		ID      int64  `json:"id"`
		Label   string `json:"nom"`
		Address string `json:"page"`
		Format  string `json:"format"`
		Rhythm  string `json:"rythme"`
		Paused  bool   `json:"suspendu"`
	}
	type sending struct {
		Schedule int64     `json:"envoi"`
		Slot     string    `json:"echeance"`
		Who      string    `json:"destinataire"`
		At       time.Time `json:"le"`
		Result   string    `json:"resultat"`
		Detail   string    `json:"detail,omitempty"`
		Receipt  string    `json:"recu,omitempty"`
		Bytes    int64     `json:"octets"`
	}
	list, err := s.Notices.Schedules(r.Context(), v, truth(r.URL.Query().Get("tous")))
	if err != nil {
		return err
	}
	schedules, log := []schedule{}, []sending{}
	for _, one := range list {
		schedules = append(schedules, schedule{one.ID, one.Label, one.Address, one.Format, one.Rhythm, one.Paused})
	}
	runs, total, err := s.Notices.Log(r.Context(), v, list, registry.Page{Limit: mostNotices})
	if err != nil {
		return err
	}
	for _, run := range runs {
		log = append(log, sending{run.Number, run.Slot, run.Who, run.Claimed, run.Say, run.Detail, run.Receipt, run.Bytes})
	}
	return s.answer(w, r, http.StatusOK, map[string]any{"envois": schedules, "suivi": log, "nombre": total})
}

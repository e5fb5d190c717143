package governance

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/registry"
)

// presenceWords are the presences as people read them.
var presenceWords = map[registry.Presence]string{registry.Unsaid: "inscrit", registry.Present: "présent", registry.Absent: "absent"}

// WriteTrainings writes sessions and seats as a file of lines: all of them when id is 0.
func (s *Service) WriteTrainings(ctx context.Context, v belvedere.Viewer, id int64, w io.Writer) (err error) {
	defer belvedere.Wrap(&err, "WriteTrainings(%d)", id)
	if err := s.trains(ctx, v); err != nil {
		return err
	}
	list, err := s.Registry.Trainings(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"session", "date", "sujet", "prepare_a", "formateur", "lieu", "places", "identifiant", "nom", "presence"}}
	found := id == 0
	for _, t := range list {
		if id != 0 && t.ID != id {
			continue
		}
		found = true
		one, err := s.Session(ctx, v, t.ID)
		if err != nil {
			return err
		}
		head := []string{fmt.Sprint(t.ID), t.Day.Format(time.DateOnly), t.Label, one.TopicLabel, t.Trainer, t.Place, fmt.Sprint(t.Seats)}
		for _, seat := range one.Seats {
			rows = append(rows, append(slices.Clone(head), seat.Login, seat.Name, presenceWords[seat.Presence]))
		}
		if len(one.Seats) == 0 {
			rows = append(rows, append(head, "", "", ""))
		}
	}
	if !found {
		return belvedere.Errorf(belvedere.NotFound, "Cette session n’existe pas, ou plus.")
	}
	return export.Lines(w, slices.Values(rows))
}

// WriteCertificates writes who attended which session, one line for each certificate to give, under a
// number that stays the same: of everyone for those who keep the sessions, else of the viewer.
func (s *Service) WriteCertificates(ctx context.Context, v belvedere.Viewer, w io.Writer) (err error) {
	defer belvedere.Wrap(&err, "WriteCertificates")
	all := s.Trains(ctx, v)
	if !all && (v.Kind != belvedere.AccountViewer || v.ID == 0) {
		return belvedere.Errorf(belvedere.Forbidden, "Une personne qui s’est identifiée lit ses attestations.")
	}
	list, err := s.Registry.Trainings(ctx)
	if err != nil {
		return err
	}
	seats, err := s.Registry.Attendances(ctx, 0)
	if err != nil {
		return err
	}
	people, err := s.people(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"attestation", "identifiant", "nom", "session", "date", "horaire", "lieu", "formateur", "prepare_a"}}
	for _, t := range list {
		for _, a := range seats {
			if a.Training != t.ID || a.Presence != registry.Present || t.Cancelled || !all && a.Account != v.ID {
				continue
			}
			rows = append(rows, []string{fmt.Sprintf("F%d-%d", t.ID, a.Account), people[a.Account].Login, people[a.Account].Name(), t.Label, t.Day.Format(time.DateOnly), t.Hours, t.Place, t.Trainer, s.topicLabel(ctx, t.Topic)})
		}
	}
	return export.Lines(w, slices.Values(rows))
}

package diffusion

import (
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A Calendar says when what replaces counts already shown may enter.
type Calendar string

// The calendars.
const (
	Monthly Calendar = "mensuel" // the first of each month; also ""
	Weekly  Calendar = "hebdomadaire"
	Daily   Calendar = "quotidien"
)

// Label names a calendar for people, "" when it does not exist.
func (c Calendar) Label() string {
	switch c {
	case "", Monthly:
		return "le premier de chaque mois"
	case Weekly:
		return "chaque lundi"
	case Daily:
		return "chaque jour"
	}
	return ""
}

// start is the last date of the calendar at or before an instant.
func (c Calendar) start(now time.Time) time.Time {
	y, m, d := now.Date()
	switch c {
	case Weekly:
		return time.Date(y, m, d-(int(now.Weekday())+6)%7, 0, 0, 0, 0, now.Location())
	case Daily:
		return time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	}
	return time.Date(y, m, 1, 0, 0, 0, 0, now.Location())
}

// Next is the next date of the calendar after an instant.
func (c Calendar) Next(now time.Time) time.Time {
	start := c.start(now)
	switch c {
	case Weekly:
		return start.AddDate(0, 0, 7)
	case Daily:
		return start.AddDate(0, 0, 1)
	}
	return start.AddDate(0, 1, 0)
}

// Why a release was made; all but News let replacements enter.
const (
	News      = "nouveautés"
	Scheduled = "calendrier"
	Loaded    = "chargement"
	Asked     = "demande"
	Changed   = "règles"
)

// Reasons are the words that people read of them.
var Reasons = map[string]string{
	News: "nouveautés seules", Scheduled: "date du calendrier", Loaded: "fichier chargé à la main", Asked: "diffusion demandée", Changed: "premières règles ou règles changées",
}

// due tells whether the calendar has come to a date since the last release that let replacements enter.
func (s *Service) due(list []registry.Release, c Calendar) bool {
	start := c.start(s.Now().In(s.Zone))
	for _, r := range list {
		if r.Reason != News && !r.At.Before(start) {
			return false
		}
	}
	return true
}

// Keep makes the release of a date of the calendar, when one is due and something waits for it. The
// server calls it each day, and after each publication.
func (s *Service) Keep(ctx context.Context) error {
	edition, err := s.newest(ctx)
	if err != nil || edition == 0 {
		return err
	}
	st, err := s.At(ctx, edition)
	if err != nil || st == nil {
		return err
	}
	waiting, err := st.Waiting(ctx)
	if err != nil || waiting == 0 {
		return err
	}
	s.mu.Lock()
	due := s.due(s.list, s.rules.Calendar)
	s.mu.Unlock()
	if !due {
		return nil
	}
	return s.make(ctx, edition, Scheduled)
}

// Published releases an edition at once when someone loaded a file of it by hand.
func (s *Service) Published(ctx context.Context, edition int) error {
	deliveries, err := s.Registry.EditionDeliveries(ctx, edition)
	if err != nil {
		return err
	}
	programs, err := s.programs(ctx)
	if err != nil || !slices.ContainsFunc(deliveries, func(d belvedere.Delivery) bool { return !programs[d.Source] }) {
		return err
	}
	_, err = s.At(ctx, edition)
	return err
}

// Release releases at once what waits for the calendar, as someone asked for.
func (s *Service) Release(ctx context.Context) error {
	if s.Engine == nil {
		return errHeld()
	}
	edition, err := s.newest(ctx)
	if err != nil {
		return err
	}
	if edition == 0 {
		return belvedere.Errorf(belvedere.Invalid, "Rien n’est publié : il n’y a rien à diffuser.")
	}
	return s.make(ctx, edition, Asked)
}

// Waiting counts the sheets that show counts which have changed since.
func (s *State) Waiting(ctx context.Context) (int, error) {
	n := 0
	for dataset, years := range s.names {
		for year := range years {
			sheet, err := s.Sheet(ctx, dataset, year)
			if err != nil {
				return n, err
			}
			if sheet.held() {
				n++
			}
		}
	}
	return n, nil
}

// newest is the number of the newest edition, 0 for none.
func (s *Service) newest(ctx context.Context) (int, error) {
	list, _, err := s.Registry.ListEditions(ctx, registry.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].Number, nil
}

package governance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A Holiday is a time in which schools are closed.
type Holiday struct {
	First, Last time.Time
	Label       string
}

// mostHolidays is how many a territory keeps.
const mostHolidays = 100

// Holidays are those that the territory keeps, by date.
func (s *Service) Holidays(ctx context.Context) ([]Holiday, error) {
	kept, err := s.Registry.Settings(ctx)
	if err != nil {
		return nil, err
	}
	list, _ := readHolidays(kept[registry.SettingHolidays]) // which were read before they were kept
	return list, nil
}

// HolidayText writes holidays as people type them.
func HolidayText(list []Holiday) string {
	var b strings.Builder
	for _, h := range list {
		fmt.Fprintf(&b, "%s %s %s\n", h.First.Format(time.DateOnly), h.Last.Format(time.DateOnly), h.Label)
	}
	return b.String()
}

// PutHolidays keeps the holidays of a text in the place of those before: a line each, first day, last
// day, name. Nothing is kept when a line is wrong.
func (s *Service) PutHolidays(ctx context.Context, v belvedere.Viewer, text string) (n int, err error) {
	defer belvedere.Wrap(&err, "PutHolidays")
	if err := managing(v); err != nil {
		return 0, err
	}
	list, err := readHolidays(text)
	if err != nil {
		return 0, err
	}
	return len(list), s.Registry.PutSettings(ctx, map[string]string{registry.SettingHolidays: HolidayText(list)})
}

// readHolidays reads lines, and says which one is wrong and why.
func readHolidays(text string) (out []Holiday, err error) {
	at := 0
	for line := range strings.Lines(tidyText(text) + "\n") {
		at++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		fault := func(why string) error {
			return belvedere.Errorf(belvedere.Invalid, "Ligne %d, «\u00a0%.60s\u00a0»\u00a0: %s. Une ligne s’écrit «\u00a02026-10-17 2026-11-01 Toussaint\u00a0».", at, line, why)
		}
		words := strings.Fields(line)
		if len(words) < 3 {
			return nil, fault("le premier jour, le dernier jour et un nom sont attendus")
		}
		h := Holiday{Label: strings.Join(words[2:], " ")}
		var errs [2]error
		h.First, errs[0] = belvedere.ParseDate(words[0])
		h.Last, errs[1] = belvedere.ParseDate(words[1])
		switch {
		case errs[0] != nil:
			return nil, fault(errs[0].Error())
		case errs[1] != nil:
			return nil, fault(errs[1].Error())
		case h.Last.Before(h.First):
			return nil, fault("le dernier jour vient avant le premier")
		case h.Last.Sub(h.First) > 120*24*time.Hour:
			return nil, fault("des vacances de plus de quatre mois")
		case len([]rune(h.Label)) > 80:
			return nil, fault("le nom compte plus de 80 caractères")
		}
		out = append(out, h)
	}
	if len(out) > mostHolidays {
		return nil, belvedere.Errorf(belvedere.Invalid, "Au plus %d périodes de vacances sont gardées.", mostHolidays)
	}
	slices.SortFunc(out, func(a, b Holiday) int { return a.First.Compare(b.First) })
	return out, nil
}

// holidayOn is the holiday of a day, ok is false for none.
func holidayOn(list []Holiday, day time.Time) (Holiday, bool) {
	for _, h := range list {
		if !day.Before(h.First) && !day.After(h.Last) {
			return h, true
		}
	}
	return Holiday{}, false
}

// ahead is the day some days before another on which a reminder is read: the last one before a holiday
// in which it would fall.
func ahead(list []Holiday, day time.Time, n int) time.Time {
	day = day.AddDate(0, 0, -n)
	for range list { // one holiday may follow another
		h, off := holidayOn(list, day)
		if !off {
			break
		}
		day = h.First.AddDate(0, 0, -1)
	}
	return day
}

// closed says in words which dates of an entry fall in a holiday, "" when none does.
func closed(list []Holiday, first, last time.Time) string {
	a, begins := holidayOn(list, first)
	b, ends := holidayOn(list, last)
	switch {
	case begins && ends && a == b && !first.Equal(last):
		return "pendant\u00a0: " + a.Label
	case ends:
		return "finit pendant\u00a0: " + b.Label
	case begins:
		return "commence pendant\u00a0: " + a.Label
	}
	return ""
}

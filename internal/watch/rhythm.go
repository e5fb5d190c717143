package watch

import (
	"fmt"
	"time"

	"belvedere"
)

// A Rhythm is when something is sent.
type Rhythm string

// The rhythms. All but the first are due at Hour, in the time of the territory.
const (
	EachPublication Rhythm = "publication"
	EachDay         Rhythm = "jour"
	EachMonday      Rhythm = "lundi"
	EachMonth       Rhythm = "mois"
)

// Rhythms are all, in the order of menus.
var Rhythms = []Rhythm{EachPublication, EachDay, EachMonday, EachMonth}

// Label is the rhythm as menus show it.
func (r Rhythm) Label() string {
	switch r {
	case EachPublication:
		return "Après chaque publication"
	case EachDay:
		return "Chaque jour"
	case EachMonday:
		return "Chaque lundi"
	case EachMonth:
		return "Le premier du mois"
	}
	return string(r)
}

// Known tells whether the rhythm is one of ours.
func (r Rhythm) Known() bool { return r.Label() != string(r) }

// Hour is when days begin for what is sent: the night's deliveries are in by then.
const Hour = 7

// late is how long after a publication something is still sent for it.
const late = 7 * 24 * time.Hour

// Slot names the time for which something is due: once for each name. It is "" when nothing is
// due: before the hour, or when the time came before what is sent was set (since). A server that was
// away sends for the last day, week or month alone, and for the last edition.
func (r Rhythm) Slot(now time.Time, zone *time.Location, e belvedere.Edition, since time.Time) string {
	if r == EachPublication {
		if e.Number == 0 || !e.Published.After(since) || now.Sub(e.Published) > late {
			return ""
		}
		return fmt.Sprintf("édition %d", e.Number)
	}
	local := now.In(zone)
	y, m, d := local.Date()
	name := ""
	switch r {
	case EachDay:
		name = fmt.Sprintf("jour %04d-%02d-%02d", y, m, d)
	case EachMonday:
		d -= (int(local.Weekday()) + 6) % 7
		name = "semaine du " + time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	case EachMonth:
		d = 1
		name = fmt.Sprintf("mois %04d-%02d", y, m)
	default:
		return ""
	}
	start := time.Date(y, m, d, Hour, 0, 0, 0, zone)
	if now.Before(start) || !start.After(since) {
		return ""
	}
	return name
}

// Slots are the slots of an alert: one that follows publications is judged each day too, because
// what schools share ends and begins with days.
func (r Rhythm) Slots(now time.Time, zone *time.Location, e belvedere.Edition, since time.Time) []string {
	var out []string
	if s := r.Slot(now, zone, e, since); s != "" {
		out = append(out, s)
	}
	if r == EachPublication {
		if s := EachDay.Slot(now, zone, e, since); s != "" {
			out = append(out, s)
		}
	}
	return out
}

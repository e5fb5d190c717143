package tally

import (
	"time"

	"belvedere"
)

// A calendar is the days of a school year. Without it, holidays would count as lessons.
type calendar struct {
	first, last time.Time
	closed      []belvedere.Period
	known       bool // some file or someone gave the closures
}

// summer is the day after which no pupil comes when the school does not say when the year ends.
var summer = struct {
	month time.Month
	day   int
}{time.July, 5}

func (r *reading) calendar() (c calendar, err error) {
	c.first, c.last = r.year.First(), belvedere.Date(int(r.year)+1, summer.month, summer.day)
	var first, last string
	if _, err := r.tx.Get("SELECT debut_eleves, fin_eleves FROM annee_scolaire WHERE annee = ?", []any{int(r.year)}, &first, &last); err != nil {
		return c, err
	}
	if d, err := time.Parse(time.DateOnly, first); err == nil {
		c.first = d
	}
	if d, err := time.Parse(time.DateOnly, last); err == nil {
		c.last = d
	}
	err = r.tx.Each("SELECT debut, fin FROM fermeture WHERE annee = ?", []any{int(r.year)}, func(scan func(...any) error) error {
		if err := scan(&first, &last); err != nil {
			return err
		}
		from, bad := time.Parse(time.DateOnly, first)
		to, worse := time.Parse(time.DateOnly, last)
		if bad == nil && worse == nil {
			c.closed, c.known = append(c.closed, belvedere.Period{From: from, To: to.AddDate(0, 0, 1)}), true
		}
		return nil
	})
	return c, err
}

// open tells whether pupils come on a day.
func (c calendar) open(day time.Time) bool {
	if day.Before(c.first) || day.After(c.last) {
		return false
	}
	for _, p := range c.closed {
		if !day.Before(p.From) && day.Before(p.To) {
			return false
		}
	}
	return true
}

// days are the open days of a month, up to a last one.
func (c calendar) days(month, last time.Time) (list []time.Time) {
	for d := month; d.Before(month.AddDate(0, 1, 0)) && !d.After(last); d = d.AddDate(0, 0, 1) {
		if c.open(d) {
			list = append(list, d)
		}
	}
	return list
}

// weekday is 1 for Monday to 7 for Sunday, as lessons say it.
func weekday(d time.Time) int { return (int(d.Weekday())+6)%7 + 1 }

// monday is the Monday of the week of a day, as weeks of alternations are named.
func monday(d time.Time) string { return d.AddDate(0, 0, 1-weekday(d)).Format(time.DateOnly) }

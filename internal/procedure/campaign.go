package procedure

import (
	"time"

	"belvedere"
	"belvedere/internal/declaration"
)

// A Campaign is when a procedure may be filed: between two days, each year, or once.
type Campaign struct {
	opens, closes time.Time // of the year 2000 when each year is meant; both days included
	yearly        bool
}

// campaign reads the days of a declaration: 02-01 of each year, or 2027-02-01.
func (d *declared) campaign(n declaration.Node) {
	if !n.Set() {
		return
	}
	keys := n.Fields("opens", "closes")
	c := &Campaign{}
	read := func(key string) (time.Time, bool) {
		text := n.Word(keys, key, true)
		if day, err := time.Parse("2006-01-02", "2000-"+text); err == nil {
			return day, true
		}
		day, err := time.Parse("2006-01-02", text)
		if err != nil && text != "" {
			keys[key].Fault("un jour s’écrit 02-01 (chaque année) ou 2027-02-01")
		}
		return day, false
	}
	var each bool
	c.opens, c.yearly = read("opens")
	if c.closes, each = read("closes"); each != c.yearly {
		n.Fault("une campagne revient chaque année ou a lieu une fois : écrivez ses deux jours de la même façon")
	}
	if !c.yearly && c.closes.Before(c.opens) {
		n.Fault("une campagne se ferme après s’être ouverte")
	}
	d.p.Campaign = c
}

// window gives the campaign that a day is in, else the next one; ok is false after the only one.
func (c *Campaign) window(day time.Time) (opens, closes time.Time, ok bool) {
	if !c.yearly {
		return c.opens, c.closes, !day.After(c.closes)
	}
	for year := day.Year() - 1; ; year++ {
		opens, closes = onYear(c.opens, year), onYear(c.closes, year)
		if closes.Before(opens) { // from autumn to the next winter
			closes = onYear(c.closes, year+1)
		}
		if !day.After(closes) {
			return opens, closes, true
		}
	}
}

// onYear is a day of the year 2000 in another: 29 February is the 28 of common years.
func onYear(day time.Time, year int) time.Time {
	last := belvedere.Date(year, day.Month()+1, 1).AddDate(0, 0, -1).Day()
	return belvedere.Date(year, day.Month(), min(day.Day(), last))
}

// Open tells whether a procedure may be filed on a day, and says in words from when to when: "" for one
// that has no campaign.
func (p *Procedure) Open(day time.Time) (ok bool, says string) {
	if p.Campaign == nil {
		return true, ""
	}
	opens, closes, coming := p.Campaign.window(day)
	switch {
	case !coming:
		return false, "Cette campagne s’est close le " + belvedere.DayMonthYear(closes) + "."
	case day.Before(opens):
		return false, "Cette campagne ouvre le " + belvedere.DayMonthYear(opens) + ", et se clôt le " + belvedere.DayMonthYear(closes) + "."
	}
	return true, "Cette campagne est ouverte jusqu’au " + belvedere.DayMonthYear(closes) + "."
}

// Opening is Open today.
func (s *Service) Opening(p *Procedure) (bool, string) { return p.Open(s.today()) }

package lesson

import (
	"cmp"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Closure is days without lessons, both included.
type Closure struct {
	ID       int64
	From, To time.Time
	Label    string
	Typed    bool // by the school: imports keep it
}

// A Calendar is the days of a school year on which there may be lessons.
type Calendar struct {
	Year        belvedere.SchoolYear
	First, Last time.Time // of the pupils; First is zero when nobody tells
	Closures    []Closure
}

// Known tells whether anyone gave holidays. Until then each day is open.
func (c Calendar) Known() bool { return len(c.Closures) > 0 }

// Closed says why there is no lesson on a day, "" on an open one.
func (c Calendar) Closed(d time.Time) string {
	for _, x := range c.Closures {
		if !d.Before(x.From) && !d.After(x.To) {
			return cmp.Or(x.Label, "Fermeture")
		}
	}
	switch {
	case !c.First.IsZero() && d.Before(c.First):
		return "Avant la rentrée des élèves"
	case !c.Last.IsZero() && d.After(c.Last):
		return "Après la sortie des élèves"
	}
	return ""
}

// calendar reads the days of a year.
func calendar(tx *vault.Tx, year belvedere.SchoolYear) (c Calendar, err error) {
	c.Year = year
	var first, last string
	if _, err := tx.Get("SELECT debut_eleves, fin_eleves FROM annee_scolaire WHERE annee = ?", []any{int(year)}, &first, &last); err != nil {
		return c, err
	}
	c.First, _ = time.Parse(time.DateOnly, first) // empty: not told
	c.Last, _ = time.Parse(time.DateOnly, last)
	err = tx.Each("SELECT id, debut, fin, libelle, source = 'saisie' FROM fermeture WHERE annee = ? ORDER BY debut, id", []any{int(year)}, func(scan func(...any) error) error {
		var x Closure
		if err := scan(&x.ID, &first, &last, &x.Label, &x.Typed); err != nil {
			return err
		}
		from, bad := time.Parse(time.DateOnly, first)
		to, worse := time.Parse(time.DateOnly, last)
		if bad == nil && worse == nil {
			x.From, x.To = from, to
			c.Closures = append(c.Closures, x)
		}
		return nil
	})
	return c, err
}

// A holiday is a public one.
type holiday struct {
	day   time.Time
	label string
}

// holidays are the public holidays of metropolitan France in a school year, by date.
func holidays(year belvedere.SchoolYear) (list []holiday) {
	for y := int(year); y <= int(year)+1; y++ {
		easter := Easter(y)
		for _, h := range []holiday{
			{belvedere.Date(y, time.January, 1), "Jour de l’an"}, {easter.AddDate(0, 0, 1), "Lundi de Pâques"},
			{belvedere.Date(y, time.May, 1), "Fête du Travail"}, {belvedere.Date(y, time.May, 8), "Victoire de 1945"},
			{easter.AddDate(0, 0, 39), "Ascension"}, {easter.AddDate(0, 0, 50), "Lundi de Pentecôte"},
			{belvedere.Date(y, time.November, 1), "Toussaint"}, {belvedere.Date(y, time.November, 11), "Armistice de 1918"},
			{belvedere.Date(y, time.December, 25), "Noël"},
		} {
			if belvedere.SchoolYearOf(h.day) == year {
				list = append(list, h)
			}
		}
	}
	slices.SortFunc(list, func(a, b holiday) int { return a.day.Compare(b.day) })
	return list
}

// Easter is the Sunday of Easter of a year, by the Gregorian computus.
func Easter(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return belvedere.Date(y, time.Month(month), day)
}

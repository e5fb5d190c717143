package tally

import (
	"fmt"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A reading is what the counts of a year are made from: one state of the vault, on a day.
type reading struct {
	tx    *vault.Tx
	year  belvedere.SchoolYear
	today time.Time // calendar date at the school, within the year
	zone  *time.Location
}

// A counter fills the sheet of one dataset.
type counter struct {
	dataset string
	fill    func(r *reading, s *sheet) error
}

// counters are the datasets that the files of a school can feed, in the order in which they leave.
var counters = []counter{
	{"effectifs", (*reading).pupils},
	{"structures", (*reading).classes},
	{"personnels", (*reading).adults},
	{"salles", (*reading).rooms},
	{"occupation", (*reading).roomHours},
	{"comptes", (*reading).accounts},
	{"connexions", (*reading).connections},
	{"individus", (*reading).persons},
	{"assiduite", (*reading).attendance},
	{"assiduite_tranches", (*reading).attendanceBands},
}

// counters are those of schools, then those that person files declare.
func (s *Service) counters() []counter {
	return slices.Concat(counters, personCounters(s.Persons))
}

// Datasets names what may leave a school, in order.
func (s *Service) Datasets() []string {
	var names []string
	for _, c := range s.counters() {
		names = append(names, c.dataset)
	}
	return names
}

// newReading is of the day that a year is counted on: the current one, or its last when it is
// over. A year that has not begun has no day: ok is false.
func newReading(tx *vault.Tx, year belvedere.SchoolYear) (r *reading, ok bool) {
	v := tx.Vault()
	now := v.Now().In(v.Zone())
	r = &reading{tx: tx, year: year, zone: v.Zone(), today: belvedere.Date(now.Year(), now.Month(), now.Day())}
	if r.today.Before(year.First()) {
		return r, false
	}
	if last := year.End().AddDate(0, 0, -1); r.today.After(last) {
		r.today = last
	}
	return r, true
}

// now is the day of the count, which may be after the year.
func (r *reading) now() time.Time {
	v := r.tx.Vault()
	now := v.Now().In(v.Zone())
	return belvedere.Date(now.Year(), now.Month(), now.Day())
}

// sheetOf counts one dataset; a sheet without slice says that the vault knows nothing of it.
func sheetOf(r *reading, m *belvedere.Model, c counter) (*sheet, error) {
	d := m.Dataset(c.dataset)
	if d == nil {
		return nil, fmt.Errorf("the catalogue has no dataset %q", c.dataset)
	}
	s := newSheet(r.tx.Vault().UAI(), d)
	if err := c.fill(r, s); err != nil {
		return nil, fmt.Errorf("%s: %w", c.dataset, err)
	}
	return s, nil
}

// month is the first day of the month of a date.
func month(d time.Time) time.Time { return belvedere.Date(d.Year(), d.Month(), 1) }

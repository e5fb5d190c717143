// Package demo writes a fictional département in the published formats: the files that its
// schools would deliver. Nothing of it takes a shorter way into the program than anyone's
// files. The same seed and last day give the same bytes.
//
// La Sarvane has 60 collèges and 20 lycées and about 30,000 pupils over three school years
// that end on the last day. Some schools are late, some months are missing, some schools have
// no boarding, one has closed, two have merged. An engineering school delivers its students,
// results, hours, staff and budget, and a university its public accounts. All names and figures are invented.
//
// For three of its schools it also writes the files that their own tools would give, person by
// person: see WriteSchools.
package demo

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"belvedere"
)

// The territory that the files are about.
const (
	TerritoryName = "Département de la Sarvane"
	TerritoryCode = "D999"
)

// Options of a département.
type Options struct {
	Seed    uint64
	LastDay time.Time      // last calendar day with data, yesterday when zero
	Zone    *time.Location // of the clock that hours are read on, Europe/Paris when nil
}

// complete fills what is left out.
func (o Options) complete() (Options, error) {
	if o.Zone == nil {
		zone, err := time.LoadLocation("Europe/Paris")
		if err != nil {
			return o, err
		}
		o.Zone = zone
	}
	if o.LastDay.IsZero() {
		o.LastDay = time.Now().In(o.Zone).AddDate(0, 0, -1)
	}
	o.LastDay = belvedere.Date(o.LastDay.Date())
	return o, nil
}

// A File of the demonstration, in the order in which to load them.
type File struct {
	Dataset string // "" for the file of agreements, which is no delivery
	Path    string
}

// Name is the file without its folder.
func (f File) Name() string { return filepath.Base(f.Path) }

// Write writes the files into a folder, which it makes, and lists them.
func Write(ctx context.Context, dir string, o Options) (_ []File, err error) {
	defer belvedere.Wrap(&err, "demo.Write(%s)", dir)
	if o, err = o.complete(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	w := newWorld(dir, o)
	steps := []func() error{
		w.register, w.agreements, w.pupils, w.classes, w.staff, w.accounts, w.support, w.bands,
		w.attendance, w.discipline, w.rooms, w.pedagogy, w.messages, w.works, w.index, w.institution,
	}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	for _, month := range w.connectionMonths() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.connections(month); err != nil {
			return nil, err
		}
		if err := w.people(month); err != nil {
			return nil, err
		}
	}
	return w.files, w.peopleOfYears()
}

// world is the département while it is written.
type world struct {
	o       Options
	dir     string
	last    time.Time
	schools []*school
	files   []File
	uses    map[useKey]*use // connections of each school by day and medium, for distinct persons
}

func newWorld(dir string, o Options) *world {
	w := &world{o: o, dir: dir, last: o.LastDay, uses: map[useKey]*use{}}
	w.schools = w.makeSchools()
	return w
}

// years are the three school years, oldest first.
func (w *world) years() []belvedere.SchoolYear {
	y := belvedere.SchoolYearOf(w.last)
	return []belvedere.SchoolYear{y - 2, y - 1, y}
}

// months are the firsts of the months of a school year that have begun by the last day.
func (w *world) months(y belvedere.SchoolYear) []time.Time {
	var out []time.Time
	for m := y.First(); m.Before(y.End()) && !m.After(w.last); m = m.AddDate(0, 1, 0) {
		out = append(out, m)
	}
	return out
}

// closedMonths are the months of a year that are over by the last day, without the summer.
func (w *world) closedMonths(y belvedere.SchoolYear) []time.Time {
	var out []time.Time
	for _, m := range w.months(y) {
		if m.AddDate(0, 1, -1).After(w.last) || m.Month() == time.August {
			continue
		}
		out = append(out, m)
	}
	return out
}

// observations are the days on which states are noted: 15 September, then the first of each
// month from October to July. A year that has just begun is noted on its last day, so that its
// schools are not empty for two weeks.
func (w *world) observations(y belvedere.SchoolYear) []time.Time {
	var out []time.Time
	for _, m := range w.months(y) {
		d := m
		switch m.Month() {
		case time.September:
			d = m.AddDate(0, 0, 14)
		case time.August:
			continue
		}
		if !d.After(w.last) {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		out = append(out, w.last)
	}
	return out
}

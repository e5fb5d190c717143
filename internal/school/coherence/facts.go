package coherence

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// facts are the rows of a year that rules read.
type facts struct {
	year          belvedere.SchoolYear
	today         time.Time
	registrations []registration
	results       []result
	offer         []element
	rows          map[string]int // by kind
}

type registration struct {
	person                        int64
	nature, step, version, status string
	from, left                    string // days, "" when they are not said
}

type result struct {
	person                                 int64
	step, version, object, code, issue, at string
	session                                string
}

type element struct {
	step, version, element, label, nature, parent string
	shared, closed                                string // "oui", "non", "" when it is not said
	credits                                       float64
	credited                                      bool
}

// kindWords are the kinds as people read them.
var kindWords = map[string]string{kindRegistrations: "inscriptions", kindResults: "résultats", kindOffer: "offre de formation"}

// lacks names the kinds of a list of which the year has no row.
func (f *facts) lacks(kinds []string) string {
	var out []string
	for _, k := range kinds {
		if f.rows[k] == 0 {
			out = append(out, kindWords[k])
		}
	}
	return strings.Join(out, ", ")
}

// over tells whether the year has ended.
func (f *facts) over() bool { return !f.today.Before(f.year.End()) }

// load reads the rows of a year.
func (s *Service) load(ctx context.Context, uai belvedere.UAI, year belvedere.SchoolYear) (*facts, error) {
	f := &facts{year: year, today: s.Now(), rows: map[string]int{}}
	codes := map[string]string{} // each code once in memory, however many rows bear it
	text := func(v any) string {
		t, _ := v.(string)
		if kept, ok := codes[t]; ok {
			return kept
		}
		codes[t] = t
		return t
	}
	read := func(kind string, columns []string, add func(person int64, v []any)) error {
		for row, err := range s.Dossier.Select(ctx, inside, uai, dossier.Request{Kind: kind, Columns: columns, Where: ofYear(year)}) {
			if err != nil {
				return err
			}
			f.rows[kind]++
			add(row.Person, row.Values)
		}
		return nil
	}
	err := read(kindRegistrations, []string{"nature", "etape", "version_etape", "statut", "inscrit_le", "sorti_le"}, func(person int64, v []any) {
		f.registrations = append(f.registrations, registration{person, text(v[0]), text(v[1]), text(v[2]), text(v[3]), text(v[4]), text(v[5])})
	})
	if err != nil {
		return nil, err
	}
	err = read(kindResults, []string{"etape", "version_etape", "objet", "code_objet", "issue", "rendu_le", "session"}, func(person int64, v []any) {
		f.results = append(f.results, result{person, text(v[0]), text(v[1]), text(v[2]), text(v[3]), text(v[4]), text(v[5]), text(v[6])})
	})
	if err != nil {
		return nil, err
	}
	err = read(kindOffer, []string{"etape", "version_etape", "element", "libelle", "nature", "parent", "partage", "clos", "credits"}, func(_ int64, v []any) {
		e := element{step: text(v[0]), version: text(v[1]), element: text(v[2]), label: text(v[3]), nature: text(v[4]), parent: text(v[5]), shared: text(v[6]), closed: text(v[7])}
		e.credits, e.credited = v[8].(float64)
		f.offer = append(f.offer, e)
	})
	return f, err
}

// A step (étape) is named by its code and its version.
type step struct{ code, version string }

// String is the step as findings write it.
func (s step) String() string {
	if s.version == "" {
		return s.code
	}
	return s.code + "/" + s.version
}

// steps are the programmes of the offer with their elements, in the order of their names.
func (f *facts) steps() (order []step, of map[step][]element) {
	of = map[step][]element{}
	for _, e := range f.offer {
		at := step{e.step, e.version}
		if e.step == "" {
			continue
		}
		if of[at] == nil {
			order = append(order, at)
		}
		of[at] = append(of[at], e)
	}
	slices.SortFunc(order, func(a, b step) int { return strings.Compare(a.String(), b.String()) })
	return order, of
}

package app_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/territory/ingest"
)

// A fact is one row of a dataset as the oracle keeps it.
type fact struct {
	school  belvedere.UAI
	year    belvedere.SchoolYear
	day     time.Time // first of the month or of the counted period where the grain is coarser
	hour    int       // of the clock of the territory
	periode string
	dims    map[string]string
	values  map[string]float64 // absent measures are absent
}

// A snapshot is all that is in force at an edition.
type snapshot struct {
	register map[belvedere.UAI]map[string]string
	facts    map[string]map[string][]fact // by dataset, then by slice
}

// A world is an app fed with random deliveries, and what it should know at each edition.
type world struct {
	app      *app.App
	r        *rand.Rand
	zone     *time.Location
	schools  []belvedere.UAI // the last one never enters the register
	now      snapshot
	editions map[int]snapshot
	files    []map[string]string // delivered, by edition and dataset
}

// A shape says how rows of a dataset are drawn.
type shape struct {
	dataset string
	times   []string
	dims    map[string][]string
	most    int     // largest value
	absent  float64 // share of optional measures left empty
	keep    int     // measures drawn, in the order of the declaration; all when 0
}

var levels = []string{"6eme", "5eme", "2nde", "cap1", ""}

// Times stand around the ends of months and school years, and on the days of 23 and 25 hours.
var shapes = []shape{
	{dataset: "effectifs", times: []string{"2020-09-15", "2020-10-01", "2020-10-20", "2021-01-15", "2021-08-31", "2021-09-10", "2021-10-01", "2021-11-05"},
		dims: map[string][]string{"niveau": levels, "sexe": {"F", "M", ""}}, most: 60, absent: 0.25, keep: 4},
	{dataset: "structures", times: []string{"2020-09-20", "2020-10-20", "2021-01-31", "2021-09-10", "2021-11-30"},
		dims: map[string][]string{"niveau": levels}, most: 4},
	{dataset: "connexions", times: []string{"2020-10-24", "2020-10-25", "2020-10-26", "2020-12-31", "2021-01-01", "2021-03-27", "2021-03-28", "2021-08-31", "2021-09-01", "2021-10-31"},
		dims: map[string][]string{"profil": {"eleves", "enseignants", "personnels", "vie_scolaire"}, "support": {"logiciel", "web", "web_mobile", "application"}, "ent": {"oui", "non", ""}}, most: 30},
	{dataset: "individus", times: []string{"annee;2020-09-01", "annee;2021-09-01", "mois;2020-09-01", "mois;2020-10-01", "mois;2021-09-01", "jour;2020-09-01", "jour;2020-10-24", "jour;2020-10-25", "jour;2021-09-01"},
		dims: map[string][]string{"profil": {"ensemble", "eleves", "enseignants"}, "support": {"ensemble", "net", "mobile"}, "ent": {"ensemble", "oui"}}, most: 40},
	{dataset: "comptes", times: []string{"2020-09-01", "2020-10-24", "2021-02-01", "2021-09-15"},
		dims: map[string][]string{"profil": {"eleves", "enseignants", "personnels", "vie_scolaire", "autres"}, "sexe": {"F", "M", ""}}, most: 50},
	{dataset: "assiduite", times: []string{"2020-09", "2020-10", "2020-12", "2021-03", "2021-08", "2021-09", "2021-10"},
		dims: map[string][]string{"niveau": levels}, most: 90, absent: 0.3},
	{dataset: "discipline", times: []string{"2020-09", "2020-10", "2021-01", "2021-09"},
		dims: map[string][]string{"niveau": levels}, most: 9, absent: 0.3},
	{dataset: "accompagnement", times: []string{"2020-10-01", "2021-01-15", "2021-09-10"},
		dims: map[string][]string{"niveau": levels}, most: 9, absent: 0.3},
	{dataset: "assiduite_tranches", times: []string{"2020-10-01", "2021-06-30", "2021-10-01"},
		dims: map[string][]string{"evenement": {"absence", "retard", "sanction"}, "tranche": {"0", "1_4", "1_2"}, "niveau": {"6eme", ""}}, most: 9},
	{dataset: "pedagogie", times: []string{"2020-09", "2020-10", "2021-08", "2021-09", "2021-10"},
		dims: map[string][]string{"niveau": levels}, most: 20, absent: 0.3},
	{dataset: "salles", times: []string{"2020-09", "2020-10", "2021-01", "2021-09"}, most: 20},
	{dataset: "occupation", times: []string{"2020-09", "2020-10", "2021-09"}, most: 20},
	{dataset: "ips", times: []string{"2019", "2020", "2021"}, most: 50},
	{dataset: "personnels", times: []string{"2020-09-15", "2021-01-15", "2021-10-01"},
		dims: map[string][]string{"categorie": {"administratifs", "vie_scolaire", "autres", ""}}, most: 9, absent: 0.3},
}

// newWorld opens an app and publishes a register and a few editions of figures.
func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	return fillWorld(t, seed, openBare(t))
}

// fillWorld does so in an app that is open.
func fillWorld(t *testing.T, seed uint64, a *app.App) *world {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{app: a, r: rand.New(rand.NewPCG(seed, 35)), zone: zone, editions: map[int]snapshot{}}
	w.now = snapshot{map[belvedere.UAI]map[string]string{}, map[string]map[string][]fact{}}
	for i := range 7 {
		w.schools = append(w.schools, belvedere.UAI(uai(t, fmt.Sprintf("999%04d", 11*i+1))))
	}
	for edition := range 3 {
		files := map[string]string{}
		if edition != 1 {
			files["etablissements"] = w.register(edition)
		}
		for _, s := range shapes {
			if edition == 0 || w.r.IntN(2) == 0 {
				if file := w.figures(t, s); strings.Count(file, "\n") > 1 {
					files[s.dataset] = file
				}
			}
		}
		w.deliver(t, files)
	}
	return w
}

// pick draws one of a list.
func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// deliver publishes one file per dataset in one edition and keeps what is then in force.
func (w *world) deliver(t *testing.T, files map[string]string) {
	t.Helper()
	ctx := context.Background()
	var seqs []int64
	for _, dataset := range slices.Sorted(maps.Keys(files)) {
		id := fmt.Sprintf("%s-%d", dataset, len(w.editions))
		d, _, err := w.app.Ingest.Accept(ctx, ingest.Submission{ID: id, Source: "oracle", Dataset: dataset, FileName: id, Body: strings.NewReader(files[dataset])})
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, d.Seq)
	}
	if _, err := w.app.Ingest.Process(ctx, seqs, nil); err != nil {
		t.Fatal(err)
	}
	for _, seq := range seqs {
		if d, err := w.app.Registry.Delivery(ctx, seq); err != nil || d.State != belvedere.Published {
			t.Fatalf("%s: %v %s %s\n%s", d.FileName, err, d.State, d.Reason, files[d.Dataset])
		}
	}
	edition, err := w.app.Reporter.Edition(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	copied := snapshot{maps.Clone(w.now.register), map[string]map[string][]fact{}}
	for dataset, slices := range w.now.facts {
		copied.facts[dataset] = maps.Clone(slices)
	}
	w.editions[edition.Number] = copied
	w.files = append(w.files, files)
}

// register writes the records of schools; the first edition leaves one of them out.
func (w *world) register(edition int) string {
	names := []string{"nom", "type", "secteur", "commune", "internat", "ouverture", "fermeture"}
	var b strings.Builder
	b.WriteString("etablissement;" + strings.Join(names, ";") + "\n")
	for i, u := range w.schools[:len(w.schools)-1] {
		if edition == 0 && i == 1 || edition > 0 && w.r.IntN(2) == 0 && i != 1 {
			continue
		}
		record := map[string]string{
			"nom": fmt.Sprintf("École %c", 'G'-i), "type": pick(w.r, "college", "college", "lycee", ""), "secteur": pick(w.r, "public", "prive", ""),
			"commune": pick(w.r, "Rennes", "Saint", "Malo", "Saint Malo", ""), "internat": pick(w.r, "oui", "non", ""),
			"ouverture": pick(w.r, "", "", "", "2021-02-01"), "fermeture": pick(w.r, "", "", "", "2021-07-06"),
		}
		w.now.register[u] = record
		b.WriteString(string(u))
		for _, name := range names {
			b.WriteString(";" + record[name])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// figures writes a file of one dataset and puts its slices in force.
func (w *world) figures(t *testing.T, s shape) string {
	t.Helper()
	d := w.app.Model.Dataset(s.dataset)
	measures := d.Measures
	if s.keep > 0 {
		measures = measures[:s.keep]
	}
	var b bytes.Buffer
	b.WriteString("etablissement;" + map[belvedere.TimeGrain]string{belvedere.ByPeriod: "periode;debut"}[d.Time])
	if d.Time != belvedere.ByPeriod {
		b.WriteString(string(d.Time))
	}
	for _, dim := range d.Dimensions {
		b.WriteString(";" + dim.Name)
	}
	for _, m := range measures {
		b.WriteString(";" + m.Name)
	}
	b.WriteByte('\n')
	fresh := map[string][]fact{}
	for _, u := range w.schools {
		if w.r.IntN(5) == 0 {
			continue // a school that this delivery leaves alone
		}
		for _, at := range s.times {
			if w.r.IntN(5) < 2 {
				w.slice(t, &b, s, d, measures, u, at, fresh)
			}
		}
	}
	if w.now.facts[s.dataset] == nil {
		w.now.facts[s.dataset] = map[string][]fact{}
	}
	maps.Copy(w.now.facts[s.dataset], fresh)
	return b.String()
}

// slice writes the rows of one school and time.
func (w *world) slice(t *testing.T, b *bytes.Buffer, s shape, d *belvedere.Dataset, measures []belvedere.Measure, u belvedere.UAI, at string, fresh map[string][]fact) {
	t.Helper()
	full := w.r.IntN(3) == 0 // rows of all details, or a few of them
	detailed := w.r.IntN(4) > 0
	for _, combination := range combinations(d, s.dims) {
		if !full && w.r.IntN(3) > 0 || !detailed && slices.ContainsFunc(d.Dimensions, func(x belvedere.Dimension) bool { return x.Optional && combination[x.Name] != "" }) {
			continue
		}
		text, f := w.moment(t, d, at)
		f.school, f.dims, f.values = u, combination, map[string]float64{}
		row := []string{string(u), text}
		for _, dim := range d.Dimensions {
			row = append(row, combination[dim.Name])
		}
		for _, m := range measures {
			cell := ""
			if m.Required || w.r.Float64() >= s.absent {
				v := float64(w.r.IntN(s.most) * w.r.IntN(2)) // zeros are common
				if m.Decimal {
					v += 0.25
				}
				f.values[m.Name], cell = v, strings.ReplaceAll(strconv.FormatFloat(v, 'f', -1, 64), ".", ",")
			}
			row = append(row, cell)
		}
		if len(f.values) == 0 {
			continue
		}
		b.WriteString(strings.Join(row, ";") + "\n")
		key := fmt.Sprint(u, at)
		fresh[key] = append(fresh[key], f)
	}
}

// moment writes the time of a row, and tells it as the territory reads it.
func (w *world) moment(t *testing.T, d *belvedere.Dataset, at string) (string, fact) {
	t.Helper()
	var f fact
	must := func(layout, s string) time.Time {
		day, err := time.Parse(layout, s)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	switch d.Time {
	case belvedere.ByHour:
		day := must("2006-01-02", at)
		wall := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, w.zone)
		hours := int(wall.AddDate(0, 0, 1).Sub(wall) / time.Hour)
		instant := wall.Add(time.Duration(w.r.IntN(min(hours, 5))) * time.Hour)
		if w.r.IntN(3) == 0 {
			instant = wall.Add(time.Duration(hours-1) * time.Hour)
		}
		f.day, f.hour = day, instant.Hour()
		at = pick(w.r, instant.Format(time.RFC3339), instant.UTC().Format(time.RFC3339))
	case belvedere.ByDay:
		f.day = must("2006-01-02", at)
	case belvedere.ByMonth:
		f.day = must("2006-01", at)
	case belvedere.ByYear:
		year, err := belvedere.ParseSchoolYear(at)
		if err != nil {
			t.Fatal(err)
		}
		f.day = year.First()
	case belvedere.ByPeriod:
		kind, start, _ := strings.Cut(at, ";")
		f.periode, f.day = kind, must("2006-01-02", start)
	}
	f.year = belvedere.SchoolYearOf(f.day)
	return at, f
}

// combinations are all the codes of the dimensions of a dataset that a shape draws.
func combinations(d *belvedere.Dataset, dims map[string][]string) []map[string]string {
	out := []map[string]string{{}}
	for _, dim := range d.Dimensions {
		var next []map[string]string
		for _, one := range out {
			for _, code := range dims[dim.Name] {
				c := maps.Clone(one)
				c[dim.Name] = code
				next = append(next, c)
			}
		}
		out = next
	}
	return out
}

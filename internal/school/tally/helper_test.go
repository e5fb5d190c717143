package tally_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/school/tally"
	"belvedere/internal/school/vault"
	"belvedere/internal/territory/semantic"
)

const (
	school = belvedere.UAI("0999901Z")
	year   = belvedere.SchoolYear(2026)
)

var model = sync.OnceValue(func() *belvedere.Model {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		panic(err)
	}
	return m
})

func head() belvedere.Viewer {
	return belvedere.Viewer{ID: 3, Login: "Helene@AUBRY", Kind: belvedere.AccountViewer, School: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}}}
}

func operator() belvedere.Viewer {
	return belvedere.Viewer{Login: "operateur", Kind: belvedere.Operator}
}

// A desk is the service over one vault, at a time that tests move, with a territory that answers as they say.
type desk struct {
	*tally.Service
	v   *vault.Vault
	now time.Time
	got []tally.Submission
	// answer replaces what the territory says of a file; nil acknowledges it.
	answer func(s tally.Submission) (tally.Receipt, error)
}

func (d *desk) Vault(context.Context, belvedere.UAI, bool) (*vault.Vault, error) { return d.v, nil }
func (d *desk) List() ([]belvedere.UAI, error)                                   { return []belvedere.UAI{school}, nil }

func (d *desk) Accept(_ context.Context, s tally.Submission) (tally.Receipt, error) {
	if d.answer != nil {
		if r, err := d.answer(s); err != nil {
			return r, err
		}
	}
	d.got = append(d.got, s)
	return tally.Receipt{Number: int64(len(d.got)), State: belvedere.Received}, nil
}

func (d *desk) Follow(_ context.Context, s tally.Submission) (tally.Receipt, error) {
	for i, one := range d.got {
		if one.ID == s.ID {
			return tally.Receipt{Number: int64(i + 1), State: belvedere.Published, Edition: 40 + i}, nil
		}
	}
	return tally.Receipt{}, belvedere.Errorf(belvedere.NotFound, "unknown")
}

// newDesk is a school on a day, at nine.
func newDesk(t testing.TB, day string) *desk {
	t.Helper()
	d := &desk{}
	d.at(day)
	clock := func() time.Time { return d.now }
	var err error
	if d.v, err = vault.Open(context.Background(), t.TempDir(), school, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(clock)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.v.Close() })
	d.Service = tally.New(tally.Config{Vaults: d, Model: model(), Local: d, Now: clock, Persons: persons().Kinds})
	return d
}

func (d *desk) at(day string) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	d.now = t.Add(9 * time.Hour)
}

// exec writes to the vault.
func (d *desk) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if err := d.v.Write(context.Background(), func(tx *vault.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// order counts, and tells how many files wait.
func (d *desk) order(t testing.TB, o tally.Order) int {
	t.Helper()
	n, err := d.Enqueue(context.Background(), school, o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (d *desk) send(t testing.TB) tally.Outcome {
	t.Helper()
	out, err := d.Send(context.Background(), school)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rows are those of a file, by column.
func rows(t testing.TB, body []byte) (list []map[string]string) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(body))
	r.Comma = ';'
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		list = append(list, row)
	}
	return list
}

// counted are the rows that leave for a dataset, as the vault stands.
func (d *desk) counted(t testing.TB, dataset string) []map[string]string {
	t.Helper()
	files, err := d.Preview(context.Background(), operator(), school, year)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Dataset == dataset {
			return rows(t, f.Body)
		}
	}
	return nil
}

// sum adds a column over the rows that have given values.
func sum(list []map[string]string, column string, where ...string) (n int) {
	for _, r := range list {
		ok := true
		for i := 0; i < len(where); i += 2 {
			ok = ok && r[where[i]] == where[i+1]
		}
		if ok {
			v, _ := strconv.Atoi(r[column])
			n += v
		}
	}
	return n
}

// A person of the fictional school, as the test knows her.
type person struct {
	id                     int
	sort, profile, account string
	level, division, sex   string
	pension                string
	bus, enrolled          bool
	halves, lates          int
}

// A filler puts rows at random into a vault, in one transaction.
type filler struct {
	t      testing.TB
	tx     *vault.Tx
	r      *rand.Rand
	people []*person
	visits []visit
}

// populate fills a vault with people, roll calls and connections drawn at random.
func populate(t testing.TB, d *desk, r *rand.Rand) (people []*person, visits []visit) {
	t.Helper()
	f := &filler{t: t, r: r}
	err := d.v.Write(context.Background(), func(tx *vault.Tx) error {
		f.tx = tx
		f.pupils()
		f.adults()
		for _, code := range []string{"6A", "5B", "4C"} {
			f.put("INSERT INTO division (annee, code, cle, niveau, source) VALUES (2026, ?, ?, ?, 'sts')", code, code, code[:1]+"eme")
		}
		for i, p := range f.people {
			if p.account = f.pick("", "ouvert", "prepare"); p.account != "" {
				f.put("INSERT INTO compte (qui, qui_id, identifiant, profil, etat, cree) VALUES (?, ?, ?, ?, ?, 0)", p.sort, p.id, fmt.Sprint("id", i), p.profile, p.account)
			}
		}
		f.connections(d.v.Zone())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f.people, f.visits
}

func (f *filler) put(query string, args ...any) int {
	f.t.Helper()
	n, err := f.tx.Exec(query, args...)
	if err != nil {
		f.t.Fatalf("%s: %v", query, err)
	}
	return int(n)
}

func (f *filler) pick(list ...string) string { return list[f.r.IntN(len(list))] }

func (f *filler) pupils() {
	for i := range 60 {
		p := &person{id: i + 1, sort: vault.Pupil, profile: "eleves", level: f.pick("6eme", "5eme", "5eme_segpa", "ulis", ""), division: f.pick("6A", "5B"), sex: f.pick("F", "M", ""),
			pension: f.pick("externe", "demi_pension", "internat", "interne_externe", "demi_pension_ailleurs"), bus: f.r.IntN(2) == 0, enrolled: f.r.IntN(5) > 0}
		exit := ""
		if !p.enrolled {
			exit = "2026-09-10"
		}
		f.put("INSERT INTO eleve (id, nom, prenom, sexe, cle, source, cree, vu) VALUES (?, ?, ?, ?, ?, 'siecle', 0, 0)", p.id, fmt.Sprint("NOM", i), "Prenom", p.sex, fmt.Sprint("NOM", i))
		f.put(`INSERT INTO scolarite (annee, eleve, mef, niveau, division, pension, transport, entree, sortie, present, scolarise, source, import)
			VALUES (2026, ?, '10010012110', ?, ?, ?, ?, '2026-09-01', ?, 1, ?, 'siecle', 1)`, p.id, p.level, p.division, p.pension, p.bus, exit, p.enrolled)
		for range f.r.IntN(25) {
			day := time.Date(2026, 9, 1+f.r.IntN(60), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			p.halves += f.put("INSERT INTO demi_journee (annee, eleve, jour, moitie) VALUES (2026, ?, ?, ?) ON CONFLICT DO NOTHING", p.id, day, f.pick("matin", "apres_midi"))
		}
		for range f.r.IntN(3) {
			f.put("INSERT INTO retard (annee, eleve, jour, debut, minutes, origine, le, par) VALUES (2026, ?, '2026-09-14', 480, 5, 'appel', 0, '')", p.id)
			p.lates++
		}
		f.people = append(f.people, p)
	}
}

func (f *filler) adults() {
	for i := range 40 {
		p := &person{id: i + 1, sort: vault.Guardian, profile: "responsables"}
		f.put("INSERT INTO personne (id, nom, prenom, cle, source, present, cree, vu) VALUES (?, ?, 'P', ?, 'siecle', 1, 0, 0)", p.id, fmt.Sprint("RESP", i), fmt.Sprint("RESP", i))
		f.put("INSERT INTO lien (annee, eleve, personne, parente, niveau, source) VALUES (2026, ?, ?, '10', ?, 'siecle') ON CONFLICT DO NOTHING", 1+f.r.IntN(60), p.id, 1+f.r.IntN(3))
		f.people = append(f.people, p)
	}
	for i := range 12 {
		p := &person{id: i + 1, sort: vault.Staff, profile: f.pick("enseignants", "vie_scolaire", "administratifs", "accompagnants", "personnels")}
		f.put("INSERT INTO personnel (id, nom, prenom, cle, source, cree, vu) VALUES (?, ?, 'P', ?, 'sts', 0, 0)", p.id, fmt.Sprint("AGENT", i), fmt.Sprint("AGENT", i))
		f.put("INSERT INTO affectation (annee, personnel, enseignant, categorie, source) VALUES (2026, ?, ?, ?, 'sts')", p.id, p.profile == "enseignants", p.profile)
		f.people = append(f.people, p)
	}
}

func (f *filler) connections(zone *time.Location) {
	for i := range 800 {
		p := f.people[f.r.IntN(len(f.people))]
		at := time.Date(2026, 10, 24+f.r.IntN(10), f.r.IntN(24), f.r.IntN(60), f.r.IntN(60), 0, time.UTC)
		v := visit{p, at, f.pick("logiciel", "web", "web_mobile", "application"), []any{nil, 0, 1}[f.r.IntN(3)]}
		n := f.put(`INSERT INTO connexion (annee, instant, jour, heure, qui, qui_id, usager, profil, support, ent, import) VALUES (2026, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`,
			vault.Micros(at)+int64(i), vault.Day(at.In(zone)), at.In(zone).Hour(), p.sort, p.id, "h"+strconv.Itoa(i), f.pick(p.profile, ""), v.media, v.ent)
		if n > 0 {
			f.visits = append(f.visits, v)
		}
	}
}

// A visit is one connection.
type visit struct {
	who   *person
	at    time.Time
	media string
	ent   any
}

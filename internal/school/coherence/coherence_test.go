package coherence_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/school/coherence"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
	"belvedere/internal/territory/semantic"
)

const school = belvedere.UAI("0350937D")

var shipped = sync.OnceValue(func() *dossier.Catalog {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		panic(err)
	}
	c, err := dossier.Load(m, catalog.FS)
	if err != nil {
		panic(err)
	}
	return c
})

// A desk is the rules over one vault, with a clock that tests move.
type desk struct {
	*coherence.Service
	dossier *dossier.Service
	v       *vault.Vault
	now     time.Time
	told    []coherence.News
	t       *testing.T
	ctx     context.Context
}

func (d *desk) Vault(context.Context, belvedere.UAI, bool) (*vault.Vault, error) { return d.v, nil }
func (d *desk) List() ([]belvedere.UAI, error)                                   { return []belvedere.UAI{school}, nil }

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, ctx: context.Background(), now: time.Date(2026, 11, 14, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return d.now }
	var err error
	d.v, err = vault.Open(d.ctx, t.TempDir(), school, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(clock))
	d.must(err)
	t.Cleanup(func() { d.v.Close() })
	d.dossier = dossier.New(dossier.Config{Vaults: d, Catalog: shipped(), Now: clock})
	d.Service = coherence.New(coherence.Config{Vaults: d, Dossier: d.dossier, Now: clock, Tell: func(_ context.Context, n coherence.News) error { d.told = append(d.told, n); return nil }})
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// The people of the tests.
var (
	registrar = belvedere.Viewer{ID: 3, Login: "scolarite", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}},
		Grants: []belvedere.Grant{{Capability: belvedere.Extractor, Level: belvedere.Identities, Schools: []belvedere.UAI{school}}}}
	author = belvedere.Viewer{ID: 7, Login: "auteur", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}},
		Grants: []belvedere.Grant{{Capability: belvedere.Author}, {Capability: belvedere.Extractor, Level: belvedere.Pseudonyms, Schools: []belvedere.UAI{school}}}}
	weak   = belvedere.Viewer{ID: 4, Login: "secretaire", Kind: belvedere.AccountViewer, School: true, Scope: belvedere.Scope{Own: []belvedere.UAI{school}}}
	boss   = belvedere.Viewer{ID: 1, Login: "admin", Kind: belvedere.AccountViewer, Admin: true, Strong: true, Scope: belvedere.Scope{AllSchools: true}}
	other  = belvedere.Viewer{ID: 5, Login: "voisin", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{"0350001L"}}}
	reader = belvedere.Viewer{ID: 6, Login: "lecteur", Kind: belvedere.AccountViewer, Strong: true, Scope: belvedere.Scope{AllSchools: true}}
)

// load imports rows of a kind, "column=value" each, in the place of those of their slices.
func (d *desk) load(kind string, lines ...string) {
	d.t.Helper()
	k := shipped().Kinds.Kind(kind)
	text := strings.Join(lines, "\n")
	batch := dossier.Batch{Files: []dossier.File{{Name: kind + ".csv", Data: strings.NewReader(text), Size: int64(len(text))}}, Mapping: "test", Fill: func(into dossier.Sink) error {
		for i, line := range lines {
			cells := make([]string, len(k.Columns))
			for one := range strings.SplitSeq(line, ";") {
				name, value, _ := strings.Cut(one, "=")
				if name == "" {
					continue
				}
				at := slices.IndexFunc(k.Columns, func(c dossier.Column) bool { return c.Name == strings.TrimSpace(name) })
				if at < 0 {
					d.t.Fatalf("no column %s in %s", name, kind)
				}
				cells[at] = value
			}
			if err := into.Row(k, dossier.Place{File: kind + ".csv", Line: int64(i + 2)}, cells); err != nil {
				return err
			}
		}
		return nil
	}}
	r, err := d.dossier.Import(d.ctx, registrar, school, batch)
	d.must(err)
	if len(r.Faults) > 0 {
		d.t.Fatalf("%s: %+v", kind, r.Faults)
	}
}

// found checks a year and gives what a rule found, by its object.
func (d *desk) found(rule string) (objects []string) {
	d.t.Helper()
	d.must(d.Check(d.ctx, registrar, school, 2025))
	list, err := d.Findings(d.ctx, registrar, school, 2025, rule, coherence.Fresh)
	d.must(err)
	for _, t := range list {
		objects = append(objects, t.Object)
		if strings.Contains(t.Message, "Martin") || strings.Contains(t.Message, "N001") {
			d.t.Errorf("the text of a finding names someone: %q", t.Message)
		}
	}
	return objects
}

// rows of a year, written short.
func registered(nip, step, rest string) string {
	return "annee=2025;nip=" + nip + ";nom=Martin;prenom=Lou;etape=" + step + ";" + rest
}
func result(nip, step, rest string) string {
	return "annee=2025;nip=" + nip + ";etape=" + step + ";" + rest
}
func offered(step, code, rest string) string {
	return "annee=2025;etape=" + step + ";element=" + code + ";" + rest
}

// TestRules gives each rule a case in which it finds and one in which it does not.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name, rule string
		rows       map[string][]string
		want       []string
	}{
		{"closed by one of two", "elements_partages", map[string][]string{"offre": {offered("L1", "UE1", "partage=oui;clos=oui"), offered("L2", "UE1", "partage=oui;clos=non")}}, []string{"UE1"}},
		{"closed by both", "elements_partages", map[string][]string{"offre": {offered("L1", "UE1", "clos=oui"), offered("L2", "UE1", "clos=oui"), offered("L1", "UE2", "clos=non")}}, nil},
		{"closed twice in one", "elements_partages", map[string][]string{"offre": {offered("L1", "UE1", "parent=A;clos=oui"), offered("L1", "UE1", "parent=B;clos=non")}}, nil},
		{"58 credits", "credits_etape", map[string][]string{"offre": {offered("L1", "UE1", "credits=30"), offered("L1", "UE2", "credits=28"), offered("L1", "M1", "parent=UE1;credits=30")}}, []string{"L1"}},
		{"60 credits", "credits_etape", map[string][]string{"offre": {offered("L1", "UE1", "credits=30"), offered("L1", "UE2", "credits=30"), offered("L1", "M1", "parent=UE1;credits=30"), offered("L2", "UE1", "")}}, nil},
		{"30 as declared", "credits_etape", map[string][]string{"offre": {offered("S1", "S1", "credits=30"), offered("S1", "UE1", "parent=S1;credits=30")}}, nil},
		{"25 for 30 declared", "credits_etape", map[string][]string{"offre": {offered("S1", "S1", "credits=30"), offered("S1", "UE1", "parent=S1;credits=25")}}, []string{"S1"}},
		{"parts of 5 in 6", "credits_element", map[string][]string{"offre": {offered("L1", "UE1", "credits=6"), offered("L1", "M1", "parent=UE1;credits=2"), offered("L1", "M2", "parent=UE1;credits=3")}}, []string{"UE1"}},
		{"parts of 6", "credits_element", map[string][]string{"offre": {offered("L1", "UE1", "credits=6"), offered("L1", "M1", "parent=UE1;credits=2,5"), offered("L1", "M2", "parent=UE1;credits=3,5")}}, nil},
		{"a choice", "credits_element", map[string][]string{"offre": {offered("L1", "UE1", "nature=Liste à choix;credits=3"), offered("L1", "M1", "parent=UE1;credits=3"), offered("L1", "M2", "parent=UE1;credits=3")}}, nil},
		{"a part without credits", "credits_element", map[string][]string{"offre": {offered("L1", "UE1", "credits=6"), offered("L1", "M1", "parent=UE1;credits=3"), offered("L1", "M2", "parent=UE1")}}, nil},
		{"one without results", "sans_resultats", map[string][]string{"inscriptions": {registered("N001", "L1", ""), registered("N002", "L2", "")}, "resultats": {result("N002", "L2", "issue=admis")}}, []string{"L1"}},
		{"all with results", "sans_resultats", map[string][]string{"inscriptions": {registered("N001", "L1", ""), registered("N003", "L3", "statut=cesure")}, "resultats": {result("N001", "L1", "issue=admis")}}, nil},
		{"offered and empty", "sans_inscriptions", map[string][]string{"inscriptions": {registered("N001", "L1", ""), registered("N002", "L2", "statut=annule")}, "offre": {offered("L1", "UE1", ""), offered("L2", "UE1", "")}}, []string{"L2"}},
		{"offered and taken", "sans_inscriptions", map[string][]string{"inscriptions": {registered("N001", "L1", "")}, "offre": {offered("L1", "UE1", "")}}, nil},
		{"unknown step and element", "codes_inconnus", map[string][]string{"inscriptions": {registered("N001", "LX", "")}, "resultats": {result("N001", "L1", "objet=element;code_objet=ZZ")}, "offre": {offered("L1", "UE1", "")}}, []string{"ZZ", "LX"}},
		{"known codes", "codes_inconnus", map[string][]string{"inscriptions": {registered("N001", "L1", "")}, "resultats": {result("N001", "L1", "objet=element;code_objet=UE1"), result("N001", "L1", "objet=etape;code_objet=rien")}, "offre": {offered("L1", "UE1", "")}}, nil},
		{"withdrawn, then a mark", "resultats_apres_sortie", map[string][]string{"inscriptions": {registered("N001", "L1", "statut=demissionnaire;sorti_le=2026-01-10")}, "resultats": {result("N001", "L1", "objet=epreuve;code_objet=a;rendu_le=2026-02-01")}}, []string{"L1"}},
		{"withdrawn and passed", "resultats_apres_sortie", map[string][]string{"inscriptions": {registered("N001", "L1", "statut=demissionnaire")}, "resultats": {result("N001", "L1", "issue=admis")}}, []string{"L1"}},
		{"a mark, then withdrawn", "resultats_apres_sortie", map[string][]string{"inscriptions": {registered("N001", "L1", "statut=demissionnaire;sorti_le=2026-01-10")}, "resultats": {result("N001", "L1", "objet=epreuve;code_objet=a;rendu_le=2026-01-09"), result("N001", "L1", "issue=abandon")}}, nil},
		{"a result of nobody", "resultats_sans_inscription", map[string][]string{"inscriptions": {registered("N001", "L1", ""), registered("N002", "L2", "statut=annule")}, "resultats": {result("N001", "L2", ""), result("N002", "L2", "")}}, []string{"L2", "L2"}},
		{"results of the registered", "resultats_sans_inscription", map[string][]string{"inscriptions": {registered("N001", "L1", "")}, "resultats": {result("N001", "L1", "issue=ajourne")}}, nil},
		{"a gap year passed", "cesure_resultats", map[string][]string{"inscriptions": {registered("N001", "L1", "statut=cesure")}, "resultats": {result("N001", "L1", "issue=admis")}}, []string{"L1"}},
		{"a gap year", "cesure_resultats", map[string][]string{"inscriptions": {registered("N001", "L1", "statut=cesure"), registered("N002", "L1", "")}, "resultats": {result("N001", "L1", "issue=absent"), result("N002", "L1", "issue=admis")}}, nil},
		{"dates that contradict", "dates_sortie", map[string][]string{"inscriptions": {registered("N001", "L1", "statut=demissionnaire"), registered("N002", "L2", "sorti_le=2026-01-02"), registered("N003", "L3", "statut=demissionnaire;inscrit_le=2025-10-01;sorti_le=2025-09-01")}}, []string{"L1", "L2", "L3"}},
		{"dates that agree", "dates_sortie", map[string][]string{"inscriptions": {registered("N001", "L1", "statut=demissionnaire;inscrit_le=2025-09-01;sorti_le=2025-10-01"), registered("N002", "L2", "inscrit_le=2025-09-01"), registered("N003", "L3", "sorti_le=2026-12-31")}}, nil},
	} {
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			d := newDesk(t)
			for kind, lines := range c.rows {
				d.load(kind, lines...)
			}
			got := d.found(c.rule)
			slices.Sort(got)
			want := slices.Clone(c.want)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

// TestEveryRuleIsTested: a rule whose cases are missing would be heard of nowhere.
func TestEveryRuleSays(t *testing.T) {
	codes := map[string]bool{}
	for _, r := range coherence.Rules {
		if codes[r.Code] || r.Title == "" || r.Text == "" || r.Duty == "" {
			t.Errorf("rule %+v", r)
		}
		codes[r.Code] = true
	}
	if len(codes) != 10 {
		t.Errorf("%d rules", len(codes))
	}
}

// TestLife: new, accepted with a reason, back when it changes, mended, back again.
func TestLife(t *testing.T) {
	d := newDesk(t)
	short := func(credits string) { d.load("offre", offered("L1", "UE1", "credits="+credits)) }
	state := func() coherence.Told {
		t.Helper()
		d.must(d.Check(d.ctx, registrar, school, 2025))
		list, err := d.Findings(d.ctx, registrar, school, 2025, "credits_etape", "")
		d.must(err)
		if len(list) != 1 {
			t.Fatalf("%d findings", len(list))
		}
		return list[0]
	}
	short("58")
	one := state()
	if one.State != coherence.Fresh {
		t.Errorf("%+v", one)
	}
	if _, err := d.Accept(d.ctx, registrar, school, one.ID, " ", time.Time{}); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("accepted without reason: %v", err)
	}
	if _, err := d.Accept(d.ctx, boss, school, one.ID, "Non.", time.Time{}); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("accepted from outside: %v", err)
	}
	_, err := d.Accept(d.ctx, registrar, school, one.ID, "Deux crédits de stage.", time.Time{})
	d.must(err)
	if one = state(); one.State != coherence.Accepted || one.Reason != "Deux crédits de stage." || one.By != "scolarite" {
		t.Errorf("%+v", one)
	}
	short("57")
	if one = state(); one.State != coherence.Fresh || !strings.Contains(one.Reason, "a changé") {
		t.Errorf("an accepted finding that changes: %+v", one)
	}
	short("60")
	if one = state(); one.State != coherence.Mended {
		t.Errorf("%+v", one)
	}
	short("59")
	if one = state(); one.State != coherence.Fresh || !strings.Contains(one.Reason, "revenu") {
		t.Errorf("%+v", one)
	}
	_, err = d.Accept(d.ctx, registrar, school, one.ID, "Oui.", time.Time{})
	d.must(err)
	_, err = d.Reopen(d.ctx, registrar, school, one.ID)
	d.must(err)
	if _, err = d.Reopen(d.ctx, registrar, school, one.ID); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("reopened twice: %v", err)
	}
}

// TestWhoReads: counts name nobody and are for those who answer; names are for the staff, signed in twice.
func TestWhoReads(t *testing.T) {
	d := newDesk(t)
	d.load("inscriptions", registered("N001", "L1", "statut=demissionnaire"))
	d.load("offre", offered("L2", "UE1", "credits=58"))
	d.must(d.Check(d.ctx, boss, school, 2025))
	for name, c := range map[string]struct {
		who                   belvedere.Viewer
		counts, things, names bool
	}{
		"registrar": {registrar, true, true, true}, "author": {author, true, true, false}, "weak": {weak, true, true, false}, "boss": {boss, true, true, false}, "other": {other, false, false, false}, "reader": {reader, false, false, false},
	} {
		b, err := d.Board(d.ctx, c.who, school, 2025)
		if (err == nil) != c.counts || err != nil && belvedere.KindOf(err) != belvedere.Forbidden || err == nil && b.New != 4 {
			t.Errorf("%s: board %+v, %v", name, b.New, err)
		}
		if _, err := d.Findings(d.ctx, c.who, school, 2025, "credits_etape", ""); (err == nil) != c.things {
			t.Errorf("%s: things %v", name, err)
		}
		list, err := d.Findings(d.ctx, c.who, school, 2025, "dates_sortie", "")
		if (err == nil) != c.names || err == nil && (len(list) != 1 || list[0].Name != (dossier.Name{Key: "N001", Last: "Martin", First: "Lou"})) {
			t.Errorf("%s: names %+v, %v", name, list, err)
		}
	}
	b, err := d.Board(d.ctx, boss, school, 2025)
	d.must(err)
	var file strings.Builder
	d.must(b.WriteCounts(&file))
	if got := file.String(); !strings.Contains(got, `"dates_sortie"`) || strings.Contains(got, "Martin") || strings.Contains(got, "N001") {
		t.Errorf("file %q", got)
	}
	for _, l := range b.Lines {
		if l.Code == "resultats_sans_inscription" && l.Lacks != "résultats" {
			t.Errorf("%s lacks %q", l.Code, l.Lacks)
		}
	}
	if years, err := d.Years(d.ctx, boss, school); err != nil || !slices.Equal(years, []belvedere.SchoolYear{2025}) {
		t.Errorf("years %v, %v", years, err)
	}
	if list, err := d.Schools(d.ctx, other); err != nil || len(list) != 0 {
		t.Errorf("schools %v, %v", list, err)
	}
}

// TestNotYet: before any result of a year that goes on, nobody is late.
func TestNotYet(t *testing.T) {
	d := newDesk(t)
	d.now = time.Date(2025, 11, 14, 9, 0, 0, 0, time.UTC)
	d.load("inscriptions", registered("N001", "L1", ""))
	if got := d.found("sans_resultats"); len(got) != 0 {
		t.Errorf("%q in the middle of the year", got)
	}
	d.now = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	if got := d.found("sans_resultats"); !slices.Equal(got, []string{"L1"}) {
		t.Errorf("%q after its end", got)
	}
}

// TestErased: a finding goes with the person that it is about.
func TestErased(t *testing.T) {
	d := newDesk(t)
	d.load("inscriptions", registered("N001", "L1", "statut=demissionnaire"))
	if got := d.found("dates_sortie"); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	left := -1
	d.must(d.v.Write(d.ctx, func(tx *vault.Tx) error {
		for _, text := range []string{"DELETE FROM dos_inscriptions", "DELETE FROM dossier_personne"} {
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		_, err := tx.Get("SELECT (SELECT count(*) FROM coherence_constat) + (SELECT count(*) FROM coherence_pas)", nil, &left)
		return err
	}))
	if left != 0 {
		t.Errorf("%d rows are left", left)
	}
}

// TestAcceptedUntil: an acceptance with a last day ends with it, and its finding is told again.
func TestAcceptedUntil(t *testing.T) {
	d := newDesk(t)
	d.load("offre", offered("L1", "UE1", "credits=58"))
	d.must(d.Check(d.ctx, registrar, school, 2025))
	one := func() coherence.Told {
		t.Helper()
		d.must(d.Check(d.ctx, registrar, school, 2025))
		list, err := d.Findings(d.ctx, registrar, school, 2025, "credits_etape", "")
		d.must(err)
		return list[0]
	}
	for _, day := range []time.Time{belvedere.Date(2026, 11, 13), belvedere.Date(2040, 1, 1)} {
		if _, err := d.Accept(d.ctx, registrar, school, one().ID, "Stage.", day); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("accepted until %v: %v", day, err)
		}
	}
	_, err := d.Accept(d.ctx, registrar, school, one().ID, "Stage.", belvedere.Date(2026, 11, 20))
	d.must(err)
	d.now = time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	if got := one(); got.State != coherence.Accepted || !got.Until.Equal(belvedere.Date(2026, 11, 21)) {
		t.Errorf("on its last day: %+v", got)
	}
	var file strings.Builder
	r, err := coherence.RuleOf("credits_etape")
	d.must(err)
	d.must(coherence.WriteFindings(&file, r, []coherence.Told{one()}))
	if !strings.Contains(file.String(), `"2026-11-20"`) {
		t.Errorf("file %q", file.String())
	}
	d.now = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	if got := one(); got.State != coherence.Fresh || !strings.Contains(got.Reason, "terme") || !got.Until.IsZero() {
		t.Errorf("after its last day: %+v", got)
	}
}

// TestTold: what is to mend is told by duty, with counts and no name; the instant changes only when
// something is found.
func TestTold(t *testing.T) {
	d := newDesk(t)
	news := func() []coherence.News {
		t.Helper()
		d.told = nil
		d.must(d.Check(d.ctx, registrar, school, 2025))
		return d.told
	}
	d.load("inscriptions", registered("N001", "L1", "statut=demissionnaire"))
	d.load("offre", offered("L1", "UE1", "credits=58"))
	first := news()
	if len(first) != 2 || first[0].Duty != "modelisation" || first[1].Duty != "scolarite" || first[1].Total != 1 || first[1].Rules[0].Code != "dates_sortie" {
		t.Fatalf("%+v", first)
	}
	for _, n := range first {
		for _, l := range n.Rules {
			if strings.Contains(l.Title+l.Text, "Martin") || strings.Contains(l.Title, "N001") {
				t.Errorf("names someone: %+v", l)
			}
		}
	}
	d.now = d.now.Add(time.Hour)
	if again := news(); !again[0].Last.Equal(first[0].Last) || !again[1].Last.Equal(first[1].Last) {
		t.Error("the same findings are told as new ones")
	}
	d.load("offre", offered("L1", "UE1", "credits=60"))
	if mended := news(); len(mended) != 1 || mended[0].Duty != "scolarite" {
		t.Errorf("%+v", mended)
	}
	d.now = d.now.Add(time.Hour)
	d.load("offre", offered("L1", "UE1", "credits=58"))
	if back := news(); len(back) != 2 || !back[0].Last.After(first[0].Last) || !back[1].Last.Equal(first[1].Last) {
		t.Errorf("%+v", back)
	}
}

package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
)

func TestPublish(t *testing.T) {
	h := newHouse(t)
	var seen []belvedere.DeliveryState
	d := h.accept(ingest.Submission{FileName: `C:\Documents\effectifs.csv`}, lines("etablissement;jour;niveau;eleves",
		schoolA+";2025-10-01;6e;100", schoolA+";2025-10-01;5eme;90", schoolB+";01/10/2025;;50"))
	if d.State != belvedere.Received || d.FileName != "effectifs.csv" {
		t.Errorf("accepted: %+v", d)
	}
	e, err := h.service.Process(h.ctx, []int64{d.Seq}, func(d belvedere.Delivery) { seen = append(seen, d.State) })
	h.must(err)
	if e.Number != 1 || e.Label != "Effectifs d’élèves" || !e.Published.Equal(h.clock) {
		t.Errorf("edition: %+v", e)
	}
	d = h.delivery(d.Seq)
	if d.State != belvedere.Published || d.Edition != 1 || d.Dataset != "effectifs" || d.Rows != 3 || d.Kept != 3 || d.Faults != 0 || d.Progress.Done != d.Size {
		t.Errorf("published: %+v", d)
	}
	if fmt.Sprint(seen) != "[lue controlee preparee publiee]" {
		t.Errorf("states: %v", seen)
	}
	slices, err := h.registry.Slices(h.ctx, d.Seq)
	h.must(err)
	if fmt.Sprint(slices) != "[{effectifs 0350017D/2025-10-01 2 0} {effectifs 0351234B/2025-10-01 1 0}]" {
		t.Errorf("slices: %v", slices)
	}
	if got := h.rows("SELECT etablissement, annee, jour, niveau, eleves, internes, livraison, entree FROM effectifs ORDER BY 1, 4"); got !=
		"350017 2025 2025-10-01T00:00 5eme 90 <nil> 1 1\n350017 2025 2025-10-01T00:00 6eme 100 <nil> 1 1\n351234 2025 2025-10-01T00:00  50 <nil> 1 1" {
		t.Errorf("rows:\n%s", got)
	}
}

// A slice is replaced whole, the others stay, and the past edition can still be read.
func TestReplace(t *testing.T) {
	h := newHouse(t)
	h.published(h.process(lines("etablissement;jour;niveau;eleves", schoolA+";2025-10-01;6eme;100", schoolA+";2025-10-01;5eme;90", schoolB+";2025-10-01;6eme;50"))[0])
	d := h.process(lines("etablissement;jour;niveau;eleves", schoolA+";2025-10-01;6eme;101"))[0]
	h.published(d)
	slices, _ := h.registry.Slices(h.ctx, d.Seq)
	if len(slices) != 1 || slices[0].Replaced != 1 {
		t.Errorf("replaced: %v", slices)
	}
	for edition, want := range map[int]string{1: "240", 2: "151"} {
		if got := h.rows(fmt.Sprintf("SELECT sum(eleves) FROM effectifs WHERE entree <= %d AND sortie > %d", edition, edition)); got != want {
			t.Errorf("edition %d: %s, want %s", edition, got, want)
		}
	}
	if got := h.rows("SELECT edition, livraison FROM publication ORDER BY 1"); got != "1 1\n2 2" {
		t.Errorf("publication: %s", got)
	}
}

func TestTogether(t *testing.T) {
	h := newHouse(t)
	list := h.process(
		lines("etablissement;jour;eleves", schoolA+";2025-10-01;100"),
		"pas un tableau du tout",
		lines("etablissement;mois;heures", schoolA+";2025-10;12"),
		lines("etablissement;jour;eleves", schoolA+";2025-10-01;102"), // replaces the first
	)
	if list[1].State != belvedere.Refused || list[1].Reason == "" {
		t.Errorf("the bad one: %+v", list[1])
	}
	for _, i := range []int{0, 2, 3} {
		h.published(list[i])
		if list[i].Edition != 1 {
			t.Errorf("delivery %d is in edition %d", list[i].Seq, list[i].Edition)
		}
	}
	if got := h.rows(sumNow); got != "102" {
		t.Errorf("now: %s", got)
	}
	slices, _ := h.registry.Slices(h.ctx, list[3].Seq)
	if slices[0].Replaced != list[0].Seq {
		t.Errorf("replaced: %v", slices)
	}
}

// Every dataset kind names its slices, and repeated keys follow the declaration.
func TestKinds(t *testing.T) {
	for _, c := range []struct{ name, file, slice, sql, want string }{
		{"hour", lines("etablissement,heure,profil,connexions", schoolA+",2025-11-14T07:00:00Z,eleves,5", schoolA+",2025-11-14T23:00:00Z,eleves,6"),
			"0350017D/2025-11-14 0350017D/2025-11-15", "SELECT instant, jour, heure, connexions FROM connexions ORDER BY 1",
			"2025-11-14T07:00 2025-11-14T00:00 8 5\n2025-11-14T23:00 2025-11-15T00:00 0 6"},
		{"month, summed", lines("etablissement;mois;heures", schoolA+";2025-11;5", schoolA+";2025-11;6", schoolA+";2025-12;7"),
			"0350017D/2025-11 0350017D/2025-12", "SELECT jour, heures FROM salles ORDER BY 1", "2025-11-01T00:00 11\n2025-12-01T00:00 7"},
		{"period", lines("etablissement;periode;debut;individus", schoolA+";jour;2025-11-14;5", schoolA+";mois;2025-11-01;6", schoolA+";annee;2025-09-01;7"),
			"0350017D/2025 0350017D/2025-11 0350017D/2025-11-14", "SELECT periode, individus FROM individus ORDER BY 2", "jour 5\nmois 6\nannee 7"},
		{"year, first kept", lines("etablissement;annee;ips", schoolA+";2025-2026;101,5", schoolA+";2025;99", schoolB+";2024;98"),
			"0350017D/2025 0351234B/2024", "SELECT annee, ips FROM ips ORDER BY 1", "2024 98\n2025 101.5"},
		{"register", lines("etablissement;nom;type;commune", schoolA+";Collège A;college;Rennes"),
			"0350017D/fichier", "SELECT nom, type, commune, origine, rang FROM etablissements", "Collège A college Rennes fichier 100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			d := h.process(c.file)[0]
			h.published(d)
			slices, err := h.registry.Slices(h.ctx, d.Seq)
			h.must(err)
			var names []string
			for _, s := range slices {
				names = append(names, s.Slice)
			}
			if got := strings.Join(names, " "); got != c.slice {
				t.Errorf("slices %s, want %s", got, c.slice)
			}
			if got := h.rows(c.sql); got != c.want {
				t.Errorf("rows\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

const deppHeader = "Rentrée scolaire;Numéro du collège;Patronyme;6èmes;5èmes"

// A form of a lower rank leaves alone what a finer source holds, now or in the same edition.
func TestRank(t *testing.T) {
	fine := lines("etablissement;jour;niveau;eleves", schoolA+";2025-10-01;6eme;100")
	coarse := lines(deppHeader, "2025;"+schoolA+";Collège A;1;2", "2025;"+schoolB+";Collège B;3;4", "2025;-;;;")
	for _, c := range []struct {
		name    string
		editons [][]string
	}{
		{"held before", [][]string{{fine}, {coarse}}},
		{"held in the same edition", [][]string{{fine, coarse}}},
		{"replaced after", [][]string{{coarse}, {fine}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			for _, texts := range c.editons {
				for _, d := range h.process(texts...) {
					h.published(d)
				}
			}
			if got := h.rows("SELECT etablissement, niveau, eleves FROM effectifs WHERE sortie = 2147483647 ORDER BY 1, 2"); got !=
				"350017 6eme 100\n351234 5eme 4\n351234 6eme 3" {
				t.Errorf("rows:\n%s", got)
			}
			list, _, err := h.registry.List(h.ctx, registry.DeliveryFilter{Dataset: "etablissements"}, registry.Page{})
			h.must(err)
			d := list[0]
			if c.name == "replaced after" {
				if d.Kept != 2 || d.Set != 1 {
					t.Errorf("counts: %+v", d)
				}
				return
			}
			warned := false
			for _, f := range h.faults(d.Seq) {
				warned = warned || f.Rule == "tranche_tenue" && f.Message == "1\u00a0ligne écartée\u00a0: une source plus fine tient déjà ces tranches."
			}
			if d.Warnings != 1 || !warned || d.Form != "college_effectifs" {
				t.Errorf("warning: %+v, %v", d, h.faults(d.Seq))
			}
		})
	}
}

// The slices of the register belong to an origin: both stay.
func TestRegisterByOrigin(t *testing.T) {
	h := newHouse(t)
	h.published(h.process(lines("etablissement;nom;commune", schoolA+";Collège Anne;Rennes"))[0])
	h.published(h.process(lines(deppHeader, "2025;"+schoolA+";COLLEGE A;1;2"))[0])
	h.published(h.process(lines("etablissement;nom;commune", schoolA+";Collège Anne B.;Rennes"))[0])
	if got := h.rows("SELECT nom, origine, livraison FROM etablissements WHERE sortie = 2147483647 ORDER BY 3"); got !=
		"COLLEGE A college_effectifs 2\nCollège Anne B. fichier 3" {
		t.Errorf("register:\n%s", got)
	}
}

func TestNoEngine(t *testing.T) {
	h := newHouse(t)
	cli, err := ingest.New(ingest.Config{Registry: h.registry, Model: model(), LandingDir: h.dir + "/arrivees"})
	h.must(err)
	defer cli.Close()
	d, replayed, err := cli.Accept(h.ctx, ingest.Submission{Source: "fichier", Body: strings.NewReader(lines("etablissement;jour;eleves", schoolA+";2025-10-01;100"))})
	if err != nil || replayed {
		t.Fatal(replayed, err)
	}
	if _, err := cli.Process(h.ctx, []int64{d.Seq}, nil); belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("processed without engine: %v", err)
	}
	h.published(h.publish(d.Seq)[0])
}

package ingest_test

import (
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/territory/ingest"
)

// A slice that its sender withdraws leaves the figures, its roll-ups and its coverage; past editions keep it, a
// rebuild withdraws it again, and nothing else moves.
func TestWithdrawnSlices(t *testing.T) {
	h := newHouse(t)
	h.process("etablissement;mois;heures\n"+schoolA+";2025-10;10\n"+schoolA+";2025-11;20\n"+schoolB+";2025-10;40\n",
		"etablissement;periode;debut;individus\n"+schoolA+";mois;2025-10-01;5\n"+schoolA+";annee;2025-09-01;7\n",
		"etablissement;jour;niveau;eleves\n"+schoolA+";2025-10-01;6eme;12\n"+schoolA+";2025-10-02;6eme;13\n")
	take := func(text string, announced ...string) belvedere.Delivery {
		t.Helper()
		d := h.accept(ingest.Submission{Announced: announced}, text)
		if _, err := h.service.Process(h.ctx, []int64{d.Seq}, nil); err != nil {
			t.Fatal(err)
		}
		d, err := h.registry.Delivery(h.ctx, d.Seq)
		h.must(err)
		return d
	}
	one := func(sql string) (n int64) {
		t.Helper()
		h.must(h.engine.Query(h.ctx, belvedere.Statement{SQL: sql}, func(row []any) error { n, _ = row[0].(int64); return nil }))
		return n
	}
	const open = " AND sortie = 2147483647"
	state := func(when string) {
		t.Helper()
		for sql, want := range map[string]int64{
			"SELECT sum(heures)::BIGINT FROM salles WHERE true" + open:                               70,
			"SELECT count(*) FROM salles WHERE etablissement = 350017" + open:                        1,
			"SELECT count(*) FROM couverture WHERE jeu = 'salles' AND etablissement = 350017" + open: 1,
			"SELECT sum(individus)::BIGINT FROM individus WHERE true" + open:                         7,
			"SELECT sum(eleves)::BIGINT FROM effectifs WHERE true" + open:                            12,
			"SELECT sum(eleves)::BIGINT FROM effectifs__annee WHERE true" + open:                     12,
			"SELECT sum(heures)::BIGINT FROM salles WHERE entree <= 1 AND sortie > 1":                70,
		} {
			if n := one(sql); n != want {
				t.Errorf("%s: %s is %d, want %d", when, sql, n, want)
			}
		}
	}
	if d := take("etablissement;mois;heures\n"+schoolB+";2025-11;10\n", "-"+schoolA+"/2025-10"); d.State != belvedere.Published {
		t.Fatalf("%+v", d)
	}
	take("etablissement;periode;debut;individus\n", "-"+schoolA+"/2025-10")
	if d := take("etablissement;jour;niveau;eleves\n", "-"+schoolA+"/2025-10-02"); d.State != belvedere.Published || d.Edition == 0 {
		t.Fatalf("%+v", d)
	}
	state("after the withdrawals")
	if _, err := h.service.Rebuild(h.ctx, nil); err != nil {
		t.Fatal(err)
	}
	state("rebuilt")

	for text, announced := range map[string]string{
		"etablissement;mois;heures\n" + schoolA + ";2025-11;10\n":                                "-" + schoolA + "/2025-11",
		"etablissement;mois;heures\n":                                                            "-" + schoolA + "/2025",
		"Rentrée scolaire;Numéro du collège;Patronyme;6èmes;5èmes\n2025;" + schoolA + ";X;1;2\n": "-" + schoolA + "/2025-10-01",
	} {
		if d := take(text, announced); d.State != belvedere.Refused || d.Reason == "" {
			t.Errorf("%s %q: %+v", announced, text, d)
		}
	}
	if _, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "x", Announced: []string{"-" + schoolB + "/2025-10"}, Only: []belvedere.UAI{schoolA}, Body: strings.NewReader("x")}); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("%v", err)
	}
	for _, text := range []string{"-" + schoolA, "--" + schoolA + "/2025", "-"} {
		if _, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "x", Announced: []string{text}, Body: strings.NewReader("x")}); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

package ingest_test

import (
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
)

// TestOnly lets the sender of one school deliver files of every kind: what holds a row of another
// school, wherever it stands, is refused whole and says where.
func TestOnly(t *testing.T) {
	own, other := schoolA+";2025-10-01;6eme;120", schoolB+";2025-10-01;6eme;80"
	for _, c := range []struct {
		name, file string
		line       int64 // of the fault, 0: published
		member     string
	}{
		{"its own school", lines(head, own), 0, ""},
		{"two schools", lines(head, own, other), 3, ""},
		{"the other first", lines(head, other, own), 2, ""},
		{"the other alone", lines(head, other), 2, ""},
		{"lower case", lines(head, own, strings.ToLower(other)), 3, ""},
		{"its own register", lines("etablissement;nom", schoolA+";Les Tilleuls"), 0, ""},
		{"register of another", lines("etablissement;nom", schoolB+";Renommé"), 2, ""},
		{"both in the register", lines("etablissement;nom", schoolA+";Les Tilleuls", schoolB+";Renommé"), 3, ""},
		{"lines of JSON", lines(`{"etablissement":"`+schoolA+`","jour":"2025-10-01","eleves":12}`, `{"etablissement":"`+schoolB+`","jour":"2025-10-01","eleves":12}`), 2, ""},
		{"archive of its own", zipped("e.csv", lines(head, own), "r.csv", lines("etablissement;nom", schoolA+";Les Tilleuls")), 0, ""},
		{"second file of an archive", zipped("e.csv", lines(head, own), "r.csv", lines("etablissement;nom", schoolB+";Renommé")), 2, "r.csv"},
		{"named in passing by a form", lines("Rentrée scolaire;Numéro du collège;Patronyme;6èmes;5èmes", "2025;"+schoolA+";Tilleuls;10;11", "2025;"+schoolB+";Chênes;10;11"), 3, ""},
		{"twice the key, of another", lines(head, other, other), 2, ""},
		{"most lines wrong, one of another", lines(head, "x;x;x;x", "y;y;y;y", "z;z;z;z", other), 5, ""},
	} {
		h := newHouse(t)
		h.published(h.process(lines("etablissement;nom", schoolB+";Les Chênes"))[0])
		before := h.rows("SELECT count(*) FROM effectifs")
		d := h.accept(ingest.Submission{Source: "editeur", ID: "a", Only: []belvedere.UAI{schoolA}}, c.file)
		d = h.publish(d.Seq)[0]
		if c.line == 0 {
			if d.State != belvedere.Published {
				t.Errorf("%s: %s: %s", c.name, d.State, d.Reason)
			}
			continue
		}
		if d.State != belvedere.Refused || !strings.Contains(d.Reason, schoolB) {
			t.Errorf("%s: %s: %s", c.name, d.State, d.Reason)
			continue
		}
		found := false
		for _, f := range h.faults(d.Seq) {
			found = found || f.Rule == "hors_jeton" && f.Line == c.line && f.File == c.member && f.Value == schoolB && f.Severity == belvedere.SeverityError
		}
		if !found {
			t.Errorf("%s: faults %+v", c.name, h.faults(d.Seq))
		}
		if after := h.rows("SELECT count(*) FROM effectifs"); after != before {
			t.Errorf("%s: %s rows before, %s after", c.name, before, after)
		}
		if name := h.rows("SELECT nom FROM etablissements WHERE sortie = 2147483647"); strings.Contains(name, "Renommé") {
			t.Errorf("%s: the register says %s", c.name, name)
		}
	}
}

// TestOnlyAtTheDoor refuses at once what announces another school, and a list without school.
func TestOnlyAtTheDoor(t *testing.T) {
	h := newHouse(t)
	file := lines(head, schoolA+";2025-10-01;6eme;120")
	send := func(id string, only []belvedere.UAI, announced ...string) (belvedere.Delivery, bool, error) {
		return h.service.Accept(h.ctx, ingest.Submission{Source: "editeur", ID: id, Only: only, Announced: announced, Body: strings.NewReader(file)})
	}
	for _, c := range []struct {
		name      string
		only      []belvedere.UAI
		announced []string
	}{
		{"another school", []belvedere.UAI{schoolA}, []string{schoolB}},
		{"another school among its own", []belvedere.UAI{schoolA}, []string{schoolA + "/2025-10-01", schoolB + "/2025"}},
		{"lower case", []belvedere.UAI{schoolA}, []string{strings.ToLower(schoolB)}},
		{"no school", []belvedere.UAI{}, nil},
	} {
		if _, _, err := send("x", c.only, c.announced...); belvedere.KindOf(err) != belvedere.Forbidden {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, n, err := h.registry.List(h.ctx, registry.DeliveryFilter{}, registry.Page{}); err != nil || n != 0 {
		t.Errorf("%d deliveries were kept, %v", n, err)
	}
	first, _, err := send("a", []belvedere.UAI{schoolA}, schoolA+"/2025-10-01")
	h.must(err)
	again, replayed, err := send("a", []belvedere.UAI{schoolA}, schoolA+"/2025-10-01")
	if err != nil || !replayed || again.Seq != first.Seq {
		t.Errorf("the same again: %v, %v, %d after %d", err, replayed, again.Seq, first.Seq)
	}
	file = lines(head, schoolA+";2025-10-01;6eme;121")
	if _, _, err := send("a", []belvedere.UAI{schoolA}); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("other bytes under the same id: %v", err)
	}
}

// TestOnlySurvives stops the program between acknowledgement and reading: who reads the file
// later still knows which schools its sender may deliver, and so does a rebuild.
func TestOnlySurvives(t *testing.T) {
	h := newHouse(t)
	both := lines(head, schoolA+";2025-10-01;6eme;120", schoolB+";2025-10-01;6eme;80")
	mixed := h.accept(ingest.Submission{Source: "editeur", ID: "mixte", Only: []belvedere.UAI{schoolA}}, both)
	sound := h.accept(ingest.Submission{Source: "editeur", ID: "juste", Only: []belvedere.UAI{schoolA}}, lines(head, schoolA+";2025-10-01;6eme;121"))
	h.close()
	h.open("") // as a new process does
	if _, err := h.service.Recover(h.ctx, nil); err != nil {
		t.Fatal(err)
	}
	ends := h.publish(mixed.Seq, sound.Seq)
	if ends[0].State != belvedere.Refused || ends[1].State != belvedere.Published || len(ends[1].Only) != 1 {
		t.Errorf("%s (%s), %s (%s) for %v", ends[0].State, ends[0].Reason, ends[1].State, ends[1].Reason, ends[1].Only)
	}
	if _, err := h.service.Rebuild(h.ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := h.rows(sumNow); got != "121" {
		t.Errorf("after a rebuild: %s pupils", got)
	}
}

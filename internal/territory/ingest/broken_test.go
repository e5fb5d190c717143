package ingest_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
)

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

func zipped(files ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, _ := w.Create(files[i])
		f.Write([]byte(files[i+1]))
	}
	w.Close()
	return b.String()
}

// good is 40 right lines of effectifs in two schools.
func good(head string) []string {
	out := []string{head}
	for i := range 20 {
		out = append(out, fmt.Sprintf("%s;2025-10-%02d;6eme;%d", schoolA, i+1, 100+i), fmt.Sprintf("%s;2025-10-%02d;5eme;%d", schoolB, i+1, 50+i))
	}
	return out
}

const head = "etablissement;jour;niveau;eleves"

// with is good lines with others behind.
func with(more ...string) string { return lines(append(good(head), more...)...) }

// Whatever a broken file does, it is refused with a reason, the figures before it stay, and the
// next file goes through.
func TestBrokenFilesAreRefused(t *testing.T) {
	long := strings.Join(good(head)[1:], "\n")
	for _, c := range []struct {
		name, file string
		announced  []string
		dataset    string
		says       string // part of the reason
		fault      string // rule, line and column of the first fault
	}{
		{name: "truncated gzip", file: gzipped(with())[:200], says: "tronqué"},
		{name: "damaged gzip", file: gzipped(with())[:100] + "xxxx" + gzipped(with())[104:], says: "abîmé"},
		{name: "truncated zip", file: zipped("a.csv", with())[:150], says: "incomplète ou abîmée"},
		{name: "header only", file: head + "\n", says: "aucune ligne de données"},
		{name: "no header", file: long, says: "Aucune colonne de ce fichier n’est reconnue"},
		{name: "missing column", file: lines("etablissement;niveau;eleves", schoolA+";6eme;1"), says: "il manque la colonne"},
		{name: "misspelt column", file: lines("etablissement;jour;niveau;eleves;interne", schoolA+";2025-10-01;6eme;1;2"), says: "vouliez-vous écrire « internes »"},
		{name: "not a table", file: "%PDF-1.7\n%âãÏÓ\n", says: "document PDF"},
		{name: "binary", file: strings.Repeat("\x00\x01\x02\x03", 3000), says: "texte"},
		{name: "all codes unknown", file: lines(head, schoolA+";2025-10-01;9eme;1"), says: "ligne fautive", fault: "code_inconnu 2 3"},
		{name: "check letter", file: lines(head, "0350017A;2025-10-01;6eme;1"), says: "ligne fautive", fault: "uai_lettre 2 1"},
		{name: "too many faulty", file: with(strings.Split(strings.Repeat("0350017A;2025-10-01;6eme;1\n", 20), "\n")[:20]...), says: "Trop de lignes sont fautives : 20 sur 60, soit 33,3 % alors que le jeu « effectifs » en admet 25,0 %", fault: "uai_lettre 42 1"},
		{name: "same key twice", file: with(schoolA + ";2025-10-03;6e;7"), says: "La même clé figure plusieurs fois", fault: "cle_repetee 42 0"},
		{name: "outside the announced slice", file: with(), announced: []string{schoolA + "/2025-10"}, says: "hors des tranches annoncées : 20 lignes dans 20 tranches (la première : 0351234B/2025-10-01)", fault: "hors_tranche 3 0"},
		{name: "outside the announced day", file: with(), announced: []string{schoolA, schoolB + "/2025-10-01"}, says: "hors des tranches annoncées", fault: "hors_tranche 5 0"},
		{name: "other dataset than announced", file: with(), dataset: "salles", says: "il manque"},
		{name: "two formats of one dataset", file: zipped("a.csv", with(), "b.csv", lines(deppHeader, "2025;"+schoolA+";A;1;2")), says: "deux formats du même jeu"},
		{name: "ragged", file: lines(head, schoolA+";2025-10-01", schoolA+";2025-10-01;6eme;1;9;9"), says: "2 lignes fautives", fault: "colonnes 2 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.published(h.process(lines(head, schoolA+";2025-10-01;6eme;1000"))[0])
			bad := h.accept(ingest.Submission{Announced: c.announced, Dataset: c.dataset}, c.file)
			bad = h.publish(bad.Seq)[0]
			plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(bad.Reason)
			if bad.State != belvedere.Refused || !strings.Contains(plain, c.says) || bad.Edition != 0 || bad.Kept != 0 || bad.Finished.IsZero() {
				t.Errorf("%s: %q, %+v", bad.State, bad.Reason, bad)
			}
			if list := h.faults(bad.Seq); c.fault != "" && (len(list) == 0 || fmt.Sprintf("%s %d %d", list[0].Rule, list[0].Line, list[0].Column) != c.fault ||
				list[0].Message == "" || list[0].Mend == "" || bad.Faults < 1) {
				t.Errorf("faults: %d, %+v", bad.Faults, list)
			}
			if got := h.rows(sumNow); got != "1000" {
				t.Errorf("figures moved: %s", got)
			}
			h.published(h.process(with())[0])
		})
	}
}

// What can be read is read.
func TestSoundFilesArePublished(t *testing.T) {
	latin := strings.NewReplacer("é", "\xe9", "è", "\xe8").Replace
	for _, c := range []struct {
		name, file string
		announced  []string
		sum        string
		faults     int64
		warnings   int64
	}{
		{name: "announced as a year", file: with(), announced: []string{schoolA + "/2025-2026", schoolB}, sum: "3380"},
		{name: "announced and absent", file: lines(head, schoolA+";2025-10-01;6eme;5"), announced: []string{schoolA, schoolB}, sum: "5", warnings: 1},
		{name: "a few faulty rows", file: with("0350017A;2025-10-01;6eme;1", schoolA+";2025-11-31;6eme;1"), sum: "3380", faults: 2},
		{name: "gzip", file: gzipped(with()), sum: "3380"},
		{name: "zip", file: zipped("a/effectifs.csv", with(), "LISEZMOI.pdf", "%PDF-1.7"), sum: "3380", warnings: 1},
		{name: "UTF-16", file: "\xff\xfe" + strings.Join(strings.Split(with(), ""), "\x00") + "\x00", sum: "3380"},
		{name: "Windows-1252", file: latin(lines(deppHeader, "2025;"+schoolA+";Coll\xe8ge \xc9mile;5;6")), sum: "11"},
		{name: "NDJSON", file: lines(`{"etablissement":"` + schoolA + `","jour":"2025-10-01","eleves":12}`), sum: "12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			d := h.accept(ingest.Submission{Announced: c.announced}, c.file)
			d = h.publish(d.Seq)[0]
			h.published(d)
			if got := h.rows(sumNow); got != c.sum || d.Faults != c.faults || d.Warnings != c.warnings {
				t.Errorf("sum %s, faults %d, warnings %d: %v", got, d.Faults, d.Warnings, h.faults(d.Seq))
			}
		})
	}
}

// More faults than are kept: the count stays exact.
func TestFaultsAreCapped(t *testing.T) {
	h := newHouse(t)
	bad := []string{head}
	for i := range 2500 {
		bad = append(bad, fmt.Sprintf("0350017A;2025-10-01;6eme;%d", i))
	}
	d := h.process(lines(bad...))[0]
	_, kept, err := h.registry.Faults(h.ctx, d.Seq, registry.Page{Limit: 1})
	if err != nil || d.Faults != 2500 || kept != registry.MostFaults || d.Rows != 2500 {
		t.Errorf("%+v, %d kept, %v", d, kept, err)
	}
}

func TestAcceptRefuses(t *testing.T) {
	h := newHouse(t)
	h.limits.FileBytes = 1000
	h.close()
	h.open("")
	text := func(s string) io.Reader { return strings.NewReader(s) }
	for _, c := range []struct {
		name string
		in   ingest.Submission
		kind belvedere.Kind
		says string
	}{
		{"empty", ingest.Submission{Source: "s", Body: text("")}, belvedere.Invalid, "vide"},
		{"no body", ingest.Submission{Source: "s"}, belvedere.Invalid, "Aucun fichier"},
		{"too large", ingest.Submission{Source: "s", Body: text(strings.Repeat("x", 1001))}, belvedere.TooLarge, "taille permise"},
		{"no source", ingest.Submission{Body: text("x")}, belvedere.Invalid, "source"},
		{"id with a space", ingest.Submission{Source: "s", ID: "a b", Body: text("x")}, belvedere.Invalid, "identifiant"},
		{"id that turns", ingest.Submission{Source: "s", ID: "a\u202eb", Body: text("x")}, belvedere.Invalid, "identifiant"},
		{"id too long", ingest.Submission{Source: "s", ID: strings.Repeat("x", 201), Body: text("x")}, belvedere.Invalid, "identifiant"},
		{"unknown dataset", ingest.Submission{Source: "s", Dataset: "../x", Body: text("x")}, belvedere.Invalid, "n’existe pas"},
		{"slice of a bad school", ingest.Submission{Source: "s", Announced: []string{"0350017A/2025"}, Body: text("x")}, belvedere.Invalid, "lettre de contrôle"},
		{"slice of a bad time", ingest.Submission{Source: "s", Announced: []string{schoolA + "/novembre"}, Body: text("x")}, belvedere.Invalid, "après la barre"},
		{"interrupted", ingest.Submission{Source: "s", Body: io.MultiReader(text("xx"), failing{})}, belvedere.Invalid, "interrompue"},
	} {
		_, _, err := h.service.Accept(h.ctx, c.in)
		if belvedere.KindOf(err) != c.kind || !strings.Contains(belvedere.Message(err), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, total, _ := h.registry.List(h.ctx, registry.DeliveryFilter{}, registry.Page{}); total != 0 {
		t.Errorf("%d deliveries recorded", total)
	}
	left, err := os.ReadDir(filepath.Join(h.dir, "arrivees", "arrivee"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestSameAgain(t *testing.T) {
	h := newHouse(t)
	file := lines(head, schoolA+";2025-10-01;6eme;100")
	first := h.accept(ingest.Submission{Source: "vendeur", ID: "lot-1"}, file)
	h.published(h.publish(first.Seq)[0])
	again, replayed, err := h.service.Accept(h.ctx, ingest.Submission{Source: "vendeur", ID: "lot-1", Body: strings.NewReader(file)})
	if err != nil || !replayed || again.Seq != first.Seq || again.Edition != 1 {
		t.Errorf("again: %+v %v %v", again, replayed, err)
	}
	if _, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "vendeur", ID: "lot-1", Body: strings.NewReader(file + " ")}); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("other bytes: %v", err)
	}
	noID, replayed, err := h.service.Accept(h.ctx, ingest.Submission{Source: "vendeur", Body: strings.NewReader(file)})
	if err != nil || !replayed || noID.Seq != first.Seq {
		t.Errorf("no id: %+v %v %v", noID, replayed, err)
	}
	if e, err := h.service.Process(h.ctx, []int64{first.Seq, first.Seq}, nil); err != nil || e.Number != 0 {
		t.Errorf("a published delivery was processed again: %v, %v", e, err)
	}
	if got := h.rows("SELECT count(*) FROM effectifs"); got != "1" {
		t.Errorf("%s rows", got)
	}
}

// Values that the warehouse cannot add up must not hold up the others, nor be tried for ever.
func TestPoisonIsIsolated(t *testing.T) {
	h := newHouse(t)
	connexions := []string{"etablissement,heure,profil,connexions"}
	for i := range 20_000 {
		at := belvedere.Date(2025, 9, 2).Add(time.Duration(i/2%8000) * time.Hour).Format(time.RFC3339)
		school := []string{schoolA, schoolB}[i/16_000]
		connexions = append(connexions, fmt.Sprintf("%s,%s,%s,999999999999999", school, at, []string{"eleves", "enseignants"}[i%2]))
	}
	bad := h.accept(ingest.Submission{}, lines(connexions...))
	fine := h.accept(ingest.Submission{}, lines(head, schoolA+";2025-10-01;6eme;100"))
	for range 5 {
		h.service.Process(h.ctx, []int64{bad.Seq, fine.Seq}, nil)
	}
	h.published(h.delivery(fine.Seq))
	if d := h.delivery(bad.Seq); d.State != belvedere.Refused || !strings.Contains(d.Reason, "plus grandes valeurs") {
		t.Errorf("%s after five tries: %s", d.State, d.Reason)
	}
	h.published(h.process(lines(head, schoolA+";2025-10-02;6eme;100"))[0])
}

package directory_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/directory"
	"belvedere/internal/source/aaf"
	"belvedere/internal/source/record"
	"belvedere/internal/source/record/recordtest"
)

func (o *office) feed(t testing.TB, since time.Time) (map[string][]byte, directory.Fed) {
	t.Helper()
	var out bytes.Buffer
	fed, err := o.ExportAAF(context.Background(), head(), school, directory.FeedForm{Year: year, Since: since}, &out)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.Split(f.Name, "_")[3]] = data
	}
	return files, fed
}

func read(t testing.TB, formats []record.Format, code string, data []byte) *recordtest.Reading {
	t.Helper()
	r := recordtest.Read(t, formats, code, data)
	if r.Err != nil || r.Marks() != "" {
		t.Fatalf("%s: %v, faults %s", code, r.Err, r.Marks())
	}
	return r
}

// ours says that all structures that the feed of samples names are one school.
func ours(files []board.Dropped) board.Dropped {
	ids := map[string]bool{}
	for _, f := range files {
		for _, m := range regexp.MustCompile(`<value>(\d{5})(\$[^<]*)?</value>`).FindAllSubmatch(f.Data, -1) {
			ids[string(m[1])] = true
		}
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><ficAlimMENESR>`)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		fmt.Fprintf(&b, `<addRequest><operationalAttributes><attr name="categorieStructure"><value>EtabEducNat</value></attr></operationalAttributes><identifier><id>%s</id></identifier>
			<attributes><attr name="ENTStructureJointure"><value>%s</value></attr><attr name="ENTStructureUAI"><value>%s</value></attr></attributes></addRequest>`, id, id, school)
	}
	b.WriteString(`</ficAlimMENESR>`)
	return board.Dropped{Name: "EtabEducNat.xml", Data: []byte(b.String())}
}

// The feed of 642 pupils, 701 staff and 1,029 guardians, taken into a vault, is given on whole: the
// same people under the same keys, in the same classes, with the same links.
func TestFeedComesAndGoes(t *testing.T) {
	if testing.Short() {
		t.Skip("2,372 people in an encrypted file: minutes under the race detector")
	}
	files := samples(t, "aaf", "derived_ENT_Complet_20130117_Eleve_0000.xml", "derived_ENT_Complet_20130117_PersRelEleve_0000.xml", "derived_ENT_Complet_20130117_PersEducNat_0000.xml")
	// Those who are attached to no structure are of no school: here, of ours.
	files[2].Data = bytes.ReplaceAll(files[2].Data, []byte(`"ENTPersonStructRattach"><value/>`), []byte(`"ENTPersonStructRattach"><value>52000</value>`))
	o := newOffice(t)
	o.imports(t, append(files, ours(files))...)
	written, fed := o.feed(t, time.Time{})
	if fed.Changed != 0 || fed.Deleted != 0 {
		t.Errorf("%+v", fed)
	}
	for i, c := range []struct {
		category, code string
		people         int
		rows           map[string][]string
	}{
		{"Eleve", "aaf_eleve", 642, map[string][]string{
			"aaf_eleve": {"jointure", "eleve_id", "naissance", "nom_patro", "nom", "prenom", "regime", "transport", "statut", "mef"},
			"aaf_lien":  {"jointure", "personne"}, "aaf_eleve_groupe": {"jointure", "groupe"}, "aaf_eleve_enseignement": {"jointure", "code"}}},
		{"PersRelEleve", "aaf_responsable", 1029, map[string][]string{
			"aaf_responsable": {"jointure", "nom_patro", "nom", "prenom", "civilite", "tel_domicile", "code_postal", "ville", "adresse"}}},
		{"PersEducNat", "aaf_personnel", 701, map[string][]string{"aaf_personnel": {"jointure", "naissance", "nom_patro", "nom", "prenom"}}},
	} {
		before, after := read(t, aaf.Formats(), c.code, files[i].Data), read(t, aaf.Formats(), c.code, written[c.category])
		if after.Head.Delta {
			t.Errorf("%s looks like changes", c.category)
		}
		if n := len(after.Rows(c.code, "jointure")); n != c.people {
			t.Errorf("%d people in %s, want %d", n, c.category, c.people)
		}
		for kind, fields := range c.rows {
			was, is := before.Rows(kind, fields...), after.Rows(kind, fields...)
			slices.Sort(was)
			slices.Sort(is)
			if diff := cmp.Diff(slices.Compact(was), is); diff != "" {
				t.Errorf("%s: %s", kind, diff[:min(len(diff), 1500)])
			}
		}
	}
	links := read(t, aaf.Formats(), "aaf_eleve", written["Eleve"]).Rows("aaf_lien", "legal")
	if without := len(slices.DeleteFunc(slices.Clone(links), func(l string) bool { return l != "0" })); len(links) != 1064 || without != 153 {
		t.Errorf("%d links, %d without legal rank", len(links), without)
	}
}

// What SIECLE gave can be given to another ENT, and comes back as what it was.
func TestFeedFromSIECLE(t *testing.T) {
	o := newOffice(t)
	o.imports(t, constructed(t)...)
	files, _ := o.feed(t, time.Time{})
	if got := slices.Sorted(maps.Keys(files)); len(got) != 6 {
		t.Errorf("files %q", got)
	}
	var list []board.Dropped
	for name, data := range files {
		list = append(list, board.Dropped{Name: name + ".xml", Data: data})
	}
	other := newOffice(t)
	other.imports(t, list...)
	const who = "SELECT e.nom || '/' || e.prenom || '/' || e.naissance || '/' || s.division || '/' || s.eleve_id || '/' || s.pension FROM scolarite s JOIN eleve e ON e.id = s.eleve WHERE s.present AND s.sortie = '' ORDER BY 1"
	if diff := cmp.Diff(o.column(t, who), other.column(t, who)); diff != "" {
		t.Error(diff)
	}
	const links = "SELECT e.prenom || '/' || p.prenom || '/' || l.parente || '/' || max(l.niveau, 1) FROM lien l JOIN eleve e ON e.id = l.eleve JOIN personne p ON p.id = l.personne JOIN scolarite s ON s.eleve = e.id AND s.present AND s.sortie = '' ORDER BY 1"
	if diff := cmp.Diff(o.column(t, links), other.column(t, links)); diff != "" {
		t.Error(diff)
	}
	const staff = "SELECT nom || '/' || prenom FROM personnel ORDER BY 1"
	if diff := cmp.Diff(o.column(t, staff), other.column(t, staff)); diff != "" {
		t.Error(diff)
	}
}

func TestFeedOfChanges(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	children := []child{{id: 1, last: "ABEL", first: "Ana", division: "6A", parents: []string{"71"}}, {id: 2, last: "BORG", first: "Bo", division: "6A", parents: []string{"72"}}}
	parents := []parent{{id: "71", last: "ABEL", first: "Rose", address: "1 RUE X"}, {id: "72", last: "BORG", first: "Eva", address: "2 RUE X"}}
	o.imports(t, siecle(children, parents)...)
	if _, err := o.ExportAAF(ctx, head(), school, directory.FeedForm{Year: year, Since: o.now}, io.Discard); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("changes since nothing: %v", err)
	}
	whole := o.now
	o.feed(t, time.Time{})
	o.now = o.now.AddDate(0, 0, 1)
	files, fed := o.feed(t, whole)
	if fed != (directory.Fed{}) || len(files) != 1 {
		t.Errorf("nothing has changed: %+v, %q", fed, slices.Sorted(maps.Keys(files)))
	}
	if r := read(t, aaf.Formats(), "aaf_vide", files["Eleve"]); !r.Head.Delta {
		t.Error("an empty file is one of changes")
	}
	children = []child{{id: 1, last: "ABEL", first: "Ana", division: "6B", parents: []string{"71"}}, {id: 3, last: "COHEN", first: "Léa <&>"[:4], division: "6A", parents: []string{"71"}}}
	o.imports(t, siecle(children, parents[:1])...)
	files, fed = o.feed(t, whole)
	// Ana moved, her mother has another child, the school has another class; Léa came; Bo and his mother left.
	if fed != (directory.Fed{Added: 1, Changed: 3, Deleted: 2}) {
		t.Errorf("%+v", fed)
	}
	text := string(files["Eleve"])
	for what, n := range map[string]int{"<addRequest>": 1, "<modifyRequest>": 1, "<deleteRequest>": 1, `operation="replace"`: 1} {
		if got := strings.Count(text, what); n == 1 && got == 0 || what != `operation="replace"` && got != n {
			t.Errorf("%s comes %d times", what, got)
		}
	}
	r := read(t, aaf.Changes(), "aaf_eleve", files["Eleve"])
	if got := r.Rows("aaf_eleve_classe", "classe"); !r.Head.Delta || !slices.Contains(got, "6B") || len(r.Rows("aaf_suppression", "categorie")) != 1 {
		t.Errorf("%q %+v", got, r.Head)
	}
	// An ENT that took the whole, then the changes, has what it would have by the whole of today.
	a, b := newOffice(t), newOffice(t)
	all := func(files map[string][]byte, name string) (list []board.Dropped) {
		for c, data := range files {
			list = append(list, board.Dropped{Name: "X_" + name + "_20260916_" + c + "_0000.xml", Data: data})
		}
		return list
	}
	first := newOffice(t)
	first.imports(t, siecle([]child{{id: 1, last: "ABEL", first: "Ana", division: "6A", parents: []string{"71"}}, {id: 2, last: "BORG", first: "Bo", division: "6A", parents: []string{"72"}}}, parents)...)
	start, _ := first.feed(t, time.Time{})
	a.imports(t, all(start, "Complet")...)
	a.imports(t, all(files, "Delta")...)
	now, _ := o.feed(t, time.Time{})
	b.imports(t, all(now, "Complet")...)
	const who = "SELECT e.prenom || s.division FROM scolarite s JOIN eleve e ON e.id = s.eleve WHERE s.present ORDER BY 1"
	if diff := cmp.Diff(b.column(t, who), a.column(t, who)); diff != "" {
		t.Error(diff)
	}
}

func TestCSVOfTheDirectory(t *testing.T) {
	o := newOffice(t)
	o.imports(t, family()...)
	var out bytes.Buffer
	n, err := o.ExportCSV(context.Background(), head(), school, year, &out)
	if err != nil || n != 10 {
		t.Fatal(n, err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 11 {
		t.Fatal(len(rows), err)
	}
	at := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	i := slices.IndexFunc(rows, func(row []string) bool { return row[2] == "claire.ferry" })
	if i < 0 || at(rows[i], "profil") != "responsables" || at(rows[i], "identifiants_eleves") != "jade.ferry, tom.ferry" || at(rows[i], "mel") != "Claire@exemple.org" {
		t.Errorf("%q", rows)
	}
}

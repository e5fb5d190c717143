package dossier_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
)

// canaries fills every column of every kind with a person of the name and the key, and another beside.
func canaries(t testing.TB, d *desk) {
	t.Helper()
	for _, k := range shipped().Kinds {
		if k.Space == "" {
			continue
		}
		var lines []string
		for _, who := range []string{"CANARI99", "autre77"} {
			var cells []string
			for _, c := range k.Columns {
				v := ""
				switch {
				case c.Class == dossier.Person:
					v = who
				case c.Class == dossier.Number:
					v = "3"
				case c.Grain == belvedere.ByYear:
					v = "2025"
				case c.Grain == belvedere.ByMonth:
					v = "2025-10"
				case c.Grain == belvedere.ByDay:
					v = "2025-10-02"
				case c.Class == dossier.Identity || c.Class == dossier.Sensitive:
					v = "Zéphyrine" + who
				case c.List != nil:
					v = c.List.Codes[0].Code
				case c.Class == dossier.Code || c.Class == dossier.Text:
					v = "X"
				}
				cells = append(cells, c.Name+"="+v)
			}
			lines = append(lines, strings.Join(cells, ";"))
		}
		load(t, d, rows(k.Name, lines...))
	}
}

func TestPersonIsLocatedExportedErased(t *testing.T) {
	ctx := context.Background()
	d, namer := newDesk(t), granted(belvedere.Identities)
	canaries(t, d)
	found, err := d.Locate(ctx, namer, school, "zephyrinecanari99")
	if err != nil || len(found) != 3 { // a student, a member of staff and a user of the platform bear the name
		t.Fatalf("%+v %v", found, err)
	}
	if byKey, err := d.Locate(ctx, namer, school, "CANARI99"); err != nil || len(byKey) != 3 {
		t.Errorf("%+v %v", byKey, err)
	}
	for _, p := range found {
		var out bytes.Buffer
		if err := d.ExportPerson(ctx, namer, school, p.Sort, p.ID, &out); err != nil || !strings.Contains(out.String(), "CANARI99") || strings.Contains(out.String(), "autre77") {
			t.Errorf("%v: %s", err, out.String())
		}
		if err := d.ErasePerson(ctx, namer, school, p.Sort, p.ID); err != nil {
			t.Fatal(err)
		}
	}
	everything(t, d, func(table, text string) {
		if strings.Contains(text, "CANARI") {
			t.Errorf("%s still has %.80s", table, text)
		}
	})
	if n := get(t, d, "SELECT count(*) FROM dos_inscriptions"); n != 1 {
		t.Errorf("the other is gone too: %d", n)
	}
	if n := get(t, d, "SELECT count(*) FROM dossier_morceau"); n != 0 {
		t.Errorf("%d pieces of files that hold her are left", n)
	}
	if err := d.ErasePerson(ctx, namer, school, vault.Student, found[0].ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
	if err := d.ErasePerson(ctx, namer, school, vault.Pupil, 1); belvedere.KindOf(err) != belvedere.Invalid {
		t.Error(err)
	}
	elsewhere := registrar
	elsewhere.Scope.Own = nil
	if _, err := d.Locate(ctx, elsewhere, school, "x"); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Error(err)
	}
}

// everything hands each value of each table.
func everything(t testing.TB, d *desk, f func(table, text string)) {
	t.Helper()
	err := d.v.Read(context.Background(), func(tx *vault.Tx) error {
		var columns [][2]string
		err := tx.Each("SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'", nil, func(scan func(...any) error) error {
			var one [2]string
			err := scan(&one[0], &one[1])
			columns = append(columns, one)
			return err
		})
		for _, c := range columns {
			if err == nil {
				err = tx.Each(`SELECT CAST("`+c[1]+`" AS TEXT) FROM "`+c[0]+`" WHERE "`+c[1]+`" IS NOT NULL`, nil, func(scan func(...any) error) error {
					var text string
					err := scan(&text)
					f(c[0]+"."+c[1], text)
					return err
				})
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What is kept no longer goes by whole school years, with the people and the files of whom nothing is left.
func TestRetention(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	load(t, d, rows("inscriptions", "annee=2015;nip=1;etape=A", "annee=2016;nip=2;etape=A"))
	load(t, d, rows("activite", "jour=2023-08-31;usager=1;cours=A", "jour=2023-09-01;usager=1;cours=B"))
	load(t, d, rows("paie", "mois=2021-08;matricule=7;cout=3", "mois=2021-09;matricule=8;cout=3"))
	if gone, err := d.v.Purge(ctx, vault.Retention{Years: 2022}); err != nil || len(gone) > 0 {
		t.Errorf("%v %v", gone, err)
	}
	gone, err := d.v.Purge(ctx, vault.DefaultRetention(time.Date(2026, 11, 14, 9, 0, 0, 0, time.UTC)))
	if err != nil || gone["dos_inscriptions"] != 1 || gone["dos_activite"] != 1 || gone["dos_paie"] != 1 || gone["dossier_personne"] != 2 {
		t.Errorf("%v %v", gone, err)
	}
	if got := selected(t, d, operator, dossier.Request{Kind: "activite", Columns: []string{"jour"}}); got != "2023-09-01\n" {
		t.Errorf("%s", got)
	}
}

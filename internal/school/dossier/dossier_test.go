package dossier_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// selected reads a request into lines.
func selected(t testing.TB, d *desk, who belvedere.Viewer, r dossier.Request) string {
	t.Helper()
	var b strings.Builder
	for row, err := range d.Select(context.Background(), who, school, r) {
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range row.Values {
			if i > 0 {
				b.WriteString("|")
			}
			fmt.Fprint(&b, v)
		}
		b.WriteString("\n")
	}
	return b.String()
}

var three = []string{
	"annee=2025;nip=1;nom=Ferry;prenom=Jade;etape=M1INF;sexe=F;statut=E",
	"annee=2025-2026;nip=2;nom=Aubry;etape=M1INF;sexe=homme",
	"annee=2024;nip=1;nom=Ferry;etape=L3INF;sexe=F;statut=démission",
}

func TestImportAndSelect(t *testing.T) {
	d := newDesk(t)
	r := load(t, d, rows("inscriptions", three...))
	if k := r.Kinds[0]; k.Read != 3 || k.Kept != 3 || k.Rows != 3 || k.Slices != 2 || fmt.Sprint(r.Years) != "[2024-2025 2025-2026]" {
		t.Errorf("%+v", r)
	}
	want := "2025|M1INF|F|actif\n2025|M1INF|M|actif\n2024|L3INF|F|demissionnaire\n"
	if got := selected(t, d, granted(belvedere.Pseudonyms), dossier.Request{Kind: "inscriptions", Columns: []string{"annee", "etape", "sexe", "statut"}}); got != want {
		t.Errorf("%s", got)
	}
	got := selected(t, d, granted(belvedere.Identities), dossier.Request{Kind: "inscriptions", Columns: []string{"nip", "nom"}, Level: belvedere.Identities,
		Where: []dossier.Filter{{Column: "annee", Op: dossier.AtLeast, Values: []string{"2025"}}}})
	if got != "1|Ferry\n2|Aubry\n" {
		t.Errorf("%s", got)
	}
	n, err := d.Count(context.Background(), registrar, school, dossier.Request{Kind: "inscriptions"})
	if err != nil || n.Rows != 3 || n.People != 2 {
		t.Errorf("%+v %v", n, err)
	}
}

// A file replaces the slices that it has rows of, and leaves the others.
func TestImportReplacesItsSlice(t *testing.T) {
	d := newDesk(t)
	load(t, d, rows("inscriptions", three...))
	if r := load(t, d, rows("inscriptions", three...)); !r.Replayed {
		t.Errorf("the same file again: %+v", r)
	}
	r := load(t, d, rows("inscriptions", "annee=2025;nip=9;etape=M2INF"))
	if r.Kinds[0].Replaced != 2 {
		t.Errorf("%+v", r)
	}
	if got := selected(t, d, operator, dossier.Request{Kind: "inscriptions", Columns: []string{"annee", "etape"}}); got != "2024|L3INF\n2025|M2INF\n" {
		t.Errorf("%s", got)
	}
	if r := load(t, d, rows("inscriptions", three...)); r.Replayed {
		t.Error("a file of which a part was replaced is read again")
	}
}

// A file that is refused leaves all as it was, and no one learns a value from the refusal.
func TestRefusedImportLeavesAll(t *testing.T) {
	d := newDesk(t)
	load(t, d, rows("inscriptions", three...))
	_, err := d.Import(context.Background(), registrar, school, rows("inscriptions", "annee=2025;nip=7;etape=X;sexe=Zéphyrine", "annee=2025;nip=8;etape=X"))
	if belvedere.KindOf(err) != belvedere.Invalid || strings.Contains(err.Error(), "phyrine") {
		t.Errorf("%v", err)
	}
	broken := rows("inscriptions", "annee=2025;nip=7;etape=X")
	fill := broken.Fill
	broken.Fill = func(into dossier.Sink) error { return errors.Join(fill(into), errors.New("the file ends early")) }
	if _, err := d.Import(context.Background(), registrar, school, broken); err == nil {
		t.Error("a broken file passes")
	}
	if got := selected(t, d, operator, dossier.Request{Kind: "inscriptions", Columns: []string{"annee", "etape"}}); got != "2025|M1INF\n2025|M1INF\n2024|L3INF\n" {
		t.Errorf("%s", got)
	}
}

// Without a grant of the level, no column, filter or count gives what it may not.
func TestLevels(t *testing.T) {
	d := newDesk(t)
	load(t, d, rows("inscriptions", three...))
	none := registrar
	weak := granted(belvedere.Identities)
	weak.Strong = false
	elsewhere := granted(belvedere.Identities)
	elsewhere.Grants[0].Schools = []belvedere.UAI{"0350028R"}
	for name, one := range map[string]struct {
		who belvedere.Viewer
		r   dossier.Request
	}{
		"no grant":            {none, dossier.Request{}},
		"a grant of totals":   {granted(belvedere.Totals), dossier.Request{}},
		"a grant elsewhere":   {elsewhere, dossier.Request{}},
		"one factor":          {weak, dossier.Request{}},
		"a name":              {granted(belvedere.Pseudonyms), dossier.Request{Columns: []string{"nom"}}},
		"a number of student": {granted(belvedere.Pseudonyms), dossier.Request{Columns: []string{"nip"}}},
		"a sensitive column":  {granted(belvedere.Pseudonyms), dossier.Request{Columns: []string{"handicap"}}},
		"a level beyond":      {granted(belvedere.Pseudonyms), dossier.Request{Columns: []string{"nom"}, Level: belvedere.Identities}},
		"an administrator":    {belvedere.Viewer{ID: 1, Admin: true, Strong: true, Kind: belvedere.AccountViewer}, dossier.Request{}},
		"a filter on a name":  {granted(belvedere.Identities), dossier.Request{Level: belvedere.Identities, Where: []dossier.Filter{{Column: "nom", Values: []string{"Ferry"}}}}},
	} {
		one.r.Kind = "inscriptions"
		n := 0
		var failure error
		for _, err := range d.Select(context.Background(), one.who, school, one.r) {
			if err != nil {
				failure = err
				continue
			}
			n++
		}
		if n > 0 || failure == nil {
			t.Errorf("%s: %d rows, %v", name, n, failure)
		}
	}
	all := selected(t, d, granted(belvedere.Pseudonyms), dossier.Request{Kind: "inscriptions"})
	if strings.Contains(all, "Ferry") {
		t.Errorf("%s", all)
	}
}

// The numbers of lines with the same key add where the kind says so.
func TestRepeatedKeysAdd(t *testing.T) {
	d := newDesk(t)
	r := load(t, d, rows("activite", "jour=2026-10-01;usager=5;cours=A;ressource=1;actions=3", "jour=2026-10-01;usager=5;cours=A;ressource=1;actions=3",
		"jour=2026-10-01;usager=5;cours=A;ressource=2;actions=1"))
	if k := r.Kinds[0]; k.Read != 3 || k.Kept != 3 || k.Rows != 2 || k.Faulty != 0 {
		t.Errorf("%+v", k)
	}
	if got := selected(t, d, operator, dossier.Request{Kind: "activite", Columns: []string{"actions"}}); got != "6\n1\n" {
		t.Errorf("%s", got)
	}
}

// A column in which nearly each person has a value of her own is no code: it would leave as a dimension.
func TestColumnThatNamesPeopleIsNoCode(t *testing.T) {
	d := newDesk(t)
	var lines []string
	for i := range 80 {
		lines = append(lines, fmt.Sprintf("annee=2025;nip=%d;etape=M1;composante=Personne %d", i, i))
	}
	if _, err := d.Import(context.Background(), registrar, school, rows("inscriptions", lines...)); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("%v", err)
	}
}

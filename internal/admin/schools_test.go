package admin_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
)

var claire = belvedere.Viewer{ID: 1, Login: "Claire@MORVAN"}

func TestSchoolFormsAreChecked(t *testing.T) {
	b := newBureau(t)
	for name, c := range map[string]struct {
		change func(*admin.SchoolForm)
		want   string // field
	}{
		"letters":          {func(f *admin.SchoolForm) { f.Postcodes = []string{"35OOO"} }, "code_postal"},
		"four digits":      {func(f *admin.SchoolForm) { f.Postcodes = []string{"3500"} }, "code_postal"},
		"other digits":     {func(f *admin.SchoolForm) { f.Postcodes = []string{"٣٥٠٠٠"} }, "code_postal"},
		"Corsica":          {func(f *admin.SchoolForm) { f.Postcodes = []string{"2A004"} }, "code_postal"},
		"double zero":      {func(f *admin.SchoolForm) { f.Postcodes = []string{"00123"} }, "code_postal"},
		"none":             {func(f *admin.SchoolForm) { f.Postcodes = []string{" "} }, "code_postal"},
		"line break":       {func(f *admin.SchoolForm) { f.Postcodes = []string{"35000\n<b>"} }, "code_postal"},
		"date":             {func(f *admin.SchoolForm) { f.Opened = "hier" }, "ouverture"},
		"closed first":     {func(f *admin.SchoolForm) { f.Opened, f.Closed = "2026-09-01", "2026-08-31" }, "fermeture"},
		"itself":           {func(f *admin.SchoolForm) { f.MergedInto = string(prevert) }, "devient"},
		"check letter":     {func(f *admin.SchoolForm) { f.MergedInto = "0990002A" }, "devient"},
		"outside register": {func(f *admin.SchoolForm) { f.MergedInto = string(unlistedSchool) }, "devient"},
	} {
		t.Run(name, func(t *testing.T) {
			f := admin.SchoolForm{School: prevert, Postcodes: []string{"35000"}}
			c.change(&f)
			_, err := b.schools.Save(context.Background(), claire, f)
			if got := fields(err); !slices.Equal(got, []string{c.want}) {
				t.Errorf("flaws in %v, want %s (%v)", got, c.want, err)
			}
		})
	}
	edits, err := b.registry.ListSchoolEdits(context.Background())
	if err != nil || len(edits) != 0 {
		t.Errorf("kept %v, %v", edits, err)
	}
}

func TestPostcodesOfASchool(t *testing.T) {
	b := newBureau(t)
	ctx := context.Background()
	l, err := b.schools.School(ctx, prevert)
	if err != nil || !slices.Equal(l.Postcodes(), []string{"99001", "99002"}) || l.Edited {
		t.Fatalf("delivered %v, %v", l.Postcodes(), err)
	}
	f := admin.SchoolFormOf(l)
	f.AsDelivered, f.Postcodes = false, []string{"97410", "20 000", "97410", ""}
	changes, err := b.schools.Save(ctx, claire, f)
	if err != nil || len(changes) != 1 || plain(changes[0]) != "codes postaux : ceux des livraisons → 97410, 20000" {
		t.Fatalf("changes %q, %v", changes, err)
	}
	if l, err = b.schools.School(ctx, prevert); err != nil || !slices.Equal(l.Postcodes(), []string{"97410", "20000"}) || l.Edit.By != "Claire@MORVAN" || l.Edit.Version != 1 {
		t.Fatalf("kept %+v, %v", l.Edit, err)
	}
	// The form that the other administrator still has is refused, and nothing of it kept.
	f.Postcodes = []string{"35000"}
	_, err = b.schools.Save(ctx, claire, f)
	wantError(t, err, belvedere.Conflict, "codes postaux : 97410, 20000 → 35000")
	f = admin.SchoolFormOf(l)
	f.AsDelivered = true
	if _, err = b.schools.Save(ctx, claire, f); err != nil {
		t.Fatal(err)
	}
	if edits, err := b.registry.ListSchoolEdits(ctx); err != nil || len(edits) != 0 {
		t.Errorf("as delivered again, yet %v, %v", edits, err)
	}
	wantError(t, b.schools.Restore(ctx, prevert), belvedere.NotFound, "n’est pas corrigé")
}

func TestUnknownSchoolsHaveNoCorrection(t *testing.T) {
	b := newBureau(t)
	for _, uai := range []belvedere.UAI{unlistedSchool, "0350017D", "", "x"} {
		_, err := b.schools.Save(context.Background(), claire, admin.SchoolForm{School: uai, Postcodes: []string{"35000"}})
		wantError(t, err, belvedere.NotFound, "Cette adresse")
		_, err = b.schools.School(context.Background(), uai)
		wantError(t, err, belvedere.NotFound, "Cette adresse")
	}
}

func TestSuccessorsComeToAnEnd(t *testing.T) {
	b := newBureau(t)
	ctx := context.Background()
	// The deliveries say that Camus became Jaurès.
	_, err := b.schools.Save(ctx, claire, admin.SchoolForm{School: jaures, AsDelivered: true, MergedInto: string(camus)})
	wantError(t, err, belvedere.Invalid, string(jaures)+" → "+string(camus)+" → "+string(jaures))
	if _, err = b.schools.Save(ctx, claire, admin.SchoolForm{School: jaures, AsDelivered: true, Closed: "2026-09-01", MergedInto: strings.ToLower(string(prevert))}); err != nil {
		t.Fatal(err)
	}
	_, err = b.schools.Save(ctx, claire, admin.SchoolForm{School: prevert, AsDelivered: true, MergedInto: string(camus)})
	wantError(t, err, belvedere.Invalid, "sans fin")
	list, err := b.schools.List(ctx, "jaures", true)
	if err != nil || len(list) != 1 || list[0].Edit.MergedInto != prevert {
		t.Errorf("list %+v, %v", list, err)
	}
	if list, err = b.schools.List(ctx, "99002", false); err != nil || len(list) != 1 || list[0].UAI != prevert {
		t.Errorf("by postcode %+v, %v", list, err)
	}
	if list, err = b.schools.List(ctx, "", false); err != nil || len(list) != 3 {
		t.Errorf("all: %d, %v", len(list), err)
	}
}

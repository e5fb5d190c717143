package formula_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/formula"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// bench is a service over the shipped catalogue and an empty registry.
func bench(t *testing.T) *formula.Service {
	t.Helper()
	reg, err := registry.OpenSQLite(t.Context(), t.TempDir()+"/registre.sqlite")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	model, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return formula.New(formula.Config{Registry: reg, Model: func(context.Context) (*belvedere.Model, error) { return model, nil },
		Reporter: func() *report.Reporter { return nil }, Now: func() time.Time { return time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC) }})
}

// who is an author, or a data officer.
func who(id int64, capabilities ...belvedere.Capability) belvedere.Viewer {
	v := belvedere.Viewer{ID: id, Login: "Auteur@" + string(rune('A'+id)), Kind: belvedere.AccountViewer}
	for _, c := range capabilities {
		v.Grants = append(v.Grants, belvedere.Grant{Account: id, Capability: c})
	}
	return v
}

func keep(t *testing.T, s *formula.Service, v belvedere.Viewer, base int, code, text string) (registry.SavedFormula, error) {
	t.Helper()
	return s.Save(t.Context(), v, formula.Draft{Kind: registry.FormulaOfFigures, Code: code, Base: base,
		FormulaVersion: registry.FormulaVersion{Label: "Formule " + code, Text: text, Decimals: 2}})
}

// TestFormulaOverFormula wants a formula that names another to be what its text would be in brackets,
// to read all that it reads, and never to read itself.
func TestFormulaOverFormula(t *testing.T) {
	s := bench(t)
	ann, bob := who(1, belvedere.Author), who(2, belvedere.Author)
	if _, err := keep(t, s, ann, 0, "filles_seules", "eleves[sexe=F]"); err != nil {
		t.Fatal(err)
	}
	if _, err := keep(t, s, ann, 0, "part", "1 - formule:filles_seules / eleves"); err != nil {
		t.Fatal(err)
	}
	if _, err := keep(t, s, ann, 0, "part_6e", "formule:part[niveau=6eme]"); err != nil {
		t.Fatal(err)
	}
	model, _ := s.Model(t.Context())
	nested, err := s.Formula(t.Context(), ann, "part_6e", 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := semantic.Formula(model, nested)
	if err != nil {
		t.Fatal(err)
	}
	want, err := semantic.Formula(model, belvedere.Formula{Text: "1 - eleves[sexe=F,niveau=6eme] / eleves[niveau=6eme]", Decimals: 2})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Rate.Num, want.Rate.Num) || !reflect.DeepEqual(got.Rate.Den, want.Rate.Den) || len(got.Reads) != len(want.Reads) {
		t.Errorf("nested: %+v / %+v, want %+v / %+v", got.Rate.Num, got.Rate.Den, want.Rate.Num, want.Rate.Den)
	}
	for what, bad := range map[string]struct{ code, text, says string }{
		"itself":   {"filles_seules", "formule:filles_seules + eleves", "se lirait elle-même"},
		"a circle": {"filles_seules", "formule:part_6e / classes", "se lirait elle-même"},
		"unknown":  {"filles_seules", "formule:absente / classes", "absente"},
		"unnamed":  {"filles_seules", "formule: / classes", "le code d’une formule"},
	} {
		if _, err := keep(t, s, ann, 1, bad.code, bad.text); belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(belvedere.Message(err), bad.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// What is not shared is unknown to others, in a formula as by itself.
	c, err := s.Check(t.Context(), bob, formula.Draft{Kind: registry.FormulaOfFigures, Code: "autre", FormulaVersion: registry.FormulaVersion{Text: "formule:part"}})
	if err != nil || !strings.Contains(c.Problem, "inconnue") || strings.Contains(c.Problem, "eleves") {
		t.Errorf("a private formula is read by others: %+v %v", c.Problem, err)
	}
	if _, err := s.Delete(t.Context(), ann, registry.FormulaOfFigures, "part"); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("a formula that another reads is deleted: %v", err)
	}
	if _, err := s.Share(t.Context(), ann, registry.FormulaOfFigures, "part_6e", true); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("a shared formula reads one that is not: %v", err)
	}
}

// TestVerificationFallsBelow wants whoever stands for a formula to stand for its figures: when what it
// reads changes, at any depth, nobody stands for it any more.
func TestVerificationFallsBelow(t *testing.T) {
	s := bench(t)
	ann, officer := who(1, belvedere.Author), who(3, belvedere.DataOfficer)
	for _, f := range [][2]string{{"base", "eleves[sexe=F]"}, {"milieu", "formule:base / classes"}, {"haut", "2 * formule:milieu"}, {"autre", "eleves / classes"}} {
		if _, err := keep(t, s, ann, 0, f[0], f[1]); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Share(t.Context(), ann, registry.FormulaOfFigures, f[0], true); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Verify(t.Context(), officer, registry.FormulaOfFigures, f[0], 1, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := keep(t, s, ann, 1, "base", "eleves[sexe=M]"); err != nil {
		t.Fatal(err)
	}
	for code, verified := range map[string]bool{"base": false, "milieu": false, "haut": false, "autre": true} {
		sheet, err := s.Sheet(t.Context(), ann, registry.FormulaOfFigures, code)
		if err != nil {
			t.Fatal(err)
		}
		if (sheet.VerifiedBy != "") != verified {
			t.Errorf("%s is verified by %q", code, sheet.VerifiedBy)
		}
	}
	sheet, _ := s.Sheet(t.Context(), ann, registry.FormulaOfFigures, "base")
	if len(sheet.Uses) != 1 || sheet.Uses[0].Title != "Formule milieu" {
		t.Errorf("used by %+v", sheet.Uses)
	}
}

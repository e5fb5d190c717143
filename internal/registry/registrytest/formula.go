package registrytest

import (
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

func savedFormula(owner int64) registry.SavedFormula {
	return registry.SavedFormula{Kind: registry.FormulaOfFigures, Code: "eleves_par_classe", Owner: owner, OwnerName: "Claire MORVAN", Created: arrival,
		FormulaVersion: registry.FormulaVersion{Label: "Élèves par classe", Definition: "Sur deux\nlignes.", Text: "eleves / classes", Decimals: 1, BetterIsLow: true}}
}

// fillFormulas puts a row in each table of formulas.
func (s *suite) fillFormulas() {
	s.t.Helper()
	_, err := s.CreateFormula(s.ctx, savedFormula(1))
	s.must(err)
}

func testFormulas(t *testing.T, s *suite) {
	s.fillAccounts()
	one, err := s.CreateFormula(s.ctx, savedFormula(1))
	s.must(err)
	if got, err := s.again().Formula(s.ctx, registry.FormulaOfFigures, one.Code); err != nil || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", one) || got.Version != 1 || !got.BetterIsLow {
		t.Errorf("formula %#v, %v, want %#v", got, err, one)
	}
	s.must(s.VerifyFormula(s.ctx, one.ID, 1, "Claire@MORVAN", arrival))
	saved, err := s.SaveFormula(s.ctx, one, registry.FormulaVersion{Label: "Par classe", Text: "eleves / classes / 1", Percent: true, By: "Éric ŒUVRARD", At: arrival, Note: "Libellé."})
	s.must(err)
	if saved.Version != 2 || saved.Label != "Par classe" || saved.VerifiedBy != "" || !saved.Percent {
		t.Errorf("saved %#v", saved)
	}
	_, stale := s.SaveFormula(s.ctx, one, registry.FormulaVersion{Label: "Trop tard", Text: "eleves"})
	_, taken := s.CreateFormula(s.ctx, savedFormula(2))
	s.kinds(belvedere.Conflict, map[string]error{"stale": stale, "taken": taken, "old version": s.VerifyFormula(s.ctx, one.ID, 1, "x", arrival)})
	if list, err := s.FormulaVersions(s.ctx, one.ID); err != nil || len(list) != 2 || list[0].Number != 2 || list[1].Text != "eleves / classes" {
		t.Errorf("versions %+v, %v", list, err)
	}
	people := savedFormula(2) // one code of each kind
	people.Kind, people.Text, people.Shared = registry.FormulaOfRows, "sexe=F", true
	people, err = s.CreateFormula(s.ctx, people)
	s.must(err)
	if list, err := s.ListFormulas(s.ctx, registry.FormulaOfRows); err != nil || len(list) != 1 || !list[0].Shared || list[0].ID != people.ID {
		t.Errorf("populations %+v, %v", list, err)
	}
	s.must(s.ShareFormula(s.ctx, one.ID, true))
	s.must(s.DeleteAccount(s.ctx, 2, 0)) // what it wrote stays for those who use it
	if got, err := s.Formula(s.ctx, registry.FormulaOfRows, people.Code); err != nil || got.Owner != 2 {
		t.Errorf("after its owner left: %+v, %v", got, err)
	}
	s.must(s.DeleteFormula(s.ctx, one.ID))
	_, gone := s.Formula(s.ctx, registry.FormulaOfFigures, one.Code)
	_, late := s.SaveFormula(s.ctx, saved, saved.FormulaVersion)
	s.kinds(belvedere.NotFound, map[string]error{"gone": gone, "again": s.DeleteFormula(s.ctx, one.ID), "share": s.ShareFormula(s.ctx, one.ID, true), "save": late})
	invalid := map[string]error{}
	for name, change := range map[string]func(f *registry.SavedFormula){
		"code": func(f *registry.SavedFormula) { f.Code = "A b" }, "label": func(f *registry.SavedFormula) { f.Label = " " },
		"text": func(f *registry.SavedFormula) { f.Text = "" }, "kind": func(f *registry.SavedFormula) { f.Kind = "autre" },
		"decimals": func(f *registry.SavedFormula) { f.Decimals = 9 }, "unit": func(f *registry.SavedFormula) { f.Unit = strings.Repeat("é", 41) },
	} {
		f := savedFormula(1)
		change(&f)
		_, invalid[name] = s.CreateFormula(s.ctx, f)
	}
	s.kinds(belvedere.Invalid, invalid)
}

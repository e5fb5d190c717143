package registrytest

import (
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

// canteen is a dataset that someone declared.
func canteen() registry.Declaration {
	return registry.Declaration{Kind: registry.DeclaredDataset, Name: "cantines", Dataset: "cantines", Label: "Repas «\u00a0servis\u00a0»",
		Text: "dataset: cantines\n# é\n", Author: "Claire@MORVAN", At: arrival, Reason: "premier dépôt"}
}

func (s *suite) fillDeclarations() {
	s.t.Helper()
	form := canteen()
	form.Kind, form.Name = registry.DeclaredForm, "cantines_fichier"
	s.must(s.PutDeclarations(s.ctx, 0, []registry.Declaration{canteen(), form}))
}

func testDeclarations(t *testing.T, s *suite) {
	rights, err := s.RightsVersion(s.ctx)
	s.must(err)
	s.fillDeclarations()
	again := s.again()
	if now, err := again.RightsVersion(s.ctx); err != nil || now == rights {
		t.Errorf("rights are still of version %d, %v", now, err)
	}
	if v, err := again.DeclarationsVersion(s.ctx); err != nil || v != 1 {
		t.Errorf("version %d, %v", v, err)
	}
	list, err := again.ListDeclarations(s.ctx, false)
	s.must(err)
	want := canteen()
	want.ID, want.Revision = 1, 1
	if len(list) != 2 || list[0] != want || list[1].Path() != "forms/cantines_fichier.yaml" || list[0].Path() != "datasets/cantines.yaml" {
		t.Errorf("%+v", list)
	}
	more, end := canteen(), canteen()
	more.Text, end.Withdrawn = "dataset: cantines\nlabel: Repas\n", true
	s.must(s.PutDeclarations(s.ctx, 1, []registry.Declaration{more}))
	s.kinds(belvedere.Conflict, map[string]error{"late": s.PutDeclarations(s.ctx, 1, []registry.Declaration{more})})
	s.must(s.PutDeclarations(s.ctx, 2, []registry.Declaration{end}))
	if list, err = again.ListDeclarations(s.ctx, false); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = again.ListDeclarations(s.ctx, true); err != nil || len(list) != 2 || !list[0].Withdrawn {
		t.Errorf("%+v, %v", list, err)
	}
	past, err := again.DeclarationHistory(s.ctx, registry.DeclaredDataset, "cantines")
	if err != nil || len(past) != 3 || past[0].Revision != 3 || past[1].Text != more.Text || past[2].Text != canteen().Text {
		t.Errorf("%+v, %v", past, err)
	}
	_, none := again.DeclarationHistory(s.ctx, registry.DeclaredForm, "cantines")
	s.kinds(belvedere.NotFound, map[string]error{"none": none})
}

func testDeclarationChecks(t *testing.T, s *suite) {
	wrong := map[string]error{}
	for name, spoil := range map[string]func(*registry.Declaration){
		"kind":  func(d *registry.Declaration) { d.Kind = "catalog" },
		"path":  func(d *registry.Declaration) { d.Name = "../a" },
		"name":  func(d *registry.Declaration) { d.Name = "" },
		"empty": func(d *registry.Declaration) { d.Text = "" },
	} {
		d := canteen()
		spoil(&d)
		wrong[name] = s.PutDeclarations(s.ctx, 0, []registry.Declaration{canteen(), d})
	}
	s.kinds(belvedere.Invalid, wrong)
	large := canteen()
	large.Text = strings.Repeat("#", 1<<20+1)
	s.kinds(belvedere.TooLarge, map[string]error{"large": s.PutDeclarations(s.ctx, 0, []registry.Declaration{large})})
	if list, err := s.ListDeclarations(s.ctx, true); err != nil || len(list) != 0 {
		t.Errorf("kept %+v, %v", list, err)
	}
}

package registrytest

import (
	"reflect"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

func testReleases(t *testing.T, s *suite) {
	a, b := registry.SheetName{Release: 1, Dataset: "discipline", Year: 2024}, registry.SheetName{Release: 1, Dataset: "effectifs", Year: 2025}
	first := registry.Release{Number: 1, Edition: 3, Rules: "5", Reason: "chargement", At: arrival}
	s.must(s.PutRelease(s.ctx, first, map[registry.SheetName]string{a: "A", b: "B é"}))
	s.must(s.PutRelease(s.ctx, registry.Release{Number: 2, Edition: 5, At: arrival}, nil))
	first.Sheets = []registry.SheetName{a, b}
	list, err := s.again().ListReleases(s.ctx)
	if want := []registry.Release{first, {Number: 2, Edition: 5, At: arrival}}; err != nil || !reflect.DeepEqual(list, want) {
		t.Errorf("releases %+v, %v, want %+v", list, err, want)
	}
	if content, err := s.ReleaseSheet(s.ctx, b); err != nil || content != "B é" {
		t.Errorf("sheet %q, %v", content, err)
	}
	_, missing := s.ReleaseSheet(s.ctx, registry.SheetName{Release: 2, Dataset: "effectifs", Year: 2025})
	s.kinds(belvedere.NotFound, map[string]error{"sheet": missing})
	s.kinds(belvedere.Conflict, map[string]error{
		"same number":     s.PutRelease(s.ctx, registry.Release{Number: 2, Edition: 5, At: arrival}, nil),
		"earlier edition": s.PutRelease(s.ctx, registry.Release{Number: 3, Edition: 4, At: arrival}, map[registry.SheetName]string{a: "x"}),
	})
	if content, err := s.ReleaseSheet(s.ctx, a); err != nil || content != "A" {
		t.Errorf("a refused release left %q, %v", content, err)
	}
}

package registrytest

import (
	"slices"
	"testing"

	"belvedere"
)

// testMembers: a member stays as it first came, whatever later files call it.
func testMembers(t *testing.T, s *suite) {
	first := []belvedere.Member{{List: "etapes", Code: "L1", Label: "Licence 1"}, {List: "etapes", Code: "L2", Label: "Licence 2"}}
	s.must(s.AddMembers(s.ctx, first, 1, arrival))
	s.must(s.AddMembers(s.ctx, []belvedere.Member{{List: "etapes", Code: "L1", Label: "Autre"}, {List: "pays", Code: "L1", Label: "Lettonie"}}, 2, arrival))
	got, err := s.Members(s.ctx)
	s.must(err)
	if want := append(slices.Clone(first), belvedere.Member{List: "pays", Code: "L1", Label: "Lettonie"}); !slices.Equal(got, want) {
		t.Errorf("members: %v, want %v", got, want)
	}
	if err := s.AddMembers(s.ctx, []belvedere.Member{{List: "pays", Code: "FR"}}, 3, arrival); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a member without a label: %v", err)
	}
}

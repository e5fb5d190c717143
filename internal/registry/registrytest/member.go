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
	testNamings(t, s)
}

// testNamings: the latest delivery names a member, one that is read again changes nothing, and what someone
// corrected stays.
func testNamings(t *testing.T, s *suite) {
	call := func(label, author string, delivery int64) int {
		t.Helper()
		done, err := s.RenameMembers(s.ctx, []belvedere.Naming{{Member: belvedere.Member{List: "etapes", Code: "L2", Label: label}, Delivery: delivery, Author: author, At: arrival}})
		s.must(err)
		return len(done)
	}
	for _, one := range []struct {
		label, author string
		delivery      int64
		took          int
	}{{"Deuxième année", "", 4, 1}, {"Deuxième année", "", 5, 0}, {"Licence 2", "", 1, 0}, {"L2", "", 6, 1}, {"Année 2", "Claire@MORVAN", 0, 1}, {"Autre", "", 9, 0}} {
		if got := call(one.label, one.author, one.delivery); got != one.took {
			t.Errorf("%+v: %d taken", one, got)
		}
	}
	list, err := s.Namings(s.ctx)
	s.must(err)
	var labels []string
	for _, n := range list {
		labels = append(labels, n.Label)
	}
	if !slices.Equal(labels, []string{"Deuxième année", "L2", "Année 2"}) || list[2].Author != "Claire@MORVAN" || !list[0].At.Equal(arrival) {
		t.Errorf("namings: %+v", list)
	}
	if _, err := s.RenameMembers(s.ctx, []belvedere.Naming{{Member: belvedere.Member{List: "etapes", Code: "L9", Label: "x"}, Author: "a", At: arrival}}); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("an unknown code: %v", err)
	}
}

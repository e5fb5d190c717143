package registrytest

import (
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

func testContests(t *testing.T, s *suite) {
	one := registry.Contest{School: "0350017D", Dataset: "effectifs", From: belvedere.Date(2025, 10, 1), Line: "6eme;F", Text: "Trois élèves en trop.", At: arrival}
	two := registry.Contest{School: "0350017D", Dataset: "structures", Text: "Une classe a fermé.", At: arrival}
	other := registry.Contest{School: "0350001L", Dataset: "effectifs", Text: "Faux", At: arrival}
	s.must(s.PutContests(s.ctx, " 0350017d", []registry.Contest{two, one}))
	s.must(s.PutContests(s.ctx, "0350001L", []registry.Contest{other}))
	s.must(s.PutContests(s.ctx, "0350017D", []registry.Contest{one, two}))
	list, err := s.again().ListContests(s.ctx)
	if err != nil || fmt.Sprintf("%#v", list) != fmt.Sprintf("%#v", []registry.Contest{other, one, two}) {
		t.Errorf("contests %#v, %v", list, err)
	}
	s.must(s.PutContests(s.ctx, "0350017D", nil))
	for name, bad := range map[string][]registry.Contest{
		"no dataset": {{Text: "x"}}, "no text": {{Dataset: "effectifs"}}, "long": {{Dataset: "effectifs", Text: strings.Repeat("é", 501)}},
		"many": make([]registry.Contest, registry.MostContests+1),
	} {
		s.kinds(belvedere.Invalid, map[string]error{name: s.PutContests(s.ctx, "0350001L", bad)})
	}
	s.kinds(belvedere.Invalid, map[string]error{"school": s.PutContests(s.ctx, "0350017A", nil)})
	if list, err := s.ListContests(s.ctx); err != nil || len(list) != 1 || list[0].School != "0350001L" {
		t.Errorf("contests %#v, %v", list, err)
	}
}

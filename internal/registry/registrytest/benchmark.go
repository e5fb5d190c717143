package registrytest

import (
	"fmt"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

func testBenchmarks(t *testing.T, s *suite) {
	one := registry.BenchmarkGroup{Figure: "eleves valeur 2025 college", Stratum: "0.8.0.4", Schools: []belvedere.UAI{"0350001L", "0350017D"}, Edition: 3, At: arrival}
	two := one
	two.Edition = 4
	other := registry.BenchmarkGroup{Figure: "eleves valeur 2024 college", Stratum: "0.8.0.4", Schools: []belvedere.UAI{"0350017D"}, Edition: 1, At: arrival}
	s.must(s.PutBenchmarkGroup(s.ctx, one, 0))
	s.must(s.PutBenchmarkGroup(s.ctx, other, 0))
	s.must(s.PutBenchmarkGroup(s.ctx, two, 1))
	s.kinds(belvedere.Conflict, map[string]error{"twice": s.PutBenchmarkGroup(s.ctx, two, 1)})
	list, err := s.again().BenchmarkGroups(s.ctx, one.Figure)
	if err != nil || fmt.Sprintf("%#v", list) != fmt.Sprintf("%#v", []registry.BenchmarkGroup{one, two}) {
		t.Errorf("groups %#v, %v", list, err)
	}
	for name, bad := range map[string]registry.BenchmarkGroup{
		"no figure": {Schools: one.Schools, Edition: 1}, "no school": {Figure: "x", Edition: 1},
		"no edition": {Figure: "x", Schools: one.Schools}, "school": {Figure: "x", Schools: []belvedere.UAI{"x"}, Edition: 1},
	} {
		s.kinds(belvedere.Invalid, map[string]error{name: s.PutBenchmarkGroup(s.ctx, bad, 0)})
	}
}

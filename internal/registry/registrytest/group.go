package registrytest

import (
	"fmt"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

func testGroups(t *testing.T, s *suite) {
	g, err := s.PutGroup(s.ctx, registry.Group{Name: "Lycées", Rule: "type", Values: []string{"LYC", "LP", "LYC"}})
	s.must(err)
	named, err := s.PutGroup(s.ctx, registry.Group{Name: "à la main", Rule: "liste", Schools: []belvedere.UAI{"0350017D", "0350001L"}})
	s.must(err)
	list, err := s.again().ListGroups(s.ctx)
	if err != nil || fmt.Sprintf("%+v", list) != fmt.Sprintf("%+v", []registry.Group{
		{ID: 1, Version: 1, Name: "Lycées", Rule: "type", Values: []string{"LP", "LYC"}},
		{ID: 2, Version: 1, Name: "à la main", Rule: "liste", Schools: []belvedere.UAI{"0350001L", "0350017D"}}}) {
		t.Errorf("groups %+v, %v", list, err)
	}
	_, same := s.PutGroup(s.ctx, registry.Group{Name: "LYCÉES", Rule: "type", Values: []string{"LP"}})
	old := g
	g.Name = "Lycées publics"
	if g, err = s.PutGroup(s.ctx, g); err != nil || g.Version != 2 {
		t.Errorf("put %+v, %v", g, err)
	}
	_, stale := s.PutGroup(s.ctx, old)
	s.kinds(belvedere.Conflict, map[string]error{"name": same, "version": stale, "delete": s.DeleteGroup(s.ctx, g.ID, 1)})
	_, gone := s.PutGroup(s.ctx, registry.Group{ID: 9, Version: 1, Name: "x", Rule: "liste"})
	s.kinds(belvedere.NotFound, map[string]error{"put": gone, "delete": s.DeleteGroup(s.ctx, 9, 0)})
	_, noName := s.PutGroup(s.ctx, registry.Group{Rule: "liste"})
	_, noRule := s.PutGroup(s.ctx, registry.Group{Name: "x", Rule: "tous"})
	_, noValue := s.PutGroup(s.ctx, registry.Group{Name: "x", Rule: "type"})
	_, letter := s.PutGroup(s.ctx, registry.Group{Name: "x", Rule: "liste", Schools: []belvedere.UAI{"0350017A"}})
	s.kinds(belvedere.Invalid, map[string]error{"name": noName, "rule": noRule, "value": noValue, "letter": letter})
	a := person("Claire", "Morvan")
	a.Groups = []int64{named.ID, g.ID}
	if a = s.create(a); fmt.Sprint(a.Groups) != "[1 2]" {
		t.Errorf("groups of the account: %v", a.Groups)
	}
	s.must(s.DeleteGroup(s.ctx, g.ID, 2))
	if a, err = s.Account(s.ctx, a.ID); err != nil || fmt.Sprint(a.Groups) != "[2]" {
		t.Errorf("groups of the account: %v, %v", a.Groups, err)
	}
}

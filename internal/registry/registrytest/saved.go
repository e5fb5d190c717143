package registrytest

import (
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

func savedQuery(owner int64) registry.SavedQuery {
	return registry.SavedQuery{Owner: owner, OwnerName: "Claire MORVAN", Title: "Élèves par type <b>", Description: "Le rapport du mardi.", Sharing: registry.SharedChosen,
		State: "indicateurs=eleves&lignes=type", Parameters: []string{"annee", "filtre.niveau"}, Accounts: []int64{2}, Schools: []belvedere.UAI{"0350017D"}, Created: arrival}
}

// fillSaved puts a row in each table of saved queries, for the first two accounts.
func (s *suite) fillSaved() {
	s.t.Helper()
	_, err := s.CreateSaved(s.ctx, savedQuery(1))
	s.must(err)
}

func testSaved(t *testing.T, s *suite) {
	s.fillAccounts()
	one, err := s.CreateSaved(s.ctx, savedQuery(1))
	s.must(err)
	if got, err := s.again().SavedQuery(s.ctx, one.ID); err != nil || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", one) || got.Version != 1 || len(got.Parameters) != 2 {
		t.Errorf("saved %#v, %v, want %#v", got, err, one)
	}
	version := func(change func(*registry.SavedVersion)) registry.SavedVersion {
		v := registry.SavedVersion{Title: one.Title, Description: one.Description, State: one.State, Parameters: one.Parameters, By: "Claire MORVAN", At: arrival, Note: "Mieux."}
		change(&v)
		return v
	}
	verified := func(change func(*registry.SavedVersion)) bool {
		t.Helper()
		s.must(s.VerifySaved(s.ctx, one.ID, one.Version, "Claire@MORVAN", arrival))
		var err error
		one, err = s.SaveSaved(s.ctx, one, version(change))
		s.must(err)
		return one.VerifiedBy != ""
	}
	if !verified(func(v *registry.SavedVersion) { v.Description = "Autre." }) {
		t.Error("a description took the verification away")
	}
	for name, change := range map[string]func(*registry.SavedVersion){
		"state": func(v *registry.SavedVersion) { v.State += "&annee=2024" }, "title": func(v *registry.SavedVersion) { v.Title = "Officiel" },
		"parameters": func(v *registry.SavedVersion) { v.Parameters = []string{"annee"} },
	} {
		if verified(change) {
			t.Errorf("another %s is verified still", name)
		}
	}
	stale := one
	stale.Version = 1
	_, late := s.SaveSaved(s.ctx, stale, version(func(*registry.SavedVersion) {}))
	s.kinds(belvedere.Conflict, map[string]error{"stale": late, "old version": s.VerifySaved(s.ctx, one.ID, 1, "x", arrival)})
	if list, err := s.SavedVersions(s.ctx, one.ID); err != nil || len(list) != 5 || list[0].Number != 5 || list[4].State != "indicateurs=eleves&lignes=type" {
		t.Errorf("versions %+v, %v", list, err)
	}
	s.must(s.VerifySaved(s.ctx, one.ID, one.Version, "x", arrival))
	s.must(s.VerifySaved(s.ctx, one.ID, one.Version, "", arrival))
	if got, err := s.SavedQuery(s.ctx, one.ID); err != nil || got.VerifiedBy != "" || !got.Verified.IsZero() {
		t.Errorf("taken back: %+v, %v", got, err)
	}
	one.Sharing, one.Accounts, one.Schools = registry.SharedAll, nil, nil
	s.must(s.ShareSaved(s.ctx, one))
	other := savedQuery(2)
	other.Accounts = []int64{1, 2, 1}
	other, err = s.CreateSaved(s.ctx, other)
	s.must(err)
	if list, err := s.ListSaved(s.ctx); err != nil || len(list) != 2 || len(list[0].Accounts)+len(list[1].Accounts) != 2 {
		t.Errorf("list %+v, %v", list, err)
	}
	s.must(s.DeleteAccount(s.ctx, 2, 0)) // its queries stay for those that they are shared with
	if got, err := s.SavedQuery(s.ctx, other.ID); err != nil || len(got.Accounts) != 1 || got.Owner != 2 {
		t.Errorf("after its owner left: %+v, %v", got, err)
	}
	s.must(s.DeleteSaved(s.ctx, one.ID))
	_, gone := s.SavedQuery(s.ctx, one.ID)
	s.kinds(belvedere.NotFound, map[string]error{"gone": gone, "again": s.DeleteSaved(s.ctx, one.ID), "share": s.ShareSaved(s.ctx, one)})
	mute, long, unknown := savedQuery(1), savedQuery(1), savedQuery(1)
	mute.Title, long.Description, unknown.Sharing = " ", strings.Repeat("é", 2001), "public"
	_, untitled := s.CreateSaved(s.ctx, mute)
	_, tooLong := s.CreateSaved(s.ctx, long)
	_, public := s.CreateSaved(s.ctx, unknown)
	s.kinds(belvedere.Invalid, map[string]error{"untitled": untitled, "long": tooLong, "sharing": public})
}

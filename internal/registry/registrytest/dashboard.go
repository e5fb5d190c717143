package registrytest

import (
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

func dashboard(owner int64) registry.Dashboard {
	return registry.Dashboard{Owner: owner, OwnerName: "Claire MORVAN", Title: "Pilotage <b>", Description: "Une page.", Sharing: registry.SharedChosen,
		Accounts: []int64{2}, Schools: []belvedere.UAI{"0350017D"}, Origin: "direction", Content: `{"widgets":[]}`, Created: arrival}
}

// fillDashboards puts a row in each table of dashboards, for the first two accounts.
func (s *suite) fillDashboards() {
	s.t.Helper()
	d, err := s.CreateDashboard(s.ctx, dashboard(1))
	s.must(err)
	s.must(s.StepDashboard(s.ctx, registry.DashboardDraft{Dashboard: d.ID, Account: 1, Step: 1, Base: 1, Title: "Autre", Content: "{}", Say: "titre changé", At: arrival}))
	s.must(s.PutHomeDashboard(s.ctx, 1, fmt.Sprint(d.ID)))
}

func testDashboards(t *testing.T, s *suite) {
	s.fillAccounts()
	one, err := s.CreateDashboard(s.ctx, dashboard(1))
	s.must(err)
	if got, err := s.again().Dashboard(s.ctx, one.ID); err != nil || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", one) || got.Version != 1 || got.Content == "" {
		t.Errorf("dashboard %#v, %v, want %#v", got, err, one)
	}
	s.must(s.VerifyDashboard(s.ctx, one.ID, 1, "Claire@MORVAN", arrival))
	saved, err := s.SaveDashboard(s.ctx, one, registry.DashboardVersion{Title: "Pilotage", Content: `{"n":2}`, By: "Claire MORVAN", At: arrival, Note: "Titre."}, 1)
	s.must(err)
	if saved.Version != 2 || saved.Title != "Pilotage" || saved.VerifiedBy != "" || saved.Content != `{"n":2}` {
		t.Errorf("saved %#v", saved)
	}
	_, stale := s.SaveDashboard(s.ctx, one, registry.DashboardVersion{Title: "Trop tard"}, 1)
	s.kinds(belvedere.Conflict, map[string]error{"stale": stale, "old version": s.VerifyDashboard(s.ctx, one.ID, 1, "x", arrival)})
	if list, err := s.DashboardVersions(s.ctx, one.ID); err != nil || len(list) != 2 || list[0].Number != 2 || list[1].Title != "Pilotage <b>" {
		t.Errorf("versions %+v, %v", list, err)
	}
	saved.Sharing, saved.Accounts, saved.Schools = registry.SharedAll, nil, nil
	s.must(s.ShareDashboard(s.ctx, saved))
	other := dashboard(2)
	other.Accounts = []int64{1, 2, 1}
	other, err = s.CreateDashboard(s.ctx, other)
	s.must(err)
	list, err := s.ListDashboards(s.ctx)
	if err != nil || len(list) != 2 || list[0].ID != one.ID || len(list[0].Accounts) != 0 || len(list[1].Accounts) != 2 || list[1].Content != dashboard(2).Content || list[0].Content != `{"n":2}` {
		t.Errorf("list %+v, %v", list, err)
	}
	s.must(s.DeleteAccount(s.ctx, 2, 0)) // its dashboards stay for those that they are shared with
	if got, err := s.Dashboard(s.ctx, other.ID); err != nil || len(got.Accounts) != 1 || got.Owner != 2 {
		t.Errorf("after its owner left: %+v, %v", got, err)
	}
	s.must(s.DeleteDashboard(s.ctx, one.ID))
	_, gone := s.Dashboard(s.ctx, one.ID)
	s.kinds(belvedere.NotFound, map[string]error{"gone": gone, "again": s.DeleteDashboard(s.ctx, one.ID), "share": s.ShareDashboard(s.ctx, one)})
	mute, long, other2 := dashboard(1), dashboard(1), dashboard(1)
	mute.Title, long.Description, other2.Sharing = " ", strings.Repeat("é", 1001), "public"
	_, untitled := s.CreateDashboard(s.ctx, mute)
	_, tooLong := s.CreateDashboard(s.ctx, long)
	_, unknown := s.CreateDashboard(s.ctx, other2)
	s.kinds(belvedere.Invalid, map[string]error{"untitled": untitled, "long": tooLong, "sharing": unknown})
}

func testDashboardSteps(t *testing.T, s *suite) {
	s.fillAccounts()
	one, err := s.CreateDashboard(s.ctx, dashboard(1))
	s.must(err)
	step := func(n int) error {
		return s.StepDashboard(s.ctx, registry.DashboardDraft{Dashboard: one.ID, Account: 1, Step: n, Base: 1, Title: fmt.Sprint(n), Content: "{}", Say: "titre", At: arrival})
	}
	last := func() int {
		d, err := s.DashboardDraft(s.ctx, one.ID, 1)
		s.must(err)
		return d.Step
	}
	s.must(step(1))
	s.must(step(2))
	s.kinds(belvedere.Conflict, map[string]error{"twice": step(2), "ahead": step(4)})
	s.must(s.UndoDashboard(s.ctx, one.ID, 1, false))
	if last() != 1 {
		t.Errorf("after undo: step %d", last())
	}
	for n := 2; n <= registry.MostDashboardSteps+5; n++ {
		s.must(step(n))
	}
	for range registry.MostDashboardSteps - 1 {
		s.must(s.UndoDashboard(s.ctx, one.ID, 1, false))
	}
	if last() != 6 {
		t.Errorf("the oldest step that can be undone is %d", last())
	}
	s.must(s.UndoDashboard(s.ctx, one.ID, 1, true))
	s.must(s.UndoDashboard(s.ctx, one.ID, 1, false)) // nothing to undo
	s.must(step(1))
	_, err = s.SaveDashboard(s.ctx, one, registry.DashboardVersion{Title: "Enregistré", At: arrival}, 1)
	s.must(err)
	if last() != 0 {
		t.Errorf("saving left step %d", last())
	}
	s.must(s.PutHomeDashboard(s.ctx, 1, "direction"))
	s.must(s.PutHomeDashboard(s.ctx, 1, "12"))
	if home, err := s.again().HomeDashboard(s.ctx, 1); err != nil || home != "12" {
		t.Errorf("home %q, %v", home, err)
	}
	s.must(s.PutHomeDashboard(s.ctx, 1, ""))
	if home, err := s.HomeDashboard(s.ctx, 1); err != nil || home != "" {
		t.Errorf("home %q, %v", home, err)
	}
}

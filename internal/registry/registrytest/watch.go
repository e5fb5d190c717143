package registrytest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func watched(account int64) registry.Alert {
	return registry.Alert{Account: account, Label: "Effectifs en baisse", Indicator: "eleves", Filters: []string{"type=college"}, Each: true,
		Period: belvedere.ThisYear, Rule: "evolution", Side: "au_dessous", Amount: "5.5", Percent: true, Against: belvedere.YearBefore, Rhythm: "jour", Created: arrival}
}

// fillWatch puts a row in each table of alerts and schedules, for the first account and group.
func (s *suite) fillWatch() {
	s.t.Helper()
	a, err := s.CreateAlert(s.ctx, watched(1))
	s.must(err)
	_, err = s.JudgeAlert(s.ctx, registry.Judgement{Alert: a.ID, Account: 1, Slot: "jour 2025-11-14", At: arrival, Edition: 1,
		From: belvedere.Date(2025, 9, 1), To: belvedere.Date(2026, 9, 1), Alarmed: []string{"0350017D"}})
	s.must(err)
	_, err = s.CreateSchedule(s.ctx, registry.Schedule{Author: 1, Label: "Effectifs", Address: "/moyens/synthese", Format: "csv", Rhythm: "lundi",
		Created: arrival, Accounts: []int64{1, 2}, Groups: []int64{1}})
	s.must(err)
}

func testAlerts(t *testing.T, s *suite) {
	s.fillAccounts()
	one, err := s.CreateAlert(s.ctx, watched(1))
	s.must(err)
	other, err := s.CreateAlert(s.ctx, watched(2))
	s.must(err)
	if got, err := s.again().Alert(s.ctx, one.ID); err != nil || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", one) {
		t.Errorf("alert %#v, %v, want %#v", got, err, one)
	}
	if list, err := s.ListAlerts(s.ctx, 1); err != nil || len(list) != 1 {
		t.Errorf("alerts of one account: %v, %v", list, err)
	}
	judge := func(slot string, alarmed, calm []string) bool {
		t.Helper()
		done, err := s.JudgeAlert(s.ctx, registry.Judgement{Alert: one.ID, Account: 1, Slot: slot, At: arrival, Edition: 1, From: arrival, To: arrival, Alarmed: alarmed, Calm: calm})
		s.must(err)
		return done
	}
	events := func(f registry.EventFilter) int {
		t.Helper()
		_, n, err := s.ListEvents(s.ctx, f, registry.Page{})
		s.must(err)
		return n
	}
	if !judge("1", []string{"a", "b"}, nil) || judge("1", []string{"c"}, nil) || events(registry.EventFilter{}) != 2 {
		t.Error("a slot was judged twice")
	}
	judge("2", []string{"a", "b"}, nil) // still alarmed: nothing new
	judge("3", []string{"b"}, nil)      // a cannot be judged: it stays as it was
	if lines, err := s.AlertLines(s.ctx, one.ID); err != nil || !slices.Equal(lines, []string{"a", "b"}) || events(registry.EventFilter{}) != 2 {
		t.Errorf("alarmed %v, %v", lines, err)
	}
	judge("4", nil, []string{"a", "b"})
	if judge("5", []string{"a"}, nil); events(registry.EventFilter{Account: 1}) != 3 || events(registry.EventFilter{Account: 2}) != 0 {
		t.Error("an alarm after calm is no event")
	}
	told, err := s.TakeEvents(s.ctx, 1, "2025-11-14T08", arrival)
	if err != nil || len(told) != 3 || events(registry.EventFilter{Untold: true}) != 0 {
		t.Errorf("told %v, %v", told, err)
	}
	judge("6", nil, []string{"a"})
	judge("7", []string{"a"}, nil)
	if again, err := s.TakeEvents(s.ctx, 1, "2025-11-14T08", arrival); err != nil || len(again) != 0 || events(registry.EventFilter{Untold: true}) != 1 {
		t.Errorf("told twice in one slot: %v, %v", again, err)
	}
	if n, err := s.SeeEvents(s.ctx, 2, nil, arrival); err != nil || n != 0 {
		t.Errorf("another account saw %d, %v", n, err)
	}
	if n, err := s.SeeEvents(s.ctx, 1, []int64{told[0].ID}, arrival); err != nil || n != 1 || events(registry.EventFilter{Unseen: true}) != 3 {
		t.Errorf("saw %d, %v", n, err)
	}
	if n, err := s.ForgetWatch(s.ctx, arrival.Add(time.Second)); err != nil || n == 0 || events(registry.EventFilter{}) != 0 {
		t.Errorf("forgot %d, %v", n, err)
	}
	s.must(s.PauseAlert(s.ctx, one.ID, true))
	s.must(s.DeleteAlert(s.ctx, one.ID))
	s.must(s.DeleteAccount(s.ctx, 2, 0))
	_, gone := s.Alert(s.ctx, other.ID)
	s.kinds(belvedere.NotFound, map[string]error{"deleted": s.DeleteAlert(s.ctx, one.ID), "paused": s.PauseAlert(s.ctx, one.ID, true), "of a deleted account": gone})
	for range registry.MostAlerts {
		_, err := s.CreateAlert(s.ctx, watched(1))
		s.must(err)
	}
	_, many := s.CreateAlert(s.ctx, watched(1))
	s.kinds(belvedere.Conflict, map[string]error{"many": many})
}

func testSchedules(t *testing.T, s *suite) {
	s.fillAccounts()
	s.fillWatch()
	one, err := s.again().Schedule(s.ctx, 1)
	if err != nil || !slices.Equal(one.Accounts, []int64{1, 2}) || !slices.Equal(one.Groups, []int64{1}) || one.Created != arrival || one.Address != "/moyens/synthese" {
		t.Errorf("schedule %+v, %v", one, err)
	}
	s.must(s.Subscribe(s.ctx, 1, 2, false))
	if one, err = s.Schedule(s.ctx, 1); err != nil || !slices.Equal(one.Accounts, []int64{1}) || !slices.Equal(one.Refused, []int64{2}) {
		t.Errorf("after a refusal: %+v, %v", one, err)
	}
	run := registry.WatchRun{Kind: registry.RunSchedule, Number: 1, Slot: "jour 2025-11-14", Account: 1, Label: "Effectifs", Claimed: arrival}
	taken := make(chan bool, 8)
	var all sync.WaitGroup
	for range cap(taken) { // as many servers
		r := s.again()
		all.Go(func() {
			ok, err := r.Claim(s.ctx, run)
			if err != nil {
				t.Error(err)
			}
			taken <- ok
		})
	}
	all.Wait()
	close(taken)
	n := 0
	for ok := range taken {
		if ok {
			n++
		}
	}
	if n != 1 {
		t.Errorf("one slot was taken %d times", n)
	}
	run.Ended, run.Result, run.Detail, run.Receipt, run.Bytes = arrival.Add(time.Second), "envoyé", "x", "7KQ2-M9XD", 1234
	s.must(s.EndRun(s.ctx, run))
	if list, total, err := s.ListRuns(s.ctx, registry.RunFilter{Kind: registry.RunSchedule, Numbers: []int64{1}}, registry.Page{}); err != nil || total != 1 || list[0] != run {
		t.Errorf("runs %+v, %v", list, err)
	}
	if _, total, err := s.ListRuns(s.ctx, registry.RunFilter{Numbers: []int64{}}, registry.Page{}); err != nil || total != 0 {
		t.Errorf("runs of nothing: %d, %v", total, err)
	}
	s.must(s.DeleteAccount(s.ctx, 2, 0))
	s.must(s.PauseSchedule(s.ctx, 1, true))
	s.must(s.DeleteSchedule(s.ctx, 1))
	_, gone := s.Schedule(s.ctx, 1)
	s.kinds(belvedere.NotFound, map[string]error{"gone": gone, "subscribe": s.Subscribe(s.ctx, 1, 1, true), "pause": s.PauseSchedule(s.ctx, 1, false)})
	_, none := s.CreateSchedule(s.ctx, registry.Schedule{Label: "x"})
	s.kinds(belvedere.Invalid, map[string]error{"nobody": none})
}

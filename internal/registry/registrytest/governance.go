package registrytest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func task() registry.Task {
	return registry.Task{Label: "Campagne d’inscriptions", Note: "Ouvrir l’IA Web.", Duty: "scolarite", Link: "/gouvernance", Rule: 1, Yearly: true,
		Starts: belvedere.Date(2025, 7, 1), Ends: belvedere.Date(2025, 9, 30), Remind: 7, By: "Claire@MORVAN", At: arrival}
}

func training() registry.Training {
	return registry.Training{Label: "Prise en main", Note: "Une demi-journée.", Topic: "auteur", Day: belvedere.Date(2026, 1, 15), Hours: "9 h", Place: "Salle 2",
		Trainer: "Max Fabre", Seats: 2, By: "Claire@MORVAN", At: arrival}
}

func (s *suite) fillGovernance() {
	s.t.Helper()
	s.must(s.PutDuty(s.ctx, registry.Duty{Code: "archives", Label: "Archives", Mission: "Garder.", By: "Claire@MORVAN", At: arrival}))
	_, err := s.PutHolding(s.ctx, registry.Holding{Duty: "pilotage", Place: registry.Titular, Account: 1, Name: "Claire MORVAN", From: belvedere.Date(2025, 9, 1), By: "a", At: arrival})
	s.must(err)
	_, err = s.PutTask(s.ctx, task())
	s.must(err)
	r := s.rule()
	s.must(s.ForceRule(s.ctx, r.ID, 1, "Claire@MORVAN", arrival))
	s.must(s.Acknowledge(s.ctx, r.ID, 1, 1, arrival))
	_, err = s.AskHelp(s.ctx, registry.HelpQuestion{Subject: "ULIS", Text: "Sont-ils <b>comptés</b>\u202f?", Duty: "scolarite", Account: 1, By: "Claire@MORVAN", At: arrival})
	s.must(err)
	t, err := s.PutTraining(s.ctx, training())
	s.must(err)
	s.must(s.Register(s.ctx, t.ID, 1, arrival))
	_, err = s.ClaimLetter(s.ctx, registry.Letter{Kind: registry.LetterTask, Number: 1, Slot: "2025 début", Account: 1, Claimed: arrival})
	s.must(err)
}

// rule adds a rule with one version that is not in force.
func (s *suite) rule() registry.WrittenRule {
	s.t.Helper()
	r, err := s.PutWrittenRule(s.ctx, registry.WrittenRule{Title: "Clôture des éléments communs", Duty: "modelisation", Audience: "tous", Asked: true})
	s.must(err)
	_, err = s.AddRuleVersion(s.ctx, registry.RuleVersion{Rule: r.ID, Text: "# Clore\n\nTous closent.", Reason: "Première version.", Author: "Claire@MORVAN", At: arrival}, 0)
	s.must(err)
	return r
}

func testHoldings(t *testing.T, s *suite) {
	h := registry.Holding{Duty: "pilotage", Place: registry.Titular, Account: 7, Name: "Claire MORVAN", From: belvedere.Date(2025, 9, 1), By: "a", At: arrival}
	h, err := s.PutHolding(s.ctx, h)
	s.must(err)
	d := registry.Holding{Duty: "pilotage", School: "0350017D", Place: registry.Deputy, Name: "Service", From: belvedere.Date(2025, 9, 1), To: belvedere.Date(2026, 8, 31), By: "a", At: arrival}
	d, err = s.PutHolding(s.ctx, d)
	s.must(err)
	h.To = belvedere.Date(2025, 12, 31)
	_, err = s.PutHolding(s.ctx, h)
	s.must(err)
	list, err := s.again().Holdings(s.ctx)
	if err != nil || len(list) != 2 || list[0] != h || list[1] != d {
		t.Errorf("holdings %+v, %v", list, err)
	}
	if !list[0].Holds(belvedere.Date(2025, 12, 31)) || list[0].Holds(belvedere.Date(2026, 1, 1)) || list[0].Holds(belvedere.Date(2025, 8, 31)) {
		t.Error("the last day counts, the next does not")
	}
	bad := map[string]error{}
	for name, change := range map[string]func(*registry.Holding){
		"place": func(h *registry.Holding) { h.Place = "chef" }, "name": func(h *registry.Holding) { h.Name = " " }, "duty": func(h *registry.Holding) { h.Duty = "" },
		"from": func(h *registry.Holding) { h.From = time.Time{} }, "order": func(h *registry.Holding) { h.To = belvedere.Date(2020, 1, 1) },
	} {
		one := h
		change(&one)
		_, bad[name] = s.PutHolding(s.ctx, one)
	}
	s.kinds(belvedere.Invalid, bad)
	s.must(s.PutDuty(s.ctx, registry.Duty{Code: "archives", Label: "Archives", At: arrival}))
	s.must(s.PutDuty(s.ctx, registry.Duty{Code: "archives", Label: "Archives et mémoire", At: arrival}))
	if list, err := s.Duties(s.ctx); err != nil || len(list) != 1 || list[0].Label != "Archives et mémoire" {
		t.Errorf("duties %+v, %v", list, err)
	}
	h.Duty = "archives"
	_, err = s.PutHolding(s.ctx, h)
	s.must(err)
	s.kinds(belvedere.Conflict, map[string]error{"held": s.RemoveDuty(s.ctx, "archives")})
	s.must(s.RemoveHolding(s.ctx, h.ID))
	s.must(s.RemoveDuty(s.ctx, "archives"))
	_, gone := s.PutHolding(s.ctx, h)
	s.kinds(belvedere.NotFound, map[string]error{"duty": s.RemoveDuty(s.ctx, "archives"), "holding": s.RemoveHolding(s.ctx, h.ID), "put": gone})
}

func testTasks(t *testing.T, s *suite) {
	one, err := s.PutTask(s.ctx, task())
	s.must(err)
	years, err := s.TaskYears(s.ctx, 2024)
	if err != nil || len(years) != 1 || years[0].Task != one.ID || !years[0].Starts.Equal(one.Starts) || !years[0].Ends.Equal(one.Ends) {
		t.Errorf("first year %+v, %v", years, err)
	}
	next := registry.TaskYear{Task: one.ID, Year: 2025, Starts: belvedere.Date(2026, 7, 1), Ends: belvedere.Date(2026, 9, 30)}
	for i, want := range []int{1, 0} {
		if n, err := s.AddTaskYears(s.ctx, []registry.TaskYear{next}); err != nil || n != want {
			t.Errorf("carried %d times: %d, %v", i+1, n, err)
		}
	}
	next.Starts, next.Done, next.DoneBy, next.Remark = belvedere.Date(2026, 7, 6), arrival, "Claire@MORVAN", "Fait en avance."
	s.must(s.PutTaskYear(s.ctx, next))
	one.Label = "Inscriptions"
	_, err = s.PutTask(s.ctx, one)
	s.must(err)
	if years, err = s.again().TaskYears(s.ctx, 2025); err != nil || len(years) != 1 || years[0] != next {
		t.Errorf("year %+v, want %+v, %v", years, next, err)
	}
	if n, err := s.AddTaskYears(s.ctx, []registry.TaskYear{{Task: one.ID, Year: 2025, Starts: one.Starts, Ends: one.Ends}}); err != nil || n != 0 {
		t.Errorf("a mark is carried over: %d, %v", n, err)
	}
	back, long := task(), task()
	back.Ends, long.Ends = belvedere.Date(2025, 6, 1), belvedere.Date(2027, 6, 1)
	_, backward := s.PutTask(s.ctx, back)
	_, lasting := s.PutTask(s.ctx, long)
	s.kinds(belvedere.Invalid, map[string]error{"backward": backward, "long": lasting})
	s.must(s.RemoveTask(s.ctx, one.ID))
	if years, err := s.TaskYears(s.ctx, 2025); err != nil || len(years) != 0 {
		t.Errorf("years outlive their task: %+v, %v", years, err)
	}
	s.kinds(belvedere.NotFound, map[string]error{"remove": s.RemoveTask(s.ctx, one.ID), "year": s.PutTaskYear(s.ctx, next)})
}

func testWrittenRules(t *testing.T, s *suite) {
	who, err := s.CreateAccount(s.ctx, person("Claire", "Morvan"))
	s.must(err)
	r := s.rule()
	early := s.Acknowledge(s.ctx, r.ID, 1, who.ID, arrival)
	s.must(s.ForceRule(s.ctx, r.ID, 1, "Claire@MORVAN", arrival))
	s.must(s.Acknowledge(s.ctx, r.ID, 1, who.ID, arrival))
	s.must(s.Acknowledge(s.ctx, r.ID, 1, who.ID, arrival.Add(time.Hour)))
	second := registry.RuleVersion{Rule: r.ID, Text: "Plus court.", Reason: "Plus simple.", Author: "Max@Fabre", At: arrival}
	_, stale := s.AddRuleVersion(s.ctx, second, 0)
	got, err := s.AddRuleVersion(s.ctx, second, 1)
	s.must(err)
	if kept, err := s.again().WrittenRule(s.ctx, r.ID); err != nil || got.Number != 2 || kept.Last != 2 || kept.InForce != 1 || kept.State() != registry.RuleInForce || !kept.Asked {
		t.Errorf("%+v, %+v, %v", got, kept, err)
	}
	s.must(s.ForceRule(s.ctx, r.ID, 2, "Claire@MORVAN", arrival))
	old := s.Acknowledge(s.ctx, r.ID, 1, who.ID, arrival)
	twice := s.ForceRule(s.ctx, r.ID, 2, "x", arrival)
	if list, err := s.Readings(s.ctx, r.ID); err != nil || len(list) != 1 || list[0] != (registry.Reading{Rule: r.ID, Version: 1, Account: who.ID, At: arrival}) {
		t.Errorf("readings %+v, %v", list, err)
	}
	if list, err := s.RuleVersions(s.ctx, r.ID); err != nil || len(list) != 2 || list[0].Text != "Plus court." || list[1].Reason != "Première version." {
		t.Errorf("versions %+v, %v", list, err)
	}
	s.must(s.RepealRule(s.ctx, r.ID, "Sans objet.", "Claire@MORVAN", arrival))
	again := s.RepealRule(s.ctx, r.ID, "Encore.", "x", arrival)
	ended := s.Acknowledge(s.ctx, r.ID, 2, who.ID, arrival)
	s.kinds(belvedere.Conflict, map[string]error{"early": early, "stale": stale, "old": old, "twice": twice, "again": again, "ended": ended})
	if kept, err := s.WrittenRule(s.ctx, r.ID); err != nil || kept.State() != registry.RuleRepealed || kept.Repeal != "Sans objet." {
		t.Errorf("%+v, %v", kept, err)
	}
	s.must(s.ForceRule(s.ctx, r.ID, 2, "Claire@MORVAN", arrival))
	if list, err := s.WrittenRules(s.ctx); err != nil || len(list) != 1 || list[0].State() != registry.RuleInForce || list[0].Repeal != "" {
		t.Errorf("%+v, %v", list, err)
	}
	_, empty := s.AddRuleVersion(s.ctx, registry.RuleVersion{Rule: r.ID, Text: " ", Reason: "x"}, 2)
	_, mute := s.AddRuleVersion(s.ctx, registry.RuleVersion{Rule: r.ID, Text: "x"}, 2)
	_, long := s.AddRuleVersion(s.ctx, registry.RuleVersion{Rule: r.ID, Text: strings.Repeat("x", registry.MostRuleText+1), Reason: "x"}, 2)
	_, untitled := s.PutWrittenRule(s.ctx, registry.WrittenRule{Duty: "x"})
	s.kinds(belvedere.Invalid, map[string]error{"empty": empty, "mute": mute, "long": long, "untitled": untitled, "reason": s.RepealRule(s.ctx, r.ID, "", "x", arrival)})
	_, absent := s.WrittenRule(s.ctx, 99)
	s.kinds(belvedere.NotFound, map[string]error{"absent": absent, "version": s.ForceRule(s.ctx, r.ID, 3, "x", arrival)})
	s.must(s.DeleteAccount(s.ctx, who.ID, 0))
	if list, err := s.Readings(s.ctx, r.ID); err != nil || len(list) != 0 {
		t.Errorf("a deleted account still reads: %+v, %v", list, err)
	}
}

func testHelp(t *testing.T, s *suite) {
	q, err := s.AskHelp(s.ctx, registry.HelpQuestion{Subject: "Césure", Text: "Qui la saisit\u202f?", Duty: "scolarite", School: "0350017D", Rule: 3, Indicator: "eleves", Account: 4, By: "Max@Fabre", At: arrival})
	s.must(err)
	taken := 0
	var wait sync.WaitGroup
	var mu sync.Mutex
	for range 2 { // two servers escalate at once
		other := s.again()
		wait.Go(func() {
			moved, err := other.StepHelp(s.ctx, q.ID, 1, arrival)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if moved {
				taken++
			}
		})
	}
	wait.Wait()
	back, err := s.StepHelp(s.ctx, q.ID, 1, arrival)
	if err != nil || back || taken != 1 {
		t.Errorf("step taken %d times, again %v, %v", taken, back, err)
	}
	open, err := s.again().HelpQuestions(s.ctx, true)
	if err != nil || len(open) != 1 || open[0].Step != 1 || open[0].School != "0350017D" || open[0].Indicator != "eleves" || open[0].Rule != 3 {
		t.Errorf("open %+v, %v", open, err)
	}
	got, err := s.AnswerHelp(s.ctx, q.ID, "La scolarité.", "Claire@MORVAN", arrival.Add(time.Hour))
	if err != nil || got.Answer != "La scolarité." || got.AnsweredBy != "Claire@MORVAN" || got.Answered.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	if moved, err := s.StepHelp(s.ctx, q.ID, 2, arrival); err != nil || moved {
		t.Errorf("an answered question goes further: %v", err)
	}
	if open, err := s.HelpQuestions(s.ctx, true); err != nil || len(open) != 0 {
		t.Errorf("open %+v, %v", open, err)
	}
	_, mute := s.AnswerHelp(s.ctx, q.ID, " ", "x", arrival)
	_, empty := s.AskHelp(s.ctx, registry.HelpQuestion{Subject: "x", Duty: "y"})
	s.kinds(belvedere.Invalid, map[string]error{"mute": mute, "empty": empty})
	_, absent := s.AnswerHelp(s.ctx, 99, "x", "x", arrival)
	_, none := s.HelpQuestion(s.ctx, 99)
	s.kinds(belvedere.NotFound, map[string]error{"absent": absent, "none": none})
}

func testTrainings(t *testing.T, s *suite) {
	var people []int64
	for i := range 3 {
		a, err := s.CreateAccount(s.ctx, person(fmt.Sprint("P", i), "Essai"))
		s.must(err)
		people = append(people, a.ID)
	}
	one, err := s.PutTraining(s.ctx, training())
	s.must(err)
	answers := make(chan error, 3)
	for _, id := range people { // three want two seats at once
		other := s.again()
		go func() { answers <- other.Register(s.ctx, one.ID, id, arrival) }()
	}
	full := 0
	for range people {
		if err := <-answers; belvedere.KindOf(err) == belvedere.Conflict && err != nil {
			full++
		} else {
			s.must(err)
		}
	}
	seats, err := s.Attendances(s.ctx, one.ID)
	if err != nil || full != 1 || len(seats) != 2 {
		t.Fatalf("%d refused, %+v, %v", full, seats, err)
	}
	s.must(s.Register(s.ctx, one.ID, seats[0].Account, arrival))
	one.Seats = 1
	_, few := s.PutTraining(s.ctx, one)
	one.Seats, one.Cancelled = 0, true
	_, err = s.PutTraining(s.ctx, one)
	s.must(err)
	if got, err := s.again().Training(s.ctx, one.ID); err != nil || got != one {
		t.Errorf("%+v, want %+v, %v", got, one, err)
	}
	var left int64
	for _, id := range people {
		if id != seats[0].Account && id != seats[1].Account {
			left = id
		}
	}
	s.kinds(belvedere.Conflict, map[string]error{"few": few, "cancelled": s.Register(s.ctx, one.ID, left, arrival)})
	s.must(s.MarkPresence(s.ctx, registry.Attendance{Training: one.ID, Account: seats[0].Account, Presence: registry.Present, By: "x", At: arrival}))
	s.must(s.MarkPresence(s.ctx, registry.Attendance{Training: one.ID, Account: left, Presence: registry.Absent, By: "x", At: arrival}))
	s.must(s.Unregister(s.ctx, one.ID, seats[1].Account))
	got := map[int64]registry.Presence{}
	all, err := s.again().Attendances(s.ctx, 0)
	for _, a := range all {
		got[a.Account] = a.Presence
	}
	if err != nil || len(got) != 2 || got[seats[0].Account] != registry.Present || got[left] != registry.Absent {
		t.Errorf("%+v, %v", all, err)
	}
	s.kinds(belvedere.Invalid, map[string]error{"presence": s.MarkPresence(s.ctx, registry.Attendance{Training: one.ID, Account: left, Presence: "tard"})})
	s.kinds(belvedere.NotFound, map[string]error{"seat": s.Unregister(s.ctx, one.ID, seats[1].Account), "session": s.Register(s.ctx, 99, left, arrival)})
	if list, err := s.Trainings(s.ctx); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

// testLetters: of two servers one alone takes a letter, and nobody takes it again later.
func testLetters(t *testing.T, s *suite) {
	l := registry.Letter{Kind: registry.LetterQuestion, Number: 4, Slot: "1", Account: 2, Claimed: arrival}
	got := make(chan bool, 2)
	for range 2 {
		other := s.again()
		go func() {
			taken, err := other.ClaimLetter(s.ctx, l)
			if err != nil {
				t.Error(err)
			}
			got <- taken
		}()
	}
	if a, b := <-got, <-got; a == b {
		t.Errorf("taken %v and %v", a, b)
	}
	_, err := s.ForgetWatch(s.ctx, arrival.AddDate(5, 0, 0))
	s.must(err)
	l.Claimed = arrival.AddDate(5, 0, 0)
	if taken, err := s.ClaimLetter(s.ctx, l); err != nil || taken {
		t.Errorf("taken again after years: %v", err)
	}
	l.Ended, l.Result = arrival.Add(time.Second), "envoyé"
	s.must(s.EndLetter(s.ctx, l))
	list, err := s.ListLetters(s.ctx, registry.LetterQuestion, 4)
	if err != nil || len(list) != 1 || list[0].Result != "envoyé" || !list[0].Claimed.Equal(arrival) || !list[0].Ended.Equal(l.Ended) {
		t.Errorf("%+v, %v", list, err)
	}
	l.Slot = "2"
	s.kinds(belvedere.NotFound, map[string]error{"none": s.EndLetter(s.ctx, l)})
}

package governance_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
)

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("letters\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// line is a responsibility of the board.
func line(t *testing.T, b governance.Board, duty string, school belvedere.UAI) governance.DutyLine {
	t.Helper()
	for _, l := range b.Lines {
		if l.Duty.Code == duty && l.School == school {
			return l
		}
	}
	t.Fatalf("no line %s %s", duty, school)
	return governance.DutyLine{}
}

// TestBoard: seven duties, and what is missing of each.
func TestBoard(t *testing.T) {
	h := newHouse(t)
	boss, lea, max := h.person("Anne", "Roy", admin), h.person("Léa", "Petit"), h.person("Max", "Fabre")
	b, err := h.Board(h.ctx, lea)
	h.must(err)
	if len(b.Lines) != 7 || !slices.Equal(line(t, b, "assistance", "").Gaps, []string{"personne n’en répond", "0 sur 2 correspondants fonctionnels", "0 sur 2 correspondants techniques"}) {
		t.Errorf("%d lines, %q", len(b.Lines), line(t, b, "assistance", "").Gaps)
	}
	h.names(boss, "scolarite", registry.Titular, lea)
	b, err = h.Board(h.ctx, lea)
	h.must(err)
	if got := line(t, b, "scolarite", "").Gaps; !slices.Equal(got, []string{"pas de suppléant"}) {
		t.Errorf("%q", got)
	}
	deputy := h.names(boss, "scolarite", registry.Deputy, max)
	for range 2 {
		h.names(boss, "assistance", registry.Functional, max)
		h.names(boss, "assistance", registry.Technical, lea)
	}
	a, err := h.reg.Account(h.ctx, lea.ID)
	h.must(err)
	a.State = registry.Locked
	_, err = h.reg.UpdateAccount(h.ctx, a)
	h.must(err)
	b, err = h.Board(h.ctx, max)
	h.must(err)
	if got := line(t, b, "scolarite", "").Gaps; !slices.Equal(got, []string{"aucun titulaire ne peut être joint", "Léa PETIT\u00a0: compte verrouillé"}) {
		t.Errorf("a locked holder is no gap: %q", got)
	}
	if got := line(t, b, "assistance", "").Gaps; slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "sur 2") }) {
		t.Errorf("four correspondents are named: %q", got)
	}
	_, err = h.Name(h.ctx, lea, governance.HoldingForm{Duty: "scolarite", Place: "titulaire", Who: lea.Login})
	h.kind(belvedere.Forbidden, err)
	_, err = h.Name(h.ctx, boss, governance.HoldingForm{Duty: "archives", Place: "titulaire", Who: lea.Login})
	h.kind(belvedere.Invalid, err)
	_, err = h.Name(h.ctx, boss, governance.HoldingForm{Duty: "scolarite", Place: "technique", Who: lea.Login})
	h.kind(belvedere.Invalid, err)
	_, err = h.Name(h.ctx, boss, governance.HoldingForm{Duty: "scolarite", Place: "titulaire", Who: "Personne@NULLE"})
	h.kind(belvedere.Invalid, err)
	ended, err := h.EndHolding(h.ctx, boss, deputy.ID)
	h.must(err)
	if b, _ = h.Board(h.ctx, max); len(line(t, b, "scolarite", "").Deputies) != 0 || ended.To.IsZero() {
		t.Errorf("%+v", line(t, b, "scolarite", ""))
	}
	h.must(h.PutDuty(h.ctx, boss, registry.Duty{Code: "archives", Label: "Archives"}))
	if b, _ = h.Board(h.ctx, max); len(b.Lines) != 8 {
		t.Errorf("%d lines with one added", len(b.Lines))
	}
}

// TestBoardOfSchools: a school outside of the rights of a reader is as if it did not exist.
func TestBoardOfSchools(t *testing.T) {
	h := newHouse(t)
	boss := h.person("Anne", "Roy", admin)
	near := h.person("Zoé", "Near", func(a *registry.Account) { a.AllSchools, a.Schools = false, []belvedere.UAI{"0350017D"} })
	for _, school := range []string{"0350017D", "0350001L"} {
		_, err := h.Name(h.ctx, boss, governance.HoldingForm{Duty: "scolarite", Place: "titulaire", Who: "Service " + school, School: school})
		h.must(err)
	}
	b, err := h.Board(h.ctx, near)
	h.must(err)
	var schools []belvedere.UAI
	for _, l := range b.Lines {
		if l.School != "" {
			schools = append(schools, l.School)
		}
	}
	if !slices.Equal(schools, []belvedere.UAI{"0350017D"}) {
		t.Errorf("sees %v", schools)
	}
	_, err = h.Ask(h.ctx, near, governance.QuestionForm{Subject: "x", Text: "y", Duty: "scolarite", School: "0350001L"})
	h.kind(belvedere.Invalid, err)
}

// TestEscalation moves the clock: holder, deputy, steering, each once, whichever server looks.
func TestEscalation(t *testing.T) {
	h := newHouse(t)
	boss, lea, max, sam, zoe := h.person("Anne", "Roy", admin), h.person("Léa", "Petit"), h.person("Max", "Fabre"), h.person("Sam", "Haut"), h.person("Zoé", "Quest")
	h.names(boss, "scolarite", registry.Titular, lea)
	h.names(boss, "scolarite", registry.Deputy, max)
	h.names(boss, governance.Steering, registry.Titular, sam)
	q, err := h.Ask(h.ctx, zoe, governance.QuestionForm{Subject: "Césure", Text: "Qui la saisit ?", Duty: "scolarite"})
	h.must(err)
	want(t, h.letters(), "Léa: question : Césure")
	other := h.server(h.open())
	both := func() {
		var wait sync.WaitGroup
		wait.Go(func() { h.Run(h.ctx) })
		wait.Go(func() { other.Run(h.ctx) })
		wait.Wait()
		h.Run(h.ctx)
	}
	h.days(4)
	both()
	want(t, h.letters())
	h.days(1)
	both()
	want(t, h.letters(), "Max: sans réponse : Césure")
	h.days(4)
	both()
	want(t, h.letters())
	if _, err := h.Answer(h.ctx, sam, q.ID, "Moi ?"); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("steering answers before it is asked: %v", err)
	}
	h.days(1)
	both()
	want(t, h.letters(), "Sam: sans réponse : Césure")
	h.days(400)
	both()
	want(t, h.letters())
	_, err = h.Answer(h.ctx, zoe, q.ID, "Moi.")
	h.kind(belvedere.Forbidden, err)
	_, err = h.Answer(h.ctx, sam, q.ID, "La **scolarité**.")
	h.must(err)
	want(t, h.letters(), "Zoé: réponse : Césure")
	_, err = h.Answer(h.ctx, max, q.ID, "La scolarité, par la fiche 12.")
	h.must(err)
	want(t, h.letters())
}

// TestEscalationWithoutDeputy goes to the steering at once, and to administrators where it has nobody.
func TestEscalationWithoutDeputy(t *testing.T) {
	h := newHouse(t)
	boss, lea := h.person("Anne", "Roy", admin), h.person("Léa", "Petit")
	h.names(boss, "technique", registry.Titular, lea)
	_, err := h.Ask(h.ctx, boss, governance.QuestionForm{Subject: "Panne", Text: "Quand ?", Duty: "technique"})
	h.must(err)
	h.letters()
	h.must(h.PutSettings(h.ctx, boss, governance.Settings{Escalation: 2, Reminder: 7}))
	h.days(2)
	h.Run(h.ctx)
	want(t, h.letters(), "Anne: sans réponse : Panne")
	h.days(2)
	h.Run(h.ctx)
	want(t, h.letters())
	h.kind(belvedere.Invalid, h.PutSettings(h.ctx, boss, governance.Settings{Escalation: 0, Reminder: 7}))
	h.kind(belvedere.Forbidden, h.PutSettings(h.ctx, lea, governance.Settings{Escalation: 1, Reminder: 7}))
}

// TestMemory finds by words without case or accents, in questions of both rooms.
func TestMemory(t *testing.T) {
	h := newHouse(t)
	boss, zoe := h.person("Anne", "Roy", admin), h.person("Zoé", "Quest")
	q, err := h.Ask(h.ctx, zoe, governance.QuestionForm{Subject: "Élèves d’ULIS", Text: "Sont-ils comptés ?", Duty: "scolarite"})
	h.must(err)
	_, err = h.Answer(h.ctx, boss, q.ID, "Oui, dans leur niveau.")
	h.must(err)
	_, err = h.reg.AskQuestion(h.ctx, registry.Question{Indicator: "eleves", Text: "À quelle date l’effectif ?", By: zoe.Login, At: h.now.Add(time.Hour)})
	h.must(err)
	for text, n := range map[string]int{"": 2, "ELEVES ulis": 1, "niveau": 1, "quelle DATE": 1, "effectif niveau": 1, "budget niveau": 0} {
		if list, err := h.Questions(h.ctx, zoe, governance.Search{Text: text}); err != nil || len(list) != n {
			t.Errorf("%q finds %d, want %d, %v", text, len(list), n, err)
		}
	}
	list, err := h.Questions(h.ctx, zoe, governance.Search{Open: true, Mine: true})
	if err != nil || len(list) != 1 || !list[0].Definition || list[0].Link != "/indicateurs/eleves#question-1" {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestReading: a new version is asked anew, reminders go once each, and who came later is not late.
func TestReading(t *testing.T) {
	h := newHouse(t)
	boss, lea, max := h.person("Anne", "Roy", admin), h.person("Léa", "Petit"), h.person("Max", "Fabre")
	h.names(boss, "modelisation", registry.Titular, lea)
	form := governance.RuleForm{Title: "Éléments communs", Duty: "modelisation", Audience: governance.Everyone, Asked: true, Text: "Tous closent.", Reason: "Première."}
	_, err := h.Write(h.ctx, max, form)
	h.kind(belvedere.Forbidden, err)
	r, err := h.Write(h.ctx, lea, form) // who holds the duty writes
	h.must(err)
	h.Run(h.ctx)
	want(t, h.letters()) // a draft asks nobody
	if list, err := h.Rules(h.ctx, max); err != nil || len(list) != 0 {
		t.Errorf("a draft is shown: %+v, %v", list, err)
	}
	_, err = h.Rule(h.ctx, max, r.ID, 0)
	h.kind(belvedere.NotFound, err)
	_, err = h.Force(h.ctx, lea, r.ID, 1)
	h.must(err)
	h.Run(h.ctx)
	h.Run(h.ctx)
	want(t, h.letters(), "Anne: à lire : Éléments communs", "Léa: à lire : Éléments communs", "Max: à lire : Éléments communs")
	h.must(h.Acknowledge(h.ctx, max, r.ID, 1))
	h.must(h.Acknowledge(h.ctx, boss, r.ID, 1))
	h.days(14)
	h.person("Noa", "Neuf")
	h.Run(h.ctx)
	h.Run(h.ctx)
	want(t, h.letters(), "Léa: à lire : Éléments communs", "Noa: à lire : Éléments communs")
	sheet, err := h.Rule(h.ctx, lea, r.ID, 0)
	if err != nil || len(sheet.Waiting) != 2 || len(sheet.Readers) != 2 {
		t.Errorf("%d wait, %d read, %v", len(sheet.Waiting), len(sheet.Readers), err)
	}
	form.ID, form.Text, form.Reason, form.After, form.Force = r.ID, "Tous closent le 30.", "Une date.", 1, true
	_, err = h.Write(h.ctx, lea, form)
	h.must(err)
	if sheet, err = h.Rule(h.ctx, max, r.ID, 0); err != nil || !sheet.ToRead || sheet.Shown.Number != 2 {
		t.Errorf("the new version is not asked: %+v, %v", sheet, err)
	}
	h.kind(belvedere.Conflict, h.Acknowledge(h.ctx, max, r.ID, 1))
	h.Run(h.ctx)
	if got := h.letters(); len(got) != 4 {
		t.Errorf("the new version is told to %q", got)
	}
	_, err = h.Write(h.ctx, lea, form) // written over a version that was not read
	h.kind(belvedere.Conflict, err)
	_, err = h.Repeal(h.ctx, lea, r.ID, "Sans objet.")
	h.must(err)
	h.days(30)
	h.Run(h.ctx)
	want(t, h.letters())
}

// TestReadingOfCapability asks those whom a grant makes authors, as long as it holds.
func TestReadingOfCapability(t *testing.T) {
	h := newHouse(t)
	boss, lea := h.person("Anne", "Roy", admin), h.person("Léa", "Petit")
	_, err := h.reg.CreateGrant(h.ctx, registry.Grant{Grant: belvedere.Grant{Account: lea.ID, Capability: belvedere.Author, Level: belvedere.Totals, Purpose: "Études", Approver: "Anne ROY",
		From: h.now, Until: h.now.AddDate(0, 0, 20)}, Created: h.now, CreatedBy: boss.Login})
	h.must(err)
	_, err = h.Write(h.ctx, boss, governance.RuleForm{Title: "Requêtes", Duty: "documentation", Audience: string(belvedere.Author), Asked: true, Text: "x", Reason: "y", Force: true})
	h.must(err)
	h.Run(h.ctx)
	want(t, h.letters(), "Léa: à lire : Requêtes")
	if list, err := h.Untrained(h.ctx, boss); err != nil || len(list) != 1 || list[0].Topic != "auteur" || list[0].Account.ID != lea.ID {
		t.Errorf("untrained %+v, %v", list, err)
	}
	h.days(21)
	h.Run(h.ctx)
	want(t, h.letters())
	if list, err := h.Untrained(h.ctx, boss); err != nil || len(list) != 0 {
		t.Errorf("untrained without grant %+v, %v", list, err)
	}
}

// TestCalendar: reminders before start and end and when late, once each; marks; the next year.
func TestCalendar(t *testing.T) {
	h := newHouse(t)
	boss, lea, zoe := h.person("Anne", "Roy", admin), h.person("Léa", "Petit"), h.person("Zoé", "Quest")
	h.names(boss, "scolarite", registry.Titular, lea)
	task, err := h.PutTask(h.ctx, boss, governance.TaskForm{Label: "Inscriptions", Duty: "scolarite", Yearly: true, Starts: "2026-12-01", Ends: "2026-12-20", Remind: 7})
	h.must(err)
	for _, step := range []struct {
		day  string
		want []string
	}{
		{"2026-11-23", nil}, {"2026-11-24", []string{"Léa: bientôt : Inscriptions"}}, {"2026-11-30", nil}, {"2026-12-05", nil},
		{"2026-12-13", []string{"Léa: fin proche : Inscriptions"}}, {"2026-12-20", nil}, {"2026-12-21", []string{"Léa: en retard : Inscriptions"}}, {"2027-01-10", nil},
	} {
		day, err := belvedere.ParseDate(step.day)
		h.must(err)
		h.now = day.Add(8 * time.Hour)
		h.Run(h.ctx)
		h.server(h.open()).Run(h.ctx)
		if got := h.letters(); !slices.Equal(got, step.want) {
			t.Errorf("%s: %q, want %q", step.day, got, step.want)
		}
	}
	_, err = h.Mark(h.ctx, zoe, governance.MarkForm{Task: task.ID, Year: 2026, Done: true})
	h.kind(belvedere.Forbidden, err)
	_, err = h.Mark(h.ctx, lea, governance.MarkForm{Task: task.ID, Year: 2026, Done: true, Remark: "Fini.", Starts: "2026-12-02", Ends: "2026-12-19"})
	h.must(err)
	list, err := h.Calendar(h.ctx, zoe, 2026)
	if err != nil || len(list) != 1 || list[0].State != governance.TaskDone || list[0].DoneBy != lea.Login || list[0].Acts || list[0].Who[0] != "Léa PETIT" {
		t.Errorf("%+v, %v", list, err)
	}
	n, err := h.Carry(h.ctx, boss, 2027)
	again, err2 := h.Carry(h.ctx, boss, 2027)
	if err != nil || err2 != nil || n != 1 || again != 0 {
		t.Errorf("carried %d then %d, %v, %v", n, again, err, err2)
	}
	list, err = h.Calendar(h.ctx, zoe, 2027) // the dates as they were moved, and no mark
	if err != nil || len(list) != 1 || !list[0].TaskYear.Starts.Equal(belvedere.Date(2027, 12, 2)) || !list[0].Done.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = h.Carry(h.ctx, lea, 2028)
	h.kind(belvedere.Forbidden, err)
	_, err = h.Carry(h.ctx, boss, 2055)
	h.kind(belvedere.Invalid, err)
}

// TestCarriedByItself: what begins in September is on the calendar, and told, in August.
func TestCarriedByItself(t *testing.T) {
	h := newHouse(t)
	boss, lea := h.person("Anne", "Roy", admin), h.person("Léa", "Petit")
	h.names(boss, "scolarite", registry.Titular, lea)
	_, err := h.PutTask(h.ctx, boss, governance.TaskForm{Label: "Rentrée", Duty: "scolarite", Yearly: true, Starts: "2026-09-03", Remind: 10})
	h.must(err)
	_, err = h.PutTask(h.ctx, boss, governance.TaskForm{Label: "Une fois", Duty: "scolarite", Starts: "2026-09-03", Remind: 10})
	h.must(err)
	h.now = time.Date(2027, 8, 26, 8, 0, 0, 0, time.UTC)
	h.Run(h.ctx)
	h.Run(h.ctx)
	want(t, h.letters(), "Léa: bientôt : Rentrée")
}

// TestTrainings: seats, attendance, who is not trained.
func TestTrainings(t *testing.T) {
	h := newHouse(t)
	boss, lea, max := h.person("Anne", "Roy", admin), h.person("Léa", "Petit"), h.person("Max", "Fabre")
	h.names(boss, "scolarite", registry.Titular, lea)
	s, err := h.PutTraining(h.ctx, boss, registry.Training{Label: "Résultats", Topic: "scolarite", Day: belvedere.Date(2026, 11, 20), Seats: 1})
	h.must(err)
	if list, err := h.Untrained(h.ctx, boss); err != nil || len(list) != 1 || list[0].Account.ID != lea.ID || !list[0].Registered.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
	h.must(h.Register(h.ctx, lea, s.ID, ""))
	h.kind(belvedere.Conflict, h.Register(h.ctx, max, s.ID, ""))
	h.kind(belvedere.Forbidden, h.Register(h.ctx, max, s.ID, boss.Login))
	h.kind(belvedere.Forbidden, h.MarkPresence(h.ctx, max, s.ID, lea.Login, registry.Present))
	h.days(2)
	h.Run(h.ctx)
	h.Run(h.ctx)
	want(t, h.letters(), "Léa: formation : Résultats")
	h.days(3)
	h.kind(belvedere.Conflict, h.Register(h.ctx, max, s.ID, "")) // it is past
	h.must(h.MarkPresence(h.ctx, boss, s.ID, lea.Login, registry.Present))
	if list, err := h.Untrained(h.ctx, boss); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	var file strings.Builder
	h.must(h.WriteTrainings(h.ctx, boss, 0, &file))
	if got := file.String(); !strings.Contains(got, `"Léa PETIT";"présent"`) {
		t.Errorf("file %q", got)
	}
	h.kind(belvedere.Forbidden, h.WriteTrainings(h.ctx, max, 0, &file))
}

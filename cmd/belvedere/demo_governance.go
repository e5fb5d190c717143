package main

import (
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/demo"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
)

// makeDemoGovernance gives the demonstration its organisation. Nobody is written to.
func makeDemoGovernance(e *env, a *app.App) error {
	people, _, err := a.Registry.ListAccounts(e.ctx, registry.AccountFilter{}, registry.Page{})
	if err != nil {
		return err
	}
	byMail := map[string]registry.Account{}
	for _, p := range people {
		byMail[p.Email] = p
	}
	v, year := a.AtCommand(), a.Governance.Year()
	for _, h := range demo.Holdings() {
		who := h.Who
		if p, ok := byMail[h.Who]; ok {
			who = p.Login
		}
		if _, err := a.Governance.Name(e.ctx, v, governance.HoldingForm{Duty: h.Duty, Place: h.Place, Who: who, From: year.First().Format(time.DateOnly)}); err != nil {
			return err
		}
	}
	for _, t := range demo.Tasks() {
		f := governance.TaskForm{Label: t.Label, Duty: t.Duty, Note: t.Note, Yearly: true, Remind: 7, Starts: demoDay(year, t.Starts), Ends: demoDay(year, t.Ends)}
		if _, err := a.Governance.PutTask(e.ctx, v, f); err != nil {
			return err
		}
	}
	for _, versions := range demo.WrittenRules() {
		var kept registry.WrittenRule
		for _, r := range versions {
			if kept, err = a.Governance.Write(e.ctx, v, governance.RuleForm{ID: kept.ID, After: kept.Last, Title: r.Title, Duty: r.Duty, Audience: r.Audience, Text: r.Text, Reason: r.Reason,
				Asked: r.Audience != governance.Everyone, Force: true}); err != nil {
				return err
			}
		}
	}
	return demoMemory(e, a, byMail)
}

// demoDay is a day of a school year by its month and day.
func demoDay(year belvedere.SchoolYear, monthDay string) string {
	y := int(year)
	if monthDay < "09" {
		y++
	}
	return belvedere.Date(y, 1, 1).Format("2006") + "-" + monthDay
}

// demoMemory keeps questions and training sessions, as if they had been asked and held.
func demoMemory(e *env, a *app.App, byMail map[string]registry.Account) error {
	now := a.Governance.Now().UTC()
	for i, q := range demo.Questions() {
		by := byMail[q.By]
		kept, err := a.Registry.AskHelp(e.ctx, registry.HelpQuestion{Subject: q.Subject, Text: q.Text, Duty: q.Duty, Account: by.ID, By: by.Login, At: now.AddDate(0, 0, -20+18*i)})
		if err != nil {
			return err
		}
		if q.Answer != "" {
			if _, err := a.Registry.AnswerHelp(e.ctx, kept.ID, q.Answer, byMail[demo.Holdings()[4].Who].Login, kept.At.AddDate(0, 0, 1)); err != nil {
				return err
			}
		}
	}
	for _, t := range demo.Trainings() {
		day := belvedere.Date(now.Year(), now.Month(), now.Day()+t.Days)
		kept, err := a.Governance.PutTraining(e.ctx, a.AtCommand(), registry.Training{Label: t.Label, Topic: t.Topic, Trainer: t.Trainer, Place: t.Place, Day: day, Hours: "9 h – 12 h", Seats: t.Seats})
		if err != nil {
			return err
		}
		for mail, p := range byMail {
			if t.Days > 0 || !strings.HasSuffix(mail, "@eni-sarvane.example") {
				continue
			}
			if err := a.Registry.MarkPresence(e.ctx, registry.Attendance{Training: kept.ID, Account: p.ID, Presence: registry.Present, By: "operateur", At: now}); err != nil {
				return err
			}
		}
	}
	return nil
}

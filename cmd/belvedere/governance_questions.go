package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/governance"
)

type questionsCmd struct {
	List   questionsListCmd   `cmd:"" default:"withargs" help:"Chercher dans les questions et les réponses."`
	Show   questionsShowCmd   `cmd:"" help:"Lire une question."`
	Ask    questionsAskCmd    `cmd:"" help:"Poser une question."`
	Answer questionsAnswerCmd `cmd:"" help:"Répondre."`
}

type questionsListCmd struct {
	asFlag
	Text string `arg:"" optional:"" name:"mots" help:"Mots de la question ou de la réponse, sans accents ni majuscules."`
	Duty string `name:"responsabilite" help:"À qui elles s’adressent." placeholder:"CODE"`
	Open bool   `name:"ouvertes" help:"Sans réponse."`
	JSON bool   `name:"json" help:"Pour les programmes."`
}

type jsonHelp struct {
	ID        int64  `json:"id"`
	Of        string `json:"sorte"` // question or indicateur
	Subject   string `json:"objet"`
	Text      string `json:"question"`
	Duty      string `json:"responsabilite,omitempty"`
	By        string `json:"par"`
	At        string `json:"le"`
	Answer    string `json:"reponse,omitempty"`
	Answerer  string `json:"repondu_par,omitempty"`
	Step      string `json:"etape,omitempty"`
	Indicator string `json:"indicateur,omitempty"`
	Link      string `json:"adresse"`
}

// Run searches the memory.
func (c questionsListCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		found, err := a.Governance.Questions(e.ctx, v, governance.Search{Text: c.Text, Duty: c.Duty, Open: c.Open})
		if err != nil {
			return err
		}
		list := []jsonHelp{}
		for _, q := range found {
			sort := "question"
			if q.Definition {
				sort = "indicateur"
			}
			list = append(list, jsonHelp{q.ID, sort, q.Subject, q.Text, q.Duty, q.By, dayOf(q.At), q.Answer, q.AnsweredBy, q.StepLabel(), q.Indicator, q.Link})
		}
		if c.JSON {
			return asJSON(e.out, list)
		}
		for _, q := range list {
			state := "répondue"
			if q.Answer == "" {
				state = orKept(q.Step, "en attente")
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\n", q.ID, q.Of, q.At, state, q.Subject)
		}
		return nil
	})
}

type questionsShowCmd struct {
	asFlag
	ID int64 `arg:"" name:"numéro" help:"Numéro de la question."`
}

// Run shows one.
func (c questionsShowCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		q, err := a.Governance.Question(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s (%s)\n%s\n%s, le %s\n", q.Subject, q.DutyLabel, q.Text, q.By, belvedere.ShortDate(q.At))
		if q.Answer != "" {
			fmt.Fprintf(e.out, "\n%s\n%s, le %s\n", q.Answer, q.AnsweredBy, belvedere.ShortDate(q.Answered))
		}
		return nil
	})
}

type questionsAskCmd struct {
	asFlag
	Subject   string `arg:"" name:"objet" help:"Objet."`
	Text      string `arg:"" name:"question" help:"Question."`
	Duty      string `name:"responsabilite" help:"À qui." default:"assistance" placeholder:"CODE"`
	School    string `name:"etablissement" help:"UAI." placeholder:"UAI"`
	Rule      int64  `name:"regle" help:"À propos d’une règle." placeholder:"NUMÉRO"`
	Indicator string `name:"indicateur" help:"À propos d’un indicateur." placeholder:"CODE"`
}

// Run asks.
func (c questionsAskCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		q, err := a.Governance.Ask(e.ctx, v, governance.QuestionForm{Subject: c.Subject, Text: c.Text, Duty: c.Duty, School: c.School, Rule: c.Rule, Indicator: c.Indicator})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("question %d", q.ID), "posée à "+q.Duty)
		fmt.Fprintf(e.out, "%d\n", q.ID)
		return nil
	})
}

type questionsAnswerCmd struct {
	asFlag
	ID   int64  `arg:"" name:"numéro" help:"Numéro de la question."`
	Text string `arg:"" name:"réponse" help:"Réponse."`
}

// Run answers.
func (c questionsAnswerCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		q, err := a.Governance.Answer(e.ctx, v, c.ID, c.Text)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("question %d", q.ID), "répondue")
		return nil
	})
}

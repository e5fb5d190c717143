package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
)

type governanceCmd struct {
	Roles     rolesCmd        `cmd:"" help:"Dire qui répond de quoi, et désigner."`
	Calendar  calendarCmd     `cmd:"" help:"Voir et tenir le calendrier des procédures."`
	Rules     rulesCmd        `cmd:"" help:"Lire et écrire les règles et procédures."`
	Questions questionsCmd    `cmd:"" help:"Chercher, poser et répondre aux questions."`
	Trainings trainingsCmd    `cmd:"" help:"Tenir les sessions de formation."`
	Delays    governanceDelay `cmd:"" help:"Voir et fixer les délais : questions transmises, rappels de lecture."`
}

// asFlag is in whose name a command acts.
type asFlag struct {
	As string `help:"Au nom de qui : un identifiant, ou admin pour l’exploitant." default:"admin" placeholder:"IDENTIFIANT"`
}

// governing opens the app and hands over in whose name the command acts.
func (f asFlag) governing(e *env, do func(a *app.App, v belvedere.Viewer) error) error {
	return e.with(func(a *app.App) error {
		v, err := deciding(e, a, f.As)
		if err != nil {
			return err
		}
		return do(a, v)
	})
}

// asJSON writes an answer for programs.
func asJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

type rolesCmd struct {
	List   rolesListCmd   `cmd:"" default:"withargs" help:"Lister les responsabilités, leurs titulaires et ce qui manque."`
	Name   rolesNameCmd   `cmd:"" help:"Désigner quelqu’un."`
	End    rolesEndCmd    `cmd:"" help:"Mettre fin à une désignation."`
	Add    rolesAddCmd    `cmd:"" help:"Ajouter une responsabilité, ou redire la mission d’une autre."`
	Remove rolesRemoveCmd `cmd:"" help:"Retirer une responsabilité ajoutée."`
}

type rolesListCmd struct {
	asFlag
	JSON bool `name:"json" help:"Pour les programmes."`
}

type jsonHolder struct {
	ID    int64  `json:"id"`
	Place string `json:"qualite"`
	Name  string `json:"nom"`
	From  string `json:"du"`
	To    string `json:"au,omitempty"`
	Fault string `json:"defaut,omitempty"`
}

type jsonRole struct {
	Duty    string       `json:"responsabilite"`
	Label   string       `json:"intitule"`
	School  string       `json:"etablissement,omitempty"`
	Holders []jsonHolder `json:"designes"`
	Gaps    []string     `json:"manques"`
}

// Run lists who answers for what.
func (c rolesListCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		b, err := a.Governance.Board(e.ctx, v)
		if err != nil {
			return err
		}
		list := []jsonRole{}
		for _, l := range b.Lines {
			one := jsonRole{Duty: l.Duty.Code, Label: l.Duty.Label, School: string(l.School), Gaps: l.Gaps, Holders: []jsonHolder{}}
			for _, group := range [][]governance.Holder{l.Titulars, l.Deputies, l.Functional, l.Technical} {
				for _, h := range group {
					one.Holders = append(one.Holders, jsonHolder{h.ID, string(h.Place), h.Name, dayOf(h.From), dayOf(h.To), h.Trouble})
				}
			}
			list = append(list, one)
		}
		if c.JSON {
			return asJSON(e.out, list)
		}
		for _, one := range list {
			fmt.Fprintf(e.out, "%s\t%s\t%s\n", one.Duty, one.Label, one.School)
			for _, h := range one.Holders {
				fmt.Fprintf(e.out, "\t%d\t%s\t%s\tdu %s\t%s\n", h.ID, h.Place, h.Name, h.From, h.Fault)
			}
			for _, g := range one.Gaps {
				fmt.Fprintf(e.out, "\tà combler : %s\n", g)
			}
		}
		return nil
	})
}

type rolesNameCmd struct {
	asFlag
	Duty   string `arg:"" name:"responsabilité" help:"pilotage, modelisation, scolarite, technique, formation, documentation, assistance, ou une autre de la liste."`
	Who    string `arg:"" name:"qui" help:"Identifiant d’un compte, ou nom."`
	Place  string `name:"qualite" help:"titulaire, suppleant, fonctionnel ou technique (correspondants de l’assistance)." default:"titulaire" placeholder:"QUALITÉ"`
	School string `name:"etablissement" help:"UAI ; sans lui, pour l’ensemble." placeholder:"UAI"`
	From   string `name:"du" help:"Premier jour ; aujourd’hui sans lui." placeholder:"DATE"`
	To     string `name:"au" help:"Dernier jour." placeholder:"DATE"`
}

// Run names someone.
func (c rolesNameCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		h, err := a.Governance.Name(e.ctx, v, governance.HoldingForm{Duty: c.Duty, Who: c.Who, Place: c.Place, School: c.School, From: c.From, To: c.To})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, "responsabilité "+h.Duty+" "+string(h.School), string(h.Place)+" : "+h.Name)
		fmt.Fprintf(e.out, "%d\n", h.ID)
		return nil
	})
}

type rolesEndCmd struct {
	asFlag
	ID int64 `arg:"" name:"numéro" help:"Numéro de la désignation."`
}

// Run ends a holding.
func (c rolesEndCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		h, err := a.Governance.EndHolding(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, "responsabilité "+h.Duty+" "+string(h.School), "fin : "+h.Name)
		return nil
	})
}

type rolesAddCmd struct {
	asFlag
	Code    string `arg:"" name:"code" help:"Minuscules sans accent : enquetes_sise."`
	Label   string `arg:"" name:"nom" help:"Nom."`
	Mission string `name:"mission" help:"Ce dont elle répond." placeholder:"TEXTE"`
}

// Run adds a responsibility.
func (c rolesAddCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		if err := a.Governance.PutDuty(e.ctx, v, registry.Duty{Code: c.Code, Label: c.Label, Mission: c.Mission}); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, "responsabilité "+c.Code, c.Label)
		return nil
	})
}

type rolesRemoveCmd struct {
	asFlag
	Code string `arg:"" name:"code" help:"Code de la responsabilité."`
}

// Run removes one that was added.
func (c rolesRemoveCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		if err := a.Governance.RemoveDuty(e.ctx, v, c.Code); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, "responsabilité "+c.Code, "retrait")
		return nil
	})
}

type governanceDelay struct {
	asFlag
	Escalation int `name:"escalade" help:"Jours sans réponse avant de transmettre une question au suppléant, puis au pilotage : 1 à 60." placeholder:"JOURS"`
	Reminder   int `name:"rappel" help:"Jours entre deux rappels de lecture : 1 à 90." placeholder:"JOURS"`
}

// Run sets what is given, and prints both.
func (c governanceDelay) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		x, err := a.Governance.Settings(e.ctx)
		if err != nil {
			return err
		}
		if c.Escalation != 0 || c.Reminder != 0 {
			if c.Escalation != 0 {
				x.Escalation = c.Escalation
			}
			if c.Reminder != 0 {
				x.Reminder = c.Reminder
			}
			if err := a.Governance.PutSettings(e.ctx, v, x); err != nil {
				return err
			}
			a.Note(e.ctx, audit.Governance, "délais de la gouvernance", fmt.Sprintf("escalade %d, rappel %d", x.Escalation, x.Reminder))
		}
		fmt.Fprintf(e.out, "escalade\t%d\nrappel\t%d\n", x.Escalation, x.Reminder)
		return nil
	})
}

// readText reads a text from a file, "-" being what is typed.
func readText(e *env, name string) (string, error) {
	in := e.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être lu", name)
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, 4*registry.MostRuleText))
	return strings.TrimSpace(string(b)), err
}

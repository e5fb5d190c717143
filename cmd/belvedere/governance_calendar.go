package main

import (
	"fmt"
	"io"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/governance"
)

type calendarCmd struct {
	List   calendarListCmd   `cmd:"" default:"withargs" help:"Lister les échéances d’une année scolaire."`
	Add    calendarAddCmd    `cmd:"" help:"Ajouter une échéance."`
	Done   calendarDoneCmd   `cmd:"" help:"Marquer une échéance faite."`
	Carry  calendarCarryCmd  `cmd:"" help:"Reporter les échéances annuelles sur une année."`
	Remove calendarRemoveCmd `cmd:"" help:"Retirer une échéance."`
	Off    calendarOffCmd    `cmd:"" help:"Lire les vacances, ou les remplacer par celles d’un fichier."`
	ICS    calendarICSCmd    `cmd:"" name:"ics" help:"Écrire une année pour un agenda."`
}

type yearFlag struct {
	Year string `name:"annee" help:"Année scolaire : 2026-2027 ; celle d’aujourd’hui sans elle." placeholder:"ANNÉE"`
}

func (f yearFlag) year(a *app.App) (belvedere.SchoolYear, error) {
	if f.Year == "" {
		return a.Governance.Year(), nil
	}
	year, err := belvedere.ParseSchoolYear(f.Year)
	if err != nil {
		return 0, misuse{err}
	}
	return year, nil
}

type calendarListCmd struct {
	asFlag
	yearFlag
	JSON bool `name:"json" help:"Pour les programmes."`
}

type jsonEvent struct {
	ID     int64  `json:"id"`
	Label  string `json:"intitule"`
	Duty   string `json:"responsabilite"`
	School string `json:"etablissement,omitempty"`
	Starts string `json:"debut"`
	Ends   string `json:"fin"`
	State  string `json:"etat"`
	Done   string `json:"faite_le,omitempty"`
	DoneBy string `json:"faite_par,omitempty"`
	Yearly bool   `json:"annuelle"`
}

// Run lists a year.
func (c calendarListCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		year, err := c.year(a)
		if err != nil {
			return err
		}
		events, err := a.Governance.Calendar(e.ctx, v, year)
		if err != nil {
			return err
		}
		list := []jsonEvent{}
		for _, x := range events {
			list = append(list, jsonEvent{x.Task.ID, x.Label, x.Duty, string(x.School), dayOf(x.TaskYear.Starts), dayOf(x.TaskYear.Ends), string(x.State), dayOf(x.Done), x.DoneBy, x.Yearly})
		}
		if c.JSON {
			return asJSON(e.out, list)
		}
		for _, x := range list {
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%s\n", x.ID, x.Starts, x.Ends, x.State, x.Duty, x.Label)
		}
		return nil
	})
}

type calendarAddCmd struct {
	asFlag
	Label  string `arg:"" name:"intitulé" help:"Intitulé."`
	Duty   string `name:"responsabilite" required:"" help:"Qui s’en charge : pilotage, scolarite…" placeholder:"CODE"`
	Starts string `name:"debut" required:"" help:"Début." placeholder:"DATE"`
	Ends   string `name:"fin" help:"Fin ; le même jour sans elle." placeholder:"DATE"`
	Once   bool   `name:"une-fois" help:"Ne revient pas chaque année."`
	Remind int    `name:"rappel" help:"Jours avant le début et avant la fin." default:"7" placeholder:"JOURS"`
	School string `name:"etablissement" help:"UAI ; sans lui, pour l’ensemble." placeholder:"UAI"`
	Link   string `name:"procedure" help:"Adresse de la procédure : /livraisons, https://…" placeholder:"ADRESSE"`
	Rule   int64  `name:"regle" help:"Numéro de la règle écrite." placeholder:"NUMÉRO"`
	Note   string `name:"note" help:"Note." placeholder:"TEXTE"`
}

// Run adds an entry.
func (c calendarAddCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		t, err := a.Governance.PutTask(e.ctx, v, governance.TaskForm{Label: c.Label, Duty: c.Duty, Starts: c.Starts, Ends: c.Ends, Yearly: !c.Once, Remind: c.Remind,
			School: c.School, Link: c.Link, Rule: c.Rule, Note: c.Note})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("échéance %d", t.ID), t.Label)
		fmt.Fprintf(e.out, "%d\n", t.ID)
		return nil
	})
}

type calendarDoneCmd struct {
	asFlag
	yearFlag
	ID     int64  `arg:"" name:"numéro" help:"Numéro de l’échéance."`
	Not    bool   `name:"pas" help:"Elle n’est pas faite, finalement."`
	Remark string `name:"remarque" help:"Remarque." placeholder:"TEXTE"`
}

// Run marks an entry.
func (c calendarDoneCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		year, err := c.year(a)
		if err != nil {
			return err
		}
		if _, err := a.Governance.Mark(e.ctx, v, governance.MarkForm{Task: c.ID, Year: year, Done: !c.Not, Remark: c.Remark}); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("échéance %d %v", c.ID, year), map[bool]string{false: "faite", true: "pas faite"}[c.Not])
		return nil
	})
}

type calendarCarryCmd struct {
	asFlag
	Year string `arg:"" name:"année" help:"Année scolaire sur laquelle reporter : 2027-2028."`
}

// Run carries the yearly entries over.
func (c calendarCarryCmd) Run(e *env) error {
	year, err := belvedere.ParseSchoolYear(c.Year)
	if err != nil {
		return misuse{err}
	}
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		n, err := a.Governance.Carry(e.ctx, v, year)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, "calendrier "+year.String(), belvedere.Plural(n, "échéance reportée", "échéances reportées"))
		fmt.Fprintln(e.out, belvedere.Plural(n, "échéance reportée", "échéances reportées"))
		return nil
	})
}

type calendarRemoveCmd struct {
	asFlag
	ID int64 `arg:"" name:"numéro" help:"Numéro de l’échéance."`
}

// Run removes an entry.
func (c calendarRemoveCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		t, err := a.Governance.RemoveTask(e.ctx, v, c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("échéance %d", t.ID), "retirée : "+t.Label)
		return nil
	})
}

type calendarICSCmd struct {
	asFlag
	yearFlag
}

// Run writes a year for a diary.
func (c calendarICSCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		year, err := c.year(a)
		if err != nil {
			return err
		}
		list, err := a.Governance.Calendar(e.ctx, v, year)
		if err != nil {
			return err
		}
		return governance.WriteICS(e.out, list, a.Auth.URL, a.Governance.Now())
	})
}

type calendarOffCmd struct {
	asFlag
	Set string `help:"Fichier qui les remplace, une période par ligne : 2026-10-17 2026-11-01 Toussaint ; - pour l’entrée standard." placeholder:"FICHIER"`
}

// Run writes the holidays, or keeps others.
func (c calendarOffCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		if c.Set != "" {
			text, err := readText(e, c.Set)
			if err != nil {
				return err
			}
			n, err := a.Governance.PutHolidays(e.ctx, v, text)
			if err != nil {
				return err
			}
			a.Note(e.ctx, governance.Action, "vacances du calendrier", belvedere.Plural(n, "période", "périodes"))
			return nil
		}
		list, err := a.Governance.Holidays(e.ctx)
		if err != nil {
			return err
		}
		_, err = io.WriteString(e.out, governance.HolidayText(list))
		return err
	})
}

package main

import (
	"fmt"

	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/notice"
	"belvedere/internal/registry"
	"belvedere/internal/watch"
)

type scheduleCmd struct {
	List   scheduleListCmd   `cmd:"" default:"1" help:"Lister les envois réglés, ou leur suivi."`
	Add    scheduleAddCmd    `cmd:"" help:"Régler l’envoi d’une page à des comptes."`
	Remove scheduleRemoveCmd `cmd:"" help:"Supprimer un envoi pour tous ses destinataires."`
	Run    scheduleRunCmd    `cmd:"" help:"Faire partir les envois à leur échéance, ou un seul à l’instant."`
}

type scheduleListCmd struct {
	Log bool `help:"Ce qui est parti, à qui, et pourquoi rien n’est parti."`
}

// Run lists the schedules, or what came of them.
func (c scheduleListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Notice.Schedules(e.ctx, byOperator(), true)
		if err != nil {
			return err
		}
		if c.Log {
			return printSendings(e, a, list)
		}
		for _, one := range list {
			state := "actif"
			if one.Paused {
				state = "suspendu"
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%d comptes, %d groupes\t%s\n", one.ID, one.Label, one.Address, one.Format, watch.Rhythm(one.Rhythm).Label(),
				len(one.Accounts), len(one.Groups), state)
		}
		return nil
	})
}

func printSendings(e *env, a *app.App, list []registry.Schedule) error {
	log, _, err := a.Notice.Log(e.ctx, byOperator(), list, registry.Page{Limit: 1000})
	if err != nil {
		return err
	}
	for _, s := range log {
		fmt.Fprintf(e.out, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\n", s.Claimed.In(e.config.Location()).Format("2006-01-02T15:04:05"), s.Number, s.Slot, s.Who, s.Say, s.Detail, s.Receipt, s.Bytes)
	}
	return nil
}

type scheduleAddCmd struct {
	Page   string   `arg:"" name:"adresse" help:"Adresse de la page, avec ses filtres : '/moyens/par-etablissement?type=college'."`
	To     []string `help:"Identifiants des destinataires : chacun reçoit ce que ses droits ouvrent." placeholder:"IDENTIFIANT"`
	Groups []int64  `help:"Numéros de groupes d’établissements : ceux qui les gèrent reçoivent." placeholder:"N"`
	Format string   `help:"csv, xlsx ou pdf." default:"xlsx"`
	Rhythm string   `help:"publication, jour, lundi ou mois." default:"lundi"`
	Name   string   `help:"Nom de l’envoi ; celui de la page par défaut." placeholder:"TEXTE"`
}

// Run sets a schedule and prints its number.
func (c scheduleAddCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		viewer := byOperator()
		viewer.Admin = true
		if a.Engine != nil {
			v, err := a.Operator(e.ctx)
			if err != nil {
				return err
			}
			viewer = v
		}
		made, err := a.Notice.CreateSchedule(e.ctx, viewer, notice.ScheduleForm{Label: c.Name, Address: c.Page, Format: c.Format, Rhythm: c.Rhythm, Accounts: c.To, Groups: c.Groups})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Schedule, notice.ScheduleObject(made), "réglé : "+made.Address+", "+made.Format+", "+made.Rhythm)
		_, err = fmt.Fprintln(e.out, made.ID)
		return err
	})
}

type scheduleRemoveCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro de l’envoi."`
}

// Run removes a schedule.
func (c scheduleRemoveCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		one, err := a.Notice.DeleteSchedule(e.ctx, byOperator(), c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Schedule, notice.ScheduleObject(one), "supprimé")
		return nil
	})
}

type scheduleRunCmd struct {
	ID  int64 `arg:"" optional:"" name:"numéro" help:"Numéro de l’envoi à faire partir, avec --now."`
	Now bool  `help:"À l’instant, hors de son rythme."`
}

// Run sends what is due, or one schedule at once. Beside a server it asks the server, which looks
// each minute.
func (c scheduleRunCmd) Run(e *env) error {
	if c.Now != (c.ID != 0) {
		return misuse{fmt.Errorf("--now et le numéro d’un envoi vont ensemble")}
	}
	return e.with(func(a *app.App) error {
		if c.Now {
			one, err := a.Registry.Schedule(e.ctx, c.ID)
			if err != nil {
				return err
			}
			a.Note(e.ctx, audit.Schedule, notice.ScheduleObject(one), "envoyé à la demande")
		}
		switch {
		case a.Engine != nil && c.Now:
			return a.Notice.SendNow(e.ctx, c.ID)
		case a.Engine != nil:
			return a.Notice.RunSchedules(e.ctx)
		case c.Now:
			if err := a.Notice.AskNow(e.ctx, c.ID); err != nil {
				return err
			}
		}
		fmt.Fprintln(e.err, "Le serveur s’en charge : il regarde chaque minute ce qui est à faire.")
		return nil
	})
}

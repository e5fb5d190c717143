package main

import (
	"fmt"
	"text/tabwriter"

	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
)

type extractScheduleCmd struct {
	List   extractScheduleListCmd   `cmd:"" default:"1" help:"Lister les extraits réguliers, ou leur suivi."`
	Add    extractScheduleAddCmd    `cmd:"" help:"Régler un extrait régulier au nom d’un compte."`
	Pause  extractSchedulePauseCmd  `cmd:"" help:"Suspendre un extrait régulier : son propriétaire le relance."`
	Remove extractScheduleRemoveCmd `cmd:"" help:"Supprimer un extrait régulier."`
	Places extractPlacesCmd         `cmd:"" help:"Lister les lieux de dépôt de la configuration."`
}

type extractScheduleListCmd struct {
	Log bool `name:"suivi" help:"Ce qui a été déposé."`
}

// Run lists regular extracts.
func (c extractScheduleListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Extracts.Schedules(e.ctx, byOperator(), true)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		if c.Log {
			runs, _, err := a.Extracts.ScheduleLog(e.ctx, list, registry.Page{Limit: 200})
			if err != nil {
				return err
			}
			fmt.Fprintln(w, "NUMÉRO\tÉCHÉANCE\tRÉSULTAT\tDÉTAIL")
			for _, r := range runs {
				fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", r.Number, r.Slot, r.Result, r.Detail)
			}
			return w.Flush()
		}
		fmt.Fprintln(w, "NUMÉRO\tNOM\tCOMPTE\tRYTHME\tLIEU\tARRÊTÉ")
		for _, x := range list {
			login := "compte supprimé"
			if account, err := a.Registry.Account(e.ctx, x.Account); err == nil {
				login = account.Login
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", x.ID, x.Label, login, x.Rhythm, x.Place, x.Stopped)
		}
		return w.Flush()
	})
}

type extractScheduleAddCmd struct {
	extractFlags
	Rhythm string `name:"rythme" default:"lundi" help:"publication, jour, lundi ou mois." placeholder:"RYTHME"`
	Place  string `name:"lieu" required:"" help:"Lieu de dépôt, par son nom dans la configuration." placeholder:"LIEU"`
}

// Run sets a regular extract, with the rights of the account. Beside a server it is the server that is asked.
func (c extractScheduleAddCmd) Run(e *env) error {
	r, err := c.request()
	if err != nil {
		return err
	}
	r.Rhythm, r.Place = c.Rhythm, c.Place
	return e.with(func(a *app.App) error {
		var made struct {
			ID     int64  `json:"numero"`
			Phrase string `json:"phrase"`
		}
		if a.Engine == nil {
			err = called(e, a, "/api/v1/extractions-regulieres", c.As, r, &made)
		} else {
			made.ID, made.Phrase, err = c.set(e, a, r)
		}
		if err != nil {
			return err
		}
		if made.Phrase != "" {
			fmt.Fprintln(e.err, "Phrase de passe des archives, montrée cette seule fois :", made.Phrase)
		}
		_, err = fmt.Fprintln(e.out, made.ID)
		return err
	})
}

func (c extractScheduleAddCmd) set(e *env, a *app.App, r extract.Request) (int64, string, error) {
	viewer, err := a.As(e.ctx, c.As)
	if err != nil {
		return 0, "", err
	}
	form, err := r.Form()
	if err != nil {
		return 0, "", err
	}
	made, phrase, err := a.Extracts.CreateSchedule(e.ctx, viewer, form)
	if err != nil {
		return 0, "", err
	}
	a.Note(e.ctx, audit.Extract, extract.ScheduleObject(made), "réglé pour "+c.As+" : "+made.Rhythm+", "+made.Place)
	return made.ID, phrase, nil
}

type extractSchedulePauseCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro de l’extrait régulier."`
}

// Run pauses a regular extract: who owns it lets it go on, in the pages.
func (c extractSchedulePauseCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		x, err := a.Extracts.StopSchedule(e.ctx, byOperator(), c.ID, true)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Extract, extract.ScheduleObject(x), "suspendu")
		return nil
	})
}

type extractScheduleRemoveCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro de l’extrait régulier."`
}

// Run removes a regular extract.
func (c extractScheduleRemoveCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		x, err := a.Extracts.DeleteSchedule(e.ctx, byOperator(), c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Extract, extract.ScheduleObject(x), "supprimé")
		return nil
	})
}

type extractPlacesCmd struct{}

// Run lists the places of the configuration.
func (extractPlacesCmd) Run(e *env) error {
	for _, p := range e.config.Places {
		kind := "dossier " + p.Folder
		if p.SFTP != "" {
			kind = "sftp " + p.SFTP
		} else if p.S3 != "" {
			kind = "s3 " + p.S3 + "/" + p.Bucket
		}
		if _, err := fmt.Fprintf(e.out, "%s\t%s\t%s\n", p.Name, p.Label, kind); err != nil {
			return err
		}
	}
	return nil
}

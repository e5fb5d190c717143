package main

import (
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/notice"
	"belvedere/internal/watch"
)

type alertCmd struct {
	List   alertListCmd   `cmd:"" default:"1" help:"Lister les alertes."`
	Add    alertAddCmd    `cmd:"" help:"Créer une alerte pour un compte."`
	Remove alertRemoveCmd `cmd:"" help:"Retirer une alerte, avec son historique."`
	Run    alertRunCmd    `cmd:"" help:"Juger les alertes à leur échéance et envoyer les récapitulatifs."`
}

type alertListCmd struct {
	As string `help:"D’un seul compte." placeholder:"IDENTIFIANT"`
}

// Run lists the alerts: number, account, name, what, where, when.
func (c alertListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		var account int64
		if c.As != "" {
			x, err := a.Registry.AccountByLogin(e.ctx, c.As)
			if err != nil {
				return err
			}
			account = x.ID
		}
		list, err := a.Notice.Alerts(e.ctx, account)
		if err != nil {
			return err
		}
		for _, one := range list {
			x, err := a.Registry.Account(e.ctx, one.Account)
			if err != nil {
				return err
			}
			state := "active"
			if one.Paused {
				state = "suspendue"
			}
			where := strings.Join(one.Filters, " ")
			if one.Each {
				where = strings.TrimSpace(where + " par établissement")
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", one.ID, x.Login, one.Label, one.Indicator, where, a.Notice.SayRule(one), watch.Rhythm(one.Rhythm).Label(), state)
		}
		return nil
	})
}

type alertAddCmd struct {
	As        string   `help:"Compte qui sera prévenu." required:"" placeholder:"IDENTIFIANT"`
	Indicator string   `help:"Code de l’indicateur." required:"" placeholder:"CODE"`
	Rate      bool     `help:"Son taux, au lieu de sa valeur."`
	Where     []string `help:"Filtres : type=college, niveau=6eme." sep:"none" placeholder:"FILTRE"`
	School    string   `help:"D’un seul établissement." placeholder:"UAI"`
	Each      bool     `help:"Juger chaque établissement, au lieu de l’ensemble."`
	Period    string   `help:"annee, mois, mois_dernier ou jour." default:"annee"`
	Rule      string   `help:"seuil, evolution ou inhabituel." required:"" placeholder:"RÈGLE"`
	Side      string   `help:"au_dessus, au_dessous ou deux_sens." default:"au_dessus"`
	Amount    string   `help:"Seuil, ou écart." placeholder:"NOMBRE"`
	Units     bool     `help:"L’écart se compte en unités ou en points, au lieu de pour cent."`
	Against   string   `help:"Une évolution se compare à : precedente ou an_dernier." default:"an_dernier"`
	Rhythm    string   `help:"publication, jour, lundi ou mois." default:"publication"`
	Name      string   `help:"Nom de l’alerte ; celui de l’indicateur par défaut." placeholder:"TEXTE"`
}

// Run creates an alert and prints its number.
func (c alertAddCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		x, err := a.Registry.AccountByLogin(e.ctx, c.As)
		if err != nil {
			return err
		}
		viewer := belvedere.Viewer{ID: x.ID, Login: x.Login, Kind: belvedere.AccountViewer}
		if a.Engine != nil {
			if viewer, err = a.ViewerOf(e.ctx, x); err != nil {
				return err
			}
			viewer.ID = x.ID // an account that is closed may have alerts: they tell it nothing
		}
		made, err := a.Notice.CreateAlert(e.ctx, viewer, notice.AlertForm{Label: c.Name, Indicator: c.Indicator, Rate: c.Rate, Filters: c.Where, School: c.School, Each: c.Each,
			Period: c.Period, Rule: c.Rule, Side: c.Side, Amount: c.Amount, Percent: !c.Units, Against: c.Against, Rhythm: c.Rhythm})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Alert, notice.AlertObject(made), "créée pour "+x.Login+" : "+a.Notice.SayRule(made))
		_, err = fmt.Fprintln(e.out, made.ID)
		return err
	})
}

type alertRemoveCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro de l’alerte."`
}

// Run removes an alert.
func (c alertRemoveCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		one, err := a.Notice.DeleteAlert(e.ctx, byOperator(), c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Alert, notice.AlertObject(one), "retirée")
		return nil
	})
}

type alertRunCmd struct{}

// Run judges what is due; a server that runs does it by itself.
func (alertRunCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if a.Engine == nil {
			fmt.Fprintln(e.err, "Le serveur s’en charge : il regarde chaque minute ce qui est à l’échéance.")
			return nil
		}
		return a.Notice.RunAlerts(e.ctx)
	})
}

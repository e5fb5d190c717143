package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/audit"
)

type grantCmd struct {
	List   grantListCmd   `cmd:"" default:"withargs" help:"Lister les habilitations."`
	Give   grantGiveCmd   `cmd:"" help:"Donner une habilitation, pour une finalité et jusqu’à un jour."`
	Revoke grantRevokeCmd `cmd:"" help:"Retirer une habilitation : elle ne vaut plus dès la demande suivante."`
	Renew  grantRenewCmd  `cmd:"" help:"Déplacer la fin d’une habilitation."`
}

type grantListCmd struct {
	Login string `name:"of" help:"D’une seule personne : identifiant ou adresse." placeholder:"IDENTIFIANT"`
	State string `help:"${enum}." enum:",en_vigueur,finies" default:"" placeholder:"ÉTAT"`
}

// Run lists grants.
func (c grantListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Grants.List(e.ctx, admin.GrantQuery{Login: c.Login, State: c.State})
		if err != nil {
			return err
		}
		for _, g := range list {
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\tjusqu’au %s\t%s\t%s\n", g.ID, g.Login, g.Opens, g.State, belvedere.ShortDate(g.LastDay), g.Approver, g.Purpose)
		}
		return nil
	})
}

type grantGiveCmd struct {
	Login      string   `arg:"" name:"identifiant" help:"À qui : identifiant ou adresse."`
	Capability string   `help:"auteur, extracteur ou donnees ; lecture seule par défaut." placeholder:"CAPACITÉ"`
	Level      string   `help:"Détail des extraits : agregats, personnes ou identites." placeholder:"NIVEAU"`
	AllWidgets bool     `help:"Toutes les rubriques."`
	Widgets    []string `help:"Rubriques ouvertes : social.assiduite, travaux…" placeholder:"CODES"`
	AllSchools bool     `help:"Tous les établissements."`
	Schools    []string `help:"UAI des établissements ouverts ; ceux du compte par défaut." placeholder:"UAI"`
	Within     string   `help:"Limiter à des membres : composante=GC|INFO;service=GC." placeholder:"PÉRIMÈTRE"`
	Purpose    string   `help:"Finalité, en mots." required:"" placeholder:"TEXTE"`
	Until      string   `help:"Dernier jour ; un an par défaut, deux au plus." placeholder:"2027-11-26"`
}

// Run gives a grant on the word of the operator and prints its number.
func (c grantGiveCmd) Run(e *env) error {
	within, err := belvedere.ParseWithin(c.Within)
	if err != nil {
		return err
	}
	return e.with(func(a *app.App) error {
		g, err := a.Grants.Give(e.ctx, byOperator(), admin.GrantForm{Login: c.Login, Capability: c.Capability, Level: c.Level, AllWidgets: c.AllWidgets,
			Widgets: c.Widgets, AllSchools: c.AllSchools, Schools: c.Schools, Within: within, Purpose: c.Purpose, LastDay: c.Until})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Grant, admin.GrantObject(g), "donnée : "+g.Opens+", jusqu’au "+belvedere.ShortDate(g.LastDay))
		_, err = fmt.Fprintln(e.out, g.ID)
		return err
	})
}

type grantRevokeCmd struct {
	ID  int64  `arg:"" name:"numéro" help:"Numéro de l’habilitation."`
	Why string `help:"Motif." required:"" placeholder:"TEXTE"`
}

// Run ends a grant at once.
func (c grantRevokeCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		g, err := a.Grants.Revoke(e.ctx, byOperator(), c.ID, c.Why)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Grant, admin.GrantObject(g), "retirée : "+g.RevokedWhy)
		return nil
	})
}

type grantRenewCmd struct {
	ID    int64  `arg:"" name:"numéro" help:"Numéro de l’habilitation."`
	Until string `help:"Dernier jour ; dans un an par défaut." placeholder:"2027-11-26"`
}

// Run moves the end of a grant.
func (c grantRenewCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		g, err := a.Grants.Renew(e.ctx, byOperator(), c.ID, c.Until)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Grant, admin.GrantObject(g), "renouvelée jusqu’au "+belvedere.ShortDate(g.LastDay))
		return nil
	})
}

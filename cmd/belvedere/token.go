package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/audit"
)

type tokenCmd struct {
	List   tokenListCmd   `cmd:"" default:"1" help:"Lister les jetons."`
	Create tokenCreateCmd `cmd:"" help:"Créer un jeton : il est imprimé une seule fois."`
	Revoke tokenRevokeCmd `cmd:"" help:"Retirer un jeton : son programme est refusé dès sa prochaine demande."`
}

type tokenListCmd struct{}

// Run lists the tokens; what they are is not kept.
func (tokenListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Tokens.List(e.ctx)
		if err != nil {
			return err
		}
		for _, t := range list {
			used := "jamais utilisé"
			if !t.LastUsed.IsZero() {
				used = "utilisé le " + belvedere.ShortDate(t.LastUsed) + " depuis " + t.LastFrom
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Vendor, admin.SayToken(t.Token), t.State, used)
		}
		return nil
	})
}

type tokenCreateCmd struct {
	Vendor     string   `help:"Éditeur du programme : devient la source de ce qu’il dépose." required:"" placeholder:"NOM"`
	Name       string   `help:"À quoi il sert." placeholder:"TEXTE"`
	Push       bool     `help:"Déposer des livraisons."`
	Read       bool     `help:"Lire des chiffres."`
	AllSchools bool     `help:"Pour tous les établissements."`
	Schools    []string `help:"UAI des établissements." placeholder:"UAI"`
	Groups     []int64  `help:"Numéros de groupes, pris pour les établissements qu’ils comptent aujourd’hui." placeholder:"N"`
	Until      string   `help:"Dernier jour ; un an par défaut, deux au plus." placeholder:"2027-11-26"`
}

// Run makes a token and prints its secret alone, so that a script can take it.
func (c tokenCreateCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		name := c.Name
		if name == "" {
			name = c.Vendor
		}
		secret, made, err := a.Tokens.Create(e.ctx, byOperator(), admin.TokenForm{Name: name, Vendor: c.Vendor, Push: c.Push, Read: c.Read,
			AllSchools: c.AllSchools, Schools: c.Schools, Groups: c.Groups, LastDay: c.Until})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Token, admin.TokenObject(made), "créé : "+admin.SayToken(made))
		if !e.quiet {
			fmt.Fprintf(e.err, "Jeton %d, %s. Notez-le : il n’est pas gardé et ne se réaffiche pas.\n", made.ID, admin.SayToken(made))
		}
		_, err = fmt.Fprintln(e.out, secret)
		return err
	})
}

type tokenRevokeCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro du jeton."`
}

// Run withdraws a token.
func (c tokenRevokeCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		t, err := a.Tokens.Revoke(e.ctx, c.ID)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Token, admin.TokenObject(t), "retiré")
		return nil
	})
}

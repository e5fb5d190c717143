package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
)

type tokenCmd struct {
	List   tokenListCmd   `cmd:"" default:"1" help:"Lister les jetons."`
	Create tokenCreateCmd `cmd:"" help:"Créer un jeton : il est imprimé une seule fois."`
	Revoke tokenRevokeCmd `cmd:"" help:"Retirer un jeton : son programme est refusé dès sa prochaine demande."`
}

type tokenListCmd struct {
	Account string `help:"Ceux de ce compte seulement." placeholder:"LOGIN"`
}

// Run lists the tokens; what they are is not kept.
func (c tokenListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Tokens.List(e.ctx)
		if err != nil {
			return err
		}
		if c.Account != "" {
			account, err := a.Registry.AccountByLogin(e.ctx, c.Account)
			if err != nil {
				return err
			}
			list = slices.DeleteFunc(list, func(t admin.TokenView) bool { return t.Account != account.ID })
		}
		for _, t := range list {
			used := "jamais utilisé"
			if !t.LastUsed.IsZero() {
				used = "utilisé le " + belvedere.ShortDate(t.LastUsed) + " depuis " + t.LastFrom
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, cmp.Or(t.Owner, t.Vendor), admin.SayToken(t.Token), t.State, used)
		}
		return nil
	})
}

type tokenCreateCmd struct {
	Vendor     string   `help:"Éditeur du programme : devient la source de ce qu’il dépose. Demandé, sauf avec --account." placeholder:"NOM"`
	Account    string   `help:"Jeton de lecture d’une personne : il lit avec les droits de ce compte, et rien d’autre." placeholder:"LOGIN"`
	Name       string   `help:"À quoi il sert." placeholder:"TEXTE"`
	Push       bool     `help:"Déposer des livraisons."`
	Read       bool     `help:"Lire des chiffres."`
	AllSchools bool     `help:"Pour tous les établissements."`
	Schools    []string `help:"UAI des établissements." placeholder:"UAI"`
	Groups     []int64  `help:"Numéros de groupes, pris pour les établissements qu’ils comptent aujourd’hui." placeholder:"N"`
	Until      string   `help:"Dernier jour ; un an par défaut, deux au plus ; avec --account, 90 jours et 366 au plus." placeholder:"2027-11-26"`
}

// Run makes a token and prints its secret alone, so that a script can take it.
func (c tokenCreateCmd) Run(e *env) error {
	switch {
	case c.Account == "" && c.Vendor == "":
		return misuse{errors.New("donnez --vendor, l’éditeur du programme, ou --account, la personne dont le jeton lit les droits")}
	case c.Account != "" && (c.Vendor != "" || c.Push || c.AllSchools || len(c.Schools) > 0 || len(c.Groups) > 0):
		return misuse{errors.New("--account fait un jeton qui lit avec les droits du compte : retirez --vendor, --push, --all-schools, --schools et --groups")}
	}
	return e.with(func(a *app.App) error {
		secret, made, err := c.make(e, a)
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

// make makes that of a program or, with --account, that of a person: the machine vouches for a second factor.
func (c tokenCreateCmd) make(e *env, a *app.App) (secret string, made registry.Token, err error) {
	if c.Account == "" {
		return a.Tokens.Create(e.ctx, byOperator(), admin.TokenForm{Name: cmp.Or(c.Name, c.Vendor), Vendor: c.Vendor, Push: c.Push, Read: c.Read,
			AllSchools: c.AllSchools, Schools: c.Schools, Groups: c.Groups, LastDay: c.Until})
	}
	account, err := a.Registry.AccountByLogin(e.ctx, c.Account)
	if err != nil {
		return "", made, err
	}
	return a.Tokens.CreateOwn(e.ctx, account, true, byOperator().Login, admin.OwnTokenForm{Name: cmp.Or(c.Name, "Ligne de commande"), LastDay: c.Until})
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

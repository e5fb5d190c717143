package main

import (
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/audit"
)

type groupCmd struct {
	List   groupListCmd   `cmd:"" default:"1" help:"Lister les groupes d’établissements."`
	Create groupCreateCmd `cmd:"" help:"Créer un groupe, par règle ou par liste."`
	Delete groupDeleteCmd `cmd:"" help:"Supprimer un groupe : les comptes qui l’avaient ne l’ont plus."`
}

type groupListCmd struct{}

// Run lists the groups with what they hold today.
func (groupListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Groups.List(e.ctx)
		if err != nil {
			return err
		}
		for _, g := range list {
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\n", g.ID, g.Name, g.Rule, strings.Join(g.Values, ","), belvedere.Plural(len(g.Held), "établissement", "établissements"))
		}
		return nil
	})
}

type groupCreateCmd struct {
	Name    string   `help:"Nom du groupe." required:"" placeholder:"NOM"`
	Rule    string   `help:"type, secteur, commune, departement, academie, code_postal ou liste." default:"liste" placeholder:"RÈGLE"`
	Values  []string `help:"Valeurs de la règle ; débuts de codes postaux pour code_postal." placeholder:"VALEURS"`
	Schools []string `help:"UAI d’une liste." placeholder:"UAI"`
}

// Run makes a group.
func (c groupCreateCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		_, g, err := a.Groups.Put(e.ctx, 0, admin.GroupForm{Name: c.Name, Rule: c.Rule, Values: c.Values, Schools: c.Schools})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Group, fmt.Sprintf("groupe %d (%s)", g.ID, g.Name), "créé")
		_, err = fmt.Fprintln(e.out, g.ID)
		return err
	})
}

type groupDeleteCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro du groupe."`
}

// Run deletes a group.
func (c groupDeleteCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		kept, err := a.Groups.Group(e.ctx, c.ID)
		if err != nil {
			return err
		}
		g, err := a.Groups.Delete(e.ctx, c.ID, kept.Version)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Group, fmt.Sprintf("groupe %d (%s)", g.ID, g.Name), "supprimé")
		return nil
	})
}

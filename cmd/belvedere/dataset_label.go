package main

import (
	"fmt"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
)

type datasetLabelsCmd struct {
	List   string `arg:"" optional:"" name:"liste" help:"Liste ouverte : etapes, composantes, services… Toutes si elle n’est pas nommée."`
	Search string `name:"cherche" help:"Codes et libellés qui contiennent ce texte." placeholder:"TEXTE"`
}

// Run lists the members of open lists and what they were called before.
func (c datasetLabelsCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		lists := slices.DeleteFunc(a.Model.Open(), func(l *belvedere.CodeList) bool { return c.List != "" && l.Name != c.List })
		if len(lists) == 0 {
			return unknownList(a.Model, c.List)
		}
		for _, l := range lists {
			for _, m := range l.All() {
				if c.Search != "" && !strings.Contains(strings.ToLower(m.Code+" "+m.Label), strings.ToLower(c.Search)) {
					continue
				}
				fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\n", l.Name, m.Code, m.Label, strings.Join(m.Aliases, " ; "))
			}
		}
		return nil
	})
}

func unknownList(m *belvedere.Model, name string) error {
	var known []string
	for _, l := range m.Open() {
		known = append(known, l.Name)
	}
	return belvedere.Errorf(belvedere.NotFound, "Il n’y a pas de liste ouverte «\u00a0%s\u00a0». Listes ouvertes\u00a0: %s.", name, strings.Join(known, ", "))
}

type datasetLabelCmd struct {
	List  string `arg:"" name:"liste" help:"Liste ouverte : etapes, composantes, services…"`
	Code  string `arg:"" name:"code" help:"Code, tel que dataset labels l’imprime."`
	Label string `arg:"" name:"libelle" help:"Nom que les pages montreront."`
}

// Run corrects the label of a member: no later file undoes it.
func (c datasetLabelCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if l := a.Model.CodeLists[c.List]; l == nil || !l.Open {
			return unknownList(a.Model, c.List)
		}
		if err := a.NameMember(e.ctx, belvedere.Member{List: c.List, Code: c.Code, Label: c.Label}, "operateur"); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Declare, "liste "+c.List, "libellé de "+c.Code+" : "+c.Label)
		return nil
	})
}

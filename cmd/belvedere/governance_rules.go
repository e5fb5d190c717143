package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/governance"
)

type rulesCmd struct {
	List  rulesListCmd  `cmd:"" default:"withargs" help:"Lister les règles."`
	Show  rulesShowCmd  `cmd:"" help:"Lire une règle."`
	Write rulesWriteCmd `cmd:"" help:"Écrire une règle, ou une version d’une règle."`
	Force rulesForceCmd `cmd:"" help:"Mettre une version en vigueur."`
	End   rulesEndCmd   `cmd:"" help:"Abroger une règle."`
	Diff  rulesDiffCmd  `cmd:"" help:"Comparer deux versions."`
	Reads rulesReadsCmd `cmd:"" help:"Dire qui a lu une règle, et qui ne l’a pas lue."`
}

type rulesListCmd struct {
	asFlag
	JSON bool `name:"json" help:"Pour les programmes."`
}

type jsonRule struct {
	ID       int64  `json:"id"`
	Title    string `json:"titre"`
	State    string `json:"etat"`
	Version  int    `json:"version_en_vigueur"`
	Last     int    `json:"derniere_version"`
	Duty     string `json:"responsabilite"`
	Audience string `json:"public"`
	Asked    bool   `json:"lecture_demandee"`
	Read     int    `json:"lues"`
	Readers  int    `json:"a_lire"`
}

// Run lists the rules.
func (c rulesListCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		rules, err := a.Governance.Rules(e.ctx, v)
		if err != nil {
			return err
		}
		list := []jsonRule{}
		for _, r := range rules {
			list = append(list, jsonRule{r.ID, r.Title, string(r.State()), r.InForce, r.Last, r.Duty, r.WrittenRule.Audience, r.Asked, r.Read, r.Concerned})
		}
		if c.JSON {
			return asJSON(e.out, list)
		}
		for _, r := range list {
			fmt.Fprintf(e.out, "%d\t%s\tversion %d\t%s\t%d lues sur %d\t%s\n", r.ID, r.State, max(r.Version, r.Last), r.Duty, r.Read, r.Readers, r.Title)
		}
		return nil
	})
}

type rulesShowCmd struct {
	asFlag
	ID      int64 `arg:"" name:"numéro" help:"Numéro de la règle."`
	Version int   `name:"version" help:"Version ; celle en vigueur sans elle." placeholder:"NUMÉRO"`
}

// Run writes the text of a rule.
func (c rulesShowCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		sheet, err := a.Governance.Rule(e.ctx, v, c.ID, c.Version)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s\n%s, version %d du %s, %s\n\n%s\n", sheet.Title, sheet.State().Label(), sheet.Shown.Number, belvedere.ShortDate(sheet.Shown.At), sheet.Shown.Author, sheet.Shown.Text)
		return nil
	})
}

type rulesWriteCmd struct {
	asFlag
	File     string `arg:"" name:"fichier" help:"Texte de la règle ; « - » le lit sur l’entrée."`
	ID       int64  `name:"numero" help:"Règle dont on écrit une version ; sans lui, une règle nouvelle." placeholder:"NUMÉRO"`
	Title    string `name:"titre" help:"Titre d’une règle nouvelle, ou nouveau titre." placeholder:"TITRE"`
	Duty     string `name:"responsabilite" help:"Responsabilité qui en répond." placeholder:"CODE"`
	Audience string `name:"public" help:"À qui elle s’adresse : tous, etablissements, collectivite, auteur, extracteur, donnees, responsabilite:CODE." placeholder:"PUBLIC"`
	Asked    bool   `name:"accuse" help:"Demander à ces personnes de dire qu’elles l’ont lue."`
	Reason   string `name:"motif" required:"" help:"Motif de la version." placeholder:"TEXTE"`
	Force    bool   `name:"vigueur" help:"La mettre en vigueur tout de suite."`
}

// Run writes a version.
func (c rulesWriteCmd) Run(e *env) error {
	text, err := readText(e, c.File)
	if err != nil {
		return err
	}
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		f := governance.RuleForm{ID: c.ID, Title: c.Title, Duty: c.Duty, Audience: c.Audience, Asked: c.Asked, Text: text, Reason: c.Reason, Force: c.Force}
		if c.ID != 0 {
			sheet, err := a.Governance.Rule(e.ctx, v, c.ID, 0)
			if err != nil {
				return err
			}
			f.After, f.Asked = sheet.Last, f.Asked || sheet.Asked
			f.Title, f.Duty, f.Audience = orKept(f.Title, sheet.Title), orKept(f.Duty, sheet.Duty), orKept(f.Audience, sheet.WrittenRule.Audience)
		}
		f.Audience = orKept(f.Audience, governance.Everyone)
		r, err := a.Governance.Write(e.ctx, v, f)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("règle %d version %d", r.ID, r.Last), r.Title+" : "+c.Reason)
		fmt.Fprintf(e.out, "%d\tversion %d\t%s\n", r.ID, r.Last, r.State().Label())
		return nil
	})
}

func orKept(given, kept string) string {
	if given == "" {
		return kept
	}
	return given
}

type rulesForceCmd struct {
	asFlag
	ID      int64 `arg:"" name:"numéro" help:"Numéro de la règle."`
	Version int   `arg:"" name:"version" help:"Version."`
}

// Run puts a version in force.
func (c rulesForceCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		r, err := a.Governance.Force(e.ctx, v, c.ID, c.Version)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("règle %d", r.ID), fmt.Sprintf("version %d en vigueur", c.Version))
		return nil
	})
}

type rulesEndCmd struct {
	asFlag
	ID     int64  `arg:"" name:"numéro" help:"Numéro de la règle."`
	Reason string `name:"motif" required:"" help:"Pourquoi." placeholder:"TEXTE"`
}

// Run repeals a rule.
func (c rulesEndCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		r, err := a.Governance.Repeal(e.ctx, v, c.ID, c.Reason)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, fmt.Sprintf("règle %d", r.ID), "abrogée : "+c.Reason)
		return nil
	})
}

type rulesDiffCmd struct {
	asFlag
	ID   int64 `arg:"" name:"numéro" help:"Numéro de la règle."`
	From int   `arg:"" name:"de" help:"Version de départ."`
	To   int   `arg:"" name:"à" help:"Version d’arrivée."`
}

// Run compares two versions.
func (c rulesDiffCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		sheet, err := a.Governance.Rule(e.ctx, v, c.ID, 0)
		if err != nil {
			return err
		}
		from, err := sheet.Version(c.From)
		if err != nil {
			return err
		}
		to, err := sheet.Version(c.To)
		if err != nil {
			return err
		}
		for _, l := range governance.Diff(from.Text, to.Text) {
			fmt.Fprintf(e.out, "%s %s\n", map[governance.Change]string{governance.Kept: " ", governance.Removed: "-", governance.Added: "+"}[l.Change], l.Text)
		}
		return nil
	})
}

type rulesReadsCmd struct {
	asFlag
	ID int64 `arg:"" name:"numéro" help:"Numéro de la règle."`
}

// Run says who read a rule.
func (c rulesReadsCmd) Run(e *env) error {
	return c.governing(e, func(a *app.App, v belvedere.Viewer) error {
		sheet, err := a.Governance.Rule(e.ctx, v, c.ID, 0)
		if err != nil {
			return err
		}
		for _, r := range sheet.Readers {
			fmt.Fprintf(e.out, "%s\tlue le %s\n", r.Account.Login, belvedere.ShortDate(r.At))
		}
		for _, w := range sheet.Waiting {
			fmt.Fprintf(e.out, "%s\tpas encore\n", w.Login)
		}
		return nil
	})
}

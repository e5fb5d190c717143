package main

import (
	"fmt"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/school/coherence"
)

type coherenceCmd struct {
	List   coherenceListCmd   `cmd:"" default:"withargs" help:"Compter les constats de chaque règle."`
	Check  coherenceCheckCmd  `cmd:"" help:"Contrôler les règles sur les données d’aujourd’hui."`
	Show   coherenceShowCmd   `cmd:"" help:"Lire les constats d’une règle ; ceux sur des personnes les nomment."`
	Accept coherenceAcceptCmd `cmd:"" help:"Accepter un constat, avec son motif."`
	Reopen coherenceReopenCmd `cmd:"" help:"Rouvrir un constat accepté."`
}

// coherencePlace is a school and a year of its files.
type coherencePlace struct {
	UAI  string `arg:"" name:"uai" help:"UAI de l’établissement."`
	Year string `name:"annee" help:"Année universitaire ; la dernière sans elle." placeholder:"ANNÉE"`
}

// with opens the app on the school and the year.
func (p coherencePlace) with(e *env, do func(a *app.App, v belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) error) error {
	uai, err := belvedere.ParseUAI(p.UAI)
	if err != nil {
		return misuse{err}
	}
	var year belvedere.SchoolYear
	if p.Year != "" {
		if year, err = belvedere.ParseSchoolYear(p.Year); err != nil {
			return misuse{err}
		}
	}
	return e.with(func(a *app.App) error {
		v := a.AtCommand()
		if year == 0 {
			years, err := a.Coherence.Years(e.ctx, v, uai)
			if err != nil {
				return err
			}
			if len(years) == 0 {
				return belvedere.Errorf(belvedere.NotFound, "l’établissement %s n’a pas de fichiers de scolarité", uai)
			}
			year = years[0]
		}
		return do(a, v, uai, year)
	})
}

type coherenceListCmd struct {
	coherencePlace
	CSV bool `name:"csv" help:"En CSV."`
}

// Run counts the findings.
func (c coherenceListCmd) Run(e *env) error {
	return c.with(e, func(a *app.App, v belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) error {
		b, err := a.Coherence.Board(e.ctx, v, uai, year)
		if err != nil {
			return err
		}
		if c.CSV {
			return b.WriteCounts(e.out)
		}
		for _, l := range b.Lines {
			lacks := ""
			if l.Lacks != "" {
				lacks = "manque " + l.Lacks
			}
			fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Code, belvedere.Plural(l.New, "nouveau", "nouveaux"), belvedere.Plural(l.Accepted, "accepté", "acceptés"),
				belvedere.Plural(l.Mended, "réglé", "réglés"), l.Duty, l.Title, lacks)
		}
		return nil
	})
}

type coherenceCheckCmd struct{ coherencePlace }

// Run runs the rules.
func (c coherenceCheckCmd) Run(e *env) error {
	return c.with(e, func(a *app.App, v belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) error {
		if err := a.Coherence.Check(e.ctx, v, uai, year); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Governance, "cohérence "+string(uai), "contrôle de "+year.String())
		b, err := a.Coherence.Board(e.ctx, v, uai, year)
		if err != nil {
			return err
		}
		fmt.Fprintln(e.out, belvedere.Plural(b.New, "constat à traiter", "constats à traiter"))
		return nil
	})
}

type coherenceShowCmd struct {
	coherencePlace
	Rule  string `arg:"" name:"règle" help:"Code de la règle."`
	State string `name:"etat" help:"nouveau, accepte ou regle." placeholder:"ÉTAT"`
	CSV   bool   `name:"csv" help:"En CSV."`
}

// Run lists what a rule found. Names leave the vault: the journal says so first.
func (c coherenceShowCmd) Run(e *env) error {
	return c.with(e, func(a *app.App, v belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) error {
		rule, err := coherence.RuleOf(c.Rule)
		if err != nil {
			return err
		}
		list, err := a.Coherence.Findings(e.ctx, v, uai, year, c.Rule, c.State)
		if err != nil {
			return err
		}
		if rule.Nominative {
			a.Note(e.ctx, audit.Nominative, "coffre "+string(uai), "cohérence, "+rule.Code+" "+year.String())
		}
		if c.CSV {
			return coherence.WriteFindings(e.out, rule, list)
		}
		for _, t := range list {
			who := t.Object
			if rule.Nominative {
				who = t.Name.Key + " " + t.Name.First + " " + t.Name.Last
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\n", t.ID, coherence.StateLabel(t.State), who, t.Message, t.Reason)
		}
		return nil
	})
}

type coherenceAcceptCmd struct {
	UAI    string `arg:"" name:"uai" help:"UAI de l’établissement."`
	ID     int64  `arg:"" name:"numéro" help:"Numéro du constat."`
	Reason string `name:"motif" required:"" help:"Pourquoi." placeholder:"TEXTE"`
	Until  string `name:"jusqu" help:"Dernier jour ; sans lui, sans terme." placeholder:"2027-08-31"`
}

// Run accepts a finding.
func (c coherenceAcceptCmd) Run(e *env) error {
	var last time.Time
	if c.Until != "" {
		var err error
		if last, err = belvedere.ParseDate(c.Until); err != nil {
			return misuse{err}
		}
	}
	return decideCoherence(e, c.UAI, c.ID, "accepté", func(a *app.App, v belvedere.Viewer, uai belvedere.UAI) error {
		_, err := a.Coherence.Accept(e.ctx, v, uai, c.ID, c.Reason, last)
		return err
	})
}

type coherenceReopenCmd struct {
	UAI string `arg:"" name:"uai" help:"UAI de l’établissement."`
	ID  int64  `arg:"" name:"numéro" help:"Numéro du constat."`
}

// Run opens a finding again.
func (c coherenceReopenCmd) Run(e *env) error {
	return decideCoherence(e, c.UAI, c.ID, "rouvert", func(a *app.App, v belvedere.Viewer, uai belvedere.UAI) error {
		_, err := a.Coherence.Reopen(e.ctx, v, uai, c.ID)
		return err
	})
}

func decideCoherence(e *env, text string, id int64, word string, do func(a *app.App, v belvedere.Viewer, uai belvedere.UAI) error) error {
	uai, err := belvedere.ParseUAI(text)
	if err != nil {
		return misuse{err}
	}
	return e.with(func(a *app.App) error {
		if err := do(a, a.AtCommand(), uai); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), fmt.Sprintf("cohérence, constat n° %d : %s", id, word))
		return nil
	})
}

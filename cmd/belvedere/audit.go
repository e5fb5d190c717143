package main

import (
	"fmt"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" default:"withargs" help:"Vérifier que le journal n’a été ni altéré, ni coupé, ni réordonné."`
	Anchor auditAnchorCmd `cmd:"" help:"Imprimer le code de la fin du journal, à noter ailleurs."`
	List   auditListCmd   `cmd:"" help:"Lister les dernières entrées."`
	Purge  auditPurgeCmd  `cmd:"" help:"Oublier ce que la règle de conservation ne garde plus."`
}

type auditVerifyCmd struct {
	Anchor []string `help:"Codes notés auparavant : la fin du journal doit encore les contenir." placeholder:"CODE"`
}

// Run verifies the journal; exit code 1 when it was tampered with.
func (c auditVerifyCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		r, err := a.Journal.Verify(e.ctx, c.Anchor...)
		if err != nil {
			return err
		}
		for _, n := range r.Notes {
			fmt.Fprintln(e.out, n)
		}
		for _, b := range r.Breaks {
			fmt.Fprintf(e.out, "rupture notée le %s (entrée %d)\u00a0: %s\n", belvedere.ShortDate(b.At), b.Seq, b.Detail)
		}
		if !r.OK() {
			return belvedere.Errorf(belvedere.Conflict, "le journal n’est pas intact : %s", r.Fault.Message)
		}
		fmt.Fprintf(e.out, "%s intactes, de %d à %d. Code de la fin\u00a0: %s\n", belvedere.Plural(int(r.Entries), "entrée", "entrées"), r.First, r.Last, r.Anchor)
		return nil
	})
}

type auditAnchorCmd struct{}

// Run prints the code of the last entry.
func (auditAnchorCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		code, err := a.Journal.Anchor(e.ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.out, code)
		return err
	})
}

type auditListCmd struct {
	Text   string `arg:"" optional:"" name:"texte" help:"Partie de l’identifiant, de l’objet, de l’adresse ou du détail."`
	Action string `help:"Action : connexion, consultation, export, droits…" placeholder:"ACTION"`
	School string `name:"etablissement" help:"Entrées dont la réponse couvrait cet établissement." placeholder:"UAI"`
	Limit  int    `help:"Nombre d’entrées." default:"100"`
}

// Run lists entries, newest first.
func (c auditListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		f := registry.JournalFilter{Text: c.Text}
		if c.Action != "" {
			f.Actions = []string{c.Action}
		}
		if c.School != "" {
			u, err := belvedere.ParseUAI(c.School)
			if err != nil {
				return misuse{err}
			}
			f.School = u
		}
		list, total, err := a.Registry.ListJournal(e.ctx, f, registry.Page{Limit: max(1, c.Limit)})
		if err != nil {
			return err
		}
		zone := a.Config.Location()
		for _, x := range list {
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Seq, x.At.In(zone).Format("2006-01-02 15:04:05"), x.Login,
				audit.Label(audit.Actions, x.Action), x.Result, x.From, x.Object, x.Detail)
		}
		if !e.quiet {
			fmt.Fprintf(e.err, "%d sur %d.\n", len(list), total)
		}
		return nil
	})
}

type auditPurgeCmd struct{}

// Run forgets by the rule of the territory.
func (auditPurgeCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		settings, err := a.Registry.Settings(e.ctx)
		if err != nil {
			return err
		}
		months, err := audit.Retention(settings[registry.SettingJournalMonths])
		if err != nil {
			return err
		}
		n, err := a.Journal.Purge(e.ctx, audit.Cutoff(time.Now(), months))
		if err == nil && !e.quiet {
			fmt.Fprintf(e.err, "%s de plus de %d mois.\n", belvedere.Plural(int(n), "entrée oubliée", "entrées oubliées"), months)
		}
		return err
	})
}

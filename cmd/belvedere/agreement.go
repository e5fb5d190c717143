package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/audit"
)

type agreementCmd struct {
	List   agreementListCmd   `cmd:"" default:"withargs" help:"Lister les conventions et ce qu’elles partagent."`
	Add    agreementAddCmd    `cmd:"" help:"Noter une convention : d’un établissement, ou collective avec --all."`
	Import agreementImportCmd `cmd:"" help:"Importer un CSV de conventions."`
	Export agreementExportCmd `cmd:"" help:"Écrire les conventions en CSV."`
	Revoke agreementRevokeCmd `cmd:"" help:"Retirer une convention : elle ne partage plus rien dès la prochaine demande."`
}

type agreementListCmd struct {
	Text string `arg:"" optional:"" name:"texte" help:"Partie du nom, de l’UAI, de la base légale ou de la référence."`
}

// Run lists the conventions, and says how many schools share nothing.
func (c agreementListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Agreements.List(e.ctx, admin.AgreementSearch{Text: c.Text})
		if err != nil {
			return err
		}
		for _, x := range list.Lines {
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\n", x.ID, x.School, x.Name, x.State.Label(), a.Agreements.Describe(x.Agreement))
		}
		if n := len(list.Nothing); n > 0 && !e.quiet {
			fmt.Fprintln(e.err, belvedere.Plural(n, "établissement n’a pas de convention en vigueur et ne partage rien.",
				"établissements n’ont pas de convention en vigueur et ne partagent rien."))
		}
		return nil
	})
}

type agreementAddCmd struct {
	School     string   `arg:"" optional:"" name:"uai" help:"UAI de l’établissement."`
	All        bool     `help:"Convention collective : tous les établissements du territoire (coresponsabilité, données ouvertes)."`
	From       string   `help:"Premier jour." required:"" placeholder:"2026-09-01"`
	To         string   `help:"Dernier jour, compris ; sans fin par défaut." placeholder:"2029-08-31"`
	Themes     []string `help:"Thèmes partagés, ou « tous »." placeholder:"THÈMES"`
	Indicators []string `help:"Indicateurs de l’annexe partagés un à un." placeholder:"NUMÉROS"`
	Extended   []string `name:"etendus" help:"Indicateurs réservés aux établissements dont elle étend nommément les destinataires : 28 à 32 et 35." placeholder:"NUMÉROS"`
	Recipients []string `name:"destinataires" help:"Identifiants ou adresses à qui s’étendent ces indicateurs ; toute la collectivité par défaut." placeholder:"COMPTES"`
	Basis      string   `name:"base" help:"Base légale." required:"" placeholder:"TEXTE"`
	Reference  string   `help:"Référence du document." placeholder:"TEXTE"`
}

// Run notes a convention and says what it shares.
func (c agreementAddCmd) Run(e *env) error {
	form := admin.AgreementForm{Collective: c.All, School: c.School, From: c.From, LastDay: c.To, Indicators: c.Indicators,
		Extended: c.Extended, Recipients: c.Recipients, Basis: c.Basis, Reference: c.Reference}
	for _, t := range c.Themes {
		if t == "tous" {
			form.AllThemes = true
			continue
		}
		form.Themes = append(form.Themes, t)
	}
	return e.with(func(a *app.App) error {
		p, err := a.Agreements.Propose(e.ctx, form)
		if err != nil {
			return err
		}
		kept, err := a.Agreements.Save(e.ctx, p)
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Agreement, fmt.Sprintf("convention %d (%s)", kept.ID, p.Name), a.Agreements.Describe(kept))
		for _, w := range p.Warnings {
			fmt.Fprintln(e.err, w.Message)
		}
		fmt.Fprintf(e.out, "convention %d\u00a0: %s\n", kept.ID, a.Agreements.Describe(kept))
		return nil
	})
}

type agreementImportCmd struct {
	File  string `arg:"" name:"fichier" type:"existingfile" help:"CSV : etablissement;debut;fin;base;reference;themes;indicateurs;etendus;destinataires."`
	Check bool   `name:"essai" help:"Dire ce qui serait fait, sans rien écrire."`
}

// Run imports all lines or none.
func (c agreementImportCmd) Run(e *env) error {
	return e.with(func(a *app.App) error { return importAgreements(e, a, c.File, c.Check) })
}

// importAgreements reads a file of conventions; every mistake is told with its line.
func importAgreements(e *env, a *app.App, name string, dry bool) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	do := func() (*admin.AgreementImport, error) { return a.Agreements.Import(e.ctx, data, "") }
	if dry {
		do = func() (*admin.AgreementImport, error) { return a.Agreements.DryRun(e.ctx, data) }
	}
	report, err := do()
	if report == nil {
		return err
	}
	for _, f := range report.Faults {
		if f.Severity == belvedere.SeverityError || !e.quiet {
			fmt.Fprintln(e.err, strings.TrimSpace(f.Error()+" "+f.Mend))
		}
	}
	if err != nil {
		return belvedere.WrapError(belvedere.KindOf(err), err, "%s : %s", name, belvedere.Message(err))
	}
	if dry {
		for _, l := range report.Lines {
			fmt.Fprintf(e.out, "ligne %d\t%s\t%s\t%s\n", l.Line, l.Fate, l.Name, a.Agreements.Describe(l.Next))
		}
		return nil
	}
	created, changed := report.Count(admin.WouldCreate), report.Count(admin.WouldChange)
	a.Note(e.ctx, audit.Agreement, "import de conventions", fmt.Sprintf("%d créées, %d modifiées", created, changed))
	if !e.quiet {
		fmt.Fprintf(e.err, "%s, %s.\n", belvedere.Plural(created, "convention créée", "conventions créées"), belvedere.Plural(changed, "modifiée", "modifiées"))
	}
	return nil
}

type agreementExportCmd struct {
	Output string `help:"Fichier à écrire, sinon la sortie standard." short:"o" placeholder:"FICHIER"`
}

// Run writes the conventions as the file that import reads.
func (c agreementExportCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		return writeTo(e, c.Output, func(w io.Writer) error { return a.Agreements.Export(e.ctx, w) })
	})
}

type agreementRevokeCmd struct {
	ID int64 `arg:"" name:"numéro" help:"Numéro de la convention."`
}

// Run withdraws a convention.
func (c agreementRevokeCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		line, err := a.Agreements.Agreement(e.ctx, c.ID)
		if err != nil {
			return err
		}
		if err := a.Agreements.Withdraw(e.ctx, c.ID); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Agreement, fmt.Sprintf("convention %d (%s)", c.ID, line.Name), "retirée")
		return nil
	})
}

// writeTo calls write with a file that it makes, readable by its owner alone, or with the standard output.
func writeTo(e *env, name string, write func(io.Writer) error) error {
	if name == "" || name == "-" {
		return write(e.out)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être écrit", name)
	}
	err = write(f)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

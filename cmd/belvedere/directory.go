package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/school/directory"
)

type directoryCmd struct {
	Export   directoryExportCmd   `cmd:"" help:"Écrire l’annuaire d’un établissement pour un autre ENT : CSV, ou fichiers AAF dans un ZIP."`
	Letters  directoryLettersCmd  `cmd:"" help:"Imprimer les courriers d’activation : chaque code n’est écrit que là."`
	Activate directoryActivateCmd `cmd:"" help:"Ouvrir un compte avec son identifiant et son code, lu sur l’entrée."`
}

// ofYear reads the flags of a school and a year, and asks the board for the current one.
func ofYear(e *env, a *app.App, school, annee string) (uai belvedere.UAI, year belvedere.SchoolYear, who belvedere.Viewer, err error) {
	if uai, err = belvedere.ParseUAI(school); err != nil {
		return uai, year, who, misuse{fmt.Errorf("--school : %w", err)}
	}
	if who, err = a.Operator(e.ctx); err != nil {
		return uai, year, who, err
	}
	if annee != "" {
		if year, err = belvedere.ParseSchoolYear(annee); err != nil {
			err = misuse{fmt.Errorf("--annee : %w", err)}
		}
		return uai, year, who, err
	}
	b, err := a.Board.Board(e.ctx, who, uai)
	return uai, b.Current, who, err
}

type directoryExportCmd struct {
	School string `help:"UAI de l’établissement." required:"" placeholder:"UAI"`
	Year   string `name:"annee" help:"Année scolaire ; l’année en cours par défaut." placeholder:"2026-2027"`
	Format string `help:"csv ou aaf." enum:"csv,aaf" default:"csv"`
	Since  string `help:"Avec aaf : seulement ce qui a changé depuis l’annuaire écrit ce jour-là ou avant." placeholder:"JJ/MM/AAAA"`
	Output string `short:"o" help:"Fichier à écrire ; il est remplacé d’un coup." required:"" placeholder:"FICHIER"`
}

// Run writes the directory of a school.
func (c directoryExportCmd) Run(e *env) error {
	var since time.Time
	if c.Since != "" {
		var err error
		if since, err = belvedere.ParseDate(c.Since); err != nil {
			return misuse{fmt.Errorf("--since : %w", err)}
		}
		if c.Format != "aaf" {
			return misuse{errors.New("--since ne va qu’avec --format aaf")}
		}
	}
	return e.with(func(a *app.App) error {
		uai, year, who, err := ofYear(e, a, c.School, c.Year)
		if err != nil {
			return err
		}
		said := ""
		err = replaced(c.Output, func(w io.Writer) error {
			if c.Format == "csv" {
				n, err := a.Directory.ExportCSV(e.ctx, who, uai, year, w)
				said = belvedere.Plural(n, "personne", "personnes")
				return err
			}
			fed, err := a.Directory.ExportAAF(e.ctx, who, uai, directory.FeedForm{Year: year, Since: since}, w)
			said = fmt.Sprintf("%s, %s, %s", belvedere.Plural(fed.Added, "ajout", "ajouts"), belvedere.Plural(fed.Changed, "modification", "modifications"),
				belvedere.Plural(fed.Deleted, "suppression", "suppressions"))
			return err
		})
		if err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "annuaire de "+year.String()+" écrit ("+c.Format+") : "+said)
		if !e.quiet {
			fmt.Fprintf(e.err, "%s : %s\n", c.Output, said)
		}
		return nil
	})
}

// replaced writes a file that names people: its owner's alone, whole or not at all.
func replaced(path string, write func(io.Writer) error) (err error) {
	out, err := os.CreateTemp(filepath.Dir(path), ".belvedere-*") // 0600
	if err != nil {
		return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être écrit : le dossier n’existe pas ou n’est pas ouvert", path)
	}
	defer os.Remove(out.Name())
	if err := errors.Join(write(out), out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), path)
}

type directoryLettersCmd struct {
	School   string `help:"UAI de l’établissement." required:"" placeholder:"UAI"`
	Year     string `name:"annee" help:"Année scolaire ; l’année en cours par défaut." placeholder:"2026-2027"`
	Profile  string `help:"eleves, responsables ou personnels." enum:"eleves,responsables,personnels" default:"responsables"`
	Division string `help:"Une seule division." placeholder:"CODE"`
	Second   string `name:"langue" help:"Seconde langue, sous le français : en, es, pt…" placeholder:"CODE"`
	Waiver   string `name:"motif" help:"Pourquoi les courriers partent malgré des constats bloquants." placeholder:"« … »"`
	Again    bool   `name:"tous" help:"Aussi pour les comptes déjà ouverts."`
	Format   string `help:"pdf, csv (publipostage) ou zip (les deux)." enum:"pdf,csv,zip" default:"pdf"`
	Output   string `short:"o" help:"Fichier à écrire ; il est remplacé d’un coup." required:"" placeholder:"FICHIER"`
}

// Run prints letters. The codes printed before for the same people are dead.
func (c directoryLettersCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		uai, year, who, err := ofYear(e, a, c.School, c.Year)
		if err != nil {
			return err
		}
		var run directory.Run
		err = replaced(c.Output, func(w io.Writer) error {
			run, err = a.Directory.Print(e.ctx, who, uai, directory.PrintForm{Year: year, Profile: c.Profile, Division: c.Division, Second: c.Second, Waiver: c.Waiver, Again: c.Again})
			if err != nil {
				return err
			}
			a.Note(e.ctx, audit.Vault, "coffre "+string(uai), fmt.Sprintf("courriers d’activation imprimés : lot %d, %s", run.ID, belvedere.Plural(len(run.Letters), "courrier", "courriers")))
			return run.Write(c.Format, w)
		})
		if err == nil && !e.quiet {
			fmt.Fprintf(e.err, "%s : %s, %s\n", c.Output, belvedere.Plural(len(run.Letters), "courrier", "courriers"), belvedere.Plural(run.Codes(), "code", "codes"))
		}
		return err
	})
}

type directoryActivateCmd struct {
	School string `help:"UAI de l’établissement." required:"" placeholder:"UAI"`
	Login  string `name:"identifiant" help:"Identifiant du courrier." required:"" placeholder:"PRÉNOM.NOM"`
}

// Run opens an account, for the ENT that asks whether a code is good.
func (c directoryActivateCmd) Run(e *env) error {
	uai, err := belvedere.ParseUAI(c.School)
	if err != nil {
		return misuse{fmt.Errorf("--school : %w", err)}
	}
	code, err := bufio.NewReader(io.LimitReader(e.in, 100)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return e.with(func(a *app.App) error {
		who, err := a.Operator(e.ctx)
		if err != nil {
			return err
		}
		if err := a.Directory.Activate(e.ctx, who, uai, c.Login, code); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "un compte activé")
		return nil
	})
}

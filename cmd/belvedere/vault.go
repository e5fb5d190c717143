package main

import (
	"errors"
	"fmt"
	"os"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
)

type vaultListCmd struct{}

// Run lists the schools that have a vault, with counts alone.
func (vaultListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Board.AllHoldings(e.ctx, a.AtCommand()) // no figure is read: a server may hold the warehouse
		if err != nil {
			return err
		}
		for _, h := range list {
			last := "aucun import"
			if !h.Last.IsZero() {
				last = "dernier import le " + belvedere.ShortDate(h.Last)
			}
			fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\n", h.School, belvedere.Plural(h.Years, "année", "années"), belvedere.Plural(h.Imports, "import", "imports"), last)
		}
		return nil
	})
}

type vaultBackupCmd struct {
	UAI  string `arg:"" name:"uai" help:"UAI de l’établissement."`
	File string `arg:"" name:"fichier" help:"Fichier à écrire ; il ne doit pas exister. Il reste chiffré avec la clé du coffre."`
}

// Run writes the vault of a school as it stands, still encrypted.
func (c vaultBackupCmd) Run(e *env) error {
	uai, err := belvedere.ParseUAI(c.UAI)
	if err != nil {
		return misuse{err}
	}
	return e.with(func(a *app.App) (err error) {
		v, err := a.Vaults.Vault(e.ctx, uai, false)
		if err != nil {
			return err
		}
		out, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return belvedere.WrapError(belvedere.Conflict, err, "le fichier %s ne peut pas être écrit : il existe déjà, ou le dossier n’est pas ouvert", c.File)
		}
		defer func() {
			if err != nil {
				os.Remove(c.File)
			}
		}()
		if err = errors.Join(v.Backup(e.ctx, out), out.Sync(), out.Close()); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "sauvegardé")
		return nil
	})
}

type vaultRestoreCmd struct {
	UAI  string `arg:"" name:"uai" help:"UAI de l’établissement ; il ne doit pas avoir de coffre."`
	File string `arg:"" name:"fichier" type:"existingfile" help:"Copie écrite par « school backup » avec les mêmes clés."`
}

// Run puts a copy of a vault back, once it has been read whole.
func (c vaultRestoreCmd) Run(e *env) error {
	uai, err := belvedere.ParseUAI(c.UAI)
	if err != nil {
		return misuse{err}
	}
	return e.with(func(a *app.App) error {
		in, err := os.Open(c.File)
		if err != nil {
			return belvedere.WrapError(belvedere.Invalid, err, "le fichier %s ne peut pas être lu", c.File)
		}
		defer in.Close()
		if err := a.Vaults.Restore(e.ctx, uai, in); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "remis à partir d’une copie")
		return nil
	})
}

type vaultEraseCmd struct {
	UAI     string `arg:"" name:"uai" help:"UAI de l’établissement."`
	Confirm string `name:"confirmer" required:"" help:"Le même UAI, pour confirmer : toutes les années sont perdues." placeholder:"UAI"`
}

// Run destroys the vault of a school.
func (c vaultEraseCmd) Run(e *env) error {
	uai, err := belvedere.ParseUAI(c.UAI)
	if err != nil {
		return misuse{err}
	}
	if again, err := belvedere.ParseUAI(c.Confirm); err != nil || again != uai {
		return misuse{fmt.Errorf("--confirmer ne porte pas l’UAI %s : rien n’est effacé", uai)}
	}
	return e.alone(func(a *app.App) error {
		v, err := a.Vaults.Vault(e.ctx, uai, false)
		if err != nil {
			return err
		}
		if err := a.Vaults.Release(uai); err != nil {
			return err
		}
		if err := v.Destroy(); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Vault, "coffre "+string(uai), "détruit")
		return nil
	})
}

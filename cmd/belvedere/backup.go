package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/archive"
	"belvedere/internal/audit"
)

// passphrase is how both commands learn the secret of a backup: never from the command line,
// where every user of the machine could read it.
type passphrase struct {
	File string `name:"phrase" help:"Fichier dont la première ligne est la phrase de passe ; sinon BELVEDERE_BACKUP_PASSPHRASE." placeholder:"FICHIER" type:"existingfile"`
}

func (p passphrase) read() (string, error) {
	if p.File == "" {
		return os.Getenv("BELVEDERE_BACKUP_PASSPHRASE"), nil
	}
	f, err := os.Open(p.File)
	if err != nil {
		return "", err
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type backupCmd struct {
	passphrase
	Plain bool   `name:"sans-chiffrement" help:"Écrire en clair, clés comprises : pour un support qui chiffre lui-même."`
	File  string `arg:"" name:"fichier" help:"Fichier à écrire ; il ne doit pas exister."`
}

// Run writes a backup, beside a running server too: what the server holds, the warehouse, is then
// left out and made again from the landing folder when the backup is restored.
func (c *backupCmd) Run(e *env) error {
	phrase, err := c.read()
	if err != nil {
		return err
	}
	if phrase == "" && !c.Plain {
		return misuse{errors.New("une sauvegarde contient les clés et les comptes : donnez une phrase de passe avec --phrase, ou demandez --sans-chiffrement")}
	}
	if phrase != "" && c.Plain {
		return misuse{errors.New("--sans-chiffrement et une phrase de passe se contredisent")}
	}
	return e.with(func(a *app.App) (err error) {
		out, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return belvedere.WrapError(belvedere.Conflict, err, "le fichier %s ne peut pas être écrit : il existe déjà, ou le dossier n’est pas ouvert", c.File)
		}
		defer func() {
			if err != nil {
				os.Remove(c.File)
			}
		}()
		m, err := c.write(e, a, out, phrase)
		if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Backup, c.File, "")
		return c.summary(e, m)
	})
}

func (c *backupCmd) write(e *env, a *app.App, out io.Writer, phrase string) (archive.Manifest, error) {
	if a.Engine == nil && !e.quiet {
		fmt.Fprintln(e.err, "Un serveur tient l’entrepôt : il n’est pas copié, il sera reconstruit depuis le dépôt à la restauration.")
	}
	return a.Backup(e.ctx, out, phrase)
}

func (c *backupCmd) summary(e *env, m archive.Manifest) error {
	var size int64
	for _, f := range m.Files {
		size += f.Size
	}
	if !e.quiet {
		fmt.Fprintf(e.err, "%s\u00a0: %s, %s Mo.\n", c.File, belvedere.Plural(len(m.Files), "fichier", "fichiers"), belvedere.FormatNumber(float64(size)/1e6, 1))
	}
	return nil
}

type restoreCmd struct {
	passphrase
	File string `arg:"" name:"fichier" help:"Sauvegarde à restaurer, dans un dossier de données vide (--data)." type:"existingfile"`
}

// Run restores a backup and opens it once, so that the warehouse is up to date when it ends.
func (c *restoreCmd) Run(e *env) error {
	phrase, err := c.read()
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := app.Restore(e.ctx, e.config, f, phrase, e.log)
	if err != nil {
		return err
	}
	return e.alone(func(a *app.App) error {
		a.Note(e.ctx, audit.Restore, c.File, "faite le "+belvedere.ShortDate(m.Made))
		edition, err := a.Reporter.Edition(e.ctx, 0)
		if err != nil {
			return err
		}
		if !e.quiet {
			fmt.Fprintf(e.err, "Restauré dans %s\u00a0: sauvegarde du %s, édition %d.\n", e.config.Data, belvedere.DayMonthYear(m.Made), edition.Number)
		}
		return nil
	})
}

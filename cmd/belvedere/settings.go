package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
)

type settingsCmd struct {
	Name string `help:"Nom du territoire : « Département de l’Ille-et-Vilaine »." placeholder:"NOM"`
	Code string `help:"Code du territoire : D035, R53." placeholder:"CODE"`
}

// Run sets what is given and prints all settings.
func (c settingsCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		set := map[string]string{}
		if c.Name != "" {
			set[registry.SettingTerritoryName] = c.Name
		}
		if c.Code != "" {
			set[registry.SettingTerritoryCode] = c.Code
		}
		if len(set) > 0 {
			if err := a.Registry.PutSettings(e.ctx, set); err != nil {
				return err
			}
		}
		all, err := a.Registry.Settings(e.ctx)
		if err != nil {
			return err
		}
		keys := make([]string, 0, len(all))
		for k := range all {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			fmt.Fprintf(e.out, "%s = %s\n", k, all[k])
		}
		return nil
	})
}

type agreementCmd struct {
	List   agreementListCmd   `cmd:"" default:"1" help:"Lister les extensions de destinataires."`
	Import agreementImportCmd `cmd:"" help:"Importer un CSV : etablissement;indicateur;debut;fin;base;reference."`
}

type agreementListCmd struct{}

// Run lists the extensions.
func (agreementListCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Registry.ListExtensions(e.ctx)
		if err != nil {
			return err
		}
		for _, x := range list {
			end := "sans fin"
			if !x.To.IsZero() {
				end = "jusqu’au " + belvedere.ShortDate(x.To.AddDate(0, 0, -1))
			}
			fmt.Fprintf(e.out, "%s  indicateur %d  depuis le %s, %s  %s  %s\n", x.School, x.Indicator, belvedere.ShortDate(x.From), end, x.Basis, x.Reference)
		}
		return nil
	})
}

type agreementImportCmd struct {
	File string `arg:"" name:"fichier" type:"existingfile" help:"Fichier CSV."`
}

// Run imports all lines or none.
func (c agreementImportCmd) Run(e *env) error {
	return e.with(func(a *app.App) error { return importExtensions(e, a, c.File) })
}

// importExtensions reads the file of extensions; every mistake is told with its line.
func importExtensions(e *env, a *app.App, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	list, err := readExtensions(f)
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "%s : rien n’est importé.\n%v", name, err)
	}
	if err := a.Registry.ImportExtensions(e.ctx, list); err != nil {
		return err
	}
	if !e.quiet {
		fmt.Fprintf(e.err, "%s.\n", belvedere.Plural(len(list), "extension importée", "extensions importées"))
	}
	return nil
}

func readExtensions(r io.Reader) ([]registry.Extension, error) {
	in := csv.NewReader(r)
	in.Comma, in.FieldsPerRecord = ';', 6
	head, err := in.Read()
	if err != nil {
		return nil, err
	}
	if got := strings.TrimPrefix(strings.Join(head, ";"), "\ufeff"); got != "etablissement;indicateur;debut;fin;base;reference" {
		return nil, fmt.Errorf("ligne 1 : les colonnes doivent être etablissement;indicateur;debut;fin;base;reference")
	}
	var list []registry.Extension
	var errs []error
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return list, errors.Join(errs...)
		}
		line, _ := in.FieldPos(0)
		if err == nil {
			var x registry.Extension
			if x, err = readExtension(row); err == nil {
				list = append(list, x)
				continue
			}
			err = fmt.Errorf("ligne %d : %w", line, err)
		}
		errs = append(errs, err)
		if len(errs) > 100 {
			return nil, errors.Join(errs...)
		}
	}
}

// readExtension reads one line; the end is the last day, included.
func readExtension(row []string) (registry.Extension, error) {
	x := registry.Extension{Basis: row[4], Reference: row[5]}
	var err1, err2, err3, err4 error
	x.School, err1 = belvedere.ParseUAI(row[0])
	x.Indicator, err2 = strconv.Atoi(strings.TrimSpace(row[1]))
	x.From, err3 = belvedere.ParseDate(row[2])
	if strings.TrimSpace(row[3]) != "" {
		var last time.Time
		if last, err4 = belvedere.ParseDate(row[3]); err4 == nil {
			x.To = last.AddDate(0, 0, 1)
		}
	}
	return x, errors.Join(err1, err2, err3, err4)
}

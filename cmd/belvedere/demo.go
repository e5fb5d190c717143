package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/demo"
	"belvedere/internal/registry"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/territory/ingest"
)

// defaultSeed makes the same département for everyone.
const defaultSeed = 35

type demoCmd struct {
	Seed    uint64 `help:"Graine du hasard : la même donne les mêmes fichiers." default:"35"`
	LastDay string `help:"Dernier jour des données, hier par défaut." placeholder:"2025-11-30"`
	Files   string `help:"Écrire seulement les fichiers dans ce dossier, sans les charger." placeholder:"DOSSIER" type:"path"`
}

// Run loads the fictional département through the same path as anyone's files.
func (c *demoCmd) Run(e *env) error {
	if c.Files != "" {
		return c.writeFiles(e)
	}
	return e.alone(func(a *app.App) error {
		empty, err := nothingDelivered(e, a)
		if err != nil {
			return err
		}
		if !empty {
			return belvedere.Errorf(belvedere.Conflict, "le dossier %s contient déjà des livraisons : choisissez un dossier vide avec --data", e.config.Data)
		}
		return loadDemo(e, a, *c)
	})
}

// writeFiles writes all that the fictional département delivers, and the files of its schools.
func (c *demoCmd) writeFiles(e *env) error {
	o, err := c.options(e)
	if err != nil {
		return err
	}
	list, err := demo.Write(e.ctx, c.Files, o)
	for _, f := range list {
		fmt.Fprintln(e.out, f.Path)
	}
	if err != nil {
		return err
	}
	schools, err := demo.WriteSchools(e.ctx, filepath.Join(c.Files, "etablissements"), o)
	for _, s := range schools {
		for _, f := range s.Files {
			fmt.Fprintln(e.out, f.Path)
		}
	}
	if err != nil {
		return err
	}
	institute, err := demo.WriteInstitute(e.ctx, filepath.Join(c.Files, "superieur"), o)
	for _, f := range institute.Files {
		fmt.Fprintln(e.out, f.Path)
	}
	return err
}

func nothingDelivered(e *env, a *app.App) (bool, error) {
	_, total, err := a.Registry.List(e.ctx, registry.DeliveryFilter{}, registry.Page{Limit: 1})
	return total == 0, err
}

func (c demoCmd) options(e *env) (demo.Options, error) {
	zone := e.config.Location()
	last := time.Now().In(zone).AddDate(0, 0, -1)
	day := belvedere.Date(last.Year(), last.Month(), last.Day())
	if c.LastDay != "" {
		var err error
		if day, err = belvedere.ParseDate(c.LastDay); err != nil {
			return demo.Options{}, misuse{err}
		}
	}
	return demo.Options{Seed: c.Seed, LastDay: day, Zone: zone}, nil
}

func (c demoCmd) write(e *env, dir string) ([]demo.File, error) {
	o, err := c.options(e)
	if err != nil {
		return nil, err
	}
	return demo.Write(e.ctx, dir, o)
}

// loadDemo writes the files, delivers and publishes them.
func loadDemo(e *env, a *app.App, c demoCmd) (err error) {
	dir, err := os.MkdirTemp("", "belvedere-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if !e.quiet {
		fmt.Fprintln(e.err, "Écriture du département fictif…")
	}
	files, err := c.write(e, dir)
	if err != nil {
		return err
	}
	var seqs []int64
	for _, f := range files {
		if f.Dataset == "" {
			continue
		}
		d, err := acceptAs(e, a, f)
		if err != nil {
			return err
		}
		seqs = append(seqs, d.Seq)
	}
	if err := a.Registry.PutSettings(e.ctx, map[string]string{
		registry.SettingTerritoryName: demo.TerritoryName, registry.SettingTerritoryCode: demo.TerritoryCode,
	}); err != nil {
		return err
	}
	silent := *e
	silent.quiet = true // the register that names the schools is still on its way: no warning is owed
	for _, f := range files {
		if f.Dataset == "" {
			if err := importAgreements(&silent, a, f.Path, false); err != nil {
				return err
			}
		}
	}
	if err := makeDemoAccounts(e, a); err != nil {
		return err
	}
	if err := makeDemoGovernance(e, a); err != nil {
		return err
	}
	done, err := process(e, a, seqs, false)
	if err != nil {
		return err
	}
	if err := summary(e, done); err != nil {
		return err
	}
	o, err := c.options(e)
	if err != nil {
		return err
	}
	if err := importDemoSchools(e, a, dir, o); err != nil {
		return err
	}
	return releaseDemo(e, a)
}

// releaseDemo releases the protected figures before anyone reads: the first reader would wait for it.
func releaseDemo(e *env, a *app.App) error {
	if !e.quiet {
		fmt.Fprintln(e.err, "Secret statistique : choix des chiffres à masquer…")
	}
	edition, err := a.Reporter.Edition(e.ctx, 0)
	if err != nil {
		return err
	}
	_, err = a.Releases.At(e.ctx, edition.Number)
	return err
}

func acceptAs(e *env, a *app.App, f demo.File) (belvedere.Delivery, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return belvedere.Delivery{}, err
	}
	defer file.Close()
	d, _, err := a.Ingest.Accept(e.ctx, ingest.Submission{Source: diffusion.FromDemonstration, Dataset: f.Dataset, FileName: f.Name(), Body: file})
	return d, err
}

// summary says in two lines what was loaded.
func summary(e *env, done []belvedere.Delivery) error {
	var rows int64
	for _, d := range done {
		rows += d.Kept
		if d.State == belvedere.Refused {
			return belvedere.Errorf(belvedere.Invalid, "%s a été refusé : %s", d.FileName, d.Reason)
		}
	}
	if !e.quiet {
		fmt.Fprintf(e.err, "%s, %s.\n", belvedere.Plural(len(done), "livraison publiée", "livraisons publiées"), count(rows))
	}
	return nil
}

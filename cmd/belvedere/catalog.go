package main

import (
	"fmt"

	"belvedere/internal/app"
	"belvedere/internal/check"
	"belvedere/internal/export"
	"belvedere/internal/territory/report"

	"belvedere"
)

type catalogCmd struct {
	Format string `help:"csv ou json." default:"csv" enum:"csv,json"`
}

// Run prints the indicators with their texts and expressions.
func (c catalogCmd) Run(e *env) error {
	m, err := app.Model(e.config)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return report.CatalogJSON(e.out, m)
	}
	return report.CatalogCSV(e.out, m, export.Guard)
}

type checkCmd struct{}

// Run checks the declarations, then runs every .test file on an empty warehouse of its own.
func (c checkCmd) Run(e *env) error {
	m, err := app.Model(e.config)
	if err != nil {
		return err
	}
	boards, err := app.Dashboards(e.config, m)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Catalogue : %d jeux de données, %d indicateurs, %d pages, %d formats de fichiers.\n",
		len(m.Datasets), len(m.Indicators), len(m.Pages), len(m.Forms))
	fmt.Fprintf(e.out, "%s déclarés.\n", belvedere.Plural(len(boards), "tableau de bord", "tableaux de bord"))
	evals, failed := 0, 0
	err = app.Check(e.ctx, e.config, func(name string, n int, failures []check.Failure) {
		evals += n
		failed += len(failures)
		for _, f := range failures {
			fmt.Fprintln(e.out, f.Error())
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s, %s.\n", belvedere.Plural(evals, "évaluation", "évaluations"), belvedere.Plural(failed, "échec", "échecs"))
	if failed > 0 {
		return belvedere.Errorf(belvedere.Invalid, "des tests du catalogue échouent")
	}
	return nil
}

type rebuildCmd struct{}

// Run replays every edition from landing and registry.
func (c rebuildCmd) Run(e *env) error {
	return e.alone(func(a *app.App) error {
		r, err := a.Ingest.Rebuild(e.ctx, nil)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s rejouées, %s, %s.\n", belvedere.Plural(r.Editions, "édition", "éditions"),
			belvedere.Plural(r.Deliveries, "livraison", "livraisons"), count(r.Rows))
		for _, lost := range r.Lost {
			fmt.Fprintf(e.out, "   livraison %d (%s) : %s\n", lost.Delivery.Seq, lost.Delivery.FileName, lost.Reason)
		}
		if len(r.Lost) > 0 {
			return belvedere.Errorf(belvedere.Unavailable, "%s n’ont pas pu être rejouées", belvedere.Plural(len(r.Lost), "livraison", "livraisons"))
		}
		return nil
	})
}

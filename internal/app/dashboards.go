package app

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/config"
	"belvedere/internal/dashboard"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// Dashboards loads and checks the declared dashboards, with those of the deployment's own folder.
func Dashboards(c config.Config, m *belvedere.Model) ([]*belvedere.Dashboard, error) {
	sources := []fs.FS{catalog.Dashboards}
	if c.Catalog != "" {
		dir, err := filepath.Abs(c.Catalog)
		if err != nil {
			return nil, err
		}
		sources = append(sources, os.DirFS(dir))
	}
	list, err := semantic.LoadDashboards(m, dashboard.CheckTile(m), sources...)
	if err != nil {
		return nil, belvedere.Errorf(belvedere.Invalid, "les tableaux de bord déclarés sont à corriger :\n%v", err)
	}
	return list, nil
}

// openDashboards builds what composes and answers dashboards.
func (a *App) openDashboards(context.Context) error {
	list, err := Dashboards(a.Config, a.Model)
	if err != nil {
		return err
	}
	a.Dashboards = dashboard.New(dashboard.Config{
		Registry: a.Registry, Shipped: list, Model: a.Model, Now: a.clock(),
		Reports: func() *report.Reporter { return a.Reporter },
	})
	return nil
}

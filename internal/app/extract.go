package app

import (
	"context"

	"belvedere/internal/audit"
	"belvedere/internal/extract"
	"belvedere/internal/extract/place"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
)

// openExtracts builds the life of extracts over both tiers: totals of the warehouse, rows of persons of the vaults.
func (a *App) openExtracts() error {
	var places []extract.Place
	for _, p := range a.Config.Places {
		one, err := place.New(place.Settings(p))
		if err != nil {
			return err
		}
		places = append(places, one)
	}
	a.Extracts = extract.New(extract.Config{
		Registry: a.Registry, Keys: a.Keys, Folder: a.Config.Extracts(), Places: places, Viewer: a.ViewerOf,
		People: pseudonym.New(pseudonym.Config{Source: a.Dossier, Now: a.clock(), Zone: a.Config.Location()}),
		Reports: func() extract.Reports {
			if a.Reporter == nil {
				return nil
			}
			return a.Reporter
		},
		Mail: a.Mail, Console: a.console, Journal: a.Journal, Zone: a.Config.Location(), Now: a.clock(), Errors: a.Log,
	})
	return nil
}

// forgetExtracts forgets what was asked and has ended by the rule of the journal.
func (a *App) forgetExtracts(ctx context.Context) error {
	settings, err := a.Registry.Settings(ctx)
	if err != nil {
		return err
	}
	months, err := audit.Retention(settings[registry.SettingJournalMonths])
	if err != nil {
		return err
	}
	n, err := a.Extracts.Forget(ctx, audit.Cutoff(a.clock()(), months))
	if n > 0 {
		a.Log.Info("ended extracts were forgotten by rule", "rows", n, "months", months)
	}
	return err
}

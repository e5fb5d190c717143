package app

import (
	"context"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/school/coherence"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/tally"
)

// openDossier builds the use cases of person files, of the kinds that the catalogue declares.
func (a *App) openDossier() error {
	sources, err := declarations(a.Config)
	if err != nil {
		return err
	}
	kinds, err := dossier.Load(a.Model, sources...)
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "le catalogue est à corriger :\n%v", err)
	}
	a.Tally.Persons = kinds.Kinds
	a.Dossier = dossier.New(dossier.Config{
		Vaults: a.Vaults, Catalog: kinds, Zone: a.Config.Location(), Now: a.clock(), Log: a.Log,
		Tally: func(ctx context.Context, uai belvedere.UAI, years []belvedere.SchoolYear) error {
			for _, year := range years {
				if _, err := a.Tally.Enqueue(ctx, uai, tally.Order{Year: year}); err != nil {
					return err
				}
				if err := a.Coherence.Check(ctx, belvedere.Viewer{Kind: belvedere.Operator, Login: "serveur"}, uai, year); err != nil {
					a.Log.Error("the coherence of a school could not be checked", "school", uai, "year", year, "err", err)
				}
			}
			return nil
		},
	})
	a.Coherence = coherence.New(coherence.Config{Vaults: a.Vaults, Dossier: a.Dossier, Tell: a.tellFindings, Zone: a.Config.Location(), Now: a.clock(), Log: a.Log})
	return nil
}

// tellFindings hands what the rules found to those who answer for them and may know it.
func (a *App) tellFindings(ctx context.Context, n coherence.News) error {
	if a.Governance == nil {
		return nil
	}
	f := governance.Findings{School: n.School, Year: n.Year, Duty: n.Duty, Total: n.Total, Found: n.Last}
	for _, l := range n.Rules {
		f.Rules = append(f.Rules, [2]string{l.Title, belvedere.FormatNumber(float64(l.New), 0)})
	}
	return a.Governance.TellFindings(ctx, f, func(account registry.Account) bool {
		v, err := a.ViewerOf(ctx, account)
		return err == nil && coherence.MayCount(v, n.School) == nil
	})
}

package app

import (
	"context"
	"io/fs"
	"sync"

	"belvedere"
	"belvedere/internal/dataset"
	"belvedere/internal/definition"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// liveCatalogue is the catalogue of this moment, as of what the registry counts.
type liveCatalogue struct {
	mu    sync.Mutex
	as    changes
	model *belvedere.Model // nil before the first question
}

// changes are the counts of what makes the catalogue more than its files.
type changes struct{ declarations, definitions int64 }

// Definitions gives the catalogue of this moment: its files, what people declared in the product, then
// the versions of definitions that they accepted, whichever process of this registry took them. It is
// the same pointer as long as nothing changes. What the catalogue of this program does not admit any
// longer is left out, and told.
func (a *App) Definitions(ctx context.Context) (_ *belvedere.Model, err error) {
	defer belvedere.Wrap(&err, "Definitions")
	now, err := a.changes(ctx) // before what they stand for: never newer than that
	if err != nil {
		return nil, err
	}
	a.live.mu.Lock()
	defer a.live.mu.Unlock()
	if a.live.model != nil && a.live.as == now {
		return a.live.model, nil
	}
	model := a.Model
	if now != (changes{}) {
		if model, err = a.assemble(ctx); err != nil {
			return nil, err
		}
	}
	a.live.model, a.live.as = model, now
	return model, nil
}

// latest is Definitions for what has no context; the catalogue read last when the registry does not answer.
func (a *App) latest() *belvedere.Model {
	m, err := a.Definitions(context.Background())
	if err == nil {
		return m
	}
	a.live.mu.Lock()
	defer a.live.mu.Unlock()
	if a.live.model != nil {
		return a.live.model
	}
	return a.Model
}

func (a *App) changes(ctx context.Context) (c changes, err error) {
	if c.declarations, err = a.Registry.DeclarationsVersion(ctx); err != nil {
		return c, err
	}
	c.definitions, err = a.Registry.DefinitionsVersion(ctx)
	return c, err
}

// assemble loads the catalogue layer by layer, and keeps it for old receipts.
func (a *App) assemble(ctx context.Context) (*belvedere.Model, error) {
	folders, err := declarations(a.Config)
	if err != nil {
		return nil, err
	}
	model := a.Model
	for _, layer := range []func(context.Context, *belvedere.Model, []fs.FS) (*belvedere.Model, []fs.FS, error){a.withDeclared, a.withDefined} {
		if model, folders, err = layer(ctx, model, folders); err != nil {
			return nil, err
		}
		model.Share(a.Model.Members())
	}
	if model == a.Model {
		return model, nil
	}
	kept := registry.CatalogVersion{Program: belvedere.Version, At: a.clock()()}
	return model, report.KeepModel(ctx, a.Registry, model, kept, folders...)
}

// withDeclared adds what people declared in the product.
func (a *App) withDeclared(ctx context.Context, m *belvedere.Model, folders []fs.FS) (*belvedere.Model, []fs.FS, error) {
	list, err := a.Registry.ListDeclarations(ctx, false)
	if err != nil || len(list) == 0 {
		return m, folders, err
	}
	model, with, dropped, err := dataset.Admit(folders, list)
	for _, d := range dropped {
		a.Log.Error("une déclaration faite dans le produit n’est plus admise par le catalogue et ne compte pas", "declaration", d.Name, "motif", d.Why)
	}
	return model, with, err
}

// withDefined adds the versions of definitions that people accepted.
func (a *App) withDefined(ctx context.Context, m *belvedere.Model, folders []fs.FS) (*belvedere.Model, []fs.FS, error) {
	accepted, err := definition.Accepted(ctx, a.Registry)
	if err != nil {
		return nil, nil, err
	}
	good, dropped := semantic.Admitted(m, accepted)
	for _, d := range dropped {
		a.Log.Error("une définition acceptée n’est plus admise par le catalogue et ne compte pas", "proposition", d.Proposal.ID,
			"indicateur", d.Proposal.Indicator, "motif", d.Problems)
	}
	if len(good) == 0 {
		return m, folders, nil
	}
	decided, err := semantic.Decided(good)
	if err != nil {
		return nil, nil, err
	}
	folders = append(folders[:len(folders):len(folders)], decided)
	model, err := semantic.Load(folders...)
	return model, folders, err
}

package registry

import (
	"context"
	"time"

	"belvedere"
)

// Catalogs keeps the declarations of each version of the catalogue that ever answered, so that an
// old result can be computed again with its own definitions.
type Catalogs interface {
	// PutCatalog keeps a version; added is false when it is there already, as it was.
	PutCatalog(ctx context.Context, c CatalogVersion) (added bool, err error)

	// Catalog gives a version with its files. NotFound when it was never kept.
	Catalog(ctx context.Context, version string) (CatalogVersion, error)

	// ListCatalogs gives all versions without their files, oldest first.
	ListCatalogs(ctx context.Context) ([]CatalogVersion, error)
}

// A CatalogVersion is a catalogue as it stood.
type CatalogVersion struct {
	Version string // Model.Version
	Program string // version of the program that first used it
	Files   string // as semantic.Snapshot writes them
	At      time.Time
}

func (s *store) PutCatalog(ctx context.Context, c CatalogVersion) (added bool, err error) {
	defer belvedere.Wrap(&err, "PutCatalog(%s)", c.Version)
	if c.Version == "" || c.Files == "" {
		return false, belvedere.Errorf(belvedere.Internal, "a version of the catalogue needs its name and its files")
	}
	err = s.write(ctx, func(tx querier) error {
		n, err := tx.touch(ctx, "INSERT INTO catalog_version (version, program, files, added_at) VALUES (?, ?, ?, ?) ON CONFLICT (version) DO NOTHING",
			c.Version, c.Program, c.Files, micros(c.At))
		added = n > 0
		return err
	})
	return added, err
}

func (s *store) Catalog(ctx context.Context, version string) (c CatalogVersion, err error) {
	defer belvedere.Wrap(&err, "Catalog(%s)", version)
	err = s.now().row(ctx, "SELECT version, program, files, added_at FROM catalog_version WHERE version = ?", []any{version},
		&c.Version, &c.Program, &c.Files, scanTime{&c.At})
	return c, s.d.explain(found(err, "La version %s du catalogue n’est pas gardée.", version))
}

func (s *store) ListCatalogs(ctx context.Context) (list []CatalogVersion, err error) {
	defer belvedere.Wrap(&err, "ListCatalogs")
	err = s.now().each(ctx, "SELECT version, program, added_at FROM catalog_version ORDER BY added_at, version", nil, func(scan scanner) error {
		var c CatalogVersion
		err := scan(&c.Version, &c.Program, scanTime{&c.At})
		list = append(list, c)
		return err
	})
	return list, s.d.explain(err)
}

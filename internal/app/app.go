// Package app builds the program from its configuration and takes it down in reverse. It is
// the only place that names a driver.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/config"
	"belvedere/internal/dataset"
	"belvedere/internal/registry"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/warehouse"
	"belvedere/internal/territory/warehouse/duckdb"
)

// An App is the program, built.
type App struct {
	Config   config.Config
	Model    *belvedere.Model
	Registry registry.Registry
	Engine   warehouse.Engine // nil when another process holds the warehouse
	Ingest   *ingest.Service
	Releases *diffusion.Service
	Reporter *report.Reporter // nil without Engine
	Log      *slog.Logger
	Services
	School
	Now     func() time.Time // nil: the clock of the machine
	closers []func() error

	rightsMu sync.Mutex
	rights   *rightsKept // read last, nil at first
	checked  lastCheck
	live     liveCatalogue
}

// ErrHeld is the cause when another process, the server as a rule, holds the warehouse.
var ErrHeld = errors.New("app: another process holds the warehouse")

// Open builds everything. When another process holds the warehouse, the app comes without
// engine and with an error that wraps ErrHeld: what only accepts can still go on.
func Open(ctx context.Context, c config.Config, log *slog.Logger) (_ *App, err error) {
	a := &App{Config: c, Log: log}
	defer func() {
		if err != nil && !errors.Is(err, ErrHeld) {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := c.Validate(); err != nil {
		return a, belvedere.Errorf(belvedere.Invalid, "la configuration est à corriger :\n%v", err)
	}
	if err := whole(c); err != nil {
		return a, err
	}
	if a.Model, err = Model(c); err != nil {
		return a, err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return a, belvedere.WrapError(belvedere.Unavailable, err, "le dossier des données %s ne peut pas être créé", c.Data)
	}
	if a.Registry, err = registry.Open(ctx, registryAt(c)); err != nil {
		return a, err
	}
	a.closers = append(a.closers, a.Registry.Close)
	if err := a.openMembers(ctx); err != nil {
		return a, err
	}
	if err := a.openServices(ctx); err != nil {
		return a, err
	}
	held := a.openEngine(ctx)
	if held != nil && !errors.Is(held, ErrHeld) {
		return a, held
	}
	a.Releases = diffusion.New(diffusion.Config{Engine: a.Engine, Registry: a.Registry, Model: a.Model, Live: a.Definitions, Zone: c.Location(), Log: log, Now: func() time.Time { return a.clock()() }})
	a.Ingest, err = ingest.New(ingest.Config{
		Registry: a.Registry, Engine: a.Engine, Model: a.Model, Live: a.Definitions, LandingDir: c.Landing(),
		Zone: c.Location(), Limits: ingest.Limits{FileBytes: c.MaxFile}, Log: log, Published: a.published,
	})
	if err != nil {
		return a, err
	}
	a.closers = append(a.closers, a.Ingest.Close)
	a.openSchool()
	if err := a.openDossier(); err != nil {
		return a, err
	}
	if err := a.openExtracts(); err != nil {
		return a, err
	}
	if held != nil {
		return a, held
	}
	recovered, err := a.Ingest.Recover(ctx, nil)
	if err != nil {
		return a, err
	}
	for _, lost := range recovered.Lost {
		log.Error("une livraison publiée ne peut pas être rejouée", "livraison", lost.Delivery.Seq, "motif", lost.Reason)
	}
	a.Reporter = report.New(report.Config{Engine: a.Engine, Registry: a.Registry, Model: a.Model, Live: a.Definitions, Zone: c.Location(), Releases: a.protection(), Territorial: a.territorial, Library: a.Formulas})
	return a, a.keepModel(ctx)
}

// openMembers gives the open lists of the catalogue what files have brought to them.
func (a *App) openMembers(ctx context.Context) error {
	list, err := a.Registry.Members(ctx)
	if err != nil {
		return err
	}
	members := &belvedere.Members{}
	members.Add(list)
	since, err := a.Registry.Namings(ctx)
	if err != nil {
		return err
	}
	members.Rename(since)
	a.Model.Share(members)
	return nil
}

// openEngine opens the warehouse. One that cannot be read is set aside, never deleted: it is a
// projection, and Recover builds it again from landing and registry.
func (a *App) openEngine(ctx context.Context) error {
	open := func() (err error) {
		a.Engine, err = duckdb.Open(ctx, duckdb.Options{
			Path: a.Config.Warehouse(), LandingDir: a.Config.Landing(),
			Threads: a.Config.Threads, MemoryLimit: a.Config.Memory, Log: a.Log,
		})
		return err
	}
	err := open()
	var corrupt *duckdb.ErrCorrupt
	if errors.As(err, &corrupt) {
		aside := fmt.Sprintf("%s.illisible-%s", a.Config.Warehouse(), time.Now().UTC().Format("20060102T150405"))
		a.Log.Warn("l’entrepôt est illisible : il est mis de côté et sera reconstruit", "vers", aside, "cause", err)
		for _, suffix := range []string{"", ".wal"} {
			if e := os.Rename(a.Config.Warehouse()+suffix, aside+suffix); e != nil && !errors.Is(e, fs.ErrNotExist) {
				return e
			}
		}
		err = open()
	}
	if err != nil {
		a.Engine = nil
		if belvedere.KindOf(err) == belvedere.Unavailable {
			return fmt.Errorf("%w: %w", ErrHeld, err)
		}
		return err
	}
	a.closers = append(a.closers, a.Engine.Close)
	return nil
}

// Close takes everything down in reverse.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// declarations are the folders of the catalogue: the shipped one, then the deployment's own.
func declarations(c config.Config) ([]fs.FS, error) {
	sources := []fs.FS{catalog.FS}
	if c.Catalog != "" {
		dir, err := filepath.Abs(c.Catalog)
		if err != nil {
			return nil, err
		}
		sources = append(sources, os.DirFS(dir))
	}
	return sources, nil
}

// keepModel keeps the declarations that this program answers by, before it answers.
func (a *App) keepModel(ctx context.Context) error {
	sources, err := declarations(a.Config)
	if err != nil {
		return err
	}
	return report.KeepModel(ctx, a.Registry, a.Model, registry.CatalogVersion{Program: belvedere.Version, At: a.clock()()}, sources...)
}

// Model loads and checks the catalogue, with the deployment's own folder when there is one.
func Model(c config.Config) (*belvedere.Model, error) {
	sources, err := declarations(c)
	if err != nil {
		return nil, err
	}
	m, err := dataset.Load(sources...)
	if err != nil {
		return nil, belvedere.Errorf(belvedere.Invalid, "le catalogue est à corriger :\n%v", err)
	}
	return m, nil
}

package report

import (
	"context"
	"io/fs"
	"maps"
	"sync"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// KeepModel keeps the declarations of a model in the registry, so that Versions finds it when the
// files have changed; the folders are those that it was loaded from. A version is kept once.
func KeepModel(ctx context.Context, r registry.Registry, m *belvedere.Model, c registry.CatalogVersion, folders ...fs.FS) (err error) {
	defer belvedere.Wrap(&err, "KeepModel(%s)", m.Version)
	if held, err := r.Meta(ctx, metaCatalog); err != nil || held == m.Version {
		return err
	}
	if c.Files, err = semantic.Snapshot(folders...); err != nil {
		return err
	}
	c.Version = m.Version
	if same, err := semantic.LoadSnapshot(c.Files); err != nil || same.Version != m.Version {
		return belvedere.WrapError(belvedere.Unavailable, err, "Le catalogue a changé pendant le démarrage\u00a0: recommencez.")
	}
	if _, err := r.PutCatalog(ctx, c); err != nil {
		return err
	}
	return r.SetMeta(ctx, metaCatalog, m.Version)
}

// metaCatalog holds the version kept last: a start that finds its own there writes nothing.
const metaCatalog = "catalogue.version"

// mostVersions bounds the old models that stay read, each with the caches of its reporter.
const mostVersions = 4

// versions are the models of other versions and the reporters that answer by them, shared by all
// that As gives.
type versions struct {
	mu        sync.Mutex
	models    map[string]*belvedere.Model
	reporters map[string]*Reporter
}

// ModelAt gives the catalogue of a version as it stood: NotFound when it was never kept,
// Unavailable when this program does not read it any longer.
func (r *Reporter) ModelAt(ctx context.Context, version string) (_ *belvedere.Model, err error) {
	defer belvedere.Wrap(&err, "ModelAt(%s)", version)
	if version == r.today.Version {
		return r.today, nil
	}
	if now := r.root().current.Load(); now != nil && now.given.Version == version {
		return now.given, nil
	}
	r.versions.mu.Lock()
	m := r.versions.models[version]
	r.versions.mu.Unlock()
	if m != nil {
		return m, nil
	}
	kept, err := r.registry.Catalog(ctx, version)
	if err != nil {
		return nil, err
	}
	m, err = semantic.LoadSnapshot(kept.Files)
	if err != nil {
		return nil, belvedere.WrapError(belvedere.Unavailable, err,
			"Les définitions de la version %s, du programme %s, ne se lisent plus avec le programme %s.", version, kept.Program, belvedere.Version)
	}
	m.Share(r.today.Members())
	if m.Version != version {
		return nil, belvedere.Errorf(belvedere.Unavailable, "Les définitions gardées pour la version %s ont été modifiées\u00a0: elles portent la version %s.", version, m.Version)
	}
	r.versions.mu.Lock()
	defer r.versions.mu.Unlock()
	if len(r.versions.models) >= mostVersions {
		clear(r.versions.models)
	}
	r.versions.models[version] = m
	return m, nil
}

// As is the same engine and registry answering by another catalogue. What a viewer may see is
// decided by today's catalogue all the same: see guarded.
func (r *Reporter) As(model *belvedere.Model) *Reporter {
	if root := r.root(); (model == r.model || model == r.today) && root.current.Load() == nil {
		return root // which answers by today's definitions
	}
	return r.as(model, 32)
}

func (r *Reporter) as(model *belvedere.Model, answers int) *Reporter {
	r.versions.mu.Lock()
	defer r.versions.mu.Unlock()
	if kept := r.versions.reporters[model.Version]; kept != nil && kept.given == model {
		return kept
	}
	c := r.config
	c.Model, c.Answers, c.Live = guarded(model, r.today), answers, nil
	as := New(c)
	as.given, as.today, as.origin, as.versions, as.keeper = model, r.today, r.root(), r.versions, r.keeper
	if len(r.versions.reporters) >= mostVersions {
		clear(r.versions.reporters)
	}
	r.versions.reporters[model.Version] = as
	return as
}

// root is the reporter of today's catalogue.
func (r *Reporter) root() *Reporter {
	if r.origin != nil {
		return r.origin
	}
	return r
}

// guarded is an old model under the rules of today: an indicator that still exists, by its code or
// else by its number in the annex, opens by the widget, the theme, the recipients and the class of
// secrecy that it has now, the stricter of the two where one is stricter. So an old definition
// shows no one what today's keeps from them.
func guarded(old, today *belvedere.Model) *belvedere.Model {
	m := *old
	m.Indicators = make([]*belvedere.Indicator, len(old.Indicators))
	for i, was := range old.Indicators {
		ind := *was
		if now := successor(was, today); now != nil {
			ind.Theme, ind.Widget = now.Theme, now.Widget
			ind.Number, ind.Of = now.Number, now.Of
			ind.SchoolOnly = was.SchoolOnly || now.SchoolOnly
			ind.Secrecy = stricter(was.Secrecy, now.Secrecy)
		}
		m.Indicators[i] = &ind
	}
	m.CodeLists = maps.Clone(old.CodeLists)
	m.Index()
	return &m
}

// successor is what an indicator of another version has become, nil when it has gone.
func successor(was *belvedere.Indicator, today *belvedere.Model) *belvedere.Indicator {
	if now := today.Indicator(was.Code); now != nil || was.Number == 0 {
		return now
	}
	for _, now := range today.Indicators {
		if now.Number == was.Number {
			return now
		}
	}
	return nil
}

// stricter is the class of secrecy that hides more; one that nobody knows hides most.
func stricter(a, b string) string {
	rank := func(class string) int {
		switch class {
		case "", "aucun":
			return 0
		case "5":
			return 5
		case "10":
			return 10
		}
		return 1 << 20
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// namedAt answers by the catalogue of a receipt under the names that members of open lists had then; nil
// when none was renamed since, or when that catalogue is not to be had: ModelAt says why.
func (r *Reporter) namedAt(ctx context.Context, receipt registry.Receipt) (*Reporter, error) {
	now := r.today.Members()
	was := now.At(receipt.At)
	if was == now {
		return nil, nil
	}
	kept, err := r.registry.Catalog(ctx, receipt.Definitions)
	if err != nil {
		if belvedere.KindOf(err) == belvedere.NotFound {
			return nil, nil
		}
		return nil, err
	}
	m, err := semantic.LoadSnapshot(kept.Files)
	if err != nil || m.Version != receipt.Definitions {
		return nil, nil
	}
	m.Share(was)
	c := r.config
	c.Model, c.Answers, c.Live = guarded(m, r.today), 32, nil
	as := New(c)
	as.given, as.today, as.origin, as.versions, as.keeper = m, r.today, r.root(), r.versions, r.keeper
	return as, nil
}

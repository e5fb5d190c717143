// Package report answers questions: who asks what, and what comes back with which state,
// coverage and receipt. Pages, files, API and command line all come through it, so that one
// question has one answer whatever the door.
package report

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/territory/warehouse"
)

// Config is what a Reporter needs.
type Config struct {
	Engine   warehouse.Engine
	Registry registry.Registry
	Model    *belvedere.Model
	Zone     *time.Location // of the territory

	// Territorial is what the schools share today with the territory as a whole, of which benchmarks
	// are made; nil compares nobody.
	Territorial func(ctx context.Context) (belvedere.Scope, error)

	Now func() time.Time
	// Live gives the catalogue with the definitions accepted so far; nil: Model alone. It gives the same
	// pointer as long as nothing changes.
	Live     func(ctx context.Context) (*belvedere.Model, error)
	Library  Library            // of saved formulas and populations; nil when there are none
	Releases *diffusion.Service // of protected figures; nil protects nothing
	Answers  int                // results kept for the next who asks the same; 256 when 0, none when negative
}

// A Reporter answers queries and pages. It is safe for concurrent use.
type Reporter struct {
	config   Config
	engine   warehouse.Engine
	registry registry.Registry
	model    *belvedere.Model
	zone     *time.Location
	now      func() time.Time
	dialect  semantic.Dialect

	// Of answers by the catalogue of another version, see As.
	today    *belvedere.Model // that decides who may see what
	given    *belvedere.Model // what As was given, nil for today's
	origin   *Reporter        // of today's catalogue, nil in that one itself
	versions *versions

	current atomic.Pointer[Reporter] // of the definitions in force, nil when they are those of model

	keeper *keeper // of receipts

	formulas formulas // that were compiled

	mu       sync.Mutex
	edition  int                // that the caches below belong to
	register map[int]*Directory // by edition, the last few, as delivered
	edited   map[int]*Directory // the same as corrected
	edits    *edits             // read last
	spans    map[int]map[string]span
	forms    map[int][]string // forms of the published deliveries, by edition

	answers *cache[string, *belvedere.Result]
	counts  *cache[string, map[string]int32]
	sums    *cache[string, belvedere.Coverage]
	lists   *cache[string, []*School]
	ledgers *cache[coverKey, *ledger]
	cover   *cache[string, *coverage]

	receptions *cache[coverKey, *reception]
	benchmarks sync.Mutex // while it is decided which group may be published
}

// New makes a Reporter.
func New(c Config) *Reporter {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Answers == 0 {
		c.Answers = 256
	}
	return &Reporter{
		keeper:  newKeeper(c.Registry),
		answers: newCache[string, *belvedere.Result](c.Answers, 64<<20), counts: newCache[string, map[string]int32](4096, 16<<20),
		sums: newCache[string, belvedere.Coverage](256, 64<<20), lists: newCache[string, []*School](32, 16<<20),
		ledgers: newCache[coverKey, *ledger](512, 256<<20), cover: newCache[string, *coverage](512, 64<<20),
		config: c, today: c.Model, versions: &versions{models: map[string]*belvedere.Model{}, reporters: map[string]*Reporter{}},
		receptions: newCache[coverKey, *reception](64, 64<<20),
		engine:     c.Engine, registry: c.Registry, model: c.Model, zone: c.Zone, now: c.Now,
		dialect: semantic.DuckDB{}, register: map[int]*Directory{}, edited: map[int]*Directory{}, spans: map[int]map[string]span{},
	}
}

// Model is the checked catalogue, with the definitions that the last answer was computed with.
func (r *Reporter) Model() *belvedere.Model {
	if now := r.current.Load(); now != nil {
		return now.model
	}
	return r.model
}

// Zone is the time zone of the territory.
func (r *Reporter) Zone() *time.Location { return r.zone }

// Edition finds an edition by number; 0 is the current one. Before any publication it is
// edition 0, and NotFound is the error for a number that was never published.
func (r *Reporter) Edition(ctx context.Context, number int) (belvedere.Edition, error) {
	if held, ok := ctx.Value(heldKey{}).(heldEdition); ok && held.asked == number {
		return held.edition, nil
	}
	list, total, err := r.registry.ListEditions(ctx, registry.Page{Limit: 1})
	if err != nil {
		return belvedere.Edition{}, err
	}
	if total == 0 {
		if number > 0 {
			return belvedere.Edition{}, belvedere.Errorf(belvedere.NotFound, "l’édition %d n’existe pas : rien n’est publié", number)
		}
		return belvedere.Edition{}, nil
	}
	current := list[0]
	r.forget(current.Number)
	if number == 0 || number == current.Number {
		return current, nil
	}
	all, _, err := r.registry.ListEditions(ctx, registry.Page{})
	if err != nil {
		return belvedere.Edition{}, err
	}
	for _, e := range all {
		if e.Number == number {
			return e, nil
		}
	}
	return belvedere.Edition{}, belvedere.Errorf(belvedere.NotFound, "l’édition %d n’existe pas ; la dernière est la %d", number, current.Number)
}

// A heldEdition in a context is the edition that a page found first, and its register: all its
// blocks answer from it even if another is published meanwhile, and the registry is asked once.
type heldEdition struct {
	asked     int
	edition   belvedere.Edition
	directory *Directory
}

// heldKey is where a heldEdition stands in a context.
type heldKey struct{}

func holdEdition(ctx context.Context, asked int, e belvedere.Edition, d *Directory) context.Context {
	return context.WithValue(ctx, heldKey{}, heldEdition{asked, e, d})
}

// forget empties the caches when a new edition is out.
func (r *Reporter) forget(current int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.edition != current {
		r.edition = current
		r.ledgers.clear()
		r.cover.clear()
		r.receptions.clear()
		r.register, r.edited = map[int]*Directory{}, map[int]*Directory{}
		r.spans = map[int]map[string]span{}
	}
}

// A Territory is what the console serves, for headings and the rail.
type Territory struct {
	Name string
	Code string
}

// Territory reads the name and code that an administrator set, or a neutral name.
func (r *Reporter) Territory(ctx context.Context) (Territory, error) {
	settings, err := r.registry.Settings(ctx)
	if err != nil {
		return Territory{}, err
	}
	t := Territory{Name: settings[registry.SettingTerritoryName], Code: settings[registry.SettingTerritoryCode]}
	if t.Name == "" {
		t.Name = "Territoire"
	}
	return t, nil
}

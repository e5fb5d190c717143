// Package diffusion releases the figures that a class of secrecy protects: it keeps, for each dataset
// and school year, which of them may be shown, and what is still held of the counts shown before.
//
// A release is made once for an edition and serves everyone: screens, files, API. It goes on from the
// one before, because what was shown stays known:
//
//   - a school, a month or a date that was never shown enters at once, protected among the new ones;
//   - what replaces counts already shown waits for the calendar, or for someone who loads a file by
//     hand, and then enters only if no figure of the school moves by a number of persons under the
//     floor: else one who compares two days would see who came and who left. Until then readers see
//     the counts of before;
//   - what was hidden for the sake of another figure stays hidden over the school year.
//
// Releases are kept in the registry, as truth: a rebuilt warehouse gives the same figures again. The
// decision itself is package release; this one reads counts, remembers and keeps the calendar.
package diffusion

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/release"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/territory/warehouse"
)

// Dominance is the share of a sum over schools that its two largest may reach when one of them is
// hidden (trust.md 3.3 rule 7).
const Dominance = .85

// Config is what a Service needs.
type Config struct {
	Engine   warehouse.Engine
	Registry registry.Registry
	Model    *belvedere.Model
	// Live gives the catalogue of this moment; nil: Model alone.
	Live func(ctx context.Context) (*belvedere.Model, error)
	Zone *time.Location
	Now  func() time.Time
	Log  *slog.Logger
}

// A Service makes releases and gives them to readers. It is safe for concurrent use.
type Service struct {
	Config
	dialect semantic.Dialect

	// Server tells that the process goes on: no reader waits long for a release that goes on from another.
	Server atomic.Bool

	making   sync.Mutex  // one release at a time in this process
	busy     atomic.Bool // a server makes one for readers to come
	setting  sync.Mutex  // between the check of the rules that are kept and their writing
	previews previews

	model atomic.Pointer[belvedere.Model] // that was followed last, nil at first

	mu      sync.Mutex
	version int64 // of the rights, that the fields below were read at
	list    []registry.Release
	rules   Rules
	judged  *belvedere.Model           // the catalogue of the floors
	floors  map[semantic.Floor]float64 // by these rules
	text    string                     // the floors, written
	states  map[int]*State             // by number of release
	sheets  map[registry.SheetName]*Sheet
	used    []registry.SheetName // of sheets, oldest use first
}

// New makes a Service.
func New(c Config) *Service {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Config: c, dialect: semantic.DuckDB{}, version: -1, sheets: map[registry.SheetName]*Sheet{}, previews: previews{turn: make(chan struct{}, 1)}}
}

// A State is the release that an edition obeys.
type State struct {
	registry.Release
	floors map[semantic.Floor]float64
	names  map[string]map[belvedere.SchoolYear]registry.SheetName
	of     *Service
}

// At gives the release that an edition obeys; nil when it is older than the first one. That of the
// newest edition is made first when it is missing, or when the rules have changed.
func (s *Service) At(ctx context.Context, edition int) (*State, error) {
	if edition == 0 {
		return s.state(0), nil
	}
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	if s.stale(edition) {
		if err := s.catchUp(ctx, edition); err != nil {
			return nil, err
		}
	}
	return s.state(edition), nil
}

// mostWait is how long a reader waits for a release that goes on from another: then the one before
// answers, and the new one is for those who come later.
const mostWait = 2 * time.Second

// catchUp makes the release that an edition lacks. The first one is waited for, since there is nothing
// else to show, and so is each one where no server goes on to make it.
func (s *Service) catchUp(ctx context.Context, edition int) error {
	if !s.Server.Load() || s.state(edition) == nil {
		return s.make(ctx, edition, "")
	}
	done := make(chan error, 1)
	if s.busy.CompareAndSwap(false, true) {
		go func() {
			defer s.busy.Store(false)
			err := s.make(context.WithoutCancel(ctx), edition, "")
			if err != nil {
				s.Log.Error("protected figures could not be released", "edition", edition, "err", err)
			}
			done <- err
		}()
	}
	select {
	case err := <-done:
		return err
	case <-time.After(mostWait):
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// catalogue is the one that decides now.
func (s *Service) catalogue() *belvedere.Model {
	if m := s.model.Load(); m != nil {
		return m
	}
	return s.Model
}

// follow takes the catalogue of this moment.
func (s *Service) follow(ctx context.Context) (*belvedere.Model, error) {
	if s.Live == nil {
		return s.Model, nil
	}
	m, err := s.Live(ctx)
	if err == nil {
		s.model.Store(m)
	}
	return m, err
}

// refresh reads again the releases and rules when the catalogue, or anything that bears on rights, has
// changed.
func (s *Service) refresh(ctx context.Context) error {
	version, err := s.Registry.RightsVersion(ctx)
	if err != nil {
		return err
	}
	model, err := s.follow(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	known := s.version == version && s.judged == model
	s.mu.Unlock()
	if known {
		return nil
	}
	list, err := s.Registry.ListReleases(ctx)
	if err != nil {
		return err
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version, s.list, s.rules, s.states = version, list, rules, map[int]*State{}
	s.judged, s.floors = model, rules.floors(model)
	s.text = writeFloors(s.floors)
	return nil
}

// stale tells whether the newest edition lacks a release by the rules of today.
func (s *Service) stale(edition int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) == 0 {
		return true
	}
	last := s.list[len(s.list)-1]
	return last.Edition < edition || last.Edition == edition && last.Rules != s.text
}

// state finds the last release that judged an edition or one before it.
func (s *Service) state(edition int) *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := -1
	for i, r := range s.list {
		if r.Edition <= edition {
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	number := s.list[at].Number
	if s.states[number] == nil {
		s.states[number] = s.stateOf(s.list[:at+1])
	}
	return s.states[number]
}

// stateOf is the state that a sequence of releases leaves.
func (s *Service) stateOf(list []registry.Release) *State {
	out := &State{Release: list[len(list)-1], names: map[string]map[belvedere.SchoolYear]registry.SheetName{}, of: s}
	out.floors = readFloors(out.Rules)
	for _, r := range list {
		for _, n := range r.Sheets {
			if out.names[n.Dataset] == nil {
				out.names[n.Dataset] = map[belvedere.SchoolYear]registry.SheetName{}
			}
			out.names[n.Dataset][n.Year] = n
		}
	}
	return out
}

// Floor is the floor of a measure under one code of the dimensions that stand apart; 0 when nothing
// protects it.
func (s *State) Floor(dataset, measure, apart string) float64 {
	return s.floors[semantic.Floor{Dataset: dataset, Measure: measure, Apart: apart}]
}

// Protects tells whether any part of a measure is protected.
func (s *State) Protects(dataset, measure string) bool {
	for f := range s.floors {
		if f.Dataset == dataset && f.Measure == measure {
			return true
		}
	}
	return false
}

// Covers tells whether any measure of a dataset is protected.
func (s *State) Covers(dataset string) bool {
	for f := range s.floors {
		if f.Dataset == dataset {
			return true
		}
	}
	return false
}

// Sheet gives what was decided of a dataset over a school year; nil when there was nothing to decide.
func (s *State) Sheet(ctx context.Context, dataset string, year belvedere.SchoolYear) (*Sheet, error) {
	name, ok := s.names[dataset][year]
	if !ok {
		return nil, nil
	}
	return s.of.sheet(ctx, name)
}

// Years are the school years of a dataset that have a sheet.
func (s *State) Years(dataset string) []belvedere.SchoolYear {
	var out []belvedere.SchoolYear
	for y := range s.names[dataset] {
		out = append(out, y)
	}
	return out
}

// mostSheets bounds the sheets kept in memory.
const mostSheets = 64

// sheet reads a sheet, or gives the one read before.
func (s *Service) sheet(ctx context.Context, name registry.SheetName) (*Sheet, error) {
	s.mu.Lock()
	kept := s.sheets[name]
	s.mu.Unlock()
	if kept != nil {
		return kept, nil
	}
	content, err := s.Registry.ReleaseSheet(ctx, name)
	if err != nil {
		return nil, err
	}
	out, err := decode(content)
	if err != nil {
		return nil, err
	}
	s.keep(name, out)
	return out, nil
}

func (s *Service) keep(name registry.SheetName, sheet *Sheet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sheets[name] == nil {
		s.used = append(s.used, name)
	}
	s.sheets[name] = sheet
	for len(s.used) > mostSheets {
		delete(s.sheets, s.used[0])
		s.used = s.used[1:]
	}
}

// rule is that of a floor.
func rule(floor float64) release.Rule { return release.Rule{Floor: floor, Dominance: Dominance} }

// Protects tells whether a measure is protected in a state; before the first release, whether the
// rules of today protect it.
func (s *Service) Protects(st *State, dataset, measure string) bool {
	if st == nil {
		s.mu.Lock()
		st = &State{floors: s.floors}
		s.mu.Unlock()
	}
	return st.Protects(dataset, measure)
}

// Package ingest brings files into the warehouse: accept → read → check → stage → publish.
//
// What it promises: a delivery is acknowledged once its file lies in the landing folder and the
// registry has committed, and never before; it then replaces its slices whole, or leaves
// everything as it was and says why, with the place of each fault. A crash at any point loses
// no acknowledged delivery and shows no half of one: landing folder and registry are the truth,
// and the warehouse can be rebuilt from them at any time, to the same rows.
//
// Publication takes three steps, so that each crash leaves a trace that Recover can read: the
// registry plans an edition; the warehouse takes its rows and its number in one transaction;
// the registry marks it published.
package ingest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/source/table"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/territory/warehouse"
)

// A Publisher writes the statements of the warehouse; semantic.Publisher is the one in use.
type Publisher interface {
	// Tables makes the tables of the model that do not exist yet.
	Tables(m *belvedere.Model) []belvedere.Statement
	// Publish closes the slices that the staged rows replace and inserts the rows.
	Publish(d *belvedere.Dataset, stage string, edition int, from semantic.Origin) []belvedere.Statement
	// Withdraw closes a slice in whose place nothing comes.
	Withdraw(d *belvedere.Dataset, key []any, edition int) belvedere.Statement
	// Rollups recomputes what the edition made stale in the datasets that it touched.
	Rollups(m *belvedere.Model, touched []string, edition int) []belvedere.Statement
}

// Limits bound what a delivery may cost. Zero fields take their default.
type Limits struct {
	FileBytes int64 // size of a file as received; 8 GiB
	FreeBytes int64 // space that must remain on the landing disk; 64 MiB, negative for none
	Batch     int   // deliveries published together by the worker; 50
	Table     table.Limits
}

func (l Limits) orDefault() Limits {
	if l.FileBytes <= 0 {
		l.FileBytes = 8 << 30
	}
	if l.FreeBytes == 0 {
		l.FreeBytes = 64 << 20
	}
	if l.Batch <= 0 {
		l.Batch = 50
	}
	return l
}

// Config is what a Service needs. Engine may be nil in a process that only accepts, such as the
// command line beside a running server.
type Config struct {
	Registry registry.Registry
	Engine   warehouse.Engine
	Model    *belvedere.Model
	// Live gives the catalogue of this moment, to which people may have added since Model was loaded;
	// nil: Model alone. It gives the same pointer as long as nothing changes.
	Live       func(ctx context.Context) (*belvedere.Model, error)
	Publisher  Publisher      // semantic.Publisher when nil
	LandingDir string         // made when absent
	Zone       *time.Location // of the territory's clock; Europe/Paris when nil
	Now        func() time.Time
	Limits     Limits
	Log        *slog.Logger
	// Published is told of each edition once it is out, while no other is being made. Its failure
	// holds nothing up: it is noted.
	Published func(ctx context.Context, e belvedere.Edition) error
}

// A Service accepts and publishes deliveries. It is safe for concurrent use: anyone may Accept
// while one goroutine at a time reads and publishes.
type Service struct {
	Config  // its Model is that of the work under way, while mu is held
	first   *belvedere.Model
	landing *landing
	wake    chan struct{} // a delivery was accepted here

	mu       sync.Mutex    // held by whoever writes to the warehouse
	ready    bool          // the tables exist
	untidy   bool          // a failure could not be recorded
	attempts map[int64]int // failed publications of a delivery alone
}

// New opens the landing folder. Call Recover before anything else is processed.
func New(c Config) (_ *Service, err error) {
	defer belvedere.Wrap(&err, "ingest.New")
	if c.Registry == nil || c.Model == nil || c.LandingDir == "" {
		return nil, errors.New("registry, model and landing folder are needed")
	}
	if c.Publisher == nil {
		c.Publisher = semantic.Publisher{}
	}
	if c.Zone == nil {
		if c.Zone, err = time.LoadLocation("Europe/Paris"); err != nil {
			return nil, err
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Limits = c.Limits.orDefault()
	l, err := openLanding(c.LandingDir)
	if err != nil {
		return nil, err
	}
	return &Service{Config: c, first: c.Model, landing: l, wake: make(chan struct{}, 1), attempts: map[int64]int{}}, nil
}

// Close releases the landing folder. Registry and Engine belong to the caller.
func (s *Service) Close() error { return s.landing.close() }

// Open gives the file of a delivery as it was received, for download. The caller closes it.
func (s *Service) Open(d belvedere.Delivery) (*os.File, error) { return s.landing.open(d.SHA256) }

// A Submission is a file on its way in.
type Submission struct {
	ID        string // chosen by the sender, or "" to have one made from the content
	Source    string // who delivers
	Dataset   string // or code of a form; "" when the file is to be recognised by its headers
	FileName  string // as the sender calls it, for display only
	Announced []string
	Only      []belvedere.UAI // schools that the sender may deliver, nil: all
	Body      io.Reader
}

// Package extract is the life of extracts: files of rows that leave for a purpose. Two kinds have one life: totals,
// which the explorer answers with the rights and the release rules of any page, and rows of persons of an
// institution, which package pseudonym makes.
//
// It promises:
//
//   - Nobody has an extract beyond the rights of the moment: they are asked when it is asked for, when it is made
//     and when it is taken. Another's extract does not exist.
//   - A file is whole or absent, whatever cuts the work. It lies sealed on the disk with a key that is made of a
//     salt kept with the extract; deleting destroys both, and with the salt the way back from its pseudonyms.
//   - Asking, making, taking and deleting stand in the journal. Each file says what it is, for whom, why and until
//     when, and bears marks that tell the extract of a leaked copy.
//   - Who declared how long copies are kept is reminded before the end, and says that they are gone.
package extract

import (
	"context"
	"io"
	"log/slog"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/export"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/secret"
	"belvedere/internal/territory/report"
)

// The kinds of extracts.
const (
	Totals  = "totaux"
	Persons = "personnes"
)

// Reports answers states of the explorer; a report.Reporter is one.
type Reports interface {
	Explore(ctx context.Context, viewer belvedere.Viewer, e report.Explore) (*report.ExploreResult, error)
	ExploreDims(ctx context.Context, columns []report.ExploreColumn) ([]report.ExploreDim, error)
	Edition(ctx context.Context, number int) (belvedere.Edition, error)
}

// People makes rows of persons; a pseudonym.Service is one.
type People interface {
	Kinds(who belvedere.Viewer, school belvedere.UAI) ([]pseudonym.Kind, belvedere.Level)
	Declared(kind string) []pseudonym.Column
	Check(who belvedere.Viewer, o pseudonym.Order) error
	Count(ctx context.Context, who belvedere.Viewer, o pseudonym.Order) (rows, people int64, err error)
	Values(ctx context.Context, who belvedere.Viewer, o pseudonym.Order) (map[string][]string, error)
	Sheet(ctx context.Context, who belvedere.Viewer, o pseudonym.Order, namer pseudonym.Namer) (export.Sheet, pseudonym.Risk, error)
}

// A Place is where regular extracts are put.
type Place interface {
	// Put writes a file whole or not at all, under a name that no other has. Its errors say why in words; those of
	// kind Unavailable pass by themselves. open may be asked more than once.
	Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error
	// Name and Label are those of the configuration.
	Name() string
	Label() string
}

// Config is what the service needs.
type Config struct {
	Registry registry.Registry
	Reports  func() Reports // nil while another process holds the warehouse
	People   People         // nil where no vault is held
	// Viewer is an account as the one who asks, with the rights of this moment, but for the second factor.
	Viewer  func(ctx context.Context, a registry.Account) (belvedere.Viewer, error)
	Keys    *secret.Keys
	Folder  string // of the files
	Places  []Place
	Mail    mail.Sender
	Console func(ctx context.Context) mail.Console
	Journal door.Journal
	Zone    *time.Location
	Now     func() time.Time
	Errors  *slog.Logger
}

// A Service asks for, makes, hands out and deletes extracts. It is safe for concurrent use.
type Service struct {
	Config
	wake     chan struct{}
	attempts attempts
}

// New makes a service.
func New(c Config) *Service { return &Service{Config: c, wake: make(chan struct{}, 1)} }

// Object is how the journal names an extract.
func Object(e registry.Extract) string {
	return "extrait " + e.Code + " (" + e.Label + ")"
}

// keep writes in the journal what the server does by itself.
func (s *Service) keep(ctx context.Context, v belvedere.Viewer, e registry.Extract, detail string) error {
	schools, all := s.covered(v, e)
	return door.Keep(ctx, s.Journal, registry.Entry{At: s.Now().UTC(), Account: e.Account, Login: e.Login, Door: "serveur", Action: "extrait", Object: Object(e), Detail: detail},
		schools, all, 200)
}

// Covered is the schools of which an extract holds something, for the journal.
func (s *Service) Covered(v belvedere.Viewer, e registry.Extract) (schools []belvedere.UAI, all bool) {
	return s.covered(v, e)
}

func (s *Service) covered(v belvedere.Viewer, e registry.Extract) ([]belvedere.UAI, bool) {
	if e.Kind == Persons {
		return []belvedere.UAI{e.School}, false
	}
	return door.Covered(v.Scope, specOf(e).schools())
}

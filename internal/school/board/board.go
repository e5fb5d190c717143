// Package board is the school year as a school lives it: what is to be done in which order, what
// was received, what contradicts what (package rule), and the imports themselves. A file that is bad leaves the
// state before it; one that would make pupils or divisions vanish waits for someone to say so.
//
// It decides who may: people who work in a school, for that school, signed in with a second
// factor. Nobody of the territory reads names, administrators included. The operator of the
// machine, who holds the keys anyway, imports and backs up.
package board

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
)

// Vaults gives the vaults of schools. One that does not exist is made when create is true, and is
// a NotFound otherwise.
type Vaults interface {
	Vault(ctx context.Context, uai belvedere.UAI, create bool) (*vault.Vault, error)
	// List names the schools that have one, sorted.
	List() ([]belvedere.UAI, error)
}

// A Part is one file to read: a file as dropped, or a member of an archive.
type Part struct {
	Name   string
	SHA256 string // hex, of its bytes
	Format record.Format
	Read   func(record.Visitor) error
}

// An Opener recognises what was dropped by its content. Files that are not read, in an archive
// for instance, are told in French with the reason; the error is about the whole.
type Opener func(name string, data []byte) (parts []Part, skipped []string, err error)

// Config is what the board needs; Vaults and Open are required.
type Config struct {
	Vaults Vaults
	Open   Opener
	// Tally is told of what changed, after the checks; nil tells nobody.
	Tally func(ctx context.Context, uai belvedere.UAI, year belvedere.SchoolYear) error

	Zone *time.Location
	Now  func() time.Time
	Log  *slog.Logger
}

// A Service is the use cases of the board.
type Service struct{ Config }

// New makes the use cases.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// Schools are those whose vault a viewer may open, sorted.
func Schools(v belvedere.Viewer) []belvedere.UAI {
	if !v.School || len(v.Scope.Limit()) > 0 {
		return nil
	}
	own := slices.Clone(v.Scope.Own)
	slices.Sort(own)
	return slices.Compact(own)
}

// May tells whether a viewer may read names of a school; its error says why not.
func May(v belvedere.Viewer, uai belvedere.UAI) error {
	switch {
	case v.Kind == belvedere.Operator:
		return nil
	case !v.School:
		return belvedere.Errorf(belvedere.Forbidden,
			"Les données nominatives d’un établissement sont réservées aux personnes qui y travaillent, et fermées à la collectivité, administrateurs compris.")
	case !slices.Contains(v.Scope.Own, uai):
		return belvedere.Errorf(belvedere.Forbidden, "L’établissement %s n’est pas le vôtre\u00a0: son coffre vous est fermé.", uai)
	case len(v.Scope.Limit()) > 0:
		return v.Scope.Whole("Le coffre d’un établissement s’ouvre en entier, ou pas")
	case !v.Strong:
		return belvedere.Errorf(belvedere.Forbidden, "Les données nominatives demandent une connexion en deux étapes.")
	}
	return nil
}

// vault is the vault of a school for someone who may open it.
func (s *Service) vault(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI) (*vault.Vault, error) {
	if err := May(who, uai); err != nil {
		return nil, err
	}
	return s.Vaults.Vault(ctx, uai, false)
}

// opened is vault, nil for a school that has none yet: nothing is known of it.
func (s *Service) opened(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI) (*vault.Vault, error) {
	v, err := s.vault(ctx, who, uai)
	if belvedere.KindOf(err) == belvedere.NotFound {
		return nil, nil
	}
	return v, err
}

// read runs f on a vault as it stands, and not at all when the school has none.
func (s *Service) read(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f func(tx *vault.Tx) error) error {
	v, err := s.opened(ctx, who, uai)
	if err != nil || v == nil {
		return err
	}
	return v.Read(ctx, f)
}

// write runs f in a transaction on a vault that exists.
func (s *Service) write(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f func(tx *vault.Tx) error) error {
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return err
	}
	return v.Write(ctx, f)
}

// today is the date at the school.
func (s *Service) today() time.Time {
	now := s.Now().In(s.Zone)
	return belvedere.Date(now.Year(), now.Month(), now.Day())
}

// local puts an instant of the vault on the clock of the school.
func (s *Service) local(us int64) time.Time { return vault.Instant(us).In(s.Zone) }

package dossier

import (
	"context"
	"log/slog"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

// Config is what a Service needs; Vaults and Catalog are required.
type Config struct {
	Vaults  board.Vaults
	Catalog *Catalog
	// Tally is told that an import changed the figures of school years; nil tells nobody.
	Tally func(ctx context.Context, uai belvedere.UAI, years []belvedere.SchoolYear) error

	Zone *time.Location // of the institutions, UTC when nil
	Now  func() time.Time
	Log  *slog.Logger
}

// A Service is the use cases of person files. It is safe for concurrent use.
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

// Kinds are the declared kinds of person files.
func (s *Service) Kinds() Kinds { return s.Catalog.Kinds }

// Within is Catalog.Within.
func (s *Service) Within(k *Kind, sets [][]belvedere.Within) ([][]Filter, error) {
	return s.Catalog.Within(k, sets)
}

// kind is a declared kind by name.
func (s *Service) kind(name string) (*Kind, error) {
	if k := s.Catalog.Kinds.Kind(name); k != nil {
		return k, nil
	}
	return nil, belvedere.Errorf(belvedere.NotFound, "Il n’y a pas de fichiers de personnes de la sorte «\u00a0%s\u00a0».", name)
}

// open gives the vault of an institution to its staff.
func (s *Service) open(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI) (*vault.Vault, error) {
	if err := board.May(who, uai); err != nil {
		return nil, err
	}
	return s.Vaults.Vault(ctx, uai, false)
}

// MayName tells whether someone may read who the people of person files are: the staff of the institution that has a
// grant of identities for it. Others of its staff bring files, follow them and count.
func MayName(who belvedere.Viewer, uai belvedere.UAI) error {
	if err := board.May(who, uai); err != nil || who.Kind == belvedere.Operator {
		return err
	}
	if _, ok := who.Detail(uai, belvedere.Identities); !ok {
		return belvedere.Errorf(belvedere.Forbidden, "Lire qui sont les personnes de ces fichiers demande une habilitation d’extraction de niveau «\u00a0identités\u00a0» en cours pour cet établissement. Faites une demande d’accès.")
	}
	return nil
}

// openNames gives the vault of an institution to those of its staff who may read names.
func (s *Service) openNames(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI) (*vault.Vault, error) {
	if err := MayName(who, uai); err != nil {
		return nil, err
	}
	return s.open(ctx, who, uai)
}

// mayFollow tells whether someone may read what a deposit or an import says: it quotes what the files hold. Those
// who brought them have them.
func mayFollow(who belvedere.Viewer, uai belvedere.UAI, by string) error {
	if who.Login != "" && by == who.Login {
		return nil
	}
	return MayName(who, uai)
}

// read runs f on a vault as it stands; for an institution without vault f does not run.
func (s *Service) read(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f func(tx *vault.Tx) error) error {
	v, err := s.open(ctx, who, uai)
	if belvedere.KindOf(err) == belvedere.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return v.Read(ctx, f)
}

// local puts an instant of the vault on the clock of the institution.
func (s *Service) local(us int64) time.Time { return vault.Instant(us).In(s.Zone) }

// Package directory is the directory of a school: who is in it, under which identifier, and how
// the accounts reach the right hands.
//
// It promises that nobody is given an identifier that someone else has or had (as long as the vault
// remembers him: erasing or purging someone frees his); that a code of activation is shown once,
// when its letter is printed, opens one account once, for thirty days, and dies when another is
// printed; that no letter leaves while blocking findings stand, unless someone says why; and that
// a household gets one letter.
package directory

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

// Config is what the directory needs; Vaults is required.
type Config struct {
	Vaults board.Vaults
	Zone   *time.Location // of the schools, UTC when nil
	Now    func() time.Time
}

// A Service is the use cases of the directory. Who may is what package board decides.
type Service struct{ Config }

// New makes the use cases.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &Service{c}
}

// open gives the vault of a school to someone who may read it.
func (s *Service) open(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI) (*vault.Vault, error) {
	if err := board.May(who, uai); err != nil {
		return nil, err
	}
	return s.Vaults.Vault(ctx, uai, false)
}

// read runs f on a vault as it stands; for a school without vault f does not run.
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

// write runs f in a transaction on a vault that exists.
func (s *Service) write(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, f func(tx *vault.Tx) error) error {
	v, err := s.open(ctx, who, uai)
	if err != nil {
		return err
	}
	return v.Write(ctx, f)
}

// local puts an instant of the vault on the clock of the school.
func (s *Service) local(us int64) time.Time { return vault.Instant(us).In(s.Zone) }

// The profiles of letters and lists; accounts of staff have finer ones.
const (
	Pupils    = "eleves"
	Guardians = "responsables"
	Staff     = "personnels"
)

// ProfileNames are the French names of the profiles, in order.
var ProfileNames = [][2]string{{Pupils, "Élèves"}, {Guardians, "Responsables"}, {Staff, "Personnels"}}

// sorts are the sorts of people that profiles are made of.
var sorts = map[string]string{Pupils: vault.Pupil, Guardians: vault.Guardian, Staff: vault.Staff}

func checkProfile(profile string) error {
	if sorts[profile] == "" {
		return belvedere.Errorf(belvedere.Invalid, "« %s » n’est pas un profil\u00a0: eleves, responsables ou personnels.", profile)
	}
	return nil
}

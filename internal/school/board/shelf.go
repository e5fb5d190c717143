package board

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Shelf keeps the vaults of an installation open as long as it is. It is safe for concurrent use.
type Shelf struct {
	Dir     string
	Key     func(belvedere.UAI) []byte // of the vault of a school
	Options []vault.Option

	mu     sync.Mutex
	open   map[belvedere.UAI]*vault.Vault
	closed bool
}

// Vault implements Vaults.
func (s *Shelf) Vault(ctx context.Context, uai belvedere.UAI, create bool) (_ *vault.Vault, err error) {
	defer belvedere.Wrap(&err, "Vault(%s)", uai)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errors.New("the shelf is closed")
	}
	if v := s.open[uai]; v != nil {
		return v, nil
	}
	if !create {
		schools, err := vault.List(s.Dir)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(schools, uai) {
			return nil, belvedere.Errorf(belvedere.NotFound, "L’établissement %s n’a pas encore de coffre\u00a0: il est créé au premier dépôt de fichiers.", uai)
		}
	}
	v, err := vault.Open(ctx, s.Dir, uai, s.Key(uai), s.Options...)
	if err != nil {
		return nil, err
	}
	if s.open == nil {
		s.open = map[belvedere.UAI]*vault.Vault{}
	}
	s.open[uai] = v
	return v, nil
}

// List names the schools that have a vault.
func (s *Shelf) List() ([]belvedere.UAI, error) { return vault.List(s.Dir) }

// Restore puts a copy of the vault of a school in its place. It is a Conflict where there is one.
func (s *Shelf) Restore(ctx context.Context, uai belvedere.UAI, copied io.Reader) error {
	return vault.Restore(ctx, s.Dir, uai, s.Key(uai), copied, s.Options...)
}

// Purge forgets in every vault what is kept no longer, and tells how many rows went from each.
// What fails in one leaves the others.
func (s *Shelf) Purge(ctx context.Context, rule vault.Retention) (gone map[belvedere.UAI]int64, err error) {
	schools, err := s.List()
	if err != nil {
		return nil, err
	}
	gone = map[belvedere.UAI]int64{}
	var errs []error
	for _, uai := range schools {
		v, err := s.Vault(ctx, uai, false)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		rows, err := v.Purge(ctx, rule)
		errs = append(errs, err)
		for _, n := range rows {
			gone[uai] += n
		}
	}
	return gone, errors.Join(errs...)
}

// Release closes one vault: the next who asks opens it again. Nobody may be using it.
func (s *Shelf) Release(uai belvedere.UAI) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.open[uai]
	if v == nil {
		return nil
	}
	delete(s.open, uai)
	return v.Close()
}

// Close closes all.
func (s *Shelf) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for uai, v := range s.open {
		errs = append(errs, v.Close())
		delete(s.open, uai)
	}
	return errors.Join(errs...)
}

package board

import (
	"context"
	"errors"
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

package auth

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/registry"
)

// FreeLogin adds a number to a proposed identifier while another account bears it.
func (s *Service) FreeLogin(ctx context.Context, first, last string) (string, error) {
	return s.freeName(ctx, registry.ProposeLogin(first, last))
}

func (s *Service) freeName(ctx context.Context, base string) (string, error) {
	for n := 1; ; n++ {
		login := base
		if n > 1 {
			login += strconv.Itoa(n)
		}
		if taken, err := s.taken(ctx, login, 0); err != nil || !taken {
			return login, err
		}
	}
}

// taken tells whether another account answers to an identifier: as its own, or as its address,
// since people sign in by either.
func (s *Service) taken(ctx context.Context, login string, but int64) (bool, error) {
	for _, find := range []func(context.Context, string) (registry.Account, error){s.Store.AccountByLogin, s.Store.AccountByEmail} {
		a, err := find(ctx, login)
		switch {
		case belvedere.KindOf(err) == belvedere.NotFound:
		case err != nil:
			return false, err
		case a.ID != but:
			return true, nil
		}
	}
	return false, nil
}

// find is who signs in with an identifier or an address; the zero Account is nobody. Both are
// always looked up, so that knowing a name takes no less work than not knowing it.
func (s *Service) find(ctx context.Context, typed string) (registry.Account, error) {
	typed = norm.NFKC.String(strings.TrimSpace(typed))
	if !utf8.ValidString(typed) || utf8.RuneCountInString(typed) > 254 {
		typed = ""
	}
	byLogin, err := s.Store.AccountByLogin(ctx, typed)
	if err != nil && belvedere.KindOf(err) != belvedere.NotFound {
		return registry.Account{}, err
	}
	byEmail, err2 := s.Store.AccountByEmail(ctx, typed)
	if err2 != nil && belvedere.KindOf(err2) != belvedere.NotFound {
		return registry.Account{}, err2
	}
	switch {
	case typed == "":
		return registry.Account{}, nil
	case err == nil:
		return byLogin, nil
	case err2 == nil:
		return byEmail, nil
	}
	return registry.Account{}, nil
}

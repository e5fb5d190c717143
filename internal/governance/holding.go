package governance

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A HoldingForm names someone, as typed.
type HoldingForm struct {
	ID       int64 // 0: a new one
	Duty     string
	School   string // "" for the whole
	Place    string
	Who      string // identifiant of an account, else the name of a person or a service
	From, To string // To may be ""
}

// Name keeps who holds a duty.
func (s *Service) Name(ctx context.Context, v belvedere.Viewer, f HoldingForm) (out registry.Holding, err error) {
	defer belvedere.Wrap(&err, "Name(%s)", f.Duty)
	if err := managing(v); err != nil {
		return out, err
	}
	if _, err := s.duty(ctx, f.Duty); err != nil {
		return out, err
	}
	h := registry.Holding{ID: f.ID, Duty: f.Duty, Place: registry.HoldingPlace(f.Place), By: v.Login, At: s.Now().UTC()}
	if (h.Place == registry.Functional || h.Place == registry.Technical) && f.Duty != Assistance {
		return out, belvedere.Errorf(belvedere.Invalid, "Les correspondants sont ceux de l’assistance.")
	}
	if h.School, err = s.checkSchool(v, strings.TrimSpace(f.School)); err != nil {
		return out, err
	}
	if h.Account, h.Name, err = s.who(ctx, f.Who); err != nil {
		return out, err
	}
	if h.From, h.To, err = s.dates(f.From, f.To); err != nil {
		return out, err
	}
	return s.Registry.PutHolding(ctx, h)
}

// who reads a person: an account by its identifiant, else a name.
func (s *Service) who(ctx context.Context, typed string) (int64, string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0, "", belvedere.Errorf(belvedere.Invalid, "Nommez une personne, par son identifiant, ou un service.")
	}
	account, err := s.Registry.AccountByLogin(ctx, typed)
	switch {
	case err == nil:
		return account.ID, account.Name(), nil
	case belvedere.KindOf(err) != belvedere.NotFound:
		return 0, "", err
	case strings.Contains(typed, "@"):
		return 0, "", belvedere.Errorf(belvedere.Invalid, "Aucun compte n’a l’identifiant «\u00a0%.60s\u00a0».", typed)
	}
	return 0, typed, nil
}

// dates reads the first and last days of something; no first day is today.
func (s *Service) dates(from, to string) (first, last time.Time, err error) {
	first = s.today()
	if from = strings.TrimSpace(from); from != "" {
		if first, err = belvedere.ParseDate(from); err != nil {
			return first, last, belvedere.WrapError(belvedere.Invalid, err, "%v", err)
		}
	}
	if to = strings.TrimSpace(to); to != "" {
		if last, err = belvedere.ParseDate(to); err != nil {
			return first, last, belvedere.WrapError(belvedere.Invalid, err, "%v", err)
		}
	}
	return first, last, nil
}

// EndHolding makes a holding end today, and removes one that has not begun.
func (s *Service) EndHolding(ctx context.Context, v belvedere.Viewer, id int64) (h registry.Holding, err error) {
	defer belvedere.Wrap(&err, "EndHolding(%d)", id)
	if err := managing(v); err != nil {
		return h, err
	}
	list, err := s.Registry.Holdings(ctx)
	if err != nil {
		return h, err
	}
	i := slices.IndexFunc(list, func(h registry.Holding) bool { return h.ID == id })
	if i < 0 || !sees(v, list[i].School) {
		return h, belvedere.Errorf(belvedere.NotFound, "Cette désignation n’existe pas, ou plus.")
	}
	h = list[i]
	if !h.From.Before(s.today()) {
		return h, s.Registry.RemoveHolding(ctx, id)
	}
	h.To, h.By, h.At = s.today().AddDate(0, 0, -1), v.Login, s.Now().UTC()
	return s.Registry.PutHolding(ctx, h)
}

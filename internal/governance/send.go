package governance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// Results of letters, besides why someone cannot be reached.
const (
	sent   = "envoyé"
	failed = "échec"
)

// unreachable says why an account receives nothing, "" when it does.
func unreachable(a registry.Account) string {
	switch {
	case a.State != registry.Active:
		return "compte fermé"
	case a.Email == "" || a.EmailConfirmed.IsZero():
		return "adresse non confirmée"
	}
	return ""
}

// A news is a letter before it is addressed.
type news struct {
	kind   string
	number int64
	slot   string
	mail.GovernanceNews
}

// tell sends a letter to each of some accounts, once for ever by its slot, and says how many it took.
// What is wrong with one does not keep it from the others.
func (s *Service) tell(ctx context.Context, to []registry.Account, n news) (told int, err error) {
	if s.Mail == nil || len(to) == 0 {
		return 0, nil
	}
	before, err := s.Registry.ListLetters(ctx, n.kind, n.number)
	if err != nil {
		return 0, err
	}
	taken := map[int64]bool{}
	for _, l := range before {
		taken[l.Account] = taken[l.Account] || l.Slot == n.slot
	}
	for _, a := range to {
		if taken[a.ID] {
			continue
		}
		taken[a.ID] = true
		l := registry.Letter{Kind: n.kind, Number: n.number, Slot: n.slot, Account: a.ID, Claimed: s.Now().UTC()}
		mine, err := s.Registry.ClaimLetter(ctx, l)
		if err != nil {
			return told, err
		}
		if !mine {
			continue
		}
		told++
		if err := s.post(ctx, a, l, n); err != nil {
			return told, err
		}
	}
	return told, nil
}

// post hands a letter over and notes what comes of it. When too many wait, it waits too.
func (s *Service) post(ctx context.Context, to registry.Account, l registry.Letter, n news) error {
	if why := unreachable(to); why != "" {
		return s.ended(ctx, l, why)
	}
	if s.Journal != nil {
		entry := registry.Entry{At: s.Now().UTC(), Account: to.ID, Login: to.Login, Door: "courrier", Action: Action, Object: fmt.Sprintf("%s %d", n.kind, n.number), Detail: n.Subject}
		if err := door.Keep(ctx, s.Journal, entry, nil, false, 200); err != nil {
			return err
		}
	}
	console := s.Console(ctx)
	what := n.GovernanceNews
	what.Link = console.URL + what.Link
	what.Subject = strings.ReplaceAll(what.Subject, " : ", belvedere.NoBreak+": ")
	m := console.Governance(mail.Person{Name: to.Name(), Address: to.Email, Login: to.Login}, what)
	m.Done = func(err error) {
		result := sent
		if err != nil {
			result = failed
		}
		if err := s.ended(context.WithoutCancel(ctx), l, result); err != nil {
			s.Errors.Error("what came of a letter could not be noted", "kind", l.Kind, "number", l.Number, "err", err)
		}
	}
	for {
		err := s.Mail.Send(ctx, m)
		if belvedere.KindOf(err) != belvedere.Unavailable {
			if err != nil {
				s.Errors.Warn("a letter failed", "kind", l.Kind, "number", l.Number, "err", err)
				return s.ended(ctx, l, failed)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Second):
		}
	}
}

func (s *Service) ended(ctx context.Context, l registry.Letter, result string) error {
	l.Ended, l.Result = s.Now().UTC(), result
	return s.Registry.EndLetter(ctx, l)
}

// Action is the word under which the journal keeps what this room does.
const Action = "gouvernance"

// responsible are the accounts that a duty is reached by: its titulars, else its deputies, else those of
// the steering, else the administrators, so that what must be told is told to someone.
func (s *Service) responsible(ctx context.Context, duty string, school belvedere.UAI) ([]registry.Account, error) {
	for _, one := range []struct {
		duty  string
		place registry.HoldingPlace
	}{{duty, registry.Titular}, {duty, registry.Deputy}} {
		if list, err := s.holders(ctx, one.duty, school, one.place); err != nil || len(list) > 0 {
			return list, err
		}
	}
	return s.steering(ctx)
}

// steering are those of the steering who can be reached, else the administrators.
func (s *Service) steering(ctx context.Context) ([]registry.Account, error) {
	list, err := s.holders(ctx, Steering, "", registry.Titular, registry.Deputy)
	if err != nil || len(list) > 0 {
		return list, err
	}
	return s.administrators(ctx)
}

// administrators are those who can be reached.
func (s *Service) administrators(ctx context.Context) (list []registry.Account, err error) {
	all, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active, Admin: true}, registry.Page{})
	for _, a := range all {
		if unreachable(a) == "" {
			list = append(list, a)
		}
	}
	return list, err
}

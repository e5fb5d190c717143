package auth

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// Lives of links.
const (
	inviteLife = 72 * time.Hour
	resetLife  = 30 * time.Minute
	emailLife  = 24 * time.Hour
	EntryLife  = 15 * time.Minute // of a link that the operator prints, unless he says otherwise
	longEntry  = 7 * 24 * time.Hour
)

// Paths of the pages that links open; the token follows.
const (
	InvitePath = "/invitation/"
	ResetPath  = "/reinitialiser/"
	EmailPath  = "/adresse/"
	EntryPath  = "/entree/"
)

var pathOf = map[registry.LinkKind]string{
	registry.LinkInvite: InvitePath, registry.LinkReset: ResetPath, registry.LinkEmail: EmailPath, registry.LinkEntry: EntryPath,
}

// ErrLink is told of every link that does not open: unknown, used, expired, of another kind.
var ErrLink = belvedere.Errorf(belvedere.NotFound, "Ce lien n’est pas valable, ou plus\u00a0: il a déjà servi, il a expiré ou son adresse est incomplète. Demandez-en un autre.")

// makeLink keeps a link and gives its address. Others of its kind die.
func (s *Service) makeLink(ctx context.Context, kind registry.LinkKind, a registry.Account, data string, life time.Duration) (address string, until time.Time, err error) {
	return s.putLink(ctx, kind, a, data, life, false)
}

// putLink is makeLink; keep lets the others of its kind live.
func (s *Service) putLink(ctx context.Context, kind registry.LinkKind, a registry.Account, data string, life time.Duration, keep bool) (address string, until time.Time, err error) {
	text, hash := token()
	now := s.Now().UTC()
	until = now.Add(life)
	err = s.Store.PutLink(ctx, registry.Link{Hash: hash, Kind: kind, Account: a.ID, Data: data, Created: now, Expires: until}, keep)
	return s.URL + pathOf[kind] + text, until, err
}

// opened reads a link of a kind with its account, whether it may still be used or not.
func (s *Service) opened(ctx context.Context, kind registry.LinkKind, text string) (l registry.Link, a registry.Account, err error) {
	if len(text) != 43 {
		return l, a, ErrLink
	}
	if l, err = s.Store.Link(ctx, hashOf(text), s.Now().UTC()); err != nil {
		return l, a, asLink(err)
	}
	if l.Kind != kind {
		return l, a, ErrLink
	}
	a, err = s.Store.Account(ctx, l.Account)
	return l, a, asLink(err)
}

// asLink gives every "there is none" the same words.
func asLink(err error) error {
	if belvedere.KindOf(err) == belvedere.NotFound {
		return ErrLink
	}
	return err
}

// consume uses a link up: only one of those who come at the same time passes.
func (s *Service) consume(ctx context.Context, l registry.Link) error {
	_, err := s.Store.UseLink(ctx, l.Hash, s.Now().UTC())
	return asLink(err)
}

// Invite sends an account the link by which its owner creates it; former ones die.
func (s *Service) Invite(ctx context.Context, a registry.Account) (err error) {
	defer belvedere.Wrap(&err, "Invite(%d)", a.ID)
	address, until, err := s.invitation(ctx, a, false)
	if err != nil {
		return err
	}
	return s.send(ctx, func(c mail.Console) mail.Message { return c.Invitation(personOf(a), address, until) })
}

// InviteLink makes one more link without sending it, for an operator without mail. The one that
// was sent stays good: whichever is used first creates the account, and the other opens nothing.
func (s *Service) InviteLink(ctx context.Context, a registry.Account) (address string, err error) {
	defer belvedere.Wrap(&err, "InviteLink(%d)", a.ID)
	address, _, err = s.invitation(ctx, a, true)
	return address, err
}

func (s *Service) invitation(ctx context.Context, a registry.Account, keep bool) (string, time.Time, error) {
	if a.State != registry.Invited {
		return "", time.Time{}, belvedere.Errorf(belvedere.Conflict, "Le compte «\u00a0%s\u00a0» est déjà créé\u00a0: envoyez-lui plutôt de quoi choisir un nouveau mot de passe.", a.Login)
	}
	return s.putLink(ctx, registry.LinkInvite, a, "", inviteLife, keep)
}

// EntryLink makes a link that signs an account in once, vouched for by the operator. Life 0 is
// EntryLife; more than a week is refused.
func (s *Service) EntryLink(ctx context.Context, a registry.Account, life time.Duration) (address string, err error) {
	defer belvedere.Wrap(&err, "EntryLink(%d)", a.ID)
	switch {
	case life == 0:
		life = EntryLife
	case life < 0 || life > longEntry:
		return "", belvedere.Errorf(belvedere.Invalid, "Un lien d’entrée vaut sept jours au plus.")
	}
	if a.State != registry.Active {
		return "", belvedere.Errorf(belvedere.Conflict, "Le compte «\u00a0%s\u00a0» n’est pas actif\u00a0: un lien d’entrée n’ouvrirait rien.", a.Login)
	}
	address, _, err = s.makeLink(ctx, registry.LinkEntry, a, "", life)
	return address, err
}

// Entering is the account that an entry link opens, for the page with the button.
func (s *Service) Entering(ctx context.Context, text string) (a registry.Account, err error) {
	defer belvedere.Wrap(&err, "Entering")
	_, a, err = s.opened(ctx, registry.LinkEntry, text)
	if err == nil && a.State != registry.Active {
		err = ErrLink
	}
	return a, err
}

// Enter signs in by an entry link.
func (s *Service) Enter(ctx context.Context, text string, from From) (out Outcome, err error) {
	defer belvedere.Wrap(&err, "Enter")
	l, a, err := s.opened(ctx, registry.LinkEntry, text)
	if err != nil {
		return out, err
	}
	if a.State != registry.Active {
		return out, ErrLink
	}
	if err := s.consume(ctx, l); err != nil {
		return out, err
	}
	out.Account = a
	out.Cookies, err = s.begin(ctx, a, from, true)
	return out, err
}

// mostRequests bounds the links that wait to be sent.
const mostRequests = 256

// A request for a link, by identifier or by address.
type request struct{ login, email string }

// AskReset asks for a link to choose a new password, by identifier or by address, the other
// being "". Whether there is such an account shows in nothing: all the work is done later.
func (s *Service) AskReset(login, email string, from From) error {
	if wait := s.networks.take("oubli " + door.Network(from.Addr)); wait > 0 {
		return &Slow{wait}
	}
	r := request{strings.TrimSpace(login), strings.TrimSpace(email)}
	for _, text := range []string{r.login, r.email} {
		if !utf8.ValidString(text) || utf8.RuneCountInString(text) > 254 {
			return nil
		}
	}
	select {
	case s.requests <- r:
	default:
		s.Log.Warn("too many links are asked for; one was dropped")
	}
	return nil
}

// answer sends the link that was asked for, when there is an account for it.
func (s *Service) answer(ctx context.Context, r request) error {
	var a registry.Account
	var err error
	if r.login != "" {
		a, err = s.Store.AccountByLogin(ctx, r.login)
	} else if r.email != "" {
		a, err = s.Store.AccountByEmail(ctx, r.email)
	}
	if err != nil || a.ID == 0 {
		return unlessMissing(err)
	}
	if a.State != registry.Active || s.letters.enter(s.laneOf("lettre", a, "", From{})) > 0 {
		return nil
	}
	return s.Reset(ctx, a)
}

// Reset sends an account the link by which its owner chooses a new password; nobody else does.
func (s *Service) Reset(ctx context.Context, a registry.Account) (err error) {
	defer belvedere.Wrap(&err, "Reset(%d)", a.ID)
	if a.State != registry.Active {
		return belvedere.Errorf(belvedere.Conflict, "Le compte «\u00a0%s\u00a0» n’est pas actif\u00a0: son mot de passe ne peut pas être réinitialisé.", a.Login)
	}
	address, until, err := s.makeLink(ctx, registry.LinkReset, a, "", resetLife)
	if err != nil {
		return err
	}
	return s.send(ctx, func(c mail.Console) mail.Message { return c.Reset(personOf(a), address, until) })
}

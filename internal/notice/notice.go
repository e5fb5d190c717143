// Package notice tells people of figures without their asking: alerts on indicators, and files
// sent at a rhythm.
//
// It promises that whatever is told is computed for its reader, with the rights of the moment
// at which it is told and through the same path as a page: who set it gives it none. A figure
// that its reader may not see tells nothing, by its value or by its silence. Each slot is taken in
// the registry before its work, so that a crash or a second server never sends twice. What is sent
// stands in the journal first.
package notice

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// Reports answers questions; a report.Reporter is one.
type Reports interface {
	Model() *belvedere.Model
	Build(ctx context.Context, ask report.Ask) (belvedere.Query, error)
	Query(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) (*belvedere.Result, error)
	PageAt(ctx context.Context, viewer belvedere.Viewer, u *url.URL) (*report.PageView, error)
	Edition(ctx context.Context, number int) (belvedere.Edition, error)
}

// Config is what the service needs.
type Config struct {
	Registry registry.Registry
	Reports  func() Reports // nil while another process holds the warehouse
	Model    *belvedere.Model
	Live     func() *belvedere.Model // the catalogue of this moment; nil: Model alone
	// Formula is a saved formula that a viewer may use, as the indicator that it is; nil knows none.
	Formula func(ctx context.Context, v belvedere.Viewer, name string) (*belvedere.Indicator, error)
	// Viewer is an account as the one who asks, with the rights of this moment; Unchanged refuses
	// what was prepared under rights that have changed since.
	Viewer    func(ctx context.Context, a registry.Account) (belvedere.Viewer, error)
	Unchanged func(ctx context.Context, v belvedere.Viewer) error
	Write     func(w io.Writer, format string, r *belvedere.Result, h belvedere.Heading) (contentType, name string, err error)
	Boards    Boards // dashboards; nil sends none
	Mail      mail.Sender
	Console   func(ctx context.Context) mail.Console // what letters say of the console
	Journal   door.Journal
	Zone      *time.Location
	Now       func() time.Time
	Errors    *slog.Logger
}

// Boards are the dashboards, which are sent as pages are.
type Boards interface {
	// Holds tells whether an address is that of a dashboard.
	Holds(path string) bool
	// Title names the dashboard of an address, for a viewer who may open it.
	Title(ctx context.Context, viewer belvedere.Viewer, u *url.URL) (string, error)
	// File writes it with the figures of a viewer.
	File(ctx context.Context, viewer belvedere.Viewer, u *url.URL, format string, into io.Writer) (File, error)
}

func (s *Service) isBoard(u *url.URL) bool { return s.Boards != nil && s.Boards.Holds(u.Path) }

// A Service sets and runs alerts and schedules. It is safe for concurrent use.
type Service struct{ Config }

// model is the catalogue of this moment.
func (s *Service) model() *belvedere.Model {
	if s.Live != nil {
		return s.Live()
	}
	return s.Model
}

// New makes a service.
func New(c Config) *Service { return &Service{c} }

// Run judges the alerts and sends the files that are due. What fails is noted and does not keep the
// others from running.
func (s *Service) Run(ctx context.Context) {
	if s.Reports() == nil {
		return
	}
	if err := s.RunAlerts(ctx); err != nil && ctx.Err() == nil {
		s.Errors.Error("alerts could not be judged", "err", err)
	}
	if err := s.runAsked(ctx); err != nil && ctx.Err() == nil {
		s.Errors.Error("files that were asked for could not be sent", "err", err)
	}
	if err := s.RunSchedules(ctx); err != nil && ctx.Err() == nil {
		s.Errors.Error("scheduled files could not be sent", "err", err)
	}
}

// Forget removes the history from before an instant.
func (s *Service) Forget(ctx context.Context, before time.Time) (int, error) {
	return s.Registry.ForgetWatch(ctx, before)
}

// A refusal is why an account receives nothing, in words that its log keeps.
type refusal string

// The refusals.
const (
	gone        refusal = "compte supprimé"
	closed      refusal = "compte fermé"
	noAddress   refusal = "adresse non confirmée"
	noFactor    refusal = "second facteur absent"
	nothingOpen refusal = "aucun chiffre ouvert"
)

// reader is an account as the one who is told, or why it is told nothing: a closed account, one
// whose address nobody has confirmed, one of an administrator who could not sign in either.
func (s *Service) reader(ctx context.Context, id int64) (registry.Account, belvedere.Viewer, refusal, error) {
	account, err := s.Registry.Account(ctx, id)
	switch {
	case belvedere.KindOf(err) == belvedere.NotFound:
		return account, belvedere.Viewer{}, gone, nil
	case err != nil:
		return account, belvedere.Viewer{}, "", err
	case account.State != registry.Active:
		return account, belvedere.Viewer{}, closed, nil
	case account.Email == "" || account.EmailConfirmed.IsZero():
		return account, belvedere.Viewer{}, noAddress, nil
	case (account.Admin || account.Auditor) && !account.SecondFactor:
		return account, belvedere.Viewer{}, noFactor, nil
	}
	v, err := s.Viewer(ctx, account)
	return account, v, "", err
}

func person(a registry.Account) mail.Person {
	return mail.Person{Name: a.Name(), Address: a.Email, Login: a.Login}
}

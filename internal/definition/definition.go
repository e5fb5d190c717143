// Package definition is what indicators mean and who decides it: new versions are proposed, shown with
// all that they would move, then accepted or refused with a reason; someone answers for each
// indicator; readers ask and are answered. Pages, API and command line come through it.
//
// Nothing here changes a figure that is asked for by its receipt: an accepted version is joined to the
// catalogue, whose version changes with it.
package definition

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// Config is what a Service needs.
type Config struct {
	Registry registry.Registry
	Model    func(ctx context.Context) (*belvedere.Model, error) // with the versions accepted so far
	Reporter func() *report.Reporter                             // nil gives nil beside a server, which holds the warehouse
	Mail     Mail                                                // nil tells nobody
	Delay    int                                                 // days after which a question without answer is late; 10 when 0
	Now      func() time.Time
}

// Mail tells people by letter; nobody waits for it.
type Mail interface {
	DefinitionProposed(ctx context.Context, to registry.Account, p registry.Proposal, label string) error
	DefinitionDecided(ctx context.Context, to registry.Account, p registry.Proposal, label string) error
	DefinitionAsked(ctx context.Context, to registry.Account, q registry.Question, label string) error
}

// A Service is safe for concurrent use.
type Service struct{ Config }

// New makes a Service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Delay == 0 {
		c.Delay = 10
	}
	return &Service{c}
}

// May is what someone may do about an indicator.
type May struct{ Propose, Decide, Answer, Name bool }

// May tells what a viewer may do: administrators and the data officer propose, and so does who answers
// for the indicator; that person and administrators decide and answer; administrators name that person.
func (s *Service) May(v belvedere.Viewer, owner registry.Owner) May {
	admin := v.Admin || v.Kind == belvedere.Operator
	owns := v.Kind == belvedere.AccountViewer && v.ID > 0 && owner.Account == v.ID
	return May{Propose: admin || v.Auditor || owns, Decide: admin || owns, Answer: admin || owns, Name: admin}
}

// rightsOf is May for an indicator by its code.
func (s *Service) rightsOf(ctx context.Context, v belvedere.Viewer, code string) (May, registry.Owner, error) {
	owners, err := s.Registry.Owners(ctx)
	if err != nil {
		return May{}, registry.Owner{}, err
	}
	return s.May(v, owners[code]), owners[code], nil
}

// Indicator finds an indicator with its versions, and the model that it belongs to.
func (s *Service) Indicator(ctx context.Context, code string) (*belvedere.Indicator, *belvedere.Model, error) {
	m, err := s.Model(ctx)
	if err != nil {
		return nil, nil, err
	}
	ind := m.Indicator(code)
	if ind == nil {
		return nil, m, belvedere.Errorf(belvedere.NotFound, "Aucun indicateur ne porte le code «\u00a0%s\u00a0».", code)
	}
	return ind, m, nil
}

// Written is a kept proposal as definitions are declared.
func Written(p registry.Proposal) semantic.Proposal {
	return semantic.Proposal{ID: p.ID, Indicator: p.Indicator, From: p.From, Text: p.Text, Note: p.Note, Value: p.Value, RateLabel: p.RateLabel,
		Num: p.Num, NumLabel: p.NumLabel, Den: p.Den, DenLabel: p.DenLabel, Author: p.By, Reason: p.Reason}
}

// kept is a proposal as the registry keeps it.
func kept(p semantic.Proposal) registry.Proposal {
	trim := strings.TrimSpace
	return registry.Proposal{Indicator: p.Indicator, From: p.From, Text: trim(p.Text), Note: trim(p.Note), Value: trim(p.Value), RateLabel: trim(p.RateLabel),
		Num: trim(p.Num), NumLabel: trim(p.NumLabel), Den: trim(p.Den), DenLabel: trim(p.DenLabel), By: p.Author, Reason: trim(p.Reason)}
}

// Check says what is wrong with a proposal, with places: a semantic.Problems within an Invalid error.
func (s *Service) Check(ctx context.Context, p semantic.Proposal) (*belvedere.Model, error) {
	m, err := s.Model(ctx)
	if err != nil {
		return nil, err
	}
	next, err := semantic.Define(m, p)
	if err != nil {
		return nil, belvedere.WrapError(belvedere.Invalid, err, "La proposition est à corriger :\n%v", err)
	}
	return next, nil
}

// Propose keeps a proposal that is well made, and tells those who decide.
func (s *Service) Propose(ctx context.Context, v belvedere.Viewer, p semantic.Proposal) (out registry.Proposal, err error) {
	defer belvedere.Wrap(&err, "Propose(%s)", p.Indicator)
	may, owner, err := s.rightsOf(ctx, v, p.Indicator)
	if err != nil {
		return out, err
	}
	if !may.Propose {
		return out, belvedere.Errorf(belvedere.Forbidden, "Les administrateurs, la personne déléguée à la protection des données et le responsable de l’indicateur proposent une définition.")
	}
	p.Author, p.ID = v.Login, 0
	model, err := s.Check(ctx, p)
	if err != nil {
		return out, err
	}
	one := kept(p)
	one.At = s.Now().UTC()
	if out, err = s.Registry.AddProposal(ctx, one); err != nil {
		return out, err
	}
	return out, s.tell(ctx, owner, v, func(to registry.Account) error {
		return s.Mail.DefinitionProposed(ctx, to, out, model.Indicator(p.Indicator).Label)
	})
}

// Decide accepts or refuses a proposal. What it moves is computed once more, with the rights of who
// decides, and kept with the decision.
func (s *Service) Decide(ctx context.Context, v belvedere.Viewer, id int64, accept bool, reason string) (out registry.Proposal, err error) {
	defer belvedere.Wrap(&err, "Decide(%d)", id)
	p, err := s.Registry.Proposal(ctx, id)
	if err != nil {
		return p, err
	}
	may, owner, err := s.rightsOf(ctx, v, p.Indicator)
	if err != nil {
		return p, err
	}
	if !may.Decide {
		return p, belvedere.Errorf(belvedere.Forbidden, "Le responsable de l’indicateur et les administrateurs décident d’une définition.")
	}
	d := registry.Decision{ID: id, State: registry.Rejected, Reason: strings.TrimSpace(reason), By: v.Login, At: s.Now().UTC()}
	label := p.Indicator
	if accept {
		d.State = registry.Accepted
		model, err := s.Check(ctx, Written(p))
		if err != nil {
			return p, err
		}
		label = model.Indicator(p.Indicator).Label
	}
	if d.Impact, err = s.words(ctx, v, p); err != nil && accept {
		return p, err
	}
	if out, err = s.Registry.DecideProposal(ctx, d); err != nil {
		return out, err
	}
	return out, s.tell(ctx, owner, v, func(to registry.Account) error { return s.Mail.DefinitionDecided(ctx, to, out, label) })
}

// words are those that sum an impact up; beside a server, which holds the warehouse, there are none.
func (s *Service) words(ctx context.Context, v belvedere.Viewer, p registry.Proposal) (string, error) {
	if s.Reporter == nil || s.Reporter() == nil {
		return "", nil
	}
	impact, err := s.Impact(ctx, v, Written(p))
	if err != nil {
		return "", err
	}
	return impact.Words(), nil
}

// tell writes to who answers for the indicator and to the administrators, besides who acts. The
// deed is done: a letter that cannot be queued does not undo it.
func (s *Service) tell(ctx context.Context, owner registry.Owner, by belvedere.Viewer, write func(registry.Account) error) error {
	if s.Mail == nil {
		return nil
	}
	to, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active, Admin: true}, registry.Page{})
	if err != nil {
		return err
	}
	if owner.Account > 0 {
		account, err := s.Registry.Account(ctx, owner.Account)
		if err == nil && account.State == registry.Active && !account.Admin {
			to = append(to, account)
		}
	}
	for _, account := range to {
		if account.ID == by.ID {
			continue
		}
		if err := write(account); err != nil {
			return fmt.Errorf("letter to account %d: %w", account.ID, err)
		}
	}
	return nil
}

// Accepted are the versions accepted so far, as they are declared.
func Accepted(ctx context.Context, r registry.Registry) ([]semantic.Proposal, error) {
	list, _, err := r.ListProposals(ctx, registry.ProposalFilter{State: registry.Accepted}, registry.Page{})
	if err != nil {
		return nil, err
	}
	out := make([]semantic.Proposal, 0, len(list))
	for _, p := range slices.Backward(list) {
		out = append(out, Written(p))
	}
	return out, nil
}

// IndicatorPath is the address of the page of an indicator.
func IndicatorPath(code string) string { return "/indicateurs/" + code }

// ProposalPath is the address of the page of a proposal.
func ProposalPath(id int64) string { return fmt.Sprintf("/definitions/%d", id) }

package app

import (
	"context"

	"belvedere"
	"belvedere/internal/definition"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// openDefinitions builds the use cases about definitions.
func (a *App) openDefinitions() {
	a.Meanings = definition.New(definition.Config{
		Registry: a.Registry, Model: a.Definitions, Reporter: func() *report.Reporter { return a.Reporter }, Mail: meanings{a}, Now: a.clock(),
	})
}

// meanings writes the letters about definitions.
type meanings struct{ a *App }

func (m meanings) console(ctx context.Context) (mail.Console, error) {
	settings, err := m.a.Registry.Settings(ctx)
	return mail.Console{Territory: settings[registry.SettingTerritoryName], URL: m.a.Auth.URL, Zone: m.a.Config.Location()}, err
}

func (m meanings) send(ctx context.Context, to registry.Account, letter mail.DefinitionNews) error {
	console, err := m.console(ctx)
	if err != nil {
		return err
	}
	letter.Link = m.a.Auth.URL + letter.Link
	return m.a.Mail.Send(ctx, console.Definition(mail.Person{Name: to.Name(), Address: to.Email, Login: to.Login}, letter))
}

func (m meanings) DefinitionProposed(ctx context.Context, to registry.Account, p registry.Proposal, label string) error {
	return m.send(ctx, to, mail.DefinitionNews{Subject: "Une définition est proposée", What: "Une nouvelle définition d’un indicateur attend une décision. Sa page montre les chiffres publiés qu’elle ferait bouger.",
		Indicator: label, By: p.By, From: p.From, Reason: p.Reason, Link: definition.ProposalPath(p.ID)})
}

func (m meanings) DefinitionDecided(ctx context.Context, to registry.Account, p registry.Proposal, label string) error {
	subject, what := "Une définition est refusée", "La définition proposée est refusée : rien ne change."
	if p.State == registry.Accepted {
		subject, what = "Une définition change", "La définition d’un indicateur change à la date d’effet. Les séries portent une marque de rupture, et l’ancienne définition reste calculable."
	}
	return m.send(ctx, to, mail.DefinitionNews{Subject: subject, What: what, Indicator: label, By: p.DecidedBy, From: p.From, Reason: p.Decision, Impact: p.Impact, Link: definition.ProposalPath(p.ID)})
}

func (m meanings) DefinitionAsked(ctx context.Context, to registry.Account, q registry.Question, label string) error {
	return m.send(ctx, to, mail.DefinitionNews{Subject: "Une question sur un indicateur", What: "Quelqu’un demande ce que compte un indicateur, et attend une réponse.",
		Indicator: label, By: q.By, Reason: q.Text, Link: definition.IndicatorPath(q.Indicator) + "#questions"})
}

// AtCommand is the operator of the command line for what needs no figures: rights over them are
// computed where the warehouse is.
func (a *App) AtCommand() belvedere.Viewer {
	if a.Reporter != nil {
		if v, err := a.Operator(context.Background()); err == nil {
			return v
		}
	}
	return belvedere.Viewer{Login: operator.Login, Name: operator.Name(), Kind: belvedere.Operator, Admin: true, Strong: true}
}

// Person is an account by its identifiant, without its rights over figures, for what needs none.
func (a *App) Person(ctx context.Context, login string) (belvedere.Viewer, error) {
	account, err := a.Registry.AccountByLogin(ctx, login)
	if err != nil {
		return belvedere.Viewer{}, err
	}
	if account.State != registry.Active {
		return belvedere.Viewer{}, belvedere.Errorf(belvedere.Forbidden, "le compte %s n’est pas actif", login)
	}
	return a.withGrants(ctx, belvedere.Viewer{ID: account.ID, Login: account.Login, Name: account.Name(), Kind: belvedere.AccountViewer, Admin: account.Admin, Auditor: account.Auditor, Strong: true})
}

package app

import (
	"context"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/audit"
	"belvedere/internal/mail"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// openProcedures reads the declared procedures and builds their use cases.
func (a *App) openProcedures() error {
	sources, err := declarations(a.Config)
	if err != nil {
		return err
	}
	a.Procedures, err = procedure.New(procedure.Config{
		Registry: a.Registry, Sources: sources, Choices: a.choices, Figures: a.figure, Mail: requestLetters{a}, Zone: a.Config.Location(), Now: a.clock(),
		Noted: func(ctx context.Context, object, detail string) { a.note(ctx, audit.Request, object, detail) },
	})
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "les procédures déclarées sont à corriger :\n%v", err)
	}
	return nil
}

// note keeps in the journal what the program did by itself.
func (a *App) note(ctx context.Context, action, object, detail string) {
	err := a.Journal.Record(ctx, registry.Entry{Login: "belvedere", Door: audit.Server, Action: action, Object: object, Result: audit.Done, Detail: detail})
	if err != nil && ctx.Err() == nil {
		a.Log.Error("the journal could not keep what was done", "action", action, "object", object, "err", err)
	}
}

// choices are what references of forms may name.
func (a *App) choices(ctx context.Context, of string) (out []procedure.Option, err error) {
	switch of {
	case "rubrique":
		for _, w := range a.Model.Widgets {
			out = append(out, procedure.Option{Code: w.Code, Label: admin.WidgetLabel(w)})
		}
	case "etablissement":
		schools, err := schoolList{a}.Schools(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range schools {
			out = append(out, procedure.Option{Code: string(s.UAI), Label: s.Name})
		}
	case "membre":
		for _, m := range admin.RequestMembers(a.figures()) {
			out = append(out, procedure.Option{Code: belvedere.WithinText([]belvedere.Within{{Dim: m.Dim.Name, Codes: []string{m.Code}}}), Label: m.Dim.Label + belvedere.NoBreak + ": " + m.Label})
		}
	case "indicateur":
		m, err := a.Definitions(ctx)
		if err != nil {
			return nil, err
		}
		for _, ind := range m.Indicators {
			if len(ind.Members) == 0 {
				out = append(out, procedure.Option{Code: ind.Code, Label: ind.Label})
			}
		}
	}
	return out, nil
}

// figure asks for the example of a request, as anyone asks: with the viewer's rights and the release rules.
func (a *App) figure(ctx context.Context, viewer belvedere.Viewer, indicator string, where []string) (f procedure.Figure, err error) {
	if a.Reporter == nil {
		return f, belvedere.Errorf(belvedere.Unavailable, "les chiffres sont chez le serveur")
	}
	q, err := a.Reporter.Build(ctx, report.Ask{Indicators: []string{indicator}, Where: where, Total: true})
	if err != nil {
		return f, err
	}
	r, err := a.Reporter.Query(ctx, viewer, q)
	if err != nil {
		return f, err
	}
	row := r.Total
	if row == nil && len(r.Rows) == 1 {
		row = &r.Rows[0]
	}
	if row == nil || len(row.Cells) == 0 {
		return procedure.Figure{Text: belvedere.Expected.Word()}, nil
	}
	cell := row.Cells[0]
	if !cell.State.Shown() {
		return procedure.Figure{Text: strings.TrimSpace(cell.State.Word() + ". " + cell.Why)}, nil
	}
	return procedure.Figure{Value: cell.Value, Text: belvedere.FormatNumber(cell.Value, r.Columns[0].Decimals), Known: true}, nil
}

// requestLetters writes the letters about requests.
type requestLetters struct{ a *App }

func (l requestLetters) Request(ctx context.Context, to registry.Account, n procedure.News) error {
	console, err := meanings(l).console(ctx)
	if err != nil {
		return err
	}
	return l.a.Mail.Send(ctx, console.Request(mail.Person{Name: to.Name(), Address: to.Email, Login: to.Login},
		mail.RequestNews{Subject: n.Subject, What: n.What, Facts: n.Facts, Button: n.Button, Link: l.a.Auth.URL + n.Link}))
}

// withGrants is a viewer with the grants in force, for the command line beside a server, which computes
// no rights over figures.
func (a *App) withGrants(ctx context.Context, v belvedere.Viewer) (belvedere.Viewer, error) {
	live, err := a.liveGrants(ctx)
	for _, g := range live[v.ID] {
		if g.Holds(a.clock()()) {
			v.Grants = append(v.Grants, g)
		}
	}
	return v, err
}

package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/app"
	"belvedere/internal/demo"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
)

// makeDemoAccounts makes the eight people of the fictional département, with their groups.
func makeDemoAccounts(e *env, a *app.App) error {
	groups := map[string]int64{}
	for _, g := range demo.Groups() {
		kept, err := a.Registry.PutGroup(e.ctx, registry.Group{Name: g.Name, Rule: g.Rule, Values: g.Values})
		if err != nil {
			return err
		}
		groups[g.Name] = kept.ID
	}
	for _, d := range demo.Accounts() {
		login, err := a.Auth.FreeLogin(e.ctx, d.FirstName, d.LastName)
		if err != nil {
			return err
		}
		now := time.Now().UTC()
		x := registry.Account{Login: login, FirstName: d.FirstName, LastName: d.LastName, Email: d.Email, Function: d.Function,
			State: registry.Active, Place: registry.InTerritory, Admin: d.Admin, Auditor: d.Auditor, AllSchools: d.AllSchools, Schools: d.Schools,
			AllWidgets: d.Widgets == nil, Widgets: d.Widgets, Within: d.Within, Created: now, EmailConfirmed: now}
		if d.InSchool {
			x.Place = registry.InSchool
		}
		for _, g := range d.Groups {
			x.Groups = append(x.Groups, groups[g])
		}
		if x, err = a.Registry.CreateAccount(e.ctx, x); err != nil {
			return err
		}
		for _, g := range d.Grants {
			if _, err := a.Grants.Give(e.ctx, byOperator(), admin.GrantForm{Login: x.Login, Capability: g.Capability, Level: g.Level, Purpose: g.Purpose}); err != nil {
				return err
			}
		}
	}
	return makeDemoRequests(e, a)
}

// makeDemoRequests files what people of the demonstration ask for, through the same service as anyone.
func makeDemoRequests(e *env, a *app.App) error {
	who := func(email string) (belvedere.Viewer, error) {
		x, err := a.Registry.AccountByEmail(e.ctx, email)
		if err != nil {
			return belvedere.Viewer{}, err
		}
		return a.Person(e.ctx, x.Login)
	}
	for _, r := range demo.Requests() {
		by, err := who(r.By)
		if err != nil {
			return err
		}
		values := map[string][]string{"fin": {time.Now().AddDate(1, 0, 0).Format(time.DateOnly)}}
		for name, list := range r.Values {
			if values[name] = list; name == "responsable" {
				manager, err := who(list[0])
				if err != nil {
					return err
				}
				values[name] = []string{manager.Login}
			}
		}
		made, err := a.Procedures.Submit(e.ctx, by, procedure.Submission{Procedure: r.Procedure, Values: values, File: true})
		if err != nil {
			return err
		}
		for _, d := range r.Decisions {
			officer, err := who(d.By)
			if err != nil {
				return err
			}
			if made, err = a.Procedures.Decide(e.ctx, officer, procedure.Decision{ID: made.ID, Version: made.Version, Act: d.Act, Reason: d.Reason, Values: d.Values}); err != nil {
				return err
			}
		}
		for _, v := range r.Votes {
			voter, err := who(v)
			if err != nil {
				return err
			}
			if err := a.Procedures.Vote(e.ctx, voter, made.ID, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// demoLinkLife is how long a printed link of the demonstration waits for its click.
const demoLinkLife = 7 * 24 * time.Hour

// printDemoLinks prints a one-time link for each person of the demonstration that the registry
// still has. Links that were printed before die.
func printDemoLinks(e *env, a *app.App) error {
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	found := false
	for _, d := range demo.Accounts() {
		x, err := a.Registry.AccountByEmail(e.ctx, d.Email)
		if belvedere.KindOf(err) == belvedere.NotFound || (err == nil && x.State != registry.Active) {
			continue
		}
		if err != nil {
			return err
		}
		link, err := a.Auth.EntryLink(e.ctx, x, demoLinkLife)
		if err != nil {
			return err
		}
		if !found {
			fmt.Fprintln(e.out, "\nComptes de la démonstration, un lien à usage unique chacun (« belvedere user link » en donne d’autres)\u00a0:")
			found = true
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", x.Name(), x.Function, link)
	}
	return errors.Join(w.Flush(), printFirstLink(e, a))
}

// printFirstLink prints the link by which the first administrator creates an account, as long as
// the console has none.
func printFirstLink(e *env, a *app.App) error {
	link, err := a.Auth.Bootstrap(e.ctx)
	if err != nil || link == "" {
		return err
	}
	_, err = fmt.Fprintf(e.out, "\nPremier administrateur, créez votre compte\u00a0:\n  %s\n", link)
	return err
}

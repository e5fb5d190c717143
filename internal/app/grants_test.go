package app_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// TestGrantsBiteOnTheNextRequest gives an account of one school and no widget a grant over another,
// and takes it away by each way that there is: each surface answers as the moment says.
func TestGrantsBiteOnTheNextRequest(t *testing.T) {
	unprotected(t)
	first := newHouse(t)
	first.url = serve(t, first.app)
	widget := first.app.Model.Indicator("eleves").Widget
	for _, c := range []struct {
		name    string
		widgets []string // of the account, for the second school
		grant   belvedere.Grant
		before  []int
		during  []int
		end     func(h *house, g registry.Grant) error
	}{
		{"revoked", nil, belvedere.Grant{Widgets: []string{widget}, Schools: first.schools[:1]}, neither, []int{0}, func(h *house, g registry.Grant) error {
			_, err := h.app.Registry.RevokeGrant(h.t.Context(), g.ID, "Claire@MORVAN", "Fin de mission.", h.watch.now())
			return err
		}},
		{"ended by the clock", nil, belvedere.Grant{Widgets: []string{widget}, Schools: first.schools[:1]}, neither, []int{0}, func(h *house, g registry.Grant) error {
			h.watch.pass(5 * time.Minute) // the same day, the same edition, and nothing is written
			return nil
		}},
		{"more widgets for the same schools", nil, belvedere.Grant{Widgets: []string{widget}}, neither, second, func(h *house, g registry.Grant) error {
			_, err := h.app.Registry.RevokeGrant(h.t.Context(), g.ID, "x", "y", h.watch.now())
			return err
		}},
		{"not crossed with the account", []string{widget}, belvedere.Grant{Widgets: []string{"social.discipline"}, Schools: first.schools[:1]}, second, second, func(h *house, g registry.Grant) error { return nil }},
		{"a capability opens no figure", nil, belvedere.Grant{Capability: belvedere.Extractor, Level: belvedere.Identities, AllSchools: true}, neither, neither, func(h *house, g registry.Grant) error { return nil }},
		{"beside the account", []string{widget}, belvedere.Grant{Widgets: []string{widget}, Schools: first.schools[:1]}, second, both, func(h *house, g registry.Grant) error {
			h.watch.pass(5 * time.Minute)
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := first.anew(t, false)
			if err := h.update(func(x *registry.Account) { x.AllWidgets, x.Widgets, x.Schools = false, c.widgets, h.schools[1:] }); err != nil {
				t.Fatal(err)
			}
			h.sees("before", c.before)
			g := registry.Grant{Grant: c.grant, Created: h.watch.now()}
			g.Account, g.Purpose, g.Approver, g.From, g.Until = h.account.ID, "Bilan", "Claire MORVAN", h.watch.now(), h.watch.now().Add(5*time.Minute)
			kept, err := h.app.Registry.CreateGrant(t.Context(), g)
			if err != nil {
				t.Fatal(err)
			}
			h.sees("during", c.during)
			if err := c.end(h, kept); err != nil {
				t.Fatal(err)
			}
			if v, err := h.app.As(t.Context(), h.account.Login); err != nil || len(c.during) > len(c.before) && len(v.Grants) != 0 {
				t.Errorf("grants in force at the end: %v, %v", v.Grants, err)
			}
			h.sees("after", c.before)
		})
	}
}

// sees asks each surface of the account.
func (h *house) sees(when string, want []int) {
	h.t.Helper()
	for _, s := range surfaces {
		if !s.account {
			continue
		}
		if status, body := s.ask(h, ""); status >= http.StatusInternalServerError || !slices.Equal(h.shown(body), want) {
			h.t.Errorf("%s, %s: %d, shows %v, want %v\n%.600s", when, s.name, status, h.shown(body), want, body)
		}
	}
}

// TestUnchangedTellsGrants refuses a file that was prepared under a capability that has ended.
func TestUnchangedTellsGrants(t *testing.T) {
	h := newHouse(t).anew(t, false)
	g, err := h.app.Registry.CreateGrant(t.Context(), registry.Grant{Created: h.watch.now(), Grant: belvedere.Grant{Account: h.account.ID, Capability: belvedere.Extractor,
		Purpose: "Bilan", Approver: "Claire MORVAN", From: h.watch.now(), Until: h.watch.now().Add(time.Hour)}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.app.As(t.Context(), h.account.Login)
	if err != nil || !v.May(belvedere.Extractor) || h.app.Unchanged(t.Context(), v) != nil {
		t.Fatalf("granted: %+v, %v, %v", v.Grants, err, h.app.Unchanged(t.Context(), v))
	}
	if _, err := h.app.Registry.RevokeGrant(t.Context(), g.ID, "x", "y", h.watch.now()); err != nil {
		t.Fatal(err)
	}
	if err := h.app.Unchanged(t.Context(), v); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("revoked: %v", err)
	}
}

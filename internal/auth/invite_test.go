package auth_test

import (
	"errors"
	"testing"

	"belvedere/internal/auth"
	"belvedere/internal/registry"
)

// TestPrintedInvitationLeavesTheSentOne prints a link beside the letter of an invitation: both are
// good until one of them has created the account.
func TestPrintedInvitationLeavesTheSentOne(t *testing.T) {
	for name, first := range map[string]int{"sent": 0, "printed": 1} {
		b := newBench(t)
		a, err := b.Registry.CreateAccount(t.Context(), registry.Account{Login: "Anne@EXEMPLE", FirstName: "Anne", LastName: "EXEMPLE",
			Email: "anne@departement.example", State: registry.Invited, Place: registry.InTerritory, Created: b.clock.now()})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Invite(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		links := []string{tokenOf(b.post.next(t).Text), ""}
		printed, err := b.InviteLink(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		links[1] = tokenOf(printed)
		form := auth.Creation{Login: a.Login, Password: good, Again: good}
		if _, _, err := b.Service.CreateAccount(t.Context(), links[first], form, auth.From{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := b.Service.CreateAccount(t.Context(), links[1-first], form, auth.From{}); !errors.Is(err, auth.ErrLink) {
			t.Errorf("%s: the other link gave %v", name, err)
		}
	}
}

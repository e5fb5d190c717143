package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/registry"
)

func TestInvitation(t *testing.T) {
	b := newBench(t)
	a, err := b.Registry.CreateAccount(t.Context(), registry.Account{Login: "Thomas@DUBOIS", FirstName: "Thomas", LastName: "Dubois",
		Email: "thomas.dubois@collectivite.example", State: registry.Invited, Place: registry.InTerritory, AllWidgets: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Invite(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	m := b.post.next(t)
	text := tokenOf(m.Text)
	if m.To != a.Email || m.Subject != "Inscription à la console territoriale" || text == "" {
		t.Fatalf("%+v", m)
	}
	if got, first, err := b.Invited(t.Context(), text); err != nil || first || got.ID != a.ID {
		t.Errorf("%v %v %v", got, first, err)
	}
	from := b.browser("192.0.2.1").from(t)
	for _, c := range []struct {
		name, field string
		form        auth.Creation
	}{
		{"short", "mot_de_passe", auth.Creation{Login: a.Login, Password: "court", Again: "court"}},
		{"another twice", "confirmation", auth.Creation{Login: a.Login, Password: good, Again: good + "x"}},
		{"space", "identifiant", auth.Creation{Login: "Thomas DUBOIS", Password: good, Again: good}},
		{"sign", "identifiant", auth.Creation{Login: "Thomas/DUBOIS", Password: good, Again: good}},
		{"bidi", "identifiant", auth.Creation{Login: "Thomas\u202eDUBOIS", Password: good, Again: good}},
		{"long", "identifiant", auth.Creation{Login: strings.Repeat("x", 10_000), Password: good, Again: good}},
		{"its name", "mot_de_passe", auth.Creation{Login: a.Login, Password: "Thomas.Dubois.2025", Again: "Thomas.Dubois.2025"}},
		{"the new identifier", "mot_de_passe", auth.Creation{Login: "Zorglub35", Password: "zorglub35zorglub!", Again: "zorglub35zorglub!"}},
	} {
		var faults auth.Faults
		if _, _, err := b.Service.CreateAccount(t.Context(), text, c.form, from); !errors.As(err, &faults) || faults[0].Field != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// What the form of another role might add is not taken: names and address are the administrator's.
	got, _, err := b.Service.CreateAccount(t.Context(), text, auth.Creation{Login: "Tom@DUBOIS", Password: good, Again: good, FirstName: "Pirate", Email: "pirate@exemple.fr"}, from)
	if err != nil || got.State != registry.Active || got.Login != "Tom@DUBOIS" || got.FirstName != "Thomas" || got.Email != a.Email || got.EmailConfirmed.IsZero() {
		t.Fatalf("%+v %v", got, err)
	}
	if m := b.post.next(t); m.Subject != "Console - Inscription terminée" {
		t.Errorf("%s", m.Subject)
	}
	b.browser("192.0.2.1").signIn(t, "tom@dubois", good)
	if _, _, err := b.Service.CreateAccount(t.Context(), text, auth.Creation{Login: "x", Password: good, Again: good}, from); !errors.Is(err, auth.ErrLink) {
		t.Errorf("again: %v", err)
	}
	if err := b.Invite(t.Context(), b.account(t, a.ID)); err == nil {
		t.Error("an active account is invited")
	}
}

func TestTakenIdentifiers(t *testing.T) {
	b := newBench(t)
	b.claire(t)
	a, err := b.Registry.CreateAccount(t.Context(), registry.Account{Login: "neuf", Email: "neuf@departement.example", State: registry.Invited, Place: registry.InTerritory})
	if err != nil {
		t.Fatal(err)
	}
	link, err := b.InviteLink(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{"claire@morvan", "CLAIRE@MORVAN", "claire.morvan@departement.example"} {
		var faults auth.Faults
		_, _, err := b.Service.CreateAccount(t.Context(), tokenOf(link), auth.Creation{Login: login, Password: good, Again: good}, auth.From{})
		if !errors.As(err, &faults) || faults[0].Field != "identifiant" {
			t.Errorf("%s: %v", login, err)
		}
	}
}

// TestLinksOpenOnceAndNothingElse tries links that are forged, of another kind, used or expired:
// one error, whatever the reason.
func TestLinksOpenOnceAndNothingElse(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	a := b.claire(t)
	if err := b.Reset(ctx, a); err != nil {
		t.Fatal(err)
	}
	reset := tokenOf(b.post.next(t).Text)
	entryLink, err := b.EntryLink(ctx, a, 0)
	if err != nil {
		t.Fatal(err)
	}
	entry := tokenOf(entryLink)
	w := b.browser("192.0.2.1")
	from := w.from(t)
	doors := map[string]func(text string) error{
		"invitation": func(text string) error {
			_, _, err := b.Service.CreateAccount(ctx, text, auth.Creation{Login: "x", Password: good, Again: good}, from)
			return err
		},
		"reset":   func(text string) error { _, _, err := b.FinishReset(ctx, text, good, good, from); return err },
		"address": func(text string) error { _, _, err := b.ConfirmEmail(ctx, text, from); return err },
		"entry":   func(text string) error { _, err := b.Enter(ctx, text, from); return err },
		"invited": func(text string) error { _, _, err := b.Invited(ctx, text); return err },
	}
	own := map[string]string{"reset": reset, "entry": entry}
	for name, door := range doors {
		for _, text := range []string{"", "x", strings.Repeat("A", 43), reset, entry, reset + "A", reset[:42], strings.ToLower(reset), "../" + reset, "\x00", strings.Repeat("A", 100_000)} {
			if text == own[name] {
				continue
			}
			if err := door(text); !errors.Is(err, auth.ErrLink) || belvedere.Message(err) != belvedere.Message(auth.ErrLink) {
				t.Errorf("%s with %.50q: %v", name, text, err)
			}
		}
	}
	if err := doors["entry"](entry); err != nil {
		t.Errorf("entry: %v", err)
	}
	if err := doors["entry"](entry); !errors.Is(err, auth.ErrLink) {
		t.Errorf("entry again: %v", err)
	}
	b.clock.pass(30*time.Minute - time.Second)
	if _, err := b.Resetting(ctx, reset); err != nil {
		t.Errorf("just in time: %v", err)
	}
	b.clock.pass(time.Second)
	if err := doors["reset"](reset); !errors.Is(err, auth.ErrLink) {
		t.Errorf("too late: %v", err)
	}
}

func TestALinkServesOneOfMany(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	for name, round := range map[string]func(text string) error{
		"entry": func(text string) error { _, err := b.Enter(context.Background(), text, auth.From{}); return err },
		"reset": func(text string) error {
			_, _, err := b.FinishReset(context.Background(), text, good, good, auth.From{})
			return err
		},
	} {
		link, err := b.EntryLink(t.Context(), a, 0)
		if name == "reset" {
			err = b.Reset(t.Context(), a)
			link = b.post.next(t).Text
		}
		if err != nil {
			t.Fatal(err)
		}
		var passed atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				err := round(tokenOf(link))
				if err == nil {
					passed.Add(1)
				} else if !errors.Is(err, auth.ErrLink) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if passed.Load() != 1 {
			t.Errorf("%s: %d passed", name, passed.Load())
		}
	}
}

func TestReset(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go b.Run(ctx)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	w.signIn(t, a.Login, good)
	_, codes := w.enrol(t)
	b.post.next(t)
	if err := b.AskReset("", "CLAIRE.morvan@departement.example", w.from(t)); err != nil {
		t.Fatal(err)
	}
	m := b.post.next(t)
	text := tokenOf(m.Text)
	if m.Subject != "Console Collectivité - Réinitialiser votre mot de passe" || !strings.Contains(m.Text, a.Login) || text == "" {
		t.Fatalf("%+v", m)
	}
	const next = "quatre parapluies bancals et un tuba"
	var faults auth.Faults
	if _, _, err := b.FinishReset(ctx, text, "Claire.Morvan.35!", "Claire.Morvan.35!", w.from(t)); !errors.As(err, &faults) {
		t.Errorf("%v", err)
	}
	if _, _, err := b.FinishReset(ctx, text, next, next, w.from(t)); err != nil {
		t.Fatal(err)
	}
	if m := b.post.next(t); !strings.Contains(m.Text, "mot de passe a été changé") {
		t.Errorf("%s", m.Text)
	}
	if _, _, ok := w.in(t); ok {
		t.Error("the session outlives the reset")
	}
	if _, err := b.SignIn(ctx, a.Login, good, w.from(t)); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("the old password: %v", err)
	}
	if out := w.signIn(t, a.Login, next); !out.Code {
		t.Error("the reset went round the second factor")
	}
	if out, err := b.Code(ctx, codes[0], w.from(t)); err != nil || len(out.Cookies) == 0 {
		t.Errorf("%v", err)
	}
}

// TestResetTellsNothing asks for accounts that are locked, invited or unknown: no letter leaves.
func TestResetTellsNothing(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a := b.claire(t)
	locked, err := b.Lock(t.Context(), b.claire(t, func(a *registry.Account) { a.Login, a.Email = "ferme", "ferme@departement.example" }))
	if err != nil {
		t.Fatal(err)
	}
	invited, err := b.Registry.CreateAccount(t.Context(), registry.Account{Login: "invite", Email: "i@departement.example", State: registry.Invited, Place: registry.InTerritory})
	if err != nil {
		t.Fatal(err)
	}
	from := b.browser("192.0.2.1").from(t)
	for _, name := range []string{locked.Login, invited.Login, "personne", "", strings.Repeat("x", 100_000), "a\r\nBcc: b@c.fr", "\xff"} {
		if err := b.AskReset(name, "", from); err != nil {
			t.Errorf("%.30q: %v", name, err)
		}
	}
	for range 5 { // one letter, however often it is asked for
		if err := b.AskReset(a.Login, "", from); err != nil {
			t.Error(err)
		}
	}
	go b.Run(ctx)
	for range 4 { // free letters of the lane; each kills the link before
		if m := b.post.next(t); m.To != a.Email {
			t.Errorf("a letter went to %s", m.To)
		}
	}
	if err := b.Reset(ctx, locked); err == nil {
		t.Error("an administrator resets a locked account")
	}
	for range 1000 {
		if err := b.AskReset(a.Login, "", b.browser("192.0.2.1").from(t)); errors.As(err, new(*auth.Slow)) {
			return
		}
	}
	t.Error("one network asks without end")
}

func TestNewAddress(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	a := b.claire(t)
	other := b.claire(t, func(a *registry.Account) { a.Login, a.Email = "autre", "autre@departement.example" })
	w := b.browser("192.0.2.1")
	w.signIn(t, a.Login, good)
	n, in, _ := w.in(t)
	for _, bad := range []string{"", "x", "a b@c.fr", "a@b.fr\r\nBcc: c@d.fr", "Claire <a@b.fr>", "a@b.fr,c@d.fr", strings.Repeat("a", 10_000) + "@b.fr", "a\u202e@b.fr"} {
		var faults auth.Faults
		if err := b.AskEmail(ctx, in, n, bad, "", w.from(t)); !errors.As(err, &faults) || faults[0].Field != "mel" {
			t.Errorf("%.30q: %v", bad, err)
		}
	}
	if err := b.AskEmail(ctx, in, n, other.Email, "", w.from(t)); err != nil {
		t.Errorf("a taken address tells so: %v", err)
	}
	b.post.none(t)
	if err := b.AskEmail(ctx, in, n, "claire@nouvelle.example", "", w.from(t)); err != nil {
		t.Fatal(err)
	}
	m := b.post.next(t)
	if m.To != "claire@nouvelle.example" {
		t.Fatalf("%+v", m)
	}
	if got := b.account(t, a.ID); got.Email != a.Email {
		t.Error("changed before it was confirmed")
	}
	if _, email, err := b.Confirming(ctx, tokenOf(m.Text)); err != nil || email != "claire@nouvelle.example" {
		t.Errorf("%s %v", email, err)
	}
	if _, after, err := b.ConfirmEmail(ctx, tokenOf(m.Text), w.from(t)); err != nil || after.Email != "claire@nouvelle.example" {
		t.Fatalf("%+v %v", after, err)
	}
	if m := b.post.next(t); m.To != a.Email {
		t.Errorf("the notice went to %s", m.To)
	}
	if _, _, err := b.ConfirmEmail(ctx, tokenOf(m.Text), w.from(t)); !errors.Is(err, auth.ErrLink) {
		t.Errorf("again: %v", err)
	}
}

func TestFirstAdministrator(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	lost, err := b.Bootstrap(ctx)
	if err != nil || tokenOf(lost) == "" {
		t.Fatal(lost, err)
	}
	link, err := b.Bootstrap(ctx)
	if err != nil || link == lost {
		t.Fatal(link, err)
	}
	if _, _, err := b.Invited(ctx, tokenOf(lost)); !errors.Is(err, auth.ErrLink) {
		t.Errorf("the first of two links: %v", err)
	}
	if _, n, err := b.ListAccounts(ctx, registry.AccountFilter{}, registry.Page{}); err != nil || n != 1 {
		t.Errorf("%d accounts wait, %v", n, err)
	}
	if _, first, err := b.Invited(ctx, tokenOf(link)); err != nil || !first {
		t.Fatal(first, err)
	}
	form := auth.Creation{Login: "Chef@DUBOIS", Password: good, Again: good, FirstName: "Anne", LastName: "Dubois", Email: "anne.dubois@collectivite.example"}
	var faults auth.Faults
	bad := form
	bad.FirstName, bad.LastName, bad.Email = " ", "Du\u202ebois", "x"
	if _, _, err := b.Service.CreateAccount(ctx, tokenOf(link), bad, auth.From{}); !errors.As(err, &faults) || len(faults) != 3 {
		t.Errorf("%v", err)
	}
	var made atomic.Int64
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if _, _, err := b.Service.CreateAccount(context.Background(), tokenOf(link), form, auth.From{}); err == nil {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Fatalf("%d administrators were made", made.Load())
	}
	if again, err := b.Bootstrap(ctx); err != nil || again != "" {
		t.Errorf("%q %v", again, err)
	}
	// One that still waits, since the administrator came by other ways, is forgotten.
	if _, err := b.Store.CreateAccount(ctx, registry.Account{Login: "administrateur", State: registry.Invited, Place: registry.InTerritory, Admin: true, AllSchools: true, AllWidgets: true}); err != nil {
		t.Fatal(err)
	}
	if again, err := b.Bootstrap(ctx); err != nil || again != "" {
		t.Errorf("%q %v", again, err)
	}
	if list, n, err := b.ListAccounts(ctx, registry.AccountFilter{}, registry.Page{}); err != nil || n != 1 || list[0].Email == "" {
		t.Errorf("%+v, %v", list, err)
	}
	w := b.browser("192.0.2.1")
	w.signIn(t, "chef@dubois", good)
	if n, a, ok := w.in(t); !ok || !a.Admin || n.Strong || !a.EmailConfirmed.IsZero() {
		t.Errorf("%+v %+v", n, a)
	}
	b.post.next(t) // the account is ready
	if _, after, err := b.ConfirmEmail(ctx, tokenOf(b.post.next(t).Text), auth.From{}); err != nil || after.EmailConfirmed.IsZero() {
		t.Errorf("%+v %v", after, err)
	}
}

func TestEntryLinks(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	admin := b.claire(t, func(a *registry.Account) { a.Admin = true })
	if _, err := b.EntryLink(ctx, admin, 7*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := b.EntryLink(ctx, admin, 8*24*time.Hour); err == nil {
		t.Error("a link for eight days")
	}
	link, err := b.EntryLink(ctx, admin, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := b.browser("192.0.2.1")
	if a, err := b.Entering(ctx, tokenOf(link)); err != nil || a.ID != admin.ID {
		t.Errorf("%v %v", a, err)
	}
	out, err := b.Enter(ctx, tokenOf(link), w.from(t))
	if err != nil {
		t.Fatal(err)
	}
	w.keep(out.Cookies)
	if n, _, ok := w.in(t); !ok || !n.Strong {
		t.Errorf("%+v %v", n, ok)
	}
	other := b.claire(t, func(a *registry.Account) { a.Login, a.Email = "autre", "autre@departement.example" })
	link, _ = b.EntryLink(ctx, other, 0)
	if _, err := b.Lock(ctx, other); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Enter(ctx, tokenOf(link), w.from(t)); !errors.Is(err, auth.ErrLink) {
		t.Errorf("locked: %v", err)
	}
	if _, err := b.EntryLink(ctx, b.account(t, other.ID), 0); err == nil {
		t.Error("a link for a locked account")
	}
}

package admin_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

func TestAgreementFormsAreChecked(t *testing.T) {
	o := newBureau(t)
	o.account(t, registry.Account{Login: "Claire@MORVAN", Email: "claire@sarvane.example"})
	long := strings.Repeat("a", 201)
	for name, c := range map[string]struct {
		change func(*admin.AgreementForm)
		want   []string
	}{
		"right":            {func(f *admin.AgreementForm) {}, nil},
		"collective":       {func(f *admin.AgreementForm) { f.Collective, f.School, f.AllThemes = true, "", true }, nil},
		"ranges":           {func(f *admin.AgreementForm) { f.Themes, f.Indicators = nil, []string{"1-3", "7"} }, nil},
		"labels of themes": {func(f *admin.AgreementForm) { f.Themes = []string{"moyens generaux", "VIE SCOLAIRE"} }, nil},
		"named recipient": {func(f *admin.AgreementForm) {
			f.Extended, f.Recipients = []string{"31"}, []string{"claire@morvan", "CLAIRE@sarvane.example"}
		}, nil},
		"no school":               {func(f *admin.AgreementForm) { f.School = " " }, []string{"etablissement"}},
		"check letter":            {func(f *admin.AgreementForm) { f.School = "0990001A" }, []string{"etablissement"}},
		"no start":                {func(f *admin.AgreementForm) { f.From = "" }, []string{"debut"}},
		"impossible date":         {func(f *admin.AgreementForm) { f.From = "31/02/2026" }, []string{"debut"}},
		"end before start":        {func(f *admin.AgreementForm) { f.LastDay = "31/08/2026" }, []string{"fin"}},
		"unknown theme":           {func(f *admin.AgreementForm) { f.Themes = []string{"sport"} }, []string{"themes"}},
		"nothing shared":          {func(f *admin.AgreementForm) { f.Themes = nil }, []string{"themes"}},
		"indicator 81":            {func(f *admin.AgreementForm) { f.Indicators = []string{"81"} }, []string{"indicateurs"}},
		"range without end":       {func(f *admin.AgreementForm) { f.Indicators = []string{"1-999999999999"} }, []string{"indicateurs"}},
		"kept indicator shared":   {func(f *admin.AgreementForm) { f.Indicators = []string{"31"} }, []string{"indicateurs"}},
		"open indicator extended": {func(f *admin.AgreementForm) { f.Extended = []string{"33"} }, []string{"etendus"}},
		"collective and extended": {func(f *admin.AgreementForm) { f.Collective, f.Extended = true, []string{"31"} }, []string{"etendus"}},
		"unknown recipient": {func(f *admin.AgreementForm) {
			f.Extended, f.Recipients = []string{"31"}, []string{"paul@nobody.example"}
		}, []string{"destinataires"}},
		"recipients for nothing":   {func(f *admin.AgreementForm) { f.Recipients = []string{"Claire@MORVAN"} }, []string{"destinataires"}},
		"no basis":                 {func(f *admin.AgreementForm) { f.Basis = "" }, []string{"base"}},
		"long reference":           {func(f *admin.AgreementForm) { f.Reference = long }, []string{"reference"}},
		"bidi in the reference":    {func(f *admin.AgreementForm) { f.Reference = "CONV\u202e1" }, []string{"reference"}},
		"line break in the basis":  {func(f *admin.AgreementForm) { f.Basis = "a\nb" }, []string{"base"}},
		"bytes that are no text":   {func(f *admin.AgreementForm) { f.Basis = "a\xff" }, []string{"base"}},
		"all mistakes at once":     {func(f *admin.AgreementForm) { f.School, f.From, f.Basis = "x", "x", "" }, []string{"etablissement", "debut", "base"}},
		"a book of wrong numbers":  {func(f *admin.AgreementForm) { f.Indicators = slices.Repeat([]string{"x"}, 5000) }, slices.Repeat([]string{"indicateurs"}, 100)},
		"a kept one by its number": {func(f *admin.AgreementForm) { f.Themes, f.Extended = nil, []string{"28-32"} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := o.agreements.Propose(context.Background(), form(c.change))
			if got := fields(err); !reflect.DeepEqual(got, c.want) || (err != nil && belvedere.KindOf(err) != belvedere.Invalid) {
				t.Errorf("flaws in %v, want %v (%v)", got, c.want, err)
			}
		})
	}
}

func TestProposalSaysWhatItOpens(t *testing.T) {
	o := newBureau(t)
	f := form(func(f *admin.AgreementForm) {
		f.Themes, f.Indicators, f.Extended, f.LastDay = []string{"social"}, []string{"1"}, []string{"31"}, "2027-08-31"
	})
	p, err := o.agreements.Propose(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	// Theme social holds 21 to 40, of which six are kept for schools.
	if len(p.Shares.Shared) != 15 || len(p.Shares.Extended) != 1 || p.Shares.Count() != 16 || p.Shares.Of != 80 {
		t.Errorf("shares %d + %d of %d", len(p.Shares.Shared), len(p.Shares.Extended), p.Shares.Of)
	}
	if !p.Agreement.To.Equal(belvedere.Date(2027, 9, 1)) || p.State != admin.InForce || p.Name != "Collège Jacques Prévert" {
		t.Errorf("to %v, state %v, name %q", p.Agreement.To, p.State, p.Name)
	}
	unknown, err := o.agreements.Propose(context.Background(), form(func(f *admin.AgreementForm) { f.School = string(unlistedSchool) }))
	if err != nil || len(unknown.Warnings) != 1 || unknown.Warnings[0].Field != "etablissement" {
		t.Errorf("a school outside the register must be a warning: %v, %v", unknown.Warnings, err)
	}
}

func TestSavedAgreementIsFormAgain(t *testing.T) {
	o := newBureau(t)
	first := o.put(t, form(func(f *admin.AgreementForm) { f.LastDay = "31/08/2027" }))
	f := admin.AgreementFormOf(first)
	if f.LastDay != "2027-08-31" || f.Version != 1 || f.ID != first.ID {
		t.Fatalf("form %+v", f)
	}
	p, err := o.agreements.Propose(context.Background(), f)
	if err != nil || len(p.Changes) != 0 {
		t.Fatalf("the form of what is kept changes nothing: %v, %v", p.Changes, err)
	}
	f.LastDay = "2028-08-31"
	p, err = o.agreements.Propose(context.Background(), f)
	if err != nil || len(p.Changes) != 1 || plain(p.Changes[0]) != "dernier jour : 31/08/2027 → 31/08/2028" {
		t.Fatalf("changes %q, %v", p.Changes, err)
	}
}

func TestTwoAdministratorsOnOneAgreement(t *testing.T) {
	o := newBureau(t)
	ctx := context.Background()
	first := o.put(t, form())
	mine, theirs := admin.AgreementFormOf(first), admin.AgreementFormOf(first)
	mine.Basis, theirs.Basis = "Mission d’intérêt public", "Obligation légale"
	o.put(t, theirs)
	p, err := o.agreements.Propose(ctx, mine)
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.agreements.Save(ctx, p)
	wantError(t, err, belvedere.Conflict, "")
	kept, err := o.registry.Agreement(ctx, first.ID)
	if err != nil || kept.Basis != "Obligation légale" {
		t.Errorf("kept %q, %v: the first to save must stay", kept.Basis, err)
	}
}

func TestNewAgreementNeverReplacesAnother(t *testing.T) {
	o := newBureau(t)
	ctx := context.Background()
	o.put(t, form())
	other := form(func(f *admin.AgreementForm) { f.Themes = []string{"social"} })
	_, err := o.agreements.Propose(ctx, other)
	if got := fields(err); !slices.Equal(got, []string{"reference"}) {
		t.Fatalf("flaws %v, %v", got, err)
	}
	// Neither when both were proposed before either was saved.
	o2 := newBureau(t)
	one, err1 := o2.agreements.Propose(ctx, form())
	two, err2 := o2.agreements.Propose(ctx, other)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if _, err := o2.agreements.Save(ctx, one); err != nil {
		t.Fatal(err)
	}
	_, err = o2.agreements.Save(ctx, two)
	wantError(t, err, belvedere.Invalid, "modifiez-la")
}

func TestWithdrawAndDelete(t *testing.T) {
	o := newBureau(t)
	ctx := context.Background()
	running, coming := o.put(t, form()), o.put(t, form(func(f *admin.AgreementForm) { f.From = "2027-09-01" }))
	today := o.put(t, form(func(f *admin.AgreementForm) { f.From = "2026-11-27" }))
	for _, id := range []int64{running.ID, today.ID} {
		wantError(t, o.agreements.Delete(ctx, id), belvedere.Conflict, "déjà été en vigueur")
	}
	if err := o.agreements.Delete(ctx, coming.ID); err != nil {
		t.Fatal(err)
	}
	wantError(t, o.agreements.Delete(ctx, coming.ID), belvedere.NotFound, "")
	for range 2 {
		if err := o.agreements.Withdraw(ctx, running.ID); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, o.agreements.Delete(ctx, running.ID), belvedere.Conflict, "déjà été en vigueur")
	line, err := o.agreements.Agreement(ctx, running.ID)
	if err != nil || line.State != admin.Withdrawn || !line.Revoked.Equal(o.now) {
		t.Errorf("state %v, revoked %v, %v", line.State, line.Revoked, err)
	}
	f := admin.AgreementFormOf(running)
	f.LastDay = "2030-08-31"
	_, err = o.agreements.Propose(ctx, f)
	wantError(t, err, belvedere.Conflict, "retirée")
}

func TestListOfAgreements(t *testing.T) {
	o := newBureau(t)
	ctx := context.Background()
	o.put(t, form())
	o.put(t, form(func(f *admin.AgreementForm) { f.School, f.From, f.LastDay = string(jaures), "2025-09-01", "2026-11-27" }))
	o.put(t, form(func(f *admin.AgreementForm) { f.School, f.From, f.LastDay = string(camus), "2025-09-01", "2026-11-26" }))
	o.put(t, form(func(f *admin.AgreementForm) { f.School, f.From = string(camus), "2026-12-01" }))
	list, err := o.agreements.List(ctx, admin.AgreementSearch{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[admin.AgreementState]int{admin.InForce: 2, admin.EndingSoon: 1, admin.Ended: 1, admin.Coming: 1}
	if !reflect.DeepEqual(list.Counts, want) || len(list.Lines) != 4 || list.Collective {
		t.Errorf("counts %v, lines %d", list.Counts, len(list.Lines))
	}
	if len(list.Nothing) != 1 || list.Nothing[0].UAI != camus {
		t.Errorf("shares nothing: %v", list.Nothing)
	}
	for text, n := range map[string]int{"prevert": 1, "camus college": 2, "conv-1": 4, "consentement jaures": 1, "0990003r": 2, "rien": 0} {
		found, err := o.agreements.List(ctx, admin.AgreementSearch{Text: text})
		if err != nil || len(found.Lines) != n {
			t.Errorf("%q found %d, %v", text, len(found.Lines), err)
		}
	}
	soon, err := o.agreements.List(ctx, admin.AgreementSearch{State: admin.EndingSoon})
	if err != nil || len(soon.Lines) != 1 || soon.Lines[0].School != jaures {
		t.Errorf("ends soon: %v, %v", soon.Lines, err)
	}
	o.put(t, form(func(f *admin.AgreementForm) { f.Collective, f.School = true, "" }))
	if list, err = o.agreements.List(ctx, admin.AgreementSearch{}); err != nil || !list.Collective || len(list.Nothing) != 0 || list.Lines[0].Name != "Tous les établissements" {
		t.Errorf("with a collective one: %+v, %v", list.Collective, err)
	}
}

func TestReminderIsSentOnce(t *testing.T) {
	o := newBureau(t)
	ctx := context.Background()
	ending := func(f *admin.AgreementForm) { f.LastDay = "2027-01-25" } // 60 days from the 27th of November
	soon := o.put(t, form(ending))
	o.put(t, form(func(f *admin.AgreementForm) { f.School, f.LastDay = string(jaures), "2027-01-26" }))
	o.put(t, form(func(f *admin.AgreementForm) { f.School = string(camus) }))
	if n, err := o.agreements.Remind(ctx); n != 0 || err != nil {
		t.Fatalf("nobody is there to be told: %d, %v", n, err)
	}
	o.account(t, registry.Account{Login: "a", Email: "a@sarvane.example", Admin: true})
	o.account(t, registry.Account{Login: "b", Email: "b@sarvane.example", Admin: true, State: registry.Locked})
	o.account(t, registry.Account{Login: "c", Email: "c@sarvane.example"})
	o.mails.fail = errors.New("no room in the queue")
	if _, err := o.agreements.Remind(ctx); err == nil {
		t.Fatal("a mail that cannot be queued must be an error")
	}
	o.mails.fail = nil
	for want := range 2 {
		n, err := o.agreements.Remind(ctx)
		if n != 1-want || err != nil {
			t.Fatalf("reminded %d, %v", n, err)
		}
	}
	if !slices.Equal(o.mails.to, []string{"a@sarvane.example"}) || len(o.mails.last) != 1 || o.mails.last[0].ID != soon.ID {
		t.Errorf("told %v about %v", o.mails.to, o.mails.last)
	}
	// A later end has a reminder of its own.
	kept, err := o.registry.Agreement(ctx, soon.ID)
	if err != nil {
		t.Fatal(err)
	}
	f := admin.AgreementFormOf(kept)
	f.LastDay = "2027-01-20"
	o.put(t, f)
	if n, err := o.agreements.Remind(ctx); n != 1 || err != nil {
		t.Errorf("after a change of the end: %d, %v", n, err)
	}
	if err := o.registry.PutSettings(ctx, map[string]string{registry.SettingReminderDays: "90"}); err != nil {
		t.Fatal(err)
	}
	if n, err := o.agreements.Remind(ctx); n != 1 || err != nil {
		t.Errorf("with 90 days: %d, %v", n, err)
	}
}

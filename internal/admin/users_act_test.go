package admin_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

func TestNobodyLocksDeletesOrLowersOneself(t *testing.T) {
	o := newOffice(t, 1)
	o.activate(t, o.hire(t, "Marc", "Petit", func(f *admin.UserForm) { f.Admin = true }))
	f := admin.FormOf(o.boss)
	f.Admin = false
	_, _, err := o.Update(t.Context(), o.by, o.boss.ID, f)
	wantKind(t, err, belvedere.Invalid)
	_, _, err = o.Lock(t.Context(), o.by, o.boss.ID)
	wantKind(t, err, belvedere.Forbidden)
	_, err = o.Delete(t.Context(), o.by, o.boss.ID, 0)
	wantKind(t, err, belvedere.Forbidden)
	_, err = o.ResetSecondFactor(t.Context(), o.by, o.boss.ID)
	wantKind(t, err, belvedere.Forbidden)
	if kept, _ := o.reg.Account(t.Context(), o.boss.ID); !kept.Admin || kept.State != registry.Active {
		t.Errorf("changed: %+v", kept)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	o := newOffice(t, 1)
	operator := belvedere.Viewer{Kind: belvedere.Operator, Admin: true}
	_, _, err := o.Lock(t.Context(), operator, o.boss.ID)
	wantKind(t, err, belvedere.Conflict)
	_, err = o.Delete(t.Context(), operator, o.boss.ID, 0)
	wantKind(t, err, belvedere.Conflict)
	f := admin.FormOf(o.boss)
	f.Admin = false
	_, _, err = o.Update(t.Context(), operator, o.boss.ID, f)
	wantKind(t, err, belvedere.Conflict)
	var stale *admin.Stale
	if errors.As(err, &stale) {
		t.Error("told as a change by someone else")
	}
	if len(o.post.sent) != 0 {
		t.Errorf("half done: %v", o.post.sent)
	}
}

func TestLockUnlockDelete(t *testing.T) {
	o := newOffice(t, 1)
	a := o.activate(t, o.hire(t, "Marc", "Petit"))
	o.post.sent = nil
	if _, after, err := o.Lock(t.Context(), o.by, a.ID); err != nil || after.State != registry.Locked {
		t.Fatalf("lock: %+v, %v", after, err)
	}
	if _, _, err := o.Lock(t.Context(), o.by, a.ID); err != nil {
		t.Errorf("again: %v", err)
	}
	_, err := o.StartReset(t.Context(), a.ID)
	wantKind(t, err, belvedere.Conflict)
	if _, after, err := o.Unlock(t.Context(), a.ID); err != nil || after.State != registry.Active {
		t.Errorf("unlock: %+v, %v", after, err)
	}
	if _, err := o.Delete(t.Context(), o.by, a.ID, a.Version); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("delete of a former version: %v", err)
	}
	if _, err := o.Delete(t.Context(), o.by, a.ID, 0); err != nil {
		t.Fatal(err)
	}
	_, err = o.User(t.Context(), o.by, a.ID)
	wantKind(t, err, belvedere.NotFound)
	if want := []string{"end Marc@PETIT", "end Marc@PETIT", "end Marc@PETIT"}; !slices.Equal(o.post.sent, want) {
		t.Errorf("sent %v, want %v", o.post.sent, want)
	}
}

func TestUnlockOfWhoNeverCame(t *testing.T) {
	o := newOffice(t, 1)
	a := o.hire(t, "Marc", "Petit")
	if _, _, err := o.Lock(t.Context(), o.by, a.ID); err != nil {
		t.Fatal(err)
	}
	if _, after, err := o.Unlock(t.Context(), a.ID); err != nil || after.State != registry.Invited {
		t.Errorf("unlock: %+v, %v, want invited again", after, err)
	}
}

func TestNewAddressEndsFormerLinks(t *testing.T) {
	o := newOffice(t, 1)
	a := o.activate(t, o.hire(t, "Marc", "Petit"))
	link := registry.Link{Hash: "h", Kind: registry.LinkReset, Account: a.ID, Created: time.Now(), Expires: time.Now().Add(time.Hour)}
	if err := o.reg.PutLink(t.Context(), link, false); err != nil {
		t.Fatal(err)
	}
	f := admin.FormOf(a)
	f.Email = "marc@exemple.fr"
	_, after, err := o.Update(t.Context(), o.by, a.ID, f)
	if err != nil || !after.EmailConfirmed.IsZero() {
		t.Errorf("after %+v, %v: the new address counts as confirmed", after, err)
	}
	if last := o.post.sent[len(o.post.sent)-1]; last != "told marc.petit@exemple.fr Marc@PETIT" {
		t.Errorf("last sent %q, want a letter to the former address", last)
	}
	if _, err := o.reg.Link(t.Context(), "h", time.Now()); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("the link sent to the former address still works: %v", err)
	}
}

func TestResetSecondFactor(t *testing.T) {
	o := newOffice(t, 1)
	a := o.activate(t, o.hire(t, "Marc", "Petit"))
	_, err := o.ResetSecondFactor(t.Context(), o.by, a.ID)
	wantKind(t, err, belvedere.Conflict)
	for _, err := range []error{
		o.reg.SetTOTP(t.Context(), a.ID, "sealed"),
		o.reg.PutPasskey(t.Context(), registry.Passkey{Account: a.ID, Credential: []byte{1}, Name: "clé", Data: []byte("{}"), Created: time.Now()}),
		o.reg.SetRecovery(t.Context(), a.ID, []string{"x"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	o.post.sent = nil
	if _, err := o.ResetSecondFactor(t.Context(), o.by, a.ID); err != nil {
		t.Fatal(err)
	}
	kept, _ := o.reg.Account(t.Context(), a.ID)
	left, _ := o.reg.RecoveryLeft(t.Context(), a.ID)
	if kept.SecondFactor || left != 0 {
		t.Errorf("second factor %v, %d recovery codes", kept.SecondFactor, left)
	}
	if want := []string{"end Marc@PETIT", "factor Marc@PETIT"}; !slices.Equal(o.post.sent, want) {
		t.Errorf("sent %v, want %v", o.post.sent, want)
	}
}

package app_test

import (
	"testing"
	"time"

	"belvedere/internal/registry"
)

// A verification finds every receipt the same under the rights that it names, whoever has lost them
// since, and says why one is not.
func TestVerifyReceipts(t *testing.T) {
	x := newHamlet(t, "")
	ctx := t.Context()
	account := member(t, x.App, registry.Account{FirstName: "Claire", LastName: "MORVAN", Schools: x.schools[:2], AllWidgets: true})
	x.page(x.viewer(account.Login), hamletPage)
	x.page(x.viewer(""), hamletPage)
	account, err := x.Registry.Account(ctx, account.ID)
	if err != nil {
		t.Fatal(err)
	}
	account.Schools = nil
	if _, err := x.Registry.UpdateAccount(ctx, account); err != nil {
		t.Fatal(err)
	}
	x.publish(40)
	v, err := x.Reporter.Verify(ctx, time.Time{}, 100, nil)
	if err != nil || v.Checked < 2 || v.Same != v.Checked || !v.Sound() {
		t.Fatalf("%+v, %v", v, err)
	}

	// What people say over the deliveries is wanted.
	if err := x.Registry.PutContests(ctx, x.schools[0], []registry.Contest{{Dataset: "effectifs", Text: "Trois élèves en trop."}}); err != nil {
		t.Fatal(err)
	}
	v, err = x.Reporter.Verify(ctx, time.Time{}, 100, nil)
	if err != nil || v.Same == v.Checked || !v.Sound() || v.Different[0].Changes[0].Kind != "correction" {
		t.Errorf("after a correction: %+v, %v", v, err)
	}
	if v, err := x.Reporter.Verify(ctx, time.Now().Add(time.Hour), 100, nil); err != nil || v.Checked != 0 {
		t.Errorf("since tomorrow: %+v, %v", v, err)
	}
	if err := x.VerifyReceipts(ctx); err != nil {
		t.Fatal(err)
	}
	if kept, err := x.Verified(ctx); err != nil || kept == nil || kept.Checked != v.Checked || len(kept.Different) != len(v.Different) {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

package app

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/audit"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// screenReceiptMonths is how long receipts that were only seen on a screen are kept at most, in
// months; those of files are as an administrator sets.
const screenReceiptMonths = 24

// metaVerified holds which build answered the recent receipts again, metaVerification what came of it.
const (
	metaVerified     = "recus.programme"
	metaVerification = "recus.verification"
)

// purgeReceipts forgets receipts by rule, and who first got them when the journal has forgotten it.
func (a *App) purgeReceipts(ctx context.Context) error {
	settings, err := a.Registry.Settings(ctx)
	if err != nil {
		return err
	}
	months := admin.ReceiptMonths(settings)
	now := a.clock()()
	n, err := a.Reporter.PurgeReceipts(ctx, now.AddDate(0, -min(months, screenReceiptMonths), 0), now.AddDate(0, -months, 0))
	if err != nil {
		return err
	}
	if n > 0 {
		a.Log.Info("receipts were forgotten by rule", "receipts", n, "months", months)
	}
	journal, err := audit.Retention(settings[registry.SettingJournalMonths])
	if err != nil {
		return err
	}
	_, err = a.Registry.ForgetHolders(ctx, audit.Cutoff(now, journal))
	return err
}

// buildName names the program that runs: its version, and the revision that it was built from.
func buildName() string {
	name := belvedere.Version
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return name
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" && s.Value == "true" {
			name += " " + s.Value
		}
	}
	return name
}

// verifyAfterUpgrade answers the recent receipts again the first time that another build runs, and
// keeps what came of it for the page of receipts. What fails is noted: the next start tries again.
func (a *App) verifyAfterUpgrade(ctx context.Context) error {
	build := buildName()
	seen, err := a.Registry.Meta(ctx, metaVerified)
	if err == nil && seen != build {
		if err = a.VerifyReceipts(ctx); err == nil {
			err = a.Registry.SetMeta(ctx, metaVerified, build)
		}
	}
	if err != nil && ctx.Err() == nil {
		a.Log.Error("the recent receipts could not be answered again", "err", err)
	}
	return nil
}

// VerifyReceipts answers the recent receipts again and keeps what came of it.
func (a *App) VerifyReceipts(ctx context.Context) error {
	v, err := a.Reporter.Verify(ctx, time.Time{}, report.DefaultVerified, nil)
	if err != nil {
		return err
	}
	log := a.Log.Info
	if !v.Sound() {
		log = a.Log.Error
	}
	log("the recent receipts were answered again", "receipts", v.Checked, "same", v.Same, "different", len(v.Different))
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.Registry.SetMeta(ctx, metaVerification, string(text))
}

// Verified is what came of the last verification that was kept, nil before the first.
func (a *App) Verified(ctx context.Context) (*report.Verification, error) {
	text, err := a.Registry.Meta(ctx, metaVerification)
	if err != nil || text == "" {
		return nil, err
	}
	v := &report.Verification{}
	return v, json.Unmarshal([]byte(text), v)
}

// receipts are what pages ask of receipts.
type receipts struct{ *App }

func (r receipts) Replay(ctx context.Context, viewer belvedere.Viewer, code string) (*report.Replay, error) {
	return r.Reporter.Replay(ctx, viewer, code)
}

package app

import (
	"context"
	"errors"
	"time"

	"belvedere/internal/audit"
	"belvedere/internal/registry"
	"belvedere/internal/school/vault"
)

// work is what the server does beside answering: it reads deliveries, answers who forgot a
// password, counts what schools send, tells of alerts, sends files, makes extracts, and keeps the house once a day.
func (a *App) work(ctx context.Context) error {
	all := []func(context.Context) error{
		a.Extracts.Run,
		a.verifyAfterUpgrade,
		a.Ingest.Worker,
		a.Auth.Run,
		a.Tally.Run,
		a.notices,
		a.governs,
		a.waitingFiles,
		a.daily,
	}
	done := make(chan error, len(all))
	for _, one := range all {
		go func() { done <- one(ctx) }()
	}
	var errs []error
	for range all {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}

// outboxKept is how long letters that no server sends stay in their folder.
const outboxKept = 90 * 24 * time.Hour

// daily keeps the house at the start and then each day. What fails is noted and tried again the next day.
func (a *App) daily(ctx context.Context) error {
	tick := time.NewTicker(24 * time.Hour)
	defer tick.Stop()
	for {
		for name, do := range map[string]func(context.Context) error{"conventions": a.remind, "journal": a.purge, "reçus": a.purgeReceipts, "coffres": a.purgeVaults, "courrier": a.prune, "alertes": a.forgetNotices, "cohérence": a.Coherence.CheckAll, "extraits": a.forgetExtracts, "diffusions": a.keepReleases, "demandes": a.Procedures.Tend} {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				a.Log.Error("daily work failed", "work", name, "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// remind tells administrators which conventions end soon.
func (a *App) remind(ctx context.Context) error {
	n, err := a.Agreements.Remind(ctx)
	if n > 0 {
		a.Log.Info("administrators were told which agreements end soon", "agreements", n)
	}
	return err
}

// purge forgets the entries of the journal that the rule of the territory does not keep any longer.
func (a *App) purge(ctx context.Context) error {
	settings, err := a.Registry.Settings(ctx)
	if err != nil {
		return err
	}
	months, err := audit.Retention(settings[registry.SettingJournalMonths])
	if err != nil {
		return err
	}
	n, err := a.Journal.Purge(ctx, audit.Cutoff(a.clock()(), months))
	if n > 0 {
		a.Log.Info("entries of the journal were forgotten by rule", "entries", n, "months", months)
	}
	return err
}

// purgeVaults forgets what vaults keep no longer: connections of more than thirteen months, school
// years of more than five.
func (a *App) purgeVaults(ctx context.Context) error {
	gone, err := a.Vaults.Purge(ctx, vault.DefaultRetention(a.clock()()))
	for uai, rows := range gone {
		if rows > 0 {
			a.Log.Info("a vault forgot by rule", "school", uai, "rows", rows)
		}
	}
	return err
}

func (a *App) prune(context.Context) error {
	if a.Outbox == nil {
		return nil
	}
	_, err := a.Outbox.Prune(a.clock()().Add(-outboxKept))
	return err
}

package app

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/audit"
	"belvedere/internal/mail"
	"belvedere/internal/notice"
	"belvedere/internal/registry"
)

// openNotice builds what tells people of figures without their asking.
func (a *App) openNotice() {
	a.Notice = notice.New(notice.Config{
		Registry: a.Registry, Model: a.Model, Live: a.latest,
		Reports: func() notice.Reports {
			if a.Reporter == nil {
				return nil
			}
			return a.Reporter
		},
		Viewer: a.ViewerOf, Unchanged: a.Unchanged, Write: a.Export, Boards: sentBoards{a}, Mail: a.Mail, Console: a.console, Journal: a.Journal,
		Formula: func(ctx context.Context, v belvedere.Viewer, name string) (*belvedere.Indicator, error) {
			return a.Formulas.Indicator(ctx, v, name)
		},
		Zone: a.Config.Location(), Now: a.clock(), Errors: a.Log,
	})
}

// console is what letters say of this one.
func (a *App) console(ctx context.Context) mail.Console {
	c := mail.Console{URL: a.Auth.URL, Zone: a.Config.Location()}
	if settings, err := a.Registry.Settings(ctx); err == nil {
		c.Territory = settings[registry.SettingTerritoryName]
	}
	return c
}

// noticeEvery is how often the server looks for what is due.
const noticeEvery = time.Minute

// notices judges alerts and sends files as they come due.
func (a *App) notices(ctx context.Context) error {
	tick := time.NewTicker(noticeEvery)
	defer tick.Stop()
	for {
		a.Notice.Run(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// forgetNotices forgets the history of alerts and sendings by the rule of the journal.
func (a *App) forgetNotices(ctx context.Context) error {
	settings, err := a.Registry.Settings(ctx)
	if err != nil {
		return err
	}
	months, err := audit.Retention(settings[registry.SettingJournalMonths])
	if err != nil {
		return err
	}
	n, err := a.Notice.Forget(ctx, audit.Cutoff(a.clock()(), months))
	if n > 0 {
		a.Log.Info("alerts and sendings were forgotten by rule", "rows", n, "months", months)
	}
	return err
}

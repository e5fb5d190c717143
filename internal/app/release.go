package app

import (
	"context"

	"belvedere"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/territory/report"
)

// published releases the protected figures of an edition that someone loaded by hand: it is read at
// once, today and as a past edition later. Those of programs wait for the first reader, so that many
// schools that push in one night are released together.
func (a *App) published(ctx context.Context, e belvedere.Edition) error {
	return a.Releases.Published(ctx, e.Number)
}

// keepReleases lets in, on a date of the calendar, what waits for it. Publications need no call of
// their own: what enters by them is released for the first reader, calendar included.
func (a *App) keepReleases(ctx context.Context) error {
	if a.Engine == nil {
		return nil
	}
	return a.Releases.Keep(ctx)
}

// unprotected answers without statistical secrecy: only tests of arithmetic and rights set it.
var unprotected bool

func (a *App) protection() *diffusion.Service {
	if unprotected {
		return nil
	}
	return a.Releases
}

// plainReporter answers without statistical secrecy, for what only this machine's operator reads: the
// tests of a catalogue.
func (a *App) plainReporter() *report.Reporter {
	return report.New(report.Config{Engine: a.Engine, Registry: a.Registry, Model: a.Model, Live: a.Definitions, Zone: a.Config.Location()})
}

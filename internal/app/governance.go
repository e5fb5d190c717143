package app

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/governance"
)

// openGovernance builds the use cases of the organisation around the figures.
func (a *App) openGovernance() {
	a.Governance = governance.New(governance.Config{
		Registry: a.Registry, Model: a.Definitions, Mail: a.Mail, Console: a.console, Journal: a.Journal,
		Schools: func(ctx context.Context) (map[belvedere.UAI]string, error) {
			list, err := schoolList{a}.Schools(ctx)
			names := make(map[belvedere.UAI]string, len(list))
			for _, s := range list {
				names[s.UAI] = s.Name
			}
			return names, err
		},
		Zone: a.Config.Location(), Now: a.clock(), Errors: a.Log,
	})
}

// governanceEvery is how often the server looks for reminders and questions that wait.
const governanceEvery = 10 * time.Minute

// governs reminds and takes questions further, as they come due.
func (a *App) governs(ctx context.Context) error {
	tick := time.NewTicker(governanceEvery)
	defer tick.Stop()
	for {
		a.Governance.Run(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

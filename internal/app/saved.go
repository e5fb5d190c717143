package app

import (
	"context"
	"strconv"

	"belvedere"
	"belvedere/internal/dashboard"
	"belvedere/internal/saved"
)

// openSaved builds what keeps questions of the explorer, and lets dashboards show them.
func (a *App) openSaved(context.Context) error {
	a.Saved = saved.New(saved.Config{
		Registry: a.Registry, Now: a.clock(), Uses: a.usesOfSaved,
		Explorer: func() saved.Explorer {
			if a.Reporter == nil {
				return nil
			}
			return a.Reporter
		},
	})
	if a.Dashboards != nil {
		a.Dashboards.Saved = a.savedQuestion
		a.Dashboards.Search = a.searchSaved
	}
	return nil
}

// savedQuestion is the question and the title of a saved query that a viewer may open.
func (a *App) savedQuestion(ctx context.Context, v belvedere.Viewer, id int64) (question, title string, err error) {
	q, err := a.Saved.Find(ctx, v, id)
	if err != nil {
		return "", "", err
	}
	return q.State, q.Title, nil
}

func (a *App) searchSaved(ctx context.Context, v belvedere.Viewer, typed string) ([]dashboard.SavedQuery, error) {
	list, err := a.Saved.List(ctx, v, typed)
	var out []dashboard.SavedQuery
	for _, q := range list {
		out = append(out, dashboard.SavedQuery{ID: q.ID, Title: q.Title})
	}
	return out, err
}

// usesOfSaved are the dashboards that show a saved query.
func (a *App) usesOfSaved(ctx context.Context, id int64) ([]saved.Use, error) {
	list, err := a.Registry.ListDashboards(ctx)
	if err != nil {
		return nil, err
	}
	operator := belvedere.Viewer{Kind: belvedere.Operator}
	var out []saved.Use
	for _, d := range list {
		b, err := a.Dashboards.Find(ctx, operator, strconv.FormatInt(d.ID, 10))
		if err != nil {
			return nil, err
		}
		for _, t := range b.Widgets {
			if t.Saved == id {
				out = append(out, saved.Use{Label: b.Title, Address: b.Address()})
				break
			}
		}
	}
	return out, nil
}

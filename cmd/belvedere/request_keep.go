package main

import (
	"fmt"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/procedure"
)

type requestDelaysCmd struct {
	JSON bool `name:"json" help:"En JSON, en secondes."`
}

type delayJSON struct {
	Procedure string `json:"procedure"`
	Step      string `json:"etape"`
	Count     int    `json:"demandes"`
	Median    int64  `json:"mediane"`
	Ninth     int64  `json:"neuvieme_decile"`
}

// Run prints the delays.
func (c requestDelaysCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		list, err := a.Procedures.Delays(e.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			out := []delayJSON{}
			for _, d := range list {
				for _, one := range append([]procedure.Delay{d.Whole, d.Applicant}, d.Steps...) {
					out = append(out, delayJSON{d.Procedure.Code, one.Label, one.Count, int64(one.Median.Seconds()), int64(one.Ninth.Seconds())})
				}
			}
			return e.json(out)
		}
		for _, d := range list {
			fmt.Fprintf(e.out, "%s\t%d en cours\n", d.Procedure.Label, d.Open)
			for _, one := range append([]procedure.Delay{d.Whole, d.Applicant}, d.Steps...) {
				if one.Count > 0 {
					fmt.Fprintf(e.out, "  %s\t%d\tmédiane %s\tneuvième décile %s\n", one.Label, one.Count, procedure.Days(one.Median), procedure.Days(one.Ninth))
				}
			}
		}
		return nil
	})
}

type requestManagerCmd struct {
	Login   string `arg:"" name:"identifiant" help:"De qui."`
	Manager string `arg:"" optional:"" name:"responsable" help:"Son responsable ; personne quand il manque."`
}

// Run declares a manager.
func (c requestManagerCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if err := a.Procedures.NameManager(e.ctx, byOperator(), c.Login, c.Manager); err != nil {
			return err
		}
		a.Note(e.ctx, audit.Request, "responsable de "+c.Login, c.Manager)
		return nil
	})
}

type requestReviewCmd struct {
	Open  string `help:"Ouvrir une revue de ce nom." placeholder:"NOM"`
	Until string `help:"Son dernier jour." placeholder:"2027-10-15"`
}

// Run opens a review, or lists them.
func (c requestReviewCmd) Run(e *env) error {
	return e.with(func(a *app.App) error {
		if c.Open != "" {
			day, err := belvedere.ParseDate(c.Until)
			if err != nil {
				return misuse{fmt.Errorf("--until s’écrit 2027-10-15")}
			}
			r, err := a.Procedures.OpenReview(e.ctx, byOperator(), c.Open, day)
			if err != nil {
				return err
			}
			a.Note(e.ctx, audit.Grant, fmt.Sprintf("revue %d (%s)", r.ID, r.Label), "ouverte")
			_, err = fmt.Fprintln(e.out, r.ID)
			return err
		}
		list, err := a.Procedures.Reviews(e.ctx, byOperator())
		if err != nil {
			return err
		}
		for _, r := range list {
			state := "jusqu’au " + belvedere.ShortDate(r.Closes.Add(-1))
			if !r.Closed.IsZero() {
				state = "close le " + belvedere.ShortDate(r.Closed)
			}
			fmt.Fprintf(e.out, "%d\t%s\t%s\t%d sans réponse\n", r.ID, r.Label, state, r.Open)
		}
		return nil
	})
}

type requestTendCmd struct{}

// Run does the daily work at once.
func (requestTendCmd) Run(e *env) error {
	return e.with(func(a *app.App) error { return a.Procedures.Tend(e.ctx) })
}

package procedure

import (
	"context"
	"math"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// clocks are the time that a file has spent with the authority and with who filed it, up to an instant.
func clocks(events []registry.RequestEvent, now time.Time) (authority, applicant time.Duration) {
	for i, e := range events {
		until := now
		if i+1 < len(events) {
			until = events[i+1].At
		}
		switch e.Holder {
		case HeldByAuthority:
			authority += until.Sub(e.At)
		case HeldByApplicant:
			applicant += until.Sub(e.At)
		}
	}
	return authority, applicant
}

// A Delay is how long something took: half of the files took no more than Median, nine tenths no more
// than Ninth.
type Delay struct {
	Label         string
	Count         int
	Median, Ninth time.Duration
}

// Delays are those of a procedure.
type Delays struct {
	Procedure *Procedure
	Open      int
	Whole     Delay // with the authority, from the filing to the decision
	Applicant Delay // with who filed, in the same files
	Steps     []Delay
}

// Delays measures how long procedures take, on the two clocks apart. It shows no file, and is for all
// who sign in.
func (s *Service) Delays(ctx context.Context) (out []Delays, err error) {
	defer belvedere.Wrap(&err, "Delays")
	list, err := s.Procedures(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		events, err := s.Registry.ProcedureEvents(ctx, p.Code)
		if err != nil {
			return nil, err
		}
		out = append(out, measure(p, events))
	}
	return out, nil
}

// measure reads the delays of a procedure in what happened to its files, by request.
func measure(p *Procedure, events []registry.RequestEvent) Delays {
	d := Delays{Procedure: p}
	steps := map[string][]time.Duration{}
	var authority, applicant []time.Duration
	for len(events) > 0 {
		end := slices.IndexFunc(events, func(e registry.RequestEvent) bool { return e.Request != events[0].Request })
		if end < 0 {
			end = len(events)
		}
		file := events[:end]
		events = events[end:]
		decided := slices.IndexFunc(file, func(e registry.RequestEvent) bool { return e.Holder == "" || e.After == registry.RequestDone })
		if decided < 0 {
			d.Open++
		} else if after := file[decided].After; after != registry.RequestWithdrawn && after != registry.RequestDropped {
			a, b := clocks(file[:decided+1], file[decided].At)
			authority, applicant = append(authority, a), append(applicant, b)
		}
		for i, e := range file[:len(file)-1] {
			if e.Holder == HeldByAuthority && !goesOn(file[i+1].Act) {
				steps[e.Next] = append(steps[e.Next], file[i+1].At.Sub(since(file, i)))
			}
		}
	}
	d.Whole = delay("De la demande à la décision, chez le service", authority)
	d.Applicant = delay("Dont attente de la personne qui demande", applicant)
	for _, step := range p.Steps {
		if len(steps[step.Name]) > 0 {
			d.Steps = append(d.Steps, delay(step.Label, steps[step.Name]))
		}
	}
	return d
}

// goesOn tells whether an act leaves a file at its step.
func goesOn(act string) bool { return act == ActRemind || act == ActReassign }

// since is when a file came to the step where an event leaves it: reminders do not begin it again.
func since(file []registry.RequestEvent, i int) time.Time {
	for i > 0 && goesOn(file[i].Act) {
		i--
	}
	return file[i].At
}

// delay gives the two quantiles, each a duration that some file took.
func delay(label string, list []time.Duration) Delay {
	slices.Sort(list)
	at := func(share float64) time.Duration {
		if len(list) == 0 {
			return 0
		}
		return list[max(int(math.Ceil(share*float64(len(list))))-1, 0)]
	}
	return Delay{Label: label, Count: len(list), Median: at(0.5), Ninth: at(0.9)}
}

// Days writes a duration as people read it.
func Days(d time.Duration) string {
	switch days := d.Hours() / 24; {
	case d < time.Minute:
		return "moins d’une minute"
	case d < time.Hour:
		return belvedere.Plural(int(d.Minutes()), "minute", "minutes")
	case days < 1:
		return belvedere.Plural(int(d.Hours()), "heure", "heures")
	case days < 10:
		text := belvedere.FormatNumber(math.Round(days*10)/10, 1)
		if days < 1.95 {
			return text + belvedere.NoBreak + "jour"
		}
		return text + belvedere.NoBreak + "jours"
	default:
		return belvedere.Plural(int(math.Round(days)), "jour", "jours")
	}
}

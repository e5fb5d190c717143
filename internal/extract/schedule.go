package extract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/extract/lockedzip"
	"belvedere/internal/registry"
	"belvedere/internal/watch"
)

// ScheduleObject is how the journal names a regular extract.
func ScheduleObject(x registry.ExtractSchedule) string { return "extrait régulier " + x.Label }

// A ScheduleForm asks for an extract again and again. What it holds is that of an extract of one's own.
type ScheduleForm struct {
	Label  string
	From   int64 // an extract of one's own whose question is taken
	Spec   *Spec // or the question itself
	Rhythm string
	Place  string
}

// CreateSchedule sets a regular extract. phrase is the passphrase of its archives when they are locked: it is told
// this once.
func (s *Service) CreateSchedule(ctx context.Context, v belvedere.Viewer, f ScheduleForm) (x registry.ExtractSchedule, phrase string, err error) {
	defer belvedere.Wrap(&err, "CreateSchedule(%s)", f.Label)
	var spec Spec
	switch {
	case f.Spec != nil:
		spec = *f.Spec
	default:
		e, err := s.Own(ctx, v, f.From)
		if err != nil {
			return x, "", err
		}
		spec = specOf(e)
		if f.Label == "" {
			f.Label = e.Label
		}
	}
	spec.Rights, spec.Phrase = "", ""
	if err := s.Check(v, spec, StepConfirm); err != nil {
		return x, "", err
	}
	var flaws admin.Flaws
	if f.Label = strings.TrimSpace(f.Label); f.Label == "" || len([]rune(f.Label)) > 120 {
		flaws = append(flaws, admin.Flaw{Field: "nom", Message: "Donnez-lui un nom, de 120 caractères au plus."})
	}
	if !watch.Rhythm(f.Rhythm).Known() {
		flaws = append(flaws, admin.Flaw{Field: "rythme", Message: "Choisissez un rythme de la liste."})
	}
	if s.placeOf(f.Place) == nil {
		flaws = append(flaws, admin.Flaw{Field: "lieu", Message: "Choisissez un lieu de dépôt de la liste\u00a0: l’exploitant du serveur les déclare."})
	}
	if len(flaws) > 0 {
		return x, "", flaws
	}
	if spec.Encrypted {
		phrase = lockedzip.Passphrase()
		spec.Phrase = s.Keys.Seal(phrasePlace, []byte(phrase))
	}
	x = registry.ExtractSchedule{Account: v.ID, Label: f.Label, Spec: spec.text(), Rhythm: f.Rhythm, Place: f.Place, Created: s.Now().UTC()}
	x, err = s.Registry.CreateExtractSchedule(ctx, x)
	return x, phrase, err
}

func (s *Service) placeOf(name string) Place {
	i := slices.IndexFunc(s.Places, func(p Place) bool { return p.Name() == name })
	if i < 0 {
		return nil
	}
	return s.Places[i]
}

// Schedules are one's own regular extracts; those who oversee see all when they ask for it.
func (s *Service) Schedules(ctx context.Context, v belvedere.Viewer, all bool) ([]registry.ExtractSchedule, error) {
	switch {
	case all && Oversees(v):
		return s.Registry.ListExtractSchedules(ctx, 0)
	case v.ID == 0:
		return nil, nil
	}
	return s.Registry.ListExtractSchedules(ctx, v.ID)
}

// schedule finds one that someone may change: one's own, or any for who oversees.
func (s *Service) schedule(ctx context.Context, v belvedere.Viewer, id int64) (registry.ExtractSchedule, error) {
	x, err := s.Registry.ExtractSchedule(ctx, id)
	if err == nil && !Oversees(v) && (v.ID == 0 || x.Account != v.ID) {
		return registry.ExtractSchedule{}, belvedere.Errorf(belvedere.NotFound, "Cet extrait régulier n’existe pas, ou plus.")
	}
	return x, err
}

// StopSchedule pauses a regular extract, or lets it go on: the owner alone may let it go on, with his or her rights.
func (s *Service) StopSchedule(ctx context.Context, v belvedere.Viewer, id int64, stop bool) (registry.ExtractSchedule, error) {
	x, err := s.schedule(ctx, v, id)
	if err != nil {
		return x, err
	}
	reason := ""
	if stop {
		reason = "suspendu par " + v.Login
	} else {
		if x.Account != v.ID {
			return x, belvedere.Errorf(belvedere.Forbidden, "Celui dont c’est l’extrait le relance.")
		}
		if err := s.Check(v, parseSpec(x.Spec), StepConfirm); err != nil {
			return x, err
		}
	}
	x.Stopped = reason
	return x, s.Registry.StopExtractSchedule(ctx, id, reason)
}

// DeleteSchedule removes a regular extract.
func (s *Service) DeleteSchedule(ctx context.Context, v belvedere.Viewer, id int64) (registry.ExtractSchedule, error) {
	x, err := s.schedule(ctx, v, id)
	if err != nil {
		return x, err
	}
	return x, s.Registry.DeleteExtractSchedule(ctx, id)
}

// RunSchedules asks for the regular extracts that are due, each slot once.
func (s *Service) RunSchedules(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "RunSchedules")
	list, err := s.Registry.ListExtractSchedules(ctx, 0)
	if err != nil || len(list) == 0 {
		return err
	}
	var errs []error
	var edition belvedere.Edition
	if reports := s.Reports(); reports != nil {
		if edition, err = reports.Edition(ctx, 0); err != nil {
			return err
		}
	}
	for _, x := range list {
		if x.Stopped != "" {
			continue
		}
		slot := watch.Rhythm(x.Rhythm).Slot(s.Now(), s.Zone, edition, x.Created)
		if slot == "" {
			continue
		}
		if err := s.due(ctx, x, slot); err != nil {
			errs = append(errs, fmt.Errorf("schedule %d: %w", x.ID, err)) // the others are due all the same
		}
	}
	return errors.Join(errs...)
}

// due asks for one regular extract, unless its slot is taken.
func (s *Service) due(ctx context.Context, x registry.ExtractSchedule, slot string) error {
	run := registry.WatchRun{Kind: registry.RunExtract, Number: x.ID, Slot: slot, Account: x.Account, Label: x.Label, Claimed: s.Now().UTC()}
	if _, total, err := s.Registry.ListRuns(ctx, registry.RunFilter{Kind: run.Kind, Number: x.ID, Slot: slot}, registry.Page{Limit: 1}); err != nil || total > 0 {
		return err
	}
	account, err := s.Registry.Account(ctx, x.Account)
	if err != nil {
		return err
	}
	taken, err := s.Registry.Claim(ctx, run)
	if err != nil || !taken {
		return err
	}
	now := s.Now().UTC()
	e := registry.Extract{Account: x.Account, Login: account.Login, State: registry.ExtractWaiting, Created: now, Asked: now, Code: newCode(), Schedule: x.ID, Slot: slot}
	parseSpec(x.Spec).into(&e)
	e.Label = x.Label
	_, err = s.Registry.CreateExtract(ctx, e)
	return err
}

// ScheduleLog is what came of regular extracts, newest first.
func (s *Service) ScheduleLog(ctx context.Context, list []registry.ExtractSchedule, p registry.Page) ([]registry.WatchRun, int, error) {
	f := registry.RunFilter{Kind: registry.RunExtract, Numbers: []int64{}}
	for _, x := range list {
		f.Numbers = append(f.Numbers, x.ID)
	}
	return s.Registry.ListRuns(ctx, f, p)
}

package procedure

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// The decisions of those whose turn a file is.
const (
	Approve = "approuver"
	Refuse  = "refuser"
	Return  = "completer"
	Opine   = "avis"
)

// A Decision is what someone does with a file whose turn it is.
type Decision struct {
	ID      int64
	Version int64
	Act     string
	Reason  string
	Own     map[string][]string // what the authority puts beside what is asked, at an examen
	Values  map[string][]string // fields filled in at the step
}

// Decide takes a decision. Flaws say what is wrong with what was typed; Forbidden that it is not the
// viewer's turn.
func (s *Service) Decide(ctx context.Context, v belvedere.Viewer, d Decision) (_ registry.Request, err error) {
	defer belvedere.Wrap(&err, "Decide(%d, %s)", d.ID, d.Act)
	st, err := s.stage(ctx, d.ID)
	if err != nil {
		return st.r, err
	}
	forWhom, ok, why := s.mayDecide(ctx, v, &st)
	if !ok {
		return st.r, s.unseen(ctx, v, &st, why)
	}
	st.r.Version = d.Version
	step := st.step()
	reason, err := wording(d.Reason, "Le motif", d.Act == Refuse || d.Act == Return || d.Act == Opine)
	if err != nil {
		return st.r, err
	}
	e := registry.RequestEvent{At: s.Now().UTC(), Account: v.ID, Name: v.Name, Before: st.r.State, Step: step.Name, Reason: reason}
	if forWhom != 0 {
		if a, err := s.Registry.Account(ctx, forWhom); err == nil {
			e.Deputy = a.Name()
		}
	}
	switch {
	case d.Act == Approve && step.Kind != OpinionStep:
		return s.approve(ctx, v, &st, step, e, d)
	case d.Act == Refuse && step.Kind != OpinionStep:
		return s.refuse(ctx, &st, step, e)
	case d.Act == Return && step.Actor.Role != "demandeur":
		e.Act = ActReturn
		st.r.State, st.r.Since, st.r.Due = registry.RequestToComplete, e.At, e.At.AddDate(0, 0, completeWithin)
		return s.move(ctx, &st, e, nil, nil)
	case d.Act == Opine && step.Kind == OpinionStep:
		e.Act = ActOpinion
		st.r.State = registry.RequestExamined
		if err := s.advance(ctx, &st, step, e.At, nil, nil); err != nil {
			return st.r, err
		}
		return s.move(ctx, &st, e, nil, nil)
	}
	return st.r, belvedere.Errorf(belvedere.Invalid, "Cette étape ne prend pas cette décision.")
}

// refuse ends a file, or leads it back where the declaration says so.
func (s *Service) refuse(ctx context.Context, st *stage, step *Step, e registry.RequestEvent) (registry.Request, error) {
	e.Act = ActRefuse
	if back := st.p.Step(step.Back); back != nil {
		e.Act = ActBack
		st.r.State = registry.RequestExamined
		s.stay(st, back, e.At)
		return s.move(ctx, st, e, nil, nil)
	}
	s.stay(st, nil, e.At)
	st.r.State, st.r.Ended = registry.RequestRefused, e.At
	return s.move(ctx, st, e, nil, nil)
}

// approve leads a file on, with what the authority put beside what is asked; the last approval makes
// the effect.
func (s *Service) approve(ctx context.Context, v belvedere.Viewer, st *stage, step *Step, e registry.RequestEvent, d Decision) (registry.Request, error) {
	before := st.effective()
	if err := s.reduce(ctx, st, step, d); err != nil {
		return st.r, err
	}
	e.Act, e.Changes = ActApprove, changesText(st.p.changes(before, st.effective()))
	approvals := append(st.approved(), registry.Approval{Account: v.ID, Name: v.Name, At: e.At})
	var grant *registry.Grant
	if st.r.State = registry.RequestExamined; step.Gives != "" {
		st.r.State = step.Gives
	}
	err := s.advance(ctx, st, step, e.At, approvals, func(effect *Step) (err error) {
		grant, err = s.grant(ctx, st, effect, approvals, e.At)
		st.r.State = registry.RequestGranted
		if st.reduced() {
			st.r.State = registry.RequestGrantedPart
		}
		return err
	})
	if err != nil {
		return st.r, err
	}
	if st.r.Step == "" && step.Gives == "" && grant == nil {
		st.r.State = registry.RequestClosed
	}
	return s.move(ctx, st, e, grant, approvals)
}

// reduce takes what the authority puts beside what is asked, never more, and the fields of the step.
func (s *Service) reduce(ctx context.Context, st *stage, step *Step, d Decision) error {
	asked, own := st.asked(), st.own()
	var flaws Flaws
	if step.Kind == ExamStep {
		for _, f := range st.p.at("") {
			typed, ok := d.Own[f.Name]
			if !f.Reduce || !ok || !f.Visible(asked) {
				continue
			}
			less := *f
			less.Future, less.Within = false, 0
			values, flaw := less.read(typed, st.today)
			if flaw == "" && !f.reduces(asked[f.Name], values) {
				flaw = "on n’accorde pas plus que ce qui est demandé"
			}
			if flaw != "" {
				flaws = append(flaws, Flaw{"accorde." + f.Name, french(f.Label + " : " + flaw + ".")})
				continue
			}
			if delete(own, f.Name); !slices.Equal(values, asked[f.Name]) {
				own[f.Name] = values
			}
		}
	}
	for _, f := range st.p.at(step.Name) {
		values, flaw := f.read(d.Values[f.Name], st.today)
		if flaw == "" {
			var err error
			if values, flaw, err = s.known(ctx, st, f, values); err != nil {
				return err
			}
		}
		if flaw != "" {
			flaws = append(flaws, Flaw{f.Name, french(f.Label + " : " + flaw + ".")})
		} else if delete(own, f.Name); len(values) > 0 {
			own[f.Name] = values
		}
	}
	st.r.Own = own.text()
	flaws = append(flaws, st.p.lacks(step.Name, st.effective())...)
	if len(flaws) == 0 && step.Kind == ExamStep {
		flaws = st.p.lacks("", st.effective()) // what is left must still be something that may be asked
	}
	if len(flaws) > 0 {
		return flaws
	}
	return nil
}

// grant is the right that a file gives, of what counts. It refuses what fewer than two other people
// approved: the steps of a declaration are no promise, this is.
func (s *Service) grant(ctx context.Context, st *stage, effect *Step, approvals []registry.Approval, now time.Time) (*registry.Grant, error) {
	people := map[int64]bool{}
	names := ""
	for _, a := range approvals {
		if a.Account == 0 || a.Account == st.r.Account || people[a.Account] {
			continue
		}
		if people[a.Account] = true; names != "" {
			names += ", "
		}
		names += a.Name
	}
	if len(people) < 2 {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Une habilitation est approuvée par deux personnes distinctes, qui ne sont pas celle qui la demande.")
	}
	if a, err := s.Registry.Account(ctx, st.r.Account); err != nil || a.State != registry.Active {
		return nil, belvedere.Errorf(belvedere.Conflict, "La personne qui demande n’a plus de compte actif\u00a0: refusez la demande, ou attendez.")
	}
	v := st.effective()
	read := func(input string) []string { return v[effect.With[input]] }
	one := func(input string) string { return v.One(effect.With[input]) }
	day, flaw := readDate(one("fin"))
	if flaw != "" {
		return nil, belvedere.Errorf(belvedere.Invalid, "La demande ne dit pas jusqu’à quand.")
	}
	g := registry.Grant{Created: now, CreatedBy: "demande", Grant: belvedere.Grant{Account: st.r.Account, Capability: capabilities[one("capacite")], Level: belvedere.Level(one("niveau")),
		Purpose: strings.Join(strings.Fields(one("finalite")), " "), Approver: cutText(names, 200), From: now, Until: time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, s.Zone).UTC()}}
	g.AllWidgets, g.Widgets = all(read("rubriques"))
	var schools []string
	if g.AllSchools, schools = all(read("etablissements")); len(schools) > 0 {
		for _, u := range schools {
			g.Schools = append(g.Schools, belvedere.UAI(u))
		}
	}
	for _, one := range read("perimetre") {
		within, err := belvedere.ParseWithin(one)
		if err != nil {
			return nil, err
		}
		g.Within = append(g.Within, within...)
	}
	g.Within = belvedere.SortWithin(g.Within)
	if !g.Until.After(now) {
		return nil, Flaws{{"accorde." + effect.With["fin"], "La date de fin est passée" + belvedere.NoBreak + ": renvoyez la demande à compléter."}}
	}
	return &g, nil
}

// all parts the value that takes everything from a list.
func all(values []string) (bool, []string) {
	if slices.Contains(values, Everything) {
		return true, nil
	}
	return false, values
}

func cutText(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// Object is how the journal names a file.
func Object(r registry.Request) string { return fmt.Sprintf("demande %d (%s)", r.ID, r.Procedure) }

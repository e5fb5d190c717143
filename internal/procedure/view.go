package procedure

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A View is a file as someone may see it.
type View struct {
	registry.Request
	Procedure *Procedure
	Asked     Values // the answers, those of internal fields only for the authority
	Own       Values // what the authority puts in their place
	Events    []Event
	Grants    []registry.Grant
	Trial     Trial
	Mine      bool
	Voted     bool
	MayVote   bool
	Decides   bool   // it is the viewer's turn
	For       string // in whose place
	Why       string // it is not
	Late      bool
	Alone     bool          // it is decided by itself, and not with others at once
	Stuck     string        // why nobody can decide it, "" when someone can
	Replaces  []Option      // fields in which the viewer may name another person
	Authority time.Duration // on the two clocks, so far
	Applicant time.Duration
	names     map[int64]string
	labels    map[string]map[string]string
}

// An Event is a registry.RequestEvent with its changes read.
type Event struct {
	registry.RequestEvent
	Changed []Change
}

// View gives a file. NotFound when it may not be seen.
func (s *Service) View(ctx context.Context, v belvedere.Viewer, id int64) (_ *View, err error) {
	defer belvedere.Wrap(&err, "View(%d)", id)
	st, err := s.stage(ctx, id)
	if err != nil {
		return nil, err
	}
	if !s.mayRead(ctx, v, &st) {
		return nil, belvedere.Errorf(belvedere.NotFound, "Cette demande n’existe pas, ou plus.")
	}
	out := &View{Request: st.r, Procedure: st.p, Asked: st.asked(), Own: st.own(), Mine: v.ID != 0 && v.ID == st.r.Account}
	if !s.ofAuthority(v) {
		for _, f := range st.p.Fields {
			if f.Internal {
				delete(out.Asked, f.Name)
				delete(out.Own, f.Name)
			}
		}
	}
	for _, e := range st.events {
		one := Event{RequestEvent: e}
		if e.Changes != "" {
			json.Unmarshal([]byte(e.Changes), &one.Changed) //nolint:errcheck // what is damaged shows in its seal
		}
		one.Changed = slices.DeleteFunc(one.Changed, func(c Change) bool {
			f := st.p.Field(c.Field)
			return f == nil || f.Internal && !s.ofAuthority(v)
		})
		out.Events = append(out.Events, one)
	}
	forWhom, ok, why := s.mayDecide(ctx, v, &st)
	if out.Decides, out.Why = ok, why; forWhom != 0 {
		out.For = s.nameOf(ctx, forWhom)
	}
	out.MayVote = st.p.Public && st.r.Step != "" && v.ID != 0 && st.r.State != registry.RequestDraft
	voted, err := s.Registry.Voted(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	out.Voted = voted[id]
	if out.Grants, _, err = s.Registry.ListGrants(ctx, registry.GrantFilter{Request: id}, registry.Page{}); err != nil {
		return nil, err
	}
	out.Authority, out.Applicant = clocks(st.events, s.Now())
	out.Late = s.late(&st)
	if err := s.blocked(ctx, v, &st, out); err != nil {
		return nil, err
	}
	out.Trial = s.Try(ctx, v, st.p, st.effective())
	return out, s.name(ctx, out)
}

// Verify tells whether the history of a file is what was written.
func (s *Service) Verify(v *View) error {
	list := make([]registry.RequestEvent, len(v.Events))
	for i, e := range v.Events {
		list[i] = e.RequestEvent
	}
	return registry.VerifyEvents(list, !v.Purged.IsZero())
}

func (s *Service) nameOf(ctx context.Context, id int64) string {
	if a, err := s.Registry.Account(ctx, id); err == nil {
		return a.Name()
	}
	return "compte supprimé"
}

// name finds the words of what answers name.
func (s *Service) name(ctx context.Context, v *View) error {
	v.names, v.labels = map[int64]string{}, map[string]map[string]string{}
	for _, f := range v.Procedure.Fields {
		values := slices.Concat(v.Asked[f.Name], v.Own[f.Name])
		for _, e := range v.Events {
			for _, c := range e.Changed {
				if c.Field == f.Name {
					values = slices.Concat(values, c.Before, c.After)
				}
			}
		}
		switch f.Type {
		case PersonField:
			for _, one := range values {
				if id, err := strconv.ParseInt(one, 10, 64); err == nil {
					v.names[id] = s.nameOf(ctx, id)
				}
			}
		case ReferField:
			if len(values) == 0 || v.labels[f.Of] != nil {
				continue
			}
			options, err := s.Choices(ctx, f.Of)
			if err != nil {
				return err
			}
			v.labels[f.Of] = map[string]string{}
			for _, o := range options {
				v.labels[f.Of][o.Code] = o.Label
			}
		}
	}
	return nil
}

// Say writes the answers to a field as people read them, one text each.
func (v *View) Say(f *Field, values []string) (out []string) {
	for i, one := range values {
		switch f.Type {
		case NumberField:
			if one = decimal(one); f.Unit != "" {
				one += belvedere.NoBreak + f.Unit
			}
		case MoneyField:
			cents, _ := strconv.ParseFloat(one, 64)
			one = belvedere.FormatNumber(cents/100, 2) + belvedere.NoBreak + "€"
		case DateField:
			one = day(one)
		case PeriodField:
			if i > 0 {
				continue
			}
			if one = "du " + day(one); len(values) > 1 {
				one += " au " + day(values[1])
			}
		case ChoiceField:
			if o, ok := f.Option(one); ok {
				one = o.Label
			}
		case PersonField:
			if id, err := strconv.ParseInt(one, 10, 64); err == nil && v.names[id] != "" {
				one = v.names[id]
			}
		case ReferField:
			if one == Everything {
				one = "tous"
			} else if l := v.labels[f.Of][one]; l != "" && f.Of == "etablissement" {
				one = l + " (" + one + ")"
			} else if l != "" {
				one = l
			}
		}
		out = append(out, one)
	}
	return out
}

func day(s string) string {
	d, flaw := readDate(s)
	if flaw != "" {
		return s
	}
	return belvedere.ShortDate(d)
}

// Actions are the decisions that the step of a file takes, with their words.
func (v *View) Actions() (out []Option) {
	step := v.Procedure.Step(v.Step)
	if !v.Decides || step == nil {
		return nil
	}
	word := func(act, usual string) {
		if w := step.Words[act]; w != "" {
			usual = w
		}
		out = append(out, Option{act, usual})
	}
	if step.Kind == OpinionStep {
		word(Opine, "Donner cet avis")
		return out
	}
	word(Approve, "Approuver")
	word(Refuse, "Refuser")
	if step.Actor.Role != "demandeur" {
		word(Return, "Renvoyer à compléter")
	}
	return out
}

// AskedFields are the fields of the filing that are asked, StepFields those of the step where it stands.
func (v *View) AskedFields() []*Field { return v.fields("", v.Asked) }

// StepFields are those to fill in at the step where the file stands.
func (v *View) StepFields() []*Field { return v.fields(v.Step, v.Asked.over(v.Own)) }

// LaterFields are those that other steps have filled in.
func (v *View) LaterFields() (out []*Field) {
	for _, f := range v.Procedure.Fields {
		if f.Step != "" && len(v.Own[f.Name]) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func (v *View) fields(step string, values Values) (out []*Field) {
	for _, f := range v.Procedure.at(step) {
		if f.Visible(values) {
			out = append(out, f)
		}
	}
	return out
}

// Reduces tells whether who decides may put less in the place of what is asked.
func (v *View) Reduces() bool {
	step := v.Procedure.Step(v.Step)
	return v.Decides && step != nil && step.Kind == ExamStep && slices.ContainsFunc(v.Procedure.Fields, func(f *Field) bool { return f.Reduce })
}

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
	out.Late = !st.r.Due.IsZero() && s.Now().After(st.r.Due) && st.step().decides()
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

// A Query chooses files.
type Query struct {
	Procedure string
	State     registry.RequestState
	Text      string
	Mine      bool // of the viewer
	Turn      bool // those whose turn it is for the viewer
}

// List gives the files that a query chooses among those that the viewer may see, newest first; those whose
// turn it is, the most urgent first.
func (s *Service) List(ctx context.Context, v belvedere.Viewer, q Query) (out []*View, err error) {
	defer belvedere.Wrap(&err, "List")
	f := registry.RequestFilter{Procedure: q.Procedure, Text: q.Text, Open: q.Turn}
	if q.State != "" {
		f.States = []registry.RequestState{q.State}
	}
	if q.Mine {
		f.Account = v.ID
	}
	list, _, err := s.Registry.ListRequests(ctx, f, registry.Page{})
	if err != nil {
		return nil, err
	}
	seats := stage{}
	if err := s.seats(ctx, &seats); err != nil {
		return nil, err
	}
	voted, err := s.Registry.Voted(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		if q.Mine && r.Account != v.ID || !r.Purged.IsZero() && !s.ofAuthority(v) {
			continue
		}
		st := stage{r: r, standIns: seats.standIns, holdings: seats.holdings, today: seats.today}
		if st.p, err = s.of(ctx, r); err != nil {
			return nil, err
		}
		if q.Turn || !st.p.Public && r.Account != v.ID && !s.ofAuthority(v) {
			if st.events, err = s.Registry.RequestEvents(ctx, r.ID); err != nil {
				return nil, err
			}
		}
		if !s.mayRead(ctx, v, &st) {
			continue
		}
		one := &View{Request: r, Procedure: st.p, Mine: r.Account == v.ID && v.ID != 0, Voted: voted[r.ID], MayVote: st.p.Public && r.Step != ""}
		if q.Turn {
			if _, one.Decides, one.Why = s.mayDecide(ctx, v, &st); !one.Decides {
				continue
			}
		}
		one.Late = !r.Due.IsZero() && s.Now().After(r.Due) && st.step().decides()
		out = append(out, one)
	}
	if q.Turn {
		slices.SortStableFunc(out, func(a, b *View) int {
			x, y := a.Due, b.Due
			switch {
			case x.IsZero() && y.IsZero():
				return int(a.ID - b.ID)
			case x.IsZero():
				return 1
			case y.IsZero():
				return -1
			}
			return x.Compare(y)
		})
	}
	return out, nil
}

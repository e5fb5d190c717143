package procedure

import (
	"context"
	"slices"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// stage is all that decides who may act on a file: read once for a page or a move.
type stage struct {
	r        registry.Request
	p        *Procedure
	events   []registry.RequestEvent
	standIns []registry.StandIn
	holdings []registry.Holding
	today    time.Time
}

// stage reads a file with what decides about it.
func (s *Service) stage(ctx context.Context, id int64) (st stage, err error) {
	if st.r, err = s.Registry.Request(ctx, id); err != nil {
		return st, err
	}
	if st.p, err = s.of(ctx, st.r); err != nil {
		return st, err
	}
	if st.events, err = s.Registry.RequestEvents(ctx, id); err != nil {
		return st, err
	}
	return st, s.seats(ctx, &st)
}

// seats reads who stands in for whom and who holds which duty.
func (s *Service) seats(ctx context.Context, st *stage) (err error) {
	st.today = s.today()
	if st.standIns, err = s.Registry.StandIns(ctx); err != nil {
		return err
	}
	st.holdings, err = s.Registry.Holdings(ctx)
	return err
}

// asked, own and effective are the answers of a file: what is asked, what the authority puts in its
// place, and what counts.
func (st *stage) asked() Values     { return valuesOf(st.r.Asked) }
func (st *stage) own() Values       { return valuesOf(st.r.Own) }
func (st *stage) effective() Values { return st.p.seen(st.asked().over(st.own())) }

// reduced tells whether the authority puts less in the place of what is asked.
func (st *stage) reduced() bool {
	own := st.own()
	return slices.ContainsFunc(st.p.Fields, func(f *Field) bool {
		_, less := own[f.Name]
		return f.Reduce && less
	})
}

// step is the one at which the file stands, nil for none.
func (st *stage) step() *Step { return st.p.Step(st.r.Step) }

// decides tells whether a step waits for a decision.
func (s *Step) decides() bool {
	return s != nil && (s.Kind == ExamStep || s.Kind == VisaStep || s.Kind == OpinionStep)
}

// named are the accounts that a step names one by one; role tells that it goes by a role instead.
func (st *stage) named(step *Step) (ids []int64, role bool) {
	switch a := step.Actor; {
	case a.Field != "":
		for _, v := range st.asked()[a.Field] {
			if id, err := strconv.ParseInt(v, 10, 64); err == nil {
				ids = append(ids, id)
			}
		}
	case a.Duty != "":
		for _, h := range st.holdings {
			if h.Duty == a.Duty && h.Account != 0 && h.Holds(st.today) {
				ids = append(ids, h.Account)
			}
		}
	case a.Role == "demandeur":
		ids = []int64{st.r.Account}
	default:
		return nil, true
	}
	return ids, false
}

// standsFor tells for whom of some people an account stands in today, 0 for nobody.
func (st *stage) standsFor(account int64, of func(int64) bool) int64 {
	for _, d := range st.standIns {
		if d.Deputy == account && d.On(st.today) && of(d.Account) {
			return d.Account
		}
	}
	return 0
}

// approved are those who have approved the file as it is: a change of what is asked, or a step back,
// makes their word void.
func (st *stage) approved() (out []registry.Approval) {
	for _, e := range st.events {
		switch e.Act {
		case ActFile, ActBack:
			out = nil
		case ActComplete:
			if e.Changes != "" {
				out = nil
			}
		case ActApprove:
			out = append(out, registry.Approval{Account: e.Account, Name: e.Name, At: e.At})
		}
	}
	return out
}

// mayDecide tells whether a viewer may decide the step at which a file stands, for whom when it is in
// the place of someone, and else why not.
func (s *Service) mayDecide(ctx context.Context, v belvedere.Viewer, st *stage) (forWhom int64, ok bool, why string) {
	step := st.step()
	if v.Kind != belvedere.AccountViewer || v.ID == 0 || !step.decides() || st.r.State == registry.RequestToComplete {
		return 0, false, "Cette demande n’attend pas de décision."
	}
	if step.Actor.Role != "demandeur" && v.ID == st.r.Account {
		return 0, false, "Nul ne décide sa propre demande."
	}
	ids, role := st.named(step)
	switch {
	case role && s.inRole(v, step.Actor.Role), slices.Contains(ids, v.ID), step.Actor.Login != "" && v.Login == step.Actor.Login:
	default:
		if forWhom = st.standsFor(v.ID, func(id int64) bool {
			return id != st.r.Account && (slices.Contains(ids, id) || s.holdsRole(ctx, id, step.Actor))
		}); forWhom == 0 {
			return 0, false, "Cette étape revient à une autre personne."
		}
	}
	if st.p.gives() && slices.ContainsFunc(st.approved(), func(a registry.Approval) bool { return a.Account == v.ID }) {
		return 0, false, "Vous avez déjà approuvé cette demande : une autre personne doit le faire aussi."
	}
	return forWhom, true, ""
}

// inRole tells whether a viewer has a role.
func (s *Service) inRole(v belvedere.Viewer, role string) bool {
	switch role {
	case "donnees":
		return v.May(belvedere.DataOfficer)
	case "dpo":
		return v.Auditor
	case "administrateur":
		return v.Admin
	}
	return false
}

// holdsRole is inRole of an account, for those who stand in for it.
func (s *Service) holdsRole(ctx context.Context, id int64, a Actor) bool {
	if a.Role == "" && a.Login == "" {
		return false
	}
	account, err := s.Registry.Account(ctx, id)
	if err != nil || account.State != registry.Active {
		return false
	}
	if a.Login != "" {
		return account.Login == a.Login
	}
	v := belvedere.Viewer{ID: id, Admin: account.Admin, Auditor: account.Auditor}
	if a.Role == "donnees" && !v.Admin {
		v.Grants = s.liveGrants(ctx, id)
	}
	return s.inRole(v, a.Role)
}

// liveGrants are the grants of an account in force.
func (s *Service) liveGrants(ctx context.Context, id int64) (out []belvedere.Grant) {
	list, _, err := s.Registry.ListGrants(ctx, registry.GrantFilter{Account: id, Live: s.Now()}, registry.Page{})
	if err != nil {
		return nil
	}
	for _, g := range list {
		if g.Holds(s.Now()) {
			out = append(out, g.Grant)
		}
	}
	return out
}

// actors are those whose turn a step is, with those who stand in for them: whom to tell.
func (s *Service) actors(ctx context.Context, st *stage, step *Step) (out []registry.Account, err error) {
	people, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active}, registry.Page{})
	if err != nil {
		return nil, err
	}
	ids, role := st.named(step)
	admins := false // where nobody holds the role of the data, administrators do
	if role && step.Actor.Role == "donnees" {
		for _, a := range people {
			if !a.Admin && s.holdsRole(ctx, a.ID, step.Actor) {
				ids = append(ids, a.ID)
			}
		}
		admins = len(ids) == 0
	}
	for _, a := range people {
		holds := slices.Contains(ids, a.ID) || step.Actor.Login != "" && a.Login == step.Actor.Login
		switch {
		case !role || step.Actor.Role == "donnees" && !admins:
		default:
			holds = holds || s.holdsRole(ctx, a.ID, step.Actor)
		}
		if holds && (a.ID != st.r.Account || step.Actor.Role == "demandeur") {
			out = append(out, a)
		}
	}
	for _, d := range st.standIns {
		if d.On(st.today) && d.Deputy != st.r.Account && slices.ContainsFunc(out, func(a registry.Account) bool { return a.ID == d.Account }) {
			for _, a := range people {
				if a.ID == d.Deputy && !slices.ContainsFunc(out, func(o registry.Account) bool { return o.ID == a.ID }) {
					out = append(out, a)
				}
			}
		}
	}
	return out, nil
}

// mayRead tells whether a file may be shown to a viewer: to who filed it, to those whose turn it is, was
// or will be, to those who answer for data and their protection, and to all when it is public.
func (s *Service) mayRead(ctx context.Context, v belvedere.Viewer, st *stage) bool {
	if v.Kind == belvedere.Operator {
		return true
	}
	if v.Kind != belvedere.AccountViewer || v.ID == 0 {
		return false
	}
	if v.ID == st.r.Account {
		return true
	}
	if st.r.State == registry.RequestDraft {
		return false
	}
	if st.p.Public || v.Admin || v.Auditor || v.May(belvedere.DataOfficer) {
		return true
	}
	if slices.ContainsFunc(st.events, func(e registry.RequestEvent) bool { return e.Account == v.ID }) {
		return true
	}
	for _, step := range st.p.Steps {
		ids, _ := st.named(step)
		if step.decides() && (slices.Contains(ids, v.ID) || step.Actor.Login == v.Login && v.Login != "" ||
			st.standsFor(v.ID, func(id int64) bool { return slices.Contains(ids, id) || s.holdsRole(ctx, id, step.Actor) }) != 0) {
			return true
		}
	}
	return false
}

// ofAuthority tells whether a viewer is of those who decide: internal fields are theirs.
func (s *Service) ofAuthority(v belvedere.Viewer) bool {
	return v.Kind == belvedere.Operator || v.Admin || v.Auditor || v.May(belvedere.DataOfficer)
}

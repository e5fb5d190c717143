package procedure

import (
	"context"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/registry"
)

// deciders are those who can decide the step at which a file stands: those whose turn it is, without who
// filed it and without who may not approve it a second time. Where that leaves nobody of those who answer
// for the data, administrators do.
func (s *Service) deciders(ctx context.Context, st *stage) ([]registry.Account, error) {
	step := st.step()
	out, err := s.actors(ctx, st, step)
	if err != nil {
		return nil, err
	}
	if out = st.fresh(out); len(out) > 0 || step.Actor.Role != "donnees" {
		return out, nil
	}
	admins, err := s.administrators(ctx)
	return st.fresh(admins), err
}

// fresh leaves out who has approved a file already, where two people must, and who filed it.
func (st *stage) fresh(list []registry.Account) []registry.Account {
	approved := st.approved()
	return slices.DeleteFunc(list, func(a registry.Account) bool {
		return a.ID == st.r.Account && st.step().Actor.Role != "demandeur" ||
			st.p.gives() && slices.ContainsFunc(approved, func(o registry.Approval) bool { return o.Account == a.ID })
	})
}

// administrators are the accounts that manage the console.
func (s *Service) administrators(ctx context.Context) ([]registry.Account, error) {
	list, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active, Admin: true}, registry.Page{})
	return list, err
}

// stuck says why nobody can decide a file, "" when someone can.
func (s *Service) stuck(ctx context.Context, st *stage) (string, error) {
	step := st.step()
	if !step.decides() || st.r.State == registry.RequestToComplete {
		return "", nil
	}
	if people, err := s.deciders(ctx, st); err != nil || len(people) > 0 {
		return "", err
	}
	switch a := step.Actor; {
	case a.Field != "":
		return "La personne nommée n’a plus de compte actif, ou a déjà approuvé cette demande : un administrateur ou un responsable des données en désigne une autre.", nil
	case a.Role == "dpo":
		return "Personne n’est délégué à la protection des données : un administrateur désigne quelqu’un dans « Utilisateurs ».", nil
	case a.Duty != "":
		return "Personne ne tient cette responsabilité : un administrateur la confie à quelqu’un dans « Gouvernance ».", nil
	case a.Role == "demandeur":
		return "La personne qui a fait la demande n’a plus de compte actif.", nil
	}
	return "Personne ne peut décider cette étape : une autre personne doit en recevoir le droit.", nil
}

// blocked tells a view why nobody can decide it, and whom the viewer may name instead.
func (s *Service) blocked(ctx context.Context, v belvedere.Viewer, st *stage, out *View) (err error) {
	if out.Stuck, err = s.stuck(ctx, st); err != nil {
		return err
	}
	out.Stuck = french(out.Stuck)
	if f := s.replaceable(v, st, out.Stuck != ""); f != nil {
		out.Replaces = []Option{{f.Name, f.Label}}
	}
	return nil
}

// replaceable is the field in which a viewer may name another person than the one who decides: those who
// answer for the data may, when the one named cannot or has let the deadline go by.
func (s *Service) replaceable(v belvedere.Viewer, st *stage, stuck bool) *Field {
	step := st.step()
	if !step.decides() || step.Actor.Field == "" || st.r.State == registry.RequestToComplete || !stuck && !s.late(st) {
		return nil
	}
	if v.Kind != belvedere.AccountViewer || v.ID == st.r.Account || !v.May(belvedere.DataOfficer) {
		return nil
	}
	return st.p.Field(step.Actor.Field)
}

// Reassign names another person in the place of the one who should decide a file and does not, because
// the account is closed or the deadline is past. The history says who, whom and why.
func (s *Service) Reassign(ctx context.Context, v belvedere.Viewer, id, version int64, login, reason string) (_ registry.Request, err error) {
	defer belvedere.Wrap(&err, "Reassign(%d)", id)
	st, err := s.stage(ctx, id)
	if err != nil {
		return st.r, err
	}
	stuck, err := s.stuck(ctx, &st)
	if err != nil {
		return st.r, err
	}
	f := s.replaceable(v, &st, stuck != "")
	if f == nil {
		return st.r, s.unseen(ctx, v, &st, "On désigne une autre personne quand celle qui doit décider ne le peut plus, ou a dépassé le délai. Les administrateurs et les responsables des données le font.")
	}
	if reason, err = wording(reason, "Le motif", true); err != nil {
		return st.r, err
	}
	a, err := s.Registry.AccountByLogin(ctx, login)
	if err != nil && belvedere.KindOf(err) != belvedere.NotFound {
		return st.r, err
	}
	if err != nil || a.State != registry.Active || a.ID == st.r.Account || len(st.fresh([]registry.Account{a})) == 0 {
		return st.r, Flaws{{"personne", french("Choisissez une personne qui a un compte actif, qui n’a pas fait la demande et ne l’a pas déjà approuvée.")}}
	}
	before, after := st.asked(), st.asked()
	after[f.Name] = []string{strconv.FormatInt(a.ID, 10)}
	now := s.Now().UTC()
	e := registry.RequestEvent{At: now, Account: v.ID, Name: v.Name, Act: ActReassign, Before: st.r.State, Step: st.r.Step, Reason: reason, Changes: changesText(st.p.changes(before, after))}
	st.r.Version, st.r.Asked = version, after.text()
	s.stay(&st, st.step(), now)
	return s.move(ctx, &st, e, nil, nil)
}

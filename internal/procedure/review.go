package procedure

import (
	"context"
	"fmt"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A ReviewView is a campaign with its grants, as someone may see it.
type ReviewView struct {
	registry.Review
	Lines []ReviewLine
	Open  int // without answer
}

// A ReviewLine is a grant of a review.
type ReviewLine struct {
	registry.ReviewLine
	Grant  registry.Grant
	Person string
	Mine   bool // the viewer may answer
}

// OpenReview begins a review of all grants in force: each must be confirmed by who approved it before a
// day, or ends. Data officers begin them.
func (s *Service) OpenReview(ctx context.Context, v belvedere.Viewer, label string, lastDay time.Time) (_ registry.Review, err error) {
	defer belvedere.Wrap(&err, "OpenReview")
	if !v.May(belvedere.DataOfficer) && v.Kind != belvedere.Operator {
		return registry.Review{}, belvedere.Errorf(belvedere.Forbidden, "Une revue est ouverte par un responsable des données.")
	}
	now := s.Now().UTC()
	closes := time.Date(lastDay.Year(), lastDay.Month(), lastDay.Day()+1, 0, 0, 0, 0, s.Zone).UTC()
	if lastDay.IsZero() || !closes.After(now) || closes.After(now.AddDate(0, 6, 0)) {
		return registry.Review{}, Flaws{{"fin", french("Le dernier jour de la revue est à venir, dans les six mois.")}}
	}
	if _, err := wording(label, "Le nom", true); err != nil {
		return registry.Review{}, Flaws{{"nom", french("Donnez un nom à la revue : « Rentrée 2027 ».")}}
	}
	list, _, err := s.Registry.ListGrants(ctx, registry.GrantFilter{Live: now}, registry.Page{})
	if err != nil {
		return registry.Review{}, err
	}
	var ids []int64
	for _, g := range list {
		ids = append(ids, g.ID)
	}
	r, err := s.Registry.OpenReview(ctx, registry.Review{Label: label, Opened: now, By: v.Login, Closes: closes}, ids)
	if err == nil {
		s.tellReviewers(ctx, r, list)
	}
	return r, err
}

// tellReviewers writes once to each person who has grants to confirm.
func (s *Service) tellReviewers(ctx context.Context, r registry.Review, list []registry.Grant) {
	if s.Mail == nil {
		return
	}
	people, _, err := s.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active}, registry.Page{})
	if err != nil {
		return
	}
	for _, a := range people {
		n := 0
		for _, g := range list {
			if ok, err := s.reviews(ctx, belvedere.Viewer{ID: a.ID, Login: a.Login}, g); err == nil && ok {
				n++
			}
		}
		if n > 0 {
			s.send(ctx, a, News{Subject: "Des habilitations à confirmer", What: "La revue « " + r.Label + " » vous demande de confirmer des habilitations que vous avez approuvées. Celles que personne ne confirme prennent fin.",
				Facts: [][2]string{{"Habilitations", fmt.Sprint(n)}, {"Avant le", belvedere.DayMonthYear(r.Closes.Add(-time.Second).In(s.Zone))}}, Button: "Ouvrir la revue", Link: "/demandes/revues"})
		}
	}
}

// reviews tells whether someone answers for a grant: one of those who approved it, who gave it, or who
// stands in for them; nobody for his or her own. When none of them is left, data officers do.
func (s *Service) reviews(ctx context.Context, v belvedere.Viewer, g registry.Grant) (bool, error) {
	if v.ID == 0 || v.ID == g.Account {
		return false, nil
	}
	all, err := s.Registry.Approvals(ctx)
	if err != nil {
		return false, err
	}
	var ids []int64
	for _, a := range all[g.ID] {
		if account, err := s.Registry.Account(ctx, a.Account); err == nil && account.State == registry.Active && a.Account != g.Account {
			ids = append(ids, a.Account)
		}
	}
	if a, err := s.Registry.AccountByLogin(ctx, g.CreatedBy); err == nil && a.State == registry.Active && a.ID != g.Account {
		ids = append(ids, a.ID)
	}
	if slices.Contains(ids, v.ID) {
		return true, nil
	}
	st := stage{}
	if err := s.seats(ctx, &st); err != nil {
		return false, err
	}
	if st.standsFor(v.ID, func(id int64) bool { return slices.Contains(ids, id) }) != 0 {
		return true, nil
	}
	return len(ids) == 0 && s.holdsRole(ctx, v.ID, Actor{Role: "donnees"}), nil
}

// Reviews gives all campaigns, newest first, with the grants that the viewer may see: those to answer
// for, and all for those who answer for data and their protection.
func (s *Service) Reviews(ctx context.Context, v belvedere.Viewer) (out []ReviewView, err error) {
	defer belvedere.Wrap(&err, "Reviews")
	list, err := s.Registry.ListReviews(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		one := ReviewView{Review: r}
		lines, err := s.Registry.ReviewLines(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			g, err := s.Registry.Grant(ctx, l.Grant)
			if err != nil {
				return nil, err
			}
			mine, err := s.reviews(ctx, v, g)
			if err != nil {
				return nil, err
			}
			if l.Decision == "" && g.Revoked.IsZero() {
				one.Open++
			}
			if mine || s.ofAuthority(v) {
				one.Lines = append(one.Lines, ReviewLine{ReviewLine: l, Grant: g, Person: s.nameOf(ctx, g.Account), Mine: mine && r.Closed.IsZero() && g.Revoked.IsZero()})
			}
		}
		if len(one.Lines) > 0 || s.ofAuthority(v) {
			out = append(out, one)
		}
	}
	return out, nil
}

// AnswerReview confirms a grant or ends it.
func (s *Service) AnswerReview(ctx context.Context, v belvedere.Viewer, review, grant int64, confirm bool, reason string) (err error) {
	defer belvedere.Wrap(&err, "AnswerReview(%d, %d)", review, grant)
	g, err := s.Registry.Grant(ctx, grant)
	if err != nil {
		return err
	}
	if ok, err := s.reviews(ctx, v, g); err != nil || !ok {
		if err == nil {
			err = belvedere.Errorf(belvedere.Forbidden, "Cette habilitation est confirmée par qui l’a approuvée.")
		}
		return err
	}
	if reason, err = wording(reason, "Le motif", !confirm); err != nil {
		return err
	}
	l := registry.ReviewLine{Review: review, Grant: grant, Decision: registry.ReviewEnded, By: v.Login, At: s.Now().UTC(), Reason: reason}
	if confirm {
		l.Decision = registry.ReviewConfirmed
	}
	if err := s.Registry.AnswerReview(ctx, l); err != nil || confirm {
		return err
	}
	s.tellEnded(ctx, g, reason)
	return nil
}

// closeReviews closes those whose day has come.
func (s *Service) closeReviews(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "closeReviews")
	list, err := s.Registry.ListReviews(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		if !r.Closed.IsZero() || s.Now().Before(r.Closes) {
			continue
		}
		ended, err := s.Registry.CloseReview(ctx, r.ID, "revue", s.Now().UTC())
		if err != nil {
			return err
		}
		for _, g := range ended {
			s.note(ctx, fmt.Sprintf("habilitation %d", g.ID), "retirée : "+g.RevokedWhy)
			s.tellEnded(ctx, g, g.RevokedWhy)
		}
	}
	return nil
}

// tellEnded writes to the holder of a grant that it has ended.
func (s *Service) tellEnded(ctx context.Context, g registry.Grant, why string) {
	if s.Mail == nil {
		return
	}
	to, err := s.Registry.Account(ctx, g.Account)
	if err != nil {
		return
	}
	s.send(ctx, to, News{Subject: "Votre habilitation a pris fin", What: "Une de vos habilitations a été retirée. Si vous en avez encore besoin, demandez-la de nouveau.",
		Facts: [][2]string{{"Finalité", g.Purpose}, {"Motif", why}}, Button: "La demander de nouveau", Link: fmt.Sprintf("/demandes/nouvelle/acces?habilitation=%d", g.ID)})
}

// StandIn says who acts in the place of a viewer between two days, nobody when login is empty.
func (s *Service) StandIn(ctx context.Context, v belvedere.Viewer, login string, first, last time.Time) (err error) {
	defer belvedere.Wrap(&err, "StandIn")
	if v.ID == 0 {
		return belvedere.Errorf(belvedere.Forbidden, "On se fait suppléer avec un compte.")
	}
	if login == "" {
		return s.Registry.PutStandIn(ctx, registry.StandIn{Account: v.ID})
	}
	a, err := s.Registry.AccountByLogin(ctx, login)
	switch {
	case belvedere.KindOf(err) == belvedere.NotFound || err == nil && a.State != registry.Active:
		return Flaws{{"suppleant", french("Choisissez une personne qui a un compte actif.")}}
	case err != nil:
		return err
	case a.ID == v.ID:
		return Flaws{{"suppleant", "Choisissez une autre personne que vous."}}
	case first.IsZero() || last.Before(first) || last.Before(s.today()):
		return Flaws{{"fin", french("La suppléance va d’un jour à un autre, à venir : corrigez les dates.")}}
	}
	return s.Registry.PutStandIn(ctx, registry.StandIn{Account: v.ID, Deputy: a.ID, From: first, To: last.AddDate(0, 0, 1)})
}

// StandInOf is who acts in the place of an account, now or later; ok is false for nobody.
func (s *Service) StandInOf(ctx context.Context, account int64) (name string, d registry.StandIn, ok bool, err error) {
	list, err := s.Registry.StandIns(ctx)
	if err != nil {
		return "", d, false, err
	}
	for _, one := range list {
		if one.Account == account && s.today().Before(one.To) {
			return s.nameOf(ctx, one.Deputy), one, true, nil
		}
	}
	return "", d, false, nil
}

// NameManager declares who is the manager of an account, nobody when manager is empty. Administrators do.
func (s *Service) NameManager(ctx context.Context, v belvedere.Viewer, login, manager string) (err error) {
	defer belvedere.Wrap(&err, "NameManager(%s)", login)
	if !v.Admin && v.Kind != belvedere.Operator {
		return belvedere.Errorf(belvedere.Forbidden, "Les administrateurs de la console déclarent les responsables.")
	}
	a, err := s.Registry.AccountByLogin(ctx, login)
	if err != nil {
		return err
	}
	m := registry.Account{}
	if manager != "" {
		if m, err = s.Registry.AccountByLogin(ctx, manager); err != nil {
			return err
		}
	}
	return s.Registry.PutManager(ctx, a.ID, m.ID, v.Login, s.Now().UTC())
}

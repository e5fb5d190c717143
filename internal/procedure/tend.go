package procedure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// remindBefore is how long before its end a grant is announced to its holder.
const remindBefore = 21 * 24 * time.Hour

// Tend does what nobody asks for: files whose right has ended lapse, those that nobody completes are
// dropped, late steps and coming ends are told, reviews whose day has come are closed, and what has been kept long enough is forgotten. Doing it
// again, or on two servers, repeats nothing.
func (s *Service) Tend(ctx context.Context) error {
	return errors.Join(s.lapse(ctx), s.remindLate(ctx), s.tendComplete(ctx), s.silence(ctx), s.remindEnds(ctx), s.closeReviews(ctx), s.forget(ctx))
}

// lapse ends the files whose grants are over.
func (s *Service) lapse(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "lapse")
	return s.eachOpen(ctx, func(st *stage) error {
		if step := st.step(); step == nil || step.Kind != WaitStep {
			return nil
		}
		grants, _, err := s.Registry.ListGrants(ctx, registry.GrantFilter{Request: st.r.ID}, registry.Page{})
		if err != nil {
			return err
		}
		now := s.Now().UTC()
		why := "Elle est arrivée à son terme."
		for _, g := range grants {
			if g.Revoked.IsZero() && now.Before(g.Until) {
				return nil
			}
			if !g.Revoked.IsZero() {
				why = strings.TrimSpace("Elle a été retirée. " + g.RevokedWhy)
			}
		}
		e := registry.RequestEvent{At: now, Act: ActLapse, Before: st.r.State, Step: st.r.Step, Reason: cutText(why, mostReason)}
		s.stay(st, nil, now)
		st.r.State, st.r.Ended = registry.RequestLapsed, now
		_, err = s.move(ctx, st, e, nil, nil)
		return repeated(err)
	})
}

// repeated is nothing when another did the same meanwhile.
func repeated(err error) error {
	if belvedere.KindOf(err) == belvedere.Conflict {
		return nil
	}
	return err
}

// remindEnds announces once to its holder that a grant ends soon.
func (s *Service) remindEnds(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "remindEnds")
	now := s.Now()
	if s.Mail == nil {
		return nil
	}
	list, _, err := s.Registry.ListGrants(ctx, registry.GrantFilter{Live: now, EndsBy: now.Add(remindBefore)}, registry.Page{})
	if err != nil {
		return err
	}
	for _, g := range list {
		if !g.Reminded.IsZero() {
			continue
		}
		to, err := s.Registry.Account(ctx, g.Account)
		if err != nil {
			return err
		}
		if err := s.Registry.GrantReminded(ctx, g.ID, now.UTC()); err != nil {
			return err
		}
		s.send(ctx, to, News{Subject: "Votre habilitation finit bientôt", What: "Une de vos habilitations prend fin. Si vous en avez encore besoin, demandez-la de nouveau : sa finalité sera relue.",
			Facts: [][2]string{{"Finalité", g.Purpose}, {"Dernier jour", belvedere.DayMonthYear(g.Until.Add(-time.Second).In(s.Zone))}}, Button: "La demander de nouveau", Link: "/demandes/nouvelle/acces?habilitation=" + fmt.Sprint(g.ID)})
	}
	return nil
}

// forget purges the files that were kept as long as their procedure says.
func (s *Service) forget(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "forget")
	now := s.Now()
	list, _, err := s.Registry.ListRequests(ctx, registry.RequestFilter{EndedBy: now}, registry.Page{})
	if err != nil {
		return err
	}
	for _, r := range list {
		p, err := s.of(ctx, r)
		if err != nil {
			return err
		}
		if now.Before(r.Ended.AddDate(0, p.Months, 0)) {
			continue
		}
		if err := s.Registry.PurgeRequest(ctx, r.ID, now.UTC()); err != nil {
			return err
		}
		s.note(ctx, Object(r), "contenu effacé au terme de sa conservation")
	}
	return nil
}

func (s *Service) note(ctx context.Context, object, detail string) {
	if s.Noted != nil {
		s.Noted(ctx, object, detail)
	}
}

// Prefill are the answers that a new file begins with: those that an address names, the manager declared,
// and the last grant when one is asked for again.
func (s *Service) Prefill(ctx context.Context, v belvedere.Viewer, code string, given map[string][]string, grant int64) (_ Values, err error) {
	defer belvedere.Wrap(&err, "Prefill(%s)", code)
	p, err := s.Procedure(ctx, code)
	if err != nil {
		return nil, err
	}
	out := Values{}
	for _, f := range p.at("") {
		if len(given[f.Name]) > 0 {
			if values, flaw := f.read(given[f.Name], s.today()); flaw == "" && len(values) > 0 {
				out[f.Name] = values
			}
		}
		if f.Prefill == "responsable" {
			managers, err := s.Registry.Managers(ctx)
			if err != nil {
				return nil, err
			}
			if m := managers[v.ID]; m != 0 {
				out[f.Name] = []string{fmt.Sprint(m)}
			}
		}
	}
	if grant != 0 {
		s.likeGrant(ctx, v, p, out, grant)
	}
	return out, nil
}

// likeGrant fills a form with what a grant of the viewer opens.
func (s *Service) likeGrant(ctx context.Context, v belvedere.Viewer, p *Procedure, out Values, id int64) {
	g, err := s.Registry.Grant(ctx, id)
	if err != nil || g.Account != v.ID {
		return
	}
	for _, step := range p.Steps {
		if step.Kind != EffectStep {
			continue
		}
		capacity := "lecteur"
		for code, c := range capabilities {
			if c == g.Capability {
				capacity = code
			}
		}
		out[step.With["capacite"]], out[step.With["finalite"]] = []string{capacity}, []string{g.Purpose}
		if g.Capability == belvedere.Extractor {
			out[step.With["niveau"]] = []string{string(g.Level)}
		}
		if out[step.With["rubriques"]] = slices.Clone(g.Widgets); g.AllWidgets {
			out[step.With["rubriques"]] = []string{Everything}
		}
		schools := []string{}
		for _, u := range g.Schools {
			schools = append(schools, string(u))
		}
		if out[step.With["etablissements"]] = schools; g.AllSchools {
			out[step.With["etablissements"]] = []string{Everything}
		}
		if field := step.With["perimetre"]; field != "" {
			out[field] = []string{}
			for _, w := range g.Within {
				for _, code := range w.Codes {
					out[field] = append(out[field], belvedere.WithinText([]belvedere.Within{{Dim: w.Dim, Codes: []string{code}}}))
				}
			}
		}
	}
}

package procedure

import (
	"context"
	"fmt"
	"strconv"

	"belvedere"
	"belvedere/internal/registry"
)

// Path is the page of a file.
func Path(id int64) string { return "/demandes/" + strconv.FormatInt(id, 10) }

// tell writes to those whose turn a file has become, and to who filed it. A letter that cannot be
// written keeps nothing from happening: the file is where it is.
func (s *Service) tell(ctx context.Context, st *stage, e registry.RequestEvent) {
	if s.Mail == nil {
		return
	}
	r, step := st.r, st.step()
	facts := [][2]string{{"Demande", fmt.Sprintf("n° %d, %s", r.ID, r.Title)}, {"Par", r.Name}}
	if r.State != registry.RequestToComplete && step.decides() {
		people, err := s.deciders(ctx, st)
		if err == nil && len(people) == 0 {
			s.tellStuck(ctx, st, facts)
		}
		if err == nil {
			more := facts
			if !r.Due.IsZero() {
				more = append(more, [2]string{"Avant le", belvedere.DayMonthYear(r.Due.In(s.Zone))})
			}
			for _, to := range people {
				s.send(ctx, to, News{Subject: st.p.Label + " : à vous de décider", What: "Une demande attend votre décision, à l’étape « " + step.Label + " ».", Facts: more, Button: "Ouvrir la demande", Link: Path(r.ID)})
			}
		}
	}
	if e.Account == r.Account { // who acts knows
		return
	}
	to, err := s.Registry.Account(ctx, r.Account)
	if err != nil {
		return
	}
	facts = append(facts, [2]string{"État", r.State.Label()})
	if step != nil {
		facts = append(facts, [2]string{"Étape", step.Label})
	}
	if e.Reason != "" {
		facts = append(facts, [2]string{"Motif", e.Reason})
	}
	if r.State == registry.RequestToComplete && !r.Due.IsZero() {
		facts = append(facts, [2]string{"Avant le", belvedere.DayMonthYear(r.Due.In(s.Zone))})
	}
	s.send(ctx, to, News{Subject: st.p.Label + " : " + r.State.Label(), What: newsOf(r.State), Facts: facts, Button: "Ouvrir la demande", Link: Path(r.ID)})
}

// tellStuck writes to administrators that nobody can decide a file: they can mend that.
func (s *Service) tellStuck(ctx context.Context, st *stage, facts [][2]string) {
	why, err := s.stuck(ctx, st)
	admins, failed := s.administrators(ctx)
	if err != nil || failed != nil {
		return
	}
	for _, to := range admins {
		if to.ID != st.r.Account {
			s.send(ctx, to, News{Subject: st.p.Label + " : personne pour décider", What: why, Facts: facts, Button: "Ouvrir la demande", Link: Path(st.r.ID)})
		}
	}
}

// newsOf says to who filed a file what became of it.
func newsOf(state registry.RequestState) string {
	switch state {
	case registry.RequestToComplete:
		return "Votre demande est à compléter : le motif dit ce qui manque."
	case registry.RequestGranted:
		return "Votre demande est accordée."
	case registry.RequestGrantedPart:
		return "Votre demande est accordée en partie : sa page montre ce qui est accordé à côté de ce qui était demandé."
	case registry.RequestRefused:
		return "Votre demande est refusée : le motif dit pourquoi."
	case registry.RequestDropped:
		return "Votre demande est classée sans suite : le motif dit pourquoi. Vous pouvez en déposer une autre."
	case registry.RequestLapsed:
		return "Ce que votre demande avait ouvert a pris fin."
	case registry.RequestDone:
		return "Ce que vous aviez demandé est livré : vérifiez que c’est bien cela."
	}
	return "Votre demande avance."
}

// send writes one letter.
func (s *Service) send(ctx context.Context, to registry.Account, n News) {
	n.Subject, n.What = french(n.Subject), french(n.What)
	if to.Email == "" || to.State != registry.Active {
		return
	}
	s.Mail.Request(ctx, to, n) //nolint:errcheck // the queue of mails tells what it cannot send
}

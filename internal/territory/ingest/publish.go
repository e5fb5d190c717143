package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// The table of the warehouse that says which editions it holds. It is written in the transaction
// that brings their rows, so that it cannot disagree with them.
const publicationTable = "publication"

// publish makes one edition of prepared deliveries. If the warehouse refuses them together, each
// is read again and tried in an edition of its own, so that one cannot hold up the others.
func (s *Service) publish(ctx context.Context, list []*prepared, progress func(belvedere.Delivery)) (belvedere.Edition, error) {
	e, err := s.publishTogether(ctx, list, progress)
	if !ours(ctx, err) {
		return e, err
	}
	if len(list) == 1 {
		return e, s.giveUp(ctx, list[0], err)
	}
	s.Log.Warn("deliveries could not be published together; trying one by one", "error", err)
	var errs []error
	for _, p := range list {
		s.dropStages([]*prepared{p})
		alone, err := s.prepare(ctx, p.delivery.Seq, progress)
		if err == nil && alone != nil {
			var one belvedere.Edition
			one, err = s.publishTogether(ctx, []*prepared{alone}, progress)
			s.dropStages([]*prepared{alone})
			if ours(ctx, err) {
				err = s.giveUp(ctx, alone, err)
			}
			if one.Number > 0 {
				e = one
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("delivery %d: %w", p.delivery.Seq, err))
		}
	}
	return e, errors.Join(errs...)
}

// ours tells the failures that trying again later would not cure by itself.
func ours(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && belvedere.KindOf(err) != belvedere.Unavailable
}

// mostAttempts is how often a delivery may fail alone before it is refused: a file whose values
// the warehouse cannot hold would else be tried for ever.
const mostAttempts = 3

// giveUp counts the failures of a delivery that the warehouse does not take, and refuses it in
// the end. It returns the failure, or nil once the delivery is refused.
func (s *Service) giveUp(ctx context.Context, p *prepared, cause error) error {
	s.attempts[p.delivery.Seq]++
	if s.attempts[p.delivery.Seq] < mostAttempts {
		return cause
	}
	delete(s.attempts, p.delivery.Seq)
	s.Log.Error("delivery refused after repeated failures", "seq", p.delivery.Seq, "error", cause)
	return s.refuse(ctx, p, wrapf(belvedere.Invalid, cause,
		"L’entrepôt de statistiques n’a pas pu prendre ce fichier après %d essais : ses valeurs dépassent sans doute ce qu’il peut additionner. Le détail est dans le journal du serveur. Vérifiez les plus grandes valeurs, puis renvoyez le fichier.", mostAttempts), nil)
}

// publishTogether runs the three steps: plan, write, finish. See resolve for what a failure
// between two of them leads to.
func (s *Service) publishTogether(ctx context.Context, list []*prepared, progress func(belvedere.Delivery)) (e belvedere.Edition, err error) {
	planned := make([]registry.Planned, len(list))
	taken := map[sliceKey]registry.Holder{}
	known, err := s.listed(ctx, list)
	if err != nil {
		return e, s.unplan(ctx, list, err)
	}
	for i, p := range list {
		parts, err := s.settle(ctx, p, 0, taken)
		if err != nil {
			return e, s.unplan(ctx, list, err)
		}
		p.warnUnlisted(known)
		p.count()
		p.delivery.State = belvedere.Staged
		if err := s.record(ctx, p, progress); err != nil {
			return e, s.unplan(ctx, list, err)
		}
		planned[i] = registry.Planned{Seq: p.delivery.Seq, Slices: parts}
	}
	if e, err = s.Registry.PlanEdition(ctx, editionLabel(list), planned); err != nil {
		return belvedere.Edition{}, s.unplan(ctx, list, err)
	}
	err = s.Engine.Exec(ctx, s.statements(e.Number, list)...)
	there, rerr := s.resolve(ctx, e.Number)
	if !there {
		return belvedere.Edition{}, errors.Join(err, rerr)
	}
	// The warehouse has it, whatever Exec said: a plan that could not be finished is finished later.
	e.Published = s.Now().UTC()
	s.announce(ctx, e, list, progress)
	if s.Published != nil && rerr == nil {
		if err := s.Published(ctx, e); err != nil && ctx.Err() == nil {
			s.Log.Error("an edition is out, and what follows it failed", "edition", e.Number, "error", err)
		}
	}
	return e, rerr
}

// unplan makes deliveries wait again when the edition could not be planned.
func (s *Service) unplan(ctx context.Context, list []*prepared, cause error) error {
	for _, p := range list {
		cause = s.putBack(ctx, p.delivery.Seq, cause)
	}
	return cause
}

// statements of an edition: its number, the rows of each delivery in order, what they make stale.
func (s *Service) statements(number int, list []*prepared) []belvedere.Statement {
	var out []belvedere.Statement
	var touched []string
	for _, p := range list {
		out = append(out, publicationOf(number, p.delivery.Seq))
		for _, st := range p.stages {
			for _, part := range st.closed() {
				out = append(out, s.Publisher.Withdraw(st.dataset, part.key, number))
				touched = append(touched, st.dataset.Name)
			}
			if st.rows == 0 {
				continue
			}
			from := semantic.Origin{Delivery: p.delivery.Seq, Name: p.origin, Rank: p.rankOf(st), Sorted: st.order.kept()}
			out = append(out, s.Publisher.Publish(st.dataset, st.table, number, from)...)
			touched = append(touched, st.dataset.Name)
		}
	}
	slices.Sort(touched)
	if touched = slices.Compact(touched); len(touched) > 0 {
		out = append(out, s.Publisher.Rollups(s.Model, touched, number)...)
	}
	return out
}

func publicationOf(number int, delivery int64) belvedere.Statement {
	return belvedere.Statement{SQL: "INSERT INTO " + publicationTable + " VALUES (?::INTEGER, ?::BIGINT)", Args: []any{int64(number), delivery}}
}

// resolve ends a planned edition by what the warehouse holds: it is finished when its number is
// there, and abandoned when not. It works after the end of the context, for the plan must not
// outlive the work. When the warehouse does not answer, the plan stays for the next time.
func (s *Service) resolve(ctx context.Context, number int) (there bool, err error) {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	defer func() { s.untidy = s.untidy || err != nil }()
	in, err := s.inWarehouse(ctx, number)
	if err != nil {
		return false, err
	}
	if len(in) == 0 {
		return false, s.Registry.AbandonEdition(ctx, number)
	}
	return true, s.Registry.FinishEdition(ctx, number, s.Now().UTC())
}

// inWarehouse lists the deliveries of an edition that the warehouse holds.
func (s *Service) inWarehouse(ctx context.Context, number int) (in []int64, err error) {
	err = s.Engine.Query(ctx, belvedere.Statement{SQL: "SELECT livraison FROM " + publicationTable + " WHERE edition = ?::INTEGER ORDER BY 1", Args: []any{int64(number)}},
		func(row []any) error {
			seq, ok := row[0].(int64)
			if !ok {
				return fmt.Errorf("livraison is a %T", row[0])
			}
			in = append(in, seq)
			return nil
		})
	return in, err
}

// announce tells of the published deliveries.
func (s *Service) announce(ctx context.Context, e belvedere.Edition, list []*prepared, progress func(belvedere.Delivery)) {
	for _, p := range list {
		p.delivery.State, p.delivery.Edition, p.delivery.Finished = belvedere.Published, e.Number, e.Published
		if progress != nil {
			progress(p.delivery)
		}
	}
	s.Log.InfoContext(ctx, "edition published", "edition", e.Number, "deliveries", len(list), "label", e.Label)
}

// editionLabel names an edition after the datasets that it changes.
func editionLabel(list []*prepared) string {
	var labels []string
	for _, p := range list {
		for _, st := range p.stages {
			if (st.rows > 0 || len(st.closed()) > 0) && !slices.Contains(labels, st.dataset.Label) {
				labels = append(labels, st.dataset.Label)
			}
		}
	}
	switch {
	case len(labels) == 0:
		return "Aucun changement"
	case len(labels) > 3:
		return fmt.Sprintf("%s et %d autres jeux", strings.Join(labels[:3], ", "), len(labels)-3)
	}
	return strings.Join(labels, ", ")
}

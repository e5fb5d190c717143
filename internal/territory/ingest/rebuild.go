package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// A RebuildStep tells how far a rebuild is.
type RebuildStep struct {
	Edition  int // number of the edition under way
	Done     int // editions replayed
	Editions int // editions to replay
	Delivery belvedere.Delivery
}

// A RebuildReport tells what a rebuild did. What it could not bring back is listed with why.
type RebuildReport struct {
	Editions   int
	Deliveries int
	Rows       int64
	Lost       []LostDelivery
}

// A LostDelivery is published in the registry and could not be replayed.
type LostDelivery struct {
	Delivery belvedere.Delivery
	Reason   string // in French
}

// Rebuild empties the warehouse and replays every edition from the landing folder, with the same
// numbers: the rows come out the same. Deliveries whose file is missing or altered are left out
// and reported; the registry does not change.
func (s *Service) Rebuild(ctx context.Context, progress func(RebuildStep)) (report RebuildReport, err error) {
	defer belvedere.Wrap(&err, "ingest.Rebuild")
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.follow(ctx); err != nil {
		return report, err
	}
	if s.Engine == nil {
		return report, s.ensure(ctx)
	}
	// An edition that the warehouse took and the registry did not finish would be lost.
	if s.ensure(ctx) == nil {
		if err := s.resolvePlans(ctx); err != nil {
			return report, err
		}
	}
	return s.rebuild(ctx, progress)
}

func (s *Service) rebuild(ctx context.Context, progress func(RebuildStep)) (report RebuildReport, err error) {
	var statements []belvedere.Statement
	tables := allTables(s.Model)
	if stored, err := s.storedLayouts(ctx); err == nil { // those of datasets that are declared no longer
		tables = append(tables, slices.Sorted(maps.Keys(stored))...)
	}
	for _, name := range tables {
		statements = append(statements, dropTable(name))
	}
	s.ready = false
	if err := s.Engine.Exec(ctx, append(statements, ownTables()...)...); err != nil {
		return report, err
	}
	if err := s.ensure(ctx); err != nil {
		return report, err
	}
	if err := s.resolvePlans(ctx); err != nil { // stale tables: the plan is abandoned
		return report, err
	}
	want, _, err := s.compare(ctx, errStale)
	if err != nil {
		return report, err
	}
	return s.replay(ctx, want, progress)
}

// replay brings back editions, each in one transaction.
func (s *Service) replay(ctx context.Context, numbers []int, progress func(RebuildStep)) (report RebuildReport, err error) {
	for i, number := range numbers {
		step := RebuildStep{Edition: number, Done: i, Editions: len(numbers)}
		if err := s.replayEdition(ctx, step, &report, progress); err != nil {
			return report, fmt.Errorf("edition %d: %w", number, err)
		}
		report.Editions++
	}
	if progress != nil {
		progress(RebuildStep{Done: len(numbers), Editions: len(numbers)})
	}
	return report, nil
}

func (s *Service) replayEdition(ctx context.Context, step RebuildStep, report *RebuildReport, progress func(RebuildStep)) error {
	deliveries, err := s.Registry.EditionDeliveries(ctx, step.Edition)
	if err != nil {
		return err
	}
	var list []*prepared
	defer func() { s.dropStages(list) }()
	taken := map[sliceKey]registry.Holder{}
	var lost []belvedere.Statement
	for _, d := range deliveries {
		if step.Delivery = d; progress != nil {
			progress(step)
		}
		p, err := s.replayDelivery(ctx, d)
		if err == nil {
			list = append(list, p)
			_, err = s.settle(ctx, p, step.Edition, taken)
		}
		if err != nil && !lasting(err) {
			return fmt.Errorf("delivery %d: %w", d.Seq, err)
		}
		if err != nil {
			// Its number is written all the same, or each start would try again.
			lost = append(lost, publicationOf(step.Edition, d.Seq))
			report.Lost = append(report.Lost, LostDelivery{d, belvedere.Message(err)})
			s.Log.Error("delivery could not be replayed", "seq", d.Seq, "reason", belvedere.Message(err))
		}
	}
	if err := s.Engine.Exec(ctx, append(lost, s.statements(step.Edition, list)...)...); err != nil {
		return err
	}
	report.Deliveries += len(list)
	for _, p := range list {
		for _, st := range p.stages {
			report.Rows += st.rows
		}
	}
	return nil
}

// replayDelivery stages the file of a delivery again, once its hash is verified.
func (s *Service) replayDelivery(ctx context.Context, d belvedere.Delivery) (*prepared, error) {
	if err := s.landing.verify(d.SHA256); err != nil {
		return nil, &lostError{err}
	}
	asked, err := s.Registry.Asked(ctx, d.Seq)
	if err != nil {
		return nil, err
	}
	d.Rows, d.Kept, d.Set = 0, 0, 0
	p, err := s.read(ctx, d, asked, nil)
	if err == nil {
		err = s.check(ctx, p)
	}
	if err == nil {
		err = s.learn(ctx, p)
	}
	if err != nil && p != nil {
		s.dropStages([]*prepared{p})
	}
	return p, err
}

// A lostError says that the landing folder no longer has the file as it was received.
type lostError struct{ error }

func (e *lostError) Unwrap() error { return e.error }

// lasting tells the errors that trying again would not cure.
func lasting(err error) bool {
	_, lost := err.(*lostError)
	return lost || refusal(err)
}

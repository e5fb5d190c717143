package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"belvedere"
)

func (s *store) PlanEdition(ctx context.Context, label string, planned []Planned) (e belvedere.Edition, err error) {
	defer belvedere.Wrap(&err, "PlanEdition(%d deliveries)", len(planned))
	err = s.write(ctx, func(tx querier) error {
		var open, last int
		if err := tx.row(ctx, "SELECT count(*) FILTER (WHERE published = 0), coalesce(max(number), 0) FROM edition", nil, &open, &last); err != nil {
			return err
		}
		if open > 0 {
			return belvedere.Errorf(belvedere.Conflict, "Une publication est déjà en cours. Attendez qu’elle soit finie.")
		}
		e = belvedere.Edition{Number: last + 1, Label: label}
		if err := tx.run(ctx, "INSERT INTO edition (number, label) VALUES (?, ?)", e.Number, label); err != nil {
			return err
		}
		for _, p := range planned {
			if err := plan(ctx, tx, e.Number, p); err != nil {
				return err
			}
		}
		return nil
	})
	return e, err
}

// plan adds one delivery to a planned edition.
func plan(ctx context.Context, tx querier, edition int, p Planned) error {
	var state belvedere.DeliveryState
	if err := tx.row(ctx, "SELECT state FROM delivery WHERE seq = ?", []any{p.Seq}, &state); err != nil {
		return fmt.Errorf("delivery %d: %w", p.Seq, err)
	}
	if state != belvedere.Staged {
		return fmt.Errorf("delivery %d is %s, not staged", p.Seq, state)
	}
	if err := tx.run(ctx, "INSERT INTO edition_delivery VALUES (?, ?)", edition, p.Seq); err != nil {
		return err
	}
	insert, err := tx.prepare(ctx, "INSERT INTO delivery_slice VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.close()
	for _, part := range p.Slices {
		if err := insert.run(ctx, part.Dataset, part.Slice, edition, p.Seq, part.Rows, part.Replaced); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) FinishEdition(ctx context.Context, number int, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "FinishEdition(%d)", number)
	return s.write(ctx, func(tx querier) error {
		var published int64
		if err := tx.row(ctx, "SELECT published FROM edition WHERE number = ?", []any{number}, &published); err != nil {
			return err
		}
		if published > 0 {
			return nil
		}
		if err := tx.run(ctx, "UPDATE edition SET published = ? WHERE number = ?", micros(at), number); err != nil {
			return err
		}
		err := tx.run(ctx, `UPDATE delivery SET state = ?, edition = ?, finished = ?, step = '', done = size, total = size
			WHERE seq IN (SELECT delivery FROM edition_delivery WHERE edition = ?)`, belvedere.Published, number, micros(at), number)
		return err
	})
}

func (s *store) AbandonEdition(ctx context.Context, number int) (err error) {
	defer belvedere.Wrap(&err, "AbandonEdition(%d)", number)
	return s.write(ctx, func(tx querier) error {
		var published int64
		if err := tx.row(ctx, "SELECT published FROM edition WHERE number = ?", []any{number}, &published); err != nil {
			return err
		}
		if published > 0 {
			return fmt.Errorf("edition %d is published", number)
		}
		if err := tx.run(ctx, `UPDATE delivery SET state = ?, step = '', done = 0
			WHERE seq IN (SELECT delivery FROM edition_delivery WHERE edition = ?)`, belvedere.Received, number); err != nil {
			return err
		}
		err := tx.run(ctx, "DELETE FROM edition WHERE number = ?", number) // its slices go with it
		return err
	})
}

func (s *store) OpenPlans(ctx context.Context) (_ []belvedere.Edition, err error) {
	defer belvedere.Wrap(&err, "OpenPlans")
	list, err := editions(ctx, s.now(), "SELECT number, label, published FROM edition WHERE published = 0 ORDER BY number")
	return list, s.d.explain(err)
}

func (s *store) ListEditions(ctx context.Context, p Page) (list []belvedere.Edition, total int, err error) {
	defer belvedere.Wrap(&err, "ListEditions")
	err = s.read(ctx, func(tx querier) error {
		if err := tx.row(ctx, "SELECT count(*) FROM edition WHERE published > 0", nil, &total); err != nil {
			return err
		}
		list, err = editions(ctx, tx, "SELECT number, label, published FROM edition WHERE published > 0 ORDER BY number DESC"+p.limit())
		return err
	})
	return list, total, err
}

func editions(ctx context.Context, q querier, query string) (list []belvedere.Edition, err error) {
	err = q.each(ctx, query, nil, func(scan scanner) error {
		var e belvedere.Edition
		var published int64
		err := scan(&e.Number, &e.Label, &published)
		e.Published = instant(published)
		list = append(list, e)
		return err
	})
	return list, err
}

func (s *store) EditionDeliveries(ctx context.Context, number int) (_ []belvedere.Delivery, err error) {
	defer belvedere.Wrap(&err, "EditionDeliveries(%d)", number)
	list, err := deliveries(ctx, s.now(), "SELECT "+deliveryColumns+` FROM edition_delivery p
		JOIN delivery d ON d.seq = p.delivery WHERE p.edition = ? ORDER BY d.seq`, number)
	return list, s.d.explain(err)
}

func (s *store) HeldBy(ctx context.Context, dataset string, slices []string, before int) (held map[string]Holder, err error) {
	defer belvedere.Wrap(&err, "HeldBy(%s, %d slices)", dataset, len(slices))
	if before == 0 {
		before = math.MaxInt32
	}
	const batch = 10_000 // the names travel as one JSON text
	held = map[string]Holder{}
	err = s.read(ctx, func(tx querier) error {
		for rest := slices; len(rest) > 0; rest = rest[min(batch, len(rest)):] {
			names, err := json.Marshal(rest[:min(batch, len(rest))])
			if err != nil {
				return err
			}
			// The correlated sub-query is one step down the primary key per slice.
			err = tx.each(ctx, `WITH held AS MATERIALIZED (SELECT w.value AS slice, (
					SELECT s.delivery FROM delivery_slice s JOIN edition e ON e.number = s.edition AND e.published > 0
					WHERE s.dataset = ? AND s.slice = w.value AND s.edition < ?
					ORDER BY s.edition DESC, s.delivery DESC LIMIT 1) AS delivery
				FROM `+tx.d.elements+` w)
				SELECT h.slice, h.delivery, d.rank FROM held h JOIN delivery d ON d.seq = h.delivery`,
				[]any{dataset, before, string(names)}, func(scan scanner) error {
					var name string
					var h Holder
					err := scan(&name, &h.Seq, &h.Rank)
					held[name] = h
					return err
				})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return held, err
}

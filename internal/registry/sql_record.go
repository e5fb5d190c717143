package registry

import (
	"context"
	"fmt"

	"belvedere"
)

func (s *store) SetState(ctx context.Context, seq int64, state belvedere.DeliveryState) (err error) {
	defer belvedere.Wrap(&err, "SetState(%d, %s)", seq, state)
	return s.exec(ctx, absent(seq), "UPDATE delivery SET state = ? WHERE seq = ?", state, seq)
}

func (s *store) SetProgress(ctx context.Context, seq int64, p belvedere.Progress) (err error) {
	defer belvedere.Wrap(&err, "SetProgress(%d)", seq)
	return s.exec(ctx, absent(seq), "UPDATE delivery SET step = ?, done = ?, total = ? WHERE seq = ?", p.Step, p.Done, p.Total, seq)
}

func absent(seq int64) string { return fmt.Sprintf("Aucune livraison n°\u00a0%d.", seq) }

func (s *store) Record(ctx context.Context, d belvedere.Delivery, rank int, faults []belvedere.Fault) (err error) {
	defer belvedere.Wrap(&err, "Record(%d)", d.Seq)
	return s.write(ctx, func(tx querier) error {
		err := tx.must(ctx, absent(d.Seq), `UPDATE delivery SET dataset = ?, form = ?, rank = ?, state = ?, reason = ?,
			rows = ?, kept = ?, set_aside = ?, faults = ?, warnings = ?, finished = ?, step = ?, done = ?, total = ? WHERE seq = ?`,
			d.Dataset, d.Form, rank, d.State, d.Reason, d.Rows, d.Kept, d.Set, d.Faults, d.Warnings, micros(d.Finished),
			d.Progress.Step, d.Progress.Done, d.Progress.Total, d.Seq)
		if err != nil {
			return err
		}
		return writeFaults(ctx, tx, d.Seq, faults)
	})
}

// writeFaults keeps the first MostFaults in place of those of an earlier reading.
func writeFaults(ctx context.Context, tx querier, seq int64, faults []belvedere.Fault) error {
	if err := tx.run(ctx, "DELETE FROM delivery_fault WHERE delivery = ?", seq); err != nil {
		return err
	}
	insert, err := tx.prepare(ctx, "INSERT INTO delivery_fault VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.close()
	for i, f := range faults[:min(len(faults), MostFaults)] {
		if err := insert.run(ctx, seq, i, f.File, f.Line, f.Column, f.Field, f.Value, f.Rule, f.Severity, f.Message, f.Mend); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) Faults(ctx context.Context, seq int64, p Page) (list []belvedere.Fault, total int, err error) {
	defer belvedere.Wrap(&err, "Faults(%d)", seq)
	err = s.read(ctx, func(tx querier) error {
		if err := tx.row(ctx, "SELECT count(*) FROM delivery_fault WHERE delivery = ?", []any{seq}, &total); err != nil {
			return err
		}
		return tx.each(ctx, `SELECT file, line, col, field, value, rule, severity, message, mend
			FROM delivery_fault WHERE delivery = ? ORDER BY rank`+p.limit(), []any{seq}, func(scan scanner) error {
			var f belvedere.Fault
			err := scan(&f.File, &f.Line, &f.Column, &f.Field, &f.Value, &f.Rule, &f.Severity, &f.Message, &f.Mend)
			list = append(list, f)
			return err
		})
	})
	return list, total, err
}

func (s *store) Slices(ctx context.Context, seq int64) (list []belvedere.DeliverySlice, err error) {
	defer belvedere.Wrap(&err, "Slices(%d)", seq)
	err = s.now().each(ctx, `SELECT s.dataset, s.slice, s.rows, s.replaced FROM delivery_slice s
		JOIN edition e ON e.number = s.edition AND e.published > 0
		WHERE s.delivery = ? ORDER BY s.dataset, s.slice`, []any{seq}, func(scan scanner) error {
		var p belvedere.DeliverySlice
		err := scan(&p.Dataset, &p.Slice, &p.Rows, &p.Replaced)
		list = append(list, p)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) Requeue(ctx context.Context) (n int, err error) {
	defer belvedere.Wrap(&err, "Requeue")
	err = s.write(ctx, func(tx querier) error {
		touched, err := tx.touch(ctx, `UPDATE delivery SET state = ?, step = '', done = 0
			WHERE state IN (?, ?, ?) AND seq NOT IN (
				SELECT p.delivery FROM edition_delivery p JOIN edition e ON e.number = p.edition AND e.published = 0)`,
			belvedere.Received, belvedere.Read, belvedere.Checked, belvedere.Staged)
		n = int(touched)
		return err
	})
	return n, err
}

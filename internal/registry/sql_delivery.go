package registry

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"belvedere"
)

const deliveryColumns = `d.seq, d.id, d.source, d.dataset, d.form, d.file_name, d.sha256, d.size, d.announced,
	d.state, d.reason, d.rows, d.kept, d.set_aside, d.faults, d.warnings, d.edition, d.received, d.finished,
	d.step, d.done, d.total, d.only_schools`

func scanDelivery(scan scanner) (d belvedere.Delivery, err error) {
	err = scan(&d.Seq, &d.ID, &d.Source, &d.Dataset, &d.Form, &d.FileName, &d.SHA256, &d.Size, scanList{&d.Announced},
		&d.State, &d.Reason, &d.Rows, &d.Kept, &d.Set, &d.Faults, &d.Warnings, &d.Edition, scanTime{&d.Received}, scanTime{&d.Finished},
		&d.Progress.Step, &d.Progress.Done, &d.Progress.Total, scanList{&d.Only})
	return d, err
}

// oneDelivery reads the first row of a query over delivery d.
func oneDelivery(ctx context.Context, q querier, where string, args ...any) (found belvedere.Delivery, err error) {
	err = q.each(ctx, "SELECT "+deliveryColumns+" FROM delivery d WHERE "+where+" LIMIT 1", args, func(scan scanner) error {
		found, err = scanDelivery(scan)
		return err
	})
	if err == nil && found.Seq == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "Aucune livraison de ce nom.")
	}
	return found, err
}

func (s *store) Accept(ctx context.Context, d belvedere.Delivery) (accepted belvedere.Delivery, replayed bool, err error) {
	defer belvedere.Wrap(&err, "Accept(%s, %s)", d.Source, d.ID)
	announced := ordered(sortedSet(d.Announced))
	err = s.write(ctx, func(tx querier) error {
		named := d.ID != ""
		if accepted, replayed, err = repeated(ctx, tx, &d, announced); err != nil || replayed {
			return err
		}
		var seq int64
		err := tx.row(ctx, `INSERT INTO delivery
			(source, id, named, asked, dataset, file_name, sha256, size, announced, only_schools, state, received)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
			[]any{d.Source, d.ID, named, d.Dataset, d.Dataset, d.FileName, d.SHA256, d.Size, announced, ordered(sorted(d.Only)),
				belvedere.Received, micros(d.Received)}, &seq)
		if err != nil {
			return err
		}
		accepted, err = oneDelivery(ctx, tx, "d.seq = ?", seq)
		return err
	})
	return accepted, replayed, err
}

// repeated finds the delivery that d repeats. When there is none and d has no id, it makes one.
func repeated(ctx context.Context, tx querier, d *belvedere.Delivery, announced string) (first belvedere.Delivery, found bool, err error) {
	if d.ID != "" {
		first, err = oneDelivery(ctx, tx, "d.source = ? AND d.id = ?", d.Source, d.ID)
		if belvedere.KindOf(err) == belvedere.NotFound {
			return first, false, nil
		}
		if err == nil && first.SHA256 != d.SHA256 {
			err = belvedere.Errorf(belvedere.Conflict,
				"La livraison «\u00a0%s\u00a0» existe déjà avec un autre contenu (n°\u00a0%d, reçue le %s). Donnez un nouvel identifiant à ce fichier.",
				d.ID, first.Seq, first.Received.Format("02/01/2006 à 15:04 UTC"))
		}
		return first, err == nil, err
	}
	first, err = oneDelivery(ctx, tx, "d.sha256 = ? AND d.source = ? AND d.asked = ? AND d.announced = ? AND d.state <> ? ORDER BY d.seq",
		d.SHA256, d.Source, d.Dataset, announced, belvedere.Refused)
	if err == nil || belvedere.KindOf(err) != belvedere.NotFound {
		return first, err == nil, err
	}
	d.ID, err = makeID(ctx, tx, *d, announced)
	return first, false, err
}

// makeID names a delivery after what identifies it; a file that comes again after a refusal
// gets a number behind.
func makeID(ctx context.Context, tx querier, d belvedere.Delivery, announced string) (string, error) {
	sum := sha256.Sum256([]byte(d.Dataset + "\x00" + announced + "\x00" + d.SHA256))
	base := hex.EncodeToString(sum[:12])
	for n := 1; ; n++ {
		id := base
		if n > 1 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		var taken int
		err := tx.row(ctx, "SELECT 1 FROM delivery WHERE source = ? AND id = ?", []any{d.Source, id}, &taken)
		if errors.Is(err, sql.ErrNoRows) {
			return id, nil
		}
		if err != nil {
			return "", err
		}
	}
}

func sortedSet(list []string) []string {
	set := slices.Compact(slices.Sorted(slices.Values(list)))
	if set == nil {
		return []string{}
	}
	return set
}

func (s *store) Delivery(ctx context.Context, seq int64) (_ belvedere.Delivery, err error) {
	defer belvedere.Wrap(&err, "Delivery(%d)", seq)
	d, err := oneDelivery(ctx, s.now(), "d.seq = ?", seq)
	return d, s.d.explain(err)
}

func (s *store) DeliveryByID(ctx context.Context, source, id string) (_ belvedere.Delivery, err error) {
	defer belvedere.Wrap(&err, "DeliveryByID(%s, %s)", source, id)
	d, err := oneDelivery(ctx, s.now(), "d.source = ? AND d.id = ?", source, id)
	return d, s.d.explain(err)
}

func (s *store) Asked(ctx context.Context, seq int64) (asked string, err error) {
	defer belvedere.Wrap(&err, "Asked(%d)", seq)
	err = s.now().row(ctx, "SELECT asked FROM delivery WHERE seq = ?", []any{seq}, &asked)
	return asked, s.d.explain(found(err, "%s", absent(seq)))
}

func (s *store) List(ctx context.Context, f DeliveryFilter, p Page) (list []belvedere.Delivery, total int, err error) {
	defer belvedere.Wrap(&err, "List")
	total, err = s.counted(ctx, "delivery d", f.where(), deliveryColumns, "d.seq DESC", p, func(scan scanner) error {
		d, err := scanDelivery(scan)
		list = append(list, d)
		return err
	})
	return list, total, err
}

// where writes the filter as conditions over delivery d.
func (f DeliveryFilter) where() (c conditions) {
	if len(f.States) > 0 {
		states := make([]string, len(f.States))
		for i, state := range f.States {
			states[i] = string(state)
		}
		c.in("d.state", states)
	}
	if f.Source != "" {
		c.add("d.source = ?", f.Source)
	}
	if f.Dataset != "" {
		c.add("(d.dataset = ? OR d.seq IN (SELECT delivery FROM delivery_slice WHERE dataset = ?))", f.Dataset, f.Dataset)
	}
	if f.School != "" {
		c.add("d.seq IN (SELECT delivery FROM delivery_slice WHERE slice >= ? AND slice < ?)", string(f.School)+"/", string(f.School)+"0")
	}
	if f.Edition != 0 {
		c.add("d.edition = ?", f.Edition)
	}
	if f.Text != "" {
		typed := "%" + wild.Replace(strings.ToLower(f.Text)) + "%"
		c.add(`(lower(d.file_name) LIKE ? ESCAPE '\' OR lower(d.id) LIKE ? ESCAPE '\')`, typed, typed)
	}
	return c
}

func deliveries(ctx context.Context, q querier, query string, args ...any) (list []belvedere.Delivery, err error) {
	err = q.each(ctx, query, args, func(scan scanner) error {
		d, err := scanDelivery(scan)
		list = append(list, d)
		return err
	})
	return list, err
}

func (s *store) Pending(ctx context.Context, limit int) (_ []belvedere.Delivery, err error) {
	defer belvedere.Wrap(&err, "Pending")
	list, err := deliveries(ctx, s.now(), "SELECT "+deliveryColumns+" FROM delivery d WHERE d.state = ? ORDER BY d.seq"+
		Page{Limit: limit}.limit(), belvedere.Received)
	return list, s.d.explain(err)
}

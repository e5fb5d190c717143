package registry

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"belvedere"
)

const receiptColumns = "code, hash, question, heading, definitions, edition, rights, edits, rules, program, digest, filed, issued_at, account, login"

func scanReceipt(scan scanner) (r Receipt, err error) {
	err = scan(&r.Code, &r.Hash, &r.Question, &r.Heading, &r.Definitions, &r.Edition, &r.Rights, &r.Edits, &r.Rules, &r.Program, &r.Digest,
		&r.Filed, scanTime{&r.At}, &r.Account, &r.Login)
	return r, err
}

func (s *store) KeepReceipts(ctx context.Context, list []NewReceipt, parts map[string]string) (kept []Receipt, err error) {
	defer belvedere.Wrap(&err, "KeepReceipts(%d)", len(list))
	err = s.write(ctx, func(tx querier) error {
		kept = kept[:0]
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			if err := tx.run(ctx, "INSERT INTO receipt_part (name, text) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, parts[name]); err != nil {
				return err
			}
		}
		for _, r := range list {
			one, err := tx.keepReceipt(ctx, r)
			if err != nil {
				return err
			}
			kept = append(kept, one)
		}
		return nil
	})
	return kept, err
}

// keepReceipt finds a receipt by the codes that it may have, or keeps it under the first free one.
func (q querier) keepReceipt(ctx context.Context, r NewReceipt) (Receipt, error) {
	for _, code := range r.Codes {
		held, err := q.receipt(ctx, code)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			one := r.Receipt
			one.Code, one.At = code, instant(micros(r.At))
			return one, q.run(ctx, "INSERT INTO receipt ("+receiptColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				code, r.Hash, r.Question, r.Heading, r.Definitions, r.Edition, r.Rights, r.Edits, r.Rules, r.Program, r.Digest,
				r.Filed, micros(r.At), r.Account, r.Login)
		case err != nil:
			return Receipt{}, err
		case held.Hash != r.Hash:
			continue // the short code of another result
		case r.Filed && !held.Filed:
			held.Filed = true
			return held, q.run(ctx, "UPDATE receipt SET filed = 1 WHERE code = ?", code)
		}
		return held, nil
	}
	return Receipt{}, belvedere.Errorf(belvedere.Internal, "no code is left for the receipt %s", r.Hash)
}

func (q querier) receipt(ctx context.Context, code string) (r Receipt, err error) {
	return scanReceipt(func(dest ...any) error {
		return q.row(ctx, "SELECT "+receiptColumns+" FROM receipt WHERE code = ?", []any{code}, dest...)
	})
}

func (s *store) Receipt(ctx context.Context, code string) (r Receipt, err error) {
	defer belvedere.Wrap(&err, "Receipt(%s)", code)
	r, err = s.now().receipt(ctx, code)
	return r, s.d.explain(found(err, "Aucun reçu ne porte ce code."))
}

func (s *store) ReceiptParts(ctx context.Context, names ...string) (parts map[string]string, err error) {
	defer belvedere.Wrap(&err, "ReceiptParts(%d)", len(names))
	parts = map[string]string{}
	var c conditions
	c.in("name", names)
	err = s.now().each(ctx, "SELECT name, text FROM receipt_part"+c.text, c.args, func(scan scanner) error {
		var name, text string
		err := scan(&name, &text)
		parts[name] = text
		return err
	})
	return parts, s.d.explain(err)
}

func (s *store) ListReceipts(ctx context.Context, since time.Time, p Page) (list []Receipt, total int, err error) {
	defer belvedere.Wrap(&err, "ListReceipts")
	var c conditions
	if !since.IsZero() {
		c.add("issued_at >= ?", micros(since))
	}
	total, err = s.counted(ctx, "receipt", c, receiptColumns, "issued_at DESC, code", p, func(scan scanner) error {
		r, err := scanReceipt(scan)
		list = append(list, r)
		return err
	})
	return list, total, err
}

func (s *store) PurgeReceipts(ctx context.Context, screens, files time.Time) (n int, err error) {
	defer belvedere.Wrap(&err, "PurgeReceipts")
	err = s.write(ctx, func(tx querier) error {
		gone, err := tx.touch(ctx, "DELETE FROM receipt WHERE filed = 0 AND issued_at < ? OR filed = 1 AND issued_at < ?", micros(screens), micros(files))
		if n = int(gone); err != nil || n == 0 {
			return err
		}
		return tx.run(ctx, `DELETE FROM receipt_part WHERE name NOT IN (SELECT question FROM receipt UNION SELECT heading FROM receipt
			UNION SELECT rights FROM receipt UNION SELECT edits FROM receipt)`)
	})
	return n, err
}

func (s *store) ForgetHolders(ctx context.Context, before time.Time) (n int, err error) {
	defer belvedere.Wrap(&err, "ForgetHolders")
	err = s.write(ctx, func(tx querier) error {
		gone, err := tx.touch(ctx, "UPDATE receipt SET account = 0, login = '' WHERE issued_at < ? AND login <> ''", micros(before))
		n = int(gone)
		return err
	})
	return n, err
}

package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"belvedere"
)

const entryColumns = "seq, at, account, login, door, action, object, result, origin, perimeter, detail, seal"

func scanEntry(scan scanner) (e Entry, err error) {
	err = scan(&e.Seq, scanTime{&e.At}, &e.Account, &e.Login, &e.Door, &e.Action, &e.Object, &e.Result, &e.From, &e.Perimeter, &e.Detail, &e.Seal)
	return e, err
}

// storedText makes the texts of an entry what will be read back, and its instant too: the seal is
// of what is kept.
func (e *Entry) storedText() {
	for _, s := range []*string{&e.Login, &e.Door, &e.Action, &e.Object, &e.Result, &e.From, &e.Perimeter, &e.Detail} {
		*s = storable(*s)
	}
	e.At = instant(micros(e.At))
}

func (s *store) AppendJournal(ctx context.Context, entries []Entry, seal func(previous string, e *Entry) error) (err error) {
	defer belvedere.Wrap(&err, "AppendJournal(%d)", len(entries))
	if len(entries) == 0 {
		return nil
	}
	return s.write(ctx, func(tx querier) error {
		last, err := lastOf(ctx, tx)
		if err != nil {
			return err
		}
		insert, err := tx.prepare(ctx, "INSERT INTO journal ("+entryColumns+", search) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		defer insert.close()
		for _, e := range entries {
			e.storedText()
			e.Seq = last.Seq + 1
			if err := seal(last.Seal, &e); err != nil {
				return err
			}
			if err := insert.run(ctx, e.Seq, micros(e.At), e.Account, e.Login, e.Door, e.Action, e.Object, e.Result, e.From,
				e.Perimeter, e.Detail, e.Seal, searchable(e.Login, e.Object, e.From, e.Detail)); err != nil {
				return err
			}
			last = chainEnd{e.Seq, e.Seal}
		}
		return nil
	})
}

// A chainEnd is what the next entry is chained to.
type chainEnd struct {
	Seq  int64
	Seal string
}

// metaPurged holds the last entry that was purged, so that the chain goes on when none is left;
// metaMark what stands in the place of those that are gone.
const (
	metaPurged = "journal.purge"
	metaMark   = "journal.marque"
)

func lastOf(ctx context.Context, q querier) (l chainEnd, err error) {
	err = q.row(ctx, "SELECT seq, seal FROM journal ORDER BY seq DESC LIMIT 1", nil, &l.Seq, &l.Seal)
	if !errors.Is(err, sql.ErrNoRows) {
		return l, err
	}
	text, err := q.meta(ctx, metaPurged)
	if err != nil || text == "" {
		return l, err
	}
	return l, json.Unmarshal([]byte(text), &l)
}

func (s *store) ListJournal(ctx context.Context, f JournalFilter, p Page) (entries []Entry, total int, err error) {
	defer belvedere.Wrap(&err, "ListJournal")
	total, err = s.counted(ctx, "journal", f.where(), entryColumns, "seq DESC", p, func(scan scanner) error {
		e, err := scanEntry(scan)
		entries = append(entries, e)
		return err
	})
	return entries, total, err
}

func (f JournalFilter) where() (c conditions) {
	if f.Account != 0 {
		c.add("account = ?", f.Account)
	}
	if len(f.Actions) > 0 {
		c.in("action", f.Actions)
	}
	if f.Result != "" {
		c.add("result = ?", f.Result)
	}
	if f.School != "" {
		c.add("(perimeter = '*' OR perimeter IN (SELECT name FROM journal_perimeter WHERE school = ?))", f.School)
	}
	if !f.From.IsZero() {
		c.add("at >= ?", micros(f.From))
	}
	if !f.To.IsZero() {
		c.add("at < ?", micros(f.To))
	}
	c.contains("search", f.Text)
	return c
}

func (s *store) WalkJournal(ctx context.Context, from int64, f func(Entry) error) (err error) {
	defer belvedere.Wrap(&err, "WalkJournal(%d)", from)
	return s.walk(ctx, func(tx querier) error {
		return tx.each(ctx, "SELECT "+entryColumns+" FROM journal WHERE seq >= ? ORDER BY seq", []any{from}, func(scan scanner) error {
			e, err := scanEntry(scan)
			if err != nil {
				return err
			}
			return f(e)
		})
	})
}

func (s *store) JournalHead(ctx context.Context) (head Entry, err error) {
	defer belvedere.Wrap(&err, "JournalHead")
	err = s.now().each(ctx, "SELECT "+entryColumns+" FROM journal ORDER BY seq DESC LIMIT 1", nil, func(scan scanner) (err error) {
		head, err = scanEntry(scan)
		return err
	})
	return head, s.d.explain(err)
}

func (s *store) PurgeJournal(ctx context.Context, upTo int64, mark string) (err error) {
	defer belvedere.Wrap(&err, "PurgeJournal(%d)", upTo)
	return s.write(ctx, func(tx querier) error {
		var last chainEnd
		err := tx.row(ctx, "SELECT seq, seal FROM journal WHERE seq <= ? ORDER BY seq DESC LIMIT 1", []any{upTo}, &last.Seq, &last.Seal)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // another purge was here
		}
		if err != nil {
			return err
		}
		text, err := json.Marshal(last)
		if err != nil {
			return err
		}
		if err := tx.run(ctx, "DELETE FROM journal WHERE seq <= ?", upTo); err != nil {
			return err
		}
		if err := tx.setMeta(ctx, metaPurged, string(text)); err != nil {
			return err
		}
		return tx.setMeta(ctx, metaMark, mark)
	})
}

func (s *store) JournalMark(ctx context.Context) (string, error) { return s.Meta(ctx, metaMark) }

// Perimeters outlive the entries that name them: they hold no person, there are as many as
// different rights, and an entry that is being written may name one that a purge would remove.
func (s *store) PutPerimeter(ctx context.Context, name string, schools []belvedere.UAI) (err error) {
	defer belvedere.Wrap(&err, "PutPerimeter(%s)", name)
	if name == "" || name == "*" || len(schools) == 0 {
		return fmt.Errorf("%q with %d schools is not a list to keep", name, len(schools))
	}
	kept, err := perimeter(ctx, s.now(), name)
	if err != nil || len(kept) > 0 {
		return s.d.explain(err) // nearly always: reading is enough
	}
	return s.write(ctx, func(tx querier) error {
		insert, err := tx.prepare(ctx, "INSERT INTO journal_perimeter VALUES (?, ?) ON CONFLICT (name, school) DO NOTHING")
		if err != nil {
			return err
		}
		defer insert.close()
		for _, u := range schools {
			if err := insert.run(ctx, name, u); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *store) Perimeter(ctx context.Context, name string) (_ []belvedere.UAI, err error) {
	defer belvedere.Wrap(&err, "Perimeter(%s)", name)
	schools, err := perimeter(ctx, s.now(), name)
	if err == nil && len(schools) == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "Aucune liste d’établissements ne porte ce nom.")
	}
	return schools, s.d.explain(err)
}

func perimeter(ctx context.Context, q querier, name string) (schools []belvedere.UAI, err error) {
	err = q.each(ctx, "SELECT school FROM journal_perimeter WHERE name = ? ORDER BY school", []any{name}, func(scan scanner) error {
		var u belvedere.UAI
		err := scan(&u)
		schools = append(schools, u)
		return err
	})
	return schools, err
}

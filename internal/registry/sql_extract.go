package registry

import (
	"context"
	"time"

	"belvedere"
)

const (
	noExtract         = "Cet extrait n’existe pas, ou plus."
	noExtractSchedule = "Cet extrait régulier n’existe pas, ou plus."
)

// extractFields are the columns of an extract that may change, in the order of values and scans.
var extractFields = []string{"login", "kind", "subject", "school", "label", "spec", "identities", "purpose", "basis", "recipients", "days", "format",
	"encrypted", "state", "asked", "started", "ended", "expires", "due", "done", "total", "tries", "cancel", "row_count", "bytes", "sha256", "file",
	"file_name", "receipt", "edition", "code", "salt", "passphrase", "risk", "grant_id", "flagged", "error", "downloads", "downloaded", "reminded",
	"destroyed", "schedule", "slot"}

func (e *Extract) values() []any {
	return []any{e.Login, e.Kind, e.Subject, string(e.School), e.Label, e.Spec, e.Identities, e.Purpose, e.Basis, e.Recipients, e.Days, e.Format,
		e.Encrypted, string(e.State), micros(e.Asked), micros(e.Started), micros(e.Ended), micros(e.Expires), micros(e.Due), e.Done, e.Total, e.Tries,
		e.Cancel, e.Rows, e.Bytes, e.SHA256, e.File, e.FileName, e.Receipt, e.Edition, e.Code, e.Salt, e.Passphrase, e.Risk, e.Grant, e.Flagged, e.Error,
		e.Downloads, micros(e.Downloaded), micros(e.Reminded), micros(e.Destroyed), e.Schedule, e.Slot}
}

func extractColumns() string {
	text := "id, account, created"
	for _, f := range extractFields {
		text += ", " + f
	}
	return text
}

func scanExtract(scan scanner) (e Extract, err error) {
	err = scan(&e.ID, &e.Account, scanTime{&e.Created}, &e.Login, &e.Kind, &e.Subject, &e.School, &e.Label, &e.Spec, &e.Identities, &e.Purpose, &e.Basis,
		&e.Recipients, &e.Days, &e.Format, &e.Encrypted, &e.State, scanTime{&e.Asked}, scanTime{&e.Started}, scanTime{&e.Ended}, scanTime{&e.Expires},
		scanTime{&e.Due}, &e.Done, &e.Total, &e.Tries, &e.Cancel, &e.Rows, &e.Bytes, &e.SHA256, &e.File, &e.FileName, &e.Receipt, &e.Edition, &e.Code,
		&e.Salt, &e.Passphrase, &e.Risk, &e.Grant, &e.Flagged, &e.Error, &e.Downloads, scanTime{&e.Downloaded}, scanTime{&e.Reminded},
		scanTime{&e.Destroyed}, &e.Schedule, &e.Slot)
	return e, err
}

func (s *store) CreateExtract(ctx context.Context, e Extract) (_ Extract, err error) {
	defer belvedere.Wrap(&err, "CreateExtract(%s)", e.Label)
	names, marks := "account, created", "?, ?"
	for _, f := range extractFields {
		names, marks = names+", "+f, marks+", ?"
	}
	err = s.write(ctx, func(tx querier) error {
		if e.State == ExtractDraft {
			if err := tx.run(ctx, `DELETE FROM extract WHERE account = ? AND state = ? AND id NOT IN
				(SELECT id FROM extract WHERE account = ? AND state = ? ORDER BY id DESC LIMIT ?)`,
				e.Account, string(ExtractDraft), e.Account, string(ExtractDraft), MostDrafts-1); err != nil {
				return err
			}
		}
		return tx.row(ctx, "INSERT INTO extract ("+names+") VALUES ("+marks+") RETURNING id", append([]any{e.Account, micros(e.Created)}, e.values()...), &e.ID)
	})
	return e, err
}

func (s *store) Extract(ctx context.Context, id int64) (e Extract, err error) {
	defer belvedere.Wrap(&err, "Extract(%d)", id)
	e, err = extractOf(ctx, s.now(), id)
	return e, s.d.explain(err)
}

func extractOf(ctx context.Context, q querier, id int64) (e Extract, err error) {
	err = q.each(ctx, "SELECT "+extractColumns()+" FROM extract WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		e, err = scanExtract(scan)
		return err
	})
	if err == nil && e.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, noExtract)
	}
	return e, err
}

func (f ExtractFilter) conditions() (c conditions) {
	if f.Account != 0 {
		c.add("account = ?", f.Account)
	}
	if f.States != nil {
		words := make([]string, len(f.States))
		for i, s := range f.States {
			words[i] = string(s)
		}
		c.in("state", words)
	}
	if f.Schedule != 0 {
		c.add("schedule = ?", f.Schedule)
	}
	if f.Code != "" {
		c.add("code = ?", f.Code)
	}
	if f.Flagged {
		c.add("flagged <> ''")
	}
	if !f.DueBy.IsZero() {
		c.add("due <> 0 AND due <= ? AND reminded = 0 AND destroyed = 0", micros(f.DueBy))
	}
	if !f.Overdue.IsZero() {
		c.add("due <> 0 AND due <= ? AND destroyed = 0 AND (downloads > 0 OR state = ?)", micros(f.Overdue), string(ExtractSent))
	}
	if !f.Before.IsZero() {
		c.add("expires <> 0 AND expires <= ?", micros(f.Before))
	}
	return c
}

func (s *store) ListExtracts(ctx context.Context, f ExtractFilter, p Page) (list []Extract, total int, err error) {
	defer belvedere.Wrap(&err, "ListExtracts")
	total, err = s.counted(ctx, "extract", f.conditions(), extractColumns(), "id DESC", p, func(scan scanner) error {
		e, err := scanExtract(scan)
		list = append(list, e)
		return err
	})
	return list, total, err
}

func (s *store) UpdateExtract(ctx context.Context, id int64, change func(*Extract) error) (e Extract, err error) {
	defer belvedere.Wrap(&err, "UpdateExtract(%d)", id)
	err = s.write(ctx, func(tx querier) error {
		was, err := extractOf(ctx, tx, id)
		if err != nil {
			return err
		}
		e = was
		if err := change(&e); err != nil {
			return err
		}
		e.ID, e.Account, e.Created = was.ID, was.Account, was.Created
		return putExtract(ctx, tx, &e)
	})
	return e, err
}

func putExtract(ctx context.Context, tx querier, e *Extract) error {
	text := ""
	for i, f := range extractFields {
		if i > 0 {
			text += ", "
		}
		text += f + " = ?"
	}
	return tx.must(ctx, noExtract, "UPDATE extract SET "+text+" WHERE id = ?", append(e.values(), e.ID)...)
}

func (s *store) TakeExtract(ctx context.Context, at time.Time) (e Extract, found bool, err error) {
	defer belvedere.Wrap(&err, "TakeExtract")
	err = s.write(ctx, func(tx querier) error {
		found = false
		var id int64
		err := tx.each(ctx, `SELECT id FROM extract w WHERE state = ? AND NOT EXISTS
			(SELECT 1 FROM extract r WHERE r.account = w.account AND r.state = ?) ORDER BY asked, id LIMIT 1`,
			[]any{string(ExtractWaiting), string(ExtractRunning)}, func(scan scanner) error { return scan(&id) })
		if err != nil || id == 0 {
			return err
		}
		if e, err = extractOf(ctx, tx, id); err != nil {
			return err
		}
		e.State, e.Started, e.Done, found = ExtractRunning, at, 0, true
		e.Tries++
		return putExtract(ctx, tx, &e)
	})
	return e, found, err
}

func (s *store) ForgetExtracts(ctx context.Context, before time.Time) (forgotten int, err error) {
	defer belvedere.Wrap(&err, "ForgetExtracts")
	err = s.write(ctx, func(tx querier) error {
		n, err := tx.touch(ctx, `DELETE FROM extract WHERE state NOT IN (?, ?, ?, ?) AND ended <> 0 AND ended < ? AND due < ? OR state = ? AND created < ?`,
			string(ExtractWaiting), string(ExtractRunning), string(ExtractReady), string(ExtractDownloaded), micros(before), micros(before),
			string(ExtractDraft), micros(before))
		forgotten = int(n)
		return err
	})
	return forgotten, err
}

const extractScheduleColumns = "id, account, label, spec, rhythm, place, stopped, created"

func scanExtractSchedule(scan scanner) (x ExtractSchedule, err error) {
	err = scan(&x.ID, &x.Account, &x.Label, &x.Spec, &x.Rhythm, &x.Place, &x.Stopped, scanTime{&x.Created})
	return x, err
}

func (s *store) ListExtractSchedules(ctx context.Context, account int64) (list []ExtractSchedule, err error) {
	defer belvedere.Wrap(&err, "ListExtractSchedules(%d)", account)
	var c conditions
	if account != 0 {
		c.add("account = ?", account)
	}
	err = s.now().each(ctx, "SELECT "+extractScheduleColumns+" FROM extract_schedule"+c.text+" ORDER BY id", c.args, func(scan scanner) error {
		x, err := scanExtractSchedule(scan)
		list = append(list, x)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) ExtractSchedule(ctx context.Context, id int64) (x ExtractSchedule, err error) {
	defer belvedere.Wrap(&err, "ExtractSchedule(%d)", id)
	err = s.now().each(ctx, "SELECT "+extractScheduleColumns+" FROM extract_schedule WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		x, err = scanExtractSchedule(scan)
		return err
	})
	if err == nil && x.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, noExtractSchedule)
	}
	return x, s.d.explain(err)
}

func (s *store) CreateExtractSchedule(ctx context.Context, x ExtractSchedule) (_ ExtractSchedule, err error) {
	defer belvedere.Wrap(&err, "CreateExtractSchedule(%s)", x.Label)
	if err := checkText("Le nom de l’extrait régulier", x.Label); err != nil {
		return x, err
	}
	err = s.write(ctx, func(tx querier) error {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM extract_schedule WHERE account = ?", []any{x.Account}, &n); err != nil {
			return err
		}
		if n >= MostExtractSchedules {
			return belvedere.Errorf(belvedere.Conflict, "Un compte a au plus %d extraits réguliers\u00a0: retirez d’abord ceux qui ne servent plus.", MostExtractSchedules)
		}
		return tx.row(ctx, "INSERT INTO extract_schedule (account, label, spec, rhythm, place, stopped, created) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
			[]any{x.Account, x.Label, x.Spec, x.Rhythm, x.Place, x.Stopped, micros(x.Created)}, &x.ID)
	})
	return x, err
}

func (s *store) StopExtractSchedule(ctx context.Context, id int64, reason string) (err error) {
	defer belvedere.Wrap(&err, "StopExtractSchedule(%d)", id)
	return s.exec(ctx, noExtractSchedule, "UPDATE extract_schedule SET stopped = ? WHERE id = ?", reason, id)
}

func (s *store) DeleteExtractSchedule(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteExtractSchedule(%d)", id)
	return s.exec(ctx, noExtractSchedule, "DELETE FROM extract_schedule WHERE id = ?", id)
}

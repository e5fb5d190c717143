package registry

import (
	"context"
	"strings"
	"time"

	"belvedere"
)

const (
	noAlert    = "Cette alerte n’existe pas, ou plus."
	noSchedule = "Cet envoi n’existe pas, ou plus."
)

const alertColumns = "id, account, label, indicator, rate, filters, each_school, period, rule, side, amount, percent, against, rhythm, paused, created"

func scanAlert(scan scanner) (a Alert, err error) {
	err = scan(&a.ID, &a.Account, &a.Label, &a.Indicator, &a.Rate, scanList{&a.Filters}, &a.Each, &a.Period, &a.Rule, &a.Side, &a.Amount,
		&a.Percent, &a.Against, &a.Rhythm, &a.Paused, scanTime{&a.Created})
	return a, err
}

func (s *store) ListAlerts(ctx context.Context, account int64) (list []Alert, err error) {
	defer belvedere.Wrap(&err, "ListAlerts(%d)", account)
	var c conditions
	if account != 0 {
		c.add("account = ?", account)
	}
	err = s.now().each(ctx, "SELECT "+alertColumns+" FROM alert"+c.text+" ORDER BY id", c.args, func(scan scanner) error {
		a, err := scanAlert(scan)
		list = append(list, a)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) Alert(ctx context.Context, id int64) (a Alert, err error) {
	defer belvedere.Wrap(&err, "Alert(%d)", id)
	err = s.now().each(ctx, "SELECT "+alertColumns+" FROM alert WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		a, err = scanAlert(scan)
		return err
	})
	if err == nil && a.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, noAlert)
	}
	return a, s.d.explain(err)
}

func (s *store) CreateAlert(ctx context.Context, a Alert) (_ Alert, err error) {
	defer belvedere.Wrap(&err, "CreateAlert(%s)", a.Label)
	if err := checkText("Le nom de l’alerte", a.Label); err != nil {
		return a, err
	}
	err = s.write(ctx, func(tx querier) error {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM alert WHERE account = ?", []any{a.Account}, &n); err != nil {
			return err
		}
		if n >= MostAlerts {
			return belvedere.Errorf(belvedere.Conflict, "Un compte a au plus %d alertes\u00a0: retirez d’abord celles qui ne servent plus.", MostAlerts)
		}
		return tx.row(ctx, `INSERT INTO alert (account, label, indicator, rate, filters, each_school, period, rule, side, amount, percent, against, rhythm, paused, created)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, []any{a.Account, a.Label, a.Indicator, a.Rate, ordered(a.Filters), a.Each,
			string(a.Period), a.Rule, a.Side, a.Amount, a.Percent, string(a.Against), a.Rhythm, a.Paused, micros(a.Created)}, &a.ID)
	})
	return a, err
}

func (s *store) PauseAlert(ctx context.Context, id int64, paused bool) (err error) {
	defer belvedere.Wrap(&err, "PauseAlert(%d)", id)
	return s.exec(ctx, noAlert, "UPDATE alert SET paused = ? WHERE id = ?", paused, id)
}

func (s *store) DeleteAlert(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteAlert(%d)", id)
	return s.exec(ctx, noAlert, "DELETE FROM alert WHERE id = ?", id)
}

func (s *store) AlertLines(ctx context.Context, id int64) (lines []string, err error) {
	defer belvedere.Wrap(&err, "AlertLines(%d)", id)
	lines, err = alarmed(ctx, s.now(), id)
	return lines, s.d.explain(err)
}

func alarmed(ctx context.Context, q querier, id int64) (lines []string, err error) {
	err = q.each(ctx, "SELECT line FROM alert_line WHERE alert = ? ORDER BY line", []any{id}, func(scan scanner) error {
		var line string
		err := scan(&line)
		lines = append(lines, line)
		return err
	})
	return lines, err
}

func (s *store) JudgeAlert(ctx context.Context, j Judgement) (done bool, err error) {
	defer belvedere.Wrap(&err, "JudgeAlert(%d, %s)", j.Alert, j.Slot)
	err = s.write(ctx, func(tx querier) error {
		done = false
		run := WatchRun{Kind: RunAlert, Number: j.Alert, Slot: j.Slot, Account: j.Account, Label: j.Label, Claimed: j.At, Ended: j.At, Result: "jugée", Detail: j.Detail}
		if j.Detail != "" {
			run.Result = "échec"
		}
		taken, err := claim(ctx, tx, run)
		if err != nil || !taken {
			return err
		}
		done = true
		before, err := alarmed(ctx, tx, j.Alert)
		if err != nil {
			return err
		}
		was := map[string]bool{}
		for _, line := range before {
			was[line] = true
		}
		for _, line := range j.Calm {
			if was[line] {
				if err := tx.run(ctx, "DELETE FROM alert_line WHERE alert = ? AND line = ?", j.Alert, line); err != nil {
					return err
				}
			}
		}
		for _, line := range j.Alarmed {
			if was[line] {
				continue
			}
			if err := tx.run(ctx, "INSERT INTO alert_line (alert, line) VALUES (?, ?)", j.Alert, line); err != nil {
				return err
			}
			if err := tx.run(ctx, "INSERT INTO alert_event (alert, line, edition, from_day, to_day, at, told, seen) VALUES (?, ?, ?, ?, ?, ?, 0, 0)",
				j.Alert, line, j.Edition, day(j.From), day(j.To), micros(j.At)); err != nil {
				return err
			}
		}
		return nil
	})
	return done, err
}

const eventColumns = "e.id, e.alert, e.line, e.edition, e.from_day, e.to_day, e.at, e.told, e.seen"

func scanEvent(scan scanner) (e AlertEvent, err error) {
	err = scan(&e.ID, &e.Alert, &e.Line, &e.Edition, scanDay{&e.From}, scanDay{&e.To}, scanTime{&e.At}, scanTime{&e.Told}, scanTime{&e.Seen})
	return e, err
}

func (f EventFilter) conditions() (c conditions) {
	if f.Account != 0 {
		c.add("a.account = ?", f.Account)
	}
	if f.Alert != 0 {
		c.add("e.alert = ?", f.Alert)
	}
	if f.Unseen {
		c.add("e.seen = 0")
	}
	if f.Untold {
		c.add("e.told = 0")
	}
	return c
}

const eventsOf = "alert_event e JOIN alert a ON a.id = e.alert"

func (s *store) ListEvents(ctx context.Context, f EventFilter, p Page) (list []AlertEvent, total int, err error) {
	defer belvedere.Wrap(&err, "ListEvents")
	total, err = s.counted(ctx, eventsOf, f.conditions(), eventColumns, "e.id DESC", p, func(scan scanner) error {
		e, err := scanEvent(scan)
		list = append(list, e)
		return err
	})
	return list, total, err
}

func (s *store) TakeEvents(ctx context.Context, account int64, slot string, at time.Time) (list []AlertEvent, err error) {
	defer belvedere.Wrap(&err, "TakeEvents(%d, %s)", account, slot)
	err = s.write(ctx, func(tx querier) error {
		list = nil
		c := EventFilter{Account: account, Untold: true}.conditions()
		err := tx.each(ctx, "SELECT "+eventColumns+" FROM "+eventsOf+c.text+" ORDER BY e.id", c.args, func(scan scanner) error {
			e, err := scanEvent(scan)
			list = append(list, e)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		taken, err := claim(ctx, tx, WatchRun{Kind: RunDigest, Slot: slot, Account: account, Label: "Alertes", Claimed: at})
		if err != nil || !taken {
			list = nil
			return err
		}
		for i := range list {
			list[i].Told = at
			if err := tx.run(ctx, "UPDATE alert_event SET told = ? WHERE id = ?", micros(at), list[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

func (s *store) SeeEvents(ctx context.Context, account int64, ids []int64, at time.Time) (seen int, err error) {
	defer belvedere.Wrap(&err, "SeeEvents(%d)", account)
	text := "UPDATE alert_event SET seen = ? WHERE seen = 0 AND alert IN (SELECT id FROM alert WHERE account = ?)"
	err = s.write(ctx, func(tx querier) error {
		seen = 0
		if ids == nil {
			n, err := tx.touch(ctx, text, micros(at), account)
			seen = int(n)
			return err
		}
		for _, id := range ids {
			n, err := tx.touch(ctx, text+" AND id = ?", micros(at), account, id)
			if err != nil {
				return err
			}
			seen += int(n)
		}
		return nil
	})
	return seen, err
}

const scheduleColumns = "id, author, label, address, format, rhythm, paused, created"

func (s *store) ListSchedules(ctx context.Context) (list []Schedule, err error) {
	defer belvedere.Wrap(&err, "ListSchedules")
	err = s.read(ctx, func(tx querier) error {
		list, err = schedules(ctx, tx, "")
		return err
	})
	return list, err
}

func (s *store) Schedule(ctx context.Context, id int64) (_ Schedule, err error) {
	defer belvedere.Wrap(&err, "Schedule(%d)", id)
	var list []Schedule
	err = s.read(ctx, func(tx querier) error {
		list, err = schedules(ctx, tx, " WHERE id = ?", id)
		return err
	})
	if err == nil && len(list) == 0 {
		err = belvedere.Errorf(belvedere.NotFound, noSchedule)
	}
	if err != nil {
		return Schedule{}, err
	}
	return list[0], nil
}

func schedules(ctx context.Context, tx querier, where string, args ...any) (list []Schedule, err error) {
	at := map[int64]int{}
	err = tx.each(ctx, "SELECT "+scheduleColumns+" FROM schedule"+where+" ORDER BY id", args, func(scan scanner) error {
		var one Schedule
		err := scan(&one.ID, &one.Author, &one.Label, &one.Address, &one.Format, &one.Rhythm, &one.Paused, scanTime{&one.Created})
		at[one.ID] = len(list)
		list = append(list, one)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = tx.each(ctx, "SELECT schedule, account, wanted FROM schedule_account ORDER BY schedule, account", nil, func(scan scanner) error {
		var schedule, account int64
		var wanted bool
		err := scan(&schedule, &account, &wanted)
		if i, ok := at[schedule]; ok && wanted {
			list[i].Accounts = append(list[i].Accounts, account)
		} else if ok {
			list[i].Refused = append(list[i].Refused, account)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = tx.each(ctx, "SELECT schedule, school_group FROM schedule_group ORDER BY schedule, school_group", nil, func(scan scanner) error {
		var schedule, group int64
		err := scan(&schedule, &group)
		if i, ok := at[schedule]; ok {
			list[i].Groups = append(list[i].Groups, group)
		}
		return err
	})
	return list, err
}

func (s *store) CreateSchedule(ctx context.Context, one Schedule) (_ Schedule, err error) {
	defer belvedere.Wrap(&err, "CreateSchedule(%s)", one.Label)
	if err := checkText("Le nom de l’envoi", one.Label); err != nil {
		return one, err
	}
	one.Accounts, one.Groups, one.Refused = sorted(one.Accounts), sorted(one.Groups), nil
	if len(one.Accounts)+len(one.Groups) == 0 || len(one.Accounts) > MostRecipients {
		return one, belvedere.Errorf(belvedere.Invalid, "Un envoi a de 1 à %d destinataires.", MostRecipients)
	}
	err = s.write(ctx, func(tx querier) error {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM schedule WHERE author = ?", []any{one.Author}, &n); err != nil {
			return err
		}
		if n >= MostSchedules && one.Author != 0 {
			return belvedere.Errorf(belvedere.Conflict, "Un compte règle au plus %d envois\u00a0: retirez d’abord ceux qui ne servent plus.", MostSchedules)
		}
		if err := tx.row(ctx, "INSERT INTO schedule (author, label, address, format, rhythm, paused, created) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
			[]any{one.Author, one.Label, one.Address, one.Format, one.Rhythm, one.Paused, micros(one.Created)}, &one.ID); err != nil {
			return err
		}
		for _, account := range one.Accounts {
			if err := tx.run(ctx, "INSERT INTO schedule_account (schedule, account, wanted) VALUES (?, ?, 1)", one.ID, account); err != nil {
				return err
			}
		}
		for _, group := range one.Groups {
			if err := tx.run(ctx, "INSERT INTO schedule_group (schedule, school_group) VALUES (?, ?)", one.ID, group); err != nil {
				return err
			}
		}
		return nil
	})
	return one, err
}

func (s *store) PauseSchedule(ctx context.Context, id int64, paused bool) (err error) {
	defer belvedere.Wrap(&err, "PauseSchedule(%d)", id)
	return s.exec(ctx, noSchedule, "UPDATE schedule SET paused = ? WHERE id = ?", paused, id)
}

func (s *store) DeleteSchedule(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteSchedule(%d)", id)
	return s.exec(ctx, noSchedule, "DELETE FROM schedule WHERE id = ?", id)
}

func (s *store) Subscribe(ctx context.Context, schedule, account int64, wanted bool) (err error) {
	defer belvedere.Wrap(&err, "Subscribe(%d, %d)", schedule, account)
	return s.write(ctx, func(tx querier) error {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM schedule WHERE id = ?", []any{schedule}, &n); err != nil {
			return err
		}
		if n == 0 {
			return belvedere.Errorf(belvedere.NotFound, noSchedule)
		}
		return tx.run(ctx, `INSERT INTO schedule_account (schedule, account, wanted) VALUES (?, ?, ?)
			ON CONFLICT (schedule, account) DO UPDATE SET wanted = excluded.wanted`, schedule, account, wanted)
	})
}

func (s *store) Claim(ctx context.Context, r WatchRun) (taken bool, err error) {
	defer belvedere.Wrap(&err, "Claim(%s, %d, %s, %d)", r.Kind, r.Number, r.Slot, r.Account)
	err = s.write(ctx, func(tx querier) error {
		taken, err = claim(ctx, tx, r)
		return err
	})
	return taken, err
}

func claim(ctx context.Context, tx querier, r WatchRun) (bool, error) {
	n, err := tx.touch(ctx, `INSERT INTO watch_run (kind, number, slot, account, label, claimed, ended, result, detail, receipt, bytes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, number, slot, account) DO NOTHING`,
		r.Kind, r.Number, r.Slot, r.Account, r.Label, micros(r.Claimed), micros(r.Ended), r.Result, r.Detail, r.Receipt, r.Bytes)
	return n > 0, err
}

func (s *store) EndRun(ctx context.Context, r WatchRun) (err error) {
	defer belvedere.Wrap(&err, "EndRun(%s, %d, %s, %d)", r.Kind, r.Number, r.Slot, r.Account)
	return s.exec(ctx, "Cet envoi n’a pas commencé.", `UPDATE watch_run SET ended = ?, result = ?, detail = ?, receipt = ?, bytes = ?
		WHERE kind = ? AND number = ? AND slot = ? AND account = ?`, micros(r.Ended), r.Result, r.Detail, r.Receipt, r.Bytes, r.Kind, r.Number, r.Slot, r.Account)
}

func (s *store) ListRuns(ctx context.Context, f RunFilter, p Page) (list []WatchRun, total int, err error) {
	defer belvedere.Wrap(&err, "ListRuns")
	var c conditions
	if f.Kind != "" {
		c.add("kind = ?", f.Kind)
	}
	if f.Number != 0 {
		c.add("number = ?", f.Number)
	}
	if f.Account != 0 {
		c.add("account = ?", f.Account)
	}
	if f.Slot != "" {
		c.add("slot = ?", f.Slot)
	}
	if f.Numbers != nil {
		if len(f.Numbers) == 0 {
			return nil, 0, nil
		}
		marks, args := strings.TrimSuffix(strings.Repeat("?,", len(f.Numbers)), ","), make([]any, len(f.Numbers))
		for i, n := range f.Numbers {
			args[i] = n
		}
		c.add("number IN ("+marks+")", args...)
	}
	const columns = "kind, number, slot, account, label, claimed, ended, result, detail, receipt, bytes"
	total, err = s.counted(ctx, "watch_run", c, columns, "claimed DESC, kind, number, slot, account", p, func(scan scanner) error {
		var r WatchRun
		err := scan(&r.Kind, &r.Number, &r.Slot, &r.Account, &r.Label, scanTime{&r.Claimed}, scanTime{&r.Ended}, &r.Result, &r.Detail, &r.Receipt, &r.Bytes)
		list = append(list, r)
		return err
	})
	return list, total, err
}

// ForgetWatch keeps months, and no slot is longer than one: what it forgets cannot be taken again.
func (s *store) ForgetWatch(ctx context.Context, before time.Time) (forgotten int, err error) {
	defer belvedere.Wrap(&err, "ForgetWatch(%v)", before)
	err = s.write(ctx, func(tx querier) error {
		forgotten = 0
		for _, text := range []string{
			"DELETE FROM alert_event WHERE at < ?",
			"DELETE FROM watch_run WHERE claimed < ?",
		} {
			n, err := tx.touch(ctx, text, micros(before))
			if err != nil {
				return err
			}
			forgotten += int(n)
		}
		return nil
	})
	return forgotten, err
}

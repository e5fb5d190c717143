package registry

import (
	"context"

	"belvedere"
)

const noTask = "Cette échéance n’existe pas, ou plus."

func (s *store) Tasks(ctx context.Context) (list []Task, err error) {
	defer belvedere.Wrap(&err, "Tasks")
	list, err = rowsOf(ctx, s.now(), `SELECT id, label, note, duty, school, link, rule, yearly, starts, ends, remind, set_by, set_at
		FROM governance_task ORDER BY id`, nil, func(scan scanner) (t Task, err error) {
		err = scan(&t.ID, &t.Label, &t.Note, &t.Duty, &t.School, &t.Link, &t.Rule, &t.Yearly, scanDay{&t.Starts}, scanDay{&t.Ends}, &t.Remind, &t.By, scanTime{&t.At})
		return t, err
	})
	return list, s.d.explain(err)
}

// check says in French what is wrong with a task.
func (t Task) check() error {
	switch {
	case key(t.Label) == "" || key(t.Duty) == "":
		return belvedere.Errorf(belvedere.Invalid, "Une échéance dit son intitulé et la responsabilité qui s’en charge.")
	case t.Starts.IsZero() || t.Ends.IsZero():
		return belvedere.Errorf(belvedere.Invalid, "Une échéance dit son début et sa fin.")
	case t.Ends.Before(t.Starts):
		return belvedere.Errorf(belvedere.Invalid, "L’échéance finit avant de commencer.")
	case t.Ends.Sub(t.Starts).Hours() > 366*24:
		return belvedere.Errorf(belvedere.Invalid, "Une échéance dure une année au plus.")
	case t.Remind < 0 || t.Remind > 90:
		return belvedere.Errorf(belvedere.Invalid, "Un rappel part de 0 à 90 jours avant.")
	}
	if err := checkText("L’adresse de la procédure", t.Link); err != nil {
		return err
	}
	if err := checkText("L’intitulé", t.Label); err != nil {
		return err
	}
	return checkBody("La note", t.Note, 2000)
}

func (s *store) PutTask(ctx context.Context, t Task) (_ Task, err error) {
	defer belvedere.Wrap(&err, "PutTask(%s)", t.Label)
	if err := t.check(); err != nil {
		return t, err
	}
	args := []any{t.Label, t.Note, t.Duty, string(t.School), t.Link, t.Rule, t.Yearly, day(t.Starts), day(t.Ends), t.Remind, t.By, micros(t.At)}
	err = s.write(ctx, func(tx querier) error {
		if t.ID != 0 {
			return tx.must(ctx, noTask, `UPDATE governance_task SET label = ?, note = ?, duty = ?, school = ?, link = ?, rule = ?, yearly = ?, starts = ?,
				ends = ?, remind = ?, set_by = ?, set_at = ? WHERE id = ?`, append(args, t.ID)...)
		}
		err := tx.row(ctx, `INSERT INTO governance_task (label, note, duty, school, link, rule, yearly, starts, ends, remind, set_by, set_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, args, &t.ID)
		if err != nil {
			return err
		}
		_, err = addTaskYear(ctx, tx, t.firstYear())
		return err
	})
	return t, err
}

func (s *store) RemoveTask(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "RemoveTask(%d)", id)
	return s.exec(ctx, noTask, "DELETE FROM governance_task WHERE id = ?", id)
}

func (s *store) TaskYears(ctx context.Context, year belvedere.SchoolYear) (list []TaskYear, err error) {
	defer belvedere.Wrap(&err, "TaskYears(%v)", year)
	list, err = rowsOf(ctx, s.now(), `SELECT task, year, starts, ends, done_at, done_by, remark FROM governance_task_year WHERE year = ?
		ORDER BY starts, ends, task`, []any{int(year)}, func(scan scanner) (y TaskYear, err error) {
		err = scan(&y.Task, &y.Year, scanDay{&y.Starts}, scanDay{&y.Ends}, scanTime{&y.Done}, &y.DoneBy, &y.Remark)
		return y, err
	})
	return list, s.d.explain(err)
}

func addTaskYear(ctx context.Context, tx querier, y TaskYear) (int64, error) {
	return tx.touch(ctx, `INSERT INTO governance_task_year (task, year, starts, ends, done_at, done_by, remark) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (task, year) DO NOTHING`, y.Task, int(y.Year), day(y.Starts), day(y.Ends), micros(y.Done), y.DoneBy, y.Remark)
}

func (s *store) AddTaskYears(ctx context.Context, list []TaskYear) (added int, err error) {
	defer belvedere.Wrap(&err, "AddTaskYears")
	err = s.write(ctx, func(tx querier) error {
		added = 0
		for _, y := range list {
			n, err := addTaskYear(ctx, tx, y)
			if err != nil {
				return err
			}
			added += int(n)
		}
		return nil
	})
	return added, err
}

func (s *store) PutTaskYear(ctx context.Context, y TaskYear) (err error) {
	defer belvedere.Wrap(&err, "PutTaskYear(%d, %v)", y.Task, y.Year)
	if y.Starts.IsZero() || y.Ends.IsZero() || y.Ends.Before(y.Starts) {
		return belvedere.Errorf(belvedere.Invalid, "L’échéance finit avant de commencer.")
	}
	if err := checkBody("La remarque", y.Remark, 500); err != nil {
		return err
	}
	return s.exec(ctx, noTask, "UPDATE governance_task_year SET starts = ?, ends = ?, done_at = ?, done_by = ?, remark = ? WHERE task = ? AND year = ?",
		day(y.Starts), day(y.Ends), micros(y.Done), y.DoneBy, y.Remark, y.Task, int(y.Year))
}

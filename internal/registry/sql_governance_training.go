package registry

import (
	"context"
	"time"

	"belvedere"
)

const noTraining = "Cette session n’existe pas, ou plus."

const trainingColumns = "id, label, note, topic, day, hours, place, trainer, seats, cancelled, set_by, set_at"

func scanTraining(scan scanner) (t Training, err error) {
	err = scan(&t.ID, &t.Label, &t.Note, &t.Topic, scanDay{&t.Day}, &t.Hours, &t.Place, &t.Trainer, &t.Seats, &t.Cancelled, &t.By, scanTime{&t.At})
	return t, err
}

func (s *store) Trainings(ctx context.Context) (list []Training, err error) {
	defer belvedere.Wrap(&err, "Trainings")
	list, err = rowsOf(ctx, s.now(), "SELECT "+trainingColumns+" FROM governance_training ORDER BY day DESC, id DESC", nil, scanTraining)
	return list, s.d.explain(err)
}

func (s *store) Training(ctx context.Context, id int64) (_ Training, err error) {
	defer belvedere.Wrap(&err, "Training(%d)", id)
	t, err := oneTraining(ctx, s.now(), id)
	return t, s.d.explain(err)
}

func oneTraining(ctx context.Context, q querier, id int64) (Training, error) {
	return first(ctx, q, noTraining, "SELECT "+trainingColumns+" FROM governance_training WHERE id = ?", []any{id}, scanTraining)
}

// check says in French what is wrong with a session.
func (t Training) check() error {
	switch {
	case key(t.Label) == "":
		return belvedere.Errorf(belvedere.Invalid, "Une session dit son sujet.")
	case t.Day.IsZero():
		return belvedere.Errorf(belvedere.Invalid, "Une session dit sa date.")
	case t.Seats < 0 || t.Seats > 10000:
		return belvedere.Errorf(belvedere.Invalid, "Une session a de 0 à 10 000 places\u00a0; 0 est sans limite.")
	}
	for _, one := range [][2]string{{"Le sujet", t.Label}, {"L’horaire", t.Hours}, {"Le lieu", t.Place}, {"Le nom du formateur", t.Trainer}} {
		if err := checkText(one[0], one[1]); err != nil {
			return err
		}
	}
	return checkBody("Le programme", t.Note, 4000)
}

func (s *store) PutTraining(ctx context.Context, t Training) (_ Training, err error) {
	defer belvedere.Wrap(&err, "PutTraining(%s)", t.Label)
	if err := t.check(); err != nil {
		return t, err
	}
	args := []any{t.Label, t.Note, t.Topic, day(t.Day), t.Hours, t.Place, t.Trainer, t.Seats, t.Cancelled, t.By, micros(t.At)}
	err = s.write(ctx, func(tx querier) error {
		if t.ID == 0 {
			return tx.row(ctx, `INSERT INTO governance_training (label, note, topic, day, hours, place, trainer, seats, cancelled, set_by, set_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, args, &t.ID)
		}
		n, err := seated(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if t.Seats > 0 && n > t.Seats {
			return belvedere.Errorf(belvedere.Conflict, "%s pour %s\u00a0: désinscrivez d’abord.", belvedere.Plural(n, "personne est inscrite", "personnes sont inscrites"), belvedere.Plural(t.Seats, "place", "places"))
		}
		return tx.must(ctx, noTraining, `UPDATE governance_training SET label = ?, note = ?, topic = ?, day = ?, hours = ?, place = ?, trainer = ?, seats = ?,
			cancelled = ?, set_by = ?, set_at = ? WHERE id = ?`, append(args, t.ID)...)
	})
	return t, err
}

func seated(ctx context.Context, tx querier, training int64) (n int, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM governance_attendance WHERE training = ?", []any{training}, &n)
	return n, err
}

func (s *store) Register(ctx context.Context, training, account int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "Register(%d, %d)", training, account)
	return s.write(ctx, func(tx querier) error {
		t, err := oneTraining(ctx, tx, training)
		if err != nil {
			return err
		}
		var already int
		if err := tx.row(ctx, "SELECT count(*) FROM governance_attendance WHERE training = ? AND account = ?", []any{training, account}, &already); err != nil || already > 0 {
			return err
		}
		n, err := seated(ctx, tx, training)
		switch {
		case err != nil:
			return err
		case t.Cancelled:
			return belvedere.Errorf(belvedere.Conflict, "Cette session est annulée.")
		case t.Seats > 0 && n >= t.Seats:
			return belvedere.Errorf(belvedere.Conflict, "Il ne reste aucune place à cette session.")
		}
		return tx.run(ctx, "INSERT INTO governance_attendance (training, account, registered, presence, marked_by, marked_at) VALUES (?, ?, ?, '', '', 0)", training, account, micros(at))
	})
}

func (s *store) Unregister(ctx context.Context, training, account int64) (err error) {
	defer belvedere.Wrap(&err, "Unregister(%d, %d)", training, account)
	return s.exec(ctx, "Cette personne n’est pas inscrite.", "DELETE FROM governance_attendance WHERE training = ? AND account = ?", training, account)
}

func (s *store) MarkPresence(ctx context.Context, a Attendance) (err error) {
	defer belvedere.Wrap(&err, "MarkPresence(%d, %d)", a.Training, a.Account)
	if a.Presence != Unsaid && a.Presence != Present && a.Presence != Absent {
		return belvedere.Errorf(belvedere.Invalid, "Une personne est présente ou absente.")
	}
	return s.write(ctx, func(tx querier) error {
		if _, err := oneTraining(ctx, tx, a.Training); err != nil {
			return err
		}
		return tx.run(ctx, `INSERT INTO governance_attendance (training, account, registered, presence, marked_by, marked_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (training, account) DO UPDATE SET presence = excluded.presence, marked_by = excluded.marked_by, marked_at = excluded.marked_at`,
			a.Training, a.Account, micros(a.At), a.Presence, a.By, micros(a.At))
	})
}

func (s *store) Attendances(ctx context.Context, training int64) (list []Attendance, err error) {
	defer belvedere.Wrap(&err, "Attendances(%d)", training)
	var c conditions
	if training != 0 {
		c.add("training = ?", training)
	}
	list, err = rowsOf(ctx, s.now(), "SELECT training, account, registered, presence, marked_by, marked_at FROM governance_attendance"+c.text+" ORDER BY training, registered, account", c.args,
		func(scan scanner) (a Attendance, err error) {
			err = scan(&a.Training, &a.Account, scanTime{&a.Registered}, &a.Presence, &a.By, scanTime{&a.At})
			return a, err
		})
	return list, s.d.explain(err)
}

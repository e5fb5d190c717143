package registry

import (
	"context"
	"time"

	"belvedere"
)

// rowsOf reads all rows of a query through one scan.
func rowsOf[T any](ctx context.Context, q querier, query string, args []any, one func(scanner) (T, error)) (list []T, err error) {
	err = q.each(ctx, query, args, func(scan scanner) error {
		v, err := one(scan)
		list = append(list, v)
		return err
	})
	return list, err
}

// first is the first row of a query, NotFound in the words of missing when there is none.
func first[T any](ctx context.Context, q querier, missing, query string, args []any, one func(scanner) (T, error)) (v T, err error) {
	list, err := rowsOf(ctx, q, query, args, one)
	if err == nil && len(list) == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "%s", missing)
	}
	if err != nil {
		return v, err
	}
	return list[0], nil
}

func (s *store) ClaimLetter(ctx context.Context, l Letter) (taken bool, err error) {
	defer belvedere.Wrap(&err, "ClaimLetter(%s, %d, %s, %d)", l.Kind, l.Number, l.Slot, l.Account)
	err = s.write(ctx, func(tx querier) error {
		n, err := tx.touch(ctx, `INSERT INTO governance_sent (kind, number, slot, account, claimed, ended, result) VALUES (?, ?, ?, ?, ?, 0, '')
			ON CONFLICT (kind, number, slot, account) DO NOTHING`, l.Kind, l.Number, l.Slot, l.Account, micros(l.Claimed))
		taken = n > 0
		return err
	})
	return taken, err
}

func (s *store) EndLetter(ctx context.Context, l Letter) (err error) {
	defer belvedere.Wrap(&err, "EndLetter(%s, %d, %s, %d)", l.Kind, l.Number, l.Slot, l.Account)
	return s.exec(ctx, "Ce courrier n’a pas commencé.", "UPDATE governance_sent SET ended = ?, result = ? WHERE kind = ? AND number = ? AND slot = ? AND account = ?",
		micros(l.Ended), l.Result, l.Kind, l.Number, l.Slot, l.Account)
}

func (s *store) ListLetters(ctx context.Context, kind string, number int64) (list []Letter, err error) {
	defer belvedere.Wrap(&err, "ListLetters(%s, %d)", kind, number)
	list, err = rowsOf(ctx, s.now(), `SELECT kind, number, slot, account, claimed, ended, result FROM governance_sent
		WHERE kind = ? AND number = ? ORDER BY claimed, slot, account`, []any{kind, number}, func(scan scanner) (l Letter, err error) {
		err = scan(&l.Kind, &l.Number, &l.Slot, &l.Account, scanTime{&l.Claimed}, scanTime{&l.Ended}, &l.Result)
		return l, err
	})
	return list, s.d.explain(err)
}

func (s *store) Duties(ctx context.Context) (list []Duty, err error) {
	defer belvedere.Wrap(&err, "Duties")
	list, err = rowsOf(ctx, s.now(), "SELECT code, label, mission, set_by, set_at FROM governance_duty ORDER BY code", nil, func(scan scanner) (d Duty, err error) {
		err = scan(&d.Code, &d.Label, &d.Mission, &d.By, scanTime{&d.At})
		return d, err
	})
	return list, s.d.explain(err)
}

func (s *store) PutDuty(ctx context.Context, d Duty) (err error) {
	defer belvedere.Wrap(&err, "PutDuty(%s)", d.Code)
	if key(d.Code) == "" || key(d.Label) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Une responsabilité a un code et un nom.")
	}
	if err := checkText("Le nom de la responsabilité", d.Label); err != nil {
		return err
	}
	if err := checkBody("La mission", d.Mission, 2000); err != nil {
		return err
	}
	return s.write(ctx, func(tx querier) error {
		return tx.run(ctx, `INSERT INTO governance_duty (code, label, mission, set_by, set_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (code) DO UPDATE SET label = excluded.label, mission = excluded.mission, set_by = excluded.set_by, set_at = excluded.set_at`,
			d.Code, d.Label, d.Mission, d.By, micros(d.At))
	})
}

func (s *store) RemoveDuty(ctx context.Context, code string) (err error) {
	defer belvedere.Wrap(&err, "RemoveDuty(%s)", code)
	return s.write(ctx, func(tx querier) error {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM governance_holding WHERE duty = ?", []any{code}, &n); err != nil {
			return err
		}
		if n > 0 {
			return belvedere.Errorf(belvedere.Conflict, "Quelqu’un est ou a été désigné pour cette responsabilité\u00a0: retirez d’abord les désignations.")
		}
		return tx.must(ctx, "Cette responsabilité n’existe pas, ou le programme la déclare.", "DELETE FROM governance_duty WHERE code = ?", code)
	})
}

func (s *store) Holdings(ctx context.Context) (list []Holding, err error) {
	defer belvedere.Wrap(&err, "Holdings")
	list, err = rowsOf(ctx, s.now(), `SELECT id, duty, school, place, account, name, from_day, to_day, set_by, set_at FROM governance_holding
		ORDER BY duty, school, CASE place WHEN 'titulaire' THEN 0 WHEN 'suppleant' THEN 1 WHEN 'fonctionnel' THEN 2 ELSE 3 END, from_day, id`, nil,
		func(scan scanner) (h Holding, err error) {
			err = scan(&h.ID, &h.Duty, &h.School, &h.Place, &h.Account, &h.Name, scanDay{&h.From}, scanDay{&h.To}, &h.By, scanTime{&h.At})
			return h, err
		})
	return list, s.d.explain(err)
}

const noHolding = "Cette désignation n’existe pas, ou plus."

// check says in French what is wrong with a holding.
func (h Holding) check() error {
	switch {
	case key(h.Duty) == "" || key(h.Name) == "":
		return belvedere.Errorf(belvedere.Invalid, "Une désignation nomme une responsabilité et une personne.")
	case h.Place != Titular && h.Place != Deputy && h.Place != Functional && h.Place != Technical:
		return belvedere.Errorf(belvedere.Invalid, "Une personne est titulaire, suppléante ou correspondante.")
	case h.From.IsZero():
		return belvedere.Errorf(belvedere.Invalid, "Une désignation dit son premier jour.")
	case !h.To.IsZero() && h.To.Before(h.From):
		return belvedere.Errorf(belvedere.Invalid, "La désignation finit avant de commencer.")
	}
	return checkText("Le nom", h.Name)
}

func (s *store) PutHolding(ctx context.Context, h Holding) (_ Holding, err error) {
	defer belvedere.Wrap(&err, "PutHolding(%s)", h.Duty)
	if err := h.check(); err != nil {
		return h, err
	}
	args := []any{h.Duty, string(h.School), h.Place, h.Account, h.Name, day(h.From), day(h.To), h.By, micros(h.At)}
	err = s.write(ctx, func(tx querier) error {
		if h.ID == 0 {
			return tx.row(ctx, `INSERT INTO governance_holding (duty, school, place, account, name, from_day, to_day, set_by, set_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, args, &h.ID)
		}
		return tx.must(ctx, noHolding, `UPDATE governance_holding SET duty = ?, school = ?, place = ?, account = ?, name = ?, from_day = ?, to_day = ?,
			set_by = ?, set_at = ? WHERE id = ?`, append(args, h.ID)...)
	})
	return h, err
}

func (s *store) RemoveHolding(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "RemoveHolding(%d)", id)
	return s.exec(ctx, noHolding, "DELETE FROM governance_holding WHERE id = ?", id)
}

// checkBody bounds a text of several lines.
func checkBody(name, s string, most int) error {
	if n := len([]rune(s)); n > most {
		return belvedere.Errorf(belvedere.Invalid, "%s compte %d caractères, et %d au plus sont admis.", name, n, most)
	}
	return nil
}

// firstYear is a task in the school year of its first dates.
func (t Task) firstYear() TaskYear {
	return TaskYear{Task: t.ID, Year: belvedere.SchoolYearOf(t.Starts), Starts: t.Starts, Ends: t.Ends, Done: time.Time{}}
}

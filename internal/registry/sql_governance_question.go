package registry

import (
	"context"
	"time"

	"belvedere"
)

const noHelp = "Cette question n’existe pas, ou plus."

const helpColumns = "id, subject, question, duty, school, rule, indicator, account, asked_by, asked_at, answer, answered_by, answered_at, step, stepped_at"

func scanHelp(scan scanner) (q HelpQuestion, err error) {
	err = scan(&q.ID, &q.Subject, &q.Text, &q.Duty, &q.School, &q.Rule, &q.Indicator, &q.Account, &q.By, scanTime{&q.At}, &q.Answer, &q.AnsweredBy,
		scanTime{&q.Answered}, &q.Step, scanTime{&q.Stepped})
	return q, err
}

func (s *store) HelpQuestions(ctx context.Context, open bool) (list []HelpQuestion, err error) {
	defer belvedere.Wrap(&err, "HelpQuestions")
	var c conditions
	if open {
		c.add("answered_at = 0")
	}
	list, err = rowsOf(ctx, s.now(), "SELECT "+helpColumns+" FROM governance_question"+c.text+" ORDER BY id DESC", c.args, scanHelp)
	return list, s.d.explain(err)
}

func (s *store) HelpQuestion(ctx context.Context, id int64) (_ HelpQuestion, err error) {
	defer belvedere.Wrap(&err, "HelpQuestion(%d)", id)
	q, err := oneHelp(ctx, s.now(), id)
	return q, s.d.explain(err)
}

func oneHelp(ctx context.Context, q querier, id int64) (HelpQuestion, error) {
	return first(ctx, q, noHelp, "SELECT "+helpColumns+" FROM governance_question WHERE id = ?", []any{id}, scanHelp)
}

func (s *store) AskHelp(ctx context.Context, q HelpQuestion) (_ HelpQuestion, err error) {
	defer belvedere.Wrap(&err, "AskHelp")
	if key(q.Subject) == "" || key(q.Text) == "" || key(q.Duty) == "" {
		return q, belvedere.Errorf(belvedere.Invalid, "Une question a un objet, un texte, et une responsabilité à qui elle s’adresse.")
	}
	if err := checkText("L’objet", q.Subject); err != nil {
		return q, err
	}
	if err := checkBody("La question", q.Text, 4000); err != nil {
		return q, err
	}
	err = s.write(ctx, func(tx querier) error {
		err := tx.row(ctx, `INSERT INTO governance_question (subject, question, duty, school, rule, indicator, account, asked_by, asked_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, []any{q.Subject, q.Text, q.Duty, string(q.School), q.Rule, q.Indicator, q.Account, q.By, micros(q.At)}, &q.ID)
		if err == nil {
			q, err = oneHelp(ctx, tx, q.ID)
		}
		return err
	})
	return q, err
}

func (s *store) AnswerHelp(ctx context.Context, id int64, answer, by string, at time.Time) (q HelpQuestion, err error) {
	defer belvedere.Wrap(&err, "AnswerHelp(%d)", id)
	if key(answer) == "" {
		return q, belvedere.Errorf(belvedere.Invalid, "La réponse est vide.")
	}
	if err := checkBody("La réponse", answer, 8000); err != nil {
		return q, err
	}
	err = s.write(ctx, func(tx querier) error {
		err := tx.must(ctx, noHelp, "UPDATE governance_question SET answer = ?, answered_by = ?, answered_at = ? WHERE id = ?", answer, by, micros(at), id)
		if err == nil {
			q, err = oneHelp(ctx, tx, id)
		}
		return err
	})
	return q, err
}

func (s *store) StepHelp(ctx context.Context, id int64, step int, at time.Time) (moved bool, err error) {
	defer belvedere.Wrap(&err, "StepHelp(%d, %d)", id, step)
	err = s.write(ctx, func(tx querier) error {
		n, err := tx.touch(ctx, "UPDATE governance_question SET step = ?, stepped_at = ? WHERE id = ? AND answered_at = 0 AND step < ?", step, micros(at), id, step)
		moved = n > 0
		return err
	})
	return moved, err
}

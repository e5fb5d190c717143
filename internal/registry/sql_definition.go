package registry

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"belvedere"
)

// metaDefinitions counts the versions that were accepted.
const metaDefinitions = "definitions.version"

func (s *store) DefinitionsVersion(ctx context.Context) (version int64, err error) {
	defer belvedere.Wrap(&err, "DefinitionsVersion")
	text, err := s.now().meta(ctx, metaDefinitions)
	if err != nil || text == "" {
		return 0, s.d.explain(err)
	}
	return strconv.ParseInt(text, 10, 64)
}

const proposalColumns = `id, indicator, state, from_day, definition, note, value, rate_label, num, num_label, den, den_label,
	reason, proposed_by, proposed_at, decision, decided_by, decided_at, impact`

func scanProposal(scan scanner) (p Proposal, err error) {
	err = scan(&p.ID, &p.Indicator, &p.State, scanDay{&p.From}, &p.Text, &p.Note, &p.Value, &p.RateLabel, &p.Num, &p.NumLabel, &p.Den, &p.DenLabel,
		&p.Reason, &p.By, scanTime{&p.At}, &p.Decision, &p.DecidedBy, scanTime{&p.Decided}, &p.Impact)
	return p, err
}

func (s *store) ListProposals(ctx context.Context, f ProposalFilter, p Page) (list []Proposal, total int, err error) {
	defer belvedere.Wrap(&err, "ListProposals")
	var c conditions
	if f.Indicator != "" {
		c.add("indicator = ?", f.Indicator)
	}
	if f.State != "" {
		c.add("state = ?", f.State)
	}
	total, err = s.counted(ctx, "definition_proposal", c, proposalColumns, "id DESC", p, func(scan scanner) error {
		one, err := scanProposal(scan)
		list = append(list, one)
		return err
	})
	return list, total, err
}

func (s *store) Proposal(ctx context.Context, id int64) (_ Proposal, err error) {
	defer belvedere.Wrap(&err, "Proposal(%d)", id)
	p, err := oneProposal(ctx, s.now(), id)
	return p, s.d.explain(err)
}

func oneProposal(ctx context.Context, q querier, id int64) (p Proposal, err error) {
	err = q.each(ctx, "SELECT "+proposalColumns+" FROM definition_proposal WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		p, err = scanProposal(scan)
		return err
	})
	if err == nil && p.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "La proposition n°\u00a0%d n’existe pas.", id)
	}
	return p, err
}

func (s *store) AddProposal(ctx context.Context, p Proposal) (_ Proposal, err error) {
	defer belvedere.Wrap(&err, "AddProposal(%s)", p.Indicator)
	if err := p.check(); err != nil {
		return p, err
	}
	err = s.write(ctx, func(tx querier) error {
		err := tx.row(ctx, `INSERT INTO definition_proposal (indicator, state, from_day, definition, note, value, rate_label, num, num_label, den, den_label,
			reason, proposed_by, proposed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			[]any{p.Indicator, Proposed, day(p.From), p.Text, p.Note, p.Value, p.RateLabel, p.Num, p.NumLabel, p.Den, p.DenLabel,
				p.Reason, p.By, micros(p.At)}, &p.ID)
		if err == nil {
			p, err = oneProposal(ctx, tx, p.ID)
		}
		return err
	})
	return p, err
}

func (s *store) DecideProposal(ctx context.Context, d Decision) (p Proposal, err error) {
	defer belvedere.Wrap(&err, "DecideProposal(%d)", d.ID)
	if err := d.check(); err != nil {
		return p, err
	}
	err = s.write(ctx, func(tx querier) error {
		if p, err = oneProposal(ctx, tx, d.ID); err != nil {
			return err
		}
		if p.State != Proposed {
			return belvedere.Errorf(belvedere.Conflict, "La proposition n°\u00a0%d est déjà %s par %s.", p.ID, p.State.Label(), p.DecidedBy)
		}
		if d.State == Accepted {
			if err := accept(ctx, tx, p); err != nil {
				return err
			}
		}
		err := tx.run(ctx, "UPDATE definition_proposal SET state = ?, decision = ?, decided_by = ?, decided_at = ?, impact = ? WHERE id = ?",
			d.State, d.Reason, d.By, micros(d.At), d.Impact, d.ID)
		if err == nil {
			p, err = oneProposal(ctx, tx, d.ID)
		}
		return err
	})
	return p, err
}

// accept raises the version of the definitions, unless a later one holds already.
func accept(ctx context.Context, tx querier, p Proposal) error {
	var later int
	err := tx.row(ctx, "SELECT count(*) FROM definition_proposal WHERE indicator = ? AND state = ? AND from_day >= ?",
		[]any{p.Indicator, Accepted, day(p.From)}, &later)
	if err != nil {
		return err
	}
	if later > 0 {
		return belvedere.Errorf(belvedere.Conflict, "Une autre définition de cet indicateur, acceptée entre-temps, prend effet le même jour ou plus tard\u00a0: refusez celle-ci, et proposez-la de nouveau.")
	}
	return tx.run(ctx, `INSERT INTO meta VALUES (?, '1')
		ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)`, metaDefinitions)
}

func (s *store) Owners(ctx context.Context) (owners map[string]Owner, err error) {
	defer belvedere.Wrap(&err, "Owners")
	owners = map[string]Owner{}
	err = s.now().each(ctx, "SELECT indicator, account, name, set_by, set_at FROM definition_owner", nil, func(scan scanner) error {
		var o Owner
		err := scan(&o.Indicator, &o.Account, &o.Name, &o.By, scanTime{&o.At})
		owners[o.Indicator] = o
		return err
	})
	return owners, s.d.explain(err)
}

func (s *store) PutOwner(ctx context.Context, o Owner) (err error) {
	defer belvedere.Wrap(&err, "PutOwner(%s)", o.Indicator)
	if key(o.Indicator) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Un responsable répond d’un indicateur.")
	}
	if err := checkText("Le nom", o.Name); err != nil {
		return err
	}
	return s.write(ctx, func(tx querier) error {
		if o.Account == 0 && key(o.Name) == "" {
			return tx.run(ctx, "DELETE FROM definition_owner WHERE indicator = ?", o.Indicator)
		}
		return tx.run(ctx, `INSERT INTO definition_owner (indicator, account, name, set_by, set_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (indicator) DO UPDATE SET account = excluded.account, name = excluded.name, set_by = excluded.set_by, set_at = excluded.set_at`,
			o.Indicator, o.Account, o.Name, o.By, micros(o.At))
	})
}

const questionColumns = "id, indicator, question, asked_by, asked_at, answer, answered_by, answered_at"

func scanQuestion(scan scanner) (q Question, err error) {
	err = scan(&q.ID, &q.Indicator, &q.Text, &q.By, scanTime{&q.At}, &q.Answer, &q.AnsweredBy, scanTime{&q.Answered})
	return q, err
}

func (s *store) ListQuestions(ctx context.Context, f QuestionFilter, p Page) (list []Question, total int, err error) {
	defer belvedere.Wrap(&err, "ListQuestions")
	var c conditions
	c.contains("search", f.Text)
	if f.Indicator != "" {
		c.add("indicator = ?", f.Indicator)
	}
	if f.Open {
		c.add("answered_at = 0")
	}
	if !f.Before.IsZero() {
		c.add("asked_at < ?", micros(f.Before))
	}
	total, err = s.counted(ctx, "definition_question", c, questionColumns, "id DESC", p, func(scan scanner) error {
		q, err := scanQuestion(scan)
		list = append(list, q)
		return err
	})
	return list, total, err
}

func (s *store) Question(ctx context.Context, id int64) (_ Question, err error) {
	defer belvedere.Wrap(&err, "Question(%d)", id)
	q, err := oneQuestion(ctx, s.now(), id)
	return q, s.d.explain(err)
}

func oneQuestion(ctx context.Context, tx querier, id int64) (q Question, err error) {
	err = tx.each(ctx, "SELECT "+questionColumns+" FROM definition_question WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		q, err = scanQuestion(scan)
		return err
	})
	if err == nil && q.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "La question n°\u00a0%d n’existe pas.", id)
	}
	return q, err
}

func (s *store) AskQuestion(ctx context.Context, q Question) (_ Question, err error) {
	defer belvedere.Wrap(&err, "AskQuestion(%s)", q.Indicator)
	if err := q.check(); err != nil {
		return q, err
	}
	err = s.write(ctx, func(tx querier) error {
		err := tx.row(ctx, "INSERT INTO definition_question (indicator, question, asked_by, asked_at, search) VALUES (?, ?, ?, ?, ?) RETURNING id",
			[]any{q.Indicator, q.Text, q.By, micros(q.At), searchable(q.Text)}, &q.ID)
		if err == nil {
			q, err = oneQuestion(ctx, tx, q.ID)
		}
		return err
	})
	return q, err
}

func (s *store) AnswerQuestion(ctx context.Context, id int64, answer, by string, at time.Time) (q Question, err error) {
	defer belvedere.Wrap(&err, "AnswerQuestion(%d)", id)
	if key(answer) == "" {
		return q, belvedere.Errorf(belvedere.Invalid, "La réponse est vide.")
	}
	if err := checkDefinitionTexts(answer); err != nil {
		return q, err
	}
	err = s.write(ctx, func(tx querier) error {
		if q, err = oneQuestion(ctx, tx, id); err != nil {
			return err
		}
		err := tx.must(ctx, fmt.Sprintf("La question n°\u00a0%d n’existe pas.", id),
			"UPDATE definition_question SET answer = ?, answered_by = ?, answered_at = ?, search = ? WHERE id = ?",
			answer, by, micros(at), searchable(q.Text, answer), id)
		if err == nil {
			q, err = oneQuestion(ctx, tx, id)
		}
		return err
	})
	return q, err
}

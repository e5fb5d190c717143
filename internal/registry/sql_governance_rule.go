package registry

import (
	"context"
	"time"

	"belvedere"
)

// MostRuleText bounds the text of a written rule, in characters.
const MostRuleText = 40000

const noRule = "Cette règle n’existe pas, ou plus."

const ruleColumns = `r.id, r.title, r.duty, r.audience, r.asked, r.in_force, r.in_force_at, r.in_force_by, r.repealed_at, r.repealed_by, r.repeal_reason,
	coalesce((SELECT max(v.number) FROM governance_rule_version v WHERE v.rule = r.id), 0)`

func scanRule(scan scanner) (r WrittenRule, err error) {
	err = scan(&r.ID, &r.Title, &r.Duty, &r.Audience, &r.Asked, &r.InForce, scanTime{&r.Forced}, &r.ForcedBy, scanTime{&r.Repealed}, &r.RepealBy, &r.Repeal, &r.Last)
	return r, err
}

func (s *store) WrittenRules(ctx context.Context) (list []WrittenRule, err error) {
	defer belvedere.Wrap(&err, "WrittenRules")
	list, err = rowsOf(ctx, s.now(), "SELECT "+ruleColumns+" FROM governance_rule r ORDER BY r.title, r.id", nil, scanRule)
	return list, s.d.explain(err)
}

func (s *store) WrittenRule(ctx context.Context, id int64) (_ WrittenRule, err error) {
	defer belvedere.Wrap(&err, "WrittenRule(%d)", id)
	r, err := oneRule(ctx, s.now(), id)
	return r, s.d.explain(err)
}

func oneRule(ctx context.Context, q querier, id int64) (WrittenRule, error) {
	return first(ctx, q, noRule, "SELECT "+ruleColumns+" FROM governance_rule r WHERE r.id = ?", []any{id}, scanRule)
}

func (s *store) PutWrittenRule(ctx context.Context, r WrittenRule) (_ WrittenRule, err error) {
	defer belvedere.Wrap(&err, "PutWrittenRule(%s)", r.Title)
	if key(r.Title) == "" || key(r.Duty) == "" {
		return r, belvedere.Errorf(belvedere.Invalid, "Une règle a un titre, et une responsabilité qui en répond.")
	}
	if err := checkText("Le titre", r.Title); err != nil {
		return r, err
	}
	err = s.write(ctx, func(tx querier) error {
		if r.ID == 0 {
			err = tx.row(ctx, `INSERT INTO governance_rule (title, duty, audience, asked, in_force, in_force_at, in_force_by, repealed_at, repealed_by, repeal_reason)
				VALUES (?, ?, ?, ?, 0, 0, '', 0, '', '') RETURNING id`, []any{r.Title, r.Duty, r.Audience, r.Asked}, &r.ID)
		} else {
			err = tx.must(ctx, noRule, "UPDATE governance_rule SET title = ?, duty = ?, audience = ?, asked = ? WHERE id = ?", r.Title, r.Duty, r.Audience, r.Asked, r.ID)
		}
		if err == nil {
			r, err = oneRule(ctx, tx, r.ID)
		}
		return err
	})
	return r, err
}

func (s *store) RuleVersions(ctx context.Context, rule int64) (list []RuleVersion, err error) {
	defer belvedere.Wrap(&err, "RuleVersions(%d)", rule)
	list, err = rowsOf(ctx, s.now(), "SELECT rule, number, body, reason, author, at FROM governance_rule_version WHERE rule = ? ORDER BY number DESC", []any{rule},
		func(scan scanner) (v RuleVersion, err error) {
			err = scan(&v.Rule, &v.Number, &v.Text, &v.Reason, &v.Author, scanTime{&v.At})
			return v, err
		})
	return list, s.d.explain(err)
}

func (s *store) AddRuleVersion(ctx context.Context, v RuleVersion, after int) (_ RuleVersion, err error) {
	defer belvedere.Wrap(&err, "AddRuleVersion(%d)", v.Rule)
	if key(v.Text) == "" {
		return v, belvedere.Errorf(belvedere.Invalid, "Le texte de la règle est vide.")
	}
	if key(v.Reason) == "" {
		return v, belvedere.Errorf(belvedere.Invalid, "Une version dit son motif\u00a0: l’histoire de la règle le garde.")
	}
	if err := checkBody("Le texte", v.Text, MostRuleText); err != nil {
		return v, err
	}
	if err := checkBody("Le motif", v.Reason, 1000); err != nil {
		return v, err
	}
	err = s.write(ctx, func(tx querier) error {
		r, err := oneRule(ctx, tx, v.Rule)
		if err != nil {
			return err
		}
		if r.Last != after {
			return belvedere.Errorf(belvedere.Conflict, "Quelqu’un d’autre a écrit la version %d de cette règle entre-temps\u00a0: relisez-la avant d’écrire la vôtre.", r.Last)
		}
		v.Number = r.Last + 1
		return tx.run(ctx, "INSERT INTO governance_rule_version (rule, number, body, reason, author, at) VALUES (?, ?, ?, ?, ?, ?)",
			v.Rule, v.Number, v.Text, v.Reason, v.Author, micros(v.At))
	})
	return v, err
}

func (s *store) ForceRule(ctx context.Context, rule int64, version int, by string, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "ForceRule(%d, %d)", rule, version)
	return s.write(ctx, func(tx querier) error {
		r, err := oneRule(ctx, tx, rule)
		if err != nil {
			return err
		}
		if version < 1 || version > r.Last {
			return belvedere.Errorf(belvedere.NotFound, "La règle n’a pas de version %d.", version)
		}
		if r.Repealed.IsZero() && r.InForce == version {
			return belvedere.Errorf(belvedere.Conflict, "La version %d est déjà en vigueur.", version)
		}
		return tx.run(ctx, `UPDATE governance_rule SET in_force = ?, in_force_at = ?, in_force_by = ?, repealed_at = 0, repealed_by = '', repeal_reason = ''
			WHERE id = ?`, version, micros(at), by, rule)
	})
}

func (s *store) RepealRule(ctx context.Context, rule int64, reason, by string, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "RepealRule(%d)", rule)
	if key(reason) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Dites pourquoi la règle est abrogée\u00a0: son histoire le garde.")
	}
	if err := checkBody("Le motif", reason, 1000); err != nil {
		return err
	}
	return s.write(ctx, func(tx querier) error {
		r, err := oneRule(ctx, tx, rule)
		if err != nil {
			return err
		}
		if r.State() == RuleRepealed {
			return belvedere.Errorf(belvedere.Conflict, "La règle est déjà abrogée.")
		}
		return tx.run(ctx, "UPDATE governance_rule SET repealed_at = ?, repealed_by = ?, repeal_reason = ? WHERE id = ?", micros(at), by, reason, rule)
	})
}

func (s *store) Acknowledge(ctx context.Context, rule int64, version int, account int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "Acknowledge(%d, %d, %d)", rule, version, account)
	return s.write(ctx, func(tx querier) error {
		r, err := oneRule(ctx, tx, rule)
		if err != nil {
			return err
		}
		if r.State() != RuleInForce || r.InForce != version {
			return belvedere.Errorf(belvedere.Conflict, "Cette version n’est plus en vigueur\u00a0: lisez celle qui l’est.")
		}
		return tx.run(ctx, `INSERT INTO governance_reading (rule, version, account, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (rule, version, account) DO NOTHING`, rule, version, account, micros(at))
	})
}

func (s *store) Readings(ctx context.Context, rule int64) (list []Reading, err error) {
	defer belvedere.Wrap(&err, "Readings(%d)", rule)
	list, err = rowsOf(ctx, s.now(), "SELECT rule, version, account, at FROM governance_reading WHERE rule = ? ORDER BY at, version, account", []any{rule},
		func(scan scanner) (r Reading, err error) {
			err = scan(&r.Rule, &r.Version, &r.Account, scanTime{&r.At})
			return r, err
		})
	return list, s.d.explain(err)
}

package rule

import (
	"context"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A keeper carries the findings of a year from one run to the next.
type keeper struct {
	tx                            *vault.Tx
	year                          belvedere.SchoolYear
	at                            time.Time
	by                            string
	held                          map[[2]string]*held // rule and key →
	fresh, mended, back, accepted int
}

// A held is a finding that the vault has, with whether this run found it.
type held struct {
	Finding
	seen bool
}

func openKeeper(tx *vault.Tx, year belvedere.SchoolYear, at time.Time, by string) (*keeper, error) {
	k := &keeper{tx: tx, year: year, at: at, by: by, held: map[[2]string]*held{}}
	err := tx.Each("SELECT id, regle, cle, gravite, etat, valeur_a, valeur_b FROM constat WHERE annee = ?", []any{int(year)}, func(scan func(...any) error) error {
		h := &held{}
		err := scan(&h.ID, &h.Rule, &h.Key, &h.Severity, &h.State, &h.A.Value, &h.B.Value)
		k.held[[2]string{h.Rule, h.Key}] = h
		return err
	})
	return k, err
}

// keep writes what a rule found. A rule that says one thing twice is heard once.
func (k *keeper) keep(x Finding) (err error) {
	h := k.held[[2]string{x.Rule, x.Key}]
	switch {
	case h == nil:
		h = &held{Finding: x}
		h.State = Open
		k.held[[2]string{x.Rule, x.Key}] = h
		k.fresh++
		h.seen = true
		if h.ID, err = k.insert(x); err != nil {
			return err
		}
		return k.step(h.ID, "", Open, "")
	case h.seen:
		return nil
	}
	h.seen = true
	before := *h
	h.Severity, h.A.Value, h.B.Value = x.Severity, x.A.Value, x.B.Value
	reason := ""
	switch {
	case h.State == Mended:
		h.State = Back
	case h.State == Accepted && (before.Severity != x.Severity || before.A.Value != x.A.Value || before.B.Value != x.B.Value):
		h.State, reason = Back, "Les valeurs ont changé depuis que le constat a été accepté."
	case h.State == Accepted:
		k.accepted++
	}
	if err := k.update(h.ID, h.State, x); err != nil {
		return err
	}
	if h.State == before.State {
		return nil
	}
	k.back++
	return k.step(h.ID, before.State, h.State, reason)
}

// mend closes what a rule no longer finds.
func (k *keeper) mend(rule string) error {
	for _, h := range k.held {
		if h.Rule != rule || h.seen || h.State == Mended {
			continue
		}
		if _, err := k.tx.Exec("UPDATE constat SET etat = ? WHERE id = ?", string(Mended), h.ID); err != nil {
			return err
		}
		if err := k.step(h.ID, h.State, Mended, ""); err != nil {
			return err
		}
		h.State = Mended
		k.mended++
	}
	return nil
}

func (k *keeper) insert(x Finding) (int64, error) {
	args := append([]any{int(k.year), x.Rule, x.Key, vault.Micros(k.at)}, k.columns(Open, x)...)
	return k.tx.Insert(`INSERT INTO constat (annee, regle, cle, vu, etat, gravite, message, remede, outil, qui, qui_id, avec, avec_id, structure,
		source_a, import_a, ligne_a, champ_a, valeur_a, source_b, import_b, ligne_b, champ_b, valeur_b, revu)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
}

func (k *keeper) update(id int64, state State, x Finding) error {
	_, err := k.tx.Exec(`UPDATE constat SET etat = ?, gravite = ?, message = ?, remede = ?, outil = ?, qui = ?, qui_id = ?, avec = ?, avec_id = ?, structure = ?,
		source_a = ?, import_a = ?, ligne_a = ?, champ_a = ?, valeur_a = ?, source_b = ?, import_b = ?, ligne_b = ?, champ_b = ?, valeur_b = ?, revu = ? WHERE id = ?`,
		append(k.columns(state, x), id)...)
	return err
}

func (k *keeper) columns(state State, x Finding) []any {
	args := []any{string(state), string(x.Severity), x.Message, x.Mend, x.Tool, x.Who.Sort, some(x.Who.ID), x.With.Sort, some(x.With.ID), x.Structure}
	for _, s := range []Side{x.A, x.B} {
		args = append(args, s.Source, some(s.Import), some(s.Line), s.Field, s.Value)
	}
	return append(args, vault.Micros(k.at))
}

// some is NULL for no number.
func some(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func (k *keeper) step(id int64, from, to State, reason string) error {
	return step(k.tx, id, from, to, reason, k.at, "")
}

// step adds a line to the life of a finding; by is "" for the checks.
func step(tx *vault.Tx, id int64, from, to State, reason string, at time.Time, by string) error {
	_, err := tx.Exec("INSERT INTO constat_vie (constat, rang, de, a, motif, le, par) SELECT ?1, ifnull(max(rang), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM constat_vie WHERE constat = ?1",
		id, string(from), string(to), reason, vault.Micros(at), by)
	return err
}

// leastReason is how many letters a reason has at least.
const leastReason = 5

// Accept waives a finding that stands, by name and with a reason.
func Accept(ctx context.Context, v *vault.Vault, id int64, reason, by string) (err error) {
	defer belvedere.Wrap(&err, "rule.Accept(%s, %d)", v.UAI(), id)
	reason = strings.TrimSpace(reason)
	if len([]rune(reason)) < leastReason {
		return belvedere.Errorf(belvedere.Invalid, "Dites en quelques mots pourquoi vous acceptez ce constat\u00a0: le motif reste au journal de l’établissement.")
	}
	if strings.TrimSpace(by) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Un constat est accepté par une personne nommée.")
	}
	return turn(ctx, v, id, Accepted, reason, by, State.Standing)
}

// Reopen takes an acceptance back.
func Reopen(ctx context.Context, v *vault.Vault, id int64, by string) (err error) {
	defer belvedere.Wrap(&err, "rule.Reopen(%s, %d)", v.UAI(), id)
	return turn(ctx, v, id, Open, "", by, func(s State) bool { return s == Accepted })
}

// turn moves a finding to another state, from one that allows it.
func turn(ctx context.Context, v *vault.Vault, id int64, to State, reason, by string, allowed func(State) bool) error {
	return v.Write(ctx, func(tx *vault.Tx) error {
		var from State
		found, err := tx.Get("SELECT etat FROM constat WHERE id = ?", []any{id}, &from)
		switch {
		case err != nil:
			return err
		case !found:
			return belvedere.Errorf(belvedere.NotFound, "Ce constat n’existe plus. Relancez les contrôles.")
		case !allowed(from):
			return belvedere.Errorf(belvedere.Conflict, "Ce constat est déjà %s\u00a0: rechargez la page.", stateWords[from])
		}
		if _, err := tx.Exec("UPDATE constat SET etat = ? WHERE id = ?", string(to), id); err != nil {
			return err
		}
		return step(tx, id, from, to, reason, v.Now(), by)
	})
}

var stateWords = map[State]string{Open: "ouvert", Mended: "corrigé", Accepted: "accepté", Back: "revenu"}

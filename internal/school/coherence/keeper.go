package coherence

import (
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A keeper carries the findings of a year from one run to the next.
type keeper struct {
	tx   *vault.Tx
	year belvedere.SchoolYear
	at   int64
	by   string
	held map[[2]string]*held // rule and key
}

// A held is a finding that the vault has, with whether this run found it.
type held struct {
	id           int64
	state, value string
	until        int64 // of an acceptance, 0 for ever
	seen         bool
}

func openKeeper(tx *vault.Tx, year belvedere.SchoolYear, at time.Time, by string) (*keeper, error) {
	k := &keeper{tx: tx, year: year, at: vault.Micros(at), by: by, held: map[[2]string]*held{}}
	err := tx.Each("SELECT id, regle, cle, etat, valeur, jusqu FROM coherence_constat WHERE annee = ?", []any{int(year)}, func(scan func(...any) error) error {
		var rule, key string
		h := &held{}
		err := scan(&h.id, &rule, &key, &h.state, &h.value, &h.until)
		k.held[[2]string{rule, key}] = h
		return err
	})
	return k, err
}

// keep writes what a rule found. One that was mended is new again; so is one that was accepted when what
// it rests on has changed, or when the acceptance has ended.
func (k *keeper) keep(x Finding) error {
	h := k.held[[2]string{x.Rule, x.Key}]
	var person any
	if x.Person != 0 {
		person = x.Person
	}
	if h == nil {
		id, err := k.tx.Insert("INSERT INTO coherence_constat (annee, regle, cle, individu, objet, message, valeur, etat, vu, revu) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			int(k.year), x.Rule, x.Key, person, x.Object, x.Message, x.Value, Fresh, k.at, k.at)
		if err != nil {
			return err
		}
		k.held[[2]string{x.Rule, x.Key}] = &held{id: id, state: Fresh, value: x.Value, seen: true}
		return lived(k.tx, id, Fresh, "", k.by, k.at)
	}
	h.seen = true
	state, reason := h.state, ""
	switch {
	case h.state == Mended:
		state, reason = Fresh, "Le constat est revenu."
	case h.state == Accepted && h.value != x.Value:
		state, reason = Fresh, "Ce sur quoi le constat repose a changé depuis qu’il a été accepté."
	case h.state == Accepted && h.until != 0 && k.at >= h.until:
		state, reason = Fresh, "L’acceptation est arrivée à son terme."
	}
	_, err := k.tx.Exec("UPDATE coherence_constat SET individu = ?, objet = ?, message = ?, valeur = ?, etat = ?, revu = ? WHERE id = ?",
		person, x.Object, x.Message, x.Value, state, k.at, h.id)
	if err != nil || state == h.state {
		return err
	}
	return lived(k.tx, h.id, state, reason, k.by, k.at)
}

// mend closes what a rule no longer finds.
func (k *keeper) mend(rule string) error {
	for at, h := range k.held {
		if at[0] != rule || h.seen || h.state == Mended {
			continue
		}
		if _, err := k.tx.Exec("UPDATE coherence_constat SET etat = ? WHERE id = ?", Mended, h.id); err != nil {
			return err
		}
		if err := lived(k.tx, h.id, Mended, "", k.by, k.at); err != nil {
			return err
		}
	}
	return nil
}

// ran notes that a rule was asked, and what it lacked.
func (k *keeper) ran(rule, lacks string) error {
	_, err := k.tx.Exec(`INSERT INTO coherence_controle (annee, regle, le, manque) VALUES (?, ?, ?, ?)
		ON CONFLICT (annee, regle) DO UPDATE SET le = excluded.le, manque = excluded.manque`, int(k.year), rule, k.at, lacks)
	return err
}

// lived writes a step of the life of a finding.
func lived(tx *vault.Tx, id int64, state, reason, by string, at int64) error {
	_, err := tx.Exec("INSERT INTO coherence_pas (constat, rang, etat, motif, par, le) SELECT ?, 1 + ifnull(max(rang), 0), ?, ?, ?, ? FROM coherence_pas WHERE constat = ?",
		id, state, reason, by, at, id)
	return err
}

package rule

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Reconciliation is a name of a source and what it means elsewhere.
type Reconciliation struct {
	ID      int64
	Sort    string // SortDivision…
	Source  string // that writes Value: edt, udt, siecle, sts (emp_sts), aaf
	Value   string
	Target  string  // code, or local id of a teacher; "" : none of them
	Label   string  // of the target, for people
	Score   float64 // of a proposal, 0 to 1
	State   string  // propose, confirme, refuse
	By      string
	Forever bool // holds for all years
}

// Reconciliations are the proposals of a year, best first for each name, then what people
// confirmed and refused.
func Reconciliations(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear) (list []Reconciliation, err error) {
	defer belvedere.Wrap(&err, "rule.Reconciliations(%s, %s)", v.UAI(), year)
	err = v.Read(ctx, func(tx *vault.Tx) error {
		return tx.Each(`SELECT r.id, r.sorte, r.source, r.valeur, r.cible, r.score, r.etat, r.par, r.annee = 0, ifnull(CASE r.sorte
			WHEN 'division' THEN (SELECT libelle FROM division WHERE annee = ?1 AND code = r.cible)
			WHEN 'groupe' THEN (SELECT libelle FROM groupe WHERE annee = ?1 AND code = r.cible)
			WHEN 'enseignant' THEN (SELECT nom || ' ' || prenom FROM personnel WHERE id = CAST(r.cible AS INTEGER))
			WHEN 'mef' THEN (SELECT libelle FROM mef WHERE annee = ?1 AND code = r.cible)
			WHEN 'salle' THEN (SELECT code FROM salle WHERE annee = ?1 AND code = r.cible)
			ELSE (SELECT libelle FROM matiere WHERE annee = ?1 AND code = r.cible) END, '')
			FROM rapprochement r WHERE r.annee IN (0, ?1)
			ORDER BY CASE r.etat WHEN 'propose' THEN 0 WHEN 'confirme' THEN 1 ELSE 2 END, r.sorte, r.source, r.valeur, r.score DESC, r.cible`,
			[]any{int(year)}, func(scan func(...any) error) error {
				var r Reconciliation
				err := scan(&r.ID, &r.Sort, &r.Source, &r.Value, &r.Target, &r.Score, &r.State, &r.By, &r.Forever, &r.Label)
				list = append(list, r)
				return err
			})
	})
	return list, err
}

// Confirm keeps what a name means, "" for none of those known, for this year and those to come,
// and makes the year again with it. Checks see it at their next run.
func Confirm(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear, sort, source, value, target, by string) (err error) {
	defer belvedere.Wrap(&err, "rule.Confirm(%s, %s, %s)", v.UAI(), sort, source)
	if strings.TrimSpace(by) == "" || value == "" {
		return fmt.Errorf("nobody confirms, or nothing")
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		if err := targetExists(tx, year, sort, target); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM rapprochement WHERE sorte = ? AND source = ? AND valeur = ? AND (etat IN ('propose', 'confirme') OR cible = ?)",
			sort, source, value, target); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO rapprochement (annee, sorte, source, valeur, cible, score, etat, le, par) VALUES (0, ?, ?, ?, ?, 1, 'confirme', ?, ?)",
			sort, source, value, target, vault.Micros(v.Now()), by); err != nil {
			return err
		}
		return tx.Consolidate(year)
	})
}

// targetExists refuses what the year does not have.
func targetExists(tx *vault.Tx, year belvedere.SchoolYear, sort, target string) error {
	queries := map[string]string{
		SortDivision: "SELECT 1 FROM division WHERE annee = ? AND code = ?", SortGroup: "SELECT 1 FROM groupe WHERE annee = ? AND code = ?",
		SortSubject: "SELECT 1 FROM matiere WHERE annee = ? AND code = ?", SortOption: "SELECT 1 FROM matiere WHERE annee = ? AND code = ?",
		SortMEF: "SELECT 1 FROM mef WHERE annee = ? AND code = ?", SortRoom: "SELECT 1 FROM salle WHERE annee = ? AND code = ?",
		SortTeacher: "SELECT 1 FROM affectation WHERE annee = ? AND personnel = ?",
	}
	query, ok := queries[sort]
	if !ok {
		return fmt.Errorf("sort %q", sort)
	}
	if target == "" {
		return nil
	}
	var key any = target
	if sort == SortTeacher {
		id, err := strconv.ParseInt(target, 10, 64)
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "Choisissez une personne de la liste.")
		}
		key = id
	}
	var one int
	found, err := tx.Get(query, []any{int(year), key}, &one)
	if err == nil && !found {
		return belvedere.Errorf(belvedere.NotFound, "L’année %s n’a pas «\u00a0%s\u00a0». Choisissez dans la liste.", year, target)
	}
	return err
}

// Refuse keeps that a proposal is wrong: it is not made again.
func Refuse(ctx context.Context, v *vault.Vault, id int64, by string) (err error) {
	defer belvedere.Wrap(&err, "rule.Refuse(%s, %d)", v.UAI(), id)
	return v.Write(ctx, func(tx *vault.Tx) error {
		n, err := tx.Exec("UPDATE rapprochement SET etat = 'refuse', annee = 0, le = ?, par = ? WHERE id = ? AND etat = 'propose'", vault.Micros(v.Now()), by, id)
		if err == nil && n == 0 {
			return belvedere.Errorf(belvedere.NotFound, "Ce rapprochement n’est plus proposé. Rechargez la page.")
		}
		return err
	})
}

// Forget takes back a confirmation or a refusal, and makes the year again without it.
func Forget(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear, id int64) (err error) {
	defer belvedere.Wrap(&err, "rule.Forget(%s, %d)", v.UAI(), id)
	return v.Write(ctx, func(tx *vault.Tx) error {
		n, err := tx.Exec("DELETE FROM rapprochement WHERE id = ? AND etat <> 'propose'", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return belvedere.Errorf(belvedere.NotFound, "Ce rapprochement n’existe plus. Rechargez la page.")
		}
		return tx.Consolidate(year)
	})
}

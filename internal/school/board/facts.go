package board

import (
	"context"

	"belvedere"
	"belvedere/internal/school/vault"
)

// facts reads what a year is judged by.
func (s *Service) facts(tx *vault.Tx, y belvedere.SchoolYear) (f facts, err error) {
	args := []any{int(y)}
	if f.imports, err = s.imports(tx, y, "ORDER BY id"); err != nil {
		return f, err
	}
	f.declared = map[string]declared{}
	err = tx.Each("SELECT code, etat, motif, par FROM etape WHERE annee = ?", args, func(scan func(...any) error) error {
		var code string
		var d declared
		err := scan(&code, &d.state, &d.reason, &d.by)
		f.declared[code] = d
		return err
	})
	if err != nil {
		return f, err
	}
	var checked, imported int64
	_, err = tx.Get(`SELECT (SELECT count(*) FROM doublon WHERE etat = 'propose' AND certitude <> 'possible'),
		(SELECT count(*) FROM constat WHERE annee = ?1 AND gravite = 'bloquant' AND etat IN ('ouvert', 'revenu')),
		(SELECT count(*) FROM constat WHERE annee = ?1 AND gravite = 'avertissement' AND etat IN ('ouvert', 'revenu')),
		(SELECT count(*) FROM lot WHERE annee = ?1) > 0,
		(SELECT ifnull(max(le), 0) FROM controle WHERE annee = ?1), (SELECT ifnull(max(le), 0) FROM import WHERE annee = ?1)`, args,
		&f.doubles, &f.blocking, &f.warnings, &f.letters, &checked, &imported)
	if err != nil {
		return f, err
	}
	f.checked = checked >= imported && checked > 0
	_, err = tx.Get(`SELECT (SELECT count(*) FROM scolarite WHERE annee = ?1 AND scolarise = 1), (SELECT count(DISTINCT personne) FROM lien WHERE annee = ?1),
		(SELECT count(*) FROM affectation WHERE annee = ?1), (SELECT count(*) FROM division WHERE annee = ?1), (SELECT count(*) FROM groupe WHERE annee = ?1),
		(SELECT count(*) FROM service WHERE annee = ?1), (SELECT count(*) FROM cours WHERE annee = ?1)`, args,
		&f.counts.Pupils, &f.counts.Guardians, &f.counts.Staff, &f.counts.Divisions, &f.counts.Groups, &f.counts.Services, &f.counts.Lessons)
	return f, err
}

// imports reads those of a year.
func (s *Service) imports(tx *vault.Tx, y belvedere.SchoolYear, tail string) (list []Received, err error) {
	err = tx.Each("SELECT id, format, fichier, le, ifnull(exporte, 0), par, lignes, defauts FROM import WHERE annee = ? "+tail, []any{int(y)},
		func(scan func(...any) error) error {
			var r Received
			var at, exported int64
			if err := scan(&r.ID, &r.Format, &r.File, &at, &exported, &r.By, &r.Rows, &r.Faults); err != nil {
				return err
			}
			r.At = s.local(at)
			if exported != 0 {
				r.Exported = s.local(exported)
			}
			list = append(list, r)
			return nil
		})
	return list, err
}

// Imports are those of a year, latest first.
func (s *Service) Imports(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (list []Received, err error) {
	defer belvedere.Wrap(&err, "Imports(%s, %s)", uai, year)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) (err error) {
		list, err = s.imports(tx, year, "ORDER BY id DESC LIMIT 200")
		return err
	})
	return list, err
}

// waiting are the deposits that wait, without their rehearsal.
func (s *Service) waiting(tx *vault.Tx) (list []Deposit, err error) {
	var ids []int64
	err = tx.Each("SELECT id FROM depot WHERE etat = 'attente' ORDER BY id DESC", nil, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	for _, id := range ids {
		var d Deposit
		if err == nil {
			_, err = s.deposit(tx, id, &d)
		}
		list = append(list, d)
	}
	return list, err
}

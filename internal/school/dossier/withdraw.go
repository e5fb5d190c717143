package dossier

import (
	"context"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Leaving is what goes of a kind when an import is taken back.
type Leaving struct {
	Kind        *Kind
	Rows        int64
	Slices      int64  // years, months or days that the import holds still, as its kind cuts them
	First, Last string // of them, in the order of their texts
	Years       []belvedere.SchoolYear
}

// gone is the refusal to take back what is not there.
func gone() error {
	return belvedere.Errorf(belvedere.Conflict, "Rien de cet import n’est plus dans le coffre\u00a0: d’autres l’ont remplacé, ou il est retiré.")
}

// Leaving tells what Withdraw would take away, a kind each, and changes nothing.
func (s *Service) Leaving(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (one Imported, list []Leaving, err error) {
	defer belvedere.Wrap(&err, "dossier.Leaving(%s, %d)", uai, id)
	if one, err = s.ImportOf(ctx, who, uai, id); err != nil {
		return one, nil, err
	}
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		for _, report := range one.Kinds {
			k := s.Catalog.Kinds.Kind(report.Kind)
			if k == nil {
				continue
			}
			l := Leaving{Kind: k}
			if _, err := tx.Get("SELECT count(*) FROM "+tableOf(k.Name)+" WHERE _import = ?", []any{id}, &l.Rows); err != nil {
				return err
			}
			if l.Rows == 0 {
				continue
			}
			if _, err := tx.Get("SELECT count(*), coalesce(min(tranche), ''), coalesce(max(tranche), '') FROM dossier_tranche WHERE genre = ? AND import = ? AND remplace IS NULL",
				[]any{k.Name, id}, &l.Slices, &l.First, &l.Last); err != nil {
				return err
			}
			if l.Years, err = yearsIn(tx, k, id, nil); err != nil {
				return err
			}
			list = append(list, l)
		}
		return nil
	})
	if err == nil && len(list) == 0 {
		err = gone()
	}
	return one, list, err
}

// Withdraw takes an import back: a file of another month, another year, another institution. The rows that it
// holds still leave the vault with its files, and the figures that were made of them are withdrawn. What it
// had replaced does not come back: the file that held it is imported again.
func (s *Service) Withdraw(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (rows int64, err error) {
	defer belvedere.Wrap(&err, "dossier.Withdraw(%s, %d)", uai, id)
	one, err := s.ImportOf(ctx, who, uai, id)
	if err != nil {
		return 0, err
	}
	v, err := s.open(ctx, who, uai)
	if err != nil {
		return 0, err
	}
	var years []belvedere.SchoolYear
	err = v.Write(ctx, func(tx *vault.Tx) error {
		for _, report := range one.Kinds {
			k := s.Catalog.Kinds.Kind(report.Kind)
			if k == nil {
				continue // declared no longer: its rows say nothing to anybody
			}
			if years, err = yearsIn(tx, k, id, years); err != nil {
				return err
			}
			n, err := tx.Exec("DELETE FROM "+tableOf(k.Name)+" WHERE _import = ?", id)
			if err != nil {
				return err
			}
			rows += int64(n)
		}
		if rows == 0 {
			return gone()
		}
		if _, err := tx.Exec("UPDATE dossier_tranche SET remplace = ? WHERE import = ? AND remplace IS NULL", id, id); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM dossier_morceau WHERE import = ?", id)
		return err
	})
	if err == nil && s.Tally != nil {
		if err := s.Tally(ctx, uai, years); err != nil {
			s.Log.Error("figures after an import was withdrawn", "school", uai, "err", err)
		}
	}
	return rows, err
}

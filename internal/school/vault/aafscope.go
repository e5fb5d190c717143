package vault

import (
	"strings"

	"belvedere"
)

// The directory of the academy names the people of many schools. Those of others are taken out before
// the import is final, so that a vault holds its own school only.

// ownStructures are the numbers under which the directory knows this school.
func (t *Tx) ownStructures(year int) (map[string]bool, error) {
	ours := map[string]bool{}
	err := t.Source("aaf_structure", year, []string{"jointure", "uai"}, func(r SourceRow) error {
		if strings.EqualFold(r.Text(1), string(t.v.uai)) {
			ours[r.Text(0)] = true
		}
		return nil
	})
	return ours, err
}

// foreigners says, for the main kinds of the directory, which rows are not of this school. "ours"
// stands for the query of its numbers.
var foreigners = map[string]string{
	"aaf_eleve": `structure NOT IN (ours) AND jointure NOT IN (SELECT jointure FROM src_aaf_eleve_classe WHERE _annee = ?1 AND structure IN (ours))`,
	"aaf_personnel": `structure NOT IN (ours) AND jointure NOT IN (SELECT jointure FROM src_aaf_personnel_fonction WHERE _annee = ?1 AND structure IN (ours))
		AND jointure NOT IN (SELECT jointure FROM src_aaf_personnel_classe WHERE _annee = ?1 AND structure IN (ours))`,
	"aaf_responsable": `jointure NOT IN (SELECT personne FROM src_aaf_lien WHERE _annee = ?1 AND personne IS NOT NULL)`,
	"aaf_structure":   `uai IS NULL OR uai <> ?2`,
}

const ours = `SELECT jointure FROM src_aaf_structure WHERE _annee = ?1 AND uai = ?2`

// keepOurs takes the people of other schools out of what a file of the directory gave.
func (s *sink) keepOurs() error {
	kinds := s.file.Format.Kinds
	if len(kinds) == 0 {
		return nil
	}
	main := kinds[0].Name
	condition, ok := foreigners[main]
	if !ok {
		return nil
	}
	if err := s.needs(main); err != nil {
		return err
	}
	args := []any{int(s.year)}
	if condition = strings.ReplaceAll(condition, "(ours)", "("+ours+")"); strings.Contains(condition, "?2") {
		args = append(args, string(s.tx.v.uai))
	}
	if _, err := s.tx.Exec("DELETE FROM "+sourceTable(main)+" WHERE _annee = ?1 AND ("+condition+")", args...); err != nil {
		return err
	}
	for _, k := range kinds[1:] {
		if k.Index("jointure") < 0 || isChange(k.Name) {
			continue
		}
		if _, err := s.tx.Exec("DELETE FROM "+sourceTable(k.Name)+" WHERE _annee = ? AND jointure NOT IN (SELECT jointure FROM "+sourceTable(main)+" WHERE _annee = ?)",
			int(s.year), int(s.year)); err != nil {
			return err
		}
	}
	found, err := s.tx.Get("SELECT count(*) FROM "+sourceTable(main)+" WHERE _annee = ? AND _import = ?", []any{int(s.year), s.done.ID}, &s.done.Records)
	if err == nil && !found {
		s.done.Records = 0
	}
	return err
}

// needs checks that what tells this school's people from the others was imported before.
func (s *sink) needs(main string) error {
	switch main {
	case "aaf_eleve", "aaf_personnel":
		own, err := s.tx.ownStructures(int(s.year))
		if err != nil || len(own) > 0 {
			return err
		}
		return belvedere.Errorf(belvedere.Invalid,
			"Le fichier %s de l’annuaire ne nomme les établissements que par un numéro. Importez avec lui, ou avant lui, le fichier EtabEducNat de la même livraison, qui dit lequel est %s.",
			s.file.Name, s.tx.v.uai)
	case "aaf_responsable":
		if _, ok := s.known["aaf_lien"]; ok {
			return nil
		}
		return belvedere.Errorf(belvedere.Invalid,
			"Le fichier %s de l’annuaire donne les responsables de plusieurs établissements. Importez avec lui, ou avant lui, le fichier Eleve de la même livraison, qui dit lesquels sont les vôtres.",
			s.file.Name)
	}
	return nil
}

package board

import (
	"context"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Match is a name that a source writes otherwise than the reference, proposed or decided.
type Match struct {
	ID     int64
	Sort   string // division, groupe, enseignant, matiere, mef, option, salle
	Source string
	Value  string // as the source writes it
	Target string // code, or name of the teacher; "" for nobody
	Score  float64
	State  string // propose, confirme, refuse
	By     string
}

// Matches lists them, those that wait first.
func (s *Service) Matches(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (list []Match, err error) {
	defer belvedere.Wrap(&err, "Matches(%s, %s)", uai, year)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		return tx.Each(`SELECT r.id, r.sorte, r.source, r.valeur,
			CASE WHEN r.sorte = 'enseignant' AND r.cible <> '' THEN ifnull((SELECT p.nom || ' ' || p.prenom FROM personnel p WHERE p.id = CAST(r.cible AS INTEGER)), '')
			ELSE r.cible END, r.score, r.etat, r.par
			FROM rapprochement r WHERE r.annee IN (0, ?) ORDER BY r.etat <> 'propose', r.sorte, r.valeur, r.score DESC`, []any{int(year)},
			func(scan func(...any) error) error {
				var m Match
				err := scan(&m.ID, &m.Sort, &m.Source, &m.Value, &m.Target, &m.Score, &m.State, &m.By)
				list = append(list, m)
				return err
			})
	})
	return list, err
}

// Decide confirms or refuses matches by number, makes the year again with them and runs the checks.
func (s *Service) Decide(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, decisions map[int64]bool) (warnings []string, err error) {
	defer belvedere.Wrap(&err, "Decide(%s, %s)", uai, year)
	if len(decisions) == 0 {
		return nil, belvedere.Errorf(belvedere.Invalid, "Choisissez au moins un rapprochement.")
	}
	err = s.write(ctx, who, uai, func(tx *vault.Tx) error {
		for id, yes := range decisions {
			state := "refuse"
			if yes {
				state = "confirme"
			}
			n, err := tx.Exec("UPDATE rapprochement SET etat = ?, le = ?, par = ? WHERE id = ?", state, vault.Micros(s.Now()), who.Login, id)
			if err == nil && n == 0 {
				err = belvedere.Errorf(belvedere.Conflict, "Le rapprochement %d n’existe plus\u00a0: relisez la liste avant de décider.", id)
			}
			if err != nil {
				return err
			}
			if yes { // a name has one meaning
				if _, err := tx.Exec(`UPDATE rapprochement SET etat = 'refuse', le = ?1, par = ?2 WHERE id <> ?3 AND etat <> 'refuse'
					AND (annee, sorte, source, valeur) = (SELECT annee, sorte, source, valeur FROM rapprochement WHERE id = ?3)`,
					vault.Micros(s.Now()), who.Login, id); err != nil {
					return err
				}
			}
		}
		return tx.Consolidate(year)
	})
	if err != nil {
		return nil, err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return nil, err
	}
	return s.follow(ctx, v, year, who.Login), nil
}

package board

import (
	"context"
	"maps"
	"slices"

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

// Decide confirms or refuses matches by number. A name has one meaning: what is confirmed takes the
// place of other proposals for it, for this year and those to come. The year is made again once,
// and checked.
func (s *Service) Decide(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, decisions map[int64]bool) (warnings []string, err error) {
	defer belvedere.Wrap(&err, "Decide(%s, %s)", uai, year)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return nil, err
	}
	changed := 0
	err = v.Write(ctx, func(tx *vault.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(decisions)) {
			done, err := s.decide(tx, who, id, decisions[id])
			if err != nil {
				return err
			}
			if done {
				changed++
			}
		}
		if changed == 0 {
			return nil
		}
		return tx.Consolidate(year)
	})
	if err != nil || changed == 0 {
		return nil, err
	}
	return s.follow(ctx, v, year, who.Login), nil
}

// decide settles one match; done is false when it was settled so already.
func (s *Service) decide(tx *vault.Tx, who belvedere.Viewer, id int64, yes bool) (done bool, err error) {
	var m Match
	found, err := tx.Get("SELECT sorte, source, valeur, cible, etat FROM rapprochement WHERE id = ?", []any{id}, &m.Sort, &m.Source, &m.Value, &m.Target, &m.State)
	switch {
	case err != nil:
		return false, err
	case !found:
		return false, belvedere.Errorf(belvedere.Conflict, "Un rapprochement n’existe plus\u00a0: relisez la liste avant de décider.")
	}
	state := "refuse"
	if yes {
		state = "confirme"
	}
	if state == m.State {
		return false, nil
	}
	others, args := "cible = ?", []any{m.Sort, m.Source, m.Value, id, m.Target}
	if yes {
		others = "(etat IN ('propose', 'confirme') OR cible = ?)"
	}
	if _, err := tx.Exec("DELETE FROM rapprochement WHERE sorte = ? AND source = ? AND valeur = ? AND id <> ? AND "+others, args...); err != nil {
		return false, err
	}
	_, err = tx.Exec("UPDATE rapprochement SET etat = ?, annee = 0, le = ?, par = ? WHERE id = ?", state, vault.Micros(s.Now()), who.Login, id)
	return true, err
}

package rule

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// Duplicates are the pairs of guardians of the last check who may be one, surest first, with what
// people decided. Those marked distinct come too.
func Duplicates(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear) (list []Duplicate, err error) {
	defer belvedere.Wrap(&err, "rule.Duplicates(%s, %s)", v.UAI(), year)
	err = v.Read(ctx, func(tx *vault.Tx) error {
		guardians, err := readGuardians(tx, year)
		if err != nil {
			return err
		}
		by := map[int64]*Guardian{}
		for _, g := range guardians {
			by[g.ID] = g
		}
		return tx.Each(`SELECT a, b, certitude, indices, etat FROM doublon
			ORDER BY CASE certitude WHEN 'certain' THEN 0 WHEN 'probable' THEN 1 ELSE 2 END, a, b`, nil, func(scan func(...any) error) error {
			var a, b int64
			var d Duplicate
			var clues string
			if err := scan(&a, &b, &d.Certainty, &clues, &d.State); err != nil {
				return err
			}
			if by[a] == nil || by[b] == nil {
				return nil // one is no longer in the files
			}
			if _, _, alike := grade(by[a], by[b]); !alike && d.State != PairMerged {
				return nil // nothing speaks for it any more; what was merged can be undone
			}
			d.A, d.B = *by[a], *by[b]
			err := json.Unmarshal([]byte(clues), &d.Clues)
			list = append(list, d)
			return err
		})
	})
	return list, err
}

// Decide keeps what someone found about a pair: merged for mailing, distinct, or to be seen again.
// The sources stay as they are.
func Decide(ctx context.Context, v *vault.Vault, a, b int64, state PairState, by string) (err error) {
	defer belvedere.Wrap(&err, "rule.Decide(%s, %d, %d)", v.UAI(), a, b)
	if state != PairProposed && state != PairMerged && state != PairDistinct {
		return fmt.Errorf("state %q", state)
	}
	if by == "" {
		return fmt.Errorf("nobody decides")
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		n, err := tx.Exec("UPDATE doublon SET etat = ?, le = ?, par = ? WHERE a = ? AND b = ?",
			string(state), vault.Micros(v.Now()), by, min(a, b), max(a, b))
		if err == nil && n == 0 {
			return belvedere.Errorf(belvedere.NotFound, "Ces deux responsables ne sont plus proposés comme un doublon. Relancez les contrôles.")
		}
		return err
	})
}

// refreshDuplicates grades the guardians of a year again. What people decided stays; a proposal
// that nothing supports any more goes.
func refreshDuplicates(tx *vault.Tx, year belvedere.SchoolYear) (list []Duplicate, err error) {
	guardians, err := readGuardians(tx, year)
	if err != nil {
		return nil, err
	}
	states := map[[2]int64]PairState{}
	err = tx.Each("SELECT a, b, etat FROM doublon", nil, func(scan func(...any) error) error {
		var k [2]int64
		var s PairState
		err := scan(&k[0], &k[1], &s)
		states[k] = s
		return err
	})
	if err != nil {
		return nil, err
	}
	list = pairs(guardians)
	now := vault.Micros(tx.Vault().Now())
	for i := range list {
		d := &list[i]
		k := [2]int64{d.A.ID, d.B.ID}
		if s, ok := states[k]; ok {
			d.State = s
			delete(states, k)
		}
		clues, err := json.Marshal(append([]string{}, d.Clues...))
		if err != nil {
			return nil, err
		}
		if _, err := tx.Exec(`INSERT INTO doublon (a, b, certitude, indices, etat, le, par) VALUES (?, ?, ?, ?, 'propose', ?, '')
			ON CONFLICT (a, b) DO UPDATE SET certitude = excluded.certitude, indices = excluded.indices`,
			d.A.ID, d.B.ID, string(d.Certainty), string(clues), now); err != nil {
			return nil, err
		}
	}
	for k, s := range states {
		if s != PairProposed {
			continue
		}
		if _, err := tx.Exec("DELETE FROM doublon WHERE a = ? AND b = ?", k[0], k[1]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// readGuardians reads those whom the files still have.
func readGuardians(tx *vault.Tx, year belvedere.SchoolYear) (list []*Guardian, err error) {
	by := map[int64]*Guardian{}
	err = tx.Each(`SELECT id, personne_id, civilite, nom, nom_usage, prenom, tel_portable, tel_perso, tel_pro, mel, cle_adresse, source
		FROM personne WHERE present = 1 ORDER BY id`, nil, func(scan func(...any) error) error {
		g := &Guardian{}
		err := scan(&g.ID, &g.PersonID, &g.Civility, &g.Name, &g.Usage, &g.First, &g.Mobile, &g.Phone, &g.Work, &g.Mail, &g.Address, &g.Source)
		g.fold()
		list, by[g.ID] = append(list, g), g
		return err
	})
	if err != nil {
		return nil, err
	}
	err = tx.Each("SELECT personne, eleve, parente FROM lien WHERE annee = ? ORDER BY personne, eleve", []any{int(year)}, func(scan func(...any) error) error {
		var id int64
		var c child
		err := scan(&id, &c.pupil, &c.kin)
		if g := by[id]; g != nil {
			g.children = append(g.children, c)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, readBirths(tx, year, by)
}

// readBirths adds the births that the directory of the academy knows, to tell father from son.
func readBirths(tx *vault.Tx, year belvedere.SchoolYear, by map[int64]*Guardian) error {
	joins := map[string]*Guardian{}
	err := tx.Each("SELECT valeur, qui_id FROM identifiant WHERE qui = 'personne' AND sorte = 'aaf' AND jusque IS NULL", nil, func(scan func(...any) error) error {
		var join string
		var id int64
		err := scan(&join, &id)
		joins[join] = by[id]
		return err
	})
	if err != nil {
		return err
	}
	return tx.Source("aaf_responsable", int(year), []string{"jointure", "naissance"}, func(r vault.SourceRow) error {
		if g := joins[r.Text(0)]; g != nil {
			g.Birth = date(r.Text(1))
		}
		return nil
	})
}

// Title is how a list names a guardian.
func (g Guardian) Title() string {
	return strings.TrimSpace(g.Name + " " + g.First)
}

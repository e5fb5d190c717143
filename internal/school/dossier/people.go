package dossier

import (
	"context"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A Name is how the staff of an institution knows a person of its files.
type Name struct{ Key, Last, First string }

// Names are those of people by their numbers, for the staff of the institution signed in with a second
// factor. The names are those of the last registration that says them.
func (s *Service) Names(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, ids []int64) (names map[int64]Name, err error) {
	defer belvedere.Wrap(&err, "dossier.Names(%s)", uai)
	if err := MayName(who, uai); err != nil {
		return nil, err
	}
	names = map[int64]Name{}
	kind := s.Kinds().Kind("inscriptions")
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		registered := false
		if kind != nil && kind.Column("nom") != nil && kind.Column("prenom") != nil && kind.PersonColumn() != nil {
			if _, registered, err = stored(tx, kind.Name); err != nil {
				return err
			}
		}
		for _, id := range ids {
			var n Name
			if _, err := tx.Get("SELECT cle FROM dossier_personne WHERE id = ?", []any{id}, &n.Key); err != nil {
				return err
			}
			if registered {
				if _, err := tx.Get("SELECT nom, prenom FROM "+tableOf(kind.Name)+" WHERE "+kind.PersonColumn().Name+" = ? AND nom <> '' ORDER BY _id DESC LIMIT 1", []any{id}, &n.Last, &n.First); err != nil {
					return err
				}
			}
			names[id] = n
		}
		return nil
	})
	return names, err
}

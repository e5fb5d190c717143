package board

import (
	"context"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// Holdings are what may be told of a vault outside its school: counts of imports, nobody.
type Holdings struct {
	School  belvedere.UAI
	Years   int
	Imports int
	Last    time.Time // zero for none
}

// Holds counts the imports of a vault. It says nothing of what they hold, so that it asks for no right.
func (s *Service) Holds(ctx context.Context, uai belvedere.UAI) (h Holdings, err error) {
	defer belvedere.Wrap(&err, "Holds(%s)", uai)
	v, err := s.Vaults.Vault(ctx, uai, false)
	if err != nil {
		return h, err
	}
	h.School = uai
	err = v.Read(ctx, func(tx *vault.Tx) error {
		var last int64
		_, err := tx.Get("SELECT count(DISTINCT annee), count(*), ifnull(max(le), 0) FROM import", nil, &h.Years, &h.Imports, &last)
		if last != 0 {
			h.Last = s.local(last)
		}
		return err
	})
	return h, err
}

// AllHoldings are those of every vault, for who manages the console.
func (s *Service) AllHoldings(ctx context.Context, who belvedere.Viewer) (list []Holdings, err error) {
	defer belvedere.Wrap(&err, "AllHoldings")
	if !who.Admin && who.Kind != belvedere.Operator {
		return nil, belvedere.Errorf(belvedere.Forbidden, "La liste des coffres est réservée aux administrateurs de la console.")
	}
	schools, err := s.Vaults.List()
	for _, uai := range schools {
		h, err := s.Holds(ctx, uai)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, err
}

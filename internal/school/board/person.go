package board

import (
	"context"
	"io"

	"belvedere"
	"belvedere/internal/school/vault"
)

// ExportPupil writes all that the vault holds about a pupil, as JSON.
func (s *Service) ExportPupil(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, w io.Writer) (err error) {
	defer belvedere.Wrap(&err, "ExportPupil(%s, %d)", uai, id)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return err
	}
	return v.ExportPerson(ctx, vault.Pupil, id, w)
}

// ErasePupil removes a pupil from the vault. Deposits that wait are left: their files may name
// the pupil too.
func (s *Service) ErasePupil(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "ErasePupil(%s, %d)", uai, id)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return err
	}
	err = v.Write(ctx, func(tx *vault.Tx) error {
		waiting, err := s.waiting(tx)
		for _, d := range waiting {
			if err == nil {
				err = s.end(tx, d.ID, Left, who.Login, "")
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.ErasePerson(ctx, vault.Pupil, id)
}

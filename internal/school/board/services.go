package board

import (
	"context"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

// A TaughtService is a subject taught to a division or group, as a list offers it.
type TaughtService struct {
	Structure string
	Subject   string // 6-digit code
	Label     string
}

// Services are those of a year that are not left out, and those that are.
func (s *Service) Services(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (list []TaughtService, left []rule.LeftOut, err error) {
	defer belvedere.Wrap(&err, "Services(%s, %s)", uai, year)
	v, err := s.opened(ctx, who, uai)
	if err != nil || v == nil {
		return nil, nil, err
	}
	err = v.Read(ctx, func(tx *vault.Tx) error {
		return tx.Each(`SELECT DISTINCT ifnull(s.division, s.groupe), s.matiere, ifnull(m.libelle, s.matiere) FROM service s
			LEFT JOIN matiere m ON m.annee = s.annee AND m.code = s.matiere
			WHERE s.annee = ? AND s.exclu = 0 AND ifnull(s.division, s.groupe) <> '' AND s.matiere <> '' ORDER BY 1, 3`, []any{int(year)}, func(scan func(...any) error) error {
			var t TaughtService
			err := scan(&t.Structure, &t.Subject, &t.Label)
			list = append(list, t)
			return err
		})
	})
	if err != nil {
		return nil, nil, err
	}
	left, err = rule.LeftOuts(ctx, v, year)
	return list, left, err
}

// LeaveOut leaves a service that is not final out of a year: checks and figures pass over it
// until it is taken back.
func (s *Service) LeaveOut(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, structure, subject string) (warnings []string, err error) {
	defer belvedere.Wrap(&err, "LeaveOut(%s, %s)", uai, year)
	if structure == "" || subject == "" {
		return nil, belvedere.Errorf(belvedere.Invalid, "Choisissez un service dans la liste.")
	}
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return nil, err
	}
	if err := rule.LeaveOut(ctx, v, year, structure, subject, "", who.Login); err != nil {
		return nil, err
	}
	return s.follow(ctx, v, year, who.Login), nil
}

// TakeBack puts it back.
func (s *Service) TakeBack(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, structure, subject, mode string) (warnings []string, err error) {
	defer belvedere.Wrap(&err, "TakeBack(%s, %s)", uai, year)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return nil, err
	}
	if err := rule.TakeBack(ctx, v, year, structure, subject, mode); err != nil {
		return nil, err
	}
	return s.follow(ctx, v, year, who.Login), nil
}

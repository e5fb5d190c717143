package rule

import (
	"context"
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

// A LeftOut is a service that is not final yet: consolidation marks it, and the checks of
// services, hours and lessons pass over it.
type LeftOut struct {
	Structure string // code of the division or group, folded
	Subject   string // 6-digit code
	Label     string // of the subject
	Mode      string // "" : whatever it is
	By        string
}

// LeaveOut leaves a service out of the year, or all those of a subject in a structure when mode
// is "".
func LeaveOut(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear, structure, subject, mode, by string) (err error) {
	defer belvedere.Wrap(&err, "rule.LeaveOut(%s, %s, %s)", v.UAI(), structure, subject)
	code := vault.Code(structure)
	if code == "" || subject == "" || strings.TrimSpace(by) == "" {
		return fmt.Errorf("no structure, no subject, or nobody")
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		var one int
		found, err := tx.Get("SELECT 1 FROM service s LEFT JOIN division d ON d.annee = s.annee AND d.code = s.division LEFT JOIN groupe g ON g.annee = s.annee AND g.code = s.groupe WHERE s.annee = ? AND ifnull(d.cle, g.cle) = ? AND s.matiere = ? LIMIT 1",
			[]any{int(year), code, subject}, &one)
		if err != nil {
			return err
		}
		if !found {
			return belvedere.Errorf(belvedere.NotFound, "Aucun service de la matière %s en «\u00a0%s\u00a0» en %s. Rechargez la page.", subject, structure, year)
		}
		if _, err := tx.Exec("INSERT INTO service_exclu (annee, structure, matiere, modalite, le, par) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			int(year), code, subject, mode, vault.Micros(v.Now()), by); err != nil {
			return err
		}
		return tx.Consolidate(year)
	})
}

// TakeBack puts a service back among the others.
func TakeBack(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear, structure, subject, mode string) (err error) {
	defer belvedere.Wrap(&err, "rule.TakeBack(%s, %s, %s)", v.UAI(), structure, subject)
	return v.Write(ctx, func(tx *vault.Tx) error {
		n, err := tx.Exec("DELETE FROM service_exclu WHERE annee = ? AND structure = ? AND matiere = ? AND modalite = ?", int(year), vault.Code(structure), subject, mode)
		if err != nil {
			return err
		}
		if n == 0 {
			return belvedere.Errorf(belvedere.NotFound, "Ce service n’est pas laissé de côté. Rechargez la page.")
		}
		return tx.Consolidate(year)
	})
}

// LeftOuts are the services left out of a year.
func LeftOuts(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear) (list []LeftOut, err error) {
	defer belvedere.Wrap(&err, "rule.LeftOuts(%s, %s)", v.UAI(), year)
	err = v.Read(ctx, func(tx *vault.Tx) error {
		return tx.Each(`SELECT x.structure, x.matiere, ifnull(m.libelle, ''), x.modalite, x.par FROM service_exclu x
			LEFT JOIN matiere m ON m.annee = x.annee AND m.code = x.matiere WHERE x.annee = ? ORDER BY 1, 2, 4`, []any{int(year)}, func(scan func(...any) error) error {
			var l LeftOut
			err := scan(&l.Structure, &l.Subject, &l.Label, &l.Mode, &l.By)
			list = append(list, l)
			return err
		})
	})
	return list, err
}

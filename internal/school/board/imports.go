package board

import (
	"context"
	"fmt"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
)

// A Preview is what an import would do.
type Preview struct {
	Pieces  []Piece
	Skipped []string // French: what was not read, and why
	Outcome vault.Outcome
	Alarm   Alarm
}

// A Done is what an import did.
type Done struct {
	Preview
	Warnings []string // French: what could not follow the import, which stands
}

// Rehearse tells what files would change, and changes nothing.
func (s *Service) Rehearse(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, files []Dropped) (p Preview, err error) {
	defer belvedere.Wrap(&err, "Rehearse(%s)", uai)
	if err := May(who, uai); err != nil {
		return p, err
	}
	todo, err := s.plan(uai, year, files, who.Login)
	if err != nil {
		return p, err
	}
	v, err := s.Vaults.Vault(ctx, uai, true)
	if err != nil {
		return p, err
	}
	return s.rehearse(ctx, v, todo)
}

func (s *Service) rehearse(ctx context.Context, v *vault.Vault, todo plan) (p Preview, err error) {
	p.Pieces, p.Skipped = todo.pieces, todo.skipped
	p.Outcome, err = v.Rehearse(ctx, todo.files)
	p.Alarm = alarmOf(p.Outcome.Changes)
	return p, err
}

// Import reads files, checks them against the school and the year, and stores them all or none.
// What would make pupils or divisions vanish is refused unless confirm is the phrase of its
// alarm. Then checks run and the tally is told.
func (s *Service) Import(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, files []Dropped, confirm string) (d Done, err error) {
	defer belvedere.Wrap(&err, "Import(%s)", uai)
	if err := May(who, uai); err != nil {
		return d, err
	}
	todo, err := s.plan(uai, year, files, who.Login)
	if err != nil {
		return d, err
	}
	v, err := s.Vaults.Vault(ctx, uai, true)
	if err != nil {
		return d, err
	}
	return s.store(ctx, v, todo, who, confirm)
}

// store imports what is planned.
func (s *Service) store(ctx context.Context, v *vault.Vault, todo plan, who belvedere.Viewer, confirm string) (d Done, err error) {
	d.Pieces, d.Skipped = todo.pieces, todo.skipped
	d.Outcome, err = v.Import(ctx, todo.files, func(out vault.Outcome) error {
		d.Alarm = alarmOf(out.Changes)
		if !d.Alarm.confirmed(confirm) {
			return d.Alarm.refuse()
		}
		return nil
	})
	if err != nil {
		return d, err
	}
	d.Warnings = s.follow(ctx, v, d.Outcome.Year, who.Login)
	return d, nil
}

// follow runs what comes after a change of the vault. Its failures do not undo the change.
func (s *Service) follow(ctx context.Context, v *vault.Vault, year belvedere.SchoolYear, by string) (warnings []string) {
	if _, err := rule.Check(ctx, v, year, by); err != nil {
		s.Log.Error("checks after an import", "school", v.UAI(), "err", err)
		warnings = append(warnings, fmt.Sprintf("Les contrôles n’ont pas pu être faits\u00a0: %s Relancez-les depuis la relève.", belvedere.Message(err)))
	}
	if s.Tally != nil {
		if err := s.Tally(ctx, v.UAI(), year); err != nil {
			s.Log.Error("tally after an import", "school", v.UAI(), "err", err)
			warnings = append(warnings, "Les chiffres de la collectivité n’ont pas pu être recalculés\u00a0: ils le seront au prochain passage.")
		}
	}
	return warnings
}

// Recheck runs the checks of a year again.
func (s *Service) Recheck(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear) (err error) {
	defer belvedere.Wrap(&err, "Recheck(%s)", uai)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return err
	}
	_, err = rule.Check(ctx, v, year, who.Login)
	return err
}

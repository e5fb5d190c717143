package board

import (
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
)

// The states of a deposit.
const (
	Waiting  = "attente"
	Imported = "importe"
	Left     = "abandonne"
)

// keptWaiting is how long a deposit waits for its confirmation.
const keptWaiting = 7 * 24 * time.Hour

// chunk is the size of a piece of a file in the vault.
const chunk = 1 << 20

// A Deposit is what someone dropped, with what it would change, or did.
type Deposit struct {
	ID       int64
	Year     belvedere.SchoolYear
	State    string
	At       time.Time
	By       string
	Ended    time.Time
	EndedBy  string
	Files    []string
	Preview  *Preview // while it waits
	Stale    bool     // other imports came since it was rehearsed
	Summary  Summary  // once it is imported
	Warnings []string // of the import that has just been done
}

// A Summary is what is kept of an import: counts, no name.
type Summary struct {
	Labels        []string // "SIECLE, élèves"
	Before, After vault.Counts
	Arrivals      int
	Moves         int
	Departures    int
	Vanished      int
	Returns       int
	Faults        int64
	Confirmed     string // phrase that someone wrote to let pupils or divisions go
}

// Summary is what may be kept, and told outside the school, of an import.
func (p Preview) Summary() Summary {
	c := p.Outcome.Changes
	s := Summary{Before: c.Before, After: c.After, Arrivals: c.Of(vault.Arrival), Moves: c.Of(vault.Moved),
		Departures: c.Of(vault.Departure), Vanished: c.Of(vault.Vanished), Returns: c.Of(vault.ComesBack)}
	for _, piece := range p.Pieces {
		s.Labels = append(s.Labels, piece.Label)
	}
	s.Labels = slices.Compact(s.Labels) // files in parts follow one another
	for _, f := range p.Outcome.Files {
		s.Faults += f.Faults
	}
	return s
}

// Drop takes files, rehearses their import and keeps them until someone confirms or leaves it.
// Files that cannot be imported are refused and not kept.
func (s *Service) Drop(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, year belvedere.SchoolYear, files []Dropped) (id int64, err error) {
	defer belvedere.Wrap(&err, "Drop(%s)", uai)
	if err := May(who, uai); err != nil {
		return 0, err
	}
	todo, err := s.plan(uai, year, files, who.Login)
	if err != nil {
		return 0, err
	}
	v, err := s.Vaults.Vault(ctx, uai, true)
	if err != nil {
		return 0, err
	}
	preview, err := s.rehearse(ctx, v, todo)
	if err != nil {
		return 0, err
	}
	err = v.Write(ctx, func(tx *vault.Tx) error {
		if err := s.leaveOld(tx); err != nil {
			return err
		}
		last, err := lastImport(tx)
		if err != nil {
			return err
		}
		id, err = tx.Insert("INSERT INTO depot (annee, etat, le, par, prevision, imports) VALUES (?, 'attente', ?, ?, ?, ?)",
			int(preview.Outcome.Year), vault.Micros(s.Now()), who.Login, asJSON(preview), last)
		if err != nil {
			return err
		}
		return keep(tx, id, files)
	})
	return id, err
}

// Apply imports a deposit that waits, see Import.
func (s *Service) Apply(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, confirm string) (d Done, err error) {
	defer belvedere.Wrap(&err, "Apply(%s, %d)", uai, id)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return d, err
	}
	var year belvedere.SchoolYear
	var files []Dropped
	err = v.Read(ctx, func(tx *vault.Tx) (err error) {
		year, files, err = s.dropped(tx, id)
		return err
	})
	if err != nil {
		return d, err
	}
	todo, err := s.plan(uai, year, files, who.Login)
	if err != nil {
		return d, err
	}
	if d, err = s.store(ctx, v, todo, who, confirm); err != nil {
		return d, err
	}
	summary := d.Preview.Summary()
	if d.Alarm.Trips() {
		summary.Confirmed = d.Alarm.Phrase()
	}
	return d, v.Write(ctx, func(tx *vault.Tx) error { return s.end(tx, id, Imported, who.Login, asJSON(summary)) })
}

// Again rehearses a deposit that waits, after other imports.
func (s *Service) Again(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "Again(%s, %d)", uai, id)
	v, err := s.vault(ctx, who, uai)
	if err != nil {
		return err
	}
	var year belvedere.SchoolYear
	var files []Dropped
	var last int64
	err = v.Read(ctx, func(tx *vault.Tx) (err error) {
		if year, files, err = s.dropped(tx, id); err != nil {
			return err
		}
		last, err = lastImport(tx)
		return err
	})
	if err != nil {
		return err
	}
	todo, err := s.plan(uai, year, files, who.Login)
	if err != nil {
		return err
	}
	preview, err := s.rehearse(ctx, v, todo)
	if err != nil {
		return err
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		_, err := tx.Exec("UPDATE depot SET prevision = ?, imports = ? WHERE id = ? AND etat = 'attente'", asJSON(preview), last, id)
		return err
	})
}

// Leave gives a deposit up: its bytes go.
func (s *Service) Leave(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "Leave(%s, %d)", uai, id)
	return s.write(ctx, who, uai, func(tx *vault.Tx) error { return s.end(tx, id, Left, who.Login, "") })
}

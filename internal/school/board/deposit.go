package board

import (
	"context"
	"encoding/json"
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

func summaryOf(p Preview) Summary {
	c := p.Outcome.Changes
	s := Summary{Before: c.Before, After: c.After, Arrivals: c.Of(vault.Arrival), Moves: c.Of(vault.Moved),
		Departures: c.Of(vault.Departure), Vanished: c.Of(vault.Vanished), Returns: c.Of(vault.ComesBack)}
	for _, piece := range p.Pieces {
		s.Labels = append(s.Labels, piece.Label)
	}
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

// asJSON writes what always can be written: structs of texts and numbers.
func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// lastImport is the number of the latest import, 0 for none.
func lastImport(tx *vault.Tx) (id int64, err error) {
	_, err = tx.Get("SELECT ifnull(max(id), 0) FROM import", nil, &id)
	return id, err
}

// keep writes the bytes of files.
func keep(tx *vault.Tx, id int64, files []Dropped) error {
	for i, f := range files {
		if _, err := tx.Exec("INSERT INTO depot_fichier (depot, rang, nom, octets) VALUES (?, ?, ?, ?)", id, i, f.Name, len(f.Data)); err != nil {
			return err
		}
		for n, from := 0, 0; from < len(f.Data); n, from = n+1, from+chunk {
			piece := f.Data[from:min(from+chunk, len(f.Data))]
			if _, err := tx.Exec("INSERT INTO depot_morceau (depot, rang, suite, contenu) VALUES (?, ?, ?, ?)", id, i, n, piece); err != nil {
				return err
			}
		}
	}
	return nil
}

// leaveOld leaves the deposits that nobody confirmed.
func (s *Service) leaveOld(tx *vault.Tx) error {
	var old []int64
	err := tx.Each("SELECT id FROM depot WHERE etat = 'attente' AND le < ?", []any{vault.Micros(s.Now().Add(-keptWaiting))}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		old = append(old, id)
		return err
	})
	for _, id := range old {
		if err == nil {
			err = s.end(tx, id, Left, "", "")
		}
	}
	return err
}

// end closes a deposit: its bytes and its names go.
func (s *Service) end(tx *vault.Tx, id int64, state, by, summary string) error {
	if _, err := tx.Exec("DELETE FROM depot_morceau WHERE depot = ?", id); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE depot SET etat = ?, fini = ?, fini_par = ?, prevision = '', bilan = ? WHERE id = ? AND etat = 'attente'",
		state, vault.Micros(s.Now()), by, summary, id)
	return err
}

// Deposit is one deposit.
func (s *Service) Deposit(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (d Deposit, err error) {
	defer belvedere.Wrap(&err, "Deposit(%s, %d)", uai, id)
	found := false
	err = s.read(ctx, who, uai, func(tx *vault.Tx) (err error) {
		found, err = s.deposit(tx, id, &d)
		return err
	})
	if err == nil && !found {
		err = belvedere.Errorf(belvedere.NotFound, "Aucun dépôt ne porte ce numéro.")
	}
	return d, err
}

func (s *Service) deposit(tx *vault.Tx, id int64, d *Deposit) (found bool, err error) {
	var year int
	var at, ended, rehearsed, last int64
	var preview, summary string
	found, err = tx.Get("SELECT id, annee, etat, le, par, ifnull(fini, 0), fini_par, prevision, imports, bilan FROM depot WHERE id = ?", []any{id},
		&d.ID, &year, &d.State, &at, &d.By, &ended, &d.EndedBy, &preview, &rehearsed, &summary)
	if err != nil || !found {
		return found, err
	}
	d.Year, d.At = belvedere.SchoolYear(year), s.local(at)
	if ended != 0 {
		d.Ended = s.local(ended)
	}
	if preview != "" {
		d.Preview = &Preview{}
		if err := json.Unmarshal([]byte(preview), d.Preview); err != nil {
			return true, err
		}
	}
	if summary != "" {
		if err := json.Unmarshal([]byte(summary), &d.Summary); err != nil {
			return true, err
		}
	}
	if last, err = lastImport(tx); err != nil {
		return true, err
	}
	d.Stale = d.State == Waiting && last != rehearsed
	return true, tx.Each("SELECT nom FROM depot_fichier WHERE depot = ? ORDER BY rang", []any{id}, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		d.Files = append(d.Files, name)
		return err
	})
}

// dropped gives back the files of a deposit that waits.
func (s *Service) dropped(tx *vault.Tx, id int64) (year belvedere.SchoolYear, files []Dropped, err error) {
	var state string
	var y int
	found, err := tx.Get("SELECT annee, etat FROM depot WHERE id = ?", []any{id}, &y, &state)
	switch {
	case err != nil:
		return 0, nil, err
	case !found:
		return 0, nil, belvedere.Errorf(belvedere.NotFound, "Aucun dépôt ne porte ce numéro.")
	case state != Waiting:
		return 0, nil, belvedere.Errorf(belvedere.Conflict, "Ce dépôt n’attend plus\u00a0: il est importé ou abandonné. Déposez de nouveau les fichiers.")
	}
	err = tx.Each("SELECT rang, nom FROM depot_fichier WHERE depot = ? ORDER BY rang", []any{id}, func(scan func(...any) error) error {
		var rank int
		var f Dropped
		err := scan(&rank, &f.Name)
		files = append(files, f)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return belvedere.SchoolYear(y), files, tx.Each("SELECT rang, contenu FROM depot_morceau WHERE depot = ? ORDER BY rang, suite", []any{id},
		func(scan func(...any) error) error {
			var rank int
			var piece []byte
			if err := scan(&rank, &piece); err != nil {
				return err
			}
			files[rank].Data = append(files[rank].Data, piece...)
			return nil
		})
}

// Apply imports a deposit that waits, see Import.
func (s *Service) Apply(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, confirm string) (d Done, err error) {
	defer belvedere.Wrap(&err, "Apply(%s, %d)", uai, id)
	if err := May(who, uai); err != nil {
		return d, err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
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
	summary := summaryOf(d.Preview)
	if d.Alarm.Trips() {
		summary.Confirmed = d.Alarm.Phrase()
	}
	return d, v.Write(ctx, func(tx *vault.Tx) error { return s.end(tx, id, Imported, who.Login, asJSON(summary)) })
}

// Again rehearses a deposit that waits, after other imports.
func (s *Service) Again(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "Again(%s, %d)", uai, id)
	if err := May(who, uai); err != nil {
		return err
	}
	v, err := s.Vaults.Vault(ctx, uai, false)
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

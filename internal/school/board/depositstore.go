package board

import (
	"context"
	"encoding/json"

	"belvedere"
	"belvedere/internal/school/vault"
)

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

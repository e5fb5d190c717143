package dossier

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

// keptWaiting is how long files wait for someone to say which column is which.
const keptWaiting = 7 * 24 * time.Hour

// A Deposit is files that wait in the vault, and how they are to be read.
type Deposit struct {
	ID     int64
	Choice string // mapping, special or kind; "" to recognise
	At     time.Time
	By     string
	Files  []File
}

// Drop keeps files in the vault of an institution, encrypted, until they are imported or left.
func (s *Service) Drop(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, choice string, files []File) (id int64, err error) {
	defer belvedere.Wrap(&err, "dossier.Drop(%s)", uai)
	if err := board.May(who, uai); err != nil {
		return 0, err
	}
	if len(files) == 0 {
		return 0, belvedere.Errorf(belvedere.Invalid, "Choisissez au moins un fichier.")
	}
	v, err := s.Vaults.Vault(ctx, uai, true)
	if err != nil {
		return 0, err
	}
	err = v.Write(ctx, func(tx *vault.Tx) error {
		if _, err := tx.Exec("DELETE FROM dossier_depot WHERE le < ?", vault.Micros(s.Now().Add(-keptWaiting))); err != nil {
			return err
		}
		if id, err = tx.Insert("INSERT INTO dossier_depot (choix, le, par) VALUES (?, ?, ?)", choice, vault.Micros(s.Now()), who.Login); err != nil {
			return err
		}
		for rank, f := range files {
			in, buffer := io.NewSectionReader(f.Data, 0, f.Size), make([]byte, piece)
			for n := 0; ; n++ {
				size, err := io.ReadFull(in, buffer)
				if size == 0 && n > 0 {
					break
				}
				if _, wrong := tx.Exec("INSERT INTO dossier_depot_morceau (depot, rang, nom, suite, contenu) VALUES (?, ?, ?, ?, ?)", id, rank, f.Name, n, buffer[:size]); wrong != nil {
					return wrong
				}
				if err != nil {
					break
				}
			}
		}
		return nil
	})
	return id, err
}

// Deposit gives the files that wait under a number.
func (s *Service) Deposit(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (d Deposit, err error) {
	defer belvedere.Wrap(&err, "dossier.Deposit(%s, %d)", uai, id)
	v, err := s.open(ctx, who, uai)
	if err != nil {
		return d, err
	}
	err = v.Read(ctx, func(tx *vault.Tx) error {
		var at int64
		found, err := tx.Get("SELECT id, choix, le, par FROM dossier_depot WHERE id = ?", []any{id}, &d.ID, &d.Choice, &at, &d.By)
		if err == nil && !found {
			err = belvedere.Errorf(belvedere.NotFound, "Ces fichiers n’attendent plus\u00a0: ils ont été importés, abandonnés, ou oubliés après sept jours.")
		}
		if err == nil {
			err = mayFollow(who, uai, d.By)
		}
		if err != nil {
			return err
		}
		d.At = s.local(at)
		var data []*bytes.Buffer
		err = tx.Each("SELECT rang, nom, contenu FROM dossier_depot_morceau WHERE depot = ? ORDER BY rang, suite", []any{id}, func(scan func(...any) error) error {
			var rank int
			var name string
			var piece []byte
			if err := scan(&rank, &name, &piece); err != nil {
				return err
			}
			if rank == len(data) {
				data = append(data, &bytes.Buffer{})
				d.Files = append(d.Files, File{Name: name})
			}
			data[rank].Write(piece)
			return nil
		})
		for i := range d.Files {
			d.Files[i].Data, d.Files[i].Size = bytes.NewReader(data[i].Bytes()), int64(data[i].Len())
		}
		return err
	})
	return d, err
}

// Leave forgets files that wait.
func (s *Service) Leave(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (err error) {
	defer belvedere.Wrap(&err, "dossier.Leave(%s, %d)", uai, id)
	v, err := s.open(ctx, who, uai)
	if err != nil {
		return err
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		_, err := tx.Exec("DELETE FROM dossier_depot WHERE id = ?", id)
		return err
	})
}

// Choose says how files that wait are to be read.
func (s *Service) Choose(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64, choice string) (err error) {
	defer belvedere.Wrap(&err, "dossier.Choose(%s, %d)", uai, id)
	v, err := s.open(ctx, who, uai)
	if err != nil {
		return err
	}
	return v.Write(ctx, func(tx *vault.Tx) error {
		_, err := tx.Exec("UPDATE dossier_depot SET choix = ? WHERE id = ?", choice, id)
		return err
	})
}

// An Imported is an import in the journal of an institution.
type Imported struct {
	ID      int64
	File    string
	Mapping string
	At      time.Time
	By      string
	Kinds   []KindReport
	Faults  []belvedere.Fault // of one import, the first ones
	Held    bool              // something of it is in the vault still
	Kept    bool              // its files too
}

// Imports are the last imports of an institution, latest first.
func (s *Service) Imports(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, most int) (list []Imported, err error) {
	defer belvedere.Wrap(&err, "dossier.Imports(%s)", uai)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) (err error) {
		list, err = s.imports(tx, "ORDER BY id DESC LIMIT ?", most)
		return err
	})
	return list, err
}

// ImportOf is one import, with its defects.
func (s *Service) ImportOf(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, id int64) (one Imported, err error) {
	defer belvedere.Wrap(&err, "dossier.ImportOf(%s, %d)", uai, id)
	err = s.read(ctx, who, uai, func(tx *vault.Tx) error {
		list, err := s.imports(tx, "WHERE id = ?", id)
		if err != nil || len(list) == 0 {
			return err
		}
		one = list[0]
		if err := mayFollow(who, uai, one.By); err != nil {
			return err
		}
		return tx.Each("SELECT fichier, ligne, champ, regle, message FROM dossier_defaut WHERE import = ? ORDER BY rang", []any{id}, func(scan func(...any) error) error {
			var f belvedere.Fault
			err := scan(&f.File, &f.Line, &f.Field, &f.Rule, &f.Message)
			one.Faults = append(one.Faults, f)
			return err
		})
	})
	if err == nil && one.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "Aucun import de fichiers de personnes ne porte ce numéro.")
	}
	return one, err
}

func (s *Service) imports(tx *vault.Tx, tail string, args ...any) (list []Imported, err error) {
	err = tx.Each(`SELECT id, fichier, correspondance, bilan, le, par, EXISTS (SELECT 1 FROM dossier_tranche t WHERE t.import = i.id AND t.remplace IS NULL),
		EXISTS (SELECT 1 FROM dossier_morceau m WHERE m.import = i.id) FROM dossier_import i `+tail, args, func(scan func(...any) error) error {
		var one Imported
		var text string
		var at int64
		if err := scan(&one.ID, &one.File, &one.Mapping, &text, &at, &one.By, &one.Held, &one.Kept); err != nil {
			return err
		}
		one.At = s.local(at)
		list = append(list, one)
		return json.Unmarshal([]byte(text), &list[len(list)-1].Kinds)
	})
	return list, err
}

package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/source/record"
)

// MostFaults is how many faults of a file are kept as rows; their count stays exact.
const MostFaults = 1000

// errReplay stops the reading of a file that was imported before.
var errReplay = errors.New("vault: the same file again")

// A sink puts what a reader finds into the tables of its kinds.
type sink struct {
	tx      *Tx
	file    File
	known   map[string]sourceKind
	year    belvedere.SchoolYear
	headed  bool
	done    Imported
	writers map[*record.Kind]*writer
	indexed map[string]bool   // kinds whose keys are quick to find
	early   []belvedere.Fault // that came before the head
	log     *connectionLog    // of formats that yield connections
}

// run reads the file.
func (s *sink) run() (_ Imported, err error) {
	defer belvedere.Wrap(&err, "%s (%s)", s.file.Name, s.file.Format.Code)
	err = s.file.Fill(s)
	if errors.Is(err, errReplay) {
		return s.done, nil
	}
	if err != nil {
		return s.done, err
	}
	if !s.headed {
		return s.done, fmt.Errorf("the reader of %s gave no head", s.file.Format.Code)
	}
	if err := s.keepOurs(); err != nil {
		return s.done, err
	}
	_, err = s.tx.Exec("UPDATE import SET lignes = ?, defauts = ? WHERE id = ?", s.done.Records, s.done.Faults, s.done.ID)
	return s.done, err
}

// Head implements record.Visitor. Later heads are those of further parts: they must agree.
func (s *sink) Head(h record.Head) error {
	if err := s.agree(h); err != nil {
		return err
	}
	if s.headed {
		return nil
	}
	s.headed = true
	s.done.Head = h
	if again, err := s.replayed(); err != nil || again {
		return errors.Join(err, errReplay)
	}
	for _, k := range s.file.Format.Kinds {
		if k.Name == connectionKind {
			s.log = &connectionLog{}
		} else if isChange(k.Name) {
			continue // an order, carried out and forgotten
		} else if err := s.tx.ensure(k, s.known); err != nil {
			return err
		}
	}
	if err := s.register(h); err != nil {
		return err
	}
	for _, f := range s.early {
		if err := s.Fault(f); err != nil {
			return err
		}
	}
	if s.log != nil {
		return s.log.begin(s.tx, s.done.ID)
	}
	if h.Delta {
		return nil
	}
	return s.retire(h.Source)
}

// agree checks that the file is of this school, and settles its year.
func (s *sink) agree(h record.Head) error {
	if h.School != "" && h.School != s.tx.v.uai {
		return belvedere.Errorf(belvedere.Conflict,
			"Le fichier %s est celui de l’établissement %s, non de %s. Choisissez l’établissement du fichier, ou le fichier de l’établissement.",
			s.file.Name, h.School, s.tx.v.uai)
	}
	year := belvedere.SchoolYear(h.Year)
	if s.year == 0 {
		s.year = year
	}
	switch {
	case s.year == 0 && s.isLog():
		s.year = belvedere.SchoolYearOf(s.file.At.In(s.tx.v.zone))
	case s.year == 0:
		return belvedere.Errorf(belvedere.Invalid,
			"Le fichier %s ne dit pas de quelle année scolaire il est. Choisissez-la avant de l’importer.", s.file.Name)
	case year != 0 && year != s.year:
		return belvedere.Errorf(belvedere.Conflict,
			"Le fichier %s est de l’année scolaire %s, et non de %s. De mai à août, vérifiez si l’export vient de la base de l’année en cours ou de la préparation de rentrée.",
			s.file.Name, year, s.year)
	}
	return nil
}

func (s *sink) isLog() bool {
	return slices.ContainsFunc(s.file.Format.Kinds, func(k *record.Kind) bool { return k.Name == connectionKind })
}

// replayed finds an import of the same bytes that still stands.
func (s *sink) replayed() (bool, error) {
	if s.file.SHA256 == "" {
		return false, nil
	}
	found, err := s.tx.Get("SELECT id, lignes, defauts FROM import WHERE annee = ? AND format = ? AND sha256 = ? AND remplace IS NULL ORDER BY id DESC LIMIT 1",
		[]any{int(s.year), s.file.Format.Code, s.file.SHA256}, &s.done.ID, &s.done.Records, &s.done.Faults)
	s.done.Replayed = found
	return found, err
}

// register writes the row of the import.
func (s *sink) register(h record.Head) (err error) {
	var kinds []string
	for _, k := range s.file.Format.Kinds {
		kinds = append(kinds, k.Name)
	}
	var exported any
	if !h.Exported.IsZero() {
		exported = Micros(h.Exported)
	}
	s.done.ID, err = s.tx.Insert(`INSERT INTO import (annee, format, genres, source, version, exporte, delta, sha256, fichier, le, par, lignes, defauts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
		int(s.year), s.file.Format.Code, jsonList(kinds), h.Source, h.Version, exported, h.Delta,
		s.file.SHA256, s.file.Name, Micros(s.file.At), s.file.By)
	return err
}

// retire removes what this file replaces: the rows of its kinds that earlier files of the same
// source gave for the year. Formats share secondary kinds (addresses); those that share a main
// one say the same thing twice, in another form.
func (s *sink) retire(source string) error {
	type standing struct {
		id     int64
		format string
		kinds  []string
	}
	var list []standing
	err := s.tx.Each("SELECT id, format, genres FROM import WHERE annee = ? AND source = ? AND remplace IS NULL AND id <> ?",
		[]any{int(s.year), source, s.done.ID}, func(scan func(...any) error) error {
			var e standing
			var kinds string
			if err := scan(&e.id, &e.format, &kinds); err != nil {
				return err
			}
			list = append(list, e)
			return json.Unmarshal([]byte(kinds), &list[len(list)-1].kinds)
		})
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.format != s.file.Format.Code && !s.related(e.kinds) {
			continue
		}
		left, err := s.clear(e.id, e.kinds)
		if err != nil {
			return err
		}
		if left {
			continue
		}
		if _, err := s.tx.Exec("UPDATE import SET remplace = ? WHERE id = ?", s.done.ID, e.id); err != nil {
			return err
		}
	}
	return nil
}

// yields tells whether the format of the file has a kind.
func (s *sink) yields(kind string) bool {
	return slices.ContainsFunc(s.file.Format.Kinds, func(k *record.Kind) bool { return k.Name == kind })
}

// related tells whether the main kind of one is among those of the other.
func (s *sink) related(kinds []string) bool {
	if s.done.Head.Source == "ent" {
		return false // its tables complete each other: teachers, staff and guests are of one kind
	}
	return len(kinds) > 0 && len(s.file.Format.Kinds) > 0 &&
		(s.yields(kinds[0]) || slices.Contains(kinds, s.file.Format.Kinds[0].Name))
}

// clear removes the rows of an import in the kinds of this file; left tells whether it has others.
func (s *sink) clear(id int64, kinds []string) (left bool, err error) {
	for _, kind := range kinds {
		if _, ok := s.known[kind]; !ok {
			continue
		}
		if s.yields(kind) {
			if _, err := s.tx.Exec("DELETE FROM "+sourceTable(kind)+" WHERE _annee = ? AND _import = ?", int(s.year), id); err != nil {
				return false, err
			}
			continue
		}
		var one int
		found, err := s.tx.Get("SELECT 1 FROM "+sourceTable(kind)+" WHERE _annee = ? AND _import = ? LIMIT 1", []any{int(s.year), id}, &one)
		if err != nil {
			return false, err
		}
		left = left || found
	}
	return left, nil
}

// Record implements record.Visitor.
func (s *sink) Record(r record.Record) error {
	if !s.headed {
		return fmt.Errorf("a record before the head")
	}
	s.done.Records++
	if r.Kind.Name == connectionKind {
		return s.log.add(r)
	}
	if isChange(r.Kind.Name) {
		return s.order(r)
	}
	if s.done.Head.Delta && len(r.Kind.Key) > 0 {
		if done, err := s.complete(r); err != nil || done {
			return err
		}
	}
	w, err := s.writer(r.Kind)
	if err != nil {
		return err
	}
	return w.put(r)
}

// Fault implements record.Visitor.
func (s *sink) Fault(f belvedere.Fault) error {
	if !s.headed {
		s.early = append(s.early, f)
		return nil
	}
	s.done.Faults++
	if s.done.Faults > MostFaults {
		return nil
	}
	_, err := s.tx.Exec(`INSERT INTO defaut (import, rang, dans, ligne, colonne, champ, valeur, regle, gravite, message, remede)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.done.ID, s.done.Faults, f.File, f.Line, f.Column, f.Field, f.Value, f.Rule, string(f.Severity), f.Message, f.Mend)
	return err
}

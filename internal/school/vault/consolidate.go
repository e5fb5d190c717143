package vault

import (
	"encoding/json"
	"time"

	"belvedere"
)

// A consolidation makes the consolidated tables of a year out of its sources. Each source is
// whole: the first in the order of precedence that gave pupils is where pupils come from, and the
// others are compared with it, not mixed in.
type consolidation struct {
	tx     *Tx
	year   int
	at     int64                   // instant of the imports
	kinds  map[string]activeImport // by kind: the latest import that stands
	labels map[string]string       // folded label of a subject → code, "" when several bear it
	resolver

	pupilsIn []*pupilIn
	people   map[string]int64 // ELEVE_ID, or another identifier of the source → eleve.id
	guardian map[string]int64 // PERSONNE_ID, or another identifier of the source → personne.id
	staff    staffIndex
	levels   map[string]string   // MEF → level
	last     *bool               // see latest
	noted    map[string]bool     // what was said once
	held     map[bearer][]string // identifiers that people bear, once read
}

// An activeImport is where the rows of a kind come from.
type activeImport struct {
	id       int64
	source   string
	exported int64 // instant, 0 when the file does not say
}

// consolidate makes the year again. It is called in the transaction of an import, so that
// nobody sees sources without what is made of them.
func consolidate(tx *Tx, year int, at int64) (err error) {
	defer belvedere.Wrap(&err, "consolidate(%d)", year)
	c := &consolidation{tx: tx, year: year, at: at, kinds: map[string]activeImport{}, labels: map[string]string{},
		people: map[string]int64{}, guardian: map[string]int64{}, levels: map[string]string{}, noted: map[string]bool{}}
	if err := c.readImports(); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM note WHERE annee = ?", year); err != nil {
		return err
	}
	for _, step := range []func() error{
		c.calendar, c.school, c.nomenclature, c.gatherPupils, c.structures, c.resolver.load(c),
		c.pupils, c.guardians, c.staffPeople, c.services, c.rooms, c.lessons, c.levelsOfDivisions,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// readImports finds which kinds the year has.
func (c *consolidation) readImports() error {
	return c.tx.Each("SELECT id, source, ifnull(exporte, 0), genres FROM import WHERE annee = ? AND remplace IS NULL ORDER BY id", []any{c.year},
		func(scan func(...any) error) error {
			var a activeImport
			var genres string
			if err := scan(&a.id, &a.source, &a.exported, &genres); err != nil {
				return err
			}
			var kinds []string
			err := json.Unmarshal([]byte(genres), &kinds)
			for _, k := range kinds {
				c.kinds[k] = a
			}
			return err
		})
}

// first is the first of kinds that the year has, "" for none.
func (c *consolidation) first(kinds ...string) string {
	for _, k := range kinds {
		if _, ok := c.kinds[k]; ok {
			return k
		}
	}
	return ""
}

// rows hands the rows of a kind.
func (c *consolidation) rows(kind string, fields []string, f func(r SourceRow) error) error {
	if _, ok := c.kinds[kind]; !ok {
		return nil
	}
	return c.tx.Source(kind, c.year, fields, f)
}

// exec runs a statement whose count does not matter.
func (c *consolidation) exec(query string, args ...any) error {
	_, err := c.tx.Exec(query, args...)
	return err
}

// clear empties tables of the year.
func (c *consolidation) clear(tables ...string) error {
	for _, t := range tables {
		if err := c.exec("DELETE FROM "+t+" WHERE annee = ?", c.year); err != nil {
			return err
		}
	}
	return nil
}

// note keeps what could not be decided, for people to see.
func (c *consolidation) note(sort string, w who, value, message string) error {
	var id any
	if w.sort != "" {
		id = w.id
	}
	return c.exec("INSERT INTO note (annee, sorte, qui, qui_id, valeur, message) VALUES (?, ?, ?, ?, ?, ?)", c.year, sort, w.sort, id, value, message)
}

// seenOn is the date on which a file of a kind says what it says: of its export, else of the import.
func (c *consolidation) seenOn(kind string) string {
	at := c.at
	if e := c.kinds[kind].exported; e != 0 {
		at = e
	}
	return Day(time.UnixMicro(at).In(c.tx.v.zone))
}

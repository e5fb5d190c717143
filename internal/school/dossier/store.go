package dossier

import (
	"encoding/json"
	"slices"
	"strings"

	"belvedere/internal/school/vault"
)

// tableOf is where the rows of a kind lie.
func tableOf(kind string) string { return "dos_" + kind }

// A storedColumn is what the vault remembers of a column: enough to know who is named.
type storedColumn struct {
	Name  string `json:"nom"`
	Class Class  `json:"classe"`
}

// stored are the columns that the table of a kind has; found is false when no file of it came.
func stored(tx *vault.Tx, kind string) (columns []storedColumn, found bool, err error) {
	var text string
	found, err = tx.Get("SELECT colonnes FROM dossier_genre WHERE nom = ?", []any{kind}, &text)
	if err == nil && found {
		err = json.Unmarshal([]byte(text), &columns)
	}
	return columns, found, err
}

// sqlType is the type of a column in its table.
func sqlType(c *Column) string {
	switch c.Class {
	case Person:
		return "INTEGER NOT NULL REFERENCES dossier_personne"
	case Number:
		return "REAL"
	}
	return "TEXT NOT NULL DEFAULT ''"
}

// keyColumns are those of the key, the ones of the slice first, so that the index of the key finds a slice.
func (k *Kind) keyColumns() []string {
	list := slices.Clone(k.Slice)
	for _, name := range k.Key {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// ensure makes the table of a kind, or gives it the columns that were declared since.
func ensure(tx *vault.Tx, k *Kind) error {
	had, found, err := stored(tx, k.Name)
	if err != nil {
		return err
	}
	columns := had
	var todo []string
	if !found {
		var definitions []string
		for i := range k.Columns {
			c := &k.Columns[i]
			definitions = append(definitions, c.Name+" "+sqlType(c))
			columns = append(columns, storedColumn{c.Name, c.Class})
		}
		todo = append(todo, "CREATE TABLE "+tableOf(k.Name)+" (_id INTEGER PRIMARY KEY, _import INTEGER NOT NULL, _ligne INTEGER NOT NULL, "+strings.Join(definitions, ", ")+") STRICT",
			"CREATE UNIQUE INDEX "+tableOf(k.Name)+"_cle ON "+tableOf(k.Name)+" ("+strings.Join(k.keyColumns(), ", ")+")")
		if p := k.PersonColumn(); p != nil {
			todo = append(todo, "CREATE INDEX "+tableOf(k.Name)+"_qui ON "+tableOf(k.Name)+" ("+p.Name+")")
		}
	}
	for i := range k.Columns {
		c := &k.Columns[i]
		if slices.ContainsFunc(columns, func(o storedColumn) bool { return o.Name == c.Name }) {
			continue
		}
		todo = append(todo, "ALTER TABLE "+tableOf(k.Name)+" ADD COLUMN "+c.Name+" "+sqlType(c))
		columns = append(columns, storedColumn{c.Name, c.Class})
	}
	for _, statement := range todo {
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	return remember(tx, k, columns)
}

// remember writes what the vault knows of a kind, with the classes of today.
func remember(tx *vault.Tx, k *Kind, columns []storedColumn) error {
	for i, one := range columns {
		if c := k.Column(one.Name); c != nil {
			columns[i].Class = c.Class
		}
	}
	text, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	person := ""
	if p := k.PersonColumn(); p != nil {
		person = p.Name
	}
	_, err = tx.Exec(`INSERT INTO dossier_genre (nom, colonnes, cle, temps, annees) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (nom) DO UPDATE SET colonnes = excluded.colonnes, cle = excluded.cle, temps = excluded.temps, annees = excluded.annees
		WHERE colonnes <> excluded.colonnes OR temps <> excluded.temps OR annees <> excluded.annees`, k.Name, string(text), person, k.Time, k.Retention)
	return err
}

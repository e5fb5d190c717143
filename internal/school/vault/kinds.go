package vault

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"belvedere/internal/source/record"
)

// identifier is what a kind and its fields are called: they become names of SQL.
var identifier = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// sourceTable is where the rows of a kind lie.
func sourceTable(kind string) string { return "src_" + kind }

// A sourceKind is what a vault knows of a kind: the columns of its table.
type sourceKind struct {
	fields []string
	key    []string
}

// sourceKinds are the kinds that the vault has tables for, or those of them that are named.
func (t *Tx) sourceKinds(only ...string) (map[string]sourceKind, error) {
	kinds := map[string]sourceKind{}
	query, args := "SELECT nom, champs, cle FROM source_table", []any(nil)
	for i, name := range only {
		query += []string{" WHERE nom = ?", " OR nom = ?"}[min(i, 1)]
		args = append(args, name)
	}
	err := t.Each(query, args, func(scan func(...any) error) error {
		var name, fields, key string
		if err := scan(&name, &fields, &key); err != nil {
			return err
		}
		var k sourceKind
		if err := json.Unmarshal([]byte(fields), &k.fields); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(key), &k.key); err != nil {
			return err
		}
		kinds[name] = k
		return nil
	})
	return kinds, err
}

// ensure makes the table of a kind, or gives it the columns that a newer reader brings.
func (t *Tx) ensure(k *record.Kind, known map[string]sourceKind) error {
	for _, name := range append([]string{k.Name}, k.Fields...) {
		if !identifier.MatchString(name) {
			return fmt.Errorf("kind %q: %q is no identifier", k.Name, name)
		}
	}
	had, ok := known[k.Name]
	table := sourceTable(k.Name)
	if !ok {
		columns := ""
		for _, f := range k.Fields {
			columns += ", \"" + f + "\" TEXT"
		}
		if err := t.script("CREATE TABLE " + table + " (_annee INTEGER NOT NULL, _import INTEGER NOT NULL, _ligne INTEGER NOT NULL" + columns + ") STRICT;" +
			"CREATE INDEX " + table + "_import ON " + table + " (_annee, _import)"); err != nil {
			return err
		}
		return t.remember(k, known, k.Fields)
	}
	fields := slices.Clone(had.fields)
	for _, f := range k.Fields {
		if slices.Contains(had.fields, f) {
			continue
		}
		if err := t.script("ALTER TABLE " + table + " ADD COLUMN \"" + f + "\" TEXT"); err != nil {
			return err
		}
		fields = append(fields, f)
	}
	if len(fields) == len(had.fields) && slices.Equal(k.Key, had.key) {
		return nil
	}
	return t.remember(k, known, fields)
}

func (t *Tx) remember(k *record.Kind, known map[string]sourceKind, fields []string) error {
	known[k.Name] = sourceKind{fields, k.Key}
	_, err := t.Exec("INSERT INTO source_table (nom, champs, cle) VALUES (?, ?, ?) ON CONFLICT (nom) DO UPDATE SET champs = excluded.champs, cle = excluded.cle",
		k.Name, jsonList(fields), jsonList(k.Key))
	return err
}

// jsonList writes names as a column of JSON holds them.
func jsonList(list []string) string {
	if list == nil {
		list = []string{}
	}
	text, _ := json.Marshal(list) // strings always can
	return string(text)
}

// A SourceRow is a row as its file had it.
type SourceRow struct {
	Import int64
	Line   int64
	values []record.Value
}

// Get is the value of the field at that place of the list asked for.
func (r SourceRow) Get(i int) record.Value { return r.values[i] }

// Text is its text, "" when the file says nothing.
func (r SourceRow) Text(i int) string { return r.values[i].Text }

// Source hands the rows of a kind for a year, in the order of import and file, with the fields
// asked for. A kind or a field that no import brought is absent. A field written "a|b" is the
// first of them that is not absent.
func (t *Tx) Source(kind string, year int, fields []string, f func(r SourceRow) error) error {
	kinds, err := t.sourceKinds(kind)
	if err != nil {
		return err
	}
	k, ok := kinds[kind]
	if !ok {
		return nil
	}
	columns := make([]string, len(fields))
	for i, name := range fields {
		columns[i] = k.column(name)
	}
	row := SourceRow{values: make([]record.Value, len(fields))}
	into := []any{&row.Import, &row.Line}
	for i := range row.values {
		into = append(into, present{&row.values[i]})
	}
	return t.Each("SELECT _import, _ligne, "+strings.Join(columns, ", ")+" FROM "+sourceTable(kind)+" WHERE _annee = ? ORDER BY rowid",
		[]any{year}, func(scan func(...any) error) error {
			if err := scan(into...); err != nil {
				return err
			}
			return f(row)
		})
}

// column is the expression of a field that may be one of several, or unknown.
func (k sourceKind) column(name string) string {
	var known []string
	for n := range strings.SplitSeq(name, "|") {
		if slices.Contains(k.fields, n) {
			known = append(known, `"`+n+`"`)
		}
	}
	switch len(known) {
	case 0:
		return "NULL"
	case 1:
		return known[0]
	}
	return "coalesce(" + strings.Join(known, ", ") + ")"
}

// present scans a column into a value.
type present struct{ v *record.Value }

// Scan implements sql.Scanner.
func (p present) Scan(from any) error {
	switch x := from.(type) {
	case nil:
		*p.v = record.Value{}
	case string:
		*p.v = record.Value{Text: x, Present: true}
	case []byte:
		*p.v = record.Value{Text: string(x), Present: true}
	default:
		return fmt.Errorf("a column of text holds a %T", from)
	}
	return nil
}

package ingest

import (
	"context"
	"slices"
	"strings"

	"belvedere"
)

// catalogue is the one of this moment.
func (s *Service) catalogue(ctx context.Context) (*belvedere.Model, error) {
	if s.Live == nil {
		return s.first, nil
	}
	return s.Live(ctx)
}

// follow takes the catalogue of this moment before work begins; s.mu is held. The tables of datasets
// that are new are then made, without touching the others.
func (s *Service) follow(ctx context.Context) error {
	m, err := s.catalogue(ctx)
	if err != nil {
		return err
	}
	if m != s.Model {
		s.Model, s.ready = m, false
	}
	return nil
}

// layoutTable holds the columns of each table, so that a catalogue that only grows is told from one
// that changes what is stored.
const layoutTable = "schema_tables"

// A layout is a table and its columns, "name TYPE" each, as its statement creates them.
type layout struct {
	name    string
	columns []string
}

// layouts are the tables that the statements of a publisher create.
func layouts(statements []belvedere.Statement) (out []layout) {
	for _, st := range statements {
		rest, ok := strings.CutPrefix(st.SQL, "CREATE TABLE IF NOT EXISTS ")
		name, columns, two := strings.Cut(rest, " (")
		if ok && two {
			out = append(out, layout{name, strings.Split(strings.TrimSuffix(columns, ")"), ", ")})
		}
	}
	return out
}

// grow gives the statements that bring the tables from what is stored to what the catalogue wants:
// new tables, and new columns of old ones, empty in the rows that are there. Tables of which a column
// has gone or has changed its type are in the way.
func grow(stored map[string][]string, want []layout) (out []belvedere.Statement, inTheWay []string) {
	for _, t := range want {
		have, there := stored[t.name]
		if !there {
			continue // CREATE TABLE IF NOT EXISTS makes it
		}
		if slices.ContainsFunc(have, func(c string) bool { return !slices.Contains(t.columns, c) }) {
			inTheWay = append(inTheWay, t.name)
			continue
		}
		for _, c := range t.columns {
			if slices.Contains(have, c) {
				continue
			}
			sql := "ALTER TABLE " + t.name + " ADD COLUMN " + c
			if strings.HasSuffix(c, " "+string(belvedere.Text)) {
				sql += " DEFAULT ''" // a dimension of which the old rows have no detail
			}
			out = append(out, belvedere.Statement{SQL: sql})
		}
	}
	return out, inTheWay
}

// reshape gives the statements that bring the tables to what the catalogue wants. A table in the way
// is made again when it holds nothing; otherwise the warehouse must be rebuilt.
func (s *Service) reshape(ctx context.Context, stored map[string][]string, create []belvedere.Statement) ([]belvedere.Statement, error) {
	if len(stored) == 0 {
		return nil, errStale
	}
	more, inTheWay := grow(stored, layouts(create))
	var out []belvedere.Statement
	for _, name := range inTheWay {
		rows := int64(0)
		err := s.Engine.Query(ctx, belvedere.Statement{SQL: "SELECT count(*) FROM " + name}, func(row []any) error {
			rows, _ = row[0].(int64)
			return nil
		})
		if err != nil {
			return nil, err
		}
		if rows > 0 {
			return nil, errStale
		}
		out = append(out, dropTable(name))
	}
	return append(append(out, create...), more...), nil
}

// storedLayouts reads what the tables were made with.
func (s *Service) storedLayouts(ctx context.Context) (map[string][]string, error) {
	stored := map[string][]string{}
	err := s.Engine.Query(ctx, belvedere.Statement{SQL: "SELECT nom, colonnes FROM " + layoutTable}, func(row []any) error {
		stored[stringOf(row[0])] = strings.Split(stringOf(row[1]), ", ")
		return nil
	})
	return stored, err
}

// keepLayouts writes what the tables are made with. A dataset that is declared no longer keeps its table.
func keepLayouts(print string, want []layout) []belvedere.Statement {
	out := []belvedere.Statement{
		{SQL: "DELETE FROM " + fingerprintTable},
		{SQL: "INSERT INTO " + fingerprintTable + " VALUES (?::VARCHAR)", Args: []any{print}},
	}
	for _, t := range want {
		out = append(out,
			belvedere.Statement{SQL: "DELETE FROM " + layoutTable + " WHERE nom = ?::VARCHAR", Args: []any{t.name}},
			belvedere.Statement{SQL: "INSERT INTO " + layoutTable + " VALUES (?::VARCHAR, ?::VARCHAR)", Args: []any{t.name, strings.Join(t.columns, ", ")}})
	}
	return out
}

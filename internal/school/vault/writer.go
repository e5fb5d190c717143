package vault

import (
	"database/sql"
	"fmt"
	"strings"

	"belvedere/internal/source/record"
)

// A writer puts rows of one kind into its table.
type writer struct {
	insert *sql.Stmt
	tx     *Tx
	args   []any // year, import, line, then the fields
	width  int
}

// writer finds or makes the one of a kind.
func (s *sink) writer(k *record.Kind) (*writer, error) {
	if w := s.writers[k]; w != nil {
		return w, nil
	}
	if !s.yields(k.Name) {
		return nil, fmt.Errorf("%s gave a row of %q, which it does not declare", s.file.Format.Code, k.Name)
	}
	columns, marks := "_annee, _import, _ligne", "?, ?, ?"
	for _, f := range k.Fields {
		columns += ", \"" + f + "\""
		marks += ", ?"
	}
	w := &writer{tx: s.tx, args: make([]any, 3+len(k.Fields)), width: len(k.Fields)}
	var err error
	if w.insert, err = s.tx.prepared("INSERT INTO " + sourceTable(k.Name) + " (" + columns + ") VALUES (" + marks + ")"); err != nil {
		return nil, err
	}
	w.args[0], w.args[1] = int(s.year), s.done.ID
	if s.writers == nil {
		s.writers = map[*record.Kind]*writer{}
	}
	s.writers[k] = w
	return w, nil
}

func (w *writer) put(r record.Record) error {
	if len(r.Values) != w.width {
		return fmt.Errorf("a row of %q has %d values, not %d", r.Kind.Name, len(r.Values), w.width)
	}
	w.args[2] = r.Line
	for i, v := range r.Values {
		if v.Present {
			w.args[3+i] = storable(v.Text)
		} else {
			w.args[3+i] = nil
		}
	}
	_, err := w.insert.ExecContext(w.tx.ctx, w.args...)
	return err
}

// storable replaces what would end a text of SQLite before its end.
func storable(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		return strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return s
}

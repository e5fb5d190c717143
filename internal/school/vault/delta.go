package vault

import (
	"fmt"
	"slices"
	"strings"

	"belvedere/internal/source/record"
)

// A file of changes gives, besides rows to add or complete by key, two kinds of orders, whose first
// field is the key that they are about:
//
//	<source>_remplacement(key, genre): the rows of that kind with that key go, others follow
//	<source>_suppression(key, …): the rows of all kinds of the source with that key go
const (
	replacement = "_remplacement"
	deletion    = "_suppression"
)

func isChange(kind string) bool {
	return strings.HasSuffix(kind, replacement) || strings.HasSuffix(kind, deletion)
}

// order carries out one of them.
func (s *sink) order(r record.Record) error {
	key := r.Values[0].Text
	if genre, ok := strings.CutSuffix(r.Kind.Name, replacement); ok {
		kind := r.Get("genre").Text
		if !strings.HasPrefix(kind, genre+"_") {
			return fmt.Errorf("%s of a kind %q", r.Kind.Name, kind)
		}
		return s.remove(kind, r.Kind.Fields[0], key)
	}
	prefix := strings.TrimSuffix(r.Kind.Name, deletion) + "_"
	for kind := range s.known {
		if strings.HasPrefix(kind, prefix) && !isChange(kind) {
			if err := s.remove(kind, r.Kind.Fields[0], key); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove deletes the rows of a kind that bear a key.
func (s *sink) remove(kind, field, key string) error {
	k, ok := s.known[kind]
	if !ok || k.column(field) == "NULL" {
		return nil
	}
	if err := s.index(kind, field); err != nil {
		return err
	}
	_, err := s.tx.Exec("DELETE FROM "+sourceTable(kind)+` WHERE _annee = ? AND "`+field+`" = ?`, int(s.year), key)
	return err
}

// index makes keys quick to find, from the first file of changes on.
func (s *sink) index(kind, field string) error {
	if s.indexed[kind] {
		return nil
	}
	if s.indexed == nil {
		s.indexed = map[string]bool{}
	}
	s.indexed[kind] = true
	return s.tx.script("CREATE INDEX IF NOT EXISTS " + sourceTable(kind) + "_cle ON " + sourceTable(kind) + ` (_annee, "` + field + `")`)
}

// complete writes the fields that a row of changes has into the row of the same key. done is
// false when there is none, and the row is to be added.
func (s *sink) complete(r record.Record) (done bool, err error) {
	if err := s.index(r.Kind.Name, r.Kind.Key[0]); err != nil {
		return false, err
	}
	set, where := []string{"_import = ?", "_ligne = ?"}, []string{"_annee = ?"}
	args, last := []any{s.done.ID, r.Line}, []any{int(s.year)}
	for i, f := range r.Kind.Fields {
		v := r.Values[i]
		if slices.Contains(r.Kind.Key, f) {
			where = append(where, `"`+f+`" = ?`)
			last = append(last, storable(v.Text))
		} else if v.Present {
			set = append(set, `"`+f+`" = ?`)
			args = append(args, storable(v.Text))
		}
	}
	n, err := s.tx.Exec("UPDATE "+sourceTable(r.Kind.Name)+" SET "+strings.Join(set, ", ")+" WHERE "+strings.Join(where, " AND "), append(args, last...)...)
	return n > 0, err
}

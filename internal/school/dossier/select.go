package dossier

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

// An Operator compares a column with values.
type Operator string

// The comparisons of a filter. A column of people or of identities takes none: a filter would tell
// what its column may not.
const (
	In      Operator = "parmi"    // one of the values; "" is nothing said
	NotIn   Operator = "sauf"     // none of them
	AtLeast Operator = "au_moins" // of a date or a number: from the value on
	AtMost  Operator = "au_plus"  // up to the value
)

// A Filter keeps the rows of which a column answers to a comparison.
type Filter struct {
	Column string
	Op     Operator
	Values []string
}

// A Request says which rows of a kind, and which of their columns.
type Request struct {
	Kind    string
	Columns []string        // none: all that the level opens
	Where   []Filter        // all of them
	Level   belvedere.Level // what the reader has a grant for; Pseudonyms when empty
	Any     [][]Filter      // besides, all filters of one of these lists: what rights limited to members open; nil for all
}

// A Row is one row of persons. Values are in the order of the columns asked for: a text, a float64, or
// nil when the file does not say it. It is good until the next one.
type Row struct {
	Person int64 // number of the person in the vault, 0 for rows of nobody: to be turned into a pseudonym, never shown
	Values []any
}

// May tells whether someone may read rows of persons at a level: the holder of a grant of extracts that
// says so for the institution, and the operator of the machine. Identities also ask for a second factor.
func May(who belvedere.Viewer, uai belvedere.UAI, level belvedere.Level) error {
	if who.Kind == belvedere.Operator {
		return nil
	}
	if _, ok := who.Detail(uai, level); !ok {
		return belvedere.Errorf(belvedere.Forbidden, "Lire des lignes de personnes demande une habilitation d’extraction de ce niveau pour l’établissement %s.", uai)
	}
	if !who.Strong {
		return belvedere.Errorf(belvedere.Forbidden, "Les données nominatives demandent une connexion en deux étapes.")
	}
	return nil
}

// errEnough ends a reading that its caller left.
var errEnough = errors.New("dossier: enough")

// Select hands the rows of a request in the order in which they were read, one at a time. The sequence
// ends with an error when one occurs. It holds one state of the vault until it ends.
func (s *Service) Select(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, r Request) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		q, err := s.plan(ctx, who, uai, r)
		if err == nil {
			err = s.each(ctx, uai, q, yield)
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(Row{}, err)
		}
	}
}

// A Size is how much a request would give.
type Size struct{ Rows, People int64 }

// Count tells how many rows and distinct people a request has. The staff of the institution may count too.
func (s *Service) Count(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, r Request) (n Size, err error) {
	defer belvedere.Wrap(&err, "dossier.Count(%s, %s)", uai, r.Kind)
	if board.May(who, uai) == nil {
		who = belvedere.Viewer{Kind: belvedere.Operator} // counts of their own rows name nobody
	}
	q, err := s.plan(ctx, who, uai, r)
	if err != nil {
		return n, err
	}
	err = s.inVault(ctx, uai, q.kind, func(tx *vault.Tx) error {
		_, err := tx.Get("SELECT count(*), count(DISTINCT "+q.person+") FROM "+tableOf(q.kind.Name)+q.where, q.args, &n.Rows, &n.People)
		return err
	})
	if q.kind.Space == "" {
		n.People = 0
	}
	return n, err
}

// A query is a request that was checked.
type query struct {
	kind    *Kind
	columns []*Column
	person  string // expression of the person
	where   string
	args    []any
}

// plan checks a request against the declarations and the rights of who asks.
func (s *Service) plan(ctx context.Context, who belvedere.Viewer, uai belvedere.UAI, r Request) (q query, err error) {
	if r.Level == "" || r.Level == belvedere.Totals {
		r.Level = belvedere.Pseudonyms
	}
	if err := May(who, uai, r.Level); err != nil {
		return q, err
	}
	if q.kind, err = s.kind(r.Kind); err != nil {
		return q, err
	}
	if q.columns, err = columnsOf(q.kind, r); err != nil {
		return q, err
	}
	if who.Kind != belvedere.Operator {
		if r.Any, err = s.Catalog.Within(q.kind, who.RowLimits(uai, r.Level)); err != nil {
			return q, err
		}
	}
	q.person = "0"
	if p := q.kind.PersonColumn(); p != nil {
		q.person = p.Name
	}
	for i, f := range r.Where {
		condition, args, err := f.condition(q.kind)
		if err != nil {
			return q, err
		}
		q.where += []string{" WHERE ", " AND "}[min(i, 1)] + condition
		q.args = append(q.args, args...)
	}
	return q, s.among(ctx, uai, &q, r.Any)
}

// columnsOf are the columns of a request, none of which asks for more than its level.
func columnsOf(k *Kind, r Request) (list []*Column, err error) {
	opens := func(c *Column) bool {
		return c.Class.Level() == belvedere.Pseudonyms || r.Level == belvedere.Identities
	}
	if len(r.Columns) == 0 {
		for i := range k.Columns {
			if opens(&k.Columns[i]) {
				list = append(list, &k.Columns[i])
			}
		}
		return list, nil
	}
	for _, name := range r.Columns {
		c := k.Column(name)
		if c == nil {
			return nil, belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0» n’a pas de colonne «\u00a0%s\u00a0».", k.Label, name)
		}
		if !opens(c) {
			return nil, belvedere.Errorf(belvedere.Forbidden, "La colonne «\u00a0%s\u00a0» (%s) demande une habilitation d’extraction avec identités.", c.Label, c.Class.Label())
		}
		list = append(list, c)
	}
	return list, nil
}

// condition is a filter in SQL, values as parameters.
func (f Filter) condition(k *Kind) (text string, args []any, err error) {
	c := k.Column(f.Column)
	switch {
	case c == nil:
		return "", nil, belvedere.Errorf(belvedere.Invalid, "«\u00a0%s\u00a0» n’a pas de colonne «\u00a0%s\u00a0».", k.Label, f.Column)
	case c.Class != Code && c.Class != Date && c.Class != Number:
		return "", nil, belvedere.Errorf(belvedere.Invalid, "On ne filtre pas sur la colonne «\u00a0%s\u00a0» (%s).", c.Label, c.Class.Label())
	case len(f.Values) == 0 || len(f.Values) > 500:
		return "", nil, belvedere.Errorf(belvedere.Invalid, "Donnez de 1 à 500 valeurs pour «\u00a0%s\u00a0».", c.Label)
	}
	for _, v := range f.Values {
		free := *c
		free.Required, free.Default = false, ""
		value, why := free.parse(v)
		if why != "" {
			return "", nil, belvedere.Errorf(belvedere.Invalid, "Filtre sur «\u00a0%s\u00a0»\u00a0: %s.", c.Label, why)
		}
		args = append(args, value)
	}
	switch f.Op {
	case In, "":
		return c.Name + " IN (?" + strings.Repeat(", ?", len(args)-1) + ")", args, nil
	case NotIn:
		return "ifnull(" + c.Name + ", '') NOT IN (?" + strings.Repeat(", ?", len(args)-1) + ")", args, nil
	case AtLeast, AtMost:
		if c.Class == Code || len(args) != 1 {
			break
		}
		return c.Name + map[Operator]string{AtLeast: " >= ?", AtMost: " <= ?"}[f.Op] + " AND " + c.Name + " <> ''", args, nil
	}
	return "", nil, belvedere.Errorf(belvedere.Invalid, "La comparaison «\u00a0%s\u00a0» ne va pas à la colonne «\u00a0%s\u00a0».", f.Op, c.Label)
}

// inVault runs f on the vault of an institution that has rows of a kind, whose table then has all its columns.
func (s *Service) inVault(ctx context.Context, uai belvedere.UAI, k *Kind, f func(tx *vault.Tx) error) error {
	v, err := s.Vaults.Vault(ctx, uai, false)
	if belvedere.KindOf(err) == belvedere.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	var columns []storedColumn
	var found bool
	err = v.Read(ctx, func(tx *vault.Tx) (err error) {
		columns, found, err = stored(tx, k.Name)
		return err
	})
	if err != nil || !found {
		return err
	}
	if slices.ContainsFunc(k.Columns, func(c Column) bool {
		return !slices.ContainsFunc(columns, func(o storedColumn) bool { return o.Name == c.Name })
	}) {
		if err := v.Write(ctx, func(tx *vault.Tx) error { return ensure(tx, k) }); err != nil {
			return err
		}
	}
	return v.Read(ctx, f)
}

// each reads the rows of a query.
func (s *Service) each(ctx context.Context, uai belvedere.UAI, q query, yield func(Row, error) bool) error {
	names := []string{q.person}
	for _, c := range q.columns {
		names = append(names, q.expression(c))
	}
	row := Row{Values: make([]any, len(q.columns))}
	into := []any{&row.Person}
	for i := range row.Values {
		into = append(into, &row.Values[i])
	}
	return s.inVault(ctx, uai, q.kind, func(tx *vault.Tx) error {
		return tx.Each("SELECT "+strings.Join(names, ", ")+" FROM "+tableOf(q.kind.Name)+q.where+" ORDER BY _id", q.args, func(scan func(...any) error) error {
			if err := scan(into...); err != nil {
				return err
			}
			for i, v := range row.Values {
				if b, ok := v.([]byte); ok {
					row.Values[i] = string(b)
				}
			}
			if !yield(row, nil) {
				return errEnough
			}
			return nil
		})
	})
}

// expression is a column in SQL: the key of a person is that of its space.
func (q query) expression(c *Column) string {
	if c.Class == Person {
		return "(SELECT cle FROM dossier_personne WHERE id = " + c.Name + ")"
	}
	return c.Name
}

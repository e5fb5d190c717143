package dossier

import (
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
	folded "belvedere/internal/words"
)

// among keeps the rows that answer to all filters of one of the lists.
func (s *Service) among(ctx context.Context, uai belvedere.UAI, q *query, lists [][]Filter) error {
	if lists == nil {
		return nil
	}
	var any []string
	for _, list := range lists {
		var all []string
		for _, f := range list {
			values, err := s.spelled(ctx, uai, q.kind, f)
			if err != nil {
				return err
			}
			if len(values) == 0 {
				all = append(all, "0")
				continue
			}
			all = append(all, f.Column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")")
			for _, v := range values {
				q.args = append(q.args, v)
			}
		}
		any = append(any, "("+strings.Join(all, " AND ")+")")
	}
	head := " WHERE "
	if q.where != "" {
		head = " AND "
	}
	q.where += head + "(" + strings.Join(any, " OR ") + ")"
	return nil
}

// spelled are the values of a column that stand for the members of a filter: of an open list, as files spell
// them, which figures know by a code and a label.
func (s *Service) spelled(ctx context.Context, uai belvedere.UAI, k *Kind, f Filter) (values []string, err error) {
	if !k.Column(f.Column).Open() {
		return f.Values, nil
	}
	wanted := map[string]bool{}
	for _, v := range f.Values {
		wanted[folded.Plain(v)] = true
	}
	err = s.inVault(ctx, uai, k, func(tx *vault.Tx) error {
		return tx.Each("SELECT DISTINCT "+f.Column+" FROM "+tableOf(k.Name)+" WHERE "+f.Column+" <> ''", nil, func(scan func(...any) error) error {
			var text string
			if err := scan(&text); err != nil {
				return err
			}
			if wanted[folded.Plain(text)] {
				values = append(values, text)
			}
			return nil
		})
	})
	return values, err
}

// names are codes of a dimension with their labels: a file may spell a member as either.
func (c *Catalog) names(dim string, codes []string) []string {
	out := slices.Clone(codes)
	if c.model == nil {
		return out
	}
	for _, d := range c.model.Datasets {
		x := d.Dimension(dim)
		if x == nil || x.List == nil || !x.List.Open {
			continue
		}
		for _, code := range codes {
			if m := x.List.Find(code); m != nil && !slices.Contains(out, m.Label) {
				out = append(out, m.Label)
			}
		}
	}
	return out
}

// Within turns the members to which rights are limited, one set for each right, into filters on the columns of a
// kind that bear those dimensions. A right of which the kind has no dimension opens none of its rows; the kind is
// refused when no right opens any. Nil stays nil: no limit.
func (c *Catalog) Within(k *Kind, sets [][]belvedere.Within) (any [][]Filter, err error) {
	if sets == nil {
		return nil, nil
	}
	for _, set := range sets {
		var all []Filter
		for _, w := range set {
			if col := k.bearer(w.Dim); col != nil {
				all = append(all, Filter{Column: col.Name, Op: In, Values: c.names(w.Dim, w.Codes)})
			}
		}
		if len(all) > 0 {
			any = append(any, all)
		}
	}
	if len(any) == 0 {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Vos droits se limitent à une partie de l’établissement, et «\u00a0%s\u00a0» ne dit pas de laquelle est chaque ligne.", k.Label)
	}
	return any, nil
}

// bearer is the column that bears a dimension of figures: the one that its counts name, else the one of its name.
func (k *Kind) bearer(dim string) *Column {
	for _, c := range k.Counts {
		for _, p := range c.Dims {
			if col := k.Column(p.Value); p.Name == dim && col != nil && col.Class == Code {
				return col
			}
		}
	}
	if c := k.Column(dim); c != nil && c.Class == Code {
		return c
	}
	return nil
}

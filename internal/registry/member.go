package registry

import (
	"context"
	"time"

	"belvedere"
)

// Members keeps the codes that files brought to open lists.
type Members interface {
	// Members gives all of them, in the order in which they came.
	Members(ctx context.Context) ([]belvedere.Member, error)
	// AddMembers adds those of a delivery that are not there yet; a member stays as it first came.
	AddMembers(ctx context.Context, list []belvedere.Member, delivery int64, at time.Time) error
	// Namings gives the labels that members took since, in the order of time.
	Namings(ctx context.Context) ([]belvedere.Naming, error)
	// RenameMembers gives members new labels and tells which took theirs: a delivery changes nothing that a
	// later one or a correction said, nor what has the label already. Of a correction, an unknown code is NotFound.
	RenameMembers(ctx context.Context, list []belvedere.Naming) (done []belvedere.Naming, err error)
}

func (s *store) Members(ctx context.Context) (list []belvedere.Member, err error) {
	defer belvedere.Wrap(&err, "Members")
	err = s.now().each(ctx, "SELECT list, code, label FROM code_member ORDER BY delivery, list, code", nil, func(scan scanner) error {
		var m belvedere.Member
		err := scan(&m.List, &m.Code, &m.Label)
		list = append(list, m)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) AddMembers(ctx context.Context, list []belvedere.Member, delivery int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "AddMembers(%d)", delivery)
	for _, m := range list {
		if m.List == "" || m.Code == "" || m.Label == "" {
			return belvedere.Errorf(belvedere.Invalid, "Un membre d’une liste a une liste, un code et un libellé.")
		}
	}
	return s.write(ctx, func(tx querier) error {
		for _, m := range list {
			if err := tx.run(ctx, "INSERT INTO code_member (list, code, label, delivery, added_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (list, code) DO NOTHING",
				m.List, m.Code, m.Label, delivery, micros(at)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *store) Namings(ctx context.Context) (list []belvedere.Naming, err error) {
	defer belvedere.Wrap(&err, "Namings")
	err = s.now().each(ctx, "SELECT list, code, label, delivery, author, named_at FROM code_label ORDER BY named_at, list, code, rank", nil, func(scan scanner) error {
		var n belvedere.Naming
		var at int64
		err := scan(&n.List, &n.Code, &n.Label, &n.Delivery, &n.Author, &at)
		n.At = instant(at)
		list = append(list, n)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) RenameMembers(ctx context.Context, list []belvedere.Naming) (done []belvedere.Naming, err error) {
	defer belvedere.Wrap(&err, "RenameMembers(%d)", len(list))
	err = s.write(ctx, func(tx querier) error {
		done = nil
		for _, n := range list {
			took, err := renameMember(ctx, tx, n)
			if err != nil {
				return err
			}
			if took {
				done = append(done, n)
			}
		}
		return nil
	})
	return done, err
}

func renameMember(ctx context.Context, tx querier, n belvedere.Naming) (took bool, err error) {
	var label, author string
	var delivery, rank int64
	found := false
	err = tx.each(ctx, `SELECT label, delivery, '', 0 FROM code_member WHERE list = ? AND code = ?
		UNION ALL SELECT label, delivery, author, rank FROM code_label WHERE list = ? AND code = ? ORDER BY 4`, []any{n.List, n.Code, n.List, n.Code}, func(scan scanner) error {
		found = true
		var from int64
		err := scan(&label, &from, &author, &rank)
		delivery = max(delivery, from)
		return err
	})
	switch {
	case err != nil:
		return false, err
	case !found && n.Author != "":
		return false, belvedere.Errorf(belvedere.NotFound, "La liste «\u00a0%s\u00a0» n’a pas de code «\u00a0%s\u00a0» venu d’un fichier.", n.List, n.Code)
	case !found, label == n.Label && (n.Author == "" || author != ""):
		return false, nil
	case n.Author == "" && (author != "" || n.Delivery <= delivery):
		return false, nil
	}
	return true, tx.run(ctx, "INSERT INTO code_label (list, code, rank, label, delivery, author, named_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		n.List, n.Code, rank+1, n.Label, n.Delivery, n.Author, micros(n.At))
}

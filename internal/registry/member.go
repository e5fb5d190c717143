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

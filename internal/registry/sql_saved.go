package registry

import (
	"context"
	"slices"
	"time"

	"belvedere"
)

const (
	noSaved    = "Cette requête n’existe pas, ou plus."
	staleSaved = "Cette requête a été modifiée entre-temps\u00a0: rouvrez-la pour voir la dernière version."
)

const savedColumns = "id, owner, owner_name, title, description, state, parameters, sharing, schools, verified_by, verified_at, version, created, updated"

func scanSaved(scan scanner) (q SavedQuery, err error) {
	err = scan(&q.ID, &q.Owner, &q.OwnerName, &q.Title, &q.Description, &q.State, scanList{&q.Parameters}, &q.Sharing, scanList{&q.Schools},
		&q.VerifiedBy, scanTime{&q.Verified}, &q.Version, scanTime{&q.Created}, scanTime{&q.Updated})
	return q, err
}

func (s *store) ListSaved(ctx context.Context) (list []SavedQuery, err error) {
	defer belvedere.Wrap(&err, "ListSaved")
	err = s.read(ctx, func(tx querier) error {
		list = nil
		at := map[int64]int{}
		err := tx.each(ctx, "SELECT "+savedColumns+" FROM saved_query ORDER BY title, id", nil, func(scan scanner) error {
			q, err := scanSaved(scan)
			at[q.ID] = len(list)
			list = append(list, q)
			return err
		})
		if err != nil {
			return err
		}
		return tx.each(ctx, "SELECT query, account FROM saved_account ORDER BY query, account", nil, func(scan scanner) error {
			var id, account int64
			err := scan(&id, &account)
			if i, ok := at[id]; ok {
				list[i].Accounts = append(list[i].Accounts, account)
			}
			return err
		})
	})
	return list, err
}

func (s *store) SavedQuery(ctx context.Context, id int64) (q SavedQuery, err error) {
	defer belvedere.Wrap(&err, "SavedQuery(%d)", id)
	err = s.read(ctx, func(tx querier) error {
		q, err = oneSaved(ctx, tx, id)
		return err
	})
	return q, err
}

func oneSaved(ctx context.Context, tx querier, id int64) (q SavedQuery, err error) {
	err = tx.each(ctx, "SELECT "+savedColumns+" FROM saved_query WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		q, err = scanSaved(scan)
		return err
	})
	if err != nil {
		return q, err
	}
	if q.ID == 0 {
		return q, belvedere.Errorf(belvedere.NotFound, noSaved)
	}
	err = tx.each(ctx, "SELECT account FROM saved_account WHERE query = ? ORDER BY account", []any{id}, func(scan scanner) error {
		var account int64
		err := scan(&account)
		q.Accounts = append(q.Accounts, account)
		return err
	})
	return q, err
}

func (s *store) CreateSaved(ctx context.Context, q SavedQuery) (_ SavedQuery, err error) {
	defer belvedere.Wrap(&err, "CreateSaved(%s)", q.Title)
	if err := q.check(); err != nil {
		return q, err
	}
	err = s.write(ctx, func(tx querier) error {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM saved_query WHERE owner = ?", []any{q.Owner}, &n); err != nil {
			return err
		}
		if n >= MostSaved && q.Owner != 0 {
			return belvedere.Errorf(belvedere.Conflict, "Un compte a au plus %d requêtes\u00a0: retirez d’abord celles qui ne servent plus.", MostSaved)
		}
		err := tx.row(ctx, `INSERT INTO saved_query (owner, owner_name, title, description, state, parameters, sharing, schools, verified_by, verified_at, version, created, updated)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, 1, ?, ?) RETURNING id`, []any{q.Owner, q.OwnerName, q.Title, q.Description, q.State, ordered(q.Parameters), q.Sharing,
			ordered(q.Schools), micros(q.Created), micros(q.Created)}, &q.ID)
		if err != nil {
			return err
		}
		v := SavedVersion{Number: 1, Title: q.Title, Description: q.Description, State: q.State, Parameters: q.Parameters, By: q.OwnerName, At: q.Created}
		if err := addSaved(ctx, tx, q.ID, v); err != nil {
			return err
		}
		if err := shareSaved(ctx, tx, q); err != nil {
			return err
		}
		q, err = oneSaved(ctx, tx, q.ID)
		return err
	})
	return q, err
}

func addSaved(ctx context.Context, tx querier, id int64, v SavedVersion) error {
	return tx.run(ctx, "INSERT INTO saved_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", id, v.Number, v.Title, v.Description, v.State, ordered(v.Parameters), v.By, micros(v.At), v.Note)
}

// shareSaved writes the persons that a query is shared with, in place of those before.
func shareSaved(ctx context.Context, tx querier, q SavedQuery) error {
	if err := tx.run(ctx, "DELETE FROM saved_account WHERE query = ?", q.ID); err != nil {
		return err
	}
	for _, account := range slices.Compact(slices.Sorted(slices.Values(q.Accounts))) {
		if err := tx.run(ctx, "INSERT INTO saved_account VALUES (?, ?)", q.ID, account); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) SaveSaved(ctx context.Context, q SavedQuery, v SavedVersion) (_ SavedQuery, err error) {
	defer belvedere.Wrap(&err, "SaveSaved(%d)", q.ID)
	q.Title, q.Description, q.State, q.Parameters = v.Title, v.Description, v.State, v.Parameters
	if err := q.check(); err != nil {
		return q, err
	}
	if err := checkText("La note de version", v.Note); err != nil {
		return q, err
	}
	err = s.write(ctx, func(tx querier) error {
		held, err := oneSaved(ctx, tx, q.ID)
		if err != nil {
			return err
		}
		if held.Version != q.Version {
			return belvedere.Errorf(belvedere.Conflict, staleSaved)
		}
		v.Number = held.Version + 1
		if err := addSaved(ctx, tx, q.ID, v); err != nil {
			return err
		}
		same := held.State == v.State && held.Title == v.Title && ordered(held.Parameters) == ordered(v.Parameters)
		by, at := held.VerifiedBy, held.Verified
		if !same {
			by, at = "", time.Time{}
		}
		err = tx.run(ctx, "UPDATE saved_query SET title = ?, description = ?, state = ?, parameters = ?, version = ?, updated = ?, verified_by = ?, verified_at = ? WHERE id = ?",
			v.Title, v.Description, v.State, ordered(v.Parameters), v.Number, micros(v.At), by, micros(at), q.ID)
		if err != nil {
			return err
		}
		q, err = oneSaved(ctx, tx, q.ID)
		return err
	})
	return q, err
}

func (s *store) ShareSaved(ctx context.Context, q SavedQuery) (err error) {
	defer belvedere.Wrap(&err, "ShareSaved(%d)", q.ID)
	if err := q.check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx querier) error {
		if err := tx.must(ctx, noSaved, "UPDATE saved_query SET sharing = ?, schools = ? WHERE id = ?", q.Sharing, ordered(q.Schools), q.ID); err != nil {
			return err
		}
		return shareSaved(ctx, tx, q)
	})
}

func (s *store) VerifySaved(ctx context.Context, id int64, version int, by string, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "VerifySaved(%d)", id)
	return s.write(ctx, func(tx querier) error {
		held, err := oneSaved(ctx, tx, id)
		if err != nil {
			return err
		}
		if held.Version != version {
			return belvedere.Errorf(belvedere.Conflict, staleSaved)
		}
		if by == "" {
			at = time.Time{}
		}
		return tx.run(ctx, "UPDATE saved_query SET verified_by = ?, verified_at = ? WHERE id = ?", by, micros(at), id)
	})
}

func (s *store) DeleteSaved(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteSaved(%d)", id)
	return s.exec(ctx, noSaved, "DELETE FROM saved_query WHERE id = ?", id)
}

func (s *store) SavedVersions(ctx context.Context, id int64) (list []SavedVersion, err error) {
	defer belvedere.Wrap(&err, "SavedVersions(%d)", id)
	err = s.now().each(ctx, "SELECT number, title, description, state, parameters, made_by, made_at, note FROM saved_version WHERE query = ? ORDER BY number DESC",
		[]any{id}, func(scan scanner) error {
			var v SavedVersion
			err := scan(&v.Number, &v.Title, &v.Description, &v.State, scanList{&v.Parameters}, &v.By, scanTime{&v.At}, &v.Note)
			list = append(list, v)
			return err
		})
	return list, s.d.explain(err)
}

package registry

import (
	"context"
	"database/sql"
	"errors"

	"belvedere"
)

func (s *store) ListSchoolEdits(ctx context.Context) (edits []SchoolEdit, err error) {
	defer belvedere.Wrap(&err, "ListSchoolEdits")
	err = s.now().each(ctx, `SELECT school, version, postcodes, opened, closed, merged_into, edited_by, edited_at
		FROM school_edit ORDER BY school`, nil, func(scan scanner) error {
		var e SchoolEdit
		err := scan(&e.School, &e.Version, scanList{&e.Postcodes}, scanDay{&e.Opened}, scanDay{&e.Closed}, &e.MergedInto, &e.By, scanTime{&e.At})
		edits = append(edits, e)
		return err
	})
	return edits, s.d.explain(err)
}

func (s *store) PutSchoolEdit(ctx context.Context, e SchoolEdit) (_ SchoolEdit, err error) {
	defer belvedere.Wrap(&err, "PutSchoolEdit(%s)", e.School)
	if err := e.check(); err != nil {
		return e, err
	}
	err = s.writeRights(ctx, func(tx querier) error {
		var kept int64
		err := tx.row(ctx, "SELECT version FROM school_edit WHERE school = ?", []any{e.School}, &kept)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if kept != e.Version {
			return meanwhile("cet établissement")
		}
		e.Version++
		return tx.run(ctx, `INSERT INTO school_edit (school, version, postcodes, opened, closed, merged_into, edited_by, edited_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (school) DO UPDATE SET version = excluded.version, postcodes = excluded.postcodes, opened = excluded.opened,
			closed = excluded.closed, merged_into = excluded.merged_into, edited_by = excluded.edited_by, edited_at = excluded.edited_at`,
			e.School, e.Version, ordered(e.Postcodes), day(e.Opened), day(e.Closed), e.MergedInto, e.By, micros(e.At))
	})
	return e, err
}

func (s *store) DeleteSchoolEdit(ctx context.Context, school belvedere.UAI) (err error) {
	defer belvedere.Wrap(&err, "DeleteSchoolEdit(%s)", school)
	return s.writeRights(ctx, func(tx querier) error {
		return tx.must(ctx, "Cet établissement est déjà tel que les livraisons le décrivent.", "DELETE FROM school_edit WHERE school = ?", school)
	})
}

package registry

import (
	"context"
	"fmt"
	"time"

	"belvedere"
)

func (s *store) OpenReview(ctx context.Context, r Review, grants []int64) (_ Review, err error) {
	defer belvedere.Wrap(&err, "OpenReview(%s)", r.Label)
	if err := checkText("Le nom de la revue", r.Label); err != nil {
		return r, err
	}
	if key(r.Label) == "" || !r.Closes.After(r.Opened) {
		return r, belvedere.Errorf(belvedere.Invalid, "Une revue a un nom, et une fin à venir.")
	}
	err = s.write(ctx, func(tx querier) error {
		if err := tx.row(ctx, "INSERT INTO grant_review (label, opened, by_who, closes, closed) VALUES (?, ?, ?, ?, 0) RETURNING id",
			[]any{r.Label, micros(r.Opened), r.By, micros(r.Closes)}, &r.ID); err != nil {
			return err
		}
		for _, g := range grants {
			if err := tx.run(ctx, "INSERT INTO grant_review_line (review, access_grant, decision, by_who, at, reason) VALUES (?, ?, '', '', 0, '')", r.ID, g); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

func scanReview(scan scanner) (r Review, err error) {
	err = scan(&r.ID, &r.Label, scanTime{&r.Opened}, &r.By, scanTime{&r.Closes}, scanTime{&r.Closed})
	return r, err
}

func (s *store) ListReviews(ctx context.Context) (list []Review, err error) {
	defer belvedere.Wrap(&err, "ListReviews")
	err = s.now().each(ctx, "SELECT id, label, opened, by_who, closes, closed FROM grant_review ORDER BY id DESC", nil, func(scan scanner) error {
		r, err := scanReview(scan)
		list = append(list, r)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) ReviewLines(ctx context.Context, review int64) (list []ReviewLine, err error) {
	defer belvedere.Wrap(&err, "ReviewLines(%d)", review)
	list, err = reviewLines(ctx, s.now(), review)
	return list, s.d.explain(err)
}

func reviewLines(ctx context.Context, q querier, review int64) (list []ReviewLine, err error) {
	err = q.each(ctx, "SELECT review, access_grant, decision, by_who, at, reason FROM grant_review_line WHERE review = ? ORDER BY access_grant", []any{review}, func(scan scanner) error {
		var l ReviewLine
		err := scan(&l.Review, &l.Grant, &l.Decision, &l.By, scanTime{&l.At}, &l.Reason)
		list = append(list, l)
		return err
	})
	return list, err
}

func oneReview(ctx context.Context, tx querier, id int64) (r Review, err error) {
	err = tx.each(ctx, "SELECT id, label, opened, by_who, closes, closed FROM grant_review WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		r, err = scanReview(scan)
		return err
	})
	if err == nil && r.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, "Cette revue n’existe pas, ou plus.")
	}
	return r, err
}

func (s *store) AnswerReview(ctx context.Context, l ReviewLine) (err error) {
	defer belvedere.Wrap(&err, "AnswerReview(%d, %d)", l.Review, l.Grant)
	if l.Decision != ReviewConfirmed && l.Decision != ReviewEnded {
		return belvedere.Errorf(belvedere.Invalid, "Une habilitation est confirmée ou retirée.")
	}
	if err := checkLength("Le motif", l.Reason, mostDefinition); err != nil {
		return err
	}
	return s.write(ctx, func(tx querier) error {
		r, err := oneReview(ctx, tx, l.Review)
		if err != nil {
			return err
		}
		if !r.Closed.IsZero() {
			return belvedere.Errorf(belvedere.Conflict, "La revue «\u00a0%s\u00a0» est close.", r.Label)
		}
		if err := tx.must(ctx, "Cette habilitation n’est pas de cette revue.", "UPDATE grant_review_line SET decision = ?, by_who = ?, at = ?, reason = ? WHERE review = ? AND access_grant = ?",
			l.Decision, l.By, micros(l.At), l.Reason, l.Review, l.Grant); err != nil || l.Decision == ReviewConfirmed {
			return err
		}
		return revoke(ctx, tx, l.Grant, l.By, fmt.Sprintf("Revue «\u00a0%s\u00a0»\u00a0: %s", r.Label, l.Reason), l.At)
	})
}

// revoke ends a grant that is not over yet.
func revoke(ctx context.Context, tx querier, grant int64, by, why string, at time.Time) error {
	if err := tx.run(ctx, "UPDATE access_grant SET revoked = ?, revoked_by = ?, revoked_why = ? WHERE id = ? AND revoked = 0", micros(at), by, why, grant); err != nil {
		return err
	}
	return raiseRights(ctx, tx)
}

func (s *store) CloseReview(ctx context.Context, id int64, by string, at time.Time) (ended []Grant, err error) {
	defer belvedere.Wrap(&err, "CloseReview(%d)", id)
	err = s.write(ctx, func(tx querier) error {
		ended = nil
		r, err := oneReview(ctx, tx, id)
		if err != nil || !r.Closed.IsZero() {
			return err
		}
		lines, err := reviewLines(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, l := range lines {
			g, err := oneGrant(ctx, tx, l.Grant)
			if err != nil {
				return err
			}
			if l.Decision != "" || !g.Revoked.IsZero() || !at.Before(g.Until) {
				continue
			}
			if err := revoke(ctx, tx, l.Grant, by, fmt.Sprintf("Revue «\u00a0%s\u00a0»\u00a0: personne ne l’a confirmée.", r.Label), at); err != nil {
				return err
			}
			if g, err = oneGrant(ctx, tx, l.Grant); err != nil {
				return err
			}
			ended = append(ended, g)
		}
		return tx.run(ctx, "UPDATE grant_review SET closed = ? WHERE id = ?", micros(at), id)
	})
	return ended, err
}

package registry

import (
	"context"
	"time"

	"belvedere"
)

const sessionColumns = "hash, account, strong, created, last_used, expires, origin, browser"

func scanSession(scan scanner) (s Session, err error) {
	err = scan(&s.Hash, &s.Account, &s.Strong, scanTime{&s.Created}, scanTime{&s.LastUsed}, scanTime{&s.Expires}, &s.From, &s.Browser)
	return s, err
}

const noSession = "Cette session n’existe pas, ou plus."

func (s *store) PutSession(ctx context.Context, n Session) (err error) {
	defer belvedere.Wrap(&err, "PutSession(%d)", n.Account)
	return s.write(ctx, func(tx querier) error {
		if err := needAccount(ctx, tx, n.Account); err != nil {
			return err
		}
		return tx.run(ctx, "INSERT INTO session ("+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET account = excluded.account, strong = excluded.strong, created = excluded.created,
			last_used = excluded.last_used, expires = excluded.expires, origin = excluded.origin, browser = excluded.browser`,
			n.Hash, n.Account, n.Strong, micros(n.Created), micros(n.LastUsed), micros(n.Expires), n.From, n.Browser)
	})
}

func (s *store) Session(ctx context.Context, hash string) (found Session, err error) {
	defer belvedere.Wrap(&err, "Session")
	err = s.now().each(ctx, "SELECT "+sessionColumns+" FROM session WHERE hash = ?", []any{hash}, func(scan scanner) (err error) {
		found, err = scanSession(scan)
		return err
	})
	if err == nil && found.Hash == "" {
		err = belvedere.Errorf(belvedere.NotFound, noSession)
	}
	return found, s.d.explain(err)
}

func (s *store) TouchSession(ctx context.Context, hash string, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "TouchSession")
	return s.exec(ctx, noSession, "UPDATE session SET last_used = ? WHERE hash = ?", micros(at), hash)
}

func (s *store) ListSessions(ctx context.Context, account int64) (sessions []Session, err error) {
	defer belvedere.Wrap(&err, "ListSessions(%d)", account)
	err = s.now().each(ctx, "SELECT "+sessionColumns+" FROM session WHERE account = ? ORDER BY created DESC, hash", []any{account}, func(scan scanner) error {
		n, err := scanSession(scan)
		sessions = append(sessions, n)
		return err
	})
	return sessions, s.d.explain(err)
}

func (s *store) DeleteSession(ctx context.Context, hash string) (err error) {
	defer belvedere.Wrap(&err, "DeleteSession")
	return s.write(ctx, func(tx querier) error { return tx.run(ctx, "DELETE FROM session WHERE hash = ?", hash) })
}

func (s *store) DeleteSessions(ctx context.Context, account int64, but string) (n int, err error) {
	defer belvedere.Wrap(&err, "DeleteSessions(%d)", account)
	err = s.write(ctx, func(tx querier) error {
		gone, err := tx.touch(ctx, "DELETE FROM session WHERE account = ? AND hash <> ?", account, but)
		n = int(gone)
		return err
	})
	return n, err
}

func (s *store) Sweep(ctx context.Context, before time.Time) (err error) {
	defer belvedere.Wrap(&err, "Sweep")
	return s.write(ctx, func(tx querier) error {
		if err := tx.run(ctx, "DELETE FROM session WHERE expires < ?", micros(before)); err != nil {
			return err
		}
		return tx.run(ctx, "DELETE FROM link WHERE expires < ?", micros(before))
	})
}

func (s *store) PutLink(ctx context.Context, l Link, keep bool) (err error) {
	defer belvedere.Wrap(&err, "PutLink(%s, %d)", l.Kind, l.Account)
	return s.write(ctx, func(tx querier) error {
		if err := needAccount(ctx, tx, l.Account); err != nil {
			return err
		}
		if !keep {
			if err := deleteLinks(ctx, tx, l.Account, l.Kind); err != nil {
				return err
			}
		}
		return tx.run(ctx, "INSERT INTO link (hash, kind, account, data, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
			l.Hash, l.Kind, l.Account, l.Data, micros(l.Created), micros(l.Expires))
	})
}

func deleteLinks(ctx context.Context, tx querier, account int64, kind LinkKind) error {
	return tx.run(ctx, "DELETE FROM link WHERE account = ? AND kind = ?", account, kind)
}

func (s *store) DeleteLinks(ctx context.Context, account int64, kind LinkKind) (err error) {
	defer belvedere.Wrap(&err, "DeleteLinks(%d, %s)", account, kind)
	return s.write(ctx, func(tx querier) error { return deleteLinks(ctx, tx, account, kind) })
}

func (s *store) Link(ctx context.Context, hash string, now time.Time) (_ Link, err error) {
	defer belvedere.Wrap(&err, "Link")
	l, err := liveLink(ctx, s.now(), hash, now)
	return l, s.d.explain(err)
}

func (s *store) UseLink(ctx context.Context, hash string, now time.Time) (l Link, err error) {
	defer belvedere.Wrap(&err, "UseLink")
	err = s.write(ctx, func(tx querier) error {
		if l, err = liveLink(ctx, tx, hash, now); err != nil {
			return err
		}
		return tx.run(ctx, "DELETE FROM link WHERE hash = ?", hash)
	})
	return l, err
}

// liveLink reads a link that still opens something. It does not say why another does not.
func liveLink(ctx context.Context, q querier, hash string, now time.Time) (l Link, err error) {
	err = q.row(ctx, "SELECT hash, kind, account, data, created, expires FROM link WHERE hash = ? AND expires > ?",
		[]any{hash, micros(now)}, &l.Hash, &l.Kind, &l.Account, &l.Data, scanTime{&l.Created}, scanTime{&l.Expires})
	return l, found(err, "Ce lien n’est pas valable, ou plus\u00a0: demandez-en un autre.")
}

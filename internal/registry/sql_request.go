package registry

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"belvedere"
)

const (
	noRequest = "Cette demande n’existe pas, ou plus."

	requestColumns = `id, version, procedure, revision, account, name, title, state, step, asked, own, created, filed, since, due, ended, purged,
	(SELECT count(*) FROM request_vote v WHERE v.request = request.id)`
	requestEventColumns = "request, seq, at, account, name, deputy, act, before, after, step, next, holder, reason, changes, content, seal"
)

func scanRequest(scan scanner) (r Request, err error) {
	err = scan(&r.ID, &r.Version, &r.Procedure, &r.Revision, &r.Account, &r.Name, &r.Title, &r.State, &r.Step, &r.Asked, &r.Own,
		scanTime{&r.Created}, scanTime{&r.Filed}, scanTime{&r.Since}, scanTime{&r.Due}, scanTime{&r.Ended}, scanTime{&r.Purged}, &r.Votes)
	return r, err
}

func scanRequestEvent(scan scanner) (e RequestEvent, err error) {
	err = scan(&e.Request, &e.Seq, scanTime{&e.At}, &e.Account, &e.Name, &e.Deputy, &e.Act, &e.Before, &e.After, &e.Step, &e.Next, &e.Holder,
		&e.Reason, &e.Changes, &e.Content, &e.Seal)
	return e, err
}

func (s *store) KeepProcedure(ctx context.Context, code, text string, at time.Time) (revision int, err error) {
	defer belvedere.Wrap(&err, "KeepProcedure(%s)", code)
	sum := fingerprint(text)
	err = s.write(ctx, func(tx querier) error {
		err := tx.row(ctx, "SELECT revision FROM procedure_revision WHERE code = ? AND sum = ? ORDER BY revision DESC LIMIT 1", []any{code, sum}, &revision)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := tx.row(ctx, "SELECT coalesce(max(revision), 0) + 1 FROM procedure_revision WHERE code = ?", []any{code}, &revision); err != nil {
			return err
		}
		return tx.run(ctx, "INSERT INTO procedure_revision (code, revision, sum, text, at) VALUES (?, ?, ?, ?, ?)", code, revision, sum, text, micros(at))
	})
	return revision, err
}

func (s *store) ProcedureText(ctx context.Context, code string, revision int) (text string, err error) {
	defer belvedere.Wrap(&err, "ProcedureText(%s, %d)", code, revision)
	err = s.now().row(ctx, "SELECT text FROM procedure_revision WHERE code = ? AND revision = ?", []any{code, revision}, &text)
	return text, s.d.explain(found(err, "La procédure «\u00a0%s\u00a0» n’a pas de révision %d.", code, revision))
}

func (s *store) ListRequests(ctx context.Context, f RequestFilter, p Page) (list []Request, total int, err error) {
	defer belvedere.Wrap(&err, "ListRequests")
	var c conditions
	c.contains("search", f.Text)
	if f.Procedure != "" {
		c.add("procedure = ?", f.Procedure)
	}
	if f.Account != 0 {
		c.add("account = ?", f.Account)
	}
	if len(f.States) > 0 {
		words := make([]string, len(f.States))
		for i, one := range f.States {
			words[i] = string(one)
		}
		c.in("state", words)
	}
	if f.Open {
		c.add("step <> ''")
	}
	if !f.EndedBy.IsZero() {
		c.add("ended > 0 AND ended <= ? AND purged = 0", micros(f.EndedBy))
	}
	total, err = s.counted(ctx, "request", c, requestColumns, "id DESC", p, func(scan scanner) error {
		r, err := scanRequest(scan)
		list = append(list, r)
		return err
	})
	return list, total, err
}

func (s *store) Request(ctx context.Context, id int64) (_ Request, err error) {
	defer belvedere.Wrap(&err, "Request(%d)", id)
	r, err := oneRequest(ctx, s.now(), id)
	return r, s.d.explain(err)
}

func oneRequest(ctx context.Context, q querier, id int64) (r Request, err error) {
	err = q.each(ctx, "SELECT "+requestColumns+" FROM request WHERE id = ?", []any{id}, func(scan scanner) (err error) {
		r, err = scanRequest(scan)
		return err
	})
	if err == nil && r.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, noRequest)
	}
	return r, err
}

func (s *store) RequestEvents(ctx context.Context, id int64) (list []RequestEvent, err error) {
	defer belvedere.Wrap(&err, "RequestEvents(%d)", id)
	return s.events(ctx, "WHERE request = ? ORDER BY seq", id)
}

func (s *store) ProcedureEvents(ctx context.Context, procedure string) (list []RequestEvent, err error) {
	defer belvedere.Wrap(&err, "ProcedureEvents(%s)", procedure)
	return s.events(ctx, "WHERE request IN (SELECT id FROM request WHERE procedure = ?) ORDER BY request, seq", procedure)
}

func (s *store) events(ctx context.Context, where string, args ...any) (list []RequestEvent, err error) {
	err = s.now().each(ctx, "SELECT "+requestEventColumns+" FROM request_event "+where, args, func(scan scanner) error {
		e, err := scanRequestEvent(scan)
		list = append(list, e)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) MoveRequest(ctx context.Context, m RequestMove) (r Request, err error) {
	defer belvedere.Wrap(&err, "MoveRequest(%d, %s)", m.Request.ID, m.Event.Act)
	if err := m.check(); err != nil {
		return r, err
	}
	err = s.write(ctx, func(tx querier) error {
		r = m.Request
		put := insertRequest
		if r.ID != 0 {
			put = replaceRequest
		}
		if err := put(ctx, tx, &r); err != nil {
			return err
		}
		e := m.Event
		if e.Request = r.ID; e.Act != "" { // a draft has no history yet
			if err := appendEvent(ctx, tx, e); err != nil {
				return err
			}
		}
		if m.Grant == nil {
			return nil
		}
		g := *m.Grant
		if g.Request = r.ID; len(m.Approvals) == 0 {
			return belvedere.Errorf(belvedere.Invalid, "Une demande donne une habilitation que quelqu’un a approuvée.")
		}
		if err := createGrant(ctx, tx, &g); err != nil {
			return err
		}
		for _, a := range m.Approvals {
			if err := tx.run(ctx, "INSERT INTO grant_approval (access_grant, account, name, at) VALUES (?, ?, ?, ?)", g.ID, a.Account, a.Name, micros(a.At)); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

// check bounds what people write.
func (m *RequestMove) check() error {
	if key(m.Request.Procedure) == "" {
		return belvedere.Errorf(belvedere.Invalid, "Une demande suit une procédure.")
	}
	if err := checkDefinitionTexts(m.Event.Reason); err != nil { // which may have paragraphs
		return err
	}
	return checkText("Le titre", m.Request.Title)
}

func insertRequest(ctx context.Context, tx querier, r *Request) error {
	err := tx.row(ctx, `INSERT INTO request (version, procedure, revision, account, name, title, state, step, asked, own, created, filed, since, due, ended, purged, search)
		VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) RETURNING id`,
		[]any{r.Procedure, r.Revision, r.Account, r.Name, r.Title, string(r.State), r.Step, r.Asked, r.Own, micros(r.Created), micros(r.Filed),
			micros(r.Since), micros(r.Due), micros(r.Ended), searchable(r.Title, r.Name)}, &r.ID)
	if err == nil {
		*r, err = oneRequest(ctx, tx, r.ID)
	}
	return err
}

// replaceRequest leaves who filed it, and when it was begun, as they were.
func replaceRequest(ctx context.Context, tx querier, r *Request) error {
	n, err := tx.touch(ctx, `UPDATE request SET version = version + 1, revision = ?, title = ?, state = ?, step = ?, asked = ?, own = ?, filed = ?, since = ?,
		due = ?, ended = ?, search = ? WHERE id = ? AND version = ? AND purged = 0`,
		r.Revision, r.Title, string(r.State), r.Step, r.Asked, r.Own, micros(r.Filed), micros(r.Since), micros(r.Due), micros(r.Ended),
		searchable(r.Title, r.Name), r.ID, r.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale(ctx, tx, "request", r.ID, belvedere.Errorf(belvedere.NotFound, noRequest), "cette demande")
	}
	*r, err = oneRequest(ctx, tx, r.ID)
	return err
}

func (s *store) NoteRequest(ctx context.Context, e RequestEvent) (err error) {
	defer belvedere.Wrap(&err, "NoteRequest(%d, %s)", e.Request, e.Act)
	return s.write(ctx, func(tx querier) error {
		if _, err := oneRequest(ctx, tx, e.Request); err != nil {
			return err
		}
		var last int64
		if err := tx.row(ctx, "SELECT coalesce(max(seq), 0) FROM request_event WHERE request = ?", []any{e.Request}, &last); err != nil {
			return err
		}
		if e.Seq != 0 && e.Seq != last+1 {
			return belvedere.Errorf(belvedere.Conflict, "Quelque chose est arrivé à cette demande entre-temps.")
		}
		return appendEvent(ctx, tx, e)
	})
}

// appendEvent numbers and seals an event over the one before.
func appendEvent(ctx context.Context, tx querier, e RequestEvent) error {
	var previous string
	err := tx.row(ctx, "SELECT seq, seal FROM request_event WHERE request = ? ORDER BY seq DESC LIMIT 1", []any{e.Request}, &e.Seq, &previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	e.At = instant(micros(e.At)) // as it will be read back
	e.Name, e.Deputy, e.Reason, e.Changes = storable(e.Name), storable(e.Deputy), storable(e.Reason), storable(e.Changes)
	e.Seq++
	e.Content = e.content()
	e.Seal = e.seal(previous)
	return tx.run(ctx, "INSERT INTO request_event ("+requestEventColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e.Request, e.Seq, micros(e.At), e.Account, e.Name, e.Deputy, e.Act, string(e.Before), string(e.After), e.Step, e.Next, e.Holder, e.Reason, e.Changes, e.Content, e.Seal)
}

func (s *store) DeleteDraft(ctx context.Context, id int64) (err error) {
	defer belvedere.Wrap(&err, "DeleteDraft(%d)", id)
	return s.exec(ctx, "Ce brouillon n’existe pas, ou plus.", "DELETE FROM request WHERE id = ? AND state = ?", id, string(RequestDraft))
}

func (s *store) PurgeRequest(ctx context.Context, id int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "PurgeRequest(%d)", id)
	return s.write(ctx, func(tx querier) error {
		if err := tx.must(ctx, noRequest, `UPDATE request SET version = version + 1, account = 0, name = '', title = '', asked = '', own = '', search = '', purged = ?
			WHERE id = ? AND ended > 0`, micros(at), id); err != nil {
			return err
		}
		if err := tx.run(ctx, "DELETE FROM request_vote WHERE request = ?", id); err != nil {
			return err
		}
		return tx.run(ctx, "UPDATE request_event SET account = 0, name = '', deputy = '', reason = '', changes = '' WHERE request = ?", id)
	})
}

func (s *store) Vote(ctx context.Context, request, account int64, wanted bool, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "Vote(%d, %d)", request, account)
	return s.write(ctx, func(tx querier) error {
		if _, err := oneRequest(ctx, tx, request); err != nil {
			return err
		}
		if !wanted {
			return tx.run(ctx, "DELETE FROM request_vote WHERE request = ? AND account = ?", request, account)
		}
		return tx.run(ctx, "INSERT INTO request_vote (request, account, at) VALUES (?, ?, ?) ON CONFLICT (request, account) DO NOTHING", request, account, micros(at))
	})
}

func (s *store) Voted(ctx context.Context, account int64) (_ map[int64]bool, err error) {
	defer belvedere.Wrap(&err, "Voted(%d)", account)
	out := map[int64]bool{}
	err = s.now().each(ctx, "SELECT request FROM request_vote WHERE account = ?", []any{account}, func(scan scanner) error {
		var id int64
		err := scan(&id)
		out[id] = true
		return err
	})
	return out, s.d.explain(err)
}

func (s *store) Approvals(ctx context.Context) (_ map[int64][]Approval, err error) {
	defer belvedere.Wrap(&err, "Approvals")
	out := map[int64][]Approval{}
	err = s.now().each(ctx, "SELECT access_grant, account, name, at FROM grant_approval ORDER BY access_grant, at, account", nil, func(scan scanner) error {
		var grant int64
		var a Approval
		err := scan(&grant, &a.Account, &a.Name, scanTime{&a.At})
		out[grant] = append(out[grant], a)
		return err
	})
	return out, s.d.explain(err)
}

func (s *store) StandIns(ctx context.Context) (list []StandIn, err error) {
	defer belvedere.Wrap(&err, "StandIns")
	err = s.now().each(ctx, "SELECT account, deputy, from_day, to_day FROM account_stand_in ORDER BY account", nil, func(scan scanner) error {
		var d StandIn
		err := scan(&d.Account, &d.Deputy, scanDay{&d.From}, scanDay{&d.To})
		list = append(list, d)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) PutStandIn(ctx context.Context, d StandIn) (err error) {
	defer belvedere.Wrap(&err, "PutStandIn(%d)", d.Account)
	if d.Deputy != 0 && (d.Deputy == d.Account || d.From.IsZero() || !d.To.After(d.From)) {
		return belvedere.Errorf(belvedere.Invalid, "Un suppléant est une autre personne, d’un jour à un autre.")
	}
	return s.write(ctx, func(tx querier) error {
		if d.Deputy == 0 {
			return tx.run(ctx, "DELETE FROM account_stand_in WHERE account = ?", d.Account)
		}
		if err := people(ctx, tx, d.Account, d.Deputy); err != nil {
			return err
		}
		return tx.run(ctx, `INSERT INTO account_stand_in (account, deputy, from_day, to_day) VALUES (?, ?, ?, ?)
			ON CONFLICT (account) DO UPDATE SET deputy = excluded.deputy, from_day = excluded.from_day, to_day = excluded.to_day`, d.Account, d.Deputy, day(d.From), day(d.To))
	})
}

// people wants each of some accounts to be there.
func people(ctx context.Context, tx querier, ids ...int64) error {
	for _, id := range ids {
		if _, err := oneAccount(ctx, tx, "a.id = ?", id); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) Managers(ctx context.Context) (_ map[int64]int64, err error) {
	defer belvedere.Wrap(&err, "Managers")
	out := map[int64]int64{}
	err = s.now().each(ctx, "SELECT account, manager FROM account_manager", nil, func(scan scanner) error {
		var a, m int64
		err := scan(&a, &m)
		out[a] = m
		return err
	})
	return out, s.d.explain(err)
}

func (s *store) PutManager(ctx context.Context, account, manager int64, by string, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "PutManager(%d)", account)
	if account == manager {
		return belvedere.Errorf(belvedere.Invalid, "Nul n’est son propre responsable.")
	}
	return s.write(ctx, func(tx querier) error {
		if manager == 0 {
			return tx.run(ctx, "DELETE FROM account_manager WHERE account = ?", account)
		}
		if err := people(ctx, tx, account, manager); err != nil {
			return err
		}
		return tx.run(ctx, `INSERT INTO account_manager (account, manager, set_by, set_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (account) DO UPDATE SET manager = excluded.manager, set_by = excluded.set_by, set_at = excluded.set_at`, account, manager, by, micros(at))
	})
}

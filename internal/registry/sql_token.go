package registry

import (
	"context"
	"time"

	"belvedere"
)

const tokenColumns = `id, name, vendor, hash, push, reads, all_schools, schools, created_by, created, expires, revoked,
	last_used, last_from, account, strong`

func scanToken(scan scanner) (t Token, err error) {
	err = scan(&t.ID, &t.Name, &t.Vendor, &t.Hash, &t.Push, &t.Read, &t.AllSchools, scanList{&t.Schools}, &t.CreatedBy,
		scanTime{&t.Created}, scanTime{&t.Expires}, scanTime{&t.Revoked}, scanTime{&t.LastUsed}, &t.LastFrom, &t.Account, &t.Strong)
	return t, err
}

func (s *store) ListTokens(ctx context.Context) (tokens []Token, err error) {
	defer belvedere.Wrap(&err, "ListTokens")
	err = s.now().each(ctx, "SELECT "+tokenColumns+" FROM token ORDER BY created DESC, id DESC", nil, func(scan scanner) error {
		t, err := scanToken(scan)
		tokens = append(tokens, t)
		return err
	})
	return tokens, s.d.explain(err)
}

func (s *store) Token(ctx context.Context, hash string) (_ Token, err error) {
	defer belvedere.Wrap(&err, "Token")
	t, err := oneToken(ctx, s.now(), "hash = ?", hash)
	return t, s.d.explain(err)
}

const noToken = "Ce jeton n’existe pas, ou plus."

func oneToken(ctx context.Context, q querier, where string, args ...any) (t Token, err error) {
	err = q.each(ctx, "SELECT "+tokenColumns+" FROM token WHERE "+where, args, func(scan scanner) (err error) {
		t, err = scanToken(scan)
		return err
	})
	if err == nil && t.ID == 0 {
		err = belvedere.Errorf(belvedere.NotFound, noToken)
	}
	return t, err
}

func (s *store) CreateToken(ctx context.Context, t Token) (_ Token, err error) {
	defer belvedere.Wrap(&err, "CreateToken(%s)", t.Name)
	if err := t.check(); err != nil {
		return t, err
	}
	err = s.writeRights(ctx, func(tx querier) error {
		if err := roomForToken(ctx, tx, t); err != nil {
			return err
		}
		err := tx.row(ctx, `INSERT INTO token (name, name_key, vendor, hash, push, reads, all_schools, schools, created_by, created, expires, account, strong)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, []any{t.Name, key(t.Name), t.Vendor, t.Hash, t.Push, t.Read,
			t.AllSchools, set(t.Schools), t.CreatedBy, micros(t.Created), micros(t.Expires), t.Account, t.Strong}, &t.ID)
		if err == nil {
			t, err = oneToken(ctx, tx, "id = ?", t.ID)
		}
		return err
	})
	return t, err
}

// roomForToken refuses a name that a live token of the same account bears, and one token too many of a person.
func roomForToken(ctx context.Context, tx querier, t Token) error {
	var live, same int
	if err := tx.row(ctx, `SELECT count(*), coalesce(sum(CASE WHEN name_key = ? THEN 1 ELSE 0 END), 0) FROM token
		WHERE account = ? AND revoked = 0 AND (expires = 0 OR expires > ?)`, []any{key(t.Name), t.Account, micros(t.Created)}, &live, &same); err != nil {
		return err
	}
	if same > 0 {
		return belvedere.Errorf(belvedere.Conflict, "Un jeton en vigueur s’appelle déjà «\u00a0%s\u00a0»\u00a0: retirez-le, ou choisissez un autre nom.", t.Name)
	}
	if t.Account == 0 {
		return nil
	}
	if live >= MostOwnTokens {
		return belvedere.Errorf(belvedere.Conflict, "Un compte a au plus %d jetons de lecture en vigueur\u00a0: retirez-en un d’abord.", MostOwnTokens)
	}
	return needAccount(ctx, tx, t.Account)
}

// check says in French what is wrong with a token.
func (t *Token) check() error {
	if err := checkText("Le nom du jeton", t.Name); err != nil {
		return err
	}
	if err := checkText("Le nom de l’éditeur", t.Vendor); err != nil {
		return err
	}
	switch {
	case key(t.Name) == "":
		return belvedere.Errorf(belvedere.Invalid, "Un jeton doit avoir un nom.")
	case t.Hash == "":
		return belvedere.Errorf(belvedere.Internal, "a token without hash")
	case t.Account != 0 && (t.Push || t.AllSchools || len(t.Schools) > 0 || !t.Read):
		return belvedere.Errorf(belvedere.Internal, "a token of a person that does more than read as its account")
	}
	return checkSchools(t.Schools)
}

func (s *store) RevokeToken(ctx context.Context, id int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "RevokeToken(%d)", id)
	return s.writeRights(ctx, func(tx querier) error {
		return tx.must(ctx, noToken, "UPDATE token SET revoked = CASE WHEN revoked > 0 THEN revoked ELSE ? END WHERE id = ?", micros(at), id)
	})
}

func (s *store) RevokeTokensOf(ctx context.Context, account int64, at time.Time) (err error) {
	defer belvedere.Wrap(&err, "RevokeTokensOf(%d)", account)
	if account == 0 {
		return belvedere.Errorf(belvedere.Internal, "the tokens of programs are of no account")
	}
	return s.writeRights(ctx, func(tx querier) error {
		return tx.run(ctx, "UPDATE token SET revoked = ? WHERE account = ? AND revoked = 0", micros(at), account)
	})
}

func (s *store) TokenUsed(ctx context.Context, id int64, at time.Time, from string) (err error) {
	defer belvedere.Wrap(&err, "TokenUsed(%d)", id)
	return s.exec(ctx, noToken, "UPDATE token SET last_used = ?, last_from = ? WHERE id = ?", micros(at), from, id)
}

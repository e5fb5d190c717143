package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/door"
	"belvedere/internal/registry"
)

// Tokens manages the keys of programs: those of vendors that push deliveries, and those that read
// figures, for the territory or as a person. A key is shown once, when it is made; what is kept cannot give it back.
type Tokens struct {
	Registry registry.Registry
	Schools  Directory
	Reserved []string         // sources that no vendor may bear, besides those of the program: the codes of forms
	Zone     *time.Location   // of the territory; UTC when nil
	Now      func() time.Time // the clock when nil
}

// A TokenState is where a token stands.
type TokenState string

// The states of a token.
const (
	TokenLive    TokenState = "en vigueur"
	TokenEnding  TokenState = "expire bientôt"
	TokenExpired TokenState = "expiré"
	TokenRevoked TokenState = "retiré"
)

// Live tells whether the token still opens something.
func (s TokenState) Live() bool { return s == TokenLive || s == TokenEnding }

// endsSoon is how long before its end a token is marked.
const endsSoon = 30 * 24 * time.Hour

// A TokenView is a token as the list shows it.
type TokenView struct {
	registry.Token
	Owner   string // login of whose it is; "" for one of a program
	State   TokenState
	LastDay time.Time // last day on which it works
}

// List gives all tokens, newest first.
func (t *Tokens) List(ctx context.Context) (_ []TokenView, err error) {
	defer belvedere.Wrap(&err, "List")
	list, err := t.Registry.ListTokens(ctx)
	if err != nil {
		return nil, err
	}
	owners, err := t.owners(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]TokenView, len(list))
	for i, one := range list {
		out[i] = t.view(one)
		out[i].Owner = owners[one.Account]
	}
	return out, nil
}

// Token gives one by its number. NotFound when there is none.
func (t *Tokens) Token(ctx context.Context, id int64) (TokenView, error) {
	list, err := t.List(ctx)
	if err != nil {
		return TokenView{}, err
	}
	for _, one := range list {
		if one.ID == id {
			return one, nil
		}
	}
	return TokenView{}, belvedere.Errorf(belvedere.NotFound, "Aucun jeton ne porte ce numéro.")
}

// Create makes a token and gives the only sight of its secret. Flaws when the form is wrong,
// Conflict when a live token bears the name.
func (t *Tokens) Create(ctx context.Context, by belvedere.Viewer, f TokenForm) (secret string, made registry.Token, err error) {
	defer belvedere.Wrap(&err, "Create(%s)", f.Name)
	made, err = t.checked(ctx, f)
	if err != nil {
		return "", made, err
	}
	if secret, made.Hash, err = door.NewToken(); err != nil {
		return "", made, err
	}
	made.Created, made.CreatedBy = t.now().UTC(), by.Login
	if made, err = t.Registry.CreateToken(ctx, made); err != nil {
		return "", made, err
	}
	return secret, made, nil
}

// Revoke withdraws a token: its program is refused from its next request on, and what is on its
// way is stopped. A second time is harmless.
func (t *Tokens) Revoke(ctx context.Context, id int64) (_ registry.Token, err error) {
	defer belvedere.Wrap(&err, "Revoke(%d)", id)
	view, err := t.Token(ctx, id)
	if err != nil {
		return registry.Token{}, err
	}
	return view.Token, t.Registry.RevokeToken(ctx, id, t.now().UTC())
}

func (t *Tokens) view(one registry.Token) TokenView {
	v, now := TokenView{Token: one, State: TokenLive}, t.now()
	if !one.Expires.IsZero() {
		v.LastDay = one.Expires.Add(-time.Second).In(t.zone())
	}
	switch {
	case !one.Revoked.IsZero():
		v.State = TokenRevoked
	case one.Expires.IsZero():
	case !now.Before(one.Expires):
		v.State = TokenExpired
	case now.Add(endsSoon).After(one.Expires):
		v.State = TokenEnding
	}
	return v
}

func (t *Tokens) now() time.Time {
	if t.Now == nil {
		return time.Now()
	}
	return t.Now()
}

func (t *Tokens) zone() *time.Location {
	if t.Zone == nil {
		return time.UTC
	}
	return t.Zone
}

// TokenObject is how the journal names a token.
func TokenObject(t registry.Token) string {
	if t.Account != 0 {
		return fmt.Sprintf("jeton %d (%s, lecture personnelle du compte %d)", t.ID, t.Name, t.Account)
	}
	return fmt.Sprintf("jeton %d (%s, éditeur %s)", t.ID, t.Name, t.Vendor)
}

// SayToken says in one line what a token opens.
func SayToken(t registry.Token) string {
	if t.Account != 0 {
		return "lecture, avec les droits de son compte"
	}
	var does []string
	if t.Push {
		does = append(does, "dépôt")
	}
	if t.Read {
		does = append(does, "lecture")
	}
	schools := "tous les établissements"
	if !t.AllSchools {
		schools = belvedere.Plural(len(t.Schools), "établissement", "établissements")
		if len(t.Schools) <= 3 {
			schools += " (" + strings.Join(texts(t.Schools), ", ") + ")"
		}
	}
	return strings.Join(does, " et ") + ", " + schools
}

func texts(schools []belvedere.UAI) []string {
	out := make([]string, len(schools))
	for i, s := range schools {
		out[i] = string(s)
	}
	return out
}

// ownSources are the sources that the program itself gives to deliveries.
var ownSources = []string{"api", "depot", "fichier", "demonstration", "demo", "belvedere", "admin", "operateur", "exploitant"}

func (t *Tokens) reserved(vendor string) bool {
	return slices.Contains(ownSources, vendor) || slices.Contains(t.Reserved, vendor)
}

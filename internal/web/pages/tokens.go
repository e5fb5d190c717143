package pages

import (
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// Tokens is the list of the keys of programs.
type Tokens struct {
	Frame parts.Frame
	List  []admin.TokenView
	Done  string
	Zone  *time.Location
}

// A Token is the form of a new one.
type Token struct {
	Frame  parts.Frame
	Form   admin.TokenForm
	Errors parts.FieldErrors
	Groups []GroupBox
	Picker Picker
}

// TokenMade shows the secret of a token, once.
type TokenMade struct {
	Frame   parts.Frame
	Token   registry.Token
	Secret  string
	LastDay time.Time
}

// tokenOf says whose it is.
func tokenOf(t admin.TokenView) string {
	if t.Account != 0 {
		return t.Owner
	}
	return t.Vendor
}

// does says what a token opens.
func tokenDoes(t registry.Token) string {
	switch {
	case t.Push && t.Read:
		return "Dépôt et lecture"
	case t.Push:
		return "Dépôt"
	}
	return "Lecture"
}

// tokenSchools says for which schools.
func tokenSchools(t registry.Token) string {
	switch {
	case t.Account != 0:
		return "ceux du compte"
	case t.AllSchools:
		return "tous"
	case len(t.Schools) == 1:
		return string(t.Schools[0])
	}
	return belvedere.Plural(len(t.Schools), "établissement", "établissements")
}

func tokenStateClass(s admin.TokenState) string {
	switch s {
	case admin.TokenEnding:
		return "state-word running"
	case admin.TokenExpired, admin.TokenRevoked:
		return "state-word refused"
	}
	return "state-word"
}

func revokeAddress(id int64) string {
	return "/administration/jetons/" + strconv.FormatInt(id, 10) + "/retirer"
}

func tokenScope(f admin.TokenForm) string {
	if f.AllSchools {
		return "tous"
	}
	return "choisis"
}

// Examples of a use of the API, the token in the environment: on a command line, everyone on the
// machine would see it.
const (
	pushExample = "curl -T effectifs.csv -H \"Authorization: Bearer $JETON\" \\\n     'https://…/api/v1/livraisons/effectifs-2026-11-26?jeu=effectifs'"
	readExample = "curl -H \"Authorization: Bearer $JETON\" \\\n     'https://…/api/v1/donnees?indicateurs=eleves&par=etablissement&format=csv'"
)

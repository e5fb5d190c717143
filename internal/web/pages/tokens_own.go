package pages

import (
	"strconv"
	"time"

	"belvedere/internal/admin"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// OwnTokens is the list of the tokens that read as one's account.
type OwnTokens struct {
	Frame parts.Frame
	Tabs  []parts.Link
	List  []admin.TokenView
	Done  string
	Zone  *time.Location
}

// An OwnToken is the form of a new one.
type OwnToken struct {
	Frame  parts.Frame
	Form   admin.OwnTokenForm
	Errors parts.FieldErrors
}

// OwnTokenMade shows the secret of one, once.
type OwnTokenMade struct {
	Frame   parts.Frame
	Token   registry.Token
	Secret  string
	LastDay time.Time
}

func ownRevokeAddress(id int64) string {
	return "/compte/jetons/" + strconv.FormatInt(id, 10) + "/retirer"
}

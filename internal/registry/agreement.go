package registry

import (
	"context"
	"time"

	"belvedere"
)

// Agreements is what schools agreed to share (DESIGN section 6). One that is not in force today
// shares nothing, whatever the edition or the period that is asked.
type Agreements interface {
	// ListAgreements gives those that pass the filter, by school (the collective ones first),
	// start and number, and how many there are in all.
	ListAgreements(ctx context.Context, f AgreementFilter, p Page) ([]Agreement, int, error)
	Agreement(ctx context.Context, id int64) (Agreement, error)

	// PutAgreement adds one (ID 0) or replaces the one of its ID under the rule of versions
	// (Conflict). Invalid says in French what is wrong with it. An agreement without ID that has the
	// school, the start and the reference of a kept one replaces it: importing a file twice changes nothing.
	// A withdrawal stands whatever is put later; the reminder may be sent again when the end has moved.
	PutAgreement(ctx context.Context, a Agreement) (Agreement, error)
	// ImportAgreements puts all of them or none; the error names the place in the list.
	ImportAgreements(ctx context.Context, list []Agreement) error
	// RevokeAgreement withdraws one from an instant on; a second time is harmless.
	RevokeAgreement(ctx context.Context, id int64, at time.Time) error
	DeleteAgreement(ctx context.Context, id int64) error
	// Reminded notes that the reminder of its end was sent.
	Reminded(ctx context.Context, id int64, at time.Time) error

	// RightsVersion changes whenever an account, a group, an agreement, a grant, an edit of a school, a release
	// or the rules of secrecy do: what is computed from them may be kept as long as it stands.
	RightsVersion(ctx context.Context) (int64, error)
}

// An Agreement is a school's agreement to share figures with the territory (convention).
type Agreement struct {
	ID      int64
	Version int64
	School  belvedere.UAI // "": collective, every school of the territory (joint controllers, open data)
	From    time.Time     // first day, a calendar date
	To      time.Time     // first day after, zero: no end
	Revoked time.Time     // instant of its withdrawal, zero: none

	AllThemes  bool
	Themes     []string // codes of themes shared whole, sorted
	Indicators []int    // numbers of the annex shared one by one, sorted
	// Extended are the indicators kept for schools (annex 28-32, 35) that it names, sorted; a
	// collective agreement has none.
	Extended []int
	// Recipients names who the extension is for: logins or addresses; empty: everyone in the
	// territory whose rights open the indicator.
	Recipients []string

	Basis     string // legal basis: "consentement", "coresponsabilité", "mission d’intérêt public", …
	Reference string // of the document
	Created   time.Time
	Reminded  time.Time
}

// InForce tells whether the agreement shares anything on a day of the territory.
func (a Agreement) InForce(day time.Time) bool {
	return a.Revoked.IsZero() && !day.Before(a.From) && (a.To.IsZero() || day.Before(a.To))
}

// An AgreementFilter keeps the agreements that meet all that it says; its zero value keeps all.
type AgreementFilter struct {
	School  belvedere.UAI
	InForce time.Time // in force on that day
	EndsBy  time.Time // with an end, and not after that day
	Text    string    // part of UAI, basis or reference
}

// SchoolEdits is what an administrator corrects of the register of schools.
type SchoolEdits interface {
	ListSchoolEdits(ctx context.Context) ([]SchoolEdit, error)
	// PutSchoolEdit replaces the edit of a school under the rule of versions (0: none is kept yet).
	PutSchoolEdit(ctx context.Context, e SchoolEdit) (SchoolEdit, error)
	DeleteSchoolEdit(ctx context.Context, school belvedere.UAI) error
}

// A SchoolEdit stands over what deliveries say of a school.
type SchoolEdit struct {
	School     belvedere.UAI
	Version    int64
	Postcodes  []string // nil: as delivered
	Opened     time.Time
	Closed     time.Time     // first day on which it is closed
	MergedInto belvedere.UAI // "": none
	By         string        // login
	At         time.Time
}

// Tokens keeps the keys of programs.
type Tokens interface {
	ListTokens(ctx context.Context) ([]Token, error) // newest first
	Token(ctx context.Context, hash string) (Token, error)
	// CreateToken is a Conflict when a live one of the same account bears the name, or when the account has MostOwnTokens.
	CreateToken(ctx context.Context, t Token) (Token, error)
	RevokeToken(ctx context.Context, id int64, at time.Time) error
	// RevokeTokensOf withdraws those that read as an account.
	RevokeTokensOf(ctx context.Context, account int64, at time.Time) error
	// TokenUsed notes a use, from where.
	TokenUsed(ctx context.Context, id int64, at time.Time, from string) error
}

// MostOwnTokens is how many tokens of one account live at once.
const MostOwnTokens = 10

// A Token lets a program push deliveries or read figures. The token itself is never kept.
type Token struct {
	ID         int64
	Account    int64  // as which it reads, whatever the account may see then; 0: it is of a program of the territory
	Strong     bool   // made after a second factor: without, it dies when the account comes to owe one
	Name       string // unique among those of the account that live
	Vendor     string // becomes the source of what it pushes
	Hash       string // SHA-256 of the token, hexadecimal
	Push       bool
	Read       bool
	AllSchools bool
	Schools    []belvedere.UAI // sorted
	CreatedBy  string
	Created    time.Time
	Expires    time.Time // zero: never
	Revoked    time.Time
	LastUsed   time.Time
	LastFrom   string
}

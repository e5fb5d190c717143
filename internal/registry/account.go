package registry

import (
	"context"
	"time"

	"belvedere"
)

// Accounts keeps who may sign in and with which rights.
type Accounts interface {
	// Account finds one by its number, AccountByLogin and AccountByEmail by what the person
	// types: compared without case, accents kept. NotFound when there is none.
	Account(ctx context.Context, id int64) (Account, error)
	AccountByLogin(ctx context.Context, login string) (Account, error)
	AccountByEmail(ctx context.Context, email string) (Account, error)

	// ListAccounts gives the accounts that pass the filter by last name, first name and number,
	// and how many there are in all.
	ListAccounts(ctx context.Context, f AccountFilter, p Page) ([]Account, int, error)

	// CreateAccount adds one and gives it its ID and Version 1. Conflict when its login or its
	// address is taken; Invalid when it has no login, a state or a place that does not exist, a text
	// that is too long or hides characters, a UAI without its letter, or is an administrator in a school.
	CreateAccount(ctx context.Context, a Account) (Account, error)

	// UpdateAccount writes all of an account but its sign-in facts (LastSignIn, PasswordSet,
	// SecondFactor) when a.Version is still the one kept, and raises it by one. Conflict when another has
	// written it meanwhile, or when login or address is taken; NotFound when it was deleted.
	// The last active administrator cannot lose that role, be locked or deleted: Conflict.
	UpdateAccount(ctx context.Context, a Account) (Account, error)

	// DeleteAccount removes an account with its sessions, links, credentials and keys.
	// Version 0 does not care which is kept; Conflict and NotFound as for UpdateAccount.
	DeleteAccount(ctx context.Context, id, version int64) error

	// SignedIn notes a sign-in.
	SignedIn(ctx context.Context, id int64, at time.Time) error

	// ImportAccounts creates and updates all of them or none (an ID of 0 creates).
	ImportAccounts(ctx context.Context, list []Account) error

	// Groups of schools: by name. Put creates (ID 0) or replaces under the rule of versions.
	// DeleteGroup takes it out of every account too.
	ListGroups(ctx context.Context) ([]Group, error)
	PutGroup(ctx context.Context, g Group) (Group, error)
	DeleteGroup(ctx context.Context, id, version int64) error
}

// An AccountState is where an account stands.
type AccountState string

// The states of an account.
const (
	Invited AccountState = "invite"     // the invitation was sent, nobody has answered it
	Active  AccountState = "actif"      // may sign in
	Locked  AccountState = "verrouille" // an administrator has closed it
)

// An AccountPlace is where the person works, which decides what agreements withhold.
type AccountPlace string

// The places.
const (
	InTerritory AccountPlace = "collectivite"  // sees what schools share
	InSchool    AccountPlace = "etablissement" // sees all figures of the schools it manages
)

// An Account is a person who may sign in.
type Account struct {
	ID        int64
	Version   int64 // raised by each UpdateAccount
	Login     string
	FirstName string
	LastName  string
	Email     string
	Function  string
	State     AccountState
	Place     AccountPlace
	Admin     bool // all schools, and the management of the console; InTerritory only
	Auditor   bool // reads the journal (DPO)

	AllSchools bool
	Schools    []belvedere.UAI // managed one by one, sorted
	Groups     []int64         // groups of schools managed, sorted
	AllWidgets bool
	Widgets    []string           // opened one by one when AllWidgets is false, sorted
	Within     []belvedere.Within // members to which all that is limited, as SortWithin gives them; nil for no limit

	Created        time.Time
	EmailConfirmed time.Time // zero: the address is not confirmed
	LastSignIn     time.Time // written by SignedIn
	PasswordSet    time.Time // written by SetPassword
	SecondFactor   bool      // has a TOTP secret or a passkey
}

// Name is "Claire MORVAN", as the seed writes it.
func (a Account) Name() string { return joinName(a.FirstName, a.LastName) }

// An AccountFilter keeps the accounts that meet all that it says; its zero value keeps all.
type AccountFilter struct {
	Text   string // part of name, first name, login, address or function, without case or accents
	State  AccountState
	Admin  bool          // only administrators
	School belvedere.UAI // only those who manage the school by name (not by group)
}

// A Group is a named set of schools. A rule by attribute takes new schools as they come.
type Group struct {
	ID      int64
	Version int64
	Name    string
	Rule    string          // "type", "secteur", "commune", "departement", "academie", "code_postal", or "liste"
	Values  []string        // of the attribute; for code_postal, prefixes
	Schools []belvedere.UAI // for "liste", sorted
}

// Credentials keeps what proves who someone is.
type Credentials interface {
	// Password is the hash of an account in PHC form, "" when none is set.
	Password(ctx context.Context, account int64) (string, error)
	SetPassword(ctx context.Context, account int64, hash string, at time.Time) error

	// TOTP is the sealed secret of an account, "" when there is none, and the last step that was used.
	TOTP(ctx context.Context, account int64) (sealed string, lastStep int64, err error)
	// SetTOTP replaces the secret ("" removes it) and forgets the last step.
	SetTOTP(ctx context.Context, account int64, sealed string) error
	// UseTOTP notes that a step was used; Conflict when it, or a later one, was used already.
	UseTOTP(ctx context.Context, account, step int64) error

	// Passkeys of an account, oldest first.
	Passkeys(ctx context.Context, account int64) ([]Passkey, error)
	// PasskeyByID finds the key that a browser presents. NotFound when there is none.
	PasskeyByID(ctx context.Context, credential []byte) (Passkey, error)
	PutPasskey(ctx context.Context, k Passkey) error // by Credential: adds or replaces; Conflict when it is another account's
	DeletePasskey(ctx context.Context, account int64, credential []byte) error

	// SetRecovery replaces the hashes of the recovery codes; UseRecovery removes one, NotFound
	// when it is not among them. RecoveryLeft counts them.
	SetRecovery(ctx context.Context, account int64, hashes []string) error
	UseRecovery(ctx context.Context, account int64, hash string) error
	RecoveryLeft(ctx context.Context, account int64) (int, error)
}

// A Passkey is a WebAuthn credential.
type Passkey struct {
	Account    int64
	Credential []byte // its id
	Name       string // given by the person
	Data       []byte // JSON of the library that checks it
	Created    time.Time
	LastUsed   time.Time
}

// Sessions keeps who is signed in, and the links that were sent.
type Sessions interface {
	// PutSession adds a session or replaces the one of the same Hash.
	PutSession(ctx context.Context, s Session) error
	// Session finds one by the hash of its token. NotFound when there is none.
	Session(ctx context.Context, hash string) (Session, error)
	// TouchSession notes its last use. NotFound when it ended meanwhile.
	TouchSession(ctx context.Context, hash string, at time.Time) error
	ListSessions(ctx context.Context, account int64) ([]Session, error) // newest first
	DeleteSession(ctx context.Context, hash string) error               // harmless when it is gone
	// DeleteSessions ends all sessions of an account but one ("" for none) and says how many.
	DeleteSessions(ctx context.Context, account int64, but string) (int, error)
	// Sweep forgets the sessions and links that expired before an instant.
	Sweep(ctx context.Context, before time.Time) error

	// PutLink adds a link. Links of the same account and kind that were not used die, unless keep.
	PutLink(ctx context.Context, l Link, keep bool) error
	// Link reads one that is neither used nor expired. NotFound otherwise, whatever the reason.
	Link(ctx context.Context, hash string, now time.Time) (Link, error)
	// UseLink consumes it, once: NotFound when it is used, expired or unknown.
	UseLink(ctx context.Context, hash string, now time.Time) (Link, error)
	DeleteLinks(ctx context.Context, account int64, kind LinkKind) error
}

// A Session is a sign-in. The token itself is never kept.
type Session struct {
	Hash     string // SHA-256 of the token, hexadecimal
	Account  int64
	Strong   bool // a second factor was given
	Created  time.Time
	LastUsed time.Time
	Expires  time.Time // absolute end
	From     string    // address at sign-in
	Browser  string    // User-Agent at sign-in, cut short
}

// A LinkKind is what a link is good for.
type LinkKind string

// The kinds of link.
const (
	LinkInvite LinkKind = "invitation"       // create one's account
	LinkReset  LinkKind = "reinitialisation" // choose a new password
	LinkEmail  LinkKind = "adresse"          // confirm a new address (Data)
	LinkEntry  LinkKind = "entree"           // sign in once, printed by the operator
)

// A Link is a one-time link. The token itself is never kept.
type Link struct {
	Hash    string // SHA-256 of the token, hexadecimal
	Kind    LinkKind
	Account int64
	Data    string
	Created time.Time
	Expires time.Time
}

package registry

import (
	"context"
	"time"

	"belvedere"
)

// Journal keeps the audit trail. Rows are chained by their seals; package audit makes and checks
// the seals, the registry keeps the order.
type Journal interface {
	// AppendJournal adds entries in one transaction. Seal is called for each in turn with the seal of
	// the one before ("" for the first of all), on a copy that is what will be read back: Seq is set, At
	// is cut to the microsecond, texts are UTF-8 without NUL. Nothing is kept when it fails.
	AppendJournal(ctx context.Context, list []Entry, seal func(previous string, e *Entry) error) error

	// ListJournal gives the entries that pass the filter, newest first, and how many there are.
	ListJournal(ctx context.Context, f JournalFilter, p Page) ([]Entry, int, error)
	// WalkJournal calls f with each entry from a number on, in order.
	WalkJournal(ctx context.Context, from int64, f func(Entry) error) error
	// JournalHead is the last entry, its zero value when there is none.
	JournalHead(ctx context.Context) (Entry, error)

	// PurgeJournal removes the entries up to a number, included, and keeps mark as what stands
	// in their place (JournalMark gives it back, "" when nothing was ever purged).
	PurgeJournal(ctx context.Context, upTo int64, mark string) error
	JournalMark(ctx context.Context) (string, error)

	// PutPerimeter keeps a list of schools under its name, for ever; again is harmless. Perimeter gives it
	// back, sorted; NotFound when there is none.
	PutPerimeter(ctx context.Context, name string, schools []belvedere.UAI) error
	Perimeter(ctx context.Context, name string) ([]belvedere.UAI, error)
}

// An Entry of the journal: who, what, when, from where, with which result.
type Entry struct {
	Seq     int64
	At      time.Time
	Account int64  // 0 for nobody, a token or the operator
	Login   string // as it was then; what was typed, at a refused sign-in
	Door    string // "page", "fichier", "api", "commande", "serveur"
	Action  string // "connexion", "consultation", "export", "droits", "convention", … (package audit lists them)
	Object  string // address with its state, account, convention, …
	Result  string // "fait", "refuse", "echec"
	From    string // network address
	// Perimeter names the schools that the answer covered: "*" all, "" none, else a list kept by PutPerimeter.
	Perimeter string
	Detail    string // what changed, why it was refused
	Seal      string
}

// A JournalFilter keeps the entries that meet all that it says; its zero value keeps all.
type JournalFilter struct {
	Account int64
	Actions []string
	Result  string
	School  belvedere.UAI // whose perimeter holds the school
	From    time.Time
	To      time.Time // before
	Text    string    // part of login, object, address or detail, without case
}

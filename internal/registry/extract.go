package registry

import (
	"context"
	"time"

	"belvedere"
)

// Extracts keeps the life of extracts: who asked for which rows, for what purpose and whom, until
// when, and what became of the file. It holds no row of them. Nothing in it gives a right: rights
// are asked when a file is made and again when it is handed out.
type Extracts interface {
	// CreateExtract adds one and gives it its ID. A new draft of an account takes the place of its
	// oldest one beyond MostDrafts.
	CreateExtract(ctx context.Context, e Extract) (Extract, error)
	Extract(ctx context.Context, id int64) (Extract, error)
	// ListExtracts gives the extracts that pass the filter, newest first, and how many there are.
	ListExtracts(ctx context.Context, f ExtractFilter, p Page) ([]Extract, int, error)
	// UpdateExtract lets change decide on the extract as it stands, and writes what it made of it; an
	// error of change writes nothing. ID, Account and Created stay as they are.
	UpdateExtract(ctx context.Context, id int64, change func(*Extract) error) (Extract, error)
	// TakeExtract moves the oldest waiting extract whose account has none under way to Running.
	// found is false when there is none.
	TakeExtract(ctx context.Context, at time.Time) (e Extract, found bool, err error)
	// ForgetExtracts removes those that ended before an instant, and says how many.
	ForgetExtracts(ctx context.Context, before time.Time) (int, error)

	// ListExtractSchedules gives the regular extracts of an account (0: of all), oldest first.
	ListExtractSchedules(ctx context.Context, account int64) ([]ExtractSchedule, error)
	ExtractSchedule(ctx context.Context, id int64) (ExtractSchedule, error)
	CreateExtractSchedule(ctx context.Context, s ExtractSchedule) (ExtractSchedule, error)
	// StopExtractSchedule pauses one with the reason, or lets it go on when the reason is "".
	StopExtractSchedule(ctx context.Context, id int64, reason string) error
	DeleteExtractSchedule(ctx context.Context, id int64) error
}

// Bounds of what one account holds.
const (
	MostDrafts           = 10
	MostExtractSchedules = 20
)

// An ExtractState is where an extract stands in its life.
type ExtractState string

// The states. Draft, Waiting and Running come before a file; Ready and Downloaded have one; the
// others have none, or none any longer.
const (
	ExtractDraft      ExtractState = "brouillon"
	ExtractWaiting    ExtractState = "attente"
	ExtractRunning    ExtractState = "encours"
	ExtractReady      ExtractState = "pret"
	ExtractDownloaded ExtractState = "telecharge"
	ExtractSent       ExtractState = "depose" // put at the place of its schedule
	ExtractExpired    ExtractState = "expire"
	ExtractDeleted    ExtractState = "supprime"
	ExtractFailed     ExtractState = "echec"
	ExtractRefused    ExtractState = "refuse"
	ExtractCancelled  ExtractState = "annule"
)

// Ended tells whether nothing more is made of the extract, nor a file of it kept.
func (s ExtractState) Ended() bool {
	switch s {
	case ExtractDraft, ExtractWaiting, ExtractRunning, ExtractReady, ExtractDownloaded:
		return false
	}
	return true
}

// HasFile tells whether a file of the extract can be taken.
func (s ExtractState) HasFile() bool { return s == ExtractReady || s == ExtractDownloaded }

// An Extract is a file of rows made for one account, for a purpose.
type Extract struct {
	ID         int64
	Account    int64
	Login      string // identifiant of the account, which may be gone
	Kind       string // "totaux" or "personnes"
	Subject    string // kind of rows of persons; "" for totals
	School     belvedere.UAI
	Label      string // what it holds, in words
	Spec       string // JSON: columns, filters, coarsening, as package extract writes it
	Identities bool   // columns that name persons are among its own
	Purpose    string
	Basis      string // legal basis
	Recipients string
	Days       int    // during which copies may be kept
	Format     string // as package extract names them
	Encrypted  bool
	State      ExtractState
	Created    time.Time // of the draft
	Asked      time.Time
	Started    time.Time
	Ended      time.Time // file ready, or the end without one
	Expires    time.Time // of the file on the server
	Due        time.Time // when copies must be gone
	Done       int64     // rows written so far
	Total      int64     // rows to write, 0 when unknown
	Tries      int       // times that it was begun
	Cancel     bool      // whoever makes it is asked to stop
	Rows       int64
	Bytes      int64
	SHA256     string // of the file that is handed out
	File       string // name in the folder of extracts, "" without one
	FileName   string // as it is handed out
	Receipt    string // of the totals
	Edition    int
	Code       string // watermark, shown in the file and told by its marks
	Salt       string // sealed; of the pseudonyms, "" once destroyed
	Passphrase string // sealed, until it was shown once
	Risk       string // JSON: what re-identification it leaves, "" when none was computed
	Grant      int64  // that opened rows of persons
	Flagged    string // why the data protection officer is told, ""
	Error      string // why it failed or was refused, in words
	Downloads  int
	Downloaded time.Time // last
	Reminded   time.Time
	Destroyed  time.Time // the account says that its copies are gone
	Schedule   int64     // regular extract that it comes from, 0
	Slot       string
}

// An ExtractFilter keeps the extracts that meet all that it says.
type ExtractFilter struct {
	Account  int64 // 0: of all
	States   []ExtractState
	Schedule int64
	Code     string
	Flagged  bool
	DueBy    time.Time // copies due by then, not reminded of yet
	Before   time.Time // whose file expires by then
	Overdue  time.Time // whose copies were due by then, and nobody said that they are gone
}

// An ExtractSchedule makes an extract again and again, and puts it at a place.
type ExtractSchedule struct {
	ID      int64
	Account int64
	Label   string
	Spec    string // JSON, with purpose, basis, recipients and format
	Rhythm  string // as of an alert
	Place   string // name of a place of the configuration
	Stopped string // why it pauses, ""
	Created time.Time
}

// RunExtract is the kind of the runs of regular extracts.
const RunExtract = "extrait"

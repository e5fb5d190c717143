// Package registry keeps what must never be lost beside the landing folder: which deliveries
// were acknowledged and what became of them, the editions, the settings of the territory, who may
// sign in and with which rights, what schools agreed to share, and the journal of who did what.
//
// Registry is the contract. Open keeps it in a file of SQLite or in a database of PostgreSQL, by
// the same code, and registrytest is the suite that both pass. Several processes may open the same registry: the
// command line works beside the server. Every method is atomic, and what it returned without
// error survives a crash. Backup and Restore carry all of it from one engine to the other.
package registry

import (
	"context"
	"time"

	"belvedere"
)

// MostFaults is how many faults of a delivery are kept as rows; their count stays exact.
const MostFaults = 1000

// PublishedRank is the rank of a file in the published format (Form.Rank for the others).
const PublishedRank = 100

// A Registry is the store of all that this package keeps.
type Registry interface {
	Deliveries
	Editions
	Settings
	Accounts
	Credentials
	Sessions
	Agreements
	Grants
	Requests
	Reviews
	SchoolEdits
	Contests
	Benchmarks
	Members
	Definitions
	Declarations
	Governance
	Watches
	Extracts
	Dashboards
	Formulas
	SavedQueries
	Tokens
	Catalogs
	Receipts
	Releases
	Journal

	// Close releases the store; what is committed stays.
	Close() error
}

// Deliveries is the journal of deliveries.
type Deliveries interface {
	// Accept records a delivery whose file lies in the landing folder, in state Received, or
	// finds the one that it repeats. All is decided in one transaction:
	//
	//   - d.ID given: the same source, id and sha256 return the first delivery, replayed true;
	//     other bytes under the same source and id are a Conflict.
	//   - d.ID empty: the same source, dataset, announced slices and sha256 return the first
	//     such delivery, replayed true, unless all were refused; else an id is made.
	//
	// d.Dataset is the dataset that the sender names, or "". Seq and State are set by Accept.
	Accept(ctx context.Context, d belvedere.Delivery) (accepted belvedere.Delivery, replayed bool, err error)

	// Delivery finds one by its number, DeliveryByID by what its sender called it. NotFound
	// when there is none.
	Delivery(ctx context.Context, seq int64) (belvedere.Delivery, error)
	DeliveryByID(ctx context.Context, source, id string) (belvedere.Delivery, error)

	// List gives the deliveries that pass the filter, newest first, and how many there are in all.
	List(ctx context.Context, f DeliveryFilter, p Page) ([]belvedere.Delivery, int, error)

	// Pending gives the deliveries in state Received, oldest first, at most limit (0: all).
	Pending(ctx context.Context, limit int) ([]belvedere.Delivery, error)

	// Asked is the dataset that the sender named when the delivery was accepted, "" when none.
	Asked(ctx context.Context, seq int64) (string, error)

	// Faults gives the kept faults of a delivery in the order they were found, and how many are kept.
	Faults(ctx context.Context, seq int64, p Page) ([]belvedere.Fault, int, error)

	// Slices gives the slices that a published delivery replaced, by dataset and name.
	Slices(ctx context.Context, seq int64) ([]belvedere.DeliverySlice, error)

	// SetState moves a delivery to another step; Refused and Published have methods of their own.
	SetState(ctx context.Context, seq int64, state belvedere.DeliveryState) error

	// SetProgress says how far the running step is.
	SetProgress(ctx context.Context, seq int64, p belvedere.Progress) error

	// Record writes what reading and checking found, in place of what was recorded before:
	// d's Dataset, Form, State, Reason, counts, Finished and Progress, the rank of the form,
	// and the first MostFaults of faults.
	Record(ctx context.Context, d belvedere.Delivery, rank int, faults []belvedere.Fault) error

	// Requeue puts back to Received every delivery that was being worked on and that no planned
	// edition holds: what a crash left behind. It returns how many.
	Requeue(ctx context.Context) (int, error)
}

// Editions is the journal of publications. An edition is first planned, then the warehouse is
// written, then it is finished: a plan that is left over tells what a crash interrupted.
type Editions interface {
	// PlanEdition writes the intent of publishing deliveries together, with the slices that each
	// replaces, and gives the edition its number. Conflict when another plan is open.
	PlanEdition(ctx context.Context, label string, deliveries []Planned) (belvedere.Edition, error)

	// FinishEdition marks a planned edition and its deliveries as published. Doing it again is harmless.
	FinishEdition(ctx context.Context, number int, at time.Time) error

	// AbandonEdition forgets a planned edition and puts its deliveries back to Received.
	AbandonEdition(ctx context.Context, number int) error

	// OpenPlans gives the editions planned and not finished.
	OpenPlans(ctx context.Context) ([]belvedere.Edition, error)

	// ListEditions gives the published editions, newest first, and how many there are.
	ListEditions(ctx context.Context, p Page) ([]belvedere.Edition, int, error)

	// EditionDeliveries gives the deliveries of an edition, planned or published, in the order
	// they were published.
	EditionDeliveries(ctx context.Context, number int) ([]belvedere.Delivery, error)

	// HeldBy tells which delivery holds each slice of a dataset in the editions before a number
	// (0: in the last one). Slices that nobody holds are absent.
	HeldBy(ctx context.Context, dataset string, slices []string, before int) (map[string]Holder, error)
}

// Settings is what an administrator sets for the territory, by key.
type Settings interface {
	// Settings gives all of them.
	Settings(ctx context.Context) (map[string]string, error)

	// PutSettings sets several at once; an empty value removes the key.
	PutSettings(ctx context.Context, values map[string]string) error

	// Meta and SetMeta keep what the program itself must remember; "" when it is absent.
	Meta(ctx context.Context, key string) (string, error)
	SetMeta(ctx context.Context, key, value string) error
}

// Keys of the settings.
const (
	SettingTerritoryName = "territoire.nom"             // "Département de l’Ille-et-Vilaine"
	SettingTerritoryCode = "territoire.code"            // "D035"
	SettingTimeZone      = "territoire.fuseau"          // unused so far: the zone is part of the configuration
	SettingContact       = "territoire.contact"         // address of the person to ask
	SettingAccent        = "territoire.couleur"         // "#0b6470", "" for the colour of the program
	SettingLogo          = "territoire.logo"            // fingerprint of the logo, "" for none
	SettingSeedPasswords = "motdepasse.regles_seed"     // "oui": the composition rules of seed 001
	SettingReminderDays  = "conventions.rappel_jours"   // before the end of an agreement
	SettingSecrecy       = "secret.regles"              // rules of statistical secrecy, as package diffusion writes them
	SettingHidden        = "menu.masquees"              // codes of the sections that the menu leaves out, with spaces between
	SettingBenchmark     = "comparaison.minimum"        // least number of other schools beside one, 10 or more
	SettingEscalation    = "gouvernance.escalade_jours" // days without answer before a question goes further, 1 to 60
	SettingReadReminder  = "gouvernance.rappel_jours"   // days between two reminders to read a rule, 1 to 90
	SettingHolidays      = "gouvernance.vacances"       // a line each: first day, last day, label
	SettingProcedures    = "procedures.declarees"       // declared in the product: "code:revision", with spaces between
	SettingJournalMonths = "journal.conservation_mois"  // 6 to 36
	SettingReceiptMonths = "recus.conservation_mois"    // of the receipts of files: 12 to 240
)

// A DeliveryFilter keeps the deliveries that meet all that it says; its zero value keeps all.
type DeliveryFilter struct {
	States  []belvedere.DeliveryState
	Source  string
	Dataset string        // of the delivery or of a slice that it replaced
	School  belvedere.UAI // of a slice that it replaced
	Edition int
	Text    string // part of the file name or of the id
}

// A Page is a part of a list. Limit 0 means all.
type Page struct{ Offset, Limit int }

// A Planned delivery of an edition, with its final counts and the slices that it replaces.
type Planned struct {
	Seq    int64
	Slices []belvedere.DeliverySlice
}

// A Holder is the delivery that holds a slice, with the rank of the form that read it.
type Holder struct {
	Seq  int64
	Rank int
}

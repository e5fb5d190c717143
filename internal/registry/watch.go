package registry

import (
	"context"
	"time"

	"belvedere"
)

// Watches keeps alerts on indicators, files sent at a rhythm, and what was done of both. It holds
// no figure. Nothing in it gives a right: who is told what is decided when it is told.
type Watches interface {
	// ListAlerts gives the alerts of an account (0: of all), oldest first; Alert one of them.
	ListAlerts(ctx context.Context, account int64) ([]Alert, error)
	Alert(ctx context.Context, id int64) (Alert, error)
	// CreateAlert adds one and gives it its ID. Conflict when the account has MostAlerts.
	CreateAlert(ctx context.Context, a Alert) (Alert, error)
	PauseAlert(ctx context.Context, id int64, paused bool) error
	// DeleteAlert forgets it with its events.
	DeleteAlert(ctx context.Context, id int64) error

	// AlertLines are the lines of an alert that are alarmed.
	AlertLines(ctx context.Context, id int64) ([]string, error)
	// JudgeAlert writes what one judgement of an alert found, once per slot: done is false when another
	// has taken the slot, and then nothing is written. Lines that are alarmed again are no event.
	JudgeAlert(ctx context.Context, j Judgement) (done bool, err error)

	// ListEvents gives the events that pass the filter, newest first, and how many there are.
	ListEvents(ctx context.Context, f EventFilter, p Page) ([]AlertEvent, int, error)
	// TakeEvents marks the untold events of an account as told and gives them, oldest first, once
	// per slot: none when another has taken the slot.
	TakeEvents(ctx context.Context, account int64, slot string, at time.Time) ([]AlertEvent, error)
	// SeeEvents marks events of an account as seen, all of them when ids is nil, and says how many.
	SeeEvents(ctx context.Context, account int64, ids []int64, at time.Time) (int, error)

	// ListSchedules gives all, oldest first, with their recipients; Schedule one of them.
	ListSchedules(ctx context.Context) ([]Schedule, error)
	Schedule(ctx context.Context, id int64) (Schedule, error)
	CreateSchedule(ctx context.Context, s Schedule) (Schedule, error)
	PauseSchedule(ctx context.Context, id int64, paused bool) error
	DeleteSchedule(ctx context.Context, id int64) error
	// Subscribe says whether an account wants a schedule; an account of a group of the schedule
	// that does not want it is left out.
	Subscribe(ctx context.Context, schedule, account int64, wanted bool) error

	// Claim takes a run before its work: false when it was taken before. EndRun says what came of it.
	Claim(ctx context.Context, r WatchRun) (bool, error)
	EndRun(ctx context.Context, r WatchRun) error
	// ListRuns gives the runs that pass the filter, newest first, and how many there are.
	ListRuns(ctx context.Context, f RunFilter, p Page) ([]WatchRun, int, error)
	// ForgetWatch removes runs and events from before an instant, and says how many.
	ForgetWatch(ctx context.Context, before time.Time) (int, error)
}

// Bounds of what one account, or one schedule, holds.
const (
	MostAlerts     = 100
	MostSchedules  = 50 // of one author
	MostRecipients = 500
)

// An Alert tells one account when an indicator meets a rule.
type Alert struct {
	ID        int64
	Account   int64
	Label     string
	Indicator string
	Rate      bool
	Filters   []string             // as report.Ask.Where
	Each      bool                 // one judgement per school, else one over the perimeter
	Period    belvedere.PeriodKind // over which the indicator is asked
	Rule      string               // "seuil", "evolution", "inhabituel"
	Side      string               // "au_dessus", "au_dessous", "deux_sens"
	Amount    string               // decimal, with a point
	Percent   bool                 // the amount of a change is a share of the other figure
	Against   belvedere.Compare
	Rhythm    string // "publication", "jour", "lundi", "mois"
	Paused    bool
	Created   time.Time
}

// A Judgement is what one run of an alert found.
type Judgement struct {
	Alert    int64
	Account  int64
	Label    string
	Slot     string
	At       time.Time
	Edition  int
	From, To time.Time // period that was judged
	Alarmed  []string  // lines that meet the rule
	Calm     []string  // lines that do not; those that cannot be judged are in neither list
	Detail   string    // what was wrong, "" when nothing was
}

// An AlertEvent is a line of an alert that met its rule, and did not before.
type AlertEvent struct {
	ID       int64
	Alert    int64
	Line     string // UAI, "" for the whole perimeter
	Edition  int
	From, To time.Time
	At       time.Time
	Told     time.Time // put in a mail
	Seen     time.Time // acknowledged
}

// An EventFilter keeps the events that meet all that it says.
type EventFilter struct {
	Account int64 // 0: of all
	Alert   int64
	Unseen  bool
	Untold  bool
}

// A Schedule is a file that is made at a rhythm and sent to each recipient with his or her own rights.
type Schedule struct {
	ID       int64
	Author   int64 // account; 0 for the operator
	Label    string
	Address  string // path and query of a declared page
	Format   string // "csv", "xlsx", "pdf"
	Rhythm   string // as of an alert
	Paused   bool
	Created  time.Time
	Accounts []int64 // that want it, sorted
	Refused  []int64 // that unsubscribed, sorted
	Groups   []int64 // groups of schools: those who manage one are recipients
}

// Kinds of runs.
const (
	RunAlert    = "alerte"
	RunDigest   = "recapitulatif"
	RunSchedule = "envoi"
)

// A WatchRun is one judgement of an alert, one digest of alerts or one file for one account.
type WatchRun struct {
	Kind    string
	Number  int64 // of the alert or the schedule
	Slot    string
	Account int64
	Label   string
	Claimed time.Time
	Ended   time.Time // zero while it is under way, or was cut
	Result  string
	Detail  string
	Receipt string
	Bytes   int64
}

// A RunFilter keeps the runs that meet all that it says.
type RunFilter struct {
	Kind    string
	Number  int64
	Account int64
	Slot    string
	Numbers []int64 // one of these, when not nil
}

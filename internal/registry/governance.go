package registry

import (
	"context"
	"time"

	"belvedere"
)

// Governance keeps the organisation around the figures (seed 003): who answers for what, the year
// of procedures, written rules and who read them, questions and their answers, training sessions.
// It holds no figure and no pupil.
type Governance interface {
	Duties
	Tasks
	WrittenRules
	HelpQuestions
	Trainings

	// ClaimLetter takes a letter before it is sent: false when it was taken before, whoever took
	// it and however long ago. EndLetter says what came of it.
	ClaimLetter(ctx context.Context, l Letter) (bool, error)
	EndLetter(ctx context.Context, l Letter) error
	// ListLetters gives the letters of a kind about a number, oldest first.
	ListLetters(ctx context.Context, kind string, number int64) ([]Letter, error)
}

// Kinds of letters.
const (
	LetterTask     = "calendrier"
	LetterRule     = "regle"
	LetterQuestion = "question"
	LetterTraining = "formation"
	LetterFinding  = "coherence"
)

// A Letter is one sending to one account. Its slot says why it is sent.
type Letter struct {
	Kind    string
	Number  int64
	Slot    string
	Account int64
	Claimed time.Time
	Ended   time.Time // zero while it is under way, or was cut
	Result  string
}

// Duties keeps responsibilities besides those that the program declares, and who holds them.
type Duties interface {
	Duties(ctx context.Context) ([]Duty, error)
	PutDuty(ctx context.Context, d Duty) error
	// RemoveDuty forgets one; Conflict when someone holds it.
	RemoveDuty(ctx context.Context, code string) error

	// Holdings are all of them: past, present and to come, by duty, school, place and start.
	Holdings(ctx context.Context) ([]Holding, error)
	// PutHolding adds one (ID 0) or replaces it.
	PutHolding(ctx context.Context, h Holding) (Holding, error)
	RemoveHolding(ctx context.Context, id int64) error
}

// A Duty (responsabilité) is something that someone must answer for.
type Duty struct {
	Code    string
	Label   string
	Mission string
	By      string
	At      time.Time
}

// A HoldingPlace is in which quality someone holds a duty.
type HoldingPlace string

// The places. The two last are the correspondents who alone may call the outer assistance.
const (
	Titular    HoldingPlace = "titulaire"
	Deputy     HoldingPlace = "suppleant"
	Functional HoldingPlace = "fonctionnel"
	Technical  HoldingPlace = "technique"
)

// A Holding says that someone holds a duty from a day to a day.
type Holding struct {
	ID      int64
	Duty    string
	School  belvedere.UAI // "": of the whole
	Place   HoldingPlace
	Account int64  // 0: someone without account, or a service
	Name    string // as pages show it
	From    time.Time
	To      time.Time // last day, zero for no end
	By      string
	At      time.Time
}

// Holds tells whether it stands on a day.
func (h Holding) Holds(day time.Time) bool {
	return !day.Before(h.From) && (h.To.IsZero() || !day.After(h.To))
}

// Tasks keeps the yearly calendar of procedures.
type Tasks interface {
	Tasks(ctx context.Context) ([]Task, error)
	// PutTask adds one (ID 0), with its first year, or replaces what is said of it. The years that
	// exist keep their dates and their marks.
	PutTask(ctx context.Context, t Task) (Task, error)
	RemoveTask(ctx context.Context, id int64) error

	// TaskYears are the tasks of a school year, by their start.
	TaskYears(ctx context.Context, year belvedere.SchoolYear) ([]TaskYear, error)
	// AddTaskYears adds those that are absent, and says how many were: what exists stays as it is.
	AddTaskYears(ctx context.Context, list []TaskYear) (int, error)
	// PutTaskYear replaces the dates, the mark and the remark of one. NotFound when it is absent.
	PutTaskYear(ctx context.Context, y TaskYear) error
}

// A Task is an entry of the calendar.
type Task struct {
	ID     int64
	Label  string
	Note   string
	Duty   string
	School belvedere.UAI // "": of the whole
	Link   string        // address of the procedure, ""
	Rule   int64         // written rule that tells how, 0
	Yearly bool
	Starts time.Time // in its first year
	Ends   time.Time
	Remind int // days before each date
	By     string
	At     time.Time
}

// A TaskYear is a task in one school year.
type TaskYear struct {
	Task   int64
	Year   belvedere.SchoolYear
	Starts time.Time
	Ends   time.Time
	Done   time.Time // zero: not yet
	DoneBy string
	Remark string
}

// WrittenRules keeps rules and procedures, their versions, and who read them.
type WrittenRules interface {
	// WrittenRules are all of them by title, without their texts.
	WrittenRules(ctx context.Context) ([]WrittenRule, error)
	WrittenRule(ctx context.Context, id int64) (WrittenRule, error)
	// PutWrittenRule adds one (ID 0) or replaces what is said of it, its versions aside.
	PutWrittenRule(ctx context.Context, r WrittenRule) (WrittenRule, error)
	// RuleVersions are those of a rule, newest first.
	RuleVersions(ctx context.Context, rule int64) ([]RuleVersion, error)
	// AddRuleVersion gives a version the next number. Conflict when after is not the last number:
	// someone else wrote meanwhile.
	AddRuleVersion(ctx context.Context, v RuleVersion, after int) (RuleVersion, error)
	// ForceRule puts a version in force in the place of the one before. Conflict when the rule is repealed.
	ForceRule(ctx context.Context, rule int64, version int, by string, at time.Time) error
	// RepealRule ends a rule; a version put in force later begins it anew.
	RepealRule(ctx context.Context, rule int64, reason, by string, at time.Time) error

	// Acknowledge notes that an account read a version, once. Conflict when it is not the one in force.
	Acknowledge(ctx context.Context, rule int64, version int, account int64, at time.Time) error
	// Readings are the acknowledgements of a rule, oldest first.
	Readings(ctx context.Context, rule int64) ([]Reading, error)
}

// A RuleState is where a rule stands.
type RuleState string

// The states of a rule.
const (
	RuleDraft    RuleState = "brouillon"
	RuleInForce  RuleState = "en_vigueur"
	RuleRepealed RuleState = "abrogee"
)

// Label is the state as pages show it.
func (s RuleState) Label() string {
	switch s {
	case RuleInForce:
		return "en vigueur"
	case RuleRepealed:
		return "abrogée"
	}
	return string(s)
}

// A WrittenRule is a rule or a procedure that is written down.
type WrittenRule struct {
	ID       int64
	Title    string
	Duty     string
	Audience string // whom it concerns, as package governance names it
	Asked    bool   // who is concerned says that he or she read it
	InForce  int    // number of the version in force, 0 for none
	Forced   time.Time
	ForcedBy string
	Repealed time.Time
	RepealBy string
	Repeal   string // reason
	Last     int    // number of the last version, written by AddRuleVersion
}

// State is where the rule stands.
func (r WrittenRule) State() RuleState {
	switch {
	case !r.Repealed.IsZero():
		return RuleRepealed
	case r.InForce > 0:
		return RuleInForce
	}
	return RuleDraft
}

// A RuleVersion is the text of a rule as someone wrote it.
type RuleVersion struct {
	Rule   int64
	Number int
	Text   string
	Reason string
	Author string
	At     time.Time
}

// A Reading says that an account read a version.
type Reading struct {
	Rule    int64
	Version int
	Account int64
	At      time.Time
}

// HelpQuestions keeps what people ask, and the memory of the answers.
type HelpQuestions interface {
	// HelpQuestions are all of them, newest first; only those without answer when open is set.
	HelpQuestions(ctx context.Context, open bool) ([]HelpQuestion, error)
	HelpQuestion(ctx context.Context, id int64) (HelpQuestion, error)
	AskHelp(ctx context.Context, q HelpQuestion) (HelpQuestion, error)
	// AnswerHelp keeps the answer in place of one given before.
	AnswerHelp(ctx context.Context, id int64, answer, by string, at time.Time) (HelpQuestion, error)
	// StepHelp takes a question without answer to a step, once: false when another did, when it is
	// answered, or when it is there or beyond.
	StepHelp(ctx context.Context, id int64, step int, at time.Time) (bool, error)
}

// A HelpQuestion is what someone asks whoever answers for a duty.
type HelpQuestion struct {
	ID         int64
	Subject    string
	Text       string
	Duty       string
	School     belvedere.UAI
	Rule       int64  // about a written rule, 0
	Indicator  string // about an indicator, ""
	Account    int64  // of who asks
	By         string // identifiant of who asks
	At         time.Time
	Answer     string // "" as long as there is none
	AnsweredBy string
	Answered   time.Time
	Step       int // how far it went: 0 holder, 1 deputy, 2 steering
	Stepped    time.Time
}

// Trainings keeps training sessions, who registered and who came.
type Trainings interface {
	// Trainings are all of them, the latest day first.
	Trainings(ctx context.Context) ([]Training, error)
	Training(ctx context.Context, id int64) (Training, error)
	// PutTraining adds one (ID 0) or replaces it. Conflict when more are registered than it has seats.
	PutTraining(ctx context.Context, t Training) (Training, error)
	// Register gives a seat to an account, once. Conflict when none is left, or when the session is cancelled.
	Register(ctx context.Context, training, account int64, at time.Time) error
	Unregister(ctx context.Context, training, account int64) error
	// MarkPresence says who came; an account that is not registered is.
	MarkPresence(ctx context.Context, a Attendance) error
	// Attendances are those of a session, or of all when it is 0, by session and registration.
	Attendances(ctx context.Context, training int64) ([]Attendance, error)
}

// A Training is one session.
type Training struct {
	ID        int64
	Label     string
	Note      string
	Topic     string // capability or duty that it prepares for, ""
	Day       time.Time
	Hours     string
	Place     string
	Trainer   string
	Seats     int // 0: no bound
	Cancelled bool
	By        string
	At        time.Time
}

// Presence says whether someone came.
type Presence string

// The presences.
const (
	Unsaid  Presence = ""
	Present Presence = "present"
	Absent  Presence = "absent"
)

// An Attendance is a seat of a session.
type Attendance struct {
	Training   int64
	Account    int64
	Registered time.Time
	Presence   Presence
	By         string
	At         time.Time
}

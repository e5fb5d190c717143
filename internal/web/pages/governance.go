package pages

import (
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/web/parts"
)

// Governance is the page of who answers for what.
type Governance struct {
	Frame    parts.Frame
	Board    governance.Board
	Manages  bool
	Settings governance.Settings
	Holding  governance.HoldingForm // as typed
	Duty     registry.Duty
	Duties   []parts.Option
	Errors   parts.FieldErrors
	Done     string
	ToRead   int // rules that the viewer is asked to read
}

// Calendar is the page of the year of procedures.
type Calendar struct {
	Frame    parts.Frame
	Year     belvedere.SchoolYear
	Years    []parts.Link
	Events   []governance.Event
	Counts   map[governance.TaskState]int
	Manages  bool
	Holidays []governance.Holiday
	Typed    string // holidays as the form shows them
	Errors   parts.FieldErrors
	Next     belvedere.SchoolYear // to which the year can be carried over
	Done     string
	Zone     *time.Location
}

// Task is the form of an entry of the calendar.
type Task struct {
	Frame  parts.Frame
	Form   governance.TaskForm
	Duties []parts.Option
	Rules  []parts.Option
	Errors parts.FieldErrors
}

// WrittenRules is the list of written rules.
type WrittenRules struct {
	Frame  parts.Frame
	List   []governance.RuleLine
	Writes bool
	Done   string
	Zone   *time.Location
}

// WrittenRule is the page of a rule.
type WrittenRule struct {
	Frame  parts.Frame
	Sheet  *governance.RuleSheet
	Blocks []governance.Block
	Reason string // of a repeal, as typed
	Errors parts.FieldErrors
	Done   string
	Zone   *time.Location
}

// RuleEdit is the form of a rule.
type RuleEdit struct {
	Frame     parts.Frame
	Form      governance.RuleForm
	Duties    []parts.Option
	Audiences []parts.Option
	Preview   []governance.Block
	Errors    parts.FieldErrors
}

// RuleDiff is what two versions of a rule have in common and not.
type RuleDiff struct {
	Frame     parts.Frame
	Sheet     *governance.RuleSheet
	From, To  registry.RuleVersion
	Lines     []governance.DiffLine
	Numbers   []parts.Option
	Unchanged bool
}

// HelpQuestions is the memory of questions and answers.
type HelpQuestions struct {
	Frame  parts.Frame
	Search governance.Search
	Duties []parts.Option
	List   []governance.Entry
	Total  int
	Pages  []parts.Link
	Days   int
	Done   string
	Zone   *time.Location
}

// HelpQuestion is the page of one question.
type HelpQuestion struct {
	Frame  parts.Frame
	Entry  governance.Entry
	Answer string // as typed
	Errors parts.FieldErrors
	Done   string
	Days   int
	Zone   *time.Location
}

// HelpAsk is the form of a question.
type HelpAsk struct {
	Frame  parts.Frame
	Form   governance.QuestionForm
	Duties []parts.Option
	Rules  []parts.Option
	Days   int
	Errors parts.FieldErrors
}

// Trainings is the list of training sessions.
type Trainings struct {
	Frame     parts.Frame
	List      []governance.Session
	Untrained []governance.Untrained
	Trains    bool
	Done      string
}

// Training is the page of one session.
type Training struct {
	Frame   parts.Frame
	Session governance.Session
	Login   string // as typed
	Errors  parts.FieldErrors
	Done    string
	Zone    *time.Location
}

// TrainingEdit is the form of a session.
type TrainingEdit struct {
	Frame  parts.Frame
	Form   registry.Training
	Day    string // as typed
	Topics []parts.Option
	Errors parts.FieldErrors
}

// places are the qualities in which someone holds a duty.
var places = []parts.Option{
	{Value: string(registry.Titular), Label: "Titulaire"}, {Value: string(registry.Deputy), Label: "Suppléant"},
	{Value: string(registry.Functional), Label: "Correspondant fonctionnel (assistance)"}, {Value: string(registry.Technical), Label: "Correspondant technique (assistance)"},
}

// since says from when to when someone holds a duty.
func since(h governance.Holder) string {
	if h.To.IsZero() {
		return "depuis le " + belvedere.ShortDate(h.From)
	}
	return "du " + belvedere.ShortDate(h.From) + " au " + belvedere.ShortDate(h.To)
}

func placeWord(p registry.HoldingPlace) string {
	for _, o := range places {
		if o.Value == string(p) {
			label, _, _ := strings.Cut(o.Label, " (")
			return strings.ToLower(label)
		}
	}
	return string(p)
}

// taskClass is how a state of the calendar is shown, beside its word.
func taskClass(s governance.TaskState) string {
	switch s {
	case governance.TaskLate:
		return "state-word refused"
	case governance.TaskRunning:
		return "state-word running"
	case governance.TaskSoon:
		return "state-word soon"
	}
	return "state-word"
}

func taskPath(id int64) string { return governance.CalendarPath + "/" + strconv.FormatInt(id, 10) }

// spanDays says from when to when an entry lasts.
func spanDays(e governance.Event) string {
	if e.TaskYear.Starts.Equal(e.TaskYear.Ends) {
		return belvedere.ShortDate(e.TaskYear.Starts)
	}
	return belvedere.ShortDate(e.TaskYear.Starts) + " – " + belvedere.ShortDate(e.TaskYear.Ends)
}

func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func diffClass(l governance.DiffLine) string {
	switch l.Change {
	case governance.Removed:
		return "diff removed"
	case governance.Added:
		return "diff added"
	}
	return "diff"
}

// diffMark says in a sign and a hidden word what became of a line.
func diffMark(l governance.DiffLine) (sign, word string) {
	switch l.Change {
	case governance.Removed:
		return "−", "retiré : "
	case governance.Added:
		return "+", "ajouté : "
	}
	return "", ""
}

func ruleClass(s registry.RuleState) string {
	switch s {
	case registry.RuleDraft:
		return "state-word soon"
	case registry.RuleRepealed:
		return "state-word refused"
	}
	return "state-word running"
}

func seatsWord(t governance.Session) string {
	if t.Training.Seats == 0 {
		return belvedere.Plural(t.Taken, "inscrit", "inscrits")
	}
	return strconv.Itoa(t.Taken) + " sur " + belvedere.Plural(t.Training.Seats, "place", "places")
}

func presenceWord(p registry.Presence) string {
	switch p {
	case registry.Present:
		return "présent"
	case registry.Absent:
		return "absent"
	}
	return "inscrit"
}

// firstLines is the beginning of a text, for lists.
func firstLines(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

package governance

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
)

// CalendarPath is the page of the year of procedures.
const CalendarPath = "/gouvernance/calendrier"

// A TaskForm is an entry of the calendar, as typed.
type TaskForm struct {
	ID     int64
	Label  string
	Note   string
	Duty   string
	School string
	Link   string // of the procedure
	Rule   int64
	Yearly bool
	Starts string
	Ends   string
	Remind int
}

// PutTask adds an entry or changes what is said of it.
func (s *Service) PutTask(ctx context.Context, v belvedere.Viewer, f TaskForm) (t registry.Task, err error) {
	defer belvedere.Wrap(&err, "PutTask(%s)", f.Label)
	if err := managing(v); err != nil {
		return t, err
	}
	if _, err := s.duty(ctx, f.Duty); err != nil {
		return t, err
	}
	t = registry.Task{ID: f.ID, Label: strings.TrimSpace(f.Label), Note: tidyText(f.Note), Duty: f.Duty, Link: strings.TrimSpace(f.Link), Rule: f.Rule,
		Yearly: f.Yearly, Remind: f.Remind, By: v.Login, At: s.Now().UTC()}
	if t.Link != "" && !SafeLink(t.Link) {
		return t, belvedere.Errorf(belvedere.Invalid, "L’adresse de la procédure est celle d’une page\u00a0: /demandes ou https://…")
	}
	if t.School, err = s.checkSchool(v, strings.TrimSpace(f.School)); err != nil {
		return t, err
	}
	if t.Rule != 0 {
		if _, err := s.Registry.WrittenRule(ctx, t.Rule); err != nil {
			return t, belvedere.WrapError(belvedere.Invalid, err, "La règle n°\u00a0%d n’existe pas.", t.Rule)
		}
	}
	if strings.TrimSpace(f.Starts) == "" {
		return t, belvedere.Errorf(belvedere.Invalid, "Une échéance dit son début et sa fin.")
	}
	if t.Starts, t.Ends, err = s.dates(f.Starts, f.Ends); err != nil {
		return t, err
	}
	if t.Ends.IsZero() {
		t.Ends = t.Starts
	}
	return s.Registry.PutTask(ctx, t)
}

// Task finds an entry.
func (s *Service) Task(ctx context.Context, v belvedere.Viewer, id int64) (registry.Task, error) {
	list, err := s.Registry.Tasks(ctx)
	if err != nil {
		return registry.Task{}, err
	}
	for _, t := range list {
		if t.ID == id && sees(v, t.School) {
			return t, nil
		}
	}
	return registry.Task{}, belvedere.Errorf(belvedere.NotFound, "Cette échéance n’existe pas, ou plus.")
}

// RemoveTask forgets an entry with its years.
func (s *Service) RemoveTask(ctx context.Context, v belvedere.Viewer, id int64) (t registry.Task, err error) {
	defer belvedere.Wrap(&err, "RemoveTask(%d)", id)
	if err := managing(v); err != nil {
		return t, err
	}
	if t, err = s.Task(ctx, v, id); err != nil {
		return t, err
	}
	return t, s.Registry.RemoveTask(ctx, id)
}

// shifted is a date some years later; 29 February becomes the 28th.
func shifted(d time.Time, years int) time.Time {
	last := belvedere.Date(d.Year()+years, d.Month()+1, 1).AddDate(0, 0, -1).Day()
	return belvedere.Date(d.Year()+years, d.Month(), min(d.Day(), last))
}

// moved tells whether the dates of a year are others than those of the entry. The 28 February of a common
// year is the 29 of an entry that was not moved: a leap year gives it back.
func moved(t registry.Task, y registry.TaskYear) bool {
	n := int(y.Year - belvedere.SchoolYearOf(t.Starts))
	return !y.Starts.Equal(shifted(t.Starts, n)) || !y.Ends.Equal(shifted(t.Ends, n))
}

// Carry takes the yearly entries over to a school year, with the dates of the last year that they have
// before it, shifted. Those that the year has already stay as they are. It says how many it added.
func (s *Service) Carry(ctx context.Context, v belvedere.Viewer, year belvedere.SchoolYear) (n int, err error) {
	defer belvedere.Wrap(&err, "Carry(%v)", year)
	if err := managing(v); err != nil {
		return 0, err
	}
	if this := s.Year(); year < this-1 || year > this+2 {
		return 0, belvedere.Errorf(belvedere.Invalid, "Le calendrier se reporte sur l’année en cours ou les deux suivantes.")
	}
	return s.carry(ctx, year)
}

func (s *Service) carry(ctx context.Context, year belvedere.SchoolYear) (int, error) {
	tasks, err := s.Registry.Tasks(ctx)
	if err != nil || len(tasks) == 0 {
		return 0, err
	}
	have, err := s.Registry.TaskYears(ctx, year)
	if err != nil {
		return 0, err
	}
	before, err := s.Registry.TaskYears(ctx, year-1)
	if err != nil {
		return 0, err
	}
	var add []registry.TaskYear
	for _, t := range tasks {
		of := func(y registry.TaskYear) bool { return y.Task == t.ID }
		first := belvedere.SchoolYearOf(t.Starts)
		if !t.Yearly || first >= year || slices.ContainsFunc(have, of) {
			continue
		}
		starts, ends, from := t.Starts, t.Ends, first
		if i := slices.IndexFunc(before, of); i >= 0 && moved(t, before[i]) { // last year: it stays moved
			starts, ends, from = before[i].Starts, before[i].Ends, year-1
		}
		add = append(add, registry.TaskYear{Task: t.ID, Year: year, Starts: shifted(starts, int(year-from)), Ends: shifted(ends, int(year-from))})
	}
	if len(add) == 0 {
		return 0, nil
	}
	return s.Registry.AddTaskYears(ctx, add)
}

// A TaskState is where an entry stands in a year.
type TaskState string

// The states.
const (
	TaskDone    TaskState = "faite"
	TaskLate    TaskState = "en retard"
	TaskRunning TaskState = "en cours"
	TaskSoon    TaskState = "bientôt"
	TaskLater   TaskState = "à venir"
)

// An Event is an entry in a school year, as pages show it.
type Event struct {
	registry.Task
	registry.TaskYear
	DutyLabel  string
	SchoolName string
	RuleTitle  string
	State      TaskState
	Who        []string // titulars
	Acts       bool     // the viewer may mark it
	Closed     string   // which of its dates fall in a holiday, in words
}

// Calendar lists the entries of a school year that a viewer sees, by their start.
func (s *Service) Calendar(ctx context.Context, v belvedere.Viewer, year belvedere.SchoolYear) (out []Event, err error) {
	defer belvedere.Wrap(&err, "Calendar(%v)", year)
	tasks, err := s.Registry.Tasks(ctx)
	if err != nil {
		return nil, err
	}
	years, err := s.Registry.TaskYears(ctx, year)
	if err != nil {
		return nil, err
	}
	g, err := s.ground(ctx, v)
	if err != nil {
		return nil, err
	}
	holidays, err := s.Holidays(ctx)
	if err != nil {
		return nil, err
	}
	for _, y := range years {
		i := slices.IndexFunc(tasks, func(t registry.Task) bool { return t.ID == y.Task })
		if i < 0 || !sees(v, tasks[i].School) {
			continue
		}
		t := tasks[i]
		out = append(out, Event{Task: t, TaskYear: y, State: s.state(y, t.Remind), RuleTitle: g.rules[t.Rule], SchoolName: schoolName(g.names, t.School),
			DutyLabel: g.label(t.Duty), Who: g.titulars(t.Duty, t.School), Acts: g.acts(t.Duty, t.School),
			Closed: closed(holidays, y.Starts, y.Ends)})
	}
	return out, nil
}

func (s *Service) state(y registry.TaskYear, remind int) TaskState {
	today := s.today()
	switch {
	case !y.Done.IsZero():
		return TaskDone
	case today.After(y.Ends):
		return TaskLate
	case !today.Before(y.Starts):
		return TaskRunning
	case !today.Before(y.Starts.AddDate(0, 0, -remind)):
		return TaskSoon
	}
	return TaskLater
}

// A MarkForm says what became of an entry in a year, as typed.
type MarkForm struct {
	Task   int64
	Year   belvedere.SchoolYear
	Done   bool
	Remark string
	Starts string // "" leaves the date as it is
	Ends   string
}

// Mark says that an entry is done in a year, or not yet, and may move its dates of that year.
func (s *Service) Mark(ctx context.Context, v belvedere.Viewer, f MarkForm) (y registry.TaskYear, err error) {
	defer belvedere.Wrap(&err, "Mark(%d, %v)", f.Task, f.Year)
	t, err := s.Task(ctx, v, f.Task)
	if err != nil {
		return y, err
	}
	if err := s.answers(ctx, v, t.Duty, t.School); err != nil {
		return y, err
	}
	years, err := s.Registry.TaskYears(ctx, f.Year)
	if err != nil {
		return y, err
	}
	i := slices.IndexFunc(years, func(y registry.TaskYear) bool { return y.Task == f.Task })
	if i < 0 {
		return y, belvedere.Errorf(belvedere.NotFound, "L’échéance n’est pas au calendrier de l’année %v.", f.Year)
	}
	y = years[i]
	if strings.TrimSpace(f.Starts) != "" {
		if y.Starts, y.Ends, err = s.dates(f.Starts, f.Ends); err != nil {
			return y, err
		}
		if y.Ends.IsZero() {
			y.Ends = y.Starts
		}
	}
	switch {
	case !f.Done:
		y.Done, y.DoneBy = time.Time{}, ""
	case y.Done.IsZero():
		y.Done, y.DoneBy = s.Now().UTC(), v.Login
	}
	y.Remark = tidyText(f.Remark)
	return y, s.Registry.PutTaskYear(ctx, y)
}

// carryAhead is how long before a school year its entries are carried over by themselves, so that what
// begins in September is reminded of in August.
const carryAhead = 90

// lateFor is how long an entry that nobody marked is told to be late.
const lateFor = 30

// remindTasks carries the year over, and writes to those who answer for what begins, ends or is late.
func (s *Service) remindTasks(ctx context.Context) error {
	today := s.today()
	tasks, err := s.Registry.Tasks(ctx)
	if err != nil || len(tasks) == 0 {
		return err
	}
	for _, year := range slices.Compact([]belvedere.SchoolYear{s.Year(), belvedere.SchoolYearOf(today.AddDate(0, 0, carryAhead))}) {
		if _, err := s.carry(ctx, year); err != nil {
			return err
		}
	}
	holidays, err := s.Holidays(ctx)
	if err != nil {
		return err
	}
	for year := s.Year() - 1; year <= s.Year()+1; year++ {
		years, err := s.Registry.TaskYears(ctx, year)
		if err != nil {
			return err
		}
		for _, y := range years {
			i := slices.IndexFunc(tasks, func(t registry.Task) bool { return t.ID == y.Task })
			if i < 0 || !y.Done.IsZero() {
				continue
			}
			if err := s.remindTask(ctx, tasks[i], y, today, holidays); err != nil {
				return err
			}
		}
	}
	return nil
}

// remindTask writes what is due for one entry today; before a holiday when it would be due in one. The
// slot names the date: one that is moved is reminded of anew.
func (s *Service) remindTask(ctx context.Context, t registry.Task, y registry.TaskYear, today time.Time, holidays []Holiday) error {
	within := func(from, to time.Time) bool { return !today.Before(from) && !today.After(to) }
	var slot, subject, what string
	switch {
	case within(ahead(holidays, y.Starts, t.Remind), y.Starts):
		slot, subject, what = "début "+y.Starts.Format(time.DateOnly), "bientôt : "+t.Label, "Une échéance du calendrier dont vous répondez commence bientôt."
	case within(ahead(holidays, y.Ends, t.Remind), y.Ends):
		slot, subject, what = "fin "+y.Ends.Format(time.DateOnly), "fin proche : "+t.Label, "Une échéance du calendrier dont vous répondez se termine bientôt. Marquez-la faite quand elle l’est."
	case within(y.Ends.AddDate(0, 0, 1), y.Ends.AddDate(0, 0, lateFor)):
		slot, subject, what = "retard "+y.Ends.Format(time.DateOnly), "en retard : "+t.Label, "Une échéance du calendrier dont vous répondez est passée, et personne ne l’a marquée faite."
	default:
		return nil
	}
	to, err := s.responsible(ctx, t.Duty, t.School)
	if err != nil {
		return err
	}
	label := t.Duty
	if d, err := s.duty(ctx, t.Duty); err == nil {
		label = d.Label
	}
	_, err = s.tell(ctx, to, news{kind: registry.LetterTask, number: t.ID, slot: slot, GovernanceNews: mail.GovernanceNews{
		Subject: subject, What: what, Label: "Ouvrir le calendrier", Link: CalendarPath + "?annee=" + y.Year.String(),
		Facts: [][2]string{{"Échéance", t.Label}, {"Du", belvedere.LongDate(y.Starts)}, {"Au", belvedere.LongDate(y.Ends)}, {"Responsabilité", label}, {"Note", t.Note}},
	}})
	return err
}

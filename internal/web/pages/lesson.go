package pages

import (
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/school/lesson"
	"belvedere/internal/web/parts"
)

// Timetable is a week.
type Timetable struct {
	SchoolFrame
	Week          lesson.Week
	Today         time.Time
	Before, After string
}

// LessonSheet is a lesson on a day, with its roll call.
type LessonSheet struct {
	SchoolFrame
	Title    string
	Sheet    lesson.Sheet
	Answers  map[int64]lesson.Answer // as typed
	Typed    url.Values              // of the move
	Warnings []lesson.Clash
	MoveOpen bool
	Errors   parts.FieldErrors
	Done     string
}

// Rolls are those of a day.
type Rolls struct {
	SchoolFrame
	Register      lesson.Register
	Before, After string
}

// RollsMissing is what keeps rolls from being called.
type RollsMissing struct {
	SchoolFrame
	Missing lesson.Missing
	Years   []parts.Link
}

// SchoolCalendar is the days without lessons and the weeks of alternations.
type SchoolCalendar struct {
	SchoolFrame
	Settings lesson.Settings
	Years    []parts.Link
	Typed    string
	Errors   parts.FieldErrors
	Done     string
}

// ClockField writes minutes as an input of type time does.
func ClockField(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// hours are those of a lesson, in words.
func hours(l lesson.Lesson) string {
	return lesson.Clock(l.Start) + "\u00a0–\u00a0" + lesson.Clock(l.End())
}

// A slot is the lessons of a day that begin at once. Row is its place among those of the week.
type slot struct {
	Row     int
	Lessons []lesson.Lesson
}

// mostRows bounds the rows that the sheet can place; further ones follow.
const mostRows = 24

// starts are the hours at which lessons of the week begin, sorted.
func (p Timetable) starts() (list []int) {
	seen := map[int]bool{}
	for _, day := range p.Week.Days {
		for _, l := range day.Lessons {
			if !seen[l.Start] {
				seen[l.Start], list = true, append(list, l.Start)
			}
		}
	}
	sort.Ints(list)
	return list
}

// slots puts the lessons of a day in the rows of the week.
func (p Timetable) slots(d lesson.Day) (list []slot) {
	starts := p.starts()
	for _, l := range d.Lessons {
		row := min(sort.SearchInts(starts, l.Start)+1, mostRows)
		if n := len(list); n > 0 && list[n-1].Row == row {
			list[n-1].Lessons = append(list[n-1].Lessons, l)
		} else {
			list = append(list, slot{row, []lesson.Lesson{l}})
		}
	}
	return list
}

func (p Timetable) weekClass() string {
	if len(p.Week.Days) > 5 {
		return "timetable long"
	}
	return "timetable"
}

func slotClass(s slot) string { return "slot-" + strconv.Itoa(s.Row) }

// lessonPath is the address of a lesson on a day.
func (f SchoolFrame) lessonPath(l lesson.Lesson) string {
	return f.Path("cours/" + strconv.FormatInt(l.ID, 10) + "?jour=" + l.Date.Format(time.DateOnly))
}

func lessonClass(l lesson.Lesson) string {
	switch {
	case l.Off:
		return "lesson off"
	case l.Change != nil:
		return "lesson moved"
	}
	return "lesson"
}

// besides says of a lesson what the timetable asked for does not: audience, teachers, rooms.
func besides(l lesson.Lesson, of lesson.Subject) string {
	var words []string
	if of.Kind != "division" || l.Audience() != of.Code {
		words = append(words, either(l.Audience(), "sans division"))
	}
	if of.Kind != "enseignant" {
		words = append(words, either(teachers(l), "sans enseignant"))
	}
	if of.Kind != "salle" && len(l.Rooms) > 0 {
		words = append(words, "salle "+strings.Join(l.Rooms, ", "))
	}
	return strings.Join(words, ", ")
}

func teachers(l lesson.Lesson) string {
	var names []string
	for _, p := range l.Teachers {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// changeWords say what was done to a lesson.
func lessonChange(l lesson.Lesson) string {
	c := l.Change
	switch {
	case c == nil:
		return ""
	case c.To.IsZero():
		return "Annulé"
	case l.Off:
		return "Déplacé au " + belvedere.LongDate(c.To)
	case !c.From.Equal(c.To):
		return "Déplacé du " + belvedere.LongDate(c.From)
	}
	return "Modifié ce jour-là"
}

// markWords say how far a roll call is.
func markWords(m *lesson.Mark) string {
	if m == nil {
		return "Appel non fait"
	}
	words := "Appel en cours"
	if m.Closed {
		words = "Appel fait"
	}
	if m.Absent > 0 {
		words += ", " + belvedere.Plural(m.Absent, "absent", "absents")
	}
	if m.Late > 0 {
		words += ", " + belvedere.Plural(m.Late, "retard", "retards")
	}
	return words
}

// subjectValue is what a choice of timetable posts.
func (p Timetable) value() string { return p.Week.Of.Kind + ":" + p.Week.Of.Code }

// answer is what a page shows of a pupil: as typed, else as called, else nothing yet.
func (p LessonSheet) answer(c lesson.Call) lesson.Answer {
	if a, typed := p.Answers[c.ID]; typed {
		return a
	}
	return lesson.Answer{State: either(c.State, lesson.Present), Minutes: c.Minutes, Remark: c.Remark}
}

func minutesField(a lesson.Answer) string {
	if a.Minutes == 0 {
		return ""
	}
	return strconv.Itoa(a.Minutes)
}

// stateWords say what a roll call says.
func callWords(state string, minutes int) string {
	switch state {
	case lesson.Absent:
		return "absent"
	case lesson.Late:
		return "en retard de " + strconv.Itoa(minutes) + "\u00a0min"
	}
	return "présent"
}

// rollStates are the answers to a name.
var rollStates = []parts.Option{{Value: lesson.Present, Label: "Présent"}, {Value: lesson.Absent, Label: "Absent"}, {Value: lesson.Late, Label: "En retard"}}

func number64(n int64) string { return strconv.FormatInt(n, 10) }

func partWords(part string) string {
	if part == lesson.Morning {
		return "matin"
	}
	return "après-midi"
}

// calledWords say how much of a half-day was called.
func calledWords(h lesson.HalfDay) string {
	if h.Called == h.Due {
		return "tous les cours appelés"
	}
	return strconv.Itoa(h.Called) + " cours appelé" + plural(h.Called) + " sur " + strconv.Itoa(h.Due)
}

func accountWords(state string) string {
	switch state {
	case "prepare":
		return "compte préparé, pas encore activé"
	case "ferme":
		return "compte fermé"
	}
	return "sans compte"
}

// weekChoices are the weeks in which an alternation may take place: the first two of the year.
func (p SchoolCalendar) weekChoices() (list []parts.Option) {
	list = append(list, parts.Option{Label: "Non réglé"})
	first := lesson.Monday(p.Settings.Year.First())
	for i := range 2 {
		d := first.AddDate(0, 0, 7*i)
		list = append(list, parts.Option{Value: d.Format(time.DateOnly), Label: "Semaine du " + belvedere.DayMonthYear(d) + ", puis une sur deux"})
	}
	return list
}

// chosenWeek is the choice that stands for what was chosen.
func (p SchoolCalendar) chosenWeek(r lesson.Rhythm) string {
	if r.Chosen.IsZero() {
		return ""
	}
	first := lesson.Monday(p.Settings.Year.First())
	weeks := int(lesson.Monday(r.Chosen).Sub(first).Hours()/24) / 7
	return first.AddDate(0, 0, 7*(weeks%2)).Format(time.DateOnly)
}

func closureDays(c lesson.Closure) string {
	if c.From.Equal(c.To) {
		return "le " + belvedere.LongDate(c.From)
	}
	return "du " + belvedere.LongDate(c.From) + " au " + belvedere.LongDate(c.To)
}

// movedFrom is the day on which the timetable has the lesson.
func (p LessonSheet) movedFrom() string {
	if c := p.Sheet.Lesson.Change; c != nil {
		return c.From.Format(time.DateOnly)
	}
	return p.Sheet.Lesson.Date.Format(time.DateOnly)
}

func (p LessonSheet) roomOptions() []parts.Option {
	out := []parts.Option{{Label: "La même"}}
	for _, r := range p.Sheet.Rooms {
		out = append(out, parts.Option{Value: r, Label: r})
	}
	return out
}

func (p LessonSheet) teacherOptions() []parts.Option {
	out := []parts.Option{{Label: "Aucun"}}
	for _, t := range p.Sheet.Teachers {
		out = append(out, parts.Option{Value: number64(t.ID), Label: t.Name})
	}
	return out
}

// gapSource is where a lesson was read.
func gapSource(g lesson.Gap) string {
	if g.Line > 0 {
		return sourceName(g.Source) + ", ligne " + number64(g.Line)
	}
	return sourceName(g.Source)
}

func rollWords(r lesson.Roll) string {
	if r.Closed {
		return "Clos, enregistré"
	}
	return "En cours, enregistré"
}

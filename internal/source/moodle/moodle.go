// Package moodle reads what people take out of a Moodle platform about who did what (formats.md 6): the
// report « Logs » as CSV, with headers in English or French, and the export of the table
// logstore_standard_log; and the files that go with them: who has which role in which course, and the
// short names of courses.
//
// It gives actions: a user of the platform, a day on the clock of the institution, a course, a component.
// Guests, the server itself and nobody act for nobody: their actions are told apart by an empty user.
// It is pure: rows of tables in, actions out.
package moodle

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"belvedere/internal/source/table"
)

// A Sort is what a table is.
type Sort string

// The sorts of tables.
const (
	Report  Sort = "rapport"  // the report « Logs »
	Store   Sort = "logstore" // the table logstore_standard_log
	Roles   Sort = "roles"    // users of courses, all of one role, which the table does not say
	Users   Sort = "usagers"  // users of one role on the whole platform
	Courses Sort = "cours"    // short names of courses
)

// headers are the columns of each sort, each under the names that Moodle gives it.
var headers = map[Sort]map[string][]string{
	Report: {"time": {"Time", "Heure"}, "name": {"User full name", "Nom complet de l'utilisateur", "Nom complet"}, "context": {"Event context", "Contexte de l'événement"},
		"component": {"Component", "Composant"}, "event": {"Event name", "Nom de l'événement"}, "description": {"Description"}, "origin": {"Origin", "Origine"}},
	Store:   {"time": {"timecreated"}, "user": {"userid"}, "course": {"courseid"}, "component": {"component"}, "origin": {"origin"}},
	Roles:   {"course": {"courseid"}, "user": {"userid"}},
	Users:   {"user": {"userid"}},
	Courses: {"course": {"id"}, "name": {"shortname"}},
}

// optional are columns that older versions, or extracts, lack.
var optional = map[Sort][]string{Report: {"component", "origin"}, Store: {"component", "origin"}}

// order is how sorts are told apart: the one that asks for more columns first.
var order = []Sort{Report, Store, Courses, Roles, Users}

// Recognise tells what a table is by its header, "" for none of ours.
func Recognise(header []string) Sort {
	for _, s := range order {
		if _, ok := places(s, header); ok {
			return s
		}
	}
	return ""
}

// places finds the columns of a sort in a header.
func places(s Sort, header []string) (at map[string]int, ok bool) {
	names := map[string]int{}
	for i := len(header) - 1; i >= 0; i-- {
		names[table.Normalise(header[i])] = i
	}
	at = map[string]int{}
	for column, spellings := range headers[s] {
		at[column] = -1
		for _, h := range spellings {
			if i, found := names[table.Normalise(h)]; found {
				at[column] = i
				break
			}
		}
		if at[column] < 0 && !contains(optional[s], column) {
			return nil, false
		}
	}
	return at, true
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// An Action is what a user did once.
type Action struct {
	Day       string // 2026-09-14, on the clock of the institution
	User      string // number on the platform; "" for a guest, nobody or the server
	Name      string // as the report shows it
	Course    string // number; "" outside courses
	Component string
}

// actor and place are what a description says in English, whatever the language of the platform.
var (
	actor = regexp.MustCompile(`\b[Uu]ser with id '(-?[0-9]{1,18})'`)
	place = regexp.MustCompile(`\bcourse with id '([0-9]{1,18})'`)
)

// person is a number of user, "" for those who are nobody: guests (0), what SQL does not know (\N), "-".
func person(s string) string {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 64); err != nil || n <= 0 {
		return ""
	}
	return s
}

// course is a number of course, "" for the platform itself: 0 is the system, and 1 its front page.
func course(s string) string {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 64); err != nil || n <= 1 {
		return ""
	}
	return s
}

// isServer tells what the platform does by itself.
func isServer(origin string) bool { return origin == "cli" || origin == "restore" }

// An Order is how a report writes 03/04/26, which depends on the language of the platform.
type Order int

// The orders of a day and a month.
const (
	DayFirst Order = iota
	MonthFirst
)

// slashed reads two numbers, a year and a clock: 23/01/23, 12:09.
var slashed = regexp.MustCompile(`^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})\b`)

// A Settler finds the order of day and month of a report in its rows.
type Settler struct{ day, month, english int }

// Look looks at a time.
func (s *Settler) Look(text string) {
	m := slashed.FindStringSubmatch(text)
	if m == nil {
		return
	}
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[2])
	switch {
	case a > 12 && b <= 12:
		s.day++
	case b > 12 && a <= 12:
		s.month++
	}
	if upper := strings.ToUpper(text); strings.HasSuffix(upper, "AM") || strings.HasSuffix(upper, "PM") {
		s.english++
	}
}

// Order is what the rows settled; sure is false when they are of either order, or of both.
func (s *Settler) Order() (o Order, sure bool) {
	switch {
	case s.day > 0 && s.month == 0:
		return DayFirst, true
	case s.month > 0 && s.day == 0:
		return MonthFirst, true
	case s.english > 0:
		return MonthFirst, false
	}
	return DayFirst, false
}

// day is the day of a time of a report, "" when it cannot be read.
func day(text string, o Order, zone *time.Location) string {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if n < 946_684_800 || n > 4_102_444_800 { // from 2000 to 2100
			return ""
		}
		return time.Unix(n, 0).In(zone).Format(time.DateOnly)
	}
	if len(text) >= 10 {
		if d, err := time.Parse(time.DateOnly, text[:10]); err == nil {
			return d.Format(time.DateOnly)
		}
	}
	m := slashed.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	d, mo := m[1], m[2]
	if o == MonthFirst {
		d, mo = mo, d
	}
	year := m[3]
	if len(year) == 2 {
		year = "20" + year
	}
	t, err := time.Parse("2/1/2006", d+"/"+mo+"/"+year)
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

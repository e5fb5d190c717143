package governance

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"belvedere"
)

// WriteICS writes entries as a calendar of RFC 5545: whole days, one event each, whose names stay the
// same from one export to the next, so that an import replaces them.
func WriteICS(w io.Writer, list []Event, console string, now time.Time) error {
	out := bufio.NewWriter(w)
	line := func(name, value string) { fold(out, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Belvedere//Gouvernance "+belvedere.Version+"//FR")
	line("CALSCALE", "GREGORIAN")
	line("X-WR-CALNAME", escapeICS("Calendrier des procédures"))
	for _, e := range list {
		line("BEGIN", "VEVENT")
		line("UID", fmt.Sprintf("gouvernance-%d-%d@belvedere", e.Task.ID, int(e.Year)))
		line("DTSTAMP", now.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE", e.TaskYear.Starts.Format("20060102"))
		line("DTEND;VALUE=DATE", e.TaskYear.Ends.AddDate(0, 0, 1).Format("20060102")) // the first day after
		line("SUMMARY", escapeICS(e.Label))
		line("CATEGORIES", escapeICS(e.DutyLabel))
		line("DESCRIPTION", escapeICS(e.description()))
		if console != "" {
			line("URL", console+CalendarPath+"?annee="+e.Year.String())
		}
		if e.Remind > 0 {
			line("BEGIN", "VALARM")
			line("ACTION", "DISPLAY")
			line("DESCRIPTION", escapeICS(e.Label))
			line("TRIGGER", fmt.Sprintf("-P%dD", e.Remind))
			line("END", "VALARM")
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return out.Flush()
}

func (e Event) description() string {
	parts := []string{e.DutyLabel}
	if len(e.Who) > 0 {
		parts[0] += "\u00a0: " + strings.Join(e.Who, ", ")
	}
	if e.School != "" {
		parts = append(parts, e.SchoolName)
	}
	if e.Note != "" {
		parts = append(parts, e.Note)
	}
	if !e.Done.IsZero() {
		parts = append(parts, "Faite le "+belvedere.ShortDate(e.Done))
	}
	return strings.Join(parts, "\n")
}

var icsText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

func escapeICS(s string) string { return icsText.Replace(tidyText(s)) }

// longestICS is the most bytes of a line.
const longestICS = 75

// fold writes a line, cut between characters where it is longer than a reader must take.
func fold(out *bufio.Writer, s string) {
	room := longestICS
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		out.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], longestICS-1
	}
	out.WriteString(s + "\r\n")
}

package rule

import (
	"strings"
	"time"

	"belvedere"
)

// A Side is one of the values of a finding, with its place.
type Side struct {
	Source string // siecle, sts, emp_sts, edt, udt, aaf, apogee
	Import int64  // 0 when it comes from no file
	File   string // its name, read with the finding
	Line   int64
	Field  string // as the file calls it
	Value  string
}

// A Finding is one contradiction or defect.
type Finding struct {
	ID        int64 // 0 before it is kept
	Year      belvedere.SchoolYear
	Rule      string
	Key       string // what it is about, the same from one run to the next
	Severity  Severity
	State     State
	Message   string // French: what
	Mend      string // French: what to do
	Tool      string // where
	Who, With Subject
	Structure string // division or group, "" for none
	A, B      Side
	Seen      time.Time // first time
	Again     time.Time // last run that found it
}

// A Subject is a person of the vault.
type Subject struct {
	Sort string // eleve, personne, personnel, "" for nobody
	ID   int64
}

// A State is where a finding is in its life.
type State string

// The states.
const (
	Open     State = "ouvert"
	Mended   State = "corrige"
	Accepted State = "accepte"
	Back     State = "revenu"
)

// Standing tells whether a finding still asks for something.
func (s State) Standing() bool { return s == Open || s == Back }

// key joins what a finding is about.
func key(parts ...string) string { return strings.Join(parts, "/") }

// quoted writes a value inside a sentence.
func quoted(s string) string { return "«\u00a0" + s + "\u00a0»" }

// listed writes a few values inside a sentence: "a, b et 3 autres".
func listed(values []string) string {
	const most = 5
	if len(values) > most+1 {
		return strings.Join(values[:most], ", ") + " et " + belvedere.Plural(len(values)-most, "autre", "autres")
	}
	if len(values) < 2 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:len(values)-1], ", ") + " et " + values[len(values)-1]
}

// day writes a date of the vault as people do.
func day(iso string) string {
	d, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return belvedere.ShortDate(d)
}

// hours writes hours of a week: "4,5".
func hours(h float64) string {
	text := strings.TrimRight(belvedere.FormatNumber(h, 2), "0")
	return strings.TrimSuffix(text, ",") + "\u00a0h"
}

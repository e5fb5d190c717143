package pages

import (
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/audit"
	"belvedere/internal/web/parts"
)

// Journal is the list of who read, exported, granted or was refused what.
type Journal struct {
	Frame    parts.Frame
	Search   JournalSearch
	Person   Person // whose entries alone are shown
	Everyone string // address of the same search without that person
	Rows     []JournalRow
	Total    int
	Pages    []parts.Link
	File     string // address of the file of the search
	Chain    Chain
	Checks   bool // the chain can be verified from here
	Done     string
	Zone     *time.Location
}

// A JournalSearch is what was asked, as it was typed.
type JournalSearch struct {
	Text, Action, Result, School, From, To string
	Account                                int64
	Actions, Results                       []audit.Word
}

// narrowed tells whether the search leaves entries out.
func (s JournalSearch) narrowed() bool {
	return s.Text+s.Action+s.Result+s.School+s.From+s.To != "" || s.Account != 0
}

// A Person of an entry.
type Person struct {
	Account int64 // 0 for who has none
	Name    string
	Login   string
	Note    string // function, vendor of a token
	School  bool   // works in a school
}

// address shows the entries of the person alone.
func (p Person) address() string {
	return "/administration/journal?compte=" + strconv.FormatInt(p.Account, 10)
}

// A JournalRow is an entry in words.
type JournalRow struct {
	Seq                         int64
	At                          time.Time
	Who                         Person
	Action, Object, Detail      string
	Door, From, Result, Schools string
	Bad                         bool // refused or failed
}

// A Chain is what the last verification of the journal found.
type Chain struct {
	At      time.Time
	Entries int64
	Sound   bool
	Message string
	Anchor  string
}

// options are the words of a list, all of them first.
func wordOptions(all string, words []audit.Word) []parts.Option {
	out := []parts.Option{{Label: all}}
	for _, w := range words {
		out = append(out, parts.Option{Value: w.Code, Label: w.Label})
	}
	return out
}

// instant is a time to the second, since the order of events matters here.
func instant(t time.Time) string { return belvedere.ShortDate(t) + " " + t.Format("15:04:05") }

func resultClass(bad bool) string {
	if bad {
		return "state-word refused"
	}
	return "state-word"
}

// Seen is who looked at the figures of a school.
type Seen struct {
	Frame   parts.Frame
	School  string
	Name    string
	Schools []parts.Option // of the reader, to choose among
	Rows    []SeenRow
	Total   int
	Pages   []parts.Link
	Months  []SeenMonth
	Zone    *time.Location
}

// A SeenRow is one reading.
type SeenRow struct {
	At   time.Time
	Who  Person
	Self bool // the reader's own
	What string
	How  string
}

// A SeenMonth counts the readings of a month.
type SeenMonth struct {
	Month        time.Time
	Pages, Files int
}

// from says where the person works.
func (r SeenRow) from() string {
	switch {
	case r.Self:
		return "vous"
	case r.Who.School:
		return "établissement"
	case r.Who.Account != 0:
		return "collectivité"
	}
	return ""
}

package pages

import (
	"net/url"
	"time"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/school/coherence"
	"belvedere/internal/web/parts"
)

// Coherence is the board of modelling rules checked on the data of a school.
type Coherence struct {
	Frame    parts.Frame
	Board    coherence.Board
	Schools  []parts.Option
	Years    []parts.Option
	Owners   map[string]governance.Owner
	Staff    bool // the viewer works in the school
	Rule     coherence.Rule
	Findings []coherence.Told // of a rule that is about elements
	Done     string
	Zone     *time.Location
}

// file is the address of the counts as a file.
func (p Coherence) file() string {
	return "/gouvernance/coherence.csv?" + url.Values{"etablissement": {string(p.Board.School)}, "annee": {p.Board.Year.String()}}.Encode()
}

// of is where the findings of a rule are read, "" when the viewer may not.
func (p Coherence) of(l coherence.Line) string {
	if p.Staff {
		return coherenceRulePath(string(p.Board.School), l.Code, p.Board.Year)
	}
	if l.Nominative {
		return ""
	}
	return "/gouvernance/coherence?" + url.Values{"etablissement": {string(p.Board.School)}, "annee": {p.Board.Year.String()}, "regle": {l.Code}}.Encode() + "#constats"
}

func coherenceRulePath(uai, rule string, year belvedere.SchoolYear) string {
	return "/ecole/" + uai + "/coherence/" + rule + "?" + url.Values{"annee": {year.String()}}.Encode()
}

// CoherenceFindings is what one rule found, for the staff of the school.
type CoherenceFindings struct {
	SchoolFrame
	Rule   coherence.Rule
	Year   belvedere.SchoolYear
	State  string
	States []parts.Link
	Total  int
	List   []coherence.Told
	Done   string
	Zone   *time.Location
}

// person is how a finding names the person that it is about.
func personOf(t coherence.Told) string {
	if t.Name.Last == "" {
		return t.Name.Key
	}
	return t.Name.First + " " + t.Name.Last
}

func coherenceState(t coherence.Told) string {
	switch t.State {
	case coherence.Fresh:
		return "state-word soon"
	case coherence.Accepted:
		return "state-word"
	}
	return "state-word running"
}

package coherence

import (
	"strings"

	"belvedere"
)

// A Rule is one check.
type Rule struct {
	Code       string // stable: what findings are kept under
	Title      string // French
	Text       string // French: what must hold
	Duty       string // who answers for it, as package governance calls it
	Nominative bool   // its findings are about people

	needs []string // kinds of files without which it says nothing
	run   func(f *facts, found func(Finding))
}

// Rules are the checks, in the order of the board.
var Rules = []Rule{
	sharedClosed, creditsOfStep, creditsOfElement, withoutResults, withoutRegistrations, unknownCodes,
	resultsAfterLeaving, resultsWithoutRegistration, gapYearResults, leavingDates,
}

// RuleOf is the rule of a code.
func RuleOf(code string) (Rule, error) {
	for _, r := range Rules {
		if r.Code == code {
			return r, nil
		}
	}
	codes := make([]string, len(Rules))
	for i, r := range Rules {
		codes[i] = r.Code
	}
	return Rule{}, belvedere.Errorf(belvedere.NotFound, "La règle «\u00a0%.60s\u00a0» n’existe pas. Elles sont\u00a0: %s.", code, strings.Join(codes, ", "))
}

// A Finding is one thing that a rule found. No text of it names a person.
type Finding struct {
	ID      int64
	Year    belvedere.SchoolYear
	Rule    string
	Key     string // what it is about, the same at each run
	Person  int64  // number of the person in the vault, 0
	Object  string // étape or element
	Message string // French
	Value   string // what it rests on
	State   string
}

// The duties that answer for rules.
const (
	modelling = "modelisation"
	registrar = "scolarite"
)

// The kinds of rows that rules read.
const (
	kindRegistrations = "inscriptions"
	kindResults       = "resultats"
	kindOffer         = "offre"
)

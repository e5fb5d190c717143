package pages

import (
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/parts"
)

// Agreements is the list of what schools agreed to share.
type Agreements struct {
	Frame   parts.Frame
	Done    string
	Search  string
	State   string       // of the search, "" for all
	States  []parts.Link // with their counts
	Lines   []admin.AgreementLine
	Total   int // that pass the search
	Pages   []parts.Link
	List    admin.AgreementList
	Nothing []admin.School // the first of those that share nothing
}

// AgreementsFile is the import of conventions: the choice of a file, or the report on one.
type AgreementsFile struct {
	Frame  parts.Frame
	Errors parts.FieldErrors
	Report *admin.AgreementImport
	Lines  []admin.ImportLine // the first of those that change something
	Packed string             // the file, for the confirmation; "" when it may not be imported
	Most   int64
}

const agreementsPath = "/administration/conventions"

func agreementAddress(id int64) string { return agreementsPath + "/" + strconv.FormatInt(id, 10) }

// lastDay is the last day of a convention, in a column.
func lastDay(a admin.AgreementLine) string {
	if d := admin.LastDay(a.Agreement); !d.IsZero() {
		return belvedere.ShortDate(d)
	}
	return "sans fin"
}

// shared says how much a convention opens.
func shared(s admin.Shares) string {
	return belvedere.Plural(len(s.Shared), "indicateur", "indicateurs") + " sur " + strconv.Itoa(s.Of)
}

// agreementClass colours the word of a state.
func agreementClass(l admin.AgreementLine) string {
	switch {
	case l.State == admin.Withdrawn:
		return "state-word refused"
	case l.Soon:
		return "state-word soon"
	case l.State == admin.InForce:
		return "state-word"
	}
	return "muted"
}

// agreementState is the word of a state, with what follows from it.
func agreementState(l admin.AgreementLine) string {
	if l.Soon {
		return l.State.Label() + ", finit bientôt"
	}
	return l.State.Label()
}

func dayOf(t time.Time) string { return belvedere.ShortDate(t) }

package pages

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/dossier"
	"belvedere/internal/web/parts"
)

// PersonFiles is the page of the person files of an institution.
type PersonFiles struct {
	SchoolFrame
	Kinds   []PersonKind
	Imports []dossier.Imported
	Choices []parts.Option // how files may be read
	Own     []dossier.Mapping
	Most    int64
	Query   string
	Found   []dossier.Someone
	Asked   bool   // a search was made
	Refused string // why names are not read, "" when they are
	Login   string // of who reads
	Done    string
	Trouble string
}

// follows tells whether who reads may open an import, to take it back: his or her own, and all with the names.
func (p PersonFiles) follows(i dossier.Imported) bool { return p.Refused == "" || i.By == p.Login }

// A PersonKind is a kind with what the vault holds of it.
type PersonKind struct {
	*dossier.Kind
	Size dossier.Size
}

// PersonDeposit is files that wait: what an import would do, or which column is which.
type PersonDeposit struct {
	SchoolFrame
	ID      int64
	Files   []string
	By      string
	At      string
	Choice  string // how they are read, "" while nothing says so
	Label   string
	Kinds   []parts.Option
	Columns *PersonColumns // when somebody must say which column is which
	Report  *dossier.Report
	Names   func(kind string) string
	Done    string
	Trouble string
}

// PersonColumns is the form that says which column is which.
type PersonColumns struct {
	Proposal dossier.Proposal
	Fields   []PersonField
	Name     string
	Label    string
}

// A PersonField is a column of the kind, and what fills it.
type PersonField struct {
	Column  *dossier.Column
	Header  string // chosen
	Why     string
	Unknown []PersonValue
}

// A PersonValue is a spelling that a closed list does not have.
type PersonValue struct{ Text, Code string }

// PersonImport is one import of the journal.
type PersonImport struct {
	SchoolFrame
	Import dossier.Imported
	Names  func(kind string) string
	Done   string
}

// options are the headers of the file, and none.
func (c *PersonColumns) options() []string { return c.Proposal.Headers }

// columnWord says of a column what it holds.
func columnWord(c *dossier.Column) string {
	words := []string{c.Class.Label()}
	if c.Required {
		words = append(words, "obligatoire")
	}
	return strings.Join(words, ", ")
}

func personPath(f SchoolFrame, p dossier.Someone, page string) string {
	return f.Path("personnes/" + p.Sort + "/" + strconv.FormatInt(p.ID, 10) + "/" + page)
}

// personSort is a sort of people in words.
func personSort(sort string) string {
	switch sort {
	case dossier.Students:
		return "étudiant"
	case dossier.Agents:
		return "agent"
	}
	return "usager de la plateforme"
}

func yearList(list []belvedere.SchoolYear) string {
	var out []string
	for _, y := range list {
		out = append(out, y.String())
	}
	return strings.Join(out, ", ")
}

// SliceLabels are the columns that a file replaces together, in words.
func SliceLabels(k *dossier.Kind) (list []string) {
	for _, name := range k.Slice {
		list = append(list, strings.ToLower(k.Column(name).Label))
	}
	return list
}

// rowsOf adds the rows of an import.
func rowsOf(list []dossier.KindReport) (n int64) {
	for _, k := range list {
		n += k.Rows
	}
	return n
}

package pages

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/directory"
	"belvedere/internal/web/parts"
)

// Directory is who is in a school, with identifiers.
type Directory struct {
	SchoolFrame
	Year      belvedere.SchoolYear
	Filter    directory.Filter
	Divisions []string
	Total     int
	Without   int // people of the choice who have no account yet
	List      []directory.Entry
	Pages     []parts.Link
	Years     []parts.Link
	Done      string
	Trouble   string
	Since     string // as typed
}

// Mailing is the letters of a year: what they wait for, the form, the runs.
type Mailing struct {
	SchoolFrame
	Year      belvedere.SchoolYear
	Standing  directory.Standing
	Form      directory.PrintForm
	Format    string
	Divisions []string
	List      []directory.Batch
	Years     []parts.Link
	Trouble   string
}

// Batch is a run of letters with its ticks.
type Batch struct {
	SchoolFrame
	Batch directory.Batch
	List  []directory.Envelope
	Done  string
}

// LetterModel is the text of the letters of a profile, in a language.
type LetterModel struct {
	SchoolFrame
	Template directory.Template
	Others   []parts.Link // profiles
	Errors   parts.FieldErrors
	Done     string
}

// MailingList is a distribution list.
type MailingList struct {
	SchoolFrame
	Form    directory.ListForm
	Choices directory.Choices
	List    directory.List
	File    string
	Years   []parts.Link
}

// profileName is a profile in words, those of staff too.
func profileName(code string) string {
	for _, p := range directory.ProfileNames {
		if p[0] == code {
			return p[1]
		}
	}
	name := strings.ReplaceAll(code, "_", " ")
	return strings.ToUpper(name[:min(1, len(name))]) + name[min(1, len(name)):]
}

// languageName is a language in words.
func languageName(code string) string {
	for _, l := range directory.Languages {
		if l[0] == code {
			return l[1]
		}
	}
	return code
}

// languageNames are those of a run.
func languageNames(codes string) string {
	var names []string
	for code := range strings.SplitSeq(codes, ",") {
		names = append(names, languageName(code))
	}
	return strings.Join(names, " et ")
}

// directoryState is the state of an account.
func directoryState(state string) string {
	switch state {
	case directory.Prepared:
		return "à activer"
	case directory.Opened:
		return "ouvert"
	case directory.Closed:
		return "fermé"
	}
	return "à créer"
}

// languageOptions are the choices of a second language, or of all of them.
func languageOptions(all bool) (out []parts.Option) {
	if !all {
		out = append(out, parts.Option{Value: "", Label: "Aucune"})
	}
	for _, l := range directory.Languages {
		if all || l[0] != "fr" {
			out = append(out, parts.Option{Value: l[0], Label: l[1]})
		}
	}
	return out
}

func profileOptions() (out []parts.Option) {
	for _, p := range directory.ProfileNames {
		out = append(out, parts.Option{Value: p[0], Label: p[1]})
	}
	return out
}

// choiceOptions are codes, after the choice of all.
func choiceOptions(all string, codes []string) []parts.Option {
	out := []parts.Option{{Value: "", Label: all}}
	for _, c := range codes {
		out = append(out, parts.Option{Value: c, Label: c})
	}
	return out
}

func batchPath(f SchoolFrame, id int64) string {
	return f.Path("courriers/" + strconv.FormatInt(id, 10))
}

// openedWords says how many of the accounts of an envelope were opened.
func openedWords(e directory.Envelope) string {
	switch {
	case e.Opened == len(e.To):
		return "activé"
	case e.Dead:
		return "remplacé par un courrier plus récent"
	case e.Opened > 0:
		return strconv.Itoa(e.Opened) + " sur " + strconv.Itoa(len(e.To)) + " activés"
	}
	return "à activer"
}

package pages

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/web/parts"
)

// A SchoolFrame surrounds a page of a school.
type SchoolFrame struct {
	Frame parts.Frame
	UAI   string
	Name  string
}

// Path is an address under the school.
func (f SchoolFrame) Path(page string) string { return "/ecole/" + f.UAI + "/" + page }

// BoardSchools is the choice among several schools.
type BoardSchools struct {
	Frame parts.Frame
	List  []parts.Link
}

// Vaults are the vaults of the console, in counts.
type Vaults struct {
	Frame parts.Frame
	List  []VaultLine
}

// A VaultLine is one of them.
type VaultLine struct {
	board.Holdings
	Name string
}

// Board is the years of a school, step by step.
type Board struct {
	SchoolFrame
	Board   board.Board
	Most    int64
	Done    string
	Trouble string
	Labels  map[string]string
}

// Imports is what was imported in a year.
type Imports struct {
	SchoolFrame
	Year   belvedere.SchoolYear
	List   []board.Received
	Labels map[string]string
	Years  []parts.Link
}

// Import is a deposit with what it would change.
type Import struct {
	SchoolFrame
	Deposit board.Deposit
	Typed   string
	Trouble string
	Done    string
}

// stepWords are the states of steps in words.
func stepWords(s board.StepState) string {
	switch s {
	case board.DoneAll:
		return "Faite"
	case board.Waived:
		return "Sans objet"
	case board.Now:
		return "À faire maintenant"
	case board.Stale:
		return "À refaire"
	}
	return "À faire"
}

// phaseWords say how far a phase is.
func phaseWords(p board.PhaseStatus) string {
	done := 0
	for _, st := range p.Steps {
		if st.State == board.DoneAll || st.State == board.Waived {
			done++
		}
	}
	of := strconv.Itoa(done) + " étape" + plural(done) + " sur " + strconv.Itoa(len(p.Steps))
	switch p.State {
	case board.DoneAll:
		return "Terminée"
	case board.Now:
		return "En cours, " + of
	case board.Stale:
		return "À reprendre, " + of
	}
	if done > 0 {
		return of
	}
	return "À venir"
}

func plural(n int) string {
	if n < 2 {
		return ""
	}
	return "s"
}

func phaseClass(p board.PhaseStatus) string {
	switch p.State {
	case board.DoneAll:
		return "phase done"
	case board.Now:
		return "phase now"
	case board.Stale:
		return "phase stopped"
	}
	return "phase todo"
}

// formatName is the name of a format.
func formatName(labels map[string]string, code string) string { return either(labels[code], code) }

// missingNames say what a step still waits for; formats that stand for one another are "A ou B".
func missingNames(labels map[string]string, st board.StepStatus) []string {
	var out []string
	for _, first := range st.Missing {
		for _, list := range st.Needs {
			if list[0] != first {
				continue
			}
			var names []string
			for _, f := range list {
				names = append(names, formatName(labels, f))
			}
			out = append(out, strings.Join(names, " ou "))
			break
		}
	}
	return out
}

// Changes in words.

func changeWords(kind string) string {
	switch kind {
	case "arrivee":
		return "Arrivée"
	case "division":
		return "Changement de division"
	case "sortie":
		return "Départ"
	case "disparition":
		return "Disparition du fichier"
	case "retour":
		return "Retour"
	}
	return kind
}

// countLine is a total before and after.
type countLine struct {
	Label         string
	Before, After int
}

// countLines are the totals of a deposit.
func (p Import) countLines() []countLine {
	before, after := p.Deposit.Summary.Before, p.Deposit.Summary.After
	if x := p.Deposit.Preview; x != nil {
		before, after = x.Outcome.Changes.Before, x.Outcome.Changes.After
	}
	return []countLine{
		{"Élèves scolarisés", before.Pupils, after.Pupils}, {"Responsables", before.Guardians, after.Guardians},
		{"Personnels", before.Staff, after.Staff}, {"Divisions", before.Divisions, after.Divisions}, {"Groupes", before.Groups, after.Groups},
		{"Services", before.Services, after.Services}, {"Cours de la semaine", before.Lessons, after.Lessons},
	}
}

// mostChanges bounds the lines of the rehearsal that a page shows.
const mostChanges = 400

// plainDay writes a stored date for people.
func plainDay(s string) string {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return belvedere.ShortDate(d)
}

// signed writes a difference.
func signed(n int) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return "−" + strconv.Itoa(-n)
	}
	return "="
}

func stateOfDeposit(d board.Deposit) string {
	switch d.State {
	case board.Imported:
		return "importé"
	case board.Left:
		return "abandonné"
	}
	return "en attente de votre décision"
}

// currentPhase marks the phase of the moment.
func currentPhase(p board.PhaseStatus) templ.Attributes {
	if p.State == board.Now {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// pieceWords says of a file what was read of it.
func pieceWords(x board.Preview, i int) string {
	words := []string{x.Pieces[i].Name}
	if at := x.Pieces[i].Head.Exported; !at.IsZero() {
		words = append(words, "exporté le "+belvedere.ShortDate(at))
	}
	if len(x.Outcome.Files) == len(x.Pieces) {
		f := x.Outcome.Files[i]
		words = append(words, belvedere.Plural(int(f.Records), "ligne", "lignes"))
		if f.Faults > 0 {
			words = append(words, belvedere.Plural(int(f.Faults), "défaut", "défauts"))
		}
		if f.Replayed {
			words = append(words, "déjà importé à l’identique")
		}
	}
	return strings.Join(words, ", ")
}

// destination is where a change leads: nowhere for a pupil who goes.
func destination(kind, to string) string {
	if kind == "disparition" || kind == "sortie" || to == "" {
		return "–"
	}
	return to
}

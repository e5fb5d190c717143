package pages

import (
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/rule"
	"belvedere/internal/web/parts"
)

// Findings are the contradictions of a year.
type Findings struct {
	SchoolFrame
	Year    belvedere.SchoolYear
	Counts  board.FindingCounts
	List    []board.Finding
	Total   int
	Rule    string // code of the only rule that is shown, "" for all
	Filters []parts.Link
	Years   []parts.Link
	Pages   []parts.Link
	Done    string
}

// FindingPageData is one contradiction with its life.
type FindingPageData struct {
	SchoolFrame
	Finding board.Finding
	Back    string
	Reason  string
	Errors  parts.FieldErrors
	Done    string
}

// Matches are the names to settle.
type Matches struct {
	SchoolFrame
	Services []board.TaughtService
	Left     []rule.LeftOut
	Year     belvedere.SchoolYear
	List     []board.Match
	Years    []parts.Link
	Done     string
}

// Doubles are the guardians who may be one.
type Doubles struct {
	SchoolFrame
	Year  belvedere.SchoolYear
	List  []board.Double
	Years []parts.Link
	Done  string
}

// Pupils is the list of pupils.
type Pupils struct {
	SchoolFrame
	Year      belvedere.SchoolYear
	Filter    board.PupilFilter
	Divisions []string
	List      []board.Pupil
	Total     int
	Years     []parts.Link
	Pages     []parts.Link
	Done      string
}

// Pupil is the page of one.
type Pupil struct {
	SchoolFrame
	File          board.PupilFile
	Export, Erase string // addresses
	Done          string
}

// findingState is the state of a finding in words.
func findingState[S ~string](s S) string {
	switch s {
	case "ouvert":
		return "ouvert"
	case "revenu":
		return "revenu"
	case "accepte":
		return "accepté"
	case "corrige":
		return "réglé"
	}
	return string(s)
}

// sourceName is a source as people call it.
func sourceName(s string) string {
	switch s {
	case "siecle":
		return "SIECLE"
	case "sts", "sts_emp":
		return "STS-Web"
	case "emp_sts":
		return "emp_sts"
	case "edt":
		return "EDT"
	case "udt":
		return "UnDeuxTemps"
	case "aaf":
		return "AAF"
	case "onde":
		return "ONDE"
	case "apogee":
		return "Apogée"
	}
	return s
}

// placeOf says where a value stands: "Eleves.xml, ligne 12".
func placeOf(s rule.Side) string {
	var out []string
	if s.File != "" {
		out = append(out, s.File)
	}
	if s.Line > 0 {
		out = append(out, "ligne "+strconv.FormatInt(s.Line, 10))
	}
	if s.Field != "" {
		out = append(out, s.Field)
	}
	return strings.Join(out, ", ")
}

func findingClass(f board.Finding) string {
	if f.Blocks() && f.Open() {
		return "finding stop-row"
	}
	return "finding"
}

// sortName is what a match is about.
func sortName(s string) string {
	switch s {
	case "enseignant":
		return "Enseignant"
	case "matiere":
		return "Matière"
	case "mef":
		return "MEF"
	}
	return parts.Capital(s)
}

// signs are the reasons to take two guardians for one, in words.
func signs(d board.Double) string {
	text := strings.NewReplacer("[", "", "]", "", `"`, "", ",", ", ", "telephone", "téléphone", "mel", "courriel", "prenom", "prénom").Replace(d.Signs)
	return either(text, "nom et prénom")
}

// kinName is a link of kinship (formats, SIECLE 1.6).
func kinName(code string) string {
	names := map[string]string{"10": "mère", "20": "père", "37": "fratrie", "38": "ascendant", "39": "autre membre de la famille", "41": "éducateur",
		"42": "assistant familial", "50": "tuteur", "51": "aide sociale à l’enfance", "70": "élève lui-même", "90": "autre cas"}
	return either(names[code], code, "lien non précisé")
}

func legalName(level int) string {
	switch level {
	case 1:
		return "responsable légal"
	case 2:
		return "en charge de l’élève"
	case 3:
		return "contact"
	}
	return ""
}

// passageWords tells a moment of a schooling.
func passageWords(x board.Passage) string {
	text := plainDay(x.Day) + belvedere.NoBreak + ": " + changeWords(x.Kind)
	switch {
	case x.Kind == "division":
		return text + ", de " + either(x.From, "aucune") + " à " + either(x.To, "aucune")
	case x.To != "" && x.Kind != "disparition" && x.Kind != "sortie":
		return text + ", " + x.To
	case x.From != "":
		return text + ", de " + x.From
	}
	return text
}

// serviceOptions are the services that can be left out.
func (p Matches) serviceOptions() []parts.Option {
	out := []parts.Option{{Value: "", Label: "Choisir un service"}}
	for _, t := range p.Services {
		out = append(out, parts.Option{Value: t.Structure + "|" + t.Subject, Label: t.Structure + ", " + t.Label})
	}
	return out
}

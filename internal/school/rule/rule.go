package rule

// A Severity is what a finding keeps from going on.
type Severity string

// Blocking findings must be mended or accepted before accounts are handed out.
const (
	Blocking Severity = "bloquant"
	Warning  Severity = "avertissement"
)

// The tools where findings are mended.
const (
	ToolSIECLE    = "SIECLE"
	ToolSTS       = "STS-Web"
	ToolTimetable = "logiciel d’emploi du temps"
	ToolENT       = "ENT"
	ToolApogee    = "Apogée"
)

// A Rule is one check.
type Rule struct {
	Number   int
	Code     string // stable: what findings are kept under
	Title    string // French
	Text     string // French: what must hold
	Origin   string // French: where the rule comes from
	Severity Severity
	Tool     string // where most of its findings are mended

	// needs are the kinds it cannot do without: one of each list.
	needs [][]string
	run   func(f *facts, found func(Finding))
}

// Rules are the checks, in the order of formats.md section 9.
var Rules = []Rule{
	schoolAndYear, exportDates, divisionNames, divisionCount, headcounts, groupNames, pupilMEF, pupilOptions, pupilFields, pupilDivisions,
	pupilDates, pupilTwice, guardianTwice, addressesAndLinks, guardianLevels, teacherNames, subjectCodes, serviceTeachers, serviceHours,
	timetable, directory, marks,
}

// RuleOf is the rule of a code.
func RuleOf(code string) (Rule, bool) {
	for _, r := range Rules {
		if r.Code == code {
			return r, true
		}
	}
	return Rule{}, false
}

// missing is the first list of kinds that none of the imports gives, nil when the rule can run.
func (r Rule) missing(f *facts) []string {
	for _, list := range r.needs {
		if !f.any(list...) {
			return list
		}
	}
	return nil
}

// Shorthands of needs.
var (
	needPupils    = []string{"siecle_eleve"}
	needGuardians = []string{"siecle_personne"}
	needTimetable = []string{"edt_cours", "udt_cours", "empsts_service"}
)

// sources are the files that give kinds, as people call them.
var sources = map[string]string{
	"siecle_eleve": "SIECLE, élèves", "siecle_option": "SIECLE, élèves", "siecle_personne": "SIECLE, responsables",
	"sts_division": "STS-Web (sts_emp)", "sts_groupe": "STS-Web (sts_emp)", "sts_individu": "STS-Web (sts_emp)", "sts_matiere": "STS-Web (sts_emp)",
	"sts_service": "STS-Web (sts_emp)", "siecle_programme": "SIECLE, nomenclature",
	"edt_cours": "emploi du temps (EDT, UnDeuxTemps ou emp_sts)", "aaf_eleve": "annuaire fédérateur (AAF), élèves",
	"apogee_valeur": "Apogée, maquette",
}

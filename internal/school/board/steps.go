package board

import "slices"

// A Phase is a part of the year, in the order of the school calendar.
type Phase struct {
	Code, Label, Doc string
	Steps            []Step
}

// A Step is something to do in a phase.
type Step struct {
	Code, Label string
	Doc         string     // French: what to do, in which tool
	Needs       [][]string // formats: one of each list must be received; empty: a step of another sort
	Helps       []string   // formats that are taken with it but not waited for
	After       []string   // steps of the same phase that come before
	Sort        stepSort
	Fresh       bool // must be renewed during the year
}

// A stepSort is by what a step is done.
type stepSort int

const (
	byFiles    stepSort = iota // by the files that it needs
	byDoubles                  // when no pair of guardians waits for a decision
	byFindings                 // when no blocking finding is open
	byLetters                  // when letters were made
)

// Formats that stand for one another: a school of the first degree has ONDE, another the directory of the ENT.
var (
	pupilFiles    = []string{"siecle_eleves", "onde_eleves", "aaf_eleve"}
	guardianFiles = []string{"siecle_responsables", "onde_responsables", "aaf_responsable"}
	structures    = []string{"sts_emp", "onde_eleves", "aaf_structure"}
	timetables    = []string{"edt_cours", "udt_cours", "emp_sts"}
	logs          = []string{"journal"}
	siecleHelps   = []string{"siecle_nomenclature", "siecle_structures", "siecle_communs"}
)

// phases are those of the school year, in order: preparation, opening, adjustments, the year.
// (Notes of the academy of Versailles for schools; the order inside a phase is the one in which
// files refer to one another.)
var phases = []Phase{
	{"initialisation", "Initialisation du logiciel d’emploi du temps",
		"Sur les bases de l’année à venir, de leur mise à disposition par le rectorat à la bascule de fin août.", []Step{
			{Code: "initialisation.nomenclatures", Label: "Nomenclatures de l’établissement", Needs: [][]string{{"siecle_nomenclature", "sts_emp", "onde_eleves", "aaf_mef"}}, Helps: []string{"siecle_communs"},
				Doc: "Dans SIECLE, Exploitation, Exports standard, Exports XML génériques : Nomenclature et Communs de l’année à venir."},
			{Code: "initialisation.structures", Label: "Divisions, groupes et services", Needs: [][]string{structures}, Helps: []string{"siecle_structures"}, After: []string{"initialisation.nomenclatures"},
				Doc: "Dans STS-Web, Exports, Emplois du temps : le fichier sts_emp de l’année à venir, qui prépare le logiciel d’emploi du temps."},
			{Code: "initialisation.doublons", Label: "Doublons de responsables", Needs: [][]string{pupilFiles, guardianFiles}, Sort: byDoubles,
				Doc: "Élèves et responsables de SIECLE, pour supprimer les doublons avant les courriers de rentrée et les listes électorales."},
		}},
	{"ouverture", "Ouverture",
		"Après la bascule de fin août : STS-Web, puis SIECLE, puis l’emploi du temps. C’est l’ébauche qui permet de commencer.", []Step{
			{Code: "ouverture.sts", Label: "STS-Web", Needs: [][]string{structures},
				Doc: "Structures pédagogiques : divisions, groupes, services et enseignants (fichier sts_emp)."},
			{Code: "ouverture.siecle", Label: "SIECLE", Needs: [][]string{pupilFiles, guardianFiles}, Helps: siecleHelps, After: []string{"ouverture.sts"},
				Doc: "Élèves et responsables avec adresses, une fois les élèves placés dans les classes et les groupes. Nomenclature, Structures et Communs aident les contrôles."},
			{Code: "ouverture.edt", Label: "Emploi du temps", Needs: [][]string{timetables}, Helps: []string{"edt_eleves"}, After: []string{"ouverture.siecle"},
				Doc: "Cours du logiciel d’emploi du temps (EXP_COURS d’EDT, UnDeuxTemps, ou emp_sts). Sans eux, ni appel ni cahier de textes."},
			{Code: "ouverture.releve", Label: "Relève du contrôle", Sort: byFindings, After: []string{"ouverture.edt"},
				Doc: "Corriger dans leur logiciel les contradictions bloquantes, puis exporter et déposer de nouveau."},
			{Code: "ouverture.comptes", Label: "Comptes et courriers", Sort: byLetters, After: []string{"ouverture.releve"},
				Doc: "Éditer et distribuer les codes, une fois la relève sans bloquant."},
		}},
	{"ajustements", "Ajustements",
		"Groupes d’accompagnement et retouches d’emploi du temps de la rentrée : les mêmes imports, dans le même ordre.", []Step{
			{Code: "ajustements.sts", Label: "STS-Web", Needs: [][]string{structures}, Doc: "Nouveaux groupes et services."},
			{Code: "ajustements.siecle", Label: "SIECLE", Needs: [][]string{pupilFiles}, Helps: append([]string{"siecle_responsables"}, siecleHelps...), After: []string{"ajustements.sts"},
				Doc: "Élèves dans leurs groupes, arrivées et départs de septembre."},
			{Code: "ajustements.edt", Label: "Emploi du temps", Needs: [][]string{timetables}, Helps: []string{"edt_eleves"}, After: []string{"ajustements.siecle"},
				Doc: "Emploi du temps stabilisé."},
			{Code: "ajustements.releve", Label: "Relève du contrôle", Sort: byFindings, After: []string{"ajustements.edt"},
				Doc: "Plus aucune contradiction bloquante."},
		}},
	{"annee", "En cours d’année",
		"Mises à jour ponctuelles : elles ne dépendent plus les unes des autres.", []Step{
			{Code: "annee.siecle", Label: "Nouveaux élèves", Needs: [][]string{pupilFiles}, Helps: []string{"siecle_responsables"}, Fresh: true,
				Doc: "Élèves de SIECLE, à chaque arrivée, départ ou changement de classe."},
			{Code: "annee.edt", Label: "Emploi du temps", Needs: [][]string{timetables}, Fresh: true,
				Doc: "Nouvel emploi du temps ou nouvel enseignant. Un cours se déplace en ligne, sans import."},
			{Code: "annee.connexions", Label: "Connexions", Needs: [][]string{logs}, Fresh: true,
				Doc: "Journaux de connexion de l’ENT ou des services, pour les chiffres d’usage."},
		}},
}

// Formats are the codes that a step takes.
func (st Step) Formats() []string {
	return append(slices.Concat(st.Needs...), st.Helps...)
}

package sts

import "belvedere/internal/source/record"

func kind(name, doc string, key []string, fields ...string) *record.Kind {
	return &record.Kind{Name: name, Doc: doc, Fields: fields, Key: key}
}

// service names the fields by which a service is found again: the division or group that it is on
// (structure_type D or G), the subject, the kind of lesson, and its rank in that structure, since
// the same three may come twice.
var service = []string{"structure_type", "structure", "matiere", "mod_cours", "service_rang"}

// The kinds of sts_emp, the file that STS-Web gives to the timetable.
var (
	School = kind("sts_uaj", "L’établissement et l’année (formats.md 2.1, PARAMETRES).", []string{"uai"},
		"uai", "academie_code", "academie_libelle", "sigle", "denom_princ", "denom_compl", "code_nature", "code_categorie",
		"commune", "code_postal", "statut", "annee", "date_debut", "date_fin")
	LessonKind = kind("sts_mod_cours", "Une modalité de cours (formats.md 2.1, MODS_COURS).", []string{"code"},
		"code", "libelle_court", "libelle_long", "co_ens")
	Weight  = kind("sts_taux_pond", "Un taux de pondération admis (formats.md 2.1, TAUX_PONDS).", []string{"taux"}, "taux")
	Subject = kind("sts_matiere", "Une matière (formats.md 2.1, MATIERES).", []string{"code"},
		"code", "code_gestion", "libelle_court", "libelle_long", "libelle_edition")
	Mef = kind("sts_mef", "Une formation (formats.md 2.1, MEFS).", []string{"code"},
		"code", "formation", "specialite", "libelle_court", "libelle_long", "libelle_edition", "mefstat11", "mefstat4")
	Programme = kind("sts_programme", "Une matière du programme d’une formation (formats.md 2.1, PROGRAMMES).", nil,
		"mef", "matiere", "modalite_elect", "horaire")
	Person = kind("sts_individu", "Un enseignant ou un personnel ; la clé est le type avec l’identifiant (formats.md 2.1, INDIVIDUS).", []string{"type", "id"},
		"type", "id", "sexe", "civilite", "nom_usage", "nom_patronymique", "prenom", "date_naissance", "grade", "fonction")
	Discipline = kind("sts_discipline", "Une discipline de poste d’un individu (formats.md 2.1, DISCIPLINES).", nil,
		"individu_type", "individu_id", "code", "libelle_court", "libelle_long", "nb_heures")
	HeadTeacher = kind("sts_prof_principal", "Une division dont un individu est professeur principal (formats.md 2.1, PROFS_PRINC).", nil,
		"individu_type", "individu_id", "code_structure")
	Division = kind("sts_division", "Une division (formats.md 2.1, DIVISIONS).", []string{"code"},
		"code", "libelle_long", "effectif_prevu", "effectif_calcule")
	DivisionMef = kind("sts_division_mef", "Une formation d’une division (formats.md 2.1, MEFS_APPARTENANCE).", nil,
		"division", "mef", "effectif_prevu", "effectif_calcule")
	Group = kind("sts_groupe", "Un groupe (formats.md 2.1, GROUPES).", []string{"code"},
		"code", "libelle_long", "effectif_prevu", "effectif_calcule", "effectif_max_edt")
	GroupDivision = kind("sts_groupe_division", "Une division dont un groupe prend des élèves (formats.md 2.1, DIVISIONS_APPARTENANCE).", nil,
		"groupe", "division", "effectif_prevu", "effectif_calcule")
	GroupMef = kind("sts_groupe_mef", "Une formation d’un groupe (formats.md 2.1, MEFS_APPARTENANCE).", nil,
		"groupe", "mef", "effectif_prevu", "effectif_calcule")
	Service = kind("sts_service", "Un service d’une division ou d’un groupe (formats.md 2.1, SERVICES).", service,
		append(service[:5:5], "heures_structure", "co_ens")...)
	ServiceTeacher = kind("sts_service_enseignant", "Un enseignant d’un service (formats.md 2.1, ENSEIGNANTS).", nil,
		append(service[:5:5], "individu_type", "individu_id", "heures_agent", "taux_ponderation")...)
)

// The kinds of emp_sts, the file that the timetable gives back to STS-Web.
var (
	UpSchool = kind("empsts_uaj", "L’établissement, l’année et le logiciel d’emploi du temps (formats.md 2.2, PARAMETRES).", nil,
		"uai", "annee", "application_source")
	Hours = kind("empsts_horaire", "Les heures d’ouverture d’un jour (formats.md 2.2, HORAIRES).", []string{"jour"},
		"jour", "debut", "debut_minutes", "fin", "fin_minutes")
	Alternation = kind("empsts_alternance", "Une alternance de semaines (formats.md 2.2, ALTERNANCES).", []string{"code"},
		"code", "libelle_court", "libelle_long")
	Week = kind("empsts_alternance_semaine", "Une semaine d’une alternance, par son premier jour (formats.md 2.2, SEMAINES).", nil,
		"alternance", "date_debut")
	Room = kind("empsts_salle", "Une salle (formats.md 2.2, SALLES_COURS).", []string{"code"},
		"code", "groupe_salle", "localisation")
	Allowance = kind("empsts_indemnite", "Une indemnité de professeur principal (formats.md 2.2, INDEMNITES).", nil,
		"individu_type", "individu_id", "code_structure", "mefstat4")
	UpDivision = kind("empsts_division", "Une division de l’emploi du temps (formats.md 2.2, DIVISIONS).", []string{"code"},
		"code", "libelle_long", "effectif_prevu", "effectif_calcule")
	UpDivisionMef = kind("empsts_division_mef", "Une formation d’une division de l’emploi du temps.", nil,
		"division", "mef", "effectif_prevu", "effectif_calcule")
	UpGroup = kind("empsts_groupe", "Un groupe de l’emploi du temps (formats.md 2.2, GROUPES).", []string{"code"},
		"code", "libelle_long", "effectif_prevu", "effectif_calcule", "effectif_max_edt")
	UpGroupDivision = kind("empsts_groupe_division", "Une division dont un groupe prend des élèves (formats.md 2.2).", nil,
		"groupe", "division", "effectif_prevu", "effectif_calcule")
	UpGroupMef = kind("empsts_groupe_mef", "Une formation d’un groupe de l’emploi du temps.", nil,
		"groupe", "mef", "effectif_prevu", "effectif_calcule")
	UpService = kind("empsts_service", "Un service de l’emploi du temps (formats.md 2.2, SERVICES).", service,
		append(service[:5:5], "heures_structure", "co_ens")...)
	UpServiceTeacher = kind("empsts_service_enseignant", "Un enseignant d’un service de l’emploi du temps (formats.md 2.2, ENSEIGNANTS).", nil,
		append(service[:5:5], "individu_type", "individu_id", "heures_agent", "taux_ponderation")...)
	Lesson = kind("empsts_cours", "Un cours placé d’un enseignant dans un service (formats.md 2.2, COURS_RATTACHES).", nil,
		append(service[:5:5], "individu_type", "individu_id", "alternance", "jour", "debut", "debut_minutes", "duree", "duree_minutes", "salle")...)
)

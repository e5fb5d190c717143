package rule_test

import (
	"slices"
	"strings"
	"testing"

	"belvedere/internal/school/rule"
)

// An edit replaces a text of a file, once.
type edit struct{ file, old, new string }

// A spoiled school is the small one with something wrong. Want has a line for each finding, "B" or
// "W", the rule, then words of the message or values, parted by "|".
type spoiled struct {
	name  string
	edits []edit
	want  []string
}

// whole replaces a file.
func whole(file, text string) edit { return edit{file, "", text} }

// without takes a piece of text away.
func without(file, old string) edit { return edit{file, old, ""} }

var cases = []spoiled{
	// 1
	{"export of another year", []edit{{"siecle_responsables", "15/09/2026 08:31:00", "15/09/2024 08:31:00"}},
		[]string{"B uai_annee|a été exporté le 15/09/2024", "W dates_export|siecle_responsables a été exporté"}},
	{"year that begins elsewhere", []edit{{"sts_emp", "<DATE_DEBUT>2026-09-01", "<DATE_DEBUT>2025-09-01"}}, []string{"B uai_annee|01/09/2025"}},
	{"year of Communs", []edit{whole("siecle_communs", `<BEE_COMMUN>`+parametres("08:30:00")+`<DONNEES><UAJ><ETAB_UAJ_ID>0999901Z</ETAB_UAJ_ID></UAJ><ANNEE_SCOLAIRE><DATE_DEB_ELEVE>01/09/2026</DATE_DEB_ELEVE></ANNEE_SCOLAIRE></DONNEES></BEE_COMMUN>`)}, nil},
	{"another school in Communs", []edit{whole("siecle_communs", `<BEE_COMMUN>`+parametres("08:30:00")+`<DONNEES><UAJ><ETAB_UAJ_ID>0999902A</ETAB_UAJ_ID></UAJ></DONNEES></BEE_COMMUN>`)}, []string{"B uai_annee|0999902A"}},
	// 2
	{"exports a week apart", []edit{{"siecle_responsables", "15/09/2026 08:31:00", "08/09/2026 08:31:00"}}, nil},
	{"exports eight days apart", []edit{{"siecle_responsables", "15/09/2026 08:31:00", "07/09/2026 08:00:00"}}, []string{"W dates_export|8 jours"}},
	// 3, 4
	{"class written otherwise", []edit{{"edt_cours", "<CLASSE>6B</CLASSE>", "<CLASSE>6 b</CLASSE>"}}, []string{"W divisions|« 6B » de STS-Web s’écrit « 6 b » dans EDT"}},
	{"pupil in a division that is not", []edit{{"siecle_eleves", "<STRUCTURES_ELEVE ELEVE_ID=\"104\"><STRUCTURE><CODE_STRUCTURE>6B", "<STRUCTURES_ELEVE ELEVE_ID=\"104\"><STRUCTURE><CODE_STRUCTURE>6Z"}},
		[]string{"B divisions|« 6Z », où SIECLE place 1 élève", "W nombre_divisions|3 divisions dans SIECLE", "W effectifs|« 6B » compte 1 élève|STS-Web", "W effectifs|« 6B » compte 1 élève|EDT",
			"W groupes|DUBOIS David, de la division « 6Z »", "W annuaire|DUBOIS David est en « 6Z »"}},
	{"class that is not in STS", []edit{{"edt_cours", "<CLASSE>6B</CLASSE><SALLE>102", "<CLASSE>6C</CLASSE><SALLE>102"}}, []string{"B divisions|« 6C », qui a des cours dans EDT", "W nombre_divisions|3 divisions dans EDT"}},
	{"division without lessons", []edit{{"edt_cours", "<CLASSE>6B</CLASSE><SALLE>101", "<CLASSE>6A</CLASSE><SALLE>101"}, {"edt_cours", "<CLASSE>6B</CLASSE><SALLE>102", "<CLASSE>6A</CLASSE><SALLE>102"}},
		[]string{"B divisions|« 6B », qui a 2 élèves, n’a aucun cours", "W nombre_divisions|1 division dans EDT"}},
	{"structures of SIECLE agree", []edit{whole("siecle_structures", siecleStructures("6A", "6B"))}, nil},
	{"structures of SIECLE lack one", []edit{whole("siecle_structures", siecleStructures("6A"))}, []string{"B divisions|« 6B » de STS-Web n’est pas dans les structures de SIECLE"}},
	{"structures of SIECLE have one more", []edit{whole("siecle_structures", siecleStructures("6A", "6B", "6D"))}, []string{"B divisions|« 6D », déclarée dans les structures de SIECLE", "W nombre_divisions|3 divisions dans SIECLE"}},
	{"emp_sts sends an unknown division", []edit{{"emp_sts", `<DIVISION CODE="6B">`, `<DIVISION CODE="6C">`}},
		[]string{"B divisions|« 6C », que l’emploi du temps remonte", "W divisions|« 6B »|n’a aucun cours dans la remontée"}},
	// 5
	{"STS counts one more", []edit{{"sts_emp", "<EFFECTIF_CALCULE>2</EFFECTIF_CALCULE>", "<EFFECTIF_CALCULE>3</EFFECTIF_CALCULE>"}}, []string{"W effectifs|« 6A » compte 2 élèves scolarisés dans SIECLE, et STS-Web en a calculé 3"}},
	{"timetable counts one more in a group", []edit{{"edt_cours", "<EFFECTIF>4</EFFECTIF>", "<EFFECTIF>5</EFFECTIF>"}}, []string{"W effectifs|« 6ANG1 » compte 4 élèves|EDT en annonce 5"}},
	// 6
	{"unknown group", []edit{{"siecle_eleves", "<CODE_STRUCTURE>6ANG1", "<CODE_STRUCTURE>6ANG9"}},
		[]string{"B groupes|« 6ANG9 », où SIECLE place 1 élève", "W effectifs|« 6ANG1 » compte 3 élèves|STS-Web", "W effectifs|« 6ANG1 » compte 3 élèves|EDT"}},
	{"group written otherwise", []edit{{"siecle_eleves", "<CODE_STRUCTURE>6ANG1", "<CODE_STRUCTURE>6 ANG 1"}}, []string{"W groupes|s’écrit « 6 ANG 1 » dans SIECLE"}},
	{"group of other divisions", []edit{without("sts_emp", `<DIVISION_APPARTENANCE CODE="6B"/>`)}, []string{"W groupes|CARON Chloé, de la division « 6B »", "W groupes|DUBOIS David, de la division « 6B »"}},
	{"group of another MEF", []edit{{"sts_emp", `</DIVISIONS_APPARTENANCE><MEFS_APPARTENANCE><MEF_APPARTENANCE CODE="10010012110"/>`, `</DIVISIONS_APPARTENANCE><MEFS_APPARTENANCE><MEF_APPARTENANCE CODE="10110001110"/>`}},
		[]string{"W groupes|ABADIE Anna|MEF", "W groupes|BLANC Bilal|MEF", "W groupes|CARON Chloé|MEF", "W groupes|DUBOIS David|MEF"}},
	// 7
	{"unknown MEF", []edit{{"siecle_eleves", "<CODE_MEF>10010012110", "<CODE_MEF>10110001110"}}, []string{"B mef|ABADIE Anna a le MEF 10110001110, que la nomenclature", "W groupes|ABADIE Anna est dans le groupe"}},
	{"no MEF", []edit{without("siecle_eleves", "<CODE_MEF>10010012110</CODE_MEF>")}, []string{"B mef|ABADIE Anna n’a pas de MEF", "W effectifs|« 6A »|STS-Web", "W effectifs|« 6A »|EDT", "W effectifs|6ANG1|STS-Web", "W effectifs|6ANG1|EDT"}},
	{"MEF of another division", []edit{{"sts_emp", `</MEF></MEFS>`, `</MEF><MEF CODE="10110001110"><FORMATION>5EME</FORMATION></MEF></MEFS>`}, {"siecle_eleves", "<CODE_MEF>10010012110", "<CODE_MEF>10110001110"}},
		[]string{"B mef|que sa division « 6A » n’accueille pas", "W groupes|ABADIE Anna est dans le groupe"}},
	// 8
	{"option out of the programme", []edit{{"siecle_eleves", "<CODE_MATIERE>030201", "<CODE_MATIERE>020300"}}, []string{"W options|LCA LATIN (020300) de ABADIE Anna n’est pas au programme"}},
	{"option that nobody knows", []edit{{"siecle_eleves", "<CODE_MATIERE>030201", "<CODE_MATIERE>030401"}}, []string{"W options|030401|n’est ni dans les matières"}},
	{"option of another modality", []edit{whole("siecle_nomenclature", nomenclature("", "F"))},
		[]string{"W options|ABADIE Anna|« O »", "W options|BLANC Bilal|« O »", "W options|CARON Chloé|« O »", "W options|DUBOIS David|« O »"}},
	{"nomenclature agrees", []edit{whole("siecle_nomenclature", nomenclature("<NB_OPT_OBLIG>1</NB_OPT_OBLIG><NB_OPT_MINI>1</NB_OPT_MINI>", "O"))}, nil},
	{"too few compulsory options", []edit{whole("siecle_nomenclature", nomenclature("<NB_OPT_OBLIG>1</NB_OPT_OBLIG><NB_OPT_MINI>1</NB_OPT_MINI>", "O")), without("siecle_eleves", options("101", "030201"))},
		[]string{"W options|ABADIE Anna a trop peu d’options obligatoires"}},
	// 9
	{"no sex", []edit{without("siecle_eleves", "<CODE_SEXE>1</CODE_SEXE>")}, []string{"W champs_eleve|BLANC Bilal n’a pas de sexe"}},
	{"empty sex", []edit{{"siecle_eleves", "<CODE_SEXE>1</CODE_SEXE>", "<CODE_SEXE/>"}}, []string{"W champs_eleve|BLANC Bilal n’a pas de sexe"}},
	{"an export without regime says nothing of it", []edit{{"siecle_eleves", "<CODE_REGIME>21</CODE_REGIME>", "ALL"}}, nil},
	{"no INE", []edit{without("siecle_eleves", "<ID_NATIONAL>900000001AA</ID_NATIONAL>")}, []string{"W champs_eleve|ABADIE Anna n’a pas d’INE"}},
	{"short INE", []edit{{"siecle_eleves", "900000001AA", "90000001AA"}}, []string{"W champs_eleve|a 10 caractères", "W annuaire|ABADIE Anna n’a pas le même INE"}},
	{"same INE", []edit{{"siecle_eleves", "900000002BB", "900000001AA"}, {"aaf_eleve", "900000002BB", "900000001AA"}}, []string{"B champs_eleve|ABADIE Anna et BLANC Bilal ont le même INE"}},
	{"no division", []edit{without("siecle_eleves", structures("104", "6B", "6ANG1"))}, []string{"B champs_eleve|DUBOIS David n’a pas de division", "W effectifs|« 6B »|STS-Web", "W effectifs|« 6B »|EDT", "W effectifs|6ANG1|STS-Web", "W effectifs|6ANG1|EDT"}},
	// 10
	{"two divisions", []edit{{"siecle_eleves", structures("104", "6B", "6ANG1"), "<STRUCTURES_ELEVE ELEVE_ID=\"104\"><STRUCTURE><CODE_STRUCTURE>6B</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE><STRUCTURE><CODE_STRUCTURE>6C</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE><STRUCTURE><CODE_STRUCTURE>6ANG1</CODE_STRUCTURE><TYPE_STRUCTURE>G</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>"}},
		[]string{"W divisions_eleve|DUBOIS David est dans 2 divisions", "B divisions|« 6C », où SIECLE place 1 élève"}},
	// 11
	{"exit before entry", []edit{{"siecle_eleves", "<DATE_ENTREE>01/09/2026</DATE_ENTREE><CODE_SEXE>1", "<DATE_ENTREE>08/09/2026</DATE_ENTREE><DATE_SORTIE>04/09/2026</DATE_SORTIE><CODE_MOTIF_SORTIE>10</CODE_MOTIF_SORTIE><CODE_SEXE>1"}},
		[]string{"B dates_eleve|La sortie de BLANC Bilal, le 04/09/2026, précède son entrée", "W divisions_eleve|1 élève sorti garde", "W effectifs|« 6A »|STS-Web|1 élève sorti", "W effectifs|« 6A »|EDT en", "W effectifs|6ANG1|STS-Web", "W effectifs|6ANG1|EDT",
			"W annuaire|SIECLE dit la sortie de BLANC Bilal"}},
	{"reason without exit", []edit{{"siecle_eleves", "<CODE_SEXE>1", "<CODE_MOTIF_SORTIE>10</CODE_MOTIF_SORTIE><CODE_SEXE>1"}}, []string{"W dates_eleve|BLANC Bilal a un motif de sortie et pas de date"}},
	{"entry after the export", []edit{{"siecle_eleves", "<DATE_ENTREE>01/09/2026</DATE_ENTREE><CODE_SEXE>1", "<DATE_ENTREE>21/09/2026</DATE_ENTREE><CODE_SEXE>1"}}, []string{"W dates_eleve|L’entrée de BLANC Bilal, le 21/09/2026, suit l’export"}},
	{"entry of another year", []edit{{"siecle_eleves", "<DATE_ENTREE>01/09/2026</DATE_ENTREE><CODE_SEXE>1", "<DATE_ENTREE>01/09/2025</DATE_ENTREE><CODE_SEXE>1"}}, []string{"W dates_eleve|L’entrée de BLANC Bilal, le 01/09/2025, est hors de l’année"}},
	// 12
	{"pupil twice", []edit{{"siecle_eleves", eleve("102", "BLANC", "Bilal", "02/11/2015", "900000002BB", "1"), eleve("102", "Abadie", "ANNA", "14/03/2015", "900000002BB", "1")}, {"aaf_eleve", "<value>BLANC</value>", "<value>ABADIE</value>"}},
		[]string{"W eleve_double|Deux dossiers sont au nom de ABADIE Anna"}},
	{"twins", []edit{{"siecle_eleves", eleve("102", "BLANC", "Bilal", "02/11/2015", "900000002BB", "1"), eleve("102", "ABADIE", "Bilal", "14/03/2015", "900000002BB", "1")}}, nil},
	// 13, 14
	{"guardian twice", []edit{{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "MME", "ABADIE", "Alice", "+33 6 39 98 00 01", "302")}},
		[]string{"W responsable_double|ABADIE Alice a deux fiches de responsable : même portable"}},
	{"guardian at one address twice", []edit{{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "MME", "ABADIE", "Alice", "", "301")}},
		[]string{"W responsable_double|ABADIE Alice a sans doute deux fiches de responsable : même adresse"}},
	{"guardian twice for sure", []edit{{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "MME", "ABADIE", "Alice", "+33639980001", "301")}},
		[]string{"W responsable_double|ABADIE Alice a deux fiches|même portable et même adresse"}},
	{"homonyms", []edit{{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "MME", "ABADIE", "Alice", "0639980003", "302")}}, nil},
	{"father and son", []edit{{"siecle_responsables", personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302"), personne("203", "M.", "ABADIE", "Alain", "0639980003", "301")}}, nil},
	{"same address twice", []edit{{"siecle_responsables", adresse("304", "4 RUE HAUTE"), adresse("304", "3, Rue Haute")}}, []string{"W adresses_liens|ADRESSE_ID 303 et 304"}},
	{"no address", []edit{without("siecle_responsables", "<ADRESSE_ID>302</ADRESSE_ID>")}, []string{"W adresses_liens|BLANC Brigitte n’a pas d’adresse"}},
	{"address that is not there", []edit{without("siecle_responsables", adresse("302", "2 RUE HAUTE"))}, []string{"W adresses_liens|BLANC Brigitte renvoie à une adresse absente"}},
	{"guardian of nobody", []edit{without("siecle_responsables", lien("101", "202", "1", "20", "0"))}, []string{"W adresses_liens|ABADIE Alain ne répond d’aucun élève"}},
	{"link to nobody", []edit{{"siecle_responsables", "</RESPONSABLES>", lien("999", "202", "1", "20", "0") + "</RESPONSABLES>"}}, []string{"W adresses_liens|l’élève 999"}},
	{"link from nobody", []edit{{"siecle_responsables", "</RESPONSABLES>", lien("103", "888", "1", "20", "0") + "</RESPONSABLES>"}}, []string{"W adresses_liens|la personne 888"}},
	// 15
	{"no legal guardian", []edit{{"siecle_responsables", lien("104", "205", "1", "20", "1"), lien("104", "205", "3", "20", "1")}}, []string{"B responsables_legaux|DUBOIS David n’a aucun responsable légal"}},
	{"adult", []edit{{"siecle_responsables", lien("104", "205", "1", "20", "1"), lien("104", "205", "2", "70", "1")}}, nil},
	{"three legal guardians", []edit{{"siecle_responsables", "</RESPONSABLES>", lien("101", "203", "1", "50", "0") + "</RESPONSABLES>"}}, []string{"W responsables_legaux|ABADIE Anna a 3 responsables légaux"}},
	{"two payers", []edit{{"siecle_responsables", lien("101", "202", "1", "20", "0"), lien("101", "202", "1", "20", "1")}}, []string{"W responsables_legaux|Les frais de ABADIE Anna sont payés par 2 personnes"}},
	// 16
	{"teacher without accent", []edit{{"edt_cours", "<PROF_NOM>LE GOFF</PROF_NOM><PROF_PRENOM>Hélène", "<PROF_NOM>LE GOFF</PROF_NOM><PROF_PRENOM>Helene"}}, []string{"W enseignants|LE GOFF Hélène s’écrit « LE GOFF Helene »"}},
	{"teacher by her name of birth", []edit{{"edt_cours", "<PROF_NOM>LE GOFF</PROF_NOM>", "<PROF_NOM>PETIT</PROF_NOM>"}}, nil},
	{"unknown teacher", []edit{{"edt_cours", "<PROF_NOM>LE GOFF</PROF_NOM>", "<PROF_NOM>DURAND</PROF_NOM>"}}, []string{"W enseignants|DURAND Hélène a des cours dans EDT et n’est pas dans STS-Web", "W enseignants|LE GOFF Hélène a des services dans STS-Web et aucun cours"}},
	{"local teacher", []edit{{"sts_emp", `<INDIVIDU ID="8103" TYPE="epp"><SEXE>2</SEXE>`, `<INDIVIDU ID="8103" TYPE="local"><SEXE></SEXE>`}, {"sts_emp", `<ENSEIGNANT ID="8103" TYPE="epp">`, `<ENSEIGNANT ID="8103" TYPE="local">`}, {"emp_sts", `<ENSEIGNANT ID="8103" TYPE="epp">`, `<ENSEIGNANT ID="8103" TYPE="local">`}},
		[]string{"W enseignants|La fiche de LE GOFF Hélène est saisie localement dans STS-Web, sans sexe"}},
	{"teacher of emp_sts unknown", []edit{{"emp_sts", `<ENSEIGNANT ID="8103" TYPE="epp">`, `<ENSEIGNANT ID="8199" TYPE="epp">`}}, []string{"W enseignants|« epp:8199 » de la remontée"}},
	// 17
	{"subject by its code", []edit{{"edt_cours", "<MAT_CODE>AGL1</MAT_CODE>", "<MAT_CODE>030201</MAT_CODE>"}}, []string{"W matieres|porte dans EDT son code à six caractères"}},
	{"unknown subject", []edit{{"edt_cours", "<MAT_CODE>AGL1</MAT_CODE>", "<MAT_CODE>YOGA</MAT_CODE>"}}, []string{"W matieres|« YOGA » de EDT n’est le code de gestion"}},
	{"subject of no programme", []edit{{"edt_cours", "<MAT_CODE>AGL1</MAT_CODE>", "<MAT_CODE>LCALA</MAT_CODE>"}}, []string{"W matieres|LCA LATIN (020300) est enseignée, et n’est au programme"}},
	{"service of an unknown subject", []edit{without("sts_emp", `<MATIERE CODE="061300"><CODE_GESTION>MATHS</CODE_GESTION><LIBELLE_LONG>MATHEMATIQUES</LIBELLE_LONG></MATIERE>`)},
		[]string{"W matieres|061300, qui a un service", "W matieres|« MATHS » de EDT"}},
	// 18
	{"service without teacher", []edit{{"sts_emp", `<ENSEIGNANTS><ENSEIGNANT ID="8103" TYPE="epp"><HEURES_AGENT>4.00</HEURES_AGENT><TAUX_PONDERATION>1.00</TAUX_PONDERATION></ENSEIGNANT></ENSEIGNANTS>`, "<ENSEIGNANTS/>"}},
		[]string{"W services|Le service ANGLAIS LV1 (030201) de « 6ANG1 » n’a pas d’enseignant", "W services|LE GOFF Hélène n’a aucun service"}},
	{"head teacher of nothing", []edit{{"sts_emp", "<CODE_STRUCTURE>6B</CODE_STRUCTURE>", "<CODE_STRUCTURE>6D</CODE_STRUCTURE>"}}, []string{"W services|SAÏDI Karim est professeur principal de « 6D »"}},
	{"two head teachers", []edit{{"sts_emp", "<CODE_STRUCTURE>6B</CODE_STRUCTURE>", "<CODE_STRUCTURE>6A</CODE_STRUCTURE>"}}, []string{"W services|« 6A » a deux professeurs principaux"}},
	// 19
	{"teacher under his hours", []edit{{"sts_emp", "<NB_HEURES>4.00", "<NB_HEURES>18.00"}}, []string{"W heures|LE GOFF Hélène a 4 h de service, pondération comprise, et en doit 18 h"}},
	{"two hours over are due", []edit{{"sts_emp", "<NB_HEURES>4.00", "<NB_HEURES>2.00"}}, nil},
	{"three hours over are not", []edit{{"sts_emp", "<NB_HEURES>4.00", "<NB_HEURES>1.00"}}, []string{"W heures|LE GOFF Hélène a 4 h"}},
	{"hours weighted", []edit{{"sts_emp", "<HEURES_AGENT>4.00</HEURES_AGENT><TAUX_PONDERATION>1.00", "<HEURES_AGENT>4.00</HEURES_AGENT><TAUX_PONDERATION>1.75"}}, []string{"W heures|LE GOFF Hélène a 7 h"}},
	{"division under its programme", []edit{{"sts_emp", "<HEURES_STRUCTURE>4.50", "<HEURES_STRUCTURE>3.50"}}, []string{"W heures|« 6A » a 3,5 h en FRANCAIS (020700)"}},
	// 20
	{"lesson without class", []edit{{"edt_cours", "<CLASSE>[6ANG1]</CLASSE>", "<CLASSE></CLASSE>"}}, []string{"W emploi_du_temps|Le cours n° 6|est incomplet : ni classe ni groupe."}},
	{"two classes without group", []edit{{"edt_cours", "<CLASSE>[6ANG1]</CLASSE>", "<CLASSE>6A, 6B</CLASSE>"}}, []string{"W emploi_du_temps|réunit 2 classes entières"}},
	{"lesson that is not placed", []edit{{"edt_cours", "<JOUR>mercredi</JOUR><H.DEBUT>08h00", "<JOUR></JOUR><H.DEBUT>"}}, []string{"W emploi_du_temps|Le cours n° 6|pas d’horaire"}},
	{"leading blanks of an hour", []edit{{"edt_cours", "<JOUR>mercredi</JOUR><H.DEBUT>08h00", "<JOUR>mercredi</JOUR><H.DEBUT>  08h00"}}, nil},
	{"teacher twice at once", []edit{{"edt_cours", "6B</CLASSE><SALLE>101</SALLE><ALTERNANCE>H</ALTERNANCE><MODALITE>CG</MODALITE><CO-ENS.>N</CO-ENS.><POND.>1</POND.><JOUR>mardi", "6B</CLASSE><SALLE>104</SALLE><ALTERNANCE>H</ALTERNANCE><MODALITE>CG</MODALITE><CO-ENS.>N</CO-ENS.><POND.>1</POND.><JOUR>lundi"}},
		[]string{"W emploi_du_temps|MARCHAND Élise a deux cours à la fois, lundi à 8 h"}},
	{"room twice at once", []edit{{"edt_cours", "<SALLE>102</SALLE>", "<SALLE>101</SALLE>"}}, []string{"W emploi_du_temps|La salle « 101 » a deux cours à la fois, mardi à 8 h"}},
	{"two fortnights in one room", []edit{{"edt_cours", "</TABLE>", cours("7", "1h00", "Q2", "MATHS", "MATHEMATIQUES", "SAÏDI", "Karim", "6B", "101", "jeudi", "08h00", "2") + "</TABLE>"}}, nil},
	{"same fortnight in one room", []edit{{"edt_cours", "</TABLE>", cours("7", "1h00", "Q1", "MATHS", "MATHEMATIQUES", "SAÏDI", "Karim", "6B", "101", "jeudi", "08h30", "2") + "</TABLE>"}}, []string{"W emploi_du_temps|La salle « 101 » a deux cours à la fois"}},
	{"alternation without weeks", []edit{without("emp_sts", "<DATE_DEBUT_SEMAINE>2026-09-07</DATE_DEBUT_SEMAINE></SEMAINES></ALTERNANCE></ALTERNANCES>"), {"emp_sts", `<ALTERNANCE CODE="Q2"><SEMAINES>`, `<ALTERNANCE CODE="Q2"><SEMAINES/></ALTERNANCE></ALTERNANCES>`}},
		[]string{"W emploi_du_temps|L’alternance « Q2 » n’a aucune semaine"}},
	{"alternation that nothing explains", []edit{{"edt_cours", "<ALTERNANCE>Q1</ALTERNANCE>", "<ALTERNANCE>T7</ALTERNANCE>"}}, []string{"W emploi_du_temps|« T7 » de EDT n’a pas de semaines connues"}},
	{"co-teaching undeclared", []edit{{"edt_cours", "</TABLE>", cours("6", "4h00", "H", "AGL1", "ANGLAIS LV1", "SAÏDI", "Karim", "[6ANG1]", "103", "mercredi", "08h00", "4") + "</TABLE>"}}, []string{"W emploi_du_temps|a aussi pour enseignant SAÏDI Karim"}},
	{"hours not placed", []edit{{"emp_sts", "<DUREE>0400</DUREE><CODE_SALLE>103", "<DUREE>0300</DUREE><CODE_SALLE>103"}}, []string{"W emploi_du_temps|de LE GOFF Hélène en « 6ANG1 » a 3 h de cours placés pour 4 h"}},
	{"service that is not sent up", []edit{without("emp_sts", serviceOf("061300", "4.50", "8102", lessonsOf(lessonAt("H", "2", "0800", "0430", "102"))))}, []string{"W emploi_du_temps|MATHEMATIQUES (061300) de « 6A » est dans STS-Web"}},
	{"without emp_sts the timetable counts", []edit{whole("emp_sts", "")}, nil},
	{"without emp_sts, hours not placed", []edit{whole("emp_sts", ""), {"edt_cours", "<DUREE>4h00</DUREE><FREQUENCE>H</FREQUENCE><MAT_CODE>AGL1", "<DUREE>3h00</DUREE><FREQUENCE>H</FREQUENCE><MAT_CODE>AGL1"}},
		[]string{"W emploi_du_temps|Le service ANGLAIS LV1 (030201) de « 6ANG1 » a 3 h de cours placés pour 4 h"}},
	// 21
	{"directory lacks a pupil", []edit{without("aaf_eleve", aafPupil("9104", "104", "900000004DD", "DUBOIS", "David", "21/01/2015", "6B"))}, []string{"W annuaire|DUBOIS David est dans SIECLE, et n’est pas dans l’annuaire"}},
	{"directory has one more", []edit{{"aaf_eleve", "</ficAlimMENESR>", aafPupil("9105", "105", "900000005EE", "EMERY", "Eve", "01/01/2015", "6B") + "</ficAlimMENESR>"}}, []string{"W annuaire|EMERY Eve est dans l’annuaire fédérateur"}},
	{"directory has another class", []edit{{"aaf_eleve", "1000$6B", "1000$6A"}}, []string{"W annuaire|CARON Chloé est en « 6B » dans SIECLE, et en « 6A »"}},
	// nothing to compare with
	{"SIECLE alone", []edit{whole("sts_emp", ""), whole("emp_sts", ""), whole("edt_cours", ""), whole("aaf_eleve", ""), whole("siecle_responsables", "")}, nil},
	{"timetable alone", []edit{whole("sts_emp", ""), whole("emp_sts", ""), whole("siecle_eleves", ""), whole("aaf_eleve", ""), whole("siecle_responsables", "")}, nil},
	{"nothing final: no pupil in a division yet", []edit{{"siecle_eleves", "<STRUCTURES>\n" + structures("101", "6A", "6ANG1") + structures("102", "6A", "6ANG1") + structures("103", "6B", "6ANG1") + structures("104", "6B", "6ANG1"), "<STRUCTURES>"},
		whole("sts_emp", ""), whole("emp_sts", ""), whole("edt_cours", ""), whole("aaf_eleve", "")}, []string{"W champs_eleve|Aucun élève n’a encore de division"}},
}

func siecleStructures(codes ...string) string {
	text := `<BEE_STRUCTURES>` + parametres("08:30:00") + "<DONNEES><DIVISIONS>"
	for _, c := range codes {
		text += `<DIVISION CODE_STRUCTURE="` + c + `"><MEFS_APPARTENANCE><MEF_APPARTENANCE><CODE_MEF>10010012110</CODE_MEF></MEF_APPARTENANCE></MEFS_APPARTENANCE></DIVISION>`
	}
	return text + "</DIVISIONS></DONNEES></BEE_STRUCTURES>"
}

// nomenclature is that of SIECLE: what a MEF demands, and the modality of its English.
func nomenclature(demands, mode string) string {
	text := `<BEE_NOMENCLATURES VERSION="3.1">` + parametres("08:30:00") + `<DONNEES><MEFS><MEF CODE_MEF="10010012110"><FORMATION>6EME</FORMATION>` + demands + "</MEF></MEFS><MATIERES>"
	for _, m := range [][2]string{{"020700", "FRANC"}, {"061300", "MATHS"}, {"030201", "AGL1"}, {"020300", "LCALA"}} {
		text += `<MATIERE CODE_MATIERE="` + m[0] + `"><CODE_GESTION>` + m[1] + `</CODE_GESTION></MATIERE>`
	}
	text += "</MATIERES><PROGRAMMES>"
	for _, p := range [][3]string{{"020700", "S", "4.5"}, {"061300", "S", "4.5"}, {"030201", mode, "4"}} {
		text += "<PROGRAMME><CODE_MEF>10010012110</CODE_MEF><CODE_MATIERE>" + p[0] + "</CODE_MATIERE><CODE_MODALITE_ELECT>" + p[1] + "</CODE_MODALITE_ELECT><HORAIRE>" + p[2] + "</HORAIRE></PROGRAMME>"
	}
	return text + "</PROGRAMMES></DONNEES></BEE_NOMENCLATURES>"
}

// apply spoils the texts of the small school.
func (s spoiled) apply(t *testing.T) map[string]string {
	t.Helper()
	texts := mini()
	for _, e := range s.edits {
		switch {
		case e.old == "":
			texts[e.file] = e.new
		case !strings.Contains(texts[e.file], e.old):
			t.Fatalf("%s has no %q", e.file, e.old)
		case e.new == "ALL":
			texts[e.file] = strings.ReplaceAll(texts[e.file], e.old, "")
		default:
			texts[e.file] = strings.Replace(texts[e.file], e.old, e.new, 1)
		}
	}
	return texts
}

func TestSpoiledSchools(t *testing.T) {
	for _, c := range slices.Concat(cases, apogeeCases) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := openMini(t)
			loadOver(t, v, c.apply(t))
			check(t, v)
			list := standing(t, v)
			for _, want := range c.want {
				if len(with(list, strings.Split(strings.Replace(want, "|", ":|", 1), "|")...)) != 1 {
					t.Errorf("not found once: %s", want)
				}
			}
			if len(list) != len(c.want) || t.Failed() {
				t.Errorf("%d findings, want %d:\n%s", len(list), len(c.want), strings.Join(lines(list), "\n"))
			}
		})
	}
}

func TestEachRuleHasACase(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range slices.Concat(cases, apogeeCases) {
		for _, w := range c.want {
			code, _, _ := strings.Cut(w[2:], "|")
			seen[code] = true
		}
	}
	for i, r := range rule.Rules {
		if !seen[r.Code] {
			t.Errorf("no case spoils what %s checks", r.Code)
		}
		if r.Number != i+1 || r.Title == "" || r.Text == "" || r.Origin == "" || r.Tool == "" {
			t.Errorf("rule %d is incomplete: %+v", i+1, r)
		}
	}
}

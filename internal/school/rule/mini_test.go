package rule_test

import (
	"fmt"
	"strings"
	"testing"

	"belvedere/internal/school/vault"
)

// The small school of tests: two divisions of two pupils, a group across them, three teachers, in
// files that agree on everything. Each test spoils one thing.

func eleve(id, name, first, birth, ine, sex string) string {
	return fmt.Sprintf(`<ELEVE ELEVE_ID="%s" ELENOET="%s"><ID_NATIONAL>%s</ID_NATIONAL><ELENOET>0%s</ELENOET><NOM_DE_FAMILLE>%s</NOM_DE_FAMILLE><PRENOM>%s</PRENOM><DATE_NAISS>%s</DATE_NAISS><DOUBLEMENT>0</DOUBLEMENT><CODE_REGIME>21</CODE_REGIME><DATE_ENTREE>01/09/2026</DATE_ENTREE><CODE_SEXE>%s</CODE_SEXE><CODE_STATUT>ST</CODE_STATUT><CODE_MEF>10010012110</CODE_MEF><ADHESION_TRANSPORT>0</ADHESION_TRANSPORT></ELEVE>
`, id, id, ine, id, name, first, birth, sex)
}

func structures(id string, codes ...string) string {
	text := `<STRUCTURES_ELEVE ELEVE_ID="` + id + `">`
	for i, c := range codes {
		typ := "D"
		if i > 0 {
			typ = "G"
		}
		text += "<STRUCTURE><CODE_STRUCTURE>" + c + "</CODE_STRUCTURE><TYPE_STRUCTURE>" + typ + "</TYPE_STRUCTURE></STRUCTURE>"
	}
	return text + "</STRUCTURES_ELEVE>\n"
}

func options(id, subject string) string {
	return `<OPTION ELEVE_ID="` + id + `"><OPTIONS_ELEVE><NUM_OPTION>1</NUM_OPTION><CODE_MODALITE_ELECT>O</CODE_MODALITE_ELECT><CODE_MATIERE>` + subject + "</CODE_MATIERE></OPTIONS_ELEVE></OPTION>\n"
}

func parametres(hour string) string {
	return "<PARAMETRES><UAJ>0999901Z</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE><DATE_EXPORT>15/09/2026</DATE_EXPORT><HORODATAGE>15/09/2026 " + hour + "</HORODATAGE></PARAMETRES>"
}

func eleves() string {
	return `<BEE_ELEVES VERSION="3.0">` + parametres("08:30:00") + "<DONNEES><ELEVES>\n" +
		eleve("101", "ABADIE", "Anna", "14/03/2015", "900000001AA", "2") + eleve("102", "BLANC", "Bilal", "02/11/2015", "900000002BB", "1") +
		eleve("103", "CARON", "Chloé", "30/06/2015", "900000003CC", "2") + eleve("104", "DUBOIS", "David", "21/01/2015", "900000004DD", "1") +
		"</ELEVES><OPTIONS>\n" + options("101", "030201") + options("102", "030201") + options("103", "030201") + options("104", "030201") +
		"</OPTIONS><STRUCTURES>\n" + structures("101", "6A", "6ANG1") + structures("102", "6A", "6ANG1") + structures("103", "6B", "6ANG1") + structures("104", "6B", "6ANG1") +
		"</STRUCTURES></DONNEES></BEE_ELEVES>"
}

func personne(id, civility, name, first, mobile, address string) string {
	return fmt.Sprintf(`<PERSONNE PERSONNE_ID="%s"><LC_CIVILITE>%s</LC_CIVILITE><NOM_DE_FAMILLE>%s</NOM_DE_FAMILLE><PRENOM>%s</PRENOM><TEL_PORTABLE>%s</TEL_PORTABLE><ADRESSE_ID>%s</ADRESSE_ID></PERSONNE>
`, id, civility, name, first, mobile, address)
}

func lien(pupil, person, level, kin, pays string) string {
	return fmt.Sprintf(`<RESPONSABLE_ELEVE><ELEVE_ID>%s</ELEVE_ID><PERSONNE_ID>%s</PERSONNE_ID><NIVEAU_RESPONSABILITE>%s</NIVEAU_RESPONSABILITE><CODE_PARENTE>%s</CODE_PARENTE><PAIE_FRAIS_SCOLAIRES>%s</PAIE_FRAIS_SCOLAIRES></RESPONSABLE_ELEVE>
`, pupil, person, level, kin, pays)
}

func adresse(id, line string) string {
	return `<ADRESSE ADRESSE_ID="` + id + `"><LIGNE1_ADRESSE>` + line + "</LIGNE1_ADRESSE><CODE_POSTAL>99001</CODE_POSTAL><LIBELLE_POSTAL>LA SARVANE</LIBELLE_POSTAL></ADRESSE>\n"
}

func responsables() string {
	return `<BEE_RESPONSABLES VERSION="2.1">` + parametres("08:31:00") + "<DONNEES><PERSONNES>\n" +
		personne("201", "MME", "ABADIE", "Alice", "0639980001", "301") + personne("202", "M.", "ABADIE", "Alain", "0639980002", "301") +
		personne("203", "MME", "BLANC", "Brigitte", "0639980003", "302") + personne("204", "MME", "CARON", "Cécile", "0639980004", "303") +
		personne("205", "M.", "DUBOIS", "Didier", "0639980005", "304") +
		"</PERSONNES><RESPONSABLES>\n" + lien("101", "201", "1", "10", "1") + lien("101", "202", "1", "20", "0") + lien("102", "203", "1", "10", "1") +
		lien("103", "204", "1", "10", "1") + lien("104", "205", "1", "20", "1") +
		"</RESPONSABLES><ADRESSES>\n" + adresse("301", "1 RUE HAUTE") + adresse("302", "2 RUE HAUTE") + adresse("303", "3 RUE HAUTE") + adresse("304", "4 RUE HAUTE") +
		"</ADRESSES></DONNEES></BEE_RESPONSABLES>"
}

func individu(id, name, birthName, first, hours, head string) string {
	pp := ""
	if head != "" {
		pp = "<PROFS_PRINC><PROF_PRINC><CODE_STRUCTURE>" + head + "</CODE_STRUCTURE></PROF_PRINC></PROFS_PRINC>"
	}
	return fmt.Sprintf(`<INDIVIDU ID="%s" TYPE="epp"><SEXE>2</SEXE><NOM_USAGE>%s</NOM_USAGE><NOM_PATRONYMIQUE>%s</NOM_PATRONYMIQUE><PRENOM>%s</PRENOM><FONCTION>ENS</FONCTION>%s<DISCIPLINES><DISCIPLINE CODE="L0202"><NB_HEURES>%s</NB_HEURES></DISCIPLINE></DISCIPLINES></INDIVIDU>
`, id, name, birthName, first, pp, hours)
}

// serviceOf is a service with one teacher, and his lesson when it is of emp_sts.
func serviceOf(subject, hours, teacher, lesson string) string {
	return fmt.Sprintf(`<SERVICE CODE_MATIERE="%s" CODE_MOD_COURS="CG"><HEURES_STRUCTURE>%s</HEURES_STRUCTURE><ENSEIGNANTS><ENSEIGNANT ID="%s" TYPE="epp"><HEURES_AGENT>%s</HEURES_AGENT><TAUX_PONDERATION>1.00</TAUX_PONDERATION>%s</ENSEIGNANT></ENSEIGNANTS></SERVICE>
`, subject, hours, teacher, hours, lesson)
}

func lessonAt(alternation, day, start, length, room string) string {
	return "<COURS><CODE_ALTERNANCE>" + alternation + "</CODE_ALTERNANCE><JOUR>" + day + "</JOUR><HEURE_DEBUT>" + start + "</HEURE_DEBUT><DUREE>" + length + "</DUREE><CODE_SALLE>" + room + "</CODE_SALLE></COURS>"
}

func lessonsOf(list ...string) string {
	return "<COURS_RATTACHES>" + strings.Join(list, "") + "</COURS_RATTACHES>"
}

func stsEmp() string {
	matiere := func(code, gestion, label string) string {
		return `<MATIERE CODE="` + code + `"><CODE_GESTION>` + gestion + "</CODE_GESTION><LIBELLE_LONG>" + label + "</LIBELLE_LONG></MATIERE>\n"
	}
	programme := func(subject, hours string) string {
		return "<PROGRAMME><CODE_MEF>10010012110</CODE_MEF><CODE_MATIERE>" + subject + "</CODE_MATIERE><HORAIRE>" + hours + "</HORAIRE></PROGRAMME>\n"
	}
	division := func(code, label string) string {
		return `<DIVISION CODE="` + code + `"><LIBELLE_LONG>` + label + `</LIBELLE_LONG><EFFECTIF_CALCULE>2</EFFECTIF_CALCULE><MEFS_APPARTENANCE><MEF_APPARTENANCE CODE="10010012110"/></MEFS_APPARTENANCE><SERVICES>` +
			serviceOf("020700", "4.50", "8101", "") + serviceOf("061300", "4.50", "8102", "") + "</SERVICES></DIVISION>\n"
	}
	return `<STS_EDT><PARAMETRES><UAJ CODE="0999901Z"/><ANNEE_SCOLAIRE ANNEE="2026"><DATE_DEBUT>2026-09-01</DATE_DEBUT><DATE_FIN>2027-08-31</DATE_FIN></ANNEE_SCOLAIRE></PARAMETRES>
<NOMENCLATURES><MATIERES>` + matiere("020700", "FRANC", "FRANCAIS") + matiere("061300", "MATHS", "MATHEMATIQUES") + matiere("030201", "AGL1", "ANGLAIS LV1") + matiere("020300", "LCALA", "LCA LATIN") +
		`</MATIERES><MEFS><MEF CODE="10010012110"><FORMATION>6EME</FORMATION><LIBELLE_EDITION>6ème</LIBELLE_EDITION><MEFSTAT11>21110010001</MEFSTAT11></MEF></MEFS><PROGRAMMES>` +
		programme("020700", "4.50") + programme("061300", "4.50") + programme("030201", "4.00") + `</PROGRAMMES></NOMENCLATURES><DONNEES><INDIVIDUS>` +
		individu("8101", "MARCHAND", "MARCHAND", "Élise", "9.00", "6A") + individu("8102", "SAÏDI", "SAÏDI", "Karim", "9.00", "6B") + individu("8103", "LE GOFF", "PETIT", "Hélène", "4.00", "") +
		`</INDIVIDUS><STRUCTURE><DIVISIONS>` + division("6A", "6EME A") + division("6B", "6EME B") +
		`</DIVISIONS><GROUPES><GROUPE CODE="6ANG1"><LIBELLE_LONG>6EME ANGLAIS 1</LIBELLE_LONG><EFFECTIF_CALCULE>4</EFFECTIF_CALCULE><DIVISIONS_APPARTENANCE><DIVISION_APPARTENANCE CODE="6A"/><DIVISION_APPARTENANCE CODE="6B"/></DIVISIONS_APPARTENANCE><MEFS_APPARTENANCE><MEF_APPARTENANCE CODE="10010012110"/></MEFS_APPARTENANCE><SERVICES>` +
		serviceOf("030201", "4.00", "8103", "") + `</SERVICES></GROUPE></GROUPES></STRUCTURE></DONNEES></STS_EDT>`
}

func empSts() string {
	return `<EDT_STS><PARAMETRES><UAJ>0999901Z</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE></PARAMETRES><DONNEES><ALTERNANCES>
<ALTERNANCE CODE="H"><SEMAINES><DATE_DEBUT_SEMAINE>2026-08-31</DATE_DEBUT_SEMAINE><DATE_DEBUT_SEMAINE>2026-09-07</DATE_DEBUT_SEMAINE></SEMAINES></ALTERNANCE>
<ALTERNANCE CODE="Q1"><SEMAINES><DATE_DEBUT_SEMAINE>2026-08-31</DATE_DEBUT_SEMAINE></SEMAINES></ALTERNANCE>
<ALTERNANCE CODE="Q2"><SEMAINES><DATE_DEBUT_SEMAINE>2026-09-07</DATE_DEBUT_SEMAINE></SEMAINES></ALTERNANCE></ALTERNANCES><STRUCTURE><DIVISIONS>
<DIVISION CODE="6A"><SERVICES>` + serviceOf("020700", "4.50", "8101", lessonsOf(lessonAt("H", "1", "0800", "0400", "101"), lessonAt("Q1", "4", "0800", "0100", "101"))) +
		serviceOf("061300", "4.50", "8102", lessonsOf(lessonAt("H", "2", "0800", "0430", "102"))) + `</SERVICES></DIVISION>
<DIVISION CODE="6B"><SERVICES>` + serviceOf("020700", "4.50", "8101", lessonsOf(lessonAt("H", "2", "0800", "0430", "101"))) +
		serviceOf("061300", "4.50", "8102", lessonsOf(lessonAt("H", "1", "0800", "0430", "102"))) + `</SERVICES></DIVISION></DIVISIONS><GROUPES>
<GROUPE CODE="6ANG1"><SERVICES>` + serviceOf("030201", "4.00", "8103", lessonsOf(lessonAt("H", "3", "0800", "0400", "103"))) + `</SERVICES></GROUPE></GROUPES></STRUCTURE></DONNEES></EDT_STS>`
}

func cours(n, length, alternation, code, label, name, first, class, room, day, start, count string) string {
	return fmt.Sprintf(`<Cours numero="%s"><NUMERO>%s</NUMERO><DUREE>%s</DUREE><FREQUENCE>%s</FREQUENCE><MAT_CODE>%s</MAT_CODE><MAT_LIBELLE>%s</MAT_LIBELLE><PROF_NOM>%s</PROF_NOM><PROF_PRENOM>%s</PROF_PRENOM><CLASSE>%s</CLASSE><SALLE>%s</SALLE><ALTERNANCE>%s</ALTERNANCE><MODALITE>CG</MODALITE><CO-ENS.>N</CO-ENS.><POND.>1</POND.><JOUR>%s</JOUR><H.DEBUT>%s</H.DEBUT><EFFECTIF>%s</EFFECTIF></Cours>
`, n, n, length, alternation, code, label, name, first, class, room, alternation, day, start, count)
}

func expCours() string {
	return `<?xml version="1.0" encoding="UTF-8"?><TABLE nom="Cours">` +
		cours("1", "4h00", "H", "FRANC", "FRANCAIS", "MARCHAND", "Élise", "6A", "101", "lundi", "08h00", "2") +
		cours("2", "1h00", "Q1", "FRANC", "FRANCAIS", "MARCHAND", "Élise", "6A", "101", "jeudi", "08h00", "2") +
		cours("3", "4h30", "H", "MATHS", "MATHEMATIQUES", "SAÏDI", "Karim", "6A", "102", "mardi", "08h00", "2") +
		cours("4", "4h30", "H", "FRANC", "FRANCAIS", "MARCHAND", "Élise", "6B", "101", "mardi", "08h00", "2") +
		cours("5", "4h30", "H", "MATHS", "MATHEMATIQUES", "SAÏDI", "Karim", "6B", "102", "lundi", "08h00", "2") +
		cours("6", "4h00", "H", "AGL1", "ANGLAIS LV1", "LE GOFF", "Hélène", "[6ANG1]", "103", "mercredi", "08h00", "4") + "</TABLE>"
}

func aafPupil(join, id, ine, name, first, birth, class string) string {
	attr := func(name, value string) string {
		return `<attr name="` + name + `"><value>` + value + "</value></attr>"
	}
	return `<addRequest><operationalAttributes><attr name="categoriePersonne"><value>Eleve</value></attr></operationalAttributes><identifier><id>` + join + "</id></identifier><attributes>" +
		attr("ENTPersonJointure", join) + attr("ENTEleveINE", ine) + attr("ENTEleveStructRattachId", id) + attr("ENTPersonDateNaissance", birth) + attr("ENTPersonNomPatro", name) +
		attr("sn", name) + attr("givenName", first) + attr("ENTPersonStructRattach", "1000") + attr("ENTEleveClasses", "1000$"+class) + "</attributes></addRequest>\n"
}

func aafPupils() string {
	return "<ficAlimMENESR>" + aafPupil("9101", "101", "900000001AA", "ABADIE", "Anna", "14/03/2015", "6A") + aafPupil("9102", "102", "900000002BB", "BLANC", "Bilal", "02/11/2015", "6A") +
		aafPupil("9103", "103", "900000003CC", "CARON", "Chloé", "30/06/2015", "6B") + aafPupil("9104", "104", "900000004DD", "DUBOIS", "David", "21/01/2015", "6B") + "</ficAlimMENESR>"
}

const aafSchool = `<ficAlimMENESR><addRequest><operationalAttributes><attr name="categorieStructure"><value>EtabEducNat</value></attr></operationalAttributes><identifier><id>1000</id></identifier>
<attributes><attr name="ENTStructureJointure"><value>1000</value></attr><attr name="ENTStructureUAI"><value>0999901Z</value></attr></attributes></addRequest></ficAlimMENESR>`

// mini are the files of the small school, by format, in the order in which they come.
func mini() map[string]string {
	return map[string]string{"sts_emp": stsEmp(), "siecle_eleves": eleves(), "siecle_responsables": responsables(), "edt_cours": expCours(), "emp_sts": empSts(),
		"aaf_structure": aafSchool, "aaf_eleve": aafPupils(), "apogee_maquette": maquetteOf()}
}

var order = []string{"sts_emp", "siecle_nomenclature", "siecle_structures", "siecle_communs", "siecle_eleves", "siecle_responsables", "edt_cours", "edt_eleves", "udt_cours",
	"emp_sts", "aaf_structure", "aaf_eleve", "apogee_maquette", "apogee_resultats"}

// filesOf turns texts into files; an empty text is no file.
func filesOf(t testing.TB, texts map[string]string) (list []vault.File) {
	t.Helper()
	for _, code := range order {
		if texts[code] != "" {
			list = append(list, file(t, code, code, []byte(texts[code])))
		}
	}
	return list
}

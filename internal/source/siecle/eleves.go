package siecle

import (
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
)

// Pupil is one pupil of Eleves.xml or of the extraction.
var Pupil = &record.Kind{
	Name: "siecle_eleve",
	Doc: "Un élève de SIECLE (formats.md 1.2). ine est INE_RNIE, sinon INE_BEA, sinon ID_NATIONAL. " +
		"Dans l’extraction, qui n’a pas d’ELEVE_ID, eleve_id commence par une lettre et vient du numéro de l’élève.",
	Fields: []string{
		"eleve_id", "elenoet", "elenoet_attribut", "id_eleve_etab", "id_prv_ele",
		"ine", "ine_rnie", "ine_bea", "id_national",
		"nom", "nom_usage", "prenom", "prenom2", "prenom3", "date_naiss", "code_sexe",
		"doublement", "code_regime", "code_statut", "code_mef", "lib_mef", "adhesion_transport", "code_circuit",
		"date_entree", "date_sortie", "code_motif_sortie", "code_provenance", "date_modification",
		"an_dernier_code_rne", "an_dernier_code_mef", "an_dernier_code_structure", "adresse_id",
	},
	Key: []string{"eleve_id"},
}

// Option is one option of a pupil. The options of the common core (S) are not in the exports.
var Option = &record.Kind{
	Name: "siecle_option",
	Doc: "Une option d’un élève (formats.md 1.2). code_gestion vient de l’extraction, " +
		"qui ne donne pas le code à six chiffres de la matière.",
	Fields: []string{"eleve_id", "num_option", "code_modalite_elect", "code_matiere", "code_gestion"},
}

// PupilStructure is a division or a group of a pupil.
var PupilStructure = &record.Kind{
	Name:   "siecle_structure_eleve",
	Doc:    "Une division (D) ou un groupe (G) d’un élève (formats.md 1.2). Un élève sorti garde les siens.",
	Fields: []string{"eleve_id", "code_structure", "type_structure"},
}

// PupilAddress is an address of pupils.
var PupilAddress = &record.Kind{
	Name:   "siecle_adresse_eleve",
	Doc:    "Une adresse d’élèves, telle que la donne ElevesAvecAdresses (formats.md 1.2).",
	Fields: addressFields,
	Key:    []string{"adresse_id"},
}

var addressFields = []string{
	"adresse_id", "ligne1_adresse", "ligne2_adresse", "ligne3_adresse", "ligne4_adresse",
	"code_postal", "libelle_postal", "code_commune_insee", "commune_etrangere", "code_pays", "ll_pays",
}

var pupils = xmlscan.NewReader(xmlscan.Spec{
	Code: "siecle_eleves", Source: source, Label: "SIECLE, élèves (ElevesAvecAdresses ou ElevesSansAdresses)",
	Roots: []string{"BEE_ELEVES", "BEE_EPHC_ELEVES"},
	Head:  head,
	Rows: []xmlscan.Row{
		{Kind: Pupil, Path: "//ELEVES/ELEVE", Names: []string{"nom", "nom_usage", "prenom", "prenom2", "prenom3"}, Then: checkNumber,
			From: map[string]string{
				"eleve_id":                  "@ELEVE_ID|ELEVE_ID",
				"elenoet":                   "ELENOET|@ELENOET",
				"elenoet_attribut":          "@ELENOET",
				"ine":                       "INE_RNIE|INE_BEA|ID_NATIONAL",
				"nom":                       "NOM_DE_FAMILLE|NOM",
				"code_regime":               "CODE_REGIME|CODE_REGIME2",
				"date_entree":               "DATE_ENTREE|DATE_ENTREE_ELE",
				"date_sortie":               "DATE_SORTIE|DATE_SORTIE_ETAB",
				"lib_mef":                   "",
				"code_circuit":              "",
				"an_dernier_code_rne":       "SCOLARITE_AN_DERNIER/CODE_RNE",
				"an_dernier_code_mef":       "SCOLARITE_AN_DERNIER/CODE_MEF",
				"an_dernier_code_structure": "SCOLARITE_AN_DERNIER/CODE_STRUCTURE",
			}},
		{Kind: Option, Path: "//OPTIONS/OPTION/OPTIONS_ELEVE", From: map[string]string{"eleve_id": "../@ELEVE_ID|../ELEVE_ID", "code_gestion": ""}},
		{Kind: PupilStructure, Path: "//STRUCTURES/STRUCTURES_ELEVE/STRUCTURE", From: map[string]string{"eleve_id": "../@ELEVE_ID|../ELEVE_ID"}},
		{Kind: PupilAddress, Path: "//ADRESSES/ADRESSE", From: map[string]string{"adresse_id": "@ADRESSE_ID|ADRESSE_ID"}},
	},
	Need: Pupil, Nobody: "Il ne contient aucun élève.",
})

var (
	pupilNumber    = field(Pupil, "elenoet")
	pupilNumberTwo = field(Pupil, "elenoet_attribut")
)

// checkNumber compares the two numbers that a pupil has in the school: the attribute may have
// lost its leading zeros.
func checkNumber(f *xmlscan.Found) error {
	two := f.Values[pupilNumberTwo]
	if !two.Present || sameNumber(f.Text(pupilNumber), two.Text) {
		return nil
	}
	return f.Doubt(pupilNumber, "elenoet_double", "L’élève a deux numéros d’établissement différents : « "+f.Text(pupilNumber)+" » et « "+two.Text+" ».",
		"Refaites l’export depuis SIECLE : un fichier retouché à la main se contredit souvent ainsi.")
}

func sameNumber(a, b string) bool {
	for len(a) > 1 && a[0] == '0' {
		a = a[1:]
	}
	for len(b) > 1 && b[0] == '0' {
		b = b[1:]
	}
	return a == b
}

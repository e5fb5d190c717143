package siecle

import (
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
)

// The kinds of Communs.xml. The school has no field for its head.
var (
	School = &record.Kind{
		Name: "siecle_uaj",
		Doc:  "L’établissement, sans le nom de son chef (formats.md 1.5).",
		Fields: []string{"uaj", "denom_princ", "denom_compl", "code_type_etab", "secteur_code", "ligne1_adresse", "ligne2_adresse",
			"ligne3_adresse", "ligne4_adresse", "code_postal", "libelle_postal", "code_commune_insee", "telephone", "mel"},
	}
	Year = &record.Kind{
		Name:   "siecle_annee",
		Doc:    "L’année scolaire de l’établissement (formats.md 1.5).",
		Fields: []string{"date_deb_eleve", "date_fin_eleve", "date_deb_prof", "date_fin_prof"},
	}
	Period = &record.Kind{
		Name:   "siecle_periode",
		Doc:    "Une période de l’année : trimestre, semestre (formats.md 1.5).",
		Fields: []string{"code_periode", "code_type_periode", "indice", "ll_periode", "date_debut", "date_fin"},
	}
	Closure = &record.Kind{
		Name:   "siecle_fermeture",
		Doc:    "Une fermeture : vacances, jour férié, pont (formats.md 1.5).",
		Fields: []string{"lc_motif", "ll_motif", "ll_fermeture", "date_debut", "date_fin"},
	}
)

var common = xmlscan.NewReader(xmlscan.Spec{
	Code: "siecle_communs", Source: source, Label: "SIECLE, communs", Roots: []string{"BEE_COMMUN", "BEE_COMMUNS"},
	Head: head,
	Rows: []xmlscan.Row{
		{Kind: School, Path: "//UAJ", From: map[string]string{"uaj": "ETAB_UAJ_ID|CODE_RNE|@CODE", "mel": "MEL_1|MEL_2"}},
		{Kind: Year, Path: "//ANNEE_SCOLAIRE", From: map[string]string{
			"date_deb_eleve": "DATE_DEB_ELEVE|DATE_DEBUT_ELEVE", "date_deb_prof": "DATE_DEB_PROF|DATE_DEBUT_PROF"}},
		{Kind: Period, Path: "//PERIODE", From: map[string]string{"code_periode": "CODE_PERIODE|@CODE_PERIODE"}},
		{Kind: Closure, Path: "//FERMETURE"},
	},
	Need: School, Nobody: "Il ne décrit aucun établissement.",
})

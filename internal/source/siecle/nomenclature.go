package siecle

import (
	"strings"

	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
)

// The kinds of Nomenclature.xml.
var (
	MEF = &record.Kind{
		Name: "siecle_mef",
		Doc:  "Un module élémentaire de formation (formats.md 1.5). Une fermeture au 31/12/9999 veut dire : ouvert.",
		Fields: []string{"code_mef", "formation", "specialite", "libelle_long", "libelle_edition", "mef_rattachement", "code_mefstat",
			"nb_opt_oblig", "nb_opt_mini", "inscription_etab", "date_ouverture", "date_fermeture"},
		Key: []string{"code_mef"},
	}
	Subject = &record.Kind{
		Name:   "siecle_matiere",
		Doc:    "Une matière (formats.md 1.5). code_gestion est le mnémonique qu’emploient les emplois du temps.",
		Fields: []string{"code_matiere", "code_gestion", "libelle_court", "libelle_long", "libelle_edition", "code_matiere_nationale"},
		Key:    []string{"code_matiere"},
	}
	Programme = &record.Kind{
		Name:   "siecle_programme",
		Doc:    "Une matière du programme d’un MEF (formats.md 1.5).",
		Fields: []string{"code_mef", "code_matiere", "code_modalite_elect", "horaire"},
		Key:    []string{"code_mef", "code_matiere", "code_modalite_elect"},
	}
	RequiredOption = &record.Kind{
		Name:   "siecle_option_obligatoire",
		Doc:    "Une option obligatoire d’un MEF, par rang (formats.md 1.5).",
		Fields: []string{"code_mef", "code_matiere", "rang_option"},
		Key:    []string{"code_mef", "code_matiere", "rang_option"},
	}
	Regime        = codes("siecle_regime", "Un régime", "code_regime")
	Modality      = codes("siecle_modalite_election", "Une modalité d’élection d’option", "code_modalite_elect")
	Kinship       = codes("siecle_lien_parente", "Un lien de parenté", "code_parente")
	ExitReason    = codes("siecle_motif_sortie", "Un motif de sortie", "code_motif_sortie")
	Origin        = codes("siecle_provenance", "Une provenance", "code_provenance")
	Status        = codes("siecle_statut", "Un statut d’élève", "code_statut")
	CourseMode    = codes("siecle_modalite_cours", "Une modalité de cours", "code_modalite_cours")
	nomenclatures = []xmlscan.Row{
		list(Regime, "//REGIME"), list(Modality, "//MODALITE_ELECTION"), list(Kinship, "//LIEN_PARENTE"),
		list(ExitReason, "//MOTIF_SORTIE", "CODE_MOTIF"), list(Origin, "//PROVENANCE"), list(Status, "//STATUT_ELEVE"),
		list(Status, "//STATUT"), list(CourseMode, "//MODALITE_COURS", "CODE_MOD_COURS"),
	}
)

// codes makes the kind of a table of codes.
func codes(name, doc, code string) *record.Kind {
	return &record.Kind{Name: name, Doc: doc + " de la nomenclature de l’établissement (formats.md 1.5).",
		Fields: []string{code, "libelle_court", "libelle_long"}, Key: []string{code}}
}

// list is the row of a table of codes: the code is an attribute or a tag of its own name, or of another one.
func list(kind *record.Kind, path string, others ...string) xmlscan.Row {
	source := ""
	for _, name := range append([]string{strings.ToUpper(kind.Fields[0])}, append(others, "CODE")...) {
		source += "@" + name + "|" + name + "|"
	}
	return xmlscan.Row{Kind: kind, Path: path, From: map[string]string{kind.Fields[0]: source[:len(source)-1],
		"libelle_court": "LIBELLE_COURT|LIBELLE", "libelle_long": "LIBELLE_LONG|LIBELLE_EDITION|LIBELLE"}}
}

var nomenclature = xmlscan.NewReader(xmlscan.Spec{
	Code: "siecle_nomenclature", Source: source, Label: "SIECLE, nomenclature", Roots: []string{"BEE_NOMENCLATURES", "BEE_NOMENCLATURE"},
	Head: head,
	Rows: append([]xmlscan.Row{
		{Kind: MEF, Path: "//MEF", From: map[string]string{"code_mef": "@CODE_MEF|@CODE|CODE_MEF", "code_mefstat": "CODE_MEFSTAT|CODE_MEFSTAT11"}},
		{Kind: Subject, Path: "//MATIERE", From: map[string]string{"code_matiere": "@CODE_MATIERE|@CODE|CODE_MATIERE"}},
		{Kind: Programme, Path: "//PROGRAMME", From: map[string]string{"code_mef": "CODE_MEF|@CODE_MEF", "code_matiere": "CODE_MATIERE|@CODE_MATIERE"}},
		{Kind: RequiredOption, Path: "//OPTION_OBLIGATOIRE", From: map[string]string{"code_mef": "CODE_MEF|@CODE_MEF", "code_matiere": "CODE_MATIERE|@CODE_MATIERE"}},
	}, nomenclatures...),
	Need: MEF, Nobody: "Il ne contient aucun MEF.",
})

package siecle

import (
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
)

// The kinds of Structures.xml.
var (
	Division = &record.Kind{
		Name:   "siecle_division",
		Doc:    "Une division (formats.md 1.4).",
		Fields: []string{"code_structure", "libelle_long", "code_contrat", "code_rne"},
		Key:    []string{"code_structure"},
	}
	DivisionMEF = &record.Kind{
		Name:   "siecle_division_mef",
		Doc:    "Un MEF d’une division (formats.md 1.4).",
		Fields: []string{"code_structure", "code_mef"},
	}
	Group = &record.Kind{
		Name:   "siecle_groupe",
		Doc:    "Un groupe (formats.md 1.4).",
		Fields: []string{"code_structure", "libelle_long", "code_contrat", "code_rne"},
		Key:    []string{"code_structure"},
	}
	GroupDivision = &record.Kind{
		Name:   "siecle_groupe_division",
		Doc:    "Une division dont un groupe prend des élèves (formats.md 1.4).",
		Fields: []string{"code_structure", "code_division"},
	}
	GroupMEF = &record.Kind{
		Name:   "siecle_groupe_mef",
		Doc:    "Un MEF d’un groupe (formats.md 1.4).",
		Fields: []string{"code_structure", "code_mef"},
	}
)

// belongs is a row for each code in a list that a structure has, where the code stands some
// levels below the structure.
func belongs(kind *record.Kind, path, code, source, up string) xmlscan.Row {
	return xmlscan.Row{Kind: kind, Path: path, From: map[string]string{
		"code_structure": up + "@CODE_STRUCTURE|" + up + "@CODE|" + up + "CODE_STRUCTURE",
		code:             source,
	}}
}

var structures = xmlscan.NewReader(xmlscan.Spec{
	Code: "siecle_structures", Source: source, Label: "SIECLE, structures", Roots: []string{"BEE_STRUCTURES", "BEE_STRUCTURE"},
	Head: head,
	Rows: []xmlscan.Row{
		{Kind: Division, Path: "//DIVISIONS/DIVISION", From: map[string]string{"code_structure": "@CODE_STRUCTURE|@CODE|CODE_STRUCTURE"}},
		belongs(DivisionMEF, "//DIVISIONS/DIVISION/MEFS_APPARTENANCE/MEF_APPARTENANCE/CODE_MEF", "code_mef", ".", "../../../"),
		belongs(DivisionMEF, "//DIVISIONS/DIVISION/MEFS_APPARTENANCE/CODE_MEF", "code_mef", ".", "../../"),
		{Kind: Group, Path: "//GROUPES/GROUPE", From: map[string]string{"code_structure": "@CODE_STRUCTURE|@CODE|CODE_STRUCTURE"}},
		belongs(GroupDivision, "//GROUPES/GROUPE/DIVISIONS_APPARTENANCE/DIVISION_APPARTENANCE/CODE_STRUCTURE", "code_division", ".", "../../../"),
		belongs(GroupDivision, "//GROUPES/GROUPE/DIVISIONS_APPARTENANCE/CODE_STRUCTURE", "code_division", ".", "../../"),
		belongs(GroupMEF, "//GROUPES/GROUPE/MEFS_APPARTENANCE/MEF_APPARTENANCE/CODE_MEF", "code_mef", ".", "../../../"),
		belongs(GroupMEF, "//GROUPES/GROUPE/MEFS_APPARTENANCE/CODE_MEF", "code_mef", ".", "../../"),
	},
	Need: Division, Nobody: "Il ne contient aucune division. Entre la bascule de mai et le chargement des structures, SIECLE n’en a pas encore.",
})

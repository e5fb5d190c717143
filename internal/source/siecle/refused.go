package siecle

import (
	"slices"

	"belvedere/internal/source/xmlscan"
)

// bankTags are those of files that hold bank details.
var bankTags = []string{"RIB", "BIC", "IBAN", "IBAN_CODE_PAYS_CLE", "LL_COMPTE", "LL_BANCAIRE", "LIB_CATEGORIE"}

// Refused recognises by their first bytes files that are of SIECLE and are not read, and tells why in French; "" for any other
// file.
func Refused(start []byte) string {
	const look = 400 // elements: the first pupils of a billing file
	names := xmlscan.Opening(start, look)
	if len(names) == 0 {
		return ""
	}
	switch names[0] {
	case "IMPORT_ELEVES":
		return "C’est un fichier d’import vers SIECLE, écrit par un logiciel privé (racine IMPORT_ELEVES). Il ne dit pas ce que SIECLE a retenu : " +
			"envoyez les exports de SIECLE (Exploitation, Exports standard, Exports XML génériques)."
	case "BEE_GEOGRAPHIQUE":
		return "C’est la liste des pays, départements et communes de SIECLE : elle n’est pas nécessaire."
	case "BEE_ETABLISSEMENTS", "BEE_ETABLISSEMENT":
		return "C’est la liste d’établissements de SIECLE : elle n’est pas nécessaire."
	case "exportAbsence":
		return "C’est un export de totaux d’absences sans dates : il n’est pas repris. L’appel en ligne compte les absences."
	}
	if names[0] == "GFC" || names[0] == "BEE_GFC" || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(bankTags, n) }) {
		return "C’est le fichier de facturation de SIECLE vers GFC ou Op@le : il contient des coordonnées bancaires et des tranches de revenus. " +
			"Il est refusé, et rien n’en a été gardé."
	}
	return ""
}

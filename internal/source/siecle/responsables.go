package siecle

import (
	"belvedere/internal/source/record"
	"belvedere/internal/source/xmlscan"
)

// Person is a guardian or another person to reach.
var Person = &record.Kind{
	Name: "siecle_personne",
	Doc: "Un responsable d’élèves (formats.md 1.3). Les coordonnées servent à reconnaître les doublons et à écrire aux familles. " +
		"Dans l’extraction, personne_id et adresse_id commencent par une lettre et viennent de l’élève.",
	Fields: []string{
		"personne_id", "civilite", "nom", "nom_usage", "prenom", "tel_personnel", "tel_portable", "tel_professionnel",
		"accepte_sms", "mel", "communication_adresse", "adresse_id",
	},
	Key: []string{"personne_id"},
}

// Link says what a person is to a pupil.
var Link = &record.Kind{
	Name: "siecle_lien",
	Doc: "Le lien d’un responsable avec un élève (formats.md 1.3). Champs tirés des anciens et des nouveaux noms : " +
		"niveau (1 légal, 2 en charge de l’élève, 3 contact), parente (code à deux chiffres), payeur, contact, heberge (0 ou 1).",
	Fields: []string{
		"eleve_id", "personne_id", "niveau", "parente", "payeur", "contact", "heberge",
		"niveau_responsabilite", "resp_legal", "code_parente", "paie_frais_scolaires", "resp_financier",
		"a_contacter_en_priorite", "pers_contact", "heberge_eleve",
	},
	Key: []string{"eleve_id", "personne_id"},
}

// Address is an address of guardians.
var Address = &record.Kind{
	Name:   "siecle_adresse",
	Doc:    "Une adresse de responsables (formats.md 1.3).",
	Fields: addressFields,
	Key:    []string{"adresse_id"},
}

var link = xmlscan.Row{
	Kind: Link, Then: settleLink,
	From: map[string]string{
		"eleve_id": "ELEVE_ID|@ELEVE_ID", "personne_id": "PERSONNE_ID|@PERSONNE_ID",
		"niveau": "", "parente": "", "payeur": "", "contact": "", "heberge": "",
	},
}

// linkAt is the row of links at a path: real files call it RESPONSABLE_ELEVE.
func linkAt(path string) xmlscan.Row {
	r := link
	r.Path = path
	return r
}

var guardians = xmlscan.NewReader(xmlscan.Spec{
	Code: "siecle_responsables", Source: source, Label: "SIECLE, responsables (ResponsablesAvecAdresses ou ResponsablesSansAdresses)",
	Roots: []string{"BEE_RESPONSABLES", "BEE_EPHC_RESPONSABLES"},
	Head:  head,
	Rows: []xmlscan.Row{
		{Kind: Person, Path: "//PERSONNES/PERSONNE", Names: []string{"nom", "nom_usage", "prenom"},
			From: map[string]string{
				"personne_id": "@PERSONNE_ID|PERSONNE_ID",
				"civilite":    "LC_CIVILITE|LL_CIVILITE|CIVILITE",
				"nom":         "NOM_DE_FAMILLE|NOM",
			}},
		linkAt("//RESPONSABLES/RESPONSABLE_ELEVE"),
		linkAt("//RESPONSABLES/RESPONSABLE"),
		{Kind: Address, Path: "//ADRESSES/ADRESSE", From: map[string]string{"adresse_id": "@ADRESSE_ID|ADRESSE_ID"}},
	},
	Need: Person, Nobody: "Il ne contient aucun responsable.",
})

var (
	linkLevel   = field(Link, "niveau")
	linkKin     = field(Link, "parente")
	linkPays    = field(Link, "payeur")
	linkReach   = field(Link, "contact")
	linkHouses  = field(Link, "heberge")
	rawLevel    = field(Link, "niveau_responsabilite")
	rawLegal    = field(Link, "resp_legal")
	rawKin      = field(Link, "code_parente")
	rawPays     = field(Link, "paie_frais_scolaires")
	rawOldPays  = field(Link, "resp_financier")
	rawReach    = field(Link, "a_contacter_en_priorite")
	rawOldReach = field(Link, "pers_contact")
	rawHouses   = field(Link, "heberge_eleve")
)

// settleLink reads the fields of before and after 2018 into the same ones.
func settleLink(f *xmlscan.Found) error {
	for _, yes := range []struct{ to, from, old int }{{linkPays, rawPays, rawOldPays}, {linkReach, rawReach, rawOldReach}, {linkHouses, rawHouses, rawHouses}} {
		v := flag(f.Text(yes.from))
		if v == "" {
			v = flag(f.Text(yes.old))
		}
		if v != "" {
			f.Set(yes.to, v)
		} else if err := doubtCode(f, yes.from, "choix (0 ou 1)"); err != nil {
			return err
		}
	}
	if level := legalLevel(f.Text(rawLevel), f.Text(rawLegal)); level != "" {
		f.Set(linkLevel, level)
	} else if err := doubtCode(f, rawLevel, "niveau de responsabilité"); err != nil {
		return err
	}
	if kin := kinship(f.Text(rawKin)); kin != "" {
		f.Set(linkKin, kin)
		return nil
	}
	return doubtCode(f, rawKin, "lien de parenté")
}

// legalLevel is the level of responsibility: 1 legal, 2 in charge of the pupil, 3 a contact. Until
// 2018 legal guardians had a rank, 1 or 2, and contacts 0.
func legalLevel(level, legal string) string {
	switch {
	case level == "1" || level == "2" || level == "3":
		return level
	case level != "":
		return ""
	case legal == "1" || legal == "2":
		return "1"
	case legal == "0":
		return "3"
	}
	return ""
}

// oldKinship gives the codes of one digit of before 2018 as those of now. Beware: 1 was the
// father and 10 is the mother.
var oldKinship = map[string]string{"1": "20", "2": "10", "3": "50", "4": "39", "5": "51", "6": "90", "7": "70"}

// kinship gives a code of kinship as one of those of now, "" for one that is unknown.
func kinship(code string) string {
	switch code {
	case "10", "20", "37", "38", "39", "41", "42", "50", "51", "70", "90":
		return code
	}
	return oldKinship[code]
}

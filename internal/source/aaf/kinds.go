package aaf

import "belvedere/internal/source/record"

func kind(name, doc string, key []string, fields ...string) *record.Kind {
	return &record.Kind{Name: name, Doc: doc, Fields: append([]string{"jointure"}, fields...), Key: key}
}

var key = []string{"jointure"}

// The kinds of rows. The first field of each is the key of whom the row is about, so that what a
// daily file deletes or replaces is found the same way in all of them.
var (
	Pupil = kind("aaf_eleve", "Un élève de l’annuaire (formats.md 3, Eleve). eleve_id est celui de SIECLE.", key,
		"ine", "eleve_id", "naissance", "nom_patro", "nom", "prenom", "civilite", "regime", "transport", "statut", "mef", "libelle_mef",
		"niv_formation", "filiere", "niveau", "cycle", "structure", "entree", "sortie")
	PupilClass = kind("aaf_eleve_classe", "Une classe d’un élève, avec ses dates quand l’annuaire les donne (formats.md 3).", nil,
		"structure", "classe", "entree", "sortie")
	PupilGroup = kind("aaf_eleve_groupe", "Un groupe d’un élève (formats.md 3).", nil, "structure", "groupe")
	PupilStudy = kind("aaf_eleve_enseignement", "Un enseignement suivi par un élève (formats.md 3, deux listes parallèles).", nil, "rang", "code", "libelle")
	Link       = kind("aaf_lien", "Un lien entre un élève (jointure) et une personne (formats.md 3). origine nomme l’attribut lu.", nil,
		"rang", "personne", "parente", "financier", "legal", "contact", "paiement", "origine")
	Guardian = kind("aaf_responsable", "Un responsable (formats.md 3, PersRelEleve).", key,
		"naissance", "nom_patro", "nom", "prenom", "civilite", "tel_domicile", "telephone", "tel_portable", "mel", "sms",
		"adresse", "code_postal", "ville", "pays", "adresse_diffusion")
	GuardianPupil = kind("aaf_responsable_eleve", "Un élève d’un responsable (jointure), vu de son côté (formats.md 3).", nil, "eleve")
	Staff         = kind("aaf_personnel", "Un personnel (formats.md 3, PersEducNat).", key,
		"naissance", "nom_patro", "nom", "prenom", "civilite", "mel", "structure", "devant_eleves", "categorie_enseignant", "sts_id")
	StaffFunction = kind("aaf_personnel_fonction", "Une fonction d’un personnel (formats.md 3).", nil,
		"structure", "code", "libelle", "discipline_code", "discipline_libelle")
	StaffClass = kind("aaf_personnel_classe", "Une classe ou un groupe d’un personnel, avec la matière ou l’état de professeur principal (formats.md 3).", nil,
		"type", "structure", "nom", "matiere", "principal")
	StaffDiscipline = kind("aaf_personnel_discipline", "Une discipline d’un personnel : de sa catégorie ou de son poste (formats.md 3).", nil,
		"type", "code", "libelle")
	StaffSubject = kind("aaf_personnel_matiere", "Une matière enseignée dans une structure (formats.md 3).", nil, "structure", "libelle")
	StaffMef     = kind("aaf_personnel_mef", "Une formation dans laquelle un personnel enseigne (formats.md 3).", nil, "structure", "mef", "libelle")
	Structure    = kind("aaf_structure", "Une structure (formats.md 3, EtabEducNat).", key,
		"uai", "siren", "nom_courant", "sigle", "nom", "commune", "type", "code_type", "contrat", "ministere", "code_ministere",
		"adresse", "code_postal", "ville", "bassin_code", "bassin", "academie", "code_academie", "circonscription", "secteur", "rpi")
	StructureClass = kind("aaf_structure_classe", "Une classe ou un groupe d’une structure (formats.md 3).", nil, "type", "code", "reste")
	Subject        = kind("aaf_matiere", "Une matière (formats.md 3, MatiereEducNat).", key, "libelle", "rattachement")
	Mef            = kind("aaf_mef", "Une formation (formats.md 3, MefEducNat).", key, "libelle", "rattachement", "mefstat11", "niv_formation", "filiere")
	// Replacement and Deletion come in daily files only.
	Replacement = kind("aaf_remplacement", "Les lignes du genre qui portent cette jointure sont remplacées par celles qui suivent (fichier de changements).", nil, "genre")
	Deletion    = kind("aaf_suppression", "Toutes les lignes qui portent cette jointure disparaissent (fichier de changements).", nil, "categorie")
)

package guide

import "strings"

// help says which chapter is about which addresses; the longest beginning decides.
var help = []struct{ address, chapter string }{
	{"/", "accueil"},
	{"/accueil", "accueil"},
	{"/premiers-pas", "installer#dune-école-du-supérieur"},
	{"/connexions", "connexions"},
	{"/moyens", "moyens-generaux"},
	{"/social", "social"},
	{"/scolarite", "scolarite"},
	{"/communications", "communications"},
	{"/travaux", "demandes-de-travaux"},
	{"/indicateurs", "indicateurs"},
	{"/definitions", "definitions"},
	{"/superieur", "infocentre"},
	{"/explorateur", "explorateur"},
	{"/requetes", "explorateur#enregistrer-une-requête"},
	{"/formules", "formules"},
	{"/populations", "formules"},
	{"/tableaux-de-bord", "tableaux-de-bord"},
	{"/extractions", "extractions"},
	{"/demandes", "demandes-d-acces"},
	{"/gouvernance", "gouvernance"},
	{"/jeux", "croiser-d-autres-donnees"},
	{"/livraisons", "livrer"},
	{"/editions", "editions-et-recus"},
	{"/recus", "recus"},
	{"/couverture", "perimetre-et-comparaison"},
	{"/comparaison", "perimetre-et-comparaison"},
	{"/ecart", "expliquer-un-ecart"},
	{"/pourquoi", "etats-des-cellules"},
	{"/alertes", "alertes-et-envois"},
	{"/envois", "alertes-et-envois"},
	{"/etablissement", "ce-que-voit-la-collectivite"},
	{"/ecole", "annee-scolaire"},
	{"/ecole/*/personnes", "sources-du-superieur"},
	{"/ecole/*/coherence", "gouvernance#le-tableau-de-cohérence"},
	{"/ecole/*/annuaire", "comptes-et-courriers"},
	{"/ecole/*/emploi-du-temps", "emploi-du-temps-et-appel"},
	{"/etablissements/hors-registre", "etablissements"},
	{"/administration/utilisateurs", "utilisateurs"},
	{"/administration/groupes", "utilisateurs#groupes-détablissements"},
	{"/administration/habilitations", "demandes-d-acces"},
	{"/administration/conventions", "conventions"},
	{"/administration/etablissements", "etablissements"},
	{"/administration/coffres", "annee-scolaire"},
	{"/administration/jetons", "jetons"},
	{"/administration/journal", "journal"},
	{"/administration/secret", "secret-statistique"},
	{"/administration/territoire", "territoire"},
	{"/administration/courrier", "installer"},
	{"/compte", "mon-compte"},
	{"/connexion", "se-connecter"},
	{"/recherche", "se-reperer"},
}

// For is the address of the chapter about an address of the console, and whether one is about it: the
// table of contents else.
func For(address string) (string, bool) {
	best, chapter := -1, ""
	for _, h := range help {
		if n := covers(h.address, address); n > best {
			best, chapter = n, h.chapter
		}
	}
	if best < 1 {
		return Path, false
	}
	return Path + "/" + chapter, true
}

// covers tells how many steps of an address a pattern names, -1 when it is another's. « * » is any step.
func covers(pattern, address string) int {
	want, got := strings.Split(pattern, "/")[1:], strings.Split(address, "/")
	if len(got) < 2 {
		return -1
	}
	got = got[1:]
	if len(want) > len(got) {
		return -1
	}
	for i, w := range want {
		if w != "*" && w != got[i] {
			return -1
		}
	}
	return len(want)
}

package dossier_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"belvedere/internal/school/dossier"
)

const goodKind = `kind: stages
label: Stages
doc: Une ligne par stage.
space: etudiant
key: [annee, nip]
slice: [annee]
time: annee
retention: 5 ans
columns:
  - {name: annee, label: Année, class: date, grain: annee, required: true}
  - {name: nip, label: Étudiant, class: personne, required: true}
  - {name: nom, label: Nom, class: identite}
  - {name: lieu, label: Lieu, class: code, open: true}
`

// Each mistake of a declaration is told with its file, its line and its column, under a caret.
func TestDeclarationsAreChecked(t *testing.T) {
	load := func(text string) error {
		_, err := dossier.Load(model(), fstest.MapFS{"persons/x.yaml": {Data: []byte(text)}})
		return err
	}
	if err := load(goodKind); err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct{ old, new, want string }{
		"an unknown key":              {"doc: Une", "dox: Une", "persons/x.yaml:3:1 : la clé « dox » est inconnue ici"},
		"a missing key":               {"doc: Une ligne par stage.\n", "", "la clé « doc » manque"},
		"a class":                     {"class: identite", "class: nominatif", "persons/x.yaml:12:36 : « nominatif » n’est pas une classe"},
		"a name of SQL":               {"kind: stages", "kind: stages;--", "n’est pas admis"},
		"a key of identity":           {"key: [annee, nip]", "key: [annee, nom]", "persons/x.yaml:5:14 : une colonne de classe identite ne peut être ici"},
		"a key that is not there":     {"key: [annee, nip]", "key: [annee, nap]", "la colonne « nap » n’est pas déclarée"},
		"a slice beyond the key":      {"slice: [annee]", "slice: [annee, lieu]", "est dans la tranche et non dans la clé"},
		"a space without person":      {"class: personne", "class: texte", "demande une colonne de classe personne"},
		"no retention":                {"5 ans", "toujours", "une durée en années est attendue ici"},
		"labels of no open list":      {"class: identite", "class: texte, labels: annee", "« labels » est celui d’une colonne de classe texte"},
		"a list that is not":          {"open: true", "codes: nulle_part", "la liste « nulle_part » n’est pas dans le catalogue"},
		"a column twice":              {"name: lieu", "name: nom", "la colonne « nom » est déclarée deux fois"},
		"a time that is no date":      {"time: annee", "time: lieu", "est une colonne de classe date"},
		"two documents":               {goodKind, goodKind + "---\n" + goodKind, "un document, et un seul"},
		"what is no YAML":             {goodKind, "kind: [", "YAML"},
		"a dimension that names":      {goodKind, goodKind + "counts:\n  - {dataset: inscriptions, time: annee, dims: {composante: nom}, measures: {inscrits: lignes}}\n", "sa classe n’est pas admise ici"},
		"a dataset that is not":       {goodKind, goodKind + "counts:\n  - {dataset: chats, time: annee, measures: {chats: lignes}}\n", "le jeu de données « chats » n’est pas dans le catalogue"},
		"a measure of text":           {goodKind, goodKind + "counts:\n  - {dataset: resultats, time: annee, measures: {resultats: lieu}}\n", "sa classe n’est pas admise ici"},
		"a dimension that is missing": {goodKind, goodKind + "counts:\n  - {dataset: resultats, time: annee, measures: {resultats: lignes}}\n", "n’est pas facultative"},
		"a mapping of no kind":        {goodKind, "mapping: m\nlabel: M\ndoc: D\ntables:\n  - {name: t, headers: [a]}\noutputs:\n  - {kind: chats, table: t, cells: {a: b}}\n", "la sorte de fichiers « chats » n’est pas déclarée"},
	} {
		err := load(strings.Replace(goodKind, one.old, one.new, 1))
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "\u00a0", " "), one.want) || !strings.Contains(err.Error(), "^") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A catalogue of a deployment adds kinds to the shipped ones.
func TestDeploymentAddsKinds(t *testing.T) {
	c, err := dossier.Load(model(), fstest.MapFS{}, fstest.MapFS{"persons/x.yaml": {Data: []byte(goodKind)}})
	if err != nil || c.Kinds.Kind("stages") == nil {
		t.Errorf("%v", err)
	}
	_, err = dossier.Load(model(), fstest.MapFS{"persons/x.yaml": {Data: []byte(goodKind)}}, fstest.MapFS{"persons/y.yaml": {Data: []byte(goodKind)}})
	if err == nil || !strings.Contains(err.Error(), "(catalogue local)") {
		t.Errorf("%v", err)
	}
}

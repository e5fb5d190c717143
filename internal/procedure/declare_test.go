package procedure_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"belvedere/catalog"
	"belvedere/internal/procedure"
)

func valuesOf(t testing.TB, text string) procedure.Values {
	t.Helper()
	v := procedure.Values{}
	if text == "" {
		return v
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

const whole = `procedure: essai
label: Essai
doc: Un essai.
filed_by: compte
title: objet
legal: [Loi]
retention: {months: 12}
fields:
  - {name: objet, type: texte, label: Objet, required: true}
  - {name: somme, type: montant, label: Somme}
  - {name: jours, type: periode, label: Jours}
  - {name: part, type: nombre, label: Part, scale: 1, min: 0, max: 100, unit: "%"}
  - {name: oui, type: ouinon, label: Oui}
  - {name: qui, type: personne, label: Qui}
  - {name: pourquoi, type: texte, label: Pourquoi, visible_if: "oui = 'oui' et somme > 10.5"}
steps:
  - {name: depot, kind: saisie, label: Dépôt}
  - {name: mot, kind: avis, label: Avis, actor: {login: Max@X}}
  - {name: visa, kind: visa, label: Visa, actor: {role: administrateur}, when: "part >= 50"}
`

func load(text string) error {
	_, err := procedure.Load(fstest.MapFS{"procedures/essai.yaml": {Data: []byte(text)}})
	return err
}

// TestDeclarationMistakes are told with line, column and caret, all of them at once.
func TestDeclarationMistakes(t *testing.T) {
	if err := load(whole); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"legal: [Loi]\n", "", "la clé «\u00a0legal\u00a0» manque"},
		{"retention: {months: 12}\n", "", "la clé «\u00a0retention\u00a0» manque"},
		{"months: 12", "months: douze", "un entier de 1 à 600 est attendu"},
		{"label: Essai", "labell: Essai", "la clé «\u00a0labell\u00a0» est inconnue ici"},
		{"type: ouinon", "type: peutetre", "«\u00a0peutetre\u00a0» n’est pas admis"},
		{"oui = 'oui' et somme > 10.5", "oui = 'oui' et sommes > 10.5", "essai.yaml:15:80 : le champ «\u00a0sommes\u00a0» n’existe pas"},
		{"oui = 'oui' et", "oui = 'ouais' et", "est 'oui' ou 'non'"},
		{"somme > 10.5", "somme > (10.5)", "un texte s’écrit entre guillemets simples"},
		{"part >= 50", "part >= 50 ou", "le nom d’un champ est attendu ici"},
		{"part >= 50", "(part >= 50", "une parenthèse fermante est attendue ici"},
		{"part >= 50", "objet > 'a'", "n’ont pas d’ordre"},
		{"actor: {role: administrateur}", "actor: {role: roi}", "«\u00a0roi\u00a0» n’est pas admis"},
		{"actor: {role: administrateur}, ", "", "une étape visa dit à qui elle revient"},
		{"actor: {role: administrateur}", "actor: {field: objet}", "n’est pas un champ de type personne"},
		{"kind: saisie", "kind: avis, actor: {role: dpo}", "une procédure commence par une étape saisie"},
		{"title: objet", "title: somme", "n’est pas un champ de texte du dépôt"},
		{"name: somme", "name: Objet du dossier", "un nom s’écrit en lettres minuscules"},
		{"{name: somme", "{name: objet", "est déclaré deux fois"},
		{"kind: visa, label: Visa, actor: {role: administrateur}", "kind: effet, label: Visa", "une étape effet dit son effet"},
		{"procedure: essai", "procedure: [essai", "YAML"},
	} {
		text := strings.Replace(whole, c.from, c.to, 1)
		err := load(text)
		if text == whole || err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "^") {
			t.Errorf("%q as %q: %v\nwant %q", c.from, c.to, err, c.want)
		}
	}
	two := strings.NewReplacer("legal: [Loi]\n", "", "type: ouinon", "type: zut").Replace(whole)
	if err := load(two); err == nil || !strings.HasPrefix(err.Error(), "3") && !strings.Contains(err.Error(), "erreurs dans les déclarations") {
		t.Errorf("two mistakes: %v", err)
	}
	if _, err := procedure.Load(catalog.FS, fstest.MapFS{"procedures/acces.yaml": {Data: []byte(strings.Replace(whole, "essai", "acces", 1))}}); err == nil || !strings.Contains(err.Error(), "(catalogue local)") {
		t.Errorf("a procedure declared twice: %v", err)
	}
}

// TestTypesOfFields files answers of each type, right and wrong.
func TestTypesOfFields(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "r.sqlite"), fstest.MapFS{"procedures/essai.yaml": {Data: []byte(whole)}})
	try := func(field string, values ...string) (procedure.Values, error) {
		v := map[string][]string{"objet": {"Essai"}, field: values}
		if field == "pourquoi" {
			v["oui"], v["somme"] = []string{"oui"}, []string{"10,51"}
		}
		r, err := d.s.Submit(t.Context(), d.as("Alice"), procedure.Submission{Procedure: "essai", Values: v, File: true})
		return valuesOf(t, r.Asked), err
	}
	for _, c := range []struct {
		field string
		typed []string
		kept  string
	}{
		{"objet", []string{" Deux mots "}, "Deux mots"}, {"somme", []string{"1 234,5 €"}, "123450"}, {"somme", []string{"0.07"}, "007"}, {"part", []string{"12,5"}, "12.5"},
		{"jours", []string{"01/02/2027", "2027-03-01"}, "2027-02-01 2027-03-01"}, {"oui", []string{"oui"}, "oui"}, {"qui", []string{"Max@X"}, "2"}, {"pourquoi", []string{"Parce que"}, "Parce que"},
	} {
		if got, err := try(c.field, c.typed...); err != nil || strings.Join(got[c.field], " ") != c.kept {
			t.Errorf("%s %q: %q, %v, want %q", c.field, c.typed, got[c.field], err, c.kept)
		}
	}
	for field, values := range map[string][][]string{
		"objet": {{"a\nb"}, {"a\x00"}, {"a\u202eb"}, {strings.Repeat("x", 2001)}, {" "}}, "somme": {{"douze"}, {"1e9"}, {"0,001"}}, "part": {{"101"}, {"-1"}, {"1,25"}, {"1/2"}, {"0x1"}},
		"jours": {{"2027-01-01"}, {"2027-02-01", "2027-01-01"}, {"hier", "demain"}}, "oui": {{"peut-être"}}, "qui": {{"99"}, {"Alice@X"}, {"personne"}},
	} {
		for _, v := range values {
			if got, err := try(field, v...); err == nil {
				t.Errorf("%s %q was taken as %q", field, v, got[field])
			}
		}
	}
	if got, err := try("somme", "10,50"); err != nil || got["pourquoi"] != nil {
		t.Errorf("hidden: %v, %v", got, err)
	}
}

// FuzzCondition reads conditions of all kinds: none brings the program down.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{"part >= 50", "oui = 'oui' et non (somme > 1 ou renseigne(qui))", "'", "((((", "objet contient 'x'", "part < 'é'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\"\\\n\r") {
			t.Skip()
		}
		load(strings.Replace(whole, "part >= 50", text, 1))
	})
}

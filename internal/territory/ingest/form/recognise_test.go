package form

import (
	"strings"
	"testing"

	"belvedere"
)

func TestRecognise(t *testing.T) {
	m := model(t)
	for header, want := range map[string]string{
		"etablissement;heure;profil;support;ent;connexions":                      "connexions",
		"CONNEXIONS;ENT;Support;Profil;HEURE;Établissement":                      "connexions",
		"uai;jour;niveau;sexe;eleves":                                            "effectifs",
		"uai;jour;eleves;colonne 4":                                              "effectifs",
		"uai;jour;niveau;classes":                                                "structures",
		"etablissement;nom":                                                      "etablissements",
		"etablissement;mois;salles":                                              "salles",
		"rentree_scolaire;uai;ips":                                               "ips_sans_effectif",
		"rentree_scolaire;uai;ips;effectifs":                                     "ips",
		"ANNEE_SCOLAIRE;NUMERO_D_ETABLISSEMENT;NOMBRE_D_ELEVES":                  "second_degre_effectifs",
		"rentree_scolaire;numero_ecole;nombre_total_classes;nombre_total_eleves": "ecoles_effectifs",
	} {
		got, err := Recognise(m, strings.Split(header, ";"))
		if err != nil || got.Code() != want {
			t.Errorf("%s: %q, %v", header, got.Code(), err)
		}
	}
}

func TestRecogniseErrors(t *testing.T) {
	m := model(t)
	for header, want := range map[string][]string{
		"uai;heure;profil;suport;connexions": {"(connexions)", "« support »", "« suport »"},
		"foo;bar":                            {"Aucune colonne", "« foo », « bar »"},
		"":                                   {"Aucune colonne"},
		"uai;jour;eleves;internnes":          {"« internnes »", "« internes »"},
		"uai;jour;eleves;eleves (2)":         {"deux fois"},
		"uai;jour;evenement;tranche;élève":   {"il manque la colonne « eleves »"},
		"uai;jour;eleves;Élèves":             {"deux fois"},
		"uai;jour;niveau":                    {"il manque la colonne"},
		"Code_RNE;Type_et_Libelle;Parite;Secteur_unique": {"Carte scolaire", "des rues"},
	} {
		_, err := Recognise(m, strings.Split(header, ";"))
		if belvedere.KindOf(err) != belvedere.Invalid || err == nil {
			t.Errorf("%s: %v", header, err)
			continue
		}
		for _, w := range want {
			if !strings.Contains(said(err), w) {
				t.Errorf("%s: %q is not in: %v", header, w, err)
			}
		}
	}
}

func TestRecogniseAs(t *testing.T) {
	m := model(t)
	simple := []string{"rentree_scolaire", "uai", "ips", "effectifs"}
	for code, want := range map[string]string{"ips": "ips", "ips_sans_effectif": "ips_sans_effectif"} {
		if got, err := RecogniseAs(m, code, simple); err != nil || got.Form == nil || got.Code() != want {
			t.Errorf("%s: %v %v", code, got.Code(), err)
		}
	}
	if _, err := RecogniseAs(m, "efectifs", simple); belvedere.KindOf(err) != belvedere.NotFound || !strings.Contains(said(err), "« effectifs »") {
		t.Error(err)
	}
	if _, err := RecogniseAs(m, "connexions", simple); belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(said(err), "connexions") {
		t.Error(err)
	}
	// A dataset may be given in a foreign form.
	if got, err := RecogniseAs(m, "effectifs", []string{"Annee_scolaire", "Numero_d_etablissement", "Nombre_d_eleves"}); err != nil || got.Code() != "second_degre_effectifs" {
		t.Error(got.Code(), err)
	}
}

func TestAmbiguous(t *testing.T) {
	twin := func(code string) *belvedere.Form {
		return &belvedere.Form{Code: code, Columns: []belvedere.FormColumn{{Name: "x", Headers: []string{"Zèbre"}, Required: true}},
			Outputs: []belvedere.FormOutput{{Dataset: "effectifs"}}}
	}
	m := &belvedere.Model{Forms: []*belvedere.Form{twin("un"), twin("deux")}}
	m.Index()
	_, err := Recognise(m, []string{"zebre"})
	if belvedere.KindOf(err) != belvedere.Invalid || err == nil || !strings.Contains(said(err), "un, deux") {
		t.Error(err)
	}
}

func TestIgnoredColumnsAreTold(t *testing.T) {
	header := []string{"uai", "jour", "eleves", "telephone du proviseur"}
	if _, err := Recognise(model(t), header); err == nil || !strings.Contains(said(err), "« telephone du proviseur »") {
		t.Fatal(err)
	}
	target, err := RecogniseAs(model(t), "effectifs", header)
	if err != nil {
		t.Fatal(err)
	}
	n := target.Notices(header)
	if len(n) != 1 || n[0].Rule != "colonne_ignoree" || n[0].Column != 4 || n[0].Severity != belvedere.SeverityWarning {
		t.Error(n)
	}
}

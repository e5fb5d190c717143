package siecle_test

import (
	"strings"
	"testing"

	"belvedere/internal/source/record/recordtest"
	"belvedere/internal/source/siecle"
)

func TestExtraction2019(t *testing.T) {
	r := load(t, "siecle/extraction_eleves_2019_cp1252.csv")
	if got := r.Rows("siecle_eleve", "eleve_id", "elenoet", "ine", "nom", "prenom", "date_naiss", "code_sexe", "code_regime", "date_entree", "adhesion_transport", "code_mef", "lib_mef")[0]; got != "E5374|5374|903825813AD|ELEVE003|Alix|04/02/2006|1|2|07/04/2019|0||" {
		t.Errorf("pupil %s", got)
	}
	if got := strings.Join(r.Rows("siecle_option")[:2], " "); got != "E5374|1|O|∅|AGL1 E5374|2|O|∅|ESP2" {
		t.Errorf("options %s", got)
	}
	if got := strings.Join(r.Rows("siecle_lien", "eleve_id", "personne_id", "niveau", "parente", "code_parente")[:2], " "); got != "E5374|RE5374/ELEVE003/Maxime|1|10|MERE E5374|RE5374/ELEVE003/Charlie|1|20|PERE" {
		t.Errorf("links %s", got)
	}
	if got := r.Rows("siecle_personne")[0]; got != "RE5374/ELEVE003/Maxime|MME|ELEVE003||Maxime||06 39 98 21 67||∅|contact392@example.org|0|ARE5374/ELEVE003/Maxime" {
		t.Errorf("person %s", got)
	}
	if got := r.Rows("siecle_adresse")[0]; got != "ARE5374/ELEVE003/Maxime|6 RUE DE L'EXEMPLE||||94470|BOISSY ST LEGER|∅||∅|FRANCE" {
		t.Errorf("address %s", got)
	}
	if n := len(r.Rows("siecle_adresse_eleve")); n != 1 {
		t.Errorf("%d addresses of pupils", n)
	}
	for _, rec := range r.Records {
		if s := recordtest.Show(rec); strings.Contains(s, "CRETEIL") || strings.Contains(s, "PARIS 12E") {
			t.Errorf("a birthplace is kept: %s", s)
		}
	}
}

func TestExtraction2018(t *testing.T) {
	r := load(t, "siecle/extraction_eleves_2018_cp1252.csv")
	if got := r.Rows("siecle_eleve", "eleve_id", "date_naiss", "code_mef", "lib_mef", "code_motif_sortie")[0]; got != "E2152|24/02/1986||4EME|SE 2D PUAC" {
		t.Errorf("pupil %s", got)
	}
	if got := r.Rows("siecle_structure_eleve")[0]; got != "E2152|4A|D" {
		t.Errorf("structure %s", got)
	}
	if got := r.Rows("siecle_lien", "parente"); len(got) < 2 || got[0] != "10" || got[1] != "20" {
		t.Errorf("links %s", got)
	}
}

func TestExtractionOfChosenColumns(t *testing.T) {
	in := "Division;NOM DE FAMILLE;Prenom;Date de naissance;Sexe\n6A;NO?L;Théo;02/11/2015;M\n6A;LE GOFF;Hélène;;F\n"
	r := recordtest.Read(t, siecle.Formats(), detect(t, []byte(in)), []byte(in))
	got := strings.Join(r.Rows("siecle_eleve", "eleve_id", "elenoet", "nom", "code_sexe", "nom_usage"), " ")
	if got != "NNO?L/Théo/02/11/2015|∅|NO?L|1|∅ NLE GOFF/Hélène/|∅|LE GOFF|2|∅" || r.Err != nil || r.Marks() != "caractere_perdu@2" {
		t.Errorf("got %s, %v, %s", got, r.Err, r.Marks())
	}
	if got := strings.Join(r.Rows("siecle_structure_eleve"), " "); got != "NNO?L/Théo/02/11/2015|6A|D NLE GOFF/Hélène/|6A|D" {
		t.Errorf("divisions %s", got)
	}
}

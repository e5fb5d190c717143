package entcsv_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere/internal/source/entcsv"
	"belvedere/internal/source/record/recordtest"
)

func TestDeclarations(t *testing.T) { recordtest.Check(t, entcsv.Formats()) }

// TestSamples reads each of the ten published templates.
func TestSamples(t *testing.T) {
	tests := []struct {
		file, code string
		want       map[string][]string
	}{
		{"admin_CSV_Eleves", "ent_eleves", map[string][]string{"ent_eleve": {"1|∅|COLIN|Léa|13/08/2014|CP de Mme BROSSARD", "2|∅|COLIN|Théo|02/01/2010|CM2 de M. ARNOULD"}}},
		{"directory_CSV_Eleves", "ent_eleves", map[string][]string{"ent_eleve": {"1|CSV_Numero-RNE_S00005|RAISON|Pablo|13/08/2000|CSV1"}}},
		{"admin_CSV_Parents", "ent_responsables", map[string][]string{
			"ent_responsable": {"1|∅|DUPUIS|Nathalie|||||||∅"},
			"ent_lien":        {"1|1|∅|DUPONT-DUPUIS|Lyvia|CE2 de Mme LAMBERT", "2|1|∅|MEUNIER|Alice|CE2 de Mme LAMBERT", "2|2|∅|MEUNIER|Antoine|CP de Mme BROSSARD"}}},
		{"directory_CSV_Parents", "ent_responsables", map[string][]string{
			"ent_responsable": {"1|CSV_Numero-RNE_R00005|RAISON|Amélie|21, Rue des Acacias|75017|PARIS|France|no-reply@entcore.org|01 02 03 04 05|06 05 04 03 02"},
			"ent_lien":        {"1|1|CSV_Numero-RNE_S00005|∅|∅|∅", "2|1|CSV_Numero-RNE_S00005|∅|∅|∅", "3|1|CSV_Numero-RNE_S00002|∅|∅|∅", "4|1|CSV_Numero-RNE_S00003|∅|∅|∅", "4|2|CSV_Numero-RNE_S00002|∅|∅|∅"}}},
		{"admin_CSV_Enseignants", "ent_enseignants", map[string][]string{
			"ent_personnel":        {"1|enseignant|∅|SIMANI|Félicité|13/08/1980|Mathématiques"},
			"ent_personnel_classe": {"1|CSV1", "1|CSV2", "2|1COM1", "3|CSV2"}}},
		{"directory_CSV_Enseignants", "ent_enseignants", map[string][]string{"ent_personnel": {"1|enseignant|CSV_Numero-RNE_E00003|SIMANI|Félicité|13/08/1980|Mathématiques"}}},
		{"admin_CSV_Personnels", "ent_personnels", map[string][]string{"ent_personnel": {"1|personnel|∅|BARBOZA|Olivier|13/08/1980|CPE"}}},
		{"directory_CSV_Personnels", "ent_personnels", map[string][]string{"ent_personnel": {"1|personnel|CSV_Numero-RNE_P00003|BARBOZA|Olivier|13/08/1980|CPE"}}},
		{"admin_CSV_Invites", "ent_invites", map[string][]string{"ent_personnel": {"1|invite|∅|FORNARI|David|13/08/1980|∅"}, "ent_personnel_classe": {"1|CSV 1"}}},
		{"directory_CSV_Invites", "ent_invites", map[string][]string{"ent_personnel": {"1|invite|CSV_Numero-RNE_G00003|FORNARI|David|13/08/1980|∅"}}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			data := recordtest.Sample(t, "ent_csv/"+tt.file+".csv")
			if got := recordtest.Detect(entcsv.Formats(), data); !slices.Equal(got, []string{tt.code}) {
				t.Errorf("recognised as %v", got)
			}
			r := recordtest.Read(t, entcsv.Formats(), tt.code, data)
			if r.Err != nil || r.Marks() != "" {
				t.Fatalf("%v, faults %s", r.Err, r.Marks())
			}
			for kind, want := range tt.want {
				got := r.Rows(kind)
				if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", kind, diff)
				}
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	recordtest.Fuzz(f, entcsv.Formats(), "Prénom*;Nom*;Childexternalid*;Childexternalid\na;b;c;d\n", "Prénom;Nom;date de naissance;fonction;classe;classe\na;b;c;d;e;f\n",
		"Nom*;Prénom*;Nom de l'élève;Prénom de l'élève;Classes de l'élève\na;b;c;d;e\n")
}

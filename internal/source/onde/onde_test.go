package onde_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere/internal/source/onde"
	"belvedere/internal/source/record/recordtest"
)

func TestDeclarations(t *testing.T) { recordtest.Check(t, onde.Formats()) }

func TestSamples(t *testing.T) {
	tests := []struct {
		file, code, kind string
		first            string
	}{
		{"eleves", "onde_eleves", "onde_eleve", "1|VIDAL||Emma|2006-12-21|F|∅|CYCLE II|CE1|CE1"},
		{"responsables", "onde_responsables", "onde_responsable", "1|Mme||TESSIER|Nadia|18 RUE DE L'EXEMPLE|99001|VILLENEUVE-FICTIVE|||||"},
		{"enseignants", "onde_enseignants", "onde_enseignant", "1|MME||QUÉRÉ|Chloé|non|TPS"},
	}
	for _, tt := range tests {
		data := recordtest.Sample(t, "onde_1d/CSVExtraction-"+tt.file+".csv")
		if got := recordtest.Detect(onde.Formats(), data); !slices.Equal(got, []string{tt.code}) {
			t.Errorf("%s is recognised as %v", tt.file, got)
		}
		r := recordtest.Read(t, onde.Formats(), tt.code, data)
		rows := r.Rows(tt.kind)
		if lines := strings.Count(string(data), "\n") - 1; r.Err != nil || r.Marks() != "" || len(rows) != lines {
			t.Fatalf("%s: %v, %d rows of %d, faults %s", tt.file, r.Err, len(rows), lines, r.Marks())
		}
		if rows[0] != tt.first {
			t.Errorf("%s: first row %s, want %s", tt.file, rows[0], tt.first)
		}
	}
}

// TestChildren: rows are as long as the family is large.
func TestChildren(t *testing.T) {
	r := recordtest.Read(t, onde.Formats(), "onde_responsables", recordtest.Sample(t, "onde_1d/CSVExtraction-responsables.csv"))
	want := []string{"1|1||SCHMITT-MALLET|Valérie|CE2", "1|2||SCHMITT-MALLET|Nadia|CM1", "1|3||MALLET|Diane|CP", "2|1||MALLET|Gaëlle|TPS"}
	if diff := cmp.Diff(want, r.Rows("onde_lien")[:4]); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	// Children are known by their names alone, which the two extractions write alike but for a few.
	pupils := recordtest.Read(t, onde.Formats(), "onde_eleves", recordtest.Sample(t, "onde_1d/CSVExtraction-eleves.csv")).Rows("onde_eleve", "nom", "prenom")
	links, known := r.Rows("onde_lien", "enfant_nom", "enfant_prenom"), 0
	for _, child := range links {
		if slices.Contains(pupils, child) {
			known++
		}
	}
	if len(links) < 400 || known*100 < len(links)*98 {
		t.Errorf("%d children of %d are among the pupils", known, len(links))
	}
}

// TestNotKept: what no check and no figure needs never becomes a value.
func TestNotKept(t *testing.T) {
	data := "\"Civilité\";\"Nom usage\";\"Nom\";\"Prénom\";\"Adresse\";\"CP\";\"Commune\";\"Pays\";\"Courriel\";\"Téléphone domicile\";\"Téléphone portable\";\"Directeur\";\"Classe\"\n" +
		"\"MME\";;\"QUÉRÉ\";\"Chloé\";\"1 rue CANARI\";\"29200\";\"CANARI\";;\"canari@example.org\";\"CANARI\";\"CANARI\";\"oui\";\"TPS\"\n"
	r := recordtest.Read(t, onde.Formats(), "onde_enseignants", []byte(data))
	if got := strings.Join(r.Rows("onde_enseignant"), ""); r.Err != nil || got != "1|MME||QUÉRÉ|Chloé|oui|TPS" {
		t.Errorf("%v: %s", r.Err, got)
	}
}

func FuzzRead(f *testing.F) {
	recordtest.Fuzz(f, onde.Formats(), "Nom responsable;Prénom responsable;Nom de famille enfant;Prénom enfant;Nom de famille enfant;Prénom enfant\na;b;c;d\n",
		"Nom Elève;Prénom Elève;Date naissance; Cycle;Niveau\na;b;2006-01-01;CYCLE II;CP\n")
}

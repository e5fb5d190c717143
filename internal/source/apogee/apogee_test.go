package apogee_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/source/apogee"
	"belvedere/internal/source/record/recordtest"
)

func TestDeclarations(t *testing.T) { recordtest.Check(t, apogee.Formats()) }

func read(t *testing.T, data []byte) *recordtest.Reading {
	t.Helper()
	if got := recordtest.Detect(apogee.Formats(), data); !slices.Equal(got, []string{"apogee_maquette"}) {
		t.Errorf("recognised as %v", got)
	}
	return recordtest.Read(t, apogee.Formats(), "apogee_maquette", data)
}

// count gives how many rows there are of each kind.
func count(r *recordtest.Reading) map[string]int {
	n := map[string]int{}
	for _, rec := range r.Records {
		n[rec.Kind.Name]++
	}
	return n
}

var shape = map[string]int{"apogee_titre": 8, "apogee_code_resultat": 20 + 37 + 47 + 5, "apogee_colonne": 20, "apogee_etudiant": 25, "apogee_valeur": 25 * 20}

func TestEmptyMaquette(t *testing.T) {
	r := read(t, recordtest.Sample(t, "apogee/maquette_VIDE_latin1.txt"))
	if diff := cmp.Diff(shape, count(r)); r.Err != nil || diff != "" || r.Marks() != "" {
		t.Errorf("%v, faults %s, rows (-want +got):\n%s", r.Err, r.Marks(), diff)
	}
	if h := r.Head; h.Year != 2026 || h.Exported.Format("2006-01-02 15:04") != "2026-09-28 07:22" || h.Source != "apogee" {
		t.Errorf("%+v", h)
	}
	titles := r.Rows("apogee_titre")
	if !slices.Contains(titles, "apoC_lib_dip|DUT MMI - CRÉATION NUMÉRI") || !slices.Contains(titles, "apoC_Fichier_Exp|apogee-example.TXT") {
		t.Errorf("%q", titles)
	}
	codes := r.Rows("apogee_code_resultat")
	if codes[0] != "1|ACP|Admis par compensation" || codes[len(codes)-1] != "4|DIS|Dispense examen" || !slices.Contains(codes, "3|EZ|Note égale à zéro") {
		t.Errorf("%q", codes)
	}
	columns := r.Rows("apogee_colonne")
	if columns[0] != "apoL_c0001|ELP|7WGA4||2026|0|1|N|7WGA4 - Comprend stratégie com S4|Note" || columns[19] != "apoL_c0020|ELP|7WGE4||2026|0|1|R||Résultat" {
		t.Errorf("%q", columns)
	}
	people := r.Rows("apogee_etudiant")
	if people[4] != "27535469|ESTÈVE|Élise|20/02/2006" || people[24] != "23562854|DE LA TOUR|Marie-Ange|24/02/2008" {
		t.Errorf("%q", people)
	}
	if got := r.Rows("apogee_valeur")[:2]; !slices.Equal(got, []string{"23883987|apoL_c0001|", "23883987|apoL_c0002|"}) {
		t.Errorf("empty cells are %q", got)
	}
}

func TestFilledMaquette(t *testing.T) {
	data := recordtest.Sample(t, "apogee/maquette_REMPLIE_constructed_latin1.txt")
	r := read(t, data)
	if diff := cmp.Diff(shape, count(r)); r.Err != nil || diff != "" || r.Marks() != "" {
		t.Errorf("%v, faults %s, rows (-want +got):\n%s", r.Err, r.Marks(), diff)
	}
	values := r.Rows("apogee_valeur")
	want := []string{"25006704|apoL_c0001|11,19", "25006704|apoL_c0002|20", "25006704|apoL_c0003|", "25006704|apoL_c0004|ADM"}
	if !slices.Equal(values[:4], want) || !slices.Contains(values, "24277160|apoL_c0013|ABJ") || !slices.Contains(values, "23767802|apoL_c0001|20,00") {
		t.Errorf("%q", values[:4])
	}
	var text []byte // the same file in UTF-8 with a mark
	for _, c := range data {
		text = append(text, string(rune(c))...)
	}
	again := read(t, append([]byte("\xef\xbb\xbf"), text...))
	for kind := range shape {
		if diff := cmp.Diff(r.Rows(kind), again.Rows(kind)); diff != "" {
			t.Errorf("in UTF-8, %s differs:\n%s", kind, diff)
		}
	}
}

func TestRaggedMaquette(t *testing.T) {
	r := read(t, recordtest.Sample(t, "apogee/maquette_VIDE_ragged_rows_latin1.txt"))
	if diff := cmp.Diff(shape, count(r)); r.Err != nil || diff != "" {
		t.Errorf("%v, rows (-want +got):\n%s", r.Err, diff)
	}
	if len(r.Faults) != 25 || r.Faults[0].Rule != "nom_et_prenom_fondus" || r.Faults[0].Line != 52 {
		t.Errorf("faults %s", r.Marks())
	}
	if got := r.Rows("apogee_etudiant")[0]; got != "23883987|AAA BBB|∅|20/06/2007" {
		t.Errorf("%q", got)
	}
}

const small = "XX-APO_TITRES-XX\r\napoC_annee\t2026/2027\r\n\t\t\r\nXX-APO_TYP_RES-XX\r\n2\tADM\tAJ\t\r\n1\tABI\t\r\nADM : Admis\tAJ : Ajourné\t\r\nABI : Absence\t\r\n\t\t\r\n" +
	"XX-APO_COLONNES-XX\r\napoL_a01_code\tType Objet\tCode\tVersion\tAnnée\tSession\tAdmission/Admissibilité\tType Rés.\r\nAPO_COL_VAL_DEB\r\n" +
	"apoL_c0001\tVET\tV1RT\t117\t2026\t1\t1\tN\tAnnée\t0\t1\tNote\r\nAPO_COL_VAL_FIN\r\n\t\t\r\n" +
	"XX-APO_VALEURS-XX\r\napoL_a01_code\tapoL_a02_nom\tapoL_a03_prenom\tapoL_a04_naissance\tapoL_c0001\r\n1\tABADIE\tAnna\t 01/02/2006\t12,5\r\n"

func TestDefects(t *testing.T) {
	for _, c := range []struct{ name, old, new, marks, kind, want string }{
		{"as it is", "", "", "", "apogee_valeur", "1|apoL_c0001|12,5"},
		{"row without its last value", "\t12,5\r", "\r", "ligne_courte@18", "apogee_valeur", "1|apoL_c0001|∅"},
		{"row with more", "\t12,5\r", "\t12,5\t\t3\r", "ligne_longue@18", "apogee_valeur", "1|apoL_c0001|12,5"},
		{"trailing tabulations", "\t12,5\r", "\t12,5\t\t\r", "", "apogee_valeur", "1|apoL_c0001|12,5"},
		{"nobody", "\n1\tABADIE", "\n\tABADIE", "sans_nip@18", "apogee_etudiant", ""},
		{"student twice", "12,5\r\n", "12,5\r\n1\tABADIE\tAnna\t01/02/2006\t3\r\n", "double@19", "apogee_valeur", "1|apoL_c0001|12,5"},
		{"column twice", "APO_COL_VAL_FIN", "apoL_c0001\tELP\tX\t\t2026\t1\t1\tN\r\nAPO_COL_VAL_FIN", "double@14", "apogee_colonne", "apoL_c0001|VET|V1RT|117|2026|1|1|N|Année|Note"},
		{"column without its fields", "APO_COL_VAL_FIN", "apoL_c0002\tELP\tX\r\nAPO_COL_VAL_FIN", "colonne_illisible@14", "apogee_colonne", "apoL_c0001|VET|V1RT|117|2026|1|1|N|Année|Note"},
		{"value of an undeclared column", "\tapoL_c0001\r\n1", "\tapoL_c0009\r\n1", "", "apogee_valeur", "1|apoL_c0009|12,5"},
		{"no codes", small[strings.Index(small, "XX-APO_TYP"):strings.Index(small, "XX-APO_COL")], "", "", "apogee_code_resultat", ""},
		{"code count", "2\tADM", "3\tADM", "liste_de_codes@5", "apogee_code_resultat", "1|ADM|Admis 1|AJ|Ajourné 2|ABI|Absence"},
		{"label of no code", "AJ : Ajourné", "NAR : Non", "libelle_sans_code@7", "apogee_code_resultat", "1|ADM|Admis 1|AJ|∅ 2|ABI|Absence"},
		{"labels of no list", "ABI : Absence\t\r\n", "ABI : Absence\t\r\nX : Y\r\n", "liste_de_codes@9", "apogee_code_resultat", "1|ADM|Admis 1|AJ|Ajourné 2|ABI|Absence"},
		{"no readable year", "2026/2027", "2026/2029", "annee@2", "apogee_titre", "apoC_annee|2026/2029"},
		{"title twice", "\t2026/2027", "\t2026/2027\r\napoC_annee\t2025/2026", "double@3", "apogee_titre", "apoC_annee|2026/2027"},
		{"section that nobody knows", "XX-APO_VALEURS-XX", "XX-APO_AUTRE-XX\r\nx\r\nXX-APO_VALEURS-XX", "section_inconnue@16", "apogee_valeur", "1|apoL_c0001|12,5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(small, c.old) {
				t.Fatalf("no %q", c.old)
			}
			r := read(t, []byte(strings.Replace(small, c.old, c.new, 1)))
			if got := strings.Join(r.Rows(c.kind), " "); r.Err != nil || got != c.want || r.Marks() != c.marks {
				t.Errorf("%v, faults %q, rows %q", r.Err, r.Marks(), got)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"cut":       {small[:strings.Index(small, "XX-APO_VAL")], "XX-APO_VALEURS-XX"},
		"no header": {strings.Replace(small, "\napoL_a01_code\tapoL_a02", "\nx\tapoL_a02", 1), "apoL_a01_code"},
		"NUL":       {strings.Replace(small, "Anna", "An\x00na", 1), "nul"},
		"long line": {small + strings.Repeat("x", 2<<20), "trop longue"},
		"columns":   {strings.Replace(small, "\tapoL_c0001\r\n1", strings.Repeat("\tx", 20_000)+"\r\n1", 1), "dépasse"},
		"lists":     {strings.Replace(small, "2\tADM", strings.Repeat("1\tADM\r\n", 100)+"2\tADM", 1), "dépasse"},
	} {
		r := recordtest.From(t, apogee.Formats(), "apogee_maquette", bytes.NewReader([]byte(c.text)))
		if belvedere.KindOf(r.Err) != belvedere.Invalid || !strings.Contains(belvedere.Message(r.Err), c.want) {
			t.Errorf("%s: %v", name, r.Err)
		}
	}
}

func TestResults(t *testing.T) {
	text := "COD_IND;COD_ETU;COD_ANU;COD_SES;COD_ADM;COD_ELP;NOT_ELP;BAR_NOT_ELP;NOT_SUB_ELP;COD_TRE;NUM_TEL\n12;23883987;2026;1;1;7WGA4;11,19;20;;ADM;0600\n"
	if got := recordtest.Detect(apogee.Formats(), []byte(text)); !slices.Equal(got, []string{"apogee_resultats"}) {
		t.Errorf("recognised as %v", got)
	}
	r := recordtest.Read(t, apogee.Formats(), "apogee_resultats", []byte(text))
	if got := r.Rows("apogee_resultat"); r.Err != nil || !slices.Equal(got, []string{"12|23883987|2026|1|1|7WGA4|11,19|20||ADM"}) {
		t.Errorf("%v: %q", r.Err, got)
	}
}

// TestNoMaquettes: what ScoDoc keeps beside Apogée is none.
func TestNoMaquettes(t *testing.T) {
	for _, name := range []string{"scodoc_default-etapes.txt", "scodoc_etapes.xml", "scodoc_etud_minimal_template.xml", "scodoc_etud_template.xml", "scodoc_format_import_etudiants.txt"} {
		if got := recordtest.Detect(apogee.Formats(), recordtest.Sample(t, "apogee/"+name)); got != nil {
			t.Errorf("%s is recognised as %v", name, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	recordtest.Fuzz(f, apogee.Formats(), small, strings.Replace(small, "\tAnna", "", 1), "XX-APO_VALEURS-XX\napoL_a01_code\n1\n", "COD_ANU;COD_ELP;NOT_ELP;COD_TRE\n2026;X;12;ADM\n")
}

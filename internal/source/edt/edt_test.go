package edt_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"belvedere/internal/source/edt"
	"belvedere/internal/source/record/recordtest"
)

func TestDeclarations(t *testing.T) { recordtest.Check(t, edt.Formats()) }

var sampleLessons = []string{
	"1|1|1h00|60|H|FRANC|FRANCAIS|DUPRÉ|Élise|6A|101|H|CG|N|1|lundi|1|08h00|480|4",
	"2|2|1h00|60|H|MATHS|MATHEMATIQUES|BENALI|Karim|6 B|102|H|CG|N|1|lundi|1|09h00|540|3",
	"3|3|1h00|60|H|AGL1|ANGLAIS LV1|LE GOFF|Helene|[6AGL1]|103|H|CG|N|1|mercredi|3|10h00|600|7",
	"4|4|1h00|60|Q1|LCALA|LCA LATIN|DUPRÉ|Élise|6A, 6B|101|Q1|CG|N|1|vendredi|5|08h00|480|7",
	"5|5|1h00|60|H|||VACATAIRE|Noé|||H|CG|N|1||∅||∅|0",
}

var sampleAudience = []string{"1|1|classe|6A|∅", "2|2|classe|6 B|∅", "3|3|groupe|6AGL1|∅", "4|4|classe|6A|∅", "4|4|classe|6B|∅"}

// TestSamples: the XML and its twin in UTF-16 say the same.
func TestSamples(t *testing.T) {
	const code = "edt_cours"
	for _, name := range []string{"constructed/EXP_COURS.xml", "constructed/EXP_COURS_utf16.csv"} {
		data := recordtest.Sample(t, name)
		if got := recordtest.Detect(edt.Formats(), data); !slices.Equal(got, []string{code}) {
			t.Errorf("%s is recognised as %v", name, got)
		}
		r := recordtest.Read(t, edt.Formats(), code, data)
		if r.Err != nil || r.Marks() != "" || r.Head.Source != "edt" {
			t.Errorf("%s: %v, faults %s, head %+v", name, r.Err, r.Marks(), r.Head)
		}
		if diff := cmp.Diff(sampleLessons, r.Rows("edt_cours")); diff != "" {
			t.Errorf("%s: lessons (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(sampleAudience, r.Rows("edt_cours_classe")); diff != "" {
			t.Errorf("%s: audience (-want +got):\n%s", name, diff)
		}
	}
}

// TestItalianTwin: the header follows the language of the tool.
func TestItalianTwin(t *testing.T) {
	text := "NUMERO;DURATA;FREQUENZA;MAT_COD;MAT_NOME;DOC_COGN;DOC_NOME;CLASSE;AULA;PERIODICITA;SPECIFICA;CO_DOC;COEFF;GIORNO;ORA_INIZIO;ALUNNI\r\n" +
		"7;1h00;S;ITA;Italiano;ROSSI;Maria;1A;12;S;C;N;50/60;giovedì;08h00;24\r\n"
	data := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		data = append(data, byte(u), byte(u>>8))
	}
	r := recordtest.Read(t, edt.Formats(), "edt_cours", data)
	want := []string{"1|7|1h00|60|S|ITA|Italiano|ROSSI|Maria|1A|12|S|C|N|50/60|giovedì|4|08h00|480|24"}
	if got := r.Rows("edt_cours"); r.Err != nil || !slices.Equal(got, want) {
		t.Errorf("%v: %q, want %q", r.Err, got, want)
	}
}

// TestUnreadable: what a lesson says stays as it is, with a warning.
func TestUnreadable(t *testing.T) {
	r := recordtest.Read(t, edt.Formats(), "edt_cours", []byte("<TABLE>\n<Cours numero=\"9\">\n<DUREE>longue</DUREE><JOUR>un jour</JOUR><H.DEBUT>tôt</H.DEBUT><AUTRE>x</AUTRE></Cours></TABLE>"))
	want := []string{"1|9|longue|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|un jour|∅|tôt|∅|∅"}
	if got := r.Rows("edt_cours"); r.Err != nil || !slices.Equal(got, want) || r.Marks() != "duree_illisible@2 heure_illisible@2 jour_inconnu@2" {
		t.Errorf("%v: %q, faults %s", r.Err, got, r.Marks())
	}
}

const pupilsXML = `<?xml version="1.0" encoding="UTF-8"?>
<TABLE nom="Eleves">
<Eleves numero="1"><NUMERO>11</NUMERO><CIVILITE>Mlle</CIVILITE><NOM>DUPRÉ</NOM><PRENOM>Zoé</PRENOM><DATE_NAISS>01/02/2014</DATE_NAISS><LIEU_NAISS>BREST</LIEU_NAISS><NATIONALITE>FRANCE</NATIONALITE><SEXE>F</SEXE><N_NATIONAL>070832327JA</N_NATIONAL><CLASSE>3D &lt;3D&gt; &lt;LATIN&gt;, [3AGL1]</CLASSE><GROUPES>[3AGL1], 3ESP2</GROUPES><REDOUBLANT>N</REDOUBLANT><FORMATION>3EME</FORMATION><REGIME>DP</REGIME><OPTION_1>LATIN</OPTION_1><OPTION_2></OPTION_2><OPTION_3>CHANT</OPTION_3></Eleves>
<Eleves numero="2"><NOM>MARTIN</NOM><PRENOM/></Eleves>
</TABLE>`

func TestPupils(t *testing.T) {
	if got := recordtest.Detect(edt.Formats(), []byte(pupilsXML)); !slices.Equal(got, []string{"edt_eleves"}) {
		t.Errorf("recognised as %v", got)
	}
	r := recordtest.Read(t, edt.Formats(), "edt_eleves", []byte(pupilsXML))
	for kind, want := range map[string][]string{
		"edt_eleve": {"1|11|DUPRÉ|Zoé|01/02/2014|F|070832327JA|3D <3D> <LATIN>, [3AGL1]|3D|[3AGL1], 3ESP2|N|3EME|DP",
			"2|2|MARTIN||∅|∅|∅|∅|∅|∅|∅|∅|∅"},
		"edt_eleve_groupe": {"1|partie|LATIN|3D", "1|groupe|3AGL1|∅", "1|groupe|3ESP2|∅"},
		"edt_eleve_option": {"1|1|LATIN", "1|3|CHANT"},
	} {
		if diff := cmp.Diff(want, r.Rows(kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	guardians := strings.ReplaceAll(pupilsXML, "Eleves numero", "Eleves_et_leurs_responsables numero")
	guardians = strings.ReplaceAll(guardians, "</Eleves>", "</Eleves_et_leurs_responsables>")
	if r := recordtest.Read(t, edt.Formats(), "edt_eleves", []byte(guardians)); r.Err != nil || len(r.Rows("edt_eleve")) != 2 {
		t.Errorf("the variant with guardians: %v, %q", r.Err, r.Rows("edt_eleve"))
	}
}

// TestPupilsCSV: the columns that a user chose; guardians, addresses and phones are not kept.
func TestPupilsCSV(t *testing.T) {
	data := []byte("NOM;PRENOM;DATE NAISS;SEXE;ADRES 1;CP;VILLE;PORTABLENum;R1_IDENT;R1_NOM;R1_EMAIL\nDUPR\xc9;Zo\xe9;01/02/2014;F;1 rue CANARI;29200;BREST;0600000000;Mme CANARI;CANARI;canari@example.org\n")
	if got := recordtest.Detect(edt.Formats(), data); !slices.Equal(got, []string{"edt_eleves"}) {
		t.Errorf("recognised as %v", got)
	}
	r := recordtest.Read(t, edt.Formats(), "edt_eleves", data)
	want := []string{"1|∅|DUPRÉ|Zoé|01/02/2014|F|∅|∅|∅|∅|∅|∅|∅"}
	if got := r.Rows("edt_eleve"); r.Err != nil || !slices.Equal(got, want) || len(r.Records) != 1 {
		t.Errorf("%v: %q", r.Err, got)
	}
}

func TestRefusals(t *testing.T) {
	recordtest.Truncated(t, edt.Formats(), "edt_cours", recordtest.Sample(t, "constructed/EXP_COURS.xml"))
	r := recordtest.Read(t, edt.Formats(), "edt_cours", []byte("NUMERO;DUREE\n1;1h00\n"))
	if r.Err == nil || !strings.Contains(r.Err.Error(), "«\u00a0CLASSE\u00a0»") {
		t.Errorf("a table without classes gives %v", r.Err)
	}
}

func FuzzRead(f *testing.F) {
	recordtest.Fuzz(f, edt.Formats(), pupilsXML, "NUMERO;DUREE;CLASSE;JOUR;H.DEBUT\n1;1h;6A <L>;lundi;8h\n", "NOM;PRENOM;DATE_NAISS;OPTION_1\na;b;c;d\n",
		"<TABLE><Cours numero='1'><CLASSE>6A, [6G]</CLASSE><DUREE>1h</DUREE></Cours></TABLE>")
}

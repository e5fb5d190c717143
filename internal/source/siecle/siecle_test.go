package siecle_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/record/recordtest"
	"belvedere/internal/source/siecle"
)

const samples = "../../../../shared/samples"

// sample gives a file of the samples, and skips the test when there are none.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples, name))
	if os.IsNotExist(err) {
		t.Skip("no samples beside the project")
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// detect names the only format of a file.
func detect(t testing.TB, b []byte) string {
	t.Helper()
	var found []string
	for _, f := range siecle.Formats() {
		if f.Detect(b[:min(len(b), 64<<10)]) {
			found = append(found, f.Code)
		}
	}
	return strings.Join(found, " ")
}

// load reads a sample by the format that it has.
func load(t testing.TB, name string) *recordtest.Reading {
	t.Helper()
	b := sample(t, name)
	return recordtest.Read(t, siecle.Formats(), detect(t, b), b)
}

func TestFormats(t *testing.T) { recordtest.Check(t, siecle.Formats()) }

func TestSamples(t *testing.T) {
	for name, want := range map[string]struct {
		format, marks, school string
		year                  int
		rows                  map[string]int
	}{
		"siecle/ElevesAvecAdresses_v3.0_2eleves.xml":                   {"siecle_eleves", "", "0759901E", 2019, map[string]int{"siecle_eleve": 2, "siecle_option": 5, "siecle_structure_eleve": 2, "siecle_adresse_eleve": 1}},
		"siecle/ElevesAvecAdresses_v3.0_division_et_groupe.xml":        {"siecle_eleves", "", "0669902E", 2019, map[string]int{"siecle_eleve": 1, "siecle_option": 3, "siecle_structure_eleve": 2}},
		"siecle/klepsydrix_ElevesAvecAdresses_0750001A_2026.xml":       {"siecle_eleves", "uai_invalide@0", "", 2026, map[string]int{"siecle_eleve": 2, "siecle_option": 2, "siecle_structure_eleve": 4}},
		"siecle/klepsydrix_ResponsablesAvecAdresses_0750001A_2026.xml": {"siecle_responsables", "uai_invalide@0", "", 2026, map[string]int{"siecle_personne": 2, "siecle_lien": 2, "siecle_adresse": 2}},
		"siecle/pix_two_valid_students.xml":                            {"siecle_eleves", "uai_invalide@0", "", 0, map[string]int{"siecle_eleve": 2, "siecle_structure_eleve": 3}},
		"siecle/pix_duplicate_ine.xml":                                 {"siecle_eleves", "uai_invalide@0", "", 0, map[string]int{"siecle_eleve": 2, "siecle_structure_eleve": 3}},
		"siecle/ResponsablesAvecAdresses_v2.1.xml":                     {"siecle_responsables", "", "0149903N", 2018, map[string]int{"siecle_personne": 3, "siecle_lien": 3, "siecle_adresse": 1}},
		"siecle/Nomenclature_v3.1_simple.xml":                          {"siecle_nomenclature", "", "0140070A", 2018, map[string]int{"siecle_mef": 1, "siecle_matiere": 1, "siecle_programme": 1, "siecle_option_obligatoire": 1}},
		"siecle/Nomenclature_v3.1_modalite_double.xml":                 {"siecle_nomenclature", "", "0140070A", 2018, map[string]int{"siecle_mef": 1, "siecle_matiere": 1, "siecle_programme": 2}},
		"siecle/Nomenclature_v3.1_tout_niveau.xml":                     {"siecle_nomenclature", "", "0140070A", 2018, map[string]int{"siecle_mef": 4}},
		"siecle/extraction_eleves_2018_cp1252.csv":                     {"siecle_extraction", "", "", 0, map[string]int{}},
		"siecle/extraction_eleves_2019_cp1252.csv":                     {"siecle_extraction", "", "", 0, map[string]int{}},
		"constructed/ElevesSansAdresses.xml":                           {"siecle_eleves", "", "0999901Z", 2026, map[string]int{"siecle_eleve": 9}},
		"constructed/ResponsablesAvecAdresses.xml":                     {"siecle_responsables", "", "0999901Z", 2026, map[string]int{"siecle_personne": 10}},
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b := sample(t, name)
			if got := detect(t, b); got != want.format {
				t.Fatalf("detected as %q", got)
			}
			r := recordtest.Read(t, siecle.Formats(), want.format, b)
			if r.Err != nil || r.Marks() != want.marks || string(r.Head.School) != want.school || r.Head.Year != want.year {
				t.Errorf("head %+v, faults %q, error %v", r.Head, r.Marks(), r.Err)
			}
			for kind, n := range want.rows {
				if got := len(r.Rows(kind)); got != n {
					t.Errorf("%d rows of %s, want %d", got, kind, n)
				}
			}
		})
	}
}

func TestBrokenSamples(t *testing.T) {
	for name, want := range map[string]string{
		"siecle/ElevesAvecAdresses_malformed.xml": "« STRICTURES_ELEVE » est fermée par « /STRUCTURES_ELEVE »",
		"siecle/pix_broken.xml":                   "tronqué",
	} {
		r := load(t, name)
		if belvedere.KindOf(r.Err) != belvedere.Invalid || !strings.Contains(strings.ReplaceAll(belvedere.Message(r.Err), belvedere.NoBreak, " "), want) {
			t.Errorf("%s: %v", name, r.Err)
		}
	}
	if r := load(t, "siecle/ElevesAvecAdresses_malformed.xml"); r.Marks() != "elenoet_double@51" {
		t.Errorf("two numbers of a pupil: %q", r.Marks())
	}
	for _, name := range []string{"siecle_prive/IMPORT_ELEVES.xml", "siecle_prive/IMPORT_ELEVES_malformed.xml"} {
		b := sample(t, name)
		if why := siecle.Refused(b); !strings.Contains(why, "logiciel privé") || detect(t, b) != "" {
			t.Errorf("%s: %q", name, why)
		}
	}
}

func TestPupils(t *testing.T) {
	r := load(t, "siecle/ElevesAvecAdresses_v3.0_2eleves.xml")
	want := []string{
		"4877004|1496|1496|01496759901|∅|934968539AC|934968539AC|∅|934968539AC|ISSOLIHA|∅|FArid|Keita|∅|13/05/2004|1|0|24|ST|10310019110|∅|0|∅|12/02/2019|∅|∅|1|02/06/2019|0759901E|10210001110|4 D|∅",
		"4175119|6193|6193|06193750680|1065|915987525BD|915987525BD|9906164848K|915987525BD|ALALA|∅|Lacos|PRENOM2|PRENOM3|18/04/2002|1|0|0|ST|20211011110|∅|0|∅|04/09/2017|∅|∅|1|08/08/2019|0759904H|20111011110|1S3|∅",
	}
	if got := r.Rows("siecle_eleve"); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if got := strings.Join(r.Rows("siecle_option"), " "); got != "4877004|1|O|030201|∅ 4877004|2|O|030602|∅ 4175119|1|O|030201|∅ 4175119|2|O|030602|∅ 4175119|3|F|061300|∅" {
		t.Errorf("options %s", got)
	}
	if got := strings.Join(r.Rows("siecle_structure_eleve"), " "); got != "4877004|3 A|D 4175119|TS3|D" {
		t.Errorf("structures %s", got)
	}
	if got := r.Rows("siecle_adresse_eleve")[0]; got != "517259|||||75017|PARIS|75117||100|FRANCE" {
		t.Errorf("address %s", got)
	}
	if r.Records[0].Line != 11 || r.Head.Version != "3.0" || r.Head.Exported.Format("2006-01-02 15:04") != "2019-07-06 17:01" {
		t.Errorf("place %d, head %+v", r.Records[0].Line, r.Head)
	}
}

func TestGuardians(t *testing.T) {
	r := load(t, "siecle/ResponsablesAvecAdresses_v2.1.xml")
	if got := r.Rows("siecle_personne")[0]; got != "767531|MME|ROCK|∅|Maryline|+33199003040|+33639982463||1|contact678@example.org|1|505929" {
		t.Errorf("person %s", got)
	}
	if got := r.Rows("siecle_lien")[0]; got != "4825609|767531|1|10|1|1|1|1|∅|10|1|∅|true|∅|true" {
		t.Errorf("link %s", got)
	}
	if got := r.Rows("siecle_adresse")[0]; got != "505929|83 RUE DE L'EXEMPLE|BATIMENT FICTIF|||14270|MEZIDON VALLEE D AUGE|14431||100|FRANCE" {
		t.Errorf("address %s", got)
	}
}

// TestOldLinks reads the links of before 2018, where 1 was the father.
func TestOldLinks(t *testing.T) {
	in := "<BEE_EPHC_RESPONSABLES><DONNEES><PERSONNES><PERSONNE PERSONNE_ID='1'><NOM>NO?L</NOM></PERSONNE></PERSONNES><RESPONSABLES>" +
		"<RESPONSABLE_ELEVE><ELEVE_ID>9</ELEVE_ID><PERSONNE_ID>1</PERSONNE_ID><RESP_LEGAL>2</RESP_LEGAL><CODE_PARENTE>1</CODE_PARENTE><RESP_FINANCIER>1</RESP_FINANCIER><PERS_CONTACT>0</PERS_CONTACT></RESPONSABLE_ELEVE>" +
		"<RESPONSABLE_ELEVE><ELEVE_ID>9</ELEVE_ID><PERSONNE_ID>2</PERSONNE_ID><RESP_LEGAL>0</RESP_LEGAL><CODE_PARENTE>2</CODE_PARENTE></RESPONSABLE_ELEVE>" +
		"<RESPONSABLE_ELEVE><ELEVE_ID>9</ELEVE_ID><PERSONNE_ID>3</PERSONNE_ID><NIVEAU_RESPONSABILITE>8</NIVEAU_RESPONSABILITE><CODE_PARENTE>99</CODE_PARENTE><PAIE_FRAIS_SCOLAIRES>peut-être</PAIE_FRAIS_SCOLAIRES></RESPONSABLE_ELEVE>" +
		"</RESPONSABLES></DONNEES></BEE_EPHC_RESPONSABLES>"
	r := recordtest.Read(t, siecle.Formats(), "siecle_responsables", []byte(in))
	if got := strings.Join(r.Rows("siecle_lien", "personne_id", "niveau", "parente", "payeur", "contact", "heberge"), " "); got != "1|1|20|1|0|∅ 2|3|10|∅|∅|∅ 3|∅|∅|∅|∅|∅" || r.Err != nil {
		t.Errorf("got %s, %v", got, r.Err)
	}
	if got := r.Marks(); got != "caractere_perdu@1 code_inconnu@1 code_inconnu@1 code_inconnu@1" {
		t.Errorf("faults %s", got)
	}
}

func TestOldPupils(t *testing.T) {
	in := "<BEE_EPHC_ELEVES><DONNEES><STRUCTURES><STRUCTURES_ELEVE ELEVE_ID='7'><STRUCTURE><CODE_STRUCTURE/><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE></STRUCTURES>" +
		"<ELEVES><ELEVE ELEVE_ID='7' ELENOET='123'><ELENOET>00123</ELENOET><NOM>LE GOFF</NOM><CODE_REGIME2>2</CODE_REGIME2><DATE_SORTIE_ETAB>01/02/2015</DATE_SORTIE_ETAB>" +
		"<DATE_ENTREE_ELE>01/09/2014</DATE_ENTREE_ELE><INE_BEA>1234567890A</INE_BEA><ID_NATIONAL/></ELEVE></ELEVES></DONNEES></BEE_EPHC_ELEVES>"
	r := recordtest.Read(t, siecle.Formats(), "siecle_eleves", []byte(in))
	got := strings.Join(r.Rows("siecle_eleve", "eleve_id", "elenoet", "ine", "id_national", "nom", "code_regime", "date_entree", "date_sortie"), " ")
	if got != "7|00123|1234567890A||LE GOFF|2|01/09/2014|01/02/2015" || r.Err != nil || r.Marks() != "" {
		t.Errorf("got %s, %v, %s", got, r.Err, r.Marks())
	}
	if got := r.Rows("siecle_structure_eleve")[0]; got != "7||D" {
		t.Errorf("structure %s", got)
	}
}

func TestStructures(t *testing.T) {
	in := "<BEE_STRUCTURES VERSION='2.0'><PARAMETRES><UAJ>0350017D</UAJ></PARAMETRES><DONNEES><DIVISIONS>" +
		"<DIVISION CODE_STRUCTURE='6A'><LIBELLE_LONG>6e A</LIBELLE_LONG><MEFS_APPARTENANCE><MEF_APPARTENANCE><CODE_MEF>10010012110</CODE_MEF></MEF_APPARTENANCE>" +
		"<MEF_APPARTENANCE><CODE_MEF>16410002110</CODE_MEF></MEF_APPARTENANCE></MEFS_APPARTENANCE></DIVISION><DIVISION CODE_STRUCTURE='6B'/></DIVISIONS>" +
		"<GROUPES><GROUPE CODE_STRUCTURE='6AGL1'><DIVISIONS_APPARTENANCE><DIVISION_APPARTENANCE><CODE_STRUCTURE>6A</CODE_STRUCTURE></DIVISION_APPARTENANCE>" +
		"<DIVISION_APPARTENANCE><CODE_STRUCTURE>6B</CODE_STRUCTURE></DIVISION_APPARTENANCE></DIVISIONS_APPARTENANCE></GROUPE></GROUPES></DONNEES></BEE_STRUCTURES>"
	r := recordtest.Read(t, siecle.Formats(), "siecle_structures", []byte(in))
	var got []string
	for _, kind := range []string{"siecle_division", "siecle_division_mef", "siecle_groupe", "siecle_groupe_division"} {
		got = append(got, r.Rows(kind)...)
	}
	if s := strings.Join(got, " "); r.Err != nil || s != "6A|6e A|∅|∅ 6B|∅|∅|∅ 6A|10010012110 6A|16410002110 6AGL1|∅|∅|∅ 6AGL1|6A 6AGL1|6B" {
		t.Errorf("got %s, %v", s, r.Err)
	}
}

func TestNomenclature(t *testing.T) {
	in := "<BEE_NOMENCLATURES><DONNEES><MEFS><MEF CODE_MEF='1'/></MEFS><REGIMES><REGIME CODE_REGIME='2'><LIBELLE_COURT>DP DAN</LIBELLE_COURT></REGIME></REGIMES>" +
		"<MOTIFS><MOTIF_SORTIE CODE_MOTIF='43'><LIBELLE_LONG>DÉCÈS</LIBELLE_LONG></MOTIF_SORTIE></MOTIFS>" +
		"<LIENS><LIEN_PARENTE><CODE_PARENTE>10</CODE_PARENTE><LIBELLE>MÈRE</LIBELLE></LIEN_PARENTE></LIENS></DONNEES></BEE_NOMENCLATURES>"
	r := recordtest.Read(t, siecle.Formats(), "siecle_nomenclature", []byte(in))
	got := r.Rows("siecle_regime")[0] + " " + r.Rows("siecle_motif_sortie")[0] + " " + r.Rows("siecle_lien_parente")[0]
	if got != "2|DP DAN|∅ 43|∅|DÉCÈS 10|MÈRE|MÈRE" || r.Err != nil {
		t.Errorf("got %s, %v", got, r.Err)
	}
	if got := load(t, "siecle/Nomenclature_v3.1_modalite_double.xml").Rows("siecle_programme"); strings.Join(got, " ") != "20211010110|061300|O|2.00 20211010110|061300|S|6.00" {
		t.Errorf("programme %s", got)
	}
}

// TestCommon holds the reader to never give the name of the head.
func TestCommon(t *testing.T) {
	in := "<BEE_COMMUN><PARAMETRES><UAJ>0350017D</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE></PARAMETRES><DONNEES><UAJ><ETAB_UAJ_ID>0350017D</ETAB_UAJ_ID><DENOM_PRINC>COLLEGE</DENOM_PRINC>" +
		"<NOM_RESP>CANARI</NOM_RESP><QUAL_RESP>CANARI</QUAL_RESP><MEL_1>ce@example.org</MEL_1></UAJ>" +
		"<ANNEE_SCOLAIRE><DATE_DEBUT_ELEVE>01/09/2026</DATE_DEBUT_ELEVE><DATE_FIN_ELEVE>03/07/2027</DATE_FIN_ELEVE></ANNEE_SCOLAIRE><ANNEE_SCOLAIRE_AD/>" +
		"<PERIODES><PERIODE><CODE_PERIODE>1</CODE_PERIODE><DATE_DEBUT>01/09/2026</DATE_DEBUT></PERIODE></PERIODES>" +
		"<FERMETURES><FERMETURE><LL_MOTIF>VACANCES</LL_MOTIF><DATE_DEBUT>17/10/2026</DATE_DEBUT></FERMETURE></FERMETURES></DONNEES></BEE_COMMUN>"
	r := recordtest.Read(t, siecle.Formats(), "siecle_communs", []byte(in))
	var got []string
	for _, rec := range r.Records {
		got = append(got, recordtest.Show(rec))
	}
	s := strings.Join(got, " ")
	if strings.Contains(s, "CANARI") || r.Err != nil || len(r.Records) != 4 || r.Head.School != "0350017D" || r.Head.Year != 2026 {
		t.Errorf("got %s, %+v, %v", s, r.Head, r.Err)
	}
	if got := r.Rows("siecle_annee")[0]; got != "01/09/2026|03/07/2027|∅|∅" {
		t.Errorf("year %s", got)
	}
}

func TestRefused(t *testing.T) {
	for in, want := range map[string]string{
		"<BEE_GFC><ELEVES>": "coordonnées bancaires", "<X><ELEVE><RESP_FINANCIER><BIC>Z": "coordonnées bancaires",
		"<BEE_GEOGRAPHIQUE>": "pas nécessaire", "<BEE_ETABLISSEMENTS>": "pas nécessaire", "<exportAbsence>": "absences",
		"<BEE_ELEVES><ELEVE>": "", "Nom;Prénom": "", "": "",
	} {
		if got := siecle.Refused([]byte(in)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q", in, got)
		}
	}
}

// TestDropped holds the kinds to have no field for what is not to be kept.
func TestDropped(t *testing.T) {
	b := sample(t, "siecle/ElevesAvecAdresses_v3.0_2eleves.xml")
	b = bytes.Replace(b, []byte("<VILLE_NAISS>"), []byte("<MEL>canari</MEL><TEL_PORTABLE>canari</TEL_PORTABLE><VILLE_NAISS>canari"), 1)
	b = bytes.Replace(b, []byte("<CODE_PAYS_NAT>335"), []byte("<CODE_PAYS_NAT>canari"), 1)
	b = bytes.Replace(b, []byte("<BOURSES />"), []byte("<BOURSES><BOURSE ELEVE_ID='4877004'><CODE_BOURSE>canari</CODE_BOURSE></BOURSE></BOURSES>"), 1)
	if bytes.Count(b, []byte("canari")) != 5 {
		t.Fatal("the canaries are not in the file")
	}
	r := recordtest.Read(t, siecle.Formats(), "siecle_eleves", b)
	for _, rec := range r.Records {
		if strings.Contains(recordtest.Show(rec), "canari") {
			t.Errorf("kept: %s", recordtest.Show(rec))
		}
	}
	for _, f := range siecle.Formats() {
		for _, k := range f.Kinds {
			for _, name := range k.Fields {
				for _, no := range []string{"naiss_", "nat", "code_prof", "bourse", "resp_nom", "iban"} {
					if strings.Contains(name, no) && !strings.HasPrefix(name, "id_nat") && name != "code_matiere_nationale" {
						t.Errorf("%s keeps %s", k.Name, name)
					}
				}
			}
		}
	}
}

package dossier_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// proposed reads files by the mapping that is proposed for a kind, and gives the rows that the vault holds then.
func proposed(t *testing.T, d *desk, kind string, files ...dossier.File) (string, dossier.Report, error) {
	t.Helper()
	ctx := context.Background()
	p, err := d.Propose(kind, files)
	if err != nil {
		return "", dossier.Report{}, err
	}
	if err := d.SaveMapping(ctx, registrar, school, p.Mapping("a_nous", "À nous", p.Cells)); err != nil {
		return "", dossier.Report{}, err
	}
	b, err := d.Batch(ctx, registrar, school, "a_nous", files)
	if err != nil {
		return "", dossier.Report{}, err
	}
	r, err := d.Import(ctx, registrar, school, b)
	if err != nil {
		return "", r, err
	}
	var columns []string
	for _, c := range shipped().Kinds.Kind(kind).Columns {
		if slices.ContainsFunc(p.Cells, func(o dossier.Cell) bool { return o.Column == c.Name }) {
			columns = append(columns, c.Name)
		}
	}
	return selected(t, d, operator, dossier.Request{Kind: kind, Level: belvedere.Identities, Columns: columns}), r, nil
}

// The same extraction in the ways that tools write it gives the same rows.
func TestOneExtractionInManyHands(t *testing.T) {
	const text = "Année universitaire;N° étudiant;Nom;Prénom;Né(e) le;Civilité;Code étape;Composante;Date d'inscription;État\n" +
		"2025/2026;22300001;LÉGER;Zoë;01/02/2004;Mme;M1INF;UFR Sciences;15/09/2025;Inscrit\n" +
		"2025-2026;22300002;ŒUVRARD;Théo;2003-04-03;M.;M1INF;UFR Sciences;2025-09-16;Démission\n" +
		"2025;22300003;DARC;Ana;20040403;F;L3INF;UFR Sciences;20250917;Inscrit\n"
	const want = "2025|22300001|LÉGER|Zoë|2004-02-01|F|M1INF|UFR Sciences|actif|2025-09-15\n" +
		"2025|22300002|ŒUVRARD|Théo|2003-04-03|M|M1INF|UFR Sciences|demissionnaire|2025-09-16\n" +
		"2025|22300003|DARC|Ana|2004-04-03|F|L3INF|UFR Sciences|actif|2025-09-17\n"
	latin9, err := charmap.ISO8859_15.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	cp1252, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	slices.Reverse(lines[1:])
	for name, body := range map[string]string{
		"UTF-8": text, "ISO-8859-15": latin9, "Windows-1252": cp1252, "UTF-16": utf16, "BOM and CRLF": "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"),
		"tabs": strings.ReplaceAll(text, ";", "\t"), "commas": strings.ReplaceAll(text, ";", ","), "separators at the end": strings.ReplaceAll(text, "\n", ";;\n"),
		"quotes":      "\"" + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(text, "\n"), ";", "\";\""), "\n", "\"\n\"") + "\"\n",
		"titles":      "Extraction Apogée du 30/11/2025\n\nUFR Sciences;;;;;;;;;\n" + text,
		"a last line": text + "Total;3;;;;;;;;\n", "sep=": "sep=;\n" + text,
	} {
		got, r, err := proposed(t, newDesk(t), "inscriptions", file("apogee.csv", body))
		if err != nil || got != want {
			t.Errorf("%s: %v %+v\n%s", name, err, r.Kinds, got)
		}
	}
}

// Files of staff, pay, hours and results as vendors name their columns.
func TestFilesOfVendors(t *testing.T) {
	for name, one := range map[string]struct{ kind, text, want string }{
		"SIHAM": {"agents", "DATE_OBS;MATCLE;NOMUSE;PRENOM;SEXEMP;UO_AFF;LIB_UO;CORPS;POPULATION;QUOTITE;ETPT\n31/12/2025;UDS0000123;MARTIN;Léa;F;UO12;DSI;IGE;BIATSS A;100;1\n31/12/2025;UDS0000124;PETIT;Lou;M;UO13;UFR;MCF;Enseignant-chercheur;50 %;0,5\n",
			"2025-12-31|UDS0000123|MARTIN|Léa|F|DSI|biatss_a|IGE|100|1\n2025-12-31|UDS0000124|PETIT|Lou|M|UFR|enseignant_chercheur|MCF|50|0.5\n"},
		"Mangue": {"agents", "Date d'observation;N° individu;Nom;Prénom;Civilité;Structure;Statut;Catégorie;Temps de travail;ETP\n31/12/2025;12;MARTIN;Léa;Mme;DSI;Titulaire;A;100;1\n31/12/2025;13;PETIT;Lou;M.;UFR;Contractuel;B;50;0,5\n",
			"2025-12-31|12|MARTIN|Léa|F|DSI|biatss_a|titulaire|100|1\n2025-12-31|13|PETIT|Lou|M|UFR|biatss_b|cdd|50|0.5\n"},
		"OSE": {"heures", "Année;Mois;Code intervenant;Intervenant;Statut;Composante;Code enseignement;Type;Heures;HETD\n2025;10;12;MARTIN Léa;Vacataire;UFR;ALGO;CM;10;15\n2025;2;13;PETIT Lou;Enseignant-chercheur;UFR;ALGO;TD;10,5;10,5\n",
			"2025-10|12|MARTIN Léa|UFR|ALGO|vacataire|cm|10|15\n2025-02|13|PETIT Lou|UFR|ALGO|enseignant_chercheur|td|10.5|10.5\n"},
		"hours by academic year": {"heures", "Année universitaire;Mois;Code intervenant;Type;Heures\n2025-2026;10;12;CM;10\n2025-2026;2;13;TD;10\n", "2025-10|12|cm|10\n2026-02|13|td|10\n"},
		"amounts":                {"paie", "Matricule;Mois;Service;Coût total\n1;11/2025;DRH;1 234,56\n2;11/2025;DRH;2\u202f000,00\n3;11/2025;DRH;1.234,56\n4;11/2025;DRH;-1 000 €\n5;11/2025;DRH;\"1,234.56\"\n6;11/2025;DRH;1'234.5\n7;11/2025;DRH;-\n;;Total;99\n", "2025-11|1|DRH|1234.56\n2025-11|2|DRH|2000\n2025-11|3|DRH|1234.56\n2025-11|4|DRH|-1000\n2025-11|5|DRH|1234.56\n2025-11|6|DRH|1234.5\n2025-11|7|DRH|<nil>\n"},
		"months in words":        {"paie", "Matricule;Mois;Service;Coût total\n1;novembre 2025;DRH;10\n2;Déc. 2025;DRH;20\n3;juil-25;DRH;30\n", "2025-11|1|DRH|10\n2025-12|2|DRH|20\n2025-07|3|DRH|30\n"},
		"absent from a mark":     {"resultats", "Année;Code étudiant;Étape;Session;Résultat;Moyenne\n2025;1;M1INF;1;ADM;12,5\n2025;2;M1INF;1;DEF;ABI\n", "2025|session1|1|M1INF|ADM|admis|12.5\n2025|session1|2|M1INF|DEF|absent|<nil>\n"},
	} {
		got, _, err := proposed(t, newDesk(t), one.kind, file("f.csv", one.text))
		if err != nil || got != one.want {
			t.Errorf("%s: %v\n%s want\n%s", name, err, got, one.want)
		}
	}
}

// What is wrong with a row is told under the name that the file gives the column, and a number of social
// security is kept nowhere.
func TestFaultsNameTheColumnOfTheFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("Mat.;Période;Service;Coût total\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%d;11/2025;DRH;%d\n", i, i)
	}
	_, r, err := proposed(t, newDesk(t), "paie", file("paie.csv", strings.ReplaceAll(b.String(), "Mat.", "Matricule")+"98;13/2025;DRH;10\n99;11/2025;DRH;12a\n185057800608491;11/2025;DRH;5\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Faults {
		got = append(got, f.Error())
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{"paie.csv, ligne 62, colonne «\u00a0Période\u00a0»", "ligne 63, colonne «\u00a0Coût total\u00a0»", "numéro de sécurité sociale"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "1850578") {
		t.Errorf("a value is told: %s", text)
	}
	d := newDesk(t)
	if _, _, err := proposed(t, d, "paie", file("paie.csv", b.String()[:len("Mat.;")]+strings.TrimPrefix(b.String(), "Mat.;"))); err == nil || !strings.Contains(err.Error(), "Matricule") {
		t.Errorf("%v", err)
	}
}

// A file of the month in which one column has another name is told what it lacks.
func TestRenamedColumnIsNamed(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	if _, _, err := proposed(t, d, "paie", file("paie.csv", "Matricule;Mois;Service;Coût total\n1;11/2025;DRH;10\n")); err != nil {
		t.Fatal(err)
	}
	next := []dossier.File{file("paie.csv", "Matricule;Mois;Structure;Coût total\n1;12/2025;DRH;10\n")}
	for _, name := range []string{"", "a_nous"} {
		if _, err := d.Batch(ctx, registrar, school, name, next); err == nil || !strings.Contains(err.Error(), "Service") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// An import that is taken back leaves neither rows nor files, and can be made again.
func TestWithdrawnImport(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	var told []string
	d.Tally = func(_ context.Context, _ belvedere.UAI, years []belvedere.SchoolYear) error {
		told = append(told, fmt.Sprint(years))
		return nil
	}
	right := load(t, d, rows("paie", "mois=2025-10;matricule=1;service=DRH;cout=10"))
	wrong := load(t, d, rows("paie", "mois=2035-10;matricule=2;service=DRH;cout=20", "mois=2025-11;matricule=1;service=DRH;cout=30"))
	stranger := registrar
	stranger.Scope.Own = []belvedere.UAI{"0350028R"}
	if _, err := d.Withdraw(ctx, stranger, school, wrong.ID); err == nil {
		t.Error("anybody takes an import back")
	}
	if n, err := d.Withdraw(ctx, registrar, school, wrong.ID); err != nil || n != 2 {
		t.Fatalf("%d %v", n, err)
	}
	if got := selected(t, d, operator, dossier.Request{Kind: "paie", Columns: []string{"mois", "cout"}}); got != "2025-10|10\n" {
		t.Errorf("%s", got)
	}
	if told[len(told)-1] != "[2025-2026 2035-2036]" {
		t.Errorf("figures of %v are recounted", told)
	}
	if one, err := d.ImportOf(ctx, registrar, school, wrong.ID); err != nil || one.Held || one.Kept {
		t.Errorf("%+v %v", one, err)
	}
	if _, err := d.Withdraw(ctx, registrar, school, wrong.ID); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("twice: %v", err)
	}
	if _, err := d.Withdraw(ctx, registrar, school, 99); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("none: %v", err)
	}
	if r := load(t, d, rows("paie", "mois=2035-10;matricule=2;service=DRH;cout=20", "mois=2025-11;matricule=1;service=DRH;cout=30")); r.Replayed || r.Kinds[0].Rows != 2 {
		t.Errorf("%+v", r)
	}
	if one, err := d.ImportOf(ctx, registrar, school, right.ID); err != nil || !one.Held {
		t.Errorf("%+v %v", one, err)
	}
}

// What no column may hold is not shown where columns are chosen.
func TestSamplesHideWhatIsKeptNowhere(t *testing.T) {
	p, err := newDesk(t).Propose("paie", []dossier.File{file("paie.csv", "Matricule;NIR;Mois;Coût total\n1;185057800608491;11/2025;10\n2;285057800608491;11/2025;20\n")})
	if err != nil || strings.Contains(fmt.Sprint(p.Sample), "0578006084") || len(p.Sample) != 2 {
		t.Errorf("%v %v", p.Sample, err)
	}
}

package dossier_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
)

// sample opens a file in the real formats, or skips.
func sample(t testing.TB, name string) dossier.File {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "samples", filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the samples are not here: %v", err)
	}
	return file(filepath.Base(name), string(b))
}

// A maquette gives a result for each element of each student, with the issue that the labels of the file tell.
func TestMaquette(t *testing.T) {
	d := newDesk(t)
	r := loadFiles(t, d, "", []dossier.File{sample(t, "apogee/maquette_REMPLIE_constructed_latin1.txt")})
	if len(r.Kinds) != 1 || r.Kinds[0].Read != 125 || r.Kinds[0].Kept != 125 {
		t.Fatalf("%+v", r)
	}
	got := selected(t, d, operator, dossier.Request{Kind: "resultats", Level: belvedere.Identities, Columns: []string{"annee", "nip", "nom", "naissance", "diplome", "objet", "code_objet", "libelle", "note", "code", "issue"},
		Where: []dossier.Filter{{Column: "code_objet", Values: []string{"7WGD4"}}}})
	for _, want := range []string{
		"2026|25006704|ABADIE|2007-02-01|7W29|element|7WGD4|Dévelop applic web S4|9.13|ADMC|admis\n",
		"2026|24277160|ESTÈVE|2006-09-12|7W29|element|7WGD4|Dévelop applic web S4|<nil>|ATT|attente\n",
		"2026|25612683|SABATIER|2007-02-25|7W29|element|7WGD4|Dévelop applic web S4|7.48|AJ|ajourne\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if _, err := d.Batch(context.Background(), registrar, school, "apogee_maquette", []dossier.File{file("x.csv", "a;b\n1;2\n")}); err != nil {
		t.Error(err) // what is wrong is told when it is read
	}
}

func TestPortalOfApogee(t *testing.T) {
	d := newDesk(t)
	text := strings.NewReplacer("{nip}", "21900017", "{etape}", "M1INF", "{annee}", "2025", "{nom}", "FERRY", "{prenom}", "Jade", "{gender}", "F", "{diplome}", "MINF").Replace
	f := sample(t, "apogee/scodoc_etud_template.xml")
	b := make([]byte, f.Size)
	if _, err := f.Data.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	loadFiles(t, d, "", []dossier.File{file("etudiants.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><etudiants>"+text(string(b))+"</etudiants>")})
	got := selected(t, d, operator, dossier.Request{Kind: "inscriptions", Level: belvedere.Identities, Columns: []string{"annee", "nip", "nom", "prenom", "naissance", "sexe", "etape", "version_etape", "titre_acces", "bourse"}})
	if got != "2025|21900017|FERRY|Jade|2001-08-23|F|M1INF|117|S Scientifique|N\n" {
		t.Errorf("%s", got)
	}
}

// Extractions by SQL give the same rows, one file each or joined in one.
func TestApogeeByQuery(t *testing.T) {
	individu := "COD_IND;COD_ETU;LIB_NOM_PAT_IND;LIB_PR1_IND;DATE_NAI_IND;COD_SEX_ETU\n10;1;FERRY;Jade;01/02/2004;F\n11;2;AUBRY;Tom;03/04/2003;M\n"
	ins := "COD_ANU;COD_IND;COD_ETP;COD_VRS_VET;COD_DIP;ETA_IAE;TEM_IAE_PRM\n2025;10;M1INF;117;MINF;E;O\n2025;11;M1INF;117;MINF;E;N\n"
	elp := "COD_ANU;COD_SES;COD_IND;COD_ELP;NOT_ELP;BAR_NOT_ELP;NOT_SUB_ELP;COD_TRE\n2025;1;10;ALGO;12,5;20;;ADM\n2025;1;11;ALGO;;20;ABI;\n2025;2;11;ALGO;8;20;;ZQ1\n"
	tre := "COD_TRE;LIB_TRE\nADM;Admis\nZQ1;Non acquis, à revoir\n"
	joined := "COD_ANU\tCOD_ETU\tLIB_NOM_PAT_IND\tLIB_PR1_IND\tDATE_NAI_IND\tCOD_SEX_ETU\tCOD_ETP\tCOD_VRS_VET\tCOD_DIP\tETA_IAE\tTEM_IAE_PRM\n" +
		"2025\t1\tFERRY\tJade\t01/02/2004\tF\tM1INF\t117\tMINF\tE\tO\n2025\t2\tAUBRY\tTom\t03/04/2003\tM\tM1INF\t117\tMINF\tE\tN\n"
	want := "2025|1|FERRY|F|M1INF|primo_entrant|actif\n2025|2|AUBRY|M|M1INF|reinscrit|actif\n"
	for name, files := range map[string][]dossier.File{
		"one file each": {file("individu.csv", individu), file("ins_adm_etp.csv", ins), file("resultat_elp.csv", elp), file("typ_resultat.csv", tre)},
		"joined":        {file("inscriptions.tsv", joined)},
	} {
		d := newDesk(t)
		loadFiles(t, d, "", files)
		got := selected(t, d, operator, dossier.Request{Kind: "inscriptions", Level: belvedere.Identities, Columns: []string{"annee", "nip", "nom", "sexe", "etape", "entree", "statut"}})
		if got != want {
			t.Errorf("%s: %s", name, got)
		}
		if len(files) == 1 {
			continue
		}
		got = selected(t, d, operator, dossier.Request{Kind: "resultats", Level: belvedere.Identities, Columns: []string{"session", "nip", "code_objet", "note", "code", "issue"}})
		if got != "session1|1|ALGO|12.5|ADM|admis\nsession1|2|ALGO|<nil>|ABI|absent\nsession2|2|ALGO|8|ZQ1|ajourne\n" {
			t.Errorf("%s", got)
		}
	}
}

// Logs of Moodle count actions; who teaches is told by the lists of roles.
func TestMoodle(t *testing.T) {
	d := newDesk(t)
	log := "id,userid,courseid,relateduserid,timecreated,component\n1,46,24,\\N,1606845939,mod_forum\n2,46,24,\\N,1606845940,mod_forum\n3,89,24,\\N,1606845941,core\n4,0,24,\\N,1606845941,core\n"
	loadFiles(t, d, "", []dossier.File{file("log.csv", log), sample(t, "moodle/example_teacher_role.csv"), sample(t, "moodle/example_student_role.csv"), sample(t, "moodle/example_course_shortnames.csv")})
	got := selected(t, d, operator, dossier.Request{Kind: "activite", Level: belvedere.Identities, Columns: []string{"jour", "usager", "profil", "cours", "activite", "actions", "lues"}})
	if got != "2020-12-01|46|enseignants|Name course 24|mod_forum|2|2\n2020-12-01|89|eleves|Name course 24|core|1|1\n" {
		t.Errorf("%s", got)
	}
	loadFiles(t, d, "", []dossier.File{sample(t, "moodle/example_platform_logs.csv")})
}

// A mapping made by an institution reads its own headers and values, and is kept in its vault.
func TestOwnMapping(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	m := dossier.Mapping{Name: "paie_siham", Label: "Paie", Tables: []dossier.Table{{Name: "paie", Headers: []string{"Période", "Mat.", "Total €"}}},
		Output: []dossier.Output{{Kind: "paie", From: "paie", Cells: []dossier.Cell{
			{Column: "mois", From: []string{"Période"}}, {Column: "matricule", From: []string{"Mat."}}, {Column: "cout", From: []string{"Total €"}},
			{Column: "categorie", From: []string{"Pop"}, Values: []dossier.Pair{{Name: "EC titulaire", Value: "enseignant_chercheur"}}, Else: "autre_emploi"},
		}}}}
	if err := d.SaveMapping(ctx, registrar, school, m); err != nil {
		t.Fatal(err)
	}
	text := "Mat.;Nom;Pop;Période;Total €\n7;FERRY;EC titulaire;11/2025;4 215,30\n8;AUBRY;Vacataire;11/2025;1 000\n7;FERRY;EC titulaire;11/2025;-15,3\n"
	r := loadFiles(t, d, "", []dossier.File{file("paie.csv", text)})
	if r.Kinds[0].Rows != 2 {
		t.Errorf("%+v", r)
	}
	if got := selected(t, d, operator, dossier.Request{Kind: "paie", Columns: []string{"mois", "categorie", "cout"}}); got != "2025-11|enseignant_chercheur|4200\n2025-11|autre_emploi|1000\n" {
		t.Errorf("%s", got)
	}
	if n := get(t, d, "SELECT count(*) FROM dos_paie WHERE nom <> ''"); n != 0 {
		t.Error("a column that the mapping does not name is kept")
	}
	for name, wrong := range map[string]dossier.Mapping{
		"the name of the catalogue": {Name: "oulad", Label: "x", Tables: m.Tables, Output: m.Output},
		"a column that is needed":   {Name: "y", Label: "x", Tables: m.Tables, Output: []dossier.Output{{Kind: "paie", From: "paie", Cells: m.Output[0].Cells[:1]}}},
		"no kind":                   {Name: "y", Label: "x", Tables: m.Tables, Output: []dossier.Output{{Kind: "chats", From: "paie"}}},
	} {
		if err := d.SaveMapping(ctx, registrar, school, wrong); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	if err := d.DropMapping(ctx, registrar, school, "paie_siham"); err != nil {
		t.Error(err)
	}
	if list, err := d.Mappings(ctx, registrar, school); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
	var n int
	if err := d.v.Read(ctx, func(tx *vault.Tx) error { _, err := tx.Get("SELECT count(*) FROM dos_paie", nil, &n); return err }); err != nil || n != 2 {
		t.Errorf("what was imported stays: %d %v", n, err)
	}
}

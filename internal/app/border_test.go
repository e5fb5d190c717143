package app_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	stdio "io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/registry"
	"belvedere/internal/school/board"
	"belvedere/internal/school/tally"
)

// canary stands in every nominative field of the files of a school, whole or as the beginning of a
// word. It has no letter that an encoding changes.
const canary = "ZQCANARI"

const canarySchool = belvedere.UAI("0999901Z")

// canaryFiles are what a school drops: pupils, guardians, staff, a timetable and a log.
func canaryFiles() []board.Dropped {
	const head = `<PARAMETRES><UAJ>0999901Z</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE><DATE_EXPORT>15/11/2026</DATE_EXPORT><HORODATAGE>15/11/2026 08:00:00</HORODATAGE></PARAMETRES>`
	const address = `<ADRESSES><ADRESSE ADRESSE_ID="5"><LIGNE1_ADRESSE>1 rue ZQCANARI</LIGNE1_ADRESSE><LIGNE2_ADRESSE>ZQCANARI</LIGNE2_ADRESSE><CODE_POSTAL>99000</CODE_POSTAL><LIBELLE_POSTAL>ZQCANARIVILLE</LIBELLE_POSTAL></ADRESSE></ADRESSES>`
	var pupils, options, places, people, links, log strings.Builder
	log.WriteString("Horodatage;Identifiant;Profil;Support;Via ENT;Nom complet\n")
	for i := range 12 {
		fmt.Fprintf(&pupils, `<ELEVE ELEVE_ID="%d" ELENOET="%d"><ID_NATIONAL>%09dZQ</ID_NATIONAL><NOM_DE_FAMILLE>ZQCANARI%d</NOM_DE_FAMILLE><NOM_USAGE>ZQCANARI</NOM_USAGE><PRENOM>ZQCANARI</PRENOM><PRENOM2>ZQCANARI</PRENOM2><DATE_NAISS>01/02/2014</DATE_NAISS><DOUBLEMENT>0</DOUBLEMENT><MEL>zqcanari%d@exemple.fr</MEL><VILLE_NAISS>ZQCANARI</VILLE_NAISS><TEL_PERSONNEL>ZQCANARI</TEL_PERSONNEL><CODE_REGIME>2</CODE_REGIME><CODE_SEXE>%d</CODE_SEXE><CODE_MEF>10010012110</CODE_MEF><ADRESSE_ID>5</ADRESSE_ID><DATE_ENTREE>01/09/2026</DATE_ENTREE><ADHESION_TRANSPORT>1</ADHESION_TRANSPORT></ELEVE>`, 100+i, i, i, i, i, 1+i%2)
		fmt.Fprintf(&options, `<OPTION ELEVE_ID="%d"><OPTIONS_ELEVE><NUM_OPTION>1</NUM_OPTION><CODE_MODALITE_ELECT>O</CODE_MODALITE_ELECT><CODE_MATIERE>030201</CODE_MATIERE></OPTIONS_ELEVE></OPTION>`, 100+i)
		fmt.Fprintf(&places, `<STRUCTURES_ELEVE ELEVE_ID="%d"><STRUCTURE><CODE_STRUCTURE>6A</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>`, 100+i)
		fmt.Fprintf(&people, `<PERSONNE PERSONNE_ID="%d"><LC_CIVILITE>MME</LC_CIVILITE><NOM_DE_FAMILLE>ZQCANARI%d</NOM_DE_FAMILLE><NOM_USAGE>ZQCANARI</NOM_USAGE><PRENOM>ZQCANARI</PRENOM><TEL_PORTABLE>ZQCANARI</TEL_PORTABLE><MEL>zqcanari@exemple.fr</MEL><ADRESSE_ID>5</ADRESSE_ID></PERSONNE>`, 700+i, i)
		fmt.Fprintf(&links, `<RESPONSABLE_ELEVE><ELEVE_ID>%d</ELEVE_ID><PERSONNE_ID>%d</PERSONNE_ID><NIVEAU_RESPONSABILITE>1</NIVEAU_RESPONSABILITE><CODE_PARENTE>10</CODE_PARENTE></RESPONSABLE_ELEVE>`, 100+i, 700+i)
		fmt.Fprintf(&log, "2026-11-1%d 08:12:03;ZQCANARI.%d;élève;Application mobile;oui;ZQCANARI ZQCANARI\n", i%5, i)
	}
	siecle := func(name, root, data string) board.Dropped {
		return board.Dropped{Name: "ZQCANARI-" + name, Data: []byte(`<?xml version="1.0" encoding="ISO-8859-15"?><` + root + ` VERSION="2.1">` + head + "<DONNEES>" + data + "</DONNEES></" + root + ">")}
	}
	return []board.Dropped{
		{Name: "sts_emp.xml", Data: []byte(`<?xml version="1.0" encoding="ISO-8859-15"?><STS_EDT><PARAMETRES><UAJ CODE="0999901Z"></UAJ><ANNEE_SCOLAIRE ANNEE="2026"><DATE_DEBUT>2026-09-01</DATE_DEBUT><DATE_FIN>2027-08-31</DATE_FIN></ANNEE_SCOLAIRE></PARAMETRES>
			<NOMENCLATURES><MATIERES><MATIERE CODE="030201"><CODE_GESTION>AGL1</CODE_GESTION><LIBELLE_COURT>ANGLAIS</LIBELLE_COURT><LIBELLE_LONG>ANGLAIS</LIBELLE_LONG></MATIERE></MATIERES><MEFS><MEF CODE="10010012110"><FORMATION>6EME</FORMATION><LIBELLE_LONG>6EME</LIBELLE_LONG><MEFSTAT11>21110010001</MEFSTAT11><MEFSTAT4>2111</MEFSTAT4></MEF></MEFS></NOMENCLATURES>
			<DONNEES><INDIVIDUS><INDIVIDU ID="81" TYPE="epp"><SEXE>2</SEXE><CIVILITE>3</CIVILITE><NOM_USAGE>ZQCANARI</NOM_USAGE><NOM_PATRONYMIQUE>ZQCANARI</NOM_PATRONYMIQUE><PRENOM>ZQCANARI</PRENOM><DATE_NAISSANCE>1980-02-03</DATE_NAISSANCE><FONCTION>ENS</FONCTION></INDIVIDU></INDIVIDUS>
			<STRUCTURE><DIVISIONS><DIVISION CODE="6A"><LIBELLE_LONG>ZQCANARI</LIBELLE_LONG><MEFS_APPARTENANCE><MEF_APPARTENANCE CODE="10010012110"/></MEFS_APPARTENANCE><SERVICES><SERVICE CODE_MATIERE="030201" CODE_MOD_COURS="CG"><HEURES_STRUCTURE>4.00</HEURES_STRUCTURE><ENSEIGNANTS><ENSEIGNANT ID="81" TYPE="epp"><HEURES_AGENT>4.00</HEURES_AGENT></ENSEIGNANT></ENSEIGNANTS></SERVICE></SERVICES></DIVISION></DIVISIONS></STRUCTURE></DONNEES></STS_EDT>`)},
		siecle("Eleves.xml", "BEE_ELEVES", "<ELEVES>"+pupils.String()+"</ELEVES><OPTIONS>"+options.String()+"</OPTIONS><STRUCTURES>"+places.String()+"</STRUCTURES>"+address),
		siecle("Responsables.xml", "BEE_RESPONSABLES", "<PERSONNES>"+people.String()+"</PERSONNES><RESPONSABLES>"+links.String()+"</RESPONSABLES>"+address),
		{Name: "EXP_COURS.xml", Data: []byte(`<?xml version="1.0" encoding="UTF-8"?><TABLE nom="Cours"><Cours numero="1"><NUMERO>1</NUMERO><DUREE>1h00</DUREE><FREQUENCE>H</FREQUENCE><MAT_CODE>AGL1</MAT_CODE><MAT_LIBELLE>ANGLAIS</MAT_LIBELLE><PROF_NOM>ZQCANARI</PROF_NOM><PROF_PRENOM>ZQCANARI</PROF_PRENOM><CLASSE>6A</CLASSE><SALLE>ZQCANARI</SALLE><ALTERNANCE>H</ALTERNANCE><MODALITE>CG</MODALITE><JOUR>lundi</JOUR><H.DEBUT>08h00</H.DEBUT><EFFECTIF>12</EFFECTIF></Cours></TABLE>`)},
		{Name: "ZQCANARI.csv", Data: []byte(log.String())},
	}
}

// TestNoNameCrossesTheBorder drops files full of canaries in a school, sends its counts and
// reads them as everyone may: the canary is in no byte of the data folder, temporary files, log,
// registry, warehouse or files that people take away.
func TestNoNameCrossesTheBorder(t *testing.T) {
	for _, f := range canaryFiles() {
		if strings.HasSuffix(f.Name, ".xml") && xml.Unmarshal(bytes.ReplaceAll(f.Data, []byte("ISO-8859-15"), []byte("UTF-8")), new(struct{})) != nil {
			t.Fatalf("%s is not well formed", f.Name)
		}
	}
	ctx := context.Background()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	c := config.Default()
	c.Data = t.TempDir()
	log := &lockedBuffer{}
	a, err := app.Open(ctx, c, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	watch := newWatch(a, time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC))
	head, err := a.ViewerOf(ctx, member(t, a, registry.Account{FirstName: "Helene", LastName: "AUBRY", Place: registry.InSchool, Schools: []belvedere.UAI{canarySchool}}))
	if err != nil {
		t.Fatal(err)
	}
	head.Strong = true
	sendCanaries(t, a, head, watch)
	taken := takeAway(t, a)
	if !strings.Contains(taken, string(canarySchool)) {
		t.Fatalf("the figures of the school are in no file: %.2000s", taken)
	}
	scanWarehouse(t, a)
	for _, place := range []string{c.Data, temporary} {
		scanFolder(t, place)
	}
	if err := a.Close(); err != nil { // what the warehouse held in memory is on disk now
		t.Fatal(err)
	}
	scanFolder(t, c.Data)
	scan(t, "the log", []byte(log.String()))
	scan(t, "files taken away", []byte(taken))
}

// sendCanaries drops the files in the school, and follows its counts until they are published.
func sendCanaries(t *testing.T, a *app.App, head belvedere.Viewer, watch *watch) {
	t.Helper()
	ctx := context.Background()
	if _, err := a.Board.Import(ctx, head, canarySchool, 2026, canaryFiles(), ""); err != nil {
		t.Fatal(err)
	}
	v, err := a.Vaults.Vault(ctx, canarySchool, false)
	if err != nil {
		t.Fatal(err)
	}
	if people, err := v.Locate(ctx, canary); err != nil || len(people) != 25 {
		t.Fatalf("%d people bear the name, %v", len(people), err)
	}
	// What a file cannot be read for must not be told to the log either.
	bad := canaryFiles()[1]
	bad.Data = bad.Data[:len(bad.Data)-300]
	if _, err := a.Board.Import(ctx, head, canarySchool, 2026, []board.Dropped{bad}, ""); err == nil {
		t.Error("a file that is cut is read")
	}
	if out, err := a.Tally.Send(ctx, canarySchool); err != nil || out.Acknowledged != 6 {
		t.Fatalf("%+v, %v", out, err)
	}
	publishWaiting(t, a)
	watch.pass(time.Minute)
	if _, err := a.Tally.Send(ctx, canarySchool); err != nil {
		t.Fatal(err)
	}
	view, err := a.Tally.View(ctx, head, canarySchool, 2026)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range view.Datasets {
		for _, f := range d.Files {
			if f.State != tally.Published || f.Edition == 0 {
				t.Errorf("%s: %+v", d.Name, f)
			}
		}
	}
}

// publishWaiting reads and publishes what waits.
func publishWaiting(t *testing.T, a *app.App) {
	t.Helper()
	ctx := context.Background()
	pending, err := a.Registry.Pending(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	var seqs []int64
	for _, d := range pending {
		seqs = append(seqs, d.Seq)
	}
	if _, err := a.Ingest.Process(ctx, seqs, nil); err != nil {
		t.Fatal(err)
	}
	for _, seq := range seqs {
		d, err := a.Registry.Delivery(ctx, seq)
		if err != nil || d.State != belvedere.Published || d.Source != "ecole" || d.Faults+d.Warnings > 1 { // no register names the school
			t.Fatalf("%+v, %v", d, err)
		}
	}
}

// takeAway asks for figures in every format, and for the journal of deliveries.
func takeAway(t *testing.T, a *app.App) string {
	t.Helper()
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range []string{
		"/api/v1/donnees?indicateurs=eleves,classes&par=etablissement,niveau&annee=2026&format=csv",
		"/api/v1/donnees?indicateurs=eleves,classes&par=etablissement&annee=2026&format=json",
		"/api/v1/livraisons", "/api/v1/etablissements",
	} {
		req := httptest.NewRequest(http.MethodGet, path, nil)
		req.Host, req.RemoteAddr = "localhost", "127.0.0.1:9"
		for i, h := 0, machine(a); i < len(h); i += 2 {
			req.Header.Set(h[i], h[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		body, _ := stdio.ReadAll(w.Body)
		all.Write(body)
	}
	return all.String()
}

// scanWarehouse looks into every column of text: on disk, the engine packs them.
func scanWarehouse(t *testing.T, a *app.App) {
	t.Helper()
	ctx := context.Background()
	var columns [][2]string
	err := a.Engine.Query(ctx, belvedere.Statement{SQL: "SELECT table_name, column_name FROM information_schema.columns WHERE data_type LIKE 'VARCHAR%'"}, func(row []any) error {
		columns = append(columns, [2]string{row[0].(string), row[1].(string)})
		return nil
	})
	if err != nil || len(columns) < 10 {
		t.Fatalf("%d columns of text, %v", len(columns), err)
	}
	for _, c := range columns {
		sql := fmt.Sprintf(`SELECT count(*) FROM "%s" WHERE contains(lower("%s"), '%s')`, c[0], c[1], strings.ToLower(canary))
		err := a.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
			if n := row[0].(int64); n != 0 {
				t.Errorf("the warehouse has it %d times in %v", n, c)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// scanFolder looks into every byte of every file, in the name of it too.
func scanFolder(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		scan(t, path, append(content, path...))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files in %s", files, dir)
}

// scan looks for the canary, whatever its case, in UTF-8 (or Latin) and in UTF-16.
func scan(t *testing.T, where string, content []byte) {
	t.Helper()
	content = bytes.ToUpper(content)
	for _, form := range []string{canary, strings.Join(strings.Split(canary, ""), "\x00")} {
		if i := bytes.Index(content, []byte(form)); i >= 0 {
			t.Errorf("%s has the canary: %q", where, content[max(0, i-40):min(len(content), i+40)])
		}
	}
}

// A lockedBuffer is written by several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

package vault_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
)

// feed is a file of the academy's directory.
func feed(t testing.TB, category, sha string, requests ...string) vault.File {
	t.Helper()
	code := map[string]string{"Eleve": "aaf_eleve", "PersRelEleve": "aaf_responsable", "PersEducNat": "aaf_personnel", "EtabEducNat": "aaf_structure"}[category]
	kind := "categoriePersonne"
	if category == "EtabEducNat" {
		kind = "categorieStructure"
	}
	text := strings.ReplaceAll("<ficAlimMENESR>"+strings.Join(requests, "")+"</ficAlimMENESR>", "OPS",
		`<operationalAttributes><attr name="`+kind+`"><value>`+category+`</value></attr></operationalAttributes>`)
	f := content(t, code, category+".xml", []byte(text))
	f.SHA256 = sha
	return f
}

func attrs(tag, extra string, pairs []string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "<%s name=%q%s><value>%s</value></%s>", tag, pairs[i], extra, strings.ReplaceAll(pairs[i+1], ";", "</value><value>"), tag)
	}
	return b.String()
}

func add(id string, pairs ...string) string {
	return "<addRequest>OPS<identifier><id>" + id + "</id></identifier><attributes>" + attrs("attr", "", append([]string{"ENTPersonJointure", id}, pairs...)) + "</attributes></addRequest>"
}

func modify(id string, pairs ...string) string {
	return "<modifyRequest>OPS<identifier><id>" + id + "</id></identifier><modifications>" + attrs("modification", ` operation="replace"`, pairs) + "</modifications></modifyRequest>"
}

func remove(id string) string {
	return "<deleteRequest>OPS<identifier><id>" + id + "</id></identifier></deleteRequest>"
}

// directory is a feed that names two schools, ours under 500.
func directory(t testing.TB) []vault.File {
	return []vault.File{
		feed(t, "PersRelEleve", "r",
			add("90", "sn", "ABEL", "givenName", "Claire", "ENTPersonAdresse", "3 rue Haute$$Bât. B", "ENTPersonCodePostal", "99001", "ENTPersonVille", "VILLENEUVE"),
			add("91", "sn", "LOINTAIN", "givenName", "Parent")),
		feed(t, "PersEducNat", "p",
			add("70", "sn", "DURAND", "givenName", "Paul", "ENTPersonStructRattach", "500", "ENTPersonFonctions", "500$ENS$ENSEIGNEMENT$L1300$MATHS", "ENTAuxEnsClassesPrincipal", "500$6A"),
			add("71", "sn", "PARTAGE", "givenName", "Anne", "ENTPersonStructRattach", "501", "ENTPersonFonctions", "500$EDU$EDUCATION$-$-"),
			add("72", "sn", "LOINTAIN", "givenName", "Prof", "ENTPersonStructRattach", "501", "ENTPersonFonctions", "501$ENS$ENSEIGNEMENT$-$-")),
		feed(t, "Eleve", "e",
			add("10", "sn", "ABEL", "givenName", "Ana", "ENTPersonDateNaissance", "01/01/2014", "ENTEleveStructRattachId", "4000001", "ENTPersonStructRattach", "500",
				"ENTEleveMEF", "10010012110", "ENTEleveClasses", "500$6A", "ENTEleveGroupes", "500$6AGL1", "ENTElevePersRelEleve", "90$10$1$1$1$1"),
			add("11", "sn", "BERG", "givenName", "Bo", "ENTPersonDateNaissance", "02/02/2014", "ENTPersonStructRattach", "500", "ENTEleveMEF", "10010012110", "ENTEleveClasses", "500$6A"),
			add("12", "sn", "LOINTAIN", "givenName", "Zoe", "ENTPersonDateNaissance", "03/03/2014", "ENTPersonStructRattach", "501", "ENTEleveClasses", "501$6A", "ENTElevePersRelEleve", "91$10$1$1$1$1")),
		feed(t, "EtabEducNat", "s",
			add("500", "ENTStructureJointure", "500", "ENTStructureUAI", string(school)),
			add("501", "ENTStructureJointure", "501", "ENTStructureUAI", "0752387M")),
	}
}

const aafPupils = "SELECT e.nom, e.prenom, s.division, s.niveau, s.present, s.scolarise, (SELECT group_concat(p.prenom) FROM lien l JOIN personne p ON p.id = l.personne WHERE l.eleve = e.id) FROM scolarite s JOIN eleve e ON e.id = s.eleve ORDER BY e.nom"

// The directory names the people of many schools: this one's alone enter.
func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	out := load(t, v, directory(t)...)
	if n := out.Files[0].Records; n != 1 {
		t.Errorf("%d guardians kept", n)
	}
	for query, want := range map[string]string{
		aafPupils: "ABEL|Ana|6A|6eme|1|1|Claire\nBERG|Bo|6A|6eme|1|1|∅\n",
		"SELECT p.nom, a.fonction, a.categorie FROM affectation a JOIN personnel p ON p.id = a.personnel ORDER BY 1": "DURAND|ENS|enseignants\nPARTAGE|EDU|vie_scolaire\n",
		"SELECT adresse1, adresse3, commune FROM personne":                                                           "3 rue Haute|Bât. B|VILLENEUVE\n",
		"SELECT division, nom FROM prof_principal JOIN personnel ON id = personnel":                                  "6A|DURAND\n",
		"SELECT code, niveau, source FROM division":                                                                  "6A|6eme|aaf\n",
		"SELECT groupe, division FROM groupe_division":                                                               "6AGL1|6A\n",
	} {
		if diff := cmp.Diff(want, table(t, v, query)); diff != "" {
			t.Errorf("%s\n%s", query, diff)
		}
	}
	for kind, rows := range everything(t, v) {
		if strings.Contains(rows, "LOINTAIN") {
			t.Errorf("%s holds someone of another school", kind)
		}
	}
	// Without the list of schools nobody can tell.
	other := open(t, t.TempDir())
	_, err := other.Import(context.Background(), directory(t)[2:3], nil)
	if belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(belvedere.Message(err), "EtabEducNat") {
		t.Error(err)
	}
}

// The changes of a day complete, replace and remove by key; a whole feed begins anew.
func TestDirectoryChanges(t *testing.T) {
	v := open(t, t.TempDir())
	load(t, v, directory(t)...)
	out := load(t, v, feed(t, "Eleve", "d1",
		modify("10", "givenName", "Anna", "ENTEleveClasses", "500$6B", "ENTElevePersRelEleve", ""),
		remove("11"),
		add("13", "sn", "CRUZ", "givenName", "Cyd", "ENTPersonDateNaissance", "04/04/2014", "ENTPersonStructRattach", "500", "ENTEleveMEF", "10110001110", "ENTEleveClasses", "500$5A"),
		add("14", "sn", "LOINTAIN", "givenName", "Yve", "ENTPersonStructRattach", "501", "ENTEleveClasses", "501$5A")))
	if !out.Files[0].Head.Delta {
		t.Fatal("not read as changes")
	}
	if diff := cmp.Diff("ABEL|Anna|6B|6eme|1|1|∅\nBERG|Bo|6A|6eme|0|0|∅\nCRUZ|Cyd|5A|5eme|1|1|∅\n", table(t, v, aafPupils)); diff != "" {
		t.Error(diff)
	}
	if got := table(t, v, "SELECT eleve_id FROM scolarite ORDER BY eleve LIMIT 1"); got != "4000001\n" {
		t.Errorf("what the changes do not say stays: %s", got)
	}
	if again := load(t, v, feed(t, "Eleve", "d1", remove("10"))); !again.Files[0].Replayed {
		t.Error("the changes of that day came twice")
	}
	f := directory(t)[2]
	f.SHA256 = "whole"
	load(t, v, f)
	if diff := cmp.Diff("ABEL|Ana|6A|6eme|1|1|Claire\nBERG|Bo|6A|6eme|1|1|∅\nCRUZ|Cyd|5A|5eme|0|0|∅\n", table(t, v, aafPupils)); diff != "" {
		t.Error(diff)
	}
}

// A log becomes connections of people; who is of nobody is a hash, and is known once he has an account.
func TestConnections(t *testing.T) {
	v := open(t, t.TempDir())
	m := canary()
	load(t, v, m.eleves(t, "a", opening), m.responsables(t, "b"))
	log := content(t, "journal", "journal.csv", []byte("instant;utilisateur;profil;support;ent\n"+
		"2026-09-14T23:30:00+02:00;ermengarde@example.org;parent;web;oui\n"+
		"2026-09-14T08:00:00+02:00;987654321ZZ;élève;application;non\n"+
		"2026-09-14T08:00:00+02:00;987654321ZZ;élève;application;non\n"+
		"2026-03-29T03:10:00+02:00;zephyr.x;élève;web;\n"))
	log.Year = 0
	load(t, v, log)
	const all = "SELECT annee, jour, heure, qui, qui_id, profil, support, ent FROM connexion ORDER BY instant"
	want := "2025|2026-03-29|3|externe|∅|eleves|web|∅\n2026|2026-09-14|8|eleve|1|eleves|application|0\n2026|2026-09-14|23|personne|1|responsables|web|1\n"
	if diff := cmp.Diff(want, table(t, v, all)); diff != "" {
		t.Error(diff)
	}
	// Another log that overlaps brings what is new.
	more := content(t, "journal", "journal2.csv", []byte("instant;utilisateur;profil;support;ent\n"+
		"2026-09-14T08:00:00+02:00;987654321ZZ;élève;application;non\n2026-09-14T08:05:00+02:00;987654321ZZ;élève;application;non\n"))
	load(t, v, more)
	if got := table(t, v, "SELECT count(*) FROM connexion"); got != "4\n" {
		t.Error(got)
	}
	write(t, v, func(tx *vault.Tx) error {
		if _, err := tx.Exec("INSERT INTO compte (qui, qui_id, identifiant, profil, etat, cree) VALUES ('eleve', 2, 'zephyr.x', 'eleves', 'ouvert', 1)"); err != nil {
			return err
		}
		if n, err := tx.ResolveConnections(); err != nil || n != 1 {
			return fmt.Errorf("named %d: %w", n, err)
		}
		return nil
	})
	if got := table(t, v, "SELECT qui, qui_id FROM connexion WHERE annee = 2025"); got != "eleve|2\n" {
		t.Error(got)
	}
	for kind, rows := range everything(t, v) {
		if kind != "compte" && strings.Contains(rows, "zephyr.x") {
			t.Errorf("%s keeps the identifier of the log", kind)
		}
	}
}

// A school that has nothing but the tables of its ENT is served too.
func TestTablesOfENT(t *testing.T) {
	v := open(t, t.TempDir())
	var files []vault.File
	for _, s := range []struct{ code, text string }{
		{"ent_eleves", "externalid;Nom;Prénom;Date de naissance*;Classe*\ne1;ABEL;Ana;01/01/2014;6A\ne2;BERG;Bo;02/02/2014;6B\n"},
		{"ent_responsables", "externalid;Nom;Prénom;Courriel;Childexternalid\nr1;ABEL;Claire;c@example.org;e1\n"},
		{"ent_enseignants", "externalid;Nom;Prénom;Date de naissance;Classes\nt1;DURAND;Paul;;6A\n"},
		{"ent_personnels", "externalid;Nom;Prénom;Date de naissance;Fonction\nt2;PARTAGE;Anne;;CPE\n"},
	} {
		files = append(files, content(t, s.code, s.code+".csv", []byte(s.text)))
	}
	load(t, v, files...)
	if diff := cmp.Diff("ABEL|Ana|6A|6eme|1|1|Claire\nBERG|Bo|6B|6eme|1|1|∅\n", table(t, v, aafPupils)); diff != "" {
		t.Error(diff)
	}
	if got := table(t, v, "SELECT p.nom, a.enseignant FROM affectation a JOIN personnel p ON p.id = a.personnel ORDER BY 1"); got != "DURAND|1\nPARTAGE|0\n" {
		t.Error(got)
	}
}

// The extraction and the export of SIECLE say the same thing twice: the last one counts.
func TestFormatsOfOneKind(t *testing.T) {
	v := open(t, t.TempDir())
	load(t, v, constructed(t)[1:3]...)
	f := content(t, "siecle_extraction", "extraction.csv", []byte("Nom de famille;Prénom;Date Naissance;Id National;Code Structure;Type Structure;Code MEF;Sexe\n"+
		"FERRY;Jade;14/03/2015;900000001AA;6B;D;10010012110;F\n"))
	load(t, v, f)
	if got := table(t, v, "SELECT s.eleve, s.division, s.present FROM scolarite s WHERE s.present"); got != "1|6B|1\n" {
		t.Error(got)
	}
	if got := table(t, v, "SELECT format FROM import WHERE remplace IS NULL"); got != "siecle_extraction\n" {
		t.Error(got)
	}
	again := constructed(t)[2]
	again.SHA256 = "again"
	load(t, v, again) // the guardians, which does not take the pupils away
	if got := table(t, v, "SELECT format FROM import WHERE remplace IS NULL ORDER BY id"); got != "siecle_extraction\nsiecle_responsables\n" {
		t.Error(got)
	}
	if got := table(t, v, "SELECT count(*) FROM scolarite WHERE present"); got != "1\n" {
		t.Error(got)
	}
}

// Readers of one snapshot are not disturbed by an import.
func TestReadWhileImporting(t *testing.T) {
	v := open(t, t.TempDir())
	m := canary()
	load(t, v, m.eleves(t, "a", opening))
	err := v.Read(context.Background(), func(tx *vault.Tx) error {
		count := func() (n int) {
			_, err := tx.Get("SELECT count(*) FROM scolarite WHERE present", nil, &n)
			if err != nil {
				t.Error(err)
			}
			return n
		}
		before := count()
		m.pupils = m.pupils[:1]
		load(t, v, m.eleves(t, "b", opening))
		if after := count(); before != 2 || after != 2 {
			t.Errorf("%d, then %d", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a reader says is kept as it said it: absent is not empty, and faults keep their place.
func TestSourceRows(t *testing.T) {
	v := open(t, t.TempDir())
	f := file(t, "siecle_eleves", "a", record.Head{Source: "siecle", School: school, Year: 2026}, nil)
	k := f.Format.Kinds[0]
	fill := f.Fill
	f.Fill = func(sink record.Visitor) error {
		// A fault may come before the head.
		if err := sink.Fault(belvedere.Fault{Line: 1, Rule: "tot", Severity: belvedere.SeverityWarning, Message: "tôt", Mend: "rien"}); err != nil {
			return err
		}
		if err := fill(sink); err != nil {
			return err
		}
		return sink.Record(row(k, 7, "eleve_id", "1", "nom", "", "prenom", "A\x00B"))
	}
	load(t, v, f)
	err := v.Read(context.Background(), func(tx *vault.Tx) error {
		return tx.Source("siecle_eleve", 2026, []string{"nom", "nom_usage", "prenom", "unknown", "nom_usage|eleve_id"}, func(r vault.SourceRow) error {
			got := fmt.Sprint(r.Line, r.Get(0), r.Get(1), r.Text(2), r.Get(3), r.Get(4))
			if want := "7{ true}{ false}A\uFFFDB{ false}{1 true}"; strings.ReplaceAll(got, " {", "{") != want {
				t.Errorf("%q, want %q", got, want)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := table(t, v, "SELECT rang, ligne, regle, gravite, message, remede FROM defaut"); got != "1|1|tot|avertissement|tôt|rien\n" {
		t.Error(got)
	}
}

package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/apogee"
	"belvedere/internal/source/edt"
	"belvedere/internal/source/onde"
	"belvedere/internal/source/record"
)

// lived is a vault in which the canaries stand in every table.
func lived(t testing.TB, dir string) *vault.Vault {
	t.Helper()
	v := open(t, dir)
	m := canary()
	timetable := file(t, "edt_eleves", "x", record.Head{Source: "edt", Year: 2026}, []record.Record{
		row(edt.Pupil, 1, "rang", "1", "nom", "XANTHOPOULOS", "prenom", "Zephyrine", "naissance", "29/02/2012", "classe", "6A"),
		row(edt.PupilGroup, 1, "eleve_rang", "1", "type", "groupe", "nom", "GRP-CANARI"),
	})
	lessons := file(t, "edt_cours", "y", record.Head{Source: "edt", Year: 2026}, []record.Record{
		row(edt.Lesson, 1, "rang", "1", "numero", "1", "prof_nom", "QUASIMODOPOULOS", "prof_prenom", "Balthazar", "jour_numero", "1", "debut_minutes", "480", "duree_minutes", "60"),
		row(edt.Audience, 1, "cours_rang", "1", "type", "classe", "nom", "6A"),
	})
	primary := file(t, "onde_responsables", "z", record.Head{Source: "onde", Year: 2026}, []record.Record{
		row(onde.Guardian, 1, "rang", "1", "nom", "XANTHOPOULOS", "prenom", "Ermengarde", "adresse", "17 rue des Zéphyrs"),
		row(onde.Link, 1, "responsable_rang", "1", "ordre", "1", "enfant_nom", "XANTHOPOULOS", "enfant_prenom", "Zéphyrine"),
	})
	marks := file(t, "apogee_maquette", "m", record.Head{Source: "apogee", Year: 2026}, []record.Record{
		row(apogee.Student, 1, "nip", "21900017", "nom", "XANTHOPOULOS", "prenom", "Zéphyrine", "naissance", "29/02/2012"),
		row(apogee.Student, 2, "nip", "21900018", "nom", "XANTHOPOULOS", "prenom", "zéphyrine", "naissance", "01/03/2012"),
		row(apogee.Mark, 1, "nip", "21900017", "colonne", "apoL_c0001", "valeur", "note-canari"),
		row(apogee.Mark, 2, "nip", "21900018", "colonne", "apoL_c0001", "valeur", "12,5"),
	})
	results := file(t, "apogee_resultats", "r", record.Head{Source: "apogee", Year: 2026}, []record.Record{
		row(apogee.Result, 1, "cod_etu", "21900017", "cod_anu", "2026", "cod_elp", "V1", "not_elp", "resultat-canari", "cod_tre", "ADM"),
	})
	load(t, v, m.eleves(t, "a", opening), m.responsables(t, "b"), timetable, lessons, primary, marks, results)
	load(t, v, lessons) // again
	write(t, v, func(tx *vault.Tx) error {
		for _, q := range []string{
			"INSERT INTO appel (annee, jour, debut, duree, personnel, le, par) VALUES (2026, '2026-09-14', 480, 60, 1, 1, 'x')",
			"INSERT INTO appel_eleve (appel, eleve, etat) VALUES (1, 1, 'absent')",
			"INSERT INTO appel_eleve (appel, eleve, etat, remarque) SELECT 1, 2, 'present', 'à côté de Zéphyrine Xanthopoulos' WHERE EXISTS (SELECT 1 FROM eleve WHERE id = 2)",
			"INSERT INTO appel_correction (appel, eleve, de, de_minutes, a, a_minutes, le, par) VALUES (1, 1, 'present', 0, 'absent', 0, 1, 'x')",
			"INSERT INTO deplacement (annee, cours, du, au, motif, le, par) VALUES (2026, 1, '2026-09-14', '', 'sortie de Zéphyrine Xanthopoulos', 1, 'x')",
			"INSERT INTO absence (annee, eleve, jour, debut, fin, origine, motif, le, par) VALUES (2026, 1, '2026-09-14', 480, 540, 'appel', 'motif-canari', 1, 'x')",
			"INSERT INTO demi_journee (annee, eleve, jour, moitie) VALUES (2026, 1, '2026-09-14', 'matin')",
			"INSERT INTO retard (annee, eleve, jour, debut, minutes, origine, le, par) VALUES (2026, 1, '2026-09-14', 480, 5, 'saisie', 1, 'x')",
			"INSERT INTO compte (qui, qui_id, identifiant, profil, etat, cree) VALUES ('eleve', 1, 'zephyrine.x', 'eleves', 'prepare', 1)",
			"INSERT INTO code_activation (compte, empreinte, emis, expire) VALUES (1, 'hash-canari', 1, 2)",
			"INSERT INTO lot (annee, profil, modele, le, par) VALUES (2026, 'eleves', 'm', 1, 'x')",
			"INSERT INTO lettre (lot, rang, eleve, qui, qui_id, code) VALUES (1, 1, 1, 'eleve', 1, 1)",
			"INSERT INTO connexion (annee, instant, jour, heure, qui, qui_id, usager, profil, support, import) VALUES (2026, 1, '2026-09-14', 8, 'eleve', 1, 'usager-canari', 'eleves', 'web', 1)",
			"INSERT INTO constat (annee, regle, cle, gravite, etat, message, qui, qui_id, vu, revu) VALUES (2026, 'r', 'c', 'bloquant', 'ouvert', 'de canari', 'eleve', 1, 1, 1)",
			"INSERT INTO constat (annee, regle, cle, gravite, etat, message, vu, revu) VALUES (2026, 'r', 'd', 'bloquant', 'ouvert', 'le même INE que Zéphyrine Xanthopoulos', 1, 1)",
			"INSERT INTO constat_vie (constat, rang, de, a, motif, le, par) VALUES (1, 1, 'ouvert', 'accepte', 'vu avec le canari', 1, 'x')",
			"INSERT INTO defaut (import, rang, dans, ligne, colonne, champ, valeur, regle, gravite, message, remede) VALUES (1, 99, '', 1, 1, 'nom', 'XANTHOPOULOS Zéphyrine', 'r', 'erreur', 'm', '')",
			"INSERT INTO etape (annee, code, etat, motif, le, par) VALUES (2026, 'x', 'dispensee', 'la petite Zéphyrine Xanthopoulos arrive demain', 1, 'x')",
			"INSERT INTO depot (annee, etat, le, par, prevision) VALUES (2026, 'attente', 1, 'x', 'arrive Zéphyrine')",
			"INSERT INTO depot_fichier (depot, rang, nom, octets) VALUES (1, 1, 'Zéphyrine.zip', 1)",
			"INSERT INTO depot_morceau (depot, rang, suite, contenu) VALUES (1, 1, 1, CAST('Zéphyrine' AS BLOB))",
			"INSERT INTO annuaire (annee, le, par) VALUES (2026, 1, 'x')",
			"INSERT INTO annuaire_fiche (annuaire, categorie, jointure, qui, qui_id, empreinte) VALUES (1, 'Eleve', 'j1', 'eleve', 1, 'e')",
			"INSERT INTO rapprochement (sorte, source, valeur, cible, etat, le, par) VALUES ('enseignant', 'edt', 'QUASIMODOPOULOS Balthazar', '1', 'confirme', 1, 'x')",
		} {
			if _, err := tx.Exec(q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return nil
	})
	return v
}

func locate(t testing.TB, v *vault.Vault, query string) string {
	t.Helper()
	found, err := v.Locate(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range found {
		names = append(names, fmt.Sprintf("%s %d %s %v", p.Sort, p.ID, p.Name(), p.Years))
	}
	return strings.Join(names, "; ")
}

func TestLocate(t *testing.T) {
	v := lived(t, t.TempDir())
	for query, want := range map[string]string{
		"zephyrine xantho": "eleve 1 XANTHOPOULOS Zéphyrine [2026-2027]",
		"XANTHOPOULOS E":   "personne 1 XANTHOPOULOS Ermengarde [2026-2027]",
		"987654321ZZ":      "eleve 1 XANTHOPOULOS Zéphyrine [2026-2027]",
		"7712345":          "personne 1 XANTHOPOULOS Ermengarde [2026-2027]",
		"zephyrine.x":      "eleve 1 XANTHOPOULOS Zéphyrine [2026-2027]",
		"balthazar":        "personnel 1 QUASIMODOPOULOS Balthazar [2026-2027]",
		"nobody":           "",
		" ":                "",
	} {
		if got := locate(t, v, query); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
}

func TestExportPerson(t *testing.T) {
	v := lived(t, t.TempDir())
	var out bytes.Buffer
	if err := v.ExportPerson(context.Background(), vault.Pupil, 1, &out); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Donnees, Fichiers map[string][]map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"eleve", "scolarite", "passage", "lien", "identifiant", "appel_eleve", "absence", "demi_journee", "retard", "compte",
		"code_activation", "lettre", "connexion", "constat", "constat_vie", "eleve_groupe"} {
		if len(doc.Donnees[table]) == 0 {
			t.Errorf("nothing of %s", table)
		}
	}
	for kind, n := range map[string]int{"siecle_eleve": 1, "siecle_structure_eleve": 2, "siecle_lien": 1, "edt_eleve": 1, "edt_eleve_groupe": 1, "onde_lien": 1,
		"apogee_etudiant": 1, "apogee_valeur": 1, "apogee_resultat": 1} {
		if len(doc.Fichiers[kind]) != n {
			t.Errorf("%d rows of %s, want %d", len(doc.Fichiers[kind]), kind, n)
		}
	}
	if strings.Contains(out.String(), "Melchior") {
		t.Error("the brother is there too")
	}
	err := v.ExportPerson(context.Background(), vault.Pupil, 99, &out)
	if belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
	if err := v.ExportPerson(context.Background(), "chat", 1, &out); belvedere.KindOf(err) != belvedere.Invalid {
		t.Error(err)
	}
}

// What is erased is in no file, not in a freed page nor in the log, and the others are whole.
func TestErasePerson(t *testing.T) {
	dir := t.TempDir()
	v := lived(t, dir)
	erase := func(sort string, id int64, words ...string) {
		t.Helper()
		if err := v.ErasePerson(context.Background(), sort, id); err != nil {
			t.Fatal(err)
		}
		for name, data := range filesOf(t, dir) {
			plain := data
			if !strings.HasSuffix(name, "-shm") {
				plain = decrypted(data)
			}
			for _, w := range words {
				if bytes.Contains(plain, []byte(w)) || bytes.Contains(data, []byte(w)) {
					t.Errorf("%s %d: %s still has %q", sort, id, name, w)
				}
			}
		}
	}
	erase(vault.Pupil, 1, "Zéphyrine", "ZEPHYRINE", "Zephyrine", "987654321ZZ", "4712345", "motif-canari", "hash-canari", "usager-canari", "zephyrine.x", "de canari", "vu avec",
		"21900017", "note-canari", "resultat-canari")
	if got := table(t, v, "SELECT nip, valeur FROM src_apogee_valeur"); got != "21900018|12,5\n" {
		t.Errorf("marks of a homonym born another day: %s", got)
	}
	if got := table(t, v, "SELECT prenom FROM eleve"); got != "Melchior\n" {
		t.Error(got)
	}
	if got := table(t, v, "SELECT count(*) FROM lien"); got != "1\n" {
		t.Errorf("links of the brother: %s", got)
	}
	if got := table(t, v, "SELECT code, motif FROM etape"); got != "x|\n" {
		t.Error(got)
	}
	if got := table(t, v, "SELECT etat, fini, (SELECT count(*) FROM depot_fichier), (SELECT qui_id FROM annuaire_fiche) FROM depot"); got != "abandonne|1|0|∅\n" {
		t.Error(got)
	}
	erase(vault.Guardian, 1, "Ermengarde", "ERMENGARDE", "ermengarde", "7712345", "0611223344", "rue des Z")
	erase(vault.Staff, 1, "QUASIMODO", "Balthazar", "BALTHAZAR")
	if got := table(t, v, "SELECT count(*), sum(personnel IS NULL) FROM appel"); got != "1|1\n" {
		t.Errorf("the roll call stays, without its teacher: %s", got)
	}
	if got := table(t, v, "SELECT numero, prof_nom FROM src_edt_cours"); got != "1|∅\n" {
		t.Errorf("the lesson stays, without its teacher: %s", got)
	}
	if err := v.ErasePerson(context.Background(), vault.Pupil, 1); belvedere.KindOf(err) != belvedere.NotFound {
		t.Error(err)
	}
}

// Each table that can name someone is one that an erasure reaches.
func TestErasureKnowsEachTable(t *testing.T) {
	v := open(t, t.TempDir())
	reached := vault.ErasedTables()
	for name := range strings.SplitSeq(strings.TrimSpace(table(t, v, `SELECT DISTINCT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND (c.name IN ('eleve', 'personne', 'personnel', 'qui', 'qui_id', 'compte') OR m.name IN ('eleve', 'personne', 'personnel')) ORDER BY 1`)), "\n") {
		if !slices.Contains(reached, name) {
			t.Errorf("%s is not erased", name)
		}
	}
}

func TestPurge(t *testing.T) {
	dir := t.TempDir()
	v := lived(t, dir)
	m := canary()
	m.pupils, m.parents = m.pupils[1:], nil
	next := m.eleves(t, "n", opening)
	next.Year, next.Fill = 2027, inYear(2027, next.Fill)
	next.At = opening.AddDate(1, 0, 0)
	load(t, v, next)
	gone, err := v.Purge(context.Background(), vault.Retention{Connections: time.Unix(0, 0), Years: 2026})
	if err != nil || len(gone) != 0 {
		t.Errorf("too early: %v %v", gone, err)
	}
	if gone, err = v.Purge(context.Background(), vault.Retention{Connections: opening, Years: 2026}); err != nil || gone["connexion"] != 1 || len(gone) != 1 {
		t.Errorf("connections: %v %v", gone, err)
	}
	if gone, err = v.Purge(context.Background(), vault.Retention{Connections: opening, Years: 2027}); err != nil || gone["scolarite"] != 2 || gone["eleve"] != 1 {
		t.Errorf("years: %v %v", gone, err)
	}
	if got := table(t, v, "SELECT prenom FROM eleve"); got != "Melchior\n" {
		t.Error(got)
	}
	for name, data := range filesOf(t, dir) {
		for _, w := range []string{"Zéphyrine", "Ermengarde", "QUASIMODO"} {
			if strings.HasSuffix(name, extension) && bytes.Contains(decrypted(data), []byte(w)) {
				t.Errorf("%s is left", w)
			}
		}
	}
	rule := vault.DefaultRetention(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC))
	if rule.Years != 2022 || !rule.Connections.Equal(time.Date(2025, 10, 28, 0, 0, 0, 0, time.UTC)) {
		t.Error(rule)
	}
}

const extension = ".coffre"

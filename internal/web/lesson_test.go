package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/lesson"
	"belvedere/internal/school/vault"
)

// schoolLessons is a timetable of 6A: on Mondays 1, maths at 8 h, and 2, arts at 9 h on weeks of Q1
// that nobody tells; on Tuesdays 3, maths at 8 h. One teacher gives them all, in one room.
func schoolLessons(t testing.TB, b *board.Service, uai belvedere.UAI) *lesson.Service {
	t.Helper()
	v, err := b.Vaults.Vault(t.Context(), uai, false)
	if err != nil {
		t.Fatal(err)
	}
	year := int(belvedere.SchoolYearOf(b.Now()))
	err = v.Write(t.Context(), func(tx *vault.Tx) error {
		for _, query := range []string{
			"INSERT INTO division (annee, code, cle, source) VALUES (?1, '6A', '6A', 'sts') ON CONFLICT DO NOTHING",
			"INSERT INTO personnel (id, nom, prenom, cle, source, cree, vu) VALUES (1, 'QUENOUILLE', 'Odile', 'QUENOUILLE|ODILE', 'sts', ?1, 0)",
			"INSERT INTO alternance (annee, code, toutes, source) VALUES (?1, 'Q1', 0, 'edt')",
			`INSERT INTO cours (id, annee, jour, debut, duree, libelle, alternance, cle, source) VALUES
				(1, ?1, 1, 480, 60, 'MATHEMATIQUES', '', '1', 'edt'), (2, ?1, 1, 540, 60, 'ARTS', 'Q1', '2', 'edt'), (3, ?1, 2, 480, 60, 'MATHEMATIQUES', '', '3', 'edt')`,
			"INSERT INTO cours_division (cours, division) SELECT id, '6A' FROM cours WHERE annee = ?1",
			"INSERT INTO cours_enseignant (cours, personnel) SELECT id, 1 FROM cours WHERE annee = ?1",
			"INSERT INTO cours_salle (cours, salle) SELECT id, 'S1' FROM cours WHERE annee = ?1",
		} {
			if _, err := tx.Exec(query, year); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lesson.New(lesson.Config{Vaults: b.Vaults, Now: b.Now})
}

// newClass is the console of the school, asked by who works there. It is Monday 1 December 2025, 8 h 12.
func newClass(t *testing.T) *fort {
	f := newFort(t)
	f.as = strong(school)
	return f
}

// page is the body of a page that must answer.
func (f *fort) page(path string) string {
	f.t.Helper()
	w := f.ask("GET " + f.at(path))
	if w.Code != 200 {
		f.t.Fatalf("%s answers %d: %s", path, w.Code, w.Body)
	}
	for _, fault := range faultsOf(w.Body.String()) {
		f.t.Errorf("%s: %s", path, fault)
	}
	return w.Body.String()
}

func holds(t *testing.T, body string, words ...string) {
	t.Helper()
	body = plainSpaces(body)
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

func TestTimetablePage(t *testing.T) {
	f := newClass(t)
	body := f.page("emploi-du-temps")
	holds(t, body, "Semaine du", "décembre 2025", "MATHEMATIQUES", "aujourd’hui", "Alternance Q1, semaines inconnues", "QUENOUILLE Odile", "Aucune vacance n’est connue", "cours/1?jour=2025-12-01")
	if got := strings.Count(body, `class="lesson"`); got != 3 {
		t.Errorf("%d lessons", got)
	}
	holds(t, f.page("emploi-du-temps?de=enseignant:1&semaine=2025-12-10"), "8 décembre 2025", `<option value="enseignant:1" selected`)
	for path, status := range map[string]int{"emploi-du-temps?de=division:9Z": 404, "emploi-du-temps?semaine=x": 400, "cours/99": 404, "cours/1?jour=hier": 400} {
		if w := f.ask("GET " + f.at(path)); w.Code != status {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}

// roll is the form of a roll call as its page has it, with other answers.
func roll(t *testing.T, body string, answers ...string) string {
	t.Helper()
	v := url.Values{"faire": {"clore"}}
	for _, m := range regexp.MustCompile(`type="hidden" name="(jour|version)" value="([^"]*)"`).FindAllStringSubmatch(body, 3) {
		if v.Get(m[1]) == "" {
			v.Set(m[1], m[2])
		}
	}
	for i := 0; i < len(answers); i += 2 {
		v.Set(answers[i], answers[i+1])
	}
	return v.Encode()
}

func TestRollCallOnPages(t *testing.T) {
	f := newClass(t)
	body := f.page("cours/1?jour=2025-12-01")
	holds(t, body, "Pas encore fait", "ZYGOMATIQUE0 Jade", `name="e-1" value="absent"`, "Clore l’appel")
	stale := roll(t, body, "e-1", "absent", "e-2", "retard", "m-2", "7", "r-2", "bus en panne")
	if w := f.send("POST", f.at("cours/1/appel"), roll(t, body, "e-1", "absent", "e-2", "retard", "m-2", "0")); w.Code != 400 ||
		!strings.Contains(w.Body.String(), "de combien de minutes") || !regexp.MustCompile(`name="e-1" value="absent" checked`).MatchString(w.Body.String()) {
		t.Errorf("late of no minute: %d", w.Code)
	}
	if w := f.send("POST", f.at("cours/1/appel"), stale); w.Code != 303 || w.Header().Get("Location") != f.at("cours/1?jour=2025-12-01&fait=clos") {
		t.Fatalf("a roll call answers %d: %s", w.Code, w.Body)
	}
	if e := f.journal.entries[len(f.journal.entries)-1]; e.Action != "coffre" || !strings.Contains(plainSpaces(e.Detail), "1 absent, 1 retard") || strings.Contains(e.Detail, "ZYGO") {
		t.Errorf("the journal keeps %+v", e)
	}
	again := f.page("cours/1?jour=2025-12-01&fait=clos")
	holds(t, again, "Clos,", "1 absent", "bus en panne", "Corriger l’appel", "L’appel est clos")
	if strings.Contains(again, "Déplacer ou annuler") {
		t.Error("a lesson whose roll was called can be moved")
	}
	if w := f.send("POST", f.at("cours/1/appel"), stale); w.Code != 409 || !strings.Contains(w.Body.String(), "entre-temps") {
		t.Errorf("a roll that was saved since: %d", w.Code)
	}
	holds(t, f.page("appels"), "ZYGOMATIQUE0 Jade</a>, 6A, matin", "1 cours appelé sur 2", "cours de 8 h", "Appel fait, 1 absent, 1 retard", "Appel non fait")
	if w := f.send("POST", f.at("cours/1/appel"), roll(t, again, "e-1", "present")); w.Code != 303 {
		t.Errorf("a correction answers %d", w.Code)
	}
	holds(t, f.page("cours/1?jour=2025-12-01"), "ZYGOMATIQUE0 Jade, absent, puis présent, par ")
	if body := f.page("appels"); strings.Contains(body, "ZYGOMATIQUE0 Jade</a>, 6A, matin") {
		t.Error("the half-day is still there")
	}
	if w := f.send("POST", f.at("cours/3/appel"), "jour=2025-12-02&version=0&e-1=absent"); w.Code != 409 || !strings.Contains(w.Body.String(), "pas commencé") {
		t.Errorf("tomorrow's lesson: %d", w.Code)
	}
}

func TestLessonIsMovedOnPages(t *testing.T) {
	f := newClass(t)
	move := func(pairs ...string) (int, string, string) {
		v := url.Values{"jour": {"2025-12-08"}, "faire": {"deplace"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		w := f.send("POST", f.at("cours/1/deplacement"), v.Encode())
		return w.Code, w.Header().Get("Location"), w.Body.String()
	}
	status, _, body := move("au", "2025-12-09", "debut", "08:00", "motif", "Sortie scolaire")
	if status != 422 {
		t.Errorf("a move onto another lesson answers %d", status)
	}
	holds(t, body, "Le cours en gênerait d’autres", "La salle S1", "QUENOUILLE Odile", "Déplacer quand même", `value="Sortie scolaire"`, `value="2025-12-09"`)
	status, to, _ := move("au", "2025-12-09", "debut", "10:00", "motif", "Sortie scolaire")
	if status != 303 || to != f.at("cours/1?jour=2025-12-09&fait=deplace") {
		t.Fatalf("a move answers %d to %q", status, to)
	}
	holds(t, f.page("cours/1?jour=2025-12-09&fait=deplace"), "Le cours est déplacé", "Déplacé du lundi 8 décembre 2025", "Sortie scolaire", "Remettre le cours à sa place", "10 h")
	holds(t, f.page("cours/1?jour=2025-12-08"), "déplacé du lundi 8 décembre 2025 au mardi 9 décembre 2025", "Remettre le cours à sa place")
	holds(t, f.page("emploi-du-temps?semaine=2025-12-08"), `class="lesson off"`, `class="lesson moved"`)
	if status, _, body := move("au", ""); status != 400 || !strings.Contains(body, "à quel jour") {
		t.Errorf("a move to no day answers %d", status)
	}
	if status, _, _ := move("faire", "retabli"); status != 303 {
		t.Errorf("putting back answers %d", status)
	}
	if status, _, _ := move("faire", "annule"); status != 303 {
		t.Errorf("calling off answers %d", status)
	}
	holds(t, f.page("cours/1?jour=2025-12-08"), "Annulé")
}

func TestCalendarPage(t *testing.T) {
	f := newClass(t)
	post := func(pairs ...string) (int, string) {
		v := url.Values{"annee": {"2025-2026"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		w := f.send("POST", f.at("calendrier"), v.Encode())
		return w.Code, w.Body.String()
	}
	if status, body := post("faire", "fermer", "periodes", "Noël ; 20/12/2025"); status != 303 {
		t.Errorf("a closure answers %d: %s", status, body)
	}
	if status, body := post("faire", "fermer", "periodes", "Noël sans date"); status != 400 || !strings.Contains(body, "aria-invalid") || !strings.Contains(body, "Noël sans date</textarea>") {
		t.Errorf("a bad closure answers %d", status)
	}
	if status, _ := post("faire", "feries"); status != 303 {
		t.Errorf("public holidays answer %d", status)
	}
	if status, _ := post("faire", "semaines", "alternance", "Q1", "lundi", "2025-09-01"); status != 303 {
		t.Errorf("weeks answer %d", status)
	}
	holds(t, f.page("calendrier"), "samedi 20 décembre 2025", "Ascension", `value="2025-09-01" selected`)
	if body := f.page("emploi-du-temps?semaine=2025-12-01"); strings.Contains(body, "ARTS") || strings.Contains(body, "semaines inconnues") {
		t.Error("the week of 1 December is not one of Q1")
	}
	holds(t, f.page("emploi-du-temps?semaine=2025-12-08"), "ARTS")
	id := regexp.MustCompile(`name="periode" value="(\d+)"`).FindStringSubmatch(f.page("calendrier"))
	if status, _ := post("faire", "rouvrir", "periode", id[1]); status != 303 {
		t.Errorf("taking back answers %d", status)
	}
	if status, _ := post("faire", "rouvrir", "periode", id[1]); status != 404 {
		t.Errorf("taking back twice answers %d", status)
	}
}

func TestRollsMissingPage(t *testing.T) {
	f := newClass(t)
	holds(t, f.page("appels/manque"), "Aucun calendrier", "Alternances sans semaines", "Q1", "Divisions sans emploi du temps", "6B, 6C", "QUENOUILLE Odile", "sans compte")
}

package web_test

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/dossier"
)

// personLines is a file of registrations that nothing declares by its name.
const personLines = "Année;Numéro étudiant;Nom;Prénom;Étape;Sexe;Statut\n2025;21900017;ZYGOMATIQUE;Zéphyrine;M1INF;F;inscrite\n2025;21900018;AUBRY;Tom;M1INF;M;démission\n"

func personFile(name, text string) dossier.File {
	return dossier.File{Name: name, Data: strings.NewReader(text), Size: int64(len(text))}
}

// personFiles is the service of person files over the vaults of a school: a student, an import and a deposit
// that waits, each of number 1 unless others came before.
func personFiles(t testing.TB, vaults board.Vaults, uai belvedere.UAI, now func() time.Time) *dossier.Service {
	t.Helper()
	d := dossier.New(dossier.Config{Vaults: vaults, Catalog: persons(), Now: now})
	who := belvedere.Viewer{Login: "Marc@RIOU", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{uai}}}
	b, err := d.Batch(t.Context(), who, uai, "inscriptions", []dossier.File{personFile("inscriptions.csv", strings.ReplaceAll(personLines, "inscrite", "inscrit"))})
	if err == nil {
		_, err = d.Import(t.Context(), who, uai, b)
	}
	if err == nil {
		_, err = d.Drop(t.Context(), who, uai, "", []dossier.File{personFile("etudiants.csv", personLines)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// naming is the staff of the school with a grant of identities.
var naming = func() belvedere.Viewer {
	v := strong(school)
	v.Grants = []belvedere.Grant{{Capability: belvedere.Extractor, Level: belvedere.Identities, Schools: school.Scope.Own}}
	return v
}()

// dropPersons sends a file of persons.
func (f *fort) dropPersons(choice, name, text string) (status int, location, body string) {
	f.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	f.must(form.WriteField("choix", choice))
	part, err := form.CreateFormFile("fichier", name)
	f.must(err)
	_, err = part.Write([]byte(text))
	f.must(err)
	f.must(form.Close())
	w := f.send("POST", f.at("personnes"), b.String(), header("Content-Type", form.FormDataContentType()))
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

var selectedHeader = regexp.MustCompile(`(?s)<select[^>]* name="c\.(\w+)">(.*?)</select>`)
var chosen = regexp.MustCompile(`<option value="([^"]*)" selected`)

// TestPersonFilesAreMapped goes from a file that nothing recognises to its rows in the vault, by the pages.
func TestPersonFilesAreMapped(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	status, to, body := f.dropPersons("", "etudiants.csv", personLines)
	if status != 303 || !strings.Contains(to, "/personnes/depots/") {
		t.Fatalf("a drop answers %d to %q: %s", status, to, body)
	}
	if page := f.ask("GET " + to).Body.String(); !strings.Contains(page, "Aucune correspondance ne reconnaît") {
		t.Errorf("the page does not say that nothing recognises the file")
	}
	page := f.ask("GET " + to + "?genre=inscriptions").Body.String()
	for _, want := range []string{"ZYGOMATIQUE", "nom d’une personne", "inscrite", "clé de la personne, obligatoire"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of columns does not say %q", want)
		}
	}
	form := url.Values{"genre": {"inscriptions"}, "faire": {"correspondance"}, "libelle": {"Scolarité"}, "t.statut": {"inscrite"}, "v.statut": {"actif"}}
	for _, m := range selectedHeader.FindAllStringSubmatch(page, -1) {
		if c := chosen.FindStringSubmatch(m[2]); c != nil {
			form.Set("c."+m[1], c[1])
		}
	}
	if form.Get("c.nip") != "Numéro étudiant" || form.Get("c.annee") != "Année" {
		t.Errorf("proposed: %v", form)
	}
	if w := f.send("POST", to, form.Encode()); w.Code != 303 {
		t.Fatalf("saving the mapping answers %d: %s", w.Code, w.Body)
	}
	if w := f.send("POST", to, "faire=essayer"); w.Code != 200 || !strings.Contains(w.Body.String(), "Lus par") {
		t.Errorf("trying answers %d", w.Code)
	}
	w := f.send("POST", to, "faire=importer")
	if w.Code != 303 {
		t.Fatalf("the import answers %d: %s", w.Code, w.Body)
	}
	if page := f.ask("GET " + w.Header().Get("Location")).Body.String(); !strings.Contains(page, "etudiants.csv") || strings.Contains(page, "ZYGOMATIQUE") {
		t.Error("the page of an import names no one")
	}
	if w := f.ask("GET " + to); w.Code != 404 {
		t.Errorf("the deposit is still there: %d", w.Code)
	}
	if page := f.ask("GET " + f.at("personnes?q=zygomatique")).Body.String(); strings.Contains(page, "ZYGOMATIQUE") || !strings.Contains(page, "Demander un accès") {
		t.Error("staff without a grant of identities finds a person")
	}
	if w := f.ask("GET " + f.at("personnes/etudiant/1/effacer")); w.Code != 403 {
		t.Errorf("asking before erasing answers %d without the grant", w.Code)
	}
	f.as = naming
	list := f.ask("GET " + f.at("personnes?q=zygomatique")).Body.String()
	if !strings.Contains(list, "ZYGOMATIQUE Zéphyrine") || !strings.Contains(list, `name="nom" value="scolarite"`) {
		t.Error("the person is not found")
	}
	if w := f.ask("GET " + f.at("personnes/etudiant/1/effacer")); w.Code != 200 {
		t.Errorf("asking before erasing answers %d", w.Code)
	}
}

// TestPersonImportIsTakenBack reads what goes, takes the import back once, and leaves it to those who may.
func TestPersonImportIsTakenBack(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	_, to, _ := f.dropPersons("inscriptions", "inscriptions.csv", strings.NewReplacer("inscrite", "inscrit", "2025", "2024").Replace(personLines))
	one, _, _ := strings.Cut(f.send("POST", to, "faire=importer").Header().Get("Location"), "?")
	at := one + "/retirer"
	for _, page := range []string{f.at("personnes"), one} {
		if body := f.ask("GET " + page).Body.String(); !strings.Contains(body, `href="`+at+`"`) {
			t.Errorf("%s does not lead to taking the import back", page)
		}
	}
	f.as.Login, f.as.ID = "Autre@AGENT", 77
	if body := f.ask("GET " + f.at("personnes")).Body.String(); strings.Contains(body, at) {
		t.Error("the import of a colleague is offered to who may not follow it")
	}
	if ask, act := f.ask("GET "+at), f.send("POST", at, ""); ask.Code != 403 || act.Code != 403 {
		t.Errorf("a colleague without the grant: %d, %d", ask.Code, act.Code)
	}
	f.as = strong(school)
	page := plainSpaces(f.ask("GET " + at).Body.String())
	for _, want := range []string{"inscriptions.csv", "2 lignes quittent le coffre", "2024", "effacés du coffre", "ne revient pas"} {
		if !strings.Contains(page, want) {
			t.Errorf("the confirmation does not say %q: %s", want, page)
		}
	}
	if strings.Contains(page, "ZYGOMATIQUE") || strings.Contains(page, "21900017") {
		t.Error("the confirmation names someone")
	}
	w := f.send("POST", at, "")
	if w.Code != 303 {
		t.Fatalf("taking back answers %d: %s", w.Code, w.Body)
	}
	if last := f.journal.entries[len(f.journal.entries)-1]; !strings.Contains(last.Detail, "retiré") || !strings.Contains(last.Detail, "lignes") {
		t.Errorf("journal: %+v", last)
	}
	body := plainSpaces(f.ask("GET " + w.Header().Get("Location")).Body.String())
	if !strings.Contains(body, "L’import est retiré") || strings.Contains(body, at) {
		t.Error("the page does not say that the import is gone")
	}
	if ask, act := f.ask("GET "+at), f.send("POST", at, ""); ask.Code != 409 || act.Code != 409 {
		t.Errorf("a second time: %d, %d", ask.Code, act.Code)
	}
	if w := f.ask("GET " + f.at("personnes/imports/99/retirer")); w.Code != 404 {
		t.Errorf("an import that is not: %d", w.Code)
	}
}

// TestPersonFilesNeedTheirStaff asks for the pages of person files as others.
func TestPersonFilesNeedTheirStaff(t *testing.T) {
	f := newFort(t)
	weak := school
	weak.Strong = false
	for name, who := range map[string]belvedere.Viewer{"one factor": weak, "an administrator": boss} {
		f.as = who
		for _, page := range []string{"personnes", "personnes/depots/1", "personnes/imports/1", "personnes/imports/1/retirer", "personnes/etudiant/1/export.json"} {
			if w := f.ask("GET " + f.at(page)); w.Code == 200 || strings.Contains(w.Body.String(), "ZYGOMATIQUE") {
				t.Errorf("%s: %s answers %d", name, page, w.Code)
			}
		}
	}
}

// TestAttackOfStaffWithoutTheGrant walks all that is about people of an institution as one who works there and
// composes, with every grant but that of identities: no name, no number of a student, no file of others.
func TestAttackOfStaffWithoutTheGrant(t *testing.T) {
	f := newFort(t)
	author := extracting
	author.Grants = []belvedere.Grant{{Capability: belvedere.Author}, {Capability: belvedere.DataOfficer}, {Capability: belvedere.Extractor, Level: belvedere.Pseudonyms, AllSchools: true}}
	told := []string{"Zéphyrine", "21900017", "Zyx", "N001"}
	walk := func(who belvedere.Viewer) (n, names int) {
		f.as = who
		for address := range f.addresses() {
			if !strings.Contains(address, "/personnes") && !strings.Contains(address, "coherence") {
				continue
			}
			for _, query := range []string{"", "?q=zygomatique", "?q=AUBRY", "?genre=inscriptions", "?regle=dates_sortie&etablissement=" + string(school.Scope.Own[0])} {
				method, path, _ := strings.Cut(address, " ")
				if method == "POST" && strings.Contains(path, "effacer") {
					continue
				}
				w := f.send(method, path+query, "faire=essayer&genre=inscriptions")
				n++
				for _, word := range told {
					if strings.Contains(w.Body.String(), word) {
						names++
						if who.Login == author.Login {
							t.Errorf("%s%s says %q", address, query, word)
						}
					}
				}
			}
		}
		return n, names
	}
	if n, _ := walk(author); n < 50 {
		t.Errorf("only %d answers", n)
	}
	if _, names := walk(naming); names < 5 {
		t.Errorf("with the grant %d names are told: the test shows nothing", names)
	}
}

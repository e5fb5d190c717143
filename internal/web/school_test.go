package web_test

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"belvedere/internal/school/board"
)

// at is an address of the school of the fort.
func (f *fort) at(page string) string { return "/ecole/" + string(school.Scope.Own[0]) + "/" + page }

// drop sends files to the board.
func (f *fort) drop(files ...board.Dropped) (status int, location, body string) {
	f.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	f.must(form.WriteField("annee", ""))
	for _, file := range files {
		part, err := form.CreateFormFile("fichier", file.Name)
		f.must(err)
		_, err = part.Write(file.Data)
		f.must(err)
	}
	f.must(form.Close())
	w := f.send("POST", f.at("rentree"), b.String(), header("Content-Type", form.FormDataContentType()))
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

func TestSchoolDropsFiles(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	uai, year := school.Scope.Own[0], 2025
	status, to, body := f.drop(schoolPupils(uai, year, 27))
	if status != 303 || !strings.HasPrefix(to, f.at("imports/")) {
		t.Fatalf("a drop answers %d to %q: %s", status, to, body)
	}
	page := f.ask("GET " + to).Body.String()
	for _, want := range []string{"Ce qui changerait", "ZYGOMATIQUE26 Jade", "Arrivée", "Importer"} {
		if !strings.Contains(page, want) {
			t.Errorf("the rehearsal does not say %q", want)
		}
	}
	if list := f.ask("GET " + f.at("eleves?q=zygomatique26")).Body.String(); strings.Contains(list, "ZYGOMATIQUE26 Jade") {
		t.Error("a pupil of the rehearsal is in the list")
	}
	if w := f.send("POST", to, "faire=importer"); w.Code != 303 {
		t.Fatalf("the import answers %d: %s", w.Code, w.Body)
	}
	if list := f.ask("GET " + f.at("eleves?q=zygomatique26")).Body.String(); !strings.Contains(list, "ZYGOMATIQUE26 Jade") {
		t.Error("an imported pupil is not in the list")
	}
	if page := f.ask("GET " + to).Body.String(); strings.Contains(page, "ZYGOMATIQUE") {
		t.Error("a deposit that is over still names pupils")
	}
	for name, file := range map[string]board.Dropped{
		"another school": schoolPupils("0990317G", year, 3),
		"no school file": {Name: "photo.png", Data: []byte("\x89PNG\r\n")},
	} {
		if status, _, body := f.drop(file); status != 400 || !strings.Contains(body, file.Name) {
			t.Errorf("%s: %d", name, status)
		}
	}
}

func TestSchoolBreakerOnPages(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	_, to, _ := f.drop(schoolPupils(school.Scope.Own[0], 2025, 2))
	page := f.ask("GET " + to).Body.String()
	phrase := regexp.MustCompile(`écrivez[^:]*: ([^<]+)`).FindStringSubmatch(page)
	if phrase == nil {
		t.Fatal("no phrase is asked for")
	}
	if w := f.send("POST", to, url.Values{"faire": {"importer"}, "confirmation": {"oui"}}.Encode()); w.Code != 409 || !strings.Contains(w.Body.String(), "rien n’a été importé") {
		t.Errorf("an import without its phrase answers %d", w.Code)
	}
	if w := f.send("POST", to, url.Values{"faire": {"importer"}, "confirmation": {strings.TrimSpace(phrase[1])}}.Encode()); w.Code != 303 {
		t.Errorf("an import with its phrase answers %d: %s", w.Code, w.Body)
	}
	last := f.journal.entries[len(f.journal.entries)-1]
	if last.Action != "coffre" || !strings.Contains(last.Detail, "disparition confirmée") {
		t.Errorf("the journal keeps %+v", last)
	}
}

func TestFindingsAreAcceptedWithAReason(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	if body := f.ask("GET " + f.at("releve")).Body.String(); !strings.Contains(body, "Division inconnue de STS-Web") || !strings.Contains(body, "Bloquant") || !strings.Contains(body, "Créer la division") {
		t.Error("the finding is not shown with its values and its remedy")
	}
	if w := f.send("POST", f.at("releve/1"), url.Values{"faire": {"accepter"}}.Encode()); w.Code != 422 || !strings.Contains(w.Body.String(), "aria-invalid") {
		t.Errorf("accepted without reason: %d", w.Code)
	}
	if w := f.send("POST", f.at("releve/1"), url.Values{"faire": {"accepter"}, "motif": {"Division ouverte en octobre"}}.Encode()); w.Code != 303 {
		t.Errorf("accepting answers %d", w.Code)
	}
	body := f.ask("GET " + f.at("releve/1")).Body.String()
	if !strings.Contains(body, "Division ouverte en octobre") || !strings.Contains(body, "Marc@RIOU") || !strings.Contains(body, "Rouvrir") {
		t.Error("the acceptance does not show its reason and its author")
	}
	if body := f.ask("GET " + f.at("releve")).Body.String(); strings.Contains(body, "Division inconnue") {
		t.Error("an accepted finding is still open")
	}
	if w := f.send("POST", f.at("releve/1"), url.Values{"faire": {"rouvrir"}}.Encode()); w.Code != 303 {
		t.Errorf("opening again answers %d", w.Code)
	}
}

func TestNamesAreSettled(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	if w := f.send("POST", f.at("rapprochements"), url.Values{"r-1": {"oui"}}.Encode()); w.Code != 303 {
		t.Errorf("confirming answers %d: %s", w.Code, w.Body)
	}
	if body := f.ask("GET " + f.at("rapprochements")).Body.String(); !regexp.MustCompile(`name="r-1" value="oui" checked`).MatchString(body) {
		t.Error("a confirmed name is not shown as confirmed")
	}
	if w := f.send("POST", f.at("doublons"), url.Values{"paire": {"1-2"}, "faire": {"fusionner"}}.Encode()); w.Code != 303 {
		t.Errorf("merging answers %d", w.Code)
	}
	if body := f.ask("GET " + f.at("doublons")).Body.String(); !strings.Contains(body, "à corriger dans SIECLE") {
		t.Error("a merged pair does not recall SIECLE")
	}
}

func TestPupilIsExportedAndErased(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	if w := f.ask("GET " + f.at("eleves/1/export.json")); w.Code != 200 || !strings.Contains(w.Body.String(), "ZYGOMATIQUE0") {
		t.Errorf("the export answers %d", w.Code)
	}
	if w := f.ask("GET " + f.at("eleves/1/effacer")); w.Code != 200 || !strings.Contains(w.Body.String(), "ZYGOMATIQUE0") {
		t.Errorf("the question answers %d", w.Code)
	}
	if w := f.send("POST", f.at("eleves/1/effacer"), ""); w.Code != 303 {
		t.Fatalf("erasing answers %d: %s", w.Code, w.Body)
	}
	if w := f.ask("GET " + f.at("eleves/1")); w.Code != 404 {
		t.Errorf("an erased pupil answers %d", w.Code)
	}
	if w := f.ask("GET " + f.at("imports/1")); strings.Contains(w.Body.String(), "ZYGOMATIQUE") {
		t.Error("a deposit that waited still names the pupil")
	}
}

// TestNamesStayInTheSchool walks all pages of the school tier, searches included, and reads what
// the territory keeps of it: journal, log, registry.
func TestNamesStayInTheSchool(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	shown := 0
	for address, rt := range f.addresses() {
		if rt.Right != "nominative" || strings.Contains(address, "effacer") {
			continue
		}
		body := f.ask(address + "?q=zygomatique").Body.String()
		if strings.Contains(strings.ToUpper(body), "ZYGOMATIQUE") {
			shown++
		}
	}
	f.drop(schoolPupils(school.Scope.Own[0], 2025, 3))
	f.drop(schoolPupils("0990317G", 2025, 3))
	if shown < 3 {
		t.Fatalf("only %d pages show names: the test proves nothing", shown)
	}
	for where, text := range map[string]string{"journal or log": f.journal.String() + f.log.String(), "registry": f.dump()} {
		if strings.Contains(strings.ToUpper(text), "ZYGOMATIQUE") {
			t.Errorf("a name stands in the %s", where)
		}
	}
	covered := false
	for _, e := range f.journal.entries {
		covered = covered || e.Action == "nominatif" && strings.HasSuffix(e.Object, "/eleves")
	}
	if !covered {
		t.Error("reading the list of pupils is not kept in the journal")
	}
}

func TestSchoolMenu(t *testing.T) {
	f := newFort(t)
	f.as = strong(school)
	if body := f.ask("GET /indicateurs").Body.String(); !strings.Contains(body, f.at("rentree")) || !strings.Contains(body, f.at("releve")) {
		t.Error("the menu does not lead to the board")
	}
	if w := f.ask("GET /ecole"); w.Code != 303 || w.Header().Get("Location") != f.at("rentree") {
		t.Errorf("with one school, /ecole answers %d to %q", w.Code, w.Header().Get("Location"))
	}
	f.as = boss
	if body := f.ask("GET /indicateurs").Body.String(); strings.Contains(body, "/ecole") {
		t.Error("the menu leads an administrator to a school")
	}
}

func TestVaultsAreCountsForAdministrators(t *testing.T) {
	f := newFort(t)
	body := f.ask("GET /administration/coffres").Body.String()
	if !strings.Contains(body, string(school.Scope.Own[0])) || strings.Contains(body, "ZYGOMATIQUE") {
		t.Error("the list of vaults does not count the school, or names someone")
	}
	f.as = strong(school)
	if w := f.ask("GET /administration/coffres"); w.Code != 403 {
		t.Errorf("the list of vaults answers %d to a school", w.Code)
	}
}

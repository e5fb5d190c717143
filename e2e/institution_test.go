package e2e_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// valserine is an engineering school that nobody wrote into the program.
const valserine = "9990500P"

// TestInstitutionFromNothing installs an empty console and does what the guide tells an engineering school
// to do, with files under headers of its own, through the pages. What the console then shows is compared
// with a count of the same school made here, without the program.
func TestInstitutionFromNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("loads three years of a school")
	}
	s := serve(t, t.TempDir())
	book := makeBook()
	boss := s.signedIn(t, administrator)
	w := &walk{t: t, server: s, book: book}
	if !t.Run("an empty console says what to do", func(t *testing.T) { w.empty(t, boss) }) {
		return
	}
	if !t.Run("the school and its people are declared", func(t *testing.T) { w.declare(t, boss) }) {
		return
	}
	registrar := w.joins(t, "Sylvaine@LOREN")
	if !t.Run("files of persons are read under any headers", func(t *testing.T) { w.persons(t, registrar) }) {
		return
	}
	if !t.Run("the budget comes by its own columns", func(t *testing.T) { w.budget(t, boss) }) {
		return
	}
	t.Run("figures are those of the files", w.figures)
	t.Run("people read, ask and find no name", w.readers)
	t.Run("every page of their menus is in French", func(t *testing.T) { w.texts(t, registrar, boss, w.server.signedIn(t, "Yann@BRIAC")) })
}

// A walk is a school on its way into the console.
type walk struct {
	t      *testing.T
	server *server
	book   *schoolbook
}

func (w *walk) empty(t *testing.T, boss *visitor) {
	if to := boss.led(t, "/"); to != "/premiers-pas" {
		t.Errorf("the first page of an empty console leads to %q", to)
	}
	status, page := boss.get(t, "/premiers-pas")
	for _, want := range []string{"Premiers pas", "Nommer la console", "Déclarer les établissements", "/administration/etablissements/nouveau", "à faire maintenant"} {
		if status != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("%d: the first steps do not say %q", status, want)
		}
	}
}

func (w *walk) declare(t *testing.T, boss *visitor) {
	status, page := boss.post(t, "/administration/territoire", url.Values{"nom": {"École de Valserine"}, "rappel": {"60"}, "journal": {"12"}, "recus": {"120"}, "comparaison": {"10"},
		"rubrique-accueil": {"oui"}, "rubrique-superieur": {"oui"}})
	if status != http.StatusSeeOther {
		t.Fatalf("naming the console answers %d: %.1000s", status, page)
	}
	status, page = boss.post(t, "/administration/etablissements/nouveau", url.Values{"etablissement": {valserine}, "nom": {"École d’ingénieurs de Valserine"}, "type": {"superieur"}, "departement": {"35"}})
	if status != http.StatusSeeOther {
		t.Fatalf("declaring the school answers %d: %.1000s", status, page)
	}
	w.until(t, boss, "/administration/etablissements", valserine)
	const people = "nom;prenom;mail;fonction;place;administrateur;dpo;etablissements;rubriques\n" +
		"LOREN;Sylvaine;sylvaine@valserine.example;Scolarité;etablissement;non;non;" + valserine + ";toutes\n" +
		"BRIAC;Yann;yann@valserine.example;Contrôle de gestion;etablissement;non;non;" + valserine + ";toutes\n" +
		"OSTREL;Paul;paul@valserine.example;Études;etablissement;non;non;" + valserine + ";sup.inscriptions|sup.resultats\n" +
		"MIREL;Nora;nora@valserine.example;Protection des données;collectivite;non;oui;;\n"
	_, page, _ = boss.upload(t, "/administration/utilisateurs/import", "personnes.csv", []byte(people), nil)
	form := formWith(t, page, "/appliquer", "")
	if status, page := boss.post(t, form.action, form.values); status != http.StatusSeeOther {
		t.Fatalf("importing people answers %d: %.1000s", status, page)
	}
	if list := done(t, w.server.data, "user", "list"); strings.Count(list, "\n") != 5 {
		t.Errorf("people:\n%s", list)
	}
}

// joins answers the invitation of someone, who then comes in.
func (w *walk) joins(t *testing.T, login string) *visitor {
	t.Helper()
	link := strings.TrimPrefix(strings.TrimSpace(done(t, w.server.data, "--quiet", "user", "link", login)), w.server.url)
	if status, page := w.server.visitor().post(t, link, url.Values{"identifiant": {login}, "mot_de_passe": {longPhrase}, "confirmation": {longPhrase}}); status != http.StatusSeeOther {
		t.Fatalf("%s cannot create the account: %d %s", login, status, trouble(page))
	}
	return w.server.signedIn(t, login)
}

// until waits for words on a page: deliveries are published beside the requests.
func (w *walk) until(t *testing.T, v *visitor, address, want string) string {
	t.Helper()
	for over := time.Now().Add(20 * time.Second); time.Now().Before(over); time.Sleep(50 * time.Millisecond) {
		if _, page := v.get(t, address); strings.Contains(page, want) {
			return page
		}
	}
	t.Fatalf("%s never says %q", address, want)
	return ""
}

// persons drops each file, takes what is proposed and imports it.
func (w *walk) persons(t *testing.T, v *visitor) {
	const at = "/ecole/" + valserine + "/personnes"
	for _, f := range []struct {
		name, kind string
		data       []byte
		say        map[string]string // what the school corrects of the proposal
	}{
		{"Extraction_IA.csv", "inscriptions", w.book.registrationFile(), map[string]string{"v.entree": "reinscrit"}},
		{"resultats_S1.csv", "resultats", w.book.markFile(1), nil},
		{"resultats_S2.csv", "", w.book.markFile(2), nil}, // read like the first, without a word
		{"RH_agents.csv", "agents", w.book.staffFile(), nil},
		{"paie.csv", "paie", w.book.payFile(), nil},
		{"services_faits.csv", "heures", w.book.lessonFile(), nil},
		{"logs_moodle.csv", "", w.book.clickFile(), nil},
	} {
		status, body, address := v.upload(t, at, f.name, f.data, nil)
		if status != http.StatusSeeOther || !strings.HasPrefix(address, at+"/depots/") {
			t.Fatalf("dropping %s answers %d, %q: %s", f.name, status, address, trouble(body))
		}
		if f.kind != "" {
			_, page := v.get(t, address+"?genre="+f.kind)
			form := formWith(t, page, "/depots/", "c.")
			for name, value := range f.say {
				form.values.Set(name, value)
			}
			form.values.Set("faire", "correspondance")
			if status, page := v.post(t, address, form.values); status != http.StatusSeeOther {
				t.Fatalf("the columns of %s answer %d: %s", f.name, status, trouble(page))
			}
		}
		status, body = v.post(t, address, url.Values{"faire": {"importer"}})
		if status != http.StatusSeeOther {
			t.Fatalf("importing %s answers %d: %s", f.name, status, trouble(body))
		}
	}
	page := w.until(t, v, at, "paie.csv")
	if strings.Contains(page, "AGENT0") {
		t.Error("the list of imports names people")
	}
}

// budget feeds a dataset of the catalogue with a file of other headers, by the mapping page.
func (w *walk) budget(t *testing.T, boss *visitor) {
	status, body, address := boss.upload(t, "/jeux/nouveau", "budget_execution.csv", w.book.budgetFile(valserine), map[string]string{"jeu": "budget"})
	if status != http.StatusSeeOther {
		t.Fatalf("dropping the budget answers %d: %.600s", status, body)
	}
	_, page := boss.get(t, address)
	form := formWith(t, page, "/jeux/nouveau/fichier/", "role0")
	form.values.Set("nom2", "service")
	form.values.Set("nom6", "paye")
	form.values.Set("source", "Comptabilité")
	form.values.Set("geste", "essayer")
	status, page = boss.post(t, form.action, form.values)
	if status != http.StatusOK {
		t.Fatalf("trying the budget answers %d: %s", status, trouble(page))
	}
	form = formWith(t, page, "/jeux/nouveau/fichier/", "role0")
	form.values.Set("geste", "charger")
	if status, page = boss.post(t, form.action, form.values); status != http.StatusSeeOther {
		t.Fatalf("loading the budget answers %d: %s", status, trouble(page))
	}
	for over := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if list := done(t, w.server.data, "--quiet", "query", "--indicators", "depenses_engagees", "--by", "annee", "--as", "Sylvaine@LOREN"); strings.Contains(list, "2026") {
			return
		} else if time.Now().After(over) {
			t.Fatalf("the budget is never published: %s", list)
		}
	}
}

// ask answers a question as CSV, in the name of the registrar: cells by the first column and the header.
func (w *walk) ask(t *testing.T, indicators, by string, where ...string) map[string]map[string]float64 {
	t.Helper()
	args := []string{"--quiet", "query", "--indicators", indicators, "--by", by, "--as", "Sylvaine@LOREN", "--format", "csv"}
	for _, f := range where {
		args = append(args, "--where", f)
	}
	rows, err := csv.NewReader(strings.NewReader(done(t, w.server.data, args...))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s by %s: %v %v", indicators, by, rows, err)
	}
	out := map[string]map[string]float64{}
	for _, row := range rows[1:] {
		out[row[0]] = map[string]float64{}
		for i := 1; i < len(row); i++ {
			if n, err := strconv.ParseFloat(row[i], 64); err == nil {
				name, _, _ := strings.Cut(rows[0][i], " ")
				out[row[0]][name] = n
			}
		}
	}
	return out
}

func (w *walk) figures(t *testing.T) {
	check := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.006 {
			t.Errorf("%s: %v, counted %v", what, got, want)
		}
	}
	years := w.ask(t, "etudiants,inscrits,inscrits_actifs,demissionnaires,cesures,abandons", "annee")
	success := w.ask(t, "resultats_annee,presents,admis,reussite_presents,reussite_inscrits", "annee")
	clear := 0
	for year := firstYear; year <= lastYear; year++ {
		y, c := strconv.Itoa(year), w.book.countYear(year)
		for name, want := range map[string]int{"etudiants": c.people, "inscrits": c.all, "inscrits_actifs": c.active, "demissionnaires": c.left, "cesures": c.gap, "abandons": c.left} {
			check(name+" of "+y, years[y][name], float64(want))
		}
		if year == lastYear {
			continue
		}
		check("results of "+y, success[y]["resultats_annee"], float64(c.judged))
		check("passed of "+y, success[y]["admis"], float64(c.passed))
		check("present of "+y, success[y]["presents"], float64(c.present))
		check("success of who came, "+y, success[y]["reussite_presents_taux"], 100*float64(c.passed)/float64(c.present))
		check("success of all, "+y, success[y]["reussite_inscrits_taux"], 100*float64(c.passed)/float64(c.judged))
		if success[y]["reussite_presents_taux"] > success[y]["reussite_inscrits_taux"] {
			clear++
		}
	}
	if clear != 2 {
		t.Error("the two rates of success do not differ")
	}
	hours, pay := map[string]float64{}, map[string]float64{}
	for _, l := range w.book.lessons {
		if strings.HasSuffix(l.month, "/2025") {
			hours[l.department] += l.hours
		}
	}
	got := w.ask(t, "heures_enseignement", "composante", "annee=2025")
	for department, want := range hours {
		check("hours of "+department, got[department]["heures_enseignement"], want)
	}
	fte := 0.0
	for _, a := range w.book.staff {
		fte += a.fte
		pay[a.service] += a.cost
	}
	staff := w.ask(t, "agents,etp", "annee")
	check("staff", staff["2026"]["agents"], float64(len(w.book.staff)))
	check("full-time equivalents", staff["2026"]["etp"], fte)
	payroll := w.ask(t, "masse_salariale", "service", "mois=2026-10")
	for service, want := range pay {
		check("payroll of "+service, payroll[keyOf(payroll, service)]["masse_salariale"], want)
	}
	committed := 0.0
	for _, l := range w.book.lines {
		if l.day == "31/10/2026" && l.nature == "Investissement" {
			committed += l.committed
		}
	}
	budget := w.ask(t, "depenses_engagees", "nature_budget", "jour=2026-10-31")
	check("commitments of investment", budget["investissement"]["depenses_engagees"], math.Round(committed*100)/100)
	actions := w.ask(t, "actions_plateforme", "annee")
	check("actions", actions["2026"]["actions_plateforme"], float64(len(w.book.clicks)))
}

// keyOf is the code that a name of the files got in an open list.
func keyOf(rows map[string]map[string]float64, name string) string {
	fold := strings.NewReplacer("é", "e", " ", "_")
	for key := range rows {
		if fold.Replace(key) == fold.Replace(name) {
			return key
		}
	}
	return name
}

// readers are the director of studies, an author and a program; nobody of them reads a name.
func (w *walk) readers(t *testing.T) {
	done(t, w.server.data, "grant", "give", "Yann@BRIAC", "--capability", "auteur", "--purpose", "Rapprocher les résultats et les heures")
	author, studies := w.joins(t, "Yann@BRIAC"), w.joins(t, "Paul@OSTREL")
	if to := author.led(t, "/"); to != "/tableaux-de-bord/direction" {
		t.Errorf("an author of a school arrives at %q", to)
	}
	c := w.book.countYear(lastYear)
	for address, want := range map[string]string{
		"/tableaux-de-bord/direction?annee=2026": thousands(c.all),
		"/superieur/inscriptions?annee=2026":     thousands(c.people),
		"/superieur/abandons?annee=2026":         strconv.Itoa(c.left),
		"/explorateur?indicateurs=resultats_annee,heures_enseignement&lignes=composante&annee=2025": "GM",
		"/superieur/reussite?annee=2025":                                           thousands(w.book.countYear(2025).passed),
		"/explorateur?indicateurs=formule:taux_demission&lignes=annee&depuis=2024": "",
		"/explorateur?indicateurs=inscrits&lignes=etape&annee=2026":                "ING2 de Génie mécanique", // the label, not I4GM
		"/guide/infocentre": "Qui y vient, et pour quoi",
	} {
		status, page := author.get(t, address)
		if want != "" && (status != http.StatusOK || !strings.Contains(page, want)) {
			t.Errorf("%s answers %d and does not show %q", address, status, want)
		}
		if strings.Contains(page, "ÉTUDIANT0") || strings.Contains(page, "AGENT0") {
			t.Errorf("%s names someone", address)
		}
	}
	if _, page := author.get(t, "/superieur/inscriptions"); strings.Contains(page, "Pré-élémentaire") || !strings.Contains(page, "Cycle ingénieur 1re année") {
		t.Error("the levels to choose from are not those of higher education")
	}
	if status, page := studies.get(t, "/superieur/budget"); status != http.StatusForbidden && !strings.Contains(page, "ommuniqué") {
		t.Errorf("who has no right to the budget reads it: %d", status)
	}
	if status, _ := studies.get(t, "/explorateur"); status != http.StatusForbidden {
		t.Errorf("who is no author composes: %d", status)
	}
	status, body := author.get(t, "/api/v1/donnees?indicateurs=etudiants&par=annee&format=csv")
	if want := ",2026-2027," + strconv.Itoa(c.people); status != http.StatusOK || !strings.Contains(body, want) {
		t.Errorf("a program of the school reads %d, without %q: %.400s", status, want, body)
	}
	if out := done(t, w.server.data, "coherence", "list", valserine); !strings.Contains(out, "sans_inscriptions") {
		t.Errorf("the modelling is not judged:\n%s", out)
	}
}

// thousands writes a count as pages do.
func thousands(n int) string {
	s := strconv.Itoa(n)
	if len(s) > 3 {
		s = s[:len(s)-3] + "\u202f" + s[len(s)-3:]
	}
	return s
}

// A yearCount is what may be counted of a year without the program.
type yearCount struct{ people, all, active, left, gap, judged, present, passed int }

func (b *schoolbook) countYear(year int) (c yearCount) {
	people, last := map[int]bool{}, map[int]mark{}
	for _, r := range b.registrations {
		if r.year != year {
			continue
		}
		people[r.number] = true
		c.all++
		switch r.state {
		case "Inscrit":
			c.active++
		case "Démission":
			c.left++
		case "Césure":
			c.gap++
		}
	}
	for _, m := range b.marks {
		if m.year == year && m.session >= last[m.number].session {
			last[m.number] = m
		}
	}
	for _, m := range last {
		c.judged++
		if m.code == "ADM" {
			c.passed++
		}
		if m.code == "ADM" || m.code == "AJ" {
			c.present++
		}
	}
	c.people = len(people)
	return c
}

// upload sends a file and fields as a form does; to is where it led.
func (v *visitor) upload(t testing.TB, path, name string, data []byte, fields map[string]string) (status int, page, to string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for key, value := range fields {
		w.WriteField(key, value)
	}
	part, err := w.CreateFormFile("fichier", name)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(data)
	w.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.site+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := v.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if status, page, err = answered(res, nil); err != nil {
		t.Fatal(err)
	}
	return status, page, res.Header.Get("Location")
}

// led is where an address leads.
func (v *visitor) led(t testing.TB, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.site+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := v.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.Header.Get("Location")
}

// A filled form is what a browser would send of it as it stands.
type filled struct {
	action string
	values url.Values
}

// formWith finds the form whose action holds words and which has a field whose name begins so.
func formWith(t testing.TB, page, action, field string) filled {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var found *filled
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || !strings.Contains(attribute(n, "action"), action) {
			continue
		}
		f := filled{attribute(n, "action"), url.Values{}}
		has := field == ""
		for one := range n.Descendants() {
			name, value, sent := sends(one)
			has = has || name != "" && strings.HasPrefix(name, field)
			if sent {
				f.values.Add(name, value)
			}
		}
		if has {
			found = &f
		}
	}
	if found == nil {
		t.Fatalf("no form leads to %q with a field %q: %s", action, field, trouble(page))
	}
	return *found
}

// sends is what an element of a form sends.
func sends(n *html.Node) (name, value string, sent bool) {
	if n.Type != html.ElementNode {
		return "", "", false
	}
	name = attribute(n, "name")
	switch n.Data {
	case "input":
		switch attribute(n, "type") {
		case "file", "submit":
			return name, "", false
		case "checkbox", "radio":
			return name, attribute(n, "value"), name != "" && has(n, "checked")
		}
		return name, attribute(n, "value"), name != ""
	case "select":
		for o := range n.Descendants() {
			if o.Type == html.ElementNode && o.Data == "option" && (has(o, "selected") || value == "" && !sent) {
				value, sent = attribute(o, "value"), true
			}
		}
		return name, value, name != "" && sent
	case "textarea":
		if n.FirstChild != nil {
			value = n.FirstChild.Data
		}
		return name, value, name != ""
	}
	return "", "", false
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// trouble is what a page says went wrong.
func trouble(page string) string {
	if _, after, ok := strings.Cut(page, `id="contenu"`); ok {
		page = after
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			fmt.Fprint(&b, strings.TrimSpace(n.Data), " ")
		}
	}
	return b.String()[:min(1500, b.Len())]
}

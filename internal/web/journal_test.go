package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/door"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

// watch is a console with tokens, journal and explanations over a real registry.
type watch struct {
	*offices
	explain rights.Explanation // the answer to any question
	asked   rights.Question
	chain   web.ChainState
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	reg, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	w := &watch{offices: &offices{reg: reg, journal: &keptEntries{}}}
	w.as = belvedere.Viewer{ID: 77, Login: "Claire@MORVAN", Name: "Claire MORVAN", Kind: belvedere.AccountViewer, Admin: true, Strong: true,
		Scope: belvedere.Scope{AllSchools: true, AllWidgets: true}}
	w.console = newConsole(t, func(c *web.Config, made *console) {
		schools := manySchools(5)
		for _, i := range made.reports.Catalogue.Indicators {
			i.Widget = "chiffres"
		}
		c.Users = admin.NewUsers(admin.UsersConfig{Registry: reg, Schools: schools, Inviter: noPost{}})
		c.Groups = &admin.Groups{Registry: reg, Schools: schools}
		c.Tokens = &admin.Tokens{Registry: reg, Schools: schools, Zone: c.Zone, Now: c.Now}
		c.Journal, c.Records = w.journal, reg
		c.Viewer = func(*http.Request) (belvedere.Viewer, error) { return w.as, nil }
		c.Explain = func(_ context.Context, _ belvedere.Viewer, q rights.Question) (rights.Explanation, error) {
			w.asked = q
			return w.explain, nil
		}
		c.Chain = func(_ context.Context, check bool) (web.ChainState, error) {
			if check {
				w.chain = web.ChainState{At: webtest.Published, Entries: 12, Sound: !strings.Contains(w.chain.Message, "17"), Message: w.chain.Message, Anchor: "12-abcd"}
			}
			return w.chain, nil
		}
	})
	return w
}

// write puts entries into the journal, one a minute.
func (w *watch) write(t *testing.T, entries ...registry.Entry) {
	t.Helper()
	for i := range entries {
		e := &entries[i]
		if e.At.IsZero() {
			e.At = webtest.Published.Add(time.Duration(i) * time.Minute)
		}
		if e.Door == "" {
			e.Door = "page"
		}
		if e.Result == "" {
			e.Result = "fait"
		}
	}
	if err := w.reg.AppendJournal(t.Context(), entries, func(_ string, e *registry.Entry) error { e.Seal = fmt.Sprint("seal", e.Seq); return nil }); err != nil {
		t.Fatal(err)
	}
}

func (w *watch) account(t *testing.T, login string, place registry.AccountPlace) registry.Account {
	t.Helper()
	first, last, _ := strings.Cut(login, "@")
	a, err := w.reg.CreateAccount(t.Context(), registry.Account{Login: login, FirstName: first, LastName: last, Email: strings.ToLower(first) + "@exemple.fr",
		Function: "Chargée de mission", State: registry.Active, Place: place, AllWidgets: true, Created: webtest.Published})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTokenIsCreatedShownOnceAndWithdrawn(t *testing.T) {
	w := newWatch(t)
	wants(t, w.get("/administration/jetons/nouveau").Body.String(), "Nouveau jeton", `name="editeur"`, `type="date"`, "COLLEGE 00003")
	form := url.Values{"nom": {"Envoi de nuit"}, "editeur": {"alpha"}, "depot": {"oui"}, "portee": {"choisis"}, "etablissement": {string(belvedere.UAIFromNumber(990001))},
		"hash": {"0"}, "jeton": {"bvd_0"}, "cree_par": {"autre"}, "fin": {"2026-06-30"}}
	made := w.post("/administration/jetons/nouveau", form)
	if made.Code != http.StatusCreated {
		t.Fatalf("%d %s", made.Code, plain(made.Body.String()))
	}
	_, rest, _ := strings.Cut(made.Body.String(), "bvd_")
	secret, _, _ := strings.Cut("bvd_"+rest, "<")
	hash, ok := door.TokenHash(secret)
	if !ok {
		t.Fatalf("no token is shown: %q", secret)
	}
	kept, err := w.reg.Token(t.Context(), hash)
	if err != nil || kept.Vendor != "alpha" || !kept.Push || kept.Read || kept.AllSchools || len(kept.Schools) != 1 || kept.CreatedBy != "Claire@MORVAN" {
		t.Errorf("%+v %v", kept, err)
	}
	list := w.get("/administration/jetons").Body.String()
	wants(t, list, "Envoi de nuit", "alpha", "jamais", "30/06/2026")
	for _, e := range w.journal.list {
		if strings.Contains(e.Object+e.Detail, secret[4:20]) {
			t.Errorf("the journal holds the secret: %+v", e)
		}
	}
	if strings.Contains(list, secret[4:20]) || made.Header().Get("Cache-Control") != "no-store" {
		t.Error("the secret stays somewhere")
	}
	if again := w.post("/administration/jetons/nouveau", form); again.Code != http.StatusUnprocessableEntity || strings.Contains(again.Body.String(), "bvd_") {
		t.Errorf("sent again: %d", again.Code)
	}
	address := fmt.Sprintf("/administration/jetons/%d/retirer", kept.ID)
	wants(t, w.get(address).Body.String(), "Retirer le jeton", "jamais servi")
	if now, _ := w.reg.Token(t.Context(), hash); !now.Revoked.IsZero() {
		t.Error("the question has withdrawn the token")
	}
	where := w.must(t, address, url.Values{})
	if now, _ := w.reg.Token(t.Context(), hash); now.Revoked.IsZero() || !strings.HasPrefix(where, "/administration/jetons?") {
		t.Errorf("not withdrawn, %s", where)
	}
	wants(t, w.get(where).Body.String(), "Le jeton est retiré", "retiré")
	if e := w.journal.list[len(w.journal.list)-2]; e.Action != "jeton" || !strings.Contains(e.Object, "Envoi de nuit") || e.Detail != "retiré" {
		t.Errorf("%+v", e)
	}
}

func TestTokenFormKeepsWhatWasTyped(t *testing.T) {
	w := newWatch(t)
	page := w.post("/administration/jetons/nouveau", url.Values{"nom": {"Essai <b>"}, "editeur": {"ALPHA"}, "lecture": {"oui"}, "portee": {"choisis"}, "fin": {"hier"},
		"etablissement": {string(belvedere.UAIFromNumber(990002))}})
	if page.Code != http.StatusUnprocessableEntity {
		t.Fatal(page.Code)
	}
	wants(t, page.Body.String(), `value="Essai &lt;b&gt;"`, `value="ALPHA"`, "lettres minuscules", "2 points sont à corriger", `href="#champ-editeur"`, `aria-invalid="true"`,
		`value="`+string(belvedere.UAIFromNumber(990002))+`" checked`)
	if list, _ := w.reg.ListTokens(t.Context()); len(list) != 0 {
		t.Errorf("%d tokens were made", len(list))
	}
}

func TestJournalSearch(t *testing.T) {
	w := newWatch(t)
	claire, paul := w.account(t, "Claire@MORVAN", registry.InTerritory), w.account(t, "Paul@LEGALL", registry.InTerritory)
	school := belvedere.UAIFromNumber(990001)
	if err := w.reg.PutPerimeter(t.Context(), "p1", []belvedere.UAI{school}); err != nil {
		t.Fatal(err)
	}
	w.write(t,
		registry.Entry{Account: claire.ID, Login: claire.Login, Action: "consultation", Object: "/social?x=1", From: "192.0.2.1", Perimeter: "*"},
		registry.Entry{Account: paul.ID, Login: paul.Login, Action: "export", Object: "/moyens?format=csv", From: "192.0.2.2", Perimeter: "p1"},
		registry.Entry{Login: "inconnu", Action: "connexion_refusee", Result: "refuse", From: "192.0.2.3", Detail: "<script>alert(1)</script>"},
		registry.Entry{Account: 999, Login: "Ancien@COMPTE", Action: "droits", Object: "compte 3", At: webtest.Published.AddDate(0, 0, 3)},
	)
	for _, c := range []struct {
		query     string
		has, lack string
	}{
		{"", "Paul LEGALL|Claire MORVAN|Chargée de mission|Connexion refusée|Ancien@COMPTE|compte supprimé|&lt;script&gt;", "<script>alert"},
		{"q=192.0.2.2", "Paul LEGALL", "Claire MORVAN</b>"},
		{"q=PAUL@", "Paul LEGALL", "Ancien@COMPTE"},
		{"action=droits", "Ancien@COMPTE", "Paul LEGALL"},
		{"resultat=refuse", "Connexion refusée", "Paul LEGALL"},
		{"etablissement=" + string(school), "Paul LEGALL|Claire MORVAN", "Ancien@COMPTE"},
		{"etablissement=" + string(belvedere.UAIFromNumber(990002)), "Claire MORVAN", "Paul LEGALL"},
		{fmt.Sprint("compte=", paul.ID), "Paul LEGALL|Toutes les personnes", "Ancien@COMPTE"},
		{"du=" + webtest.Published.AddDate(0, 0, 2).Format(time.DateOnly), "Ancien@COMPTE", "Paul LEGALL"},
		{"au=" + webtest.Published.Format(time.DateOnly), "Paul LEGALL", "Ancien@COMPTE"},
		{"q=rien-de-tel", "Aucune entrée", "Paul LEGALL"},
	} {
		page := w.get("/administration/journal?" + c.query)
		if page.Code != http.StatusOK {
			t.Errorf("%s: %d", c.query, page.Code)
			continue
		}
		body := page.Body.String()
		body = body[strings.Index(body, "<main"):]
		wants(t, body, strings.Split(c.has, "|")...)
		if strings.Contains(body, c.lack) {
			t.Errorf("%s shows %s", c.query, c.lack)
		}
	}
	for _, query := range []string{"action=rien", "resultat=rien", "du=demain", "au=x", "etablissement=x", "compte=x", "compte=-1", "page=0"} {
		if page := w.get("/administration/journal?" + query); page.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", query, page.Code)
		}
	}
	if e := w.journal.list[0]; e.Action != "journal" || e.Login != "Claire@MORVAN" {
		t.Errorf("reading the journal leaves %+v", e)
	}
}

func TestJournalFile(t *testing.T) {
	w := newWatch(t)
	var entries []registry.Entry
	for i := range 4321 {
		entries = append(entries, registry.Entry{Login: fmt.Sprintf("=cmd|%d", i), Action: "consultation", Object: "@SUM(1)", Detail: "a;b\"c\r\nd"})
	}
	w.write(t, entries...)
	file := w.get("/administration/journal/export.csv?action=consultation")
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body.String(), "\uFEFF")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 4322 {
		t.Fatalf("%d lines, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		if row[0] != fmt.Sprint(4321-i) {
			t.Fatalf("line %d holds entry %s", i+1, row[0])
		}
		for _, cell := range row[2:] {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Fatalf("a spreadsheet would run %q", cell)
			}
		}
	}
	if e := w.journal.list[len(w.journal.list)-1]; e.Action != "export" || !strings.Contains(e.Detail, "action=consultation") {
		t.Errorf("the file leaves %+v", e)
	}
}

func TestChainOfTheJournal(t *testing.T) {
	w := newWatch(t)
	wants(t, w.get("/administration/journal").Body.String(), "pas encore été vérifié")
	wants(t, w.get(w.must(t, "/administration/journal/verification", url.Values{})).Body.String(), "tel qu’il a été écrit", "12 entrées", "12-abcd")
	w.chain.Message = "l’entrée 17 a été modifiée"
	wants(t, w.get(w.must(t, "/administration/journal/verification", url.Values{})).Body.String(), "Atteint", "17 a été modifiée")
}

// TestWhoMayWatch asks each page as each role; a refusal shows nothing, a question changes nothing.
func TestWhoMayWatch(t *testing.T) {
	w := newWatch(t)
	claire := w.account(t, "Claire@MORVAN", registry.InTerritory)
	w.write(t, registry.Entry{Account: claire.ID, Login: claire.Login, Action: "consultation", Object: "/secret-page", Perimeter: "*"})
	_, made, err := (&admin.Tokens{Registry: w.reg, Schools: manySchools(2)}).Create(t.Context(), w.as, admin.TokenForm{Name: "Secret token", Vendor: "alpha", Read: true, AllSchools: true})
	if err != nil {
		t.Fatal(err)
	}
	own := []belvedere.UAI{belvedere.UAIFromNumber(990001)}
	account := func(change func(*belvedere.Viewer)) belvedere.Viewer {
		v := belvedere.Viewer{ID: 5, Login: "x", Kind: belvedere.AccountViewer, Strong: true}
		change(&v)
		return v
	}
	revoke := fmt.Sprintf("/administration/jetons/%d/retirer", made.ID)
	for name, c := range map[string]struct {
		as                                    belvedere.Viewer
		tokens, journal, seen, why, afterPost int
	}{
		"nobody":        {belvedere.Viewer{}, 303, 303, 303, 303, 401},
		"reader":        {account(func(*belvedere.Viewer) {}), 403, 403, 403, 200, 403},
		"school":        {account(func(v *belvedere.Viewer) { v.School, v.Scope.Own, v.Scope.Schools = true, own, own }), 403, 403, 200, 200, 403},
		"auditor":       {account(func(v *belvedere.Viewer) { v.Auditor = true }), 403, 200, 403, 200, 403},
		"weak auditor":  {account(func(v *belvedere.Viewer) { v.Auditor, v.Strong = true, false }), 303, 303, 303, 303, 303},
		"administrator": {account(func(v *belvedere.Viewer) { v.Admin = true }), 200, 200, 403, 200, 303},
		"weak admin":    {account(func(v *belvedere.Viewer) { v.Admin, v.Strong = true, false }), 303, 303, 303, 303, 303},
	} {
		w.as = c.as
		for address, want := range map[string]int{
			"/administration/jetons": c.tokens, "/administration/jetons/nouveau": c.tokens, revoke: c.tokens,
			"/administration/journal": c.journal, "/administration/journal/export.csv": c.journal, "/etablissement/consultations": c.seen, "/pourquoi": c.why,
		} {
			page := w.get(address)
			if page.Code != want || want >= 300 && strings.Contains(page.Body.String(), "secret-page") || want >= 300 && strings.Contains(page.Body.String(), "Secret token") {
				t.Errorf("%s, %s: %d, want %d", name, address, page.Code, want)
			}
		}
		if name != "administrator" {
			if page := w.post(revoke, url.Values{}); page.Code != c.afterPost {
				t.Errorf("%s withdraws a token: %d", name, page.Code)
			}
			if page := w.post("/administration/jetons/nouveau", url.Values{"nom": {"a"}, "editeur": {"bb"}, "lecture": {"oui"}, "portee": {"tous"}}); page.Code != c.afterPost {
				t.Errorf("%s makes a token: %d", name, page.Code)
			}
		}
	}
	if list, _ := w.reg.ListTokens(t.Context()); len(list) != 1 || !list[0].Revoked.IsZero() {
		t.Errorf("tokens after all that: %+v", list)
	}
}

func TestSchoolSeesItsReaders(t *testing.T) {
	w := newWatch(t)
	claire, paul := w.account(t, "Claire@MORVAN", registry.InTerritory), w.account(t, "Paul@LEGALL", registry.InSchool)
	mine, other := belvedere.UAIFromNumber(990001), belvedere.UAIFromNumber(990002)
	for name, school := range map[string]belvedere.UAI{"p-mine": mine, "p-other": other} {
		if err := w.reg.PutPerimeter(t.Context(), name, []belvedere.UAI{school}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := (&admin.Tokens{Registry: w.reg, Schools: manySchools(2)}).Create(t.Context(), w.as, admin.TokenForm{Name: "Tableau", Vendor: "alpha", Read: true, AllSchools: true}); err != nil {
		t.Fatal(err)
	}
	lately := webtest.Published
	w.write(t,
		registry.Entry{Account: claire.ID, Login: claire.Login, Action: "consultation", Object: "/social/par-etablissement?etablissement=" + string(other) + "," + string(mine), Perimeter: "*", At: lately},
		registry.Entry{Account: claire.ID, Login: claire.Login, Action: "export", Door: "fichier", Object: "/moyens/par-etablissement?format=xlsx", Perimeter: "p-mine", At: lately},
		registry.Entry{Login: "Tableau", Action: "consultation", Door: "api", Object: "/api/v1/donnees?indicateurs=eleves&etablissement=" + string(mine), Perimeter: "p-mine", At: lately.AddDate(0, -1, 0)},
		registry.Entry{Account: claire.ID, Login: claire.Login, Action: "consultation", Object: "/secret-of-the-other", Perimeter: "p-other", At: lately},
		registry.Entry{Account: claire.ID, Login: claire.Login, Action: "consultation", Object: "/refused", Result: "refuse", Perimeter: "p-mine", At: lately},
		registry.Entry{Account: claire.ID, Login: claire.Login, Action: "droits", Object: "grant-of-rights", Perimeter: "p-mine", At: lately},
		registry.Entry{Account: paul.ID, Login: paul.Login, Action: "consultation", Object: "/", Perimeter: "p-mine", At: lately},
	)
	w.as = belvedere.Viewer{ID: paul.ID, Login: paul.Login, Kind: belvedere.AccountViewer, School: true, Scope: belvedere.Scope{AllWidgets: true, Schools: []belvedere.UAI{mine}, Own: []belvedere.UAI{mine}}}
	page := w.get("/etablissement/consultations").Body.String()
	wants(t, page, "4 lectures", "Claire MORVAN", "Chargée de mission", "Social", "Moyens généraux &gt; Par établissement", "Fichier XLSX", "Tableau", "jeton de l’éditeur alpha", "Question : Élèves", "Paul LEGALL")
	for _, never := range []string{string(other), "secret-of-the-other", "/refused", "grant-of-rights"} {
		if strings.Contains(page, never) {
			t.Errorf("the page shows %s", never)
		}
	}
	months := plain(page[strings.Index(page, `id="mois"`):])
	if !strings.Contains(months, " 2 1 ") || !strings.Contains(months, " 1 0 ") {
		t.Errorf("months: %s", months)
	}
	answer := func(asked string) string {
		r := w.get("/etablissement/consultations?etablissement=" + asked)
		if r.Code != http.StatusNotFound {
			t.Errorf("%s: %d", asked, r.Code)
		}
		return plain(strings.ReplaceAll(r.Body.String(), asked, ""))
	}
	if a, b := answer(string(other)), answer(string(belvedere.UAIFromNumber(123456))); a != b {
		t.Errorf("a school that exists answers\n%s\nand one that does not\n%s", a, b)
	}
	answer("x")
	if r := w.get("/etablissement/consultations?etablissement=" + string(mine)); r.Code != http.StatusOK {
		t.Errorf("its own by name: %d", r.Code)
	}
}

func TestWhy(t *testing.T) {
	w := newWatch(t)
	w.explain = rights.Explanation{Decides: 1, Ask: "Demandez à Paul LEGALL (paul@exemple.fr), qui représente l’établissement.", Gates: []rights.Gate{
		{Name: "Vos droits", Asked: true, Passed: true, Rule: "Toutes les rubriques vous sont ouvertes."}, {Name: "Convention", Asked: true, Rule: "La convention n° 12 a été retirée."},
		{Name: "Destinataires", Rule: "Cette règle n’est pas examinée."}, {Name: "Règles de diffusion", Rule: "Cette règle n’est pas examinée."}}}
	school := belvedere.UAIFromNumber(990001)
	page := w.get("/pourquoi?indicateur=eleves&etablissement=" + string(school)).Body.String()
	wants(t, page, "La convention n° 12 a été retirée.", `class="decides"`, "décide", "accordé", "non examiné", `href="mailto:paul@exemple.fr"`, string(school))
	if w.asked.Indicator == nil || w.asked.Indicator.Code != "eleves" || w.asked.School != school {
		t.Errorf("asked %+v", w.asked)
	}
	page = w.get("/pourquoi?page=" + url.QueryEscape("/moyens/par-etablissement?etablissement="+string(school))).Body.String()
	wants(t, page, "Les chiffres de cette page", "/pourquoi?etablissement="+string(school)+"&amp;indicateur=internes")
	if w.asked.Page == nil || w.asked.Page.Path != "/moyens/par-etablissement" || w.asked.School != school {
		t.Errorf("asked %+v", w.asked)
	}
	w.explain.Decides = -1
	wants(t, w.get("/pourquoi?indicateur=eleves").Body.String(), "Aucune règle ne retient ce chiffre pour vous.")
	wants(t, w.get("/pourquoi").Body.String(), "Demander pour un chiffre")
	for address, want := range map[string]int{
		"/pourquoi?indicateur=rien": 404, "/pourquoi?page=/rien": 404, "/pourquoi?page=https://example.org/": 404, "/pourquoi?rubrique=rien": 404,
		"/pourquoi?indicateur=eleves&etablissement=x": 400, "/pourquoi?page=%25zz": 400, "/pourquoi?indicateur=%3Cscript%3E": 404,
	} {
		if r := w.get(address); r.Code != want || strings.Contains(r.Body.String(), "<script>alert") {
			t.Errorf("%s: %d", address, r.Code)
		}
	}
}

// TestRulesAreOneLinkAway follows the ways that lead from a withheld figure to the rule.
func TestRulesAreOneLinkAway(t *testing.T) {
	w := newWatch(t)
	page := w.get("/social/par-etablissement").Body.String()
	wants(t, page, `data-why-link`, `/pourquoi?indicateur=`, `data-indicateur="`, `data-etablissement="`, `href="/pourquoi?page=%2Fsocial%2Fpar-etablissement`, "Aucune convention en vigueur ne partage")
	plainly := newConsole(t).get("/social/par-etablissement").Body.String()
	for _, never := range []string{"/pourquoi?", "data-why-link", "data-indicateur"} {
		if strings.Contains(plainly, never) {
			t.Errorf("a console without explanations holds %s", never)
		}
	}
	w.as.Admin, w.as.Scope = false, belvedere.Scope{AllSchools: true, Widgets: map[string]bool{}}
	refused := w.get("/social/par-etablissement")
	if refused.Code != http.StatusForbidden {
		t.Errorf("a page of closed widgets: %d", refused.Code)
	}
	wants(t, refused.Body.String(), `href="/pourquoi?page=`+url.QueryEscape("/social/par-etablissement"), "Voir la règle qui décide")
}

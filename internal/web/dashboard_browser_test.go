package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/dashboard"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/territory/ingest"
)

// wholeConsole is the whole program with some files published and agreements in force.
func wholeConsole(t *testing.T, files map[string]string) *app.App {
	t.Helper()
	c := config.Default()
	c.Data = t.TempDir()
	a, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	var seqs []int64
	for dataset, file := range files {
		d, _, err := a.Ingest.Accept(t.Context(), ingest.Submission{Source: "essai", Dataset: dataset, FileName: dataset + ".csv", Body: strings.NewReader(file)})
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, d.Seq)
	}
	if _, err := a.Ingest.Process(t.Context(), seqs, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Registry.PutAgreement(t.Context(), registry.Agreement{AllThemes: true, Basis: "coresponsabilité", From: belvedere.Date(2000, 9, 1)}); err != nil {
		t.Fatal(err)
	}
	return a
}

// someone keeps an active account.
func someone(t *testing.T, a *app.App, x registry.Account) registry.Account {
	t.Helper()
	now := time.Now()
	x.Login = x.FirstName + "@" + x.LastName
	x.Email, x.EmailConfirmed, x.State, x.AllWidgets, x.Created = strings.ToLower(x.LastName)+"@exemple.fr", now, registry.Active, true, now
	x, err := a.Registry.CreateAccount(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// enters serves the console and signs an account in with the browser.
func enters(t *testing.T, ctx context.Context, a *app.App, x registry.Account) (address string) {
	t.Helper()
	server := httptest.NewServer(nil)
	t.Cleanup(server.Close)
	a.Config.URL = server.URL
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = handler
	link, err := a.Auth.EntryLink(t.Context(), x, 0)
	if err != nil {
		t.Fatal(err)
	}
	link = server.URL + link[strings.Index(link, "/entree/"):]
	soon, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(soon, chromedp.Navigate(link), chromedp.WaitVisible(".door-go button"), chromedp.Click(".door-go button"), chromedp.WaitVisible("#contenu .head")); err != nil {
		where, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + ' ' + document.body.innerText.slice(0, 600)"))
		t.Fatal(err, where)
	}
	return server.URL
}

// composing is a whole console with some figures, signed in as an author in a browser, and a
// dashboard of the author's own.
func composing(t *testing.T, ctx context.Context) (address string, a *app.App, b *dashboard.Board) {
	t.Helper()
	a = wholeConsole(t, map[string]string{
		"etablissements": "etablissement;nom;type;commune\n0990001N;Jean-Jaurès;college;Ville\n0990002P;Jacques-Prévert;college;Bourg\n",
		"effectifs":      "etablissement;jour;niveau;sexe;eleves\n0990001N;2024-10-01;6eme;F;110\n0990001N;2025-10-01;6eme;F;120\n0990001N;2025-10-01;5eme;F;98\n0990002P;2025-10-01;6eme;F;77\n",
	})
	now := time.Now()
	x := someone(t, a, registry.Account{FirstName: "Denis", LastName: "AUTEUR", Place: registry.InTerritory, AllSchools: true})
	if _, err := a.Registry.CreateGrant(t.Context(), registry.Grant{Grant: belvedere.Grant{Account: x.ID, Capability: belvedere.Author, AllSchools: true, Level: belvedere.Totals, Purpose: "pilotage",
		Approver: "La direction", From: now.Add(-time.Hour), Until: now.AddDate(0, 6, 0)}, CreatedBy: "essai", Created: now}); err != nil {
		t.Fatal(err)
	}
	v, err := a.ViewerOf(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	b, err = a.Dashboards.Create(t.Context(), v, belvedere.Dashboard{Title: "Effectifs de la rentrée", Description: "Pour la réunion du lundi.", Filters: []string{"annee", "type", "niveau"}, Widgets: []belvedere.Tile{
		{ID: "e1", Kind: belvedere.FigureTile, Title: "Élèves", Question: "indicateurs=eleves", Width: 3},
		{ID: "e2", Kind: belvedere.FigureTile, Title: "Élèves de sixième, au titre particulièrement long", Question: "indicateurs=eleves[niveau=6eme]", Width: 3},
		{ID: "e3", Kind: belvedere.ViewTile, Question: "indicateurs=eleves&lignes=niveau&forme=barres", Width: 6, Height: 3},
		{ID: "e4", Kind: belvedere.HeadingTile, Title: "Détail"},
		{ID: "e5", Kind: belvedere.ViewTile, Title: "Par collège", Question: "indicateurs=eleves&lignes=etablissement&colonnes=niveau", Width: 12},
		{ID: "e6", Kind: belvedere.ViewTile, Saved: 99, Title: "Rompu", Width: 6},
		{ID: "e7", Kind: belvedere.ViewTile, Title: "Évolution", Question: "indicateurs=eleves&lignes=annee&forme=lignes", Width: 6, Height: 2},
		{ID: "e8", Kind: belvedere.TextTile, Text: "Un texte simple.\n\nEn deux paragraphes."},
	}}, "")
	if err != nil {
		t.Fatal(err)
	}
	return enters(t, ctx, a, x), a, b
}

// TestDashboardAccessibility asks axe about the pages of dashboards, wide and narrow, light and dark.
func TestDashboardAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	address, _, b := composing(t, ctx)
	one := b.Address()
	list := []struct{ name, address, open string }{
		{"tableaux-de-bord", dashboard.Path, ""}, {"tableau-de-bord", one, ""}, {"tableau-de-bord-filtre", one + "?niveau=6eme&annee=2025", ""},
		{"livre", dashboard.Path + "/direction", ""}, {"nouveau", dashboard.Path + "/nouveau", ""},
		{"nouveau-fautes", dashboard.Path + "/nouveau", "document.querySelector('.form .main-action').click()"},
		{"editeur", one + "/modifier", ""}, {"editeur-geste", one + "/modifier", "document.querySelector('#geste-e1-droite').click()"},
		{"element", one + "/modifier/e3", ""}, {"element-texte", one + "/modifier/e8", ""},
		{"element-nouveau", one + "/modifier/nouveau?genre=vue", "document.querySelector('.form .main-action').click()"},
		{"apercu", one + "/apercu", ""}, {"versions", one + "/versions", ""}, {"partage", one + "/partage", ""}, {"supprimer", one + "/retirer", ""},
	}
	for _, width := range []int64{1440, 390} {
		for _, theme := range []string{"light", "dark"} {
			for _, p := range list {
				name := fmt.Sprintf("tdb-%s-%d-%s", p.name, width, theme)
				t.Run(name, func(t *testing.T) { judge(t, ctx, address+p.address, p.open, string(script), width, theme, name) })
			}
		}
	}
}

// tabTo presses Tab until the element of a selector has the focus.
func tabTo(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	for range 250 {
		here, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf("document.activeElement?.matches(%q) ?? false", selector)))
		if err != nil {
			t.Fatal(err)
		}
		if here {
			return
		}
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("no Tab leads to %s", selector)
}

// TestEditorWithoutMouse composes a dashboard with the keyboard alone: adds, moves, widens, undoes,
// removes, previews and saves, and finds the focus where the gesture was.
func TestEditorWithoutMouse(t *testing.T) {
	browser := newBrowser(t)
	ctx, cancel := context.WithTimeout(browser, 90*time.Second)
	defer cancel()
	address, a, b := composing(t, ctx)
	press := func(selector, ready string) {
		t.Helper()
		tabTo(t, ctx, selector)
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter), chromedp.Sleep(400*time.Millisecond), chromedp.WaitVisible(ready)); err != nil {
			t.Fatal(err)
		}
	}
	read := func(script string) string {
		t.Helper()
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	order := func() string {
		t.Helper()
		return read("[...document.querySelectorAll('[data-tile]')].map(t => t.dataset.tile).join(' ')")
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 1000), chromedp.Navigate(address+b.Address()+"/modifier"), chromedp.WaitVisible("#elements-titre")); err != nil {
		t.Fatal(err)
	}
	press("#geste-e1-droite", "#geste-e1-droite")
	if got := order(); !strings.HasPrefix(got, "e2 e1 e3") {
		t.Errorf("moved right: %s", got)
	}
	if got := read("document.activeElement.id + ' ' + document.querySelector('[data-said]').textContent"); !strings.HasPrefix(got, "geste-e1-droite") || !strings.Contains(got, "place 2 sur 8") {
		t.Errorf("the focus and what is said: %q", got)
	}
	press("#geste-e1-plus_large", "#geste-e1-plus_large")
	press("#geste-e3-bas", "#geste-e3-bas")
	press("#geste-annuler", "#elements-titre")
	if got := order(); !strings.HasPrefix(got, "e2 e1 e3") {
		t.Errorf("undone: %s", got)
	}
	press("#geste-e6-retirer", "#elements-titre")
	press("button[name=genre][value=titre]", "[name=titre]")
	tabTo(t, ctx, "[name=titre]")
	if err := chromedp.Do(ctx, chromedp.KeyEvent("Une partie de plus")); err != nil {
		t.Fatal(err)
	}
	press(".form .main-action", "[data-said]")
	if got := order(); got != "e2 e1 e3 e4 e5 e7 e8 e9" && !strings.HasPrefix(got, "e2 e1 e3 e4 e5 e7 e8 ") {
		t.Errorf("removed and added: %s", got)
	}
	press(".board-save .main-action", ".flash")
	now, err := a.Dashboards.Find(t.Context(), belvedere.Viewer{Kind: belvedere.Operator, Admin: true}, b.Ref)
	if err != nil || now.Held.Version != 2 || len(now.Widgets) != 8 || now.Widgets[1].Width != 4 || now.Widgets[7].Title != "Une partie de plus" {
		t.Errorf("saved %+v, %v", now, err)
	}
}

// director is a console of an institution of twenty departments with long names, signed in as who leads it.
func director(t *testing.T, ctx context.Context) (address string) {
	t.Helper()
	const school = "9990001X"
	files := map[string]string{
		"etablissements": "etablissement;nom;type\n" + school + ";École nationale supérieure des Berges;superieur\n",
		"recrutements":   "etablissement;jour;service;etat_recrutement;postes\n",
		"emplois":        "etablissement;jour;service;categorie_emploi;statut_emploi;sexe;agents;etp\n",
		"inscriptions":   "etablissement;jour;nature_inscription;composante;etape;sexe;statut_inscription;inscrits\n",
		"resultats":      "etablissement;annee;session_examen;issue;composante;etape;code_resultat;resultats\n",
		"budget":         "etablissement;jour;exercice;service;nature_budget;vote;engage;paye\n",
	}
	put := func(dataset, line string, args ...any) {
		files[dataset] += school + ";" + fmt.Sprintf(line, args...) + "\n"
	}
	for year := 2021; year <= 2025; year++ {
		put("recrutements", "%d-10-01;Scolarité;ouvert;%d", year, year-2015)
		put("emplois", "%d-10-01;Scolarité;biatss_a;titulaire;F;%d;%d", year, year-1800, year-1800)
		put("budget", "%d-10-31;%d;Direction;fonctionnement;125209000;%d;98000000", year, year, 101000000+1000*(year-2020))
		for k := range 20 {
			name := fmt.Sprintf("Département des sciences, techniques et procédés numéro %d", k+1)
			put("inscriptions", "%d-10-01;administrative;%s;E%d;F;actif;%d", year, name, k+1, 1000+31*k)
			put("resultats", "%d;annee;admis;%s;E%d;ADM;%d", year, name, k+1, 780)
			put("resultats", "%d;annee;ajourne;%s;E%d;AJ;%d", year, name, k+1, 138)
		}
	}
	a := wholeConsole(t, files)
	return enters(t, ctx, a, someone(t, a, registry.Account{FirstName: "Maud", LastName: "DIRECTRICE", Place: registry.InSchool, Schools: []belvedere.UAI{school}}))
}

// TestDepartmentFilter chooses a department, whose name has commas, in the filters of the page.
func TestDepartmentFilter(t *testing.T) {
	ctx := newBrowser(t)
	address := director(t, ctx)
	steps := []chromedp.Action[chromedp.Void]{chromedp.Navigate(address + dashboard.Path + "/direction"), chromedp.WaitVisible(".board")}
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
	const choose = `(() => { const s = document.querySelector('select[name=composante]'); s.selectedIndex = [...s.options].findIndex(o => o.text.endsWith('numéro 3')); s.form.submit() })()`
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](choose), chromedp.Sleep(time.Second), chromedp.WaitVisible(".board")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.querySelector('.tile .value').textContent + ' ' + document.querySelectorAll('.tile .trouble').length + ' ' + location.search"))
	if err != nil || !strings.HasPrefix(got, "1\u202f062 0 ?") {
		t.Errorf("%q, %v", got, err)
	}
}

// TestDashboardOnOneSheet prints the page of the direction: with twenty departments of long names, and
// with a few, it stands on one sheet and nothing is cut.
func TestDashboardOnOneSheet(t *testing.T) {
	ctx := newBrowser(t)
	address, yes := director(t, ctx), true
	for _, query := range []string{"", "?composante=Departement_des_sciences_techniques_et_procedes_numero_3", "?annee=2019"} {
		if err := chromedp.Do(ctx, chromedp.Navigate(address+dashboard.Path+"/direction"+query), chromedp.WaitVisible(".board")); err != nil {
			t.Fatal(err)
		}
		sheet, err := chromedp.Run(ctx, chromedp.PrintToPDF(func(p *page.PrintToPDFParams) { p.PreferCSSPageSize, p.PrintBackground = &yes, &yes }))
		if err != nil {
			t.Fatal(err)
		}
		if text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.querySelector('.tile .trouble')?.textContent ?? ''")); err != nil || text != "" {
			t.Errorf("%s: %q, %v", query, text, err)
		}
		if dir := os.Getenv("SHOTS"); dir != "" {
			os.WriteFile(dir+"/direction"+fmt.Sprint(len(query))+".pdf", sheet, 0o644)
		}
		if n := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(sheet, -1)); n != 1 {
			class, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.querySelector('.board').className"))
			t.Errorf("%s prints on %d pages (%s)", query, n, class)
		}
	}
}

// TestEditorKeepsWhatIsTyped composes with the keyboard while someone else saves: a saved query and a text are
// added, the other version is told and kept, and the own changes become a copy.
func TestEditorKeepsWhatIsTyped(t *testing.T) {
	browser := newBrowser(t)
	ctx, cancel := context.WithTimeout(browser, 90*time.Second)
	defer cancel()
	address, a, b := composing(t, ctx)
	x, err := a.Registry.AccountByLogin(t.Context(), "Denis@AUTEUR")
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.ViewerOf(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	q, err := a.Saved.Create(t.Context(), v, saved.Draft{Title: "Filles par niveau", State: "indicateurs=eleves&lignes=niveau"})
	if err != nil {
		t.Fatal(err)
	}
	press := func(selector, ready string) {
		t.Helper()
		tabTo(t, ctx, selector)
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter), chromedp.Sleep(400*time.Millisecond), chromedp.WaitVisible(ready)); err != nil {
			t.Fatal(err)
		}
	}
	read := func(script string) string {
		t.Helper()
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 1000), chromedp.Navigate(address+b.Address()+"/modifier"), chromedp.WaitVisible("#elements-titre")); err != nil {
		t.Fatal(err)
	}
	press("button[name=genre][value=texte]", "[name=texte]")
	tabTo(t, ctx, "[name=texte]")
	if err := chromedp.Do(ctx, chromedp.KeyEvent("À relire lundi.")); err != nil {
		t.Fatal(err)
	}
	press(".form .main-action", "[data-said]")
	press("button[name=genre][value=vue]", "[name=q]")
	tabTo(t, ctx, "form[role=search][aria-label='Requêtes enregistrées'] [name=q]")
	if err := chromedp.Do(ctx, chromedp.KeyEvent("filles"+kb.Enter), chromedp.Sleep(500*time.Millisecond), chromedp.WaitVisible("[name=requete]")); err != nil {
		t.Fatal(err)
	}
	tabTo(t, ctx, "[name=requete]")
	if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.ArrowDown)); err != nil {
		t.Fatal(err)
	}
	press(".form .main-action", "[data-said]")
	other := b.Dashboard
	other.Title = "Effectifs revus"
	if _, err := a.Dashboards.Replace(t.Context(), belvedere.Viewer{Kind: belvedere.Operator, Admin: true}, b.Ref, other); err != nil {
		t.Fatal(err)
	}
	press(".board-save .main-action", ".trouble") // the page knew nothing of the other version
	if got := read("location.pathname + ' ' + [...document.querySelectorAll('.trouble')].map(e => e.textContent).join(' ')"); !strings.Contains(got, "/modifier") || !strings.Contains(got, "version 2") || !strings.Contains(got, "copie") {
		t.Errorf("late: %s", got)
	}
	press(".board-save button[value=copier]", ".flash")
	copied, err := a.Dashboards.Find(t.Context(), v, strings.TrimPrefix(read("location.pathname"), dashboard.Path+"/"))
	if err != nil || len(copied.Widgets) != 10 || copied.Widgets[8].Text != "À relire lundi." || copied.Widgets[9].Saved != q.ID || copied.Held.Origin != b.Ref {
		t.Errorf("the copy: %+v, %v", copied, err)
	}
	if kept, err := a.Dashboards.Find(t.Context(), v, b.Ref); err != nil || kept.Title != "Effectifs revus" || kept.Held.Version != 2 || len(kept.Widgets) != 8 {
		t.Errorf("the version of the other: %+v, %v", kept, err)
	}
	if e, err := a.Dashboards.Open(t.Context(), v, b.Ref); err != nil || e.Step != 0 {
		t.Errorf("a draft is left: %+v, %v", e, err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address+b.Address()+"/modifier"), chromedp.WaitVisible("#elements-titre")); err != nil {
		t.Fatal(err)
	}
	press("#geste-e1-retirer", "#elements-titre")
	press(".board-save button[value=abandonner]", "#elements-titre")
	if got := read("document.querySelectorAll('[data-tile]').length + ' ' + document.querySelector('.board-save').textContent"); !strings.HasPrefix(got, "8 ") || !strings.Contains(got, "Rien n’est modifié") {
		t.Errorf("given up: %s", got)
	}
}

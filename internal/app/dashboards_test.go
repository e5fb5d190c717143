package app_test

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/dashboard"
	"belvedere/internal/registry"
)

// boardWorld is a town with two readers of one collège each, one of whom has no right on pupils, and a
// dashboard that is open to all.
func boardWorld(t *testing.T) (*app.App, *dashboard.Board, []belvedere.UAI) {
	t.Helper()
	unprotected(t)
	a, list := town(t)
	a.Now = func() time.Time { return belvedere.Date(2026, 3, 10).Add(12 * time.Hour) }
	agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	d := belvedere.Dashboard{Title: "Essai <script>alert(1)</script>", Description: "\"><img src=x onerror=alert(2)>", Filters: []string{"annee", "etablissement", "niveau"}, Widgets: []belvedere.Tile{
		{ID: "chiffre", Kind: belvedere.FigureTile, Title: "Élèves", Question: "indicateurs=eleves", Width: 3},
		{ID: "table", Kind: belvedere.ViewTile, Question: "indicateurs=eleves&lignes=etablissement", Width: 6},
		{ID: "fixe", Kind: belvedere.ViewTile, Question: "indicateurs=eleves&lignes=niveau&filtre.niveau=6eme&forme=barres", Width: 6},
		{ID: "connexions", Kind: belvedere.FigureTile, Question: "indicateurs=connexions", Width: 3},
		{ID: "absente", Kind: belvedere.ViewTile, Saved: 999, Width: 6},
		{ID: "texte", Kind: belvedere.TextTile, Text: "<b>gras</b> & {{.}} javascript:alert(3)"},
	}}
	b, err := a.Dashboards.Create(t.Context(), byAdmin(), d, "")
	if err != nil {
		t.Fatal(err)
	}
	if b, err = a.Dashboards.Share(t.Context(), byAdmin(), b.Ref, dashboard.Sharing{Kind: registry.SharedAll}); err != nil {
		t.Fatal(err)
	}
	return a, b, list
}

func byAdmin() belvedere.Viewer {
	return belvedere.Viewer{Kind: belvedere.Operator, Admin: true, Name: "Exploitant"}
}

// boardOf answers the dashboard for an account in a state.
func boardOf(t *testing.T, a *app.App, x registry.Account, ref, query string) map[string]*dashboard.TileAnswer {
	t.Helper()
	v, err := a.ViewerOf(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	b, err := a.Dashboards.Find(t.Context(), v, ref)
	if err != nil {
		t.Fatal(err)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Dashboards.Answer(t.Context(), v, b, values, false)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*dashboard.TileAnswer{}
	for i := range answer.Tiles {
		out[answer.Tiles[i].ID] = &answer.Tiles[i]
	}
	return out
}

func boardFigure(t *testing.T, tile *dashboard.TileAnswer) belvedere.Cell {
	t.Helper()
	if tile.Err != "" || tile.Figure == nil || len(tile.Figure.Figures) != 1 {
		t.Fatalf("%s: %s %v", tile.ID, tile.Err, tile.Fault)
	}
	return tile.Figure.Figures[0].Cell
}

// TestDashboardReaders wants two readers with other rights to read other figures on one dashboard, each
// with a receipt of its own, and one broken element to leave the others whole.
func TestDashboardReaders(t *testing.T) {
	a, b, list := boardWorld(t)
	first := member(t, a, registry.Account{FirstName: "Anne", LastName: "PREMIERE", Schools: list[:1], AllWidgets: true})
	second := member(t, a, registry.Account{FirstName: "Denis", LastName: "SECOND", Schools: list[1:2], AllWidgets: true})
	blind := member(t, a, registry.Account{FirstName: "Sans", LastName: "DROIT", Schools: list[:2]})
	one, two, none := boardOf(t, a, first, b.Ref, ""), boardOf(t, a, second, b.Ref, ""), boardOf(t, a, blind, b.Ref, "")
	if x, y := boardFigure(t, one["chiffre"]), boardFigure(t, two["chiffre"]); x.Value != 1000 || y.Value != 2001 {
		t.Errorf("figures %v and %v", x, y)
	}
	if rows := one["table"].View.Result.Rows; len(rows) != 1 || rows[0].Keys[0].Code != string(list[0]) {
		t.Errorf("table of the first: %+v", rows)
	}
	if x, y := one["chiffre"].Result().Receipt.Code, two["chiffre"].Result().Receipt.Code; x == "" || x == y {
		t.Errorf("receipts %q and %q", x, y)
	}
	if kept := none["table"]; !strings.Contains(kept.Err, "Non communiqué") || !kept.Kept || kept.Fault != nil {
		t.Errorf("a table that rights keep back: %q, kept %t, %v", kept.Err, kept.Kept, kept.Fault)
	}
	if c := boardFigure(t, none["chiffre"]); c.State != belvedere.NotShared {
		t.Errorf("without the right: %+v", c)
	}
	if c := boardFigure(t, none["connexions"]); c.State == belvedere.NotShared {
		t.Errorf("what is open to all: %+v", c)
	}
	for who, tiles := range map[string]map[string]*dashboard.TileAnswer{"first": one, "blind": none} {
		if tiles["absente"].Err == "" || tiles["absente"].Kept || tiles["texte"].Err != "" || (who == "first") != (tiles["table"].Err == "") {
			t.Errorf("%s: broken %q, text %q, table %q", who, tiles["absente"].Err, tiles["texte"].Err, tiles["table"].Err)
		}
	}
}

// TestDashboardBar wants one bar for all elements that have the dimension, and the others to say why not.
func TestDashboardBar(t *testing.T) {
	a, b, list := boardWorld(t)
	reader := member(t, a, registry.Account{FirstName: "Anne", LastName: "TOUS", AllSchools: true, AllWidgets: true})
	plain := boardOf(t, a, reader, b.Ref, "")
	school := boardOf(t, a, reader, b.Ref, "etablissement="+string(list[1]))
	if boardFigure(t, plain["chiffre"]).Value != 10006 || boardFigure(t, school["chiffre"]).Value != 2001 || boardFigure(t, school["connexions"]).Value != 20 {
		t.Errorf("one school: %v, %v, %v", boardFigure(t, plain["chiffre"]), boardFigure(t, school["chiffre"]), boardFigure(t, school["connexions"]))
	}
	level := boardOf(t, a, reader, b.Ref, "niveau=5eme")
	if c := boardFigure(t, level["chiffre"]); c.State.Shown() && c.Value == 10006 {
		t.Errorf("another level: %+v", c)
	}
	if boardFigure(t, level["connexions"]).Value != boardFigure(t, plain["connexions"]).Value || len(level["connexions"].Apart) != 1 || !strings.Contains(level["connexions"].Apart[0], "Niveau") {
		t.Errorf("connections have no level: %+v, %q", boardFigure(t, level["connexions"]), level["connexions"].Apart)
	}
	if apart := level["fixe"].Apart; len(apart) != 1 || level["fixe"].View.Result.Rows[0].Cells[0].Value != 10006 {
		t.Errorf("an element with its own level: %q, %+v", apart, level["fixe"].View.Result.Rows)
	}
	year := boardOf(t, a, reader, b.Ref, "annee=2019")
	if c := boardFigure(t, year["chiffre"]); c.State.Shown() {
		t.Errorf("a year without data: %+v", c)
	}
	if got := year["table"].View.Result.Query.Period.Year(); got != 2019 {
		t.Errorf("the table shows %v", got)
	}
}

// TestDashboardPages walks the pages of dashboards over HTTP: hostile texts are texts, who may not
// compose is kept out, files come, and the own first page opens.
func TestDashboardPages(t *testing.T) {
	a, b, _ := boardWorld(t)
	reader := member(t, a, registry.Account{FirstName: "Anne", LastName: "LECTRICE", AllSchools: true, AllWidgets: true})
	author := member(t, a, registry.Account{FirstName: "Denis", LastName: "AUTEUR", AllSchools: true, AllWidgets: true})
	if _, err := a.Registry.CreateGrant(t.Context(), registry.Grant{Grant: belvedere.Grant{Account: author.ID, Capability: belvedere.Author, AllSchools: true, Level: belvedere.Totals,
		Purpose: "pilotage", Approver: "La direction", From: a.Now().Add(-time.Hour), Until: a.Now().AddDate(0, 6, 0)}, CreatedBy: "essai", Created: a.Now()}); err != nil {
		t.Fatal(err)
	}
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(who []string, method, address string, form url.Values, headers ...string) *httptest.ResponseRecorder {
		t.Helper()
		req := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		for i := 0; i+1 < len(who); i += 2 {
			req.Header.Set(who[i], who[i+1])
		}
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		return w
	}
	asReader, asAuthor := enter(t, a, reader), enter(t, a, author)
	page := ask(asReader, "GET", b.Address(), nil)
	body := page.Body.String()
	if page.Code != 200 || strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") || strings.Contains(body, "<b>gras") || !strings.Contains(body, "&lt;b&gt;gras") {
		t.Errorf("page %d shows a text as markup", page.Code)
	}
	for _, format := range []string{"pdf", "xlsx", "csv"} {
		if w := ask(asReader, "GET", b.Address()+"?format="+format, nil); w.Code != 200 || w.Body.Len() < 500 {
			t.Errorf("%s: %d, %d bytes", format, w.Code, w.Body.Len())
		}
	}
	if w := ask(asReader, "GET", "/tableaux-de-bord/abandons?niveau=inconnu", nil); w.Code != 400 || strings.Count(w.Body.String(), "inconnu") > 3 {
		t.Errorf("a filter that names nothing: %d", w.Code)
	}
	if w := ask(asReader, "GET", b.Address()+"?format=docx", nil); w.Code != 400 {
		t.Errorf("unknown format: %d", w.Code)
	}
	for _, closed := range []string{"/tableaux-de-bord/nouveau", b.Address() + "/modifier", b.Address() + "/versions", b.Address() + "/partage", b.Address() + "/apercu"} {
		if w := ask(asReader, "GET", closed, nil); w.Code != 403 {
			t.Errorf("%s for a reader: %d", closed, w.Code)
		}
	}
	if w := ask(asAuthor, "GET", b.Address()+"/modifier", nil); w.Code != 403 {
		t.Errorf("the dashboard of someone else: %d", w.Code)
	}
	if w := ask(asReader, "GET", "/tableaux-de-bord/9999", nil); w.Code != 404 {
		t.Errorf("none: %d", w.Code)
	}
	made := ask(asAuthor, "POST", "/tableaux-de-bord/nouveau", url.Values{"titre": {"Le mien"}})
	mine := strings.TrimSuffix(made.Header().Get("Location"), "/modifier")
	if made.Code != 303 || mine == "" {
		t.Fatalf("made %d %s", made.Code, made.Body)
	}
	added := ask(asAuthor, "POST", mine+"/modifier/nouveau", url.Values{"etape": {"0"}, "genre": {"chiffre"}, "question": {"https://ailleurs.fr/explorateur?indicateurs=eleves&lignes=niveau"}})
	if added.Code != 303 {
		t.Fatalf("added %d %.400s", added.Code, added.Body)
	}
	if w := ask(asAuthor, "POST", mine+"/modifier/nouveau", url.Values{"etape": {"1"}, "genre": {"vue"}}); w.Code != 422 {
		t.Errorf("an element without question: %d", w.Code)
	}
	if w := ask(asAuthor, "POST", mine+"/modifier", url.Values{"etape": {"1"}, "element": {"e1"}, "geste": {"plus_large"}}); w.Code != 303 || !strings.HasSuffix(w.Header().Get("Location"), "#geste-e1-plus_large") {
		t.Errorf("wider: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := ask(asAuthor, "GET", mine+"/apercu", nil); w.Code != 200 || !strings.Contains(w.Body.String(), "10\u202f006") {
		t.Errorf("preview %d", w.Code)
	}
	if w := ask(asAuthor, "POST", mine+"/modifier", url.Values{"etape": {"2"}, "geste": {"enregistrer"}}); w.Code != 303 {
		t.Errorf("saved %d", w.Code)
	}
	if w := ask(asReader, "GET", mine, nil); w.Code != 404 {
		t.Errorf("a private one for someone else: %d", w.Code)
	}
	ask(asReader, "POST", b.Address()+"/accueil", url.Values{"geste": {"choisir"}})
	if w := ask(asReader, "GET", "/", nil); w.Code != 303 || w.Header().Get("Location") != b.Address() {
		t.Errorf("the own first page: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := ask(asReader, "GET", "/", nil, "Referer", "http://example.com/indicateurs"); w.Code != 200 {
		t.Errorf("the first page of the console from within: %d", w.Code)
	}
	var out bytes.Buffer
	api := ask(asReader, "GET", "/api/v1/tableaux-de-bord/"+b.Ref, nil)
	out.ReadFrom(api.Body)
	if api.Code != 200 || !strings.Contains(out.String(), `"valeur": 10006`) || !strings.Contains(out.String(), `"empechement"`) {
		t.Errorf("API %d %.600s", api.Code, out.String())
	}
}

// TestDashboardFiltersStay follows the filters of a dashboard wherever it leads: its files, its sending, the same
// question in the explorer, and the PDF says them.
func TestDashboardFiltersStay(t *testing.T) {
	a, b, list := boardWorld(t)
	reader := member(t, a, registry.Account{FirstName: "Anne", LastName: "FILTRE", AllSchools: true, AllWidgets: true})
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(address string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodGet, address, nil)
		who := enter(t, a, reader)
		req.Header.Set(who[0], who[1])
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		return w
	}
	state := "annee=2025&etablissement=" + string(list[1]) + "&niveau=6eme"
	body := html.UnescapeString(ask(b.Address() + "?" + state).Body.String())
	for _, want := range []string{
		b.Address() + "?" + state + "&format=pdf", url.QueryEscape(b.Address() + "?" + state), "filtre.niveau=6eme", "filtre.etablissement=" + string(list[1]), "Filtre sans effet ici",
	} {
		if !strings.Contains(strings.ReplaceAll(body, "format=pdf&"+state, state+"&format=pdf"), want) {
			t.Errorf("the page does not lead on with %s", want)
		}
	}
	if w := ask(b.Address() + "?" + state + "&format=csv"); w.Code != 200 || !strings.Contains(w.Header().Get("Content-Type"), "zip") {
		t.Errorf("file: %d", w.Code)
	}
}

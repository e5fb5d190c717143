package web_test

import (
	"strings"
	"testing"

	"belvedere/internal/web"
)

func TestAFormLeadsToTheShortAddress(t *testing.T) {
	c := newConsole(t)
	for address, want := range map[string]string{
		"/social/par-etablissement?annee=2025&type=&etablissement=A&etablissement=B": "/social/par-etablissement?annee=2025&etablissement=A,B",
		"/social/par-etablissement?type=&periode=":                                   "/social/par-etablissement",
		"/social/par-etablissement?etablissement=A%2CB":                              "/social/par-etablissement?etablissement=A,B",
	} {
		w := c.get(address)
		if w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", address, w.Code, w.Header().Get("Location"), want)
		}
		if next := c.get(want); next.Code != 200 {
			t.Errorf("%s leads to %d: the reader goes round in circles", want, next.Code)
		}
	}
}

func TestFiltersKeepWhatTheFormDoesNotShow(t *testing.T) {
	body := newConsole(t).get("/social/par-etablissement?tableau=discipline&mode=taux&tri=-c3&edition=9&page=2").Body.String()
	for _, want := range []string{
		`<input type="hidden" name="tableau" value="discipline">`, `<input type="hidden" name="mode" value="taux">`,
		`<input type="hidden" name="tri" value="-c3">`, `<input type="hidden" name="edition" value="9">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(body, `name="page"`) {
		t.Error("the page of the list survives a new choice of filters")
	}
	if !strings.Contains(body, `href="/social/par-etablissement?edition=9&amp;page=2&amp;tableau=discipline&amp;tri=-c3"`) {
		t.Error("no way back to values with the same state")
	}
}

func TestSortedHeading(t *testing.T) {
	body := newConsole(t).get("/social/par-etablissement?tri=-c3").Body.String()
	for _, want := range []string{`aria-sort="descending"`, `href="/social/par-etablissement?tri=c3"`, "Trié par Demi-journées d’absence, 1 à 4, ordre décroissant"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Count(body, "aria-sort") != 1 {
		t.Errorf("%d sorted columns", strings.Count(body, "aria-sort"))
	}
}

func TestStatesShowTheirWords(t *testing.T) {
	body := newConsole(t).get("/social/par-etablissement").Body.String()
	for _, want := range []string{
		">secret</button>", ">non communiqué</button>", ">en attente</button><span class=\"because\">, aucune livraison reçue depuis la rentrée",
		">n.d.</abbr>", ">s.o.</abbr>", `<span class="hidden-words"> partiel</span>`, `<span class="hidden-words"> maximum</span>`, `<span class="hidden-words"> minimum</span>`,
		"Moins de cinq élèves sont concernés.", "au 07/11, 41 jours sur 58", "Les 2 qui manquent", "1\u00a0établissement hors registre",
		"Reçu <code>7KQ2-M9XD</code>", "Édition 412 du 01/12/2025", `href="/social/par-etablissement?edition=412"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestLegendHoldsOnlyWhatOccurs(t *testing.T) {
	c := newConsole(t, func(_ *web.Config, c *console) { c.reports.SchoolsN = 7 })
	body := c.get("/social/par-etablissement").Body.String()
	legend := body[strings.Index(body, `class="legend"`):]
	legend = legend[:strings.Index(legend, "</dl>")]
	if !strings.Contains(legend, "s.o.") {
		t.Error("s.o. is not explained")
	}
	for _, absent := range []string{"secret", "▲", "en attente", "partiel", "n.d."} {
		if strings.Contains(legend, absent) {
			t.Errorf("%s is explained and does not occur", absent)
		}
	}
}

func TestAFailedBlockLeavesThePage(t *testing.T) {
	c := newConsole(t, broken)
	body := c.get("/social/par-etablissement").Body.String()
	for _, want := range []string{"n’a pas pu être calculé", "Aucune ligne ne répond", "<h1>"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestExports(t *testing.T) {
	c := newConsole(t)
	w := c.get("/moyens/par-etablissement?type=clg&format=csv")
	if w.Code != 200 || w.Body.String() != "Moyens généraux par établissement;25\n" || w.Header().Get("Content-Disposition") != "attachment; filename=essai-7kq2-m9xd.csv" {
		t.Errorf("%d %q %q", w.Code, w.Body, w.Header().Get("Content-Disposition"))
	}
	if !c.reports.AllAsked {
		t.Error("the file holds one page of the lines")
	}
	if got := c.reports.Asked[len(c.reports.Asked)-1].Filters["type"]; len(got) != 1 || got[0] != "clg" {
		t.Errorf("the file is not filtered as the page: %v", got)
	}
	for address, status := range map[string]int{
		"/connexions/jours?format=csv&bloc=2": 200, "/connexions/jours?format=csv&bloc=3": 404, "/connexions/jours?format=csv&bloc=x": 400,
		"/moyens/synthese?format=csv&bloc=1": 404, "/?format=exe": 400, "/vide/?format=csv": 404,
	} {
		h := c.get
		if strings.HasPrefix(address, "/vide") {
			h, address = newConsole(t, empty).get, strings.TrimPrefix(address, "/vide")
		}
		if w := h(address); w.Code != status {
			t.Errorf("%s: %d, want %d", address, w.Code, status)
		}
	}
	none := newConsole(t, func(w *web.Config, _ *console) { w.Export = nil })
	if w := none.get("/?format=csv"); w.Code != 404 {
		t.Errorf("without exporter: %d", w.Code)
	}
	if strings.Contains(none.get("/").Body.String(), "format=") {
		t.Error("files are offered that nobody makes")
	}
}

func TestAThousandSchools(t *testing.T) {
	c := newConsole(t, large)
	w := c.get("/social/par-etablissement", header("Accept-Encoding", "gzip"))
	body := unzip(t, w.Header(), w.Body)
	if n := strings.Count(body, `type="checkbox" name="etablissement"`); n != 1000 {
		t.Errorf("%d boxes", n)
	}
	if !strings.Contains(body, "Tous (1\u202f000)") {
		t.Error("the closed list does not say how many")
	}
	if !strings.Contains(body, `href="/social/par-etablissement?page=2"`) {
		t.Error("no second page")
	}
	if n := strings.Count(body, "<h2 id=\"pourquoi"); n > 70 {
		t.Errorf("%d panels", n)
	}
}

func TestSearch(t *testing.T) {
	c := newConsole(t)
	for text, want := range map[string]string{
		"absence":  `href="/indicateurs#absences"`,
		"ÉLÈVES":   `href="/indicateurs#eleves"`,
		"assiduit": `href="/social/par-etablissement"`,
		"31":       `href="/indicateurs#sanctions"`,
		"lurçat":   `href="/moyens/par-etablissement?etablissement=`,
	} {
		if body := c.get("/recherche?q=" + text).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%q does not find %s", text, want)
		}
	}
	body := c.get("/recherche?q=" + hostile).Body.String()
	if strings.Contains(body, "<img") || strings.Contains(body, "alert(1)</script>") {
		t.Error("the text of a search became markup")
	}
	if w := c.get("/recherche?q=" + strings.Repeat("a", 5000)); w.Code != 200 || !strings.Contains(w.Body.String(), "«\u00a0"+strings.Repeat("a", 200)+"\u00a0»") {
		t.Errorf("a long text: %d", w.Code)
	}
}

func TestDefinitions(t *testing.T) {
	c := newConsole(t)
	body := c.get("/indicateurs").Body.String()
	for _, want := range []string{
		`id="internes"`, "internes (niveau\u00a0: 6ème ou 5ème)", "Part des internes\u00a0: internes ÷ élèves, en\u202f%", "2 × (élèves + 1,50)",
		"Mission d’intérêt public", "Établissements seuls", "Réservé aux établissements", "Absence, Sanction", "seuil de 5 personnes",
		`href="/social/par-etablissement">Assiduité par établissement</a>`, "6\u00a0indicateurs",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	body = c.get("/indicateurs?q=decrochage+ABSENCE").Body.String()
	if strings.Contains(body, `id="absences"`) {
		t.Error("all words of a search must stand in the definition")
	}
	body = c.get("/indicateurs?q=eleves+classe").Body.String()
	if !strings.Contains(body, `id="absences"`) || strings.Contains(body, `id="sanctions"`) {
		t.Error("a search without accents does not find the definition")
	}
	body = c.get("/indicateurs?page=connexions_jours").Body.String()
	if !strings.Contains(body, `id="connexions"`) || strings.Contains(body, `id="absences"`) {
		t.Error("the definitions of a page are not those that it shows")
	}
}

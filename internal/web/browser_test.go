package web_test

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"belvedere/internal/web"
)

var (
	axe   = flag.String("axe", os.Getenv("AXE"), "axe.min.js; TestAccessibility runs it over the pages")
	shots = flag.String("shots", "", "folder where TestAccessibility keeps a picture of each page")
)

// pagesToSee are the pages of the made-up console, with what to open in them before they are judged.
var pagesToSee = []struct{ name, address, open string }{
	{"accueil", "/", ""},
	{"menu", "/", "const menu = document.querySelector('.menu-button'); if (menu.checkVisibility()) menu.click()"},
	{"moyens", "/moyens/par-etablissement?mode=taux", ""},
	{"synthese", "/moyens/synthese", "document.querySelectorAll('details').forEach(d => { if (d.matches('.twin-data')) d.open = true })"},
	{"jours", "/connexions/jours", ""},
	{"heures", "/connexions/heures", ""},
	{"social", "/social/par-etablissement?type=clg&tri=-c1", ""},
	{"pourquoi", "/social/par-etablissement", "document.querySelector('.why-button').click()"},
	{"choix", "/social/par-etablissement?etablissement=0990001L", "const sheet = document.querySelector('.sheet-button'); if (sheet.checkVisibility()) sheet.click(); document.querySelector('.chooser').open = true"},
	{"indicateurs", "/indicateurs", ""},
	{"recherche", "/recherche?q=jean", ""},
	{"livraisons", "/livraisons", ""},
	{"livraison", "/livraisons/3", ""},
	{"refusee", "/livraisons/2", ""},
	{"editions", "/editions", ""},
	{"edition", "/editions/408", ""},
	{"ecart", "/ecart?a=7KQ2-M9XD&b=1+114", ""},
	{"ecart-a-remplir", "/ecart?a=7KQ2-M9XD", ""},
	{"hors-registre", "/etablissements/hors-registre", ""},
	{"explorateur", "/explorateur?indicateurs=eleves,classes&lignes=type&filtre.type=college&detail=0.1", "document.querySelectorAll('.explorer details:not(.chooser)').forEach(d => { d.open = true })"},
	{"explorateur-nuage", "/explorateur?forme=nuage&indicateurs=eleves,classes&lignes=type", ""},
	{"requetes", "/requetes", ""},
	{"requete", "/requetes/2", ""},
	{"couverture", "/couverture", "document.querySelectorAll('details').forEach(d => { if (d.matches('.perimeter')) d.open = true })"},
	{"couverture-jeu", "/couverture?jeu=effectifs", ""},
	{"comparaison", "/comparaison?etablissement=0990001N", ""},
	{"comparaison-choix", "/comparaison", ""},
	{"introuvable", "/nulle-part", ""},
	{"vide", "/vide/", ""},
	{"panne", "/panne/social/par-etablissement", ""},
	{"erreur", "/panne/", ""},
}

// TestAccessibility opens every page in a browser, wide and narrow, light and dark, and asks
// axe: no violation. It also holds that no
// page scrolls sideways.
func TestAccessibility(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil || *axe == "" {
		t.Skip("needs chromium and -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(variants(t))
	defer server.Close()
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true))...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil { // starts the browser, which lives as long as ctx
		t.Fatal(err)
	}
	for _, width := range []int64{1440, 390, 320} {
		for _, theme := range []string{"light", "dark"} {
			for _, p := range pagesToSee {
				name := p.name + "-" + map[int64]string{1440: "1440", 390: "390", 320: "320"}[width] + "-" + theme
				t.Run(name, func(t *testing.T) { judge(t, ctx, server.URL+p.address, p.open, string(script), width, theme, name) })
			}
		}
	}
}

// verdict is what the page says of itself.
type verdict struct {
	Violations []struct {
		ID    string `json:"id"`
		Help  string `json:"help"`
		Nodes []struct {
			HTML    string `json:"html"`
			Failure string `json:"failureSummary"`
		} `json:"nodes"`
	} `json:"violations"`
	Wide int64 `json:"wide"`
}

const ask = `(async () => {
	const found = await axe.run(document, {resultTypes: ['violations']});
	return JSON.stringify({violations: found.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => ({html: n.html, failureSummary: n.failureSummary}))})),
		wide: document.documentElement.scrollWidth});
})()`

func judge(t *testing.T, parent context.Context, address, open, axe string, width int64, theme, name string) {
	ctx, cancel := context.WithTimeout(parent, 40*time.Second)
	defer cancel()
	steps := []chromedp.Action[chromedp.Void]{
		chromedp.EmulateViewport(width, 1000, emulateMobile(width)),
		colours(theme),
		chromedp.Navigate(address),
		chromedp.WaitVisible("#contenu"),
	}
	if open != "" {
		steps = append(steps, chromedp.Evaluate[chromedp.Void](open), chromedp.Sleep(250*time.Millisecond))
	}
	if err := chromedp.Do(ctx, append(steps, chromedp.Evaluate[chromedp.Void](axe))...); err != nil {
		t.Fatal(err)
	}
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](ask, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if *shots != "" {
		picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*shots, name+".png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var v verdict
	if err := json.Unmarshal([]byte(answer), &v); err != nil {
		t.Fatal(err)
	}
	for _, one := range v.Violations {
		for _, n := range one.Nodes {
			t.Errorf("%s: %s\n%s\n%s", one.ID, one.Help, n.HTML, n.Failure)
		}
	}
	if v.Wide > width {
		t.Errorf("the page scrolls sideways by %d px", v.Wide-width)
	}
}

func emulateMobile(width int64) chromedp.EmulateViewportOption {
	if width < 500 {
		return chromedp.EmulateMobile
	}
	return chromedp.EmulateScale(1)
}

// variants serves the made-up console and, under prefixes, its unhappy forms.
func variants(t testing.TB) http.Handler {
	mux := http.NewServeMux()
	for prefix, change := range map[string]func(*web.Config, *console){"/vide": empty, "/grand": large, "/panne": broken} {
		mux.Handle(prefix+"/", http.StripPrefix(prefix, newConsole(t, change)))
	}
	mux.Handle("/", explorers(t))
	return mux
}

// colours makes the browser prefer a theme, as its system would.
func colours(theme string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		p := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, p)
		return chromedp.Void{}, err
	}
}

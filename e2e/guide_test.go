package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"belvedere"
)

var guideDir = filepath.Join("..", "docs", "guide")

// A picture of the guide. Open is what to do in the page before it is taken, who looks at it (the
// administrator, unless someone is named).
type picture struct {
	name, address, open, who string
	width                    int64
	theme                    string
}

// nobody is who stands before the door.
const nobody = "-"

// peoplePictures are those of accounts, rights, conventions and the journal.
func peoplePictures(t testing.TB) []picture {
	t.Helper()
	s := atStand(t)
	s.invite(t)
	reader := s.server.signedIn(t, demoDirector)
	for _, address := range []string{"/moyens/par-etablissement", "/social/par-etablissement", "/connexions/synthese"} {
		reader.get(t, address) // so that a school sees who read its figures
	}
	user := fmt.Sprint("/administration/utilisateurs/", s.accountNumber(t, demoProjects))
	school := firstMatch(t, s.visitor(t), "/administration/etablissements", `href="(/administration/etablissements/\d{7}[A-Z])"`)
	agreement := firstMatch(t, s.visitor(t), "/administration/conventions", `href="(/administration/conventions/\d+)"`)
	return []picture{
		{name: "pourquoi-regles", address: "/pourquoi?page=%2Fsocial%2Fpar-etablissement"},
		{name: "connexion", address: "/connexion", who: nobody},
		{name: "compte-securite", address: "/compte/securite", who: demoDirector},
		{name: "compte-droits", address: "/compte/droits", who: demoProjects},
		{name: "utilisateurs", address: "/administration/utilisateurs"}, {name: "utilisateur", address: user}, {name: "autorisations", address: user + "/autorisations"},
		{name: "conventions", address: "/administration/conventions"}, {name: "convention", address: agreement},
		{name: "journal", address: "/administration/journal"}, {name: "consultations", address: "/etablissement/consultations", who: demoPrincipal},
		{name: "explorateur", address: "/explorateur?indicateurs=resultats_annee,heures_enseignement&lignes=composante&annee=2025", who: demoController},
		{name: "nuage", address: "/explorateur?indicateurs=inscrits,heures_enseignement&lignes=composante,niveau&forme=nuage", who: demoController},
		{name: "formule", address: "/formules/nouvelle", who: demoController},
		{name: "tableau-de-bord", address: "/tableaux-de-bord/direction", who: demoEngineers},
		{name: "tableaux-de-bord", address: "/tableaux-de-bord", who: demoController},
		{name: "extraction", address: "/extractions/nouvelle", who: demoController},
		{name: "demandes", address: "/demandes", who: demoController},
		{name: "gouvernance", address: "/gouvernance", who: demoController}, {name: "coherence", address: "/gouvernance/coherence", who: demoRegistrar},
		{name: "jeux", address: "/jeux"}, {name: "personnes", address: "/ecole/9990201P/personnes", who: demoRegistrar},
		{name: "territoire", address: "/administration/territoire"}, {name: "etablissement", address: school}, {name: "jeton", address: "/administration/jetons/nouveau"},
	}
}

// pictures are one of each declared page, wide and on a phone, and those of the house.
func pictures(t testing.TB) []picture {
	var list []picture
	for _, p := range model(t).Pages {
		who := ""
		if p.Section == "superieur" {
			who = demoEngineers // whose school the pages are about
		}
		list = append(list, picture{name: imageName(p), address: p.Path, width: 1440, who: who})
		if who == "" {
			list = append(list, picture{name: imageName(p) + "-telephone", address: p.Path, width: 390})
		}
	}
	house := []picture{
		{name: "indicateurs", address: "/indicateurs"},
		{name: "livraisons", address: "/livraisons"},
		{name: "livraison-defauts", address: faultyDelivery(t)},
		{name: "livraison-refusee", address: refusedDelivery(t)},
		{name: "editions", address: "/editions"},
		{name: "hors-registre", address: "/etablissements/hors-registre"},
		{name: "comparaison", address: "/comparaison?etablissement=9990002Y"},
		{name: "couverture", address: "/couverture?jeu=assiduite"},
		{name: "perimetre-constant", address: "/moyens/synthese?perimetre=constant"},
		{name: "recherche", address: "/recherche?q=absence"},
		{name: "introuvable", address: missingPage},
		{name: "assiduite-taux", address: "/social/par-etablissement?tableau=assiduite&mode=taux"},
		{name: "individus", address: "/connexions/par-etablissement?tableau=individus"},
		{name: "non-communique", address: "/social/par-etablissement?tableau=discipline"},
		{name: "pourquoi", address: "/social/par-etablissement?tableau=discipline", open: `document.querySelector('.why-button')?.click()`},
		{name: "choix-etablissements", address: "/moyens/par-etablissement", open: `document.querySelector('.chooser').open = true`},
	}
	for _, p := range append(house, peoplePictures(t)...) {
		p.width = 1440
		list = append(list, p)
	}
	for _, p := range []picture{{name: "livraisons-telephone", address: "/livraisons"}, {name: "menu-telephone", address: "/", open: `document.querySelector('[popovertarget=menu]')?.click()`},
		{name: "filtres-telephone", address: "/moyens/par-etablissement", open: `document.querySelector('[popovertarget=filtres]')?.click()`}} {
		p.width = 390
		list = append(list, p)
	}
	for _, p := range []picture{{name: "accueil-sombre", address: "/"}, {name: "social_synthese-sombre", address: "/social/synthese"},
		{name: "moyens_par_etablissement-sombre", address: "/moyens/par-etablissement"}} {
		p.width, p.theme = 1440, "dark"
		list = append(list, p)
	}
	return list
}

// imageName is the picture of a declared page.
func imageName(p *belvedere.Page) string { return strings.ReplaceAll(p.Code, "/", "-") }

// TestGuide takes the pictures of the user guide again.
func TestGuide(t *testing.T) {
	if os.Getenv("BELVEDERE_GUIDE") == "" {
		t.Skip("takes the pictures of the guide when BELVEDERE_GUIDE is set: make guide")
	}
	dir := filepath.Join(guideDir, "images")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	only := regexp.MustCompile(os.Getenv("BELVEDERE_GUIDE_ONLY"))
	tabs := map[string]*tab{"": newTab(t), nobody: strangeTab(t, atStand(t).server)}
	for _, p := range pictures(t) {
		if !only.MatchString(p.name) {
			continue
		}
		if tabs[p.who] == nil {
			tabs[p.who] = newTabOf(t, p.who)
		}
		b := tabs[p.who]
		theme := p.theme
		if theme == "" {
			theme = "light"
		}
		b.size(t, p.width)
		b.colours(t, theme)
		b.open(t, p.address)
		if p.open != "" {
			b.do(t, chromedp.Evaluate[chromedp.Void](p.open))
			eval[bool](t, b, `new Promise(done => setTimeout(() => done(true), 400))`)
		}
		shot, err := shoot(b, p)
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, p.name+".png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// mostHeight of a picture: what a reader takes in at one go.
const mostHeight = 2000

// shoot takes the page from its top, down to mostHeight.
func shoot(b *tab, p picture) ([]byte, error) {
	raw, err := chromedp.Run(b.ctx, chromedp.Action[[]byte](func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		metrics, err := cdp.Call(ctx, t, page.GetLayoutMetrics, cdp.Empty{})
		if err != nil {
			return nil, err
		}
		height := min(metrics.CSSContentSize.Height, mostHeight)
		if p.open != "" {
			height = 900 // what floats is placed in the window
		}
		beyond := p.open == ""
		params := page.CaptureScreenshotParams{Format: "png", CaptureBeyondViewport: &beyond,
			Clip: &page.Viewport{Width: float64(p.width), Height: height, Scale: 1}}
		res, err := cdp.Call(ctx, t, page.CaptureScreenshot, params)
		return res.Data, err
	}))
	if err != nil {
		return nil, err
	}
	return quantise(raw)
}

// quantise writes a picture with its 256 most frequent colours, at a quarter of the size.
func quantise(raw []byte) ([]byte, error) {
	src, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	counts := map[color.NRGBA]int{}
	box := src.Bounds()
	at := func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(src.At(x, y)).(color.NRGBA) }
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			counts[at(x, y)]++
		}
	}
	palette := commonest(counts)
	out := image.NewPaletted(box, palette)
	nearest := map[color.NRGBA]uint8{}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := at(x, y)
			i, known := nearest[c]
			if !known {
				i = uint8(palette.Index(c))
				nearest[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	err = enc.Encode(&buf, out)
	return buf.Bytes(), err
}

// commonest are the 256 colours met most often, no two nearly the same.
func commonest(counts map[color.NRGBA]int) color.Palette {
	all := make([]color.NRGBA, 0, len(counts))
	for c := range counts {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if counts[a] != counts[b] {
			return counts[a] > counts[b]
		}
		return fmt.Sprint(a) < fmt.Sprint(b)
	})
	var palette color.Palette
	taken := map[[3]uint8]bool{}
	for _, c := range all {
		key := [3]uint8{c.R >> 3, c.G >> 3, c.B >> 3}
		if len(palette) < 64 || !taken[key] {
			palette = append(palette, c)
			taken[key] = true
		}
		if len(palette) == 256 {
			break
		}
	}
	return palette
}

// TestGuideIsComplete holds the guide to the program: every declared page is described with its
// address and pictures, every dataset, form, command and setting is named, and no picture is left over.
func TestGuideIsComplete(t *testing.T) {
	text, images := guideText(t), map[string]bool{}
	for _, m := range regexp.MustCompile(`\]\(images/([^)\s]+)\.png\)`).FindAllStringSubmatch(text, -1) {
		images[m[1]] = true
		if _, err := os.Stat(filepath.Join(guideDir, "images", m[1]+".png")); err != nil {
			t.Errorf("the guide shows a picture that does not exist: %v", err)
		}
	}
	m := model(t)
	for _, p := range m.Pages {
		if !strings.Contains(text, "`"+p.Path+"`") {
			t.Errorf("page %s: the guide does not name its address %s", p.Code, p.Path)
		}
		if !images[imageName(p)] {
			t.Errorf("page %s: the guide does not show %s.png", p.Code, imageName(p))
		}
		for _, b := range p.Blocks {
			if b.Table != nil && p.Tabs && !strings.Contains(text, b.Table.Label) {
				t.Errorf("page %s: the guide does not name its table %q", p.Code, b.Table.Label)
			}
		}
	}
	for _, d := range m.Datasets {
		if !strings.Contains(text, "`"+d.Name+"`") {
			t.Errorf("the guide does not describe the dataset %s", d.Name)
		}
		for _, x := range d.Measures {
			if !strings.Contains(text, "`"+x.Name+"`") {
				t.Errorf("the guide does not name the column %s of %s", x.Name, d.Name)
			}
		}
	}
	for _, f := range m.Forms {
		if !strings.Contains(text, "`"+f.Code+"`") {
			t.Errorf("the guide does not describe the format %s", f.Code)
		}
	}
	files, err := filepath.Glob(filepath.Join(guideDir, "images", "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
		if !images[strings.TrimSuffix(filepath.Base(file), ".png")] {
			t.Errorf("no page of the guide shows %s", filepath.Base(file))
		}
	}
	if size > 8<<20 {
		t.Errorf("the pictures take %d KiB", size>>10)
	}
}

func guideText(t testing.TB) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(guideDir, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no guide: %v", err)
	}
	var b strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

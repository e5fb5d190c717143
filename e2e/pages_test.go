package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestEveryPage opens every page, table, period and side of the switch: no console error, no
// failed request, no violation of the content policy, no block in trouble.
func TestEveryPage(t *testing.T) {
	all := append(mainPages(t), views(t)...)
	for part := range 2 { // two tabs, as the machine has two cores
		t.Run(fmt.Sprint("tab ", part+1), func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			b.size(t, 1440)
			for i, address := range all {
				if i%2 != part {
					continue
				}
				b.visit(t, address)
			}
		})
	}
}

// visit opens a page and reports what is wrong with it.
func (b *tab) visit(t *testing.T, address string) {
	t.Helper()
	b.missing = ""
	if address == missingPage {
		b.missing = missingPage
	}
	b.open(t, address)
	for _, trouble := range b.troubles() {
		t.Errorf("%s: %s", address, trouble)
	}
	if over := eval[int64](t, b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("%s scrolls sideways by %d px", address, over)
	}
	said := eval[string](t, b, `[...document.querySelectorAll('main .trouble')].map(e => e.innerText).join('\n')`)
	if said != "" && !strings.HasPrefix(address, "/livraisons/") {
		t.Errorf("%s: a block is in trouble: %s", address, said)
	}
	if eval[int](t, b, `document.querySelectorAll('h1').length`) != 1 {
		t.Errorf("%s: not one title", address)
	}
}

// axeScript is the checker of accessibility, a tool of the tests only.
func axeScript(t testing.TB) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("..", ".cache", "axe", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("axe-core is absent: scripts/setup.sh test installs it")
	}
	return string(script)
}

// judgement is what axe says.
type judgement []struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

const askAxe = `(async () => {
	const found = await axe.run(document, {resultTypes: ['violations']});
	return JSON.stringify(found.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html + '\n' + n.failureSummary)})));
})()`

// accessible asks axe about the page as it stands.
func (b *tab) accessible(t *testing.T, name, script string) {
	t.Helper()
	b.do(t, chromedp.Evaluate[chromedp.Void](script))
	var found judgement
	if err := json.Unmarshal([]byte(eval[string](t, b, askAxe)), &found); err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Errorf("%s: %s: %s\n%s", name, v.ID, v.Help, strings.Join(v.Nodes, "\n"))
	}
}

// A look is how a reader sees a page.
type look struct {
	width int64
	theme string
}

// looks are those of every page: each theme and each width once, all pairs with BELVEDERE_LONG.
func looks() []look {
	list := []look{{1440, "light"}, {390, "dark"}}
	if os.Getenv("BELVEDERE_LONG") != "" {
		list = append(list, look{1440, "dark"}, look{390, "light"})
	}
	return list
}

// TestAccessibility asks axe about the main pages, wide and narrow, light and dark, and holds that
// no page scrolls sideways down to 320 px.
func TestAccessibility(t *testing.T) {
	script := axeScript(t)
	pages := append(mainPages(t), wrongPages...)
	for part := range 2 {
		t.Run(fmt.Sprint("tab ", part+1), func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			for i, address := range pages {
				if i%2 != part {
					continue
				}
				for _, look := range looks() {
					b.size(t, look.width)
					b.colours(t, look.theme)
					b.open(t, address)
					b.accessible(t, fmt.Sprintf("%s at %d px, %s", address, look.width, look.theme), script)
				}
				for _, width := range []int64{390, 320} {
					b.size(t, width)
					if wide := eval[int64](t, b, `document.documentElement.scrollWidth`); wide > width {
						t.Errorf("%s scrolls sideways: %d px wide on a screen of %d", address, wide, width)
					}
				}
			}
		})
	}
}

// TestWithoutJavaScript reads, filters, sorts and switches with scripts off.
func TestWithoutJavaScript(t *testing.T) {
	b := newTab(t)
	b.size(t, 1440)
	command(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.open(t, "/moyens/par-etablissement")
	text := func(selector string) string {
		t.Helper()
		v, err := chromedp.Run(b.ctx, chromedp.TextContent(selector))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(v)
	}
	first := text("main table.data tbody tr:nth-child(1) th")
	b.do(t, chromedp.Click(`main table.data thead a[href*="tri="]`), chromedp.WaitVisible(`main [aria-sort]`))
	b.do(t, chromedp.Click(`main a[href*="mode=taux"]`), chromedp.WaitVisible(`main a[href*="/moyens/par-etablissement"]`))
	if at, err := chromedp.Run(b.ctx, chromedp.Location()); err != nil || !strings.Contains(at, "mode=taux") {
		t.Errorf("the switch leads to %s (%v)", at, err)
	}
	b.open(t, "/moyens/par-etablissement?type=lycee")
	if text("main table.data tbody tr:nth-child(1) th") == first && text("main table.data tbody tr:nth-child(2) th") == first {
		t.Error("the filter changed nothing")
	}
	b.do(t, chromedp.Submit(`main form.filters`), chromedp.WaitVisible("#contenu"))
	b.open(t, "/livraisons")
	if text("main h1") == "" {
		t.Error("no title")
	}
	for _, trouble := range b.troubles() {
		t.Error(trouble)
	}
}

// TestTroubleIsHeard proves that the tests above can fail.
func TestTroubleIsHeard(t *testing.T) {
	b := newTab(t)
	b.open(t, missingPage)
	if len(b.troubles()) == 0 {
		t.Error("a missing page goes unnoticed")
	}
	b.do(t, chromedp.Evaluate[chromedp.Void](`setTimeout(() => { throw new Error("exprès") }); const s = document.createElement('script'); s.src = 'https://example.org/x.js'; document.head.append(s)`))
	eval[bool](t, b, `new Promise(done => setTimeout(() => done(true), 50))`)
	heard := strings.Join(b.troubles(), "\n")
	for _, want := range []string{"exprès", "Content Security Policy"} {
		if !strings.Contains(heard, want) {
			t.Errorf("%q is not heard in: %s", want, heard)
		}
	}
}

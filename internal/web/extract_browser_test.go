package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
)

// A typist has a keyboard and nothing else.
type typist struct {
	*testing.T
	ctx context.Context
}

func (k typist) press(keys ...string) {
	k.Helper()
	for _, key := range keys {
		if err := chromedp.Do(k.ctx, chromedp.KeyEvent(key)); err != nil {
			k.Fatal(err)
		}
	}
}

// reach tabs on until the focus is where a condition of CSS says.
func (k typist) reach(selector string) {
	k.Helper()
	for range 200 {
		at, err := chromedp.Run(k.ctx, chromedp.Evaluate[bool]("document.activeElement.matches("+quoteJS(selector)+")"))
		if err != nil {
			k.Fatal(err)
		}
		if at {
			seen, err := chromedp.Run(k.ctx, chromedp.Evaluate[bool](`(() => { const r = document.activeElement.getBoundingClientRect(); return r.width > 0 && r.height > 0 })()`))
			if err != nil || !seen {
				k.Fatalf("the focus on %s is not seen (%v)", selector, err)
			}
			return
		}
		k.press(kb.Tab)
	}
	where, _ := chromedp.Run(k.ctx, chromedp.Evaluate[string]("location.href + ' ' + document.activeElement.outerHTML.slice(0, 200)"))
	k.Fatalf("no way by Tab to %s, from %s", selector, where)
}

// arrive waits for a page that holds something.
func (k typist) arrive(selector string) {
	k.Helper()
	soon, cancel := context.WithTimeout(k.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(soon, chromedp.WaitVisible(selector)); err != nil {
		where, _ := chromedp.Run(k.ctx, chromedp.Evaluate[string]("location.href + ' ' + document.querySelector('#contenu').innerText.slice(0, 600)"))
		k.Fatal(selector, err, where)
	}
}

func quoteJS(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }

// TestExtractKeyboard asks for an extract from the list to the passphrase, with a remedy and a correction on the way,
// without a mouse.
func TestExtractKeyboard(t *testing.T) {
	c := newCounter(t)
	server := httptest.NewServer(c)
	defer server.Close()
	ctx, cancel := context.WithTimeout(newBrowser(t), 90*time.Second)
	defer cancel()
	k := typist{t, ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/extractions")); err != nil {
		t.Fatal(err)
	}
	k.reach(`a.main-action[href="/extractions/nouvelle"]`)
	k.press(kb.Enter)
	k.arrive(`input[name="sujet"]`)
	k.reach(`input[name="sujet"]`)
	k.press(kb.ArrowDown) // from totals to the rows of registrations
	k.reach(`.wizard button.main-action`)
	k.press(kb.Enter)

	k.arrive(`input[name="colonne"]`)
	k.reach(`.wizard button.main-action`) // nothing is ticked: the fault takes the focus
	k.press(kb.Enter)
	k.arrive(`.form-summary`)
	k.reach(`.form-summary a`)
	for _, column := range []string{"naissance", "etape", "region"} {
		k.reach(`input[name="colonne"][value="` + column + `"]`)
		k.press(" ")
	}
	k.reach(`.wizard button.main-action`)
	k.press(kb.Enter)

	k.arrive(`[id="champ-f.etape"] summary`)
	k.reach(`[id="champ-f.etape"] summary`)
	k.press(kb.Enter)
	for _, code := range []string{"E1", "E2"} {
		k.reach(`input[name="v.etape"][value="` + code + `"]`)
		k.press(" ")
	}
	k.reach(`.wizard button.main-action`)
	k.press(kb.Enter)

	k.arrive(`textarea[name="finalite"]`)
	k.reach(`textarea[name="finalite"]`)
	k.press("Enquete sur l'insertion")
	k.reach(`input[name="destinataires"]`)
	k.press("Observatoire", kb.Enter) // Enter in a line of text goes on
	k.arrive(`input[name="chiffre"]`)
	k.reach(`input[name="chiffre"]`)
	k.press(" ")
	k.reach(`.wizard button.main-action`)
	k.press(kb.Enter)

	k.arrive(`.risk`)
	k.reach(`button[name="remede"][value="region:"]`)
	k.press(kb.Enter)
	k.arrive(`body:not(:has(button[name="remede"][value="region:"])) input[name="engagement"]`) // not of the page that is left
	k.reach(`input[name="engagement"]`)
	k.press(" ")
	k.reach(`.wizard button.main-action`)
	k.press(kb.Enter)
	k.arrive(`[data-progress]`)

	if done, err := c.service.RunOnce(t.Context()); err != nil || !done {
		t.Fatal(done, err)
	}
	k.arrive(`form[action$="/prendre"] button`) // the page follows by itself
	k.reach(`form[action$="/phrase"] button`)
	k.press(kb.Enter)
	k.arrive(`.secret-word`)
	e := must(c.registry.Extract(t.Context(), 1))
	x := c.specOf(t, "1")
	if e.State != registry.ExtractReady || !e.Encrypted || e.Rows != 30 || strings.Join(x.Order.Columns, " ") != "naissance etape" || x.Order.Coarse["naissance"] != pseudonym.Year || e.Passphrase != "" {
		t.Errorf("%s, %d rows, %+v", e.State, e.Rows, x.Order)
	}
}

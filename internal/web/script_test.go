package web_test

import (
	"context"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestScripts does in a browser what the scripts add: each step acts, then asks what is seen.
func TestScripts(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil || testing.Short() {
		t.Skip("needs chromium")
	}
	server := httptest.NewServer(variants(t))
	defer server.Close()
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.WindowSize(1440, 1000))...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	for _, one := range scripts {
		t.Run(one.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
			defer cancel()
			if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+one.address), chromedp.WaitVisible("#contenu")); err != nil {
				t.Fatal(err)
			}
			act := "setTimeout(() => { " + one.act + " }, 0)" // it may leave the page
			if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](act)); err != nil {
				t.Fatal(err)
			}
			if seen := until(ctx, one.holds, one.seen); seen != "" {
				t.Errorf("%s does not hold: %s", one.holds, seen)
			}
		})
	}
}

// until asks the page again and again until a condition holds, and gives what is seen when it
// does not in time. A page that is being left answers nothing: the next one is asked.
func until(ctx context.Context, holds, seen string) string {
	last := "nothing"
	ask := "(() => { try { return (" + holds + ") ? '' : 'not yet: ' + (" + seen + ") } catch (e) { return String(e) } })()"
	for end := time.Now().Add(6 * time.Second); time.Now().Before(end); {
		answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](ask))
		if err == nil && answer == "" {
			return ""
		}
		if err == nil {
			last = answer
		}
		if chromedp.Do(ctx, chromedp.Sleep(30*time.Millisecond)) != nil {
			break
		}
	}
	return last
}

var scripts = []struct{ name, address, act, holds, seen string }{
	{"sort keeps the place", "/social/par-etablissement", `scrollTo(0, 300); document.querySelector('a[data-sort="c3"]').click()`,
		`location.search === '?tri=c3' && document.querySelector('th[aria-sort] a').dataset.sort === 'c3' && document.activeElement.dataset.sort === 'c3' && scrollY === 300 && document.querySelector('[data-announce]').textContent.includes('ordre croissant')`,
		`location.search + document.activeElement.outerHTML + scrollY`},
	{"sorted content is alive", "/social/par-etablissement", `document.querySelector('a[data-sort="c3"]').click(); setTimeout(() => { document.querySelector('.chooser').open = true; document.querySelector('[data-chooser-all]').click() }, 1500)`,
		`document.querySelector('[data-chooser-note]').textContent.startsWith('25 sur 25')`, `document.querySelector('[data-chooser-note]').textContent`},
	{"chooser searches without accents", "/grand/social/par-etablissement", `document.querySelector('.chooser').open = true; const f = document.querySelector('[data-chooser-search]'); f.value = 'eluard vieille'; f.dispatchEvent(new Event('input'))`,
		`(n => n > 0 && n < 100)([...document.querySelectorAll('.chooser-list li')].filter(l => !l.hidden).length) && document.querySelector('.chooser-list li:not([hidden])').textContent.includes('Éluard')`,
		`[...document.querySelectorAll('.chooser-list li')].filter(l => !l.hidden).length`},
	{"chooser sends a short address", "/social/par-etablissement", `document.querySelector('.chooser').open = true; document.querySelectorAll('.chooser-list input')[1].click(); document.querySelectorAll('.chooser-list input')[2].click(); document.querySelector('.filters [type=submit]').click()`,
		`location.search.includes('etablissement=') && location.search.includes(',') && !location.search.includes('type=') && document.querySelector('[data-chooser-value]').textContent.trim() === '2 choisis'`,
		`location.search + document.querySelector('[data-chooser-value]').textContent`},
	{"all ticked is no filter", "/social/par-etablissement", `document.querySelector('.chooser').open = true; document.querySelector('[data-chooser-all]').click(); document.querySelector('.filters [type=submit]').click()`,
		`location.search.includes('annee=2025') && !location.search.includes('etablissement')`, `location.search`},
	{"hide what is ticked", "/social/par-etablissement", `document.querySelector('.chooser').open = true; document.querySelectorAll('.chooser-list input')[1].click(); document.querySelector('[data-chooser-hide]').click()`,
		`!document.querySelectorAll('.chooser-list li')[1].checkVisibility() && document.querySelectorAll('.chooser-list li')[2].checkVisibility()`, `'visible'`},
	{"escape closes the chooser", "/social/par-etablissement", `const d = document.querySelector('.chooser'); d.open = true; d.querySelector('[data-chooser-search]').dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))`,
		`!document.querySelector('.chooser').open && document.activeElement.tagName === 'SUMMARY'`, `document.activeElement.tagName`},
	{"Ctrl K goes to the search", "/", `document.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true}))`,
		`document.activeElement.matches('[data-search]')`, `document.activeElement.outerHTML`},
	{"slash does not steal typing", "/", `const f = document.querySelector('[data-search]'); f.focus(); window.kept = f.dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true, cancelable: true}))`,
		`window.kept === true`, `window.kept`},
	{"question mark opens the help", "/", `document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true}))`,
		`document.getElementById('raccourcis').matches(':popover-open')`, `'closed'`},
	{"a reason names its cell", "/social/par-etablissement", `document.querySelectorAll('.why-button')[1].click()`,
		`document.querySelector('.why:popover-open [data-why-place]').textContent === 'Retards, 20 et +. Jean-Lurçat'`, `document.querySelector('.why:popover-open [data-why-place]').textContent`},
	{"definitions as one types", "/indicateurs", `const f = document.querySelector('[data-live]'); f.value = 'délivrées ÉLÈVES'; f.dispatchEvent(new Event('input'))`,
		`[...document.querySelectorAll('[data-live-item]')].filter(e => e.checkVisibility()).length === 1 && [...document.querySelectorAll('[data-live-group]')].filter(e => e.checkVisibility()).length === 1`,
		`[...document.querySelectorAll('[data-live-item]')].filter(e => e.checkVisibility()).length`},
	{"the explorer undoes by the history of the browser", "/explorateur?indicateurs=eleves&lignes=type", `location.assign('/explorateur?indicateurs=eleves&lignes=sexe')`,
		`((undo, redo) => { if (location.search.includes('lignes=sexe') && !undo.disabled) undo.click(); return location.search.includes('lignes=type') && undo.disabled && !redo.disabled && sessionStorage.length === 0 })(document.querySelector('[data-explorer-undo]'), document.querySelector('[data-explorer-redo]'))`,
		`location.search + document.querySelector('[data-explorer-history]').outerHTML`},
	{"theme by its button", "/social/par-etablissement?type=clg", `document.querySelector('.theme button.when-light').click()`,
		`document.documentElement.dataset.theme === 'dark' && location.search === '?type=clg' && document.querySelector('.theme .when-dark').checkVisibility() && !document.querySelector('.theme .when-light').checkVisibility()`,
		`document.documentElement.dataset.theme + location.href`},
	{"a running delivery is followed", "/livraisons/7", `const word = document.querySelector('[data-progress]'); word.textContent = 'vieux'`,
		`document.querySelector('[data-progress]').textContent.startsWith('lecture')`, `document.querySelector('[data-progress]').textContent`},
}

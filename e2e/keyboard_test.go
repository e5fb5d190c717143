package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focused tells where the keyboard is: element, words, address, and whether one sees it.
const focused = `(() => {
	const e = document.activeElement, box = e.getBoundingClientRect();
	const marked = n => { const s = getComputedStyle(n); return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none' };
	const seen = marked(e) || marked(e.parentElement || e); // a field in a frame shows on its frame
	const words = (e.getAttribute('aria-label') || e.innerText || e.name || e.value || '').replace(/\s+/g, ' ').trim().slice(0, 60);
	return [e.tagName.toLowerCase(), words, e.getAttribute('href') || '', e.name || '', seen && box.width > 0 ? 'seen' : 'unseen'].join(' | ');
})()`

// press sends one key.
func (b *tab) press(t testing.TB, key string) {
	t.Helper()
	b.do(t, chromedp.KeyEvent(key))
}

// reach presses Tab until the focus is on what is wanted, and holds that each stop can be seen.
func (b *tab) reach(t testing.TB, want string) {
	t.Helper()
	var stops []string
	for range 150 {
		b.press(t, kb.Tab)
		at := eval[string](t, b, focused)
		if strings.HasPrefix(at, "body") {
			continue // the browser's own
		}
		if strings.HasSuffix(at, "unseen") {
			t.Errorf("the keyboard stands where nothing shows it: %s", at)
		}
		if stops = append(stops, at); strings.Contains(at, want) {
			return
		}
	}
	t.Fatalf("Tab never reaches %q:\n%s", want, strings.Join(stops, "\n"))
}

// until waits, over navigations, until an expression holds in the page.
func (b *tab) until(t testing.TB, expression string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		// A page that goes away under the question is no answer: the next one is asked.
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(r => setTimeout(() => r(document.readyState === 'complete' && (`+expression+`)), 20))`, chromedp.EvalAwaitPromise))
		if err == nil && ok {
			return
		}
	}
	t.Fatalf("it never holds that %s", expression)
}

// arrived waits until the address holds a text.
func (b *tab) arrived(t testing.TB, want string) {
	t.Helper()
	b.until(t, fmt.Sprintf("location.href.includes(%q)", want))
}

// TestKeyboardOnly walks through a page without a mouse: the link over the menu, filters, the
// choice of schools, the switch, a sort, a file.
func TestKeyboardOnly(t *testing.T) {
	b := newTab(t)
	b.size(t, 1440)
	const page = "/moyens/par-etablissement"
	t.Run("skips the menu", func(t *testing.T) {
		b.open(t, page)
		b.press(t, kb.Tab)
		if at := eval[string](t, b, focused); !strings.Contains(at, "#contenu") {
			t.Fatalf("the first stop is %s, want the link to the content", at)
		}
		b.press(t, kb.Enter)
		b.arrived(t, "#contenu")
	})
	t.Run("filters by type", func(t *testing.T) {
		b.open(t, page)
		b.reach(t, "| type |")
		b.press(t, "L") // Lycées: a letter chooses, as in any list
		b.reach(t, "Afficher")
		b.press(t, kb.Enter)
		b.arrived(t, "type=lyc")
	})
	t.Run("chooses schools", func(t *testing.T) {
		b.open(t, page)
		b.reach(t, "summary | Établissements")
		b.press(t, kb.Enter)
		if !eval[bool](t, b, `document.querySelector('.chooser').open`) {
			t.Fatal("Enter does not open the choice of schools")
		}
		b.reach(t, "| etablissement |")
		b.press(t, " ")
		if n := eval[int](t, b, `document.querySelectorAll('.chooser input[name=etablissement]:checked').length`); n != 1 {
			t.Fatalf("%d schools are checked after Space", n)
		}
		b.press(t, kb.Escape)
		if eval[bool](t, b, `document.querySelector('.chooser').open`) {
			t.Error("Escape does not close the choice of schools")
		}
		b.reach(t, "Afficher")
		b.press(t, kb.Enter)
		b.arrived(t, "etablissement=")
	})
	t.Run("switches to rates", func(t *testing.T) {
		b.open(t, page)
		b.reach(t, "mode=taux")
		b.press(t, kb.Enter)
		b.arrived(t, "mode=taux")
	})
	t.Run("sorts and reverses", func(t *testing.T) {
		b.open(t, page)
		b.reach(t, "tri=")
		b.press(t, kb.Enter)
		b.arrived(t, "tri=")
		first := eval[string](t, b, `document.querySelector('main [aria-sort]').getAttribute('aria-sort')`)
		b.do(t, chromedp.Focus(`main [aria-sort] a`))
		b.press(t, kb.Enter)
		b.until(t, fmt.Sprintf("document.querySelector('main [aria-sort]')?.getAttribute('aria-sort') !== %q", first))
	})
	t.Run("reaches the files", func(t *testing.T) {
		b.open(t, page)
		for _, format := range []string{"format=csv", "format=xlsx", "format=pdf"} {
			b.reach(t, format)
		}
	})
	t.Run("opens a reason", func(t *testing.T) {
		b.open(t, "/social/par-etablissement?tableau=discipline")
		b.reach(t, "| secret |")
		b.press(t, kb.Enter)
		if !eval[bool](t, b, `!!document.querySelector('.why:popover-open')`) {
			t.Fatal("Enter does not open the reason")
		}
		b.press(t, kb.Escape)
		if eval[bool](t, b, `!!document.querySelector('.why:popover-open')`) {
			t.Error("Escape does not close the reason")
		}
	})
	for _, trouble := range b.troubles() {
		t.Error(trouble)
	}
}

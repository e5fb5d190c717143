package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// closeBrowser ends the browser of the run, when one was started.
var closeBrowser = func() {}

// openBrowser starts Debian's chromium with a profile of its own, once for all tests.
var openBrowser = sync.OnceValues(func() (context.Context, error) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Env("LANGUAGE=fr_FR"), chromedp.UserDataDir(filepath.Join(tempDir, "profile")))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancelBrowser := chromedp.NewContext(ctx)
	closeBrowser = func() { cancelBrowser(); cancel() }
	return ctx, chromedp.Do(ctx) // starts the browser, which lives as long as ctx
})

// A tab is one page of the browser and what went wrong in it.
type tab struct {
	ctx     context.Context
	server  *server
	site    string
	mu      sync.Mutex
	trouble []string
	missing string // address that may answer 404
}

// newTab is a page of a browser where the administrator is signed in.
func newTab(t testing.TB) *tab {
	t.Helper()
	return newTabOf(t, demoAdministrator)
}

// newTabOf signs someone in by an entry link, as a person does: opens it and presses the button.
func newTabOf(t testing.TB, login string) *tab {
	t.Helper()
	b := strangeTab(t, atStand(t).server)
	b.enter(t, login)
	return b
}

// enter opens an entry link of someone.
func (b *tab) enter(t testing.TB, login string) {
	t.Helper()
	entering.Lock()
	defer entering.Unlock()
	b.open(t, strings.TrimPrefix(entryLink(t, b.server, login), b.site))
	b.do(t, chromedp.Click("main form .button"))
	b.until(t, "location.pathname === '/'")
}

// strangeTab is a page of a browser that has never been here: its cookies are its own.
func strangeTab(t testing.TB, at *server) *tab {
	t.Helper()
	browser, err := openBrowser()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		t.Skip("chromium is absent: apt-get install chromium")
	case err != nil:
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{ctx: ctx, server: at, site: at.url}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	return b
}

// hear notes console errors, exceptions, violations of the content policy and failed requests.
func (b *tab) hear(event any) {
	say := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		say = "exception: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			say += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			say = fmt.Sprintf("console.%s: %v", e.Type, e.Args)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Source == "security" {
			say = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			say = "request failed: " + e.ErrorText
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			say = fmt.Sprintf("status %d: %s", e.Response.Status, e.Response.URL)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if say != "" && (b.missing == "" || !strings.Contains(say, b.missing)) {
		b.trouble = append(b.trouble, say)
	}
}

// troubles gives what went wrong since the last call.
func (b *tab) troubles() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.trouble
	b.trouble = nil
	return list
}

// do runs steps within a minute.
func (b *tab) do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// open shows an address of the site and wants its content.
func (b *tab) open(t testing.TB, address string) {
	t.Helper()
	b.do(t, chromedp.Navigate(b.site+address), chromedp.WaitReady("#contenu"))
}

// size makes the window as wide as a screen or a phone.
func (b *tab) size(t testing.TB, width int64) {
	t.Helper()
	kind := chromedp.EmulateScale(1)
	if width < 500 {
		kind = chromedp.EmulateMobile
	}
	b.do(t, chromedp.EmulateViewport(width, 900, kind))
}

// colours makes the browser prefer a theme, as its system would.
func (b *tab) colours(t testing.TB, theme string) {
	t.Helper()
	p := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
	command(t, b, emulation.SetEmulatedMedia, p)
}

// command sends a raw command of the protocol.
func command[P, R any](t testing.TB, b *tab, c cdp.Command[P, R], params P) {
	t.Helper()
	b.do(t, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, c, params)
		return chromedp.Void{}, err
	})
}

// eval asks the page.
func eval[T any](t testing.TB, b *tab, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%v\n%s", err, expression)
	}
	return v
}

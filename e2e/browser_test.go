package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/territory/semantic"
)

// demoAdministrator manages the console of the fictional département.
const demoAdministrator = "Claire@MORVAN"

// demoDay is the last day of the fictional data, so that two runs see the same pages.
const demoDay = "2026-03-20"

// A stand is the fictional département, served, and a browser before it: made once for all tests.
type stand struct {
	server  *server
	data    string
	browser context.Context
	close   func()
	invited sync.Once
}

var theStand *stand // closed at the end of the run

var openStand = sync.OnceValues(func() (*stand, error) {
	bin, err := program()
	if err != nil {
		return nil, err
	}
	s := &stand{data: filepath.Join(tempDir, "demo")}
	started := time.Now()
	cmd := exec.Command(bin, "--data", s.data, "--quiet", "demo", "--last-day", demoDay)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("belvedere demo: %w\n%s", err, out)
	}
	fmt.Fprintf(os.Stderr, "belvedere demo: %.1f s\n", time.Since(started).Seconds())
	if err := s.deliverFaults(bin); err != nil {
		return nil, err
	}
	if s.server, err = start(bin, s.data, nil); err != nil {
		return nil, err
	}
	return s, s.openBrowser()
})

// deliverFaults delivers a file with a few faults and one that is refused, for the pages of deliveries.
func (s *stand) deliverFaults(bin string) error {
	rooms, err := exec.Command(bin, "--data", s.data, "--quiet", "query", "--indicators", "salles", "--by", "etablissement", "--where", "mois=2026-02").Output()
	if err != nil {
		return fmt.Errorf("belvedere query: %w", err)
	}
	for name, text := range map[string]string{faultyFile: faultyRooms(string(rooms)), refusedFile: "date;valeur\n2025-11-30;12\n"} {
		file := filepath.Join(tempDir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
		exec.Command(bin, "--data", s.data, "--quiet", "load", file).Run() // a refusal is exit code 1
	}
	return nil
}

const (
	faultyFile  = "salles-fevrier-2026.csv"
	refusedFile = "export-du-tableur.csv"
)

// faultyRooms corrects the rooms of February: one number is a word, one letter of a UAI is wrong,
// and one school is not in the register.
func faultyRooms(answer string) string {
	var b strings.Builder
	b.WriteString("etablissement;mois;salles\n")
	for i, line := range strings.Split(strings.TrimSpace(answer), "\n")[1:] {
		fields := strings.Split(line, ",")
		school, rooms := fields[0], fields[len(fields)-1]
		switch {
		case i == 12:
			school = school[:7] + string('A'+(school[7]-'A'+1)%3)
		case i == 30:
			rooms = "trente"
		}
		if _, err := strconv.Atoi(rooms); err == nil || i == 30 {
			fmt.Fprintf(&b, "%s;2026-02;%s\n", school, rooms)
		}
	}
	fmt.Fprintf(&b, "%s;2026-02;28\n", belvedere.UAIFromNumber(9_990_901))
	return b.String()
}

// openBrowser starts Debian's chromium with a profile of its own.
func (s *stand) openBrowser() error {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		return nil // tests that need it skip
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Env("LANGUAGE=fr_FR"), chromedp.UserDataDir(filepath.Join(tempDir, "profile")))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancelBrowser := chromedp.NewContext(ctx)
	s.browser, s.close = ctx, func() { cancelBrowser(); cancel() }
	return chromedp.Do(ctx) // starts the browser, which lives as long as ctx
}

// atStand gives the served demonstration.
func atStand(t testing.TB) *stand {
	t.Helper()
	if testing.Short() {
		t.Skip("the demonstration takes its time: not with -short")
	}
	s, err := openStand()
	theStand = s
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// visitor is the administrator of the fictional département, who reads without a browser.
func (s *stand) visitor(t testing.TB) *visitor {
	t.Helper()
	return s.server.signedIn(t, demoAdministrator)
}

// closeStand stops what the tests shared.
func closeStand() {
	if s := theStand; s != nil {
		if s.close != nil {
			s.close()
		}
		if s.server != nil {
			s.server.kill()
		}
	}
}

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
	s := atStand(t)
	if s.browser == nil {
		t.Skip("chromium is absent: apt-get install chromium")
	}
	ctx, cancel := chromedp.NewContext(s.browser, chromedp.WithNewBrowserContext())
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

// model is the shipped catalogue.
func model(t testing.TB) *belvedere.Model {
	t.Helper()
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mainPages are one address of each page: those of the catalogue and those of the house.
func mainPages(t testing.TB) []string {
	t.Helper()
	var list []string
	for _, p := range model(t).Pages {
		list = append(list, p.Path)
	}
	return append(list, "/indicateurs", "/indicateurs?q=absence", "/recherche?q=college", "/recherche?q=zzzz", "/livraisons",
		"/livraisons/1", "/livraisons?etat=refusees", refusedDelivery(t), faultyDelivery(t), "/editions", "/editions/1",
		"/etablissements/hors-registre", missingPage, "/?annee=1975")
}

const missingPage = "/nulle-part"

func refusedDelivery(t testing.TB) string { return deliveryAddress(t, refusedFile) }
func faultyDelivery(t testing.TB) string  { return deliveryAddress(t, faultyFile) }

// deliveryAddress is the page of a delivered file, by its name.
func deliveryAddress(t testing.TB, file string) string {
	t.Helper()
	_, body := atStand(t).visitor(t).get(t, "/livraisons?q="+file)
	before, _, ok := strings.Cut(body, `"><b>`+file)
	if !ok {
		t.Fatalf("no delivery of %s is listed", file)
	}
	return before[strings.LastIndex(before, `"`)+1:]
}

// views are the pages of the catalogue with each table, both sides of the switch and each period.
func views(t testing.TB) []string {
	t.Helper()
	var list []string
	for _, p := range model(t).Pages {
		for _, period := range p.Periods {
			if period != p.Periods[0] {
				list = append(list, p.Path+"?periode="+string(period))
			}
		}
		for i, b := range p.Blocks {
			if b.Table == nil {
				continue
			}
			if p.Tabs && i > 0 {
				list = append(list, p.Path+"?tableau="+b.Table.ID)
			}
			if b.Table.Rates {
				list = append(list, p.Path+"?tableau="+b.Table.ID+"&mode=taux")
			}
		}
	}
	return list
}

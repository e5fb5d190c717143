package web_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/dataset"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/web"
)

// TestMappingWithoutMouse makes a dataset of a file with the keyboard alone, from its columns to its loading: a
// role is changed, what is missing is told and filled in, the trial takes the focus, and the file leaves.
func TestMappingWithoutMouse(t *testing.T) {
	browser := newBrowser(t)
	ctx, cancel := context.WithTimeout(browser, 90*time.Second)
	defer cancel()
	reg, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	var datasets *dataset.Service
	sent := make(chan string, 1)
	c := newConsole(t, func(c *web.Config, _ *console) {
		model := c.Reports.Model()
		datasets = dataset.New(dataset.Config{
			Registry: reg, Model: func(context.Context) (*belvedere.Model, error) { return model, nil }, Folders: func() ([]fs.FS, error) { return []fs.FS{catalog.FS}, nil },
			Schools: func(context.Context) ([]dataset.School, error) { return nil, nil },
			Accept: func(_ context.Context, in ingest.Submission) (belvedere.Delivery, bool, error) {
				body, err := io.ReadAll(in.Body)
				sent <- in.Dataset + "\n" + string(body)
				return belvedere.Delivery{Seq: 1, State: belvedere.Received}, false, err
			},
			Waiting: t.TempDir(), Now: c.Now,
		})
		c.Datasets = datasets
	})
	const text = "UAI;date;repas;remarque\n0990001N;2025-10-01;12;x\n0990001N;2025-10-02;14;y\n"
	id, err := datasets.Wait(boss.Login, "cantines.csv", strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	defer server.Close()
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	fill := func(name, value string) {
		t.Helper()
		tabTo(t, ctx, fmt.Sprintf("[name=%s]", name))
		do(chromedp.KeyEvent(value))
	}
	press := func(value, ready string) {
		t.Helper()
		tabTo(t, ctx, fmt.Sprintf("button[name=geste][value=%s]", value))
		do(chromedp.KeyEvent(kb.Enter), chromedp.Sleep(400*time.Millisecond), chromedp.WaitVisible(ready))
	}
	read := func(script string) string {
		t.Helper()
		said, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	do(chromedp.EmulateViewport(1440, 1000), chromedp.Navigate(server.URL+"/jeux/nouveau/fichier/"+id), chromedp.WaitVisible("#colonnes"))
	press("essayer", ".form-summary, .error-summary, [role=alert]")
	if got := read("document.querySelector('main').textContent"); !strings.Contains(got, "Dites qui produit ce fichier") {
		t.Error("what is missing is not told")
	}
	fill("source", "Service restauration")
	fill("description", "Repas servis chaque jour.")
	fill("theme", "Restauration scolaire")
	press("essayer", "#essai")
	if got := read("document.activeElement.className"); !strings.Contains(got, "trial") {
		t.Errorf("the trial does not take the focus: %q", got)
	}
	press("charger", "main")
	select {
	case got := <-sent:
		if !strings.HasSuffix(got, text) {
			t.Errorf("%q is sent", got)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("nothing is sent: %s", read("document.querySelector('main').textContent"))
	}
}

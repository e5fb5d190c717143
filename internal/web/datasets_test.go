package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/dataset"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/web"
)

func init() {
	weigh("officer", "GET /jeux, GET /jeux/nouveau, POST /jeux/nouveau, GET /jeux/nouveau/fichier/{id}, POST /jeux/nouveau/fichier/{id}, GET /jeux/{nom}, POST /jeux/{nom}/retirer")
}

// declaredDatasets makes datasets over a registry; no file is ever loaded.
func declaredDatasets(t testing.TB, reg registry.Registry, m *belvedere.Model, now func() time.Time) *dataset.Service {
	return dataset.New(dataset.Config{
		Registry: reg, Model: func(context.Context) (*belvedere.Model, error) { return m, nil }, Folders: func() ([]fs.FS, error) { return nil, nil },
		Schools: func(context.Context) ([]dataset.School, error) { return nil, nil },
		Accept: func(context.Context, ingest.Submission) (belvedere.Delivery, bool, error) {
			return belvedere.Delivery{}, false, belvedere.Errorf(belvedere.Unavailable, "Rien n’est chargé ici.")
		},
		Waiting: t.TempDir(), Now: now,
	})
}

// datasetConsole is the console with these pages, over a registry of its own.
func datasetConsole(t *testing.T) (c *console, datasets *dataset.Service) {
	t.Helper()
	reg, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	c = newConsole(t, func(c *web.Config, _ *console) {
		datasets = declaredDatasets(t, reg, c.Reports.Model(), c.Now)
		c.Datasets = datasets
	})
	return c, datasets
}

// TestDatasetAccessibility asks axe about the pages of datasets, with a file that waits.
func TestDatasetAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	c, datasets := datasetConsole(t)
	id, err := datasets.Wait(boss.Login, "cantines.csv", bytes.NewReader([]byte("UAI;date;type;repas;part bio (%);mél\n0990001N;2025-10-01;froid;12;46,5;a@b.fr\n0990001N;2025-10-02;froid;14;41,5;a@b.fr\n")), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	defer server.Close()
	const unfold = "document.querySelectorAll('main details').forEach(d => { d.open = true })"
	for name, address := range map[string]string{"jeux": "/jeux", "jeu": "/jeux/effectifs", "depot": "/jeux/nouveau", "colonnes": "/jeux/nouveau/fichier/" + id} {
		for _, width := range []int64{1440, 390} {
			for _, theme := range []string{"light", "dark"} {
				name := fmt.Sprintf("%s-%d-%s", name, width, theme)
				t.Run(name, func(t *testing.T) { judge(t, ctx, server.URL+address, unfold, string(script), width, theme, name) })
			}
		}
	}
}

// TestDroppedFiles: what is no table is told on the page, and waits no longer.
func TestDroppedFiles(t *testing.T) {
	c, _ := datasetConsole(t)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string]string{"vide.csv": "", "image.csv": "\x89PNG\r\n", "bombe.zip": "PK\x03\x04"} {
		var form bytes.Buffer
		out := multipart.NewWriter(&form)
		part, err := out.CreateFormFile("fichier", name)
		must(err)
		part.Write([]byte(data))
		out.Close()
		r := httptest.NewRequest("POST", "/jeux/nouveau", &form)
		r.Header.Set("Content-Type", out.FormDataContentType())
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		if w.Code == 303 {
			r, first := httptest.NewRequest("GET", w.Header().Get("Location"), nil), w
			w = httptest.NewRecorder()
			c.ServeHTTP(w, r)
			again := httptest.NewRecorder()
			c.ServeHTTP(again, httptest.NewRequest("GET", first.Header().Get("Location"), nil))
			if again.Code != 404 {
				t.Errorf("%s waits still: %d", name, again.Code)
			}
		}
		if w.Code != 422 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

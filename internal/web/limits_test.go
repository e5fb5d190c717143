package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"sync"
	"testing"

	"belvedere"
	"belvedere/internal/web"
)

// slow is an exporter that tells when it begins and ends when it may.
type slow struct{ begun, end chan struct{} }

func (s slow) Export(io.Writer, string, *belvedere.Result, belvedere.Heading) (string, string, error) {
	s.begun <- struct{}{}
	<-s.end
	return "text/csv", "essai.csv", nil
}

// TestFilesTakeTurns asks for more files than are made at once: the others wait without holding
// lines in memory, and one whose reader leaves is not made.
func TestFilesTakeTurns(t *testing.T) {
	exporter := slow{make(chan struct{}, 100), make(chan struct{})}
	c := newConsole(t, func(config *web.Config, _ *console) { config.Export = exporter })
	const most = 4
	var wait sync.WaitGroup
	for range most {
		wait.Go(func() {
			if w := c.get("/moyens/synthese?format=csv"); w.Code != http.StatusOK {
				t.Errorf("a file: %d", w.Code)
			}
		})
	}
	for range most {
		<-exporter.begun
	}
	gone, leave := context.WithCancel(context.Background())
	leave()
	c.get("/moyens/synthese?format=csv", func(r *http.Request) { *r = *r.WithContext(gone) })
	if n := len(exporter.begun); n > 0 {
		t.Errorf("%d more files were begun while %d are being made", n, most)
	}
	close(exporter.end)
	wait.Wait()
}

// TestUploadOfManyFiles sends a form with more files, and one with more fields, than a deposit takes.
func TestUploadOfManyFiles(t *testing.T) {
	for name, field := range map[string]string{"files": "fichier", "fields": "autre"} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for n := range 2001 {
			part, err := form.CreateFormFile(field, fmt.Sprintf("%d.csv", n))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(part, "etablissement;nom\n%d;a\n", n)
		}
		form.Close()
		c := newConsole(t)
		before := len(c.deliveries.All)
		w := c.do("POST", "/livraisons", &body, header("Content-Type", form.FormDataContentType()))
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, w.Code)
		}
		if n := len(c.deliveries.All) - before; n > 1000 {
			t.Errorf("%s: %d deliveries were taken", name, n)
		}
	}
}

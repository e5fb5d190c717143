package web_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

// console is a server over the made-up answers.
type console struct {
	http.Handler
	reports    *webtest.Reports
	deliveries *webtest.Deliveries
}

// files writes a result as its title and its count of lines.
type files struct{}

func (files) Export(w io.Writer, format string, r *belvedere.Result, h belvedere.Heading) (string, string, error) {
	if format != "csv" && format != "xlsx" && format != "pdf" {
		return "", "", belvedere.Errorf(belvedere.Invalid, "format inconnu")
	}
	fmt.Fprintf(w, "%s;%d\n", h.Title, len(r.Rows))
	return "text/csv; charset=utf-8", "essai-7kq2-m9xd." + format, nil
}

func newConsole(t testing.TB, change ...func(*web.Config, *console)) *console {
	t.Helper()
	c := &console{reports: &webtest.Reports{Catalogue: webtest.Model(), Fail: map[string]error{}}, deliveries: webtest.NewDeliveries()}
	config := web.Config{
		Reports: c.reports, Deliveries: c.deliveries, Export: files{},
		Viewer: func(*http.Request) (belvedere.Viewer, error) {
			return belvedere.Viewer{ID: 1, Login: "Claire@MORVAN", Name: "Claire Morvan", Kind: belvedere.AccountViewer, Admin: true, Strong: true,
				Scope: belvedere.Scope{AllSchools: true, AllWidgets: true}}, nil
		},
		Receive: func(_ context.Context, _ belvedere.Viewer, u web.Upload) (belvedere.Delivery, error) {
			return c.deliveries.Take(u.FileName, u.Dataset, u.Body)
		},
		Now:  func() time.Time { return webtest.Published },
		Zone: time.FixedZone("Europe/Paris", 3600),
		Log:  slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&config, c)
	}
	h, err := web.New(config)
	if err != nil {
		t.Fatal(err)
	}
	c.Handler = h
	return c
}

// get asks for an address; options change the request.
func (c *console) get(address string, options ...func(*http.Request)) *httptest.ResponseRecorder {
	return c.do("GET", address, nil, options...)
}

func (c *console) do(method, address string, body io.Reader, options ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, body)
	for _, o := range options {
		o(r)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

package web_test

import (
	"errors"
	"flag"
	"net/http"
	"os"
	"os/signal"
	"testing"

	"belvedere"
	"belvedere/internal/web"
)

var serve = flag.String("serve", "", "address on which TestServe shows the made-up console, until it is interrupted")

// TestServe shows the made-up pages to a browser: go test -run TestServe -serve 127.0.0.1:8099.
// Under /vide, /grand and /panne stand a console without data, one of a thousand schools and
// one whose blocks fail.
func TestServe(t *testing.T) {
	if *serve == "" {
		t.Skip("without -serve")
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	server := &http.Server{Addr: *serve, Handler: variants(t)}
	go func() { <-stop; server.Close() }()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		t.Fatal(err)
	}
}

func empty(_ *web.Config, c *console) { c.reports.Never, c.deliveries.All = true, nil }

func large(_ *web.Config, c *console) { c.reports.SchoolsN = 1000 }

func broken(_ *web.Config, c *console) {
	c.reports.Block = "Ce tableau n’a pas pu être calculé dans le temps imparti. Réduisez la sélection."
	c.reports.NoLines = true
	c.reports.Fail["accueil"] = errors.New("boom")
	c.reports.Fail["moyens_synthese"] = belvedere.Errorf(belvedere.Invalid, "annee\u00a0: 1789 est hors des données")
}

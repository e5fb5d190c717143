package app_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/config"
	"belvedere/internal/territory/report"
)

// TestHugeNumbersInAddresses asks for the largest numbers that fit an address: each gets an
// answer or a refusal, none an error of the server or a broken connection.
func TestHugeNumbersInAddresses(t *testing.T) {
	a := open(t)
	register, figures := manySchools(t, 20)
	load(t, a, register, figures)
	s, session := site(t, a), signIn(t, a)
	const huge = "9223372036854775807"
	for _, path := range []string{
		"/moyens/par-etablissement?page=" + huge,
		"/moyens/par-etablissement?edition=" + huge,
		"/moyens/par-etablissement?format=csv&bloc=" + huge,
		"/livraisons?page=" + huge,
		"/editions/" + huge,
		"/api/v1/donnees?page=" + url.QueryEscape("/moyens/par-etablissement?page="+huge),
		"/api/v1/donnees?indicateurs=eleves&par=etablissement&debut=5&limite=" + huge,
		"/api/v1/donnees?indicateurs=eleves&par=etablissement&debut=" + huge + "&limite=" + huge,
		"/api/v1/donnees?indicateurs=eleves&par=jour&debut=1&limite=" + huge,
		"/api/v1/donnees?indicateurs=eleves&edition=" + huge,
		"/api/v1/livraisons?limite=" + huge,
		"/api/v1/livraisons?limite=0",
		"/api/v1/livraisons?debut=" + huge,
	} {
		res, body := call(t, "GET", s.URL+path, "", session...)
		if res.StatusCode >= http.StatusInternalServerError || res.StatusCode == http.StatusUnauthorized || strings.Contains(body, "<title>Se connecter") {
			t.Errorf("%s: %d\n%.300s", path, res.StatusCode, body)
		}
		if strings.HasSuffix(path, "limite=0") && res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s lists everything: %d", path, res.StatusCode)
		}
	}
}

// TestLargestAnswer asks for more cells than the program will hold, then for more columns.
func TestLargestAnswer(t *testing.T) {
	a := open(t)
	register, figures := manySchools(t, 7000)
	load(t, a, register, figures)
	ctx := context.Background()
	viewer, err := a.Operator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(columns int) error {
		q, err := a.Reporter.Build(ctx, report.Ask{By: []string{"etablissement"}, Where: []string{"annee=2025"},
			Indicators: report.SplitIndicators(strings.Repeat("eleves,", columns))})
		if err == nil {
			_, err = a.Reporter.Query(ctx, viewer, q)
		}
		return err
	}
	if err := ask(20); err != nil {
		t.Errorf("7,000 lines of 20 columns: %v", err)
	}
	if err := ask(1000); belvedere.KindOf(err) != belvedere.TooLarge {
		t.Errorf("7,000 lines of 1,000 columns: %v", err)
	}
	if err := ask(1001); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("1,001 columns: %v", err)
	}
}

// TestHealthSeesMissingFiles removes a file that the server holds open: it goes on answering,
// and whoever watches it is told.
func TestHealthSeesMissingFiles(t *testing.T) {
	for _, missing := range []func(config.Config) string{config.Config.Registry, config.Config.Warehouse, config.Config.Landing} {
		a := open(t)
		s := site(t, a)
		if res, _ := call(t, "GET", s.URL+"/sante", ""); res.StatusCode != http.StatusOK {
			t.Fatalf("a sound server: %d", res.StatusCode)
		}
		name := missing(a.Config)
		if err := os.Rename(name, name+".ailleurs"); err != nil {
			t.Fatal(err)
		}
		res, body := call(t, "GET", s.URL+"/sante", "")
		if res.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, name) {
			t.Errorf("without %s: %d %s", name, res.StatusCode, body)
		}
	}
}

package web_test

import (
	"net/http"
	"strings"
	"testing"

	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

func receiptConsole(t *testing.T, f *webtest.Receipts) *console {
	return newConsole(t, func(c *web.Config, _ *console) { c.Receipts = f })
}

func TestReceiptPage(t *testing.T) {
	c := receiptConsole(t, &webtest.Receipts{})
	w := c.get("/recu/" + webtest.Receipt)
	text := w.Body.String()
	for _, want := range []string{"octet pour octet", "/recu/7KQ2-M9XD?format=csv", "/recu/7KQ2-M9XD?format=json", "Lien vivant", "Lien figé", "edition=412", "b124b68bf248d7da", "secret-3", "La dernière édition est la 415"} {
		if w.Code != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("status %d, no %q", w.Code, want)
		}
	}
	if w := c.get("/recu/7kq2m9xd"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/recu/7KQ2-M9XD" {
		t.Errorf("as typed: %d, %s", w.Code, w.Header().Get("Location"))
	}
	if w := c.get("/recus?code=7kq2+m9xd"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/recu/7KQ2-M9XD" {
		t.Errorf("by the form: %d, %s", w.Code, w.Header().Get("Location"))
	}
	if w := c.get("/recus?code=7kq"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "huit chiffres ou lettres") {
		t.Errorf("no code: %d", w.Code)
	}
	if w := c.get("/recu/0000-0000"); w.Code != http.StatusNotFound {
		t.Errorf("unknown: %d", w.Code)
	}
}

func TestChangedReceiptPage(t *testing.T) {
	c := receiptConsole(t, &webtest.Receipts{Changed: true})
	text := c.get("/recu/" + webtest.Receipt).Body.String()
	for _, want := range []string{"n’est plus celui du reçu", "retirée le 12/11/2026", "2\u00a0définitions ont changé depuis", "effectifs.eleves[sexe=F]", "n’est plus au catalogue"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

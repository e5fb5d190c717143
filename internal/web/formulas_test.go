package web_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/formula"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/web"
)

// A writers is a console with formulas and no warehouse.
type writers struct {
	*offices
	formulas *formula.Service
}

func newWriters(t *testing.T) *writers {
	t.Helper()
	model, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	reg, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	w := &writers{offices: &offices{reg: reg, journal: &keptEntries{}}}
	w.formulas = formula.New(formula.Config{Registry: reg, Now: time.Now, Reporter: func() *report.Reporter { return nil },
		Model: func(context.Context) (*belvedere.Model, error) { return model, nil }})
	w.as = belvedere.Viewer{ID: 7, Login: "ines", Name: "Inès CARON", Kind: belvedere.AccountViewer, Strong: true,
		Grants: []belvedere.Grant{{Capability: belvedere.Author}}, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true}}
	w.console = newConsole(t, func(c *web.Config, _ *console) {
		c.Formulas, c.Journal = w.formulas, w.journal
		c.Viewer = func(*http.Request) (belvedere.Viewer, error) { return w.as, nil }
	})
	return w
}

func typed(pairs ...string) url.Values {
	v := url.Values{"geste": {"enregistrer"}, "decimales": {"1"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// TestFormulasInPages writes a population and a formula that names it, mends a mistake, shares, verifies,
// changes and deletes them, as people do without JavaScript.
func TestFormulasInPages(t *testing.T) {
	w := newWriters(t)
	wants(t, w.get("/formules/nouvelle").Body.String(), "Enregistrer", "<code>eleves</code>")
	bad := w.post("/formules/nouvelle", typed("geste", "essayer", "texte", "elevs / classes"))
	wants(t, bad.Body.String(), "vouliez-vous dire", "^")
	fine := w.post("/formules/nouvelle", typed("geste", "essayer", "texte", "eleves / classes"))
	wants(t, fine.Body.String(), "La formule se lit", "Elle lit")
	if list, _ := w.reg.ListFormulas(t.Context(), registry.FormulaOfFigures); len(list) != 0 {
		t.Fatal("a check kept something")
	}
	w.must(t, "/populations/nouvelle", typed("texte", "niveau=6eme", "libelle", "Sixièmes", "code", "sixiemes"))
	w.must(t, "/formules/nouvelle", typed("texte", "100 * eleves@sixiemes / eleves", "libelle", "Part <des> sixièmes", "code", "part_sixiemes", "unite", "%"))
	wants(t, w.get("/formules/part_sixiemes").Body.String(), "Part &lt;des&gt; sixièmes", "@sixiemes", "formule:part_sixiemes", "privée")
	entry := w.journal.list[len(w.journal.list)-2]
	if entry.Action != "formule" || entry.Object != "formule part_sixiemes" {
		t.Errorf("journal %+v", entry)
	}
	// shared only once its population is
	refused := w.post("/formules/part_sixiemes", url.Values{"geste": {"partager"}})
	if to := refused.Header().Get("Location"); !strings.Contains(to, "refus=") {
		t.Errorf("shared before its population: %s", to)
	}
	w.must(t, "/populations/sixiemes", url.Values{"geste": {"partager"}})
	w.must(t, "/formules/part_sixiemes", url.Values{"geste": {"partager"}})
	w.must(t, "/formules/part_sixiemes/modifier", typed("version", "1", "texte", "100 * eleves@sixiemes / eleves", "libelle", "Part des sixièmes", "unite", "%", "note", "Libellé."))
	if stale := w.post("/formules/part_sixiemes/modifier", typed("version", "1", "texte", "eleves", "libelle", "Trop tard")); stale.Code != http.StatusUnprocessableEntity {
		t.Errorf("a stale version: %d", stale.Code)
	}
	w.as.Grants = []belvedere.Grant{{Capability: belvedere.DataOfficer}}
	w.as.ID = 8
	w.must(t, "/formules/part_sixiemes", url.Values{"geste": {"verifier"}, "version": {"2"}})
	wants(t, w.get("/formules").Body.String(), "vérifiée", "Part des sixièmes")
	w.as.ID, w.as.Grants = 7, []belvedere.Grant{{Capability: belvedere.Author}}
	if kept := w.post("/populations/sixiemes", url.Values{"geste": {"supprimer"}}); !strings.Contains(kept.Header().Get("Location"), "refus=") {
		t.Error("a population that a formula reads was deleted")
	}
	w.must(t, "/formules/part_sixiemes", url.Values{"geste": {"supprimer"}})
	w.must(t, "/populations/sixiemes", url.Values{"geste": {"supprimer"}})
}

// TestFormulasOfOthers: what is private is unknown to others, who write nothing without the grant.
func TestFormulasOfOthers(t *testing.T) {
	w := newWriters(t)
	w.must(t, "/formules/nouvelle", typed("texte", "eleves", "libelle", "À moi", "code", "a_moi"))
	w.as.ID = 9
	if got := w.get("/formules/a_moi"); got.Code != http.StatusNotFound {
		t.Errorf("a private formula of another: %d", got.Code)
	}
	if strings.Contains(w.get("/formules").Body.String(), "a_moi") {
		t.Error("it is listed")
	}
	w.as.Grants = nil
	for _, address := range []string{"/formules/nouvelle", "/populations/nouvelle"} {
		if got := w.get(address); got.Code != http.StatusForbidden {
			t.Errorf("%s without the grant: %d", address, got.Code)
		}
		if got := w.post(address, typed("texte", "eleves", "libelle", "x", "code", "x")); got.Code != http.StatusForbidden {
			t.Errorf("%s posted without the grant: %d", address, got.Code)
		}
	}
	for _, v := range []belvedere.Viewer{{Kind: belvedere.TokenViewer, Login: "jeton"}, {}} { // numbers of nobody own nothing
		if _, err := w.formulas.Formula(t.Context(), v, "a_moi", 0); belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("%q reads it: %v", v.Login, err)
		}
	}
}

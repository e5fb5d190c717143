package web_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/definition"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// meanings are the definitions of a model that changes with what is accepted in a registry; there is no
// warehouse to weigh proposals.
func meanings(reg registry.Registry, m *belvedere.Model, now func() time.Time) *definition.Service {
	return definition.New(definition.Config{Registry: reg, Now: now, Model: func(context.Context) (*belvedere.Model, error) { return m, nil }})
}

func noLineage(context.Context, belvedere.Viewer, string) (*report.Lineage, error) {
	return &report.Lineage{Closed: "Rien n’est publié."}, nil
}

// TestDefinitionPages reads, proposes, asks and decides through the pages, with hostile texts.
func TestDefinitionPages(t *testing.T) {
	const evil = `<script>alert("x")</script> "é" &amp;`
	f := newFort(t)
	post := func(path string, fields url.Values) *httptest.ResponseRecorder {
		return f.send("POST", path, fields.Encode())
	}
	must := func(w *httptest.ResponseRecorder, status int, want ...string) {
		t.Helper()
		body := w.Body.String()
		if w.Code != status {
			t.Errorf("status %d, want %d", w.Code, status)
		}
		if strings.Contains(body, "<script>alert") {
			t.Error("a text is not escaped")
		}
		for _, one := range want {
			if !strings.Contains(body, one) {
				t.Errorf("%q is not said in\n%.2000s", one, body[max(0, strings.Index(body, "<main")):])
			}
		}
	}
	f.as = reader
	must(f.ask("GET /indicateurs/eleves"), 200, "Versions", "Définition 1", "Poser une question")
	must(f.ask("GET /indicateurs/eleves/proposer"), 403)
	must(f.ask("GET /indicateurs/inconnu"), 404)
	must(post("/indicateurs/eleves/questions", url.Values{"question": {evil}}), 303)
	must(post("/indicateurs/eleves/questions", url.Values{"question": {" "}}), 422, "n’est pas vide")
	must(post("/indicateurs/eleves/questions", url.Values{"question": {strings.Repeat("x", 2001)}}), 422, "2001 caractères")
	must(f.ask("GET /indicateurs/eleves"), 200, "&lt;script&gt;", "En attente de réponse")
	must(post("/definitions/questions/1", url.Values{"reponse": {"Oui."}}), 403)
	must(post("/indicateurs/eleves/proposer", url.Values{"effet": {"2026-09-01"}, "motif": {"a"}, "note": {"b"}, "geste": {"proposer"}}), 403)

	f.as = boss
	must(post("/indicateurs/eleves/proposer", url.Values{"effet": {"bientôt"}, "motif": {"a"}, "geste": {"proposer"}}), 422, "La date d’effet doit")
	must(post("/indicateurs/eleves/proposer", url.Values{"effet": {"2026-09-01"}, "motif": {evil}, "valeur": {"effectifs.elves"}, "geste": {"proposer"}}), 422,
		"vouliez-vous dire", "valeur:1:11", "1 | effectifs.elves", "&lt;script&gt;")
	w := post("/indicateurs/eleves/proposer", url.Values{"effet": {"2026-09-01"}, "motif": {evil}, "note": {evil}, "geste": {"proposer"}})
	must(w, 303)
	proposal, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	must(f.ask("GET "+proposal), 200, "&lt;script&gt;", "à décider", "Accepter")
	must(post(proposal, url.Values{"decision": {"accepter"}}), 422, "Dites pourquoi")
	must(post("/definitions/questions/1", url.Values{"reponse": {evil}}), 303)
	must(post("/indicateurs/eleves/responsable", url.Values{"responsable": {"Personne@NULLE"}}), 422, "Aucun compte")
	must(post("/indicateurs/eleves/responsable", url.Values{"responsable": {evil}}), 303)
	must(f.ask("GET /definitions?q=alert"), 200, "&lt;script&gt;", "à décider")
	f.as = reader
	must(post(proposal, url.Values{"decision": {"accepter"}, "motif": {"oui"}}), 403)
	must(f.ask("GET "+proposal), 200, "&lt;script&gt;")
	f.as = boss
	must(post(proposal, url.Values{"decision": {"refuser"}, "motif": {"Trop tôt."}}), 303)
	must(f.ask("GET "+proposal), 200, "refusée", "Trop tôt.")
	kept := f.journal.String()
	for _, want := range []string{"definition", "proposition 1 (eleves)", "Trop tôt."} {
		if !strings.Contains(kept, want) {
			t.Errorf("the journal does not keep %q", want)
		}
	}
}

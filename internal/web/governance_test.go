package web_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/governance"
	"belvedere/internal/registry"
	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

// weigh adds addresses to those that others than administrators reach.
func weigh(right, list string) {
	if open[right] != "" {
		list = open[right] + ", " + list
	}
	open[right] = list
}

func init() {
	weigh("signed in", "GET /gouvernance, GET /gouvernance/calendrier, GET /gouvernance/calendrier.ics, POST /gouvernance/calendrier/{id}/marque, "+
		"GET /gouvernance/regles, GET /gouvernance/regles/nouvelle, POST /gouvernance/regles/nouvelle, GET /gouvernance/regles/{id}, GET /gouvernance/regles/{id}/modifier, "+
		"POST /gouvernance/regles/{id}/modifier, GET /gouvernance/regles/{id}/differences, POST /gouvernance/regles/{id}/vigueur, POST /gouvernance/regles/{id}/abroger, "+
		"POST /gouvernance/regles/{id}/lu, GET /gouvernance/questions, GET /gouvernance/questions/nouvelle, POST /gouvernance/questions/nouvelle, GET /gouvernance/questions/{id}, "+
		"POST /gouvernance/questions/{id}, GET /gouvernance/formations, GET /gouvernance/formations.csv, GET /gouvernance/attestations.csv, GET /gouvernance/formations/nouvelle, POST /gouvernance/formations/nouvelle, "+
		"GET /gouvernance/formations/{id}, GET /gouvernance/formations/{id}/liste.csv, GET /gouvernance/formations/{id}/modifier, POST /gouvernance/formations/{id}/modifier, "+
		"POST /gouvernance/formations/{id}/inscription, POST /gouvernance/formations/{id}/desinscription, POST /gouvernance/formations/{id}/presence")
	weigh("signed in", "GET /gouvernance/coherence, GET /gouvernance/coherence.csv, POST /gouvernance/coherence/controle")
	weigh("nominative", "GET /ecole/{uai}/coherence/{regle}, GET /ecole/{uai}/coherence/{regle}/constats.csv, POST /ecole/{uai}/coherence/constats/{numero}")
	weigh("officer", "POST /gouvernance/designations, POST /gouvernance/designations/{id}/fin, POST /gouvernance/responsabilites, POST /gouvernance/responsabilites/{code}/retirer, "+
		"POST /gouvernance/reglages, GET /gouvernance/calendrier/nouvelle, POST /gouvernance/calendrier/nouvelle, POST /gouvernance/calendrier/report, POST /gouvernance/calendrier/vacances, GET /gouvernance/calendrier/{id}, "+
		"POST /gouvernance/calendrier/{id}, POST /gouvernance/calendrier/{id}/retirer")
}

// governed is the organisation over a registry; nobody is written to.
func governed(reg registry.Registry, m *belvedere.Model, now func() time.Time) *governance.Service {
	return governance.New(governance.Config{Registry: reg, Now: now, Model: func(context.Context) (*belvedere.Model, error) { return m, nil }})
}

// fillGovernance puts two of each thing of the organisation into the registry.
func (f *fort) fillGovernance() {
	ctx, now := f.t.Context(), webtest.Published
	for i := range int64(2) {
		_, err := f.reg.PutHolding(ctx, registry.Holding{Duty: "scolarite", Place: registry.Titular, Account: 4, Name: "Inès CARON", From: belvedere.Date(2025, 9, 1), At: now})
		f.must(err)
		_, err = f.reg.PutTask(ctx, registry.Task{Label: fmt.Sprint("Échéance ", i), Duty: "scolarite", Starts: belvedere.Date(2025, 11, 1), Ends: belvedere.Date(2025, 12, 1), Yearly: true, At: now})
		f.must(err)
		r, err := f.reg.PutWrittenRule(ctx, registry.WrittenRule{Title: fmt.Sprint("Règle ", i), Duty: "scolarite", Audience: governance.Everyone, Asked: true})
		f.must(err)
		for n := range 2 {
			_, err = f.reg.AddRuleVersion(ctx, registry.RuleVersion{Rule: r.ID, Text: fmt.Sprint("# Texte\n\nLigne ", n), Reason: "Premier texte.", Author: "Claire@MORVAN", At: now}, n)
			f.must(err)
		}
		f.must(f.reg.ForceRule(ctx, r.ID, 2, "Claire@MORVAN", now))
		_, err = f.reg.AskHelp(ctx, registry.HelpQuestion{Subject: fmt.Sprint("Question ", i), Text: "Comment ?", Duty: "scolarite", Account: 2, By: "Anna@KERVELLA", At: now})
		f.must(err)
		t, err := f.reg.PutTraining(ctx, registry.Training{Label: fmt.Sprint("Session ", i), Day: belvedere.Date(2027, 1, 10), Seats: 4, At: now})
		f.must(err)
		f.must(f.reg.Register(ctx, t.ID, 3, now))
	}
}

// TestGovernancePages names, writes, asks and teaches through the pages, with hostile texts.
func TestGovernancePages(t *testing.T) {
	const evil = `<script>alert("x")</script>`
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
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && (strings.Contains(body, "<script>alert") || strings.Contains(body, `href="javascript:`)) {
			t.Error("a text is not escaped")
		}
		for _, one := range want {
			if !strings.Contains(body, one) {
				t.Errorf("%q is not said in\n%.3000s", one, body[max(0, strings.Index(body, "<main")):])
			}
		}
	}
	f.as = boss
	must(post("/gouvernance/designations", url.Values{"responsabilite": {"pilotage"}, "qualite": {"titulaire"}, "qui": {evil}}), 303)
	must(post("/gouvernance/designations", url.Values{"responsabilite": {"pilotage"}, "qualite": {"titulaire"}, "qui": {"Personne@NULLE"}}), 422, "Aucun compte")
	must(post("/gouvernance/designations", url.Values{"responsabilite": {"modelisation"}, "qualite": {"suppleant"}, "qui": {"Anna@KERVELLA"}, "du": {"bientôt"}}), 422, "doit s’écrire")
	must(post("/gouvernance/designations", url.Values{"responsabilite": {"modelisation"}, "qualite": {"suppleant"}, "qui": {"Anna@KERVELLA"}}), 303)
	must(f.ask("GET /gouvernance"), 200, "&lt;script&gt;", "Anna KERVELLA", "Personne n’en répond", "0 sur 2 correspondants techniques", "Désigner")
	must(post("/gouvernance/calendrier/nouvelle", url.Values{"intitule": {evil}, "responsabilite": {"modelisation"}, "debut": {"2026-11-10"}, "fin": {"2026-11-01"}, "rappel": {"7"}, "regle": {"0"}}), 422, "avant de commencer", "&lt;script&gt;")
	must(post("/gouvernance/calendrier/nouvelle", url.Values{"intitule": {"x"}, "responsabilite": {"modelisation"}, "debut": {"2026-11-10"}, "rappel": {"7"}, "procedure": {"javascript:alert(1)"}}), 422, "celle d’une page")
	must(post("/gouvernance/calendrier/nouvelle", url.Values{"intitule": {evil}, "responsabilite": {"modelisation"}, "debut": {"2025-11-10"}, "fin": {"2025-12-24"}, "rappel": {"7"}, "annuelle": {"oui"}}), 303)
	must(f.ask("GET /gouvernance/calendrier?annee=2025-2026"), 200, "&lt;script&gt;", "chaque année")
	must(f.ask("GET /gouvernance/calendrier.ics?annee=2025"), 200, "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20251110")

	f.as = reader // she is deputy of the modelling
	if w := f.ask("GET /gouvernance"); strings.Contains(w.Body.String(), "/gouvernance/designations") {
		t.Error("a reader is offered to name people")
	}
	must(post("/gouvernance/calendrier/3/marque", url.Values{"annee": {"2025"}, "faite": {"oui"}, "remarque": {evil}}), 303)
	must(f.ask("GET /gouvernance/calendrier?annee=2025"), 200, "&lt;script&gt;", "par Anna@KERVELLA")
	must(post("/gouvernance/calendrier/1/marque", url.Values{"annee": {"2025"}, "faite": {"oui"}}), 403)
	text := evil + "\n\n# Titre\n- un **fort**\n- [piège](javascript:alert(1)) et [page](/gouvernance)"
	must(post("/gouvernance/regles/nouvelle", url.Values{"titre": {evil}, "responsabilite": {"modelisation"}, "public": {"tous"}, "texte": {text}, "geste": {"apercu"}}), 200, "Rien n’est enregistré", "<strong>fort</strong>")
	must(post("/gouvernance/regles/nouvelle", url.Values{"titre": {"x"}, "responsabilite": {"modelisation"}, "public": {"tous"}, "texte": {text}}), 422, "dit son motif")
	must(post("/gouvernance/regles/nouvelle", url.Values{"titre": {"x"}, "responsabilite": {"pilotage"}, "public": {"tous"}, "texte": {text}, "motif": {"a"}}), 403)
	must(post("/gouvernance/regles/nouvelle", url.Values{"titre": {evil}, "responsabilite": {"modelisation"}, "public": {"tous"}, "accuse": {"oui"}, "texte": {text}, "motif": {evil}, "vigueur": {"oui"}}), 303)
	must(f.ask("GET /gouvernance/regles/3"), 200, "&lt;script&gt;", "<strong>fort</strong>", `<a href="/gouvernance">page</a>`, "J’ai lu cette règle", "N’ont pas encore lu")
	must(post("/gouvernance/regles/3/lu", url.Values{"version": {"1"}}), 303)
	if w := f.ask("GET /gouvernance/regles/3"); strings.Contains(w.Body.String(), "J’ai lu cette règle") {
		t.Error("what was read is asked again")
	}
	must(post("/gouvernance/regles/3/modifier", url.Values{"titre": {"Règle"}, "responsabilite": {"modelisation"}, "public": {"tous"}, "accuse": {"oui"}, "texte": {text + "\nPlus."}, "motif": {"b"}, "apres": {"1"}, "vigueur": {"oui"}}), 303)
	must(f.ask("GET /gouvernance/regles/3"), 200, "J’ai lu cette règle")
	must(f.ask("GET /gouvernance/regles/3/differences?de=1&a=2"), 200, "diff added", "Plus.", "&lt;script&gt;")
	must(post("/gouvernance/regles/3/modifier", url.Values{"titre": {"Règle"}, "responsabilite": {"modelisation"}, "public": {"tous"}, "texte": {"z"}, "motif": {"c"}, "apres": {"1"}}), 422, "entre-temps")
	must(post("/gouvernance/regles/3/abroger", url.Values{}), 422, "Dites pourquoi")
	must(post("/gouvernance/questions/nouvelle", url.Values{"objet": {evil}, "question": {evil}, "responsabilite": {"modelisation"}, "indicateur": {"rien"}}), 422, "Aucun indicateur")
	must(post("/gouvernance/questions/nouvelle", url.Values{"objet": {evil}, "question": {evil}, "responsabilite": {"scolarite"}, "indicateur": {"eleves"}, "regle": {"3"}}), 303)
	must(f.ask("GET /gouvernance/questions?q=ALERT"), 200, "&lt;script&gt;", "1\u00a0question<")
	must(post("/gouvernance/questions/3", url.Values{"reponse": {"moi"}}), 403)
	must(post("/gouvernance/formations/nouvelle", url.Values{"sujet": {"x"}, "date": {"2027-01-01"}, "places": {"1"}}), 403)
	must(post("/gouvernance/formations/1/inscription", nil), 303)
	must(f.ask("GET /gouvernance/formations/1"), 200, "Vous êtes inscrit")
	must(f.ask("GET /gouvernance/formations.csv"), 403)

	f.as = strong(roles[4].viewer) // she holds the registrar's duty
	must(f.ask("GET /gouvernance/questions/3"), 200, "&lt;script&gt;", "Répondre")
	must(post("/gouvernance/questions/3", url.Values{"reponse": {" "}}), 422, "La réponse est vide")
	must(post("/gouvernance/questions/3", url.Values{"reponse": {evil + " **oui**"}}), 303)
	must(f.ask("GET /gouvernance/questions?q=oui+alert"), 200, "répondu par")
	f.as = boss
	must(post("/gouvernance/formations/nouvelle", url.Values{"sujet": {evil}, "date": {"hier"}, "places": {"1"}}), 422, "dit sa date")
	must(post("/gouvernance/formations/nouvelle", url.Values{"sujet": {"=1+1"}, "date": {"2027-01-01"}, "places": {"1"}, "prepare": {"auteur"}}), 303)
	must(post("/gouvernance/formations/3/presence", url.Values{"qui": {"Anna@KERVELLA"}, "presence": {"inscrire"}}), 303)
	must(post("/gouvernance/formations/3/presence", url.Values{"qui": {"Marc@RIOU"}, "presence": {"inscrire"}}), 422, "aucune place")
	must(post("/gouvernance/formations/3/presence", url.Values{"qui": {"Anna@KERVELLA"}, "presence": {"present"}}), 303)
	if w := f.ask("GET /gouvernance/formations/3/liste.csv"); !strings.Contains(w.Body.String(), "présent") || strings.Contains(w.Body.String(), `"=1+1"`) {
		t.Errorf("file %q", w.Body)
	}
	kept := f.journal.String()
	for _, want := range []string{"gouvernance", "règle 3 version 2", "version 1 lue", "question 3", "titulaire : "} {
		if !strings.Contains(kept, want) {
			t.Errorf("the journal does not keep %q", want)
		}
	}
}

// TestGovernanceAccessibility asks axe about each page of the organisation, with all that unfolds open.
func TestGovernanceAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	f := newFort(t)
	c := newConsole(t, func(c *web.Config, _ *console) { c.Governance = f.config.Governance })
	_, err = f.reg.AnswerHelp(t.Context(), 2, "Par la fiche.\n\n- un\n- deux", "Claire@MORVAN", webtest.Published)
	f.must(err)
	server := httptest.NewServer(c)
	defer server.Close()
	const unfold = "document.querySelectorAll('main details').forEach(d => { d.open = true })"
	for name, address := range map[string]string{
		"responsabilites": "/gouvernance", "calendrier": "/gouvernance/calendrier?annee=2025", "echeance": "/gouvernance/calendrier/1", "regles": "/gouvernance/regles",
		"regle": "/gouvernance/regles/1", "regle-modifier": "/gouvernance/regles/1/modifier", "differences": "/gouvernance/regles/1/differences?de=1&a=2",
		"questions": "/gouvernance/questions", "question": "/gouvernance/questions/2", "question-nouvelle": "/gouvernance/questions/nouvelle",
		"formations": "/gouvernance/formations", "formation": "/gouvernance/formations/1", "formation-modifier": "/gouvernance/formations/1/modifier",
	} {
		for _, width := range []int64{1440, 390} {
			for _, theme := range []string{"light", "dark"} {
				name := fmt.Sprintf("%s-%d-%s", name, width, theme)
				t.Run(name, func(t *testing.T) { judge(t, ctx, server.URL+address, unfold, string(script), width, theme, name) })
			}
		}
	}
}

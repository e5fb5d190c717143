package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/territory/report"
)

// exploreState draws a state of the explorer that the world can answer.
func (w *world) exploreState(t *testing.T) (report.Explore, bool) {
	q, err := w.crossQuestion(t)
	if err != nil {
		t.Fatal(err)
	}
	e := report.Explore{Lines: q.By, Across: q.Across, Subtotals: q.Subtotals, Top: q.Top, Sort: q.Sort, Share: w.r.IntN(4) == 0, Rates: w.r.IntN(3) == 0,
		Shape: report.Shapes[w.r.IntN(len(report.Shapes))]}
	for _, c := range q.Columns {
		if !c.Share {
			e.Columns = append(e.Columns, report.ExploreColumn{Indicator: c.Indicator, Rate: c.Rate, Where: c.Where})
		}
	}
	seen := map[string]bool{}
	for _, f := range q.Where {
		if key := fmt.Sprint(f.Dim, f.Not); seen[key] {
			return e, false // the state would take both as alternatives
		} else {
			seen[key] = true
		}
	}
	e.Where = q.Where
	e.Span = report.Span{From: q.Period.From, To: q.Period.To}
	return e, true
}

// TestExplorerStates asks random states, wants each to be its address, its receipt to replay to the same
// bytes, and each way down to keep the figure that it starts from.
func TestExplorerStates(t *testing.T) {
	w := newWorld(t, 5)
	replayed, drills := 0, 0
	for i := range 150 {
		w.r = rand.New(rand.NewPCG(91, uint64(i)))
		e, ok := w.exploreState(t)
		if !ok {
			continue
		}
		viewer := belvedere.Viewer{ID: 1, Login: "essai", Kind: belvedere.AccountViewer, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true,
			Sharing: belvedere.Sharing{Everything: true}, Fingerprint: "essai"}}
		values, _ := url.ParseQuery(e.Encode())
		again, err := report.ParseExplore(values)
		if err != nil || again.Encode() != e.Encode() {
			t.Fatalf("%s came back as %s: %v", e.Encode(), again.Encode(), err)
		}
		x, err := w.app.Reporter.Explore(t.Context(), viewer, again)
		if err != nil {
			t.Fatalf("%s: %v", e.Encode(), err)
		}
		if x.Sentence.String() != x.Heading.Title || len(x.Sentence) < 3 {
			t.Fatalf("%s: %q over %q", e.Encode(), x.Heading.Title, x.Sentence)
		}
		if !x.Result.Receipt.At.IsZero() {
			r, err := w.app.Reporter.Replay(t.Context(), viewer, x.Result.Receipt.Code)
			if err != nil || !r.Same {
				t.Fatalf("%s: receipt %s replays otherwise: %+v %v", e.Encode(), x.Result.Receipt.Code, r, err)
			}
			replayed++
		}
		drills += w.drillFrom(t, viewer, x)
	}
	if replayed < 50 || drills < 100 {
		t.Errorf("%d receipts, %d ways down: the states prove too little", replayed, drills)
	}
}

// drillFrom goes down from some lines, over times too, and wants the same figures.
func (w *world) drillFrom(t *testing.T, viewer belvedere.Viewer, x *report.ExploreResult) (n int) {
	t.Helper()
	check := &crossCheck{t: t, w: w}
	for range 4 {
		if len(x.Result.Rows) == 0 {
			return n
		}
		row := x.Result.Rows[w.r.IntN(len(x.Result.Rows))]
		down, ok := w.app.Reporter.Drill(x.State, x.Result.Query, row, "", false)
		if !ok {
			continue
		}
		under, err := w.app.Reporter.Explore(t.Context(), viewer, down.With(func(e *report.Explore) { e.Share = false }))
		if err != nil {
			t.Fatalf("%s: %v", down.Encode(), err)
		}
		if len(under.Result.Rows) == 0 {
			continue
		}
		for i, c := range x.Result.Columns {
			at := slices.IndexFunc(under.Result.Columns, func(o belvedere.ResultColumn) bool { return o.Key == c.Key })
			if at < 0 || c.Share || !row.Cells[i].State.Shown() || check.divides(c.QueryColumn) {
				continue
			}
			if got := under.Result.Rows[0].Cells[at]; !got.State.Shown() || got.Value != row.Cells[i].Value {
				t.Errorf("%s\n down to %s: %s is %+v, the line says %+v", x.State.Encode(), down.Encode(), c.Key, got, row.Cells[i])
			}
			n++
		}
	}
	return n
}

// TestWhoComposes lets authors compose, readers read what was composed with their own rights, and nobody
// learn of what is not shared.
func TestWhoComposes(t *testing.T) {
	unprotected(t)
	w := newWorld(t, 6)
	a := w.app
	rights := registry.Account{AllWidgets: true, AllSchools: false, Schools: w.schools[:1]}
	reader, writer := rights, rights
	reader.Login, writer.Login = "Anna@KERVELLA", "Yann@RIOU"
	reader.LastName, writer.LastName = "Kervella", "Riou"
	reader, writer = member(t, a, reader), member(t, a, writer)
	now := time.Now()
	_, err := a.Registry.CreateGrant(t.Context(), registry.Grant{Created: now, Grant: belvedere.Grant{Account: writer.ID, Capability: belvedere.Author, Purpose: "Bilan", Approver: "Claire MORVAN",
		From: now.Add(-time.Hour), Until: now.Add(time.Hour)}})
	if err != nil {
		t.Fatal(err)
	}
	s := site(t, a)
	in := map[string][]string{"reader": enter(t, a, reader), "author": enter(t, a, writer)}
	ask := func(who, method, path, body string) (int, string) {
		t.Helper()
		header := append(slices.Clone(in[who]), "Sec-Fetch-Site", "same-origin", "Content-Type", "application/x-www-form-urlencoded")
		r, text := callOnce(t, method, s.URL+path, body, header...)
		return r.StatusCode, text + r.Header.Get("Location")
	}
	question := "indicateurs=eleves&lignes=etablissement&annee=2020"
	for _, path := range []string{report.ExplorePath + "?" + question, "/api/v1/explorer?" + question, report.ExplorePath + "?" + question + "&format=csv"} {
		if code, _ := ask("reader", "GET", path, ""); code != http.StatusForbidden {
			t.Errorf("a reader composes at %s: %d", path, code)
		}
		if code, text := ask("author", "GET", path, ""); code != http.StatusOK || strings.Contains(text, string(w.schools[2])) {
			t.Errorf("an author at %s: %d, or reads another school", path, code)
		}
	}
	operator, _ := a.Operator(t.Context())
	q, err := a.Saved.Create(t.Context(), operator, saved.Draft{Title: "Élèves par établissement", State: question, Parameters: []string{"annee"}})
	if err != nil {
		t.Fatal(err)
	}
	if code, _ := ask("reader", "GET", q.Address(), ""); code != http.StatusNotFound {
		t.Errorf("a private query answers %d", code)
	}
	if _, err := a.Saved.Share(t.Context(), operator, q.ID, saved.Sharing{With: registry.SharedAll}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{q.Address(), q.Address() + "?annee=2021", q.Address() + "?format=csv", fmt.Sprintf("/api/v1/requetes/%d", q.ID)} {
		code, text := ask("reader", "GET", path, "")
		if code != http.StatusOK || strings.Contains(text, string(w.schools[2])) {
			t.Errorf("%s: %d, or the author's rights", path, code)
		}
	}
	if code, _ := ask("reader", "GET", fmt.Sprintf("/api/v1/requetes/%d?lignes=niveau", q.ID), ""); code != http.StatusBadRequest {
		t.Errorf("a choice that is not open: %d", code)
	}
	for _, act := range []string{"/partager", "/verifier", "/copier", "/supprimer"} {
		if code, _ := ask("reader", "POST", q.Address()+act, "avec=tous"); code != http.StatusForbidden {
			t.Errorf("a reader may %s: %d", act, code)
		}
	}
	if code, text := ask("author", "POST", saved.Path, url.Values{"titre": {"La mienne"}, "question": {question}}.Encode()); code != http.StatusSeeOther {
		t.Errorf("an author saves: %d %s", code, text)
	}
	if code, _ := ask("author", "POST", q.Address()+"/supprimer", ""); code != http.StatusForbidden {
		t.Error("an author removes the query of another")
	}
	for _, hostile := range []string{"indicateurs=%27%3B--", "indicateurs=eleves%5B", "lignes=%00", "indicateurs=eleves&lignes=inconnue", "indicateurs=eleves&colonnes=heure", "indicateurs=eleves&filtre.niveau=%FF",
		"indicateurs=eleves&filtre.etablissement=x", "indicateurs=eleves&detail=-1", "indicateurs=eleves&detail=99999999999999999999.1", "indicateurs=eleves&tri=%00", "indicateurs=formule:x", "population=y&indicateurs=eleves",
		"indicateurs=eleves&premiers=1&lignes=annee", "indicateurs=eleves&edition=999", "indicateurs=eleves&forme=nuage", "indicateurs=eleves&forme=carte&lignes=type", "indicateurs=eleves&du=0001-01-01&au=9999-12-31"} {
		if code, text := ask("author", "GET", report.ExplorePath+"?"+hostile, ""); code >= 500 {
			t.Errorf("%s: %d %s", hostile, code, text[:min(len(text), 200)])
		}
	}
}

package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/territory/diffusion"
)

// smallSchools are four schools: one has 3 girls in 6eme, a number that no one may read.
var smallSchools = map[string]string{
	"etablissements": "etablissement;nom;type;commune\n9990001X;Les Tilleuls;college;Vernois\n9990002Y;Les Ormes;college;Vernois\n9990003Z;Les Aulnes;college;Castelbruc\n9990004A;Les Saules;college;Castelbruc\n",
	"effectifs": "etablissement;jour;niveau;sexe;eleves\n" +
		"9990001X;2025-10-01;6eme;F;3\n9990001X;2025-10-01;6eme;M;60\n9990001X;2025-10-01;5eme;F;50\n9990001X;2025-10-01;5eme;M;55\n" +
		"9990002Y;2025-10-01;6eme;F;40\n9990002Y;2025-10-01;6eme;M;41\n9990002Y;2025-10-01;5eme;F;42\n9990002Y;2025-10-01;5eme;M;43\n" +
		"9990003Z;2025-10-01;6eme;F;30\n9990003Z;2025-10-01;6eme;M;31\n9990003Z;2025-10-01;5eme;F;32\n9990003Z;2025-10-01;5eme;M;7\n" +
		"9990004A;2025-10-01;6eme;F;20\n9990004A;2025-10-01;6eme;M;21\n9990004A;2025-10-01;5eme;F;22\n9990004A;2025-10-01;5eme;M;23\n",
}

// A secrecyDesk is a console whose figures are protected, asked as several people.
type secrecyDesk struct {
	t   *testing.T
	app *app.App
	h   http.Handler
}

func newSecrecyDesk(t *testing.T) *secrecyDesk {
	t.Helper()
	d := &secrecyDesk{t: t, app: openOn(t, t.TempDir(), "")}
	newWatch(d.app, time.Date(2025, 11, 12, 9, 0, 0, 0, time.UTC))
	edition(t, d.app, smallSchools)
	var err error
	if d.h, err = d.app.Handler(); err != nil {
		t.Fatal(err)
	}
	return d
}

// ask sends a request as someone who signed in.
func (d *secrecyDesk) ask(session []string, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set(session[0], session[1])
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	return w
}

var seenField = regexp.MustCompile(`name="vu" value="([0-9a-f]+)"`)

// TestOfficerSetsSecrecy goes the way of a data protection officer: the page, the effect before, the
// rules, and the entries that tell of them. Others find nothing.
func TestOfficerSetsSecrecy(t *testing.T) {
	d := newSecrecyDesk(t)
	officer := enter(t, d.app, member(t, d.app, registry.Account{FirstName: "Idriss", LastName: "LEGOFF", Auditor: true, SecondFactor: true}))
	reader := enter(t, d.app, member(t, d.app, registry.Account{FirstName: "Claire", LastName: "MORVAN", AllSchools: true, AllWidgets: true}))
	const path = "/administration/secret"
	for _, method := range []string{"GET", "POST"} {
		if w := d.ask(reader, method, path, url.Values{"faire": {"appliquer"}, "seuil.5": {"9"}}); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "seuil.5") {
			t.Errorf("a reader's %s: %d", method, w.Code)
		}
	}
	w := d.ask(officer, "GET", path, nil)
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, "mondes possibles") || !strings.Contains(page, "Rien n’attend") {
		t.Fatalf("page %d\n%s", w.Code, page)
	}
	seen := seenField.FindStringSubmatch(page)[1]

	effect := d.ask(officer, "POST", path, url.Values{"vu": {seen}, "faire": {"montrer"}, "seuil.5": {"8"}, "seuil.10": {"10"}, "calendrier": {"hebdomadaire"}}).Body.String()
	if !strings.Contains(effect, "seuil de la classe 5\u00a0: 5 → 8") || !strings.Contains(effect, `value="appliquer"`) {
		t.Errorf("no effect is shown:\n%s", effect)
	}
	if rules, err := d.app.Releases.Rules(context.Background()); err != nil || len(rules.Floors) > 0 {
		t.Errorf("showing the effect has set %+v, %v", rules, err)
	}
	for name, form := range map[string]url.Values{
		"a floor that goes down": {"seuil.5": {"4"}}, "no number": {"seuil.5": {"<b>"}}, "a class that goes down": {"classe.eleves": {"aucun"}}, "no calendar": {"calendrier": {"jamais"}},
		"classes that cross": {"seuil.5": {"12"}},
	} {
		form.Set("faire", "appliquer")
		if w := d.ask(officer, "POST", path, form); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	set := url.Values{"vu": {seen}, "faire": {"appliquer"}, "seuil.5": {"8"}, "classe.eleves": {"10"}, "calendrier": {"hebdomadaire"}}
	if w := d.ask(officer, "POST", path, set); w.Code != http.StatusSeeOther {
		t.Fatalf("setting: %d\n%s", w.Code, w.Body)
	}
	rules, err := d.app.Releases.Rules(context.Background())
	if err != nil || rules.Floors["5"] != 8 || rules.Indicators["eleves"] != "10" || rules.Calendar != diffusion.Weekly {
		t.Errorf("rules %+v, %v", rules, err)
	}
	if w := d.ask(officer, "POST", path, set); w.Code != http.StatusConflict {
		t.Errorf("rules that another changed meanwhile: %d", w.Code)
	}
	if page := d.ask(officer, "GET", path, nil).Body.String(); !strings.Contains(page, "premières règles ou règles changées") {
		t.Error("the release by the new rules is not listed")
	}
	entries, _, err := d.app.Registry.ListJournal(context.Background(), registry.JournalFilter{Actions: []string{"secret"}, Result: "fait"}, registry.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for _, e := range entries {
		told += e.Login + " " + e.Detail + "\n"
	}
	if !strings.Contains(told, "Idriss@LEGOFF seuil de la classe 5") || !strings.Contains(told, "effet montré, rien d’appliqué") {
		t.Errorf("the journal says:\n%s", told)
	}
}

// TestPreviewCounts compares the effect with figures counted by hand: nothing is hidden of a measure
// that no one protects, more is hidden by a higher floor, and the total adds the lines.
func TestPreviewCounts(t *testing.T) {
	d := newSecrecyDesk(t)
	ctx := context.Background()
	p, err := d.app.Releases.Preview(ctx, diffusion.Rules{Floors: map[string]float64{"5": 9}})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, l := range p.Lines {
		sum += l.Then
		if l.Measure != "eleves" {
			continue
		}
		// (4 schools, 2 communes, the whole) × (2 levels, their group, the whole) × (2 sexes, the whole)
		if l.Cells != 7*4*3 || l.Today < 4 || l.Then <= l.Today || l.Then >= l.Cells/2 {
			t.Errorf("%+v", l)
		}
		if l.Floor != 5 || l.Next != 9 || l.Year != 2025 || l.Classes["5"] != l.Then {
			t.Errorf("%+v", l)
		}
	}
	if sum == 0 || p.Total.Then != sum || p.Edition != 1 {
		t.Errorf("the total is not the sum %d: %+v", sum, p.Total)
	}
	again, err := d.app.Releases.Preview(ctx, diffusion.Rules{})
	if err != nil || again.Total.Then != again.Total.Today || again.Total.Today != p.Total.Today {
		t.Errorf("the rules of today: %+v, %v", again.Total, err)
	}
	if of := p.Of("eleves"); of.Cells == 0 || of.Then > p.Total.Then {
		t.Errorf("of an indicator: %+v", of)
	}
}

// TestSecrecyBesideAServer sets rules in one process: the other, which holds the warehouse, obeys them
// before it answers again.
func TestSecrecyBesideAServer(t *testing.T) {
	d := newSecrecyDesk(t)
	ctx := context.Background()
	if _, err := d.app.Releases.At(ctx, 1); err != nil {
		t.Fatal(err)
	}
	beside := diffusion.New(diffusion.Config{Registry: d.app.Registry, Model: d.app.Model, Zone: time.UTC})
	if _, err := beside.ReplaceRules(ctx, "", diffusion.Rules{Floors: map[string]float64{"10": 15}}); err != nil {
		t.Fatal(err)
	}
	if err := beside.Release(ctx); err == nil {
		t.Error("a release without the warehouse")
	}
	st, err := d.app.Releases.At(ctx, 1)
	if err != nil || st.Floor("effectifs", "eleves", "") != 5 || !strings.Contains(st.Rules, "=15") {
		t.Errorf("the server goes on by %v, %v", st, err)
	}
}

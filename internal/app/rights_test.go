package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
	"belvedere/internal/territory/report"
)

// town is an app with three collèges that delivered pupils and absences, and one that no register
// enters and that delivered pupils.
func town(t *testing.T) (*app.App, []belvedere.UAI) {
	t.Helper()
	a := openBare(t)
	var list []belvedere.UAI
	register, effectifs := "etablissement;nom;type;commune;codes_postaux\n", "etablissement;jour;niveau;sexe;eleves\n"
	discipline, connexions := "etablissement;mois;niveau;sanctions\n", "etablissement;heure;profil;support;ent;connexions\n"
	for i, name := range []string{"Aristide-Briand", "Bel-Air", "Cassin", "hors registre"} {
		u := uai(t, fmt.Sprintf("999000%d", i+1))
		list = append(list, belvedere.UAI(u))
		if i < 3 {
			register += fmt.Sprintf("%s;%s;college;Ville-%c;9900%d\n", u, name, 'A'+i, i)
			discipline += fmt.Sprintf("%s;2025-11;6eme;%d\n", u, i+1)
		}
		effectifs += fmt.Sprintf("%s;2025-10-01;6eme;F;%d\n", u, 1000*(i+1)+i)
		connexions += fmt.Sprintf("%s;2025-11-03T08:00:00Z;eleves;web;oui;%d\n", u, 10*(i+1))
	}
	publish(t, a, "etablissements", "registre", register)
	publish(t, a, "effectifs", "effectifs", effectifs)
	publish(t, a, "discipline", "discipline", discipline)
	publish(t, a, "connexions", "connexions", connexions)
	return a, list
}

// shown asks what an account sees of an indicator, by school, with the total.
func shown(t *testing.T, a *app.App, v belvedere.Viewer, indicator string) string {
	t.Helper()
	r := result(t, a, v, report.Ask{Indicators: []string{indicator}, By: []string{"etablissement"}, Where: []string{"annee=2025"}, Total: true})
	var out []string
	for _, row := range append(slices.Clone(r.Rows), *r.Total) {
		cell := row.Cells[0].State.Word()
		if row.Cells[0].State.Shown() {
			cell = fmt.Sprint(row.Cells[0].Value)
		}
		out = append(out, row.Keys[0].Label+" "+cell)
	}
	return strings.Join(out, ", ")
}

func result(t *testing.T, a *app.App, v belvedere.Viewer, ask report.Ask) *belvedere.Result {
	t.Helper()
	q, err := a.Reporter.Build(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Reporter.Query(t.Context(), v, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRightsBiteOnTheNextRequest changes rights, groups, agreements and the day one after the
// other, and asks again after each.
func TestRightsBiteOnTheNextRequest(t *testing.T) {
	unprotected(t)
	a, list := town(t)
	day := belvedere.Date(2026, 3, 10)
	a.Now = func() time.Time { return day.Add(12 * time.Hour) }
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	account, err := a.Registry.CreateAccount(ctx, registry.Account{Login: "Thomas@DUBOIS", FirstName: "Thomas", LastName: "DUBOIS", Email: "thomas@exemple.fr",
		State: registry.Active, Place: registry.InTerritory, AllWidgets: true, Schools: list[:2], Created: day})
	must(err)
	sees := func(what, indicator, want string) {
		t.Helper()
		account, err = a.Registry.Account(ctx, account.ID)
		must(err)
		v, err := a.ViewerOf(ctx, account)
		must(err)
		if got := shown(t, a, v, indicator); got != want {
			t.Errorf("%s: %s\nwant %s", what, got, want)
		}
	}
	update := func(change func(*registry.Account)) {
		t.Helper()
		change(&account)
		account, err = a.Registry.UpdateAccount(ctx, account)
		must(err)
	}
	sees("no agreement", "eleves", "Aristide-Briand non communiqué, Bel-Air non communiqué, Ensemble non communiqué")
	one := agree(t, a, registry.Agreement{School: list[1], Themes: []string{"moyens"}})
	sees("one school agreed", "eleves", "Aristide-Briand non communiqué, Bel-Air 2001, Ensemble 2001")
	sees("to another theme", "sanctions", "Aristide-Briand non communiqué, Bel-Air non communiqué, Ensemble non communiqué")
	all := agree(t, a, registry.Agreement{AllThemes: true, Basis: "coresponsabilité"})
	sees("all agreed", "eleves", "Aristide-Briand 1000, Bel-Air 2001, Ensemble 3001")
	update(func(x *registry.Account) { x.Schools = list[1:3] })
	sees("other schools", "eleves", "Bel-Air 2001, Cassin 3002, Ensemble 5003")
	group, err := a.Registry.PutGroup(ctx, registry.Group{Name: "Nord", Rule: "code_postal", Values: []string{"99000"}})
	must(err)
	update(func(x *registry.Account) { x.Schools, x.Groups = nil, []int64{group.ID} })
	sees("a group", "eleves", "Aristide-Briand 1000, Ensemble 1000")
	_, err = a.Registry.PutSchoolEdit(ctx, registry.SchoolEdit{School: list[2], Postcodes: []string{"35000", "99000"}, By: "x", At: day})
	must(err)
	sees("a postcode that was corrected", "eleves", "Aristide-Briand 1000, Cassin 3002, Ensemble 4002")
	must(a.Registry.DeleteGroup(ctx, group.ID, 0))
	update(func(x *registry.Account) { x.Groups, x.AllSchools = nil, true })
	sees("all schools", "eleves", string(list[3])+" 4003, Aristide-Briand 1000, Bel-Air 2001, Cassin 3002, Ensemble 10006")
	update(func(x *registry.Account) { x.AllWidgets, x.Widgets = false, []string{"social.discipline"} })
	sees("a widget closed", "eleves", "Ensemble non communiqué")
	agree(t, a, registry.Agreement{School: list[0], Extended: []int{31}, Recipients: []string{"thomas@dubois"}, To: day.AddDate(0, 0, 1)})
	sees("extended by name", "sanctions", "Aristide-Briand 1, Bel-Air non communiqué, Cassin non communiqué, Ensemble 1")
	day = day.AddDate(0, 0, 1)
	sees("the day after its end", "sanctions", "Aristide-Briand non communiqué, Bel-Air non communiqué, Cassin non communiqué, Ensemble non communiqué")
	before, err := a.ViewerOf(ctx, account)
	must(err)
	must(a.Unchanged(ctx, before))
	must(a.Registry.RevokeAgreement(ctx, all.ID, day))
	if err := a.Unchanged(ctx, before); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("a file that was prepared before an agreement was withdrawn leaves: %v", err)
	}
	must(a.Registry.RevokeAgreement(ctx, one.ID, day))
	sees("nothing is agreed any more", "connexions", "Aristide-Briand non communiqué, Bel-Air non communiqué, Cassin non communiqué, Ensemble non communiqué")
	update(func(x *registry.Account) {
		x.Place, x.AllSchools, x.AllWidgets, x.Schools = registry.InSchool, false, true, list[2:3]
	})
	sees("staff", "sanctions", "Cassin 3, Ensemble 3")
	update(func(x *registry.Account) { x.State = registry.Locked })
	if v, err := a.ViewerOf(ctx, account); err != nil || v.Kind != belvedere.Nobody || v.Admin || v.Scope.Fingerprint != "" || v.Scope.AllWidgets || len(v.Scope.Schools) > 0 {
		t.Errorf("locked: %+v %v", v, err)
	}
}

// TestTokensLoseTheirRights withdraws a token while its answer is prepared.
func TestTokensLoseTheirRights(t *testing.T) {
	a, list := town(t)
	agree(t, a, registry.Agreement{AllThemes: true})
	token, err := a.Registry.CreateToken(t.Context(), registry.Token{Name: "lecteur", Vendor: "éditeur", Hash: strings.Repeat("ab", 32), Read: true, Schools: list[:1], Created: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.TokenViewer(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if got := shown(t, a, v, "eleves"); got != "Aristide-Briand 1000, Ensemble 1000" || v.Kind != belvedere.TokenViewer {
		t.Errorf("a token reads %s", got)
	}
	if err := a.Unchanged(t.Context(), v); err != nil {
		t.Error(err)
	}
	if err := a.Registry.RevokeToken(t.Context(), token.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := a.Unchanged(t.Context(), v); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("the answer of a token that was withdrawn leaves: %v", err)
	}
	if again, err := a.TokenViewer(t.Context(), registry.Token{ID: token.ID, Read: true, Schools: list[:1], Revoked: time.Now()}); err != nil || len(again.Scope.Schools) > 0 {
		t.Errorf("withdrawn, it opens %v %v", again.Scope.Schools, err)
	}
}

// TestKnownHoldsEverySchool compares the list of known schools with the rows of every table, and
// wants the sums of the whole territory only where each school that has rows agreed.
func TestKnownHoldsEverySchool(t *testing.T) {
	w := newWorld(t, 5)
	for edition := range w.editions {
		directory, err := w.app.Reporter.Directory(t.Context(), edition)
		if err != nil {
			t.Fatal(err)
		}
		known, rows := directory.Known(), 0
		for _, d := range w.app.Model.Datasets {
			sql := fmt.Sprintf("SELECT DISTINCT etablissement FROM %s WHERE entree <= %d AND sortie > %d", d.Name, edition, edition)
			err := w.app.Engine.Query(t.Context(), belvedere.Statement{SQL: sql}, func(row []any) error {
				rows++
				if u := belvedere.UAIFromNumber(int32(row[0].(int64))); !slices.Contains(known, u) {
					t.Errorf("edition %d: %s has rows of %s and is not known", edition, u, d.Name)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if rows < 20 || !slices.IsSorted(known) {
			t.Errorf("edition %d: %d pairs of school and dataset, known %v", edition, rows, known)
		}
	}
	all := &person{account: registry.Account{State: registry.Active, AllSchools: true, AllWidgets: true}}
	for _, u := range w.schools {
		all.agreements = append(all.agreements, registry.Agreement{School: u, AllThemes: true, From: today})
	}
	q, err := w.app.Reporter.Build(t.Context(), report.Ask{Indicators: []string{"connexions"}, By: []string{"jour"}, Where: []string{"annee=2020"}})
	if err != nil {
		t.Fatal(err)
	}
	for missing := -1; missing < len(w.schools); missing++ { // the last is known by its rows alone
		some := *all
		some.agreements = slices.Clone(all.agreements)
		if missing >= 0 {
			some.agreements[missing].Revoked = today
		}
		sql, err := w.app.Reporter.SQL(t.Context(), belvedere.Viewer{Scope: some.scope(w, true)}, q)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(sql, "__territoire"); got != (missing < 0) {
			t.Errorf("without the agreement of %d, the sums of the whole territory answer: %t", missing, got)
		}
	}
}

// TestWithheldIsSaid reads what stands beside figures of which some schools share none.
func TestWithheldIsSaid(t *testing.T) {
	unprotected(t)
	a, list := town(t)
	agree(t, a, registry.Agreement{School: list[0], AllThemes: true, Extended: []int{31}})
	agree(t, a, registry.Agreement{School: list[2], AllThemes: true})
	v, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := result(t, a, v, report.Ask{Indicators: []string{"eleves", "sanctions"}, By: []string{"etablissement"}, Where: []string{"annee=2025"}, Total: true})
	for _, c := range []struct {
		row  int
		col  int
		want string
	}{
		{1, 0, "Aucune convention en vigueur ne partage cet indicateur pour cet établissement."},
		{1, 1, "L’annexe réserve l’indicateur 31 à l’établissement, et aucune convention de celui-ci n’en étend les destinataires."},
		{-1, 0, "2\u00a0établissements sur 3 sont comptés\u00a0: 1 sans convention en vigueur."},
		{-1, 1, "1\u00a0établissement sur 3 est compté\u00a0: 2 sans convention qui étende les destinataires."},
	} {
		row := r.Total
		if c.row >= 0 {
			row = &r.Rows[c.row]
		}
		if got := row.Cells[c.col].Why; got != c.want {
			t.Errorf("line %d, column %d: %q, want %q", c.row, c.col, got, c.want)
		}
	}
	if c := r.Coverage; c.Received != 2 || c.Expected != 3 || len(c.Missing) != 0 || len(c.Withheld) != 1 || c.Withheld[0].Label != "Bel-Air" || len(c.Unlisted) != 0 {
		t.Errorf("coverage %+v", c)
	}
	if len(r.Notes) == 0 || !strings.Contains(r.Notes[0], "1\u00a0établissement ne partage pas ces données") {
		t.Errorf("notes %q", r.Notes)
	}
	x, err := a.Explain(t.Context(), v, rights.Question{Indicator: a.Model.Indicator("eleves"), School: list[1]})
	if err != nil || x.Decides != 1 || !strings.Contains(x.Gates[1].Rule, "Bel-Air") {
		t.Errorf("explained as %+v, %v", x, err)
	}
	if _, err := a.Explain(t.Context(), belvedere.Viewer{Kind: belvedere.TokenViewer}, rights.Question{}); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("a program asks why: %v", err)
	}
}

// TestStrangersHaveNoName asks a page with the UAI of a school that the rights do not open: it
// answers as for one that does not exist.
func TestStrangersHaveNoName(t *testing.T) {
	a, list := town(t)
	agree(t, a, registry.Agreement{AllThemes: true})
	v, err := a.ViewerOf(t.Context(), registry.Account{State: registry.Active, Place: registry.InTerritory, AllWidgets: true, Schools: list[:1]})
	if err != nil {
		t.Fatal(err)
	}
	nobody := uai(t, "9998888")
	page := a.Model.Page("moyens_par_etablissement")
	text := func(u string) string {
		t.Helper()
		view, err := a.Reporter.Page(t.Context(), v, page, report.State{Page: 1, Filters: map[string][]string{"etablissement": {u}}}, true)
		if err != nil {
			t.Fatal(err)
		}
		view.Result.Receipt, view.Heading.At = belvedere.Receipt{}, time.Time{}
		out, err := json.MarshalIndent([]any{view.Heading, view.Chips, view.Filters, view.Result, view.Notes}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(strings.ReplaceAll(string(out), u, "?"), strings.ToLower(u), "?")
	}
	stranger, none := text(string(list[1])), text(nobody)
	if strings.Contains(stranger, "Bel-Air") || strings.Contains(stranger, "Ville-B") {
		t.Errorf("a school that the rights do not open is named:\n%s", stranger)
	}
	if stranger != none {
		t.Errorf("a school that the rights do not open answers\n%s\none that does not exist\n%s", stranger, none)
	}
	for _, search := range []string{"Bel-Air", string(list[1])} {
		if keys, err := a.Reporter.Schools(t.Context(), v, search, 10); err != nil || len(keys) > 0 {
			t.Errorf("%s is found: %v %v", search, keys, err)
		}
	}
	if keys, err := a.Reporter.Unlisted(t.Context(), v); err != nil || len(keys) > 0 {
		t.Errorf("schools outside the register: %v %v", keys, err)
	}
	if n, err := a.Reporter.SchoolCount(t.Context(), v); err != nil || n != 1 {
		t.Errorf("%d schools are counted, %v", n, err)
	}
}

// TestCorrectionsShowAtOnce corrects the record of a school: postcodes and dates stand over what
// was delivered, from the next request on.
func TestCorrectionsShowAtOnce(t *testing.T) {
	a, list := town(t)
	agree(t, a, registry.Agreement{AllThemes: true})
	v, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	record := func() (string, belvedere.Receipt, int) {
		t.Helper()
		r := result(t, a, v, report.Ask{Indicators: []string{"salles", "eleves"}, By: []string{"etablissement"}, Where: []string{"annee=2025", "etablissement!=" + string(list[3])}, Total: true})
		at := slices.IndexFunc(r.Rows, func(row belvedere.ResultRow) bool { return row.Keys[0].Code == string(list[0]) })
		return fmt.Sprint(r.Rows[at].Keys[0].Detail), r.Receipt, int(r.Total.Cells[1].Expected)
	}
	before, receipt, _ := record()
	edit, err := a.Registry.PutSchoolEdit(t.Context(), registry.SchoolEdit{School: list[0], Postcodes: []string{"35000", "35200"}, By: "x", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	after, again, _ := record()
	if !strings.Contains(before, "99000") || strings.Contains(after, "99000") || !strings.Contains(after, "35000, 35200") || receipt == again {
		t.Errorf("before %s %v, after %s %v", before, receipt, after, again)
	}
	edit.Closed = belvedere.Date(2025, 9, 1)
	edit.Opened, edit.MergedInto = belvedere.Date(2000, 9, 1), list[1]
	if _, err := a.Registry.PutSchoolEdit(t.Context(), edit); err != nil {
		t.Fatal(err)
	}
	edition, err := a.Reporter.Edition(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	directory, err := a.Reporter.Directory(t.Context(), edition.Number)
	if err != nil {
		t.Fatal(err)
	}
	s := directory.Find(list[0])
	if s.Attribute("fermeture") != "2025-09-01" || s.Attribute("ouverture") != "2000-09-01" || s.Attribute("devient") != string(list[1]) || directory.Schools()[0] != s && !slices.Contains(directory.Schools(), s) {
		t.Errorf("corrected: %+v", s.Attributes)
	}
	if err := a.Registry.DeleteSchoolEdit(t.Context(), list[0]); err != nil {
		t.Fatal(err)
	}
	if back, first, _ := record(); back != before || first != receipt {
		t.Errorf("without the correction: %s %v, want %s %v", back, first, before, receipt)
	}
}

// TestLargeRegisterWithholds asks a table that the engine cuts of schools of which few agreed:
// order, extremes, count and total tell of those alone.
func TestLargeRegisterWithholds(t *testing.T) {
	unprotected(t)
	a := openBare(t)
	register, figures := manySchools(t, 2200)
	load(t, a, register, figures)
	var shared []string
	for i := 2102; i < 2190; i += 11 {
		u := uai(t, fmt.Sprintf("999%04d", i))
		shared = append(shared, u)
		agree(t, a, registry.Agreement{School: belvedere.UAI(u), AllThemes: true})
	}
	v, err := a.Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := report.Ask{Indicators: []string{"eleves"}, By: []string{"etablissement"}, Where: []string{"annee=2025"}, Total: true, Sort: "-eleves", Limit: 500}
	r := result(t, a, v, ask)
	if r.RowCount != len(shared) || len(r.Rows) != len(shared) {
		t.Errorf("%d lines, %d counted, want %d", len(r.Rows), r.RowCount, len(shared))
	}
	sum := 0.0
	for i, row := range r.Rows {
		sum += row.Cells[0].Value
		if !slices.Contains(shared, row.Keys[0].Code) || i > 0 && row.Cells[0].Value > r.Rows[i-1].Cells[0].Value {
			t.Errorf("line %d: %+v", i, row)
		}
	}
	if r.Total.Cells[0].Value != sum || int(r.Total.Cells[0].Covered) != len(shared) {
		t.Errorf("total %+v, want %v over %d", r.Total.Cells[0], sum, len(shared))
	}
	ask.Sort = ""
	for _, row := range result(t, a, v, ask).Rows {
		if c := row.Cells[0]; (c.State == belvedere.NotShared) == slices.Contains(shared, row.Keys[0].Code) || c.State == belvedere.NotShared && c.Value != 0 {
			t.Errorf("%s: %+v", row.Keys[0].Code, c)
		}
	}
}

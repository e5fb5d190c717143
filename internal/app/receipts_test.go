package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// hamlet is three schools, of which a register and pupils are published.
type hamlet struct {
	*app.App
	t       testing.TB
	schools []belvedere.UAI
}

// newHamlet opens one over a registry ("" for SQLite); agreements share everything.
func newHamlet(t *testing.T, registryURL string) *hamlet {
	t.Helper()
	x := &hamlet{App: openOn(t, t.TempDir(), registryURL), t: t}
	for i := range 3 {
		x.schools = append(x.schools, belvedere.UAI(uai(t, fmt.Sprintf("999000%d", i+1))))
	}
	for _, u := range x.schools {
		agree(t, x.App, registry.Agreement{School: u, AllThemes: true, Reference: "CONV " + string(u)})
	}
	x.publish(10)
	return x
}

// publish makes an edition of the register and of pupils counted from n on.
func (x *hamlet) publish(n int) {
	x.t.Helper()
	list, counts := "etablissement;nom;type;commune\n", "etablissement;jour;niveau;sexe;eleves\n"
	for i, u := range x.schools {
		list += fmt.Sprintf("%s;Collège %c;college;Commune %c\n", u, 'A'+i, 'A'+i)
		for _, sex := range []string{"F", "M"} {
			counts += fmt.Sprintf("%s;2025-10-01;6eme;%s;%d\n", u, sex, n+i)
		}
	}
	edition(x.t, x.App, map[string]string{"etablissements": list, "effectifs": counts})
}

func (x *hamlet) viewer(login string) belvedere.Viewer {
	x.t.Helper()
	v, err := x.Operator(context.Background())
	if login != "" {
		v, err = x.As(context.Background(), login)
	}
	if err != nil {
		x.t.Fatal(err)
	}
	return v
}

const hamletPage = "/moyens/par-etablissement?annee=2025"

// page gives the table of a page with its heading.
func (x *hamlet) page(v belvedere.Viewer, address string) (*belvedere.Result, belvedere.Heading) {
	x.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		x.t.Fatal(err)
	}
	view, err := x.Reporter.PageAt(context.Background(), v, u)
	if err != nil {
		x.t.Fatal(err)
	}
	if view.Result == nil || view.Result.Receipt.Code == "" {
		x.t.Fatalf("%s: no result with a receipt", address)
	}
	return view.Result, view.Heading
}

func (x *hamlet) query(v belvedere.Viewer, ask report.Ask) (*belvedere.Result, belvedere.Heading) {
	x.t.Helper()
	q, err := x.Reporter.Build(context.Background(), ask)
	if err != nil {
		x.t.Fatal(err)
	}
	out, h, err := x.Reporter.Receipted(context.Background(), v, q)
	if err != nil {
		x.t.Fatal(err)
	}
	return out, h
}

// files are a result in every format.
func (x *hamlet) files(r *belvedere.Result, h belvedere.Heading) map[string][]byte {
	x.t.Helper()
	out := map[string][]byte{}
	for _, format := range []string{"csv", "json", "tableur", "xlsx", "pdf"} {
		var b bytes.Buffer
		if err := x.Write(context.Background(), &b, format, r, h); err != nil {
			x.t.Fatal(err)
		}
		out[format] = b.Bytes()
	}
	return out
}

func (x *hamlet) replay(v belvedere.Viewer, code string) *report.Replay {
	x.t.Helper()
	p, err := x.Reporter.Replay(context.Background(), v, code)
	if err != nil {
		x.t.Fatal(err)
	}
	return p
}

// same wants a replay to be the same, byte for byte, as the files of when it was made.
func (x *hamlet) same(p *report.Replay, want map[string][]byte) {
	x.t.Helper()
	if !p.Same {
		x.t.Errorf("%s: not the same: %+v", p.Receipt.Code, p.Changes)
	}
	for format, bytes := range x.files(p.Result, p.Heading) {
		if string(bytes) != string(want[format]) {
			x.t.Errorf("%s as %s differs:\n%.600s\nwant\n%.600s", p.Receipt.Code, format, bytes, want[format])
		}
	}
}

// kinds are the kinds of the changes that bear on a replay.
func kinds(p *report.Replay) string {
	var out []string
	for _, c := range p.Changes {
		if c.Moves {
			out = append(out, string(c.Kind))
		}
	}
	return strings.Join(out, " ")
}

func words(p *report.Replay) string {
	var b strings.Builder
	for _, c := range p.Changes {
		fmt.Fprintln(&b, c.Kind, c.Moves, c.Text, strings.Join(c.Details, " | "))
	}
	return b.String()
}

// A receipt gives the same bytes after a hundred editions, in every format, on both registries.
func TestReplayAfterManyEditions(t *testing.T) {
	for name, fresh := range engines {
		t.Run(name, func(t *testing.T) {
			x := newHamlet(t, fresh(t))
			v := x.viewer("")
			later := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
			type made struct {
				result *belvedere.Result
				files  map[string][]byte
			}
			var list []made
			keep := func(r *belvedere.Result, h belvedere.Heading) { list = append(list, made{r, x.files(r, h)}) }
			keep(x.page(v, hamletPage))
			keep(x.page(v, hamletPage+"&tri=-eleves"))
			keep(x.page(v, "/moyens/synthese?annee=2025"))
			keep(x.query(v, report.Ask{Indicators: []string{"eleves", "filles"}, By: []string{"niveau"}, Where: []string{"annee=2025"}, Total: true}))
			keep(x.query(v, report.Ask{Indicators: []string{"eleves"}, Where: []string{"etablissement=" + string(x.schools[0])}}))
			n := 100
			if testing.Short() || name != "SQLite" {
				n = 5
			}
			for i := range n {
				x.publish(20 + i)
			}
			x.Now = func() time.Time { return later }
			if now, _ := x.page(v, hamletPage); now.Receipt.Code == list[0].result.Receipt.Code {
				t.Error("another edition has the same receipt")
			}
			for _, m := range list {
				p := x.replay(v, m.result.Receipt.Code)
				x.same(p, m.files)
				if len(p.Changes) > 0 || p.Now.Number != n+1 {
					t.Errorf("%s: edition %d, changes %s", p.Title, p.Now.Number, words(p))
				}
			}
			// The frozen address bears the same receipt; so does the same question asked again.
			p := x.replay(v, strings.ToLower(strings.ReplaceAll(list[0].result.Receipt.Code, "-", " ")))
			if again, _ := x.page(v, p.Frozen); again.Receipt != list[0].result.Receipt {
				t.Errorf("frozen page %s: %+v, want %+v", p.Frozen, again.Receipt, list[0].result.Receipt)
			}
			kept, err := x.Registry.Receipt(t.Context(), p.Receipt.Code)
			if err != nil || !kept.Filed || kept.Login != "operateur" {
				t.Errorf("kept %+v, %v", kept, err)
			}
		})
	}
}

func TestUnknownReceipt(t *testing.T) {
	x := newHamlet(t, "")
	r, _ := x.page(x.viewer(""), hamletPage)
	for _, code := range []string{"", "x", "7KQ2", "7KQ2-M9XD", "7KQ2-M9XU", r.Receipt.Code + "A", r.Receipt.Code + "-0000", "../..", "%"} {
		if p, err := x.Reporter.Replay(t.Context(), x.viewer(""), code); belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("%q: %+v, %v", code, p, err)
		}
	}
}

// Rights and agreements of today decide what a replay shows, and it says what has changed to whom
// it may be said.
func TestReplayUnderOtherRights(t *testing.T) {
	x := newHamlet(t, "")
	ctx := t.Context()
	account := member(t, x.App, registry.Account{FirstName: "Claire", LastName: "MORVAN", Schools: x.schools[:2], AllWidgets: true})
	narrow := member(t, x.App, registry.Account{FirstName: "Denis", LastName: "ROUX", Schools: x.schools[2:], AllWidgets: true})
	blind := member(t, x.App, registry.Account{FirstName: "Eva", LastName: "PETIT", Schools: x.schools, Widgets: []string{"travaux.demandes"}})
	r, h := x.page(x.viewer(account.Login), hamletPage)
	code, files := r.Receipt.Code, x.files(r, h)
	x.same(x.replay(x.viewer(account.Login), code), files)

	// Others see their own part, and nothing of the rest: not even its number.
	p := x.replay(x.viewer(narrow.Login), code)
	if p.Same || kinds(p) != "droits droits" || len(p.Result.Rows) != 1 || p.Result.Rows[0].Keys[0].Code != string(x.schools[2]) {
		t.Errorf("another perimeter: %v\n%s", p.Result.Rows, words(p))
	}
	if text := words(p); strings.Contains(text, string(x.schools[0])) || strings.Contains(text, "Collège A") || !strings.Contains(text, "Collège C") {
		t.Errorf("said to who may not know:\n%s", text)
	}
	if p.Result.Receipt.Code == code || p.Heading.Title == "" {
		t.Errorf("another result bears the receipt of the first: %+v", p.Result.Receipt)
	}
	_, err := x.Reporter.Replay(ctx, x.viewer(blind.Login), code)
	_, unknown := x.Reporter.Replay(ctx, x.viewer(blind.Login), "7KQ2-M9XD")
	if err == nil || unknown == nil || err.Error() != unknown.Error() {
		t.Errorf("without right: %v, unknown code: %v", err, unknown)
	}

	// The holder loses a school: the receipt says which, and shows the rest.
	account, err = x.Registry.Account(ctx, account.ID)
	if err != nil {
		t.Fatal(err)
	}
	account.Schools = x.schools[:1]
	if account, err = x.Registry.UpdateAccount(ctx, account); err != nil {
		t.Fatal(err)
	}
	p = x.replay(x.viewer(account.Login), code)
	if p.Same || len(p.Result.Rows) != 1 || kinds(p) != "droits" || !strings.Contains(words(p), "ne vous sont plus ouverts. Collège B") {
		t.Errorf("after a revoked right: %v\n%s", p.Result.Rows, words(p))
	}
	account.Schools = x.schools[:2]
	if account, err = x.Registry.UpdateAccount(ctx, account); err != nil {
		t.Fatal(err)
	}
	x.same(x.replay(x.viewer(account.Login), code), files)

	// A school withdraws its agreement.
	list, _, err := x.Registry.ListAgreements(ctx, registry.AgreementFilter{School: x.schools[1]}, registry.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Registry.RevokeAgreement(ctx, list[0].ID, time.Date(2026, 11, 12, 10, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	p = x.replay(x.viewer(account.Login), code)
	if p.Same || kinds(p) != "convention convention" || !strings.Contains(words(p), "retirée le 12/11/2026") || !strings.Contains(words(p), "Collège B") {
		t.Errorf("after a withdrawal:\n%s", words(p))
	}
	for _, row := range p.Result.Rows {
		if row.Keys[0].Code == string(x.schools[1]) && row.Cells[0].State.Shown() {
			t.Error("a withdrawn agreement still shows its figures in a replay")
		}
	}
	// Then all rights: as if there were none.
	account.Schools, account.AllWidgets, account.Widgets = x.schools[1:2], true, nil
	if _, err = x.Registry.UpdateAccount(ctx, account); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Reporter.Replay(ctx, x.viewer(account.Login), code); err == nil || err.Error() != unknown.Error() {
		t.Errorf("nothing is left to see: %v", err)
	}
}

// A correction of a school, and a contest, are said with what they change.
func TestReplayAfterCorrections(t *testing.T) {
	x := newHamlet(t, "")
	ctx := t.Context()
	r, h := x.page(x.viewer(""), hamletPage)
	files := x.files(r, h)
	if err := x.Registry.PutContests(ctx, x.schools[1], []registry.Contest{{Dataset: "effectifs", Text: "Trois élèves en trop."}}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Registry.PutSchoolEdit(ctx, registry.SchoolEdit{School: x.schools[0], Closed: belvedere.Date(2025, 9, 15), By: "x"}); err != nil {
		t.Fatal(err)
	}
	p := x.replay(x.viewer(""), r.Receipt.Code)
	if text := words(p); p.Same || kinds(p) != "correction" || !strings.Contains(text, "fermeture\u00a0: 15/09/2025 aujourd’hui") || !strings.Contains(text, "Collège B") || strings.Contains(text, "Trois") {
		t.Errorf("after corrections: %s", text)
	}
	if err := x.Registry.DeleteSchoolEdit(ctx, x.schools[0]); err != nil {
		t.Fatal(err)
	}
	if err := x.Registry.PutContests(ctx, x.schools[1], nil); err != nil {
		t.Fatal(err)
	}
	x.same(x.replay(x.viewer(""), r.Receipt.Code), files)
}

// No part of what is kept holds a figure.
func TestReceiptsHoldNoFigure(t *testing.T) {
	x := newHamlet(t, "")
	x.publish(987_654)
	r, h := x.page(x.viewer(""), hamletPage)
	if !strings.Contains(string(x.files(r, h)["csv"]), "1975308") {
		t.Fatalf("the figure is not where it should be:\n%s", x.files(r, h)["csv"])
	}
	var b bytes.Buffer
	if err := registry.Backup(t.Context(), x.Registry, &b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), r.Receipt.Code) {
		t.Error("the receipt is not in the backup")
	}
	for _, figure := range []string{"987654", "987655", "1975308"} {
		if strings.Contains(b.String(), figure) {
			t.Errorf("the registry holds %s", figure)
		}
	}
}

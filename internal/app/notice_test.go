package app_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	stdio "io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/formula"
	"belvedere/internal/notice"
	"belvedere/internal/registry"
)

// A post office is an app over three collèges, of which the third shares nothing, and its outbox.
type postOffice struct {
	t       *testing.T
	app     *app.App
	watch   *watch
	schools []belvedere.UAI
}

// newPostOffice opens one over a registry at an address ("" for SQLite in the folder).
func newPostOffice(t *testing.T, where string) *postOffice {
	t.Helper()
	c := config.Default()
	c.Data, c.RegistryURL = t.TempDir(), where
	a, err := app.Open(t.Context(), c, slog.New(slog.NewTextHandler(stdio.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	o := &postOffice{t: t, app: a, watch: newWatch(a, time.Date(2025, 11, 14, 9, 0, 0, 0, time.UTC))}
	register, pupils := "etablissement;nom;type\n", ""
	for i := range 3 {
		u := uai(t, fmt.Sprintf("999000%d", i+1))
		o.schools = append(o.schools, belvedere.UAI(u))
		register += fmt.Sprintf("%s;Collège %d;college\n", u, i+1)
		pupils += fmt.Sprintf("%s;2024-10-01;6eme;F;%d\n%s;2025-10-01;6eme;F;%d\n", u, 41017+i, u, 52029+i)
	}
	edition(t, a, map[string]string{"etablissements": register, "effectifs": "etablissement;jour;niveau;sexe;eleves\n" + pupils})
	for _, u := range o.schools[:2] {
		agree(t, a, registry.Agreement{School: u, AllThemes: true})
	}
	return o
}

// letters are the messages of the outbox for an address, once all that waits is sent.
func (o *postOffice) letters(address string) (out []string) {
	o.t.Helper()
	for range 200 { // the queue sends in the background
		runs, _, err := o.app.Registry.ListRuns(o.t.Context(), registry.RunFilter{}, registry.Page{})
		if err != nil {
			o.t.Fatal(err)
		}
		waiting := 0
		for _, r := range runs {
			if r.Ended.IsZero() && r.Receipt != "cut" {
				waiting++
			}
		}
		if waiting == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	files, err := filepath.Glob(filepath.Join(o.app.Config.OutboxPath(), "*.eml"))
	if err != nil {
		o.t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			o.t.Fatal(err)
		}
		if strings.Contains(string(text), address) {
			out = append(out, string(text))
		}
	}
	return out
}

// contents are the decoded parts of a message.
func contents(t *testing.T, raw string) (text string, files map[string][]byte) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	var walk func(kind, encoding, name string, body stdio.Reader)
	walk = func(kind, encoding, name string, body stdio.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(media, "multipart/") {
			parts := multipart.NewReader(body, params["boundary"])
			for {
				p, err := parts.NextPart() // decodes quoted-printable
				if err != nil {
					return
				}
				walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.FileName(), p)
			}
		}
		if encoding == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		read, err := stdio.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if name != "" {
			files[name] = read
		} else {
			text += string(read)
		}
	}
	walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return text, files
}

func (o *postOffice) viewer(x registry.Account) belvedere.Viewer {
	o.t.Helper()
	v, err := o.app.ViewerOf(o.t.Context(), x)
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

// TestScheduledFiles has an administrator set one file for three people of different rights: each
// gets bytes of his or her own, once, and nothing once the rights are gone.
func TestScheduledFiles(t *testing.T) {
	for name, where := range engines {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			o := newPostOffice(t, where(t))
			boss := member(t, o.app, registry.Account{FirstName: "Claire", LastName: "MORVAN", Admin: true})
			both := member(t, o.app, registry.Account{FirstName: "Deux", LastName: "VUES", AllWidgets: true, Schools: o.schools})
			first := member(t, o.app, registry.Account{FirstName: "Une", LastName: "VUE", AllWidgets: true, Schools: o.schools[:1]})
			none := member(t, o.app, registry.Account{FirstName: "Rien", LastName: "VU", AllWidgets: true, Schools: o.schools[2:]})
			one, err := o.app.Notice.CreateSchedule(ctx, o.viewer(boss), notice.ScheduleForm{Label: "Effectifs <b>\" & ,", Address: "/moyens/par-etablissement?annee=2025", Format: "csv",
				Rhythm: "jour", Accounts: []string{both.Login, first.Login, none.Login, boss.Login}})
			if err != nil {
				t.Fatal(err)
			}
			if one.Address != "/moyens/par-etablissement" {
				t.Errorf("the last year is fixed in %q", one.Address)
			}
			if o.app.Notice.Run(ctx); len(o.letters("@")) != 0 {
				t.Error("something was sent before its time")
			}
			o.watch.pass(24 * time.Hour)
			o.app.Notice.Run(ctx)
			o.app.Notice.Run(ctx)
			a, b := o.letters(both.Email), o.letters(first.Email)
			if len(a) != 1 || len(b) != 1 || len(o.letters(none.Email)) != 0 || len(o.letters(boss.Email)) != 0 {
				t.Fatalf("letters: %d, %d, %d, %d", len(a), len(b), len(o.letters(none.Email)), len(o.letters(boss.Email)))
			}
			textA, filesA := contents(t, a[0])
			_, filesB := contents(t, b[0])
			for _, files := range []map[string][]byte{filesA, filesB} {
				if len(files) != 1 {
					t.Fatalf("%d files", len(files))
				}
			}
			var csvA, csvB []byte
			for _, body := range filesA {
				csvA = body
			}
			for _, body := range filesB {
				csvB = body
			}
			if !bytes.Contains(csvA, []byte("52030")) || bytes.Contains(csvB, []byte("52030")) || !bytes.Contains(csvB, []byte("52029")) || bytes.Contains(append(csvA, csvB...), []byte("52031")) {
				t.Errorf("figures of both:\n%s\nof one:\n%s", csvA, csvB)
			}
			if !strings.Contains(textA, "Effectifs &lt;b&gt;&#34; &amp;") || !strings.Contains(a[0], "List-Unsubscribe:") {
				t.Error("a label became markup, or no way out is told")
			}
			o.wantRuns(one.ID, map[int64]string{both.ID: "envoyé", first.ID: "envoyé", none.ID: "aucun chiffre ouvert", boss.ID: "second facteur absent"})
			o.revoked(one, both, first)
		})
	}
}

// wantRuns compares the last sending of a schedule to each account.
func (o *postOffice) wantRuns(id int64, want map[int64]string) {
	o.t.Helper()
	runs, _, err := o.app.Registry.ListRuns(o.t.Context(), registry.RunFilter{Kind: registry.RunSchedule, Number: id}, registry.Page{})
	if err != nil {
		o.t.Fatal(err)
	}
	last := map[int64]string{}
	for _, r := range runs {
		if last[r.Account] == "" {
			last[r.Account] = r.Result
		}
	}
	for account, result := range want {
		if last[account] != result {
			o.t.Errorf("account %d: %q, want %q", account, last[account], result)
		}
	}
}

// revoked takes the rights of one recipient and closes the account of the other before the next sending.
func (o *postOffice) revoked(one registry.Schedule, both, first registry.Account) {
	o.t.Helper()
	ctx := o.t.Context()
	both.Schools = nil
	if _, err := o.app.Registry.UpdateAccount(ctx, both); err != nil {
		o.t.Fatal(err)
	}
	first.State = registry.Locked
	if _, err := o.app.Registry.UpdateAccount(ctx, first); err != nil {
		o.t.Fatal(err)
	}
	o.watch.pass(24 * time.Hour)
	o.app.Notice.Run(ctx)
	o.wantRuns(one.ID, map[int64]string{both.ID: "aucun chiffre ouvert", first.ID: "compte fermé"})
	if a, b := o.letters(both.Email), o.letters(first.Email); len(a) != 1 || len(b) != 1 {
		o.t.Errorf("letters after the rights were gone: %d and %d", len(a), len(b))
	}
	entries, _, err := o.app.Registry.ListJournal(ctx, registry.JournalFilter{Actions: []string{"export"}}, registry.Page{})
	if err != nil || len(entries) != 2 || entries[0].Door != "courrier" || !strings.HasSuffix(entries[0].Object, "format=csv") {
		o.t.Errorf("journal %+v, %v", entries, err)
	}
}

// TestCutSending finds a slot that a process took before it died: nobody sends it again.
func TestCutSending(t *testing.T) {
	ctx := t.Context()
	o := newPostOffice(t, "")
	x := member(t, o.app, registry.Account{FirstName: "Une", LastName: "VUE", AllWidgets: true, Schools: o.schools})
	one, err := o.app.Notice.CreateSchedule(ctx, o.viewer(x), notice.ScheduleForm{Address: "/moyens/synthese", Format: "pdf", Rhythm: "jour"})
	if err != nil {
		t.Fatal(err)
	}
	o.watch.pass(24 * time.Hour)
	if ok, err := o.app.Registry.Claim(ctx, registry.WatchRun{Kind: registry.RunSchedule, Number: one.ID, Slot: "jour 2025-11-15", Account: x.ID, Claimed: o.watch.now(), Receipt: "cut"}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	o.app.Notice.Run(ctx)
	if n := len(o.letters(x.Email)); n != 0 {
		t.Errorf("%d letters of a slot that was taken", n)
	}
	o.watch.pass(2 * time.Hour)
	list, err := o.app.Notice.Schedules(ctx, o.viewer(x), false)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	log, _, err := o.app.Notice.Log(ctx, o.viewer(x), list, registry.Page{})
	if err != nil || len(log) != 1 || log[0].Say != "interrompu, non renvoyé" {
		t.Errorf("log %+v, %v", log, err)
	}
	o.watch.pass(22 * time.Hour)
	o.app.Notice.Run(ctx)
	if n := len(o.letters(x.Email)); n != 1 {
		t.Errorf("%d letters the day after", n)
	}
	if _, err := o.app.Notice.Unsubscribe(ctx, o.viewer(x), one.ID, false); err != nil {
		t.Fatal(err)
	}
	o.watch.pass(24 * time.Hour)
	o.app.Notice.Run(ctx)
	if n := len(o.letters(x.Email)); n != 1 {
		t.Errorf("%d letters after one unsubscribed", n)
	}
}

// TestForOthers wants an administrator behind a file for several people.
func TestForOthers(t *testing.T) {
	ctx := t.Context()
	o := newPostOffice(t, "")
	x := member(t, o.app, registry.Account{FirstName: "Une", LastName: "VUE", AllWidgets: true, Schools: o.schools})
	y := member(t, o.app, registry.Account{FirstName: "Autre", LastName: "VUE", AllWidgets: true, Schools: o.schools})
	for name, f := range map[string]notice.ScheduleForm{
		"for another":   {Address: "/moyens/synthese", Format: "csv", Rhythm: "jour", Accounts: []string{y.Login}},
		"elsewhere":     {Address: "https://exemple.fr/", Format: "csv", Rhythm: "jour"},
		"no page":       {Address: "/rien", Format: "csv", Rhythm: "jour"},
		"no format":     {Address: "/moyens/synthese", Format: "exe", Rhythm: "jour"},
		"no rhythm":     {Address: "/moyens/synthese", Format: "csv", Rhythm: "seconde"},
		"lines in name": {Address: "/moyens/synthese", Format: "csv", Rhythm: "jour", Label: "a\r\nBcc: x@exemple.fr"},
	} {
		if _, err := o.app.Notice.CreateSchedule(ctx, o.viewer(x), f); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	one, err := o.app.Notice.CreateSchedule(ctx, o.viewer(y), notice.ScheduleForm{Address: "/moyens/synthese", Format: "csv", Rhythm: "jour"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.app.Notice.DeleteSchedule(ctx, o.viewer(x), one.ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("another one's schedule: %v", err)
	}
}

// TestAlerts sets the same alert for two accounts: each is told of what its own rights open; a school
// that shares nothing, and one that shares no longer, trigger nothing and stand in no mail.
func TestAlerts(t *testing.T) {
	for name, where := range engines {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			o := newPostOffice(t, where(t))
			both := member(t, o.app, registry.Account{FirstName: "Deux", LastName: "VUES", AllWidgets: true, Schools: o.schools})
			first := member(t, o.app, registry.Account{FirstName: "Une", LastName: "VUE", AllWidgets: true, Schools: o.schools[:1]})
			for _, x := range []registry.Account{both, first} {
				for _, f := range []notice.AlertForm{
					{Label: "Seuil <i>", Indicator: "eleves", Each: true, Rule: "seuil", Side: "au_dessus", Amount: "50 000", Rhythm: "publication"},
					{Label: "Hausse", Indicator: "eleves", Each: true, Rule: "evolution", Side: "au_dessus", Amount: "10", Percent: true, Against: "an_dernier", Rhythm: "jour"},
					{Label: "Jamais", Indicator: "eleves", Rule: "seuil", Side: "au_dessous", Amount: "10", Rhythm: "jour"},
				} {
					if _, err := o.app.Notice.CreateAlert(ctx, o.viewer(x), f); err != nil {
						t.Fatal(err)
					}
				}
			}
			o.watch.pass(24 * time.Hour)
			o.app.Notice.Run(ctx)
			o.app.Notice.Run(ctx)
			a, b := o.letters(both.Email), o.letters(first.Email)
			if len(a) != 1 || len(b) != 1 {
				t.Fatalf("%d and %d digests", len(a), len(b))
			}
			textA, _ := contents(t, a[0])
			textB, _ := contents(t, b[0])
			if !strings.Contains(textA, "52\u202f029") || !strings.Contains(textA, "52\u202f030") || !strings.Contains(textA, "Collège 2") || strings.Contains(textA, "Collège 3") || strings.Contains(textA, "52\u202f031") {
				t.Errorf("digest of both:\n%s", textA)
			}
			if !strings.Contains(textB, "52\u202f029") || strings.Contains(textB, "Collège 2") || strings.Contains(textB, "Jamais") || strings.Contains(textB, "<strong>Seuil <i>") {
				t.Errorf("digest of one:\n%s", textB)
			}
			o.withdrawn(both)
		})
	}
}

// TestAlertOnFormula watches a formula: whoever may use it is told when its figure passes, of what the
// own rights open; one of others, or one that is gone, is no indicator.
func TestAlertOnFormula(t *testing.T) {
	ctx := t.Context()
	o := newPostOffice(t, "")
	author := member(t, o.app, registry.Account{FirstName: "Anne", LastName: "AUTRICE", AllWidgets: true, Schools: o.schools[:1]})
	other := member(t, o.app, registry.Account{FirstName: "Bob", LastName: "LECTEUR", AllWidgets: true, Schools: o.schools[:1]})
	writes := o.viewer(author)
	writes.Grants = append(writes.Grants, belvedere.Grant{Account: author.ID, Capability: belvedere.Author})
	draft := formula.Draft{Kind: registry.FormulaOfFigures, Code: "part_filles", FormulaVersion: registry.FormulaVersion{Label: "Part des filles", Text: "eleves[sexe=F] / eleves", Percent: true, Decimals: 1}}
	if _, err := o.app.Formulas.Save(ctx, writes, draft); err != nil {
		t.Fatal(err)
	}
	f := notice.AlertForm{Indicator: "formule:part_filles", Rule: "seuil", Side: "au_dessus", Amount: "90", Rhythm: "jour"}
	if _, err := o.app.Notice.CreateAlert(ctx, o.viewer(other), f); err == nil {
		t.Error("an alert watches a formula that is not shared")
	}
	a, err := o.app.Notice.CreateAlert(ctx, o.viewer(author), f)
	if err != nil {
		t.Fatal(err)
	}
	if a.Label != "Part des filles" || o.app.Notice.Watched(ctx, a) != "Part des filles" || !strings.Contains(o.app.Notice.SayRule(a), "90,0") {
		t.Errorf("%q watches %q, %q", a.Label, o.app.Notice.Watched(ctx, a), o.app.Notice.SayRule(a))
	}
	o.watch.pass(24 * time.Hour)
	o.app.Notice.Run(ctx)
	letters := o.letters(author.Email)
	if len(letters) != 1 {
		t.Fatalf("%d letters", len(letters))
	}
	if text, _ := contents(t, letters[0]); !strings.Contains(text, "Part des filles") || !strings.Contains(text, "100,0") {
		t.Errorf("the letter says\n%s", text)
	}
	if _, err := o.app.Formulas.Delete(ctx, writes, registry.FormulaOfFigures, "part_filles"); err != nil {
		t.Fatal(err)
	}
	o.watch.pass(24 * time.Hour)
	o.app.Notice.Run(ctx)
	if n := len(o.letters(author.Email)); n != 1 {
		t.Errorf("%d letters once the formula is gone", n)
	}
	if got := o.app.Notice.Watched(ctx, a); got != "formule:part_filles" {
		t.Errorf("a formula that is gone is named %q", got)
	}
}

// withdrawn ends what a school shares between two judgements: its figures leave the history, and
// nothing is told of them any more.
func (o *postOffice) withdrawn(x registry.Account) {
	o.t.Helper()
	ctx := o.t.Context()
	events, total, err := o.app.Notice.Events(ctx, o.viewer(x), true, registry.Page{})
	if err != nil || total != 4 || events[0].Hidden {
		o.t.Fatalf("events %+v, %v", events, err)
	}
	agreements, _, err := o.app.Registry.ListAgreements(ctx, registry.AgreementFilter{School: o.schools[1]}, registry.Page{})
	if err != nil || len(agreements) != 1 {
		o.t.Fatal(agreements, err)
	}
	if err := o.app.Registry.RevokeAgreement(ctx, agreements[0].ID, o.watch.now()); err != nil {
		o.t.Fatal(err)
	}
	o.watch.pass(24 * time.Hour)
	o.app.Notice.Run(ctx)
	if n := len(o.letters(x.Email)); n != 1 {
		o.t.Errorf("%d letters after a withdrawal", n)
	}
	if events, _, err = o.app.Notice.Events(ctx, o.viewer(x), true, registry.Page{}); err != nil {
		o.t.Fatal(err)
	}
	for _, e := range events {
		if other := e.Event.Line == string(o.schools[1]); other != e.Hidden || other && e.Text != "" {
			o.t.Errorf("event %+v", e)
		}
	}
	if n, err := o.app.Notice.See(ctx, o.viewer(x), nil); err != nil || n != 4 {
		o.t.Errorf("saw %d, %v", n, err)
	}
}

// TestDueAfterPublication judges an alert that follows publications for each edition, once.
func TestDueAfterPublication(t *testing.T) {
	ctx := context.Background()
	o := newPostOffice(t, "")
	x := member(t, o.app, registry.Account{FirstName: "Deux", LastName: "VUES", AllWidgets: true, Schools: o.schools})
	a, err := o.app.Notice.CreateAlert(ctx, o.viewer(x), notice.AlertForm{Indicator: "eleves", Rule: "seuil", Side: "au_dessous", Amount: "5", Rhythm: "publication"})
	if err != nil {
		t.Fatal(err)
	}
	edition(t, o.app, map[string]string{"effectifs": "etablissement;jour;niveau;sexe;eleves\n" + string(o.schools[0]) + ";2025-10-02;6eme;F;3\n"})
	if list, _, err := o.app.Registry.ListEditions(ctx, registry.Page{}); err != nil || len(list) < 2 {
		t.Fatal(list, err)
	} else { // the publication bears the clock of the machine
		o.watch.at.Store(list[0].Published.Add(time.Minute).UnixNano())
	}
	o.app.Notice.Run(ctx)
	o.app.Notice.Run(ctx)
	runs, _, err := o.app.Registry.ListRuns(ctx, registry.RunFilter{Kind: registry.RunAlert, Number: a.ID}, registry.Page{})
	seen := map[string]int{}
	for _, r := range runs {
		seen[r.Slot]++
	}
	if err != nil || seen["édition 2"] != 1 {
		t.Errorf("runs %+v, %v", runs, err)
	}
}

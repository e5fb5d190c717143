package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/export"
	"belvedere/internal/extract"
	"belvedere/internal/extract/lockedzip"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
	"belvedere/internal/territory/report"

	"github.com/xuri/excelize/v2"
)

var ctx = context.Background()

// members unpack an archive.
func members(t testing.TB, body []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Ext(f.Name)] = string(text)
	}
	return out
}

func TestLifeOfRowsOfPersons(t *testing.T) {
	h := newHouse(t)
	h.students(t, 60)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	e := h.made(t, v, persons(false))
	if e.State != registry.ExtractReady || e.Rows != 60 || e.Grant != 8 || e.Salt == "" || e.Expires.Sub(e.Ended) != 7*24*time.Hour {
		t.Fatalf("%+v", e)
	}
	lies, err := os.ReadFile(filepath.Join(h.folder, e.File))
	if err != nil || bytes.Contains(lies, []byte("pseudonyme")) || bytes.HasPrefix(lies, []byte("PK")) {
		t.Errorf("the file lies in clear, %v", err)
	}
	parts := members(t, h.taken(t, v, e.ID))
	if !strings.HasPrefix(parts[".csv"], "pseudonyme,annee,etape,sexe,naissance\n") || strings.Count(parts[".csv"], "\n") != 61 || strings.Contains(parts[".csv"], "CANARI") {
		t.Errorf("%.300s", parts[".csv"])
	}
	for _, part := range []string{e.Code, "Enquête sur l’insertion", "Paule ROUX", "Observatoire", "14 décembre 2026", "Risque", "Propres à cet extrait"} {
		if !strings.Contains(parts[".txt"], part) {
			t.Errorf("nothing of %q in\n%s", part, parts[".txt"])
		}
	}
	if len(h.letters) != 1 || !strings.Contains(h.letters[0].Text, "prêt") || strings.Contains(h.letters[0].Text, "CANARI") {
		t.Errorf("letters %+v", h.letters)
	}
	if e = h.of(t, e.ID); e.State != registry.ExtractDownloaded || e.Downloads != 1 {
		t.Errorf("taken: %+v", e)
	}
	if e, err = h.Delete(ctx, v, e.ID); err != nil || e.State != registry.ExtractDeleted || e.Salt != "" || len(h.held(t)) != 0 {
		t.Errorf("deleted: %+v, %v, %v", e, h.held(t), err)
	}
	if _, _, err := h.Take(ctx, v, e.ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("a deleted file: %v", err)
	}
	if len(h.entries) != 1 || h.entries[0].Action != "extrait" || h.entries[0].Perimeter == "" {
		t.Errorf("journal %+v", h.entries)
	}
}

func TestTotals(t *testing.T) {
	h := newHouse(t)
	v := h.staff(t, "Roux", belvedere.Totals)
	e := h.made(t, v, figures())
	f, err := excelize.OpenReader(bytes.NewReader(h.taken(t, v, e.ID)))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"A1": "Niveau (code)", "B2": "Licence L1", "C2": "100", "C4": "", "D4": "secret"} {
		if got, _ := f.GetCellValue("Extrait", at); got != want {
			t.Errorf("%s is %q", at, got)
		}
	}
	rows, _ := f.GetRows("À propos de cet extrait")
	if text := strings.Join(slices.Concat(rows...), "\n"); !strings.Contains(text, "7KQ2-M9XD") || !strings.Contains(text, e.Code) {
		t.Errorf("about: %s", text)
	}
	if e.Receipt != "7KQ2-M9XD" || e.Edition != 3 || e.FileName == "" || !strings.HasSuffix(e.FileName, ".xlsx") {
		t.Errorf("%+v", e)
	}
	// Rights that changed since give the file no longer.
	v.Scope.Fingerprint = "droits-2"
	if _, _, err := h.Take(ctx, v, e.ID); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("with other rights: %v", err)
	}
}

// Each format of a pseudonymised extract is made, and none holds a name.
func TestFormats(t *testing.T) {
	h := newHouse(t)
	h.students(t, 40)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	if err := h.SetLimits(ctx, belvedere.Viewer{Kind: belvedere.Operator}, extract.LimitsForm{FlagDay: "1000"}); err != nil {
		t.Fatal(err)
	}
	for _, f := range export.SheetFormats {
		x := persons(false)
		x.Format = string(f)
		e := h.made(t, v, x)
		body := h.taken(t, v, e.ID)
		if e.State == registry.ExtractFailed || e.Rows != 40 {
			t.Fatalf("%s: %+v", f, e)
		}
		found, err := h.Trace(ctx, belvedere.Viewer{Kind: belvedere.Operator}, bytes.NewReader(body))
		if err != nil || len(found) != 1 || found[0].Extract.ID != e.ID || !found[0].Same || found[0].Marks != 40 || !found[0].Code {
			t.Errorf("%s: traced %+v, %v", f, found, err)
		}
		if bytes.Contains(body, []byte("CANARI")) {
			t.Errorf("%s holds a name", f)
		}
	}
}

func TestOthersDoNotExist(t *testing.T) {
	h := newHouse(t)
	h.students(t, 10)
	v, other := h.staff(t, "Roux", belvedere.Pseudonyms), h.staff(t, "Autre", belvedere.Identities)
	e := h.made(t, v, persons(false))
	draft, err := h.Draft(ctx, v, persons(false))
	if err != nil {
		t.Fatal(err)
	}
	for who, one := range map[string]belvedere.Viewer{"another": other, "nobody": {}} {
		_, own := h.Own(ctx, one, e.ID)
		_, _, take := h.Take(ctx, one, e.ID)
		_, reveal := h.Reveal(ctx, one, e.ID)
		_, del := h.Delete(ctx, one, e.ID)
		_, cancel := h.Cancel(ctx, one, e.ID)
		_, gone := h.Destroyed(ctx, one, e.ID)
		_, again := h.Again(ctx, one, e.ID)
		_, save := h.Save(ctx, one, draft.ID, persons(false))
		_, ask := h.Ask(ctx, one, draft.ID, true)
		_, watched := h.Watched(ctx, one, e.ID)
		for what, err := range map[string]error{"own": own, "take": take, "reveal": reveal, "delete": del, "cancel": cancel, "destroyed": gone, "again": again, "save": save, "ask": ask, "watched": watched} {
			if belvedere.KindOf(err) != belvedere.NotFound {
				t.Errorf("%s, %s: %v", who, what, err)
			}
		}
		_, missing := h.Own(ctx, one, 999)
		if belvedere.Message(missing) != belvedere.Message(own) {
			t.Errorf("%s: another's and none differ", who)
		}
		if _, _, err := h.All(ctx, one, extract.Choice{}, registry.Page{}); belvedere.KindOf(err) != belvedere.Forbidden {
			t.Errorf("%s sees all: %v", who, err)
		}
	}
	dpo := h.auditor(t)
	list, n, err := h.All(ctx, dpo, extract.Choice{}, registry.Page{})
	if err != nil || n != 1 || list[0].ID != e.ID {
		t.Errorf("the officer sees %d, %v", n, err)
	}
	if _, _, err := h.Take(ctx, dpo, e.ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("the officer takes the file: %v", err)
	}
	if _, err := h.Delete(ctx, dpo, e.ID); err != nil {
		t.Errorf("the officer deletes: %v", err)
	}
}

// Names need a grant of identities at each step: when they are asked for, made and taken.
func TestNamesNeedTheirGrant(t *testing.T) {
	h := newHouse(t)
	h.students(t, 10)
	v := h.staff(t, "Roux", belvedere.Identities)
	id := h.asked(t, v, persons(true))
	weak := v
	weak.Grants = []belvedere.Grant{{ID: 9, Capability: belvedere.Extractor, Level: belvedere.Pseudonyms, Schools: []belvedere.UAI{school}}}
	if err := h.Check(weak, persons(true), extract.StepConfirm); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("asked without: %v", err)
	}
	h.may(weak) // it ends before the file is made
	if _, err := h.RunOnce(ctx); err != nil {
		t.Fatal(err)
	}
	if e := h.of(t, id); e.State != registry.ExtractRefused || e.File != "" || len(h.held(t)) != 0 || e.Error == "" {
		t.Errorf("made without: %+v, %v", e, h.held(t))
	}
	h.may(v)
	e := h.made(t, v, persons(true))
	if e.State != registry.ExtractReady || e.Flagged == "" {
		t.Fatalf("%+v", e)
	}
	if _, _, err := h.Take(ctx, weak, e.ID); belvedere.KindOf(err) != belvedere.Forbidden { // it ends before the file is taken
		t.Errorf("taken without: %v", err)
	}
	once := v
	once.Strong = false
	if _, _, err := h.Take(ctx, once, e.ID); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("taken without second factor: %v", err)
	}
	if !strings.Contains(members(t, h.taken(t, v, e.ID))[".csv"], "CANARI3") {
		t.Error("with it, no name")
	}
}

// The data protection officer is told of what is unusual.
func TestUnusual(t *testing.T) {
	h := newHouse(t)
	h.students(t, 30)
	dpo := h.auditor(t)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	if err := h.SetLimits(ctx, v, extract.LimitsForm{Flag: "20"}); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("anyone sets limits: %v", err)
	}
	if err := h.SetLimits(ctx, dpo, extract.LimitsForm{Flag: "0"}); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a limit out of bounds: %v", err)
	}
	if e := h.made(t, v, persons(false)); e.Flagged != "" {
		t.Errorf("flagged %q", e.Flagged)
	}
	if err := h.SetLimits(ctx, dpo, extract.LimitsForm{Flag: "20", FlagDay: "2"}); err != nil {
		t.Fatal(err)
	}
	e := h.made(t, v, persons(false))
	if !strings.Contains(e.Flagged, "volume") || !strings.Contains(e.Flagged, "2\u00a0extraits en un jour") {
		t.Errorf("flagged %q", e.Flagged)
	}
	told := slices.ContainsFunc(h.letters, func(m mailMessage) bool { return m.To == "dpo@exemple.fr" && strings.Contains(m.Text, "Paule@Roux") })
	if _, n, err := h.All(ctx, dpo, extract.Choice{Flagged: true}, registry.Page{}); !told || n != 1 || err != nil {
		t.Errorf("told %v, %d flagged, %v", told, n, err)
	}
}

func TestEncrypted(t *testing.T) {
	h := newHouse(t)
	h.students(t, 10)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	x := persons(false)
	x.Format, x.Encrypted = "xlsx", true
	e := h.made(t, v, x)
	for _, m := range h.letters {
		if strings.Contains(m.Text+m.HTML, "-") && strings.Contains(strings.ToLower(m.Text), "phrase") {
			t.Errorf("a letter speaks of the passphrase: %s", m.Text)
		}
	}
	phrase, err := h.Reveal(ctx, v, e.ID)
	if err != nil || len(phrase) != 29 {
		t.Fatal(phrase, err)
	}
	if _, err := h.Reveal(ctx, v, e.ID); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("shown twice: %v", err)
	}
	body := h.taken(t, v, e.ID)
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(z.File) != 2 {
		t.Fatal(err)
	}
	sheet, err := lockedzip.Open(z.File[0], phrase)
	if err != nil || !bytes.HasPrefix(sheet, []byte("PK")) {
		t.Errorf("%v", err)
	}
	found, err := h.Trace(ctx, belvedere.Viewer{Kind: belvedere.Operator}, bytes.NewReader(sheet)) // the workbook, once out of its archive
	if err != nil || len(found) != 1 || !found[0].Sure() || found[0].Marks != 10 {
		t.Errorf("%+v, %v", found, err)
	}
}

// A leaked copy that was cut, sorted and written otherwise tells its extract, even after that was deleted.
func TestTraceOfALeak(t *testing.T) {
	h := newHouse(t)
	h.students(t, 50)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	one, two := h.made(t, v, persons(false)), h.made(t, v, persons(false))
	lines := strings.Split(members(t, h.taken(t, v, two.ID))[".csv"], "\n")[1:]
	if _, err := h.Delete(ctx, v, two.ID); err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	leak := strings.ReplaceAll(strings.Join(lines[20:24], "\r\n"), ",", ";")
	found, err := h.Trace(ctx, belvedere.Viewer{Kind: belvedere.Operator}, strings.NewReader(leak))
	if err != nil || len(found) != 1 || found[0].Extract.ID != two.ID || found[0].Marks != 4 || found[0].Same || found[0].Code {
		t.Errorf("%+v, %v (not %d)", found, err, one.ID)
	}
	if found, err := h.Trace(ctx, belvedere.Viewer{Kind: belvedere.Operator}, strings.NewReader("rien de tout cela, 1234-5678-9ABC-DEFG")); err != nil || len(found) != 0 {
		t.Errorf("of nothing: %+v, %v", found, err)
	}
}

func TestExpiryReminderAndDestruction(t *testing.T) {
	h := newHouse(t)
	h.students(t, 10)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	e := h.made(t, v, persons(false))
	never := h.made(t, v, persons(false))
	h.taken(t, v, e.ID)
	if _, err := h.Destroyed(ctx, v, e.ID); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("destroyed while the file is there: %v", err)
	}
	h.pass(7*24*time.Hour - time.Minute)
	if n, err := h.Expire(ctx); n != 0 || err != nil {
		t.Errorf("too early: %d, %v", n, err)
	}
	h.pass(2 * time.Minute)
	if _, _, err := h.Take(ctx, v, e.ID); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("after its time: %v", err)
	}
	if n, err := h.Expire(ctx); n != 2 || err != nil || len(h.held(t)) != 0 {
		t.Errorf("expired %d, %v, %v", n, h.held(t), err)
	}
	if e = h.of(t, e.ID); e.State != registry.ExtractExpired || e.Salt != "" {
		t.Errorf("%+v", e)
	}
	letters := len(h.letters)
	if n, err := h.Remind(ctx); n != 0 || err != nil {
		t.Errorf("reminded early: %d, %v", n, err)
	}
	h.pass(17 * 24 * time.Hour)
	for range 2 {
		if _, err := h.Remind(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.letters) != letters+1 || !strings.Contains(h.letters[letters].Text, "14 décembre 2026") || h.of(t, never.ID).Reminded != (time.Time{}) {
		t.Errorf("letters %+v", h.letters[letters:])
	}
	if e, err := h.Destroyed(ctx, v, e.ID); err != nil || e.Destroyed.IsZero() {
		t.Errorf("%+v, %v", e, err)
	}
	h.pass(400 * 24 * time.Hour)
	if n, err := h.Forget(ctx, h.clock().AddDate(-1, 0, 0)); err != nil || n != 2 {
		t.Errorf("forgot %d, %v", n, err)
	}
}

// What is cut leaves no file that is offered, and is taken up again; three times is enough.
func TestCut(t *testing.T) {
	h := newHouse(t)
	v := h.staff(t, "Roux", belvedere.Totals)
	id := h.asked(t, v, figures())
	h.totals = func(report.Explore) (*report.ExploreResult, error) { return nil, errors.New("the machine stops") }
	for try := 1; try <= 3; try++ {
		if e, found, err := h.registry.TakeExtract(ctx, h.clock()); !found || err != nil || e.Tries != try {
			t.Fatal(e, found, err)
		}
		if err := os.MkdirAll(h.folder, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, half := range []string{".incomplet-7-abc.extrait", "7-abc.extrait"} {
			if err := os.WriteFile(filepath.Join(h.folder, half), []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := h.Take(ctx, v, id); belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("offered while it is made: %v", err)
		}
		if err := h.Recover(ctx); err != nil {
			t.Fatal(err)
		}
		if len(h.held(t)) != 0 {
			t.Errorf("left: %v", h.held(t))
		}
	}
	if e := h.of(t, id); e.State != registry.ExtractFailed || !strings.Contains(e.Error, "trois fois") {
		t.Errorf("%+v", e)
	}
}

func TestCancel(t *testing.T) {
	h := newHouse(t)
	h.students(t, 10)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	id := h.asked(t, v, persons(false))
	if e, err := h.Cancel(ctx, v, id); err != nil || e.State != registry.ExtractCancelled {
		t.Errorf("waiting: %+v, %v", e, err)
	}
	if done, err := h.RunOnce(ctx); done || err != nil {
		t.Errorf("a cancelled one is made: %v, %v", done, err)
	}
	id = h.asked(t, v, figures())
	h.totals = func(e report.Explore) (*report.ExploreResult, error) { // while it is made
		if _, err := h.Cancel(ctx, v, id); err != nil {
			t.Error(err)
		}
		return counts(e)
	}
	if _, err := h.RunOnce(ctx); err != nil {
		t.Fatal(err)
	}
	if e := h.of(t, id); e.State != registry.ExtractCancelled || len(h.held(t)) != 0 {
		t.Errorf("under way: %+v, %v", e, h.held(t))
	}
}

func TestLimitsAndEstimate(t *testing.T) {
	h := newHouse(t)
	h.students(t, 1500)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	x := persons(false)
	x.Format = "ndjson"
	size, err := h.Estimate(ctx, v, x)
	if err != nil || size.Rows != 1500 || size.People != 1500 || size.Risk == nil || size.Risk.Unique != 0 || size.TooLarge != "" {
		t.Fatalf("%+v, %v", size, err)
	}
	e := h.made(t, v, x)
	if ratio := float64(size.Bytes) / float64(e.Bytes); ratio < 0.6 || ratio > 1.6 {
		t.Errorf("estimated %d bytes, made %d", size.Bytes, e.Bytes)
	}
	if err := h.SetLimits(ctx, belvedere.Viewer{Kind: belvedere.Operator}, extract.LimitsForm{Most: "1000"}); err != nil {
		t.Fatal(err)
	}
	if size, err = h.Estimate(ctx, v, x); err != nil || !strings.Contains(size.TooLarge, "Resserrez") {
		t.Errorf("%+v, %v", size, err)
	}
	draft, err := h.Draft(ctx, v, x)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ask(ctx, v, draft.ID, true); belvedere.KindOf(err) != belvedere.TooLarge {
		t.Errorf("asked all the same: %v", err)
	}
	x.Order.Where = []dossier.Filter{{Column: "etape", Op: dossier.In, Values: []string{"E1", "E2"}}}
	if e := h.made(t, v, x); e.Rows != 600 {
		t.Errorf("filtered: %d rows", e.Rows)
	}
}

func TestCheck(t *testing.T) {
	h := newHouse(t)
	v := h.staff(t, "Roux", belvedere.Pseudonyms)
	var flaws admin.Flaws
	err := h.Check(v, extract.Spec{Kind: extract.Persons, Order: pseudonym.Order{School: school, Kind: "inscriptions"}}, extract.StepConfirm)
	if !errors.As(err, &flaws) || len(flaws) != 6 {
		t.Errorf("%v", err)
	}
	if err := h.Check(h.staff(t, "Sans", ""), figures(), extract.StepConfirm); belvedere.KindOf(err) != belvedere.Forbidden {
		t.Errorf("without grant: %v", err)
	}
	draft, _ := h.Draft(ctx, v, persons(false))
	if _, err := h.Ask(ctx, v, draft.ID, false); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("without promise: %v", err)
	}
	for _, text := range []string{"etape=A|B", "etape!=A", "annee>=2024", "credits<=30"} {
		f, err := extract.ParseFilter(text)
		if err != nil || extract.WriteFilter(f) != text {
			t.Errorf("%s: %+v, %v", text, f, err)
		}
	}
}

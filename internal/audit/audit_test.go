package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

var silent = slog.New(slog.DiscardHandler)

// A house is an installation: its registry, its keys, its anchor, and a way around the console
// for those who wish it ill.
type house struct {
	t     testing.TB
	dir   string
	store registry.Registry
	keys  *secret.Keys
	at    time.Time
	*Journal
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	var err error
	if h.keys, err = secret.Load(filepath.Join(h.dir, "cles.json")); err != nil {
		t.Fatal(err)
	}
	if h.store, err = registry.OpenSQLite(t.Context(), h.path("registre.sqlite")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	h.open()
	t.Cleanup(func() { h.Journal.Close() })
	return h
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

// open starts the journal, as a process that begins.
func (h *house) open() {
	h.Journal = New(h.store, h.keys, h.path("journal.ancre"), func() time.Time { return h.at }, silent)
}

// restart ends the process and begins another.
func (h *house) restart() {
	h.t.Helper()
	if err := h.Journal.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.open()
}

// write records n entries, and waits until the anchor stands at the last.
func (h *house) write(n int) {
	h.t.Helper()
	for i := range n {
		e := registry.Entry{
			Account: int64(i%3 + 1), Login: fmt.Sprintf("Claire@MORVAN%d", i), Door: Page, Action: Read, Result: Done,
			Object: fmt.Sprintf("/social?page=%d", i), From: "192.0.2.7", Detail: "détail",
		}
		name, err := h.Perimeter(context.Background(), []belvedere.UAI{"0350001A", "0350002B"}, i%2 == 0)
		if err != nil {
			h.t.Fatal(err)
		}
		e.Perimeter = name
		if err := h.Record(context.Background(), e); err != nil {
			h.t.Fatal(err)
		}
		h.at = h.at.Add(time.Hour)
	}
	h.restart() // the anchor of the last batch follows its answer
}

// tamper writes into the registry by another way than the console.
func (h *house) tamper(statements ...string) {
	h.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+h.path("registre.sqlite")+"?_pragma=busy_timeout(20000)")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			h.t.Fatalf("%s: %v", s, err)
		}
	}
}

// count asks the registry by the same way.
func (h *house) count(query string) (n int) {
	h.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+h.path("registre.sqlite"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) verify(anchors ...string) Report {
	h.t.Helper()
	r, err := h.Verify(context.Background(), anchors...)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// sound wants a journal without fault.
func (h *house) sound(anchors ...string) Report {
	h.t.Helper()
	r := h.verify(anchors...)
	if !r.OK() {
		h.t.Errorf("a sound journal: %+v", *r.Fault)
	}
	return r
}

func TestRecordKeepsWhatItIsGiven(t *testing.T) {
	h := newHouse(t)
	want := registry.Entry{
		At: time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.FixedZone("", 3600)), Account: 7, Login: "Claire@MORVAN", Door: API, Action: Export,
		Object: "/api/v1/donnees?annee=2025", Result: Done, From: "192.0.2.7", Perimeter: AllSchools, Detail: "CSV",
	}
	if err := h.Record(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	list, total, err := h.store.ListJournal(t.Context(), registry.JournalFilter{}, registry.Page{})
	if err != nil || total != 1 {
		t.Fatalf("%d entries, %v", total, err)
	}
	got := list[0]
	want.At, want.Seq, want.Seal = time.Date(2026, 11, 22, 9, 0, 0, 123456000, time.UTC), 1, got.Seal
	if got != want || len(got.Seal) != 64 {
		t.Errorf("kept %+v, want %+v", got, want)
	}
	h.sound()
}

func TestRecordTakesNow(t *testing.T) {
	h := newHouse(t)
	if err := h.Record(t.Context(), registry.Entry{Door: Page, Action: SignIn, Result: Done}); err != nil {
		t.Fatal(err)
	}
	if head, err := h.store.JournalHead(t.Context()); err != nil || !head.At.Equal(h.at) {
		t.Errorf("at %v, %v", head.At, err)
	}
}

func TestRecordWantsItsWords(t *testing.T) {
	h := newHouse(t)
	for _, e := range []registry.Entry{{Door: Page, Result: Done}, {Action: Read, Result: Done}, {Action: Read, Door: Page}} {
		if err := h.Record(t.Context(), e); err == nil {
			t.Errorf("%+v is kept", e)
		}
	}
}

func TestEntriesCannotPassForOthers(t *testing.T) {
	h := newHouse(t)
	hostile := "a\r\n2026-11-22 Claire@MORVAN\x00\x1b[2J \u202egnp.exe \u200b\u2028\xff" + strings.Repeat("x", 10_000)
	e := registry.Entry{Login: hostile, Door: Page, Action: SignInRefused, Object: hostile, Result: Refused, From: hostile, Detail: hostile}
	if err := h.Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	head, err := h.store.JournalHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{head.Login, head.Object, head.From, head.Detail} {
		if strings.ContainsAny(text, "\r\n\x00\x1b\u202e\u200b\u2028") || !strings.Contains(text, "␊") || !strings.Contains(text, "‹U+202E›") || !strings.HasSuffix(text, "…") {
			t.Errorf("kept %.80q", text)
		}
	}
	if n := len([]rune(head.Detail)); n > longestDetail {
		t.Errorf("a detail of %d runes", n)
	}
	h.sound()
}

func TestPerimetersAreNamedByWhatTheyHold(t *testing.T) {
	h := newHouse(t)
	name := func(all bool, schools ...belvedere.UAI) string {
		n, err := h.Perimeter(t.Context(), schools, all)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if name(true, "0350001A") != "*" || name(false) != "" {
		t.Error("all and none have names of their own")
	}
	a := name(false, "0350002B", "0350001A", "0350001A")
	if a != name(false, "0350001A", "0350002B") || a == name(false, "0350001A") {
		t.Error("a name is not the one of its set")
	}
	if list, err := h.store.Perimeter(t.Context(), a); err != nil || len(list) != 2 || list[0] != "0350001A" {
		t.Errorf("kept %v, %v", list, err)
	}
}

func TestManyWritersMakeOneChain(t *testing.T) {
	h := newHouse(t)
	const writers, each = 32, 20
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				e := registry.Entry{Login: fmt.Sprint(w), Door: Page, Action: Read, Result: Done, Object: fmt.Sprint(i)}
				if err := h.Record(context.Background(), e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Go(func() {
		for range 10 {
			if r := h.verify(); !r.OK() {
				t.Errorf("while others write: %+v", *r.Fault)
			}
		}
	})
	group.Wait()
	if r := h.sound(); r.Entries != writers*each || r.Last != writers*each {
		t.Errorf("%d entries, last %d", r.Entries, r.Last)
	}
}

// TestServersShareOneJournal has two processes over one registry, on one machine or on two.
func TestServersShareOneJournal(t *testing.T) {
	for name, file := range map[string]string{"one machine": "journal.ancre", "two machines": "autre.ancre"} {
		h := newHouse(t)
		h.write(1)
		other := New(h.store, h.keys, h.path(file), func() time.Time { return h.at }, silent)
		var group sync.WaitGroup
		for _, j := range []*Journal{h.Journal, other} {
			group.Go(func() {
				for range 30 {
					if err := j.Record(context.Background(), registry.Entry{Door: Page, Action: Read, Result: Done}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		other.Close()
		for _, j := range []*Journal{h.Journal, other} {
			if r, err := j.Verify(t.Context()); err != nil || !r.OK() {
				t.Errorf("%s: %+v, %v", name, r.Fault, err)
			}
		}
		r := h.sound()
		if breaks := len(r.Breaks); name == "one machine" && breaks != 0 || name == "two machines" && breaks != 1 {
			t.Errorf("%s: breaks %+v", name, r.Breaks)
		}
		h.write(3)
		h.sound()
	}
}

func TestCloseKeepsWhatWaits(t *testing.T) {
	h := newHouse(t)
	var group sync.WaitGroup
	var mu sync.Mutex
	kept := 0
	for range 50 {
		group.Go(func() {
			err := h.Record(context.Background(), registry.Entry{Door: Page, Action: Read, Result: Done})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				kept++
			} else if belvedere.KindOf(err) != belvedere.Unavailable {
				t.Error(err)
			}
		})
	}
	h.Journal.Close()
	group.Wait()
	if r := h.sound(); int(r.Entries) != kept {
		t.Errorf("%d entries, %d were acknowledged", r.Entries, kept)
	}
	if err := h.Record(t.Context(), registry.Entry{Door: Page, Action: Read, Result: Done}); belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("after Close: error %v", err)
	}
}

// failing is a store whose journal cannot be written.
type failing struct{ registry.Journal }

var errFull = errors.New("disk full")

func (failing) AppendJournal(context.Context, []registry.Entry, func(string, *registry.Entry) error) error {
	return errFull
}

func TestRecordFailsWhenNothingIsKept(t *testing.T) {
	h := newHouse(t)
	j := New(failing{h.store}, h.keys, h.path("journal.ancre"), func() time.Time { return h.at }, silent)
	defer j.Close()
	if err := j.Record(t.Context(), registry.Entry{Door: Page, Action: Read, Result: Done}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Record(ctx, registry.Entry{Door: Page, Action: Read, Result: Done}); err == nil {
		t.Error("an asker who is gone is told that the entry is kept")
	}
}

func TestWordsHaveLabels(t *testing.T) {
	for _, words := range [][]Word{Actions, Doors, Results} {
		seen := map[string]bool{}
		for _, w := range words {
			if w.Label == "" || seen[w.Code] || seen[w.Label] || Label(words, w.Code) != w.Label || len(w.Code) > longestWord {
				t.Errorf("word %+v", w)
			}
			seen[w.Code], seen[w.Label] = true, true
		}
	}
	if Label(Actions, "inconnue") != "inconnue" {
		t.Error("a word of another version is not shown as it is")
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\nb", 5)
	f.Add("\u202e\xff", 3)
	f.Fuzz(func(t *testing.T, text string, longest int) {
		longest = 1 + (longest&0x7fffffff)%300
		got := visible(text, longest)
		if n := len([]rune(got)); n > longest {
			t.Errorf("%q has %d runes of %d", got, n, longest)
		}
		if strings.ContainsAny(got, "\n\r\x00\u202e\u2028") || got != visible(got, longest) {
			t.Errorf("%q is not visible for good", got)
		}
	})
}

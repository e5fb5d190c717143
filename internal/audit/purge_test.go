package audit

import (
	"context"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

func TestPurgeRemovesWhatIsOldAndSaysSo(t *testing.T) {
	h := newHouse(t)
	h.write(30) // one an hour
	early := h.sound().Anchor
	if n, err := h.Purge(t.Context(), h.at.Add(-time.Hour*1000)); n != 0 || err != nil {
		t.Errorf("nothing is old: %d, %v", n, err)
	}
	cut := h.at.Add(-10 * time.Hour) // 20 are older
	n, err := h.Purge(t.Context(), cut)
	if err != nil || n != 20 {
		t.Fatalf("Purge = %d, %v", n, err)
	}
	h.restart()
	r := h.sound(early)
	if r.First != 21 || r.Entries != 11 || r.Purged != 20 || !r.PurgedBefore.Equal(cut) {
		t.Errorf("report %+v", r)
	}
	head, err := h.store.JournalHead(t.Context())
	if err != nil || head.Action != Purged || !strings.Contains(head.Object, "20") || !strings.Contains(head.Detail, "20") {
		t.Errorf("kept of it: %+v, %v", head, err)
	}
	// And again, to the very last.
	h.write(5)
	h.at = h.at.AddDate(1, 0, 0)
	if n, err := h.Purge(t.Context(), h.at); err != nil || n != 16 {
		t.Errorf("Purge of all = %d, %v", n, err)
	}
	h.restart()
	if r := h.sound(); r.Entries != 1 || r.First != 37 {
		t.Errorf("report %+v", r)
	}
	if r := h.sound(early); len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "purgée") {
		t.Errorf("notes of an anchor that was purged: %v", r.Notes)
	}
	h.write(3)
	if r := h.sound(); len(r.Breaks) != 0 {
		t.Errorf("breaks %+v", r.Breaks)
	}
}

func TestTamperingAfterAPurgeIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		do   string
		kind FaultKind
		seq  int64
	}{
		"mark raised":            {`UPDATE meta SET value = replace(value, '"entree":20', '"entree":25') WHERE key = 'journal.marque'`, ForgedMark, 0},
		"mark emptied":           {`UPDATE meta SET value = '{}' WHERE key = 'journal.marque'`, ForgedMark, 0},
		"mark removed":           {`DELETE FROM meta WHERE key = 'journal.marque'`, Beheaded, 1},
		"more removed":           {`DELETE FROM journal WHERE seq <= 22`, Beheaded, 21},
		"old ones again":         {`INSERT INTO journal SELECT 20, at, account, login, door, action, object, result, origin, perimeter, detail, seal, search FROM journal WHERE seq = 25`, Inserted, 20},
		"the first that is left": {`UPDATE journal SET login = 'x' WHERE seq = 21`, Altered, 21},
	} {
		h := newHouse(t)
		h.write(30)
		if _, err := h.Purge(t.Context(), h.at.Add(-10*time.Hour)); err != nil {
			t.Fatal(err)
		}
		h.restart()
		h.tamper(c.do)
		if r := h.verify(); r.OK() || r.Fault.Kind != c.kind || r.Fault.Seq != c.seq {
			t.Errorf("%s: %+v", name, r.Fault)
		}
	}
}

func TestPurgeKeepsWhatWasTamperedWith(t *testing.T) {
	for name, do := range map[string]string{
		"an old entry": "UPDATE journal SET login = 'x' WHERE seq = 3", "a gap": "DELETE FROM journal WHERE seq = 3",
		"the mark": "INSERT INTO meta VALUES ('journal.marque', 'x')",
	} {
		h := newHouse(t)
		h.write(10)
		h.tamper(do)
		before := h.count("SELECT count(*) FROM journal")
		if _, err := h.Purge(t.Context(), h.at); belvedere.KindOf(err) != belvedere.Conflict {
			t.Errorf("%s: error %v", name, err)
		}
		if after := h.count("SELECT count(*) FROM journal"); after != before {
			t.Errorf("%s: %d of %d entries are left", name, after, before)
		}
	}
}

// TestPurgeWhileOthersWrite purges and verifies beside writers.
func TestPurgeWhileOthersWrite(t *testing.T) {
	h := newHouse(t)
	h.write(50)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := h.Record(context.Background(), registry.Entry{Door: Page, Action: Read, Result: Done}); err != nil {
				t.Error(err)
			}
		}
	}()
	for i := range 10 {
		if _, err := h.Purge(t.Context(), h.at.Add(time.Duration(i*5-50)*time.Hour)); err != nil {
			t.Error(err)
		}
		h.sound()
	}
	close(stop)
	<-done
	h.sound()
}

func TestRetention(t *testing.T) {
	for value, want := range map[string]int{"": 12, "6": 6, "36": 36, "24": 24, "5": 0, "37": 0, "-1": 0, "douze": 0, "12.5": 0} {
		months, err := Retention(value)
		if want == 0 && belvedere.KindOf(err) != belvedere.Invalid || want != 0 && (err != nil || months != want) {
			t.Errorf("Retention(%q) = %d, %v", value, months, err)
		}
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	if got := Cutoff(now, 12); !got.Equal(time.Date(2025, 11, 22, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("Cutoff = %v", got)
	}
}

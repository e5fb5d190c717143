package audit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
)

// columns of a row of the journal but its number.
const columns = "at, account, login, door, action, object, result, origin, perimeter, detail, seal, search"

// swap exchanges the contents of two rows.
func swap(a, b int) []string {
	return []string{
		fmt.Sprintf("UPDATE journal SET seq = -1 WHERE seq = %d", a),
		fmt.Sprintf("UPDATE journal SET seq = %d WHERE seq = %d", a, b),
		fmt.Sprintf("UPDATE journal SET seq = %d WHERE seq = -1", b),
	}
}

// shift numbers the rows from one on again, higher or lower.
func shift(from, by int) []string {
	return []string{
		fmt.Sprintf("UPDATE journal SET seq = -seq - 1000000 WHERE seq >= %d", from),
		fmt.Sprintf("UPDATE journal SET seq = -seq - 1000000 + %d WHERE seq < 0", by),
	}
}

// TestTamperingIsFound does each thing that someone who writes into the registry can do.
func TestTamperingIsFound(t *testing.T) {
	copied := "INSERT INTO journal (seq, " + columns + ") SELECT %d, " + columns + " FROM journal WHERE seq = %d"
	for name, c := range map[string]struct {
		do   []string
		kind FaultKind
		seq  int64
	}{
		"at":                         {[]string{"UPDATE journal SET at = at + 1 WHERE seq = 10"}, Altered, 10},
		"account":                    {[]string{"UPDATE journal SET account = 99 WHERE seq = 10"}, Altered, 10},
		"login":                      {[]string{"UPDATE journal SET login = 'Autre' WHERE seq = 10"}, Altered, 10},
		"door":                       {[]string{"UPDATE journal SET door = 'api' WHERE seq = 10"}, Altered, 10},
		"action":                     {[]string{"UPDATE journal SET action = 'export' WHERE seq = 10"}, Altered, 10},
		"object":                     {[]string{"UPDATE journal SET object = '' WHERE seq = 10"}, Altered, 10},
		"result":                     {[]string{"UPDATE journal SET result = 'refuse' WHERE seq = 10"}, Altered, 10},
		"origin":                     {[]string{"UPDATE journal SET origin = '192.0.2.8' WHERE seq = 10"}, Altered, 10},
		"perimeter":                  {[]string{"UPDATE journal SET perimeter = '' WHERE seq = 10"}, Altered, 10},
		"detail":                     {[]string{"UPDATE journal SET detail = detail || ' ' WHERE seq = 10"}, Altered, 10},
		"seal":                       {[]string{"UPDATE journal SET seal = upper(seal) WHERE seq = 10"}, Altered, 10},
		"no seal":                    {[]string{"UPDATE journal SET seal = '' WHERE seq = 10"}, Altered, 10},
		"number":                     {[]string{"UPDATE journal SET seq = 500 WHERE seq = 20"}, Deleted, 20},
		"first":                      {[]string{"UPDATE journal SET login = 'Autre' WHERE seq = 1"}, Altered, 1},
		"last":                       {[]string{"UPDATE journal SET login = 'Autre' WHERE seq = 20"}, Altered, 20},
		"a field into its neighbour": {[]string{"UPDATE journal SET login = substr(login, 1, 3), door = substr(login, 4) || door WHERE seq = 10"}, Altered, 10},

		"one deleted":                  {[]string{"DELETE FROM journal WHERE seq = 10"}, Deleted, 10},
		"some deleted":                 {[]string{"DELETE FROM journal WHERE seq BETWEEN 8 AND 12"}, Deleted, 8},
		"deleted, others renumbered":   {append([]string{"DELETE FROM journal WHERE seq = 10"}, shift(11, -1)...), Deleted, 10},
		"many deleted and renumbered":  {append([]string{"DELETE FROM journal WHERE seq BETWEEN 5 AND 9"}, shift(10, -5)...), Deleted, 5},
		"the first":                    {[]string{"DELETE FROM journal WHERE seq = 1"}, Beheaded, 1},
		"the beginning":                {[]string{"DELETE FROM journal WHERE seq <= 7"}, Beheaded, 1},
		"the beginning and renumbered": {append([]string{"DELETE FROM journal WHERE seq <= 7"}, shift(8, -7)...), Deleted, 1},
		"the last":                     {[]string{"DELETE FROM journal WHERE seq = 20"}, Truncated, 20},
		"the end":                      {[]string{"DELETE FROM journal WHERE seq > 12"}, Truncated, 13},
		"all":                          {[]string{"DELETE FROM journal"}, Truncated, 1},

		"neighbours change places": {swap(10, 11), Moved, 10},
		"others change places":     {swap(4, 15), Moved, 4},
		"the first two":            {swap(1, 2), Moved, 1},
		"the ends":                 {swap(1, 20), Moved, 1},

		"a copy at the end":    {[]string{fmt.Sprintf(copied, 21, 10)}, Moved, 21},
		"a copy between":       {append(shift(10, 1), fmt.Sprintf(copied, 10, 5)), Inserted, 10},
		"one of its own":       {append(shift(10, 1), "INSERT INTO journal (seq, "+columns+") SELECT 10, at, 0, 'Moi', door, action, object, result, origin, perimeter, detail, 'x', '' FROM journal WHERE seq = 9"), Inserted, 10},
		"one after the end":    {[]string{"INSERT INTO journal (seq, " + columns + ") SELECT 21, at, 0, 'Moi', door, action, object, result, origin, perimeter, detail, seal, '' FROM journal WHERE seq = 20"}, Inserted, 21},
		"one before the first": {[]string{fmt.Sprintf(copied, 0, 10)}, Inserted, 0},
		"a negative one":       {[]string{fmt.Sprintf(copied, -7, 10)}, Inserted, -7},

		"a mark":         {[]string{`INSERT INTO meta VALUES ('journal.marque', '{"entree":3,"sceau":"x","code":"y"}')`}, ForgedMark, 0},
		"a school less":  {[]string{"DELETE FROM journal_perimeter WHERE school = '0350002B'"}, AlteredSchools, 2},
		"a school more":  {[]string{"INSERT INTO journal_perimeter SELECT DISTINCT name, '0350003C' FROM journal_perimeter"}, AlteredSchools, 2},
		"another school": {[]string{"UPDATE journal_perimeter SET school = '0350003C' WHERE school = '0350002B'"}, AlteredSchools, 2},
		"no list":        {[]string{"DELETE FROM journal_perimeter"}, AlteredSchools, 2},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.write(20)
			h.sound()
			h.tamper(c.do...)
			r := h.verify()
			if r.OK() {
				t.Fatal("nothing is found")
			}
			if r.Fault.Kind != c.kind || r.Fault.Seq != c.seq || r.Fault.Message == "" || r.Anchor != "" {
				t.Errorf("found %+v, want %s at %d", *r.Fault, c.kind, c.seq)
			}
		})
	}
}

// TestAnyChangeIsFound alters a random column of a random row in a random way.
func TestAnyChangeIsFound(t *testing.T) {
	h := newHouse(t)
	h.write(40)
	random := rand.New(rand.NewPCG(1, 2))
	kept := []string{"login", "door", "action", "object", "result", "origin", "perimeter", "detail", "seal"}
	for range 150 {
		seq, column := 1+random.IntN(40), kept[random.IntN(len(kept))]
		h.tamper("CREATE TABLE aside AS SELECT * FROM journal")
		change := []string{"%s || 'x'", "'x' || %s", "'x' || substr(%s, 2)", "substr(%s, 2)"}[random.IntN(4)]
		h.tamper(fmt.Sprintf("UPDATE journal SET %s = "+change+" WHERE seq = %d", column, column, seq))
		same := h.count("SELECT count(*) FROM journal j JOIN aside a USING (seq) WHERE j." + column + " = a." + column)
		if r := h.verify(); r.OK() != (same == 40) || !r.OK() && r.Fault.Seq != int64(seq) {
			t.Errorf("%s of %d by %s: %+v", column, seq, change, r.Fault)
		}
		h.tamper("UPDATE journal SET "+column+" = (SELECT a."+column+" FROM aside a WHERE a.seq = journal.seq)", "DROP TABLE aside")
	}
	h.sound()
}

func TestNotedAnchorsFindALostEnd(t *testing.T) {
	h := newHouse(t)
	h.write(10)
	early := h.sound().Anchor
	h.write(10)
	late, err := h.Anchor(t.Context())
	if err != nil || late != h.sound(early).Anchor || !strings.HasPrefix(late, "20-") {
		t.Fatalf("anchor %q, %v", late, err)
	}
	h.sound(early, late, strings.ToLower(" "+late[:8]+" "+late[8:]))
	// Whoever removes the end and the file of the anchor with it.
	h.tamper("DELETE FROM journal WHERE seq > 15")
	if err := os.Remove(h.path("journal.ancre")); err != nil {
		t.Fatal(err)
	}
	if r := h.verify(); r.OK() || r.Fault.Kind != LostAnchor {
		t.Errorf("without anchor: %+v", r.Fault)
	}
	if r := h.verify(early); !r.OK() {
		t.Errorf("an anchor before the end that is left: %+v", r.Fault)
	}
	if r := h.verify(late); r.OK() || r.Fault.Kind != Truncated || r.Fault.Seq != 16 {
		t.Errorf("with the noted anchor: %+v", r.Fault)
	}
	wrong := "12-" + late[3:]
	if r := h.verify(wrong); r.OK() || r.Fault.Seq != 12 {
		t.Errorf("an anchor of another entry: %+v", r.Fault)
	}
	for _, text := range []string{"", "20", "20-ABC", late + "A", "-" + late, "x" + late, strings.Repeat("1", 30) + late} {
		if _, err := h.Verify(t.Context(), text); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

func TestAlteredAnchorIsFound(t *testing.T) {
	h := newHouse(t)
	h.write(5)
	whole, err := os.ReadFile(h.path("journal.ancre"))
	if err != nil {
		t.Fatal(err)
	}
	other := newHouse(t)
	other.write(5)
	foreign, err := os.ReadFile(other.path("journal.ancre"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"lowered": strings.Replace(string(whole), `"entree":5`, `"entree":3`, 1), "raised": strings.Replace(string(whole), `"entree":5`, `"entree":6`, 1),
		"empty": "", "cut": string(whole[:30]), "foreign": string(foreign), "large": string(whole) + strings.Repeat(" ", 5000),
	} {
		if err := os.WriteFile(h.path("journal.ancre"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := h.verify(); r.OK() || r.Fault.Kind != BadAnchor {
			t.Errorf("%s: %+v", name, r.Fault)
		}
	}
	// The next process says so in the journal, then anchors it anew.
	h.write(1)
	if r := h.sound(); len(r.Breaks) != 1 || !strings.Contains(r.Breaks[0].Detail, "ancre") {
		t.Errorf("breaks %+v", r.Breaks)
	}
}

// TestCrashBeforeTheAnchorIsNoAlarm leaves the anchor where it was before some entries.
func TestCrashBeforeTheAnchorIsNoAlarm(t *testing.T) {
	h := newHouse(t)
	for range 3 {
		early, err := os.ReadFile(h.path("journal.ancre"))
		begun := err == nil
		h.write(3)
		if !begun {
			continue
		}
		if err := os.WriteFile(h.path("journal.ancre"), early, 0o600); err != nil {
			t.Fatal(err)
		}
		h.sound()
		h.restart()
		h.write(2)
		if r := h.sound(); len(r.Breaks) != 0 {
			t.Errorf("breaks %+v", r.Breaks)
		}
	}
}

// stopping dies with the process after its first commit.
type stopping struct {
	registry.Journal
	after func()
}

func (s stopping) AppendJournal(ctx context.Context, list []registry.Entry, seal func(string, *registry.Entry) error) error {
	err := s.Journal.AppendJournal(ctx, list, seal)
	s.after()
	return err
}

func TestCrashBeforeTheFirstAnchorIsNoAlarm(t *testing.T) {
	h := newHouse(t)
	var seen []byte // the folder at the moment of the crash
	j := New(stopping{h.store, func() { seen, _ = os.ReadFile(h.path("journal.ancre")) }}, h.keys, h.path("journal.ancre"), h.now, silent)
	if err := j.Record(t.Context(), registry.Entry{Door: Page, Action: Read, Result: Done}); err != nil {
		t.Fatal(err)
	}
	j.Close()
	if err := os.WriteFile(h.path("journal.ancre"), seen, 0o600); err != nil {
		t.Fatal(err)
	}
	h.sound()
	h.write(1)
	if r := h.sound(); len(r.Breaks) != 0 {
		t.Errorf("breaks %+v", r.Breaks)
	}
}

// TestTamperedJournalSaysSoForGood goes on after the end was removed: at the next start, or while
// the server runs. The numbers are given again, but the break is kept.
func TestTamperedJournalSaysSoForGood(t *testing.T) {
	for name, while := range map[string]func(h *house){
		"stopped": func(h *house) { h.restart(); h.tamper("DELETE FROM journal WHERE seq > 6") },
		"running": func(h *house) {
			if err := h.Record(t.Context(), registry.Entry{Door: Page, Action: Read, Result: Done}); err != nil {
				t.Fatal(err)
			}
			h.tamper("DELETE FROM journal WHERE seq > 6")
		},
		"without anchor": func(h *house) { h.restart(); os.Remove(h.path("journal.ancre")) },
		"restored": func(h *house) {
			h.restart()
			h.tamper("DELETE FROM journal WHERE seq > 6", "UPDATE journal SET seal = 'x' WHERE seq = 7")
		},
	} {
		h := newHouse(t)
		h.write(10)
		while(h)
		h.write(8)
		if r := h.sound(); len(r.Breaks) != 1 || r.Breaks[0].Result != Failed {
			t.Errorf("%s: breaks %+v", name, r.Breaks)
		}
		h.write(3)
		if r := h.sound(); len(r.Breaks) != 1 {
			t.Errorf("%s: later, %d breaks", name, len(r.Breaks))
		}
	}
}

func TestEmptyJournalIsSound(t *testing.T) {
	h := newHouse(t)
	r := h.sound()
	if r.Entries != 0 || r.Anchor == "" {
		t.Errorf("report %+v", r)
	}
	h.write(2)
	h.sound(r.Anchor)
}

func TestOtherKeysAreNotOurs(t *testing.T) {
	h, other := newHouse(t), newHouse(t)
	h.write(3)
	os.Remove(h.path("journal.ancre"))
	j := New(h.store, other.keys, h.path("journal.ancre"), h.now, silent)
	defer j.Close()
	if r, err := j.Verify(t.Context()); err != nil || r.OK() {
		t.Errorf("report %+v, %v", r, err)
	}
}

func FuzzParseNoted(f *testing.F) {
	h := newHouse(f)
	h.write(1)
	f.Add(h.sound().Anchor)
	f.Add("1-abcdefgh23456723")
	f.Add("999999999999999999999-ABCDEFGH23456723")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseNoted(h.keys, text)
		if err != nil && belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: error %v", text, err)
		}
		if err == nil && (p.seq < 0 || p.matches(link{p.seq, "x"})) {
			t.Errorf("%q names entry %d", text, p.seq)
		}
	})
}

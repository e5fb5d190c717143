package mail

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"belvedere"
)

func TestOutboxKeepsAndGivesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "courrier")
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	o, err := NewOutbox(dir, "", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	all := letters(t)
	for _, name := range []string{"invitation", "mot-de-passe"} {
		now = now.Add(time.Minute)
		if err := o.Send(t.Context(), all[name]); err != nil {
			t.Fatal(err)
		}
	}
	list, total, err := o.List(0, 1)
	if err != nil || total != 2 || len(list) != 1 {
		t.Fatalf("List = %v, %d, %v", list, total, err)
	}
	first, want := list[0], all["mot-de-passe"]
	if first.Subject != want.Subject || first.To != "Thomas DUBOIS <thomas.dubois@collectivite.fr>" || !first.At.Equal(now) || first.Text != "" {
		t.Errorf("List = %+v", first)
	}
	read, err := o.Read(first.Name)
	if err != nil || read.Text != want.Text {
		t.Errorf("Read = %q, %v\nwant %q", read.Text, err, want.Text)
	}
	if list, _, err := o.List(1, 10); err != nil || len(list) != 1 || list[0].Subject != all["invitation"].Subject {
		t.Errorf("second page %v, %v", list, err)
	}
	if list, _, err := o.List(5, 0); err != nil || len(list) != 0 {
		t.Errorf("page after the end %v, %v", list, err)
	}
}

func TestOutboxIsClosedToOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "courrier")
	o, err := NewOutbox(dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Send(t.Context(), letters(t)["essai"]); err != nil {
		t.Fatal(err)
	}
	list, _, err := o.List(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, list[0].Name): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := NewOutbox(dir, "", nil); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a folder that others read: error %v", err)
	}
}

func TestOutboxReadsItsLettersOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "courrier")
	o, err := NewOutbox(dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cles.json"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "cles.json", "../cles.json", "/etc/passwd", "20261122T090000.000000000Z-AAAAAAAAAAAAAAAAAAAAAAAAAA.eml",
		"../courrier/20261122T090000.000000000Z-AAAAAAAAAAAAAAAAAAAAAAAAAA.eml", "20261122T090000.000000000Z-AAAAAAAAAAAAAAAAAAAAAAAAAA.eml\n"} {
		if _, err := o.Read(name); belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("%q: error %v", name, err)
		}
	}
}

func TestOutboxTakesManyAtOnce(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) // the same instant for all
	o, err := NewOutbox(filepath.Join(t.TempDir(), "courrier"), "", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	m := letters(t)["essai"]
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if err := o.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if _, total, err := o.List(0, 0); err != nil || total != 30 {
		t.Errorf("%d letters, %v", total, err)
	}
}

func TestPruneForgetsOldLetters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "courrier")
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	o, err := NewOutbox(dir, "", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := o.Send(t.Context(), letters(t)["essai"]); err != nil {
			t.Fatal(err)
		}
		now = now.Add(24 * time.Hour)
	}
	half, other := filepath.Join(dir, ".incomplet-X"), filepath.Join(dir, "notes.txt")
	for _, path := range []string{half, other} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, now.AddDate(-1, 0, 0)); err != nil {
			t.Fatal(err)
		}
	}
	removed, err := o.Prune(time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC))
	if err != nil || removed != 3 {
		t.Errorf("Prune = %d, %v", removed, err)
	}
	if _, total, _ := o.List(0, 0); total != 3 {
		t.Errorf("%d letters are left", total)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("what a crash left is still there")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file that is no letter was removed")
	}
}

func FuzzParseLetter(f *testing.F) {
	f.Add([]byte("To: a@b.fr\r\nSubject: =?utf-8?q?=C3=A9?=\r\nContent-Type: text/plain\r\n\r\nx"))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--a--"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := parseLetter(raw)
		if err == nil && strings.ContainsAny(l.To, "\r\n") {
			t.Errorf("To = %q", l.To)
		}
	})
}

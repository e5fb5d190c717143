package lockedzip_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"os"

	"belvedere/internal/extract/lockedzip"
)

var when = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func archive(t testing.TB, phrase string, members map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := lockedzip.NewWriter(&b, phrase)
	for name, body := range members {
		m, err := w.Create(name, when)
		if err != nil {
			t.Fatal(err)
		}
		for len(body) > 0 { // in pieces, as rows come
			n := min(len(body), 777)
			if _, err := m.Write(body[:n]); err != nil {
				t.Fatal(err)
			}
			body = body[n:]
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	big := []byte(strings.Repeat("Inscriptions;2025-2026;0342321X\n", 20_000))
	phrase := lockedzip.Passphrase()
	body := archive(t, phrase, map[string][]byte{"extrait.csv": big, "vide.txt": nil, "À-PROPOS.txt": []byte("qui, quand, pourquoi")})
	if bytes.Contains(body, []byte("pourquoi")) || bytes.Contains(body, []byte("0342321X")) {
		t.Error("a member lies in clear")
	}
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.File) != 3 {
		t.Fatalf("%d members", len(r.File))
	}
	for _, f := range r.File {
		if f.CRC32 != 0 || f.Method != 99 || f.Flags&1 == 0 {
			t.Errorf("%s: sum %x, method %d, flags %x", f.Name, f.CRC32, f.Method, f.Flags)
		}
		got, err := lockedzip.Open(f, phrase)
		if err != nil || f.Name == "extrait.csv" && !bytes.Equal(got, big) || uint64(len(got)) != f.UncompressedSize64 {
			t.Errorf("%s: %d bytes, %v", f.Name, len(got), err)
		}
		if _, err := lockedzip.Open(f, phrase+"X"); !errors.Is(err, lockedzip.ErrPassphrase) && !errors.Is(err, lockedzip.ErrDamaged) {
			t.Errorf("%s opens with another passphrase: %v", f.Name, err)
		}
	}
}

func TestDamaged(t *testing.T) {
	body := archive(t, "secret", map[string][]byte{"a": []byte(strings.Repeat("abc", 100))})
	at := bytes.Index(body, []byte("PK\x07\x08")) - 12 // the end of the encrypted bytes
	body[at] ^= 0x80
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockedzip.Open(r.File[0], "secret"); !errors.Is(err, lockedzip.ErrDamaged) {
		t.Errorf("an altered member opens: %v", err)
	}
}

// TestOtherTool has another program open what we wrote, where one is installed.
func TestOtherTool(t *testing.T) {
	tool, err := exec.LookPath("7z")
	if err != nil {
		if tool, err = exec.LookPath("7zz"); err != nil {
			t.Skip("no 7-Zip on this machine")
		}
	}
	name := filepath.Join(t.TempDir(), "extrait.zip")
	if err := os.WriteFile(name, archive(t, "K7QP2-ABCDE", map[string][]byte{"extrait.csv": []byte("a;b\n1;2\n")}), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "x", "-so", "-pK7QP2-ABCDE", name).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("1;2")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestPassphrase(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		p := lockedzip.Passphrase()
		if len(p) != 29 || seen[p] {
			t.Fatalf("%q", p)
		}
		seen[p] = true
	}
}

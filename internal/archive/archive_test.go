package archive_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/archive"
)

const phrase = "quatre toits sur l’horizon"

var content = map[string]string{
	"cles.json":              `{"secret":"pas-en-clair"}`,
	"depot/ab/abcdef":        strings.Repeat("9990001X;2025-10;12\n", 5000),
	"registre.ndjson":        "",
	"depot/é accentué.bin":   "\x00\x01\x02",
	"entrepot.duckdb":        strings.Repeat("DUCK", 30_000),
	strings.Repeat("d/", 60): "",
}

func sealed(t *testing.T, passphrase string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := archive.NewWriter(&out, passphrase, time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range content {
		name = strings.TrimSuffix(name, "/")
		if err := w.Add(name, int64(len(text)), strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := w.Close(); err != nil || len(m.Files) != len(content) {
		t.Fatalf("Close: %d files, %v", len(m.Files), err)
	}
	return out.Bytes()
}

func unsealed(file []byte, passphrase string) (map[string]string, error) {
	got := map[string]string{}
	_, err := archive.Read(bytes.NewReader(file), passphrase, func(name string, size int64, r io.Reader) error {
		text, err := io.ReadAll(r)
		if int64(len(text)) != size {
			return errors.New("short")
		}
		got[name] = string(text)
		return err
	})
	return got, err
}

func TestThereAndBack(t *testing.T) {
	want := map[string]string{}
	for name, text := range content {
		want[strings.TrimSuffix(name, "/")] = text
	}
	for _, passphrase := range []string{"", phrase} {
		file := sealed(t, passphrase)
		got, err := unsealed(file, passphrase)
		if err != nil || !maps.Equal(got, want) {
			t.Fatalf("%d files of %d, %v", len(got), len(want), err)
		}
		if passphrase != "" && bytes.Contains(file, []byte("pas-en-clair")) {
			t.Error("the secret stands in the file")
		}
	}
}

// Each cut and each changed byte is found: the file is refused, whatever use has seen.
func TestDamage(t *testing.T) {
	for _, passphrase := range []string{"", phrase} {
		file := sealed(t, passphrase)
		step := max(1, len(file)/40)
		if passphrase != "" {
			step = max(1, len(file)/4) // each try derives the key, which is slow on purpose
		}
		for at := 0; at < len(file); at += step {
			if _, err := unsealed(file[:at], passphrase); err == nil {
				t.Errorf("cut at %d of %d: accepted", at, len(file))
			}
			bad := bytes.Clone(file)
			bad[at] ^= 0x40
			got, err := unsealed(bad, passphrase)
			if err == nil && passphrase != "" {
				t.Errorf("byte %d of %d changed: accepted", at, len(file))
			}
			if err == nil && got["entrepot.duckdb"] != content["entrepot.duckdb"] { // gzip has bytes that mean nothing
				t.Errorf("byte %d changed: altered content accepted", at)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	file := sealed(t, phrase)
	for name, c := range map[string]struct {
		file       []byte
		passphrase string
		say        string
	}{
		"wrong passphrase": {file, "quatre toits sur la plaine", "n’est pas la bonne"},
		"no passphrase":    {file, "", "donnez sa phrase"},
		"another file":     {[]byte("PK\x03\x04 un classeur"), "", "n’est pas une sauvegarde"},
		"nothing":          {nil, "", "n’est pas une sauvegarde"},
	} {
		_, err := unsealed(c.file, c.passphrase)
		if belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(belvedere.Message(err), c.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := archive.NewWriter(io.Discard, "court", time.Now()); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a short passphrase seals: %v", err)
	}
	w, err := archive.NewWriter(io.Discard, "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "..", "../x", "/etc/passwd", "a/../b", "a\\b", "C:x", "manifeste.json"} {
		if err := w.Add(name, 0, strings.NewReader("")); err == nil {
			t.Errorf("name %q accepted", name)
		}
	}
	if err := w.Add("court", 5, strings.NewReader("abc")); err == nil {
		t.Error("a file shorter than announced is accepted")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("belvedere-sauvegarde-v1\n\x1f\x8b"))
	f.Add([]byte("age-encryption.org/v1\n-> scrypt AAAA 30\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		archive.Read(bytes.NewReader(file), "", func(string, int64, io.Reader) error { return nil })
	})
}

package secret

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"belvedere"
)

func TestLoadMakesThenReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cles.json")
	first, err := Load(path)
	if err != nil || !first.Fresh {
		t.Fatalf("Load: %v, fresh %v", err, first.Fresh)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	second, err := Load(path)
	if err != nil || second.Fresh || second.Fingerprint() != first.Fingerprint() {
		t.Errorf("second Load: %v, fresh %v", err, second.Fresh)
	}
	if !second.IsBearer(first.Bearer()) {
		t.Error("the keys changed on disk")
	}
}

func TestReadMakesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cles.json")
	if _, err := Read(path); !errors.Is(err, fs.ErrNotExist) || belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("Read made a file")
	}
}

func TestLoadTogetherAgrees(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cles.json")
	var mu sync.Mutex
	prints, fresh := map[string]int{}, 0
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			k, err := Load(path)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			prints[k.Fingerprint()]++
			if k.Fresh {
				fresh++
			}
		})
	}
	group.Wait()
	if len(prints) != 1 || fresh != 1 {
		t.Errorf("%d sets of keys, %d fresh", len(prints), fresh)
	}
}

func TestLoadRefusesAFileOfOthers(t *testing.T) {
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o601, 0o666, 0o777} {
		path := filepath.Join(t.TempDir(), "cles.json")
		if _, err := Load(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: error %v", mode, err)
		}
	}
}

func TestLoadRefusesADamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cles.json")
	if _, err := Load(path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(whole)
	swapped := strings.NewReplacer(`"cookie"`, `"local"`, `"local"`, `"cookie"`).Replace(text)
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "vide"},
		"spaces":          {"\n \n", "vide"},
		"another version": {strings.Replace(text, `"version": 1`, `"version": 2`, 1), "version (2)"},
		"another format":  {strings.Replace(text, "belvedere-cles", "autre", 1), "Belvédère"},
		"keys swapped":    {swapped, "modifié"},
		"a key renamed":   {strings.Replace(text, `"cookie"`, `"biscuit"`, 1), "cookie"},
		"a short key":     {strings.Replace(text, `"cookie": "`, `"cookie": "AAAA", "x": "`, 1), "cookie"},
		"two documents":   {text + text, "abîmé"},
		"no JSON":         {"0123456789abcdef", "abîmé"},
		"large":           {strings.Repeat(" ", mostBytes+1), "fichier de clés"},
	} {
		checkRefused(t, path, name, c.text, c.want)
	}
	for n := 1; n < len(whole)-2; n += 7 {
		checkRefused(t, path, "truncated", text[:n], "Restaurez-le")
	}
}

func checkRefused(t *testing.T, path, name, text, want string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	if belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want one that says %q", name, err, want)
	}
	if after, _ := os.ReadFile(path); string(after) != text {
		t.Errorf("%s: the file was replaced", name)
	}
}

func TestLoadWithoutFolder(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "absent", "cles.json"))
	if belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("error %v", err)
	}
}

func TestCheckKnowsLostKeys(t *testing.T) {
	k := load(t)
	if err := k.Check("", "cles.json"); err != nil {
		t.Errorf("a registry without keys: %v", err)
	}
	if err := k.Check(k.Fingerprint(), "cles.json"); err != nil {
		t.Errorf("its own registry: %v", err)
	}
	if err := k.Check(load(t).Fingerprint(), "cles.json"); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("the registry of others: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"format":"belvedere-cles","version":1,"cles":{},"empreinte":""}`))
	f.Add(generate().marshal())
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := parse("cles.json", text)
		if err == nil && len(k.all()) != len(purposes) {
			t.Error("accepted without all keys")
		}
		if err != nil && belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("error of kind %v", belvedere.KindOf(err))
		}
	})
}

package vault_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lukechampine.com/adiantum"

	"belvedere"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
)

// canary is a pupil whose names stand nowhere else.
func canary() madeUp {
	return madeUp{
		pupils: []pupil{{id: "4712345", ine: "987654321ZZ", last: "XANTHOPOULOS", first: "Zéphyrine", birth: "29/02/2012", division: "6A", groups: []string{"G1"}},
			{id: "4712346", ine: "987654322ZZ", last: "XANTHOPOULOS", first: "Melchior", birth: "29/02/2012", division: "6A"}},
		parents: []parent{{id: "7712345", last: "XANTHOPOULOS", first: "Ermengarde", phone: "0611223344", mail: "ermengarde@example.org", address: "17 rue des Zéphyrs", of: []string{"4712345", "4712346"}}},
	}
}

// filesOf are the bytes of all files of a folder.
func filesOf(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = data
	}
	return all
}

// decrypted undoes the cipher of a file, page by page, whatever the page is used for.
func decrypted(data []byte) []byte {
	const block = 4096
	cipher := adiantum.New(key())
	out := bytes.Clone(data)
	for at := 0; at+block <= len(out); at += block {
		var tweak [8]byte
		binary.LittleEndian.PutUint64(tweak[:], uint64(at))
		cipher.Decrypt(out[at:at+block], tweak[:])
	}
	return out
}

// Nothing that a file holds can be read without the key, whatever the file, while it is open and after.
func TestEncrypted(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	load(t, v, canary().eleves(t, "a", opening), canary().responsables(t, "b"))
	var copied bytes.Buffer
	if err := v.Backup(context.Background(), &copied); err != nil {
		t.Fatal(err)
	}
	check := func(files map[string][]byte) {
		t.Helper()
		clear := 0
		for name, data := range files {
			for _, word := range []string{"XANTHOPOULOS", "Zéphyrine", "987654321ZZ", "ermengarde", "SQLite format", "CREATE TABLE", "scolarite"} {
				if bytes.Contains(data, []byte(word)) {
					t.Errorf("%s shows %q", name, word)
				}
			}
			if bytes.Contains(decrypted(data), []byte("XANTHOPOULOS")) {
				clear++
			}
		}
		if clear == 0 {
			t.Error("the names are nowhere: this test sees nothing")
		}
	}
	open := filesOf(t, dir)
	if len(open) < 3 {
		t.Errorf("expected a file, its log and its index: %d", len(open))
	}
	open["copy"] = copied.Bytes()
	check(open)
	for name := range filesOf(t, dir) {
		if strings.HasSuffix(name, "-shm") {
			continue // numbers of pages only
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	v.Close()
	check(filesOf(t, dir))
}

func TestWrongKey(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	load(t, v, canary().eleves(t, "a", opening))
	v.Close()
	before := filesOf(t, dir)
	_, err := vault.Open(context.Background(), dir, school, bytes.Repeat([]byte{8}, vault.KeySize))
	if belvedere.KindOf(err) != belvedere.Unavailable || !strings.Contains(belvedere.Message(err), "sa clé n’est pas celle") {
		t.Errorf("%v", err)
	}
	if !bytes.Equal(before[string(school)+".coffre"], filesOf(t, dir)[string(school)+".coffre"]) {
		t.Error("the wrong key changed the file")
	}
	if _, err := vault.Open(context.Background(), dir, school, []byte("short")); err == nil {
		t.Error("a short key is taken")
	}
	if _, err := vault.Open(context.Background(), dir, "0999901A", key()); err == nil {
		t.Error("a wrong UAI is taken")
	}
	if got := table(t, open(t, dir), "SELECT count(*) FROM eleve"); got != "2\n" {
		t.Error(got)
	}
}

func TestListAndDestroy(t *testing.T) {
	dir := t.TempDir()
	if list, err := vault.List(filepath.Join(dir, "nowhere")); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	v := open(t, dir)
	for _, name := range []string{"notes.txt", "0999901A.coffre", "0752387M.coffre-wal"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := vault.List(dir); err != nil || len(list) != 1 || list[0] != school {
		t.Error(list, err)
	}
	if err := v.Destroy(); err != nil {
		t.Fatal(err)
	}
	for name := range filesOf(t, dir) {
		if strings.HasPrefix(name, string(school)+".coffre") {
			t.Errorf("%s is left", name)
		}
	}
}

func TestBackupAndRestore(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	v := open(t, dir)
	load(t, v, canary().eleves(t, "a", opening), canary().responsables(t, "b"))
	other := bytes.Repeat([]byte{9}, vault.KeySize)
	var own, foreign bytes.Buffer
	if err := errors.Join(v.Backup(ctx, &own), v.HandOver(ctx, &foreign, other)); err != nil {
		t.Fatal(err)
	}
	if n := len(filesOf(t, dir)); n != 3 {
		t.Errorf("%d files: a copy was left behind", n)
	}
	if err := vault.Restore(ctx, dir, school, key(), bytes.NewReader(own.Bytes())); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("over another: %v", err)
	}
	for name, c := range map[string]struct {
		data []byte
		key  []byte
		ok   bool
	}{
		"the copy":                 {own.Bytes(), key(), true},
		"handed over":              {foreign.Bytes(), other, true},
		"handed over, own key":     {foreign.Bytes(), key(), false},
		"cut short":                {own.Bytes()[:own.Len()/2/4096*4096], key(), false},
		"a page of something else": {append(bytes.Clone(own.Bytes()[:8*4096]), bytes.Repeat([]byte("x"), own.Len()-8*4096)...), key(), false},
	} {
		t.Run(name, func(t *testing.T) {
			to := t.TempDir()
			err := vault.Restore(ctx, to, school, c.key, bytes.NewReader(c.data))
			if (err == nil) != c.ok {
				t.Fatal(err)
			}
			if !c.ok {
				if len(filesOf(t, to)) != 0 {
					t.Error("something is left")
				}
				return
			}
			again, err := vault.Open(ctx, to, school, c.key)
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if got, want := table(t, again, "SELECT nom, prenom FROM eleve"), table(t, v, "SELECT nom, prenom FROM eleve"); got != want {
				t.Error(got)
			}
		})
	}
}

// The file of a school under the name of another is not taken for it.
func TestRestoreUnderAnotherName(t *testing.T) {
	var own bytes.Buffer
	if err := open(t, t.TempDir()).Backup(context.Background(), &own); err != nil {
		t.Fatal(err)
	}
	err := vault.Restore(context.Background(), t.TempDir(), "0752387M", key(), &own)
	if belvedere.KindOf(err) != belvedere.Conflict || !strings.Contains(belvedere.Message(err), "0999901Z") {
		t.Errorf("another school: %v", err)
	}
}

// Files that are of another school or year are refused, in words that say what to do.
func TestRefusedFiles(t *testing.T) {
	v := open(t, t.TempDir())
	m := canary()
	other := m.eleves(t, "a", opening)
	other.Year = 2025
	unknown := file(t, "edt_cours", "u", record.Head{Source: "edt"}, nil)
	unknown.Year = 0
	foreign, err := vault.Open(context.Background(), t.TempDir(), "0752387M", key())
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	next := m.eleves(t, "c", opening)
	next.Year, next.Fill = 2027, inYear(2027, next.Fill)
	for name, c := range map[string]struct {
		v     *vault.Vault
		files []vault.File
		kind  belvedere.Kind
		words string
	}{
		"another school": {foreign, []vault.File{m.eleves(t, "a", opening)}, belvedere.Conflict, "est celui de l’établissement 0999901Z, non de 0752387M"},
		"another year":   {v, []vault.File{other}, belvedere.Conflict, "de l’année scolaire 2026-2027, et non de 2025-2026"},
		"no year":        {v, []vault.File{unknown}, belvedere.Invalid, "ne dit pas de quelle année scolaire"},
		"two years":      {v, []vault.File{m.eleves(t, "b", opening), next}, belvedere.Conflict, "Importez chaque année à part"},
	} {
		_, err := c.v.Import(context.Background(), c.files, nil)
		if belvedere.KindOf(err) != c.kind || !strings.Contains(belvedere.Message(err), c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := table(t, v, "SELECT count(*) FROM import"); got != "0\n" {
		t.Errorf("imports: %s", got)
	}
}

// A vault that a newer program has written is left alone.
func TestNewerSchema(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	write(t, v, func(tx *vault.Tx) error {
		_, err := tx.Exec("INSERT INTO migration VALUES ('2099-01-01-future.sql', 0)")
		return err
	})
	v.Close()
	_, err := vault.Open(context.Background(), dir, school, key())
	if belvedere.KindOf(err) != belvedere.Unavailable || !strings.Contains(belvedere.Message(err), "version plus récente") {
		t.Error(err)
	}
}

// Two that open a new vault together both get it.
func TestOpenTogether(t *testing.T) {
	dir := t.TempDir()
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			v, err := vault.Open(context.Background(), dir, school, key())
			if err == nil {
				err = v.Close()
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// A copy that a crash left half-way goes, a day after; one that is being made stays.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	old, young := filepath.Join(dir, ".copie-1"), filepath.Join(dir, ".copie-2")
	for path, age := range map[string]time.Duration{old: 25 * time.Hour, young: time.Hour} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, opening.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
	if _, err := os.Stat(old); err == nil {
		t.Error("the old copy is still there")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error(err)
	}
}

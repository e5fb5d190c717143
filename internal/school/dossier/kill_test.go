package dossier_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"belvedere/internal/school/dossier"
	"belvedere/internal/school/vault"
)

// killDir tells the child of TestKilledImport where its vault lies.
const killDir = "BELVEDERE_TEST_DOSSIER_DIR"

const killRows = 4000

// generation is a file of registrations of which every row bears a number.
func generation(n int) dossier.Batch {
	lines := make([]string, killRows)
	for i := range lines {
		lines[i] = fmt.Sprintf("annee=2025;nip=%d;etape=G%d;credits=%d", i, n, n)
	}
	return rows("inscriptions", lines...)
}

func deskIn(t testing.TB, dir string) *desk {
	t.Helper()
	d := &desk{}
	var err error
	if d.v, err = vault.Open(context.Background(), dir, school, bytes.Repeat([]byte{7}, vault.KeySize)); err != nil {
		t.Fatal(err)
	}
	d.Service = dossier.New(dossier.Config{Vaults: d, Catalog: shipped()})
	return d
}

// TestKilledChild is the child: it imports one generation after another until it dies.
func TestKilledChild(t *testing.T) {
	dir := os.Getenv(killDir)
	if dir == "" {
		t.Skip("runs as a child of TestKilledImport")
	}
	d := deskIn(t, dir)
	for n := int(get(t, d, "SELECT count(*) FROM dossier_import")) + 1; ; n++ {
		fmt.Println("begin", n)
		if _, err := d.Import(context.Background(), registrar, school, generation(n)); err != nil {
			fmt.Println("error", err)
			os.Exit(3)
		}
		fmt.Println("done", n)
	}
}

// Whenever the process is killed, the vault holds one generation whole, not older than the last that was said to be in.
func TestKilledImport(t *testing.T) {
	kills := 8
	if testing.Short() {
		kills = 3
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	dir, done := t.TempDir(), 0
	for range kills {
		done = max(done, killOnce(t, dir, random))
		d := deskIn(t, dir)
		if get(t, d, "SELECT count(*) FROM dossier_genre") == 0 {
			d.v.Close()
			continue // it died before the first was in
		}
		rows, low, high := get(t, d, "SELECT count(*) FROM dos_inscriptions"), get(t, d, "SELECT CAST(min(credits) AS INTEGER) FROM dos_inscriptions"), get(t, d, "SELECT CAST(max(credits) AS INTEGER) FROM dos_inscriptions")
		if rows != killRows || low != high || low < int64(done) {
			t.Errorf("%d rows of generations %d to %d, %d was in", rows, low, high, done)
		}
		if n := get(t, d, "SELECT count(*) FROM dossier_import WHERE bilan = ''"); n != 0 {
			t.Errorf("%d imports are not finished", n)
		}
		if n := get(t, d, "SELECT count(*) FROM dossier_tranche WHERE remplace IS NULL"); n != 1 {
			t.Errorf("%d imports hold the slice", n)
		}
		d.v.Close()
	}
	t.Logf("%d generations, %d kills", done, kills)
}

// killOnce starts a child and kills it while it imports.
func killOnce(t *testing.T, dir string, random *rand.Rand) (done int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run", "^TestKilledChild$", "-test.v")
	child.Env = append(os.Environ(), killDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	stop, begun := 1+random.IntN(4), 0
	for in := bufio.NewScanner(out); in.Scan(); {
		var n int
		switch {
		case scans(in.Text(), "done %d", &n):
			done = n
		case scans(in.Text(), "begin %d", &n):
			if begun++; begun == stop {
				time.AfterFunc(time.Duration(random.IntN(250))*time.Millisecond, func() { child.Process.Kill() })
			}
		case len(in.Text()) > 5 && in.Text()[:5] == "error":
			t.Error(in.Text())
		}
	}
	child.Wait()
	return done
}

func scans(text, format string, n *int) bool {
	read, err := fmt.Sscanf(text, format, n)
	return err == nil && read == 1
}

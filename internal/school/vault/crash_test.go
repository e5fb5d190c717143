package vault_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere/internal/school/vault"
)

const crashDir = "BELVEDERE_TEST_VAULT_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		importUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

const crashPupils = 60

// crashFiles are a school in which everything bears the number of its version.
func crashFiles(n int) []vault.File {
	var m madeUp
	for i := range crashPupils {
		id := fmt.Sprint(1000 + i)
		m.pupils = append(m.pupils, pupil{id: id, last: "ABEL", first: fmt.Sprint("Enfant", i), birth: "01/01/2014", division: fmt.Sprint("V", n)})
		m.parents = append(m.parents, parent{id: fmt.Sprint(5000 + i), last: "ABEL", first: fmt.Sprint("Parent", i), address: fmt.Sprint(n, " rue"), of: []string{id}})
	}
	t := &testing.T{}
	return []vault.File{m.eleves(t, fmt.Sprint("e", n), opening), m.responsables(t, fmt.Sprint("r", n))}
}

// importUntilKilled is the child: it imports one version after another, and says which are in.
func importUntilKilled(dir string) {
	v, err := vault.Open(context.Background(), dir, school, key())
	if err != nil {
		fmt.Println("error", err)
		return
	}
	n := 0
	err = v.Read(context.Background(), func(tx *vault.Tx) error {
		_, err := tx.Get("SELECT count(*) FROM import", nil, &n)
		return err
	})
	for n /= 2; err == nil; {
		n++
		fmt.Println("begin", n)
		if _, err = v.Import(context.Background(), crashFiles(n), nil); err == nil {
			fmt.Println("done", n)
		}
	}
	fmt.Println("error", err)
}

// Whenever the process is killed, the vault opens, holds one version whole, and not an older one
// than the last that was said to be in.
func TestKill(t *testing.T) {
	kills := 20
	if testing.Short() {
		kills = 4
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	dir, done := t.TempDir(), 0
	for range kills {
		done = max(done, killOnce(t, dir, random))
		checkWhole(t, dir, done)
	}
	t.Logf("%d versions, %d kills", done, kills)
}

func killOnce(t *testing.T, dir string, random *rand.Rand) (done int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines, stop := 0, 1+random.IntN(8)
	delay := time.Duration(random.IntN(60000)) * time.Microsecond
	for in := bufio.NewScanner(out); in.Scan(); {
		switch word, rest, _ := strings.Cut(in.Text(), " "); word {
		case "done":
			done, _ = strconv.Atoi(rest)
		case "error":
			t.Errorf("child: %s", rest)
		}
		if lines++; lines == stop {
			// It is importing: die anywhere in there.
			time.AfterFunc(delay, func() { child.Process.Kill() })
		}
	}
	child.Wait()
	return done
}

func checkWhole(t *testing.T, dir string, done int) {
	t.Helper()
	v := open(t, dir)
	defer v.Close()
	if got := table(t, v, "SELECT integrity_check FROM pragma_integrity_check"); got != "ok\n" {
		t.Fatal(got)
	}
	if done == 0 && table(t, v, "SELECT count(*) FROM import") == "0\n" {
		return
	}
	var version int
	if _, err := fmt.Sscanf(table(t, v, "SELECT min(division) FROM scolarite"), "V%d", &version); err != nil || version < done {
		t.Fatalf("version %d, %d was in (%v)", version, done, err)
	}
	want := fmt.Sprintf("%d|V%[2]d|V%[2]d|%[1]d|%[1]d|%[2]d rue|%[2]d rue|%[1]d\n", crashPupils, version)
	if got := table(t, v, `SELECT count(*), min(division), max(division), (SELECT count(*) FROM src_siecle_eleve), (SELECT count(*) FROM personne),
		(SELECT min(adresse1) FROM personne), (SELECT max(adresse1) FROM personne), (SELECT count(*) FROM lien) FROM scolarite`); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := table(t, v, "SELECT count(*) FROM import WHERE lignes = 0 OR annee <> 2026"); got != "0\n" {
		t.Errorf("unfinished imports: %s", got)
	}
}

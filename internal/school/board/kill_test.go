package board_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

// killDir tells the child of TestKilledImport where its vaults lie.
const killDir = "BELVEDERE_TEST_KILL_DIR"

// Two states of a school, both whole.
func stateA() board.Dropped { return pupils(school, 2026, "10/09/2026", 0, 65) }
func stateB() board.Dropped { return pupils(school, 2026, "11/09/2026", 5, 70) }

func deskIn(dir string) *desk {
	d := &desk{}
	d.at("2026-09-15")
	d.shelf = &board.Shelf{Dir: dir, Key: func(belvedere.UAI) []byte { return []byte(strings.Repeat("k", vault.KeySize)) }}
	d.Service = board.New(board.Config{Vaults: d.shelf, Open: board.OpenFile, Now: func() time.Time { return d.now }})
	return d
}

// TestKilledChild is the child: it drops and imports one state after the other until it dies.
func TestKilledChild(t *testing.T) {
	dir := os.Getenv(killDir)
	if dir == "" {
		t.Skip("runs as a child of TestKilledImport")
	}
	d := deskIn(dir)
	for i := 0; ; i++ {
		file := stateA()
		if i%2 == 0 {
			file = stateB()
		}
		id, err := d.Drop(context.Background(), head(), school, 0, []board.Dropped{file})
		if err == nil {
			_, err = d.Apply(context.Background(), head(), school, id, "")
		}
		if err != nil {
			fmt.Println("child:", err)
			os.Exit(3)
		}
		fmt.Println("imported")
	}
}

func TestKilledImport(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes")
	}
	dir := t.TempDir()
	first := deskIn(dir)
	first.imports(t, stateA())
	first.shelf.Close()
	for i := range 8 {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKilledChild$")
		cmd.Env = append(os.Environ(), killDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		buffer := make([]byte, 64)
		out.Read(buffer) // it works
		time.Sleep(time.Duration(7*i) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		if strings.Contains(string(buffer), "child:") {
			t.Fatalf("the child failed: %s", buffer)
		}
		d := deskIn(dir)
		list, _, err := d.Pupils(t.Context(), head(), school, 2026, board.PupilFilter{})
		if err != nil {
			t.Fatal(err)
		}
		has := func(name string) bool {
			return slices.ContainsFunc(list, func(p board.Pupil) bool { return p.Name == name })
		}
		if len(list) != 65 || has("NOM0 Prenom0") == has("NOM69 Prenom69") || has("NOM0 Prenom0") != has("NOM4 Prenom4") {
			t.Errorf("round %d: %d pupils, of neither state", i, len(list))
		}
		b, err := d.Board(t.Context(), head(), school)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range b.Waiting { // a deposit that was cut off can be taken up again
			if _, err := d.Apply(t.Context(), head(), school, w.ID, ""); err != nil {
				t.Errorf("round %d: the deposit that waited: %v", i, err)
			}
		}
		d.shelf.Close()
	}
}

package ingest_test

import (
	"errors"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"belvedere"
	"belvedere/internal/territory/ingest"
)

// On a full disk nothing is acknowledged and nothing is lost; once there is room again the same
// process goes on by itself.
func TestFullDisk(t *testing.T) {
	h := newHouse(t)
	h.close()
	h.dir = filepath.Join(h.dir, "petit")
	h.must(os.Mkdir(h.dir, 0o755))
	if err := syscall.Mount("tmpfs", h.dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("no tmpfs can be mounted here: %v", err)
	}
	t.Cleanup(func() { h.close(); syscall.Unmount(h.dir, 0) })
	h.open(filepath.Join(h.dir, "entrepot.duckdb"))
	h.published(h.process(lines(head, schoolA+";2025-10-01;6eme;100"))[0])
	waiting := h.accept(ingest.Submission{}, lines(head, schoolB+";2025-10-01;6eme;50"))

	filler := fill(t, h.dir)
	big := io.LimitReader(rand.New(rand.NewSource(1)), 1<<20)
	if _, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "fichier", Body: big}); belvedere.KindOf(err) != belvedere.Unavailable ||
		!strings.Contains(belvedere.Message(err), "plein") {
		t.Errorf("accepted on a full disk: %v", err)
	}
	for range 3 {
		if _, err := h.service.Process(h.ctx, []int64{waiting.Seq}, nil); err == nil {
			t.Error("published on a full disk")
		}
	}
	if d := h.delivery(1); d.State != belvedere.Published {
		t.Errorf("the registry no longer answers: %+v", d)
	}
	h.must(os.Remove(filler))
	h.published(h.publish(waiting.Seq)[0])
	h.published(h.process(lines(head, schoolB+";2025-10-02;6eme;7"))[0])
	if got := h.rows(sumNow); got != "157" {
		t.Errorf("sum %s", got)
	}
}

// The reserve refuses at the door, before anything breaks.
func TestReserve(t *testing.T) {
	h := newHouse(t)
	h.limits.FreeBytes = 1 << 60
	h.restart(h.engine)
	_, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "fichier", Body: strings.NewReader("x")})
	if belvedere.KindOf(err) != belvedere.Unavailable || !strings.Contains(belvedere.Message(err), "presque plein") {
		t.Errorf("accepted: %v", err)
	}
}

// fill takes all the space of a disk.
func fill(t *testing.T, dir string) string {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "bourrage"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return f.Name()
}

// A landing folder that someone removed takes nothing in, and says so, even once a folder of its
// name stands there again: the process still holds the first.
func TestLandingFolderGone(t *testing.T) {
	h := newHouse(t)
	landing := filepath.Join(h.dir, "arrivees")
	h.must(os.RemoveAll(landing))
	for range 2 {
		_, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "fichier", Body: strings.NewReader("x")})
		if belvedere.KindOf(err) != belvedere.Unavailable || !strings.Contains(belvedere.Message(err), "a disparu") {
			t.Errorf("accepted: %v", err)
		}
		h.must(os.MkdirAll(landing, 0o700))
	}
}

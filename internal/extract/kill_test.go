package extract_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// childOf names, for a process that will be killed, the folder of the house that it works in.
const childOf = "BELVEDERE_TEST_EXTRACT"

// TestKillChild is the work of that process: it makes what waits, slowly, and says when rows are being written.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(childOf)
	if dir == "" {
		t.Skip("runs as a child of TestKill")
	}
	h := houseIn(t, dir)
	h.totals = slow
	if _, err := h.RunOnce(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// slow answers so many lines that writing them takes a while.
func slow(e report.Explore) (*report.ExploreResult, error) {
	out, err := counts(e)
	for i := range 400_000 {
		out.Result.Rows = append(out.Result.Rows, belvedere.ResultRow{Keys: []belvedere.Key{{Code: fmt.Sprint(i), Label: "Ligne"}}, Cells: []belvedere.Cell{{Value: float64(i)}}})
	}
	return out, err
}

// A kill in the middle of the file leaves nothing that is offered; the next start makes the whole.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	h := houseIn(t, dir)
	v := h.staff(t, "Roux", belvedere.Totals)
	x := figures()
	x.Format = "ndjson"
	id := h.asked(t, v, x)
	child := exec.Command(os.Args[0], "-test.run=^TestKillChild$")
	child.Env = append(os.Environ(), childOf+"="+dir)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	writing := func() bool {
		list, _ := filepath.Glob(filepath.Join(h.folder, ".incomplet-*"))
		for _, name := range list {
			if info, err := os.Stat(name); err == nil && info.Size() > 64<<10 {
				return true
			}
		}
		return false
	}
	for end := time.Now().Add(60 * time.Second); !writing(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			child.Process.Kill()
			t.Fatal("the child never wrote")
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()
	if e := h.of(t, id); e.State != registry.ExtractRunning || e.File != "" {
		t.Fatalf("killed too late: %+v", e)
	}
	if _, _, err := h.Take(ctx, v, id); belvedere.KindOf(err) != belvedere.NotFound {
		t.Errorf("half a file is offered: %v", err)
	}
	if err := h.Recover(ctx); err != nil || len(h.held(t)) != 0 {
		t.Errorf("left: %v, %v", h.held(t), err)
	}
	if _, err := h.RunOnce(ctx); err != nil {
		t.Fatal(err)
	}
	if text := members(t, h.taken(t, v, id))[".ndjson"]; strings.Count(text, "\n") != 3 || h.of(t, id).Tries != 2 {
		t.Errorf("made again: %q", text)
	}
}

package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"belvedere"
	"belvedere/internal/territory/warehouse"
)

// smallDisk mounts a folder of some mebibytes, and skips the test where that is not permitted.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestDiskFull fills the disk under the warehouse, several times over. Each refused publication
// says why, nothing acknowledged is lost, reading goes on, and writing does once there is room.
func TestDiskFull(t *testing.T) {
	dir := smallDisk(t, "40m")
	ballast := filepath.Join(dir, "lest")
	e, err := Open(context.Background(), Options{Path: filepath.Join(dir, "entrepot.duckdb"), Threads: 2, MemoryLimit: "500MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := do(e, "CREATE TABLE f (lot INTEGER, h UBIGINT)"); err != nil {
		t.Fatal(err)
	}
	lot := 0
	for _, mib := range []int{30, 20, 10} {
		if err := os.WriteFile(ballast, make([]byte, mib<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		lot = fillUp(t, e, lot)
		checkLots(t, e, lot) // opened again, still full
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if err := addLot(e, lot+1); err != nil {
			t.Fatalf("with room again: %v", err)
		}
		lot++
		checkLots(t, e, lot)
	}
	t.Logf("%d publications acknowledged on a disk filled 3 times", lot)
}

const lotRows = 50_000

func addLot(e warehouse.Engine, lot int) error {
	return e.Exec(context.Background(), belvedere.Statement{
		SQL: "INSERT INTO f SELECT ?::INTEGER, hash(i * 7919 + ?::INTEGER) FROM range(50000) r(i)", Args: []any{lot, lot}})
}

// fillUp publishes until the disk is full and gives the last acknowledged publication.
func fillUp(t *testing.T, e warehouse.Engine, lot int) int {
	t.Helper()
	for {
		err := addLot(e, lot+1)
		if err == nil {
			lot++
			continue
		}
		if belvedere.KindOf(err) != belvedere.Unavailable || !strings.Contains(belvedere.Message(err), "Le disque est plein") {
			t.Fatalf("on a full disk: %v", err)
		}
		return lot
	}
}

func checkLots(t *testing.T, e warehouse.Engine, lots int) {
	t.Helper()
	rows := rowsOf(t, e, "SELECT lot, count(*) FROM f GROUP BY 1 ORDER BY 1")
	if len(rows) != lots {
		t.Fatalf("%d publications found, %d acknowledged", len(rows), lots)
	}
	for i, row := range rows {
		if row[0] != int64(i+1) || row[1] != int64(lotRows) {
			t.Fatalf("publication %d is not whole: %v", i+1, row)
		}
	}
}

// TestStageOnFullDisk stages more than fits beside a full disk: the warehouse must not notice.
func TestStageOnFullDisk(t *testing.T) {
	dir := smallDisk(t, "16m")
	e, err := Open(context.Background(), Options{Path: filepath.Join(dir, "entrepot.duckdb"), Threads: 2, MemoryLimit: "100MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := do(e, "CREATE TABLE f AS SELECT 1 AS x"); err != nil {
		t.Fatal(err)
	}
	s, err := e.Stage(context.Background(), "grande", []belvedere.TableColumn{{Name: "a", Type: belvedere.Text}})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("ne tient pas ", 100)
	for i := 0; err == nil && i < 400_000; i++ {
		err = s.Append([]any{text[:1000+i%300]})
	}
	if err == nil {
		err = s.Close()
	}
	if belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("a stage larger than memory and disk: %v, want Unavailable", err)
	}
	s.Close()
	if err := do(e, "INSERT INTO f VALUES (2)"); err != nil {
		t.Errorf("after the refused stage: %v", err)
	}
	if rows := rowsOf(t, e, "SELECT sum(x) FROM f"); rows[0][0] != int64(3) {
		t.Errorf("after the refused stage: %v", rows)
	}
}

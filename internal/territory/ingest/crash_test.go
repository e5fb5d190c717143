package ingest_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
)

const crashDir = "BELVEDERE_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		deliverUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

const crashRows = 40

// crashFile is a delivery of one slice whose rows all hold its number.
func crashFile(n int) string {
	var b strings.Builder
	b.WriteString("etablissement,heure,profil,connexions\n")
	at := time.Date(2025, 11, 3+n%7, 5, 0, 0, 0, time.UTC) // seven slices, again and again
	for i := range crashRows / 2 {
		for _, profile := range []string{"eleves", "enseignants"} {
			hour := at.Add(time.Duration(i%18) * time.Hour).Format(time.RFC3339)
			school := []string{schoolA, schoolB}[i/18]
			fmt.Fprintf(&b, "%s,%s,%s,%d\n", school, hour, profile, n)
		}
	}
	return b.String()
}

// deliverUntilKilled is the child: it accepts, says so, publishes, and says each step.
func deliverUntilKilled(dir string) {
	h := &house{t: &testing.T{}, ctx: context.Background(), dir: dir, clock: time.Now(), limits: ingest.Limits{FreeBytes: -1}}
	h.open(filepath.Join(dir, "entrepot.duckdb"))
	if _, err := h.service.Recover(h.ctx, nil); err != nil {
		fmt.Println("error", err)
		return
	}
	_, n, err := h.registry.List(h.ctx, registry.DeliveryFilter{}, registry.Page{Limit: 1})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	for {
		for range 3 {
			n++
			d, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "essai", ID: strconv.Itoa(n), Body: strings.NewReader(crashFile(n))})
			if err != nil {
				fmt.Println("error", err)
				return
			}
			fmt.Println("accepted", d.Seq)
		}
		pending, err := h.registry.Pending(h.ctx, 0)
		var seqs []int64
		for _, d := range pending {
			seqs = append(seqs, d.Seq)
		}
		if err == nil {
			_, err = h.service.Process(h.ctx, seqs, func(d belvedere.Delivery) { fmt.Println("step", d.State) })
		}
		if err != nil {
			fmt.Println("error", err)
			return
		}
	}
}

// Whenever the process is killed, no acknowledged delivery is lost and no half of one is shown.
func TestKill(t *testing.T) {
	kills := 24
	if testing.Short() {
		kills = 4
	}
	dir := t.TempDir()
	acknowledged := int64(0)
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	for range kills {
		acknowledged = max(acknowledged, killOnce(t, dir, random))
		checkAfterCrash(t, dir, acknowledged, false)
	}
	checkAfterCrash(t, dir, acknowledged, true)
	t.Logf("%d deliveries acknowledged, %d kills", acknowledged, kills)
}

// killOnce runs the child, kills it somewhere, and gives the last delivery that it acknowledged.
func killOnce(t *testing.T, dir string, random *rand.Rand) (last int64) {
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
	lines, stop := 0, 1+random.IntN(30)
	delay := time.Duration(random.IntN(4000)) * time.Microsecond
	for in := bufio.NewScanner(out); in.Scan(); {
		switch word, rest, _ := strings.Cut(in.Text(), " "); word {
		case "accepted":
			last, _ = strconv.ParseInt(rest, 10, 64)
		case "error":
			t.Errorf("child: %s", rest)
		}
		if lines++; lines == stop {
			// Between two lines the child writes to disk: die anywhere in there. What it
			// still says on its way is read by the next turns.
			time.AfterFunc(delay, func() { child.Process.Kill() })
		}
	}
	child.Wait()
	return last
}

// checkAfterCrash opens the stores as the next start would.
func checkAfterCrash(t *testing.T, dir string, acknowledged int64, thorough bool) {
	t.Helper()
	h := &house{t: t, ctx: context.Background(), dir: dir, clock: time.Now(), limits: ingest.Limits{FreeBytes: -1}}
	h.open(filepath.Join(dir, "entrepot.duckdb"))
	defer h.close()
	h.recover()
	h.checkWhole()
	list, _, err := h.registry.List(h.ctx, registry.DeliveryFilter{}, registry.Page{})
	h.must(err)
	var waiting []int64
	for _, d := range list {
		if d.State != belvedere.Published && d.State != belvedere.Received {
			t.Errorf("delivery %d is %s after recovery: %s", d.Seq, d.State, d.Reason)
		}
		if d.State == belvedere.Received {
			waiting = append(waiting, d.Seq)
		}
	}
	if len(list) == 0 && acknowledged > 0 || len(list) > 0 && list[0].Seq < acknowledged {
		t.Errorf("delivery %d was acknowledged and is lost", acknowledged)
	}
	if !thorough {
		return
	}
	for _, d := range h.publish(waiting...) {
		h.published(d)
	}
	h.checkWhole()
	before := h.dump()
	_, err = h.service.Rebuild(h.ctx, nil)
	h.must(err)
	if h.dump() != before {
		t.Error("a rebuild gives other rows")
	}
}

// checkWhole compares the rows now in force with what the registry says is published.
func (h *house) checkWhole() {
	h.t.Helper()
	list, _, err := h.registry.List(h.ctx, registry.DeliveryFilter{States: []belvedere.DeliveryState{belvedere.Published}}, registry.Page{})
	h.must(err)
	want := map[int]int64{}  // slice → last delivery
	for _, d := range list { // newest first
		n, _ := strconv.Atoi(d.ID)
		if _, ok := want[n%7]; !ok {
			want[n%7] = d.Seq
		}
	}
	if got := h.rows("SELECT count(DISTINCT livraison) FROM connexions WHERE sortie = 2147483647"); got != strconv.Itoa(len(want)) {
		h.t.Errorf("%s deliveries in force, want %d", got, len(want))
	}
	for part, seq := range want {
		d := h.delivery(seq)
		got := h.rows(fmt.Sprintf("SELECT count(*), min(connexions), max(connexions), min(livraison), max(livraison) FROM connexions WHERE jour = DATE '2025-11-%02d' AND sortie = 2147483647", 3+part))
		if got != fmt.Sprintf("%d %s %s %d %d", crashRows, d.ID, d.ID, seq, seq) {
			h.t.Errorf("slice %d: %s, want delivery %d", part, got, seq)
		}
	}
	if a, b := h.rows("SELECT sum(connexions) FROM connexions WHERE sortie = 2147483647"), h.rows("SELECT sum(connexions) FROM connexions__annee WHERE sortie = 2147483647"); a != b {
		h.t.Errorf("roll-up %s, rows %s", b, a)
	}
	if a := h.rows("SELECT count(*) FROM publication"); a != strconv.Itoa(len(list)) {
		h.t.Errorf("%s publications, %d deliveries", a, len(list))
	}
}

package bench

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/audit"
	"belvedere/internal/demo"
	"belvedere/internal/school/board"
)

// An opening is the files of a rentrée of one school, as they lie on the disk.
type opening struct {
	uai   belvedere.UAI
	files []string
}

// openingFormats are those of the files that a school has at the rentrée: STS-Web, SIECLE, EDT.
var openingFormats = []string{"sts_emp", "siecle_nomenclature", "siecle_communs", "siecle_structures", "siecle_eleves", "siecle_responsables", "edt_cours"}

// BenchmarkOpenings brings the opening files of many schools ($BELVEDERE_SCHOOLS, 20 by default;
// 500 are a département) from the disk to vaults that do not exist yet, as the command "import"
// does: each file is recognised, then schools are read, stored, consolidated and checked side by
// side. Beside it xmllint reads the same XML, unzipped, on one core, and keeps nothing. The ratio
// of processor time does not depend on what else the machine does.
func BenchmarkOpenings(b *testing.B) {
	list, plain, size := openings(b, schoolCount(b))
	var took, lint, busy, lintBusy []time.Duration
	var peak uint64
	for b.Loop() {
		a := open(b, b.TempDir())
		runtime.GC()
		before := processorTime(b)
		peak = max(peak, peakOf(func() { took = append(took, timed(func() { importAll(b, a, list) })) }))
		busy = append(busy, processorTime(b)-before)
		must(b, a.Close())
		if tool, err := exec.LookPath("xmllint"); err == nil {
			cmd := exec.Command(tool, append([]string{"--stream", "--noout"}, plain...)...)
			lint = append(lint, timed(func() {
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatal(err, string(out))
				}
			}))
			lintBusy = append(lintBusy, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		}
	}
	rate := func(list []time.Duration) float64 { return float64(size) / 1e6 / median(list).Seconds() }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(list))/median(took).Seconds(), "schools/s")
	b.ReportMetric(rate(took), "XML-MB/s")
	b.ReportMetric(ms(median(busy))/float64(len(list)), "cpu-ms/school")
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
	if len(lint) > 0 {
		b.ReportMetric(rate(lint), "xmllint-MB/s")
		b.ReportMetric(rate(took)/rate(lint), "import/xmllint")
		b.ReportMetric(rate(busy)/rate(lintBusy), "import/xmllint-cpu")
	}
	b.Logf("%d schools, %.1f MB of XML, %s to import, %d workers", len(list), float64(size)/1e6, median(took).Round(time.Millisecond), runtime.GOMAXPROCS(0))
}

// processorTime is what this process took of all cores.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func schoolCount(b *testing.B) int {
	text := os.Getenv("BELVEDERE_SCHOOLS")
	if text == "" {
		return 20
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("BELVEDERE_SCHOOLS=%s", text)
	}
	return n
}

// openings writes the files of n schools: the three of the fictional département in turn, each
// time under another UAI. plain are their XML files unzipped, as often as schools have them.
func openings(b *testing.B, n int) (list []opening, plain []string, size int64) {
	b.Helper()
	dir := b.TempDir()
	models, err := demo.WriteSchools(context.Background(), filepath.Join(dir, "modeles"), demo.Options{LastDay: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)})
	must(b, err)
	models = models[:3] // the last one is a damaged copy
	for i := range n {
		m := models[i%len(models)]
		o := opening{uai: belvedere.UAIFromNumber(int32(7_500_000 + i))}
		to := filepath.Join(dir, string(o.uai))
		must(b, os.Mkdir(to, 0o755))
		for _, f := range m.Files {
			if !slices.Contains(openingFormats, f.Format) || filepath.Ext(f.Path) == ".csv" {
				continue
			}
			file, text := rename(b, f.Path, string(m.UAI), string(o.uai))
			path := filepath.Join(to, strings.ReplaceAll(f.Name(), string(m.UAI), string(o.uai)))
			must(b, os.WriteFile(path, file, 0o644))
			o.files = append(o.files, path)
			size += int64(len(text))
			bare := filepath.Join(dir, "modeles", string(m.UAI), f.Name()+".txt")
			if i < len(models) {
				must(b, os.WriteFile(bare, text, 0o644))
			}
			plain = append(plain, bare)
		}
		list = append(list, o)
	}
	return list, plain, size
}

// rename is a file of a school with another UAI, zipped when it was, and its XML.
func rename(b *testing.B, path, from, to string) (file, text []byte) {
	b.Helper()
	data, err := os.ReadFile(path)
	must(b, err)
	if filepath.Ext(path) != ".zip" {
		data = bytes.ReplaceAll(data, []byte(from), []byte(to))
		return data, data
	}
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(b, err)
	var packed bytes.Buffer
	out := zip.NewWriter(&packed)
	for _, member := range in.File {
		r, err := member.Open()
		must(b, err)
		one, err := io.ReadAll(r)
		must(b, err)
		one = bytes.ReplaceAll(one, []byte(from), []byte(to))
		w, err := out.Create(member.Name)
		must(b, err)
		_, err = w.Write(one)
		must(b, err)
		text = append(text, one...)
	}
	must(b, out.Close())
	return packed.Bytes(), text
}

// importAll does what the command does with all files at once. The timetable does not say of
// which school it is: it is recognised all the same, and goes where it lies.
func importAll(b *testing.B, a *app.App, list []opening) {
	who, err := a.Operator(context.Background())
	must(b, err)
	for _, o := range list {
		for _, f := range o.files {
			uai, err := a.Board.SchoolOf(dropped(b, f))
			if must(b, err); uai != "" && uai != o.uai {
				b.Fatalf("%s is of %s", f, uai)
			}
		}
	}
	var mu sync.Mutex
	var failed error
	queue := make(chan opening)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		workers.Go(func() {
			for o := range queue {
				err := errors.Join(importOne(b, a, who, o), a.Vaults.Release(o.uai))
				mu.Lock()
				failed = errors.Join(failed, err)
				mu.Unlock()
			}
		})
	}
	for _, o := range list {
		queue <- o
	}
	close(queue)
	workers.Wait()
	must(b, failed)
}

func importOne(b *testing.B, a *app.App, who belvedere.Viewer, o opening) error {
	var files []board.Dropped
	for _, f := range o.files {
		files = append(files, dropped(b, f))
	}
	ctx := context.Background()
	done, err := a.Board.Import(ctx, who, o.uai, 0, files, "")
	if err != nil {
		return err
	}
	if n := done.Outcome.Changes.After; n.Pupils < 100 || n.Lessons == 0 || len(done.Warnings) > 0 {
		return fmt.Errorf("%s: %d pupils, %d lessons, %v", o.uai, n.Pupils, n.Lessons, done.Warnings)
	}
	a.Note(ctx, audit.Vault, "coffre "+string(o.uai), "import de "+belvedere.Plural(len(done.Pieces), "fichier", "fichiers"))
	return nil
}

func dropped(b *testing.B, path string) board.Dropped {
	data, err := os.ReadFile(path)
	if err != nil {
		b.Error(err) // Fatal is not for other goroutines
	}
	return board.Dropped{Name: filepath.Base(path), Data: data}
}

// peakOf is the most memory that Go holds of the system while a function runs.
func peakOf(do func()) (most uint64) {
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.Sys-m.HeapReleased)
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	do()
	close(done)
	<-over
	return most
}

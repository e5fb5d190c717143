package ingest_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
)

// parquet makes a Parquet file of effectifs.
func (h *house) parquet(schools ...string) string {
	h.t.Helper()
	path, err := h.engine.WriteParquet(h.ctx, []belvedere.TableColumn{{Name: "etablissement", Type: belvedere.Text}, {Name: "jour", Type: belvedere.DateOnly},
		{Name: "niveau", Type: belvedere.Text}, {Name: "eleves", Type: belvedere.Int64}}, func(yield func(row []any) error) error {
		for i, school := range schools {
			if err := yield([]any{school, belvedere.Date(2025, 10, 1+i), "6eme", int64(10 + i)}); err != nil {
				return err
			}
		}
		return nil
	})
	h.must(err)
	b, err := os.ReadFile(path)
	h.must(err)
	h.must(os.Remove(path))
	return string(b)
}

func TestParquet(t *testing.T) {
	h := newHouse(t)
	plain := h.parquet(schoolA, schoolA, schoolB)
	for name, file := range map[string]string{"plain": plain, "gzip": gzipped(plain), "zip": zipped("effectifs.parquet", plain)} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			d := h.process(file)[0]
			h.published(d)
			if got := h.rows(sumNow); got != "33" || d.Rows != 3 || d.Dataset != "effectifs" {
				t.Errorf("sum %s, %+v", got, d)
			}
			if left, _ := os.ReadDir(filepath.Join(h.dir, "arrivees", "arrivee")); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	bad := h.process(h.parquet(schoolA, "0350017A"))[0]
	if list := h.faults(bad.Seq); bad.State != belvedere.Refused || len(list) != 1 || list[0].Rule != "uai_lettre" || list[0].Line != 2 {
		t.Errorf("%+v, %v", bad, list)
	}
	if cut := h.process(plain[:len(plain)-30])[0]; cut.State != belvedere.Refused || cut.Reason == "" {
		t.Errorf("truncated: %+v", cut)
	}
}

// Many accept at once while one publishes: each content is published once.
func TestAcceptWhilePublishing(t *testing.T) {
	h := newHouse(t)
	var wg sync.WaitGroup
	for sender := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 12 {
				school := []string{schoolA, schoolB}[n%2]
				text := lines(head, school+";"+belvedere.Date(2025, 10, 1+(n+sender)%12).Format("2006-01-02")+";6eme;1")
				if _, _, err := h.service.Accept(h.ctx, ingest.Submission{Source: "fichier", Body: strings.NewReader(text)}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for stop := false; ; {
		select {
		case <-done:
			stop = true
		default:
		}
		pending, err := h.registry.Pending(h.ctx, 5)
		h.must(err)
		if len(pending) == 0 && stop {
			break
		}
		var seqs []int64
		for _, d := range pending {
			seqs = append(seqs, d.Seq)
		}
		h.publish(seqs...)
	}
	_, total, err := h.registry.List(h.ctx, registry.DeliveryFilter{States: []belvedere.DeliveryState{belvedere.Published}}, registry.Page{Limit: 1})
	h.must(err)
	if got := h.rows("SELECT count(*), sum(eleves) FROM effectifs WHERE sortie = 2147483647"); total != 24 || got != "24 24" {
		t.Errorf("%d published, rows %s", total, got)
	}
}

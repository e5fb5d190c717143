package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/warehouse"
)

// dump is every row of the warehouse, as text.
func (h *house) dump() string {
	h.t.Helper()
	var b strings.Builder
	for _, table := range []string{"publication", "effectifs", "effectifs__annee", "connexions", "connexions__jour", "connexions__mois", "connexions__annee",
		"salles", "individus", "ips", "etablissements", "etablissements__fiche", "couverture"} {
		fmt.Fprintf(&b, "== %s\n%s\n", table, h.rows("SELECT * FROM "+table+" ORDER BY ALL"))
	}
	return b.String()
}

// history publishes three editions that replace one another.
func history(h *house) {
	h.process(lines(head, schoolA+";2025-10-01;6eme;100", schoolB+";2025-10-01;6eme;50"),
		lines(deppHeader, "2025;"+schoolA+";Collège A;1;2", "2024;"+schoolB+";Collège B;3;4"))
	h.process(lines(head, schoolA+";2025-10-01;6eme;101"), "refusée", lines("etablissement,heure,profil,connexions", schoolA+",2025-11-14T07:00:00Z,eleves,5"))
	h.process(lines(head, schoolA+";2025-10-01;6eme;102"), lines(head, schoolA+";2025-10-01;6eme;103"),
		lines("etablissement;mois;heures", schoolA+";2025-11;5", schoolA+";2025-11;6"))
}

func TestRebuild(t *testing.T) {
	h := newHouse(t)
	history(h)
	before := h.dump()
	var steps []int
	report, err := h.service.Rebuild(h.ctx, func(s ingest.RebuildStep) { steps = append(steps, s.Done) })
	h.must(err)
	if after := h.dump(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if report.Editions != 3 || report.Deliveries != 7 || len(report.Lost) != 0 || len(steps) != 8 || steps[7] != 3 {
		t.Errorf("report %+v, steps %v", report, steps)
	}
}

// A new warehouse file, one of another time and one of another catalogue are all brought up to
// date by Recover.
func TestRecoverBringsTheWarehouseUpToDate(t *testing.T) {
	first := newHouse(t)
	history(first)
	want := first.dump()
	first.close()
	for _, c := range []struct {
		name  string
		spoil []string // of a warehouse that is up to date; nil for an empty one
	}{
		{"lost", nil},
		{"behind", []string{"DELETE FROM publication WHERE edition = 3", "DELETE FROM effectifs WHERE entree = 3", "DELETE FROM salles",
			"UPDATE effectifs SET sortie = 2147483647 WHERE sortie = 3", "DELETE FROM effectifs__annee WHERE entree = 3",
			"UPDATE effectifs__annee SET sortie = 2147483647 WHERE sortie = 3", "DELETE FROM couverture WHERE entree = 3",
			"UPDATE couverture SET sortie = 2147483647 WHERE sortie = 3"}},
		{"ahead", []string{"INSERT INTO publication VALUES (9, 9)", "INSERT INTO ips VALUES (350017, 2025, 1.5, 9, 9, 2147483647)"}},
		{"another catalogue", []string{"UPDATE schema_entrepot SET empreinte = 'x'", "ALTER TABLE effectifs DROP COLUMN internes",
			"UPDATE schema_tables SET colonnes = colonnes || ', ancienne BIGINT' WHERE nom = 'effectifs'"}},
		{"another catalogue of which nothing tells the columns", []string{"UPDATE schema_entrepot SET empreinte = 'x'", "DELETE FROM schema_tables", "ALTER TABLE effectifs DROP COLUMN internes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &house{t: t, ctx: first.ctx, dir: first.dir, limits: first.limits, clock: first.clock}
			h.open("")
			if c.spoil != nil {
				h.recover()
				for _, sql := range c.spoil {
					h.must(h.engine.Exec(h.ctx, belvedere.Statement{SQL: sql}))
				}
				h.restart(h.engine)
			}
			h.recover()
			if got := h.dump(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func (h *house) recover() ingest.RebuildReport {
	h.t.Helper()
	report, err := h.service.Recover(h.ctx, nil)
	h.must(err)
	return report
}

// restart makes a new service over the same stores, with another engine in front.
func (h *house) restart(e warehouse.Engine) {
	h.t.Helper()
	h.service.Close()
	var err error
	h.service, err = ingest.New(ingest.Config{Registry: h.registry, Engine: e, Model: model(), LandingDir: filepath.Join(h.dir, "arrivees"),
		Now: func() time.Time { return h.clock }, Limits: h.limits})
	h.must(err)
}

// Files that the landing folder lost or that someone changed are reported; the rest comes back.
func TestRebuildWithoutAFile(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"missing": os.Remove,
		"altered": func(path string) error {
			os.Chmod(path, 0o600)
			return os.WriteFile(path, []byte(lines(head, schoolA+";2025-10-01;6eme;999")), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			list := h.process(lines(head, schoolA+";2025-10-01;6eme;100"), lines(head, schoolB+";2025-10-01;6eme;50"))
			sha := list[0].SHA256
			h.must(spoil(filepath.Join(h.dir, "arrivees", sha[:2], sha)))
			report, err := h.service.Rebuild(h.ctx, nil)
			h.must(err)
			if len(report.Lost) != 1 || report.Lost[0].Delivery.Seq != list[0].Seq || report.Lost[0].Reason == "" || report.Deliveries != 1 {
				t.Errorf("report: %+v", report)
			}
			if got := h.rows(sumNow); got != "50" {
				t.Errorf("sum %s", got)
			}
			h.restart(h.engine)
			if again := h.recover(); again.Editions != 0 {
				t.Errorf("the next start replays: %+v", again)
			}
		})
	}
}

// faulty is an engine that fails around the publication.
type faulty struct {
	warehouse.Engine
	before, after error // of an Exec that publishes
}

func (f *faulty) Exec(ctx context.Context, list ...belvedere.Statement) error {
	publishes := false
	for _, s := range list {
		publishes = publishes || strings.HasPrefix(s.SQL, "INSERT INTO publication")
	}
	if publishes && f.before != nil {
		return f.before
	}
	if err := f.Engine.Exec(ctx, list...); err != nil {
		return err
	}
	if publishes {
		return f.after
	}
	return nil
}

// An Exec that fails leaves all as it was; one that fails after its commit has published.
func TestFailureAroundTheCommit(t *testing.T) {
	h := newHouse(t)
	f := &faulty{Engine: h.engine}
	h.restart(f)
	d := h.accept(ingest.Submission{}, lines(head, schoolA+";2025-10-01;6eme;100"))
	f.before = belvedere.Errorf(belvedere.Unavailable, "disque plein")
	for range 5 {
		if _, err := h.service.Process(h.ctx, []int64{d.Seq}, nil); belvedere.KindOf(err) != belvedere.Unavailable {
			t.Fatalf("error %v", err)
		}
		if got := h.delivery(d.Seq); got.State != belvedere.Received {
			t.Fatalf("after a failure: %s", got.State)
		}
	}
	f.before, f.after = nil, errors.New("checkpoint failed")
	e, err := h.service.Process(h.ctx, []int64{d.Seq}, nil)
	if err != nil || e.Number != 1 {
		t.Errorf("committed and failed: %+v, %v", e, err)
	}
	h.published(h.delivery(d.Seq))
	if got := h.rows(sumNow); got != "100" {
		t.Errorf("sum %s", got)
	}
}

// stubborn is a registry that cannot finish an edition.
type stubborn struct {
	registry.Registry
	err error
}

func (s *stubborn) FinishEdition(ctx context.Context, n int, at time.Time) error {
	if s.err != nil {
		return s.err
	}
	return s.Registry.FinishEdition(ctx, n, at)
}

// The registry fails after the warehouse has committed: the next work finishes what was done.
func TestUnfinishedEditionIsFinished(t *testing.T) {
	h := newHouse(t)
	real := h.registry
	s := &stubborn{Registry: real, err: belvedere.Errorf(belvedere.Unavailable, "disque plein")}
	h.registry = s
	h.restart(h.engine)
	first := h.accept(ingest.Submission{}, lines(head, schoolA+";2025-10-01;6eme;100"))
	if _, err := h.service.Process(h.ctx, []int64{first.Seq}, nil); err == nil {
		t.Error("no error")
	}
	if got := h.delivery(first.Seq); got.State != belvedere.Staged {
		t.Errorf("state %s", got.State)
	}
	s.err = nil
	h.published(h.process(lines(head, schoolB+";2025-10-01;6eme;50"))[0])
	h.published(h.delivery(first.Seq))
	if got := h.rows("SELECT count(*), max(edition) FROM publication"); got != "2 2" {
		t.Errorf("publication %s", got)
	}
}

func TestCancelledWorkStartsAnew(t *testing.T) {
	h := newHouse(t)
	text := []string{head}
	for i := range 20_000 {
		text = append(text, fmt.Sprintf("%s;%s;6eme;1", schoolA, belvedere.Date(1950, 1, 1).AddDate(0, 0, i).Format("2006-01-02")))
	}
	d := h.accept(ingest.Submission{}, lines(text...))
	ctx, cancel := context.WithCancel(h.ctx)
	_, err := h.service.Process(ctx, []int64{d.Seq}, func(belvedere.Delivery) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := h.delivery(d.Seq); got.State != belvedere.Received {
		t.Errorf("state %s", got.State)
	}
	h.published(h.publish(d.Seq)[0])
}

// The worker publishes what this and other processes accept, and stops when it is told.
func TestWorker(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(h.ctx)
	done := make(chan error, 1)
	first := h.accept(ingest.Submission{}, lines(head, schoolA+";2025-10-01;6eme;100"))
	go func() { done <- h.service.Worker(ctx) }()
	other, err := ingest.New(ingest.Config{Registry: h.registry, Model: model(), LandingDir: filepath.Join(h.dir, "arrivees")})
	h.must(err)
	defer other.Close()
	second, _, err := other.Accept(h.ctx, ingest.Submission{Source: "fichier", Body: strings.NewReader(lines(head, schoolB+";2025-10-01;6eme;50"))})
	h.must(err)
	deadline := time.After(time.Minute)
	for h.delivery(first.Seq).State != belvedere.Published || h.delivery(second.Seq).State != belvedere.Published {
		select {
		case <-deadline:
			t.Fatalf("not published: %s, %s", h.delivery(first.Seq).State, h.delivery(second.Seq).State)
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("worker: %v", err)
	}
}

package audit

import (
	"context"
	"database/sql"
	"os"
	"sync"
	"testing"
	"time"

	"belvedere/internal/registry"
	"belvedere/internal/registry/registrytest/pgtest"
	"belvedere/internal/secret"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// TestPostgres has two servers, each with an anchor of its own, write into one database, where
// someone then puts a hand.
func TestPostgres(t *testing.T) {
	dsn := pgtest.Start(t) // skips here when it is absent
	h := &house{t: t, dir: t.TempDir(), at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	var err error
	if h.keys, err = secret.Load(h.path("cles.json")); err != nil {
		t.Fatal(err)
	}
	if h.store, err = registry.Open(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	defer h.store.Close()
	h.open()
	defer func() { h.Journal.Close() }()
	h.write(10)
	other := New(h.store, h.keys, h.path("autre.ancre"), func() time.Time { return h.at }, silent)
	var group sync.WaitGroup
	for _, j := range []*Journal{h.Journal, other} {
		for range 4 {
			group.Go(func() {
				for range 10 {
					if err := j.Record(context.Background(), registry.Entry{Login: "é\x00\xff", Door: Page, Action: Read, Result: Done}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	other.Close()
	if n, err := h.Purge(t.Context(), h.at.Add(-5*time.Hour)); err != nil || n != 5 {
		t.Errorf("Purge = %d, %v", n, err)
	}
	h.restart()
	if r := h.sound(); r.Entries != 5+1+80+1 || r.First != 6 { // the other one noted that it had no anchor
		t.Errorf("report %+v", r)
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE journal SET login = 'Autre' WHERE seq = 50"); err != nil {
		t.Fatal(err)
	}
	if r := h.verify(); r.OK() || r.Fault.Kind != Altered || r.Fault.Seq != 50 {
		t.Errorf("found %+v", r.Fault)
	}
}

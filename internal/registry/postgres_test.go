package registry_test

import (
	"context"
	"os"
	"sync"
	"testing"

	"belvedere/internal/registry"
	"belvedere/internal/registry/registrytest"
	"belvedere/internal/registry/registrytest/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestPostgres(t *testing.T) {
	pgtest.Start(t) // skips here when it is absent
	registrytest.Run(t, pgtest.Start)
}

// Processes that start together on a new database must all come up.
func TestPostgresOpenTogether(t *testing.T) {
	dsn := pgtest.Start(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r, err := registry.Open(context.Background(), dsn)
			if err != nil {
				t.Error(err)
				return
			}
			r.Close()
		}()
	}
	wg.Wait()
}

package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// fingerprintTable holds the hash of the statements that made the tables, so that a catalogue
// whose columns changed is noticed.
const fingerprintTable = "schema_entrepot"

// errStale asks for a rebuild: the tables are those of another catalogue.
var errStale = errorf(belvedere.Unavailable, "L’entrepôt de statistiques a été fait avec un autre catalogue. Reconstruisez-le avec « belvedere rebuild ».")

// Recover repairs what a crash left, and must run once before the service works. It finishes or
// abandons the publication that was interrupted, makes half-processed deliveries wait again, and
// brings the warehouse to the last edition of the registry: by replaying the editions that it
// lacks, or all of them when it holds others or was made with another catalogue.
func (s *Service) Recover(ctx context.Context, progress func(RebuildStep)) (report RebuildReport, err error) {
	defer belvedere.Wrap(&err, "ingest.Recover")
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.landing.sweep(s.Now()); err != nil {
		return report, err
	}
	if err := s.follow(ctx); err != nil {
		return report, err
	}
	stale := s.ensure(ctx)
	if stale != nil && !errors.Is(stale, errStale) {
		return report, stale
	}
	if stale == nil {
		if err := s.resolvePlans(ctx); err != nil {
			return report, err
		}
	}
	if n, err := s.Registry.Requeue(ctx); err != nil {
		return report, err
	} else if n > 0 {
		s.Log.Info("interrupted deliveries wait again", "deliveries", n)
	}
	want, have, err := s.compare(ctx, stale)
	if err != nil {
		return report, err
	}
	switch {
	case stale == nil && slices.Equal(want, have):
		return report, nil
	case stale == nil && len(have) < len(want) && slices.Equal(want[:len(have)], have):
		s.Log.Warn("the warehouse lacks editions of the registry; replaying them", "from", want[len(have)])
		return s.replay(ctx, want[len(have):], progress)
	}
	s.Log.Warn("the warehouse and the registry disagree; rebuilding", "registry", len(want), "warehouse", len(have))
	return s.rebuild(ctx, progress)
}

// compare lists the editions of the registry and those of the warehouse, in order.
func (s *Service) compare(ctx context.Context, stale error) (want, have []int, err error) {
	list, _, err := s.Registry.ListEditions(ctx, registry.Page{})
	if err != nil {
		return nil, nil, err
	}
	for _, e := range slices.Backward(list) {
		want = append(want, e.Number)
	}
	if stale != nil {
		return want, nil, nil
	}
	err = s.Engine.Query(ctx, belvedere.Statement{SQL: "SELECT DISTINCT edition FROM " + publicationTable + " ORDER BY 1"}, func(row []any) error {
		n, ok := row[0].(int64)
		if !ok {
			return fmt.Errorf("edition is a %T", row[0])
		}
		have = append(have, int(n))
		return nil
	})
	return want, have, err
}

// resolvePlans ends the publications that were left open.
func (s *Service) resolvePlans(ctx context.Context) error {
	plans, err := s.Registry.OpenPlans(ctx)
	if err != nil {
		return err
	}
	for _, e := range plans {
		there, err := s.resolve(ctx, e.Number)
		if err != nil {
			return err
		}
		s.Log.Info("interrupted publication ended", "edition", e.Number, "published", there)
	}
	return nil
}

// ensure makes the tables, once. It gives errStale when they are those of another catalogue.
func (s *Service) ensure(ctx context.Context) error {
	if s.ready {
		return nil
	}
	if s.Engine == nil {
		return errorf(belvedere.Unavailable, "L’entrepôt de statistiques n’est pas ouvert dans ce programme.")
	}
	if err := s.Engine.Exec(ctx, ownTables()...); err != nil {
		return err
	}
	print := s.fingerprint()
	known, used := "", false
	if err := s.Engine.Query(ctx, belvedere.Statement{SQL: "SELECT max(empreinte) FROM " + fingerprintTable}, func(row []any) error {
		known, used = stringOf(row[0]), row[0] != nil
		return nil
	}); err != nil {
		return err
	}
	statements := s.Publisher.Tables(s.Model)
	want := layouts(statements)
	stored, err := s.storedLayouts(ctx)
	if err != nil {
		return err
	}
	if used && known != print {
		if statements, err = s.reshape(ctx, stored, statements); err != nil {
			return err
		}
	}
	if !used || known != print || len(stored) == 0 {
		statements = append(statements, keepLayouts(print, want)...)
	}
	if err := s.Engine.Exec(ctx, statements...); err != nil {
		return err
	}
	s.ready = true
	return nil
}

func ownTables() []belvedere.Statement {
	return []belvedere.Statement{
		{SQL: "CREATE TABLE IF NOT EXISTS " + publicationTable + " (edition INTEGER, livraison BIGINT)"},
		{SQL: "CREATE TABLE IF NOT EXISTS " + fingerprintTable + " (empreinte VARCHAR)"},
		{SQL: "CREATE TABLE IF NOT EXISTS " + layoutTable + " (nom VARCHAR, colonnes VARCHAR)"},
	}
}

func (s *Service) fingerprint() string {
	h := sha256.New()
	for _, st := range s.Publisher.Tables(s.Model) {
		fmt.Fprintln(h, st.SQL)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func stringOf(v any) string {
	text, _ := v.(string)
	return text
}

// allTables are the tables that a rebuild empties.
func allTables(m *belvedere.Model) []string {
	names := []string{publicationTable, fingerprintTable, layoutTable, semantic.CoverageTable, semantic.RecordTable}
	for _, d := range m.Datasets {
		names = append(names, d.Name)
		for _, r := range d.Rollups {
			names = append(names, semantic.RollupName(d, r))
		}
	}
	return names
}

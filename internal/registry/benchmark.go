package registry

import (
	"context"
	"slices"
	"strings"
	"time"

	"belvedere"
)

// Benchmarks keeps which groups of comparable schools were published.
type Benchmarks interface {
	// BenchmarkGroups gives those of a figure, oldest first.
	BenchmarkGroups(ctx context.Context, figure string) ([]BenchmarkGroup, error)
	// PutBenchmarkGroup adds a group after the seen first ones of its figure. It is a Conflict when
	// another was added meanwhile: what was decided on the first ones is decided anew.
	PutBenchmarkGroup(ctx context.Context, g BenchmarkGroup, seen int) error
}

// A BenchmarkGroup is the schools of a stratum whose figure was published, as of an edition.
type BenchmarkGroup struct {
	Figure  string // indicator, value or rate, school year, type
	Stratum string
	Schools []belvedere.UAI // sorted
	Edition int
	At      time.Time
}

func (s *store) BenchmarkGroups(ctx context.Context, figure string) (list []BenchmarkGroup, err error) {
	defer belvedere.Wrap(&err, "BenchmarkGroups(%s)", figure)
	err = s.now().each(ctx, "SELECT stratum, schools, edition, published_at FROM benchmark_group WHERE figure = ? ORDER BY rank", []any{figure}, func(scan scanner) error {
		g, schools := BenchmarkGroup{Figure: figure}, ""
		err := scan(&g.Stratum, &schools, &g.Edition, scanTime{&g.At})
		for _, u := range strings.Fields(schools) {
			g.Schools = append(g.Schools, belvedere.UAI(u))
		}
		list = append(list, g)
		return err
	})
	return list, s.d.explain(err)
}

func (s *store) PutBenchmarkGroup(ctx context.Context, g BenchmarkGroup, seen int) (err error) {
	defer belvedere.Wrap(&err, "PutBenchmarkGroup(%s)", g.Figure)
	if g.Figure == "" || len(g.Schools) == 0 || g.Edition < 1 || seen < 0 {
		return belvedere.Errorf(belvedere.Invalid, "Un groupe de comparaison a un chiffre, des établissements et une édition.")
	}
	var schools []string
	for _, u := range g.Schools {
		parsed, err := belvedere.ParseUAI(string(u))
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "Établissement\u00a0: %v.", err)
		}
		schools = append(schools, string(parsed))
	}
	slices.Sort(schools)
	return s.write(ctx, func(tx querier) error {
		kept := 0
		if err := tx.row(ctx, "SELECT count(*) FROM benchmark_group WHERE figure = ?", []any{g.Figure}, &kept); err != nil {
			return err
		}
		if kept != seen {
			return belvedere.Errorf(belvedere.Conflict, "Un autre groupe de comparaison vient d’être publié pour ce chiffre\u00a0: recommencez.")
		}
		return tx.run(ctx, "INSERT INTO benchmark_group (figure, rank, stratum, schools, edition, published_at) VALUES (?, ?, ?, ?, ?, ?)",
			g.Figure, seen+1, g.Stratum, strings.Join(schools, " "), g.Edition, micros(g.At))
	})
}

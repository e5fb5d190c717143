package ingest

import (
	"context"
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// A sliceKey names a slice among all datasets.
type sliceKey struct{ dataset, slice string }

// settle decides, just before publication, which slices the delivery may take. A slice that a
// delivery of a higher rank holds is set aside; any other holder is replaced. taken holds what
// the deliveries before it in the same edition take, and receives its own.
func (s *Service) settle(ctx context.Context, p *prepared, before int, taken map[sliceKey]registry.Holder) ([]belvedere.DeliverySlice, error) {
	var parts []belvedere.DeliverySlice
	var aside []*setAside
	for _, st := range p.stages {
		names := make([]string, len(st.slices))
		for i, part := range st.slices {
			names[i] = part.String()
		}
		held, err := s.Registry.HeldBy(ctx, st.dataset.Name, names, before)
		if err != nil {
			return nil, err
		}
		var kept, finer []*slice
		for i, part := range st.slices {
			key := sliceKey{st.dataset.Name, names[i]}
			holder, ok := taken[key]
			if !ok {
				holder = held[names[i]]
			}
			if holder.Rank > p.rank {
				finer = append(finer, part)
				continue
			}
			kept = append(kept, part)
			taken[key] = registry.Holder{Seq: p.delivery.Seq, Rank: p.rank}
			parts = append(parts, belvedere.DeliverySlice{Dataset: key.dataset, Slice: key.slice, Rows: part.rows, Replaced: holder.Seq})
		}
		st.slices = kept
		if len(finer) > 0 {
			aside = append(aside, &setAside{stage: st, slices: finer})
		}
	}
	return parts, s.leaveOut(ctx, p, aside)
}

// setAside is the part of a stage that finer sources hold.
type setAside struct {
	stage  *stage
	slices []*slice
	where  string // condition on the rows of the stage
}

// leaveOut removes from the stages what is set aside, and counts the lines of the file that it
// comes from: a line may feed several datasets.
func (s *Service) leaveOut(ctx context.Context, p *prepared, aside []*setAside) error {
	if len(aside) == 0 {
		return nil
	}
	var lines, deletes []string
	for _, a := range aside {
		names, list, err := s.stageKeys(ctx, a.stage, a.slices)
		if err != nil {
			return err
		}
		defer s.dropNow(list)
		exprs := semantic.SliceExpressions(a.stage.dataset)
		a.where = fmt.Sprintf("%s WHERE (%s) IN (SELECT %s FROM %s)", a.stage.table, strings.Join(exprs, ", "), strings.Join(names, ", "), list)
		lines = append(lines, fmt.Sprintf("SELECT %s >> %d AS line FROM %s", place, rowBits, a.where))
		deletes = append(deletes, "DELETE FROM "+a.where)
	}
	var lost int64
	sql := "SELECT count(DISTINCT line) FROM (" + strings.Join(lines, " UNION ALL ") + ") q"
	if err := s.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
		lost, _ = row[0].(int64)
		return nil
	}); err != nil {
		return err
	}
	for i, a := range aside {
		if err := s.Engine.Exec(ctx, belvedere.Statement{SQL: deletes[i]}); err != nil {
			return err
		}
		for _, part := range a.slices {
			a.stage.rows -= part.rows
		}
	}
	p.delivery.Set += lost
	p.delivery.Kept = max(p.delivery.Kept-lost, 0)
	p.faults.warn("tranche_tenue", french("%s : une source plus fine tient déjà ces tranches.", count(lost, "ligne écartée", "lignes écartées")), "")
	return nil
}

// dropNow removes a helper table of the stage.
func (s *Service) dropNow(table string) {
	ctx, cancel := afterwards(context.Background())
	defer cancel()
	if err := s.Engine.Exec(ctx, dropTable(table)); err != nil {
		s.Log.Warn("stage table not dropped", "table", table, "error", err)
	}
}

// stageKeys puts the keys of slices in a table of their own: they may be a hundred thousand.
func (s *Service) stageKeys(ctx context.Context, st *stage, list []*slice) (names []string, table string, err error) {
	cols := sliceColumns(st.dataset)
	table = st.table + "__ecart"
	w, err := s.Engine.Stage(ctx, table, cols)
	if err != nil {
		return nil, "", err
	}
	row := make([]any, len(cols))
	for _, part := range list {
		for i, v := range part.key {
			row[i] = asColumn(v, cols[i].Type)
		}
		if err := w.Append(row); err != nil {
			w.Close()
			return nil, "", err
		}
	}
	for _, c := range cols {
		names = append(names, c.Name)
	}
	return names, table, w.Close()
}

// sliceColumns are the columns of a table of slice keys.
func sliceColumns(d *belvedere.Dataset) (cols []belvedere.TableColumn) {
	types := map[string]belvedere.ColumnType{}
	for _, c := range semantic.StageColumns(d) {
		types[c.Name] = c.Type
	}
	for i, e := range semantic.SliceExpressions(d) {
		t, plain := types[e]
		if !plain {
			t = belvedere.DateOnly // the month of a day
		}
		cols = append(cols, belvedere.TableColumn{Name: fmt.Sprintf("cle_%d", i+1), Type: t})
	}
	return cols
}

// asColumn gives a value of a query the Go type that a column takes.
func asColumn(v any, t belvedere.ColumnType) any {
	n, ok := v.(int64)
	if !ok {
		return v
	}
	switch t {
	case belvedere.Int32:
		return int32(n)
	case belvedere.Int16:
		return int16(n)
	case belvedere.Uint8:
		return uint8(n)
	}
	return n
}

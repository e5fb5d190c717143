package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// check refuses, with an error for people, what the rows of a file cannot show one by one: too
// many faulty lines, the same key twice, slices that were not announced. It finds the slices.
func (s *Service) check(ctx context.Context, p *prepared) error {
	if err := p.checkFaulty(); err != nil {
		return err
	}
	for _, st := range p.stages {
		if err := s.checkRepeats(ctx, p, st); err != nil {
			return err
		}
		if err := s.findSlices(ctx, p, st); err != nil {
			return err
		}
	}
	return p.checkAnnounced()
}

// checkFaulty compares the share of faulty lines with what the datasets bear.
func (p *prepared) checkFaulty() error {
	if len(p.stages) == 0 {
		switch {
		case p.lines == 0 && p.delivery.Set > 0:
			return errorf(belvedere.Invalid, "Le fichier n’a aucune ligne à charger : son format les écarte toutes (%s).", count(p.delivery.Set, "ligne", "lignes"))
		case p.lines == 0:
			return errorf(belvedere.Invalid, "Le fichier n’a aucune ligne de données après ses en-têtes. Exportez-le de nouveau, puis renvoyez-le.")
		case p.faulty > 0:
			return errorf(belvedere.Invalid, "Aucune ligne du fichier n’est juste : %s. Corrigez le fichier d’après les défauts relevés, puis renvoyez-le.", count(p.faulty, "ligne fautive", "lignes fautives"))
		}
		return errorf(belvedere.Invalid, "Aucune ligne du fichier ne porte de valeur. Vérifiez ses colonnes, puis renvoyez-le.")
	}
	for _, st := range p.stages {
		if share := float64(p.faulty) / float64(p.lines); p.faulty > 0 && share > st.dataset.MaxFaulty {
			return errorf(belvedere.Invalid, "Trop de lignes sont fautives : %s sur %s, soit %s alors que le jeu « %s » en admet %s. Corrigez le fichier d’après les défauts relevés, puis renvoyez-le.",
				belvedere.FormatNumber(float64(p.faulty), 0), belvedere.FormatNumber(float64(p.lines), 0),
				belvedere.FormatPercent(share, 1), st.dataset.Name, belvedere.FormatPercent(st.dataset.MaxFaulty, 1))
		}
	}
	return nil
}

// keyColumns identify a row of a dataset: school, time and dimensions.
func keyColumns(d *belvedere.Dataset) []string {
	key := []string{"etablissement"}
	if d.Kind == belvedere.Register {
		return key // its other columns are attributes
	}
	switch d.Time {
	case belvedere.ByHour:
		key = append(key, "instant")
	case belvedere.ByYear:
		key = append(key, "annee")
	case belvedere.ByPeriod:
		key = append(key, "periode", "jour")
	default:
		key = append(key, "jour")
	}
	for _, dim := range d.Dimensions {
		key = append(key, dim.Name)
	}
	return key
}

// bucketRows is how many rows are grouped at once: it bounds the memory of the search for
// repeated keys, whatever the size of the file.
const bucketRows = 4_000_000

// checkRepeats finds keys that stand twice, and does what the dataset says about them.
func (s *Service) checkRepeats(ctx context.Context, p *prepared, st *stage) error {
	key := strings.Join(keyColumns(st.dataset), ", ")
	buckets := st.rows/bucketRows + 1
	var repeated int64
	for b := range buckets {
		sql := fmt.Sprintf("SELECT count(*), coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM %s WHERE etablissement %% %d = %d GROUP BY %s HAVING count(*) > 1) q",
			st.table, buckets, b, key)
		err := s.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
			n, ok := row[1].(int64)
			if !ok {
				return fmt.Errorf("repeated rows: unexpected %T", row[1])
			}
			repeated += n
			return nil
		})
		if err != nil {
			return err
		}
	}
	if repeated == 0 {
		return nil
	}
	switch st.dataset.OnRepeat {
	case "somme":
		return s.mergeRepeats(ctx, p, st, repeated)
	case "premier":
		return s.dropRepeats(ctx, p, st, repeated)
	}
	if err := s.reportRepeats(ctx, p, st, key); err != nil {
		return err
	}
	return errorf(belvedere.Invalid, "La même clé figure plusieurs fois dans le fichier : %s de trop dans le jeu « %s », dont la clé est (%s). Gardez une seule ligne par clé, puis renvoyez le fichier.",
		count(repeated, "ligne", "lignes"), st.dataset.Name, key)
}

// reportRepeats makes a fault of each row whose key stood before.
func (s *Service) reportRepeats(ctx context.Context, p *prepared, st *stage, key string) error {
	sql := fmt.Sprintf(`SELECT %[1]s, first_place FROM (SELECT %[1]s, min(%[1]s) OVER (PARTITION BY %[2]s) AS first_place FROM %[3]s
		WHERE (%[2]s) IN (SELECT %[2]s FROM %[3]s GROUP BY %[2]s HAVING count(*) > 1)) q WHERE %[1]s > first_place ORDER BY 1`, place, key, st.table)
	return s.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
		again, ok1 := row[0].(int64)
		before, ok2 := row[1].(int64)
		if !ok1 || !ok2 {
			return fmt.Errorf("repeated rows: unexpected %v", row)
		}
		member, line := unpackPlace(again)
		_, first := unpackPlace(before)
		p.faults.add(belvedere.Fault{File: p.member(member), Line: line, Rule: "cle_repetee", Severity: belvedere.SeverityError,
			Message: french("Cette clé figure déjà à la ligne %d du fichier.", first),
			Mend:    french("Gardez une seule des deux lignes.")})
		return nil
	})
}

// dropRepeats keeps the first row of each key.
func (s *Service) dropRepeats(ctx context.Context, p *prepared, st *stage, repeated int64) error {
	sql := fmt.Sprintf(`DELETE FROM %[1]s WHERE %[2]s IN (SELECT %[2]s FROM (SELECT %[2]s, row_number() OVER (PARTITION BY %[3]s ORDER BY %[2]s) AS n FROM %[1]s) q WHERE n > 1)`,
		st.table, place, strings.Join(keyColumns(st.dataset), ", "))
	if err := s.Engine.Exec(ctx, belvedere.Statement{SQL: sql}); err != nil {
		return err
	}
	st.rows -= repeated
	p.faults.warn("cle_repetee", french("%s de même clé : la première de chaque clé est gardée.", count(repeated, "ligne répétée", "lignes répétées")), "")
	return nil
}

// mergeRepeats adds up the measures of the rows of each key in a new stage.
func (s *Service) mergeRepeats(ctx context.Context, p *prepared, st *stage, repeated int64) error {
	cols := stageColumns(st.dataset)
	merged := st.table + "__somme"
	w, err := s.Engine.Stage(ctx, merged, cols)
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	var exprs, groups []string
	for _, c := range cols {
		switch m := st.dataset.Measure(c.Name); {
		case c.Name == place:
			exprs = append(exprs, "min("+place+")")
		case m == nil:
			exprs, groups = append(exprs, c.Name), append(groups, c.Name)
		case m.Text:
			exprs = append(exprs, "min("+c.Name+")")
		default:
			exprs = append(exprs, fmt.Sprintf("sum(%s)::%s", c.Name, c.Type))
		}
	}
	sql := fmt.Sprintf("INSERT INTO %s SELECT %s FROM %s GROUP BY %s", merged, strings.Join(exprs, ", "), st.table, strings.Join(groups, ", "))
	if err := s.Engine.Exec(ctx, belvedere.Statement{SQL: sql}, dropTable(st.table)); err != nil {
		return err
	}
	st.table = merged
	st.rows -= repeated
	p.faults.warn("cle_repetee", french("%s de même clé : leurs valeurs sont additionnées.", count(repeated, "ligne répétée", "lignes répétées")), "")
	return nil
}

func dropTable(name string) belvedere.Statement {
	return belvedere.Statement{SQL: "DROP TABLE IF EXISTS " + name}
}

// findSlices lists the slices of a stage in the order of their first rows.
func (s *Service) findSlices(ctx context.Context, p *prepared, st *stage) error {
	exprs := strings.Join(semantic.SliceExpressions(st.dataset), ", ")
	sql := fmt.Sprintf("SELECT %s, count(*), min(%s) FROM %s GROUP BY %s", exprs, place, st.table, exprs)
	st.slices = nil
	err := s.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
		part, err := newSlice(st.dataset, p.origin, row)
		st.slices = append(st.slices, part)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(st.slices, func(a, b *slice) int { return int(a.line>>rowBits - b.line>>rowBits) })
	return nil
}

// checkAnnounced refuses rows outside the slices that the sender announced, and warns of those
// announced that the file does not hold.
func (p *prepared) checkAnnounced() error {
	if len(p.delivery.Announced) == 0 {
		return nil
	}
	bySchool := map[belvedere.UAI][]int{}
	list := make([]announced, len(p.delivery.Announced))
	for i, text := range p.delivery.Announced {
		a, err := parseAnnounced(text)
		if err != nil {
			return err
		}
		list[i] = a
		bySchool[a.school] = append(bySchool[a.school], i)
	}
	used := make([]bool, len(list))
	var outside, rows int64
	for _, st := range p.stages {
		for _, part := range st.slices {
			found := false
			for _, i := range bySchool[part.school] {
				if list[i].covers(part) {
					found, used[i] = true, true
				}
			}
			if !found {
				outside++
				rows += part.rows
				p.reportOutside(part)
			}
		}
	}
	if outside > 0 {
		return errorf(belvedere.Invalid, "Le fichier contient des lignes hors des tranches annoncées : %s dans %s (la première : %s). Annoncez ces tranches ou retirez ces lignes, puis renvoyez le fichier.",
			count(rows, "ligne", "lignes"), count(outside, "tranche", "tranches"), p.firstOutside())
	}
	for i, a := range list {
		if !used[i] {
			p.faults.warn("tranche_absente", french("La tranche annoncée %s n’a aucune ligne dans le fichier : elle reste en l’état.", a), "")
		}
	}
	return nil
}

// ruleOutside marks the first row of a slice that was not announced.
const ruleOutside = "hors_tranche"

func (p *prepared) reportOutside(part *slice) {
	member, line := unpackPlace(part.line)
	p.faults.add(belvedere.Fault{File: p.member(member), Line: line, Value: part.String(), Rule: ruleOutside, Severity: belvedere.SeverityError,
		Message: french("La tranche %s n’a pas été annoncée (%s).", part, count(part.rows, "ligne", "lignes")),
		Mend:    french("Annoncez-la, ou retirez ses lignes.")})
}

func (p *prepared) firstOutside() string {
	for _, f := range p.faults.first {
		if f.Rule == ruleOutside {
			return f.Value
		}
	}
	return "…"
}

// A sliceKey names a slice among all datasets.
type sliceKey struct{ dataset, slice string }

// settle decides, just before publication, which slices the delivery may take. A slice that a
// delivery of a higher rank holds is set aside; any other holder is replaced. taken holds what
// the deliveries before it in the same edition take, and receives its own.
func (s *Service) settle(ctx context.Context, p *prepared, before int, taken map[sliceKey]registry.Holder) ([]belvedere.DeliverySlice, error) {
	var parts []belvedere.DeliverySlice
	var lost int64
	for _, st := range p.stages {
		names := make([]string, len(st.slices))
		for i, part := range st.slices {
			names[i] = part.String()
		}
		held, err := s.Registry.HeldBy(ctx, st.dataset.Name, names, before)
		if err != nil {
			return nil, err
		}
		var kept, aside []*slice
		for i, part := range st.slices {
			key := sliceKey{st.dataset.Name, names[i]}
			holder, ok := taken[key]
			if !ok {
				holder = held[names[i]]
			}
			if holder.Rank > p.rank {
				aside = append(aside, part)
				continue
			}
			kept = append(kept, part)
			taken[key] = registry.Holder{Seq: p.delivery.Seq, Rank: p.rank}
			parts = append(parts, belvedere.DeliverySlice{Dataset: key.dataset, Slice: key.slice, Rows: part.rows, Replaced: holder.Seq})
		}
		n, err := s.setAside(ctx, st, aside)
		if err != nil {
			return nil, err
		}
		st.slices = kept
		lost += n
	}
	if lost > 0 {
		p.delivery.Set += lost
		p.delivery.Kept = max(p.delivery.Kept-lost, 0)
		word := "écartées"
		if lost < 2 {
			word = "écartée"
		}
		p.faults.warn("tranche_tenue", french("%s %s : une source plus fine tient déjà ces tranches.", count(lost, "ligne", "lignes"), word), "")
	}
	return parts, nil
}

// setAside removes the rows of slices from a stage and tells how many lines of the file that is.
func (s *Service) setAside(ctx context.Context, st *stage, aside []*slice) (lines int64, err error) {
	if len(aside) == 0 {
		return 0, nil
	}
	exprs := semantic.SliceExpressions(st.dataset)
	names, list, err := s.stageKeys(ctx, st, aside)
	if err != nil {
		return 0, err
	}
	where := fmt.Sprintf("(%s) IN (SELECT %s FROM %s)", strings.Join(exprs, ", "), strings.Join(names, ", "), list)
	sql := fmt.Sprintf("SELECT count(DISTINCT %s >> %d) FROM %s WHERE %s", place, rowBits, st.table, where)
	if err := s.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
		lines, _ = row[0].(int64)
		return nil
	}); err != nil {
		return 0, err
	}
	for _, part := range aside {
		st.rows -= part.rows
	}
	return lines, s.Engine.Exec(ctx, belvedere.Statement{SQL: fmt.Sprintf("DELETE FROM %s WHERE %s", st.table, where)}, dropTable(list))
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

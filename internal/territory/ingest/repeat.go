package ingest

import (
	"context"
	"fmt"
	"strings"

	"belvedere"
)

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
	if st.inPassing { // the same school, year after year
		return nil
	}
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
	if st.inPassing { // the same school, year after year
		return nil
	}
	p.faults.warn("cle_repetee", french("%s de même clé : leurs valeurs sont additionnées.", count(repeated, "ligne répétée", "lignes répétées")), "")
	return nil
}

func dropTable(name string) belvedere.Statement {
	return belvedere.Statement{SQL: "DROP TABLE IF EXISTS " + name}
}

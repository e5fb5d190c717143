package semantic

import (
	"fmt"
	"strings"
	"time"

	"belvedere"
)

// Records reads the merged record of every school as of an edition: the columns of
// StageColumns, then whether the school is entered in the register, ordered by school.
func Records(dialect Dialect, register *belvedere.Dataset, edition int) belvedere.Statement {
	var names []string
	for _, c := range StageColumns(register) {
		names = append(names, c.Name)
	}
	w := &writer{dialect: dialect, edition: int64(edition)}
	fmt.Fprintf(&w.text, "SELECT %s, inscrit FROM %s WHERE %s ORDER BY etablissement", strings.Join(names, ", "), RecordTable, w.current(""))
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

// MaskMonths is how many months one mask of Coverage holds.
const MaskMonths = 62

// Coverage reads what was received of a dataset over [from, to): school and last day, and with
// months the months received, as masks of MaskMonths bits each from the month of from on. Which
// months were expected is not for the engine to say: it depends on the schools that the asker sees.
func Coverage(dialect Dialect, d *belvedere.Dataset, edition int, from, to time.Time, months bool) belvedere.Statement {
	w := &writer{dialect: dialect, edition: int64(edition)}
	first := month(from)
	w.line("SELECT etablissement, max(dernier)")
	for k := 0; months && first.AddDate(0, k, 0).Before(to); k += MaskMonths {
		w.line("     , bit_or(CASE WHEN mois >= %s AND mois < %s", w.day(first.AddDate(0, k, 0)), w.day(first.AddDate(0, k+MaskMonths, 0)))
		w.line("            THEN 1::BIGINT << datediff('month', %s, mois)::INTEGER ELSE 0::BIGINT END)", w.day(first.AddDate(0, k, 0)))
	}
	w.line("FROM %s", CoverageTable)
	w.line("WHERE jeu = %s AND mois >= %s AND mois < %s", w.param(belvedere.Text, d.Name), w.day(first), w.day(to))
	w.line("  AND %s", w.current(""))
	w.text.WriteString("GROUP BY etablissement")
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

// day is a calendar date as a parameter.
func (w *writer) day(d time.Time) string {
	return w.param(belvedere.DateOnly, d.Format("2006-01-02"))
}

// Known reads every school that has a record or rows of any dataset as of an edition, in order.
func Known(dialect Dialect, edition int) belvedere.Statement {
	w := &writer{dialect: dialect, edition: int64(edition)}
	fmt.Fprintf(&w.text, "SELECT etablissement FROM %s WHERE %s\nUNION\n", RecordTable, w.current(""))
	fmt.Fprintf(&w.text, "SELECT etablissement FROM %s WHERE %s\nORDER BY etablissement", CoverageTable, w.current(""))
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

// Spans reads the first month and the last day with data of each dataset.
func Spans(dialect Dialect, edition int) belvedere.Statement {
	w := &writer{dialect: dialect, edition: int64(edition)}
	fmt.Fprintf(&w.text, "SELECT jeu, min(mois), max(dernier) FROM %s WHERE %s GROUP BY jeu", CoverageTable, w.current(""))
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

// Unlisted reads the schools with data that the register does not know: school, dataset, first
// month and last day.
func Unlisted(dialect Dialect, edition int) belvedere.Statement {
	w := &writer{dialect: dialect, edition: int64(edition)}
	fmt.Fprintf(&w.text, "SELECT etablissement, jeu, min(mois), max(dernier) FROM %s\nWHERE %s", CoverageTable, w.current(""))
	fmt.Fprintf(&w.text, "\n  AND etablissement NOT IN (SELECT etablissement FROM %s WHERE inscrit AND %s)\nGROUP BY 1, 2 ORDER BY 1, 2", RecordTable, w.current(""))
	return belvedere.Statement{SQL: w.text.String(), Args: w.args}
}

func month(d time.Time) time.Time { return belvedere.Date(d.Year(), d.Month(), 1) }

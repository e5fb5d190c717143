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

// Coverage reads what was received of a dataset over [from, to): school, months received among
// the expected ones, last day, and the number of expected months. A month is expected when at
// least half of the delivering schools delivered it; with months false nothing is.
func Coverage(dialect Dialect, d *belvedere.Dataset, edition int, from, to time.Time, months bool) belvedere.Statement {
	w := &writer{dialect: dialect, edition: int64(edition)}
	w.line("WITH")
	w.line("-- what each school delivered, month by month")
	w.line("recu AS (")
	w.line("  SELECT etablissement, mois, dernier FROM %s", CoverageTable)
	w.line("  WHERE jeu = %s AND mois >= %s AND mois < %s", w.param(belvedere.Text, d.Name),
		w.param(belvedere.DateOnly, month(from).Format("2006-01-02")), w.param(belvedere.DateOnly, to.Format("2006-01-02")))
	w.line("    AND %s", w.current(""))
	w.line("),")
	w.line("-- months that at least half of these schools delivered")
	w.line("attendu AS (")
	w.line("  SELECT mois FROM recu GROUP BY mois")
	if months {
		w.line("  HAVING 2 * count(*) >= (SELECT count(DISTINCT etablissement) FROM recu)")
	} else {
		w.line("  HAVING false")
	}
	w.line(")")
	w.line("SELECT etablissement, count(*) FILTER (WHERE mois IN (SELECT mois FROM attendu)),")
	w.line("       max(dernier), (SELECT count(*) FROM attendu)")
	w.text.WriteString("FROM recu GROUP BY etablissement")
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

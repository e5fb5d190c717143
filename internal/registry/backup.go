package registry

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"belvedere"
)

// A backup is lines of JSON that know no engine: a header, one line per row (the name of its table,
// then its columns in order), and a last line that counts them.

// backupFormat names the form of the lines.
const backupFormat = "belvedere-registre/1"

type backupHeader struct {
	Format     string           `json:"format"`
	Migrations []string         `json:"migrations"` // that the tables had seen
	Tables     []backupTable    `json:"tables"`     // in the order of their rows
	Sequences  map[string]int64 `json:"sequences"`  // last number given, by table
}

type backupTable struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

type backupEnd struct {
	Rows int64 `json:"lignes"`
}

// A table of the schema. A row refers to rows of tables before its own.
type table struct {
	name   string
	keys   int    // the first columns name a row
	number string // column whose numbers are given by a sequence, ""
}

// tables are all but that of the migrations.
var tables = []table{
	{"meta", 1, ""}, {"setting", 1, ""},
	{"delivery", 1, "seq"}, {"delivery_fault", 2, ""}, {"edition", 1, ""}, {"edition_delivery", 2, ""}, {"delivery_slice", 4, ""},
	{"account", 1, "id"}, {"account_school", 2, ""}, {"school_group", 1, "id"}, {"account_group", 2, ""},
	{"account_password", 1, ""}, {"account_totp", 1, ""}, {"passkey", 1, ""}, {"recovery_code", 2, ""},
	{"session", 1, ""}, {"link", 1, ""},
	{"access_grant", 1, "id"}, {"grant_approval", 2, ""}, {"grant_review", 1, "id"}, {"grant_review_line", 2, ""},
	{"procedure_revision", 2, ""}, {"request", 1, "id"}, {"request_event", 2, ""}, {"request_vote", 2, ""}, {"account_stand_in", 1, ""}, {"account_manager", 1, ""},
	{"agreement", 1, "id"}, {"school_edit", 1, ""}, {"contest", 2, ""}, {"token", 1, "id"}, {"benchmark_group", 2, ""}, {"code_member", 2, ""}, {"code_label", 3, ""},
	{"alert", 1, "id"}, {"alert_line", 2, ""}, {"alert_event", 1, "id"},
	{"schedule", 1, "id"}, {"schedule_account", 2, ""}, {"schedule_group", 2, ""}, {"watch_run", 4, ""},
	{"extract", 1, "id"}, {"extract_schedule", 1, "id"},
	{"catalog_version", 1, ""}, {"receipt", 1, ""}, {"receipt_part", 1, ""},
	{"saved_query", 1, "id"}, {"saved_account", 2, ""}, {"saved_version", 2, ""},
	{"dashboard", 1, "id"}, {"dashboard_account", 2, ""}, {"dashboard_version", 2, ""}, {"dashboard_draft", 3, ""}, {"account_home", 1, ""},
	{"formula", 1, "id"}, {"formula_version", 2, ""},
	{"declaration", 1, "id"},
	{"definition_proposal", 1, "id"}, {"definition_owner", 1, ""}, {"definition_question", 1, "id"},
	{"governance_duty", 1, ""}, {"governance_holding", 1, "id"}, {"governance_task", 1, "id"}, {"governance_task_year", 2, ""},
	{"governance_rule", 1, "id"}, {"governance_rule_version", 2, ""}, {"governance_reading", 3, ""}, {"governance_question", 1, "id"},
	{"governance_training", 1, "id"}, {"governance_attendance", 2, ""}, {"governance_sent", 4, ""},
	{"release_made", 1, ""}, {"release_sheet", 3, ""},
	{"journal", 1, ""}, {"journal_perimeter", 2, ""},
}

// Backup writes all that a registry of this package keeps, as it stands at one instant, while
// others go on writing. It holds secrets: whoever reads it can do what the registry lets do.
func Backup(ctx context.Context, r Registry, into io.Writer) (err error) {
	defer belvedere.Wrap(&err, "Backup")
	s, ok := r.(*store)
	if !ok {
		return fmt.Errorf("%T cannot be saved", r)
	}
	out := bufio.NewWriter(into)
	err = s.walk(ctx, func(tx querier) error {
		header, err := describe(ctx, tx)
		if err != nil {
			return err
		}
		lines := json.NewEncoder(out)
		lines.SetEscapeHTML(false)
		if err := lines.Encode(header); err != nil {
			return err
		}
		var end backupEnd
		for i, t := range tables {
			n, err := saveRows(ctx, tx, t, len(header.Tables[i].Columns), lines)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			end.Rows += n
		}
		return lines.Encode(end)
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// describe makes the header.
func describe(ctx context.Context, tx querier) (h backupHeader, err error) {
	h = backupHeader{Format: backupFormat, Sequences: map[string]int64{}}
	if h.Migrations, err = migrated(ctx, tx); err != nil {
		return h, err
	}
	for _, t := range tables {
		columns, err := columnsOf(ctx, tx, t.name)
		if err != nil {
			return h, err
		}
		h.Tables = append(h.Tables, backupTable{t.name, columns})
		if t.number == "" {
			continue
		}
		if h.Sequences[t.name], err = tx.d.sequence(ctx, tx, t); err != nil {
			return h, err
		}
	}
	return h, nil
}

// columnsOf are the columns of a table, which must be one of the schema.
func columnsOf(ctx context.Context, q querier, name string) ([]string, error) {
	rows, err := q.raw.QueryContext(ctx, "SELECT * FROM "+name+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	return columns, rows.Err()
}

// saveRows writes the rows of a table in the order of their keys and counts them.
func saveRows(ctx context.Context, tx querier, t table, width int, lines *json.Encoder) (n int64, err error) {
	order := "1"
	for k := 2; k <= t.keys; k++ {
		order += fmt.Sprintf(", %d", k)
	}
	row, dest := make([]any, width+1), make([]any, width)
	row[0] = t.name
	for i := range dest {
		dest[i] = &row[i+1]
	}
	err = tx.each(ctx, "SELECT * FROM "+t.name+" ORDER BY "+order, nil, func(scan scanner) error {
		if err := scan(dest...); err != nil {
			return err
		}
		for i, v := range row {
			if b, isBytes := v.([]byte); isBytes {
				row[i] = string(b)
			}
		}
		n++
		return lines.Encode(row)
	})
	return n, err
}

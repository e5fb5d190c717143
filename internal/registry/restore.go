package registry

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"belvedere"
)

// Restore fills an empty registry with what Backup wrote, be it of another engine or of an older
// version, all of it or nothing. What was wrong with the bytes is Invalid.
func Restore(ctx context.Context, r Registry, from io.Reader) (err error) {
	defer belvedere.Wrap(&err, "Restore")
	s, ok := r.(*store)
	if !ok {
		return fmt.Errorf("%T cannot be restored", r)
	}
	in := &backupReader{lines: json.NewDecoder(bufio.NewReaderSize(from, 1<<16))}
	in.lines.UseNumber()
	header, err := in.header()
	if err != nil {
		return err
	}
	known, err := migrationNames(migrations, s.d)
	if err != nil {
		return err
	}
	if n := len(header.Migrations); n == 0 || n > len(known) || !slices.Equal(header.Migrations, known[:n]) {
		return belvedere.Errorf(belvedere.Unavailable,
			"Cette sauvegarde vient d’une autre version de Belvédère, plus récente que celle-ci. Installez-la, puis restaurez.")
	}
	err = s.write(ctx, func(tx querier) error {
		if err := blank(ctx, tx); err != nil {
			return err
		}
		// The rows enter the tables that they left; the migrations since then do what they do.
		for _, name := range header.Migrations {
			if err := apply(ctx, tx, migrations, name); err != nil {
				return err
			}
		}
		if err := in.fill(ctx, tx, header); err != nil {
			return err
		}
		return migrate(ctx, tx, migrations)
	})
	// Connections that saw the old tables may have kept plans over them.
	s.db.SetMaxIdleConns(0)
	s.db.SetMaxIdleConns(s.d.conns)
	return err
}

// blank removes the tables of an empty registry, and refuses one that holds anything.
func blank(ctx context.Context, tx querier) error {
	if tx.d.patient != "" {
		if err := tx.run(ctx, tx.d.patient); err != nil {
			return err
		}
	}
	for _, t := range tables {
		var n int
		if err := tx.row(ctx, "SELECT count(*) FROM "+t.name, nil, &n); err != nil {
			return err
		}
		if n > 0 && t.name != "meta" { // what the program noted for itself at its start
			return belvedere.Errorf(belvedere.Conflict,
				"Une sauvegarde se restaure dans un registre vide, et celui-ci ne l’est pas (table %s). Donnez un dossier neuf, ou une base neuve.", t.name)
		}
	}
	for _, t := range slices.Backward(tables) {
		if err := tx.run(ctx, "DROP TABLE "+t.name); err != nil {
			return err
		}
	}
	return tx.run(ctx, "DELETE FROM migration")
}

// A backupReader reads the lines of a backup and counts them.
type backupReader struct {
	lines *json.Decoder
	line  int64
}

// damaged tells at which line a backup stops making sense.
func (in *backupReader) damaged(cause error) error {
	return belvedere.WrapError(belvedere.Invalid, cause, "La sauvegarde du registre est abîmée ou incomplète (ligne\u00a0%d). Rien n’a été restauré\u00a0: prenez-en une autre.", in.line)
}

func (in *backupReader) next(into any) error {
	in.line++
	err := in.lines.Decode(into)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return in.damaged(err)
	}
	return nil
}

func (in *backupReader) header() (h backupHeader, err error) {
	if err := in.next(&h); err != nil {
		return h, err
	}
	if h.Format != backupFormat {
		return h, belvedere.Errorf(belvedere.Invalid, "Ce fichier n’est pas une sauvegarde du registre de Belvédère.")
	}
	return h, nil
}

// fill writes the rows and then the sequences.
func (in *backupReader) fill(ctx context.Context, tx querier, h backupHeader) error {
	into := map[string]int{} // number of columns, by table
	for _, t := range h.Tables {
		if strings.Trim(t.Name, "abcdefghijklmnopqrstuvwxyz_") != "" || t.Name == "migration" || strings.HasPrefix(t.Name, "sqlite_") || strings.HasPrefix(t.Name, "pg_") {
			return in.damaged(fmt.Errorf("table %q", t.Name)) // it becomes a part of statements
		}
		columns, err := columnsOf(ctx, tx, t.Name)
		if err != nil {
			return in.unfit(ctx, tx, err)
		}
		if !slices.Equal(columns, t.Columns) {
			return in.damaged(fmt.Errorf("columns of %s: %q, want %q", t.Name, t.Columns, columns))
		}
		into[t.Name] = len(columns)
	}
	if err := in.rows(ctx, tx, into); err != nil {
		return err
	}
	for _, t := range tables {
		if last := h.Sequences[t.name]; t.number != "" && last > 0 {
			if err := tx.d.setSequence(ctx, tx, t, last); err != nil {
				return in.unfit(ctx, tx, err)
			}
		}
	}
	return nil
}

// rows writes the rows until the last line, several of a table at a time.
func (in *backupReader) rows(ctx context.Context, tx querier, into map[string]int) error {
	const most = 100
	var pending [][]any
	var name string
	flush := func() error {
		if len(pending) == 0 {
			return nil
		}
		err := insertRows(ctx, tx, name, pending)
		pending = pending[:0]
		return in.unfit(ctx, tx, err)
	}
	for {
		var line json.RawMessage
		if err := in.next(&line); err != nil {
			return err
		}
		if len(line) > 0 && line[0] == '{' {
			if err := flush(); err != nil {
				return err
			}
			return in.end(line)
		}
		table, row, err := parseRow(line, into)
		if err != nil {
			return in.damaged(err)
		}
		if table != name || len(pending) == most {
			if err := flush(); err != nil {
				return err
			}
			name = table
		}
		pending = append(pending, row)
	}
}

// end checks that the last line counts the rows and that nothing follows.
func (in *backupReader) end(line json.RawMessage) error {
	var end backupEnd
	if err := json.Unmarshal(line, &end); err != nil {
		return in.damaged(err)
	}
	if want := in.line - 2; end.Rows != want { // without header and end
		return in.damaged(fmt.Errorf("%d rows, %d announced", want, end.Rows))
	}
	if _, err := in.lines.Token(); !errors.Is(err, io.EOF) {
		return in.damaged(errors.New("bytes after the end"))
	}
	return nil
}

// parseRow reads the name of a table and the values of one row of it.
func parseRow(line json.RawMessage, into map[string]int) (table string, row []any, err error) {
	dec := json.NewDecoder(strings.NewReader(string(line)))
	dec.UseNumber()
	if err := dec.Decode(&row); err != nil {
		return "", nil, err
	}
	if len(row) == 0 {
		return "", nil, errors.New("empty row")
	}
	table, _ = row[0].(string)
	row = row[1:]
	if width, known := into[table]; !known || width != len(row) {
		return "", nil, fmt.Errorf("%d values for table %q", len(row), table)
	}
	for i, v := range row {
		switch v := v.(type) {
		case json.Number:
			if row[i], err = v.Int64(); err != nil {
				return "", nil, err
			}
		case string:
		default:
			return "", nil, fmt.Errorf("value %d of table %q is no number and no text", i+1, table)
		}
	}
	return table, row, nil
}

func insertRows(ctx context.Context, tx querier, table string, rows [][]any) error {
	marks := "(" + strings.TrimSuffix(strings.Repeat("?,", len(rows[0])), ",") + ")"
	var args []any
	for _, row := range rows {
		args = append(args, row...)
	}
	return tx.run(ctx, "INSERT INTO "+table+" VALUES "+strings.TrimSuffix(strings.Repeat(marks+",", len(rows)), ","), args...)
}

// unfit says that rows do not fit their table, unless the store itself or the caller stopped.
func (in *backupReader) unfit(ctx context.Context, tx querier, err error) error {
	if err == nil || ctx.Err() != nil || belvedere.KindOf(tx.d.explain(err)) == belvedere.Unavailable {
		return err
	}
	return in.damaged(err)
}

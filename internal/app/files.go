package app

import (
	"context"
	"io"
	"os"
	"strings"

	"belvedere"
	"belvedere/internal/export"
)

// Parquet is the format that the engine writes; the others are export's.
const Parquet = "parquet"

// Write writes a result in a format by name.
func (a *App) Write(ctx context.Context, w io.Writer, format string, r *belvedere.Result, h belvedere.Heading) error {
	if strings.EqualFold(format, Parquet) {
		return a.writeParquet(ctx, w, r)
	}
	f, err := export.ParseFormat(format)
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "le format %q est inconnu : csv, tableur, json, xlsx, pdf ou parquet", format)
	}
	t, err := a.table(ctx, r, h)
	if err != nil {
		return err
	}
	return export.Write(w, f, t)
}

// table is what files are written of: with the definitions that answered, and the instant at
// which this result was first given, so that the same receipt gives the same bytes.
func (a *App) table(ctx context.Context, r *belvedere.Result, h belvedere.Heading) (export.Table, error) {
	t := export.Table{Heading: h, Result: r, Model: a.shownBy()}
	t.Heading.Site = strings.TrimSuffix(a.Config.URL, "/")
	if !r.Receipt.At.IsZero() {
		t.Heading.At = r.Receipt.At
	}
	if v := r.Receipt.Definitions; v != "" && v != t.Model.Version {
		var err error
		if t.Model, err = a.Reporter.ModelAt(ctx, v); err != nil {
			return t, err
		}
	}
	return t, nil
}

// Export writes a result for the web: it also gives the type and the name of the file.
func (a *App) Export(w io.Writer, format string, r *belvedere.Result, h belvedere.Heading) (contentType, fileName string, err error) {
	f, err := export.ParseFormat(format)
	if err != nil {
		return "", "", err
	}
	t, err := a.table(context.Background(), r, h)
	if err == nil {
		err = export.Write(w, f, t)
	}
	return f.ContentType(), export.FileName(h, r.Receipt, f), err
}

// writeParquet writes one row per line: the code and the label of each dimension, then for each
// column its value (NULL when it is not shown) and its state.
func (a *App) writeParquet(ctx context.Context, w io.Writer, r *belvedere.Result) (err error) {
	defer belvedere.Wrap(&err, "writeParquet")
	r = r.Spread()
	var cols []belvedere.TableColumn
	for _, d := range r.Dims {
		cols = append(cols, belvedere.TableColumn{Name: d.Name, Type: belvedere.Text}, belvedere.TableColumn{Name: d.Name + "_libelle", Type: belvedere.Text})
	}
	for _, c := range r.Columns {
		cols = append(cols, belvedere.TableColumn{Name: c.Key, Type: belvedere.Float64}, belvedere.TableColumn{Name: c.Key + "_etat", Type: belvedere.Text})
	}
	path, err := a.Engine.WriteParquet(ctx, cols, func(yield func(row []any) error) error {
		rows := r.Rows
		if r.Total != nil {
			rows = append(rows[:len(rows):len(rows)], *r.Total)
		}
		for _, line := range rows {
			if err := yield(parquetRow(r, line, len(cols))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer os.Remove(path)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

func parquetRow(r *belvedere.Result, line belvedere.ResultRow, width int) []any {
	row := make([]any, 0, width)
	for i := range r.Dims {
		k := belvedere.Key{Code: "ensemble", Label: "Ensemble"}
		if i < len(line.Keys) {
			k = line.Keys[i]
		}
		row = append(row, k.Code, k.Label)
	}
	for _, c := range line.Cells {
		var v any
		if c.State.Shown() {
			v = c.Value
		}
		row = append(row, v, c.State.Code())
	}
	return row
}

// shownBy is the catalogue that answers were computed by.
func (a *App) shownBy() *belvedere.Model {
	if a.Reporter == nil {
		return a.Model
	}
	return a.Reporter.Model()
}

package app

import (
	"context"
	"io"
	"strings"

	"belvedere"
	"belvedere/internal/export"
)

// Write writes a result in a format by name.
func (a *App) Write(ctx context.Context, w io.Writer, format string, r *belvedere.Result, h belvedere.Heading) error {
	f, err := export.ParseFormat(format)
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "le format %q est inconnu : csv, tableur, json, xlsx, pdf, parquet, arrow, geojson ou sdmx-csv", format)
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

// shownBy is the catalogue that answers were computed by.
func (a *App) shownBy() *belvedere.Model {
	if a.Reporter == nil {
		return a.Model
	}
	return a.Reporter.Model()
}

package export

import (
	"io"
	"strconv"
	"time"

	"belvedere"
)

// The formats of results for notebooks and other programs. One cell has one value in all of them, that of
// CSV: in the unit of its column, absent where the cell shows none, with its state beside it.
const (
	FormatArrow   Format = "arrow"
	FormatGeoJSON Format = "geojson"
	FormatSDMX    Format = "sdmx-csv"
)

// Parquet writes one row a line: code and label of each dimension, then for each column its value and its
// state. The metadata of the file say what replays it.
func Parquet(w io.Writer, t Table) error { return sheetParquet(w, dataSheet(t)) }

// dataSheet is a result as a flat table of typed rows, its total last.
func dataSheet(t Table) Sheet {
	r := t.Result
	s := Sheet{Title: t.Heading.Title, About: replays(t), Made: t.Heading.At, Mark: r.Receipt.Code}
	for _, d := range r.Dims {
		s.Columns = append(s.Columns, SheetColumn{Name: d.Name, Label: d.Label, Type: keyType(d.Name)},
			SheetColumn{Name: d.Name + "_libelle", Label: d.Label + " (libellé)", Type: belvedere.Text})
	}
	for _, c := range r.Columns {
		unit := c.Unit
		if c.Percent {
			unit = "%"
		}
		if unit != "" {
			s.About = append(s.About, belvedere.Attribute{Name: "unite." + c.Key, Value: unit})
		}
		s.Columns = append(s.Columns, SheetColumn{Name: c.Key, Label: c.Label, Type: belvedere.Float64, Unit: unit},
			SheetColumn{Name: c.Key + "_etat", Label: c.Label + " (état)", Type: belvedere.Text})
	}
	s.Rows = func(yield func(row []any) error) error {
		row := make([]any, len(s.Columns))
		return eachLine(r, func(line *belvedere.ResultRow) error {
			at := 0
			for i := range r.Dims {
				k := belvedere.Key{Code: "ensemble", Label: "Ensemble"}
				if i < len(line.Keys) {
					k = line.Keys[i]
				}
				row[at], row[at+1] = keyValue(s.Columns[at].Type, k.Code), k.Label
				at += 2
			}
			for i := range r.Columns {
				row[at] = nil
				v, state, ok := dataCell(line, r, i)
				if ok {
					row[at] = v
				}
				row[at+1] = state
				at += 2
			}
			return yield(row)
		})
	}
	return s
}

// keyType is what the codes of a dimension are: years are numbers and days are dates, so that programs
// compare them without reading texts.
func keyType(dim string) belvedere.ColumnType {
	switch dim {
	case "annee":
		return belvedere.Int64
	case "jour":
		return belvedere.DateOnly
	}
	return belvedere.Text
}

// keyValue is a code of a type, nil for that of a total, which is no year and no day.
func keyValue(t belvedere.ColumnType, code string) any {
	switch t {
	case belvedere.Int64:
		if n, err := strconv.ParseInt(code, 10, 64); err == nil {
			return n
		}
		return nil
	case belvedere.DateOnly:
		if day, err := time.Parse(time.DateOnly, code); err == nil {
			return day
		}
		return nil
	}
	return code
}

// eachLine calls f with each line of a result and with its total.
func eachLine(r *belvedere.Result, f func(line *belvedere.ResultRow) error) error {
	for i := range r.Rows {
		if err := f(&r.Rows[i]); err != nil {
			return err
		}
	}
	if r.Total != nil {
		return f(r.Total)
	}
	return nil
}

// dataCell is the value of a cell in the unit of its column, false without one, and its state.
func dataCell(line *belvedere.ResultRow, r *belvedere.Result, column int) (v float64, state string, ok bool) {
	c := cellAt(line, column)
	v, ok = number(c)
	if !ok && c.State.Shown() {
		c.State = belvedere.NotAvailable
	}
	return scaled(v, r.Columns[column].Percent), c.State.Code(), ok
}

// replays says what a file is and what replays it.
func replays(t Table) []belvedere.Attribute {
	r := t.Result
	out := []belvedere.Attribute{{Name: "titre", Value: t.Heading.Title}, {Name: "periode", Value: t.Heading.Period}, {Name: "territoire", Value: t.Heading.Territory},
		{Name: "recu", Value: r.Receipt.Code}, {Name: "recu_empreinte", Value: r.Receipt.Hash}, {Name: "edition", Value: strconv.Itoa(r.Edition.Number)},
		{Name: "definitions", Value: r.Receipt.Definitions}, {Name: "diffusion", Value: r.Receipt.Release}, {Name: "credit", Value: t.Heading.Credit}}
	if t.Heading.Site != "" && r.Receipt.Code != "" {
		out = append(out, belvedere.Attribute{Name: "recu_adresse", Value: t.Heading.Site + r.Receipt.Address()})
	}
	return out
}

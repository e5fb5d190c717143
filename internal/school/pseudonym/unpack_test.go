package pseudonym_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"belvedere/internal/export"

	"github.com/parquet-go/parquet-go"
)

// unpacked gives all that a file says, out of its packing: the members of a workbook, the values of a Parquet file.
func unpacked(t *testing.T, f export.Format, body []byte) [][]byte {
	t.Helper()
	out := [][]byte{body}
	switch f {
	case export.FormatXLSX:
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range z.File {
			r, err := m.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, text)
		}
	case export.FormatParquet:
		p, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		rows := make([]parquet.Row, p.NumRows())
		n, err := parquet.NewReader(p).ReadRows(rows)
		if err != nil && err != io.EOF || int64(n) != p.NumRows() || n == 0 {
			t.Fatal(n, err)
		}
		for _, row := range rows {
			for _, v := range row {
				out = append(out, []byte(v.String()))
			}
		}
	}
	return out
}

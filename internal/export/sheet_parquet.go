package export

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"belvedere"

	"github.com/parquet-go/parquet-go"
)

// parquetTypes are the Go types that a column of a sheet has in the schema of a Parquet file. All may be absent.
var parquetTypes = map[belvedere.ColumnType]reflect.Type{
	belvedere.Text: reflect.TypeFor[string](), belvedere.Int64: reflect.TypeFor[int64](), belvedere.Float64: reflect.TypeFor[float64](),
	belvedere.DateOnly: reflect.TypeFor[int32](),
}

// parquetSchema is the schema of a sheet, its columns in their order: the library keeps the order of the fields
// of a struct, and would sort a group by name.
func parquetSchema(s Sheet) *parquet.Schema {
	fields := make([]reflect.StructField, len(s.Columns))
	for i, c := range s.Columns {
		tag := strings.NewReplacer(",", " ", `"`, " ", "`", " ", `\`, " ").Replace(clean(c.Name)) + ",optional,zstd"
		if c.Type == belvedere.DateOnly {
			tag += ",date"
		}
		fields[i] = reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: parquetTypes[c.Type], Tag: reflect.StructTag(`parquet:"` + tag + `"`)}
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}

const parquetGroup = 100_000 // rows of a row group: what the writer holds in memory

// sheetParquet writes the rows by groups; what the extract is stands in the metadata of the file.
func sheetParquet(out io.Writer, s Sheet) error {
	options := []parquet.WriterOption{parquetSchema(s), parquet.MaxRowsPerRowGroup(parquetGroup), parquet.CreatedBy("Belvédère", belvedere.Version, "")}
	for _, a := range s.About {
		options = append(options, parquet.KeyValueMetadata(clean(a.Name), clean(a.Value)))
	}
	w := parquet.NewWriter(out, options...)
	line := make(parquet.Row, len(s.Columns))
	err := s.Rows(func(row []any) error {
		for i, v := range row {
			line[i] = parquetValue(v, i)
		}
		_, err := w.WriteRows([]parquet.Row{line})
		return err
	})
	return errors.Join(err, w.Close())
}

func parquetValue(v any, column int) parquet.Value {
	switch v := v.(type) {
	case string:
		return parquet.ByteArrayValue([]byte(clean(v))).Level(0, 1, column)
	case int64:
		return parquet.Int64Value(v).Level(0, 1, column)
	case float64:
		return parquet.DoubleValue(v).Level(0, 1, column)
	case time.Time:
		return parquet.Int32Value(int32(v.Unix()/86400)).Level(0, 1, column)
	}
	return parquet.NullValue().Level(0, 0, column)
}

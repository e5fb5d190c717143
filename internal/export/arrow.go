package export

import (
	"errors"
	"io"
	"time"

	"belvedere"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// arrowBatch is the rows of a batch: what the writer holds in memory.
const arrowBatch = 10_000

// Arrow writes the same table as Parquet as a stream of Arrow IPC, which notebooks read without copying. The
// metadata of its schema say what replays it.
func Arrow(w io.Writer, t Table) (err error) {
	defer belvedere.Wrap(&err, "export.Arrow(%s)", t.Heading.FileStem)
	s := dataSheet(t)
	schema := arrowSchema(s)
	out := ipc.NewWriter(w, ipc.WithSchema(schema))
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	rows := 0
	flush := func() error {
		batch := b.NewRecordBatch()
		defer batch.Release()
		rows = 0
		return out.Write(batch)
	}
	err = s.Rows(func(row []any) error {
		for i, v := range row {
			putArrow(b.Field(i), v)
		}
		if rows++; rows == arrowBatch {
			return flush()
		}
		return nil
	})
	if err == nil && rows > 0 {
		err = flush()
	}
	return errors.Join(err, out.Close())
}

func arrowSchema(s Sheet) *arrow.Schema {
	fields := make([]arrow.Field, len(s.Columns))
	for i, c := range s.Columns {
		fields[i] = arrow.Field{Name: c.Name, Type: arrow.BinaryTypes.String, Nullable: true, Metadata: arrow.NewMetadata([]string{"libelle", "unite"}, []string{c.Label, c.Unit})}
		switch c.Type {
		case belvedere.Float64:
			fields[i].Type = arrow.PrimitiveTypes.Float64
		case belvedere.Int64:
			fields[i].Type = arrow.PrimitiveTypes.Int64
		case belvedere.DateOnly:
			fields[i].Type = arrow.FixedWidthTypes.Date32
		}
	}
	var names, values []string
	for _, a := range s.About {
		names, values = append(names, a.Name), append(values, a.Value)
	}
	about := arrow.NewMetadata(names, values)
	return arrow.NewSchema(fields, &about)
}

func putArrow(b array.Builder, v any) {
	switch v := v.(type) {
	case string:
		b.(*array.StringBuilder).Append(v)
	case float64:
		b.(*array.Float64Builder).Append(v)
	case int64:
		b.(*array.Int64Builder).Append(v)
	case time.Time:
		b.(*array.Date32Builder).Append(arrow.Date32FromTime(v))
	default:
		b.AppendNull()
	}
}

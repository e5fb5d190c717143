package export

import (
	"bytes"
	"fmt"

	"github.com/parquet-go/parquet-go"
)

// ParquetText gives what a Parquet file says, metadata and texts one on a line, at most so many bytes; nil when it
// is no such file. It serves to look for marks in a file of unknown origin.
func ParquetText(body []byte, most int) (text []byte) {
	if !bytes.HasPrefix(body, []byte("PAR1")) {
		return nil
	}
	defer func() { // a file that was altered may lead the reader out of its bounds
		if recover() != nil && text == nil {
			text = []byte{}
		}
	}()
	f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return []byte{}
	}
	var out bytes.Buffer
	for _, kv := range f.Metadata().KeyValueMetadata {
		fmt.Fprintf(&out, "%s\n%s\n", kv.Key, kv.Value)
	}
	r := parquet.NewReader(f)
	rows := make([]parquet.Row, 256)
	for out.Len() < most {
		n, err := r.ReadRows(rows)
		for _, row := range rows[:n] {
			for _, v := range row {
				if v.Kind() == parquet.ByteArray {
					out.Write(v.ByteArray())
					out.WriteByte('\n')
				}
			}
		}
		if err != nil || n == 0 {
			break
		}
	}
	return out.Bytes()
}

package duckdb

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
	"unsafe"

	"belvedere"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

var (
	errNotUTF8 = errors.New("text that is not UTF-8")
	errTooLong = errors.New("text over 16 MiB")
)

const maxText = 16 << 20

// A vector writes one column of a chunk, in the memory of DuckDB.
type vector struct {
	name string
	typ  belvedere.ColumnType
	raw  mapping.Vector
	data unsafe.Pointer
	mask unsafe.Pointer // one bit per row, nil until the first NULL of the chunk

	// The last long text of the chunk and its 16 bytes: codes come in runs.
	last     string
	lastSlot [16]byte
}

func vectorFor(c belvedere.TableColumn) (vector, bool) {
	switch c.Type {
	case belvedere.Int32, belvedere.Int16, belvedere.Uint8, belvedere.Int64, belvedere.Float64,
		belvedere.DateOnly, belvedere.Timestamp, belvedere.Text, belvedere.Bool:
		return vector{name: c.Name, typ: c.Type}, true
	}
	return vector{}, false
}

func (v *vector) load(raw mapping.Vector) {
	v.raw, v.data, v.mask, v.last = raw, mapping.VectorGetData(raw), nil, ""
}

func put[T any](v *vector, row int, x T) {
	*(*T)(unsafe.Add(v.data, uintptr(row)*unsafe.Sizeof(x))) = x
}

// set writes a value of the Go type of the column; integers of other widths are taken when they fit.
func (v *vector) set(row int, x any) error {
	if x == nil {
		v.setNull(row)
		return nil
	}
	if v.mask != nil { // the row may have been NULL in an attempt that failed
		*(*uint64)(unsafe.Add(v.mask, row/64*8)) |= 1 << (row % 64)
	}
	switch x := x.(type) {
	case string:
		if v.typ == belvedere.Text {
			return v.setText(row, x)
		}
	case int64:
		return v.setInt(row, x)
	case int32:
		return v.setInt(row, int64(x))
	case int16:
		return v.setInt(row, int64(x))
	case uint8:
		return v.setInt(row, int64(x))
	case int:
		return v.setInt(row, int64(x))
	case time.Time:
		return v.setTime(row, x)
	case float64:
		if v.typ == belvedere.Float64 {
			put(v, row, x)
			return nil
		}
	case bool:
		if v.typ == belvedere.Bool {
			put(v, row, x)
			return nil
		}
	}
	return fmt.Errorf("%T in a column %s", x, v.typ)
}

func (v *vector) setNull(row int) {
	if v.mask == nil {
		mapping.VectorEnsureValidityWritable(v.raw)
		v.mask = mapping.VectorGetValidity(v.raw)
	}
	*(*uint64)(unsafe.Add(v.mask, row/64*8)) &^= 1 << (row % 64)
	if v.typ == belvedere.Text {
		put(v, row, [16]byte{})
	}
}

func (v *vector) setInt(row int, n int64) error {
	fits := true
	switch v.typ {
	case belvedere.Int64:
		put(v, row, n)
	case belvedere.Int32:
		fits = n == int64(int32(n))
		put(v, row, int32(n))
	case belvedere.Int16:
		fits = n == int64(int16(n))
		put(v, row, int16(n))
	case belvedere.Uint8:
		fits = n == int64(uint8(n))
		put(v, row, uint8(n))
	case belvedere.Float64:
		put(v, row, float64(n))
	default:
		return fmt.Errorf("an integer in a column %s", v.typ)
	}
	if !fits {
		return fmt.Errorf("%d does not fit in a column %s", n, v.typ)
	}
	return nil
}

func (v *vector) setTime(row int, t time.Time) error {
	switch v.typ {
	case belvedere.Timestamp:
		put(v, row, t.UnixMicro())
	case belvedere.DateOnly:
		put(v, row, days(t))
	default:
		return fmt.Errorf("a time in a column %s", v.typ)
	}
	return nil
}

// setText writes short texts in place and has DuckDB copy the long ones. DuckDB would store
// invalid UTF-8 as NULL without a word, so it is refused here.
func (v *vector) setText(row int, s string) error {
	if !utf8.ValidString(s) {
		return errNotUTF8
	}
	if len(s) <= inlined {
		slot := [16]byte{0: byte(len(s))} // the length is little-endian on all machines of the driver
		copy(slot[4:], s)
		put(v, row, slot)
		return nil
	}
	if s == v.last {
		put(v, row, v.lastSlot)
		return nil
	}
	if len(s) > maxText {
		return errTooLong
	}
	mapping.VectorAssignStringElement(v.raw, mapping.IdxT(row), s)
	v.last, v.lastSlot = s, *(*[16]byte)(unsafe.Add(v.data, row*16))
	return nil
}

package duckdb

import (
	"crypto/rand"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

func randomName() string { return strings.ToLower(rand.Text()) }

// A fieldWriter writes the values of a row as text fields, in memory that the next row reuses.
type fieldWriter struct {
	buf  []byte
	ends []int
}

// row fills fields: nil for NULL, a view of DuckDB's memory for text, else the written value.
// All stay valid until the next row.
func (w *fieldWriter) row(cols []column, row int, fields [][]byte) {
	w.buf, w.ends = w.buf[:0], w.ends[:0]
	for i := range cols {
		c := &cols[i]
		if c.kind != mapping.TypeVarchar && !c.null(row) {
			w.buf = c.appendField(w.buf, row)
		}
		w.ends = append(w.ends, len(w.buf))
	}
	start := 0
	for i := range cols {
		c := &cols[i]
		switch {
		case c.null(row):
			fields[i] = nil
		case c.kind == mapping.TypeVarchar:
			fields[i] = bytesOf(c.text(row))
		default:
			fields[i] = w.buf[start:w.ends[i]:w.ends[i]]
		}
		start = w.ends[i]
	}
}

func bytesOf(s string) []byte {
	if s == "" {
		return []byte{}
	}
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

func (c *column) appendField(b []byte, row int) []byte {
	switch c.kind {
	case mapping.TypeBoolean:
		return strconv.AppendBool(b, at[bool](c, row))
	case mapping.TypeFloat:
		return appendFloat(b, float64(at[float32](c, row)), 32)
	case mapping.TypeDouble:
		return appendFloat(b, at[float64](c, row), 64)
	case mapping.TypeDate:
		return c.moment(c.ticks(row)).AppendFormat(b, time.DateOnly)
	case mapping.TypeTimestamp, mapping.TypeTimestampTZ, mapping.TypeTimestampS, mapping.TypeTimestampMS, mapping.TypeTimestampNS:
		return c.moment(c.ticks(row)).AppendFormat(b, time.RFC3339Nano)
	case mapping.TypeEnum:
		n, _ := c.integer(row)
		return append(b, c.labels[n]...)
	}
	n, ok := c.integer(row)
	if ok && c.scale == 0 {
		return strconv.AppendInt(b, n, 10)
	}
	whole := big.NewInt(n)
	if !ok {
		whole = c.big(row)
	}
	return appendScaled(b, whole.String(), c.scale)
}

// appendFloat writes a number without exponent as long as that is readable.
func appendFloat(b []byte, f float64, bits int) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-7 || a >= 1e21) {
		return strconv.AppendFloat(b, f, 'g', -1, bits)
	}
	return strconv.AppendFloat(b, f, 'f', -1, bits)
}

// big is an integer beyond int64, exactly.
func (c *column) big(row int) *big.Int {
	if c.typ == mapping.TypeUBigInt {
		return new(big.Int).SetUint64(at[uint64](c, row))
	}
	h := at[[2]uint64](c, row)
	high := new(big.Int).SetUint64(h[1])
	if c.typ == mapping.TypeHugeInt {
		high.SetInt64(int64(h[1]))
	}
	return high.Lsh(high, 64).Add(high, new(big.Int).SetUint64(h[0]))
}

// appendScaled puts the point into the digits of a decimal.
func appendScaled(b []byte, digits string, scale int) []byte {
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		b, digits = append(b, '-'), rest
	}
	if scale == 0 {
		return append(b, digits...)
	}
	if pad := scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	cut := len(digits) - scale
	b = append(b, digits[:cut]...)
	return append(append(b, '.'), digits[cut:]...)
}

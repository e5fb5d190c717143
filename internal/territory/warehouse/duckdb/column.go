package duckdb

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// A column reads the vectors of one column of a result. The memory belongs to DuckDB and is
// valid until the chunk is destroyed; value copies what must outlive it.
type column struct {
	name string
	typ  mapping.Type // for decimals and enumerations, of their integers
	kind mapping.Type // as declared
	data unsafe.Pointer
	mask unsafe.Pointer // one bit per row, nil when no row is NULL

	power  float64  // of ten that divides a decimal
	scale  int      // its exponent
	labels []string // of an enumeration

	// The last value, for columns that repeat themselves: an interface is made once per run of
	// equal values.
	lastInt  int64
	lastText string
	last     any
}

// describe prepares the column for a type and refuses those that have no Go value here.
func (c *column) describe(name string, lt mapping.LogicalType) error {
	c.name = name
	c.kind = mapping.GetTypeId(lt)
	c.typ = c.kind
	switch c.kind {
	case mapping.TypeDecimal:
		c.typ = mapping.DecimalInternalType(lt)
		c.scale = int(mapping.DecimalScale(lt))
		c.power = math.Pow10(c.scale)
	case mapping.TypeEnum:
		c.typ = mapping.EnumInternalType(lt)
		for i := range mapping.EnumDictionarySize(lt) {
			c.labels = append(c.labels, mapping.EnumDictionaryValue(lt, mapping.IdxT(i)))
		}
	case mapping.TypeBoolean, mapping.TypeTinyInt, mapping.TypeSmallInt, mapping.TypeInteger, mapping.TypeBigInt,
		mapping.TypeUTinyInt, mapping.TypeUSmallInt, mapping.TypeUInteger, mapping.TypeUBigInt,
		mapping.TypeFloat, mapping.TypeDouble, mapping.TypeHugeInt, mapping.TypeUHugeInt, mapping.TypeVarchar,
		mapping.TypeDate, mapping.TypeTimestamp, mapping.TypeTimestampS, mapping.TypeTimestampMS,
		mapping.TypeTimestampNS, mapping.TypeTimestampTZ, mapping.TypeSQLNull:
	default:
		return fmt.Errorf("column %q: type %d has no value here", name, c.kind)
	}
	return nil
}

func (c *column) null(row int) bool {
	if c.kind == mapping.TypeSQLNull {
		return true
	}
	if c.mask == nil {
		return false
	}
	word := *(*uint64)(unsafe.Add(c.mask, row/64*8))
	return word&(1<<(row%64)) == 0
}

// at reads the row-th value of a vector of fixed width.
func at[T any](c *column, row int) T {
	var zero T
	return *(*T)(unsafe.Add(c.data, uintptr(row)*unsafe.Sizeof(zero)))
}

// value is the row as int64, float64, string, bool, time.Time or nil.
func (c *column) value(row int) any {
	if c.null(row) {
		return nil
	}
	switch c.kind {
	case mapping.TypeVarchar:
		return c.repeatText(c.text(row))
	case mapping.TypeBoolean:
		return at[bool](c, row)
	case mapping.TypeFloat:
		return float64(at[float32](c, row))
	case mapping.TypeDouble:
		return at[float64](c, row)
	case mapping.TypeDate, mapping.TypeTimestamp, mapping.TypeTimestampTZ,
		mapping.TypeTimestampS, mapping.TypeTimestampMS, mapping.TypeTimestampNS:
		return c.repeatInt(c.ticks(row), func(n int64) any { return c.moment(n) })
	case mapping.TypeDecimal:
		return c.decimal(row)
	case mapping.TypeEnum:
		n, _ := c.integer(row)
		return c.labels[n]
	}
	n, ok := c.integer(row)
	if !ok {
		return c.large(row)
	}
	return c.repeatInt(n, func(n int64) any { return n })
}

func (c *column) repeatInt(n int64, box func(int64) any) any {
	if c.last == nil || n != c.lastInt {
		c.lastInt, c.last = n, box(n)
	}
	return c.last
}

func (c *column) repeatText(s string) any {
	if c.last == nil || s != c.lastText {
		c.lastText = strings.Clone(s)
		c.last = c.lastText
	}
	return c.last
}

// integer is the row of any integer type, false when it passes the bounds of an int64.
func (c *column) integer(row int) (int64, bool) {
	switch c.typ {
	case mapping.TypeTinyInt:
		return int64(at[int8](c, row)), true
	case mapping.TypeSmallInt:
		return int64(at[int16](c, row)), true
	case mapping.TypeInteger:
		return int64(at[int32](c, row)), true
	case mapping.TypeBigInt:
		return at[int64](c, row), true
	case mapping.TypeUTinyInt:
		return int64(at[uint8](c, row)), true
	case mapping.TypeUSmallInt:
		return int64(at[uint16](c, row)), true
	case mapping.TypeUInteger:
		return int64(at[uint32](c, row)), true
	case mapping.TypeUBigInt:
		n := at[uint64](c, row)
		return int64(n), n <= math.MaxInt64
	}
	h := at[[2]uint64](c, row) // low, high: sums of BIGINT are HUGEINT
	return int64(h[0]), c.typ == mapping.TypeHugeInt && int64(h[1]) == int64(h[0])>>63 || c.typ == mapping.TypeUHugeInt && h[1] == 0 && h[0] <= math.MaxInt64
}

// large is an integer beyond int64 as a float64.
func (c *column) large(row int) float64 {
	switch c.typ {
	case mapping.TypeUBigInt:
		return float64(at[uint64](c, row))
	case mapping.TypeUHugeInt:
		h := at[[2]uint64](c, row)
		return float64(h[1])*(1<<64) + float64(h[0])
	}
	h := at[[2]uint64](c, row)
	return float64(int64(h[1]))*(1<<64) + float64(h[0])
}

func (c *column) decimal(row int) float64 {
	if n, ok := c.integer(row); ok {
		return float64(n) / c.power
	}
	return c.large(row) / c.power
}

// ticks is a date in days or a timestamp in the unit of its type.
func (c *column) ticks(row int) int64 {
	if c.kind == mapping.TypeDate {
		return int64(at[int32](c, row))
	}
	return at[int64](c, row)
}

// moment is the time of ticks, in UTC.
func (c *column) moment(n int64) time.Time {
	switch c.kind {
	case mapping.TypeDate:
		return time.Unix(n*86400, 0).UTC()
	case mapping.TypeTimestampS:
		return time.Unix(n, 0).UTC()
	case mapping.TypeTimestampMS:
		return time.UnixMilli(n).UTC()
	case mapping.TypeTimestampNS:
		return time.Unix(0, n).UTC()
	}
	return time.UnixMicro(n).UTC()
}

// inlined is the longest text that DuckDB keeps within its 16 bytes: four of length, twelve of
// text. A longer one has its address at the ninth.
const inlined = 12

// text is the row as a string in DuckDB's memory.
func (c *column) text(row int) string {
	p := unsafe.Add(c.data, row*16)
	n := int(*(*uint32)(p))
	if n <= inlined {
		return unsafe.String((*byte)(unsafe.Add(p, 4)), n)
	}
	return unsafe.String(*(**byte)(unsafe.Add(p, 8)), n)
}

package duckdb

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// bind gives the parameters their values. A value is bound with the type that the statement
// expects when it fits, because any other type makes DuckDB plan the statement again.
func (p *prepared) bind(args []any) error {
	if len(args) != len(p.params) {
		return fmt.Errorf("%d parameters given, %d expected", len(args), len(p.params))
	}
	for i, v := range args {
		state, err := p.bindOne(mapping.IdxT(i+1), p.params[i], v)
		if err != nil {
			return fmt.Errorf("parameter %d: %w", i+1, err)
		}
		if state == mapping.StateError {
			return engineError(fmt.Sprintf("parameter %d: %s", i+1, mapping.PrepareError(p.raw)))
		}
	}
	return nil
}

func (p *prepared) bindOne(at mapping.IdxT, want mapping.Type, v any) (mapping.State, error) {
	switch v := v.(type) {
	case nil:
		return mapping.BindNull(p.raw, at), nil
	case int64:
		return p.bindInt(at, want, v), nil
	case string:
		return mapping.BindVarcharLength(p.raw, at, v, mapping.IdxT(len(v))), nil
	case float64:
		return p.bindFloat(at, want, v), nil
	case bool:
		return mapping.BindBoolean(p.raw, at, v), nil
	case time.Time:
		return p.bindTime(at, want, v), nil
	}
	// Named types and other widths: a school year, a UAI, an int32.
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return p.bindInt(at, want, r.Int()), nil
	case r.CanUint() && r.Uint() <= math.MaxInt64:
		return p.bindInt(at, want, int64(r.Uint())), nil
	case r.CanFloat():
		return p.bindFloat(at, want, r.Float()), nil
	case r.Kind() == reflect.String:
		return p.bindOne(at, want, r.String())
	case r.Kind() == reflect.Bool:
		return p.bindOne(at, want, r.Bool())
	case r.Kind() == reflect.Pointer && r.IsNil():
		return p.bindOne(at, want, nil)
	}
	return mapping.StateError, fmt.Errorf("no SQL type for %T", v)
}

func (p *prepared) bindInt(at mapping.IdxT, want mapping.Type, v int64) mapping.State {
	switch {
	case want == mapping.TypeInteger && v == int64(int32(v)):
		return mapping.BindInt32(p.raw, at, int32(v))
	case want == mapping.TypeSmallInt && v == int64(int16(v)):
		return mapping.BindInt16(p.raw, at, int16(v))
	case want == mapping.TypeTinyInt && v == int64(int8(v)):
		return mapping.BindInt8(p.raw, at, int8(v))
	case want == mapping.TypeUTinyInt && v == int64(uint8(v)):
		return mapping.BindUInt8(p.raw, at, uint8(v))
	case want == mapping.TypeUSmallInt && v == int64(uint16(v)):
		return mapping.BindUInt16(p.raw, at, uint16(v))
	case want == mapping.TypeUInteger && v == int64(uint32(v)):
		return mapping.BindUInt32(p.raw, at, uint32(v))
	case want == mapping.TypeUBigInt && v >= 0:
		return mapping.BindUInt64(p.raw, at, uint64(v))
	case want == mapping.TypeDouble:
		return mapping.BindDouble(p.raw, at, float64(v))
	}
	return mapping.BindInt64(p.raw, at, v)
}

func (p *prepared) bindFloat(at mapping.IdxT, want mapping.Type, v float64) mapping.State {
	if want == mapping.TypeFloat {
		return mapping.BindFloat(p.raw, at, float32(v))
	}
	return mapping.BindDouble(p.raw, at, v)
}

func (p *prepared) bindTime(at mapping.IdxT, want mapping.Type, v time.Time) mapping.State {
	switch want {
	case mapping.TypeDate:
		return mapping.BindDate(p.raw, at, mapping.NewDate(days(v)))
	case mapping.TypeTimestampTZ:
		return mapping.BindTimestampTZ(p.raw, at, mapping.NewTimestamp(v.UnixMicro()))
	}
	return mapping.BindTimestamp(p.raw, at, mapping.NewTimestamp(v.UnixMicro()))
}

// days counts the days from 1 January 1970 to the date that t shows on its own clock.
func days(t time.Time) int32 {
	_, offset := t.Zone()
	s := t.Unix() + int64(offset)
	if s < 0 {
		s -= 86399 // round down, not to zero
	}
	return int32(s / 86400)
}

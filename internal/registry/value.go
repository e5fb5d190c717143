package registry

import (
	"database/sql/driver"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// plain turns parameters into what both engines store: numbers, and text without what one of
// them refuses.
func plain(args []any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			v = arg // the driver says what is wrong with it
		}
		switch v := v.(type) {
		case bool:
			out[i] = int64(0)
			if v {
				out[i] = int64(1)
			}
		case string:
			out[i] = storable(v)
		default:
			out[i] = v
		}
	}
	return out
}

// storable replaces what text cannot hold in PostgreSQL: bytes that are no UTF-8, and NUL.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// micros writes an instant, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant reads what micros wrote.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// A scanTime reads an instant.
type scanTime struct{ into *time.Time }

func (a scanTime) Scan(v any) error {
	us, _ := v.(int64)
	*a.into = instant(us)
	return nil
}

// day writes a calendar date, "" for the zero time.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// A scanDay reads what day wrote.
type scanDay struct{ into *time.Time }

func (d scanDay) Scan(v any) (err error) {
	*d.into = time.Time{}
	if s := text(v); s != "" {
		*d.into, err = time.Parse(time.DateOnly, s)
	}
	return err
}

// A scanList reads JSON, "" leaving what was there.
type scanList struct{ into any }

func (l scanList) Scan(v any) error {
	if s := text(v); s != "" {
		return json.Unmarshal([]byte(s), l.into)
	}
	return nil
}

// text reads a column of text as drivers give it.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// set writes a list as JSON, sorted and without double; an empty one is "".
func set[T ~string | ~int | ~int64](values []T) string {
	if len(values) == 0 {
		return ""
	}
	return ordered(sorted(values))
}

// ordered writes a list as JSON in its order; nil is "".
func ordered[T any](values []T) string {
	if values == nil {
		return ""
	}
	b, err := json.Marshal(values)
	if err != nil {
		panic(err) // lists of text and numbers always have a JSON form
	}
	return string(b)
}

// sorted is a list in order and without double; nil stays nil.
func sorted[T ~string | ~int | ~int64](values []T) []T {
	out := slices.Clone(values)
	slices.Sort(out)
	return slices.Compact(out)
}

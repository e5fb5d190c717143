// Package recordtest holds readers to the contract of package record, and shows what they give in
// a few characters: « a|b|∅ » is a record, ∅ an absent field.
package recordtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"belvedere"
	"belvedere/internal/source/record"
)

// A Reading is all that a format gave.
type Reading struct {
	Head    record.Head
	Records []record.Record
	Faults  []belvedere.Fault
	Err     error
}

// Read reads a file with the format of a code, in small pieces.
func Read(t testing.TB, formats []record.Format, code string, data []byte) *Reading {
	t.Helper()
	return From(t, formats, code, iotest.HalfReader(bytes.NewReader(data)))
}

// From reads a stream with the format of a code.
func From(t testing.TB, formats []record.Format, code string, in io.Reader) *Reading {
	t.Helper()
	i := slices.IndexFunc(formats, func(f record.Format) bool { return f.Code == code })
	if i < 0 {
		t.Fatalf("no format %q", code)
	}
	v := &visitor{t: t, format: formats[i]}
	v.Err = formats[i].Read(in, v)
	var said *belvedere.Error
	if v.Err != nil && (!errors.As(v.Err, &said) || said.Message == "") {
		t.Errorf("the error of %s has no message for who sent the file: %v", code, v.Err)
	}
	if v.Err == nil && v.heads != 1 {
		t.Errorf("%s gave %d heads", code, v.heads)
	}
	return &v.Reading
}

// A visitor keeps what it is given and complains of what breaks the contract.
type visitor struct {
	Reading
	t      testing.TB
	format record.Format
	heads  int
}

func (v *visitor) Head(h record.Head) error {
	if v.heads++; v.heads > 1 || len(v.Records) > 0 {
		v.t.Errorf("head %d after %d records", v.heads, len(v.Records))
	}
	if h.Format != v.format.Code || h.Source == "" {
		v.t.Errorf("head %+v of the format %s", h, v.format.Code)
	}
	v.Reading.Head = h
	return nil
}

func (v *visitor) Record(r record.Record) error {
	switch {
	case v.heads == 0:
		v.t.Errorf("a record before the head")
	case !slices.Contains(v.format.Kinds, r.Kind):
		v.t.Errorf("%s does not declare %s", v.format.Code, r.Kind.Name)
	case len(r.Values) != len(r.Kind.Fields):
		v.t.Errorf("%s has %d values for %d fields", r.Kind.Name, len(r.Values), len(r.Kind.Fields))
	case r.Line < 1:
		v.t.Errorf("a record of %s without place", r.Kind.Name)
	}
	for i, value := range r.Values {
		if value.Text != strings.TrimSpace(value.Text) || !value.Present && value.Text != "" {
			v.t.Errorf("%s.%s is %q, present %v", r.Kind.Name, r.Kind.Fields[i], value.Text, value.Present)
		}
	}
	r.Values = slices.Clone(r.Values)
	v.Records = append(v.Records, r)
	return nil
}

func (v *visitor) Fault(f belvedere.Fault) error {
	if f.Rule == "" || f.Message == "" || f.Mend == "" || f.Severity == "" {
		v.t.Errorf("incomplete fault %+v", f)
	}
	v.Faults = append(v.Faults, f)
	return nil
}

// Rows shows the records of a kind, some fields of them or all.
func (r *Reading) Rows(kind string, fields ...string) []string {
	var list []string
	for _, rec := range r.Records {
		if rec.Kind.Name == kind {
			list = append(list, Show(rec, fields...))
		}
	}
	return list
}

// Show writes some fields of a record, or all.
func Show(rec record.Record, fields ...string) string {
	if len(fields) == 0 {
		fields = rec.Kind.Fields
	}
	cells := make([]string, len(fields))
	for i, f := range fields {
		v := rec.Get(f)
		if cells[i] = v.Text; !v.Present {
			cells[i] = "∅"
		}
	}
	return strings.Join(cells, "|")
}

// Marks shows the faults as « rule@line ».
func (r *Reading) Marks() string {
	var list []string
	for _, f := range r.Faults {
		list = append(list, fmt.Sprintf("%s@%d", f.Rule, f.Line))
	}
	return strings.Join(list, " ")
}

// Check holds all that a format declares to the rules of names: fields that SQL takes, keys among
// them, none twice.
func Check(t *testing.T, formats []record.Format) {
	t.Helper()
	codes := map[string]bool{}
	for _, f := range formats {
		if codes[f.Code] || f.Label == "" || f.Detect == nil || f.Read == nil || len(f.Kinds) == 0 {
			t.Errorf("format %q is incomplete or twice", f.Code)
		}
		codes[f.Code] = true
		for _, k := range f.Kinds {
			checkKind(t, k)
		}
	}
}

func checkKind(t *testing.T, k *record.Kind) {
	t.Helper()
	seen := map[string]bool{}
	for _, name := range append([]string{k.Name}, k.Fields...) {
		if seen[name] || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("name %q of %s is not fit for a column, or twice", name, k.Name)
		}
		seen[name] = true
	}
	for _, key := range k.Key {
		if k.Index(key) < 0 {
			t.Errorf("%s has no field %q of its key", k.Name, key)
		}
	}
	if k.Doc == "" {
		t.Errorf("%s says nothing of itself", k.Name)
	}
}

// Detect gives the codes of the formats that recognise a file.
func Detect(formats []record.Format, data []byte) []string {
	var list []string
	for _, f := range formats {
		if f.Detect(data[:min(len(data), 64<<10)]) {
			list = append(list, f.Code)
		}
	}
	return list
}

// Sample is a file of the shared samples, beside the project; the test is skipped without them.
func Sample(t testing.TB, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "..", "shared", "samples", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("the samples are not beside the project: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Fuzz reads whatever comes with each format: it must keep the contract and explain its refusals.
func Fuzz(f *testing.F, formats []record.Format, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		Detect(formats, data)
		for _, format := range formats {
			Read(t, formats, format.Code, data)
		}
	})
}

// Truncated cuts an XML file at many places: each part must be refused.
func Truncated(t *testing.T, formats []record.Format, code string, data []byte) {
	t.Helper()
	data = bytes.TrimSpace(data)
	step := max(1, len(data)/200)
	for n := 0; n < len(data); n += step {
		if r := From(t, formats, code, bytes.NewReader(data[:n])); r.Err == nil {
			t.Fatalf("the first %d bytes of %d are taken for a whole file", n, len(data))
		}
	}
}

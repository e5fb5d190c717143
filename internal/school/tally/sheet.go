package tally

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// A figure is a number, or the fact that nobody knows it.
type figure struct {
	value float64
	known bool
}

func count(n int64) figure    { return figure{float64(n), true} }
func amount(x float64) figure { return figure{x, true} }
func when(known bool, f figure) figure {
	if !known {
		return figure{}
	}
	return f
}

// A sheet is the rows of one dataset, in slices. Its columns are those of the catalogue.
type sheet struct {
	school  belvedere.UAI
	dataset *belvedere.Dataset
	slices  map[string]*slice
	// decides tells of a slice that the count says all of it, even without a row: what was sent of it is
	// withdrawn then. nil: a slice without a row is one of which the count says nothing.
	decides func(name string) bool
	labels  []map[string]string // by dimension, names of the members of an open list; nil for none
}

// A slice is what a delivery replaces at the territory, for the school.
type slice struct {
	name string   // 2026, 2026-11 or 2026-11-14
	rows []rowOut // sorted when sealed
	sum  string   // of what tells it from another: for a state, its figures without their date
}

// A rowOut is a line, its date apart.
type rowOut struct{ at, rest string }

func newSheet(school belvedere.UAI, d *belvedere.Dataset) *sheet {
	return &sheet{school: school, dataset: d, slices: map[string]*slice{}}
}

// add puts a row of the time that begins at a date or hour. Codes stand for the dimensions in
// their order, figures for the measures.
func (s *sheet) add(at time.Time, codes []string, figures ...figure) error {
	return s.addPeriod(s.dataset.Time, at, codes, figures...)
}

// addPeriod is add for a dataset of which each row says what its time spans.
func (s *sheet) addPeriod(grain belvedere.TimeGrain, at time.Time, codes []string, figures ...figure) error {
	name, columns, err := s.timeOf(grain, at)
	if err != nil {
		return err
	}
	name = s.sliceOf(name, at)
	var rest strings.Builder
	if len(codes) != len(s.dataset.Dimensions) || len(figures) != len(s.dataset.Measures) {
		return fmt.Errorf("a row of %s with %d codes and %d figures", s.dataset.Name, len(codes), len(figures))
	}
	for i, d := range s.dataset.Dimensions {
		text, err := codeOf(d, codes[i])
		if err != nil {
			return fmt.Errorf("%s: %w", s.dataset.Name, err)
		}
		rest.WriteString(";" + text)
	}
	for i, m := range s.dataset.Measures {
		text, err := numberOf(m, figures[i])
		if err != nil {
			return fmt.Errorf("%s: %w", s.dataset.Name, err)
		}
		rest.WriteString(";" + text)
	}
	for i, named := range s.labels {
		if named != nil {
			rest.WriteString(";" + labelOf(named[codes[i]]))
		}
	}
	one := s.slices[name]
	if one == nil {
		one = &slice{name: name}
		s.slices[name] = one
	}
	one.rows = append(one.rows, rowOut{columns, rest.String()})
	return nil
}

// timeOf is the name of the slice that holds a time, and the columns that say the time.
func (s *sheet) timeOf(grain belvedere.TimeGrain, at time.Time) (name, columns string, err error) {
	const month = "2006-01"
	switch s.dataset.Time {
	case belvedere.ByHour:
		return at.Format(time.DateOnly), at.Format(time.RFC3339), nil
	case belvedere.ByDay:
		return at.Format(time.DateOnly), at.Format(time.DateOnly), nil
	case belvedere.ByMonth:
		return at.Format(month), at.Format(month), nil
	case belvedere.ByYear:
		year := fmt.Sprint(int(belvedere.SchoolYearOf(at)))
		return year, year, nil
	case belvedere.ByPeriod:
		columns = string(grain) + ";" + at.Format(time.DateOnly)
		switch grain {
		case belvedere.ByDay:
			return at.Format(time.DateOnly), columns, nil
		case belvedere.ByMonth:
			return at.Format(month), columns, nil
		case belvedere.ByYear:
			return at.Format("2006"), columns, nil
		}
	}
	return "", "", fmt.Errorf("%s: no row by %q", s.dataset.Name, grain)
}

// sliceOf is the slice of a row, whose dataset may be replaced by more than its time.
func (s *sheet) sliceOf(name string, at time.Time) string {
	switch {
	case s.dataset.Time == belvedere.ByPeriod:
	case slices.Contains(s.dataset.Slice, string(belvedere.ByYear)):
		return fmt.Sprint(int(belvedere.SchoolYearOf(at)))
	case slices.Contains(s.dataset.Slice, string(belvedere.ByMonth)):
		return at.Format("2006-01")
	}
	return name
}

// codeOf is the text of a closed list for a code: never the text that was given.
func codeOf(d belvedere.Dimension, code string) (string, error) {
	if d.List == nil {
		return "", fmt.Errorf("%s has no closed list", d.Name)
	}
	if code == "" && d.Optional {
		return "", nil
	}
	if d.List.Open && d.List.Find(code) == nil {
		return openCode(code)
	}
	found := d.List.Find(code)
	if found == nil {
		return "", fmt.Errorf("a value of %s is not in its list", d.Name) // it is not repeated: it might be a name
	}
	return found.Code, nil
}

// longestCode bounds the members of open lists, in characters.
const longestCode = 60

// openCode is a member of an open list, which a counter took from those that the vault registered: short,
// and without what parts the columns of a file.
func openCode(code string) (string, error) {
	if utf8.RuneCountInString(code) > longestCode || strings.ContainsFunc(code, unicode.IsControl) {
		return "", fmt.Errorf("a value is no code of an open list")
	}
	return strings.NewReplacer(";", ",", `"`, "'").Replace(code), nil
}

func numberOf(m belvedere.Measure, f figure) (string, error) {
	switch {
	case m.Text:
		return "", fmt.Errorf("%s is a text", m.Name)
	case !f.known && m.Required:
		return "", fmt.Errorf("%s is required", m.Name)
	case !f.known:
		return "", nil
	case m.Decimal:
		return strconv.FormatFloat(f.value, 'f', 2, 64), nil
	}
	return strconv.FormatInt(int64(f.value), 10), nil
}

// header names the columns.
func (s *sheet) header() string {
	columns := []string{"etablissement"}
	if s.dataset.Time == belvedere.ByPeriod {
		columns = append(columns, "periode", "debut")
	} else {
		columns = append(columns, string(s.dataset.Time))
	}
	for _, d := range s.dataset.Dimensions {
		columns = append(columns, d.Name)
	}
	for _, m := range s.dataset.Measures {
		columns = append(columns, m.Name)
	}
	for i, named := range s.labels {
		if named != nil {
			columns = append(columns, belvedere.LabelColumn(s.dataset.Dimensions[i].Name))
		}
	}
	return strings.Join(columns, ";")
}

// sealed are the slices in their order, each with its sum.
func (s *sheet) sealed() []*slice {
	var list []*slice
	for _, one := range s.slices {
		slices.SortFunc(one.rows, func(a, b rowOut) int {
			if c := strings.Compare(a.at, b.at); c != 0 {
				return c
			}
			return strings.Compare(a.rest, b.rest)
		})
		h := sha256.New()
		for _, r := range one.rows {
			if !s.dated() {
				h.Write([]byte(r.at))
			}
			h.Write([]byte(r.rest + "\n"))
		}
		one.sum = hex.EncodeToString(h.Sum(nil))
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b *slice) int { return strings.Compare(a.name, b.name) })
	return list
}

// dated tells a state of a day, which may be the same as that of another day.
func (s *sheet) dated() bool {
	return s.dataset.Kind == belvedere.Stock && s.dataset.Time == belvedere.ByDay
}

// csv writes slices as one file.
func (s *sheet) csv(list []*slice) []byte {
	var b strings.Builder
	b.WriteString(s.header() + "\n")
	for _, one := range list {
		for _, r := range one.rows {
			b.WriteString(string(s.school) + ";" + r.at + r.rest + "\n")
		}
	}
	return []byte(b.String())
}

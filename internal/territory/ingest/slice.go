package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// A slice is what a delivery replaces as a whole: a school and a time, or a school and an origin
// for the register. Its name is what people and senders read: "0350017D/2025-11".
type slice struct {
	dataset *belvedere.Dataset
	key     []any // values of semantic.SliceExpressions, as the engine gives them
	school  belvedere.UAI
	span    belvedere.TimeGrain // ByDay, ByMonth or ByYear; "" for the register
	first   time.Time           // first day of the span
	origin  string              // register only
	rows    int64
	line    int64 // packed place of its first row

	withdrawn bool // nothing takes its place
}

// newSlice reads a row of the query of slices: the key, then rows and first place.
func newSlice(d *belvedere.Dataset, origin string, row []any) (*slice, error) {
	s := &slice{dataset: d, key: append([]any(nil), row[:len(row)-2]...)}
	var ok1, ok2 bool
	s.rows, ok1 = row[len(row)-2].(int64)
	s.line, ok2 = row[len(row)-1].(int64)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("slice of %s: unexpected row %v", d.Name, row)
	}
	if d.Kind == belvedere.Register {
		s.origin = origin
	}
	names := d.Slice
	if d.Kind == belvedere.Register {
		names = []string{"etablissement"}
	}
	values := s.key
	for _, name := range names {
		used, err := s.take(name, values)
		if err != nil {
			return nil, fmt.Errorf("slice of %s: %w", d.Name, err)
		}
		values = values[used:]
	}
	return s, nil
}

// take reads the part of the key that one name of Dataset.Slice stands for.
func (s *slice) take(name string, values []any) (used int, err error) {
	if len(values) == 0 {
		return 0, fmt.Errorf("no value for %s", name)
	}
	var ok bool
	switch name {
	case "etablissement":
		var n int64
		n, ok = values[0].(int64)
		s.school = belvedere.UAIFromNumber(int32(n))
	case "annee":
		var y int64
		y, ok = values[0].(int64)
		s.span, s.first = belvedere.ByYear, belvedere.SchoolYear(y).First()
	case "jour":
		s.first, ok = values[0].(time.Time)
		s.span = belvedere.ByDay
	case "mois":
		s.first, ok = values[0].(time.Time)
		s.span = belvedere.ByMonth
	case "periode":
		if len(values) < 2 {
			return 0, fmt.Errorf("no day for periode")
		}
		var span string
		span, ok = values[0].(string)
		s.span = belvedere.TimeGrain(span)
		s.first, used = values[1].(time.Time), 1
	default:
		return 0, fmt.Errorf("unknown part %q", name)
	}
	if !ok {
		return 0, fmt.Errorf("%s is a %T", name, values[0])
	}
	return used + 1, nil
}

// String is the name of the slice.
func (s *slice) String() string {
	parts := []string{string(s.school)}
	if s.span != "" {
		parts = append(parts, spanText(s.span, s.first))
	}
	if s.origin != "" {
		parts = append(parts, s.origin)
	}
	return strings.Join(parts, "/")
}

// spanText writes a day, a month or a school year.
func spanText(span belvedere.TimeGrain, first time.Time) string {
	switch span {
	case belvedere.ByYear:
		return strconv.Itoa(int(belvedere.SchoolYearOf(first)))
	case belvedere.ByMonth:
		return first.Format("2006-01")
	}
	return first.Format(time.DateOnly)
}

// announced is what a sender says that the file holds: a school, and a day, a month or a school
// year, or all times of the school. Or it is a slice that the sender withdraws.
type announced struct {
	withdrawn bool
	school    belvedere.UAI
	span      belvedere.TimeGrain // "" for all times
	first     time.Time
}

// parseAnnounced reads "0350017D", "0350017D/2025", "0350017D/2025-11" or "0350017D/2025-11-30", and
// "-0350017D/2025-11" for a slice to withdraw.
func parseAnnounced(text string) (a announced, err error) {
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		if a, err = parseAnnounced(rest); err == nil && (a.withdrawn || a.span == "") {
			err = errorf(belvedere.Invalid, "Tranche à retirer « %s » : nommez l’établissement et le jour, le mois ou l’année scolaire, par exemple -0350017D/2025-11.", clip(text))
		}
		a.withdrawn = true
		return a, err
	}
	head, tail, dated := strings.Cut(text, "/")
	if a.school, err = belvedere.ParseUAI(head); err != nil {
		return a, errorf(belvedere.Invalid, "Tranche annoncée « %s » : %v.", clip(text), err)
	}
	if !dated {
		return a, nil
	}
	if d, err := time.Parse(time.DateOnly, tail); err == nil {
		a.span, a.first = belvedere.ByDay, d
		return a, nil
	}
	if d, err := time.Parse("2006-01", tail); err == nil {
		a.span, a.first = belvedere.ByMonth, d
		return a, nil
	}
	if y, err := belvedere.ParseSchoolYear(tail); err == nil {
		a.span, a.first = belvedere.ByYear, y.First()
		return a, nil
	}
	return a, errorf(belvedere.Invalid,
		"Tranche annoncée « %s » : après la barre, écrivez un jour (2025-11-30), un mois (2025-11) ou une année scolaire (2025).", clip(text))
}

// String writes what was announced in one way.
func (a announced) String() string {
	sign := ""
	if a.withdrawn {
		sign = "-"
	}
	if a.span == "" {
		return sign + string(a.school)
	}
	return sign + string(a.school) + "/" + spanText(a.span, a.first)
}

// covers tells whether a slice lies within what was announced.
func (a announced) covers(s *slice) bool {
	if a.school != s.school || a.withdrawn {
		return false
	}
	if a.span == "" || s.span == "" {
		return true
	}
	last := lastDay(s.span, s.first)
	return !s.first.Before(a.first) && !last.After(lastDay(a.span, a.first))
}

// lastDay of a span that starts on first.
func lastDay(span belvedere.TimeGrain, first time.Time) time.Time {
	switch span {
	case belvedere.ByYear:
		return belvedere.SchoolYearOf(first).End().AddDate(0, 0, -1)
	case belvedere.ByMonth:
		return first.AddDate(0, 1, -1)
	}
	return first
}

package dataset

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/source/table"
	"belvedere/internal/territory/ingest/form"
	"belvedere/internal/territory/semantic"
)

// A Preview is what would be loaded: nothing of it is kept.
type Preview struct {
	Lines    int64
	Kept     int64
	Faulty   int64
	Skipped  int64
	Rows     int64
	Repeated int64 // rows whose key came before
	Refused  bool  // so many faults that the file would be refused
	Schools  int   // different schools, or communes
	Unknown  int   // of them, that the register does not have
	Lost     int   // rows of communes without a school
	Faults   []belvedere.Fault
	Years    []belvedere.SchoolYear
	Figures  []Figure
	Members  int // values that the file brings to open lists
}

// A Figure is the sum of a measure over the whole file, and by school year.
type Figure struct {
	Name, Label, Unit string
	Decimal           bool
	Mean              bool // Total and Years are means, not sums
	Total             float64
	Years             map[belvedere.SchoolYear]float64
}

// mostFaults is how many faults a preview shows.
const mostFaults = 20

// mostKeys bounds the keys that are compared to find repeated ones.
const mostKeys = 5_000_000

// Try maps a whole file by a format of a model and adds up what it would load. Listed tells the schools
// of the register, and towns the communes that have one.
func Try(m *belvedere.Model, formCode, datasetName string, file io.ReaderAt, size int64, name, member string, zone *time.Location, listed func(belvedere.UAI) bool, towns map[int32]bool) (*Preview, error) {
	d := m.Dataset(datasetName)
	a, err := table.Open(file, size, name, limits)
	if err != nil {
		return nil, err
	}
	t := &trial{Preview: &Preview{}, dataset: d, seed: maphash.MakeSeed(), keys: map[uint64]bool{}, places: map[int32]bool{}, listed: listed, towns: towns}
	t.begin()
	read := false
	for _, one := range a.Members {
		called := cmp.Or(one.Sheet, one.Name)
		if one.Kind == table.Parquet || one.Kind == table.XLSX && (read || member != "" && called != member) {
			continue
		}
		if err := t.read(m, formCode, one, zone); err != nil {
			return nil, err
		}
		read = true
	}
	t.end()
	return t.Preview, nil
}

// A trial adds up a file.
type trial struct {
	*Preview
	dataset *belvedere.Dataset
	seed    maphash.Seed
	keys    map[uint64]bool
	places  map[int32]bool
	listed  func(belvedere.UAI) bool
	towns   map[int32]bool
	year    int // places among the values of a row
	first   int // of the measures
}

func (t *trial) begin() {
	cols := semantic.StageColumns(t.dataset)
	t.first = len(cols) - len(t.dataset.Measures)
	t.year = slices.IndexFunc(cols, func(c belvedere.TableColumn) bool { return c.Name == "annee" })
	for _, m := range t.dataset.Measures {
		t.Figures = append(t.Figures, Figure{Name: m.Name, Label: m.Label, Unit: m.Unit, Decimal: m.Decimal, Years: map[belvedere.SchoolYear]float64{}})
	}
}

func (t *trial) read(m *belvedere.Model, formCode string, one *table.Member, zone *time.Location) error {
	rows, err := one.Rows(table.Options{})
	if err != nil {
		return err
	}
	target, err := form.RecogniseAs(m, formCode, rows.Header())
	if err != nil {
		return err
	}
	mapper, err := form.NewMapper(target, m, rows.Header(), zone)
	if err != nil {
		return err
	}
	fault := func(f belvedere.Fault) {
		if f.File = one.Name; len(t.Faults) < mostFaults {
			t.Faults = append(t.Faults, f)
		}
	}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := mapper.Map(row, t.take, fault); err != nil {
			return err
		}
	}
	c := mapper.Counts()
	t.Lines, t.Kept, t.Faulty, t.Skipped = t.Lines+c.Lines-c.Blank, t.Kept+c.Kept, t.Faulty+c.Faulty, t.Skipped+c.Skipped
	t.Members += len(mapper.Members())
	return nil
}

// take counts a row.
func (t *trial) take(row form.Row) error {
	t.Rows++
	place, _ := row.Values[0].(int32)
	if t.dataset.Place == belvedere.ByTown && !t.towns[place] {
		t.Lost++
	}
	t.places[place] = true
	if len(t.keys) < mostKeys {
		key := maphash.String(t.seed, fmt.Sprint(row.Values[:t.first]...))
		if t.keys[key] {
			t.Repeated++
		}
		t.keys[key] = true
	}
	year, _ := row.Values[t.year].(int16)
	for i := range t.Figures {
		v, there := number(row.Values[t.first+i])
		if there {
			t.Figures[i].Total += v
			t.Figures[i].Years[belvedere.SchoolYear(year)] += v
		}
	}
	if y := belvedere.SchoolYear(year); !slices.Contains(t.Years, y) {
		t.Years = append(t.Years, y)
	}
	return nil
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}

func (t *trial) end() {
	slices.Sort(t.Years)
	t.Schools = len(t.places)
	for place := range t.places {
		switch {
		case t.dataset.Place == belvedere.ByTown && !t.towns[place], t.dataset.Place == belvedere.BySchool && t.listed != nil && !t.listed(belvedere.UAIFromNumber(place)):
			t.Unknown++
		}
	}
	lines := t.Lines - t.Skipped
	t.Refused = t.Kept == 0 || float64(t.Faulty) > t.dataset.MaxFaulty*float64(lines) || t.Repeated > 0 && t.dataset.OnRepeat == "erreur"
}

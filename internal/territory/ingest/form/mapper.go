package form

import (
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// A Mapper turns the records of one file into rows. It is for one goroutine.
type Mapper struct {
	target  Target
	header  []string
	counts  Counts
	skips   map[string]int64
	reports []report
	learn   learner

	// Published format.
	dataset *belvedere.Dataset
	steps   []step
	values  []any
	named   []named
	period  [2]int // slots of periode and jour to be checked together, -1 when there is none

	// Form.
	env     env
	skip    []skipRule
	outputs []*output
	pending []Row
	used    int
}

// named is a field that names the members of an open list.
type named struct {
	field, slot int
	list        *belvedere.CodeList
}

// step reads one field into the values of a row.
type step struct {
	field int
	col   *column
}

// report is a problem met on the line under way.
type report struct {
	p     *problem
	field int
}

// NewMapper prepares a mapper for the files that have this header. Zone is the clock of the
// territory, which dates the hours. The error is Invalid when the header lacks what the target
// requires, and Internal when the declaration of the form is wrong (see CheckForm).
func NewMapper(target Target, model *belvedere.Model, header []string, zone *time.Location) (mapper *Mapper, err error) {
	defer belvedere.Wrap(&err, "NewMapper(%s)", target.Code())
	if zone == nil {
		zone = time.UTC
	}
	found := tryMatch(Target{Dataset: target.Dataset, Form: target.Form}, header, keys(header))
	if !found.complete() {
		return nil, unrecognised(header, []*match{found})
	}
	m := &Mapper{target: target, header: header, skips: map[string]int64{}, period: [2]int{-1, -1}}
	if target.Form != nil {
		return m, m.prepareForm(model, found.fields, zone)
	}
	m.preparePublished(found.fields, zone)
	return m, nil
}

func (m *Mapper) preparePublished(fields map[string]int, zone *time.Location) {
	cols, none := columns(m.target.Dataset, zone, &m.learn)
	m.dataset, m.values = m.target.Dataset, none
	m.period = periodSlots(m.dataset)
	for _, c := range cols {
		if at, ok := fields[c.name]; ok {
			m.steps = append(m.steps, step{at, c})
		}
	}
	stage := semantic.StageColumns(m.dataset)
	for _, dim := range m.dataset.Dimensions {
		if at, ok := fields[belvedere.LabelColumn(dim.Name)]; ok {
			slot := slices.IndexFunc(stage, func(t belvedere.TableColumn) bool { return t.Name == dim.Name })
			m.named = append(m.named, named{at, slot, dim.List})
		}
	}
}

// Counts say what became of the lines so far.
func (m *Mapper) Counts() Counts { return m.counts }

// Members are the codes that the lines so far bring to open lists.
func (m *Mapper) Members() []belvedere.Member { return m.learn.members() }

// Renamed are the labels that the lines so far give members that were there before.
func (m *Mapper) Renamed() []belvedere.Member { return m.learn.renamed() }

// Skipped counts the lines that the form left out, by reason.
func (m *Mapper) Skipped() map[string]int64 { return m.skips }

// Map gives emit the rows of one record, and fault its defects. A record with an error gives no
// row at all. Its error is that of emit, as it is.
func (m *Mapper) Map(row belvedere.SourceRow, emit func(Row) error, fault func(belvedere.Fault)) error {
	m.counts.Lines++
	if row.Fault != nil {
		m.counts.Faulty++
		fault(*row.Fault)
		return nil
	}
	if blank(row.Fields) {
		m.counts.Blank++
		return nil
	}
	if m.dataset != nil {
		return m.mapPublished(row, emit, fault)
	}
	return m.mapForm(row, emit, fault)
}

func (m *Mapper) mapPublished(row belvedere.SourceRow, emit func(Row) error, fault func(belvedere.Fault)) error {
	fields, values := row.Fields, m.values
	for i := range m.steps {
		s := &m.steps[i]
		var f []byte
		if s.field < len(fields) {
			f = fields[s.field]
		}
		if p := s.col.read(f, values); p != nil {
			m.reports = append(m.reports, report{p, s.field})
		}
	}
	if m.period[0] >= 0 && len(m.reports) == 0 {
		if p := checkPeriod(values[m.period[0]].(string), values[m.period[1]].(time.Time)); p != nil {
			m.reports = append(m.reports, report{p, m.fieldOf("debut")})
		}
	}
	if len(m.reports) > 0 && m.flush(row, fault) {
		m.counts.Faulty++
		return nil
	}
	for _, n := range m.named {
		if code, ok := values[n.slot].(string); ok && code != "" && n.field < len(fields) {
			m.learn.name(n.list, code, string(trim(fields[n.field])))
		}
	}
	m.counts.Kept++
	m.counts.Rows++
	return emit(Row{Dataset: m.dataset, Values: values, Line: row.Line})
}

func (m *Mapper) fieldOf(name string) int {
	for _, s := range m.steps {
		if s.col.name == name {
			return s.field
		}
	}
	return -1
}

// flush reports the problems of a line, each once, and tells whether one of them is an error.
func (m *Mapper) flush(row belvedere.SourceRow, fault func(belvedere.Fault)) bool {
	wrong := false
	for i, r := range m.reports {
		again := false
		for _, before := range m.reports[:i] {
			again = again || (before.field == r.field && before.p.rule == r.p.rule && before.p.message == r.p.message)
		}
		wrong = wrong || !r.p.warning
		if !again {
			fault(r.p.fault(row.Line, r.field, m.header, row.Fields))
		}
	}
	m.reports = m.reports[:0]
	return wrong
}

func blank(fields [][]byte) bool {
	for _, f := range fields {
		if len(trim(f)) > 0 {
			return false
		}
	}
	return true
}

// periodSlots are the places of periode and jour in the rows of a dataset of periods.
func periodSlots(d *belvedere.Dataset) [2]int {
	if d.Kind == belvedere.Register || d.Time != belvedere.ByPeriod {
		return [2]int{-1, -1}
	}
	return [2]int{2, 3} // etablissement, annee, periode, jour
}

package form

import (
	"bytes"
	"slices"
	"time"

	"belvedere"
)

// mapForm maps one record. Rows wait until the line is known to be right.
func (m *Mapper) mapForm(row belvedere.SourceRow, emit func(Row) error, fault func(belvedere.Fault)) error {
	for i := range m.skip {
		if s := &m.skip[i]; s.matches(row.Fields) {
			m.counts.Skipped++
			m.skips[s.reason]++
			return nil
		}
	}
	m.used = 0
	m.env.fields = row.Fields
	for _, o := range m.outputs {
		m.mapOutput(o, row.Line)
	}
	if len(m.reports) > 0 && m.flush(row, fault) {
		m.counts.Faulty++
		return nil
	}
	m.counts.Kept++
	for i := range m.pending[:m.used] {
		m.counts.Rows++
		if err := emit(m.pending[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *skipRule) matches(fields [][]byte) bool {
	var t []byte
	if s.field < len(fields) {
		t = trim(fields[s.field])
	}
	if s.empty && isAbsent(t) {
		return true
	}
	for _, v := range s.values {
		if bytes.EqualFold(t, v) {
			return true
		}
	}
	return false
}

func (m *Mapper) mapOutput(o *output, line int64) {
	copy(o.shared, o.none)
	before := len(m.reports)
	for i := range o.set {
		m.assign(&o.set[i], o.shared)
	}
	if hasError(m.reports[before:]) {
		return
	}
	for i := range o.rows {
		m.mapRow(o, &o.rows[i], line)
	}
}

func (m *Mapper) mapRow(o *output, plan *rowPlan, line int64) {
	values := m.slot(o)
	before, present := len(m.reports), 0
	for i := range plan.given[:plan.measures] {
		if m.assign(&plan.given[i], values) {
			present++
		}
	}
	if present == 0 && onlyAbsences(m.reports[before:]) {
		m.reports = m.reports[:before] // the row has nothing to say
		return
	}
	for i := range plan.given[plan.measures:] {
		m.assign(&plan.given[plan.measures+i], values)
	}
	if hasError(m.reports[before:]) {
		return
	}
	if o.period[0] >= 0 {
		if p := checkPeriod(values[o.period[0]].(string), values[o.period[1]].(time.Time)); p != nil {
			m.reports = append(m.reports, report{p, -1})
			return
		}
	}
	for _, n := range o.labels {
		m.env.bad = nil
		if code, ok := values[n.slot].(string); ok && code != "" {
			if v := n.expr.eval(&m.env); m.env.bad == nil && v.kind != kindAbsent {
				m.learn.name(n.list, code, string(v.asText()))
			}
		}
	}
	m.pending[m.used].Dataset, m.pending[m.used].Line = o.dataset, line
	m.used++
}

func hasError(reports []report) bool {
	return slices.ContainsFunc(reports, func(r report) bool { return !r.p.warning })
}

func onlyAbsences(reports []report) bool {
	return !slices.ContainsFunc(reports, func(r report) bool { return r.p.rule != ruleAbsent })
}

// slot gives the values of the next pending row, filled with what its siblings share.
func (m *Mapper) slot(o *output) []any {
	if m.used == len(m.pending) {
		m.pending = append(m.pending, Row{})
	}
	p := &m.pending[m.used]
	p.Values = append(p.Values[:0], o.shared...)
	return p.Values
}

// assign evaluates one expression into a row and tells whether it gave a value.
func (m *Mapper) assign(a *assignment, values []any) bool {
	m.env.bad = nil
	v := a.expr.eval(&m.env)
	if m.env.bad != nil {
		m.reports = append(m.reports, report{m.env.bad, a.blame(m.env.badCol)})
		return false
	}
	var p *problem
	switch {
	case v.kind == kindAbsent:
		p = a.col.absent(values)
	case v.kind == kindNumber && a.col.number != nil:
		p = a.col.number(v.num, values)
	default:
		p = a.col.read(v.asText(), values)
	}
	if p != nil {
		m.reports = append(m.reports, report{p, a.blame(-1)})
		return p.warning
	}
	return v.kind != kindAbsent
}

// blame is the field shown with a problem: the one that failed, else the first that was read.
func (a *assignment) blame(field int) int {
	if field < 0 && len(a.expr.columns) > 0 {
		return a.expr.columns[0]
	}
	return field
}

package form

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// output is one FormOutput, compiled for a header.
type output struct {
	dataset *belvedere.Dataset
	none    []any
	shared  []any // what set gives the rows of the line under way
	set     []assignment
	rows    []rowPlan
	period  [2]int
	labels  []naming
}

// naming gives the members of an open list the names that another column holds.
type naming struct {
	list *belvedere.CodeList
	slot int
	expr *Expr
}

// rowPlan makes one row: its first measures assignments are measures.
type rowPlan struct {
	given    []assignment
	measures int
}

// assignment gives one column of a row the value of an expression.
type assignment struct {
	expr *Expr
	col  *column
}

type skipRule struct {
	field  int
	values [][]byte
	empty  bool
	reason string
}

func (m *Mapper) prepareForm(model *belvedere.Model, fields map[string]int, zone *time.Location) error {
	f := m.target.Form
	index := indexOf(f, fields)
	for _, s := range f.Skip {
		at, err := index(s.Column)
		if err != nil {
			return err
		}
		rule := skipRule{field: at, empty: s.Empty, reason: s.Reason}
		for _, v := range s.Values {
			rule.values = append(rule.values, []byte(v))
		}
		if at >= 0 {
			m.skip = append(m.skip, rule)
		}
	}
	for i := range f.Outputs {
		o, err := newOutput(model, &f.Outputs[i], index, zone, &m.learn)
		if err != nil {
			return err
		}
		m.outputs = append(m.outputs, o)
	}
	return nil
}

// indexOf finds the field of a column of a form in a file.
func indexOf(f *belvedere.Form, fields map[string]int) func(string) (int, error) {
	return func(name string) (int, error) {
		if at, ok := fields[name]; ok {
			return at, nil
		}
		var known []string
		for _, c := range f.Columns {
			if c.Name == name {
				return -1, nil
			}
			known = append(known, c.Name)
		}
		if near := closest(name, known); near != "" {
			return 0, fmt.Errorf("colonne inconnue %q\u00a0: vouliez-vous écrire %q\u202f?", name, near)
		}
		return 0, fmt.Errorf("colonne inconnue %q", name)
	}
}

func newOutput(model *belvedere.Model, f *belvedere.FormOutput, index func(string) (int, error), zone *time.Location, learn *learner) (*output, error) {
	d := model.Dataset(f.Dataset)
	if d == nil {
		return nil, fmt.Errorf("jeu de données inconnu %q", f.Dataset)
	}
	cols, none := columns(d, zone, learn)
	if err := overrideCodes(d, cols, f.Codes, learn); err != nil {
		return nil, err
	}
	o := &output{dataset: d, none: none, shared: slices.Clone(none), period: periodSlots(d)}
	set, err := assignments(d, cols, f.Set, index)
	if err != nil {
		return nil, err
	}
	rows := f.Rows
	if len(rows) == 0 {
		rows = []map[string]string{nil}
	}
	for i, r := range rows {
		given, err := assignments(d, cols, r, index)
		if err == nil {
			err = complete(d, cols, set, given)
		}
		if err != nil {
			return nil, fmt.Errorf("ligne %d\u00a0: %w", i+1, err)
		}
		// Measures are judged row by row, wherever they are given.
		for _, a := range set {
			if _, own := r[a.col.name]; a.col.measure && !own {
				given = append([]assignment{a}, given...)
			}
		}
		o.rows = append(o.rows, rowPlan{given, measuresOf(given)})
	}
	if o.labels, err = namings(d, f.Labels, index); err != nil {
		return nil, err
	}
	o.set = slices.DeleteFunc(set, func(a assignment) bool { return a.col.measure })
	return o, nil
}

func measuresOf(given []assignment) int {
	n := 0
	for _, a := range given {
		if a.col.measure {
			n++
		}
	}
	return n
}

// assignments compiles the expressions of a set or of a row: in the order of the columns of the
// dataset, measures first, so that a row without any is left before anything else is read.
func assignments(d *belvedere.Dataset, cols []*column, exprs map[string]string, index func(string) (int, error)) ([]assignment, error) {
	var measures, others []assignment
	left := len(exprs)
	for _, c := range cols {
		text, ok := exprs[c.name]
		if !ok {
			continue
		}
		left--
		e, err := Compile(text, index)
		if err != nil {
			return nil, fmt.Errorf("%s\u00a0: %w", c.name, err)
		}
		if c.measure {
			measures = append(measures, assignment{e, c})
		} else {
			others = append(others, assignment{e, c})
		}
	}
	if left > 0 {
		return nil, unknownColumn(d, cols, exprs)
	}
	return append(measures, others...), nil
}

func unknownColumn(d *belvedere.Dataset, cols []*column, exprs map[string]string) error {
	var known, strange []string
	for _, c := range cols {
		known = append(known, c.name)
	}
	for name := range exprs {
		if !slices.Contains(known, name) {
			strange = append(strange, name)
		}
	}
	slices.Sort(strange)
	if near := closest(strange[0], known); near != "" {
		return fmt.Errorf("le jeu %q n’a pas de colonne %q\u00a0: vouliez-vous écrire %q\u202f?", d.Name, strange[0], near)
	}
	return fmt.Errorf("le jeu %q n’a pas de colonne %q", d.Name, strange[0])
}

// complete checks that a row says all that its dataset requires.
func complete(d *belvedere.Dataset, cols []*column, set, row []assignment) error {
	given := map[string]bool{}
	for _, a := range append(slices.Clone(set), row...) {
		given[a.col.name] = true
	}
	for _, c := range cols {
		if c.required && !given[c.name] {
			return fmt.Errorf("le jeu %q demande %q", d.Name, c.name)
		}
	}
	if measuresOf(set)+measuresOf(row) == 0 {
		return fmt.Errorf("aucune mesure du jeu %q n’est donnée", d.Name)
	}
	return nil
}

func overrideCodes(d *belvedere.Dataset, cols []*column, given map[string]map[string]string, learn *learner) error {
	for name, values := range given {
		if name == "etablissement" && d.Place == belvedere.BySchool {
			if err := overrideSchools(cols[0], 0, values); err != nil {
				return err
			}
			continue
		}
		dim := d.Dimension(name)
		if dim == nil || dim.List == nil {
			return fmt.Errorf("codes\u00a0: le jeu %q n’a pas de dimension à codes %q", d.Name, name)
		}
		for in, code := range values {
			if !dim.List.Open && dim.List.Find(code) == nil {
				return fmt.Errorf("codes\u00a0: %q donne %q, qui n’est pas dans la liste %q", in, code, dim.List.Name)
			}
		}
		for _, c := range cols {
			if c.name != name {
				continue
			}
			found := newCodes(name, dim.List, learn)
			found.override(values)
			c.read = remembered(c, slices.IndexFunc(semantic.StageColumns(d), func(t belvedere.TableColumn) bool { return t.Name == name }), found.find)
		}
	}
	return nil
}

// namings compiles the names of members of open lists.
func namings(d *belvedere.Dataset, labels map[string]string, index func(string) (int, error)) (out []naming, err error) {
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		dim := d.Dimension(name)
		if dim == nil || dim.List == nil || !dim.List.Open {
			return nil, fmt.Errorf("labels\u00a0: le jeu %q n’a pas de dimension à liste ouverte %q", d.Name, name)
		}
		e, err := Compile(labels[name], index)
		if err != nil {
			return nil, fmt.Errorf("labels, %s\u00a0: %w", name, err)
		}
		slot := slices.IndexFunc(semantic.StageColumns(d), func(t belvedere.TableColumn) bool { return t.Name == name })
		out = append(out, naming{dim.List, slot, e})
	}
	return out, nil
}

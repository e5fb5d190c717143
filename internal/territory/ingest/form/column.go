package form

import (
	"bytes"
	"fmt"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// column reads one input of a dataset into the values of a row. An input is named as in the
// published format; the time gives several values ("heure": annee, instant, jour, heure).
type column struct {
	name     string
	label    string
	required bool
	measure  bool

	// read parses one field. It keeps nothing of b but may remember its result under a copy.
	read func(b []byte, values []any) *problem
	// number takes a computed number; nil when the column is not a number.
	number func(f float64, values []any) *problem
	// absent writes that there is no value.
	absent func(values []any) *problem
}

// columns are the inputs of a dataset in the order of the published format, and a row where
// everything is absent.
func columns(d *belvedere.Dataset, zone *time.Location, learn *learner) ([]*column, []any) {
	stage := semantic.StageColumns(d)
	slot := map[string]int{}
	for i, c := range stage {
		slot[c.Name] = i
	}
	none := make([]any, len(stage))
	var cols []*column
	switch d.Place {
	case belvedere.BySchool:
		cols = append(cols, uaiColumn(slot["etablissement"]))
	case belvedere.ByTown:
		cols = append(cols, townColumn(slot["etablissement"]))
	}
	if d.Kind != belvedere.Register {
		cols = append(cols, timeInputs(d.Time, slot, zone)...)
	}
	for i := range d.Dimensions {
		dim := &d.Dimensions[i]
		none[slot[dim.Name]] = emptyText
		cols = append(cols, dimensionColumn(dim, slot[dim.Name], learn))
	}
	for i := range d.Measures {
		cols = append(cols, measureColumn(&d.Measures[i], slot[d.Measures[i].Name]))
	}
	return cols, none
}

var emptyText any = ""

// finish gives a column its absent function.
func (c *column) finish(slots []int, none any) *column {
	missed := missing(c.label)
	c.absent = func(values []any) *problem {
		if c.required {
			return missed
		}
		for _, s := range slots {
			values[s] = none
		}
		return nil
	}
	return c
}

// memory keeps what the fields of a column were read as, wrong ones too: files repeat themselves.
type memory struct {
	known map[string]any
	wrong map[string]mistake
}

type mistake struct {
	value any
	p     *problem
}

func (m *memory) keep(b []byte, v any, p *problem) {
	if len(b) > maxKey {
		return
	}
	if p != nil {
		if len(m.wrong) >= maxMemo/16 {
			clear(m.wrong)
		}
		m.wrong[string(b)] = mistake{v, p}
		return
	}
	if len(m.known) >= maxMemo {
		clear(m.known)
	}
	m.known[string(b)] = v
}

// remembered makes a reader that parses each different field once.
func remembered(c *column, slot int, parse func(t []byte) (any, *problem)) func([]byte, []any) *problem {
	m := memory{known: map[string]any{}, wrong: map[string]mistake{}}
	var last []byte
	var lastValue any
	slow := func(b []byte, values []any) *problem {
		w, again := m.wrong[string(b)]
		if !again {
			t := trim(b)
			if len(t) == 0 {
				return c.absent(values)
			}
			w.value, w.p = parse(t)
			m.keep(b, w.value, w.p)
		}
		if w.p == nil || w.p.warning {
			values[slot] = w.value
		}
		return w.p
	}
	return func(b []byte, values []any) *problem {
		if lastValue != nil && bytes.Equal(b, last) {
			values[slot] = lastValue
			return nil
		}
		v, ok := m.known[string(b)]
		if !ok {
			return slow(b, values)
		}
		last, lastValue = append(last[:0], b...), v
		values[slot] = v
		return nil
	}
}

func uaiColumn(slot int) *column {
	c := &column{name: "etablissement", label: "etablissement", required: true}
	c.finish([]int{slot}, nil)
	c.read = remembered(c, slot, func(t []byte) (any, *problem) {
		u, p := parseUAI(t)
		if p != nil {
			return nil, p
		}
		return u.Number(), nil
	})
	return c
}

func parseUAI(t []byte) (belvedere.UAI, *problem) {
	u, err := belvedere.ParseUAI(string(t))
	if err == nil {
		return u, nil
	}
	if n, ok := plainDigits(t[:min(7, len(t))]); ok && len(t) == 8 && isLetter(t[7]) {
		want := belvedere.UAIFromNumber(int32(n))
		return "", &problem{
			rule:    "uai_lettre",
			message: err.Error(),
			mend:    fmt.Sprintf("Vérifiez les sept chiffres\u202f; s’ils sont justes, l’UAI est %s.", want),
		}
	}
	return "", &problem{rule: "uai_forme", message: err.Error(), mend: "Écrivez l’UAI (ex-RNE) de l’établissement, par exemple 0350017D."}
}

func isLetter(c byte) bool { return isLower(c) || (c >= 'A' && c <= 'Z') }

func dimensionColumn(dim *belvedere.Dimension, slot int, learn *learner) *column {
	c := &column{name: dim.Name, label: dim.Name, required: !dim.Optional}
	c.finish([]int{slot}, emptyText)
	if dim.Free || dim.List == nil {
		c.read = remembered(c, slot, func(t []byte) (any, *problem) { return readText(t) })
		return c
	}
	codes := newCodes(dim.Name, dim.List, learn)
	c.read = remembered(c, slot, codes.find)
	return c
}

func measureColumn(m *belvedere.Measure, slot int) *column {
	c := &column{name: m.Name, label: m.Name, required: m.Required, measure: true}
	c.finish([]int{slot}, nil)
	switch {
	case m.Text:
		textMeasure(c, slot)
	case m.Decimal:
		decimalMeasure(c, slot, m.Negative)
	default:
		integerMeasure(c, slot, m.Negative)
	}
	return c
}

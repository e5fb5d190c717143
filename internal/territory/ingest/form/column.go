package form

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
func columns(d *belvedere.Dataset, zone *time.Location) ([]*column, []any) {
	stage := semantic.StageColumns(d)
	slot := map[string]int{}
	for i, c := range stage {
		slot[c.Name] = i
	}
	none := make([]any, len(stage))
	cols := []*column{uaiColumn(slot["etablissement"])}
	if d.Kind != belvedere.Register {
		cols = append(cols, timeInputs(d.Time, slot, zone)...)
	}
	for i := range d.Dimensions {
		dim := &d.Dimensions[i]
		none[slot[dim.Name]] = emptyText
		cols = append(cols, dimensionColumn(dim, slot[dim.Name]))
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

// remembered makes a reader that parses each different field once.
func remembered(c *column, slot int, parse func(t []byte) (any, *problem)) func([]byte, []any) *problem {
	known := map[string]any{}
	var last []byte
	var lastValue any
	return func(b []byte, values []any) *problem {
		if lastValue != nil && bytes.Equal(b, last) {
			values[slot] = lastValue
			return nil
		}
		v, ok := known[string(b)]
		if !ok {
			t := trim(b)
			if len(t) == 0 {
				return c.absent(values)
			}
			var p *problem
			if v, p = parse(t); p != nil {
				if p.warning {
					values[slot] = v
				}
				return p
			}
			if len(known) >= maxMemo {
				clear(known)
			}
			if len(b) <= maxKey {
				known[string(b)] = v
			}
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
			mend:    fmt.Sprintf("Vérifiez les sept chiffres ; s’ils sont justes, l’UAI est %s.", want),
		}
	}
	return "", &problem{rule: "uai_forme", message: err.Error(), mend: "Écrivez l’UAI (ex-RNE) de l’établissement, par exemple 0350017D."}
}

func isLetter(c byte) bool { return isLower(c) || (c >= 'A' && c <= 'Z') }

func dimensionColumn(dim *belvedere.Dimension, slot int) *column {
	c := &column{name: dim.Name, label: dim.Name, required: !dim.Optional}
	c.finish([]int{slot}, emptyText)
	if dim.Free || dim.List == nil {
		c.read = remembered(c, slot, func(t []byte) (any, *problem) { return readText(t) })
		return c
	}
	codes := newCodes(dim.Name, dim.List)
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

// textMeasure reads an attribute of the register. The names that stand for a date, a school or
// a yes are checked, since pages compute with them.
func textMeasure(c *column, slot int) {
	c.read = func(b []byte, values []any) *problem {
		t := trim(b)
		if len(t) == 0 {
			return c.absent(values)
		}
		if attribute := attributes[c.name]; attribute != nil {
			out, p := attribute(t)
			if p != nil {
				return p
			}
			t = out
		}
		v, p := readText(t)
		if p == nil {
			values[slot] = v
		}
		return p
	}
}

var attributes = map[string]func([]byte) ([]byte, *problem){
	"ouverture":   isoDate,
	"fermeture":   isoDate,
	"departement": departement,
	"internat":    yesNo,
	"devient": func(t []byte) ([]byte, *problem) {
		u, p := parseUAI(t)
		return []byte(u), p
	},
}

func yesNo(t []byte) ([]byte, *problem) {
	switch plain(string(t)) {
	case "oui", "o", "1", "vrai", "true", "yes":
		return []byte("oui"), nil
	case "non", "n", "0", "faux", "false", "no":
		return []byte("non"), nil
	}
	return nil, &problem{rule: "oui_non", message: fmt.Sprintf("%s n’est ni oui ni non", quote(t)), mend: "Écrivez oui ou non, ou laissez la case vide."}
}

// readText trims a text, folds its white space, and refuses what no name or address holds.
func readText(t []byte) (any, *problem) {
	if !utf8.Valid(t) {
		return nil, &problem{rule: "encodage", message: fmt.Sprintf("%s n’est pas écrit en UTF-8", quote(t)), mend: "Enregistrez le fichier en UTF-8."}
	}
	if utf8.RuneCount(t) > maxText {
		return nil, &problem{rule: "texte_trop_long", message: fmt.Sprintf("le texte dépasse %d caractères", maxText), mend: "Raccourcissez le texte."}
	}
	s := string(t)
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\t' || r == '\r' || r == '\n' }), " ")
	}
	if at := strings.IndexFunc(s, isControl); at >= 0 {
		r, _ := utf8.DecodeRuneInString(s[at:])
		return nil, &problem{rule: "caractere_interdit", message: fmt.Sprintf("le texte contient le caractère invisible U+%04X", r), mend: "Retirez ce caractère."}
	}
	return s, nil
}

func decimalMeasure(c *column, slot int, signed bool) {
	put := func(f float64, b []byte, values []any) *problem {
		switch {
		case math.IsNaN(f) || math.Abs(f) > maxInteger:
			return tooLarge(b)
		case f < 0 && !signed:
			return negative(b)
		}
		values[slot] = f
		return nil
	}
	c.number = func(f float64, values []any) *problem {
		return put(f, strconv.AppendFloat(nil, f, 'f', -1, 64), values)
	}
	c.read = func(b []byte, values []any) *problem {
		t := trim(b)
		if len(t) == 0 {
			return c.absent(values)
		}
		f, p := parseDecimal(t)
		if p != nil {
			return p
		}
		return put(f, t, values)
	}
}

func integerMeasure(c *column, slot int, signed bool) {
	boxes := newBoxes()
	c.read = func(b []byte, values []any) *problem {
		n, ok := plainDigits(b)
		if !ok {
			t := trim(b)
			if len(t) == 0 {
				return c.absent(values)
			}
			var p *problem
			if n, p = parseInteger(t); p != nil {
				return p
			}
			if n < 0 && !signed {
				return negative(t)
			}
		}
		values[slot] = boxes.box(n)
		return nil
	}
	c.number = func(f float64, values []any) *problem {
		n := math.Round(f)
		written := strconv.AppendFloat(nil, f, 'f', -1, 64)
		switch {
		case math.IsNaN(f) || math.Abs(f) > maxInteger:
			return tooLarge(written)
		case math.Abs(f-n) > 1e-6:
			return &problem{rule: "entier_attendu", message: fmt.Sprintf("le calcul donne %s, qui n’est pas un nombre entier", quote(written)), mend: "Vérifiez les valeurs de la ligne."}
		case n < 0 && !signed:
			return negative(written)
		}
		values[slot] = boxes.box(int64(n))
		return nil
	}
}

// boxes keeps integers as interface values, so that common ones cost no memory.
type boxes struct {
	small [1024]any
	keys  [1024]int64
	large [1024]any
}

func newBoxes() *boxes {
	b := &boxes{}
	for i := range b.small {
		b.small[i] = int64(i)
	}
	return b
}

func (b *boxes) box(n int64) any {
	if n >= 0 && n < int64(len(b.small)) {
		return b.small[n]
	}
	at := uint64(n) % uint64(len(b.large))
	if b.large[at] == nil || b.keys[at] != n {
		b.keys[at], b.large[at] = n, n
	}
	return b.large[at]
}

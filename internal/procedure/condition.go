package procedure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A condition is what declarations say in visible_if, required_if, checks and guards of steps:
//
//	niveau = 'identites' et (non renseigne(rubriques) ou fin > '2027-01-01')
//
// It is total: it reads answers, and can neither fail nor run long.
type condition struct {
	op    string // "et", "ou", "non", "renseigne", "=", "<>", "<", "<=", ">", ">=", "contient"
	l, r  *condition
	field string
	text  string
	kind  FieldType // of the field
	rank  []string  // codes of an ordered choice
}

// conditionError is a mistake some characters into a condition.
type conditionError struct {
	at      int
	message string
}

func (e conditionError) Error() string { return e.message }

// parseCondition reads a condition over the fields of a procedure.
func parseCondition(text string, fields func(string) *Field) (c *condition, err error) {
	p := &conditionParser{text: []rune(text), fields: fields}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(conditionError)
			if !ok {
				panic(r)
			}
			err = e
		}
	}()
	p.next()
	c = p.either(0)
	if p.word != "" {
		p.fail("«\u00a0%s\u00a0» n’est pas attendu ici", p.word)
	}
	return c, nil
}

// deepestCondition bounds the parentheses of a condition.
const deepestCondition = 20

type conditionParser struct {
	text   []rune
	fields func(string) *Field
	at     int // of the word
	end    int // after it
	word   string
	quoted bool
}

func (p *conditionParser) fail(format string, args ...any) {
	panic(conditionError{p.at, fmt.Sprintf(format, args...)})
}

// next reads a word: a name, a number, a sign, or a text between quotes.
func (p *conditionParser) next() {
	i := p.end
	for i < len(p.text) && unicode.IsSpace(p.text[i]) {
		i++
	}
	p.at, p.quoted, p.word = i, false, ""
	if i == len(p.text) {
		p.end = i
		return
	}
	j := i + 1
	switch r := p.text[i]; {
	case r == '\'':
		for j < len(p.text) && p.text[j] != '\'' {
			j++
		}
		if j == len(p.text) {
			p.fail("le guillemet n’est pas fermé")
		}
		p.word, p.quoted = string(p.text[i+1:j]), true
		p.end = j + 1
		return
	case inName(r):
		for j < len(p.text) && inName(p.text[j]) {
			j++
		}
	case strings.ContainsRune("<>=", r):
		for j < len(p.text) && strings.ContainsRune("<>=", p.text[j]) {
			j++
		}
	}
	p.word, p.end = string(p.text[i:j]), j
}

func inName(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func (p *conditionParser) is(word string) bool {
	if p.quoted || p.word != word {
		return false
	}
	p.next()
	return true
}

func (p *conditionParser) either(depth int) *condition {
	c := p.both(depth)
	for p.is("ou") {
		c = &condition{op: "ou", l: c, r: p.both(depth)}
	}
	return c
}

func (p *conditionParser) both(depth int) *condition {
	c := p.one(depth)
	for p.is("et") {
		c = &condition{op: "et", l: c, r: p.one(depth)}
	}
	return c
}

func (p *conditionParser) one(depth int) *condition {
	if depth > deepestCondition {
		p.fail("la condition est trop profonde")
	}
	switch {
	case p.is("non"):
		return &condition{op: "non", l: p.one(depth + 1)}
	case p.is("("):
		c := p.either(depth + 1)
		p.close()
		return c
	case p.is("renseigne"):
		if !p.is("(") {
			p.fail("renseigne s’écrit renseigne(champ)")
		}
		f := p.field()
		p.close()
		return &condition{op: "renseigne", field: f.Name}
	}
	return p.comparison()
}

func (p *conditionParser) close() {
	if !p.is(")") {
		p.fail("une parenthèse fermante est attendue ici")
	}
}

func (p *conditionParser) field() *Field {
	if p.quoted || p.word == "" {
		p.fail("le nom d’un champ est attendu ici")
	}
	f := p.fields(p.word)
	if f == nil {
		p.fail("le champ «\u00a0%s\u00a0» n’existe pas", p.word)
	}
	p.next()
	return f
}

// comparison reads "champ signe valeur" and checks that the value is of the field.
func (p *conditionParser) comparison() *condition {
	f := p.field()
	c := &condition{op: p.word, field: f.Name, kind: f.Type}
	if !slices.Contains([]string{"=", "<>", "<", "<=", ">", ">=", "contient"}, c.op) || p.quoted {
		p.fail("un signe est attendu ici\u00a0: =, <>, <, <=, >, >= ou contient")
	}
	p.next()
	if p.word == "" && !p.quoted {
		p.fail("une valeur est attendue ici")
	}
	if !p.quoted && !unicode.IsDigit([]rune(p.word)[0]) {
		p.fail("un texte s’écrit entre guillemets simples\u00a0: '%s'", p.word)
	}
	c.text = p.word
	p.typed(f, c)
	p.next()
	return c
}

// typed checks a comparison against the type of its field.
func (p *conditionParser) typed(f *Field, c *condition) {
	order := strings.ContainsAny(c.op, "<>") && c.op != "<>"
	switch f.Type {
	case ChoiceField:
		if _, ok := f.Option(c.text); !ok && c.text != "" {
			p.fail("le champ «\u00a0%s\u00a0» n’a pas la valeur «\u00a0%s\u00a0»", f.Name, c.text)
		}
		if order && !f.Ordered {
			p.fail("les choix du champ «\u00a0%s\u00a0» ne sont pas ordonnés", f.Name)
		}
		for _, o := range f.Options {
			c.rank = append(c.rank, o.Code)
		}
	case NumberField, MoneyField:
		if _, err := strconv.ParseFloat(c.text, 64); err != nil {
			p.fail("le champ «\u00a0%s\u00a0» se compare à un nombre", f.Name)
		}
	case DateField, PeriodField:
		if _, flaw := readDate(c.text); flaw != "" {
			p.fail("le champ «\u00a0%s\u00a0» se compare à une date, '2027-01-31'", f.Name)
		}
	case YesNoField:
		if c.text != "oui" && c.text != "non" {
			p.fail("le champ «\u00a0%s\u00a0» est 'oui' ou 'non'", f.Name)
		}
	default:
		if order {
			p.fail("les valeurs du champ «\u00a0%s\u00a0» n’ont pas d’ordre", f.Name)
		}
	}
}

// holds tells whether answers meet the condition. What is not answered is neither less nor more.
func (c *condition) holds(v Values) bool {
	switch c.op {
	case "et":
		return c.l.holds(v) && c.r.holds(v)
	case "ou":
		return c.l.holds(v) || c.r.holds(v)
	case "non":
		return !c.l.holds(v)
	case "renseigne":
		return len(v[c.field]) > 0
	case "contient":
		return slices.Contains(v[c.field], c.text)
	case "=":
		return v.One(c.field) == c.text
	case "<>":
		return v.One(c.field) != c.text
	}
	if len(v[c.field]) == 0 {
		return false
	}
	n := c.compare(v.One(c.field))
	switch c.op {
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	}
	return n >= 0
}

func (c *condition) compare(value string) int {
	switch c.kind {
	case ChoiceField:
		return slices.Index(c.rank, value) - slices.Index(c.rank, c.text)
	case NumberField, MoneyField:
		a, _ := strconv.ParseFloat(value, 64)
		b, _ := strconv.ParseFloat(c.text, 64)
		if c.kind == MoneyField { // kept in cents
			b *= 100
		}
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	return strings.Compare(value, c.text)
}

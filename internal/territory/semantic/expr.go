package semantic

import (
	"fmt"
	"strconv"

	"belvedere"
)

// The grammar of expressions (catalog/README.md):
//
//	sum     = product { ("+" | "-") product }
//	product = atom { ("*" | "/") atom }
//	atom    = number | measure | "(" sum ")"
//	measure = name "." name [ "[" filter { "," filter } "]" ]
//	filter  = name ("=" | "!=") code { "|" code }
const (
	maxExprLength = 2000 // characters
	maxExprDepth  = 40   // parentheses within parentheses
)

// An exprError is a mistake at a character of the expression, from 0.
type exprError struct {
	at      int
	message string
}

func (e *exprError) Error() string { return e.message }

// ParseExpr reads an expression without looking its names up. The error names what was met.
func ParseExpr(text string) (belvedere.Expr, error) {
	p, err := parseExpr(text)
	if err != nil {
		return nil, fmt.Errorf("caractère %d\u00a0: %w", err.at+1, err)
	}
	return p.expr(), nil
}

// exprNode is an expression with places: a number, a measure with its filters, or an operation.
type exprNode struct {
	at      int // of the number, the dataset name or the operator
	op      byte
	l, r    *exprNode
	number  float64
	dataset string
	measure string
	mAt     int // of the measure name
	filters []exprFilter

	indicator   string // in a formula
	populations []exprWord
}

type exprFilter struct {
	at     int
	filter belvedere.Filter
	codes  []int // places of the values
}

// expr is the tree without places.
func (n *exprNode) expr() belvedere.Expr {
	switch {
	case n.op != 0:
		return belvedere.Binary{Op: n.op, L: n.l.expr(), R: n.r.expr()}
	case n.dataset != "":
		ref := belvedere.MeasureRef{Dataset: n.dataset, Measure: n.measure}
		for _, f := range n.filters {
			ref.Where = append(ref.Where, f.filter)
		}
		return ref
	}
	return belvedere.Number(n.number)
}

type exprParser struct {
	text    []rune
	pos     int
	depth   int
	formula bool // names are those of indicators, see formula_parse.go
}

func parseExpr(text string) (*exprNode, *exprError) {
	return (&exprParser{text: []rune(text)}).whole()
}

// whole reads the text to its end.
func (p *exprParser) whole() (*exprNode, *exprError) {
	if len(p.text) > maxExprLength {
		return nil, p.fail(0, "l’expression dépasse %d caractères", maxExprLength)
	}
	n, err := p.sum()
	if err != nil {
		return nil, err
	}
	p.blanks()
	if p.pos < len(p.text) {
		return nil, p.fail(p.pos, "%s n’est pas attendu ici", p.shown())
	}
	return n, nil
}

func (p *exprParser) fail(at int, format string, args ...any) *exprError {
	return &exprError{at, fmt.Sprintf(format, args...)}
}

// shown quotes the character at hand, or says that the text is over.
func (p *exprParser) shown() string {
	if p.pos >= len(p.text) && p.formula {
		return "la fin de la formule"
	}
	if p.pos >= len(p.text) {
		return "la fin de l’expression"
	}
	return quote(string(p.text[p.pos]))
}

func (p *exprParser) blanks() {
	for p.pos < len(p.text) && (p.text[p.pos] == ' ' || p.text[p.pos] == '\t' || p.text[p.pos] == '\n') {
		p.pos++
	}
}

// peek is the next character after blanks, 0 at the end.
func (p *exprParser) peek() rune {
	p.blanks()
	if p.pos >= len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *exprParser) expect(r rune) *exprError {
	if p.peek() != r {
		return p.fail(p.pos, "%s est attendu, pas %s", quote(string(r)), p.shown())
	}
	p.pos++
	return nil
}

func (p *exprParser) sum() (*exprNode, *exprError) {
	return p.chain(p.product, '+', '-')
}

func (p *exprParser) product() (*exprNode, *exprError) {
	return p.chain(p.atom, '*', '/')
}

// chain reads operands joined by one of two operators, to the left.
func (p *exprParser) chain(operand func() (*exprNode, *exprError), one, two rune) (*exprNode, *exprError) {
	left, err := operand()
	if err != nil {
		return nil, err
	}
	for op := p.peek(); op == one || op == two; op = p.peek() {
		at := p.pos
		p.pos++
		right, err := operand()
		if err != nil {
			return nil, err
		}
		left = &exprNode{at: at, op: byte(op), l: left, r: right}
	}
	return left, nil
}

func (p *exprParser) atom() (*exprNode, *exprError) {
	switch r := p.peek(); {
	case r == '(':
		return p.parentheses()
	case r >= '0' && r <= '9':
		return p.numeral()
	case isNameStart(r) && p.formula:
		return p.indicator()
	case isNameStart(r):
		return p.reference()
	case p.formula:
		return nil, p.fail(p.pos, "un indicateur, un nombre ou une parenthèse est attendu, pas %s", p.shown())
	}
	return nil, p.fail(p.pos, "une mesure, un nombre ou une parenthèse est attendu, pas %s", p.shown())
}

func (p *exprParser) parentheses() (*exprNode, *exprError) {
	if p.depth++; p.depth > maxExprDepth {
		return nil, p.fail(p.pos, "trop de parenthèses imbriquées")
	}
	p.pos++
	n, err := p.sum()
	if err != nil {
		return nil, err
	}
	p.depth--
	return n, p.expect(')')
}

func (p *exprParser) numeral() (*exprNode, *exprError) {
	start := p.pos
	for p.pos < len(p.text) && (p.text[p.pos] >= '0' && p.text[p.pos] <= '9' || p.text[p.pos] == '.') {
		p.pos++
	}
	text := string(p.text[start:p.pos])
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, p.fail(start, "%s n’est pas un nombre", quote(text))
	}
	return &exprNode{at: start, number: v}, nil
}

func (p *exprParser) reference() (*exprNode, *exprError) {
	n := &exprNode{at: p.pos}
	n.dataset = p.name()
	if p.pos >= len(p.text) || p.text[p.pos] != '.' {
		return nil, p.fail(p.pos, "une mesure s’écrit jeu.mesure\u00a0: un point est attendu après %s", quote(n.dataset))
	}
	p.pos++
	n.mAt = p.pos
	if n.measure = p.name(); n.measure == "" {
		return nil, p.fail(p.pos, "le nom d’une mesure est attendu, pas %s", p.shown())
	}
	if p.peek() != '[' {
		return n, nil
	}
	p.pos++
	for {
		f, err := p.filter()
		if err != nil {
			return nil, err
		}
		n.filters = append(n.filters, f)
		if p.peek() != ',' {
			return n, p.expect(']')
		}
		p.pos++
	}
}

func (p *exprParser) filter() (exprFilter, *exprError) {
	p.blanks()
	f := exprFilter{at: p.pos}
	if f.filter.Dim = p.name(); f.filter.Dim == "" {
		return f, p.fail(p.pos, "le nom d’une dimension est attendu, pas %s", p.shown())
	}
	if p.peek() == '!' {
		f.filter.Not = true
		p.pos++
	}
	if err := p.expect('='); err != nil {
		return f, err
	}
	for {
		p.blanks()
		at := p.pos
		code, marked, err := p.quoted()
		if err != nil {
			return f, err
		}
		if !marked {
			code = p.code()
		}
		if code == "" && !marked {
			return f, p.fail(at, "un code est attendu, pas %s", p.shown())
		}
		f.filter.Values = append(f.filter.Values, code)
		f.codes = append(f.codes, at)
		if p.peek() != '|' {
			return f, nil
		}
		p.pos++
	}
}

// name reads [a-z][a-z0-9_]*, "" when there is none.
func (p *exprParser) name() string {
	if p.pos >= len(p.text) || !isNameStart(p.text[p.pos]) {
		return ""
	}
	start := p.pos
	for p.pos < len(p.text) && (isNameStart(p.text[p.pos]) || p.text[p.pos] == '_' || p.text[p.pos] >= '0' && p.text[p.pos] <= '9') {
		p.pos++
	}
	return string(p.text[start:p.pos])
}

// code reads [A-Za-z0-9_]+, "" when there is none.
func (p *exprParser) code() string {
	start := p.pos
	for p.pos < len(p.text) && isCodeRune(p.text[p.pos]) {
		p.pos++
	}
	return string(p.text[start:p.pos])
}

func isNameStart(r rune) bool { return r >= 'a' && r <= 'z' }

func isCodeRune(r rune) bool {
	return isNameStart(r) || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
}

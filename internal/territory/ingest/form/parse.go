package form

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of an expression: declarations are short, and the parser recurses.
const (
	maxExpr  = 4096
	maxDepth = 64
)

// node is one node of the tree of an expression.
type node struct {
	op   string // "column", "text", "number", "call", "neg", or a sign
	name string // column, text or function
	num  float64
	args []*node
	at   int
}

type parser struct {
	expr   string
	tokens []token
	pos    int
	depth  int
}

// parse reads an expression as a tree.
//
//	comparison = sum [ ("=" | "!=" | "<" | ">" | "<=" | ">=") sum ]
//	sum        = product { ("+" | "-") product }
//	product    = unary { ("*" | "/") unary }
//	unary      = "-" unary | primary
//	primary    = number | 'text' | {column} | name "(" [ comparison { "," comparison } ] ")" | "(" comparison ")"
func parse(expr string) (*node, error) {
	if len(expr) > maxExpr {
		return nil, &SyntaxError{expr[:maxExpr], maxExpr, fmt.Sprintf("expression de plus de %d octets", maxExpr)}
	}
	tokens, err := lex(expr)
	if err != nil {
		return nil, err
	}
	p := &parser{expr: expr, tokens: tokens}
	n, err := p.comparison()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return nil, p.fail(t, "la fin de l’expression est attendue")
	}
	return n, nil
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) next() token {
	t := p.tokens[p.pos]
	if t.kind != tokEnd {
		p.pos++
	}
	return t
}

func (p *parser) sign(any string) (token, bool) {
	t := p.peek()
	if t.kind != tokSign {
		return t, false
	}
	for _, s := range strings.Fields(any) {
		if s == t.text {
			return p.next(), true
		}
	}
	return t, false
}

func (p *parser) fail(t token, message string) error {
	return &SyntaxError{p.expr, t.at, message}
}

func (p *parser) comparison() (*node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, p.fail(p.peek(), "expression trop imbriquée")
	}
	l, err := p.binary("+ -", func() (*node, error) { return p.binary("* /", p.unary) })
	if err != nil {
		return nil, err
	}
	t, ok := p.sign("= != < > <= >=")
	if !ok {
		return l, nil
	}
	r, err := p.binary("+ -", func() (*node, error) { return p.binary("* /", p.unary) })
	if err != nil {
		return nil, err
	}
	return &node{op: t.text, args: []*node{l, r}, at: t.at}, nil
}

func (p *parser) binary(signs string, operand func() (*node, error)) (*node, error) {
	l, err := operand()
	for err == nil {
		t, ok := p.sign(signs)
		if !ok {
			return l, nil
		}
		var r *node
		if r, err = operand(); err == nil {
			l = &node{op: t.text, args: []*node{l, r}, at: t.at}
		}
	}
	return nil, err
}

func (p *parser) unary() (*node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, p.fail(p.peek(), "expression trop imbriquée")
	}
	if t, ok := p.sign("-"); ok {
		n, err := p.unary()
		if err != nil {
			return nil, err
		}
		return &node{op: "neg", args: []*node{n}, at: t.at}, nil
	}
	return p.primary()
}

func (p *parser) primary() (*node, error) {
	t := p.next()
	switch t.kind {
	case tokColumn:
		return &node{op: "column", name: t.text, at: t.at}, nil
	case tokText:
		return &node{op: "text", name: t.text, at: t.at}, nil
	case tokNumber:
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, p.fail(t, fmt.Sprintf("nombre illisible %q", t.text))
		}
		return &node{op: "number", num: f, at: t.at}, nil
	case tokName:
		return p.call(t)
	case tokSign:
		if t.text == "(" {
			n, err := p.comparison()
			if err != nil {
				return nil, err
			}
			if _, ok := p.sign(")"); !ok {
				return nil, p.fail(p.peek(), "une parenthèse fermante est attendue")
			}
			return n, nil
		}
	}
	return nil, p.fail(t, "une valeur est attendue\u00a0: {colonne}, 'texte', nombre ou fonction")
}

func (p *parser) call(name token) (*node, error) {
	f, known := functions[name.text]
	if !known {
		return nil, p.fail(name, unknownFunction(name.text))
	}
	if _, ok := p.sign("("); !ok {
		return nil, p.fail(p.peek(), fmt.Sprintf("une parenthèse est attendue après %s", name.text))
	}
	n := &node{op: "call", name: name.text, at: name.at}
	for {
		if _, ok := p.sign(")"); ok && len(n.args) == 0 {
			break
		}
		arg, err := p.comparison()
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
		if _, ok := p.sign(","); ok {
			continue
		}
		if _, ok := p.sign(")"); !ok {
			return nil, p.fail(p.peek(), "une virgule ou une parenthèse fermante est attendue")
		}
		break
	}
	if len(n.args) < f.least || (f.most >= 0 && len(n.args) > f.most) {
		return nil, p.fail(name, fmt.Sprintf("%s attend %s et en reçoit %d", name.text, f.arity(), len(n.args)))
	}
	return n, nil
}

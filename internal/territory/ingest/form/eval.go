package form

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

type valueKind uint8

const (
	kindAbsent valueKind = iota
	kindText
	kindNumber
	kindBool // num is 1 or 0
)

// value is what an expression gives for one record. Text belongs to the record or to the
// expression and stays valid until the next record only.
type value struct {
	kind valueKind
	text []byte
	num  float64
}

// env is the record under evaluation and the first problem met in it.
type env struct {
	fields [][]byte
	bad    *problem
	badCol int
}

func (e *env) fail(p *problem, column int) value {
	if e.bad == nil {
		e.bad, e.badCol = p, column
	}
	return value{}
}

type evaluator func(*env) value

// An Expr is a compiled expression. It keeps scratch memory: one goroutine at a time.
type Expr struct {
	Source  string
	columns []int // fields that it reads, in order, without those that the file does not have
	eval    evaluator
}

// Compile compiles an expression of the form language (catalog/README.md). Index gives the
// field of a column, -1 for an optional column that the file does not have (it is then absent in
// every record), or an error for a column that nobody declared. Errors are *SyntaxError.
//
// An absent operand makes an arithmetic result absent; so does a division by zero.
func Compile(expr string, index func(column string) (int, error)) (*Expr, error) {
	tree, err := parse(expr)
	if err != nil {
		return nil, err
	}
	b := &binder{expr: expr, index: index}
	eval, err := b.bind(tree)
	if err != nil {
		return nil, err
	}
	return &Expr{Source: expr, columns: b.columns, eval: eval}, nil
}

type binder struct {
	expr    string
	index   func(string) (int, error)
	columns []int
}

func (b *binder) bind(n *node) (evaluator, error) {
	switch n.op {
	case "column":
		return b.column(n)
	case "text":
		text := []byte(n.name)
		v := value{kind: kindText, text: text}
		if len(text) == 0 {
			v = value{}
		}
		return func(*env) value { return v }, nil
	case "number":
		v := value{kind: kindNumber, num: n.num}
		return func(*env) value { return v }, nil
	}
	args := make([]evaluator, len(n.args))
	for i, a := range n.args {
		var err error
		if args[i], err = b.bind(a); err != nil {
			return nil, err
		}
	}
	switch n.op {
	case "call":
		return functions[n.name].build(b, n, args)
	case "neg":
		return b.arithmetic(n, func(e *env) value { return value{kind: kindNumber} }, args[0])
	case "+", "-", "*", "/":
		return b.arithmetic(n, args[0], args[1])
	}
	return comparison(n.op, b.source(n.args[0]), args[0], b.source(n.args[1]), args[1]), nil
}

func (b *binder) column(n *node) (evaluator, error) {
	i, err := b.index(n.name)
	if err != nil {
		return nil, &SyntaxError{b.expr, n.at, err.Error()}
	}
	if i < 0 {
		return func(*env) value { return value{} }, nil
	}
	b.columns = append(b.columns, i)
	return func(e *env) value {
		if i >= len(e.fields) {
			return value{}
		}
		t := trim(e.fields[i])
		if isAbsent(t) {
			return value{}
		}
		return value{kind: kindText, text: t}
	}, nil
}

// source is the field that a bare column reads, -1 for anything else.
func (b *binder) source(n *node) int {
	if n.op == "column" {
		if i, err := b.index(n.name); err == nil {
			return i
		}
	}
	return -1
}

func (b *binder) arithmetic(n *node, l, r evaluator) (evaluator, error) {
	sources := [2]int{-1, -1}
	for i, a := range n.args {
		if a.op == "text" {
			return nil, &SyntaxError{b.expr, a.at, "un texte ne se calcule pas"}
		}
		sources[i] = b.source(a)
	}
	op := n.op
	if op == "neg" {
		op, sources = "-", [2]int{-1, sources[0]}
	}
	return func(e *env) value {
		x, ok := number(e, l(e), sources[0])
		y, also := number(e, r(e), sources[1])
		if !ok || !also || (op == "/" && y == 0) {
			return value{}
		}
		switch op {
		case "+":
			x += y
		case "-":
			x -= y
		case "*":
			x *= y
		case "/":
			x /= y
		}
		return value{kind: kindNumber, num: x}
	}, nil
}

// number reads a value as a number; source is the field to blame when it is not one.
func number(e *env, v value, source int) (float64, bool) {
	switch v.kind {
	case kindNumber, kindBool:
		return v.num, true
	case kindText:
		f, p := parseDecimal(v.text)
		if p != nil {
			e.fail(p, source)
			return 0, false
		}
		return f, true
	}
	return 0, false
}

// comparison compares as numbers when one side is a number, else as texts without case, accents
// or separators, since the spelling of foreign files varies. An absent value
// equals another absent value only, and is neither smaller nor greater than anything.
func comparison(op string, ls int, l evaluator, rs int, r evaluator) evaluator {
	return func(e *env) value {
		x, y := l(e), r(e)
		c, comparable := 0, true
		switch {
		case x.kind == kindAbsent || y.kind == kindAbsent:
			comparable = x.kind == y.kind
		case x.kind == kindText && y.kind == kindText:
			if !bytes.Equal(x.text, y.text) {
				c = strings.Compare(plain(string(x.text)), plain(string(y.text)))
			}
		default:
			a, ok := number(e, x, ls)
			b, also := number(e, y, rs)
			comparable = ok && also
			if a < b {
				c = -1
			} else if a > b {
				c = 1
			}
		}
		return boolean(compare(op, c, comparable))
	}
}

func compare(op string, c int, comparable bool) bool {
	if !comparable {
		return op == "!="
	}
	switch op {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case ">":
		return c > 0
	case "<=":
		return c <= 0
	}
	return c >= 0
}

func boolean(b bool) value {
	if b {
		return value{kind: kindBool, num: 1}
	}
	return value{kind: kindBool}
}

// asText writes a value as text.
func (v value) asText() []byte {
	switch v.kind {
	case kindText:
		return v.text
	case kindNumber:
		return strconv.AppendFloat(nil, v.num, 'f', -1, 64)
	case kindBool:
		if v.num != 0 {
			return []byte("oui")
		}
		return []byte("non")
	}
	return nil
}

func (v value) true() bool {
	switch v.kind {
	case kindBool, kindNumber:
		return v.num != 0
	case kindText:
		return len(v.text) > 0
	}
	return false
}

func unknownFunction(name string) string {
	near := closest(name, functionNames())
	if near == "" {
		return fmt.Sprintf("fonction inconnue %q", name)
	}
	return fmt.Sprintf("fonction inconnue %q\u00a0: vouliez-vous écrire %s\u202f?", name, near)
}

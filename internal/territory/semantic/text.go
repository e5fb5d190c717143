package semantic

import (
	"strconv"
	"strings"

	"belvedere"
)

// Text writes an expression as declarations write it; "" for none.
func Text(e belvedere.Expr) string {
	switch e := e.(type) {
	case belvedere.Number:
		return strconv.FormatFloat(float64(e), 'f', -1, 64)
	case belvedere.MeasureRef:
		text := e.Dataset + "." + e.Measure
		if len(e.Where) == 0 {
			return text
		}
		var parts []string
		for _, f := range e.Where {
			op := "="
			if f.Not {
				op = "!="
			}
			parts = append(parts, f.Dim+op+strings.Join(f.Values, "|"))
		}
		return text + "[" + strings.Join(parts, ", ") + "]"
	case belvedere.Binary:
		return operand(e.L, e.Op, false) + " " + string(e.Op) + " " + operand(e.R, e.Op, true)
	}
	return ""
}

// operand puts parentheses where the reading would change without them.
func operand(e belvedere.Expr, parent byte, right bool) string {
	b, ok := e.(belvedere.Binary)
	rank := func(op byte) int {
		if op == '*' || op == '/' {
			return 2
		}
		return 1
	}
	if ok && (rank(b.Op) < rank(parent) || right && rank(b.Op) == rank(parent)) {
		return "(" + Text(e) + ")"
	}
	return Text(e)
}

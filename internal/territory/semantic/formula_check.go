package semantic

import (
	"reflect"
	"slices"
	"sort"
	"strings"

	"belvedere"
)

// A formulaValue is a part of a formula, typed: a number, a sum of measures each with its factor, or
// the ratio of two such sums. Units are words of the catalogue, and only like ones add.
type formulaValue struct {
	kind          exprType
	number        float64
	num, den      []formulaTerm
	unit, denUnit string
}

// A formulaTerm is a measure over part of its rows, times a number.
type formulaTerm struct {
	factor float64
	ref    belvedere.MeasureRef
}

// check types a node and notes all mistakes under it.
func (c *formulaCheck) check(n *exprNode) formulaValue {
	switch {
	case n.op != 0:
		l, r := c.check(n.l), c.check(n.r)
		if l.kind == isFaulty || r.kind == isFaulty {
			return formulaValue{kind: isFaulty}
		}
		return c.operation(n, l, r)
	case n.indicator != "":
		return c.indicator(n)
	}
	return formulaValue{kind: isNumber, number: n.number}
}

func (c *formulaCheck) operation(n *exprNode, l, r formulaValue) formulaValue {
	if l.kind == isNumber && r.kind == isNumber {
		return c.numbers(n, l.number, r.number)
	}
	switch n.op {
	case '+':
		return c.add(n, l, r, 1)
	case '-':
		return c.add(n, l, r, -1)
	case '*':
		switch {
		case l.kind == isNumber:
			return r.times(l.number)
		case r.kind == isNumber:
			return l.times(r.number)
		}
		return c.fault(n.at, "le produit de deux indicateurs ne s’ajoute pas d’un établissement à l’autre")
	}
	return c.divide(n, l, r)
}

func (c *formulaCheck) numbers(n *exprNode, l, r float64) formulaValue {
	out := formulaValue{kind: isNumber}
	switch n.op {
	case '+':
		out.number = l + r
	case '-':
		out.number = l - r
	case '*':
		out.number = l * r
	default:
		if r == 0 {
			return c.fault(n.r.at, "division par zéro")
		}
		out.number = l / r
	}
	return out
}

// add types a sum or a difference. What is no plain sum may still be one ratio: 1 - a / b is
// (b - a) / b, and a / c + b / c is (a + b) / c, over the same schools.
func (c *formulaCheck) add(n *exprNode, l, r formulaValue, sign float64) formulaValue {
	switch {
	case l.kind == isPersons || r.kind == isPersons || l.distinct(c.model) || r.distinct(c.model):
		return c.fault(n.at, "des personnes distinctes ne s’ajoutent ni ne se retranchent")
	case l.kind == isSum && r.kind == isSum:
		if l.unit != r.unit {
			return c.fault(n.at, "%s et %s ne %s", quote(l.unit), quote(r.unit), addWord(sign))
		}
		return formulaValue{kind: isSum, unit: l.unit, num: together(l.num, scaled(r.num, sign))}
	case l.kind == isNumber && r.kind == isRatio && r.unit == r.denUnit:
		r.num = together(scaled(r.den, l.number), scaled(r.num, sign))
		return r
	case l.kind == isRatio && r.kind == isNumber && l.unit == l.denUnit:
		l.num = together(l.num, scaled(l.den, sign*r.number))
		return l
	case l.kind == isRatio && r.kind == isRatio:
		if l.unit != r.unit || !reflect.DeepEqual(l.den, r.den) {
			return c.fault(n.at, "deux rapports ne s’ajoutent que s’ils ont la même unité et le même dénominateur")
		}
		l.num = together(l.num, scaled(r.num, sign))
		return l
	case l.kind == isNumber || r.kind == isNumber:
		return c.fault(n.at, "un nombre ne s’ajoute pas à %s", quote(l.unit+r.unit))
	}
	return c.fault(n.at, "une somme et un rapport ne s’ajoutent pas")
}

func addWord(sign float64) string {
	if sign < 0 {
		return "se retranchent pas"
	}
	return "s’ajoutent pas"
}

func (c *formulaCheck) divide(n *exprNode, l, r formulaValue) formulaValue {
	switch {
	case r.kind == isNumber && r.number == 0:
		return c.fault(n.r.at, "division par zéro")
	case r.kind == isNumber:
		return l.times(1 / r.number)
	case l.kind == isNumber:
		return c.fault(n.at, "un nombre ne se divise pas par un indicateur")
	case l.kind == isRatio || r.kind == isRatio:
		return c.fault(n.at, "une seule division par formule, entre deux sommes\u00a0: a / b / c s’écrit a / (b × nombre)")
	}
	return formulaValue{kind: isRatio, num: l.num, den: r.num, unit: l.unit, denUnit: r.unit}
}

// times is the value times a number.
func (v formulaValue) times(k float64) formulaValue {
	v.num = scaled(v.num, k)
	return v
}

// distinct tells whether a ratio has persons counted once on a side: they may be divided, not added.
func (v formulaValue) distinct(m *belvedere.Model) bool {
	return slices.ContainsFunc(slices.Concat(v.num, v.den), func(t formulaTerm) bool {
		return m.Dataset(t.ref.Dataset).Kind == belvedere.Distinct
	})
}

func scaled(terms []formulaTerm, k float64) []formulaTerm {
	out := []formulaTerm{}
	for _, t := range terms {
		if t.factor *= k; t.factor != 0 {
			out = append(out, t)
		}
	}
	return out
}

// together adds terms: those of one measure over one part of the rows are one, and none when they
// cancel out.
func together(a, b []formulaTerm) []formulaTerm {
	out := slices.Clone(a)
	for _, t := range b {
		at := slices.IndexFunc(out, func(o formulaTerm) bool { return reflect.DeepEqual(o.ref, t.ref) })
		if at < 0 {
			out = append(out, t)
			continue
		}
		out[at].factor += t.factor
	}
	return slices.DeleteFunc(out, func(t formulaTerm) bool { return t.factor == 0 })
}

// sumOf writes terms as an expression.
func sumOf(terms []formulaTerm) belvedere.Expr {
	var out belvedere.Expr
	for _, t := range terms {
		one, op := belvedere.Expr(t.ref), byte('+')
		if out != nil && t.factor < 0 {
			op, t.factor = '-', -t.factor
		}
		if t.factor != 1 {
			one = belvedere.Binary{Op: '*', L: belvedere.Number(t.factor), R: t.ref}
		}
		if out != nil {
			one = belvedere.Binary{Op: op, L: out, R: one}
		}
		out = one
	}
	return out
}

// ofUnits names what a value is made of.
func ofUnits(v formulaValue) string {
	if v.kind != isRatio {
		return quote(v.unit)
	}
	return quote(v.unit) + " sur " + quote(v.denUnit)
}

// indicator replaces the name of an indicator by its expression, cut by populations and filters.
func (c *formulaCheck) indicator(n *exprNode) formulaValue {
	if code, is := strings.CutPrefix(n.indicator, belvedere.FormulaPrefix); is {
		return c.cut(n, c.nested(n, code))
	}
	ind, rate := c.find(n.indicator)
	if ind == nil {
		return c.fault(n.at, "l’indicateur %s est inconnu%s", quote(n.indicator), orNear(n.indicator, c.names()))
	}
	if len(ind.Members) > 0 {
		return c.fault(n.at, "%s est un référentiel\u00a0: nommez l’un de ses membres (%s)", quote(n.indicator), strings.Join(ind.Members, ", "))
	}
	if !slices.ContainsFunc(c.reads, func(o *belvedere.Indicator) bool { return o.Code == ind.Code }) {
		c.reads = append(c.reads, c.model.Indicator(ind.Code))
	}
	v := c.declared(ind, rate)
	if v.kind == isFaulty {
		return c.fault(n.at, "%s ne se compose pas avec d’autres", quote(n.indicator))
	}
	return c.cut(n, v)
}

// nested types a formula that this one names: its text stands there as if it were written in brackets,
// with its own populations, and all that it reads is read.
func (c *formulaCheck) nested(n *exprNode, code string) formulaValue {
	at := slices.IndexFunc(c.formula.Formulas, func(f belvedere.Formula) bool { return f.Code == code })
	if at < 0 {
		return c.fault(n.at, "la formule %s est inconnue, ou n’est pas partagée avec vous", quote(code))
	}
	inner := &formulaCheck{model: c.model, formula: c.formula.Formulas[at], day: c.day}
	root, bad := parseFormula(inner.formula.Text)
	if bad != nil {
		return c.fault(n.at, "la formule %s ne se calcule pas\u00a0: %s", quote(code), bad.message)
	}
	v := inner.check(root)
	if len(inner.faults) > 0 {
		return c.fault(n.at, "la formule %s ne se calcule pas\u00a0: %s", quote(code), inner.faults[0].message)
	}
	for _, one := range inner.reads {
		if !slices.Contains(c.reads, one) {
			c.reads = append(c.reads, one)
		}
	}
	return v
}

// cut keeps the part of the rows that the filters and populations of a name say.
func (c *formulaCheck) cut(n *exprNode, v formulaValue) formulaValue {
	if v.kind == isFaulty {
		return v
	}
	filters, good := c.filters(n, v)
	if !good {
		return formulaValue{kind: isFaulty}
	}
	for _, side := range [][]formulaTerm{v.num, v.den} {
		for i := range side {
			side[i].ref.Where = merged(side[i].ref.Where, filters)
		}
	}
	return v
}

// find looks an indicator up, in the version of the day; "absences_taux" is its rate.
func (c *formulaCheck) find(name string) (ind *belvedere.Indicator, rate bool) {
	ind = c.model.Indicator(name)
	if base, cut := strings.CutSuffix(name, "_taux"); ind == nil && cut {
		if ind = c.model.Indicator(base); ind != nil && ind.Rate == nil {
			return nil, false
		}
		rate = true
	}
	if ind != nil && !c.day.IsZero() && len(ind.History) > 0 {
		ind = ind.Version(ind.VersionOn(c.day))
	}
	return ind, rate || ind != nil && ind.Value == nil
}

func (c *formulaCheck) names() []string {
	var out []string
	for _, i := range c.model.Indicators {
		out = append(out, i.Code)
	}
	return out
}

// declared types the expression of a declared indicator, which the catalogue has checked.
func (c *formulaCheck) declared(ind *belvedere.Indicator, rate bool) formulaValue {
	if rate && ind.Rate == nil {
		return formulaValue{kind: isFaulty}
	}
	if !rate {
		v := c.expression(ind.Value)
		if v.kind != isRatio && ind.Unit != "" {
			v.unit = ind.Unit
		}
		return v
	}
	num, den := c.expression(ind.Rate.Num), c.expression(ind.Rate.Den)
	if num.kind != isSum && num.kind != isPersons || den.kind != isSum && den.kind != isPersons {
		return formulaValue{kind: isFaulty}
	}
	if ind.Rate.Percent {
		den.unit = num.unit
	}
	return formulaValue{kind: isRatio, num: num.num, den: den.num, unit: num.unit, denUnit: den.unit}
}

// expression types an expression of the catalogue; units are those of its measures.
func (c *formulaCheck) expression(e belvedere.Expr) formulaValue {
	switch e := e.(type) {
	case belvedere.Number:
		return formulaValue{kind: isNumber, number: float64(e)}
	case belvedere.MeasureRef:
		d := c.model.Dataset(e.Dataset)
		if d == nil || d.Measure(e.Measure) == nil {
			return formulaValue{kind: isFaulty}
		}
		v := formulaValue{kind: isSum, unit: d.Measure(e.Measure).Unit}
		if d.Kind == belvedere.Distinct {
			v.kind = isPersons
		}
		e.Where = merged(nil, e.Where)
		v.num = []formulaTerm{{1, e}}
		return v
	case belvedere.Binary:
		l, r := c.expression(e.L), c.expression(e.R)
		if l.kind == isFaulty || r.kind == isFaulty {
			return formulaValue{kind: isFaulty}
		}
		if l.kind == isSum && r.kind == isSum && e.Op != '/' {
			r.unit = l.unit // the catalogue adds what it will
		}
		known := len(c.faults)
		v := c.operation(&exprNode{op: e.Op, r: &exprNode{}}, l, r)
		c.faults = c.faults[:known]
		return v
	}
	return formulaValue{kind: isFaulty}
}

// merged puts filters together in one order, each once: the same part of the rows is written alike.
func merged(a, b []belvedere.Filter) []belvedere.Filter {
	var out []belvedere.Filter
	for _, f := range slices.Concat(a, b) {
		f.Values = slices.Clone(f.Values)
		sort.Strings(f.Values)
		f.Values = slices.Compact(f.Values)
		if !slices.ContainsFunc(out, func(o belvedere.Filter) bool { return reflect.DeepEqual(o, f) }) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(x, y belvedere.Filter) int {
		return strings.Compare(x.Dim+"\x00"+strings.Join(x.Values, "\x00"), y.Dim+"\x00"+strings.Join(y.Values, "\x00"))
	})
	return out
}

// filters are those that cut an indicator, checked against every dataset that it reads.
func (c *formulaCheck) filters(n *exprNode, v formulaValue) (out []belvedere.Filter, good bool) {
	good = true
	for _, p := range n.populations {
		at := slices.IndexFunc(c.formula.Populations, func(o belvedere.Population) bool { return o.Code == p.name })
		if at < 0 {
			c.fault(p.at, "la population %s est inconnue", quote("@"+p.name))
			good = false
			continue
		}
		for _, f := range c.formula.Populations[at].Where {
			one := exprFilter{at: p.at, filter: f, codes: slices.Repeat([]int{p.at}, len(f.Values))}
			good = c.filter(one, v, "la population "+quote("@"+p.name)+"\u00a0: ") && good
			out = append(out, f)
		}
	}
	for _, f := range n.filters {
		good = c.filter(f, v, "") && good
		out = append(out, f.filter)
	}
	return out, good
}

// filter checks the dimension and the codes of a filter.
func (c *formulaCheck) filter(f exprFilter, v formulaValue, who string) bool {
	for _, t := range slices.Concat(v.num, v.den) {
		d := c.model.Dataset(t.ref.Dataset)
		dim := d.Dimension(f.filter.Dim)
		switch {
		case dim == nil && slices.Contains([]string{"etablissement", "type", "secteur", "commune", "departement", "academie"}, f.filter.Dim):
			c.fault(f.at, "%s%s choisit des établissements\u00a0: ce filtre se pose sur la question, pas dans la formule", who, quote(f.filter.Dim))
			return false
		case dim == nil:
			c.fault(f.at, "%s%s n’est pas détaillé par %s%s", who, d.Label, quote(f.filter.Dim), orNear(f.filter.Dim, dimensionNames(d)))
			return false
		case d.Kind == belvedere.Distinct && (f.filter.Not || len(f.filter.Values) != 1):
			c.fault(f.at, "%sdes personnes distinctes ne s’ajoutent pas\u00a0: %s doit être fixée à un seul code", who, quote(dim.Name))
			return false
		case d.Kind == belvedere.Distinct && slices.ContainsFunc(t.ref.Where, func(o belvedere.Filter) bool { return o.Dim == dim.Name }):
			c.fault(f.at, "%s%s est déjà fixée par l’indicateur", who, quote(dim.Name))
			return false
		}
		for i, code := range f.filter.Values {
			if code != "" && !hasCode(dim.List, code, d.Kind != belvedere.Distinct) {
				c.fault(f.codes[i], "%sle code %s est inconnu dans la liste %s%s", who, quote(code), listName(dim.List), orNear(code, codeNames(dim.List)))
				return false
			}
		}
	}
	return true
}

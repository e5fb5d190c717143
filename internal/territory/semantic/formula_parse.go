package semantic

import (
	"fmt"
	"slices"
	"strings"

	"belvedere"
)

// The grammar of formulas is that of expressions with indicators in the place of measures:
//
//	indicator = ( name | "formule:" name ) [ "@" population ] [ "[" part { "," part } "]" ]
//	part      = "@" population | filter
//	filter    = name ("=" | "!=") code { "|" code }
//	code      = [A-Za-z0-9_]+ | "'" any "'" | '"' any '"'
//
// People type × ÷ − for * / - and a comma in decimals.

// An exprWord is a name with its place.
type exprWord struct {
	at   int
	name string
}

// parseFormula reads a formula without looking its names up.
func parseFormula(text string) (*exprNode, *exprError) {
	p := &exprParser{text: []rune(text), formula: true}
	brackets := 0
	for i, r := range p.text {
		switch r {
		case '[':
			brackets++
		case ']':
			brackets--
		case '×', '·':
			p.text[i] = '*'
		case '÷':
			p.text[i] = '/'
		case '−', '–':
			p.text[i] = '-'
		case '\u00a0', '\u202f', '\r':
			p.text[i] = ' '
		case '’':
			p.text[i] = '\''
		case ',':
			if brackets == 0 && i > 0 && i+1 < len(p.text) && isDigit(p.text[i-1]) && isDigit(p.text[i+1]) {
				p.text[i] = '.'
			}
		}
	}
	return p.whole()
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// indicator reads a name with the population and the filters that cut it.
func (p *exprParser) indicator() (*exprNode, *exprError) {
	n := &exprNode{at: p.pos}
	n.indicator = p.name()
	if n.indicator+":" == belvedere.FormulaPrefix && p.pos < len(p.text) && p.text[p.pos] == ':' {
		p.pos++
		code := p.name()
		if code == "" {
			return nil, p.fail(p.pos, "le code d’une formule est attendu après «\u00a0formule:\u00a0», pas %s", p.shown())
		}
		n.indicator = belvedere.FormulaPrefix + code
	}
	if p.pos < len(p.text) && p.text[p.pos] == '.' {
		return nil, p.fail(n.at, "une formule lit des indicateurs, pas les mesures d’un jeu de données\u00a0: %s", quote(n.indicator))
	}
	if p.pos < len(p.text) && p.text[p.pos] == '@' {
		if err := p.population(n); err != nil {
			return nil, err
		}
	}
	if p.peek() != '[' {
		return n, nil
	}
	p.pos++
	for {
		if p.peek() == '@' {
			if err := p.population(n); err != nil {
				return nil, err
			}
		} else {
			f, err := p.filter()
			if err != nil {
				return nil, err
			}
			n.filters = append(n.filters, f)
		}
		if p.peek() != ',' {
			return n, p.expect(']')
		}
		p.pos++
	}
}

// population reads "@name".
func (p *exprParser) population(n *exprNode) *exprError {
	w := exprWord{at: p.pos}
	p.pos++
	if w.name = p.name(); w.name == "" {
		return p.fail(p.pos, "le nom d’une population est attendu après «\u00a0@\u00a0», pas %s", p.shown())
	}
	n.populations = append(n.populations, w)
	return nil
}

// quoted reads a code between quotes, which may hold anything else; ok tells that there was one.
func (p *exprParser) quoted() (code string, ok bool, err *exprError) {
	if !p.formula || p.pos >= len(p.text) || p.text[p.pos] != '\'' && p.text[p.pos] != '"' {
		return "", false, nil
	}
	mark, start := p.text[p.pos], p.pos+1
	for p.pos++; p.pos < len(p.text); p.pos++ {
		if p.text[p.pos] == mark {
			p.pos++
			return string(p.text[start : p.pos-1]), true, nil
		}
	}
	return "", true, p.fail(start-1, "le guillemet n’est pas refermé")
}

// PopulationsOf are the populations that the text of a formula names, each once; none of a text that
// cannot be read.
func PopulationsOf(text string) []string {
	root, err := parseFormula(text)
	if err != nil {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	root.each(func(n *exprNode) {
		for _, p := range n.populations {
			if !seen[p.name] {
				seen[p.name] = true
				out = append(out, p.name)
			}
		}
	})
	return out
}

// FormulasOf are the formulas that the text of another names, each once.
func FormulasOf(text string) []string {
	root, err := parseFormula(text)
	if err != nil {
		return nil
	}
	var out []string
	root.each(func(n *exprNode) {
		if code, is := strings.CutPrefix(n.indicator, belvedere.FormulaPrefix); is && !slices.Contains(out, code) {
			out = append(out, code)
		}
	})
	return out
}

// each calls f with every indicator of a formula.
func (n *exprNode) each(f func(*exprNode)) {
	switch {
	case n.op != 0:
		n.l.each(f)
		n.r.each(f)
	case n.indicator != "":
		f(n)
	}
}

// ParseFilters reads the filters of a population: "dim=code|code, dim2!=code".
func ParseFilters(text string) ([]belvedere.Filter, error) {
	list, err := parseFilters(text)
	if err != nil {
		return nil, formulaFault(text, []exprError{*err})
	}
	var out []belvedere.Filter
	for _, f := range list {
		out = append(out, f.filter)
	}
	return out, nil
}

func parseFilters(text string) ([]exprFilter, *exprError) {
	p := &exprParser{text: []rune(text), formula: true}
	if len(p.text) > maxExprLength {
		return nil, p.fail(0, "le texte dépasse %d caractères", maxExprLength)
	}
	var out []exprFilter
	for {
		f, err := p.filter()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
		if r := p.peek(); r != ',' && r != ';' {
			if p.pos < len(p.text) {
				return nil, p.fail(p.pos, "%s n’est pas attendu ici", p.shown())
			}
			return out, nil
		}
		p.pos++
	}
}

// CheckFilters sees that the filters of a population name dimensions and codes of the catalogue, and
// that some dataset has all of them.
func CheckFilters(m *belvedere.Model, text string) error {
	list, bad := parseFilters(text)
	if bad != nil {
		return formulaFault(text, []exprError{*bad})
	}
	var faults []exprError
	together := slices.Clone(m.Datasets)
	for _, f := range list {
		known, codes := false, f.filter.Values
		for _, d := range m.Datasets {
			dim := d.Dimension(f.filter.Dim)
			if dim == nil || d.Kind == belvedere.Register {
				continue
			}
			known = true
			codes = slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return code == "" || hasCode(dim.List, code, true) })
		}
		together = slices.DeleteFunc(together, func(d *belvedere.Dataset) bool { return d.Dimension(f.filter.Dim) == nil })
		switch {
		case !known:
			faults = append(faults, exprError{f.at, fmt.Sprintf("aucun jeu de données n’est détaillé par %s%s", quote(f.filter.Dim), orNear(f.filter.Dim, allDimensions(m)))})
		case len(codes) > 0:
			faults = append(faults, exprError{f.codes[slices.Index(f.filter.Values, codes[0])], fmt.Sprintf("le code %s est inconnu", quote(codes[0]))})
		case len(together) == 0:
			faults = append(faults, exprError{f.at, fmt.Sprintf("aucun jeu de données n’est détaillé à la fois par %s et par ce qui précède", quote(f.filter.Dim))})
		}
	}
	if len(faults) > 0 {
		return formulaFault(text, faults[:1])
	}
	return nil
}

func allDimensions(m *belvedere.Model) []string {
	var out []string
	for _, d := range m.Datasets {
		if d.Kind != belvedere.Register {
			out = append(out, dimensionNames(d)...)
		}
	}
	return out
}

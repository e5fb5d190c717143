package semantic

import (
	"belvedere"
)

// exprType is what an expression may be used for. Sums add over schools; persons counted once
// do not add to anything else; a ratio of sums is no longer a sum.
type exprType int

const (
	isFaulty exprType = iota
	isNumber
	isSum
	isPersons
	isRatio
)

// expression reads a word as an expression, looks its names up and checks its type: what may
// stand as a value ("valeur": a sum or a ratio) or as a side of a rate (a sum). It notes the
// mistakes and gives nil when there is one.
func (d *declarations) expression(w word, side bool) belvedere.Expr {
	root, err := parseExpr(w.s)
	if err != nil {
		d.fault(w.char(err.at), "%s", err.message)
		return nil
	}
	c := &exprCheck{d: d, w: w}
	switch t := c.check(root); {
	case t == isFaulty:
		return nil
	case t == isNumber:
		d.fault(w.char(0), "un nombre seul ne mesure rien")
		return nil
	case t == isRatio && side:
		d.fault(w.char(root.at), "un taux est le rapport de deux sommes\u00a0: pas de «\u00a0/\u00a0» dans num ni dans den")
		return nil
	}
	return root.expr()
}

type exprCheck struct {
	d *declarations
	w word
}

func (c *exprCheck) fault(at int, format string, args ...any) exprType {
	c.d.fault(c.w.char(at), format, args...)
	return isFaulty
}

// check gives the type of a node and notes all mistakes under it.
func (c *exprCheck) check(n *exprNode) exprType {
	switch {
	case n.op != 0:
		l, r := c.check(n.l), c.check(n.r)
		if l == isFaulty || r == isFaulty {
			return isFaulty
		}
		return c.operation(n, l, r)
	case n.dataset != "":
		return c.measure(n)
	}
	return isNumber
}

func (c *exprCheck) operation(n *exprNode, l, r exprType) exprType {
	if l == isNumber && r == isNumber {
		if n.op == '/' && n.r.op == 0 && n.r.number == 0 {
			return c.fault(n.r.at, "division par zéro")
		}
		return isNumber
	}
	switch n.op {
	case '+', '-':
		if l == isSum && r == isSum {
			return isSum
		}
		return c.fault(n.at, "%s", whyNotAdded(l, r))
	case '*':
		switch {
		case l == isNumber && r != isRatio:
			return r
		case r == isNumber && l != isRatio:
			return l
		case l == isNumber || r == isNumber:
			return c.fault(n.at, "le «\u00a0/\u00a0» vient en dernier\u00a0: écrivez 100 * a / b")
		}
		return c.fault(n.at, "le produit de deux mesures ne s’ajoute pas d’un établissement à l’autre")
	}
	switch {
	case l == isNumber:
		return c.fault(n.at, "un nombre ne se divise pas par une mesure")
	case l == isRatio || r == isRatio:
		return c.fault(n.at, "une seule division par expression, entre deux sommes")
	case r == isNumber:
		if n.r.op == 0 && n.r.number == 0 {
			return c.fault(n.r.at, "division par zéro")
		}
		return l
	}
	return isRatio
}

func whyNotAdded(l, r exprType) string {
	switch {
	case l == isPersons || r == isPersons:
		return "des personnes distinctes ne s’ajoutent ni ne se retranchent"
	case l == isRatio || r == isRatio:
		return "des rapports ne s’ajoutent ni ne se retranchent"
	}
	return "un nombre ne s’ajoute pas à une mesure"
}

func (c *exprCheck) measure(n *exprNode) exprType {
	ds := c.d.dataset(n.dataset)
	if ds == nil {
		return c.fault(n.at, "le jeu de données %s est inconnu%s", quote(n.dataset), orNear(n.dataset, c.d.datasetNames()))
	}
	if ds.Kind == belvedere.Register {
		return c.fault(n.at, "%s est un répertoire\u00a0: ses attributs ne sont pas des mesures", quote(n.dataset))
	}
	if ds.Measure(n.measure) == nil {
		return c.fault(n.mAt, "le jeu %s n’a pas de mesure %s%s", ds.Name, quote(n.measure), orNear(n.measure, measureNames(ds)))
	}
	t := isSum
	if ds.Kind == belvedere.Distinct {
		t = isPersons
	}
	pinned := map[string]bool{}
	for _, f := range n.filters {
		if pinned[f.filter.Dim] {
			t = c.fault(f.at, "la dimension %s est filtrée deux fois", quote(f.filter.Dim))
		}
		pinned[f.filter.Dim] = true
		if !c.filter(ds, f) {
			t = isFaulty
		}
	}
	for _, dim := range ds.Dimensions {
		if ds.Kind == belvedere.Distinct && !pinned[dim.Name] && totalCode(dim.List) == "" {
			t = c.fault(n.at, "%s compte des personnes distinctes\u00a0: la dimension %s doit être fixée", quote(ds.Name), quote(dim.Name))
		}
	}
	return t
}

// filter checks the dimension and the codes of a filter.
func (c *exprCheck) filter(ds *belvedere.Dataset, f exprFilter) bool {
	dim := ds.Dimension(f.filter.Dim)
	if dim == nil {
		c.fault(f.at, "le jeu %s n’a pas de dimension %s%s", ds.Name, quote(f.filter.Dim), orNear(f.filter.Dim, dimensionNames(ds)))
		return false
	}
	if ds.Kind == belvedere.Distinct && (f.filter.Not || len(f.filter.Values) != 1) {
		c.fault(f.at, "des personnes distinctes ne s’ajoutent pas\u00a0: %s doit être fixée à un seul code", quote(dim.Name))
		return false
	}
	good := true
	for i, code := range f.filter.Values {
		if !hasCode(dim.List, code, ds.Kind != belvedere.Distinct) {
			c.fault(f.codes[i], "le code %s est inconnu dans la liste %s%s", quote(code), listName(dim.List), orNear(code, codeNames(dim.List)))
			good = false
		}
		for _, other := range f.filter.Values[:i] {
			if other == code {
				c.fault(f.codes[i], "le code %s est donné deux fois", quote(code))
				good = false
			}
		}
	}
	return good
}

// MostOpenCode bounds the codes of open lists, in bytes.
const MostOpenCode = 60

// hasCode finds a code of a list, or with groups a group that stands for its members.
func hasCode(l *belvedere.CodeList, code string, groups bool) bool {
	if l == nil {
		return true // the missing list is noted where the dimension is declared
	}
	for _, c := range l.Codes {
		if c.Code == code || groups && c.Group == code {
			return true
		}
	}
	// What files will bring to an open list is not known yet: any code of the shape may come.
	return l.Open && len(code) <= MostOpenCode && codeShape.MatchString(code)
}

func totalCode(l *belvedere.CodeList) string {
	if l == nil {
		return "?"
	}
	for _, c := range l.Codes {
		if c.Total {
			return c.Code
		}
	}
	return ""
}

func listName(l *belvedere.CodeList) string { return quote(l.Name) }

func codeNames(l *belvedere.CodeList) []string {
	var out []string
	for _, c := range l.Codes {
		out = append(out, c.Code)
	}
	return out
}

func measureNames(ds *belvedere.Dataset) []string {
	var out []string
	for _, m := range ds.Measures {
		out = append(out, m.Name)
	}
	return out
}

func dimensionNames(ds *belvedere.Dataset) []string {
	var out []string
	for _, dim := range ds.Dimensions {
		out = append(out, dim.Name)
	}
	return out
}

func (d *declarations) dataset(name string) *belvedere.Dataset {
	for _, ds := range d.model.Datasets {
		if ds.Name == name {
			return ds
		}
	}
	return nil
}

func (d *declarations) datasetNames() []string {
	var out []string
	for _, ds := range d.model.Datasets {
		out = append(out, ds.Name)
	}
	return out
}

// refsOf lists the measures of an expression, in order.
func refsOf(e belvedere.Expr) []belvedere.MeasureRef {
	switch e := e.(type) {
	case belvedere.MeasureRef:
		return []belvedere.MeasureRef{e}
	case belvedere.Binary:
		return append(refsOf(e.L), refsOf(e.R)...)
	}
	return nil
}

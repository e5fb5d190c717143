package form

import (
	"fmt"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/source/table"
)

// CheckForm finds the mistakes of a declared form against the model that it feeds: expressions,
// columns, codes, and what each dataset requires. It is called at start, so that a form never
// fails on a file for a reason that is not the file's. Errors are in French and name the place.
func CheckForm(f *belvedere.Form, m *belvedere.Model) []error {
	c := &formCheck{form: f, model: m, fields: map[string]int{}}
	c.columns()
	c.index = indexOf(f, c.fields)
	for i, s := range f.Skip {
		if _, err := c.index(s.Column); err != nil {
			c.add("skip %d\u00a0: %w", i+1, err)
		}
	}
	for i := range f.Outputs {
		c.output(fmt.Sprintf("outputs %d (%s)", i+1, f.Outputs[i].Dataset), &f.Outputs[i])
	}
	return c.errs
}

type formCheck struct {
	form   *belvedere.Form
	model  *belvedere.Model
	fields map[string]int
	index  func(string) (int, error)
	errs   []error
}

func (c *formCheck) add(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("format %s, "+format, append([]any{c.form.Code}, args...)...))
}

func (c *formCheck) columns() {
	if len(c.form.Columns) == 0 {
		c.add("aucune colonne")
	}
	owner := map[string]string{}
	required := false
	for i, col := range c.form.Columns {
		required = required || col.Required
		if _, twice := c.fields[col.Name]; twice {
			c.add("la colonne %q est déclarée deux fois", col.Name)
		}
		c.fields[col.Name] = i
		for _, h := range col.Headers {
			k := table.Normalise(h)
			if other, taken := owner[k]; taken && other != col.Name {
				c.add("l’en-tête %q est donné aux colonnes %q et %q", h, other, col.Name)
			}
			owner[k] = col.Name
		}
	}
	if !required && len(c.form.Columns) > 0 {
		c.add("aucune colonne n’est obligatoire\u00a0: tout fichier lui conviendrait")
	}
}

func (c *formCheck) output(place string, o *belvedere.FormOutput) {
	d := c.model.Dataset(o.Dataset)
	if d == nil {
		c.add("%s\u00a0: jeu de données inconnu", place)
		return
	}
	before := len(c.errs)
	cols, none := columns(d, time.UTC, &learner{})
	if err := overrideCodes(d, cols, o.Codes, &learner{}); err != nil {
		c.add("%s\u00a0: %w", place, err)
	}
	c.exprs(place+", set", d, cols, none, o.Set)
	for i, r := range o.Rows {
		c.exprs(fmt.Sprintf("%s, rows %d", place, i+1), d, cols, none, r)
	}
	if len(c.errs) > before {
		return
	}
	if _, err := newOutput(c.model, o, c.index, time.UTC, &learner{}); err != nil {
		c.add("%s\u00a0: %w", place, err)
	}
}

// exprs compiles each expression alone, to report all that is wrong, and reads the constants.
func (c *formCheck) exprs(place string, d *belvedere.Dataset, cols []*column, none []any, exprs map[string]string) {
	names := make([]string, 0, len(exprs))
	for name := range exprs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		given, err := assignments(d, cols, map[string]string{name: exprs[name]}, c.index)
		if err != nil {
			c.add("%s\u00a0: %w", place, err)
			continue
		}
		if tree, err := parse(exprs[name]); err == nil && !given[0].col.measure {
			c.literals(place+", "+name, given[0].col, tree, none)
		}
	}
}

// literals reads the texts that an expression can give to a column that is not a measure.
func (c *formCheck) literals(place string, col *column, n *node, none []any) {
	switch {
	case n.op == "text" && n.name != "":
		if p := col.read([]byte(n.name), slices.Clone(none)); p != nil {
			c.add("%s\u00a0: %s. %s", place, p.message, p.mend)
		}
	case n.op == "call" && n.name == "if":
		for _, a := range n.args[1:] {
			c.literals(place, col, a, none)
		}
	case n.op == "call" && n.name == "first":
		for _, a := range n.args {
			c.literals(place, col, a, none)
		}
	}
}

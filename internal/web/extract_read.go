package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/extract"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
)

// read puts the posted step into the spec.
func (z *wizard) read() {
	x, f := &z.page.Spec, z.form
	switch z.page.Step {
	case extract.StepSubject:
		z.readSubject()
	case extract.StepColumns:
		if x.Kind == extract.Totals {
			z.change(func(e url.Values) {
				e.Set("indicateurs", strings.Join(f["indicateur"], ","))
				e.Set("lignes", strings.Join(f["ligne"], ","))
			})
			return
		}
		x.Order.Columns, x.Order.Coarse = f["colonne"], nil
		for _, name := range x.Order.Columns {
			if way, chosen := f["finesse."+name]; chosen {
				if x.Order.Coarse == nil {
					x.Order.Coarse = map[string]pseudonym.Coarse{}
				}
				x.Order.Coarse[name] = pseudonym.Coarse(way[0])
			}
		}
	case extract.StepFilters:
		z.readFilters()
	case extract.StepPurpose:
		x.Purpose, x.Basis, x.Recipients = oneLine(f.Get("finalite")), f.Get("base"), oneLine(f.Get("destinataires"))
		x.Days, _ = strconv.Atoi(f.Get("duree"))
	case extract.StepFile:
		x.Format, x.Encrypted, x.Label = f.Get("format"), f.Get("chiffre") == "oui", oneLine(f.Get("nom"))
	}
}

// readSubject begins anew when the subject changes.
func (z *wizard) readSubject() {
	x, f := &z.page.Spec, z.form
	was := subjectOf(*x)
	subject, names := f.Get("sujet"), f.Get("identites") == "oui"
	z.page.Subject = subject
	kind, rest, _ := strings.Cut(subject, ":")
	uai, sort, _ := strings.Cut(rest, ":")
	if subject != was {
		x.State, x.Order = "", pseudonym.Order{}
	}
	x.Kind = kind
	if kind == extract.Persons {
		x.Order.School, x.Order.Kind = belvedere.UAI(uai), sort
		if x.Order.Names && !names {
			x.Order.Columns = nil // those that name persons leave with the right to them
		}
		x.Order.Names = names
	} else if state := f.Get("exploration"); state != "" {
		x.State = state
	}
}

// subjectOf is the value of the choice that a spec stands for.
func subjectOf(x extract.Spec) string {
	if x.Kind == extract.Persons {
		return x.Kind + ":" + string(x.Order.School) + ":" + x.Order.Kind
	}
	return x.Kind
}

// change alters the state of the explorer.
func (z *wizard) change(f func(url.Values)) {
	v, err := url.ParseQuery(z.page.Spec.State)
	if err != nil {
		v = url.Values{}
	}
	f(v)
	for name, list := range v {
		if len(list) == 0 || list[0] == "" {
			v.Del(name)
		}
	}
	z.page.Spec.State = v.Encode()
}

// The ways in which addresses of the explorer write filters.
const (
	keepFilter = "filtre."
	dropFilter = "sauf."
)

func (z *wizard) readFilters() {
	if z.page.Spec.Kind == extract.Totals {
		z.change(z.readTotalFilters)
		return
	}
	x, f := &z.page.Spec, z.form
	x.Order.Where = nil
	for _, c := range z.columns() {
		if !c.Filter {
			continue
		}
		if values := z.chosen(c.Name); len(values) > 0 {
			op := dossier.In
			if f.Get("op."+c.Name) == dropValues {
				op = dossier.NotIn
			}
			x.Order.Where = append(x.Order.Where, dossier.Filter{Column: c.Name, Op: op, Values: values})
		}
		for _, end := range []struct {
			name string
			op   dossier.Operator
		}{{"min.", dossier.AtLeast}, {"max.", dossier.AtMost}} {
			if v := oneLine(f.Get(end.name + c.Name)); v != "" {
				x.Order.Where = append(x.Order.Where, dossier.Filter{Column: c.Name, Op: end.op, Values: []string{v}})
			}
		}
	}
}

// dropValues is what a filter posts that keeps all but its values.
const dropValues = "sauf"

// chosen are the values of a filter: those that are ticked, as they are, and those that are typed, between commas.
func (z *wizard) chosen(name string) (values []string) {
	for _, v := range z.form["v."+name] {
		if v = oneLine(v); v != "" {
			values = append(values, v)
		}
	}
	for _, text := range z.form["f."+name+".texte"] {
		for _, v := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\r' }) {
			if v = oneLine(v); v != "" && !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	}
	return values
}

// readTotalFilters puts year and filters of dimensions into a state of the explorer.
func (z *wizard) readTotalFilters(v url.Values) {
	v.Set("annee", z.form.Get("annee"))
	for name := range v {
		if strings.HasPrefix(name, keepFilter) || strings.HasPrefix(name, dropFilter) {
			v.Del(name)
		}
	}
	for _, name := range z.form["dimension"] {
		way := keepFilter
		if z.form.Get("op."+name) == dropValues {
			way = dropFilter
		}
		v.Set(way+oneLine(name), strings.Join(z.chosen(name), ","))
	}
}

// columns are those of the kind of rows that may be asked for.
func (z *wizard) columns() []pseudonym.Column {
	x := z.page.Spec
	if x.Kind != extract.Persons || z.s.Extracts.People == nil {
		return nil
	}
	kinds, _ := z.s.Extracts.People.Kinds(viewerOf(z.r), x.Order.School)
	for _, k := range kinds {
		if k.Name == x.Order.Kind {
			return k.For(x.Order.Names)
		}
	}
	return nil
}

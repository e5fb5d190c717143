package semantic

import (
	"regexp"
	"slices"
	"strings"

	"belvedere"
)

var formReference = regexp.MustCompile(`\{([^{}']*)\}`)

// checkForms reads the forms of foreign files. Their expressions belong to ingest/form; here the
// names are checked: columns of the file, datasets and their columns, codes.
func (d *declarations) checkForms() {
	seen := nameSet{}
	for _, w := range d.forms {
		f := &belvedere.Form{
			Code: d.name(w.Form, w.At, "form", nameShape, seen), Label: d.required(w.Label, w.At, "label"),
			Source: d.required(w.Source, w.At, "source"), Rank: d.integer(w.Rank, "rank", 0, 1000, 0),
		}
		names := d.formColumns(w, f)
		for _, s := range w.Skip {
			if s.Column.set && !slices.Contains(names, s.Column.s) {
				d.fault(s.Column.at, "la colonne %s n’est pas déclarée%s", quote(s.Column.s), orNear(s.Column.s, names))
			}
			skip := belvedere.FormSkip{Column: d.required(s.Column, s.At, "column"), Empty: s.Empty.on, Reason: d.required(s.Reason, s.At, "reason")}
			for _, v := range s.Values {
				skip.Values = append(skip.Values, v.s)
			}
			if len(s.Values) == 0 && !s.Empty.on {
				d.fault(s.At, "skip demande values ou empty\u00a0: true")
			}
			f.Skip = append(f.Skip, skip)
		}
		f.Refuse = w.Refuse.s
		if len(w.Outputs) == 0 && f.Refuse == "" {
			d.fault(w.At, "la clé «\u00a0outputs\u00a0» manque")
		}
		for i := range w.Outputs {
			f.Outputs = append(f.Outputs, d.formOutput(&w.Outputs[i], names))
		}
		d.model.Forms = append(d.model.Forms, f)
	}
}

func (d *declarations) formColumns(w *wireForm, f *belvedere.Form) []string {
	var names []string
	seen := nameSet{}
	for _, c := range w.Columns {
		out := belvedere.FormColumn{Name: d.name(c.Name, c.At, "name", nameShape, seen), Required: c.Required.on, Decimal: c.Decimal.on}
		for _, h := range c.Headers {
			out.Headers = append(out.Headers, h.s)
		}
		if len(c.Headers) == 0 {
			d.fault(c.At, "la clé «\u00a0headers\u00a0» manque")
		}
		names = append(names, out.Name)
		f.Columns = append(f.Columns, out)
	}
	if len(names) == 0 {
		d.fault(w.At, "la clé «\u00a0columns\u00a0» manque")
	}
	return names
}

func (d *declarations) formOutput(w *wireFormOut, names []string) belvedere.FormOutput {
	out := belvedere.FormOutput{Dataset: d.required(w.Dataset, w.At, "dataset"), Set: map[string]string{}}
	ds := d.dataset(w.Dataset.s)
	if ds == nil && w.Dataset.s != "" {
		d.fault(w.Dataset.at, "le jeu de données %s est inconnu%s", quote(w.Dataset.s), orNear(w.Dataset.s, d.datasetNames()))
	}
	d.formEntries(w.Set, ds, names, out.Set)
	for _, row := range w.Rows {
		one := map[string]string{}
		d.formEntries(row, ds, names, one)
		out.Rows = append(out.Rows, one)
	}
	if len(w.Labels) > 0 {
		out.Labels = map[string]string{}
		d.formEntries(w.Labels, ds, names, out.Labels)
	}
	for _, g := range w.Codes {
		if out.Codes == nil {
			out.Codes = map[string]map[string]string{}
		}
		codes := map[string]string{}
		for _, e := range g.values {
			codes[e.key.s] = e.value.s
			if ds == nil || ds.Dimension(g.key.s) == nil || ds.Dimension(g.key.s).List == nil {
				continue
			}
			if list := ds.Dimension(g.key.s).List; !hasCode(list, e.value.s, false) {
				d.fault(e.value.at, "le code %s est inconnu dans la liste %s%s", quote(e.value.s), listName(list), orNear(e.value.s, codeNames(list)))
			}
		}
		d.formTarget(g.key, ds)
		out.Codes[g.key.s] = codes
	}
	return out
}

// formEntries checks the columns that an output fills and the file columns that it reads.
func (d *declarations) formEntries(all entries, ds *belvedere.Dataset, names []string, into map[string]string) {
	for _, e := range all {
		d.formTarget(e.key, ds)
		for _, m := range formReference.FindAllStringSubmatchIndex(e.value.s, -1) {
			if name := strings.TrimSpace(e.value.s[m[2]:m[3]]); !slices.Contains(names, name) {
				d.fault(e.value.char(len([]rune(e.value.s[:m[2]]))), "la colonne %s n’est pas déclarée%s", quote(name), orNear(name, names))
			}
		}
		into[e.key.s] = e.value.s
	}
}

// formTarget checks that a dataset has a column in its published form.
func (d *declarations) formTarget(w word, ds *belvedere.Dataset) {
	if ds == nil {
		return
	}
	known := []string{"etablissement"}
	switch ds.Place {
	case belvedere.ByTown:
		known = []string{"commune"}
	case belvedere.ByTerritory:
		known = nil
	}
	switch ds.Time {
	case "":
	case belvedere.ByPeriod:
		known = append(known, "periode", "debut")
	default:
		known = append(known, string(ds.Time))
	}
	known = append(append(known, dimensionNames(ds)...), measureNames(ds)...)
	if !slices.Contains(known, w.s) {
		d.fault(w.at, "le jeu %s n’a pas de colonne %s%s", ds.Name, quote(w.s), orNear(w.s, known))
	}
}

package aaf

import (
	"bytes"
	"iter"
	"strings"

	"belvedere/internal/source/record"
	"belvedere/internal/source/xmltree"
)

// A request is one addRequest, modifyRequest or deleteRequest being read.
type request struct {
	category *category
	delta    bool
	v        record.Visitor
	index    map[string]int // of the attributes that the category knows
	found    []xmltree.Element
	row      []record.Value // that was given last
	id       record.Value
	line     int64
}

func newRequest(c *category, delta bool, v record.Visitor) *request {
	return &request{category: c, delta: delta, v: v, index: map[string]int{}}
}

func (r *request) add(e xmltree.Element) error {
	if ok, err := r.begin(e); !ok {
		return err
	}
	r.collect(e.Child("attributes"), "attr")
	if r.id.Text == "" {
		r.id = r.first("ENTPersonJointure", "ENTStructureJointure", "ENTMatJointure", "ENTMefJointure")
	}
	return r.rows(true)
}

func (r *request) modify(e xmltree.Element) error {
	if ok, err := r.begin(e); !ok {
		return err
	}
	if !r.delta {
		return r.late(e)
	}
	r.collect(e.Child("modifications"), "modification")
	return r.rows(false)
}

// rows gives what a request says, whole or in part.
func (r *request) rows(all bool) error {
	if r.id.Text == "" {
		return r.v.Fault(stray(r.line, "sans_identifiant", "Cette demande ne dit pas de qui elle parle.", "Redemandez le fichier à l’académie."))
	}
	if err := r.replaces(all); err != nil {
		return err
	}
	return r.category.read(r, r.give)
}

func (r *request) remove(e xmltree.Element) error {
	r.id, r.line = e.At("identifier", "id").Text(), e.Line()
	if !r.delta {
		return r.late(e)
	}
	return r.give(Deletion, record.Value{Text: categoryOf(e), Present: true})
}

// late refuses a change in a file that began like a whole one.
func (r *request) late(e xmltree.Element) error {
	return r.v.Fault(stray(e.Line(), "changement_tardif", "Une modification ou une suppression figure loin dans un fichier qui commençait comme un fichier complet"+
		"\u00a0: elle n’est pas prise en compte.", "Importez ce fichier en disant qu’il s’agit d’un fichier de changements (Delta)."))
}

// begin reads whom a request is about and checks that it is of the category of the file.
func (r *request) begin(e xmltree.Element) (bool, error) {
	r.id, r.line = e.At("identifier", "id").Text(), e.Line()
	if name := categoryOf(e); r.category == nil || !r.category.named(name) {
		return false, r.v.Fault(stray(e.Line(), "categorie_autre", "Cette demande est d’une autre catégorie que la première du fichier"+
			"\u00a0: « "+clip(name)+" ».", "Redemandez à l’académie un fichier par catégorie."))
	}
	return true, nil
}

func clip(s string) string { return string([]rune(s)[:min(40, len([]rune(s)))]) }

// categoryOf reads the operational attributes of a request.
func categoryOf(e xmltree.Element) string {
	for a := range e.Child("operationalAttributes").Children("attr") {
		if strings.HasPrefix(string(a.AttrBytes("name")), "categorie") {
			return a.Value("value").Text
		}
	}
	return ""
}

// collect notes where each attribute is.
func (r *request) collect(list xmltree.Element, tag string) {
	clear(r.found)
	for a := range list.Children(tag) {
		name := bytes.TrimSpace(a.AttrBytes("name"))
		i, ok := r.index[string(name)]
		if !ok {
			if len(r.index) == mostNames {
				continue
			}
			i = len(r.index)
			r.index[string(name)] = i
			r.found = append(r.found, xmltree.Element{})
		}
		r.found[i] = a
	}
}

// mostNames bounds how many different attributes a file may invent.
const mostNames = 1000

func (r *request) attr(name string) xmltree.Element {
	if i, ok := r.index[name]; ok {
		return r.found[i]
	}
	return xmltree.Element{}
}

// first is the first value of one of the attributes, absent when the request has none of them.
func (r *request) first(names ...string) record.Value {
	for _, name := range names {
		if a := r.attr(name); a.Exists() {
			return record.Value{Text: a.Value("value").Text, Present: true}
		}
	}
	return record.Value{}
}

// all gives the values of an attribute that say something.
func (r *request) all(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for v := range r.attr(name).Children("value") {
			if text := v.Text().Text; text != "" && !yield(text) {
				return
			}
		}
	}
}

// parts cuts the composite values of an attribute at their dollars, into exactly n parts: those that a value
// lacks are absent.
func (r *request) parts(name string, n int) iter.Seq[[]record.Value] {
	return func(yield func([]record.Value) bool) {
		for text := range r.all(name) {
			if !yield(cut(text, n)) {
				return
			}
		}
	}
}

func cut(text string, n int) []record.Value {
	list := make([]record.Value, n)
	for i, part := range strings.SplitN(text, "$", n) {
		list[i] = record.Value{Text: strings.TrimSpace(part), Present: true}
	}
	return list
}

// give hands over a row about whom the request is about.
func (r *request) give(k *record.Kind, values ...record.Value) error {
	r.row = append(append(r.row[:0], r.id), values...)
	return r.v.Record(record.Record{Kind: k, Values: r.row, Line: r.line})
}

// replaces tells, in a file of changes, of which kinds the rows are given anew: all of them when
// someone is added, those whose attributes are there when someone is modified.
func (r *request) replaces(all bool) error {
	if !r.delta {
		return nil
	}
	for i, k := range r.category.kinds {
		if !all && (i == 0 || !r.touches(k)) {
			continue
		}
		if err := r.give(Replacement, record.Value{Text: k.Name, Present: true}); err != nil {
			return err
		}
	}
	return nil
}

func (r *request) touches(k *record.Kind) bool {
	for _, name := range r.category.parts[k] {
		if r.attr(name).Exists() {
			return true
		}
	}
	return false
}

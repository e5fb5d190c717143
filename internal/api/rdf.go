package api

import (
	"fmt"
	"strings"
)

// A node is a resource of a catalogue with what is said of it, in order. Each has an address, so that what
// one harvest named the next one finds again.
type node struct {
	id, class string
	facts     []fact
}

type fact struct {
	predicate string
	value     any // *node, iri, french, typed or a plain string
}

type (
	iri    string
	french string
	typed  struct{ datatype, text string }
)

// say adds what is known: an empty text says nothing.
func (n *node) say(predicate string, values ...any) {
	for _, v := range values {
		switch v := v.(type) {
		case iri:
			if v == "" {
				continue
			}
		case french:
			if v == "" {
				continue
			}
		case typed:
			if v.text == "" {
				continue
			}
		}
		n.facts = append(n.facts, fact{predicate, v})
	}
}

// prefixes of the vocabularies of a catalogue.
var prefixes = []struct{ name, address string }{
	{"dcat", "http://www.w3.org/ns/dcat#"}, {"dct", "http://purl.org/dc/terms/"}, {"foaf", "http://xmlns.com/foaf/0.1/"},
	{"vcard", "http://www.w3.org/2006/vcard/ns#"}, {"xsd", "http://www.w3.org/2001/XMLSchema#"},
}

// jsonLD writes a node with those that it leads to, each whole where it is first met.
func (n *node) jsonLD() map[string]any {
	context := map[string]any{}
	for _, p := range prefixes {
		context[p.name] = p.address
	}
	out := n.json(map[string]bool{})
	out["@context"] = context
	return out
}

func (n *node) json(told map[string]bool) map[string]any {
	if told[n.id] {
		return map[string]any{"@id": n.id}
	}
	told[n.id] = true
	out := map[string]any{"@id": n.id, "@type": n.class}
	many := map[string][]any{}
	for _, f := range n.facts {
		many[f.predicate] = append(many[f.predicate], jsonValue(f.value, told))
	}
	for predicate, values := range many {
		if len(values) == 1 && !listed[predicate] {
			out[predicate] = values[0]
		} else {
			out[predicate] = values
		}
	}
	return out
}

// listed are the facts of which there are several as a rule: readers find a list, even of one.
var listed = map[string]bool{"dcat:dataset": true, "dcat:distribution": true, "dcat:keyword": true, "dcat:servesDataset": true}

func jsonValue(v any, told map[string]bool) any {
	switch v := v.(type) {
	case *node:
		return v.json(told)
	case iri:
		return map[string]any{"@id": string(v)}
	case french:
		return map[string]any{"@language": "fr", "@value": string(v)}
	case typed:
		return map[string]any{"@type": v.datatype, "@value": v.text}
	}
	return v // a plain text
}

// turtle writes the same graph, one resource after another.
func (n *node) turtle() string {
	var b strings.Builder
	for _, p := range prefixes {
		fmt.Fprintf(&b, "@prefix %s: <%s> .\n", p.name, p.address)
	}
	told := map[string]bool{n.id: true}
	for queue := []*node{n}; len(queue) > 0; queue = queue[1:] {
		one := queue[0]
		fmt.Fprintf(&b, "\n%s a %s", turtleIRI(one.id), one.class)
		for _, f := range one.facts {
			fmt.Fprintf(&b, " ;\n  %s %s", f.predicate, turtleValue(f.value))
			if next, ok := f.value.(*node); ok && !told[next.id] {
				told[next.id] = true
				queue = append(queue, next)
			}
		}
		b.WriteString(" .\n")
	}
	return b.String()
}

func turtleValue(v any) string {
	switch v := v.(type) {
	case *node:
		return turtleIRI(v.id)
	case iri:
		return turtleIRI(string(v))
	case french:
		return turtleText(string(v)) + "@fr"
	case typed:
		return turtleText(v.text) + "^^" + v.datatype
	case string:
		return turtleText(v)
	}
	return `""`
}

// turtleText writes a literal.
func turtleText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + `"`
}

// turtleIRI writes an address, without what would end it.
func turtleIRI(s string) string {
	return "<" + strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune("<>\"{}|^`\\", r) {
			return -1
		}
		return r
	}, s) + ">"
}

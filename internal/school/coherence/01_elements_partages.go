package coherence

import (
	"slices"
	"strings"
)

// sharedClosed: an element that several programmes share is closed by all of them, or by none: as long as
// one has not, the marks of the others may still move.
var sharedClosed = Rule{
	Code: "elements_partages", Title: "Éléments partagés clos par tous",
	Text: "Un élément partagé entre plusieurs étapes est clos par toutes, ou par aucune.",
	Duty: modelling, needs: []string{kindOffer},
	run: func(f *facts, found func(Finding)) {
		type sides struct{ closed, open []string }
		of := map[string]*sides{}
		var order []string
		for _, e := range f.offer {
			if e.step == "" || e.closed == "" || e.element == e.step {
				continue
			}
			one := of[e.element]
			if one == nil {
				one = &sides{}
				of[e.element] = one
				order = append(order, e.element)
			}
			at := step{e.step, e.version}.String()
			if e.closed == "oui" {
				one.closed = append(one.closed, at)
			} else {
				one.open = append(one.open, at)
			}
		}
		for _, code := range order {
			one := of[code]
			one.closed, one.open = distinct(one.closed), distinct(one.open)
			if len(one.closed) == 0 || len(one.open) == 0 || len(distinct(slices.Concat(one.closed, one.open))) < 2 {
				continue
			}
			found(Finding{Key: code, Object: code, Value: strings.Join(one.open, " "),
				Message: "L’élément " + code + " est clos par " + listed(one.closed) + " et ne l’est pas par " + listed(one.open) + "."})
		}
	},
}

// distinct is a list in order, each word once.
func distinct(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// mostListed bounds the words of a sentence.
const mostListed = 8

// listed writes a list in a sentence.
func listed(list []string) string {
	if n := len(list) - mostListed; n > 0 {
		return strings.Join(list[:mostListed], ", ") + " et " + whole(n) + " de plus"
	}
	return strings.Join(list, ", ")
}

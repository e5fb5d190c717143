package coherence

import (
	"sort"

	"belvedere"
)

// unknownCodes: the steps of registrations and results, and the elements of results, are those of the offer.
var unknownCodes = Rule{
	Code: "codes_inconnus", Title: "Codes absents de l’offre",
	Text: "Les étapes des inscriptions et des résultats, et les éléments des résultats, sont dans l’offre de l’année.",
	Duty: modelling, needs: []string{kindOffer},
	run: func(f *facts, found func(Finding)) {
		steps, elements := map[string]bool{}, map[string]bool{}
		for _, e := range f.offer {
			steps[e.step], elements[e.element] = true, true
		}
		type use struct{ registrations, results int }
		unknown := map[string]*use{} // by what it is and its code
		note := func(what, code string, add func(*use)) {
			if code == "" {
				return
			}
			if unknown[what+" "+code] == nil {
				unknown[what+" "+code] = &use{}
			}
			add(unknown[what+" "+code])
		}
		for _, r := range f.registrations {
			if !steps[r.step] && !elements[r.step] {
				note("L’étape", r.step, func(u *use) { u.registrations++ })
			}
		}
		for _, r := range f.results {
			if !steps[r.step] && !elements[r.step] {
				note("L’étape", r.step, func(u *use) { u.results++ })
			}
			if (r.object == "element" || r.object == "epreuve") && !elements[r.code] {
				note("L’élément", r.code, func(u *use) { u.results++ })
			}
		}
		var order []string
		for key := range unknown {
			order = append(order, key)
		}
		sort.Strings(order)
		for _, key := range order {
			u := unknown[key]
			_, code, _ := cutLast(key)
			found(Finding{Key: key, Object: code, Value: "absent",
				Message: key + " n’est pas dans l’offre de l’année : " + belvedere.Plural(u.registrations, "inscription", "inscriptions") + " et " + belvedere.Plural(u.results, "résultat", "résultats") + " le portent."})
		}
	},
}

// cutLast cuts the name of a thing from what it is.
func cutLast(key string) (what, code string, found bool) {
	for _, what := range []string{"L’étape ", "L’élément "} {
		if len(key) > len(what) && key[:len(what)] == what {
			return what, key[len(what):], true
		}
	}
	return "", key, false
}

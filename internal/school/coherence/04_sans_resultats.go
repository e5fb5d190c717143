package coherence

import (
	"slices"
	"strings"
)

// withoutResults: a programme with active registrations has results once others have, or once the year is over.
var withoutResults = Rule{
	Code: "sans_resultats", Title: "Étapes sans résultats",
	Text: "Une étape qui a des inscrits actifs a des résultats dès que d’autres étapes en ont, ou que l’année est finie.",
	Duty: registrar, needs: []string{kindRegistrations},
	run: func(f *facts, found func(Finding)) {
		judged := map[string]bool{}
		for _, r := range f.results {
			judged[r.step] = true
		}
		if len(judged) == 0 && !f.over() {
			return
		}
		active := map[string]map[int64]bool{}
		for _, r := range f.registrations {
			if r.status != "" && r.status != "actif" || judged[r.step] {
				continue
			}
			if active[r.step] == nil {
				active[r.step] = map[int64]bool{}
			}
			active[r.step][r.person] = true
		}
		var order []string
		for code := range active {
			order = append(order, code)
		}
		slices.SortFunc(order, strings.Compare)
		for _, code := range order {
			n := len(active[code])
			word := " inscrits actifs"
			if n < 2 {
				word = " inscrit actif"
			}
			found(Finding{Key: code, Object: code, Value: whole(n), Message: "L’étape " + code + " a " + whole(n) + word + " et aucun résultat."})
		}
	},
}

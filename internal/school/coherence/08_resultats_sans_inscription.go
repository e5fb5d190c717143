package coherence

// resultsWithoutRegistration: who has a result of a step is registered in it that year.
var resultsWithoutRegistration = Rule{
	Code: "resultats_sans_inscription", Title: "Résultats sans inscription",
	Text: "Une personne qui a un résultat dans une étape y est inscrite la même année.",
	Duty: registrar, Nominative: true, needs: []string{kindRegistrations, kindResults},
	run: func(f *facts, found func(Finding)) {
		registered := map[string]bool{}
		for _, r := range f.registrations {
			if r.status != "annule" {
				registered[key(r.person, r.step)] = true
			}
		}
		for _, r := range f.results {
			if r.step != "" && !registered[key(r.person, r.step)] {
				found(Finding{Key: key(r.person, r.step), Person: r.person, Object: r.step, Value: "absente",
					Message: "Un résultat de l’étape " + r.step + " n’a pas d’inscription en cours de validité."})
			}
		}
	},
}

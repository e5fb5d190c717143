package coherence

// withoutRegistrations: a programme that the offer of the year holds has someone registered.
var withoutRegistrations = Rule{
	Code: "sans_inscriptions", Title: "Étapes sans inscriptions",
	Text: "Une étape de l’offre de l’année a au moins une inscription.",
	Duty: modelling, needs: []string{kindOffer, kindRegistrations},
	run: func(f *facts, found func(Finding)) {
		registered := map[string]bool{}
		for _, r := range f.registrations {
			if r.status != "annule" {
				registered[r.step] = true
			}
		}
		order, _ := f.steps()
		for _, at := range order {
			if !registered[at.code] {
				found(Finding{Key: at.code, Object: at.code, Value: "0", Message: "L’étape " + at.code + " est dans l’offre, et personne n’y est inscrit."})
			}
		}
	},
}

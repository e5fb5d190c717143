package coherence

// gapYearResults: who takes a gap year in a step has no decision in it.
var gapYearResults = Rule{
	Code: "cesure_resultats", Title: "Césures avec des résultats",
	Text: "Une personne en césure dans une étape n’y est ni admise ni ajournée.",
	Duty: registrar, Nominative: true, needs: []string{kindRegistrations, kindResults},
	run: func(f *facts, found func(Finding)) {
		gap, active := map[string]bool{}, map[string]bool{}
		for _, r := range f.registrations {
			switch r.status {
			case "cesure":
				gap[key(r.person, r.step)] = true
			case "actif", "":
				active[key(r.person, r.step)] = true
			}
		}
		for _, r := range f.results {
			at := key(r.person, r.step)
			if gap[at] && !active[at] && (r.issue == "admis" || r.issue == "ajourne") {
				found(Finding{Key: at, Person: r.person, Object: r.step, Value: r.issue,
					Message: "L’inscription à l’étape " + r.step + " est une césure, et elle porte une décision."})
			}
		}
	},
}

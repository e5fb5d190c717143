package coherence

import "belvedere"

// resultsAfterLeaving: who withdrew from a step has no result of it that is later, and is not passed.
var resultsAfterLeaving = Rule{
	Code: "resultats_apres_sortie", Title: "Démissionnaires avec des résultats",
	Text: "Une personne démissionnaire d’une étape n’y a ni résultat daté d’après sa sortie, ni décision d’admission.",
	Duty: registrar, Nominative: true, needs: []string{kindRegistrations, kindResults},
	run: func(f *facts, found func(Finding)) {
		type place struct {
			person int64
			step   string
		}
		left, active := map[place]string{}, map[place]bool{}
		for _, r := range f.registrations {
			at := place{r.person, r.step}
			if r.status == "demissionnaire" {
				left[at] = max(left[at], r.left)
			} else if r.status != "annule" {
				active[at] = true
			}
		}
		for _, r := range f.results {
			at := place{r.person, r.step}
			day, withdrawn := left[at]
			if !withdrawn || active[at] { // registered again, or in another way
				continue
			}
			switch {
			case day != "" && r.at > day:
				found(Finding{Key: key(r.person, r.step), Person: r.person, Object: r.step, Value: r.at,
					Message: "Un résultat du " + shown(r.at) + " dans l’étape " + r.step + " suit la sortie du " + shown(day) + "."})
			case r.issue == "admis" && r.object == "etape":
				found(Finding{Key: key(r.person, r.step), Person: r.person, Object: r.step, Value: "admis",
					Message: "L’inscription à l’étape " + r.step + " est démissionnaire, et la décision est une admission."})
			}
		}
	},
}

func key(person int64, rest string) string { return whole(int(person)) + " " + rest }

// shown is a day as people write it.
func shown(day string) string {
	if d, err := belvedere.ParseDate(day); err == nil {
		return belvedere.ShortDate(d)
	}
	return day
}

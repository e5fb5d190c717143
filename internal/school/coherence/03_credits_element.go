package coherence

// creditsOfElement: an element whose parts all bear credits is worth their sum. Lists of choices are left out:
// students take some of their elements alone.
var creditsOfElement = Rule{
	Code: "credits_element", Title: "Crédits des éléments",
	Text: "Un élément vaut la somme des crédits des éléments qu’il contient ; les listes à choix mises à part.",
	Duty: modelling, needs: []string{kindOffer},
	run: func(f *facts, found func(Finding)) {
		order, of := f.steps()
		for _, at := range order {
			for _, e := range of[at] {
				if e.element == at.code || !e.credited || choice(e.nature) {
					continue
				}
				sum, parts := 0.0, 0
				for _, part := range of[at] {
					if part.parent != e.element || part.element == e.element {
						continue
					}
					if !part.credited {
						parts = 0
						break
					}
					sum, parts = sum+part.credits, parts+1
				}
				if parts > 0 && !near(sum, e.credits) {
					found(Finding{Key: at.String() + " " + e.element, Object: e.element, Value: number(e.credits) + " " + number(sum),
						Message: "L’élément " + e.element + " de l’étape " + at.String() + " vaut " + number(e.credits) + " crédits, et ses éléments en totalisent " + number(sum) + "."})
				}
			}
		}
	},
}

package coherence

import (
	"math"
	"strconv"
	"strings"

	"belvedere"
)

// yearCredits is what a year is worth when the programme declares nothing else.
const yearCredits = 60

// creditsOfStep: the elements at the top of a programme are worth what it declares, or the 60 credits of a
// year. A programme whose elements bear no credits says nothing.
var creditsOfStep = Rule{
	Code: "credits_etape", Title: "Crédits de l’étape",
	Text: "Les éléments de premier niveau d’une étape totalisent les crédits qu’elle déclare, ou 60 crédits ECTS pour une année.",
	Duty: modelling, needs: []string{kindOffer},
	run: func(f *facts, found func(Finding)) {
		order, of := f.steps()
		for _, at := range order {
			want, sum, credited := float64(yearCredits), 0.0, false
			known := map[string]bool{}
			for _, e := range of[at] {
				known[e.element] = true
			}
			counted := map[string]bool{}
			for _, e := range of[at] {
				switch {
				case e.element == at.code: // the programme itself: what it declares
					if e.credited {
						want = e.credits
					}
				case e.parent != "" && e.parent != at.code && known[e.parent], counted[e.element]:
				case e.credited:
					sum, credited = sum+e.credits, true
					counted[e.element] = true
				}
			}
			if credited && !near(sum, want) {
				found(Finding{Key: at.String(), Object: at.String(), Value: number(sum) + " " + number(want),
					Message: "Les éléments de l’étape " + at.String() + " totalisent " + number(sum) + " crédits, pour " + number(want) + " attendus."})
			}
		}
	},
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.005 }

// number writes credits, with no more decimals than they have.
func number(x float64) string {
	for decimals := range 2 {
		if near(x, math.Round(x*math.Pow10(decimals))/math.Pow10(decimals)) {
			return belvedere.FormatNumber(x, decimals)
		}
	}
	return belvedere.FormatNumber(x, 2)
}

func whole(n int) string { return strconv.Itoa(n) }

// choice tells a nature of elements of which students take some: what they hold is worth more than they.
func choice(nature string) bool {
	nature = strings.ToLower(nature)
	return strings.Contains(nature, "choix") || strings.Contains(nature, "option") || strings.Contains(nature, "liste") || nature == "lse"
}

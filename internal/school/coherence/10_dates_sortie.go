package coherence

import "time"

// leavingDates: who withdrew says when, and who is active has not left.
var leavingDates = Rule{
	Code: "dates_sortie", Title: "Statut et date de sortie",
	Text: "Une inscription démissionnaire a une date de sortie, d’après celle de l’inscription ; une inscription active n’en a pas de passée.",
	Duty: registrar, Nominative: true, needs: []string{kindRegistrations},
	run: func(f *facts, found func(Finding)) {
		today := f.today.Format(time.DateOnly)
		for _, r := range f.registrations {
			say := func(value, message string) {
				found(Finding{Key: key(r.person, r.nature+" "+step{r.step, r.version}.String()), Person: r.person, Object: r.step, Value: value, Message: message})
			}
			switch {
			case r.status == "demissionnaire" && r.left == "":
				say("sans date", "L’inscription à l’étape "+r.step+" est démissionnaire, sans date de sortie.")
			case r.left != "" && r.from != "" && r.left < r.from:
				say(r.left, "La sortie de l’étape "+r.step+", le "+shown(r.left)+", précède l’inscription, le "+shown(r.from)+".")
			case (r.status == "actif" || r.status == "") && r.left != "" && r.left <= today:
				say(r.left, "L’inscription à l’étape "+r.step+" est active, avec une sortie le "+shown(r.left)+".")
			}
		}
	},
}

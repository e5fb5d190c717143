package parts

import "belvedere"

func missingWords(n int) string {
	if n == 1 {
		return "Celui qui manque"
	}
	return "Les " + belvedere.FormatNumber(float64(n), 0) + " qui manquent"
}

func missingVerdict(n int) string {
	if n == 1 {
		return "Un établissement n’a rien livré pour cette période : les chiffres ne le comptent pas."
	}
	return belvedere.FormatNumber(float64(n), 0) + " établissements n’ont rien livré pour cette période : les chiffres ne les comptent pas."
}

func leftWords(n int) string {
	if n == 1 {
		return "Un établissement est laissé de côté, parce qu’il n’a pas la donnée dans toutes les périodes comparées :"
	}
	return belvedere.FormatNumber(float64(n), 0) + " établissements sont laissés de côté, parce qu’ils n’ont pas la donnée dans toutes les périodes comparées :"
}

func unlistedWords(n int) string {
	return belvedere.Plural(n, "établissement", "établissements") + " hors registre"
}

// nothing tells whether no figure of the page rests on anything.
func (d Dataline) nothing() bool {
	return d.UpTo == "" && len(d.Missing) == 0 && d.Unlisted == 0
}

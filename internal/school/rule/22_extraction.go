package rule

import (
	"strconv"

	"belvedere"
)

// extraction compares the results extracted by SQL with the year and the maquette.
func (f *facts) extraction(found func(Finding)) {
	m := &f.maquette
	years := map[string][]result{}
	var order []string
	said := map[string]bool{}
	for _, r := range m.results {
		if r.year != strconv.Itoa(int(f.year)) {
			if years[r.year] == nil {
				order = append(order, r.year)
			}
			years[r.year] = append(years[r.year], r)
			continue // of other students and codes
		}
		if len(m.students) > 0 && r.nip != "" && !m.students[r.nip] && !said[r.nip] {
			said[r.nip] = true
			found(Finding{Key: key("etudiant", r.nip),
				Message: "L’étudiant " + r.nip + " a des résultats dans l’extraction, et n’est pas dans la maquette.",
				Mend:    "Vérifiez son inscription à l’étape, puis refaites la maquette ou l’extraction.",
				A:       r.side(sourceApogee, "COD_ETU", r.nip), B: absent(sourceApogee, "apoL_a01_code")})
		}
		m.judgeResult(r, found)
	}
	for _, y := range order {
		of := "une autre année, " + y
		if y == "" {
			of = "aucune année"
		}
		found(Finding{Key: key("extraction", y),
			Message: "L’extraction a " + belvedere.Plural(len(years[y]), "résultat", "résultats") + " d’" + of + "\u00a0: l’année choisie est " + f.year.String() + ".",
			Mend:    "Extrayez les résultats d’une seule année (COD_ANU).",
			A:       years[y][0].side(sourceApogee, "COD_ANU", y)})
	}
}

// judgeResult says what is wrong with a row of the extraction, one finding at most.
func (m *maquette) judgeResult(r result, found func(Finding)) {
	about := "de l’étudiant " + r.student + " en " + quoted(r.element)
	x := Finding{Key: key("resultat", r.student, r.element, r.session), A: r.side(sourceApogee, "NOT_ELP", r.mark)}
	if r.instead != "" {
		x.B = r.side(sourceApogee, "NOT_SUB_ELP", r.instead)
	}
	switch {
	case r.mark != "" && r.instead != "":
		x.Message, x.Mend = "La note "+about+" vaut "+r.mark+", et le code "+r.instead+" la remplace\u00a0: l’un des deux est de trop.", mendMark
	case r.mark != "":
		x.Message, x.Mend = m.wrongMark(about, r.mark, r.scale)
	case r.instead != "":
		x.Message, x.Mend = m.wrongMark(about, r.instead, "")
	}
	if x.Message == "" && r.code != "" {
		x.Message, x.Mend = m.wrongResult(about, r.code)
		x.A = r.side(sourceApogee, "COD_TRE", r.code)
	}
	if x.Message != "" {
		found(x)
	}
}

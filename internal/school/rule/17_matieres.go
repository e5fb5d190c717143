package rule

import (
	"cmp"

	"belvedere/internal/school/vault"
)

var subjectCodes = Rule{
	Number: 17, Code: "matieres", Title: "Matières des services et des cours", Severity: Warning, Tool: ToolSTS,
	Text:   "Les matières des services sont dans la nomenclature\u202f; celles de l’emploi du temps portent le code de gestion de STS-Web, non le code à six caractères\u202f; ce qui est enseigné est au programme d’une formation de l’établissement.",
	Origin: "Procédure d’Index Éducation (correspondances)\u202f; nomenclatures de SIECLE et de STS-Web",
	needs:  [][]string{{"sts_matiere", "siecle_matiere"}},
	run: func(f *facts, found func(Finding)) {
		taught := map[string]Side{}
		for _, s := range append(f.services[:len(f.services):len(f.services)], f.placed...) {
			if f.leftOut(s.structure, s.subject, s.mode) {
				continue
			}
			if _, ok := taught[s.subject]; ok {
				continue
			}
			taught[s.subject] = s.side("CODE_MATIERE", s.subject)
			f.subjectKnown(s, found)
		}
		said := map[string]bool{}
		for _, l := range f.lessons {
			name := cmp.Or(l.subject, l.label)
			if name == "" || said[name] {
				continue // a lesson without subject has a check of its own
			}
			said[name] = true
			if code := f.subjectNamed(l, name, found); code != "" {
				if _, ok := taught[code]; !ok {
					taught[code] = l.side("MAT_CODE", l.subject)
				}
			}
		}
		f.outsideProgrammes(taught, found)
	},
}

func (f *facts) subjectKnown(s *service, found func(Finding)) {
	x := f.subjects[s.subject]
	if x != nil && (x.siecle || !f.any("siecle_matiere")) {
		return
	}
	where := "la nomenclature de SIECLE"
	if !f.any("siecle_matiere") {
		where = "les matières de STS-Web"
	}
	found(Finding{Key: key("service", s.subject), Structure: s.structure, Tool: toolOf(s.source),
		Message: "La matière " + f.subjectName(s.subject) + ", qui a un service, n’est pas dans " + where + ".",
		Mend:    "Corrigez la matière du service, ou demandez l’ouverture de la matière aux services académiques.",
		A:       s.side("CODE_MATIERE", s.subject), B: absent(f.nomenclatureSource(), "MATIERE")})
}

// subjectNamed judges the name that a timetable gives to a subject, and tells the code it means.
func (f *facts) subjectNamed(l *lesson, name string, found func(Finding)) string {
	code, how := f.subjectOf(l)
	x := Finding{Key: key(l.source, vault.Code(name)), Tool: ToolTimetable, A: l.side("MAT_CODE", name)}
	switch {
	case how == unknown:
		x.Message = "La matière " + quoted(name) + " de " + sourceName(l.source) + " n’est le code de gestion d’aucune matière."
		x.Mend = "Donnez à la matière le code de gestion de STS-Web, ou confirmez un rapprochement."
		x.B = absent("sts", "CODE_GESTION")
	case how == nearly && f.subjects[code].code == l.subject:
		x.Message = "La matière " + f.subjectName(code) + " porte dans " + sourceName(l.source) + " son code à six caractères, au lieu de son code de gestion."
		x.Mend = "Donnez-lui dans l’emploi du temps le code de gestion " + quoted(f.subjects[code].gestion) + "."
		x.B = Side{Source: "sts", Field: "CODE_GESTION", Value: f.subjects[code].gestion}
	case how == nearly:
		x.Message = "La matière " + f.subjectName(code) + " s’écrit " + quoted(name) + " dans " + sourceName(l.source) + ", et son code de gestion est " + quoted(f.subjects[code].gestion) + ". Belvédère les a rapprochés."
		x.Mend = "Donnez-lui le même code dans l’emploi du temps."
		x.B = Side{Source: "sts", Field: "CODE_GESTION", Value: f.subjects[code].gestion}
	default:
		return code
	}
	found(x)
	return code
}

// outsideProgrammes says what is taught and in the programme of no formation.
func (f *facts) outsideProgrammes(taught map[string]Side, found func(Finding)) {
	if len(f.programmes) == 0 {
		return
	}
	in := map[string]bool{}
	for _, p := range f.programmes {
		in[p.subject] = true
	}
	for _, code := range sorted(taught) {
		if in[code] || f.subjects[code] == nil {
			continue
		}
		found(Finding{Key: key("programme", code),
			Message: "La matière " + f.subjectName(code) + " est enseignée, et n’est au programme d’aucune formation de l’établissement.",
			Mend:    "Vérifiez la matière du service ou du cours\u202f; si elle est juste, demandez son ajout au programme.",
			A:       taught[code], B: absent(f.nomenclatureSource(), "PROGRAMME")})
	}
}

package rule

import "belvedere/internal/school/vault"

var serviceTeachers = Rule{
	Number: 18, Code: "services", Title: "Services et professeurs principaux", Severity: Warning, Tool: ToolSTS,
	Text:   "Chaque service a un enseignant, chaque enseignant un service, chaque division des services et un seul professeur principal. Les services que l’établissement a laissés de côté n’y comptent pas.",
	Origin: "Remontée des services\u00a0: les heures supplémentaires en dépendent",
	needs:  [][]string{{"sts_service"}},
	run: func(f *facts, found func(Finding)) {
		served := map[string]bool{}
		for _, s := range f.services {
			served[vault.Code(s.structure)] = true
			if len(s.teachers) == 0 && !f.leftOut(s.structure, s.subject, s.mode) {
				found(Finding{Key: key(s.key(), "enseignant"), Structure: s.structure,
					Message: "Le service " + f.subjectName(s.subject) + " de " + quoted(s.structure) + " n’a pas d’enseignant.",
					Mend:    "Affectez un enseignant au service dans STS-Web, ou laissez ce service de côté s’il n’est pas final.",
					A:       s.side("ENSEIGNANTS", ""), B: s.side("HEURES_STRUCTURE", hoursText(s.hours, s.hasHours))})
			}
		}
		for _, g := range f.groups["sts"] {
			for _, d := range g.divisions {
				if served[vault.Code(g.code)] {
					served[vault.Code(d)] = true
				}
			}
		}
		for _, d := range f.divisions["sts"] {
			if !served[vault.Code(d.code)] {
				found(Finding{Key: key("division", vault.Code(d.code)), Structure: d.code,
					Message: "La division " + quoted(d.code) + " n’a aucun service, ni elle ni ses groupes.",
					Mend:    "Créez ses services dans STS-Web, ou supprimez la division.", A: d.side("SERVICES", "")})
			}
		}
		for _, t := range f.teachers {
			if t.services == 0 && t.teaches() {
				found(Finding{Key: key(t.key(), "service"), Who: t.Subject,
					Message: t.title() + " n’a aucun service dans STS-Web.",
					Mend:    "Affectez-lui ses services, ou retirez cette personne de l’établissement.", A: t.side("SERVICES", "")})
			}
		}
		f.headTeachers(found)
	},
}

func hoursText(h float64, known bool) string {
	if !known {
		return ""
	}
	return hours(h)
}

func (f *facts) headTeachers(found func(Finding)) {
	first := map[string]*teacher{}
	for _, t := range f.teachers {
		for _, h := range t.heads {
			d, _ := f.division("sts", h.code)
			if d == nil {
				found(Finding{Key: key(t.key(), "pp", vault.Code(h.code)), Who: t.Subject, Structure: h.code,
					Message: t.title() + " est professeur principal de " + quoted(h.code) + ", qui n’est pas une division de STS-Web.",
					Mend:    "Corrigez la division du professeur principal dans STS-Web.",
					A:       h.side("sts", "PROF_PRINC", h.code), B: absent("sts", "DIVISION")})
				continue
			}
			o := first[d.code]
			if o == nil {
				first[d.code] = t
				continue
			}
			if o == t {
				continue
			}
			found(Finding{Key: key("pp", vault.Code(d.code), t.key()), Who: o.Subject, With: t.Subject, Structure: d.code,
				Message: "La division " + quoted(d.code) + " a deux professeurs principaux\u00a0: " + o.title() + " et " + t.title() + ".",
				Mend:    "Gardez-en un dans STS-Web, ou acceptez le constat s’ils se partagent la division.",
				A:       o.side("PROF_PRINC", o.title()), B: h.side("sts", "PROF_PRINC", t.title())})
		}
	}
}

package rule

import (
	"strings"

	"belvedere/internal/school/vault"
)

var teacherNames = Rule{
	Number: 16, Code: "enseignants", Title: "Les mêmes enseignants dans STS-Web et l’emploi du temps", Severity: Warning, Tool: ToolTimetable,
	Text:   "Chaque enseignant de l’emploi du temps est dans STS-Web, sous son nom d’usage ou patronymique, et inversement. Une personne saisie localement dans STS-Web n’a pas d’identifiant académique.",
	Origin: "Formation des équipes de direction (import STS-Web)",
	needs:  [][]string{{"sts_individu"}},
	run: func(f *facts, found func(Finding)) {
		has := map[*teacher]bool{}
		f.namesOfLessons(has, found)
		f.teachersOfUp(has, found)
		for _, t := range f.teachers {
			if len(f.timetable()) > 0 && !has[t] && t.services > 0 {
				found(Finding{Key: key(t.key(), "sans_cours"), Who: t.Subject,
					Message: t.title() + " a des services dans STS-Web et aucun cours dans l’emploi du temps.",
					Mend:    "Placez ses cours, ou rapprochez son nom de celui de l’emploi du temps.",
					A:       t.side("INDIVIDU", t.title()), B: absent(f.timetable()[0].source, "PROF_NOM")})
			}
			if t.typ == "local" {
				without := ""
				if t.sex == "" {
					without = ", sans sexe"
				}
				found(Finding{Key: key(t.key(), "local"), Who: t.Subject, Tool: ToolSTS,
					Message: "La fiche de " + t.title() + " est saisie localement dans STS-Web" + without + "\u00a0: l’annuaire académique ne la connaît pas, et n’ouvrira pas de compte.",
					Mend:    "Demandez sa prise en charge aux services académiques, ou acceptez le constat.",
					A:       t.side("TYPE", t.typ), B: t.side("SEXE", t.sex)})
			}
		}
	},
}

// namesOfLessons judges each name of the timetable once, and notes who has lessons.
func (f *facts) namesOfLessons(has map[*teacher]bool, found func(Finding)) {
	said := map[personName]bool{}
	for _, l := range f.lessons {
		n := l.teacher
		text := strings.TrimSpace(n.name + " " + n.first)
		if text == "" || said[n] {
			continue
		}
		said[n] = true
		t, how := f.teacher(l.source, n)
		if t != nil {
			has[t] = true
		}
		k := key(l.source, vault.Fold(text))
		switch how {
		case unknown:
			found(Finding{Key: k, Message: text + " a des cours dans " + sourceName(l.source) + " et n’est pas dans STS-Web.",
				Mend: "Rapprochez ce nom d’une personne de STS-Web, ou corrigez-le dans l’emploi du temps.",
				A:    l.side("PROF_NOM", text), B: absent("sts", "INDIVIDU")})
		case nearly:
			found(Finding{Key: k, Who: t.Subject,
				Message: t.title() + " s’écrit " + quoted(text) + " dans " + sourceName(l.source) + ". Belvédère les a rapprochés.",
				Mend:    "Écrivez son nom comme STS-Web, accents et traits d’union compris.",
				A:       l.side("PROF_NOM", text), B: t.side("INDIVIDU", t.title())})
		}
	}
}

// teachersOfUp judges the identifiers of emp_sts.
func (f *facts) teachersOfUp(has map[*teacher]bool, found func(Finding)) {
	said := map[string]bool{}
	for _, s := range f.placed {
		for _, t := range s.teachers {
			if t.who != nil {
				if len(f.lessons) == 0 {
					has[t.who] = true
				}
				continue
			}
			id := strings.TrimPrefix(t.typ+":"+t.id, ":")
			if said[id] {
				continue
			}
			said[id] = true
			found(Finding{Key: key("emp_sts", id),
				Message: "L’enseignant " + quoted(id) + " de la remontée n’est pas dans STS-Web.",
				Mend:    "Importez de nouveau sts_emp dans l’emploi du temps, puis refaites la remontée.",
				A:       t.side("emp_sts", "ENSEIGNANT", id), B: absent("sts", "INDIVIDU")})
		}
	}
}

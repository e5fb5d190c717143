package rule

import (
	"strings"

	"belvedere"
	"belvedere/internal/school/vault"
)

var divisionCount = Rule{
	Number: 4, Code: "nombre_divisions", Title: "Le même nombre de divisions", Severity: Warning, Tool: ToolSTS,
	Text:   "SIECLE, STS-Web et l’emploi du temps ont le même nombre de divisions.",
	Origin: "Formation des équipes de direction (import STS-Web)",
	needs:  [][]string{{"sts_division", "siecle_division"}, {"siecle_eleve", "edt_cours", "udt_cours", "empsts_division"}},
	run: func(f *facts, found func(Finding)) {
		type count struct {
			source string
			names  map[string]bool
		}
		counts := []count{{"siecle", map[string]bool{}}, {"sts", map[string]bool{}}, {"edt", map[string]bool{}}}
		for _, p := range f.pupils {
			if p.enrolled() {
				counts[0].names[vault.Code(p.division())] = true
			}
		}
		for _, d := range f.divisions["siecle"] {
			counts[0].names[vault.Code(d.code)] = true
		}
		for _, d := range f.divisions["sts"] {
			counts[1].names[vault.Code(d.code)] = true
		}
		for _, l := range f.timetable() {
			counts[2].source = l.source
			for _, name := range l.classes() {
				counts[2].names[vault.Code(name)] = true
			}
		}
		var texts []string
		same, first := true, count{}
		for _, c := range counts {
			if len(c.names) == 0 {
				continue
			}
			if first.names == nil {
				first = c
			}
			same = same && len(c.names) == len(first.names)
			texts = append(texts, belvedere.Plural(len(c.names), "division", "divisions")+" dans "+sourceName(c.source))
		}
		if same {
			return
		}
		found(Finding{Key: "nombre",
			Message: "Les sources n’ont pas le même nombre de divisions\u00a0: " + strings.Join(texts, ", ") + ".",
			Mend:    "Voyez au contrôle 3 lesquelles manquent, et où.",
			A:       Side{Source: counts[0].source, Field: "divisions", Value: itoa(int64(len(counts[0].names)))},
			B:       Side{Source: counts[1].source, Field: "DIVISION", Value: itoa(int64(len(counts[1].names)))}})
	},
}

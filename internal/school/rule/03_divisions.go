package rule

import (
	"belvedere"
	"belvedere/internal/school/vault"
)

var divisionNames = Rule{
	Number: 3, Code: "divisions", Title: "Les mêmes divisions partout", Severity: Blocking, Tool: ToolSTS,
	Text:   "Les divisions des élèves de SIECLE sont celles de SIECLE (structures), de STS-Web et de l’emploi du temps, au nom près\u00a0: majuscules, espaces, tirets et «\u00a0/\u00a0» sont mis à part.",
	Origin: "Formation des équipes de direction (import STS-Web)\u202f; SIECLE reçoit ses structures de STS-Web",
	needs:  [][]string{{"sts_division", "siecle_division"}},
	run: func(f *facts, found func(Finding)) {
		f.divisionsOfPupils(found)
		f.divisionsDeclared(found)
		f.divisionsOfLessons(found)
		f.divisionsOfUp(found)
	},
}

// ownerName is how a sentence names the source that owns structures.
func (f *facts) ownerName() string { return sourceName(f.owner()) }

func sourceName(source string) string {
	switch source {
	case "siecle":
		return "SIECLE"
	case "sts":
		return "STS-Web"
	case "emp_sts":
		return "la remontée vers STS-Web"
	case "edt":
		return "EDT"
	case "udt":
		return "UnDeuxTemps"
	}
	return "l’annuaire fédérateur"
}

// absent is the other side of what a source does not have.
func absent(source, field string) Side { return Side{Source: source, Field: field, Value: ""} }

// named judges the name that a source gives to a division.
func (f *facts) named(source string, where Side, name, whose, mend string, severity Severity, found func(Finding)) {
	s, how := f.division(source, name)
	switch how {
	case unknown:
		found(Finding{Key: key(source, vault.Code(name)), Severity: severity, Structure: name, Tool: toolOf(source),
			Message: "La division " + quoted(name) + whose + " n’existe pas dans " + f.ownerName() + ".", Mend: mend,
			A: where, B: absent(f.owner(), "DIVISION")})
	case nearly:
		found(Finding{Key: key(source, vault.Code(name)), Severity: Warning, Structure: s.code, Tool: toolOf(source),
			Message: "La division " + quoted(s.code) + " de " + f.ownerName() + " s’écrit " + quoted(name) + " dans " + sourceName(source) + ". Belvédère les a rapprochées.",
			Mend:    "Donnez-lui le même nom des deux côtés\u00a0: d’autres logiciels ne les rapprocheront pas.",
			A:       where, B: s.side("DIVISION", s.code)})
	}
}

func (f *facts) divisionsOfPupils(found func(Finding)) {
	counts, first := map[string]int{}, map[string]membership{}
	var order []string
	for _, p := range f.pupils {
		if !p.active() {
			continue
		}
		for _, d := range p.divisions {
			if counts[d.code] == 0 {
				order, first[d.code] = append(order, d.code), d
			}
			counts[d.code]++
		}
	}
	for _, code := range order {
		f.named("siecle", first[code].side("siecle", "CODE_STRUCTURE", code), code,
			", où SIECLE place "+belvedere.Plural(counts[code], "élève", "élèves")+",",
			"Changez ces élèves de division dans SIECLE, ou créez la division dans STS-Web et renvoyez les structures à SIECLE.", Blocking, found)
	}
}

// divisionsDeclared compares the structures of SIECLE with those of STS-Web, when both are there.
func (f *facts) divisionsDeclared(found func(Finding)) {
	if len(f.divisions["sts"]) == 0 || len(f.divisions["siecle"]) == 0 {
		return
	}
	const mend = "Renvoyez les structures de STS-Web vers SIECLE."
	has := map[string]bool{}
	for _, d := range f.divisions["siecle"] {
		if s, _ := f.division("siecle", d.code); s != nil {
			has[s.code] = true
		}
		if f.pupilsIn(d.code) == 0 { // else it was said with its pupils
			f.named("siecle", d.side("DIVISION", d.code), d.code, ", déclarée dans les structures de SIECLE,", mend, Blocking, found)
		}
	}
	for _, d := range f.divisions["sts"] {
		if !has[d.code] {
			found(Finding{Key: key("structures", vault.Code(d.code)), Structure: d.code,
				Message: "La division " + quoted(d.code) + " de STS-Web n’est pas dans les structures de SIECLE.", Mend: mend,
				A: d.side("DIVISION", d.code), B: absent("siecle", "DIVISION")})
		}
	}
}

// pupilsIn counts the active pupils whom SIECLE places in a division, as it writes it.
func (f *facts) pupilsIn(code string) (n int) {
	for _, p := range f.pupils {
		for _, d := range p.divisions {
			if p.active() && d.code == code {
				n++
			}
		}
	}
	return n
}

func (f *facts) divisionsOfLessons(found func(Finding)) {
	if len(f.lessons) == 0 {
		return
	}
	seen, has := map[string]bool{}, map[*structure]bool{}
	for _, l := range f.lessons {
		for _, a := range l.audiences {
			name := a.class
			if a.sort == "classe" {
				name = a.name
			}
			if name == "" || seen[name] {
				continue
			}
			seen[name] = true
			if s, _ := f.division(l.source, name); s != nil {
				has[s] = true
			}
			f.named(l.source, l.side("CLASSE", name), name, ", qui a des cours dans "+sourceName(l.source)+",",
				"Renommez la classe dans l’emploi du temps, ou confirmez le rapprochement.", Blocking, found)
		}
	}
	for _, d := range f.divisions[f.owner()] {
		if !has[d] {
			f.withoutLessons(d, f.lessons[0].source, Blocking, found)
		}
	}
}

// withoutLessons says that a division is in no timetable: no roll call works there. It is a
// warning at most when nobody is in the division.
func (f *facts) withoutLessons(d *structure, source string, severity Severity, found func(Finding)) {
	whom := ""
	if n := f.enrolledIn(d); n > 0 {
		whom = ", qui a " + belvedere.Plural(n, "élève", "élèves") + ","
	} else {
		severity = Warning
	}
	found(Finding{Key: key(source, "sans", vault.Code(d.code)), Severity: severity, Structure: d.code, Tool: ToolTimetable,
		Message: "La division " + quoted(d.code) + whom + " n’a aucun cours dans " + sourceName(source) + "\u00a0: ni emploi du temps, ni appel en ligne.",
		Mend:    "Placez ses cours, ou rapprochez-la d’une classe de l’emploi du temps.",
		A:       d.side("DIVISION", d.code), B: absent(source, "CLASSE")})
}

// divisionsOfUp compares emp_sts, whose unknown divisions STS-Web refuses.
func (f *facts) divisionsOfUp(found func(Finding)) {
	if !f.any("empsts_division") || f.owner() != "sts" {
		return
	}
	has := map[*structure]bool{}
	for _, d := range f.divisions["emp_sts"] {
		if s, _ := f.division("emp_sts", d.code); s != nil {
			has[s] = true
		}
		f.named("emp_sts", d.side("DIVISION", d.code), d.code, ", que l’emploi du temps remonte,",
			"Retirez-la de l’emploi du temps, ou créez-la dans STS-Web\u00a0: STS-Web refusera la remontée.", Blocking, found)
	}
	grouped := map[*structure]bool{} // taught in groups at least
	for _, g := range f.groups["emp_sts"] {
		for _, code := range g.divisions {
			if s, _ := f.division("emp_sts", code); s != nil {
				grouped[s] = true
			}
		}
	}
	for _, d := range f.divisions["sts"] {
		severity := Blocking
		if grouped[d] || len(f.lessons) > 0 {
			severity = Warning
		}
		if !has[d] {
			f.withoutLessons(d, "emp_sts", severity, found)
		}
	}
}

package rule

import (
	"slices"

	"belvedere"
	"belvedere/internal/school/vault"
)

var groupNames = Rule{
	Number: 6, Code: "groupes", Title: "Groupes des élèves", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Les groupes des élèves existent dans STS-Web, acceptent leur MEF et prennent des élèves de leur division.",
	Origin: "SIECLE, import des liens élèves-groupes\u00a0: rejets GROUPE_A_01 et GROUPE_B_02",
	needs:  [][]string{needPupils, {"sts_groupe", "siecle_groupe"}},
	run: func(f *facts, found func(Finding)) {
		counts := map[string]int{}
		for _, p := range f.pupils {
			for _, m := range p.groups {
				if p.active() {
					counts[m.code]++
				}
			}
		}
		said := map[string]bool{}
		for _, p := range f.pupils {
			if !p.active() {
				continue
			}
			for _, m := range p.groups {
				g, how := f.group("siecle", m.code)
				if how != exact && how != confirmed && !said[m.code] {
					said[m.code] = true
					f.groupNamed(m, g, how, counts[m.code], found)
				}
				if g != nil {
					f.groupOf(p, m, g, found)
				}
			}
		}
	},
}

// groupNamed says that a group of SIECLE is not one of STS-Web, or not quite.
func (f *facts) groupNamed(m membership, g *structure, how match, n int, say func(Finding)) {
	switch how {
	case unknown:
		say(Finding{Key: key("groupe", vault.Code(m.code)), Severity: Blocking, Structure: m.code,
			Message: "Le groupe " + quoted(m.code) + ", où SIECLE place " + belvedere.Plural(n, "élève", "élèves") + ", n’existe pas dans " + f.ownerName() + ".",
			Mend:    "Créez le groupe dans STS-Web et renvoyez les structures, ou retirez-en les élèves dans SIECLE.",
			A:       m.side("siecle", "CODE_STRUCTURE", m.code), B: absent(f.owner(), "GROUPE")})
	case nearly:
		say(Finding{Key: key("groupe", vault.Code(m.code)), Structure: g.code,
			Message: "Le groupe " + quoted(g.code) + " de " + f.ownerName() + " s’écrit " + quoted(m.code) + " dans SIECLE. Belvédère les a rapprochés.",
			Mend:    "Donnez-lui le même nom des deux côtés.",
			A:       m.side("siecle", "CODE_STRUCTURE", m.code), B: g.side("GROUPE", g.code)})
	}
}

// groupOf judges one pupil in one group.
func (f *facts) groupOf(p *pupil, m membership, g *structure, say func(Finding)) {
	if p.mef.Text != "" && len(g.mefs) > 0 && !slices.Contains(g.mefs, p.mef.Text) {
		x := p.about(key("mef", vault.Code(g.code)))
		x.Message = p.title() + " est dans le groupe " + quoted(g.code) + ", qui n’accepte pas son MEF " + p.mef.Text + "."
		x.Mend = "Corrigez le MEF de l’élève dans SIECLE, ou rattachez le groupe à ce MEF dans STS-Web."
		x.A, x.B = p.side("CODE_MEF", p.mef.Text), g.side("MEF_APPARTENANCE", listed(g.mefs))
		say(x)
	}
	if len(g.divisions) == 0 || len(p.divisions) == 0 {
		return
	}
	for _, d := range p.divisions {
		s, _ := f.division("siecle", d.code)
		for _, code := range g.divisions {
			if s != nil && vault.Code(s.code) == vault.Code(code) {
				return
			}
		}
	}
	x := p.about(key("division", vault.Code(g.code)))
	x.Message = p.title() + ", de la division " + quoted(p.division()) + ", est dans le groupe " + quoted(g.code) + ", qui ne prend pas d’élèves de cette division."
	x.Mend = "Retirez l’élève du groupe dans SIECLE, ou ajoutez sa division au groupe dans STS-Web."
	x.A, x.B = m.side("siecle", "CODE_STRUCTURE", m.code), g.side("DIVISION_APPARTENANCE", listed(g.divisions))
	say(x)
}

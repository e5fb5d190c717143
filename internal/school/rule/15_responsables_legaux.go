package rule

import "belvedere"

// The pupil answers for himself (CODE_PARENTE).
const kinSelf = "70"

var guardianLevels = Rule{
	Number: 15, Code: "responsables_legaux", Title: "Responsables légaux", Severity: Blocking, Tool: ToolSIECLE,
	Text:   "Chaque élève a un ou deux responsables légaux (niveau 1), sauf s’il est majeur et répond de lui-même (code 70)\u202f; une seule personne paie les frais.",
	Origin: "Anomalie PAREN de SIECLE\u202f; depuis 2018, mère et père sont de niveau 1",
	needs:  [][]string{needPupils, needGuardians},
	run: func(f *facts, found func(Finding)) {
		links := map[string][]*link{}
		for _, l := range f.links {
			links[l.pupil] = append(links[l.pupil], l)
		}
		for _, p := range f.pupils {
			if f.byPupil[p.id] == p {
				f.judgeLinks(p, links[p.id], found)
			}
		}
	},
}

func (f *facts) judgeLinks(p *pupil, links []*link, found func(Finding)) {
	var legal, payers []*link
	self, untold := false, false
	for _, l := range links {
		if l.level == "1" {
			legal = append(legal, l)
		}
		if l.pays {
			payers = append(payers, l)
		}
		self = self || l.kin == kinSelf
		untold = untold || l.level == ""
	}
	switch {
	case len(legal) == 0 && !self && !untold:
		x := p.about("legal")
		x.Message = p.title() + " n’a aucun responsable légal\u00a0: ni courrier ni compte pour sa famille."
		x.Mend = "Rattachez ses responsables dans SIECLE, au niveau 1."
		x.A = p.side("ELEVE_ID", p.id)
		x.B = Side{Source: "siecle", Import: f.importOf("siecle_lien").id, Field: "NIVEAU_RESPONSABILITE"}
		if len(links) > 0 {
			x.B = links[0].side("siecle", "NIVEAU_RESPONSABILITE", links[0].level)
		}
		if !p.active() {
			x.Severity = Warning
		}
		found(x)
	case len(legal) > 2:
		x := p.about("legal")
		x.Severity = Warning
		x.Message = p.title() + " a " + belvedere.Plural(len(legal), "responsable légal", "responsables légaux") + " (niveau 1), au lieu de deux au plus."
		x.Mend = "Vérifiez les niveaux de responsabilité dans SIECLE\u00a0: un beau-parent est de niveau 2, un contact de niveau 3."
		x.A, x.B = p.side("ELEVE_ID", p.id), legal[2].side("siecle", "NIVEAU_RESPONSABILITE", "1")
		found(x)
	}
	if len(payers) > 1 {
		x := p.about("payeur")
		x.Severity = Warning
		x.Message = "Les frais de " + p.title() + " sont payés par " + belvedere.Plural(len(payers), "personne", "personnes") + ", au lieu d’une."
		x.Mend = "Ne laissez qu’un payeur dans SIECLE\u00a0: les services financiers en attendent un."
		x.A, x.B = payers[0].side("siecle", "PAIE_FRAIS_SCOLAIRES", "1"), payers[1].side("siecle", "PAIE_FRAIS_SCOLAIRES", "1")
		found(x)
	}
}

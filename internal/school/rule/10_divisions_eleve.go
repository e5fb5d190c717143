package rule

import "belvedere"

var pupilDivisions = Rule{
	Number: 10, Code: "divisions_eleve", Title: "Une seule division par élève", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Un élève présent a une seule division\u202f; quand il en a plusieurs, la première par ordre de code compte. SIECLE laisse leurs structures aux élèves sortis, qui ne comptent plus.",
	Origin: "SIECLE, spécification des exports XML, 8.4 et 12.3",
	needs:  [][]string{needPupils},
	run: func(f *facts, found func(Finding)) {
		left, first := 0, (*pupil)(nil)
		for _, p := range f.pupils {
			switch {
			case !p.active() && len(p.divisions)+len(p.groups) > 0:
				if left++; first == nil {
					first = p
				}
			case p.active() && len(p.divisions) > 1:
				var codes []string
				for _, d := range p.divisions {
					codes = append(codes, d.code)
				}
				x := p.about("plusieurs")
				x.Message = p.title() + " est dans " + belvedere.Plural(len(codes), "division", "divisions") + "\u00a0: " + listed(codes) + ". La première compte."
				x.Mend = "Ne lui laissez qu’une division dans SIECLE."
				x.A = p.divisions[0].side("siecle", "CODE_STRUCTURE", codes[0])
				x.B = p.divisions[1].side("siecle", "CODE_STRUCTURE", codes[1])
				found(x)
			}
		}
		if left > 0 {
			// No name: there is nothing to mend for each of them.
			found(Finding{Key: "sortis",
				Message: belvedere.Plural(left, "élève sorti garde", "élèves sortis gardent") + " une division ou un groupe dans l’export\u00a0: SIECLE les y laisse, et Belvédère ne les compte pas.",
				Mend:    "Rien à corriger si ces sorties sont exactes.",
				A:       first.side("DATE_SORTIE", day(first.exit))})
		}
	},
}

package rule

import "slices"

var pupilMEF = Rule{
	Number: 7, Code: "mef", Title: "MEF des élèves", Severity: Blocking, Tool: ToolSIECLE,
	Text:   "Chaque élève présent a un MEF, que la nomenclature connaît et que sa division accueille.",
	Origin: "Anomalie ACMEF de SIECLE\u202f; règle «\u00a0scolarisé\u00a0»",
	needs:  [][]string{needPupils},
	run: func(f *facts, found func(Finding)) {
		for _, p := range f.pupils {
			if p.active() {
				f.judgeMEF(p, found)
			}
		}
	},
}

func (f *facts) judgeMEF(p *pupil, found func(Finding)) {
	x := p.about("mef")
	x.A = p.side("CODE_MEF", p.mef.Text)
	d, _ := f.division("siecle", p.division())
	switch {
	case p.mef.Text == "":
		x.Message = p.title() + " n’a pas de MEF\u00a0: aucun effectif ne compte cet élève."
		x.Mend = "Donnez-lui son MEF dans SIECLE."
	case len(f.mefs) > 0 && f.mefs[p.mef.Text] == nil:
		x.Message = p.title() + " a le MEF " + p.mef.Text + ", que la nomenclature de l’établissement ne connaît pas."
		x.Mend = "Corrigez son MEF dans SIECLE, ou demandez l’ouverture de ce MEF aux services académiques."
		x.B = absent(f.nomenclatureSource(), "MEF")
	case d != nil && len(d.mefs) > 0 && !slices.Contains(d.mefs, p.mef.Text):
		x.Message = p.title() + " a le MEF " + p.mef.Text + ", que sa division " + quoted(d.code) + " n’accueille pas."
		x.Mend = "Corrigez le MEF ou la division de l’élève dans SIECLE, ou rattachez la division à ce MEF dans STS-Web."
		x.B = d.side("MEF_APPARTENANCE", listed(d.mefs))
	default:
		return
	}
	found(x)
}

// nomenclatureSource is where codes come from first.
func (f *facts) nomenclatureSource() string {
	if f.any("siecle_mef") {
		return "siecle"
	}
	return "sts"
}

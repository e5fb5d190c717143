package rule

import "slices"

var pupilOptions = Rule{
	Number: 8, Code: "options", Title: "Options des élèves", Severity: Warning, Tool: ToolSIECLE,
	Text:   "Chaque option d’un élève est au programme de son MEF, selon la même modalité\u202f; les options obligatoires sont assez nombreuses, et chacune à son rang. Le tronc commun (S) n’est pas dans les options.",
	Origin: "Anomalies OPOBL, OPFAC et INOPT de SIECLE",
	needs:  [][]string{{"siecle_option"}, {"siecle_programme", "sts_programme"}},
	run: func(f *facts, found func(Finding)) {
		for _, p := range f.pupils {
			// A MEF that nothing knows was said by its own check.
			if p.active() && len(f.programmeOf(p.mef.Text)) > 0 {
				f.judgeOptions(p, found)
				f.judgeObligatory(p, found)
			}
		}
	},
}

// programmeOf is what a MEF teaches: as the nomenclature of SIECLE says, else as STS-Web.
func (f *facts) programmeOf(mef string) []programme {
	if list, ok := f.taught[mef]; ok {
		return list
	}
	var list []programme
	for _, source := range []string{"siecle", "sts"} {
		for _, p := range f.programmes {
			if p.mef == mef && p.source == source {
				list = append(list, p)
			}
		}
		if len(list) > 0 {
			break
		}
	}
	f.taught[mef] = list
	return list
}

func (f *facts) judgeOptions(p *pupil, found func(Finding)) {
	programme := f.programmeOf(p.mef.Text)
	for _, o := range p.options {
		var modes []string
		taught := false
		for _, x := range programme {
			if x.subject != o.subject {
				continue
			}
			taught = true
			if x.mode != "" {
				modes = append(modes, x.mode)
			}
		}
		x := p.about(key("option", o.subject))
		x.A = o.side("siecle", "CODE_MATIERE", o.subject)
		switch {
		case !taught:
			where := "n’est pas au programme de son MEF " + p.mef.Text
			if f.subjects[o.subject] == nil {
				where = "n’est ni dans les matières de l’établissement, ni au programme de son MEF " + p.mef.Text
			}
			x.Message = "L’option " + f.subjectName(o.subject) + " de " + p.title() + " " + where + "."
			x.Mend = "Corrigez l’option ou le MEF de l’élève dans SIECLE\u202f; si l’établissement l’enseigne, demandez l’ajout au programme."
			x.B = absent(f.nomenclatureSource(), "PROGRAMME")
		case o.mode != "" && len(modes) > 0 && !slices.Contains(modes, o.mode):
			x.Message = "L’option " + f.subjectName(o.subject) + " de " + p.title() + " a la modalité " + quoted(o.mode) + ", que le programme de son MEF ne prévoit pas."
			x.Mend = "Corrigez la modalité de l’option dans SIECLE."
			x.A = o.side("siecle", "CODE_MODALITE_ELECT", o.mode)
			x.B = Side{Source: f.nomenclatureSource(), Field: "CODE_MODALITE_ELECT", Value: listed(modes)}
		default:
			continue
		}
		found(x)
	}
}

// judgeObligatory counts the compulsory options of a pupil, and gives each its rank.
func (f *facts) judgeObligatory(p *pupil, found func(Finding)) {
	m := f.mefs[p.mef.Text]
	if m == nil || m.obligatory < 0 {
		return
	}
	n, ranks := 0, map[string]string{}
	for _, o := range p.options {
		if o.mode != "O" {
			continue
		}
		n++
		list := f.required[[2]string{m.code, o.subject}]
		if len(list) != 1 {
			continue // free, or to be placed at several ranks
		}
		if other := ranks[list[0]]; other != "" && other != o.subject {
			x := p.about(key("rang", list[0]))
			x.Message = p.title() + " a deux options obligatoires de rang " + list[0] + "\u00a0: " + f.subjectName(other) + " et " + f.subjectName(o.subject) + "."
			x.Mend = "Gardez-en une dans SIECLE, ou rendez l’autre facultative."
			x.A, x.B = o.side("siecle", "CODE_MATIERE", o.subject), Side{Source: "siecle", Field: "RANG_OPTION", Value: list[0]}
			found(x)
		}
		ranks[list[0]] = o.subject
	}
	x := p.about("obligatoires")
	x.A = p.side("options obligatoires", itoa(int64(n)))
	switch {
	case m.available > 0 && n < m.available:
		x.Message = p.title() + " a trop peu d’options obligatoires\u00a0: " + itoa(int64(n)) + ", et son MEF en demande au moins " + itoa(int64(m.available)) + "."
		x.B = Side{Source: "siecle", Field: "NB_OPT_MINI", Value: itoa(int64(m.available))}
	case m.obligatory > 0 && n > m.obligatory:
		x.Message = p.title() + " a trop d’options obligatoires\u00a0: " + itoa(int64(n)) + ", et son MEF en prévoit " + itoa(int64(m.obligatory)) + "."
		x.B = Side{Source: "siecle", Field: "NB_OPT_OBLIG", Value: itoa(int64(m.obligatory))}
	default:
		return
	}
	x.Mend = "Complétez ou corrigez ses options dans SIECLE."
	found(x)
}

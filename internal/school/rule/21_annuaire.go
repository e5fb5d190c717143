package rule

import (
	"strings"

	"belvedere/internal/school/vault"
)

var directory = Rule{
	Number: 21, Code: "annuaire", Title: "Annuaire fédérateur et SIECLE", Severity: Warning, Tool: ToolSIECLE,
	Text:   "L’annuaire de l’ENT connaît les mêmes élèves que SIECLE, avec le même INE et la même classe. Il a une nuit de retard sur SIECLE.",
	Origin: "SDET\u00a0: ENTEleveStructRattachId est l’ELEVE_ID de SIECLE",
	needs:  [][]string{needPupils, {"aaf_eleve"}},
	run: func(f *facts, found func(Finding)) {
		known := map[string]*listing{}
		for _, l := range f.directory {
			if l.eleveID != "" {
				known[l.eleveID] = l
			}
		}
		for _, p := range f.pupils {
			if derived(p.id) || !p.active() {
				continue
			}
			l := known[p.id]
			if l == nil {
				if p.enrolled() {
					x := p.about("absent")
					x.Message = p.title() + " est dans SIECLE, et n’est pas dans l’annuaire fédérateur\u00a0: pas de compte par l’annuaire."
					x.Mend = "Attendez l’annuaire du lendemain\u202f; s’il manque encore, vérifiez son MEF et sa division dans SIECLE."
					x.A, x.B = p.side("ELEVE_ID", p.id), absent("aaf", "ENTEleveStructRattachId")
					found(x)
				}
				continue
			}
			f.compareListing(p, l, found)
		}
		for _, l := range f.directory {
			p := f.byPupil[l.eleveID]
			if l.eleveID != "" && (p == nil || !p.active()) && !f.onlyDerived() {
				f.onlyListed(l, p, found)
			}
		}
	},
}

// onlyDerived tells an extraction, whose identifiers are made up: nothing can be joined by them.
func (f *facts) onlyDerived() bool { return len(f.pupils) > 0 && derived(f.pupils[0].id) }

func (f *facts) compareListing(p *pupil, l *listing, found func(Finding)) {
	if l.ine != "" && p.ine.Text != "" && !strings.EqualFold(l.ine, p.ine.Text) {
		x := p.about("ine")
		x.Message = p.title() + " n’a pas le même INE dans SIECLE et dans l’annuaire fédérateur."
		x.Mend = "Si l’écart reste le lendemain, vérifiez l’INE dans SIECLE."
		x.A, x.B = p.side("INE", p.ine.Text), l.side("aaf", "ENTEleveINE", l.ine)
		found(x)
	}
	if len(l.classes) == 0 || len(p.divisions) == 0 {
		return
	}
	mine, _ := f.division("siecle", p.division())
	for _, c := range l.classes {
		theirs, _ := f.division("aaf", c)
		if vault.Code(c) == vault.Code(p.division()) || theirs != nil && theirs == mine {
			return
		}
	}
	x := p.about("classe")
	x.Message = p.title() + " est en " + quoted(p.division()) + " dans SIECLE, et en " + quoted(l.classes[0]) + " dans l’annuaire fédérateur."
	x.Mend = "Attendez l’annuaire du lendemain\u202f; si l’écart reste, vérifiez la division dans SIECLE."
	x.A, x.B = p.divisions[0].side("siecle", "CODE_STRUCTURE", p.division()), l.side("aaf", "ENTEleveClasses", l.classes[0])
	found(x)
}

func (f *facts) onlyListed(l *listing, p *pupil, found func(Finding)) {
	x := Finding{Key: key("aaf:"+l.join, "absent"), Who: f.subject("eleve", "aaf", l.join)}
	x.Message = l.name + " " + l.first + " est dans l’annuaire fédérateur, et n’est pas dans SIECLE."
	x.Mend = "Attendez l’annuaire du lendemain\u202f; s’il y est encore, signalez-le à l’assistance académique."
	x.A, x.B = l.side("aaf", "ENTEleveStructRattachId", l.eleveID), absent("siecle", "ELEVE_ID")
	if p != nil {
		x.Who = p.Subject
		x.Message = "SIECLE dit la sortie de " + l.name + " " + l.first + ", et l’annuaire fédérateur l’a encore\u00a0: son compte reste ouvert."
		x.B = p.side("DATE_SORTIE", day(p.exit))
	}
	found(x)
}

package rule

import (
	"math"
	"slices"

	"belvedere/internal/school/vault"
)

const (
	// slack is the rounding that files allow themselves.
	slack = 0.01
	// mostOvertime are the hours a week beyond his due that a teacher cannot refuse (décret
	// 2014-940, art. 4, since 2019): no contradiction.
	mostOvertime = 2
)

var serviceHours = Rule{
	Number: 19, Code: "heures", Title: "Heures des enseignants et des divisions", Severity: Warning, Tool: ToolSTS,
	Text:   "Les heures d’un enseignant, pondérées, font celles qu’il doit, ou deux de plus au plus\u202f; les heures d’une division sont celles du programme de son MEF. Un service est sur la division ou sur le groupe\u00a0: ses heures ne comptent pas deux fois.",
	Origin: "STS-Web\u202f; décret 2014-940, article 4 (deux heures supplémentaires)",
	needs:  [][]string{{"sts_service"}},
	run: func(f *facts, found func(Finding)) {
		for _, t := range f.teachers {
			if !t.hasDue || t.due <= 0 || t.services == 0 {
				continue
			}
			if t.hours > t.due-slack && t.hours < t.due+mostOvertime+slack {
				continue
			}
			found(Finding{Key: key(t.key(), "heures"), Who: t.Subject,
				Message: t.title() + " a " + hours(t.hours) + " de service, pondération comprise, et en doit " + hours(t.due) + ".",
				Mend:    "Complétez ou corrigez ses services dans STS-Web\u202f; un service partagé avec un autre établissement explique un écart\u00a0: acceptez-le alors.",
				A:       t.side("HEURES_AGENT", hours(t.hours)), B: t.side("NB_HEURES", hours(t.due))})
		}
		for _, d := range f.divisions["sts"] {
			if len(d.mefs) == 1 { // else whose programme?
				f.hoursOfDivision(d, found)
			}
		}
	},
}

// hoursOfDivision compares the hours of each subject with the programme of the division's MEF.
func (f *facts) hoursOfDivision(d *structure, found func(Finding)) {
	for _, p := range f.programmeOf(d.mefs[0]) {
		due, ok := decimal(p.hours.Text)
		if !ok || due <= 0 || p.mode != "" && p.mode != "S" {
			continue // options are not for the whole division
		}
		own, grouped, where := f.hoursOf(d, p.subject)
		if where == nil && p.mode == "" || f.leftOut(d.code, p.subject, "") || math.Abs(own+grouped-due) <= slack {
			continue
		}
		x := Finding{Key: key("division", vault.Code(d.code), p.subject), Structure: d.code,
			Message: "La division " + quoted(d.code) + " a " + hours(own+grouped) + " en " + f.subjectName(p.subject) + ", et le programme de son MEF en prévoit " + hours(due) + ".",
			Mend:    "Corrigez les heures du service dans STS-Web, ou acceptez le constat si l’établissement en a décidé ainsi.",
			A:       d.side("HEURES_STRUCTURE", hours(own+grouped)), B: Side{Source: p.source, Field: "HORAIRE", Value: hours(due)}}
		if where != nil {
			x.A = where.side("HEURES_STRUCTURE", hours(own+grouped))
		}
		if own > 0 && grouped > 0 && own+grouped > due+slack {
			x.Mend = "La matière a un service sur la division et un autre sur un groupe\u00a0: supprimez celui qui n’a pas lieu."
		}
		found(x)
	}
}

// hoursOf adds the hours of a subject on a division; groups that share the pupils of the
// division have their lessons at once, so that the longest counts.
func (f *facts) hoursOf(d *structure, subject string) (own, grouped float64, where *service) {
	perGroup := map[string]float64{}
	for _, s := range f.services {
		if s.subject != subject || !s.hasHours || f.leftOut(s.structure, s.subject, s.mode) {
			continue
		}
		switch g := find(f.groups["sts"], s.structure); {
		case !s.group && s.structure == d.code:
			own += s.hours
		case s.group && g != nil && slices.Contains(g.divisions, d.code):
			perGroup[g.code] += s.hours
		default:
			continue
		}
		if where == nil {
			where = s
		}
	}
	for _, h := range perGroup {
		grouped = max(grouped, h)
	}
	return own, grouped, where
}

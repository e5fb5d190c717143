package rights

import (
	"cmp"
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/registry"
)

// agreement is the second gate: what the school agreed to share. For an indicator kept for
// schools any agreement in force passes; whether it extends the recipients is the third gate.
func (x *explainer) agreement() (bool, string) {
	u := x.q.School
	if u == "" {
		return x.agreements()
	}
	if x.own(u) {
		return true, "Vous travaillez dans cet établissement" + belvedere.NoBreak + ": aucune convention n’est nécessaire pour voir ses propres chiffres."
	}
	concerned := x.concerned(u)
	for _, a := range concerned {
		if a.InForce(x.in.Today) && (x.q.Indicator.SchoolOnly || x.shares(a)) {
			return true, x.inForce(a)
		}
	}
	return false, x.missing(u, concerned)
}

// agreements counts, of the schools of the account, those that share the indicator.
func (x *explainer) agreements() (bool, string) {
	everyone, sharing := false, map[belvedere.UAI]bool{}
	for _, a := range x.in.Agreements {
		if a.InForce(x.in.Today) && (x.q.Indicator.SchoolOnly || x.shares(a)) {
			everyone = everyone || a.School == ""
			sharing[a.School] = true
		}
	}
	schools := x.reached
	if x.reachAll {
		schools = nil
		for _, s := range x.in.Schools {
			schools = append(schools, s.UAI)
		}
	}
	n := 0
	for _, u := range schools {
		if everyone || sharing[u] || x.own(u) {
			n++
		}
	}
	kept, of := x.q.Indicator.SchoolOnly, belvedere.Plural(len(schools), "établissement", "établissements")
	switch {
	case n == 0 && kept:
		return false, "Sur " + of + ", aucun n’a de convention en vigueur."
	case n == 0:
		return false, "Sur " + of + ", aucun ne partage cet indicateur par une convention en vigueur."
	case inSchool(x.in.Account):
		return true, "Vous travaillez dans ces établissements" + belvedere.NoBreak + ": aucune convention n’est nécessaire pour voir leurs propres chiffres."
	case kept:
		return true, fmt.Sprintf("Sur %s, %s une convention en vigueur.", of, several(n, "a", "ont"))
	}
	return true, fmt.Sprintf("Sur %s, %s cet indicateur par une convention en vigueur.", of, several(n, "partage", "partagent"))
}

// several writes a count with its verb.
func several(n int, single, many string) string {
	if n < 2 {
		many = single
	}
	return belvedere.FormatNumber(float64(n), 0) + " " + many
}

// own tells whether the account is of the staff of a school.
func (x *explainer) own(u belvedere.UAI) bool {
	return inSchool(x.in.Account) && contains(x.schools, u)
}

// concerned are the agreements that bear on a school: its own first, then the collective ones;
// those in force first, then the latest.
func (x *explainer) concerned(u belvedere.UAI) []registry.Agreement {
	var out []registry.Agreement
	for _, a := range x.in.Agreements {
		if a.School == u || a.School == "" {
			out = append(out, a)
		}
	}
	rank := func(a registry.Agreement) int {
		switch {
		case a.InForce(x.in.Today) && a.School != "":
			return 0
		case a.InForce(x.in.Today):
			return 1
		case a.School != "":
			return 2
		}
		return 3
	}
	slices.SortFunc(out, func(a, b registry.Agreement) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), b.From.Compare(a.From), cmp.Compare(b.ID, a.ID))
	})
	return out
}

// shares tells whether an agreement shares the indicator, as far as it is not kept for schools.
func (x *explainer) shares(a registry.Agreement) bool {
	return a.AllThemes || slices.Contains(a.Themes, x.q.Indicator.Theme) || slices.Contains(a.Indicators, number(x.q.Indicator))
}

// number is the number of the annex that an indicator bears or details.
func number(ind *belvedere.Indicator) int {
	if ind.Number == 0 {
		return ind.Of
	}
	return ind.Number
}

// inForce says by which agreement the gate is open.
func (x *explainer) inForce(a registry.Agreement) string {
	until := "sans date de fin"
	if !a.To.IsZero() {
		until = "jusqu’au " + belvedere.DayMonthYear(a.To.AddDate(0, 0, -1))
	}
	what := ""
	switch {
	case x.q.Indicator.SchoolOnly:
	case a.AllThemes || slices.Contains(a.Themes, x.q.Indicator.Theme):
		what = fmt.Sprintf(" et partage le thème %s", x.in.Model.Theme(x.q.Indicator.Theme))
	default:
		what = fmt.Sprintf(" et partage l’indicateur %d", number(x.q.Indicator))
	}
	return fmt.Sprintf("%s, signée au titre %s, est en vigueur %s%s.", x.called(a), basis(a.Basis), until, what)
}

// missing says what comes closest to the agreement that is missing.
func (x *explainer) missing(u belvedere.UAI, concerned []registry.Agreement) string {
	nothing := fmt.Sprintf("Aucune convention n’est enregistrée pour %s", x.name(u))
	if len(concerned) == 0 {
		return nothing + belvedere.NoBreak + ": rien n’est partagé."
	}
	a := concerned[0]
	switch {
	case a.InForce(x.in.Today):
		return fmt.Sprintf("%s est en vigueur, mais ne partage ni le thème %s ni l’indicateur %d.", x.called(a), x.in.Model.Theme(x.q.Indicator.Theme), number(x.q.Indicator))
	case !a.Revoked.IsZero():
		return fmt.Sprintf("%s a été retirée le %s.", x.called(a), x.day(a.Revoked))
	case x.in.Today.Before(a.From):
		return fmt.Sprintf("%s ne prend effet que le %s.", x.called(a), belvedere.DayMonthYear(a.From))
	}
	return fmt.Sprintf("%s a pris fin le %s.", x.called(a), belvedere.DayMonthYear(a.To.AddDate(0, 0, -1)))
}

// recipients is the third gate: for whom the annex and the agreements mean the indicator.
func (x *explainer) recipients() (bool, string) {
	ind, u := x.q.Indicator, x.q.School
	switch {
	case !ind.SchoolOnly:
		return true, fmt.Sprintf("Destinataires prévus par l’annexe"+belvedere.NoBreak+": %s.", ind.Recipients)
	case u != "" && x.own(u), u == "" && inSchool(x.in.Account):
		return true, reserved(ind) + ", et vous en faites partie."
	}
	kept := reserved(ind)
	var near *registry.Agreement
	for _, a := range x.in.Agreements {
		if !a.InForce(x.in.Today) || a.School == "" || u != "" && a.School != u || !x.opens(a.School) || !slices.Contains(a.Extended, number(ind)) {
			continue
		}
		if near = &a; reaches(a, []string{x.in.Account.Login, x.in.Account.Email}) {
			whom := "à toute la collectivité"
			if len(a.Recipients) > 0 {
				whom = "à vous, nommément"
			}
			return true, fmt.Sprintf("%s%s: %s en étend les destinataires %s.", kept, belvedere.NoBreak, x.lower(a), whom)
		}
	}
	switch {
	case near != nil:
		return false, fmt.Sprintf("%s"+belvedere.NarrowSpace+"; %s n’en étend les destinataires qu’à des personnes nommées, dont vous n’êtes pas.", kept, x.lower(*near))
	case u == "":
		return false, fmt.Sprintf("%s"+belvedere.NarrowSpace+"; aucune convention en vigueur n’en étend les destinataires.", kept)
	}
	for _, a := range x.concerned(u) { // the gate before has found one in force
		return false, fmt.Sprintf("%s"+belvedere.NarrowSpace+"; %s n’en étend pas les destinataires.", kept, x.lower(a))
	}
	return false, kept + "."
}

// reserved says that an indicator is kept for schools: by the annex, or by its own declaration.
func reserved(ind *belvedere.Indicator) string {
	if n := number(ind); n > 0 {
		return fmt.Sprintf("L’annexe réserve l’indicateur %d à l’établissement", n)
	}
	return "Cet indicateur n’a que l’établissement pour destinataire"
}

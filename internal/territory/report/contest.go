package report

import (
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
)

// mostContests bounds the notes of schools over a result without lines by school.
const mostContests = 5

// contestsOf are what a school contests of a result, in words: of datasets that a column reads
// and that the school shows to the viewer, delivered before the end of the period, in a school
// year of it.
func (a *answer) contestsOf(u belvedere.UAI) (list []string) {
	for _, c := range a.directory.contests[u] {
		if text := a.contestWords(c); a.seesDataset(u, c.Dataset) && a.inPeriod(c) && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// seesDataset tells whether some column shows the viewer the figures of a dataset of a school.
func (a *answer) seesDataset(u belvedere.UAI, dataset string) bool {
	for i := range a.plan.Columns {
		c := &a.plan.Columns[i]
		if c.Expr != nil && slices.Contains(c.Datasets, dataset) && (!c.Withheld || c.Shared[u]) {
			return true
		}
	}
	return false
}

func (a *answer) inPeriod(c registry.Contest) bool {
	from, to := a.q.Period.From, a.q.Period.To
	if c.From.IsZero() || from.IsZero() || to.IsZero() {
		return true
	}
	return c.From.Before(to) && belvedere.SchoolYearOf(c.From) >= belvedere.SchoolYearOf(from)
}

// contestWords are a contest in words: « Trois élèves en trop » (6ème, Filles).
func (a *answer) contestWords(c registry.Contest) string {
	text := "«\u00a0" + c.Text + "\u00a0»"
	d := a.r.model.Dataset(c.Dataset)
	if d == nil || c.Line == "" {
		return text
	}
	var labels []string
	for i, code := range strings.Split(c.Line, ";") {
		if i < len(d.Dimensions) && d.Dimensions[i].List != nil {
			if member := d.Dimensions[i].List.Find(code); member != nil {
				labels = append(labels, member.Label)
			}
		}
	}
	if len(labels) == 0 {
		return text
	}
	return text + " (" + strings.Join(labels, ", ") + ")"
}

// contestNote is what a line of a school says of its contests.
func (a *answer) contestNote(u belvedere.UAI) string {
	list := a.contestsOf(u)
	if len(list) == 0 {
		return ""
	}
	return "contesté par l’établissement" + belvedere.NoBreak + ": " + strings.Join(list, ", ")
}

// contestNotes stand over a result that counts contested figures of several schools: who contests
// what, the first few, or how many when each has its line.
func (a *answer) contestNotes() (notes []string) {
	var schools []belvedere.UAI
	for u := range a.directory.contests {
		if a.takes(u, a.directory.Find(u)) && len(a.contestsOf(u)) > 0 {
			schools = append(schools, u)
		}
	}
	slices.Sort(schools)
	n := len(schools)
	if n == 0 {
		return nil
	}
	if a.schoolDim >= 0 {
		return []string{belvedere.Plural(n, "établissement conteste", "établissements contestent") + " une partie de ces chiffres" + belvedere.NoBreak + ": sa note est sur sa ligne."}
	}
	for _, u := range schools[:min(n, mostContests)] {
		notes = append(notes, "Chiffres contestés par "+a.directory.nameOf(u).Label+" ("+string(u)+")"+belvedere.NoBreak+": "+strings.Join(a.contestsOf(u), ", ")+".")
	}
	if n > mostContests {
		notes = append(notes, belvedere.Plural(n-mostContests, "autre établissement conteste", "autres établissements contestent")+" une partie de ces chiffres.")
	}
	return notes
}

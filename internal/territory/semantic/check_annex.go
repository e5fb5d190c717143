package semantic

import (
	"slices"
	"strings"

	"belvedere"
)

// checkAnnex sees that a catalogue which announces an annex holds all of it: each number once,
// and each indicator on a page, so that nothing promised can be left out silently.
func (d *declarations) checkAnnex() {
	for _, c := range d.catalogs {
		if !c.Annex.set {
			continue
		}
		if c.At.file != nil && c.At.file.own {
			d.fault(c.Annex.at, "l’annexe est réservée au catalogue livré")
			continue
		}
		d.checkNumbers(c.Annex, d.integer(c.Annex, "annex", 1, 9999, 0))
	}
}

func (d *declarations) checkNumbers(at word, last int) {
	found := map[int]*belvedere.Indicator{}
	for _, ind := range d.model.Indicators {
		if !ind.Annexed {
			continue
		}
		if found[ind.Number] = ind; ind.Number > last {
			d.fault(d.indicators[ind].Number.at, "l’annexe va de 1 à %d", last)
		}
	}
	placed := d.placedIndicators()
	for n := 1; n <= last; n++ {
		ind := found[n]
		if ind == nil {
			d.fault(at.at, "le numéro %d de l’annexe manque", n)
			continue
		}
		if len(ind.Members) == 0 && !placed[ind.Code] {
			d.fault(d.indicators[ind].Code.at, "l’indicateur %d (%s) n’est sur aucune page", n, ind.Code)
		}
		d.checkReferencePlaced(ind)
	}
}

// placedIndicators are the codes of the indicators that some page shows.
func (d *declarations) placedIndicators() map[string]bool {
	placed := map[string]bool{}
	for _, p := range d.model.Pages {
		for _, c := range ColumnsOf(p) {
			placed[c.Indicator] = true
		}
	}
	return placed
}

// checkReferencePlaced sees that the members of a référentiel stand in a table by school, which
// is what its definition promises ("décliné par établissement").
func (d *declarations) checkReferencePlaced(ind *belvedere.Indicator) {
	if !slices.Contains(ind.By, "etablissement") {
		return
	}
	var missing []string
	for _, m := range ind.Members {
		if !d.inTableBySchool(m) {
			missing = append(missing, m)
		}
	}
	if len(missing) > 0 {
		d.fault(d.indicators[ind].Code.at, "le référentiel %d promet un tableau par établissement\u00a0: %s n’y sont pas", ind.Number, strings.Join(missing, ", "))
	}
}

func (d *declarations) inTableBySchool(code string) bool {
	for _, p := range d.model.Pages {
		for _, b := range p.Blocks {
			if b.Table != nil && b.Table.Rows == "etablissement" &&
				slices.ContainsFunc(b.Table.Columns, func(c belvedere.Column) bool { return c.Indicator == code }) {
				return true
			}
		}
	}
	return false
}

// splitCodes reads "a|b" as written in a where.
func splitCodes(s string) []string {
	var out []string
	for _, one := range strings.Split(s, "|") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

package ingest

import (
	"slices"

	"belvedere"
)

// A delivery replaces the slices that it has rows of, so that a sender whose corrected file has none left
// of a month could not take back what it had said of it. It announces then that it withdraws the slice:
// "-0350017D/2025-11". Nothing takes the place of the rows, and the slice is awaited again.

// withdrawals are the slices that a delivery takes back.
func (p *prepared) withdrawals() (list []announced) {
	for _, text := range p.delivery.Announced {
		if a, err := parseAnnounced(text); err == nil && a.withdrawn {
			list = append(list, a)
		}
	}
	return list
}

// withdraw adds them to the slices of the dataset that the file is of.
func (p *prepared) withdraw() error {
	list := p.withdrawals()
	if len(list) == 0 {
		return nil
	}
	if len(p.stages) != 1 || p.stages[0].dataset.Kind == belvedere.Register {
		return errorf(belvedere.Invalid, "Une livraison qui retire des tranches est d’un seul jeu de données, au format publié, et non du répertoire des établissements.")
	}
	st := p.stages[0]
	for _, a := range list {
		part := &slice{dataset: st.dataset, key: keyOf(st.dataset, a), school: a.school, span: a.span, first: a.first, withdrawn: true}
		if !slices.Contains(spans(st.dataset), a.span) {
			return errorf(belvedere.Invalid, "La tranche à retirer %s n’est pas de celles du jeu « %s » : une livraison y remplace %s.", a, st.dataset.Name, sliceWords(st.dataset))
		}
		if slices.ContainsFunc(st.slices, func(s *slice) bool { return s.String() == part.String() }) {
			return errorf(belvedere.Invalid, "La tranche %s est à retirer, et le fichier en a des lignes. Retirez-la des tranches annoncées, ou ses lignes du fichier.", a)
		}
		st.slices = append(st.slices, part)
	}
	return nil
}

// spans are those that the slices of a dataset may have.
func spans(d *belvedere.Dataset) (list []belvedere.TimeGrain) {
	for _, name := range d.Slice {
		switch name {
		case "periode":
			return []belvedere.TimeGrain{belvedere.ByDay, belvedere.ByMonth, belvedere.ByYear}
		case "annee", "mois", "jour":
			list = append(list, belvedere.TimeGrain(name))
		}
	}
	return list
}

func sliceWords(d *belvedere.Dataset) string {
	switch list := spans(d); {
	case len(list) > 1:
		return "un jour, un mois ou une année d’un établissement"
	case len(list) == 0:
		return "un établissement"
	case list[0] == belvedere.ByYear:
		return "une année scolaire d’un établissement"
	case list[0] == belvedere.ByMonth:
		return "un mois d’un établissement"
	}
	return "un jour d’un établissement"
}

// keyOf names a slice by its columns, as the engine gives them.
func keyOf(d *belvedere.Dataset, a announced) (key []any) {
	for _, name := range d.Slice {
		switch name {
		case "etablissement":
			key = append(key, int64(a.school.Number()))
		case "annee":
			key = append(key, int64(belvedere.SchoolYearOf(a.first)))
		case "periode":
			key = append(key, string(a.span), a.first)
		default:
			key = append(key, a.first)
		}
	}
	return key
}

// closed are the slices of a stage that are withdrawn.
func (st *stage) closed() (list []*slice) {
	for _, part := range st.slices {
		if part.withdrawn {
			list = append(list, part)
		}
	}
	return list
}

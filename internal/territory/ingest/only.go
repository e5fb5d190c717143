package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"belvedere"
)

// ruleOnly marks the first row of a school that the sender may not deliver.
const ruleOnly = "hors_jeton"

// onlyOf reads for which schools a sender may deliver; nil stands for all. A list without school
// would be read as all of them by whoever forgets the difference: it is refused at the door, as
// is what announces another school.
func onlyOf(in Submission, slicesAnnounced []string) ([]belvedere.UAI, error) {
	if in.Only == nil {
		return nil, nil
	}
	if len(in.Only) == 0 {
		return nil, errorf(belvedere.Forbidden, "Ce jeton ne peut livrer pour aucun établissement : demandez-en un autre à un administrateur de la console.")
	}
	only := slices.Compact(slices.Sorted(slices.Values(in.Only)))
	for _, text := range slicesAnnounced {
		a, err := parseAnnounced(text)
		if err != nil {
			return nil, err
		}
		if _, found := slices.BinarySearch(only, a.school); !found {
			return nil, errorf(belvedere.Forbidden,
				"La tranche annoncée %s concerne l’établissement %s, que ce jeton ne peut pas livrer : rien n’a été enregistré. Utilisez le jeton de cet établissement, ou demandez-en un à un administrateur de la console.", a, a.school)
		}
	}
	return only, nil
}

// checkOnly refuses a file that holds a row, of any dataset, of a school that its sender may not
// deliver: the register included, so that the token of a school describes that school alone.
func (s *Service) checkOnly(ctx context.Context, p *prepared) error {
	only := p.delivery.Only
	if only == nil {
		return nil
	}
	var named []string
	for _, st := range p.stages {
		sql := fmt.Sprintf("SELECT etablissement, count(*), min(%s) FROM %s GROUP BY etablissement ORDER BY 3", place, st.table)
		err := s.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
			number, ok1 := row[0].(int64)
			rows, ok2 := row[1].(int64)
			first, ok3 := row[2].(int64)
			if !ok1 || !ok2 || !ok3 {
				return fmt.Errorf("schools of %s: unexpected row %v", st.table, row)
			}
			school := belvedere.UAIFromNumber(int32(number))
			if _, found := slices.BinarySearch(only, school); found {
				return nil
			}
			if !slices.Contains(named, string(school)) {
				named = append(named, string(school))
			}
			p.reportNotOnly(school, rows, first)
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(named) == 0 {
		return nil
	}
	which := strings.Join(named[:min(len(named), mostNamed)], ", ")
	if more := len(named) - mostNamed; more > 0 {
		which += fmt.Sprintf(" et %d de plus", more)
	}
	return errorf(belvedere.Forbidden, "Le fichier contient des lignes d’un établissement que ce jeton ne peut pas livrer (%s) : rien n’est publié. Retirez ces lignes, ou utilisez un jeton qui couvre cet établissement.", which)
}

func (p *prepared) reportNotOnly(school belvedere.UAI, rows, first int64) {
	member, line := unpackPlace(first)
	p.faults.add(belvedere.Fault{File: p.member(member), Line: line, Field: "etablissement", Value: string(school), Rule: ruleOnly, Severity: belvedere.SeverityError,
		Message: french("L’établissement %s n’est pas de ceux que ce jeton peut livrer (%s).", school, count(rows, "ligne", "lignes")),
		Mend:    french("Retirez ses lignes, ou demandez à un administrateur de la console un jeton qui couvre cet établissement.")})
}

package ingest

import (
	"context"
	"fmt"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// mostNamed bounds how many schools a warning names.
const mostNamed = 10

// listed reads the schools of the register as it will stand with these deliveries: what it
// knows already and what they enter in it. It is empty when there is no register yet.
func (s *Service) listed(ctx context.Context, list []*prepared) (map[belvedere.UAI]bool, error) {
	known := map[belvedere.UAI]bool{}
	found := false
	for _, d := range s.Model.Datasets {
		found = found || d.Kind == belvedere.Register
	}
	if !found {
		return nil, nil
	}
	sql := fmt.Sprintf("SELECT etablissement FROM %s WHERE inscrit AND sortie = %d", semantic.RecordTable, semantic.Open)
	err := s.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
		n, ok := row[0].(int64)
		if !ok {
			return fmt.Errorf("the school of a record is a %T", row[0])
		}
		known[belvedere.UAIFromNumber(int32(n))] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ingest.listed: %w", err)
	}
	for _, p := range list {
		for _, st := range p.stages {
			if st.dataset.Kind != belvedere.Register || st.inPassing {
				continue
			}
			for _, part := range st.slices {
				known[part.school] = true
			}
		}
	}
	return known, nil
}

// warnUnlisted says which schools of the figures the register does not know: they are kept and
// counted, and no filter on type or commune will find them. Before any register came, it says
// nothing: every school would be named.
func (p *prepared) warnUnlisted(known map[belvedere.UAI]bool) {
	if len(known) == 0 {
		return
	}
	seen := map[belvedere.UAI]bool{}
	var names []string
	for _, st := range p.stages {
		for _, part := range st.slices {
			if st.dataset.Kind == belvedere.Register || known[part.school] || seen[part.school] {
				continue
			}
			seen[part.school] = true
			if len(names) < mostNamed {
				names = append(names, string(part.school))
			}
		}
	}
	if len(seen) == 0 {
		return
	}
	which := strings.Join(names, ", ")
	if more := len(seen) - len(names); more > 0 {
		which += fmt.Sprintf(" et %d de plus", more)
	}
	p.faults.warn("hors_registre",
		french("%s hors du registre : %s.", count(int64(len(seen)), "établissement", "établissements"), which),
		french("Leurs chiffres sont gardés et comptés dans l’ensemble, avec ce que le fichier dit d’eux. Livrez un registre des établissements qui les contient."))
}

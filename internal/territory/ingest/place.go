package ingest

import (
	"fmt"
	"slices"

	"belvedere"
	"belvedere/internal/territory/ingest/form"
	"belvedere/internal/territory/semantic"
)

// mostShares bounds the rows that a file counted by commune or by date makes.
const mostShares = 20_000_000

// share gives each school of the commune, or of the territory, its even part of a row, weights
// included (belvedere.Place). The register that counts is that of the editions before this file, so
// that a rebuild shares out alike.
func (r *reading) share(row form.Row) error {
	if err := r.readTowns(); err != nil {
		return err
	}
	town := int32(0)
	if row.Dataset.Place == belvedere.ByTown {
		town, _ = row.Values[0].(int32)
	}
	schools := r.towns[town]
	if len(schools) == 0 {
		if r.absent[town] {
			return nil
		}
		r.absent[town] = true
		r.fault(belvedere.Fault{Line: row.Line, Rule: "commune_sans_etablissement", Severity: belvedere.SeverityWarning,
			Message: "le répertoire n’a aucun établissement ici\u00a0: la ligne ne compte pas", Mend: "Chargez d’abord le répertoire des établissements, avec les codes des communes."})
		return nil
	}
	st, err := r.p.stageOf(r.ctx, r.s.Engine, row.Dataset)
	if err != nil {
		return err
	}
	if r.shares += len(schools); r.shares > mostShares {
		return errorf(belvedere.TooLarge, "Partagé entre les établissements, ce fichier ferait plus de %s lignes. Découpez-le, ou comptez par mois.", belvedere.FormatNumber(mostShares, 0))
	}
	values := slices.Clone(row.Values)
	for i := len(values) - len(row.Dataset.Measures); i < len(values); i++ {
		if f, ok := values[i].(float64); ok {
			values[i] = f / float64(len(schools))
		}
	}
	for _, uai := range schools {
		values[0] = uai
		if err := st.append(values, r.member, row.Line); err != nil {
			return err
		}
	}
	return nil
}

// readTowns reads the schools of the register by commune, once.
func (r *reading) readTowns() error {
	if r.towns != nil {
		return nil
	}
	r.towns, r.absent = map[int32][]int32{}, map[int32]bool{}
	sql := fmt.Sprintf("SELECT etablissement, code_commune FROM %s WHERE inscrit AND sortie = %d ORDER BY 1", semantic.RecordTable, semantic.Open)
	return r.s.Engine.Query(r.ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
		n, ok := row[0].(int64)
		if !ok {
			return fmt.Errorf("the school of a record is a %T", row[0])
		}
		r.towns[0] = append(r.towns[0], int32(n))
		if town, ok := form.TownNumber(stringOf(row[1])); ok {
			r.towns[town] = append(r.towns[town], int32(n))
		}
		return nil
	})
}

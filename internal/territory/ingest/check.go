package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// check refuses, with an error for people, what the rows of a file cannot show one by one: schools
// that its sender may not deliver, too many faulty lines, the same key twice, slices that were not announced. It finds the slices.
func (s *Service) check(ctx context.Context, p *prepared) error {
	if err := s.checkOnly(ctx, p); err != nil {
		return err
	}
	if err := p.checkFaulty(); err != nil {
		return err
	}
	if err := s.checkMembers(p); err != nil {
		return err
	}
	for _, st := range p.stages {
		if err := s.checkRepeats(ctx, p, st); err != nil {
			return err
		}
		if err := s.findSlices(ctx, p, st); err != nil {
			return err
		}
	}
	if err := p.checkAnnounced(); err != nil {
		return err
	}
	return p.withdraw()
}

// checkFaulty compares the share of faulty lines with what the datasets bear.
func (p *prepared) checkFaulty() error {
	if len(p.stages) == 0 {
		switch {
		case p.lines == 0 && p.delivery.Set > 0:
			return errorf(belvedere.Invalid, "Le fichier n’a aucune ligne à charger : son format les écarte toutes (%s).", count(p.delivery.Set, "ligne", "lignes"))
		case p.lines == 0:
			return errorf(belvedere.Invalid, "Le fichier n’a aucune ligne de données après ses en-têtes. Exportez-le de nouveau, puis renvoyez-le.")
		case p.faulty > 0:
			return errorf(belvedere.Invalid, "Aucune ligne du fichier n’est juste : %s. Corrigez le fichier d’après les défauts relevés, puis renvoyez-le.", count(p.faulty, "ligne fautive", "lignes fautives"))
		}
		return errorf(belvedere.Invalid, "Aucune ligne du fichier ne porte de valeur. Vérifiez ses colonnes, puis renvoyez-le.")
	}
	for _, st := range p.stages {
		if share := float64(p.faulty) / float64(p.lines); p.faulty > 0 && share > st.dataset.MaxFaulty {
			return errorf(belvedere.Invalid, "Trop de lignes sont fautives : %s sur %s, soit %s alors que le jeu « %s » en admet %s. Corrigez le fichier d’après les défauts relevés, puis renvoyez-le.",
				belvedere.FormatNumber(float64(p.faulty), 0), belvedere.FormatNumber(float64(p.lines), 0),
				belvedere.FormatPercent(share, 1), st.dataset.Name, belvedere.FormatPercent(st.dataset.MaxFaulty, 1))
		}
	}
	return nil
}

// findSlices lists the slices of a stage in the order of their first rows.
func (s *Service) findSlices(ctx context.Context, p *prepared, st *stage) error {
	exprs := strings.Join(semantic.SliceExpressions(st.dataset), ", ")
	sql := fmt.Sprintf("SELECT %s, count(*), min(%s) FROM %s GROUP BY %s", exprs, place, st.table, exprs)
	st.slices = nil
	err := s.Engine.Query(ctx, belvedere.Statement{SQL: sql}, func(row []any) error {
		part, err := newSlice(st.dataset, p.origin, row)
		st.slices = append(st.slices, part)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(st.slices, func(a, b *slice) int { return int(a.line>>rowBits - b.line>>rowBits) })
	return nil
}

// checkAnnounced refuses rows outside the slices that the sender announced, and warns of those
// announced that the file does not hold.
func (p *prepared) checkAnnounced() error {
	if len(p.delivery.Announced) == 0 {
		return nil
	}
	bySchool := map[belvedere.UAI][]int{}
	list := make([]announced, len(p.delivery.Announced))
	for i, text := range p.delivery.Announced {
		a, err := parseAnnounced(text)
		if err != nil {
			return err
		}
		list[i] = a
		bySchool[a.school] = append(bySchool[a.school], i)
	}
	if !slices.ContainsFunc(list, func(a announced) bool { return !a.withdrawn }) {
		return nil // what is taken back says nothing of the rows
	}
	used := make([]bool, len(list))
	var outside, rows int64
	for _, st := range p.stages {
		for _, part := range st.slices {
			found := false
			for _, i := range bySchool[part.school] {
				if list[i].covers(part) {
					found, used[i] = true, true
				}
			}
			if !found {
				outside++
				rows += part.rows
				p.reportOutside(part)
			}
		}
	}
	if outside > 0 {
		return errorf(belvedere.Invalid, "Le fichier contient des lignes hors des tranches annoncées : %s dans %s (la première : %s). Annoncez ces tranches ou retirez ces lignes, puis renvoyez le fichier.",
			count(rows, "ligne", "lignes"), count(outside, "tranche", "tranches"), p.firstOutside())
	}
	for i, a := range list {
		if !used[i] && !a.withdrawn {
			p.faults.warn("tranche_absente", french("La tranche annoncée %s n’a aucune ligne dans le fichier : elle reste en l’état.", a), "")
		}
	}
	return nil
}

// ruleOutside marks the first row of a slice that was not announced.
const ruleOutside = "hors_tranche"

func (p *prepared) reportOutside(part *slice) {
	member, line := unpackPlace(part.line)
	p.faults.add(belvedere.Fault{File: p.member(member), Line: line, Value: part.String(), Rule: ruleOutside, Severity: belvedere.SeverityError,
		Message: french("La tranche %s n’a pas été annoncée (%s).", part, count(part.rows, "ligne", "lignes")),
		Mend:    french("Annoncez-la, ou retirez ses lignes.")})
}

func (p *prepared) firstOutside() string {
	for _, f := range p.faults.first {
		if f.Rule == ruleOutside {
			return f.Value
		}
	}
	return "…"
}

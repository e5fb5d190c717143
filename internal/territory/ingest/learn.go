package ingest

import (
	"context"

	"belvedere"
)

// An open list takes what files bring, within what a nomenclature can be. A column that holds
// nearly as many values as lines tells lines apart, which may be people.
const (
	mostMembers    = 20_000
	fewMembers     = 200 // a file may bring so many whatever its lines
	membersPerLine = 2   // one new member for so many lines at most, beyond
)

// members are what the file brings to open lists, and the labels that it gives members of before.
func (r *reading) members() (out, renamed []belvedere.Member) {
	for _, m := range r.mappers {
		out = append(out, m.Members()...)
		renamed = append(renamed, m.Renamed()...)
	}
	return out, renamed
}

// checkMembers refuses a file whose new members are no nomenclature.
func (s *Service) checkMembers(p *prepared) error {
	fresh := map[string]int64{}
	for _, m := range p.members {
		fresh[m.List]++
	}
	for list, n := range fresh {
		name := list
		if l := s.Model.CodeLists[list]; l != nil {
			name = l.Label
			if len(l.All())+int(n) > mostMembers {
				return errorf(belvedere.TooLarge, "La liste « %s » aurait plus de %s valeurs : ce n’est plus une nomenclature. Vérifiez la colonne qui la donne.", name, belvedere.FormatNumber(mostMembers, 0))
			}
		}
		if n > fewMembers && n*membersPerLine > p.lines {
			return errorf(belvedere.Invalid, "La colonne de « %s » a presque autant de valeurs que de lignes (%s sur %s) : elle semble désigner des personnes ou des lignes, que le territoire ne garde pas. Retirez-la, ou donnez-en le regroupement.",
				name, belvedere.FormatNumber(float64(n), 0), belvedere.FormatNumber(float64(p.lines), 0))
		}
	}
	return nil
}

// learn keeps what a file brings to open lists before anything of it can be asked for.
func (s *Service) learn(ctx context.Context, p *prepared) error {
	if err := s.rename(ctx, p); err != nil || len(p.members) == 0 {
		return err
	}
	if err := s.Registry.AddMembers(ctx, p.members, p.delivery.Seq, s.Now()); err != nil {
		return err
	}
	s.Model.Members().Add(p.members)
	return nil
}

// rename gives members the labels of the file, unless a later file or someone named them since.
func (s *Service) rename(ctx context.Context, p *prepared) error {
	if len(p.renamed) == 0 {
		return nil
	}
	var list []belvedere.Naming
	for _, m := range p.renamed {
		list = append(list, belvedere.Naming{Member: m, Delivery: p.delivery.Seq, At: s.Now()})
	}
	done, err := s.Registry.RenameMembers(ctx, list)
	if err != nil {
		return err
	}
	for _, n := range done {
		was := n.Code
		if l := s.Model.CodeLists[n.List]; l != nil {
			if c := l.Find(n.Code); c != nil {
				was = c.Label
			}
		}
		p.faults.warn("libelle", french("Le code %s s’appelait « %s » : il s’appelle désormais « %s ». Les résultats déjà établis gardent l’ancien nom.", n.Code, was, n.Label), "")
	}
	p.count()
	s.Model.Members().Rename(done)
	return nil
}

package procedure

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/declaration"
	"belvedere/internal/registry"
)

// Procedures are those that may be filed: of the folders, in the order of their files, then those that
// the territory declared in the product, which every process finds at its next question.
func (s *Service) Procedures(ctx context.Context) ([]*Procedure, error) {
	list, err := s.living(ctx)
	if err != nil || len(list) == 0 {
		return s.procedures, err
	}
	out := slices.Clone(s.procedures)
	for _, one := range list {
		p, err := s.of(ctx, registry.Request{Procedure: one.code, Revision: one.number})
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, func(o *Procedure) bool { return o.Code == p.Code }) { // a folder that declares it since goes first
			out = append(out, p)
		}
	}
	return out, nil
}

// Procedure finds one that may be filed.
func (s *Service) Procedure(ctx context.Context, code string) (*Procedure, error) {
	list, err := s.Procedures(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.Code == code {
			return p, nil
		}
	}
	return nil, belvedere.Errorf(belvedere.NotFound, "Aucune procédure ne s’appelle « %s ».", short(code))
}

// Ships tells whether the folders of the catalogue declare a procedure.
func (s *Service) Ships(code string) bool {
	return slices.ContainsFunc(s.procedures, func(p *Procedure) bool { return p.Code == code })
}

// living are the procedures declared in the product, each with the revision in use.
func (s *Service) living(ctx context.Context) (out []revision, err error) {
	kept, err := s.Registry.Settings(ctx)
	for _, one := range strings.Fields(kept[registry.SettingProcedures]) {
		code, number, _ := strings.Cut(one, ":")
		if n, err := strconv.Atoi(number); err == nil {
			out = append(out, revision{code, n})
		}
	}
	return out, err
}

// mostLiving is how many procedures are declared in the product.
const mostLiving = 50

// Declare takes the text of a procedure into use, in the place of the revision that was declared before:
// files under way keep theirs. Its error is a declaration.Problems with every mistake and its place. What
// the folders of the catalogue declare is changed there.
func (s *Service) Declare(ctx context.Context, v belvedere.Viewer, name, text string) (_ *Procedure, err error) {
	defer belvedere.Wrap(&err, "Declare(%s)", name)
	if !v.Admin && v.Kind != belvedere.Operator {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Les administrateurs de la console déclarent les procédures.")
	}
	f := declaration.NewFile(name, text)
	p := parse(f, s.procedures)
	if len(f.Problems) > 0 {
		return nil, f.Problems
	}
	list, err := s.living(ctx)
	if err != nil {
		return nil, err
	}
	if p.Revision, err = s.Registry.KeepProcedure(ctx, p.Code, text, s.Now().UTC()); err != nil {
		return nil, err
	}
	list = append(slices.DeleteFunc(list, func(r revision) bool { return r.code == p.Code }), revision{p.Code, p.Revision})
	if len(list) > mostLiving {
		return nil, belvedere.Errorf(belvedere.Conflict, "Au plus %d procédures sont déclarées ainsi.", mostLiving)
	}
	return p, s.keepLiving(ctx, list)
}

// WithdrawProcedure takes a declared procedure out of use: nobody files it any longer, and files under way go on.
func (s *Service) WithdrawProcedure(ctx context.Context, v belvedere.Viewer, code string) (err error) {
	defer belvedere.Wrap(&err, "WithdrawProcedure(%s)", code)
	if !v.Admin && v.Kind != belvedere.Operator {
		return belvedere.Errorf(belvedere.Forbidden, "Les administrateurs de la console retirent les procédures.")
	}
	list, err := s.living(ctx)
	if err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(list), func(r revision) bool { return r.code == code })
	if len(rest) == len(list) {
		return belvedere.Errorf(belvedere.NotFound, "Aucune procédure déclarée ici ne s’appelle « %s ». Celles des dossiers du catalogue se retirent dans leur dossier.", short(code))
	}
	return s.keepLiving(ctx, rest)
}

func (s *Service) keepLiving(ctx context.Context, list []revision) error {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = fmt.Sprintf("%s:%d", r.code, r.number)
	}
	return s.Registry.PutSettings(ctx, map[string]string{registry.SettingProcedures: strings.Join(words, " ")})
}

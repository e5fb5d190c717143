package formula

import (
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// Bounds of formulas that read each other: a reader follows no further.
const (
	mostDeep   = 4
	mostNested = 40
)

// A nesting brings the formulas that a text names, whole, with those that they name in their turn.
type nesting struct {
	s    *Service
	open func(ctx context.Context, code string) (registry.SavedFormula, error) // the first ones
	left int
}

// nest brings what a text names; path are the formulas above it. What is unknown is left out, and the
// check of the formula says so.
func (n *nesting) nest(ctx context.Context, text string, path []string) (out []belvedere.Formula, err error) {
	for _, code := range semantic.FormulasOf(text) {
		if slices.Contains(path, code) {
			return nil, belvedere.Errorf(belvedere.Invalid, "La formule %q se lirait elle-même\u00a0: %s. Retirez l’une d’elles.", code, strings.Join(append(slices.Clone(path), code), " → "))
		}
		if n.left--; len(path) >= mostDeep || n.left < 0 {
			return nil, belvedere.Errorf(belvedere.Invalid, "Des formules se lisent l’une l’autre sur plus de %d niveaux, ou sont plus de %d\u00a0: écrivez-en le calcul.", mostDeep, mostNested)
		}
		f, err := n.open(ctx, code)
		if belvedere.KindOf(err) == belvedere.NotFound {
			continue
		} else if err != nil {
			return nil, err
		}
		one := Asked(f)
		if one.Populations, err = n.s.populations(ctx, f.Text); err != nil {
			return nil, err
		}
		below := &nesting{s: n.s, open: n.s.anyFormula, left: n.left}
		if one.Formulas, err = below.nest(ctx, f.Text, append(slices.Clone(path), code)); err != nil {
			return nil, err
		}
		n.left = below.left
		out = append(out, one)
	}
	return out, nil
}

// anyFormula finds one that stands in a formula already: it was open to its author when that was saved.
func (s *Service) anyFormula(ctx context.Context, code string) (registry.SavedFormula, error) {
	return s.Registry.Formula(ctx, registry.FormulaOfFigures, code)
}

// populations are those that a saved text names.
func (s *Service) populations(ctx context.Context, text string) (out []belvedere.Population, err error) {
	for _, name := range semantic.PopulationsOf(text) {
		p, err := s.Registry.Formula(ctx, registry.FormulaOfRows, name)
		if belvedere.KindOf(err) == belvedere.NotFound {
			continue // the check of the formula says so
		} else if err != nil {
			return nil, err
		}
		one, err := population(p)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// reads tells whether the text of a formula names another one, or a population.
func reads(f, named registry.SavedFormula) bool {
	if named.Kind == registry.FormulaOfRows {
		return slices.Contains(semantic.PopulationsOf(f.Text), named.Code)
	}
	return slices.Contains(semantic.FormulasOf(f.Text), named.Code)
}

// moved takes back the verification of all that reads one whose text changed: nobody stood for the
// figures that they have from now on.
func (s *Service) moved(ctx context.Context, changed registry.SavedFormula) error {
	list, err := s.Registry.ListFormulas(ctx, registry.FormulaOfFigures)
	if err != nil {
		return err
	}
	seen := map[int64]bool{changed.ID: true}
	for queue := []registry.SavedFormula{changed}; len(queue) > 0; queue = queue[1:] {
		for _, f := range list {
			if seen[f.ID] || !reads(f, queue[0]) {
				continue
			}
			seen[f.ID] = true
			queue = append(queue, f)
			if f.VerifiedBy != "" {
				if err := s.Registry.VerifyFormula(ctx, f.ID, f.Version, "", s.Now()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

package formula

import (
	"context"
	"errors"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/semantic"
)

// A Draft is what someone types: a formula or a population that is not kept yet.
type Draft struct {
	Kind registry.FormulaKind
	Code string
	Base int // version that it changes, 0 for a new one
	registry.FormulaVersion
}

// A Check is what can be said of a draft without any figure.
type Check struct {
	Formula  belvedere.Formula
	Reads    []*belvedere.Indicator
	Mistakes []semantic.FormulaMistake // in the text, with their place
	Caret    string                    // the mistakes under the text, as they are printed
	Problem  string                    // the first thing that is wrong, in words; "" when nothing is
	Unit     string                    // of the figures
	Ratio    bool
	Share    bool // a ratio of two like units: it may be shown in per cent
	Where    []belvedere.Filter
	cause    error // what Problem says
}

// Check reads a draft as a viewer may: with the populations that are open to him or her.
func (s *Service) Check(ctx context.Context, v belvedere.Viewer, d Draft) (c Check, err error) {
	model, err := s.Model(ctx)
	if err != nil {
		return c, err
	}
	if d.Kind == registry.FormulaOfRows {
		c.Where, err = semantic.ParseFilters(d.Text)
		if err == nil {
			err = semantic.CheckFilters(model, d.Text)
		}
		return c.told(err), nil
	}
	c.Formula = Asked(registry.SavedFormula{Code: d.Code, FormulaVersion: d.FormulaVersion})
	for _, code := range semantic.PopulationsOf(d.Text) {
		switch p, err := s.Population(ctx, v, code); {
		case err == nil:
			c.Formula.Populations = append(c.Formula.Populations, p)
		case belvedere.KindOf(err) != belvedere.NotFound:
			return c, err
		}
	}
	n := &nesting{s: s, left: mostNested, open: func(ctx context.Context, code string) (registry.SavedFormula, error) {
		return s.find(ctx, v, registry.FormulaOfFigures, code)
	}}
	switch c.Formula.Formulas, err = n.nest(ctx, d.Text, []string{d.Code}); {
	case belvedere.KindOf(err) == belvedere.Invalid && err != nil:
		return c.told(err), nil
	case err != nil:
		return c, err
	}
	plain := c.Formula
	plain.Percent, plain.Unit = false, ""
	ind, err := semantic.Formula(model, plain)
	if err != nil {
		return c.told(err), nil
	}
	c.Reads, c.Unit, c.Ratio, c.Share = ind.Reads, ind.Unit, ind.Rate != nil, ind.Rate != nil && ind.Unit == ""
	if ind, err = semantic.Formula(model, c.Formula); err == nil {
		c.Unit = ind.Unit
	}
	return c.told(err), nil
}

// told notes an error of the text.
func (c Check) told(err error) Check {
	c.cause = err
	var bad *semantic.FormulaError
	if errors.As(err, &bad) {
		c.Mistakes, c.Caret = bad.Mistakes, bad.Error()
		c.Problem = bad.Mistakes[0].Message
	} else if err != nil {
		c.Problem = belvedere.Message(err)
	}
	return c
}

// Save keeps a draft: a new one, or a version of one that the viewer may change. What does not compute
// is not kept.
func (s *Service) Save(ctx context.Context, v belvedere.Viewer, d Draft) (_ registry.SavedFormula, err error) {
	if !v.May(belvedere.Author) && !(d.Base > 0 && v.May(belvedere.DataOfficer)) {
		return registry.SavedFormula{}, belvedere.Errorf(belvedere.Forbidden, "Écrire des formules et des populations demande l’habilitation d’auteur.")
	}
	d.Text, d.Label, d.Definition = strings.TrimSpace(strings.ReplaceAll(d.Text, "\r\n", "\n")), strings.TrimSpace(d.Label), strings.TrimSpace(strings.ReplaceAll(d.Definition, "\r\n", "\n"))
	d.Code, d.Unit = strings.TrimSpace(d.Code), strings.TrimSpace(d.Unit)
	if d.Kind == registry.FormulaOfFigures {
		if err := s.Readable(ctx, v, d); err != nil {
			return registry.SavedFormula{}, err
		}
	} else if model, err := s.Model(ctx); err != nil {
		return registry.SavedFormula{}, err
	} else if err := semantic.CheckFilters(model, d.Text); err != nil {
		return registry.SavedFormula{}, err
	}
	if d.Code == "nouvelle" { // the address of the form
		return registry.SavedFormula{}, belvedere.Errorf(belvedere.Invalid, "Le code \"nouvelle\" est réservé.")
	}
	d.By, d.At = author(v), s.Now()
	if d.Base == 0 {
		return s.Registry.CreateFormula(ctx, registry.SavedFormula{Kind: d.Kind, Code: d.Code, Owner: v.ID, OwnerName: author(v), Created: d.At, FormulaVersion: d.FormulaVersion})
	}
	f, err := s.mine(ctx, v, d.Kind, d.Code)
	if err != nil {
		return f, err
	}
	if f.Shared {
		if err := s.sharedPopulations(ctx, d.Kind, d.Text); err != nil {
			return f, err
		}
	}
	before := f.Text
	f.Version = d.Base
	if f, err = s.Registry.SaveFormula(ctx, f, d.FormulaVersion); err == nil && f.Text != before {
		err = s.moved(ctx, f)
	}
	return f, err
}

// Readable sees that a formula computes, in the words of its mistakes.
func (s *Service) Readable(ctx context.Context, v belvedere.Viewer, d Draft) error {
	c, err := s.Check(ctx, v, d)
	if err != nil {
		return err
	}
	return c.cause
}

func author(v belvedere.Viewer) string {
	if v.Name != "" {
		return v.Name
	}
	return v.Login
}

// mine finds one that the viewer may change.
func (s *Service) mine(ctx context.Context, v belvedere.Viewer, kind registry.FormulaKind, code string) (registry.SavedFormula, error) {
	f, err := s.find(ctx, v, kind, code)
	if err == nil && !changes(v, f) {
		err = belvedere.Errorf(belvedere.Forbidden, "Seul son auteur, ou le responsable des données, peut la changer.")
	}
	return f, err
}

// Share opens one to everyone, or takes it back. The populations of a shared formula are shared.
func (s *Service) Share(ctx context.Context, v belvedere.Viewer, kind registry.FormulaKind, code string, shared bool) (registry.SavedFormula, error) {
	f, err := s.mine(ctx, v, kind, code)
	if err != nil {
		return f, err
	}
	if shared {
		err = s.sharedPopulations(ctx, kind, f.Text)
	} else {
		err = s.needed(ctx, f)
	}
	if err != nil {
		return f, err
	}
	f.Shared = shared
	return f, s.Registry.ShareFormula(ctx, f.ID, shared)
}

// sharedPopulations sees that the populations and the formulas that a formula reads are shared.
func (s *Service) sharedPopulations(ctx context.Context, kind registry.FormulaKind, text string) error {
	if kind != registry.FormulaOfFigures {
		return nil
	}
	for _, name := range semantic.PopulationsOf(text) {
		p, err := s.Registry.Formula(ctx, registry.FormulaOfRows, name)
		if err != nil {
			return err
		}
		if !p.Shared {
			return belvedere.Errorf(belvedere.Conflict, "La population %q n’est pas partagée\u00a0: partagez-la d’abord.", "@"+name)
		}
	}
	for _, name := range semantic.FormulasOf(text) {
		f, err := s.Registry.Formula(ctx, registry.FormulaOfFigures, name)
		if err != nil {
			return err
		}
		if !f.Shared {
			return belvedere.Errorf(belvedere.Conflict, "La formule %q n’est pas partagée\u00a0: partagez-la d’abord.", name)
		}
	}
	return nil
}

// needed refuses to take away what a formula of others, or a shared one, reads.
func (s *Service) needed(ctx context.Context, p registry.SavedFormula) error {
	list, err := s.Registry.ListFormulas(ctx, registry.FormulaOfFigures)
	if err != nil {
		return err
	}
	for _, f := range list {
		if (f.Shared || f.Owner != p.Owner) && reads(f, p) {
			return belvedere.Errorf(belvedere.Conflict, "Une formule partagée la lit\u00a0: elle reste partagée.")
		}
	}
	return nil
}

// Verify says that a data officer stands for the last version of a shared one, or takes it back.
func (s *Service) Verify(ctx context.Context, v belvedere.Viewer, kind registry.FormulaKind, code string, version int, on bool) (registry.SavedFormula, error) {
	f, err := s.find(ctx, v, kind, code)
	if err != nil {
		return f, err
	}
	switch {
	case !v.May(belvedere.DataOfficer):
		return f, belvedere.Errorf(belvedere.Forbidden, "Seul un responsable des données vérifie ce que les autres partagent.")
	case on && !f.Shared:
		return f, belvedere.Errorf(belvedere.Conflict, "Elle n’est pas partagée\u00a0: il n’y a rien à vérifier.")
	}
	by := ""
	if on {
		by = author(v)
	}
	f.VerifiedBy, f.Verified = by, s.Now()
	return f, s.Registry.VerifyFormula(ctx, f.ID, version, by, s.Now())
}

// Delete takes one away. Results that used it replay all the same: receipts keep its text.
func (s *Service) Delete(ctx context.Context, v belvedere.Viewer, kind registry.FormulaKind, code string) (registry.SavedFormula, error) {
	f, err := s.mine(ctx, v, kind, code)
	if err != nil {
		return f, err
	}
	list, err := s.Registry.ListFormulas(ctx, registry.FormulaOfFigures)
	if err != nil {
		return f, err
	}
	for _, one := range list {
		if reads(one, f) {
			word := map[registry.FormulaKind]string{registry.FormulaOfRows: "population", registry.FormulaOfFigures: "formule"}[kind]
			return f, belvedere.Errorf(belvedere.Conflict, "Une formule lit cette %s\u00a0: elle ne peut pas être supprimée.", word)
		}
	}
	return f, s.Registry.DeleteFormula(ctx, f.ID)
}

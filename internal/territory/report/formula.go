package report

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// mostFormulas bounds the compiled formulas that are kept.
const mostFormulas = 512

// formulas are those that were compiled over the catalogue of a reporter.
type formulas struct {
	mu   sync.Mutex
	kept map[string]*belvedere.Indicator
}

// formula compiles a formula over the catalogue that answers; the same one gives the same pointer.
func (r *Reporter) formula(f belvedere.Formula) (*belvedere.Indicator, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	r.formulas.mu.Lock()
	defer r.formulas.mu.Unlock()
	if kept := r.formulas.kept[string(text)]; kept != nil {
		return kept, nil
	}
	made, err := semantic.Formula(r.model, f)
	if err != nil { // open lists may know the code later
		return nil, err
	}
	if r.formulas.kept == nil || len(r.formulas.kept) >= mostFormulas {
		r.formulas.kept = map[string]*belvedere.Indicator{}
	}
	r.formulas.kept[string(text)] = made
	return made, nil
}

// compiled is a query whose formulas are compiled over the catalogue that answers. The rights of
// what they read join when the plan is built, like those of any column.
func (r *Reporter) compiled(q belvedere.Query) (belvedere.Query, error) {
	if !slices.ContainsFunc(q.Columns, func(c belvedere.QueryColumn) bool { return c.Formula != nil }) {
		return q, nil
	}
	q.Columns = slices.Clone(q.Columns)
	for i := range q.Columns {
		c := &q.Columns[i]
		if c.Formula == nil {
			continue
		}
		ind, err := r.formula(*c.Formula)
		if err != nil {
			return q, err
		}
		c.Compiled, c.Indicator, c.Rate = ind, c.Formula.Name(), ind.Value == nil
		if c.Key == "" {
			c.Key = columnKey(*c)
		}
	}
	return q, nil
}

// indicatorOf is what a column asks for in the catalogue that answers, nil when there is no such.
func (r *Reporter) indicatorOf(c belvedere.QueryColumn) *belvedere.Indicator {
	if c.Formula == nil {
		return r.model.Indicator(c.Indicator)
	}
	ind, _ := r.formula(*c.Formula)
	return ind
}

// datasetsOfColumn are the datasets that a column reads: of a formula all of them.
func (r *Reporter) datasetsOfColumn(c belvedere.QueryColumn) []string {
	if c.Formula == nil {
		return r.datasetsOf(c.Indicator)
	}
	if ind := r.indicatorOf(c); ind != nil {
		return semantic.DatasetsOf(ind)
	}
	return nil
}

// FormulaColumn is the column of a query that asks for a formula.
func FormulaColumn(f belvedere.Formula) belvedere.QueryColumn {
	c := belvedere.QueryColumn{Indicator: f.Name(), Formula: &f}
	c.Key = columnKey(c)
	return c
}

// A Library finds the saved formulas and populations that a viewer may use; a version of 0 is the last
// one. NotFound is the error for those of others that are not shared.
type Library interface {
	Formula(ctx context.Context, viewer belvedere.Viewer, code string, version int) (belvedere.Formula, error)
	Population(ctx context.Context, viewer belvedere.Viewer, code string) (belvedere.Population, error)
}

// SavedFormula is the column of "formule:code" or "formule:code@2".
func (r *Reporter) SavedFormula(ctx context.Context, viewer belvedere.Viewer, name string) (belvedere.QueryColumn, error) {
	code, version, err := splitVersion(strings.TrimPrefix(strings.TrimSpace(name), belvedere.FormulaPrefix))
	if err != nil {
		return belvedere.QueryColumn{}, err
	}
	if r.config.Library == nil {
		return belvedere.QueryColumn{}, belvedere.Errorf(belvedere.NotFound, "la formule %q est inconnue", code)
	}
	f, err := r.config.Library.Formula(ctx, viewer, code, version)
	if err != nil {
		return belvedere.QueryColumn{}, err
	}
	return FormulaColumn(f), nil
}

// population finds a population.
func (r *Reporter) population(ctx context.Context, viewer belvedere.Viewer, code string) (belvedere.Population, error) {
	if r.config.Library == nil {
		return belvedere.Population{}, belvedere.Errorf(belvedere.NotFound, "la population %q est inconnue", "@"+code)
	}
	return r.config.Library.Population(ctx, viewer, code)
}

// Populations are those that a formula names and that the viewer may use; the check of the formula
// tells which are missing.
func (r *Reporter) Populations(ctx context.Context, viewer belvedere.Viewer, text string) ([]belvedere.Population, error) {
	var out []belvedere.Population
	for _, code := range semantic.PopulationsOf(text) {
		p, err := r.population(ctx, viewer, code)
		if belvedere.KindOf(err) == belvedere.NotFound {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// named puts in a formula the populations and the formulas that its text names and that the viewer may
// use; the check of the formula tells which are missing.
func (r *Reporter) named(ctx context.Context, viewer belvedere.Viewer, f *belvedere.Formula) (err error) {
	if f.Populations, err = r.Populations(ctx, viewer, f.Text); err != nil {
		return err
	}
	for _, code := range semantic.FormulasOf(f.Text) {
		if r.config.Library == nil {
			return nil
		}
		one, err := r.config.Library.Formula(ctx, viewer, code, 0)
		if belvedere.KindOf(err) == belvedere.NotFound {
			continue
		} else if err != nil {
			return err
		}
		f.Formulas = append(f.Formulas, one)
	}
	return nil
}

// ReadFormula reads the text of a formula that is not saved: a ratio of two like units is a share in
// per cent, other ratios have two decimals.
func (r *Reporter) ReadFormula(ctx context.Context, viewer belvedere.Viewer, text string) (f belvedere.Formula, err error) {
	if r, err = r.live(ctx); err != nil {
		return f, err
	}
	f.Text = strings.TrimSpace(text)
	if err = r.named(ctx, viewer, &f); err != nil {
		return f, err
	}
	ind, err := r.formula(f)
	if err != nil {
		return f, err
	}
	if f.Decimals = ind.Sources()[0].Decimals; ind.Rate != nil {
		f.Decimals, f.Percent = 2, ind.Unit == ""
		if f.Percent && strings.Contains(f.Text, "100") { // written with its hundred
			f.Percent, f.Unit = false, "%"
		}
	}
	return f, nil
}

// CheckFormula compiles a formula over the definitions in force, with the populations that it names.
func (r *Reporter) CheckFormula(ctx context.Context, viewer belvedere.Viewer, f belvedere.Formula) (_ belvedere.Formula, _ *belvedere.Indicator, err error) {
	if r, err = r.live(ctx); err != nil {
		return f, nil, err
	}
	if err = r.named(ctx, viewer, &f); err != nil {
		return f, nil, err
	}
	ind, err := r.formula(f)
	return f, ind, err
}

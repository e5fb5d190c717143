// Package formula keeps the formulas and populations that people write over indicators: who may use,
// change and stand for which, what each reads and where it is used. It computes nothing: a formula goes
// into a query whole, and the rights of whoever asks join there.
package formula

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// Config is what a Service needs.
type Config struct {
	Registry registry.Registry
	Model    func(ctx context.Context) (*belvedere.Model, error) // with the definitions in force
	Reporter func() *report.Reporter                             // nil beside a server
	Now      func() time.Time
}

// A Service is the use cases that pages, API and command line share.
type Service struct{ Config }

// New makes a Service.
func New(c Config) *Service { return &Service{c} }

// uses tells whether a viewer may use what someone wrote: what is shared, and his or her own. The
// operator of the machine sees all.
func uses(v belvedere.Viewer, f registry.SavedFormula) bool {
	return f.Shared || v.Kind == belvedere.Operator || v.ID != 0 && v.ID == f.Owner
}

// changes tells whether a viewer may change it: its author; and what is shared, a data officer.
func changes(v belvedere.Viewer, f registry.SavedFormula) bool {
	if !v.May(belvedere.Author) && !v.May(belvedere.DataOfficer) {
		return false
	}
	return v.Kind == belvedere.Operator || v.ID != 0 && v.ID == f.Owner || f.Shared && v.May(belvedere.DataOfficer)
}

// find gives what a viewer may use, NotFound for the rest: no code of others is told to exist.
func (s *Service) find(ctx context.Context, v belvedere.Viewer, kind registry.FormulaKind, code string) (registry.SavedFormula, error) {
	f, err := s.Registry.Formula(ctx, kind, code)
	if err == nil && uses(v, f) {
		return f, nil
	}
	if err != nil && belvedere.KindOf(err) != belvedere.NotFound {
		return f, err
	}
	if kind == registry.FormulaOfRows {
		return registry.SavedFormula{}, belvedere.Errorf(belvedere.NotFound, "La population %q est inconnue.", "@"+code)
	}
	return registry.SavedFormula{}, belvedere.Errorf(belvedere.NotFound, "La formule %q est inconnue.", code)
}

// Formula is a saved formula as a query carries it; a version of 0 is the last. The populations that it
// names were open to its author when it was saved, and go with it.
func (s *Service) Formula(ctx context.Context, v belvedere.Viewer, code string, version int) (out belvedere.Formula, err error) {
	f, err := s.find(ctx, v, registry.FormulaOfFigures, code)
	if err != nil {
		return out, err
	}
	if version > 0 && version != f.Version {
		if f.FormulaVersion, err = s.version(ctx, f, version); err != nil {
			return out, err
		}
	}
	out = Asked(f)
	if out.Populations, err = s.populations(ctx, f.Text); err != nil {
		return out, err
	}
	n := &nesting{s: s, open: s.anyFormula, left: mostNested}
	out.Formulas, err = n.nest(ctx, f.Text, []string{f.Code})
	return out, err
}

// version is one of a formula by its number.
func (s *Service) version(ctx context.Context, f registry.SavedFormula, number int) (registry.FormulaVersion, error) {
	list, err := s.Registry.FormulaVersions(ctx, f.ID)
	if err != nil {
		return f.FormulaVersion, err
	}
	at := slices.IndexFunc(list, func(v registry.FormulaVersion) bool { return v.Number == number })
	if at < 0 {
		return f.FormulaVersion, belvedere.Errorf(belvedere.NotFound, "La formule %q n’a pas de version %d\u00a0: la dernière est la %d.", f.Code, number, f.Version)
	}
	return list[at], nil
}

// Asked is a saved formula as a query carries it, without its populations.
func Asked(f registry.SavedFormula) belvedere.Formula {
	return belvedere.Formula{Code: f.Code, Version: f.Number, Label: f.Label, Definition: f.Definition, Text: f.Text, Unit: f.Unit, Decimals: f.Decimals,
		Percent: f.Percent, BetterIsLow: f.BetterIsLow}
}

// Population is a saved population.
func (s *Service) Population(ctx context.Context, v belvedere.Viewer, code string) (belvedere.Population, error) {
	f, err := s.find(ctx, v, registry.FormulaOfRows, code)
	if err != nil {
		return belvedere.Population{}, err
	}
	return population(f)
}

func population(f registry.SavedFormula) (belvedere.Population, error) {
	where, err := semantic.ParseFilters(f.Text)
	return belvedere.Population{Code: f.Code, Version: f.Number, Label: f.Label, Where: where}, err
}

// List gives what a viewer may use of a kind, by label.
func (s *Service) List(ctx context.Context, v belvedere.Viewer, kind registry.FormulaKind) ([]registry.SavedFormula, error) {
	list, err := s.Registry.ListFormulas(ctx, kind)
	return slices.DeleteFunc(list, func(f registry.SavedFormula) bool { return !uses(v, f) }), err
}

// A Sheet is all about one formula or population.
type Sheet struct {
	registry.SavedFormula
	Versions []registry.FormulaVersion
	Where    []belvedere.Filter     // of a population
	Reads    []*belvedere.Indicator // of a formula: what it reads today
	Problem  error                  // why it does not compute any longer, nil when it does
	Unit     string                 // of its figures
	Names    []registry.SavedFormula
	Uses     []Use
	Change   bool // the viewer may change it
	Verify   bool // the viewer may stand for it
}

// A Use is where something is used.
type Use struct{ Kind, Title, Address string }

// Sheet gives one with what it reads and where it is used.
func (s *Service) Sheet(ctx context.Context, v belvedere.Viewer, kind registry.FormulaKind, code string) (*Sheet, error) {
	f, err := s.find(ctx, v, kind, code)
	if err != nil {
		return nil, err
	}
	out := &Sheet{SavedFormula: f, Unit: f.FormulaVersion.Unit, Change: changes(v, f), Verify: f.Shared && v.May(belvedere.DataOfficer)}
	if out.Versions, err = s.Registry.FormulaVersions(ctx, f.ID); err != nil {
		return nil, err
	}
	model, err := s.Model(ctx)
	if err != nil {
		return nil, err
	}
	if kind == registry.FormulaOfRows {
		out.Where, out.Problem = semantic.ParseFilters(f.Text)
		if out.Problem == nil {
			out.Problem = semantic.CheckFilters(model, f.Text)
		}
	} else {
		asked, err := s.Formula(ctx, v, code, 0)
		if err != nil && belvedere.KindOf(err) != belvedere.Invalid {
			return nil, err
		}
		var ind *belvedere.Indicator
		if err == nil {
			ind, err = semantic.Formula(model, asked)
		}
		if out.Problem = err; err == nil {
			out.Reads, out.Unit = ind.Reads, ind.Unit
		}
		if out.Names, err = s.named(ctx, v, f.Text); err != nil {
			return nil, err
		}
	}
	out.Uses, err = s.uses(ctx, v, f)
	return out, err
}

// named are the populations and the formulas that a text names and that the viewer may open.
func (s *Service) named(ctx context.Context, v belvedere.Viewer, text string) (out []registry.SavedFormula, err error) {
	for _, code := range semantic.PopulationsOf(text) {
		p, err := s.find(ctx, v, registry.FormulaOfRows, code)
		if belvedere.KindOf(err) == belvedere.NotFound {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	for _, code := range semantic.FormulasOf(text) {
		f, err := s.find(ctx, v, registry.FormulaOfFigures, code)
		if belvedere.KindOf(err) == belvedere.NotFound {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// uses are the formulas, queries and dashboards that name one, of those that the viewer may open.
func (s *Service) uses(ctx context.Context, v belvedere.Viewer, f registry.SavedFormula) (out []Use, err error) {
	list, err := s.List(ctx, v, registry.FormulaOfFigures)
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		if reads(one, f) {
			out = append(out, Use{"Formule", one.Label, Path(one)})
		}
	}
	queries, err := s.Registry.ListSaved(ctx)
	if err != nil {
		return nil, err
	}
	for _, q := range queries {
		if open := q.Owner == v.ID && v.ID != 0 || q.Sharing == registry.SharedAll || v.Kind == belvedere.Operator; open && asks(q.State, f) {
			out = append(out, Use{"Requête", q.Title, "/requetes/" + strconv.FormatInt(q.ID, 10)})
		}
	}
	boards, err := s.Registry.ListDashboards(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range boards {
		if b.Owner != v.ID && b.Sharing != registry.SharedAll && v.Kind != belvedere.Operator {
			continue
		}
		if b, err = s.Registry.Dashboard(ctx, b.ID); err != nil {
			return nil, err
		}
		if names(b.Content, f) {
			out = append(out, Use{"Tableau de bord", b.Title, ""})
		}
	}
	return out, nil
}

// asks tells whether the state of a saved query names a formula, or a population.
func asks(state string, f registry.SavedFormula) bool {
	values, err := url.ParseQuery(state)
	if err != nil {
		return false
	}
	if f.Kind == registry.FormulaOfRows {
		return slices.Contains(strings.Split(values.Get("population"), ","), f.Code)
	}
	return names(values.Get("indicateurs"), f)
}

// names tells whether a text that programs read names a formula or a population.
func names(text string, f registry.SavedFormula) bool {
	name := belvedere.FormulaPrefix + f.Code
	if f.Kind == registry.FormulaOfRows {
		name = "@" + f.Code
	}
	for rest := text; ; {
		_, after, found := strings.Cut(rest, name)
		if !found {
			return false
		}
		if after == "" || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_", rune(after[0])) {
			return true
		}
		rest = after
	}
}

// Path is the page of one.
func Path(f registry.SavedFormula) string {
	if f.Kind == registry.FormulaOfRows {
		return "/populations/" + f.Code
	}
	return "/formules/" + f.Code
}

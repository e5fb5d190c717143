package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"belvedere"
)

// An Ask is a query in the words of the command line, the API and the tests of the catalogue.
type Ask struct {
	Indicators []string // codes; "eleves[sexe=F]" cuts one to part of its rows
	By         []string // dimensions of the lines
	Where      []string // "annee=2025", "type=college|lycee", "niveau!=6eme"; values joined by | or ,
	Rates      bool     // rates for the indicators that have one
	Total      bool
	Compare    string // "precedente" or "an_dernier"
	Constant   bool   // keep the schools that have the data in all the periods compared
	Edition    int
	Sort       string
	Limit      int
	Offset     int

	Formulas []string                // texts of formulas, in columns after the indicators; they ask for the grant of authors
	Columns  []belvedere.QueryColumn // ready ones, after all others
	For      belvedere.Viewer        // whose saved formulas ("formule:code") and populations ("@code") may be named
}

// mostColumns bounds the columns of a question: some times the whole catalogue, and less than
// what an address full of référentiels could name.
const mostColumns = 1000

// Build turns an ask into a query. Time is a filter like others: annee, mois (2025-11), jour
// (2025-11-30), du and au, or periode with one of the console's; without any, the last school
// year with data, and all of them when the lines are school years.
func (r *Reporter) Build(ctx context.Context, ask Ask) (belvedere.Query, error) {
	q := belvedere.Query{Edition: ask.Edition, Total: ask.Total, Constant: ask.Constant, Sort: ask.Sort, Limit: ask.Limit, Offset: ask.Offset}
	q.By = append(q.By, trimmed(ask.By)...)
	r, err := r.live(ctx)
	if err != nil {
		return q, err
	}
	if q.Compare, err = belvedere.ParseCompare(ask.Compare); err != nil {
		return q, err
	}
	times := map[string]string{}
	for _, text := range ask.Where {
		if code, named := strings.CutPrefix(strings.TrimSpace(text), "@"); named {
			p, err := r.population(ctx, ask.For, code)
			if err != nil {
				return q, err
			}
			q.Where = append(q.Where, p.Where...)
			continue
		}
		f, err := parseFilter(text)
		if err != nil {
			return q, err
		}
		switch f.Dim {
		case "annee", "mois", "jour", "du", "au", "periode":
			if f.Not || times[f.Dim] != "" {
				return q, belvedere.Errorf(belvedere.Invalid, "le filtre %q : une période se donne une fois, avec =", text)
			}
			times[f.Dim] = strings.Join(f.Values, "|")
		default:
			q.Where = append(q.Where, f)
		}
	}
	for _, text := range trimmed(ask.Indicators) {
		columns, err := r.askColumns(ctx, ask, text)
		if err != nil {
			return q, err
		}
		if q.Columns = append(q.Columns, columns...); len(q.Columns) > mostColumns {
			return q, belvedere.Errorf(belvedere.Invalid, "une question compte au plus %d colonnes", mostColumns)
		}
	}
	if len(ask.Formulas) > 0 && !ask.For.May(belvedere.Author) {
		return q, belvedere.Errorf(belvedere.Forbidden, "Écrire une formule demande l’habilitation d’auteur\u00a0; une formule enregistrée se nomme par formule:code.")
	}
	for _, text := range ask.Formulas {
		f, err := r.ReadFormula(ctx, ask.For, text)
		if err != nil {
			return q, err
		}
		q.Columns = append(q.Columns, FormulaColumn(f))
	}
	q.Columns = unique(append(q.Columns, ask.Columns...))
	q.Period, err = r.askPeriod(ctx, q, times)
	return q, err
}

func trimmed(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// parseFilter reads "dim=a|b" or "dim!=a", values as WriteExploreValue writes them.
func parseFilter(text string) (belvedere.Filter, error) {
	name, values, ok := strings.Cut(text, "=")
	f := belvedere.Filter{Dim: strings.TrimSpace(name)}
	if not, cut := strings.CutSuffix(f.Dim, "!"); cut {
		f.Dim, f.Not = strings.TrimSpace(not), true
	}
	if !ok || f.Dim == "" {
		return f, belvedere.Errorf(belvedere.Invalid, "le filtre %q doit s’écrire dimension=valeur", text)
	}
	f.Values = trimmed(strings.FieldsFunc(values, func(r rune) bool { return r == '|' || r == ',' }))
	for i, v := range f.Values {
		f.Values[i] = readValue(v)
	}
	if len(f.Values) == 0 {
		return f, belvedere.Errorf(belvedere.Invalid, "le filtre %q n’a pas de valeur", text)
	}
	return f, nil
}

// askColumns reads one indicator; a référentiel stands for its members.
func (r *Reporter) askColumns(ctx context.Context, ask Ask, text string) ([]belvedere.QueryColumn, error) {
	code, cut, filtered := strings.Cut(text, "[")
	var where []belvedere.Filter
	if filtered {
		for _, part := range strings.Split(strings.TrimSuffix(strings.TrimSpace(cut), "]"), ";") {
			f, err := parseFilter(part)
			if err != nil {
				return nil, err
			}
			where = append(where, f)
		}
	}
	if strings.HasPrefix(strings.TrimSpace(code), belvedere.FormulaPrefix) {
		c, err := r.SavedFormula(ctx, ask.For, code)
		c.Where, c.Key = where, ""
		c.Key = columnKey(c)
		return []belvedere.QueryColumn{c}, err
	}
	code, version, err := splitVersion(strings.TrimSpace(code))
	if err != nil {
		return nil, err
	}
	rate := ask.Rates
	ind := r.model.Indicator(code)
	if base, ok := strings.CutSuffix(code, "_taux"); ind == nil && ok {
		rate, ind = true, r.model.Indicator(base)
		if ind != nil && ind.Rate == nil {
			return nil, belvedere.Errorf(belvedere.Invalid, "l’indicateur %q n’a pas de taux", base)
		}
	}
	if ind != nil && version > 0 && ind.Version(version) == nil {
		return nil, belvedere.Errorf(belvedere.Invalid, "l’indicateur %q n’a pas de définition %d : la dernière est la %d", code, version, len(ind.Definitions()))
	}
	if ind == nil {
		return nil, belvedere.Errorf(belvedere.Invalid, "l’indicateur %q est inconnu ; « belvedere catalog » les liste", code)
	}
	show := "valeur"
	if rate {
		show = "auto"
	}
	members := []string{ind.Code}
	if len(ind.Members) > 0 {
		members = ind.Members
	}
	var out []belvedere.QueryColumn
	for _, m := range members {
		one := r.queryColumn(belvedere.Column{Indicator: m, Show: show, Where: where}, rate)
		out = append(out, r.ofVersion(one, version))
	}
	return out, nil
}

// askPeriod works out the interval of a query from its time filters.
func (r *Reporter) askPeriod(ctx context.Context, q belvedere.Query, times map[string]string) (belvedere.Period, error) {
	if k := belvedere.PeriodKind(times["periode"]); k != "" && k.Label() == string(k) {
		return belvedere.Period{}, belvedere.Errorf(belvedere.Invalid, "periode : %q est inconnue ; jour, mois, mois_dernier, annee ou annee_derniere", k)
	}
	if from, to, ok, err := explicitDates(times); ok || err != nil {
		if err != nil {
			return belvedere.Period{}, belvedere.Errorf(belvedere.Invalid, "%v", err)
		}
		return belvedere.Period{Kind: belvedere.FreeRange, From: from, To: to}, nil
	}
	first, last, err := r.spanOfColumns(ctx, q)
	if err != nil {
		return belvedere.Period{}, err
	}
	if times["annee"] != "" {
		years, err := parseYears(times["annee"])
		if err != nil {
			return belvedere.Period{}, belvedere.Errorf(belvedere.Invalid, "%v", err)
		}
		if len(years) > 1 {
			return belvedere.Period{Kind: belvedere.FreeRange, From: years[0].First(), To: years[len(years)-1].End()}, nil
		}
		return belvedere.NewPeriod(kindOf(times["periode"]), years[0], minTime(last, years[0].End().AddDate(0, 0, -1))), nil
	}
	if slices.Contains(q.By, "annee") && times["periode"] == "" {
		return belvedere.Period{Kind: belvedere.FreeRange, From: belvedere.SchoolYearOf(first).First(), To: belvedere.SchoolYearOf(last).End()}, nil
	}
	return belvedere.NewPeriod(kindOf(times["periode"]), belvedere.SchoolYearOf(last), last), nil
}

// explicitDates reads jour, mois, or du and au, as a half-open interval.
func explicitDates(times map[string]string) (from, to time.Time, ok bool, err error) {
	switch {
	case times["jour"] != "":
		from, err = belvedere.ParseDate(times["jour"])
		return from, from.AddDate(0, 0, 1), true, err
	case times["mois"] != "":
		if from, err = time.Parse("2006-01", times["mois"]); err != nil {
			err = fmt.Errorf("mois : %q doit s’écrire 2025-11", times["mois"])
		}
		return from, from.AddDate(0, 1, 0), true, err
	case times["du"] != "" || times["au"] != "":
		from, err1 := belvedere.ParseDate(times["du"])
		to, err2 := belvedere.ParseDate(times["au"])
		return from, to.AddDate(0, 0, 1), true, errors.Join(err1, err2)
	}
	return from, to, false, nil
}

// parseYears reads school years that follow each other.
func parseYears(text string) ([]belvedere.SchoolYear, error) {
	var years []belvedere.SchoolYear
	for _, one := range strings.Split(text, "|") {
		y, err := belvedere.ParseSchoolYear(one)
		if err != nil {
			return nil, err
		}
		years = append(years, y)
	}
	slices.Sort(years)
	if int(years[len(years)-1]-years[0]) != len(years)-1 {
		return nil, fmt.Errorf("annee : les années doivent se suivre")
	}
	return years, nil
}

// kindOf is a period of the console; askPeriod has refused the others.
func kindOf(s string) belvedere.PeriodKind {
	if s == "" {
		return belvedere.ThisYear
	}
	return belvedere.PeriodKind(s)
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// spanOfColumns is the span of the data that the columns read; today's when there is none.
func (r *Reporter) spanOfColumns(ctx context.Context, q belvedere.Query) (first, last time.Time, err error) {
	edition, err := r.Edition(ctx, q.Edition)
	if err != nil {
		return first, last, err
	}
	spans, err := r.spansOf(ctx, edition.Number)
	if err != nil {
		return first, last, err
	}
	var names []string
	for _, c := range q.Columns {
		names = append(names, r.datasetsOfColumn(c)...)
	}
	first, last = r.bounds(spans, names)
	return first, last, nil
}

// bounds is the first and last day with data of some datasets, else of all datasets, else today.
func (r *Reporter) bounds(spans map[string]span, datasets []string) (first, last time.Time) {
	widen := func(sp span) {
		if first.IsZero() || sp.first.Before(first) {
			first = sp.first
		}
		if sp.last.After(last) {
			last = sp.last
		}
	}
	for _, name := range datasets {
		if sp, ok := spans[name]; ok {
			widen(sp)
		}
	}
	if last.IsZero() {
		for _, sp := range spans {
			widen(sp)
		}
	}
	if last.IsZero() {
		today := r.now().In(r.zone)
		last = belvedere.Date(today.Year(), today.Month(), today.Day())
		first = last
	}
	return first, last
}

// SplitIndicators cuts a list of indicators at the commas that no bracket holds.
func SplitIndicators(text string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range text {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, text[from:i])
				from = i + 1
			}
		}
	}
	return append(out, text[from:])
}

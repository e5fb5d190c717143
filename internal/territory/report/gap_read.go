package report

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/gap"
)

// read finds the cell of a side in its result, and the question of that cell alone.
func (b *gapBuilder) read(s *GapSide) error {
	at, err := columnOf(s.Result, s.Ask.Column)
	if err != nil {
		return err
	}
	s.Column = s.Result.Columns[at]
	s.Decimals = s.Column.Decimals
	row, err := s.findLine()
	if err != nil {
		return err
	}
	if err := b.figure(s, row); err != nil {
		return err
	}
	switch {
	case s.Line == sumLine:
		return b.sum(s, at)
	case row != nil && s.perimeter == nil:
		s.Cell = row.Cells[at]
	default: // the total of a table that shows none, or part of the schools of one
		worlds, err := b.worlds(s.Figure, s.Figure, nil, nil)
		if err != nil {
			return err
		}
		s.Cell = worlds[0].cell
	}
	s.show(s.Cell.Value)
	s.Words = b.figureWords(s)
	return nil
}

// show works out how a value is read.
func (s *GapSide) show(v float64) {
	s.Exact = exactly(s.Column, v)
	s.Shown = shownAs(s.Column, v)
	s.Rounding = new(big.Rat).Sub(s.Shown, s.Exact)
}

// exactly is a value in the unit in which it is shown.
func exactly(c belvedere.ResultColumn, v float64) *big.Rat {
	r := gap.Exact(v)
	if c.Percent {
		r.Mul(r, big.NewRat(100, 1))
	}
	return r
}

// shownAs is the number that a reader sees, as FormatNumber writes it.
func shownAs(c belvedere.ResultColumn, v float64) *big.Rat {
	if c.Percent {
		v *= 100
	}
	return gap.Shown(v, c.Decimals)
}

// columnOf finds a column by its key, the first by default.
func columnOf(r *belvedere.Result, key string) (int, error) {
	if len(r.Columns) == 0 {
		return 0, belvedere.Errorf(belvedere.NotFound, "ce résultat n’a pas de colonne")
	}
	if key == "" {
		return 0, nil
	}
	at := slices.IndexFunc(r.Columns, func(c belvedere.ResultColumn) bool { return c.Key == key })
	if at < 0 {
		var keys []string
		for _, c := range r.Columns[:min(len(r.Columns), 20)] {
			keys = append(keys, c.Key)
		}
		return 0, belvedere.Errorf(belvedere.NotFound, "la colonne %q n’existe pas%s; essayez %s", key, belvedere.NarrowSpace, strings.Join(keys, ", "))
	}
	return at, nil
}

// findLine finds the line that a side names; nil for the total of a table that shows none, and
// for the sum of its lines.
func (s *GapSide) findLine() (*belvedere.ResultRow, error) {
	r := s.Result
	switch s.Ask.Line {
	case "", wholeLine:
		s.Line = wholeLine
		if len(r.Dims) == 0 && len(r.Rows) == 1 {
			return &r.Rows[0], nil
		}
		return r.Total, nil
	case sumLine:
		s.Line = sumLine
		if len(r.Dims) == 0 {
			return nil, belvedere.Errorf(belvedere.Invalid, "ce résultat n’a pas de lignes à additionner")
		}
		if s.perimeter != nil {
			return nil, belvedere.Errorf(belvedere.Invalid, "ce reçu a été établi sur d’autres établissements que les vôtres%s: ses lignes ne s’additionnent pas comme alors", belvedere.NoBreak)
		}
		return nil, nil
	}
	s.Line = s.Ask.Line
	for i := range r.Rows {
		if lineCode(r.Rows[i].Keys) == s.Line {
			return &r.Rows[i], nil
		}
	}
	return nil, belvedere.Errorf(belvedere.NotFound, "la ligne %q n’est pas dans ce résultat", s.Line)
}

// lineCode names a line in addresses and on the command line.
func lineCode(keys []belvedere.Key) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		if parts[i] = k.Code; k.Code == "" {
			parts[i] = emptyCode
		}
	}
	return strings.Join(parts, "/")
}

// figure is the question of one cell: what its line and its column say becomes filters and period.
func (b *gapBuilder) figure(s *GapSide, row *belvedere.ResultRow) error {
	q := s.Result.Query
	definition, err := b.definitionOf(s.Result.Receipt.Definitions, s.Column.Indicator)
	if err != nil {
		return err
	}
	f := gap.Figure{Indicator: s.Column.Indicator, Rate: s.Column.Rate, Period: q.Period, Edition: s.Result.Edition.Number,
		Definition: definition, Version: s.Column.Version, Constant: q.Constant, Follow: q.Follow, Against: q.Against}
	if s.perimeter != nil {
		f.Where = append(f.Where, *s.perimeter)
	}
	lines := map[string]string{}
	if row != nil && row != s.Result.Total {
		for i, d := range s.Result.Dims {
			lines[d.Name] = row.Keys[i].Code
		}
	}
	for _, one := range slices.Concat(q.Where, s.Column.Where) {
		if _, named := lines[one.Dim]; !named || one.Not {
			f.Where = append(f.Where, one) // a line stands within the filters on its dimension
		}
	}
	for _, d := range s.Result.Dims {
		code, named := lines[d.Name]
		switch {
		case !named:
		case d.Name == "heure":
			return belvedere.Errorf(belvedere.Invalid, "une heure ne se compare pas seule%s: prenez la ligne d’un jour ou l’ensemble", belvedere.NoBreak)
		case slices.Contains([]string{"annee", "mois", "jour"}, d.Name):
			if err := within(&f.Period, d.Name, code); err != nil {
				return err
			}
		default:
			f.Where = append(f.Where, belvedere.Filter{Dim: d.Name, Values: []string{code}})
		}
		if named && b.standsAlone(f, d.Name, code) {
			f.Lines = append(f.Lines, d.Name)
		}
	}
	s.Figure = f.Normal()
	return nil
}

// standsAlone tells whether a line says something else than the same figure asked without lines:
// the state of a month or a day is what was observed in it; a code that is a group too, or that is
// empty, has rows of its own.
func (b *gapBuilder) standsAlone(f gap.Figure, dim, code string) bool {
	if dim == "mois" || dim == "jour" {
		return slices.ContainsFunc(b.measured(f), func(name string) bool { return b.r.model.Dataset(name).Kind == belvedere.Stock })
	}
	if dim == "etablissement" || slices.Contains(attributeDims, dim) || dim == "annee" {
		return false
	}
	return code == "" || slices.ContainsFunc(b.measured(f), func(name string) bool {
		d := b.r.model.Dataset(name).Dimension(dim)
		return d != nil && d.List != nil && slices.ContainsFunc(d.List.Codes, func(c belvedere.Code) bool { return c.Group == code })
	})
}

// within cuts a period to the year, month or day of a line.
func within(p *belvedere.Period, dim, code string) error {
	var from, to time.Time
	switch dim {
	case "annee":
		year, err := belvedere.ParseSchoolYear(code)
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "%v", err)
		}
		from, to = year.First(), year.End()
	case "mois":
		month, err := time.Parse("2006-01", code)
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "le mois %q n’existe pas", code)
		}
		from, to = month, month.AddDate(0, 1, 0)
	case "jour":
		day, err := belvedere.ParseDate(code)
		if err != nil {
			return belvedere.Errorf(belvedere.Invalid, "%v", err)
		}
		from, to = day, day.AddDate(0, 0, 1)
	}
	if from.After(p.From) {
		p.From = from
	}
	if to.Before(p.To) {
		p.To = to
	}
	return nil
}

// sum reads a side as the sum of the lines that are shown, as someone adds them on a paper. What
// it lacks of the total are the lines that show no value.
func (b *gapBuilder) sum(s *GapSide, at int) error {
	if s.Column.Rate || s.Column.Percent {
		return belvedere.Errorf(belvedere.Invalid, "des taux ne s’additionnent pas")
	}
	worlds, err := b.worlds(s.Figure, s.Figure, nil, nil)
	if err != nil {
		return err
	}
	s.Cell = belvedere.Cell{State: belvedere.Value}
	s.Shown, s.Exact = new(big.Rat), new(big.Rat)
	for i := range s.Result.Rows {
		if c := s.Result.Rows[i].Cells[at]; c.State.Shown() {
			s.Exact.Add(s.Exact, exactly(s.Column, c.Value))
			s.Shown.Add(s.Shown, shownAs(s.Column, c.Value))
		}
	}
	s.Rounding = new(big.Rat).Sub(s.Shown, s.Exact)
	if total := worlds[0].value(s.Column); total != nil {
		s.Held = new(big.Rat).Sub(s.Exact, total)
		s.Exact = total
	}
	s.Words = b.figureWords(s)
	return nil
}

// Lines are those that a side may be read at, for a form.
func (s *GapSide) Lines() []GapChoice {
	if s.Result == nil || len(s.Result.Dims) == 0 {
		return nil
	}
	out := []GapChoice{{wholeLine, "Ensemble"}, {sumLine, "Somme des lignes affichées"}}
	for _, row := range s.Result.Rows[:min(len(s.Result.Rows), mostOptions)] {
		var labels []string
		for _, k := range row.Keys {
			labels = append(labels, k.Label)
		}
		out = append(out, GapChoice{lineCode(row.Keys), strings.Join(labels, ", ")})
	}
	return out
}

// Columns are those that a side may be read at, for a form.
func (s *GapSide) Columns() []GapChoice {
	if s.Result == nil {
		return nil
	}
	var out []GapChoice
	for _, c := range s.Result.Columns {
		label := c.Label
		if c.Group != "" {
			label = c.Group + belvedere.NoBreak + ": " + label
		}
		out = append(out, GapChoice{c.Key, label})
	}
	return out
}

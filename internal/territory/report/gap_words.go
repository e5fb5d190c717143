package report

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/territory/gap"
)

// unit tells figures that may be subtracted from those that may not.
func (s *GapSide) unit() string {
	if s.Column.Percent {
		return "%"
	}
	if s.Column.Rate {
		return "par" + s.Column.Indicator
	}
	return s.Column.Unit
}

// unitWords name the unit to a reader.
func (s *GapSide) unitWords() string {
	switch {
	case s.Column.Percent:
		return "%"
	case s.Column.Unit == "":
		return s.Column.Label
	}
	return s.Column.Unit
}

// amountUnit is the unit of differences: points between percentages.
func (s *GapSide) amountUnit() string {
	if s.Typed != nil && s.Percent || s.Column.Percent {
		return "points"
	}
	return s.Column.Unit
}

// Written is the figure as it is shown.
func (s *GapSide) Written() string {
	switch {
	case s.Typed != nil:
		text := gap.Format(s.Typed, s.Decimals)
		if s.Typed.Sign() < 0 {
			text = belvedere.Minus + text
		}
		if s.Percent {
			text += belvedere.NarrowSpace + "%"
		}
		return text
	case !s.Cell.State.Shown():
		return s.Cell.State.Word()
	case s.Line == sumLine:
		v, _ := s.Shown.Float64()
		return s.Column.Format(v)
	}
	return s.Column.Format(s.Cell.Value)
}

// figureWords say what a figure counts.
func (b *gapBuilder) figureWords(s *GapSide) string {
	f := s.Figure
	parts := []string{b.indicatorWords(f)}
	for _, one := range f.Where {
		parts = append(parts, b.filterWords(one, f.Indicator))
	}
	if f.Constant {
		parts = append(parts, "périmètre constant")
	}
	parts = append(parts, PeriodWords(f.Period), "édition "+strconv.Itoa(f.Edition))
	if s.Line == sumLine {
		parts = append(parts, "somme des lignes affichées")
	}
	return strings.Join(parts, ", ")
}

func (b *gapBuilder) indicatorWords(f gap.Figure) string {
	ind := b.r.model.Indicator(f.Indicator)
	if ind == nil {
		return f.Indicator
	}
	if f.Rate && ind.Rate != nil && ind.Rate.Label != "" {
		return ind.Rate.Label
	}
	if ind.Short != "" {
		return ind.Short
	}
	return ind.Label
}

// filterWords say a filter: "Collèges", "sauf Collèges", "3 établissements".
func (b *gapBuilder) filterWords(f belvedere.Filter, indicator string) string {
	words := ""
	if n := len(f.Values); f.Dim == "etablissement" && n > 2 {
		words = belvedere.Plural(n, "établissement", "établissements")
	} else {
		var labels []string
		for _, v := range f.Values {
			labels = append(labels, b.valueWords(f.Dim, v, indicator))
		}
		words = strings.Join(labels, " ou ")
	}
	if f.Not {
		return "sauf " + words
	}
	return words
}

func (b *gapBuilder) valueWords(dim, value, indicator string) string {
	var list *belvedere.CodeList
	switch dim {
	case "etablissement":
		if s := b.schoolAt(belvedere.UAI(value)); s != "" {
			return s
		}
		return value
	case "type", "secteur":
		list = b.r.model.CodeLists[dim+"s"]
	default:
		list = b.r.listFor(indicator, dim)
	}
	switch {
	case !mayName(b.viewer.Scope, dim, value):
		return value
	case value == "" && slices.Contains(attributeDims, dim):
		return "non renseigné"
	case value == "":
		return "non ventilé"
	case list != nil && list.Find(value) != nil:
		return list.Find(value).Label
	}
	return value
}

// schoolAt names a school that the rights of the viewer open; the others have no name here.
func (b *gapBuilder) schoolAt(u belvedere.UAI) string {
	if b.dir == nil || !sightOf(b.viewer.Scope).opens(u) {
		return ""
	}
	if s := b.dir.Find(u); s != nil {
		return s.Name
	}
	return ""
}

// name says what a cause is, as a label and within a sentence.
func (b *gapBuilder) name(c *GapCause) {
	var codes, labels, words []string
	for _, f := range c.Factors {
		label, said := b.factorWords(f)
		codes, labels, words = append(codes, f.Code()), append(labels, label), append(words, said)
	}
	c.Code, c.Label, c.Words = strings.Join(codes, "+"), strings.Join(labels, " ; "), joined(words)
	if len(labels) > 1 {
		c.Label = strings.Join(labels, belvedere.NarrowSpace+"; ")
	}
}

func (b *gapBuilder) factorWords(f gap.Factor) (label, words string) {
	a, z := b.view.A.Figure, b.view.B.Figure
	arrow := func(from, to string) string { return from + " → " + to }
	switch f.Kind {
	case gap.Definition:
		return "Définition" + belvedere.NoBreak + ": " + arrow(b.definitionWords(a), b.definitionWords(z)), "du changement de définition"
	case gap.Edition:
		return "Données" + belvedere.NoBreak + ": édition " + arrow(strconv.Itoa(a.Edition), strconv.Itoa(z.Edition)), "des données de l’édition " + strconv.Itoa(z.Edition)
	case gap.Period:
		return "Période" + belvedere.NoBreak + ": " + arrow(PeriodWords(a.Period), PeriodWords(z.Period)), "de la période"
	case gap.Population:
		return "Population" + belvedere.NoBreak + ": " + arrow(b.indicatorWords(a), b.indicatorWords(z)), "de la population comptée"
	case gap.Following:
		return "Suivi" + belvedere.NoBreak + ": " + arrow(followWords(a), followWords(z)), "du suivi des établissements"
	case gap.Reading:
		return "Lecture" + belvedere.NoBreak + ": " + arrow(b.readingWords(a), b.readingWords(z)), "de la lecture"
	case gap.Perimeter:
		return "Périmètre" + belvedere.NoBreak + ": " + arrow(b.filtersOn(a, f.Dim), b.filtersOn(z, f.Dim)), "du périmètre"
	}
	label = filterLabel(b.r, f.Dim)
	return "Filtre " + label + belvedere.NoBreak + ": " + arrow(b.filtersOn(a, f.Dim), b.filtersOn(z, f.Dim)), "du filtre " + label
}

// readingWords say whether a figure is the line of a table, or asked alone.
func (b *gapBuilder) readingWords(f gap.Figure) string {
	if len(f.Lines) == 0 {
		return "dernier état connu"
	}
	var labels []string
	for _, dim := range f.Lines {
		if dim == "mois" || dim == "jour" {
			labels = append(labels, "observé dans le "+dim)
		} else {
			labels = append(labels, "ligne d’un tableau par "+strings.ToLower(filterLabel(b.r, dim)))
		}
	}
	return joined(labels)
}

// filtersOn say the filters of a figure on a dimension.
func (b *gapBuilder) filtersOn(f gap.Figure, dim string) string {
	var parts []string
	for _, one := range f.On(dim) {
		parts = append(parts, b.filterWords(one, f.Indicator))
	}
	if len(parts) == 0 {
		return "sans filtre"
	}
	return strings.Join(parts, " et ")
}

// definitionWords name the definition of a figure: its version, or that of a catalogue that is no
// longer in force.
func (b *gapBuilder) definitionWords(f gap.Figure) string {
	words := "en vigueur"
	if f.Version > 0 {
		words = "version " + strconv.Itoa(f.Version)
	}
	if f.Definition != b.r.model.Version {
		words += " dans le catalogue " + f.Definition[:min(len(f.Definition), 8)]
	}
	return words
}

// followWords say which schools a figure follows over time.
func followWords(f gap.Figure) string {
	var words []string
	if f.Constant {
		words = append(words, "périmètre constant")
	}
	if f.Follow {
		words = append(words, "avec les établissements d’origine")
	}
	if len(words) == 0 {
		return "tous les établissements"
	}
	return joined(words)
}

// joined lists words as a sentence does: "a, b et c".
func joined(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " et " + list[len(list)-1]
}

// sentence says the whole explanation: "Écart de −120 élèves : 96 viennent de 2 établissements
// arrivés dans l’édition 7 (livraisons 31 et 32), 24 du filtre Secteur."
func (v *GapView) sentence() string {
	least := max(v.A.Decimals, v.B.Decimals)
	if v.Gap.Sign() == 0 && !slices.ContainsFunc(v.Causes, func(c GapCause) bool { return c.Amount.Sign() != 0 }) {
		if v.Residual.Sign() == 0 {
			return "Aucun écart" + belvedere.NoBreak + ": les deux résultats sont égaux."
		}
	}
	head := "Écart de " + gap.Signed(v.Gap, least)
	unit := v.Unit
	if unit == "points" && new(big.Rat).Abs(v.Gap).Cmp(big.NewRat(2, 1)) < 0 {
		unit = "point"
	}
	if unit != "" {
		head += belvedere.NoBreak + unit
	}
	if v.Gap.Sign() == 0 {
		head = "Aucun écart, mais des causes qui se compensent"
	}
	var parts []string
	for _, c := range v.Causes {
		if c.Amount.Sign() != 0 {
			parts = append(parts, v.amountWords(c.Written, len(parts) == 0)+" "+v.origin(&c))
		}
	}
	if v.Residual.Sign() != 0 {
		parts = append(parts, v.amountWords(v.ResidualWritten, len(parts) == 0)+" sans explication")
	}
	if len(parts) == 0 {
		return head + "."
	}
	return head + belvedere.NoBreak + ": " + strings.Join(parts, ", ") + "."
}

// amountWords write an amount without the sign of the gap, and with a sign when it goes the other
// way. The first bears the verb.
func (v *GapView) amountWords(r *big.Rat, first bool) string {
	text := v.trimmed(gap.Format(r, v.Decimals))
	if v.Gap.Sign()*r.Sign() < 0 || v.Gap.Sign() == 0 {
		text = v.Amount(r)
	}
	if !first {
		return text
	}
	if new(big.Rat).Abs(r).Cmp(big.NewRat(2, 1)) < 0 {
		return text + " vient"
	}
	return text + " viennent"
}

// Amount writes an amount of the gap with its sign, as it adds up.
func (v *GapView) Amount(r *big.Rat) string { return v.trimmed(gap.Signed(r, v.Decimals)) }

// trimmed takes the zeros after the comma from amounts of what is counted in units: a share of a
// half makes no other amount "24,0".
func (v *GapView) trimmed(text string) string {
	if max(v.A.Decimals, v.B.Decimals) > 0 || !strings.Contains(text, ",") {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ",")
}

// origin says where an amount comes from; data by what happened and the deliveries that did it.
func (v *GapView) origin(c *GapCause) string {
	if len(c.Factors) != 1 || c.Factors[0].Kind != gap.Edition || len(c.Schools) == 0 || c.Rest.Sign() != 0 {
		return c.Words
	}
	var moves []string
	for _, m := range []struct{ move, one, many string }{
		{"arrivée", "établissement arrivé", "établissements arrivés"},
		{"correction", "établissement corrigé", "établissements corrigés"},
		{"retrait", "établissement retiré", "établissements retirés"},
	} {
		if n := countMoves(c.Schools, m.move); n > 0 {
			moves = append(moves, belvedere.Plural(n, m.one, m.many))
		}
	}
	from, to := v.A.Figure.Edition, v.B.Figure.Edition
	words := "de " + joined(moves)
	switch {
	case to == from+1:
		words += " dans l’édition " + strconv.Itoa(to)
	case to > from:
		words += " entre les éditions " + strconv.Itoa(from) + " et " + strconv.Itoa(to)
	default:
		words = "de " + joined(moves) + " depuis l’édition " + strconv.Itoa(to)
	}
	return words + deliveryWords(c.Schools)
}

func countMoves(list []GapSchool, move string) (n int) {
	for _, s := range list {
		if s.Move == move {
			n++
		}
	}
	return n
}

// deliveryWords name the deliveries behind some schools, the first few: " (livraisons 31 et 32)".
func deliveryWords(list []GapSchool) string {
	const most = 6
	var seqs []int64
	for _, s := range list {
		seqs = append(seqs, s.Deliveries...)
	}
	slices.Sort(seqs)
	seqs = slices.Compact(seqs)
	var names []string
	for _, seq := range seqs[:min(len(seqs), most)] {
		names = append(names, strconv.FormatInt(seq, 10))
	}
	switch {
	case len(seqs) == 0:
		return ""
	case len(seqs) == 1:
		return " (livraison " + names[0] + ")"
	case len(seqs) > most:
		return fmt.Sprintf(" (%d livraisons, dont %s)", len(seqs), joined(names))
	}
	return " (livraisons " + joined(names) + ")"
}

// spanOfSlice reads the time of a slice: a day, a month or a school year.
func spanOfSlice(text string) (from, to time.Time, ok bool) {
	text, _, _ = strings.Cut(text, "/")
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day, day.AddDate(0, 0, 1), true
	}
	if month, err := time.Parse("2006-01", text); err == nil {
		return month, month.AddDate(0, 1, 0), true
	}
	if year, err := belvedere.ParseSchoolYear(text); err == nil {
		return year.First(), year.End(), true
	}
	return from, to, false
}

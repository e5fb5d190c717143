package report

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"belvedere"
	"belvedere/internal/territory/gap"
)

// This file and those beside it (gap_*.go) explain the gap between two figures. Every figure that
// they read is an answer of Query to the same viewer, with today's rights: nothing is worked out
// from figures that the viewer may not see, and what is printed anyone could find by asking and
// subtracting.

// A GapAsk names two figures in the words that people use.
type GapAsk struct {
	A, B   GapSideAsk
	Common Ask // what both have in common; what a side says itself goes first
}

// A GapSideAsk names one of them.
type GapSideAsk struct {
	Text   string // a receipt, a question, the address of a page, or a number
	Line   string // codes of the line, joined by "/"; "" or "ensemble" for the total, "somme" for the sum of the lines as shown
	Column string // key of the column, "" for the first
}

// A GapView is a gap with its causes. Amounts are in the unit that is shown: points for percentages.
type GapView struct {
	A, B     *GapSide
	Refused  string // why nothing can be said, "" when it can
	Gap      *big.Rat
	Unit     string // of the amounts: "élèves", "points"
	Decimals int    // of the written amounts
	Causes   []GapCause
	Residual *big.Rat // of a typed number that no change reproduces; else zero
	Sentence string

	ResidualWritten *big.Rat
	Notes           []string
	Asked           int // questions put to the warehouse or its cache
}

// A GapCause is one line of the explanation.
type GapCause struct {
	Factors []gap.Factor // several when they are told as one
	Code    string       // "edition", "filtre:secteur", "arrondi"…; joined by "+"
	Label   string       // "Édition 6 → 7"
	Words   string       // as the sentence says it: "du filtre Secteur"
	Amount  *big.Rat     // exact
	Written *big.Rat     // as printed: the printed amounts add up to the printed gap
	Merged  string       // why several are told as one
	Moves   []GapMove    // schools that moved, of an edition by deliveries
	Schools []GapSchool
	Rest    *big.Rat // of schools that cannot be told one by one; zero when there is none
	RestWhy string

	RestWritten *big.Rat
	group       gap.World
}

// A GapSchool is what one school moved.
type GapSchool struct {
	UAI        belvedere.UAI
	Name       string
	Amount     *big.Rat // nil of a rate: rates of schools do not add up
	Written    *big.Rat
	Move       string  // of an edition: "arrivée", "correction", "retrait"
	Deliveries []int64 // that replaced its data, of an edition
}

// A GapMove is what the same deliveries moved together.
type GapMove struct {
	Deliveries []int64
	Editions   []int
	Schools    int
	Amount     *big.Rat
	Written    *big.Rat
}

// A gapBuilder explains one gap.
type gapBuilder struct {
	r      *Reporter
	ctx    context.Context
	viewer belvedere.Viewer
	common Ask
	view   *GapView
	dir    *Directory
	groups []gap.World // of clusters, whose causes can be told apart
	hidden int         // schools withheld in a world that the causes need

	bySchool bool // figures are asked with what each school holds of them
}

// Gap explains why two figures differ.
func (r *Reporter) Gap(ctx context.Context, viewer belvedere.Viewer, ask GapAsk) (*GapView, error) {
	r, err := r.live(ctx)
	if err != nil {
		return nil, err
	}
	b := &gapBuilder{r: r, ctx: ctx, viewer: viewer, common: ask.Common, view: &GapView{Residual: new(big.Rat)}}
	if err := b.findSchools(); err != nil {
		return nil, err
	}
	if b.view.A, err = b.side(ask.A); err != nil {
		return nil, sideError("premier", err)
	}
	if b.view.B, err = b.side(ask.B); err != nil {
		return nil, sideError("second", err)
	}
	b.noteChanges()
	switch a, z := b.view.A, b.view.B; {
	case a.Typed != nil && z.Typed != nil:
		return nil, belvedere.Errorf(belvedere.Invalid, "deux nombres seuls ne disent pas d’où ils viennent%s: donnez au moins un reçu, une question ou l’adresse d’une page", belvedere.NoBreak)
	case a.Typed != nil || z.Typed != nil:
		err = b.explainTyped()
	default:
		err = b.explain()
	}
	return b.view, err
}

// GapSide reads one of two figures, for a form that asks for the other.
func (r *Reporter) GapSide(ctx context.Context, viewer belvedere.Viewer, ask GapSideAsk) (*GapSide, error) {
	r, err := r.live(ctx)
	if err != nil {
		return nil, err
	}
	b := &gapBuilder{r: r, ctx: ctx, viewer: viewer, view: &GapView{Residual: new(big.Rat)}}
	if err := b.findSchools(); err != nil {
		return nil, err
	}
	return b.side(ask)
}

// findSchools reads the register, for names.
func (b *gapBuilder) findSchools() error {
	edition, err := b.r.Edition(b.ctx, 0)
	if err == nil {
		b.dir, err = b.r.Directory(b.ctx, edition.Number)
	}
	return err
}

// noteChanges say what differs since the receipts were made that is no cause between both sides:
// what is compared is what they give today.
func (b *gapBuilder) noteChanges() {
	for i, s := range []*GapSide{b.view.A, b.view.B} {
		for _, text := range s.changes {
			b.view.Notes = append(b.view.Notes, []string{"Premier", "Second"}[i]+" résultat, depuis son reçu"+belvedere.NoBreak+": "+text)
		}
	}
}

// sideError says of which side an error is.
func sideError(which string, err error) error {
	if kind := belvedere.KindOf(err); kind != belvedere.Internal {
		return belvedere.WrapError(kind, err, "%s résultat%s: %s", which, belvedere.NoBreak, belvedere.Message(err))
	}
	return err
}

// explain takes the gap between two figures of the console apart.
func (b *gapBuilder) explain() error {
	a, z := b.view.A, b.view.B
	if b.view.Refused = refusedWhy(a, z); b.view.Refused != "" {
		return nil
	}
	factors := gap.Factors(a.Figure, z.Figure)
	b.bySchool = true
	clusters := clustersOf(factors)
	worlds, err := b.worlds(a.Figure, z.Figure, factors, clusters)
	if err != nil {
		return err
	}
	b.tell(factors, clusters, worlds)
	if err := b.drill(factors, clusters, worlds); err != nil {
		return err
	}
	b.conclude()
	return nil
}

// Explained says as an error that nothing can be said, nil when there are causes to write.
func (v *GapView) Explained() error {
	if v.Refused != "" {
		return belvedere.Errorf(belvedere.Conflict, "%s", v.Refused)
	}
	return nil
}

// refusedWhy says why two figures cannot be compared, "" when they can.
func refusedWhy(a, z *GapSide) string {
	for i, s := range []*GapSide{a, z} {
		if !s.Cell.State.Shown() {
			return fmt.Sprintf("Le %s résultat n’a pas de valeur à comparer%s: il est «%s%s%s». %s",
				[]string{"premier", "second"}[i], belvedere.NoBreak, belvedere.NoBreak, s.Cell.State.Word(), belvedere.NoBreak, s.Cell.Why)
		}
	}
	if a.unit() != z.unit() {
		return fmt.Sprintf("Ces deux résultats ne se comptent pas de la même façon%s: le premier en «%s%s%s», le second en «%s%s%s». Leur différence n’aurait pas de sens.",
			belvedere.NoBreak, belvedere.NoBreak, a.unitWords(), belvedere.NoBreak, belvedere.NoBreak, z.unitWords(), belvedere.NoBreak)
	}
	return ""
}

// tell shares the gap among the causes that can be told apart.
func (b *gapBuilder) tell(factors []gap.Factor, clusters []gap.World, worlds []gapWorld) {
	a, z := b.view.A, b.view.B
	figures := make([]*big.Rat, len(worlds))
	for i := range worlds {
		figures[i] = worlds[i].value(a.Column)
	}
	last := len(worlds) - 1
	reading := new(big.Rat) // what a table shows and no question of that cell alone gives
	if figures[0] == nil || figures[last] == nil {
		figures[0], figures[last] = a.Exact, z.Exact
	} else {
		reading.Sub(new(big.Rat).Sub(z.Exact, figures[last]), new(big.Rat).Sub(a.Exact, figures[0]))
	}
	groups := gap.Groups(len(clusters), func(w gap.World) bool { return figures[w] != nil })
	shares := gap.Shares(gap.Quotient(figures, groups))
	for i, group := range groups {
		cause := GapCause{Amount: shares[i], Rest: new(big.Rat)}
		for _, f := range gap.Members(gap.Union(clusters, group)) {
			cause.Factors = append(cause.Factors, factors[f])
		}
		cause.Merged = mergedWhy(clusters, group, worlds)
		b.name(&cause)
		cause.group = group
		b.view.Causes = append(b.view.Causes, cause)
	}
	b.groups = groups
	b.endCause("tableau", "Ligne d’un tableau", "de la ligne d’un tableau", reading)
	b.endCause("secret", "Lignes retenues", "des lignes retenues", new(big.Rat).Sub(z.Held, a.Held))
	b.endCause("arrondi", "Arrondi", "de l’arrondi", new(big.Rat).Sub(z.Rounding, a.Rounding))
}

// endCause adds a cause that belongs to how a side is shown and to no factor, unless it is nothing.
func (b *gapBuilder) endCause(code, label, words string, amount *big.Rat) {
	if amount.Sign() != 0 {
		b.view.Causes = append(b.view.Causes, GapCause{Code: code, Label: label, Words: words, Amount: amount, Rest: new(big.Rat)})
	}
}

// conclude writes the amounts and the sentence.
func (b *gapBuilder) conclude() {
	v := b.view
	v.Unit = v.A.amountUnit()
	v.Gap = new(big.Rat).Sub(v.B.Shown, v.A.Shown)
	amounts := []*big.Rat{}
	for _, c := range v.Causes {
		amounts = append(amounts, c.Amount)
	}
	amounts = append(amounts, v.Residual)
	least := max(v.A.Decimals, v.B.Decimals)
	v.Decimals = gap.Decimals(append(v.schoolAmounts(), amounts...), least, least+2)
	written := gap.Written(amounts, v.Gap, v.Decimals)
	for i := range v.Causes {
		v.Causes[i].write(written[i], v.Decimals)
	}
	slices.SortStableFunc(v.Causes, func(x, y GapCause) int { return new(big.Rat).Abs(y.Amount).Cmp(new(big.Rat).Abs(x.Amount)) })
	v.ResidualWritten = written[len(written)-1]
	v.Sentence = v.sentence()
}

// schoolAmounts are those of all schools of all causes.
func (v *GapView) schoolAmounts() []*big.Rat {
	var out []*big.Rat
	for _, c := range v.Causes {
		for _, s := range c.Schools {
			if s.Amount != nil {
				out = append(out, s.Amount)
			}
		}
	}
	return out
}

// write rounds a cause and its parts so that the parts add up to it.
func (c *GapCause) write(written *big.Rat, decimals int) {
	c.Written = written
	var parts []*big.Rat
	for _, s := range c.Schools {
		if s.Amount != nil {
			parts = append(parts, s.Amount)
		}
	}
	if len(parts) > 0 {
		rounded := gap.Written(append(parts, c.Rest), written, decimals)
		at := 0
		for i := range c.Schools {
			if c.Schools[i].Amount != nil {
				c.Schools[i].Written = rounded[at]
				at++
			}
		}
		c.RestWritten = rounded[at]
	}
	for i := range c.Moves {
		c.Moves[i].write(c.Schools)
	}
}

// write adds up what is written of the schools that the same deliveries moved.
func (m *GapMove) write(schools []GapSchool) {
	if m.Amount == nil {
		return
	}
	m.Written = new(big.Rat)
	for _, s := range schools {
		if slices.Equal(s.Deliveries, m.Deliveries) {
			m.Written.Add(m.Written, s.Written)
		}
	}
}

package semantic

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// A Proposal is a new version of a definition, as someone writes it. What it leaves empty stays as
// the last version has it.
type Proposal struct {
	ID        int64 // in the registry; 0 when it is not kept
	Indicator string
	From      time.Time // date of effect
	Text      string    // definition in words; the printed texts of the annex stay
	Note      string    // what is added to the words
	Value     string    // expression
	RateLabel string
	Num       string // expressions of the two sides of the rate
	NumLabel  string
	Den       string
	DenLabel  string
	Author    string
	Reason    string
}

// The names under which a mistake in a part of a proposal is told: those of the fields of the form
// and of the flags of the command line.
const (
	PartCode   = "indicateur"
	PartFrom   = "effet"
	PartText   = "definition"
	PartNote   = "note"
	PartValue  = "valeur"
	PartRate   = "taux"
	PartNum    = "numerateur"
	PartDen    = "denominateur"
	PartNums   = "numerateur_nom"
	PartDens   = "denominateur_nom"
	PartReason = "motif"
)

// Define gives the model in which a proposal is the last version of its indicator. It is checked as
// declarations are: the error is a Problems whose places are in the parts of the proposal.
func Define(m *belvedere.Model, p Proposal) (*belvedere.Model, error) {
	out := *m
	out.Indicators = slices.Clone(m.Indicators)
	out.Index()
	d := &declarations{model: &out}
	d.define(p.wire())
	if len(d.problems) > 0 {
		d.problems.sort()
		return nil, d.problems
	}
	sum := sha256.Sum256([]byte(m.Version + "\n" + Declare([]Proposal{p})))
	out.Version = hex.EncodeToString(sum[:])[:16]
	return &out, nil
}

// wire is the proposal as declarations are read; each part is a file of its own.
func (p Proposal) wire() *wireDefinition {
	typed := func(part, text string) word {
		at := newDeclarationFile(part, []byte(text), false).at(1, 1)
		return word{s: text, at: at, set: strings.TrimSpace(text) != ""}
	}
	from := ""
	if !p.From.IsZero() {
		from = p.From.Format(time.DateOnly)
	}
	w := &wireDefinition{
		Indicator: typed(PartCode, p.Indicator), From: typed(PartFrom, from), Definition: typed(PartText, p.Text), Note: typed(PartNote, p.Note),
		Value: typed(PartValue, p.Value), Author: typed("auteur", p.Author), Reason: typed(PartReason, p.Reason),
	}
	if p.ID > 0 {
		w.Proposal = typed("proposition", strconv.FormatInt(p.ID, 10))
	}
	w.At = w.Indicator.at
	if rate := (wireRateChange{Label: typed(PartRate, p.RateLabel), Num: typed(PartNum, p.Num), NumLabel: typed(PartNums, p.NumLabel),
		Den: typed(PartDen, p.Den), DenLabel: typed(PartDens, p.DenLabel)}); rate.says() {
		rate.At = rate.Num.at
		w.Rate = &rate
	}
	return w
}

func (r *wireRateChange) says() bool {
	return r.Label.set || r.Num.set || r.NumLabel.set || r.Den.set || r.DenLabel.set
}

// defineAll joins the declared versions to the model, those of an indicator in the order of their
// dates of effect. Nothing is added to a catalogue that has mistakes already.
func (d *declarations) defineAll() {
	if len(d.problems) > 0 {
		return
	}
	var all []*wireDefinition
	for _, f := range d.versions {
		for i := range f.Definitions {
			all = append(all, &f.Definitions[i])
		}
	}
	slices.SortStableFunc(all, func(a, b *wireDefinition) int { return strings.Compare(a.From.s, b.From.s) })
	for _, w := range all {
		d.define(w)
	}
}

// define checks a version and puts it into the model.
func (d *declarations) define(w *wireDefinition) {
	old := d.model.Indicator(w.Indicator.s)
	switch {
	case d.required(w.Indicator, w.At, "indicator") == "":
		return
	case old == nil:
		d.fault(w.Indicator.at, "l’indicateur %s est inconnu%s", quote(w.Indicator.s), orNear(w.Indicator.s, d.indicatorCodes()))
		return
	case len(old.Members) > 0:
		d.fault(w.Indicator.at, "%s est un référentiel\u00a0: proposez une définition de ses membres", quote(old.Code))
		return
	}
	known := len(d.problems)
	versions := slices.Clone(old.Definitions())
	before := &versions[len(versions)-1]
	next := d.next(w, old, *before)
	if !next.From.IsZero() && !next.From.After(before.From) {
		d.fault(w.From.at, "la date d’effet doit suivre celle de la définition %d (%s)", before.Number, belvedere.ShortDate(before.From))
	}
	d.keptClosed(w, old, *before, next)
	if len(d.problems) == known && same(next, *before) {
		d.fault(w.Indicator.at, "la proposition ne change rien à la définition %d", before.Number)
	}
	if len(d.problems) > known {
		return
	}
	before.To = next.From
	out := *old
	out.Definition, out.Note, out.Value, out.Rate = next.Text, next.Note, next.Value, next.Rate
	out.History = append(versions, next)
	d.model.Indicators[slices.Index(d.model.Indicators, old)] = &out
	d.model.Index()
	d.stillShown(&out, w)
}

// next is the version that a declaration makes of the last one.
func (d *declarations) next(w *wireDefinition, ind *belvedere.Indicator, last belvedere.Definition) belvedere.Definition {
	out := belvedere.Definition{Number: last.Number + 1, Text: last.Text, Note: last.Note, Value: last.Value,
		From: d.effect(w.From, w.At), Author: d.words(w.Author), Reason: d.words(w.Reason)}
	if d.required(w.Reason, w.At, "reason"); w.Proposal.set {
		out.Proposal = int64(d.integer(w.Proposal, "proposal", 1, 1<<53, 0))
	}
	if w.Definition.set {
		if d.printed(ind) {
			d.fault(w.Definition.at, "le texte imprimé de l’annexe ne change pas\u00a0: donnez une note")
		}
		out.Text = d.words(w.Definition)
	}
	if w.Note.set {
		out.Note = d.words(w.Note)
	}
	if w.Value.set {
		if ind.Value == nil {
			d.fault(w.Value.at, "l’indicateur n’a pas de valeur\u00a0: proposez son taux")
		}
		out.Value = d.expression(w.Value, false)
	}
	out.Rate = d.nextRate(w.Rate, last.Rate)
	return out
}

// printed tells whether the words of an indicator are those of the annex.
func (d *declarations) printed(ind *belvedere.Indicator) bool {
	return ind.Annexed || slices.ContainsFunc(d.model.Indicators, func(whole *belvedere.Indicator) bool {
		return whole.Annexed && whole.Number == ind.Of && whole.Definition == ind.Definition
	})
}

// nextRate is the rate of the version that a declaration makes.
func (d *declarations) nextRate(w *wireRateChange, last *belvedere.Rate) *belvedere.Rate {
	if w == nil {
		return last
	}
	if last == nil {
		d.fault(w.At, "l’indicateur n’a pas de taux")
		return nil
	}
	out := *last
	if w.Num.set {
		out.Num = d.expression(w.Num, true)
	}
	if w.Den.set {
		out.Den = d.expression(w.Den, true)
	}
	for _, one := range []struct {
		from word
		into *string
	}{{w.Label, &out.Label}, {w.NumLabel, &out.NumLabel}, {w.DenLabel, &out.DenLabel}} {
		if one.from.set {
			*one.into = d.words(one.from)
		}
	}
	return &out
}

// keptClosed sees that a version does not open what other indicators keep: a measure that it begins to
// read must be read by an indicator whose recipients are no stricter, and its dataset by one that the
// same right opens. Its class of secrecy needs no rule: a release protects a measure whoever reads it.
func (d *declarations) keptClosed(w *wireDefinition, ind *belvedere.Indicator, last, next belvedere.Definition) {
	before := measuresOf(last)
	for _, ref := range measuresOf(next) {
		if slices.Contains(before, ref) {
			continue
		}
		var readers []*belvedere.Indicator
		for _, other := range d.model.Indicators {
			for _, version := range other.Definitions() {
				if slices.Contains(measuresOf(version), ref) {
					readers = append(readers, other)
					break
				}
			}
		}
		open := func(keeps func(other *belvedere.Indicator) bool) bool {
			return len(readers) == 0 || slices.ContainsFunc(readers, func(o *belvedere.Indicator) bool { return !keeps(o) })
		}
		switch {
		case !open(func(o *belvedere.Indicator) bool { return o.SchoolOnly && !ind.SchoolOnly }):
			d.fault(w.expressionAt(), "la mesure %s est réservée aux établissements, et cet indicateur ne l’est pas", quote(ref))
		case !d.opens(ind.Widget, ref):
			d.fault(w.expressionAt(), "la mesure %s s’ouvre par un autre droit que cet indicateur", quote(ref))
		}
	}
}

// opens tells whether a right, or none, opens an indicator that reads the dataset of a measure.
func (d *declarations) opens(widget, ref string) bool {
	dataset, _, _ := strings.Cut(ref, ".")
	read := false
	for _, other := range d.model.Indicators {
		if slices.Contains(DatasetsOf(other), dataset) {
			if read = true; other.Widget == "" || other.Widget == widget {
				return true
			}
		}
	}
	return !read
}

// measuresOf names the measures that a version reads.
func measuresOf(v belvedere.Definition) []string {
	refs := refsOf(v.Value)
	if v.Rate != nil {
		refs = slices.Concat(refs, refsOf(v.Rate.Num), refsOf(v.Rate.Den))
	}
	var out []string
	for _, r := range refs {
		if name := r.Dataset + "." + r.Measure; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// expressionAt is the place of the first expression that a version says.
func (w *wireDefinition) expressionAt() mark {
	switch {
	case w.Value.set:
		return w.Value.at
	case w.Rate != nil && w.Rate.Num.set:
		return w.Rate.Num.at
	case w.Rate != nil && w.Rate.Den.set:
		return w.Rate.Den.at
	}
	return w.At
}

// same tells whether two versions say and count the same.
func same(a, b belvedere.Definition) bool {
	return a.Text == b.Text && a.Note == b.Note && reflect.DeepEqual(a.Value, b.Value) && reflect.DeepEqual(a.Rate, b.Rate)
}

// stillShown sees that every page that shows the indicator can show the new version: its lines and
// filters are dimensions of what it reads.
func (d *declarations) stillShown(ind *belvedere.Indicator, w *wireDefinition) {
	at := w.expressionAt()
	here := func(s string) word { return word{s: s, at: at, set: s != ""} }
	for _, page := range d.model.Pages {
		for _, block := range page.Blocks {
			for _, one := range blockColumns(block) {
				if one.column.Indicator != ind.Code {
					continue
				}
				shown, lines, known := &wireColumn{At: at}, []word(nil), len(d.problems)
				for _, f := range one.column.Where {
					shown.Where = append(shown.Where, entry{here(f.Dim), here(strings.Join(f.Values, "|"))})
				}
				for _, l := range one.lines {
					lines = append(lines, here(l))
				}
				if d.columnDatasets(shown, &one.column, ind, lines); len(d.problems) > known {
					d.problems[known].Message += fmt.Sprintf(", et la page «\u00a0%s\u00a0» le montre ainsi", page.Title)
					d.problems = d.problems[:known+1]
					return // one page tells enough
				}
			}
		}
	}
}

// A shownColumn is a column of a block and the dimensions of its lines.
type shownColumn struct {
	column belvedere.Column
	lines  []string
}

func blockColumns(b belvedere.Block) []shownColumn {
	var out []shownColumn
	add := func(lines []string, columns ...belvedere.Column) {
		for _, c := range columns {
			out = append(out, shownColumn{c, lines})
		}
	}
	switch {
	case b.Strip != nil:
		for _, f := range b.Strip.Figures {
			add(nil, f.Column)
			add(nil, f.Context...)
		}
	case b.Chart != nil:
		add([]string{b.Chart.By, b.Chart.Series}, b.Chart.Columns...)
	case b.Table != nil:
		add([]string{b.Table.Rows, b.Table.Across}, b.Table.Columns...)
	}
	return out
}

// A Dropped is an accepted version that the catalogue of the moment does not admit, and why.
type Dropped struct {
	Proposal Proposal
	Problems error
}

// Admitted parts accepted versions in those that a model still admits and the others: the program or
// a deployment's folder may have changed since they were accepted.
func Admitted(m *belvedere.Model, accepted []Proposal) (good []Proposal, dropped []Dropped) {
	list := slices.Clone(accepted)
	slices.SortStableFunc(list, func(a, b Proposal) int { return a.From.Compare(b.From) })
	for _, p := range list {
		next, err := Define(m, p)
		if err != nil {
			dropped = append(dropped, Dropped{p, err})
			continue
		}
		good, m = append(good, p), next
	}
	return good, dropped
}

// Declare writes proposals as a file of definitions/: Load reads them back as they are.
func Declare(list []Proposal) string {
	var b strings.Builder
	b.WriteString("definitions:\n")
	for _, p := range list {
		fmt.Fprintf(&b, "  - indicator: %s\n    from: %s\n", p.Indicator, p.From.Format(time.DateOnly))
		if p.ID > 0 {
			fmt.Fprintf(&b, "    proposal: %d\n", p.ID)
		}
		block(&b, "    ", "definition", p.Text)
		block(&b, "    ", "note", p.Note)
		block(&b, "    ", "value", p.Value)
		if rate := p.wire().Rate; rate != nil {
			b.WriteString("    rate:\n")
			block(&b, "      ", "label", p.RateLabel)
			block(&b, "      ", "num", p.Num)
			block(&b, "      ", "num_label", p.NumLabel)
			block(&b, "      ", "den", p.Den)
			block(&b, "      ", "den_label", p.DenLabel)
		}
		block(&b, "    ", "author", p.Author)
		block(&b, "    ", "reason", p.Reason)
	}
	return b.String()
}

// Decided is the folder of declarations that accepted versions make, for Load.
func Decided(list []Proposal) (fs.FS, error) {
	return Folder(map[string]string{"definitions/decidees.yaml": Declare(list)})
}

// block writes a text of any kind as a literal block, nothing when it is empty.
func block(b *strings.Builder, indent, key, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	b.WriteString(indent + key + ": |-\n")
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		b.WriteString(strings.TrimRight(indent+"  "+line, " \t\r") + "\n")
	}
}

// Shown names the indicators that a page shows, each once.
func Shown(page *belvedere.Page) []string {
	var out []string
	for _, b := range page.Blocks {
		for _, one := range blockColumns(b) {
			if !slices.Contains(out, one.column.Indicator) {
				out = append(out, one.column.Indicator)
			}
		}
	}
	return out
}

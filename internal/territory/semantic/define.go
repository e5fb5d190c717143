package semantic

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
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

// The names under which a mistake in a part of a proposal is told: those of the form, of the flags of
// the command line and of the fields of the API.
const (
	PartFrom   = "effet"
	PartText   = "definition"
	PartNote   = "note"
	PartValue  = "valeur"
	PartNum    = "numerateur"
	PartDen    = "denominateur"
	PartReason = "motif"
	PartCode   = "indicateur"
)

// Define gives the model in which a proposal is the last version of its indicator. It is checked as
// declarations are: the error is a Problems whose places are in the parts of the proposal.
func Define(m *belvedere.Model, p Proposal) (*belvedere.Model, error) {
	d := &declarations{model: m}
	ind := d.define(p)
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	out := *m
	out.Indicators = slices.Clone(m.Indicators)
	at := slices.IndexFunc(out.Indicators, func(i *belvedere.Indicator) bool { return i.Code == ind.Code })
	out.Indicators[at] = ind
	last := ind.History[len(ind.History)-1]
	sum := sha256.Sum256([]byte(strings.Join([]string{m.Version, ind.Code, last.From.Format(time.DateOnly), last.Text, last.Note,
		Text(last.Value), rateText(last.Rate)}, "\x00")))
	out.Version = hex.EncodeToString(sum[:])[:16]
	out.Index()
	d.model = &out
	d.stillShown(ind, p)
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	return &out, nil
}

func rateText(r *belvedere.Rate) string {
	if r == nil {
		return ""
	}
	return strings.Join([]string{r.Label, Text(r.Num), r.NumLabel, Text(r.Den), r.DenLabel}, "\x01")
}

// typed is a part of a proposal as a word with places: the part is its own file.
func typed(part, text string) word {
	f := newDeclarationFile(part, []byte(text), false)
	return word{s: text, at: f.at(1, 1), set: strings.TrimSpace(text) != ""}
}

// define checks a proposal and gives its indicator with the new version, nil when it is unknown.
func (d *declarations) define(p Proposal) *belvedere.Indicator {
	code := typed(PartCode, p.Indicator)
	old := d.model.Indicator(p.Indicator)
	switch {
	case old == nil:
		d.fault(code.at, "l’indicateur %s est inconnu%s", quote(p.Indicator), orNear(p.Indicator, d.indicatorCodes()))
		return nil
	case len(old.Members) > 0:
		d.fault(code.at, "%s est un référentiel\u00a0: proposez une définition de ses membres", quote(old.Code))
		return nil
	}
	versions := slices.Clone(old.Definitions())
	before := &versions[len(versions)-1]
	next := d.next(p, old, *before)
	if next.From.IsZero() || !next.From.After(before.From) {
		at := typed(PartFrom, dayText(p.From)).at
		if next.From.IsZero() {
			d.fault(at, "la date d’effet manque")
		} else {
			d.fault(at, "la date d’effet doit suivre celle de la définition %d (%s)", before.Number, belvedere.ShortDate(before.From))
		}
	}
	if same(next, *before) {
		d.fault(code.at, "la proposition ne change rien à la définition %d", before.Number)
	}
	before.To = next.From
	out := *old
	out.Definition, out.Note, out.Value, out.Rate = next.Text, next.Note, next.Value, next.Rate
	out.History = append(versions, next)
	return &out
}

func dayText(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

// next is the version that a proposal makes of the last one.
func (d *declarations) next(p Proposal, ind *belvedere.Indicator, last belvedere.Definition) belvedere.Definition {
	out := belvedere.Definition{Number: last.Number + 1, Text: last.Text, Note: last.Note, Value: last.Value, Rate: last.Rate,
		From: p.From, Author: p.Author, Proposal: p.ID}
	reason := typed(PartReason, p.Reason)
	if out.Reason = d.words(reason); !reason.set {
		d.fault(reason.at, "le motif manque\u00a0: dites pourquoi la définition change")
	}
	if text := typed(PartText, p.Text); text.set {
		if d.printed(ind) {
			d.fault(text.at, "le texte imprimé de l’annexe ne change pas\u00a0: donnez une note")
		}
		out.Text = d.words(text)
	}
	if note := typed(PartNote, p.Note); note.set {
		out.Note = d.words(note)
	}
	if value := typed(PartValue, p.Value); value.set {
		if ind.Value == nil {
			d.fault(value.at, "l’indicateur n’a pas de valeur\u00a0: proposez son taux")
		}
		out.Value = d.expression(value, false)
	}
	out.Rate = d.nextRate(p, last.Rate)
	return out
}

// printed tells whether the words of an indicator are those of the annex.
func (d *declarations) printed(ind *belvedere.Indicator) bool {
	if ind.Annexed {
		return true
	}
	for _, whole := range d.model.Indicators {
		if whole.Annexed && whole.Number == ind.Of && whole.Definition == ind.Definition {
			return true
		}
	}
	return false
}

// nextRate is the rate of the version that a proposal makes.
func (d *declarations) nextRate(p Proposal, last *belvedere.Rate) *belvedere.Rate {
	num, den := typed(PartNum, p.Num), typed(PartDen, p.Den)
	labels := []string{p.RateLabel, p.NumLabel, p.DenLabel}
	if !num.set && !den.set && strings.Join(labels, "") == "" {
		return last
	}
	if last == nil {
		at := num
		if !num.set {
			at = den
		}
		d.fault(at.at, "l’indicateur n’a pas de taux")
		return nil
	}
	out := *last
	if num.set {
		out.Num = d.expression(num, true)
	}
	if den.set {
		out.Den = d.expression(den, true)
	}
	for i, into := range []*string{&out.Label, &out.NumLabel, &out.DenLabel} {
		part := []string{PartNum, PartNum, PartDen}[i]
		if w := typed(part, labels[i]); w.set {
			*into = d.words(w)
		}
	}
	return &out
}

// same tells whether two versions say and count the same.
func same(a, b belvedere.Definition) bool {
	return a.Text == b.Text && a.Note == b.Note && reflect.DeepEqual(a.Value, b.Value) && reflect.DeepEqual(a.Rate, b.Rate)
}

// stillShown sees that every page that shows the indicator can show the new version: its lines and
// filters are dimensions of what it reads.
func (d *declarations) stillShown(ind *belvedere.Indicator, p Proposal) {
	part := typed(PartValue, p.Value)
	if !part.set {
		part = typed(PartNum, p.Num)
	}
	for _, page := range d.model.Pages {
		for _, block := range page.Blocks {
			for _, one := range blockColumns(block) {
				if one.column.Indicator != ind.Code {
					continue
				}
				w := &wireColumn{At: part.at}
				for _, f := range one.column.Where {
					w.Where = append(w.Where, entry{key: word{s: f.Dim, at: part.at, set: true}, value: word{s: strings.Join(f.Values, "|"), at: part.at, set: true}})
				}
				var lines []word
				for _, l := range one.lines {
					lines = append(lines, word{s: l, at: part.at, set: true})
				}
				known := len(d.problems)
				d.columnDatasets(w, &one.column, ind, lines)
				for i := known; i < len(d.problems); i++ {
					d.problems[i].Message += fmt.Sprintf(", et la page «\u00a0%s\u00a0» le montre ainsi", page.Title)
				}
				if len(d.problems) > known {
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

// A Dropped is an accepted version that the catalogue of the moment no longer admits.
type Dropped struct {
	Proposal Proposal
	Problems error
}

// DefineAll joins accepted versions to a model, in the order of their dates of effect for each
// indicator. One that the catalogue no longer admits, since the program or a deployment's folder has
// changed, is left out and told: the others still hold.
func DefineAll(m *belvedere.Model, accepted []Proposal) (*belvedere.Model, []Dropped) {
	list := slices.Clone(accepted)
	slices.SortStableFunc(list, func(a, b Proposal) int { return a.From.Compare(b.From) })
	var dropped []Dropped
	for _, p := range list {
		next, err := Define(m, p)
		if err != nil {
			dropped = append(dropped, Dropped{p, err})
			continue
		}
		m = next
	}
	return m, dropped
}

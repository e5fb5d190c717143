package semantic

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"belvedere"
)

// checkIdeas reads what several indicators measure each in its own way.
func (d *declarations) checkIdeas() {
	seen := nameSet{}
	for _, c := range d.catalogs {
		for _, w := range c.Ideas {
			d.model.Ideas = append(d.model.Ideas, belvedere.Idea{
				Code: d.name(w.Code, w.At, "code", nameShape, seen), Label: d.required(w.Label, w.At, "label"), Doc: w.Doc.s,
			})
		}
	}
}

// checkHistory reads the earlier definitions of an indicator, once it has inherited what it does not
// say: what an earlier one does not say is as it is today.
func (d *declarations) checkHistory(w *wireIndicator, ind *belvedere.Indicator) {
	if ind.Idea = w.Idea.s; w.Idea.set && d.model.Idea(ind.Idea) == nil {
		d.fault(w.Idea.at, "l’idée %s n’est pas déclarée (ideas, dans catalog.yaml)", quote(ind.Idea))
	}
	ind.Note = w.Note.s
	if w.Version != nil && len(w.History) == 0 {
		d.fault(w.Version.At, "version ne va qu’avec history\u00a0: la première définition vaut depuis toujours")
		return
	}
	if len(w.History) == 0 {
		return
	}
	if len(ind.Members) > 0 {
		d.fault(w.History[0].At, "un référentiel (members) n’a pas d’histoire\u00a0: ses membres ont la leur")
		return
	}
	if w.Version == nil {
		d.fault(w.At, "la clé «\u00a0version\u00a0» manque\u00a0: depuis quand vaut la définition déclarée (from), et pourquoi (reason)")
		return
	}
	var list []belvedere.Definition
	for i := range w.History {
		list = append(list, d.earlier(&w.History[i], ind, i))
	}
	list = append(list, belvedere.Definition{
		Text: ind.Definition, Note: ind.Note, Value: ind.Value, Rate: ind.Rate, Author: w.Version.Author.s,
		From: d.effect(w.Version.From, w.Version.At), Reason: d.required(w.Version.Reason, w.Version.At, "reason"),
	})
	ind.History = d.ordered(list, w)
}

// earlier reads one of the earlier definitions.
func (d *declarations) earlier(w *wireHistory, ind *belvedere.Indicator, at int) belvedere.Definition {
	out := belvedere.Definition{Text: ind.Definition, Note: w.Note.s, Value: ind.Value, Rate: ind.Rate, Author: w.Author.s, Reason: w.Reason.s}
	if at == 0 && w.From.set {
		d.fault(w.From.at, "la première définition vaut depuis toujours\u00a0: retirez from")
	}
	if at > 0 {
		out.From = d.effect(w.From, w.At)
		d.required(w.Reason, w.At, "reason")
	}
	if w.Definition.set {
		if ind.Annexed {
			d.fault(w.Definition.at, "le texte imprimé de l’annexe ne change pas\u00a0: donnez une note")
		}
		out.Text = w.Definition.s
	}
	if w.Value.set {
		if ind.Value == nil {
			d.fault(w.Value.at, "l’indicateur n’a pas de valeur aujourd’hui\u00a0: une définition antérieure n’en a pas")
		}
		out.Value = d.expression(w.Value, false)
	}
	if w.Rate != nil {
		if ind.Rate == nil {
			d.fault(w.Rate.At, "l’indicateur n’a pas de taux aujourd’hui\u00a0: une définition antérieure n’en a pas")
		}
		out.Rate = d.readRate(w.Rate)
	}
	return out
}

// effect reads a date of effect.
func (d *declarations) effect(w word, at mark) time.Time {
	if d.required(w, at, "from") == "" {
		return time.Time{}
	}
	day, err := belvedere.ParseDate(w.s)
	if err != nil {
		d.fault(w.at, "%v", err)
	}
	return day
}

// ordered numbers the versions of an indicator and closes each on the day when the next one begins.
func (d *declarations) ordered(list []belvedere.Definition, w *wireIndicator) []belvedere.Definition {
	for i := range list {
		list[i].Number = i + 1
		if i == 0 {
			continue
		}
		if !list[i].From.IsZero() && !list[i].From.After(list[i-1].From) {
			d.fault(w.Code.at, "les dates d’effet des définitions se suivent\u00a0: le %s ne vient pas après le %s",
				belvedere.ShortDate(list[i].From), belvedere.ShortDate(list[i-1].From))
		}
		list[i-1].To = list[i].From
	}
	return list
}

// Bounds of a text about a definition: it stands in a line of a file of declarations.
const (
	mostWords = 1000 // characters
	mostOpen  = 20   // "[" and "{"
)

// words checks a text that people type: its length, and that it shows all that it holds.
func (d *declarations) words(w word) string {
	if utf8.RuneCountInString(w.s) > mostWords {
		d.fault(w.at, "le texte dépasse %d caractères", mostWords)
	}
	if strings.Count(w.s, "[")+strings.Count(w.s, "{") > mostOpen {
		d.fault(w.at, "le texte compte plus de %d crochets ou accolades", mostOpen)
	}
	line, column := 0, 0
	for _, r := range w.s {
		switch {
		case r == '\n':
			line, column = line+1, 0
			continue
		case r != '\t' && unicode.IsControl(r), r == utf8.RuneError, unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control):
			at := w.at
			at.line += line
			d.fault(at.right(column), "un caractère invisible n’est pas admis ici")
			return w.s
		}
		column++
	}
	return w.s
}

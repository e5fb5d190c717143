package chart

import (
	"bytes"
	"html"
	"io"

	"belvedere"
)

// broken adds to the marks of the axis the changes of definition that the result tells.
func (o Options) broken(r *belvedere.Result) Options {
	if r == nil || len(r.Breaks) == 0 {
		return o
	}
	marks := append([]Mark(nil), o.Marks...)
	for _, b := range r.Breaks {
		marks = append(marks, Mark{Code: b.Line, Label: "rupture de série", broken: true})
	}
	o.Marks = marks
	return o
}

// breakWords says a change of definition: from which step on, and of what.
func breakWords(b belvedere.Break) string {
	return "Rupture de série" + colon + "la définition de «\u00a0" + b.Label + "\u00a0» change le " + belvedere.DayMonthYear(b.From) +
		". Les deux côtés ne se comptent pas de la même façon."
}

// sayBreaks writes under a chart of any kind the changes of definition of its course: a line is drawn
// only where there is an axis to draw it on.
func sayBreaks(w io.Writer, r *belvedere.Result) error {
	if r == nil {
		return nil
	}
	var out bytes.Buffer
	for _, b := range r.Breaks {
		out.WriteString(`<p class="graph-note graph-break">` + html.EscapeString(breakWords(b)) + "</p>\n")
	}
	_, err := w.Write(out.Bytes())
	return err
}

package parts

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"belvedere"
	"belvedere/internal/chart"
	"belvedere/internal/territory/report"
)

// A Plot is a chart with all that surrounds it.
type Plot struct {
	ID       string
	Kind     string
	Title    string
	Sentence string
	Result   *belvedere.Result
	Options  chart.Options
	Twin     *Grid
	Foot     Foot
}

// Half tells whether the chart reads well in half a page: few bars, few points on one set of
// axes. Several sets stand side by side in the whole page.
func (p Plot) Half() bool {
	const fewPoints = 14
	switch p.Kind {
	case chart.KindBars, chart.KindStacked:
		return true
	case chart.KindLines:
		return len(p.Result.Rows) <= fewPoints && chart.Panels(p.Result.Columns) == 1
	}
	return false
}

// caption is what stands under the title when the sentence is only a few words, such as a period.
func (p Plot) caption() string {
	if strings.HasSuffix(p.Sentence, ".") {
		return ""
	}
	return Capital(p.Sentence)
}

// reading is the sentence that says what is seen.
func (p Plot) reading() string {
	if p.caption() != "" {
		return ""
	}
	return p.Sentence
}

// drawing writes the chart, or a sentence when it cannot be drawn: the data under it remain.
func drawing(p Plot) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b bytes.Buffer
		if err := chart.Draw(&b, p.Kind, p.Result, p.Options); err != nil {
			_, err := io.WriteString(w, `<p class="trouble">Ce graphique n’a pas pu être tracé ; ses données sont lisibles ci-dessous.</p>`)
			return err
		}
		_, err := w.Write(b.Bytes())
		return err
	})
}

// Drawing is a chart alone, whose data stand in it.
func Drawing(p Plot) templ.Component { return drawing(p) }

// sparkline draws the trend of a figure; without a drawing the figure still says its change.
func sparkline(id string, f report.FigureView) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b bytes.Buffer
		if err := chart.Spark(&b, f.Column, trendPoints(f), chart.Options{ID: id, Title: f.Label}); err != nil {
			return nil
		}
		_, err := w.Write(b.Bytes())
		return err
	})
}

package parts

import (
	"unicode/utf8"

	"belvedere"
)

// gapsOf are the differences of a line with another period, nil when none was asked.
func (g *Grid) gapsOf(row int) []belvedere.Gap {
	if c := g.Result.Compared; c != nil && row < len(c.Rows) {
		return c.Rows[row]
	}
	return nil
}

func (g *Grid) totalGaps() []belvedere.Gap {
	if c := g.Result.Compared; c != nil {
		return c.Total
	}
	return nil
}

func gapAt(gaps []belvedere.Gap, i int) *belvedere.Gap {
	if i < len(gaps) {
		return &gaps[i]
	}
	return nil
}

// appendGap writes under a figure how it moved and what it was, or why that is not told.
func (g *Grid) appendGap(buf []byte, gap *belvedere.Gap, column *belvedere.ResultColumn) []byte {
	if gap == nil {
		return buf
	}
	if !gap.Fair {
		buf = append(buf, `<span class="gap"><abbr title="`...)
		buf = appendEscaped(buf, gap.Why)
		buf = append(buf, `">`...)
		buf = append(buf, unfairWord(gap)...)
		return append(buf, `</abbr></span>`...)
	}
	buf = append(buf, `<span class="gap"><span class="hidden-words">, écart </span>`...)
	buf = append(buf, gap.ChangeText(column)...)
	if ratio := gap.RatioText(column); ratio != "" {
		buf = append(buf, ` <span class="gap-ratio">(`...)
		buf = append(buf, ratio...)
		buf = append(buf, `)</span>`...)
	}
	buf = append(buf, `</span><span class="gap gap-before"><span class="hidden-words">, `...)
	buf = append(buf, g.Result.Compared.With.Before()...)
	buf = append(buf, ` </span>`...)
	buf = appendValue(buf, gap.Other.Value, column)
	return append(buf, `</span>`...)
}

// unfairWord stands in the place of a difference: the state of the other figure, or that the two
// cannot be compared.
func unfairWord(gap *belvedere.Gap) string {
	if !gap.Other.State.Shown() && gap.Other.State != belvedere.NotApplicable {
		return gap.Other.State.Word()
	}
	return "non comparé"
}

// gapWidth is the longest that stands under a figure, in characters.
func (g *Grid) gapWidth(gaps []belvedere.Gap, i int) int {
	gap := gapAt(gaps, i)
	switch {
	case gap == nil:
		return 0
	case !gap.Fair:
		return utf8.RuneCountInString(unfairWord(gap))
	}
	n := utf8.RuneCountInString(gap.ChangeText(&g.Result.Columns[i]))
	if ratio := gap.RatioText(&g.Result.Columns[i]); ratio != "" {
		n += utf8.RuneCountInString(ratio) + 3
	}
	return n
}

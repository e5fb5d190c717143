package chart

import (
	"strings"

	"belvedere"
)

// This file says in words what a chart does not show as a whole value.

// word is what stands in the place of a value that is not shown.
func word(c belvedere.Cell) string {
	if w := c.State.Word(); w != "" {
		return w
	}
	if c.State.Shown() {
		return ""
	}
	return "sans valeur"
}

// longWord is the word of a state written out.
func longWord(w string) string {
	switch w {
	case "n.d.":
		return "non disponible"
	case "s.o.":
		return "sans objet"
	}
	return w
}

// keyWord is the word of a state with its meaning where it is short.
func keyWord(w string) string {
	if long := longWord(w); long != w {
		return w + colon + long
	}
	return w
}

// counted is a number of absences of one state in words: "2 secrètes".
func counted(n int, w string) string {
	plural := ""
	if n > 1 {
		plural = "s"
	}
	switch w {
	case "secret":
		w = "secrète" + plural
	case "non communiqué":
		w = "non communiquée" + plural
	case "n.d.":
		w = "non disponible" + plural
	case "s.o.":
		w = "sans objet"
	}
	return belvedere.FormatNumber(float64(n), 0) + belvedere.NoBreak + w
}

// A tally counts what a chart does not show as a whole value.
type tally struct {
	shown, partial int
	words          []string // of the absences, in order of first appearance
	counts         map[string]int
	whys           map[string]bool
}

func (t *tally) add(c belvedere.Cell) {
	if c.State.Shown() {
		t.shown++
		if c.State == belvedere.Partial {
			t.partial++
		}
		return
	}
	if t.counts == nil {
		t.counts, t.whys = map[string]int{}, map[string]bool{}
	}
	w := word(c)
	if t.counts[w] == 0 {
		t.words = append(t.words, w)
	}
	t.counts[w]++
	t.whys[c.Why] = true
}

// tallyOf counts the cells of some series; steps to come do not count as missing.
func (g *grid) tallyOf(list []series) tally {
	var t tally
	for _, s := range list {
		for i, c := range s.cells {
			if c.State.Shown() || !g.points[i].later {
				t.add(c)
			}
		}
	}
	return t
}

func (t *tally) missing() int {
	n := 0
	for _, c := range t.counts {
		n += c
	}
	return n
}

// few tells whether partial values are rare enough to be marked one by one; a chart of nothing
// else says so in words.
func (t *tally) few() bool { return t.partial > 0 && 5*t.partial <= 2*t.shown }

// legend names the absences in a key.
func (t *tally) legend() string {
	out := make([]string, len(t.words))
	for i, w := range t.words {
		out[i] = keyWord(w)
	}
	return strings.Join(out, ", ")
}

// reason is the one sentence that explains all absences, "" when there are several.
func (t *tally) reason() string {
	if len(t.whys) != 1 {
		return ""
	}
	for w := range t.whys {
		return strings.TrimSpace(w)
	}
	return ""
}

// sentence says what is missing or partial: "3 valeurs manquent : 1 en attente, 2 secrètes."
func (t *tally) sentence() string {
	var out []string
	if n := t.missing(); n > 0 {
		parts := make([]string, len(t.words))
		for i, w := range t.words {
			parts[i] = counted(t.counts[w], w)
		}
		verb := " manquent" + colon
		if n < 2 {
			verb = " manque" + colon
		}
		out = append(out, belvedere.Plural(n, "valeur", "valeurs")+verb+strings.Join(parts, ", ")+".")
		if r := t.reason(); r != "" {
			out = append(out, r)
		}
	}
	if s := t.partialWords(); s != "" {
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// partialWords counts the partial values.
func (t *tally) partialWords() string {
	switch {
	case t.partial == 0:
		return ""
	case t.partial == t.shown && t.partial > 1:
		return "Toutes les valeurs sont partielles."
	}
	return belvedere.Plural(t.partial, "valeur partielle", "valeurs partielles") + "."
}

package report

import (
	"math"
	"slices"

	"belvedere"
)

// A Correlation says how far two figures of the same lines go together. It is made of the figures that
// are shown, and of no other.
type Correlation struct {
	X, Y     int     // columns
	N        int     // lines that have both figures
	Left     int     // lines left out: one of both is withheld or missing
	Pearson  float64 // of the values
	Spearman float64 // of their ranks
	Known    bool    // both mean something: three lines at least, and neither figure is the same on all
	Far      []string
	Secret   bool // a line is left out because a figure is withheld
	Partial  int  // lines of which a figure is partial
}

// fewPairs is the number of lines under which a correlation is told with its warning.
const fewPairs = 10

// Correlate relates two columns of an answer, line by line. Subtotals are no lines.
func Correlate(r *belvedere.Result, x, y int) Correlation {
	c := Correlation{X: x, Y: y}
	if r == nil || x >= len(r.Columns) || y >= len(r.Columns) || x < 0 || y < 0 {
		return c
	}
	var xs, ys []float64
	var names []string
	for _, row := range r.Rows {
		if row.Level > 0 {
			continue
		}
		a, b := row.Cells[x], row.Cells[y]
		if !a.State.Shown() || !b.State.Shown() {
			c.Left++
			c.Secret = c.Secret || a.State == belvedere.Secret || b.State == belvedere.Secret
			continue
		}
		if a.State == belvedere.Partial || b.State == belvedere.Partial {
			c.Partial++
		}
		xs, ys = append(xs, a.Value), append(ys, b.Value)
		name := ""
		if len(row.Keys) > 0 {
			name = row.Keys[0].Label
		}
		names = append(names, name)
	}
	c.N = len(xs)
	if c.N < 3 {
		return c
	}
	p, okP := pearson(xs, ys)
	s, okS := pearson(ranks(xs), ranks(ys))
	c.Pearson, c.Spearman, c.Known = p, s, okP && okS
	c.Far = outliers(xs, ys, names)
	return c
}

// pearson is the linear correlation of two lists, false when one of them does not vary.
func pearson(xs, ys []float64) (float64, bool) {
	mx, my := mean(xs), mean(ys)
	var sxy, sxx, syy float64
	for i := range xs {
		dx, dy := xs[i]-mx, ys[i]-my
		sxy, sxx, syy = sxy+dx*dy, sxx+dx*dx, syy+dy*dy
	}
	if sxx <= 0 || syy <= 0 || math.IsInf(sxx*syy, 0) || sxx*syy == 0 {
		return 0, false
	}
	return max(-1, min(1, sxy/math.Sqrt(sxx*syy))), true
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(len(list))
}

// ranks are the places of values in their order; equal values share the mean of theirs.
func ranks(list []float64) []float64 {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case list[a] < list[b]:
			return -1
		case list[a] > list[b]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(list))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && list[order[j]] == list[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}

// outliers names the points far from the others on either axis: beyond the quartiles by more than
// three times what lies between them.
func outliers(xs, ys []float64, names []string) (out []string) {
	if len(xs) < 8 {
		return nil
	}
	far := func(list []float64) (lo, hi float64) {
		sorted := slices.Sorted(slices.Values(list))
		q1, q3 := sorted[len(sorted)/4], sorted[(3*len(sorted))/4]
		return q1 - 3*(q3-q1), q3 + 3*(q3-q1)
	}
	xlo, xhi := far(xs)
	ylo, yhi := far(ys)
	for i := range xs {
		if (xs[i] < xlo || xs[i] > xhi || ys[i] < ylo || ys[i] > yhi) && !slices.Contains(out, names[i]) {
			out = append(out, names[i])
		}
	}
	return out
}

// Words say the correlation with what keeps one from reading too much in it.
func (c Correlation) Words(r *belvedere.Result) []string {
	if c.X >= len(r.Columns) || c.Y >= len(r.Columns) {
		return nil
	}
	x, y := r.Columns[c.X].Label, r.Columns[c.Y].Label
	left := ""
	if c.Left > 0 {
		left = belvedere.Plural(c.Left, "ligne est laissée de côté", "lignes sont laissées de côté") + ", faute d’un des deux chiffres"
		if c.Secret {
			left += " (certains sont protégés par le secret statistique)"
		}
		left = " " + left + "."
	}
	number := func(v float64) string { return belvedere.FormatNumber(v, 2) }
	if !c.Known {
		why := "il faut au moins trois lignes qui aient les deux chiffres"
		if c.N >= 3 {
			why = "l’un des deux chiffres est le même sur toutes les lignes"
		}
		return []string{"Aucune corrélation ne se calcule ici : " + why + " (" + belvedere.FormatNumber(float64(c.N), 0) + one(c.N, " l’a", " les ont") + ")." + left}
	}
	out := []string{"Corrélation de « " + x + " » et « " + y + " » sur " + belvedere.Plural(c.N, "ligne", "lignes") + " : " + number(c.Pearson) +
		" pour les valeurs (Pearson), " + number(c.Spearman) + " pour les rangs (Spearman)" + belvedere.NarrowSpace + "; " + strength(c) + "." + left}
	if c.N < fewPairs {
		out = append(out, "Peu de points : avec moins de "+belvedere.FormatNumber(fewPairs, 0)+" lignes, le hasard suffit souvent à donner une telle corrélation.")
	}
	if len(c.Far) > 0 {
		out = append(out, "Points très à l’écart, qui pèsent lourd dans la première : "+enumerated(c.Far[:min(5, len(c.Far))])+".")
	}
	if math.Abs(c.Pearson-c.Spearman) > .2 {
		out = append(out, "Les deux corrélations diffèrent nettement : la relation n’est pas une droite, ou quelques points la portent.")
	}
	if c.Partial > 0 {
		out = append(out, belvedere.Plural(c.Partial, "point repose sur des données partielles.", "points reposent sur des données partielles."))
	}
	return append(out, "Une corrélation n’est pas une cause : un troisième facteur, comme la taille, peut faire varier les deux ensemble.")
}

// strength says the sign and the size of a correlation.
func strength(c Correlation) string {
	size := math.Abs(c.Spearman)
	word := "aucun lien visible"
	switch {
	case size >= .7:
		word = "lien fort"
	case size >= .4:
		word = "lien moyen"
	case size >= .2:
		word = "lien faible"
	}
	switch {
	case size < .2:
		return word
	case c.Spearman > 0:
		return word + ", les deux montent ensemble"
	}
	return word + ", l’un monte quand l’autre descend"
}

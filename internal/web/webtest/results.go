package webtest

import (
	"fmt"
	"strconv"
	"time"

	"belvedere"
)

var names = []string{"Aristide-Briand", "Bel-Air", "Denis-Diderot", "Descartes", "George-Sand", "Germaine-Tillion", "Henri-Wallon", "Jacques-Prévert", "Jean-Lurçat", "Jean-Moulin", "Jean-Zay", "Jules-Ferry", "La Garenne", "Le Parc", "Les Trois-Rivières", "Louise-Michel", "Lucie-Aubrac", "Marie-Curie", "Olympe-de-Gouges", "Paul-Éluard", "Pierre-Brossolette", "Rosa-Parks", "Saint-Exupéry", "Sainte-Thècle", "Simone-Veil"}

var towns = []string{"Castelbruc", "Vieilleroche", "Marsauval", "La Ferrandière", "Brizac", "Thorigneul", "Les Essartines", "Pont-l’Évesne", "Lormeval"}

// Published is when the edition of the results was made.
var Published = time.Date(2025, 12, 1, 8, 12, 0, 0, time.UTC)

// School makes the key of the n-th school.
func School(n int) belvedere.Key {
	name := names[n%len(names)]
	if n >= len(names) {
		name += " " + strconv.Itoa(n/len(names)+1)
	}
	return belvedere.Key{Code: string(belvedere.UAIFromNumber(int32(990001 + n))), Label: name,
		Detail: []belvedere.Attribute{{Name: "commune", Value: towns[n%len(towns)]}}}
}

// Table makes a result of schools × columns, with every state among its first lines.
func Table(schools, columns int, group func(i int) (group, label string), percent bool) *belvedere.Result {
	r := &belvedere.Result{
		Dims: []belvedere.ResultDim{{Name: "etablissement", Label: "Établissement"}}, RowCount: schools,
		Edition: belvedere.Edition{Number: 412, Published: Published}, Receipt: belvedere.Receipt{Code: "7KQ2-M9XD", Hash: "00"},
		Coverage: belvedere.Coverage{Received: schools - 2, Expected: schools, UpTo: belvedere.Date(2025, 11, 30), Missing: []belvedere.Key{School(12), School(23)}, Unlisted: []belvedere.UAI{"0990999X"}},
		Notes:    []string{"Une personne de deux établissements compte deux fois dans l’ensemble."},
	}
	total := belvedere.ResultRow{}
	for i := 0; i < columns; i++ {
		g, l := group(i)
		c := belvedere.ResultColumn{Unit: "élèves", Number: 25, Dataset: "assiduite"}
		c.Key, c.Indicator, c.Label, c.Group = fmt.Sprintf("c%d", i), "absences", l, g
		if percent && g != "" {
			c.Percent, c.Decimals = true, 1
		}
		r.Columns = append(r.Columns, c)
		total.Cells = append(total.Cells, belvedere.Cell{Value: scale(c, float64(70110/(i+1)))})
	}
	r.Total = &total
	for n := 0; n < schools; n++ {
		r.Rows = append(r.Rows, schoolRow(r, n))
	}
	return r
}

// scale keeps percentages under 100.
func scale(c belvedere.ResultColumn, v float64) float64 {
	if c.Percent {
		return float64(int(v)%1000) / 1000
	}
	return v
}

func schoolRow(r *belvedere.Result, n int) belvedere.ResultRow {
	row := belvedere.ResultRow{Keys: []belvedere.Key{School(n)}}
	for i, c := range r.Columns {
		cell := belvedere.Cell{Value: scale(c, float64((n*7919+i*104729)%3100+12)), Covered: 1, Expected: 1}
		if n == 17 && i%3 == 1 {
			cell.Extreme = belvedere.Maximum
		}
		if n == 8 && i%3 == 2 {
			cell.Extreme = belvedere.Minimum
		}
		row.Cells = append(row.Cells, cell)
	}
	special(&row, n)
	return row
}

// special gives some lines the states that a table can hold.
func special(row *belvedere.ResultRow, n int) {
	set := func(from, to int, state belvedere.State, why string) {
		for i := max(0, from); i < min(to, len(row.Cells)); i++ {
			row.Cells[i].State, row.Cells[i].Why, row.Cells[i].Extreme = state, why, belvedere.NoExtreme
		}
	}
	last := len(row.Cells)
	switch n {
	case 1:
		set(last-6, last, belvedere.NotApplicable, "")
	case 7:
		set(1, last, belvedere.Partial, "Reçu jusqu’au 07/11/2025, 41 jours sur 58.")
		row.Note = "au 07/11, 41 jours sur 58"
	case 8, 19:
		set(last-2, last, belvedere.Secret, "Moins de cinq élèves sont concernés.")
	case 12:
		set(1, last, belvedere.Expected, "Aucune livraison reçue depuis la rentrée.")
	case 22:
		set(last-6, last, belvedere.NotShared, "La convention est limitée aux absences.")
	case 23:
		set(0, last, belvedere.NotShared, "Pas de convention avec cet établissement.")
	case 24:
		set(last-6, last, belvedere.NotAvailable, "Suivi commencé en 2026.")
	case 3:
		row.Cells[0].Value = 0
	}
}

// Lines makes a result along an axis: codes and labels, a column per series.
func Lines(dim, label string, codes, labels, series []string, f func(i, k int) belvedere.Cell) *belvedere.Result {
	r := &belvedere.Result{Dims: []belvedere.ResultDim{{Name: dim, Label: label}}, RowCount: len(codes),
		Edition: belvedere.Edition{Number: 412, Published: Published}, Receipt: belvedere.Receipt{Code: "9KDV-31QA", Hash: "01"},
		Coverage: belvedere.Coverage{Received: 87, Expected: 96, UpTo: belvedere.Date(2025, 11, 30)}}
	for k, s := range series {
		c := belvedere.ResultColumn{Unit: "connexions", Number: 59}
		c.Key, c.Indicator, c.Label = fmt.Sprintf("s%d", k), "connexions", s
		r.Columns = append(r.Columns, c)
	}
	for i, code := range codes {
		row := belvedere.ResultRow{Keys: []belvedere.Key{{Code: code, Label: labels[i]}}}
		for k := range series {
			row.Cells = append(row.Cells, f(i, k))
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

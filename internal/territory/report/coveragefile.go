package report

import (
	"encoding/json"
	"io"

	"belvedere"
)

// Result is the coverage as a table, for files: counts of months, then each month with 1 where it
// was received and its reason where it was not.
func (v *CoverageView) Result() *belvedere.Result {
	name, label := "jeu", "Jeu de données"
	if v.Dataset != nil {
		name, label = "etablissement", "Établissement"
	}
	out := &belvedere.Result{Edition: v.Edition, Dims: []belvedere.ResultDim{{Name: name, Label: label}}, RowCount: v.Count}
	out.Query = belvedere.Query{By: []string{name}, Period: belvedere.Period{Kind: belvedere.ThisYear, From: v.Year.First(), To: v.Year.End()}}
	column := func(key, label string) {
		out.Columns = append(out.Columns, belvedere.ResultColumn{QueryColumn: belvedere.QueryColumn{Key: key, Label: label}, NoExtreme: true})
	}
	column("attendus", "Mois attendus")
	column("recus", "Mois reçus")
	column("en_retard", "En retard")
	column("manquants", "Manquants")
	for _, m := range v.Months {
		column(m.Format("2006-01"), belvedere.ShortMonth(m))
	}
	row := func(l CoverageLine) belvedere.ResultRow {
		sum := l.Sum()
		r := belvedere.ResultRow{Keys: []belvedere.Key{l.Key}}
		for _, n := range []int{sum.Expected, sum.Received, sum.Late, sum.Missing} {
			r.Cells = append(r.Cells, belvedere.Cell{Value: float64(n)})
		}
		for _, m := range l.Months {
			r.Cells = append(r.Cells, m.cell())
		}
		if !l.Last.IsZero() {
			r.Note = "à jour au " + belvedere.ShortDate(l.Last)
		}
		return r
	}
	for _, l := range v.Lines {
		out.Rows = append(out.Rows, row(l))
	}
	if len(v.Total.Months) > 0 {
		total := row(v.Total)
		out.Total = &total
		out.Coverage.UpTo = v.Total.Last
	}
	out.Notes = append(out.Notes, "1 : mois reçu. Un mois est attendu quand la moitié au moins des établissements qui livrent ce jeu de données l’ont livré.")
	return out
}

// cell is a month as a cell of a file.
func (m CoverageMonth) cell() belvedere.Cell {
	switch m.State {
	case MonthReceived:
		return belvedere.Cell{Value: 1}
	case MonthLate:
		return belvedere.Cell{State: belvedere.Expected, Why: "En retard : rien n’a été reçu depuis."}
	case MonthMissing:
		return belvedere.Cell{State: belvedere.Expected, Why: "Manquant : un trou dans ce qui a été reçu."}
	case MonthWithheld:
		return belvedere.Cell{State: belvedere.NotShared, Why: "Aucune convention en vigueur ne partage ce jeu de données."}
	case MonthUnexpected:
		return belvedere.Cell{State: belvedere.NotApplicable, Why: "Rien n’est attendu de ce mois."}
	}
	if m.Expected == 0 {
		return belvedere.Cell{State: belvedere.NotApplicable, Why: "Rien n’est attendu de ce mois."}
	}
	c := belvedere.Cell{Value: float64(m.Received), Covered: int32(m.Received), Expected: int32(m.Expected)}
	if m.Received < m.Expected {
		c.State, c.Why = belvedere.Partial, belvedere.Plural(m.Received, "établissement", "établissements")+" sur "+belvedere.FormatNumber(float64(m.Expected), 0)+"."
	}
	return c
}

// coverageLine is a line as programs read it.
type coverageLine struct {
	Code     string   `json:"code"`
	Label    string   `json:"libelle"`
	UpTo     string   `json:"a_jour_au,omitempty"`
	Expected int      `json:"attendus"`
	Received int      `json:"recus"`
	Late     int      `json:"en_retard"`
	Missing  int      `json:"manquants"`
	States   []string `json:"etats,omitempty"` // of one school, from September on
	Months   [][2]int `json:"mois,omitempty"`  // received and expected, of several schools
}

// JSON writes the coverage for programs.
func (v *CoverageView) JSON(w io.Writer) error {
	lines := []coverageLine{}
	for _, l := range v.Lines {
		sum := l.Sum()
		one := coverageLine{Code: l.Key.Code, Label: l.Key.Label, Expected: sum.Expected, Received: sum.Received, Late: sum.Late, Missing: sum.Missing}
		if !l.Last.IsZero() {
			one.UpTo = l.Last.Format("2006-01-02")
		}
		for _, m := range l.Months {
			if v.Dataset != nil {
				one.States = append(one.States, string(m.State))
			} else {
				one.Months = append(one.Months, [2]int{m.Received, m.Expected})
			}
		}
		lines = append(lines, one)
	}
	var months []string
	for _, m := range v.Months {
		months = append(months, m.Format("2006-01"))
	}
	out := map[string]any{"edition": v.Edition.Number, "annee": int(v.Year), "periodes": months, "lignes": lines, "nombre_lignes": v.Count}
	if v.Dataset != nil {
		out["jeu"] = v.Dataset.Name
	}
	if len(v.Broken) > 0 {
		out["successions_non_suivies"] = v.Broken
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

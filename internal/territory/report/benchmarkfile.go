package report

import (
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/territory/benchmark"
)

// ParseBenchmark reads an address: etablissement, annee, theme, indicateurs.
func ParseBenchmark(v url.Values) (BenchmarkAsk, error) {
	a := BenchmarkAsk{Theme: v.Get("theme")}
	if text := strings.TrimSpace(v.Get("etablissement")); text != "" {
		u, err := belvedere.ParseUAI(text)
		if err != nil {
			return a, belvedere.Errorf(belvedere.Invalid, "etablissement : %v", err)
		}
		a.School = u
	}
	if text := v.Get("annee"); text != "" {
		y, err := belvedere.ParseSchoolYear(text)
		if err != nil {
			return a, belvedere.Errorf(belvedere.Invalid, "annee : %v", err)
		}
		a.Year = y
	}
	for _, text := range v["indicateurs"] {
		a.Indicators = append(a.Indicators, strings.Split(text, ",")...)
	}
	a.Indicators = trimmed(a.Indicators)
	return a, nil
}

// Address is the path of the page with the question.
func (a BenchmarkAsk) Address() string {
	v := url.Values{}
	if a.School != "" {
		v.Set("etablissement", string(a.School))
	}
	if a.Year != 0 {
		v.Set("annee", strconv.Itoa(int(a.Year)))
	}
	if a.Theme != "" {
		v.Set("theme", a.Theme)
	}
	if len(a.Indicators) > 0 {
		v.Set("indicateurs", strings.Join(a.Indicators, ","))
	}
	if len(v) == 0 {
		return "/comparaison"
	}
	return "/comparaison?" + strings.ReplaceAll(v.Encode(), "%2C", ",")
}

// QuarterWords say in which quarter of its group a figure falls.
func QuarterWords(n int) string {
	if n < 1 || n > 4 {
		return ""
	}
	return [...]string{"quart le plus bas", "deuxième quart", "troisième quart", "quart le plus haut"}[n-1]
}

// Result is the comparison as a table, for files: a line per indicator. Numbers are in the unit of
// each, percentages as such.
func (v *BenchmarkView) Result() *belvedere.Result {
	out := &belvedere.Result{Edition: v.Edition, Dims: []belvedere.ResultDim{{Name: "indicateur", Label: "Indicateur"}}, RowCount: len(v.Rows)}
	out.Query = belvedere.Query{By: []string{"indicateur"}, Period: belvedere.Period{Kind: belvedere.ThisYear, From: v.Year.First(), To: v.Year.End()}}
	for _, c := range [][2]string{{"etablissement", "Établissement"}, {"decile_1", "Premier décile"}, {"mediane", "Médiane"}, {"decile_9", "Neuvième décile"}, {"quart", "Quart (1 à 4)"}, {"comparables", "Établissements du groupe"}} {
		out.Columns = append(out.Columns, belvedere.ResultColumn{QueryColumn: belvedere.QueryColumn{Key: c[0], Label: c[1]}, NoExtreme: true, Decimals: 1})
	}
	for _, row := range v.Rows {
		scale := 1.
		if row.Column.Percent {
			scale = 100
		}
		own := row.Own
		own.Value *= scale
		r := belvedere.ResultRow{Keys: []belvedere.Key{{Code: row.Column.Key, Label: row.Column.Label + unitTail(row.Column)}}, Cells: []belvedere.Cell{own}, Note: row.Group}
		for _, q := range []benchmark.Quantile{row.Summary.Low, row.Summary.Median, row.Summary.High} {
			r.Cells = append(r.Cells, quantileCell(q, scale, row.Why))
		}
		r.Cells = append(r.Cells, quantileCell(benchmark.Quantile{Value: float64(row.Quarter), Known: row.Quarter > 0}, 1, row.Why))
		r.Cells = append(r.Cells, quantileCell(benchmark.Quantile{Value: float64(row.Summary.Schools), Known: row.Why == ""}, 1, row.Why))
		out.Rows = append(out.Rows, r)
	}
	out.Notes = []string{"Déciles et médiane sont des moyennes de plusieurs rangs, arrondies : ils ne sont le chiffre d’aucun établissement."}
	return out
}

func unitTail(c belvedere.ResultColumn) string {
	if c.Unit == "" {
		return ""
	}
	return " (" + c.Unit + ")"
}

func quantileCell(q benchmark.Quantile, scale float64, why string) belvedere.Cell {
	if q.Known {
		return belvedere.Cell{Value: q.Value * scale}
	}
	if why == "" {
		why = "Un établissement du groupe ferait presque seul ce chiffre."
	}
	return belvedere.Cell{State: belvedere.Secret, Why: why}
}

// JSON writes the comparison for programs. What may not be told is null.
func (v *BenchmarkView) JSON(w io.Writer) error {
	type line struct {
		Indicator string   `json:"indicateur"`
		Label     string   `json:"libelle"`
		Unit      string   `json:"unite"`
		State     string   `json:"etat"`
		Own       *float64 `json:"valeur"`
		Low       *float64 `json:"decile_1"`
		Median    *float64 `json:"mediane"`
		High      *float64 `json:"decile_9"`
		Step      *float64 `json:"arrondi"`
		Quarter   *int     `json:"quart"`
		Schools   int      `json:"etablissements,omitempty"`
		Group     string   `json:"groupe,omitempty"`
		Edition   int      `json:"edition,omitempty"`
		Why       string   `json:"pourquoi,omitempty"`
	}
	lines := []line{}
	for _, row := range v.Rows {
		scale := 1.
		if row.Column.Percent {
			scale = 100
		}
		number := func(x float64, known bool) *float64 {
			if !known {
				return nil
			}
			x = round6(x * scale)
			return &x
		}
		s := row.Summary
		one := line{Indicator: row.Column.Key, Label: row.Column.Label, Unit: row.Column.Unit, State: row.Own.State.Code(), Own: number(row.Own.Value, row.Own.State.Shown()),
			Low: number(s.Low.Value, s.Low.Known), Median: number(s.Median.Value, s.Median.Known), High: number(s.High.Value, s.High.Known), Step: number(s.Step, s.Median.Known), Why: row.Why}
		if row.Quarter > 0 {
			one.Quarter = &row.Quarter
		}
		if row.Why == "" {
			one.Schools, one.Group, one.Edition = s.Schools, row.Group, row.Edition
		}
		lines = append(lines, one)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"etablissement": v.School.Code, "nom": v.School.Label, "annee": int(v.Year), "minimum": v.Least, "edition": v.Edition.Number, "lignes": lines})
}

// round6 drops what binary fractions add to a rounded number.
func round6(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	if err != nil {
		return x
	}
	return y
}

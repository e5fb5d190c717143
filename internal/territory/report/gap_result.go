package report

import (
	"context"
	"encoding/json"
	"io"
	"math/big"
	"strconv"
	"strings"

	"belvedere"
)

// Codes of the lines of a gap that are its two figures.
const (
	firstLine  = "premier"
	secondLine = "second"
)

// Steps are the gap as a result: the first figure, each cause, the second. Its lines add up, as
// they are written.
func (v *GapView) Steps() *belvedere.Result {
	out := v.result()
	first, _ := v.A.Shown.Float64()
	second, _ := v.B.Shown.Float64()
	out.Rows = append(out.Rows, stepRow(firstLine, "Premier résultat", first, ""))
	for _, c := range v.Causes {
		amount, _ := c.Written.Float64()
		out.Rows = append(out.Rows, stepRow(c.Code, c.Label, amount, c.note()))
	}
	if v.Residual.Sign() != 0 {
		rest, _ := v.ResidualWritten.Float64()
		out.Rows = append(out.Rows, stepRow("reste", "Sans explication", rest, ""))
	}
	out.Rows = append(out.Rows, stepRow(secondLine, "Second résultat", second, ""))
	out.RowCount = len(out.Rows)
	return out
}

// Table is the gap as a file holds it: the steps, and under each cause the schools that moved.
func (v *GapView) Table() *belvedere.Result {
	steps := v.Steps()
	out := *steps
	out.Rows = nil
	for i, row := range steps.Rows {
		out.Rows = append(out.Rows, row)
		if i == 0 || i > len(v.Causes) {
			continue
		}
		c := v.Causes[i-1]
		for _, s := range c.Schools {
			line := stepRow(c.Code+"/"+string(s.UAI), "dont "+s.Name, 0, s.note())
			if s.Written != nil {
				line.Cells[0].Value, _ = s.Written.Float64()
			} else {
				line.Cells[0] = belvedere.Cell{State: belvedere.NotApplicable, Why: "Des taux ne s’additionnent pas."}
			}
			out.Rows = append(out.Rows, line)
		}
		if len(c.Schools) > 0 && c.RestWritten != nil && c.RestWritten.Sign() != 0 {
			rest, _ := c.RestWritten.Float64()
			out.Rows = append(out.Rows, stepRow(c.Code+"/autres", "dont "+c.RestWhy, rest, ""))
		}
	}
	out.RowCount = len(out.Rows)
	return &out
}

// result is the frame of both: edition, notes, and one column of amounts.
func (v *GapView) result() *belvedere.Result {
	unit := v.Unit
	if unit == "points" {
		unit = "" // the two figures are percentages, what lies between are points
	}
	out := &belvedere.Result{Dims: []belvedere.ResultDim{{Name: "ligne", Label: "Cause"}}}
	column := belvedere.ResultColumn{Unit: unit, Decimals: v.Decimals, NoExtreme: true}
	column.Key, column.Label, column.Indicator = "montant", "Montant", v.B.Column.Indicator
	if column.Indicator == "" {
		column.Indicator = v.A.Column.Indicator
	}
	out.Columns = []belvedere.ResultColumn{column}
	for i, s := range []*GapSide{v.A, v.B} {
		name := []string{"Premier résultat", "Second résultat"}[i]
		text := name + belvedere.NoBreak + ": " + s.Written() + ", " + s.Words
		if s.Receipt != "" {
			text += ", reçu " + s.Receipt
		}
		out.Notes = append(out.Notes, text+".")
		if s.Result != nil {
			out.Edition = s.Result.Edition
		}
	}
	out.Notes = append(append(out.Notes, v.Sentence), v.Notes...)
	return out
}

func stepRow(code, label string, v float64, note string) belvedere.ResultRow {
	return belvedere.ResultRow{Keys: []belvedere.Key{{Code: code, Label: label}}, Cells: []belvedere.Cell{{Value: v}}, Note: note}
}

// note says what stands beside a cause: why it is told as one, and its deliveries.
func (c *GapCause) note() string {
	parts := []string{}
	if c.Merged != "" {
		parts = append(parts, c.Merged)
	}
	if words := deliveryWords(c.Schools); words != "" {
		parts = append(parts, strings.Trim(words, " ()"))
	}
	return strings.Join(parts, belvedere.NarrowSpace+"; ")
}

func (s *GapSchool) note() string {
	words := strings.Trim(deliveryWords([]GapSchool{*s}), " ()")
	if s.Move == "" || words == "" {
		return s.Move + words
	}
	return s.Move + ", " + words
}

// GapHeading titles a gap on screen and in files.
func (r *Reporter) GapHeading(ctx context.Context, v *GapView) belvedere.Heading {
	h := belvedere.Heading{Title: "Expliquer un écart", At: r.now().In(r.zone), FileStem: "ecart"}
	if v.B.Typed == nil {
		h.Selection = v.B.Words
	} else {
		h.Selection = v.A.Words
	}
	if t, err := r.Territory(ctx); err == nil {
		h.Territory = t.Name
	}
	h.FileStem = slug("ecart " + h.Selection)
	return h
}

// gapJSON is the answer of the API.
type gapJSON struct {
	First    gapSideJSON    `json:"premier"`
	Second   gapSideJSON    `json:"second"`
	Refused  string         `json:"refus,omitempty"`
	Gap      json.Number    `json:"ecart,omitempty"`
	Unit     string         `json:"unite"`
	Sentence string         `json:"phrase,omitempty"`
	Causes   []gapCauseJSON `json:"causes"`
	Residual json.Number    `json:"reste,omitempty"`
	Notes    []string       `json:"a_savoir,omitempty"`
	Asked    int            `json:"questions"`
}

type gapSideJSON struct {
	Text    string      `json:"demande"`
	Words   string      `json:"lecture"`
	Line    string      `json:"ligne,omitempty"`
	Column  string      `json:"colonne,omitempty"`
	State   string      `json:"etat"`
	Value   json.Number `json:"valeur,omitempty"`
	Edition int         `json:"edition,omitempty"`
	Receipt string      `json:"recu,omitempty"`
}

type gapCauseJSON struct {
	Code    string          `json:"code"`
	Label   string          `json:"libelle"`
	Amount  json.Number     `json:"montant"`
	Exact   string          `json:"montant_exact"`
	Merged  string          `json:"regroupe,omitempty"`
	Moves   []gapMoveJSON   `json:"livraisons,omitempty"`
	Schools []gapSchoolJSON `json:"etablissements,omitempty"`
	Rest    json.Number     `json:"autres_etablissements,omitempty"`
	RestWhy string          `json:"autres_etablissements_motif,omitempty"`
}

type gapMoveJSON struct {
	Deliveries []int64     `json:"numeros"`
	Editions   []int       `json:"editions"`
	Schools    int         `json:"etablissements"`
	Amount     json.Number `json:"montant,omitempty"`
}

type gapSchoolJSON struct {
	UAI        belvedere.UAI `json:"uai"`
	Name       string        `json:"nom"`
	Amount     json.Number   `json:"montant,omitempty"`
	Exact      string        `json:"montant_exact,omitempty"`
	Move       string        `json:"mouvement,omitempty"`
	Deliveries []int64       `json:"livraisons,omitempty"`
}

// WriteJSON writes the gap for programs: written amounts, which add up, and exact ones as fractions.
func (v *GapView) WriteJSON(w io.Writer) error {
	out := gapJSON{First: v.A.json(), Second: v.B.json(), Refused: v.Refused, Sentence: v.Sentence, Unit: v.Unit, Notes: v.Notes, Asked: v.Asked, Causes: []gapCauseJSON{}}
	if v.Refused == "" {
		out.Gap, out.Residual = v.number(v.Gap), v.number(v.ResidualWritten)
	}
	for _, c := range v.Causes {
		one := gapCauseJSON{Code: c.Code, Label: c.Label, Amount: v.number(c.Written), Exact: c.Amount.RatString(), Merged: c.Merged}
		for _, m := range c.Moves {
			one.Moves = append(one.Moves, gapMoveJSON{m.Deliveries, m.Editions, m.Schools, v.number(m.Written)})
		}
		for _, s := range c.Schools {
			school := gapSchoolJSON{UAI: s.UAI, Name: s.Name, Amount: v.number(s.Written), Move: s.Move, Deliveries: s.Deliveries}
			if s.Amount != nil {
				school.Exact = s.Amount.RatString()
			}
			one.Schools = append(one.Schools, school)
		}
		if c.RestWritten != nil && c.RestWritten.Sign() != 0 {
			one.Rest, one.RestWhy = v.number(c.RestWritten), c.RestWhy
		}
		out.Causes = append(out.Causes, one)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// number writes an amount as JSON does, "" for none.
func (v *GapView) number(r *big.Rat) json.Number {
	if r == nil {
		return ""
	}
	return plainNumber(r, v.Decimals)
}

func plainNumber(r *big.Rat, decimals int) json.Number {
	text := r.FloatString(decimals)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" || text == "" {
		text = "0"
	}
	return json.Number(text)
}

func (s *GapSide) json() gapSideJSON {
	out := gapSideJSON{Text: s.Ask.Text, Words: s.Words, Receipt: s.Receipt, State: s.Cell.State.Code(), Edition: s.Figure.Edition}
	if s.Typed == nil {
		out.Line, out.Column = s.Line, s.Column.Key
	} else {
		out.State = "nombre"
	}
	if s.Shown != nil && (s.Typed != nil || s.Cell.State.Shown()) {
		out.Value = plainNumber(s.Shown, s.Decimals)
	}
	return out
}

// WriteText writes the gap for a terminal: the sentence, then the causes as a list.
func (v *GapView) WriteText(w io.Writer) error {
	var b strings.Builder
	for i, s := range []*GapSide{v.A, v.B} {
		b.WriteString([]string{"Premier résultat", "Second résultat"}[i] + belvedere.NoBreak + ": " + s.Written() + " (" + s.Words)
		if s.Receipt != "" {
			b.WriteString(", reçu " + s.Receipt)
		}
		b.WriteString(")\n")
	}
	b.WriteString("\n")
	if v.Refused != "" {
		b.WriteString(v.Refused + "\n")
	} else {
		b.WriteString(v.Sentence + "\n")
	}
	for _, note := range v.Notes {
		b.WriteString(note + "\n")
	}
	for _, c := range v.Causes {
		b.WriteString("\n" + v.Amount(c.Written) + "  " + c.Label)
		if c.Merged != "" {
			b.WriteString(" (" + c.Merged + ")")
		}
		b.WriteString("\n")
		for _, s := range c.Schools {
			amount := ""
			if s.Written != nil {
				amount = v.Amount(s.Written) + "  "
			}
			line := "    " + amount + string(s.UAI) + " " + s.Name
			if note := s.note(); note != "" {
				line += ", " + note
			}
			b.WriteString(line + "\n")
		}
		if c.RestWritten != nil && len(c.Schools) > 0 && c.RestWritten.Sign() != 0 {
			b.WriteString("    " + v.Amount(c.RestWritten) + "  " + c.RestWhy + "\n")
		}
	}
	if v.Refused == "" && v.Residual.Sign() != 0 {
		b.WriteString("\n" + v.Amount(v.ResidualWritten) + "  sans explication\n")
	}
	b.WriteString("\n" + strconv.Itoa(v.Asked) + " questions posées.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

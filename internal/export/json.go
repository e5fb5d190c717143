package export

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"belvedere"
)

// JSON writes the table for programs, as one object: what was asked ("titre", "periode",
// "filtres"), the "dimensions" and "colonnes", the "total" and the "lignes", what the answer
// rests on ("couverture") and what replays it ("edition", "recu").
//
// A cell is {"etat": code, "valeur": number or null, …}: the number is in the unit of its column,
// as in CSV (46.4 with the unit "%"), and null whenever the state shows no value. Texts are as
// they are: JSON is not opened by spreadsheets.
func JSON(out io.Writer, t Table) (err error) {
	defer belvedere.Wrap(&err, "export.JSON(%s)", t.Heading.FileStem)
	w := bufio.NewWriterSize(out, 32<<10)
	head, err := json.Marshal(jsonHead(t))
	if err != nil {
		return err
	}
	w.Write(head[:len(head)-1]) // the object stays open: lines are written one by one
	if t.Result.Total != nil {
		w.WriteString(`,"total":`)
		if err := putJSON(w, jsonRow(t.Result, t.Result.Total)); err != nil {
			return err
		}
	}
	w.WriteString(`,"lignes":[`)
	for i := range t.Result.Rows {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		if err := putJSON(w, jsonRow(t.Result, &t.Result.Rows[i])); err != nil {
			return err
		}
	}
	w.WriteString("\n]}\n")
	return w.Flush()
}

func putJSON(w *bufio.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

type (
	jsonTable struct {
		Title     string          `json:"titre"`
		Selection string          `json:"selection,omitempty"`
		Territory string          `json:"territoire,omitempty"`
		Period    jsonPeriod      `json:"periode"`
		Filters   []jsonAttr      `json:"filtres"`
		Rates     bool            `json:"taux"`
		Edition   jsonEdition     `json:"edition"`
		Receipt   jsonReceipt     `json:"recu"`
		Coverage  jsonCoverage    `json:"couverture"`
		Notes     []string        `json:"notes"`
		Perimeter []jsonPerimeter `json:"perimetre_constant,omitempty"`
		Credit    string          `json:"credit,omitempty"`
		At        string          `json:"produit_le,omitempty"`
		RowCount  int             `json:"nombre_lignes"`
		Dims      []jsonDim       `json:"dimensions"`
		Columns   []jsonColumn    `json:"colonnes"`
	}
	jsonPeriod struct {
		Kind  string `json:"code,omitempty"`
		From  string `json:"du,omitempty"`
		To    string `json:"au,omitempty"` // last day, included
		Words string `json:"libelle,omitempty"`
	}
	jsonAttr struct {
		Name  string `json:"nom"`
		Value string `json:"valeur"`
	}
	jsonEdition struct {
		Number    int    `json:"numero"`
		Published string `json:"publiee_le,omitempty"`
		Label     string `json:"libelle,omitempty"`
	}
	jsonReceipt struct {
		Code        string `json:"code"`
		Address     string `json:"adresse,omitempty"`
		Hash        string `json:"empreinte"`
		Definitions string `json:"definitions,omitempty"`
		Release     string `json:"regles_du_secret,omitempty"`
	}
	jsonCoverage struct {
		Received int             `json:"recus"`
		Expected int             `json:"attendus"`
		UpTo     string          `json:"a_jour_au,omitempty"`
		Missing  []jsonKey       `json:"manquants,omitempty"`
		Unlisted []belvedere.UAI `json:"hors_repertoire,omitempty"`
	}
	jsonPerimeter struct {
		Columns  []string  `json:"colonnes,omitempty"` // absent: all
		Kept     int       `json:"suivis"`
		Families int       `json:"familles,omitempty"`
		Steps    []string  `json:"periodes"`
		Left     []jsonKey `json:"laisses_de_cote"`
	}
	jsonDim struct {
		Name  string `json:"nom"`
		Label string `json:"libelle"`
	}
	jsonColumn struct {
		Key       string             `json:"cle"`
		Indicator string             `json:"indicateur"`
		Number    int                `json:"numero,omitempty"`
		Label     string             `json:"libelle"`
		Group     string             `json:"groupe,omitempty"`
		Rate      bool               `json:"taux"`
		Unit      string             `json:"unite"`
		Decimals  int                `json:"decimales"`
		Where     []belvedere.Filter `json:"ou,omitempty"`
	}
	jsonKey struct {
		Code   string            `json:"code"`
		Label  string            `json:"libelle"`
		Detail map[string]string `json:"details,omitempty"`
	}
	jsonLine struct {
		Keys  []jsonKey  `json:"cles"`
		Cells []jsonCell `json:"cellules"`
		Note  string     `json:"note,omitempty"`
	}
	jsonCell struct {
		State    string   `json:"etat"`
		Value    *float64 `json:"valeur"`
		Covered  *int32   `json:"couverts,omitempty"`
		Expected *int32   `json:"attendus,omitempty"`
		Extreme  string   `json:"extreme,omitempty"`
		Why      string   `json:"pourquoi,omitempty"`
	}
)

func jsonHead(t Table) jsonTable {
	h, r := t.Heading, t.Result
	out := jsonTable{Title: h.Title, Selection: h.Selection, Territory: h.Territory, Rates: h.Rates, Credit: h.Credit,
		Filters: []jsonAttr{}, Notes: append([]string{}, r.Notes...), RowCount: max(r.RowCount, len(r.Rows)),
		Period:  jsonPeriod{Kind: string(r.Query.Period.Kind), From: isoDate(r.Query.Period.From), Words: h.Period},
		Edition: jsonEdition{Number: r.Edition.Number, Published: isoTime(r.Edition.Published), Label: r.Edition.Label},
		Receipt: jsonReceipt{r.Receipt.Code, r.Receipt.Address(), r.Receipt.Hash, r.Receipt.Definitions, r.Receipt.Release},
		Dims:    []jsonDim{}, Columns: []jsonColumn{}, At: isoTime(h.At)}
	if to := r.Query.Period.To; !to.IsZero() {
		out.Period.To = isoDate(to.AddDate(0, 0, -1))
	}
	for _, f := range h.Filters {
		out.Filters = append(out.Filters, jsonAttr(f))
	}
	c := r.Coverage
	out.Coverage = jsonCoverage{Received: c.Received, Expected: c.Expected, UpTo: isoDate(c.UpTo), Unlisted: c.Unlisted}
	for _, k := range c.Missing {
		out.Coverage.Missing = append(out.Coverage.Missing, jsonKeyOf(k))
	}
	for _, p := range r.Perimeters {
		one := jsonPerimeter{Columns: p.Columns, Kept: p.Kept, Families: p.Families, Steps: append([]string{}, p.Steps...), Left: []jsonKey{}}
		for _, k := range p.Left {
			one.Left = append(one.Left, jsonKeyOf(k))
		}
		out.Perimeter = append(out.Perimeter, one)
	}
	for _, d := range r.Dims {
		out.Dims = append(out.Dims, jsonDim(d))
	}
	for _, c := range r.Columns {
		unit := c.Unit
		if c.Percent {
			unit = "%"
		}
		out.Columns = append(out.Columns, jsonColumn{Key: c.Key, Indicator: c.Indicator, Number: c.Number, Label: c.Label,
			Group: c.Group, Rate: c.Rate, Unit: unit, Decimals: c.Decimals, Where: c.Where})
	}
	return out
}

func jsonRow(r *belvedere.Result, row *belvedere.ResultRow) jsonLine {
	line := jsonLine{Keys: []jsonKey{}, Cells: make([]jsonCell, len(r.Columns)), Note: row.Note}
	for _, k := range row.Keys {
		line.Keys = append(line.Keys, jsonKeyOf(k))
	}
	for i := range r.Columns {
		line.Cells[i] = jsonCellOf(cellAt(row, i), r.Columns[i].Percent)
	}
	return line
}

func jsonCellOf(c belvedere.Cell, percent bool) jsonCell {
	v, ok := number(c)
	if !ok && (c.State.Shown() || c.State > belvedere.NotApplicable) {
		c.State = belvedere.NotAvailable
	}
	out := jsonCell{State: c.State.Code(), Why: c.Why}
	if !ok {
		return out
	}
	v = scaled(v, percent)
	out.Value = &v
	if c.State == belvedere.Partial {
		out.Covered, out.Expected = &c.Covered, &c.Expected
	}
	switch c.Extreme {
	case belvedere.Maximum:
		out.Extreme = "maximum"
	case belvedere.Minimum:
		out.Extreme = "minimum"
	}
	return out
}

func jsonKeyOf(k belvedere.Key) jsonKey {
	out := jsonKey{Code: k.Code, Label: k.Label}
	if len(k.Detail) > 0 {
		out.Detail = make(map[string]string, len(k.Detail))
		for _, a := range k.Detail {
			out.Detail[a.Name] = a.Value
		}
	}
	return out
}

func isoDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02")
}

func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

package dashboard

import (
	"encoding/json"
	"io"

	"belvedere"
)

// The answer of a dashboard for programs. Numbers that are not shown have none: their state says why.
type jsonBoard struct {
	ID          string            `json:"id"`
	Title       string            `json:"titre"`
	Description string            `json:"description,omitempty"`
	Owner       string            `json:"proprietaire,omitempty"`
	Sharing     string            `json:"partage"`
	Verified    string            `json:"verifie_par,omitempty"`
	Version     int               `json:"version,omitempty"`
	Filters     []string          `json:"filtres,omitempty"`
	Chosen      map[string]string `json:"choisis,omitempty"`
	Tiles       []jsonTile        `json:"elements,omitempty"`
}

type jsonTile struct {
	ID       string       `json:"id"`
	Kind     string       `json:"genre"`
	Title    string       `json:"titre,omitempty"`
	Text     string       `json:"texte,omitempty"`
	Question string       `json:"question,omitempty"`
	Says     string       `json:"phrase,omitempty"`
	Trouble  string       `json:"empechement,omitempty"`
	Kept     bool         `json:"non_communique,omitempty"` // the hindrance is a rule, not a fault
	Apart    []string     `json:"filtres_sans_effet,omitempty"`
	Receipt  string       `json:"recu,omitempty"`
	Edition  int          `json:"edition,omitempty"`
	Change   string       `json:"evolution,omitempty"`
	Columns  []jsonColumn `json:"colonnes,omitempty"`
	Rows     []jsonRow    `json:"lignes,omitempty"`
	Count    int          `json:"nombre_de_lignes,omitempty"`
}

type jsonColumn struct {
	Key     string `json:"cle"`
	Label   string `json:"intitule"`
	Unit    string `json:"unite,omitempty"`
	Percent bool   `json:"pourcentage,omitempty"`
}

type jsonRow struct {
	Codes  []string   `json:"codes,omitempty"`
	Labels []string   `json:"libelles,omitempty"`
	Cells  []jsonCell `json:"valeurs"`
}

type jsonCell struct {
	Value *float64 `json:"valeur"`
	State string   `json:"etat"`
	Why   string   `json:"motif,omitempty"`
}

func boardJSON(b *Board) jsonBoard {
	out := jsonBoard{ID: b.Ref, Title: b.Title, Description: b.Description, Owner: b.Held.OwnerName, Sharing: string(b.Held.Sharing),
		Verified: b.Held.VerifiedBy, Version: b.Held.Version, Filters: b.Filters}
	if b.Shipped {
		out.Sharing = "livre"
	}
	return out
}

// ListJSON writes a list of dashboards.
func ListJSON(w io.Writer, list []*Board) error {
	out := make([]jsonBoard, 0, len(list))
	for _, b := range list {
		out = append(out, boardJSON(b))
	}
	return write(w, map[string]any{"tableaux_de_bord": out})
}

// JSON writes the answer, with the whole of each result.
func (a *Answer) JSON(w io.Writer) error {
	out := boardJSON(a.Board)
	out.Chosen = map[string]string{}
	for _, f := range a.Bar.Heading.Filters {
		out.Chosen[f.Name] = f.Value
	}
	for i := range a.Tiles {
		out.Tiles = append(out.Tiles, a.Tiles[i].json())
	}
	return write(w, out)
}

func (t *TileAnswer) json() jsonTile {
	out := jsonTile{ID: t.ID, Kind: string(t.Kind), Title: t.Title, Text: t.Text, Trouble: t.Err, Kept: t.Kept, Apart: t.Apart}
	if t.Kind.Asks() {
		out.Question = t.State.Encode()
	}
	if t.Figure != nil && len(t.Figure.Figures) > 0 {
		out.Change = t.Figure.Figures[0].Delta
	}
	r := t.Result()
	if r == nil {
		return out
	}
	out.Says, out.Receipt, out.Edition, out.Count = t.Heading().Title, r.Receipt.Code, r.Edition.Number, r.RowCount
	for _, c := range r.Columns {
		out.Columns = append(out.Columns, jsonColumn{c.Key, c.Label, c.Unit, c.Percent})
	}
	for _, row := range r.Rows {
		out.Rows = append(out.Rows, rowJSON(row))
	}
	if r.Total != nil {
		total := rowJSON(*r.Total)
		total.Codes, total.Labels = []string{"total"}, []string{"Total"}
		out.Rows = append(out.Rows, total)
	}
	return out
}

func rowJSON(row belvedere.ResultRow) jsonRow {
	var out jsonRow
	for _, k := range row.Keys {
		out.Codes, out.Labels = append(out.Codes, k.Code), append(out.Labels, k.Label)
	}
	for _, c := range row.Cells {
		cell := jsonCell{State: c.State.Code(), Why: c.Why}
		if c.State.Shown() {
			v := c.Value
			cell.Value = &v
		}
		out.Cells = append(out.Cells, cell)
	}
	return out
}

func write(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

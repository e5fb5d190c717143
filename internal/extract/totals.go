package extract

import (
	"context"
	"strings"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/school/pseudonym"
)

// A content is what an extract holds, before it says for whom and why.
type content struct {
	sheet   export.Sheet
	label   string
	rows    int64
	people  int64
	receipt string
	edition int
	about   []belvedere.Attribute
}

// totals asks the explorer, with the rights of the one who asks, and lays the answer out as rows: for each dimension
// its code and its name, for each number its value and the word that stands in its place when it is not shown, then
// the mark of the line. A figure is never altered to bear a mark.
func (s *Service) totals(ctx context.Context, v belvedere.Viewer, x Spec, namer pseudonym.Namer) (c content, err error) {
	reports := s.Reports()
	if reports == nil {
		return c, belvedere.Errorf(belvedere.Unavailable, "Un autre processus tient l’entrepôt\u00a0: le serveur prépare les extraits de totaux.")
	}
	e, err := x.explore()
	if err != nil {
		return c, err
	}
	out, err := reports.Explore(ctx, v, e)
	if err != nil {
		return c, err
	}
	if out.Result == nil {
		return c, belvedere.Errorf(belvedere.Invalid, "Rien n’est encore publié, ou aucun indicateur n’est choisi\u00a0: il n’y a rien à extraire.")
	}
	r := out.Result.Spread()
	c.label, c.rows, c.receipt, c.edition = out.Sentence.String(), int64(len(r.Rows)), r.Receipt.Code, r.Edition.Number
	c.sheet = export.Sheet{Title: c.label, Columns: totalColumns(r), Rows: func(yield func([]any) error) error {
		for i := range r.Rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := yield(append(totalRow(r, &r.Rows[i]), lineMark(namer, &r.Rows[i]))); err != nil {
				return err
			}
		}
		return nil
	}}
	c.about = append(totalAbout(r, out.Heading), belvedere.Attribute{Name: "Repères", Value: "Chaque ligne a le sien, propre à cet extrait : il sert à la citer, et dit d’où vient une copie."})
	return c, nil
}

// lineMark names a line within an extract, by what it is of.
func lineMark(namer pseudonym.Namer, line *belvedere.ResultRow) string {
	var b strings.Builder
	for _, k := range line.Keys {
		b.WriteString(k.Code + "\x00")
	}
	return namer.Code("ligne", b.String())
}

func totalColumns(r *belvedere.Result) []export.SheetColumn {
	var out []export.SheetColumn
	seen := map[string]bool{}
	add := func(name, label string, t belvedere.ColumnType) {
		for seen[name] {
			name += "_"
		}
		seen[name] = true
		out = append(out, export.SheetColumn{Name: name, Label: label, Type: t})
	}
	for _, d := range r.Dims {
		add(d.Name, d.Label+" (code)", belvedere.Text)
		add(d.Name+"_libelle", d.Label, belvedere.Text)
	}
	if len(r.Dims) == 0 {
		add("ligne", "Ligne", belvedere.Text)
	}
	for _, col := range r.Columns {
		label := col.Label
		if col.Group != "" {
			label = col.Group + " – " + label
		}
		if col.Percent {
			label += " (rapport)"
		}
		add(col.Key, label, belvedere.Float64)
		add(col.Key+"_etat", label+" – état", belvedere.Text)
	}
	add("repere", "Repère de ligne", belvedere.Text)
	return out
}

func totalRow(r *belvedere.Result, line *belvedere.ResultRow) []any {
	row := make([]any, 0, 2*len(r.Dims)+2*len(r.Columns)+1)
	for i := range r.Dims {
		var k belvedere.Key
		if i < len(line.Keys) {
			k = line.Keys[i]
		}
		row = append(row, k.Code, k.Label)
	}
	if len(r.Dims) == 0 {
		row = append(row, "Ensemble")
	}
	for i := range r.Columns {
		cell := belvedere.Cell{State: belvedere.NotAvailable}
		if i < len(line.Cells) {
			cell = line.Cells[i]
		}
		var v any
		if cell.State.Shown() {
			v = cell.Value
		}
		row = append(row, v, cell.State.Code())
	}
	return row
}

// totalAbout is what a reader must know of the numbers.
func totalAbout(r *belvedere.Result, h belvedere.Heading) []belvedere.Attribute {
	out := []belvedere.Attribute{{Name: "Question", Value: h.Title}, {Name: "Période", Value: h.Period}}
	if h.Territory != "" {
		out = append(out, belvedere.Attribute{Name: "Territoire", Value: h.Territory})
	}
	if r.Receipt.Code != "" {
		out = append(out, belvedere.Attribute{Name: "Reçu", Value: r.Receipt.Code})
	}
	if c := r.Coverage; c.Expected > 0 {
		out = append(out, belvedere.Attribute{Name: "Couverture", Value: belvedere.FormatNumber(float64(c.Received), 0) + " établissements sur " + belvedere.FormatNumber(float64(c.Expected), 0)})
	}
	if h.Credit != "" {
		out = append(out, belvedere.Attribute{Name: "Sources", Value: h.Credit})
	}
	if len(r.Notes) > 0 {
		out = append(out, belvedere.Attribute{Name: "À savoir", Value: strings.Join(r.Notes, " ")})
	}
	return append(out, belvedere.Attribute{Name: "États", Value: "valeur ; partiel : des établissements ou des jours attendus manquent ; en_attente : rien n’est reçu ; " +
		"non_communique : aucun droit ou aucune convention ; secret : masqué par le secret statistique ; non_disponible ; sans_objet"})
}

package semantic

import (
	"slices"

	"belvedere"
)

func (d *declarations) block(w *wireBlock) belvedere.Block {
	parts := 0
	var b belvedere.Block
	if len(w.Strip) > 0 {
		parts++
		b.Strip = &belvedere.Strip{}
		for i := range w.Strip {
			b.Strip.Figures = append(b.Strip.Figures, d.figure(&w.Strip[i]))
		}
	}
	if w.Chart != nil {
		parts++
		b.Chart = d.chart(w.Chart)
	}
	if w.Table != nil {
		parts++
		b.Table = d.table(w.Table)
	}
	if parts != 1 {
		d.fault(w.At, "un bloc est un strip, un chart ou un table")
	}
	return b
}

func (d *declarations) figure(w *wireFigure) belvedere.Figure {
	f := belvedere.Figure{Label: d.required(w.Label, w.At, "label"), Widget: d.widget(w.Widget), LinkPage: w.Page.s}
	f.Column = d.column(&wireColumn{At: w.At, Indicator: w.Indicator, Show: w.Show, Where: w.Where, Prefix: w.Prefix, Suffix: w.Suffix}, false, nil)
	for i := range w.Context {
		f.Context = append(f.Context, d.column(&w.Context[i], false, nil))
	}
	return f
}

func (d *declarations) chart(w *wireChart) *belvedere.ChartBlock {
	c := &belvedere.ChartBlock{
		ID: w.ID.s, Title: d.required(w.Title, w.At, "title"), Widget: d.widget(w.Widget),
		Kind: d.oneOf(w.Kind, w.At, "kind", "lignes", "barres", "empilees", "chaleur", "carte"),
		By:   d.required(w.By, w.At, "by"), Series: w.Series.s, Weeks: d.integer(w.Weeks, "weeks", 1, 53, 0),
	}
	d.chartShape(w, c)
	for i := range w.Columns {
		c.Columns = append(c.Columns, d.column(&w.Columns[i], false, []word{w.By, w.Series}))
	}
	return c
}

// chartShape checks what each kind of chart is made of.
func (d *declarations) chartShape(w *wireChart, c *belvedere.ChartBlock) {
	if c.Kind == "carte" && c.By != "etablissement" {
		d.fault(w.By.at, "une carte se fait par etablissement")
	}
	if c.Kind == "chaleur" && (c.By != "jour" || c.Series != "heure") {
		d.fault(w.Kind.at, "une carte de chaleur se fait par jour, series\u00a0: heure")
	}
	if w.Series.set && w.Series.s == w.By.s {
		d.fault(w.Series.at, "series et by sont la même dimension")
	}
	if (c.By == "jour" || c.By == "heure") && !w.Weeks.set {
		d.fault(w.By.at, "par %s, la clé «\u00a0weeks\u00a0» dit combien de semaines sont montrées", c.By)
	}
	if w.Series.set && len(w.Columns) > 1 {
		d.fault(w.Series.at, "un graphique a plusieurs colonnes ou une série, pas les deux")
	}
	if len(w.Columns) == 0 {
		d.fault(w.At, "le graphique n’a pas de colonne")
	}
}

func (d *declarations) table(w *wireTable) *belvedere.TableBlock {
	t := &belvedere.TableBlock{
		ID: w.ID.s, Label: w.Label.s, Widget: d.widget(w.Widget), Rows: d.required(w.Rows, w.At, "rows"), Across: w.Across.s, Rates: w.Rates.on,
	}
	for _, a := range w.Detail {
		if !d.isAttribute(a.s) {
			d.fault(a.at, "%s n’est pas un attribut des établissements", quote(a.s))
		}
		t.Detail = append(t.Detail, a.s)
	}
	if w.Across.set && !d.isDimension(w.Across.s) {
		d.fault(w.Across.at, "la dimension %s est inconnue", quote(w.Across.s))
	}
	if len(w.Columns) == 0 {
		d.fault(w.At, "le tableau n’a pas de colonne")
	}
	follows := false
	for i := range w.Columns {
		c := d.column(&w.Columns[i], t.Rates, []word{w.Rows, w.Across})
		follows = follows || c.Show == "auto" || c.In != ""
		t.Columns = append(t.Columns, c)
	}
	if t.Rates && !follows {
		d.fault(w.Rates.at, "aucune colonne ne suit l’interrupteur Valeurs ⇄ Taux (show\u00a0: auto, ou in)")
	}
	d.tableCodes(w, t)
	return t
}

// tableCodes checks the members of the dimension spread over columns.
func (d *declarations) tableCodes(w *wireTable, t *belvedere.TableBlock) {
	for _, c := range w.Codes {
		if !w.Across.set {
			d.fault(c.at, "codes ne va qu’avec across")
			return
		}
		if slices.Contains(t.Codes, c.s) {
			d.fault(c.at, "le code %s est donné deux fois", quote(c.s))
		}
		t.Codes = append(t.Codes, c.s)
		for _, ds := range d.model.Datasets {
			dim := ds.Dimension(w.Across.s)
			if dim != nil && dim.List != nil && !hasCode(dim.List, c.s, false) && d.reads(t, ds.Name) {
				d.fault(c.at, "le code %s est inconnu dans la liste %s%s", quote(c.s), listName(dim.List), orNear(c.s, codeNames(dim.List)))
				break
			}
		}
	}
}

// reads tells whether a column of the table reads the dataset.
func (d *declarations) reads(t *belvedere.TableBlock, name string) bool {
	return slices.ContainsFunc(t.Columns, func(c belvedere.Column) bool {
		ind := d.findIndicator(c.Indicator)
		return ind != nil && slices.Contains(DatasetsOf(ind), name)
	})
}

// column checks an indicator asked for by a block: what is shown of it, its filters, and that
// each dataset it reads has the dimensions of the lines.
func (d *declarations) column(w *wireColumn, rates bool, lines []word) belvedere.Column {
	c := belvedere.Column{
		Indicator: d.required(w.Indicator, w.At, "indicator"), Label: w.Label.s, Group: w.Group.s, Show: w.Show.s, In: w.In.s,
		Prefix: w.Prefix.s, Suffix: w.Suffix.s,
	}
	for _, e := range w.Where {
		c.Where = append(c.Where, belvedere.Filter{Dim: e.key.s, Values: splitCodes(e.value.s)})
	}
	if w.Show.set {
		d.oneOf(w.Show, w.At, "show", "valeur", "taux", "auto")
	}
	if w.In.set {
		d.oneOf(w.In, w.At, "in", "valeurs", "taux")
	}
	if !rates && (c.Show == "auto" || c.In != "") {
		d.fault(w.At, "show\u00a0: auto et in ne vont que dans un tableau qui a rates\u00a0: true")
	}
	ind := d.findIndicator(c.Indicator)
	switch {
	case c.Indicator == "":
	case ind == nil:
		d.fault(w.Indicator.at, "l’indicateur %s est inconnu%s", quote(c.Indicator), orNear(c.Indicator, d.indicatorCodes()))
	case len(ind.Members) > 0:
		d.fault(w.Indicator.at, "%s est un référentiel\u00a0: nommez ses membres", quote(c.Indicator))
	case (c.Show == "taux" || c.Show == "auto") && ind.Rate == nil:
		d.fault(w.Indicator.at, "l’indicateur %s n’a pas de taux", quote(c.Indicator))
	default:
		d.columnDatasets(w, &c, ind, lines)
	}
	return c
}

// columnDatasets checks lines and filters against each dataset that the column reads.
func (d *declarations) columnDatasets(w *wireColumn, c *belvedere.Column, ind *belvedere.Indicator, lines []word) {
	refs := refsOf(ind.Value)
	if ind.Rate != nil && c.Show == "taux" {
		refs = nil
	}
	if ind.Rate != nil && (c.Show == "taux" || c.Show == "auto" || ind.Value == nil) {
		refs = append(append(refs, refsOf(ind.Rate.Num)...), refsOf(ind.Rate.Den)...)
	}
	done := map[string]bool{}
	for _, r := range refs {
		ds := d.dataset(r.Dataset)
		if ds == nil || done[r.Dataset] {
			continue
		}
		done[r.Dataset] = true
		for _, l := range lines {
			d.line(l, w, ds)
		}
		for _, e := range w.Where {
			d.columnFilter(e, ds, r)
		}
	}
}

// line checks that a dataset can be broken down by a dimension or a time.
func (d *declarations) line(l word, w *wireColumn, ds *belvedere.Dataset) {
	switch {
	case !l.set || l.s == "" || l.s == "etablissement" || recordAttributes[l.s] != "":
	case slices.Contains(timeDims, l.s):
		grain := belvedere.TimeGrain(l.s)
		if ds.Kind == belvedere.Distinct && grain == belvedere.ByHour || ds.Kind != belvedere.Distinct && grainRank(grain) < grainRank(ds.Time) {
			d.fault(w.At, "%s est compté par %s\u00a0: pas de détail par %s", quote(ds.Name), string(ds.Time), l.s)
		}
	case ds.Dimension(l.s) == nil:
		d.fault(w.At, "%s n’a pas la dimension %s", quote(ds.Name), quote(l.s))
	}
}

func (d *declarations) columnFilter(e entry, ds *belvedere.Dataset, ref belvedere.MeasureRef) {
	dim := ds.Dimension(e.key.s)
	if dim == nil {
		d.fault(e.key.at, "%s n’a pas la dimension %s", quote(ds.Name), quote(e.key.s))
		return
	}
	codes := splitCodes(e.value.s)
	if len(codes) == 0 {
		d.fault(e.value.at, "un code est attendu")
	}
	if ds.Kind == belvedere.Distinct && len(codes) > 1 {
		d.fault(e.value.at, "des personnes distinctes ne s’ajoutent pas\u00a0: un seul code")
	}
	for _, code := range codes {
		if !hasCode(dim.List, code, ds.Kind != belvedere.Distinct) {
			d.fault(e.value.at, "le code %s est inconnu dans la liste %s%s", quote(code), listName(dim.List), orNear(code, codeNames(dim.List)))
		}
	}
	if slices.ContainsFunc(ref.Where, func(f belvedere.Filter) bool { return f.Dim == dim.Name }) {
		d.fault(e.key.at, "l’indicateur fixe déjà la dimension %s", quote(dim.Name))
	}
}

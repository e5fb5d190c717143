package semantic

import (
	"slices"
	"strconv"
	"strings"

	"belvedere"
)

func (d *declarations) checkDatasets() {
	seen, registers := nameSet{}, 0
	for _, w := range d.datasets {
		ds := &belvedere.Dataset{
			Name: d.name(w.Dataset, w.At, "dataset", nameShape, seen), Label: d.required(w.Label, w.At, "label"),
			Doc: d.required(w.Doc, w.At, "doc"), Retention: d.required(w.Retention, w.At, "retention"),
			Kind:      belvedere.DatasetKind(d.oneOf(w.Kind, w.At, "kind", "flux", "stock", "distinct", "registre")),
			MaxFaulty: d.percentage(w.Faulty), OnRepeat: "erreur", Dated: w.Dated.on, Sparse: w.Sparse.on,
		}
		if w.Repeat.set {
			ds.OnRepeat = d.oneOf(w.Repeat, w.At, "repeat", "erreur", "somme", "premier")
		}
		if ds.Kind == belvedere.Register {
			if registers++; registers > 1 {
				d.fault(w.Kind.at, "un catalogue n’a qu’un répertoire d’établissements")
			}
			if w.Time.set {
				d.fault(w.Time.at, "un répertoire n’a pas de temps")
			}
		} else {
			ds.Time = belvedere.TimeGrain(d.oneOf(w.Time, w.At, "time", "heure", "jour", "mois", "annee", "periode"))
		}
		if w.Time.set && (ds.Kind == belvedere.Distinct) != (ds.Time == belvedere.ByPeriod) {
			d.fault(w.Time.at, "le temps «\u00a0periode\u00a0» va avec kind\u00a0: distinct, et avec lui seul")
		}
		if w.Dated.on && ds.Kind != belvedere.Stock {
			d.fault(w.Dated.at, "dated ne va qu’avec kind\u00a0: stock")
		}
		d.about(w, ds)
		d.columns(w, ds)
		d.parts(w, ds)
		d.slice(w, ds)
		d.rollups(w, ds)
		d.model.Datasets = append(d.model.Datasets, ds)
	}
	d.checkMeanings()
}

// about reads what a row is about. Shares between schools are no whole numbers, and persons cannot be shared out.
func (d *declarations) about(w *wireDataset, ds *belvedere.Dataset) {
	if !w.Place.set {
		return
	}
	ds.Place = belvedere.Place(d.oneOf(w.Place, w.At, "place", string(belvedere.ByTown), string(belvedere.ByTerritory)))
	if ds.Kind != belvedere.Flow && ds.Kind != belvedere.Stock {
		d.fault(w.Place.at, "place va avec kind\u00a0: flux ou stock")
	}
	if len(w.Rollups) > 0 {
		d.fault(w.Rollups[0].At, "un jeu compté par %s ne se résume pas", string(ds.Place))
	}
	for _, m := range w.Measures {
		if !m.Decimal.on {
			d.fault(m.At, "les mesures d’un jeu compté par %s sont decimal\u00a0: true", string(ds.Place))
		}
	}
}

// percentage reads "5%", 0 when absent.
func (d *declarations) percentage(w word) float64 {
	if !w.set {
		return 0
	}
	text, ok := strings.CutSuffix(strings.ReplaceAll(strings.ReplaceAll(w.s, " ", ""), ",", "."), "%")
	v, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil || !(v >= 0 && v <= 100) {
		d.fault(w.at, "une part s’écrit 5%%, de 0%% à 100%%")
		return 0
	}
	return v / 100
}

// columns checks dimensions and measures: they are columns of one table.
func (d *declarations) columns(w *wireDataset, ds *belvedere.Dataset) {
	seen := nameSet{}
	column := func(name word, at mark) string {
		if reservedColumns[name.s] {
			d.fault(name.at, "le nom %s est réservé", quote(name.s))
		}
		if ds.Kind != belvedere.Register && recordAttributes[name.s] != "" {
			d.fault(name.at, "le nom %s est celui d’un attribut des établissements", quote(name.s))
		}
		return d.name(name, at, "name", nameShape, seen)
	}
	for _, dim := range w.Dimensions {
		out := belvedere.Dimension{Name: column(dim.Name, dim.At), Label: d.required(dim.Label, dim.At, "label"), Optional: dim.Optional.on, Free: dim.Free.on, Apart: dim.Apart.on}
		switch {
		case dim.Free.on && (ds.Kind != belvedere.Register || dim.Codes.set):
			d.fault(dim.Free.at, "free n’est admis que dans un répertoire, sans liste de codes")
		case !dim.Free.on:
			if out.List = d.model.CodeLists[d.required(dim.Codes, dim.At, "codes")]; out.List == nil && dim.Codes.s != "" {
				d.fault(dim.Codes.at, "la liste de codes %s est inconnue%s", quote(dim.Codes.s), orNear(dim.Codes.s, d.listNames()))
			}
		}
		ds.Dimensions = append(ds.Dimensions, out)
	}
	for _, m := range w.Measures {
		if m.Text.on && ds.Kind != belvedere.Register {
			d.fault(m.Text.at, "text n’est admis que dans un répertoire")
		}
		if m.Text.on && (m.Decimal.on || m.Negative.on) {
			d.fault(m.Text.at, "un attribut est un texte ou un nombre")
		}
		if !m.Text.on {
			d.required(m.Unit, m.At, "unit")
		}
		ds.Measures = append(ds.Measures, belvedere.Measure{
			Name: column(m.Name, m.At), Label: d.required(m.Label, m.At, "label"), Unit: m.Unit.s,
			Decimal: m.Decimal.on, Required: m.Required.on, Negative: m.Negative.on, Text: m.Text.on, Part: m.Part.s,
		})
	}
	if len(ds.Measures) == 0 {
		d.fault(w.At, "le jeu n’a pas de mesure")
	}
}

// parts checks that a part of a measure names another one, which is no part itself.
func (d *declarations) parts(w *wireDataset, ds *belvedere.Dataset) {
	for _, m := range w.Measures {
		if !m.Part.set {
			continue
		}
		switch of := ds.Measure(m.Part.s); {
		case of == nil || of.Name == m.Name.s || of.Text:
			d.fault(m.Part.at, "%s n’est pas une autre mesure de ce jeu", quote(m.Part.s))
		case of.Part != "":
			d.fault(m.Part.at, "%s est elle-même une part de %s", quote(m.Part.s), of.Part)
		}
	}
}

func (d *declarations) listNames() []string {
	var out []string
	for name := range d.model.CodeLists {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// slice checks what a delivery replaces: the school, and a time not finer than the rows.
func (d *declarations) slice(w *wireDataset, ds *belvedere.Dataset) {
	for _, s := range w.Slice {
		ds.Slice = append(ds.Slice, s.s)
	}
	at := w.At
	if len(w.Slice) > 0 {
		at = w.Slice[len(w.Slice)-1].at
	}
	switch {
	case len(w.Slice) == 0:
		d.fault(w.At, "la clé «\u00a0slice\u00a0» manque\u00a0: ce qu’une livraison remplace")
	case ds.Slice[0] != "etablissement":
		d.fault(w.Slice[0].at, "slice commence par etablissement")
	case ds.Kind == belvedere.Register:
		if len(ds.Slice) != 1 {
			d.fault(at, "la tranche d’un répertoire est etablissement seul")
		}
	case len(ds.Slice) != 2:
		d.fault(at, "slice est etablissement suivi d’un temps")
	case ds.Time == belvedere.ByPeriod || ds.Slice[1] == "periode":
		if ds.Time != belvedere.ByPeriod || ds.Slice[1] != "periode" {
			d.fault(at, "la tranche «\u00a0periode\u00a0» va avec time\u00a0: periode, et avec lui seul")
		}
	case !slices.Contains([]string{"jour", "mois", "annee"}, ds.Slice[1]):
		d.fault(at, "le temps d’une tranche est jour, mois, annee ou periode, pas %s", quote(ds.Slice[1]))
	case grainRank(belvedere.TimeGrain(ds.Slice[1])) < grainRank(ds.Time):
		d.fault(at, "la tranche par %s est plus fine que les lignes, par %s", ds.Slice[1], string(ds.Time))
	}
}

// rollups checks that each coarser copy can be exact and serves something.
func (d *declarations) rollups(w *wireDataset, ds *belvedere.Dataset) {
	seen := map[string]bool{}
	for _, r := range w.Rollups {
		out := belvedere.Rollup{Time: belvedere.TimeGrain(d.oneOf(r.Time, r.At, "time", "heure", "jour", "mois", "annee", "periode")), Schools: !r.Schools.set || r.Schools.on}
		for _, name := range r.Drop {
			if ds.Dimension(name.s) == nil {
				d.fault(name.at, "le jeu %s n’a pas de dimension %s%s", ds.Name, quote(name.s), orNear(name.s, dimensionNames(ds)))
			}
			if slices.Contains(out.Drop, name.s) {
				d.fault(name.at, "la dimension %s est laissée deux fois", quote(name.s))
			}
			out.Drop = append(out.Drop, name.s)
		}
		switch {
		case ds.Kind == belvedere.Register:
			d.fault(r.At, "un jeu de nature «\u00a0%s\u00a0» ne se résume pas", string(ds.Kind))
		case ds.Kind == belvedere.Distinct && (out.Time != belvedere.ByPeriod || out.Schools || len(out.Drop) > 0):
			d.fault(r.At, "des personnes comptées une fois ne s’ajoutent que sur les établissements\u00a0: {time: periode, schools: false}")
		case ds.Kind == belvedere.Stock && !out.Schools:
			d.fault(r.Schools.at, "un stock ne s’ajoute pas d’avance sur les établissements\u00a0: leurs dates diffèrent")
		case grainRank(out.Time) < grainRank(ds.Time):
			d.fault(r.Time.at, "un résumé par %s est plus fin que les lignes, par %s", string(out.Time), string(ds.Time))
		case out.Time == ds.Time && out.Schools && len(out.Drop) == 0:
			d.fault(r.Time.at, "ce résumé est le jeu lui-même")
		}
		if key := RollupName(ds, out); seen[key] {
			d.fault(r.At, "ce résumé est déjà déclaré")
		} else {
			seen[key] = true
		}
		ds.Rollups = append(ds.Rollups, out)
	}
}

// checkMeanings sees that a dimension name means one thing: lists that bear it in two datasets
// share codes. Filters of a page reach every dataset by the name.
func (d *declarations) checkMeanings() {
	first := map[string]*belvedere.Dataset{}
	for i, ds := range d.model.Datasets {
		for j := range ds.Dimensions {
			dim := &ds.Dimensions[j]
			other := first[dim.Name]
			if other == nil || other == ds {
				first[dim.Name] = ds
				continue
			}
			was := other.Dimension(dim.Name)
			if dim.List == nil || was.List == nil || shareCodes(dim.List, was.List) {
				continue
			}
			d.fault(d.datasets[i].Dimensions[j].Name.at, "la dimension %s a un autre sens dans %s\u00a0: leurs listes n’ont aucun code commun", quote(dim.Name), quote(other.Name))
		}
	}
}

func shareCodes(a, b *belvedere.CodeList) bool {
	if a.Open || b.Open {
		return a.Name == b.Name
	}
	for _, c := range a.Codes {
		if b.Find(c.Code) != nil {
			return true
		}
	}
	return false
}

package semantic

import (
	"slices"

	"belvedere"
)

// checkPages reads the menu and its pages. A section that another file declared already takes
// the pages of this one.
func (d *declarations) checkPages() {
	pages, paths := nameSet{}, nameSet{}
	var links []word
	for _, w := range d.sections {
		section := d.section(w)
		for i := range w.Pages {
			p := d.page(&w.Pages[i], section.Code, pages, paths)
			if section.Path == "" {
				section.Path = p.Path
			}
			d.model.Pages = append(d.model.Pages, p)
			for _, b := range w.Pages[i].Blocks {
				for _, f := range b.Strip {
					links = append(links, f.Page)
				}
			}
		}
		if section.Path == "" {
			d.fault(w.At, "la rubrique n’a pas de page")
		}
	}
	var known []string
	for name := range pages {
		known = append(known, name)
	}
	slices.Sort(known)
	for _, l := range links {
		if l.set && !slices.Contains(known, l.s) {
			d.fault(l.at, "la page %s est inconnue%s", quote(l.s), orNear(l.s, known))
		}
	}
}

func (d *declarations) section(w *wireSection) *belvedere.Section {
	if w.Section == nil {
		d.fault(w.At, "la clé «\u00a0section\u00a0» manque")
		w.Section = &wireMenu{At: w.At}
	}
	code := d.required(w.Section.Code, w.Section.At, "code")
	if code != "" && !nameShape.MatchString(code) {
		d.fault(w.Section.Code.at, "le nom %s n’est pas admis", quote(code))
	}
	for _, s := range d.model.Sections {
		if s.Code == code {
			if w.Section.Label.set && w.Section.Label.s != s.Label {
				d.fault(w.Section.Label.at, "la rubrique %s s’appelle déjà %s", quote(code), quote(s.Label))
			}
			return s
		}
	}
	s := &belvedere.Section{Code: code, Label: d.required(w.Section.Label, w.Section.At, "label"), Fed: w.Section.Fed.on}
	d.model.Sections = append(d.model.Sections, s)
	return s
}

func (d *declarations) page(w *wirePage, section string, pages, paths nameSet) *belvedere.Page {
	p := &belvedere.Page{
		Code: d.name(w.Page, w.At, "page", nameShape, pages), Path: d.required(w.Path, w.At, "path"), Section: section,
		Label: d.required(w.Label, w.At, "label"), Title: d.required(w.Title, w.At, "title"), Intro: w.Intro.s, Tabs: w.Tabs.on,
	}
	if w.Path.s != "" && !pathShape.MatchString(w.Path.s) {
		d.fault(w.Path.at, "l’adresse %s doit s’écrire /rubrique/page, en minuscules sans accent", quote(w.Path.s))
	}
	d.once(w.Path, "l’adresse", paths)
	for i := range w.Blocks {
		p.Blocks = append(p.Blocks, d.block(&w.Blocks[i]))
	}
	d.blockIDs(w)
	d.periods(w, p)
	d.filters(w, p)
	return p
}

// blockIDs checks that the blocks of a page have their own names, since addresses hold them,
// and that tables shown one at a time are several.
func (d *declarations) blockIDs(w *wirePage) {
	seen, tables := nameSet{}, 0
	for _, b := range w.Blocks {
		if b.Chart != nil {
			d.name(b.Chart.ID, b.Chart.At, "id", nameShape, seen)
		}
		if b.Table != nil {
			tables++
			d.name(b.Table.ID, b.Table.At, "id", nameShape, seen)
			d.required(b.Table.Label, b.Table.At, "label")
		}
	}
	if w.Tabs.on && tables < 2 {
		d.fault(w.Tabs.at, "tabs demande au moins deux tableaux")
	}
}

func (d *declarations) periods(w *wirePage, p *belvedere.Page) {
	known := []string{"jour", "mois", "mois_dernier", "annee", "annee_derniere", "plage"}
	for _, one := range w.Periods {
		kind := belvedere.PeriodKind(d.oneOf(one, w.At, "periods", known...))
		if slices.Contains(p.Periods, kind) {
			d.fault(one.at, "la période %s est donnée deux fois", quote(one.s))
		}
		p.Periods = append(p.Periods, kind)
	}
	if len(p.Blocks) > 0 && len(p.Periods) == 0 {
		d.fault(w.At, "la clé «\u00a0periods\u00a0» manque\u00a0: la première période est celle par défaut")
	}
}

// filters checks that each filter of the form can act on some block.
func (d *declarations) filters(w *wirePage, p *belvedere.Page) {
	for _, f := range w.Filters {
		if slices.Contains(p.Filters, f.s) {
			d.fault(f.at, "le filtre %s est donné deux fois", quote(f.s))
		}
		p.Filters = append(p.Filters, f.s)
		switch {
		case f.s == "annee" || f.s == "etablissement" || recordAttributes[f.s] != "":
		case f.s == "periode":
			if len(p.Periods) < 2 {
				d.fault(f.at, "le filtre «\u00a0periode\u00a0» demande au moins deux périodes")
			}
		case !d.isDimension(f.s):
			d.fault(f.at, "le filtre %s ne porte sur aucune dimension", quote(f.s))
		case !d.pageHas(p, f.s):
			d.fault(f.at, "aucun indicateur de la page n’a la dimension %s", quote(f.s))
		}
	}
}

// pageHas tells whether a dimension belongs to a dataset that the page reads.
func (d *declarations) pageHas(p *belvedere.Page, dim string) bool {
	for _, c := range ColumnsOf(p) {
		ind := d.findIndicator(c.Indicator)
		if ind == nil {
			continue
		}
		for _, name := range DatasetsOf(ind) {
			if ds := d.dataset(name); ds != nil && ds.Dimension(dim) != nil {
				return true
			}
		}
	}
	return false
}

// ColumnsOf lists all the columns that a page asks for: figures and their context, charts, tables.
func ColumnsOf(p *belvedere.Page) []belvedere.Column {
	var out []belvedere.Column
	for _, b := range p.Blocks {
		if b.Strip != nil {
			for _, f := range b.Strip.Figures {
				out = append(append(out, f.Column), f.Context...)
			}
		}
		if b.Chart != nil {
			out = append(out, b.Chart.Columns...)
		}
		if b.Table != nil {
			out = append(out, b.Table.Columns...)
		}
	}
	return out
}

// DatasetsOf lists the datasets that the value and the rate of an indicator read, each once.
func DatasetsOf(ind *belvedere.Indicator) []string {
	refs := refsOf(ind.Value)
	if ind.Rate != nil {
		refs = append(append(refs, refsOf(ind.Rate.Num)...), refsOf(ind.Rate.Den)...)
	}
	var out []string
	for _, r := range refs {
		if !slices.Contains(out, r.Dataset) {
			out = append(out, r.Dataset)
		}
	}
	return out
}

// isLine tells whether lines can be schools, one of their attributes or a time.
func (d *declarations) isLine(name string) bool {
	return name == "etablissement" || recordAttributes[name] != "" || slices.Contains(timeDims, name)
}

// isDimension tells whether some dataset of facts has the dimension.
func (d *declarations) isDimension(name string) bool {
	return slices.ContainsFunc(d.model.Datasets, func(ds *belvedere.Dataset) bool {
		return ds.Kind != belvedere.Register && ds.Dimension(name) != nil
	})
}

// isAttribute tells whether the register of schools has the attribute.
func (d *declarations) isAttribute(name string) bool {
	return slices.ContainsFunc(d.model.Datasets, func(ds *belvedere.Dataset) bool {
		return ds.Kind == belvedere.Register && (ds.Measure(name) != nil || ds.Dimension(name) != nil)
	})
}

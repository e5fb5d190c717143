package report

import (
	"slices"
	"strings"
	"unicode"

	"belvedere"
	"belvedere/internal/words"
)

// filters fills the form, the chips and the active filters of the heading.
func (b *pageBuilder) filters() error {
	for _, name := range b.page.Filters {
		if f := b.filter(name); f != nil {
			b.view.Filters = append(b.view.Filters, *f)
		}
	}
	b.view.Filters = append(b.view.Filters, compareField(b.state.Compare))
	for _, f := range b.where {
		label := filterLabel(b.r, f.Dim)
		for _, v := range f.Values {
			without := b.address(func(s *State) {
				s.Filters[f.Dim] = slices.DeleteFunc(s.Filters[f.Dim], func(x string) bool { return x == v })
				s.Page = 1
			})
			b.view.Chips = append(b.view.Chips, Chip{Label: b.valueLabel(f.Dim, v), Without: without})
		}
		b.view.Heading.Filters = append(b.view.Heading.Filters, belvedere.Attribute{Name: label, Value: b.valuesLabel(f)})
	}
	return b.versionChip()
}

// filter makes one field of the form; nil when it offers no choice.
func (b *pageBuilder) filter(name string) *FilterView {
	f := &FilterView{Name: name, Label: filterLabel(b.r, name), Kind: "choix"}
	chosen := b.state.Filters[name]
	add := func(value, label string) {
		f.Options = append(f.Options, Option{Value: optionValue(value), Label: label, Selected: slices.Contains(chosen, value)})
	}
	switch name {
	case "annee":
		for i := len(b.years) - 1; i >= 0; i-- {
			y := b.years[i]
			f.Options = append(f.Options, Option{Value: y.String()[:4], Label: y.String(), Selected: y == b.state.Year})
		}
		return f
	case "periode":
		for _, k := range b.page.Periods {
			f.Options = append(f.Options, Option{Value: string(k), Label: k.Label(), Selected: k == b.state.Period})
		}
		return f
	case "etablissement":
		f.Kind = "etablissements"
		b.schoolOptions(f, add)
		return f
	case "type", "secteur", "commune", "departement", "academie":
		add("", allWord(name))
		b.attributeOptions(name, add)
		if len(f.Options) < 3 {
			return nil
		}
		return f
	}
	list := b.listOfFilter(name)
	if list == nil {
		return nil
	}
	add("", allWord(name))
	for _, c := range named(b.viewer.Scope, name, list.All()) {
		if !c.Total && (b.offers(name, c) || slices.Contains(chosen, c.Code)) {
			add(c.Code, c.Label)
		}
	}
	return f
}

// offers tells whether a code is worth a choice: a university has no nursery school.
func (b *pageBuilder) offers(name string, c belvedere.Code) bool {
	return name != "niveau" || c.Group == higherEducation || c.Group == "" || b.page.Section != HigherSection && !b.dir.allHigher(b.viewer)
}

// mostOptions is how many choices a field lists. Of more it lists the chosen ones, and the reader
// narrows the others by another field: 60,000 schools would be 5 MB on every page.
const mostOptions = 2000

// schoolOptions offers the schools that fit the other fields, and those already chosen.
func (b *pageBuilder) schoolOptions(f *FilterView, add func(value, label string)) {
	chosen := b.state.Filters["etablissement"]
	var fit []*School
	for _, s := range b.dir.ordered {
		if b.sight.opens(s.UAI) && (b.chosen(s) || slices.Contains(chosen, string(s.UAI))) {
			fit = append(fit, s)
		}
	}
	if f.Total = len(fit); f.Total > mostOptions {
		fit = slices.DeleteFunc(fit, func(s *School) bool { return !slices.Contains(chosen, string(s.UAI)) })
	}
	for _, s := range fit {
		add(string(s.UAI), s.label)
	}
}

// chosen keeps the schools of the chosen type, commune and so on in the chooser.
func (b *pageBuilder) chosen(s *School) bool {
	for _, name := range attributeDims {
		if values := b.state.Filters[name]; len(values) > 0 && !slices.Contains(values, s.Attribute(name)) {
			return false
		}
	}
	return true
}

// attributeOptions offers the values that the register holds for the schools of the viewer.
func (b *pageBuilder) attributeOptions(name string, add func(value, label string)) {
	values := slices.Clone(b.dir.values[name])
	if !b.viewer.Scope.AllSchools {
		seen := map[string]bool{}
		for _, s := range b.dir.ordered {
			if b.sight.opens(s.UAI) {
				seen[s.Attribute(name)] = true
			}
		}
		values = slices.DeleteFunc(values, func(v string) bool { return !seen[v] })
	}
	if len(values) > mostOptions {
		values = slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(b.state.Filters[name], v) })
	}
	list := map[string]*belvedere.CodeList{"type": b.r.model.CodeLists["types"], "secteur": b.r.model.CodeLists["secteurs"]}[name]
	if list != nil {
		for _, c := range list.All() {
			if slices.Contains(values, c.Code) {
				add(c.Code, c.Label)
				values = slices.DeleteFunc(values, func(v string) bool { return v == c.Code })
			}
		}
	}
	for _, v := range values {
		add(v, v)
	}
}

// listOfFilter is the code list of a dimension in the datasets of the page.
func (b *pageBuilder) listOfFilter(name string) *belvedere.CodeList {
	for _, dataset := range b.datasets() {
		if dim := b.r.model.Dataset(dataset).Dimension(name); dim != nil {
			return dim.List
		}
	}
	return nil
}

func filterLabel(r *Reporter, name string) string {
	switch name {
	case "annee":
		return "Année scolaire"
	case "periode":
		return "Période"
	case "etablissement":
		return "Établissements"
	case "type":
		return "Type"
	case "secteur":
		return "Secteur"
	case "commune":
		return "Commune"
	case "departement":
		return "Département"
	case "academie":
		return "Académie"
	}
	for _, d := range r.model.Datasets {
		if dim := d.Dimension(name); dim != nil {
			return dim.Label
		}
	}
	return name
}

// allWord is the option that sets no filter, with the gender that it needs.
func allWord(name string) string {
	switch name {
	case "commune", "academie", "nature", "tranche", "categorie":
		return "Toutes"
	}
	return "Tous"
}

func (b *pageBuilder) valueLabel(dim, value string) string {
	switch dim {
	case "etablissement":
		if s := b.dir.Find(belvedere.UAI(value)); s != nil && b.sight.opens(s.UAI) { // the others have no name here
			return s.Name
		}
		return value
	case "type", "secteur":
		if list := b.r.model.CodeLists[dim+"s"]; list != nil && list.Find(value) != nil {
			return list.Find(value).Label
		}
		return value
	}
	if list := b.listOfFilter(dim); list != nil && list.Find(value) != nil && mayName(b.viewer.Scope, dim, value) {
		return list.Find(value).Label
	}
	return value
}

// valuesLabel names up to five values, then counts the others.
func (b *pageBuilder) valuesLabel(f belvedere.Filter) string {
	const most = 5
	var names []string
	for i, v := range f.Values {
		if i == most {
			names = append(names, "et "+belvedere.FormatNumber(float64(len(f.Values)-most), 0)+" autres")
			break
		}
		names = append(names, b.valueLabel(f.Dim, v))
	}
	return strings.Join(names, ", ")
}

// heading titles the page from the selection.
func (b *pageBuilder) heading(table *belvedere.TableBlock) {
	h := &b.view.Heading
	h.Title = b.page.Title
	if b.page.Tabs && table != nil {
		h.Title = table.Label + b.titleTail()
	}
	h.Period = PeriodWords(b.period)
	var parts []string
	for _, f := range h.Filters {
		parts = append(parts, f.Value)
	}
	h.Selection = strings.Join(append(parts, h.Period), ", ")
	if c := b.state.Compare; c != "" {
		h.Filters = append(h.Filters, belvedere.Attribute{Name: "Comparer à", Value: strings.ToLower(c.Label())})
	}
	h.Filters = append(h.Filters, b.r.limitHeading(b.viewer.Scope)...)
	h.Rates = b.view.Rates == "taux"
	b.perimeter()
	h.At = b.r.now().In(b.r.zone)
	if t, err := b.r.Territory(b.ctx); err == nil {
		h.Territory = t.Name
	}
	h.Credit = b.r.credit(b.ctx, b.edition.Number, b.datasets())
	h.FileStem = slug(strings.Join([]string{h.Title, h.Selection}, " "))
	if h.Rates {
		h.FileStem += "-taux"
	}
	if b.state.Compare != "" {
		h.FileStem += "-compare"
	}
	if b.view.Over && b.state.Constant {
		h.FileStem += "-perimetre-constant"
	}
	b.view.State = b.state
	if r := b.view.Result; r != nil {
		b.view.Notes = r.Notes
		if !r.Coverage.UpTo.IsZero() {
			b.view.UpTo = "à jour au " + belvedere.ShortDate(r.Coverage.UpTo)
		}
	}
	if b.view.Rates == "" && table != nil && switches(b.page) {
		b.view.WhyOff = "Ce tableau n’a pas de taux."
	}
}

// switches tells whether some table of the page has rates: on the others no one misses the switch.
func switches(page *belvedere.Page) bool {
	return slices.ContainsFunc(page.Blocks, func(block belvedere.Block) bool { return block.Table != nil && block.Table.Rates })
}

// titleTail says what the lines are: " par établissement", " par niveau".
func (b *pageBuilder) titleTail() string {
	label := strings.ToLower(b.page.Label)
	switch {
	case strings.HasPrefix(label, "par "):
		return " " + label
	case strings.Contains(label, "niveau"):
		return ", détail par niveau"
	}
	return ""
}

// slug writes words as part of a file name: ASCII, lower case, dashes, at most 80 characters.
func slug(s string) string {
	var out strings.Builder
	dash := false
	for _, r := range words.Fold(s) {
		switch {
		case r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			if dash && out.Len() > 0 {
				out.WriteByte('-')
			}
			dash = false
			out.WriteRune(r)
		default:
			dash = true
		}
		if out.Len() >= 80 {
			break
		}
	}
	return out.String()
}

// optionValue is a value as the address of a page has it; "" is none.
func optionValue(v string) string {
	if v == "" {
		return ""
	}
	return WriteExploreValue(v)
}

package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/mapping"
	"belvedere/internal/registry"
)

// weightName is the measure that counts what a simple mean is taken over.
const weightName = "lignes"

// Declare gives the declarations that follow from a plan that Check found good: lists, dataset, file
// format, one indicator for each measure; a file format alone for an existing dataset.
func (p *Plan) Declare(m *belvedere.Model, seen []mapping.Seen) []registry.Declaration {
	name := p.Into
	if name == "" {
		name = p.Name
	}
	w := &writer{plan: p, model: m, seen: seen, dataset: name}
	var out []registry.Declaration
	add := func(kind registry.DeclarationKind, own, label, text string) {
		out = append(out, registry.Declaration{Kind: kind, Name: own, Dataset: name, Label: label, Text: text})
	}
	if p.Into == "" {
		for _, i := range p.of(Dimension) {
			if c := p.Columns[i]; c.List == "" {
				add(registry.DeclaredCodes, w.list(c), c.Label, w.codes(c))
			}
		}
		add(registry.DeclaredDataset, name, p.Label, w.set())
	}
	form := w.formName()
	add(registry.DeclaredForm, form, "Fichier de "+p.Source, w.form(form))
	if p.Into == "" {
		add(registry.DeclaredIndicators, name, p.Label, w.indicators())
	}
	return out
}

// A writer writes declarations as YAML; texts are quoted as JSON, which YAML reads.
type writer struct {
	plan    *Plan
	model   *belvedere.Model
	seen    []mapping.Seen
	dataset string
}

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(strings.Join(strings.Fields(s), " ")) // a string always encodes
	return strings.TrimSpace(b.String())
}

func (w *writer) list(c Column) string { return w.dataset + "_" + c.Name }

func (w *writer) codes(c Column) string {
	return fmt.Sprintf("codes:\n  - {list: %s, label: %s, open: true}\n", w.list(c), quoted(c.Label))
}

// formName is a name that no other format has.
func (w *writer) formName() string {
	base := w.dataset + "_fichier"
	name := base
	for n := 2; slices.ContainsFunc(w.model.Forms, func(f *belvedere.Form) bool { return f.Code == name }); n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	return name
}

// slice is what a delivery replaces: the finest that keeps files of the same year apart.
func (w *writer) slice() string {
	if w.plan.Time() == belvedere.ByDay {
		return "mois"
	}
	return string(w.plan.Time())
}

func (w *writer) set() string {
	p := w.plan
	var b strings.Builder
	fmt.Fprintf(&b, "dataset: %s\nlabel: %s\ndoc: %s\nkind: %s\ntime: %s\n", p.Name, quoted(p.Label), quoted(p.Doc), p.Kind, p.Time())
	if p.Place() != belvedere.BySchool {
		fmt.Fprintf(&b, "place: %s\n", p.Place())
	}
	repeat := p.Repeat
	if repeat == "" {
		repeat = "erreur"
	}
	fmt.Fprintf(&b, "slice: [etablissement, %s]\nrepeat: %s\nfaulty: 5%%\nretention: %s\n", w.slice(), repeat, quoted(p.Keep))
	if dims := p.of(Dimension); len(dims) > 0 {
		b.WriteString("dimensions:\n")
		for _, i := range dims {
			c := p.Columns[i]
			list := c.List
			if list == "" {
				list = w.list(c)
			}
			fmt.Fprintf(&b, "  - {name: %s, label: %s, codes: %s, optional: true}\n", c.Name, quoted(c.Label), list)
		}
	}
	b.WriteString("measures:\n")
	for _, i := range p.of(Measure) {
		c := p.Columns[i]
		fmt.Fprintf(&b, "  - {name: %s, label: %s, unit: %s%s}\n", c.Name, quoted(c.Label), quoted(c.Unit), w.numbers(i))
		if c.Adds == Weighted {
			fmt.Fprintf(&b, "  - {name: %s_poids, label: %s, unit: poids, decimal: true}\n", c.Name, quoted("Poids de "+c.Label))
		}
	}
	if w.counts() {
		fmt.Fprintf(&b, "  - {name: %s, label: Lignes, unit: lignes, decimal: true}\n", weightName)
	}
	return b.String()
}

// counts tells whether a mean needs the number of what it is taken over.
func (w *writer) counts() bool {
	p := w.plan
	return p.Place() != belvedere.BySchool || slices.ContainsFunc(p.Columns, func(c Column) bool { return c.Role == Measure && c.Adds == Simple })
}

// numbers says how the numbers of a measure are stored.
func (w *writer) numbers(i int) string {
	c, out := w.plan.Columns[i], ""
	whole := i < len(w.seen) && (w.seen[i].Shape == mapping.Integer || w.seen[i].Shape == mapping.Year)
	if !whole || c.Adds != Adds || w.plan.Place() != belvedere.BySchool {
		out += ", decimal: true"
	}
	if i < len(w.seen) && w.seen[i].Negative {
		out += ", negative: true"
	}
	return out
}

// hundredths tells whether a mean in % is written 46,4 in the file: a ratio is kept, which "%" shows times a hundred.
func (w *writer) hundredths(i int) bool {
	c := w.plan.Columns[i]
	return c.Role == Measure && c.Adds != Adds && c.Unit == "%" && (i >= len(w.seen) || w.seen[i].Most > 1)
}

// column is the name of a column of the file within the format.
func column(i int) string { return fmt.Sprintf("c%d", i+1) }

func (w *writer) form(name string) string {
	p := w.plan
	var b strings.Builder
	fmt.Fprintf(&b, "form: %s\nlabel: %s\nsource: %s\nrank: 20\ncolumns:\n", name, quoted(w.formLabel()), quoted(p.Source))
	used := map[int]bool{}
	for i, c := range p.Columns {
		used[i] = used[i] || c.Role != Ignored
		if c.Role == Measure && c.Adds == Weighted {
			used[c.Weight] = true
		}
	}
	for i, c := range p.Columns {
		if used[i] {
			fmt.Fprintf(&b, "  - {name: %s, headers: [%s], required: true}\n", column(i), quoted(c.Header))
		}
	}
	if i := p.key(KeySchool); i >= 0 && len(p.Left) > 0 {
		left := make([]string, len(p.Left))
		for k, name := range p.Left {
			left[k] = quoted(name)
		}
		fmt.Fprintf(&b, "skip:\n  - column: %s\n    values:\n      - %s\n    reason: nom sans établissement dans la table de correspondance\n", column(i), strings.Join(left, "\n      - "))
	}
	fmt.Fprintf(&b, "outputs:\n  - dataset: %s\n    set:\n", w.dataset)
	for _, line := range w.assignments() {
		b.WriteString("      " + line + "\n")
	}
	if len(p.Schools) > 0 {
		b.WriteString("    codes:\n      etablissement:\n")
		for _, spelling := range slices.Sorted(maps.Keys(p.Schools)) {
			fmt.Fprintf(&b, "        %s: %s\n", quoted(spelling), quoted(string(p.Schools[spelling])))
		}
	}
	return b.String()
}

func (w *writer) formLabel() string {
	label := w.plan.Label
	if d := w.model.Dataset(w.plan.Into); d != nil {
		label = d.Label
	}
	return label + ", fichier de " + w.plan.Source
}

// assignments say how each column of the dataset is made of those of the file.
func (w *writer) assignments() (out []string) {
	p := w.plan
	set := func(name, expr string) { out = append(out, name+": "+quoted(expr)) }
	if i := p.key(KeySchool); i >= 0 {
		set("etablissement", "{"+column(i)+"}")
	}
	if i := p.key(KeyTown); i >= 0 {
		set("commune", "pad({"+column(i)+"}, 5)")
	}
	set(string(w.time()), w.moment())
	for i, c := range p.Columns {
		in := "{" + column(i) + "}"
		if w.hundredths(i) {
			in += " / 100"
		}
		switch {
		case c.Role == Dimension:
			set(c.Name, in)
		case c.Role == Measure && c.Adds == Weighted:
			weight := "{" + column(c.Weight) + "}"
			set(c.Name, in+" * "+weight)
			set(c.Name+"_poids", fmt.Sprintf("if(vide(%s), '', %s)", in, weight))
		case c.Role == Measure:
			set(c.Name, in)
		}
	}
	if w.plan.Into == "" && w.counts() {
		set(weightName, "1")
	}
	return out
}

// time is the grain of the dataset that is fed.
func (w *writer) time() belvedere.TimeGrain {
	if d := w.model.Dataset(w.plan.Into); d != nil {
		return d.Time
	}
	return w.plan.Time()
}

// moment gives the time of a row in the grain of the dataset.
func (w *writer) moment() string {
	p, grain := w.plan, w.time()
	year := "'" + p.Year + "'"
	if i := p.key(KeyYear); i >= 0 {
		year = "{" + column(i) + "}"
	}
	switch i := p.key(KeyDay); {
	case i >= 0 && grain == belvedere.ByMonth:
		return "left(date({" + column(i) + "}), 7)"
	case i >= 0:
		return "date({" + column(i) + "})"
	}
	if i := p.key(KeyMonth); i >= 0 {
		return "{" + column(i) + "}"
	}
	if grain == belvedere.ByDay {
		return "rentree(" + year + ")"
	}
	return "annee(" + year + ")"
}

func (w *writer) indicators() string {
	p := w.plan
	var b strings.Builder
	theme := slices.IndexFunc(w.model.Themes, func(t belvedere.Theme) bool { return t.Code == p.Theme || t.Label == p.Theme })
	if theme >= 0 {
		fmt.Fprintf(&b, "theme: %s\n", w.model.Themes[theme].Code)
	} else {
		fmt.Fprintf(&b, "theme: %s\nlabel: %s\n", Slug(p.Theme), quoted(p.Theme))
	}
	b.WriteString("indicators:\n")
	for _, i := range p.of(Measure) {
		w.indicator(&b, p.Columns[i], i)
	}
	return b.String()
}

// code is the code of the indicator of a measure.
func (w *writer) code(c Column) string { return w.dataset + "_" + c.Name }

func (w *writer) indicator(b *strings.Builder, c Column, i int) {
	p := w.plan
	definition := c.Label + " (" + c.Unit + "). " + p.Doc
	ref := w.dataset + "." + c.Name
	decimals := 0
	if strings.Contains(w.numbers(i), "decimal") && (i >= len(w.seen) || w.seen[i].Shape != mapping.Integer || c.Adds != Adds) {
		decimals = 1
	}
	place := p.Place()
	mean, over := w.dataset+"."+weightName, "lignes"
	if c.Adds == Weighted {
		mean, over = ref+"_poids", "poids"
	}
	switch {
	case place == belvedere.ByTown:
		over = "communes"
		definition += " Compté par commune\u00a0: un établissement montre le chiffre de sa commune, et plusieurs communes leur moyenne."
	case place == belvedere.ByTerritory:
		over = "territoire"
		definition += " Compté pour tout le territoire\u00a0: chaque établissement montre le même chiffre."
	case c.Adds == Weighted:
		definition += " Moyenne pondérée par «\u00a0" + p.Columns[c.Weight].Header + "\u00a0»."
	case c.Adds == Simple:
		definition += " Moyenne simple\u00a0: chaque ligne du fichier compte pour une."
	}
	fmt.Fprintf(b, "  - code: %s\n    label: %s\n    definition: %s\n    since: \"1990\"\n    recipients: Établissement et collectivité\n    basis: %s\n    widget: %s\n    unit: %s\n    decimals: %d\n    secrecy: %s\n",
		w.code(c), quoted(c.Label), quoted(definition), quoted(p.Basis), quoted(p.Widget), quoted(c.Unit), decimals, quoted(p.Secrecy))
	whole := place == belvedere.BySchool || len(p.of(Dimension)) == 0
	if c.Adds == Adds {
		fmt.Fprintf(b, "    value: %s\n", ref)
	}
	if c.Adds != Adds && place == belvedere.BySchool || place != belvedere.BySchool && whole {
		if c.Adds != Adds {
			fmt.Fprintf(b, "    value: %s / %s\n", ref, mean)
			return
		}
		fmt.Fprintf(b, "    rate: {label: %s, num: %s, num_label: %s, den: %s, den_label: %s, decimals: 1}\n",
			quoted(c.Label+" ("+perWhat(place, p.Time(), p.Kind)+")"), ref, quoted(c.Unit), mean, over)
	}
}

// perWhat says what a mean of a dataset that is not counted by school is taken over.
func perWhat(place belvedere.Place, time belvedere.TimeGrain, kind belvedere.DatasetKind) string {
	text := "par commune"
	if place == belvedere.ByTerritory {
		text = "du territoire"
	}
	if kind == belvedere.Flow && time != belvedere.ByYear {
		text += ", par " + string(time)
	}
	return text
}

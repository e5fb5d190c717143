package report

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"belvedere"
)

// ExplorePath is the page of the explorer.
const ExplorePath = "/explorateur"

// The filters of a state stand in parameters of their own, so that no dimension meets another name.
const (
	filterPrefix = "filtre."
	exceptPrefix = "sauf."
)

// ParseExplore reads a state from an address or a form. Unknown names are left aside; a malformed
// value is an Invalid error. Whether indicators and dimensions exist is asked of the catalogue later.
func ParseExplore(v url.Values) (Explore, error) {
	e, faults := ReadExplore(v)
	if len(faults) > 0 {
		return Explore{}, faults[0]
	}
	return e, nil
}

// ReadExplore reads what can be read of an address or of a form, and says what cannot: whoever mistypes
// a date keeps the rest of the question. What is at fault is left out of the state.
func ReadExplore(v url.Values) (Explore, []error) {
	e := Explore{}
	var faults []error
	for _, read := range []func(*Explore, url.Values) error{parseColumns, parseDims, parseWhere, parseSpan, parseManner, parseNumbers} {
		before := e
		if err := read(&e, v); err != nil {
			faults = append(faults, err)
			columns, lines := e.normal().Columns, e.normal().Lines // those that were read stay
			e = before
			e.Columns, e.Lines = columns[:min(len(columns), MostExploreColumn)], lines[:min(len(lines), MostLines)]
		}
	}
	return e.normal(), faults
}

func parseColumns(e *Explore, v url.Values) error {
	for _, list := range v["indicateurs"] {
		for _, text := range SplitIndicators(list) {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			c, err := parseExploreColumn(text)
			if err != nil {
				return err
			}
			if e.Columns = append(e.Columns, c); len(e.Columns) > 4*MostExploreColumn {
				return tooManyColumns()
			}
		}
	}
	if len(e.normal().Columns) > MostExploreColumn {
		return tooManyColumns()
	}
	return nil
}

func tooManyColumns() error {
	return belvedere.Errorf(belvedere.TooLarge, "Un tableau de l’explorateur a %d indicateurs au plus. Retirez-en, ou demandez-les en deux tableaux.", MostExploreColumn)
}

// parseExploreColumn reads "eleves", "absences_taux", "classes@1", "eleves[niveau=6eme|5eme;sexe!=F]".
func parseExploreColumn(text string) (ExploreColumn, error) {
	name, own, cut := strings.Cut(text, "[")
	code, version, err := splitVersion(strings.TrimSpace(name))
	c := ExploreColumn{Indicator: code, Version: version}
	if err != nil {
		return c, err
	}
	c.Indicator, c.Rate = strings.CutSuffix(c.Indicator, rateSuffix)
	if !plainName(strings.TrimPrefix(c.Indicator, formulaPrefix)) {
		return c, belvedere.Errorf(belvedere.Invalid, "indicateurs : %q n’est pas le code d’un indicateur", shortened(text))
	}
	if !cut {
		return c, nil
	}
	own, closed := strings.CutSuffix(strings.TrimSpace(own), "]")
	if !closed {
		return c, belvedere.Errorf(belvedere.Invalid, "indicateurs : il manque un crochet à la fin de %q", shortened(text))
	}
	for _, part := range strings.Split(own, ";") {
		dim, values, ok := strings.Cut(part, "=")
		f := belvedere.Filter{Dim: strings.TrimSpace(dim)}
		f.Dim, f.Not = strings.CutSuffix(f.Dim, "!")
		if !ok || !plainName(f.Dim) {
			return c, belvedere.Errorf(belvedere.Invalid, "indicateurs : %q doit s’écrire dimension=valeur", shortened(part))
		}
		for _, one := range strings.Split(values, "|") {
			f.Values = append(f.Values, readValue(one))
		}
		c.Where = append(c.Where, f)
	}
	c.Where = normalFilters(c.Where)
	return c, nil
}

const (
	rateSuffix    = "_taux"
	formulaPrefix = belvedere.FormulaPrefix
)

// String writes the column as addresses do.
func (c ExploreColumn) String() string {
	text := c.Indicator
	if c.Rate {
		text += rateSuffix
	}
	if c.Version > 0 {
		text += "@" + strconv.Itoa(c.Version)
	}
	var own []string
	for _, f := range c.Where {
		op := "="
		if f.Not {
			op = "!="
		}
		own = append(own, f.Dim+op+strings.Join(writeValues(f.Values), "|"))
	}
	if len(own) > 0 {
		text += "[" + strings.Join(own, ";") + "]"
	}
	return text
}

// plainName tells whether a text can be the code of an indicator or of a dimension. Codes of formulas
// are longer words of the same letters.
func plainName(s string) bool {
	if s == "" || len(s) > 100 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '-' {
			return false
		}
	}
	return true
}

// special are the bytes that a value of a filter never bears as they are: those that part lists.
const special = "|;[]=,!~"

// WriteExploreValue writes the value of a filter as addresses and forms do: what parts lists is
// escaped, and the code of what is not broken down, which is empty, is "~".
func WriteExploreValue(v string) string {
	if v == "" {
		return "~"
	}
	edges := strings.TrimSpace(v) != v // which reading would cut
	if !edges && !strings.ContainsAny(v, special) {
		return v
	}
	var out strings.Builder
	for i := range len(v) {
		if strings.IndexByte(special, v[i]) >= 0 || edges && (v[i] <= ' ' || v[i] >= 0x80) {
			fmt.Fprintf(&out, "~%02X", v[i])
		} else {
			out.WriteByte(v[i])
		}
	}
	return out.String()
}

func writeValues(list []string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = WriteExploreValue(v)
	}
	return out
}

// readValue reads what WriteExploreValue wrote.
func readValue(s string) string {
	s = strings.TrimSpace(s)
	if s == "~" {
		return ""
	}
	if !strings.Contains(s, "~") {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '~' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func parseDims(e *Explore, v url.Values) error {
	for _, name := range splitValues(v["lignes"]) {
		if !plainName(name) {
			return belvedere.Errorf(belvedere.Invalid, "lignes : %q n’est pas le nom d’une dimension", shortened(name))
		}
		if !slices.Contains(e.Lines, name) {
			e.Lines = append(e.Lines, name)
		}
	}
	if e.Across = strings.TrimSpace(v.Get("colonnes")); e.Across != "" && !plainName(e.Across) {
		return belvedere.Errorf(belvedere.Invalid, "colonnes : %q n’est pas le nom d’une dimension", shortened(e.Across))
	}
	if len(e.normal().Lines) > MostLines {
		return belvedere.Errorf(belvedere.Invalid, "lignes : %d dimensions au plus ; mettez l’une d’elles en colonnes, ou filtrez sur elle", MostLines)
	}
	return nil
}

func parseWhere(e *Explore, v url.Values) error {
	count := 0
	for _, code := range splitValues(v["population"]) {
		if !plainName(code) || len(e.Among) > 20 {
			return belvedere.Errorf(belvedere.Invalid, "population : %q n’est pas le code d’une population", shortened(code))
		}
		e.Among = append(e.Among, code)
	}
	for name, list := range v {
		dim, found := strings.CutPrefix(name, filterPrefix)
		not := false
		if !found {
			if dim, not = strings.CutPrefix(name, exceptPrefix); !not {
				continue
			}
		}
		if !plainName(dim) {
			return belvedere.Errorf(belvedere.Invalid, "%s : ce n’est pas le nom d’une dimension", shortened(name))
		}
		f := belvedere.Filter{Dim: dim, Not: not}
		for _, one := range splitValues(list) {
			f.Values = append(f.Values, readValue(one))
		}
		if count += len(f.Values); count > mostExploreValues {
			return belvedere.Errorf(belvedere.TooLarge, "Les filtres nomment plus de %d valeurs. Filtrez sur une dimension plus large, ou gardez toutes les valeurs.", mostExploreValues)
		}
		e.Where = append(e.Where, f)
	}
	return nil
}

func parseSpan(e *Explore, v url.Values) error {
	for name, into := range map[string]*belvedere.SchoolYear{"annee": &e.Span.Year, "depuis": &e.Span.Since} {
		if text := strings.TrimSpace(v.Get(name)); text != "" {
			year, err := belvedere.ParseSchoolYear(text)
			if err != nil {
				return belvedere.Errorf(belvedere.Invalid, "%s : %v", name, err)
			}
			*into = year
		}
	}
	switch s := e.Span; {
	case s.Since != 0 && s.Year != 0 && s.Year-s.Since > mostExploreYears:
		return belvedere.Errorf(belvedere.Invalid, "depuis : %d années au plus", mostExploreYears)
	}
	e.Span.Kind = belvedere.PeriodKind(v.Get("periode"))
	if k := e.Span.Kind; k != "" && (k.Label() == string(k) || k == belvedere.FreeRange) {
		return belvedere.Errorf(belvedere.Invalid, "periode : %q est inconnue ; jour, mois, mois_dernier, annee ou annee_derniere", shortened(string(k)))
	}
	if e.Span.Kind == belvedere.ThisYear {
		e.Span.Kind = ""
	}
	from, to := strings.TrimSpace(v.Get("du")), strings.TrimSpace(v.Get("au"))
	if from == "" && to == "" {
		return nil
	}
	a, err := belvedere.ParseDate(from)
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "du : %v", err)
	}
	z, err := belvedere.ParseDate(to)
	if err != nil {
		return belvedere.Errorf(belvedere.Invalid, "au : %v", err)
	}
	if z.Before(a) {
		return belvedere.Errorf(belvedere.Invalid, "au : la fin de la période, le %s, est avant son début, le %s ; échangez les deux dates.", belvedere.ShortDate(z), belvedere.ShortDate(a))
	}
	e.Span.From, e.Span.To = a, z.AddDate(0, 0, 1)
	return nil
}

// parseManner reads the choices that have few values.
func parseManner(e *Explore, v url.Values) error {
	for name, read := range map[string]struct {
		into *bool
		on   string
	}{"mode": {&e.Rates, "taux"}, "part": {&e.Share, "total"}, "sous_totaux": {&e.Subtotals, "oui"}, "perimetre": {&e.Constant, "constant"}} {
		switch text := v.Get(name); text {
		case "", "valeurs", "non", "tous":
		case read.on:
			*read.into = true
		default:
			return belvedere.Errorf(belvedere.Invalid, "%s : %q est inconnu ; %s est la seule valeur", name, shortened(text), read.on)
		}
	}
	if e.Shape = Shape(v.Get("forme")); e.Shape != "" && !slices.Contains(Shapes, e.Shape) {
		return belvedere.Errorf(belvedere.Invalid, "forme : %q est inconnue", shortened(string(e.Shape)))
	}
	if e.Sort = v.Get("tri"); len(e.Sort) > 300 {
		return belvedere.Errorf(belvedere.Invalid, "tri : ce n’est pas le nom d’une colonne")
	}
	var err error
	e.Compare, err = belvedere.ParseCompare(v.Get("comparer"))
	return err
}

func parseNumbers(e *Explore, v url.Values) error {
	for name, into := range map[string]struct {
		n    *int
		most int
	}{"page": {&e.Page, mostPages}, "edition": {&e.Edition, mostPages}, "premiers": {&e.Top, mostTop}} {
		text := strings.TrimSpace(v.Get(name))
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > into.most {
			return belvedere.Errorf(belvedere.Invalid, "%s : %q doit être un entier de 1 à %d", name, shortened(text), into.most)
		}
		*into.n = n
	}
	return nil
}

// shortened cuts what an address holds, for messages.
func shortened(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// Values writes the state as the parameters of an address, without what is at its default.
func (e Explore) Values() url.Values {
	e = e.normal()
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	number := func(name string, n, none int) {
		if n != none {
			v.Set(name, strconv.Itoa(n))
		}
	}
	flag := func(name string, on bool, value string) {
		if on {
			v.Set(name, value)
		}
	}
	var columns []string
	for _, c := range e.Columns {
		columns = append(columns, c.String())
	}
	set("indicateurs", strings.Join(columns, ","))
	set("lignes", strings.Join(e.Lines, ","))
	set("colonnes", e.Across)
	for _, f := range e.Where {
		prefix := filterPrefix
		if f.Not {
			prefix = exceptPrefix
		}
		set(prefix+f.Dim, strings.Join(writeValues(f.Values), ","))
	}
	set("population", strings.Join(e.Among, ","))
	number("annee", int(e.Span.Year), 0)
	number("depuis", int(e.Span.Since), 0)
	set("periode", string(e.Span.Kind))
	if !e.Span.From.IsZero() {
		set("du", e.Span.From.Format(time.DateOnly))
		set("au", e.Span.To.AddDate(0, 0, -1).Format(time.DateOnly))
	}
	set("comparer", string(e.Compare))
	flag("perimetre", e.Constant, "constant")
	flag("mode", e.Rates, "taux")
	flag("part", e.Share, "total")
	flag("sous_totaux", e.Subtotals && e.Shape != AsPivot, "oui")
	number("premiers", e.Top, 0)
	set("tri", e.Sort)
	if e.Shape != AsTable {
		set("forme", string(e.Shape))
	}
	number("page", e.Page, 1)
	number("edition", e.Edition, 0)
	return v
}

// Encode writes the state as a query string: equal states have one text.
func (e Explore) Encode() string {
	return strings.NewReplacer("%2C", ",", "%40", "@", "%3A", ":").Replace(e.Values().Encode())
}

// Address is the page of the explorer in this state.
func (e Explore) Address() string {
	if q := e.Encode(); q != "" {
		return ExplorePath + "?" + q
	}
	return ExplorePath
}

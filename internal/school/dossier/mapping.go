package dossier

import (
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/declaration"
	"belvedere/internal/mapping"
)

// A Mapping says how files of a source carry kinds: which tables there are, which columns of them are
// which columns of a kind, and which values stand for which codes. It is declared in the catalogue,
// or made by an institution and kept in its vault.
type Mapping struct {
	Name   string            `json:"nom"`
	Label  string            `json:"libelle"`
	Doc    string            `json:"doc,omitempty"`
	Spaces map[string]string `json:"espaces,omitempty"` // kinds whose people are of another space
	Starts []Pair            `json:"debuts,omitempty"`  // last letters of a period → MM-DD of its first day
	Tables []Table           `json:"tables"`
	Output []Output          `json:"sorties"`
	Own    bool              `json:"-"` // of the institution
}

// A Table is one table of the set, recognised by the columns that it must have.
type Table struct {
	Name    string   `json:"nom"`
	Headers []string `json:"colonnes"`
}

// An Output makes rows of a kind of the rows of a table.
type Output struct {
	Kind  string `json:"genre"`
	From  string `json:"table"`
	Joins []Join `json:"jointures,omitempty"`
	Cells []Cell `json:"cellules"`
}

// A Join finds the row of another table whose columns have the same values. Without a row, its
// columns are empty; without the table, they are looked for in the main one.
type Join struct {
	Table string   `json:"table"`
	On    []string `json:"sur"` // of both tables, or "ours=theirs"
}

// A Cell is how a column of the kind is filled.
type Cell struct {
	Column string   `json:"colonne"`
	From   []string `json:"de,omitempty"`      // headers: joined by Sep, or the first that is not empty without it
	Sep    string   `json:"entre,omitempty"`   // between the values of several headers
	Const  string   `json:"fixe,omitempty"`    // the same for all rows
	Values []Pair   `json:"valeurs,omitempty"` // spelling in the file → what it stands for
	Else   string   `json:"sinon,omitempty"`   // of other values, when Values has some
	After  string   `json:"apres,omitempty"`   // header of the period from whose first day the value counts days
	Label  bool     `json:"issue,omitempty"`   // the value is the label of a result: the issue that it tells
	Start  bool     `json:"debut,omitempty"`   // the value is a period: its first day
}

// Kinds are those that a mapping gives rows of.
func (m *Mapping) Kinds() (list []string) {
	for _, o := range m.Output {
		if !slices.Contains(list, o.Kind) {
			list = append(list, o.Kind)
		}
	}
	return list
}

// start is the first day of a period written as a year and letters: 2014J.
func (m *Mapping) start(period string) (time.Time, bool) {
	for _, p := range m.Starts {
		year, ok := strings.CutSuffix(period, p.Name)
		if !ok || len(year) != 4 {
			continue
		}
		d, err := time.Parse("2006-01-02", year+"-"+p.Value)
		return d, err == nil
	}
	return time.Time{}, false
}

// Mapping is a declared one by name, nil when there is none.
func (c *Catalog) Mapping(name string) *Mapping {
	i := slices.IndexFunc(c.Mappings, func(m Mapping) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Mappings[i]
}

// mapping reads the declaration of a mapping.
func (d *declared) mapping(n declaration.Node, kinds Kinds) Mapping {
	f := n.Fields("mapping", "label", "doc", "spaces", "starts", "tables", "outputs")
	m := Mapping{Name: named(n, f, "mapping"), Label: n.Word(f, "label", true), Doc: n.Word(f, "doc", true), Spaces: map[string]string{}}
	if _, twice := d.at["mapping "+m.Name]; twice {
		f["mapping"].Fault("«\u00a0%s\u00a0» est déclaré deux fois", m.Name)
	}
	d.at["mapping "+m.Name] = n
	if v, ok := f["spaces"]; ok {
		for _, p := range pairsOf(v) {
			m.Spaces[p.Name] = p.Value
		}
	}
	if v, ok := f["starts"]; ok {
		m.Starts = pairsOf(v)
		for _, p := range m.Starts {
			if _, err := time.Parse("01-02", p.Value); err != nil {
				v.Fault("«\u00a0%s\u00a0» n’est pas un jour de l’année (MM-JJ)", p.Value)
			}
		}
	}
	for _, one := range under(n, f, "tables").List {
		t := one.Fields("name", "headers")
		m.Tables = append(m.Tables, Table{Name: named(one, t, "name"), Headers: words(under(one, t, "headers"))})
	}
	for _, one := range under(n, f, "outputs").List {
		m.Output = append(m.Output, d.output(one, &m, kinds))
	}
	if len(m.Tables) == 0 || len(m.Output) == 0 {
		n.Fault("une correspondance a des tables («\u00a0tables\u00a0») et des sorties («\u00a0outputs\u00a0»)")
	}
	return m
}

// has tells whether a mapping has a table of a name.
func (m *Mapping) has(table string) bool {
	return slices.ContainsFunc(m.Tables, func(t Table) bool { return t.Name == table })
}

func (d *declared) output(n declaration.Node, m *Mapping, kinds Kinds) Output {
	f := n.Fields("kind", "table", "joins", "cells")
	o := Output{Kind: n.Word(f, "kind", true), From: n.Word(f, "table", true)}
	k := kinds.Kind(o.Kind)
	if k == nil {
		under(n, f, "kind").Fault("la sorte de fichiers «\u00a0%s\u00a0» n’est pas déclarée", o.Kind)
		return o
	}
	if !m.has(o.From) {
		under(n, f, "table").Fault("la table «\u00a0%s\u00a0» n’est pas déclarée", o.From)
	}
	for _, one := range f["joins"].List {
		j := one.Fields("table", "on")
		join := Join{Table: one.Word(j, "table", true), On: words(under(one, j, "on"))}
		if !m.has(join.Table) {
			one.Fault("la table «\u00a0%s\u00a0» n’est pas déclarée", join.Table)
		}
		o.Joins = append(o.Joins, join)
	}
	for _, p := range under(n, f, "cells").Pairs {
		if k.Column(p.Key.Text) == nil {
			p.Key.Fault("«\u00a0%s\u00a0» n’a pas de colonne «\u00a0%s\u00a0»", k.Label, p.Key.Text)
		}
		o.Cells = append(o.Cells, cell(p))
	}
	return o
}

// cell reads "header", "'text'", or the whole form.
func cell(p declaration.Pair) Cell {
	c := Cell{Column: p.Key.Text}
	if p.Value.Scalar {
		text := p.Value.Text
		if constant, ok := strings.CutPrefix(text, "'"); ok && strings.HasSuffix(constant, "'") && len(constant) > 0 {
			c.Const = strings.TrimSuffix(constant, "'")
			return c
		}
		c.From = []string{text}
		return c
	}
	f := p.Value.Fields("from", "sep", "values", "else", "after", "start", "outcome")
	from := under(p.Value, f, "from")
	if from.IsList {
		c.From = words(from)
	} else {
		c.From = []string{p.Value.Word(f, "from", true)}
	}
	c.Sep, c.Else, c.After, c.Start = p.Value.Word(f, "sep", false), p.Value.Word(f, "else", false), p.Value.Word(f, "after", false), declaration.Truth(f, "start")
	c.Label = declaration.Truth(f, "outcome")
	if v, ok := f["values"]; ok {
		c.Values = pairsOf(v)
	}
	return c
}

// check tells in French what makes a mapping of an institution unusable.
func (m *Mapping) check(kinds Kinds) error {
	wrong := func(format string, args ...any) error { return belvedere.Errorf(belvedere.Invalid, format, args...) }
	if !identifier.MatchString(m.Name) || len(m.Name) > 40 {
		return wrong("Le nom d’une correspondance a des lettres minuscules sans accent, des chiffres et «\u00a0_\u00a0», 40 au plus.")
	}
	if strings.TrimSpace(m.Label) == "" {
		return wrong("Donnez un intitulé à la correspondance.")
	}
	if len(m.Tables) == 0 || len(m.Output) == 0 {
		return wrong("La correspondance ne remplit aucune colonne.")
	}
	for _, o := range m.Output {
		k := kinds.Kind(o.Kind)
		if k == nil {
			return wrong("La sorte de fichiers «\u00a0%s\u00a0» n’est pas déclarée.", o.Kind)
		}
		filled := map[string]bool{}
		for _, c := range o.Cells {
			if k.Column(c.Column) == nil {
				return wrong("«\u00a0%s\u00a0» n’a pas de colonne «\u00a0%s\u00a0».", k.Label, c.Column)
			}
			if filled[c.Column] {
				return wrong("La colonne «\u00a0%s\u00a0» est remplie deux fois.", k.Column(c.Column).Label)
			}
			filled[c.Column] = true
			if header, who := c.names(k); who != "" {
				return wrong("La colonne «\u00a0%s\u00a0» du fichier annonce qui est une personne (%s)\u00a0: elle ne peut pas remplir «\u00a0%s\u00a0», dont les valeurs sont comptées et montrées hors de l’établissement.",
					header, who, k.Column(c.Column).Label)
			}
		}
		for i := range k.Columns {
			if c := &k.Columns[i]; c.Required && !filled[c.Name] && c.Default == "" {
				return wrong("«\u00a0%s\u00a0» demande la colonne «\u00a0%s\u00a0»\u00a0: dites quelle colonne du fichier la donne.", k.Label, c.Label)
			}
		}
	}
	return nil
}

// names tells which header of a cell announces who a person is, where the column holds codes that leave as a
// dimension: however few people a file has, their names are no codes.
func (c *Cell) names(k *Kind) (header string, who mapping.Identity) {
	if column := k.Column(c.Column); !column.Open() && column.Labels == "" {
		return "", ""
	}
	for _, h := range c.From {
		switch id := mapping.Look(h, nil).Identity; id {
		case "", mapping.PersonKey, mapping.Birth: // "code composante enseignant", "pays de naissance" are codes
		default:
			return h, id
		}
	}
	return "", ""
}

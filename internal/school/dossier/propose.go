package dossier

import (
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/mapping"
)

// sampled is how many rows are looked at, and shown how many of them.
const (
	sampled = 400
	shown   = 12
)

// A Proposal is what seems to be in files of which nobody has said it yet.
type Proposal struct {
	Kind    *Kind
	Files   []string
	Headers []string
	Seen    []mapping.Seen // what each column looks like, identities flagged
	Sample  [][]string     // the first rows
	Cells   []Cell         // columns proposed, in the order of the kind
	Why     map[string]string
	Missing []string // labels of required columns that nothing seems to fill
	rows    [][]string
}

// Propose looks at the first table of files and says which of its columns seem to be which of a kind.
func (s *Service) Propose(kind string, files []File) (p Proposal, err error) {
	if p.Kind, err = s.kind(kind); err != nil {
		return p, err
	}
	parts, err := tables(files)
	if err != nil {
		return p, err
	}
	for _, one := range parts {
		p.Files = append(p.Files, one.name)
	}
	found, err := p.nearest(parts)
	if err != nil {
		return p, err
	}
	p.Seen, p.Why = found.Seen, map[string]string{}
	p.show()
	for _, m := range found.Matches {
		p.Cells = append(p.Cells, Cell{Column: m.Target, From: []string{p.Headers[m.Column]}})
		p.Why[m.Target] = m.Reason
	}
	p.named()
	p.readWith()
	for _, name := range found.Missing {
		if c := p.Kind.Column(name); c.Default == "" && !p.filled(name) {
			p.Missing = append(p.Missing, c.Label)
		}
	}
	return p, nil
}

// show keeps the first rows for people to look at, without what no column may hold.
func (p *Proposal) show() {
	for _, row := range p.rows[:min(shown, len(p.rows))] {
		row = slices.Clone(row)
		for i := range row {
			if id := p.Seen[i].Identity; (id == mapping.NIR || id == mapping.Bank) && row[i] != "" {
				row[i] = "masqué"
			}
		}
		p.Sample = append(p.Sample, row)
	}
}

// nearest looks at the first table of the files, and at the sheets of its workbook: the one that fills most of
// what the kind asks is the one that people mean.
func (p *Proposal) nearest(parts []part) (best *mapping.Result, err error) {
	for i, one := range parts {
		if i > 0 && (one.book == "" || one.book != parts[0].book) {
			continue
		}
		rows, err := one.sample()
		if err != nil {
			return nil, err
		}
		found := mapping.Propose(one.header, rows, targets(p.Kind))
		if best == nil || len(found.Missing) < len(best.Missing) || len(found.Missing) == len(best.Missing) && len(found.Matches) > len(best.Matches) {
			best, p.Headers, p.rows = found, one.header, rows
		}
	}
	return best, nil
}

func (p *Proposal) filled(column string) bool {
	return slices.ContainsFunc(p.Cells, func(c Cell) bool { return c.Column == column })
}

// named proposes a header that is exactly what the kind calls a column, though its values look otherwise: the
// trial says then which of them cannot be read, and where.
func (p *Proposal) named() {
	names := normal(p.Headers)
	for i := range p.Kind.Columns {
		c := &p.Kind.Columns[i]
		if p.filled(c.Name) {
			continue
		}
		for _, called := range append([]string{c.Name, c.Label}, c.Headers...) {
			at := slices.Index(names, squash(called))
			if at < 0 || slices.ContainsFunc(p.Cells, func(cell Cell) bool { return slices.Contains(cell.From, p.Headers[at]) }) {
				continue
			}
			p.Cells = append(p.Cells, Cell{Column: c.Name, From: []string{p.Headers[at]}})
			p.Why[c.Name] = "l’intitulé est celui de «\u00a0" + called + "\u00a0», mais certaines valeurs ne se lisent pas\u00a0: l’essai dira lesquelles"
			break
		}
	}
	order := map[string]int{}
	for i, c := range p.Kind.Columns {
		order[c.Name] = i
	}
	slices.SortStableFunc(p.Cells, func(a, b Cell) int { return order[a.Column] - order[b.Column] })
}

// readWith proposes, for a column that no header is for, the header of the column whose words tell it:
// the code of a result says its issue, unless the file says it apart.
func (p *Proposal) readWith() {
	for i := range p.Kind.Columns {
		c := &p.Kind.Columns[i]
		at := slices.IndexFunc(p.Cells, func(cell Cell) bool { return cell.Column == c.With })
		if c.With == "" || at < 0 || slices.ContainsFunc(p.Cells, func(cell Cell) bool { return cell.Column == c.Name }) {
			continue
		}
		p.Cells = append(p.Cells, Cell{Column: c.Name, From: p.Cells[at].From})
		p.Why[c.Name] = "les mêmes mots la disent"
	}
}

// sample reads the first rows of a table.
func (p part) sample() (list [][]string, err error) {
	err = p.each(nil, func(_ int64, cell func(int) string) error {
		row := make([]string, len(p.header))
		for i := range row {
			row[i] = cell(i)
		}
		if list = append(list, row); len(list) == sampled {
			return errEnough
		}
		return nil
	})
	if err == errEnough {
		err = nil
	}
	return list, err
}

// targets are the columns of a kind as the comparison wants them.
func targets(k *Kind) (list []mapping.Target) {
	for i := range k.Columns {
		c := &k.Columns[i]
		t := mapping.Target{Name: c.Name, Labels: append([]string{c.Label}, c.Headers...), Codes: c.List, Required: c.Required}
		switch c.Class {
		case Person:
			t.Identity = mapping.PersonKey
		case Identity:
			t.Identity = identityOf(c)
		case Number:
			t.Shape = mapping.Decimal
		case Date:
			t.Shape = map[belvedere.TimeGrain]mapping.Shape{belvedere.ByYear: mapping.Year, belvedere.ByMonth: mapping.Month, belvedere.ByDay: mapping.Day}[c.Grain]
		}
		list = append(list, t)
	}
	return list
}

// identityOf is what identity a column of the kind is meant for.
func identityOf(c *Column) mapping.Identity {
	switch {
	case c.Grain == belvedere.ByDay:
		return mapping.Birth
	case c.Name == "ine":
		return mapping.INE
	case c.Name == "mel":
		return mapping.Mail
	}
	return mapping.Name
}

// Unknown are the spellings, among the rows looked at, that the closed list of a column does not have.
func (p *Proposal) Unknown(cell Cell) (list []string) {
	c := p.Kind.Column(cell.Column)
	if c == nil || c.List == nil || len(cell.From) != 1 {
		return nil
	}
	at := slices.Index(p.Headers, cell.From[0])
	if at < 0 {
		return nil
	}
	for _, row := range p.rows {
		text := strings.TrimSpace(row[at])
		if text == "" || missing[text] || slices.Contains(list, text) || member(c.List, text) != "" {
			continue
		}
		if list = append(list, text); len(list) == 40 {
			break
		}
	}
	return list
}

// Flagged tells of a header that it names people, and how: such a column is kept only where the kind has a
// column of identity for it.
func (p *Proposal) Flagged(i int) string { return string(p.Seen[i].Identity) }

// Mapping makes a mapping of choices: which header fills which column, and what its spellings stand for.
func (p *Proposal) Mapping(name, label string, cells []Cell) Mapping {
	m := Mapping{Name: name, Label: label, Own: true}
	t := Table{Name: "table"}
	for _, c := range cells {
		for _, h := range c.From {
			if !slices.Contains(t.Headers, h) {
				t.Headers = append(t.Headers, h)
			}
		}
	}
	m.Tables = []Table{t}
	m.Output = []Output{{Kind: p.Kind.Name, From: t.Name, Cells: cells}}
	return m
}

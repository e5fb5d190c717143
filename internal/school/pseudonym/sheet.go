package pseudonym

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/school/dossier"
)

// Sheet makes the rows of an order as they leave, and says their risk. The rows are read when they are written:
// in passes, so that however many there are, a chunk of them is held at once.
func (s *Service) Sheet(ctx context.Context, who belvedere.Viewer, o Order, namer Namer) (_ export.Sheet, _ Risk, err error) {
	defer belvedere.Wrap(&err, "Sheet(%s, %s)", o.School, o.Kind)
	p, err := s.plan(who, o, namer)
	if err != nil {
		return export.Sheet{}, Risk{}, err
	}
	if err := s.findRare(ctx, p); err != nil {
		return export.Sheet{}, Risk{}, err
	}
	risk, err := s.measure(ctx, p)
	if err != nil {
		return export.Sheet{}, Risk{}, err
	}
	out := export.Sheet{Title: p.kind.Label, Columns: p.columns()}
	out.Rows = func(yield func([]any) error) error { return s.write(ctx, p, risk.Rows, yield) }
	return out, risk, nil
}

// columns head the rows: the pseudonym, then what was asked for.
func (p *plan) columns() []export.SheetColumn {
	first := export.SheetColumn{Name: "pseudonyme", Label: "Pseudonyme", Type: belvedere.Text}
	if p.kind.Space == "" {
		first = export.SheetColumn{Name: "repere", Label: "Repère de ligne", Type: belvedere.Text}
	}
	out := []export.SheetColumn{first}
	for _, m := range p.makers {
		out = append(out, export.SheetColumn{Name: m.column.Name, Label: m.headed(), Type: m.kind()})
	}
	return out
}

// A line waits for its place.
type line struct {
	digest [32]byte
	number int64 // as read: the rows of one person keep their order
	values []any
}

// write gives the rows in the order of their pseudonyms: each pass keeps those whose digest falls in its part.
func (s *Service) write(ctx context.Context, p *plan, rows int64, yield func([]any) error) error {
	parts := uint64(1)
	for parts < 1<<12 && rows > int64(parts)*int64(s.Chunk) {
		parts *= 2
	}
	written := int64(0)
	for part := range parts {
		lines, err := s.part(ctx, p, part, parts)
		if err != nil {
			return err
		}
		slices.SortFunc(lines, func(a, b line) int {
			if c := slices.Compare(a.digest[:], b.digest[:]); c != 0 {
				return c
			}
			return int(a.number - b.number)
		})
		for _, l := range lines {
			l.values[0] = p.makers[0].namer.written(l.digest)
			if err := yield(l.values); err != nil {
				return err
			}
			written++
		}
	}
	if written != rows {
		return belvedere.Errorf(belvedere.Conflict, "Les données de l’établissement ont changé pendant la préparation\u00a0: demandez l’extrait de nouveau.")
	}
	return nil
}

// part reads the rows of one part.
func (s *Service) part(ctx context.Context, p *plan, part, parts uint64) (lines []line, err error) {
	namer, number := p.makers[0].namer, int64(0)
	known := map[int64][32]byte{}
	for row, err := range s.rows(ctx, p) {
		if err != nil {
			return nil, err
		}
		number++
		d, ok := known[row.Person]
		if !ok || row.Person == 0 {
			d = namer.digest(p.domain(), identity(row))
			known[row.Person] = d
		}
		if parts > 1 && binary.BigEndian.Uint64(d[:8])/(1<<63/(parts/2)) != part {
			continue
		}
		l := line{digest: d, number: number, values: make([]any, len(p.makers)+1)}
		for i, m := range p.makers {
			l.values[i+1] = m.cell(row.Values[i])
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func (p *plan) domain() string {
	if p.kind.Space == "" {
		return "ligne"
	}
	return "personne"
}

// identity is what the pseudonym of a row is made of: its person, or what it holds when it is of nobody.
func identity(row dossier.Row) string {
	if row.Person != 0 {
		return strconv.FormatInt(row.Person, 10)
	}
	var b strings.Builder
	for _, v := range row.Values {
		fmt.Fprintf(&b, "%T:%v\x00", v, v)
	}
	return b.String()
}

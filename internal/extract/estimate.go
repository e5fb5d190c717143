package extract

import (
	"context"
	"errors"
	"io"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
)

// An Estimate is what an extract would be, before it is asked for.
type Estimate struct {
	Label    string
	Rows     int64
	People   int64
	Bytes    int64 // about
	Risk     *pseudonym.Risk
	TooLarge string // why it cannot be made so, with the two ways out; ""
	Sheet    bool   // the way out is another format
	Empty    bool   // no row passes the filters
}

// mostMeasured is how many rows of persons are read before an extract is asked for.
const mostMeasured = 300_000

// sampled is how many rows of the file are written to know its size.
const sampled = 500

// errSampled ends the writing of a sample.
var errSampled = errors.New("extract: enough rows")

// Estimate says how large an extract would be, what risk it leaves, and whether it may be made.
func (s *Service) Estimate(ctx context.Context, v belvedere.Viewer, x Spec) (out Estimate, err error) {
	defer belvedere.Wrap(&err, "Estimate(%s)", x.Kind)
	if err := s.Check(v, x, StepColumns); err != nil {
		return out, err
	}
	c, err := s.sampleOf(ctx, v, x, &out)
	if err != nil {
		return out, err
	}
	if c != nil {
		out.Label = c.label
		if out.Bytes, err = s.bytes(*c, x); err != nil {
			return out, err
		}
	} else {
		out.Bytes = out.Rows * int64(20+12*len(x.Order.Columns))
	}
	limits, err := s.Limits(ctx)
	if err != nil {
		return out, err
	}
	switch {
	case out.Rows == 0:
		out.Empty = true
	case out.Rows > limits.Most:
		out.TooLarge = "Cet extrait compterait " + belvedere.FormatNumber(float64(out.Rows), 0) + " lignes, pour " + belvedere.FormatNumber(float64(limits.Most), 0) +
			" au plus. Resserrez les filtres ou le nombre de colonnes, ou faites relever la limite par la personne déléguée à la protection des données."
	case (x.Format == string(export.FormatXLSX) || x.Format == string(export.FormatODS)) && out.Rows > export.MostSheetRows:
		out.Sheet = true
		out.TooLarge = "Un classeur ne contient que " + belvedere.FormatNumber(export.MostSheetRows, 0) + " lignes, et cet extrait en compterait " +
			belvedere.FormatNumber(float64(out.Rows), 0) + ". Resserrez les filtres, ou prenez le fichier entier en CSV ou en Parquet."
	}
	return out, nil
}

// sampleOf makes the rows to sample, nil when there are too many to read them now.
func (s *Service) sampleOf(ctx context.Context, v belvedere.Viewer, x Spec, out *Estimate) (*content, error) {
	namer := s.namer(make([]byte, saltSize), "X")
	if x.Kind == Totals {
		c, err := s.totals(ctx, v, x, namer)
		out.Rows = c.rows
		return &c, err
	}
	rows, people, err := s.People.Count(ctx, v, x.Order)
	if err != nil {
		return nil, err
	}
	out.Rows, out.People, out.Label = rows, people, s.kindOf(v, x.Order).Label+", "+string(x.Order.School)
	if rows > mostMeasured {
		out.Risk = &pseudonym.Risk{Rows: rows, People: people, Partial: true, Named: x.Order.Names}
		return nil, nil
	}
	c, risk, err := s.persons(ctx, v, x, namer)
	if err != nil {
		return nil, err
	}
	out.Risk = &risk
	return &c, nil
}

// bytes is the size of the file, from that of its first rows.
func (s *Service) bytes(c content, x Spec) (int64, error) {
	all := c.sheet.Rows
	written := int64(0)
	c.sheet.Rows = func(yield func([]any) error) error {
		err := all(func(row []any) error {
			if written++; written > sampled {
				return errSampled
			}
			return yield(row)
		})
		if errors.Is(err, errSampled) {
			return nil
		}
		return err
	}
	c.sheet.About = c.about
	var n counter
	if err := writeFile(&n, fileOf(registry.Extract{Format: x.Format, Encrypted: x.Encrypted, FileName: "extrait"}, s.Now()), c.sheet, "0123456789"); err != nil {
		return 0, err
	}
	written = min(written, sampled)
	if written == 0 || c.rows <= written {
		return int64(n), nil
	}
	return int64(float64(n) * float64(c.rows) / float64(written)), nil
}

// A counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

var _ io.Writer = (*counter)(nil)

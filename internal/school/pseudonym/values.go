package pseudonym

import (
	"context"
	"slices"

	"belvedere"
	"belvedere/internal/school/dossier"
)

// mostValues is how many values of a column are worth a list to choose from.
const mostValues = 80

// mostLooked is how many rows are read to find them.
const mostLooked = 300_000

// Values are the codes that columns hold in the rows of a kind, sorted, for who may extract them: nobody knows by
// heart how an étape is written, nor which of all levels there are. A column that is never filled has none
// of them; one with too many is not there at all.
func (s *Service) Values(ctx context.Context, who belvedere.Viewer, o Order) (_ map[string][]string, err error) {
	defer belvedere.Wrap(&err, "Values(%s, %s)", o.School, o.Kind)
	k := s.Source.Kinds().Kind(o.Kind)
	if k == nil {
		return nil, nil
	}
	open := Order{School: o.School, Kind: o.Kind, Names: o.Names}
	for i := range k.Columns {
		if c := &k.Columns[i]; c.Class == dossier.Code {
			open.Columns = append(open.Columns, c.Name)
		}
	}
	if len(open.Columns) == 0 {
		return nil, nil
	}
	p, err := s.plan(who, open, Namer{})
	if err != nil {
		return nil, err
	}
	seen := make([]map[string]bool, len(open.Columns))
	for i := range seen {
		seen[i] = map[string]bool{}
	}
	n := 0
	for row, err := range s.rows(ctx, p) {
		if err != nil {
			return nil, err
		}
		if n++; n > mostLooked {
			return nil, nil
		}
		for i, v := range row.Values {
			if text, _ := v.(string); text != "" && len(seen[i]) <= mostValues {
				seen[i][text] = true
			}
		}
	}
	out := map[string][]string{}
	for i, name := range open.Columns {
		if len(seen[i]) > mostValues {
			continue
		}
		out[name] = []string{}
		for text := range seen[i] {
			out[name] = append(out[name], text)
		}
		slices.Sort(out[name])
	}
	return out, nil
}

package report

import (
	"context"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/territory/semantic"
)

// A Lineage is where the figures of an indicator come from, as far as a viewer sees them.
type Lineage struct {
	Year     belvedere.SchoolYear // of the coverage: the last one with data
	Datasets []Feed
	Schools  []SchoolFeed // those that delivered and those that are awaited, by name
	Closed   string       // why the coverage is not shown, "" when it is
}

// A Feed is a dataset that an indicator reads.
type Feed struct {
	Dataset  *belvedere.Dataset
	Measures []string // labels of those that it reads
	Sources  string   // producers of the open data that fed it, "" for files of the published format
	Received int      // schools with data in the year, of those whose figures the viewer sees
	Expected int
	Last     time.Time // last day received from them
}

// A SchoolFeed is what a school delivered for the indicator in the year.
type SchoolFeed struct {
	School belvedere.Key
	Last   time.Time // last day of the dataset that lags most, zero when one is awaited
	Lacks  []string  // labels of the datasets that are awaited
}

// Lineage tells where the figures of an indicator come from. Which schools delivered is told of those
// whose figures of this indicator the viewer sees, and of no other.
func (r *Reporter) Lineage(ctx context.Context, viewer belvedere.Viewer, code string) (_ *Lineage, err error) {
	defer belvedere.Wrap(&err, "Lineage(%s)", code)
	if r, err = r.live(ctx); err != nil {
		return nil, err
	}
	ind := r.model.Indicator(code)
	if ind == nil {
		return nil, belvedere.Errorf(belvedere.NotFound, "aucun indicateur ne porte le code %q", code)
	}
	edition, err := r.Edition(ctx, 0)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	out := &Lineage{}
	for _, name := range semantic.DatasetsOf(ind) {
		out.Datasets = append(out.Datasets, Feed{Dataset: r.model.Dataset(name), Measures: r.measureLabels(ind, name), Sources: r.credit(ctx, edition.Number, []string{name})})
	}
	scope := viewer.Scope
	scope.Known = directory.known
	switch shared, all := scope.Shared(ind); {
	case !scope.Sees(ind.Widget):
		out.Closed = "Vos droits n’ouvrent pas ce thème."
	case edition.Number == 0:
		out.Closed = "Rien n’est encore publié."
	case !all && len(shared) == 0:
		out.Closed = semantic.WhyNotShared(ind, false)
	default:
		sight := sightOf(scope)
		sees := func(u belvedere.UAI) bool { return sight.opens(u) && (all || contains(shared, u)) }
		err = r.feeds(ctx, edition.Number, directory, out, sees)
	}
	return out, err
}

func (r *Reporter) measureLabels(ind *belvedere.Indicator, dataset string) []string {
	var out []string
	for _, name := range semantic.Measures(ind, dataset) {
		out = append(out, r.model.Dataset(dataset).Measure(name).Label)
	}
	return out
}

// feeds fills the coverage of each dataset and school over the last school year with data.
func (r *Reporter) feeds(ctx context.Context, edition int, directory *Directory, out *Lineage, sees func(belvedere.UAI) bool) error {
	spans, err := r.spansOf(ctx, edition)
	if err != nil {
		return err
	}
	var names []string
	for _, f := range out.Datasets {
		names = append(names, f.Dataset.Name)
	}
	_, last := r.bounds(spans, names)
	out.Year = belvedere.SchoolYearOf(last)
	period := belvedere.NewPeriod(belvedere.ThisYear, out.Year, last)
	covers := make([]*coverage, len(out.Datasets))
	for i, f := range out.Datasets {
		l, err := r.ledgerOf(ctx, edition, f.Dataset.Name, period, directory)
		if err != nil {
			return err
		}
		covers[i] = l.among(directory, sees)
	}
	for _, s := range directory.ordered {
		if !sees(s.UAI) {
			continue
		}
		line, concerned := SchoolFeed{School: s.key()}, false
		for i, c := range covers {
			f := &out.Datasets[i]
			got, has := c.schools[s.UAI]
			switch {
			case has:
				f.Received, f.Expected, concerned = f.Received+1, f.Expected+1, true
				if got.last.After(f.Last) {
					f.Last = got.last
				}
				if line.Last.IsZero() || got.last.Before(line.Last) {
					line.Last = got.last
				}
			case c.expects(s, period):
				f.Expected, concerned = f.Expected+1, true
				line.Lacks = append(line.Lacks, f.Dataset.Label)
			}
		}
		if len(line.Lacks) > 0 {
			line.Last = time.Time{}
		}
		if concerned {
			out.Schools = append(out.Schools, line)
		}
	}
	out.Schools = slices.Clip(out.Schools)
	return nil
}

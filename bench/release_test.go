package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"text/tabwriter"
	"time"

	"belvedere/internal/territory/report"
)

// BenchmarkReleasedPages measures what statistical secrecy costs: every page answered with and without
// the release of its figures, in turns, nothing kept from one time to the next.
func BenchmarkReleasedPages(b *testing.B) {
	a := folder(b, "annee", fillYear)
	shareAll(b, a)
	viewer, err := a.ViewerOf(context.Background(), readerOf(b, a))
	must(b, err)
	made := time.Now()
	_, err = a.Releases.At(context.Background(), newestEdition(b, a.Reporter))
	must(b, err)
	made1 := time.Since(made)
	c := report.Config{Engine: a.Engine, Registry: a.Registry, Model: a.Model, Zone: a.Config.Location(), Answers: -1}
	bare := report.New(c)
	c.Releases = a.Releases
	kept := report.New(c)
	type cost struct {
		name       string
		bare, kept time.Duration
	}
	var costs []cost
	for _, at := range addresses(a.Model) {
		b.Run(at.name, func(b *testing.B) {
			times := map[*report.Reporter][]time.Duration{}
			for b.Loop() {
				for _, r := range []*report.Reporter{bare, kept} {
					start := time.Now()
					_, err := r.Page(context.Background(), viewer, at.page, at.state, false)
					must(b, err)
					times[r] = append(times[r], time.Since(start))
				}
			}
			costs = append(costs, cost{at.name, median(times[bare]), median(times[kept])})
		})
	}
	var ratios []float64
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "page\twithout ms\twith ms\tratio\t")
	for _, x := range costs {
		ratio := float64(x.kept) / float64(x.bare)
		ratios = append(ratios, ratio)
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t\n", x.name, ms(x.bare), ms(x.kept), ratio)
	}
	w.Flush()
	slices.Sort(ratios)
	if len(ratios) > 0 {
		fmt.Printf("first release %v; ratio: median %.2f, ninth decile %.2f, most %.2f\n", made1.Round(time.Millisecond), ratios[len(ratios)/2], ratios[len(ratios)*9/10], ratios[len(ratios)-1])
	}
}

func newestEdition(b *testing.B, r *report.Reporter) int {
	e, err := r.Edition(context.Background(), 0)
	must(b, err)
	return e.Number
}

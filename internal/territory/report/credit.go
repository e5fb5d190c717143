package report

import (
	"context"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
)

// credit names the producers of the open data behind some datasets: the sources of the forms
// whose deliveries are published. Files in the published format belong to the territory and
// need no credit.
func (r *Reporter) credit(ctx context.Context, edition int, datasets []string) string {
	used, err := r.usedForms(ctx, edition)
	if err != nil {
		return "" // a page without its credit line is better than no page
	}
	var sources []string
	for _, f := range r.model.Forms {
		feeds := slices.ContainsFunc(f.Outputs, func(o belvedere.FormOutput) bool { return slices.Contains(datasets, o.Dataset) })
		if feeds && slices.Contains(used, f.Code) && f.Source != "" && !slices.Contains(sources, f.Source) {
			sources = append(sources, f.Source)
		}
	}
	return strings.Join(sources, " ; ")
}

// usedForms are the forms of the published deliveries, read once per edition.
func (r *Reporter) usedForms(ctx context.Context, edition int) ([]string, error) {
	r.mu.Lock()
	known, ok := r.forms[edition]
	r.mu.Unlock()
	if ok {
		return known, nil
	}
	list, _, err := r.registry.List(ctx, registry.DeliveryFilter{States: []belvedere.DeliveryState{belvedere.Published}}, registry.Page{})
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, d := range list {
		if d.Form != "" && !slices.Contains(codes, d.Form) {
			codes = append(codes, d.Form)
		}
	}
	r.mu.Lock()
	r.forms = map[int][]string{edition: codes}
	r.mu.Unlock()
	return codes, nil
}

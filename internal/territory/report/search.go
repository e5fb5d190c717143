package report

import (
	"context"
	"slices"
	"sort"
	"strings"

	"belvedere"
	"belvedere/internal/territory/semantic"
	"belvedere/internal/words"
)

// Schools finds schools of the register whose name, UAI or commune hold all the words of a
// text, best first: the exact name or UAI, names that begin with the text, then the others by
// name. Only schools that the viewer may see are found.
func (r *Reporter) Schools(ctx context.Context, viewer belvedere.Viewer, text string, limit int) ([]belvedere.Key, error) {
	wanted := words.Fold(text)
	if wanted == "" || limit <= 0 {
		return nil, nil
	}
	edition, err := r.Edition(ctx, 0)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	type hit struct {
		school *School
		rank   int
	}
	var hits []hit
	sight := sightOf(viewer.Scope)
	for _, s := range directory.ordered {
		if !sight.opens(s.UAI) || !words.Holds(s.words, wanted) {
			continue
		}
		rank := 2
		switch {
		case s.sortKey == wanted || words.Fold(string(s.UAI)) == wanted:
			rank = 0
		case strings.HasPrefix(s.sortKey, wanted):
			rank = 1
		}
		hits = append(hits, hit{s, rank})
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].rank < hits[j].rank })
	var out []belvedere.Key
	for _, h := range hits[:min(len(hits), limit)] {
		out = append(out, h.school.key())
	}
	return out, nil
}

// SchoolCount counts the schools of the register that the rights of a viewer open.
func (r *Reporter) SchoolCount(ctx context.Context, viewer belvedere.Viewer) (int, error) {
	edition, err := r.Edition(ctx, 0)
	if err != nil {
		return 0, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return 0, err
	}
	n, sight := 0, sightOf(viewer.Scope)
	for _, s := range directory.ordered {
		if s.Listed && sight.opens(s.UAI) {
			n++
		}
	}
	return n, nil
}

// Fed tells whether a section has something to show: whether the newest edition holds data of any
// dataset that its pages read; for who works in higher education alone, data of the own schools. What
// cannot be read counts as there: a menu is not the place to learn of it.
func (r *Reporter) Fed(ctx context.Context, viewer belvedere.Viewer, section string) bool {
	edition, err := r.Edition(ctx, 0)
	if err != nil {
		return true
	}
	spans, err := r.spansOf(ctx, edition.Number)
	if err != nil {
		return true
	}
	own := r.Higher(ctx, viewer)
	for _, p := range r.model.Pages {
		if p.Section != section {
			continue
		}
		for _, code := range p.Indicators() {
			for _, d := range r.datasetsOf(code) {
				if _, held := spans[d]; held && (!own || r.delivered(ctx, edition.Number, d, viewer.Scope.Own)) {
					return true
				}
			}
		}
	}
	return false
}

// delivered tells whether any of some schools delivered a dataset.
func (r *Reporter) delivered(ctx context.Context, edition int, dataset string, schools []belvedere.UAI) bool {
	received, err := r.receptionOf(ctx, edition, dataset)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(schools, func(u belvedere.UAI) bool { _, any := received.rows[u]; return any })
}

// HigherSection is the section of the standard reports of higher education.
const HigherSection = "superieur"

// higherEducation is the type of the institutions of higher education in the register.
const higherEducation = "superieur"

// Higher tells whether someone works in institutions of higher education alone: neither the year of
// SIECLE nor the pages about collèges are theirs.
func (r *Reporter) Higher(ctx context.Context, viewer belvedere.Viewer) bool {
	if !viewer.School || len(viewer.Scope.Own) == 0 {
		return false
	}
	edition, err := r.Edition(ctx, 0)
	if err != nil {
		return false
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return false
	}
	return directory.allHigher(viewer)
}

// allHigher tells whether someone works in institutions of higher education alone.
func (d *Directory) allHigher(viewer belvedere.Viewer) bool {
	return viewer.School && len(viewer.Scope.Own) > 0 && !slices.ContainsFunc(viewer.Scope.Own, func(u belvedere.UAI) bool {
		s := d.Find(u)
		return s == nil || s.Attribute("type") != higherEducation
	})
}

// Unlisted lists the schools with data that the register does not know, so that none is lost:
// the code is the UAI, the details the labels of the datasets that hold it.
func (r *Reporter) Unlisted(ctx context.Context, viewer belvedere.Viewer) (_ []belvedere.Key, err error) {
	defer belvedere.Wrap(&err, "Unlisted")
	edition, err := r.Edition(ctx, 0)
	if err != nil || edition.Number == 0 {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	var out []belvedere.Key
	sight := sightOf(viewer.Scope)
	err = r.engine.Query(ctx, semantic.Unlisted(r.dialect, edition.Number), func(row []any) error {
		number, _ := row[0].(int64)
		name, _ := row[1].(string)
		u := belvedere.UAIFromNumber(int32(number))
		if !sight.opens(u) {
			return nil
		}
		if len(out) == 0 || out[len(out)-1].Code != string(u) {
			out = append(out, directory.nameOf(u))
		}
		label := name
		if d := r.model.Dataset(name); d != nil {
			label = d.Label
		}
		last := &out[len(out)-1]
		last.Detail = append(last.Detail, belvedere.Attribute{Name: name, Value: label})
		return nil
	})
	return out, err
}

// Register gives the schools of the current edition that the rights of a viewer open, by name,
// with the corrections of administrators.
func (r *Reporter) Register(ctx context.Context, viewer belvedere.Viewer) ([]*School, error) {
	edition, err := r.Edition(ctx, 0)
	if err != nil {
		return nil, err
	}
	directory, err := r.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	var out []*School
	sight := sightOf(viewer.Scope)
	for _, s := range directory.ordered {
		if sight.opens(s.UAI) {
			out = append(out, s)
		}
	}
	return out, nil
}

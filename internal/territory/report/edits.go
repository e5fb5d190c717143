package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// edits are what people say over deliveries at a version of the rights, and its hash: the
// corrections of an administrator, and the figures that schools contest.
type edits struct {
	version  int64
	list     []registry.SchoolEdit
	contests []registry.Contest
	hash     string // "" when there is none
}

// schoolEdits reads the corrections, again when anything about rights has changed.
func (r *Reporter) schoolEdits(ctx context.Context) (edits, error) {
	version, err := r.registry.RightsVersion(ctx)
	if err != nil {
		return edits{}, err
	}
	r.mu.Lock()
	kept := r.edits
	r.mu.Unlock()
	if kept != nil && kept.version == version {
		return *kept, nil
	}
	list, err := r.registry.ListSchoolEdits(ctx)
	if err != nil {
		return edits{}, err
	}
	contests, err := r.registry.ListContests(ctx)
	if err != nil {
		return edits{}, err
	}
	e := edits{version: version, list: list, contests: contests}
	if len(list)+len(contests) > 0 {
		hash := sha256.New()
		for _, x := range list {
			fmt.Fprintf(hash, "%q %q %t %d %d %q\n", x.School, x.Postcodes, x.Postcodes == nil, x.Opened.Unix(), x.Closed.Unix(), x.MergedInto)
		}
		for _, x := range contests {
			fmt.Fprintf(hash, "contest %q %q %d %q %q\n", x.School, x.Dataset, x.From.Unix(), x.Line, x.Text)
		}
		e.hash = hex.EncodeToString(hash.Sum(nil)[:16])
	}
	r.mu.Lock()
	r.edits = &e
	r.mu.Unlock()
	return e, nil
}

// corrected gives a directory as the corrections have it. They hold for every edition: they say
// what is true of a school, not what was delivered.
func (r *Reporter) corrected(ctx context.Context, edition int, base *Directory) (*Directory, error) {
	e, err := r.schoolEdits(ctx)
	if err != nil || e.hash == "" {
		return base, err
	}
	r.mu.Lock()
	d := r.edited[edition]
	r.mu.Unlock()
	if d != nil && d.edits == e.hash {
		return d, nil
	}
	d = base.with(e)
	r.mu.Lock()
	r.edited[edition] = d
	r.mu.Unlock()
	return d, nil
}

// with copies a directory with corrections over it. The order and the values of filters do not
// change: no correction bears on them.
func (d *Directory) with(e edits) *Directory {
	out := &Directory{schools: maps.Clone(d.schools), ordered: slices.Clone(d.ordered), values: d.values, known: d.known, edits: e.hash, contests: map[belvedere.UAI][]registry.Contest{}}
	for _, x := range e.contests {
		out.contests[x.School] = append(out.contests[x.School], x)
	}
	for _, x := range e.list {
		s := d.schools[x.School]
		if s == nil {
			continue // of a school that this edition does not know
		}
		c := *s
		c.Attributes = maps.Clone(s.Attributes)
		if x.Postcodes != nil {
			c.Attributes["codes_postaux"] = strings.Join(x.Postcodes, ", ")
		}
		for name, day := range map[string]time.Time{"ouverture": x.Opened, "fermeture": x.Closed} {
			if !day.IsZero() {
				c.Attributes[name] = day.Format("2006-01-02")
			}
		}
		if x.MergedInto != "" {
			c.Attributes["devient"] = string(x.MergedInto)
		}
		c.index()
		out.schools[c.UAI] = &c
		out.ordered[slices.Index(out.ordered, s)] = &c
	}
	return out
}

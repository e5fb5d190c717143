package registry

import (
	"context"
	"time"

	"belvedere"
)

// Releases keeps what was released of the figures that a class of secrecy protects. What was once
// shown stays known, so that each release goes on from the one before: they are part of the truth,
// and a rebuilt warehouse does not make them anew.
type Releases interface {
	// ListReleases gives all releases, oldest first, each with the names of the sheets that it changed.
	ListReleases(ctx context.Context) ([]Release, error)

	// ReleaseSheet gives the content of a sheet as a release wrote it. NotFound when it wrote none.
	ReleaseSheet(ctx context.Context, name SheetName) (string, error)

	// PutRelease keeps a release with its sheets, whole or not at all. Its number follows that of the
	// release that it goes on from: Conflict when another went on from there meanwhile. It counts as a
	// change of rights: readers read the releases again.
	PutRelease(ctx context.Context, r Release, sheets map[SheetName]string) error
}

// A Release is one decision on all protected figures, made once for an edition; several may follow
// each other for one.
type Release struct {
	Number  int    // from 1 on
	Edition int    // whose figures it judged
	Rules   string // the floors that it obeyed, as their setting writes them
	Reason  string // "calendrier", "chargement", …
	At      time.Time
	Sheets  []SheetName // those that it changed; the others stand as a release before left them
}

// A SheetName names what a release decided of one dataset over one school year.
type SheetName struct {
	Release int
	Dataset string
	Year    belvedere.SchoolYear
}

func (s *store) ListReleases(ctx context.Context) (list []Release, err error) {
	defer belvedere.Wrap(&err, "ListReleases")
	err = s.read(ctx, func(tx querier) error {
		at := map[int]int{}
		err := tx.each(ctx, "SELECT number, edition, rules, reason, made_at FROM release_made ORDER BY number", nil, func(scan scanner) error {
			var r Release
			err := scan(&r.Number, &r.Edition, &r.Rules, &r.Reason, scanTime{&r.At})
			at[r.Number] = len(list)
			list = append(list, r)
			return err
		})
		if err != nil {
			return err
		}
		return tx.each(ctx, "SELECT release, dataset, year FROM release_sheet ORDER BY release, dataset, year", nil, func(scan scanner) error {
			var n SheetName
			if err := scan(&n.Release, &n.Dataset, &n.Year); err != nil {
				return err
			}
			r := &list[at[n.Release]]
			r.Sheets = append(r.Sheets, n)
			return nil
		})
	})
	return list, err
}

func (s *store) ReleaseSheet(ctx context.Context, name SheetName) (content string, err error) {
	defer belvedere.Wrap(&err, "ReleaseSheet(%v)", name)
	err = s.now().row(ctx, "SELECT content FROM release_sheet WHERE release = ? AND dataset = ? AND year = ?",
		[]any{name.Release, name.Dataset, int(name.Year)}, &content)
	return content, s.d.explain(found(err, "Cette diffusion n’est pas gardée."))
}

func (s *store) PutRelease(ctx context.Context, r Release, sheets map[SheetName]string) (err error) {
	defer belvedere.Wrap(&err, "PutRelease(%d)", r.Number)
	return s.writeRights(ctx, func(tx querier) error {
		var last, edition int
		if err := tx.row(ctx, "SELECT coalesce(max(number), 0), coalesce(max(edition), 0) FROM release_made", nil, &last, &edition); err != nil {
			return err
		}
		if r.Number != last+1 || r.Edition < edition {
			return belvedere.Errorf(belvedere.Conflict, "Une autre diffusion vient d’être faite. Recommencez.")
		}
		if err := tx.run(ctx, "INSERT INTO release_made (number, edition, rules, reason, made_at) VALUES (?, ?, ?, ?, ?)", r.Number, r.Edition, r.Rules, r.Reason, micros(r.At)); err != nil {
			return err
		}
		for n, content := range sheets {
			err := tx.run(ctx, "INSERT INTO release_sheet (release, dataset, year, content) VALUES (?, ?, ?, ?)", r.Number, n.Dataset, int(n.Year), content)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
)

// A File is one to import: what a format reads, with where it comes from. Parts of one feed
// (numbered files, members of an archive) are one File, whose Fill reads them all.
type File struct {
	Format record.Format
	Year   belvedere.SchoolYear // 0: the one that the file says
	SHA256 string               // hex, of its bytes: the same again gives the first answer
	Name   string               // for people
	At     time.Time            // zero: now
	By     string               // account, "" for the program
	Fill   func(record.Visitor) error
}

// Imported is what became of a file.
type Imported struct {
	ID       int64
	Replayed bool // the same bytes were imported before, and still stand
	Head     record.Head
	Records  int64
	Faults   int64
}

// An Outcome is what an import did, or would do.
type Outcome struct {
	Year    belvedere.SchoolYear
	Files   []Imported // as the files given
	Changes Changes
}

// Import stores files of one school year and makes its consolidated tables again, all in one
// transaction: a crash leaves the state before or the state after. What a format had given for
// the year is replaced whole; a file of changes (Head.Delta) is applied to it by key. When judge
// is given, it sees the outcome before anything is final: its error undoes all, and is returned.
func (v *Vault) Import(ctx context.Context, files []File, judge func(Outcome) error) (out Outcome, err error) {
	defer belvedere.Wrap(&err, "vault.Import(%s)", v.uai)
	err = v.Write(ctx, func(tx *Tx) error {
		if out, err = v.importAll(tx, files); err != nil {
			return err
		}
		if judge != nil {
			return judge(out)
		}
		return nil
	})
	if err == nil {
		v.settle(ctx)
	}
	return out, err
}

// errRehearsed undoes what a rehearsal did.
var errRehearsed = errors.New("vault: rehearsed")

// Rehearse tells what Import would do, and does nothing.
func (v *Vault) Rehearse(ctx context.Context, files []File) (out Outcome, err error) {
	defer belvedere.Wrap(&err, "vault.Rehearse(%s)", v.uai)
	err = v.Write(ctx, func(tx *Tx) error {
		if out, err = v.importAll(tx, files); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return out, err
}

// settle keeps the tables of the planner fresh; what it cannot do now, the next import does.
func (v *Vault) settle(ctx context.Context) {
	_, _ = v.db.ExecContext(ctx, "PRAGMA optimize") // a hint only
}

// importAll imports files and compares the year before and after.
func (v *Vault) importAll(tx *Tx, files []File) (out Outcome, err error) {
	if len(files) == 0 {
		return out, fmt.Errorf("no file to import")
	}
	known, err := tx.sourceKinds()
	if err != nil {
		return out, err
	}
	var at int64
	changed := false
	out.Files = make([]Imported, len(files))
	for _, i := range inOrder(files) {
		f := files[i]
		if f.At.IsZero() {
			f.At = v.now()
		}
		at = max(at, Micros(f.At))
		s := &sink{tx: tx, file: f, known: known, year: f.Year}
		done, err := s.run()
		if err != nil {
			return out, err
		}
		if out.Year == 0 {
			out.Year = s.year
		} else if s.year != out.Year {
			return out, belvedere.Errorf(belvedere.Conflict,
				"Le fichier %s est de l’année scolaire %s, et les autres de %s. Importez chaque année à part.", f.Name, s.year, out.Year)
		}
		changed = changed || !done.Replayed
		out.Files[i] = done
	}
	before, err := tx.snapshot(int(out.Year))
	if err != nil {
		return out, err
	}
	if !changed {
		out.Changes = compare(before, before)
		return out, nil
	}
	if err := consolidate(tx, int(out.Year), at); err != nil {
		return out, err
	}
	after, err := tx.snapshot(int(out.Year))
	out.Changes = compare(before, after)
	return out, err
}

// inOrder gives the places of files in the order in which they are read: the directory's list of
// schools first, then its pupils, since they tell which of the others are of this school.
func inOrder(files []File) []int {
	rank := func(f File) int {
		if len(f.Format.Kinds) > 0 {
			if i := slices.Index([]string{"aaf_structure", "aaf_eleve"}, f.Format.Kinds[0].Name); i >= 0 {
				return i
			}
		}
		return 2
	}
	order := make([]int, len(files))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(files[a]), rank(files[b])) })
	return order
}

// Consolidate makes the consolidated tables of a year again, in the transaction of its caller:
// after a reconciliation was confirmed or a service left out.
func (t *Tx) Consolidate(year belvedere.SchoolYear) error {
	return consolidate(t, int(year), Micros(t.v.now()))
}

// Package dataset makes a dataset of any file: what its columns seem to be, what someone says they
// are, the declarations that follow, what would be loaded, and the declarations kept. The catalogue
// of a deployment is the files of its folders and these declarations, checked together: one that
// does not stand beside the others is never kept.
//
// It promises that nothing is kept before it was shown, that a column that tells who a person is
// never becomes part of a dataset, and that what is in use is not withdrawn.
package dataset

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest/form"
	"belvedere/internal/territory/semantic"
)

// Load reads and checks the catalogue of folders, file formats included.
func Load(folders ...fs.FS) (*belvedere.Model, error) {
	m, err := semantic.Load(folders...)
	if err != nil {
		return nil, err
	}
	return m, checkForms(m)
}

// A FormError says what is wrong with a declared file format.
type FormError struct {
	Code string
	error
}

func checkForms(m *belvedere.Model) error {
	var errs []error
	for _, f := range m.Forms {
		if list := form.CheckForm(f, m); len(list) > 0 {
			errs = append(errs, FormError{f.Code, errors.Join(list...)})
		}
	}
	return errors.Join(errs...)
}

// A Dropped declaration was kept once, and the catalogue of this program does not admit it any longer.
type Dropped struct {
	registry.Declaration
	Why error
}

// Admit gives the catalogue of the folders with the declarations beside, its folders for a snapshot,
// and the declarations that had to be left out: a program or a folder may have changed since.
func Admit(folders []fs.FS, list []registry.Declaration) (m *belvedere.Model, with []fs.FS, dropped []Dropped, err error) {
	list = slices.Clone(list)
	for {
		with = folders
		if len(list) > 0 {
			own, err := Files(list)
			if err != nil {
				return nil, nil, nil, err
			}
			with = append(slices.Clone(folders), own)
		}
		if m, err = Load(with...); err == nil {
			return m, with, dropped, nil
		}
		bad := faulty(err, list)
		if len(bad) == 0 {
			return nil, nil, nil, err
		}
		list = slices.DeleteFunc(list, func(d registry.Declaration) bool { return slices.Contains(bad, d.Path()) })
		for _, d := range bad {
			dropped = append(dropped, Dropped{Declaration: registry.Declaration{Name: d}, Why: err})
		}
	}
}

// Files is the folder that declarations make.
func Files(list []registry.Declaration) (fs.FS, error) {
	files := map[string]string{}
	for _, d := range list {
		files[d.Path()] = d.Text
	}
	return semantic.Folder(files)
}

// faulty names the declarations that an error is about.
func faulty(err error, list []registry.Declaration) (bad []string) {
	about := map[string]bool{}
	var problems semantic.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			about[p.File[strings.LastIndexByte(p.File, ' ')+1:]] = true // its folder stands before it
		}
	}
	for _, e := range joined(err) {
		var f FormError
		if errors.As(e, &f) {
			about[registry.Declaration{Kind: registry.DeclaredForm, Name: f.Code}.Path()] = true
		}
	}
	for _, d := range list {
		if about[d.Path()] {
			bad = append(bad, d.Path())
		}
	}
	return bad
}

// joined are the errors of a join.
func joined(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}

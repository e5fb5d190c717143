// Package form turns the records of a file into typed rows of the datasets.
//
// It recognises what a file is by its headers, whatever their case, accents, order or
// separators: the published format of a dataset, or a foreign file that a declared form
// describes. It then reads every field with its coordinates: a value that cannot be read is a
// fault that names its line, column, header, value and rule, and says how to mend it. A line is
// kept or left out whole, and nothing is guessed: a row that comes out is right.
//
// It opens no file and writes to no store; it only maps records to rows.
package form

import (
	"belvedere"
)

// A Target is what a file was recognised as: the published format of Dataset, or Form.
// Exactly one of the two is set.
type Target struct {
	Dataset *belvedere.Dataset
	Form    *belvedere.Form

	// Ignored are the headers that the target does not know, as written. Nothing reads them.
	Ignored []string
}

// Code is the name of the dataset or the code of the form.
func (t Target) Code() string {
	switch {
	case t.Dataset != nil:
		return t.Dataset.Name
	case t.Form != nil:
		return t.Form.Code
	}
	return ""
}

// Label is the target in words.
func (t Target) Label() string {
	switch {
	case t.Dataset != nil:
		return t.Dataset.Label
	case t.Form != nil:
		return t.Form.Label
	}
	return ""
}

// Datasets are the names of the datasets that the target feeds, without repetition.
func (t Target) Datasets() []string {
	if t.Dataset != nil {
		return []string{t.Dataset.Name}
	}
	var names []string
	seen := map[string]bool{}
	if t.Form != nil {
		for _, o := range t.Form.Outputs {
			if !seen[o.Dataset] {
				seen[o.Dataset] = true
				names = append(names, o.Dataset)
			}
		}
	}
	return names
}

// A Row is one row for the stage of a dataset. Values stand in the order of
// semantic.StageColumns and have the Go types of their columns; the slice is used again for the
// next row, the values in it may be kept.
type Row struct {
	Dataset *belvedere.Dataset
	Values  []any
	Line    int64
}

// Counts say what became of the lines given to a mapper.
type Counts struct {
	Lines   int64 // all of them
	Kept    int64 // lines that gave rows, or that were right and had nothing to give
	Faulty  int64 // left out for an error
	Skipped int64 // left out by the form
	Blank   int64 // without any content
	Rows    int64 // rows emitted
}

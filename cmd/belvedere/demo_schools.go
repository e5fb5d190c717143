package main

import (
	"fmt"
	"os"
	"path/filepath"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/demo"
	"belvedere/internal/school/board"
	"belvedere/internal/school/dossier"
)

// importDemoSchools imports the files of three schools of the fictional département into their
// vaults, as their secretaries would drop them, and sends their counts to the territory. One of
// them comes with defects, so that its findings can be seen.
func importDemoSchools(e *env, a *app.App, dir string, o demo.Options) error {
	if !e.quiet {
		fmt.Fprintln(e.err, "Import des fichiers de trois établissements…")
	}
	all, err := demo.WriteSchools(e.ctx, filepath.Join(dir, "etablissements"), o)
	if err != nil {
		return err
	}
	last := map[belvedere.UAI]demo.SchoolFiles{} // a school that comes twice comes with its defects
	var order []belvedere.UAI
	for _, s := range all {
		if _, again := last[s.UAI]; !again {
			order = append(order, s.UAI)
		}
		last[s.UAI] = s
	}
	who, err := a.Operator(e.ctx)
	if err != nil {
		return err
	}
	for _, uai := range order {
		s := last[uai]
		// Logs come last: whom they name must be known by then.
		var files, logs []board.Dropped
		for _, f := range s.Files {
			dropped, err := readDropped(f.Path)
			if err != nil {
				return err
			}
			if f.Format == "journal" {
				logs = append(logs, dropped)
			} else {
				files = append(files, dropped)
			}
		}
		for _, batch := range [][]board.Dropped{files, logs} {
			if len(batch) == 0 {
				continue
			}
			if _, err := a.Board.Import(e.ctx, who, uai, s.Year, batch, ""); err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
		}
		if _, err := a.Tally.Send(e.ctx, uai); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	if err := importDemoInstitute(e, a, filepath.Join(dir, "superieur"), o); err != nil {
		return err
	}
	return publishPending(e, a)
}

// importDemoInstitute brings the students of the engineering school into its vault, person by person.
func importDemoInstitute(e *env, a *app.App, dir string, o demo.Options) error {
	s, err := demo.WriteInstitute(e.ctx, dir, o)
	if err != nil {
		return err
	}
	who, err := a.Operator(e.ctx)
	if err != nil {
		return err
	}
	for _, f := range s.Files {
		if err := importPersons(e, a, who, s.UAI, f.Format, f.Path); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	_, err = a.Tally.Send(e.ctx, s.UAI)
	return err
}

// importPersons reads a file of a kind into the vault of an institution.
func importPersons(e *env, a *app.App, who belvedere.Viewer, uai belvedere.UAI, kind, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	batch, err := a.Dossier.Batch(e.ctx, who, uai, kind, []dossier.File{{Name: filepath.Base(path), Data: f, Size: info.Size()}})
	if err != nil {
		return err
	}
	_, err = a.Dossier.Import(e.ctx, who, uai, batch)
	return err
}

// publishPending publishes what waits, as the worker of a server would.
func publishPending(e *env, a *app.App) error {
	waiting, err := a.Registry.Pending(e.ctx, 0)
	if err != nil {
		return err
	}
	var seqs []int64
	for _, d := range waiting {
		seqs = append(seqs, d.Seq)
	}
	if len(seqs) == 0 {
		return nil
	}
	_, err = a.Ingest.Process(e.ctx, seqs, nil)
	return err
}

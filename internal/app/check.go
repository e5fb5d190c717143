package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strings"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/check"
	"belvedere/internal/config"
	"belvedere/internal/registry"
	"belvedere/internal/territory/ingest"
	"belvedere/internal/territory/report"
	"belvedere/internal/territory/semantic"
)

// Check runs every .test file of the catalogue, and of the deployment's folder, through the
// same path as anyone's data. Each is called with its name, its number of evaluations and its failures.
func Check(ctx context.Context, c config.Config, each func(name string, evals int, failures []check.Failure)) error {
	sources := []fs.FS{catalog.FS}
	if c.Catalog != "" {
		sources = append(sources, os.DirFS(c.Catalog))
	}
	for _, fsys := range sources {
		err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".test" {
				return err
			}
			text, err := semantic.ReadDeclaration(fsys, name)
			if err != nil {
				return err
			}
			evals, failures, err := checkFile(ctx, c, name, text)
			if err == nil {
				each(name, evals, failures)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkFile runs one file on an app of its own, in a folder that goes away.
func checkFile(ctx context.Context, c config.Config, name string, text []byte) (_ int, _ []check.Failure, err error) {
	dir, err := os.MkdirTemp("", "belvedere-check-")
	if err != nil {
		return 0, nil, err
	}
	defer os.RemoveAll(dir)
	c.Data = dir
	a, err := Open(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	a.Reporter = a.plainReporter() // tests of declarations are about arithmetic, in schools of ten pupils
	evals, failures := check.Run(ctx, name, bytes.NewReader(text), subject{a})
	return evals, failures, nil
}

// subject lets the tests of the catalogue drive an app.
type subject struct{ app *App }

// Load delivers and publishes; a refusal or a fault is a failure of the test.
func (s subject) Load(ctx context.Context, dataset string, file []byte) error {
	d, _, err := s.app.Ingest.Accept(ctx, ingest.Submission{Source: "test", Dataset: dataset, FileName: "test.csv", Body: bytes.NewReader(file)})
	if err != nil {
		return err
	}
	if _, err := s.app.Ingest.Process(ctx, []int64{d.Seq}, nil); err != nil {
		return err
	}
	if d, err = s.app.Registry.Delivery(ctx, d.Seq); err != nil {
		return err
	}
	if d.State != belvedere.Published || d.Faults > 0 {
		return fmt.Errorf("la livraison est %s : %s (%s)", d.State.Label(), d.Reason, s.app.firstFaults(ctx, d.Seq))
	}
	return nil
}

// Eval asks as the staff of every school, of whom no agreement is asked, so that a test sees the
// indicators that the annex keeps for schools.
func (s subject) Eval(ctx context.Context, q check.Question) (*belvedere.Result, error) {
	edition, err := s.app.Reporter.Edition(ctx, q.Edition)
	if err != nil {
		return nil, err
	}
	directory, err := s.app.Reporter.Directory(ctx, edition.Number)
	if err != nil {
		return nil, err
	}
	viewer := belvedere.Viewer{Kind: belvedere.Operator, Scope: belvedere.Scope{ // without fingerprint: nothing of a test is kept for others
		AllSchools: true, AllWidgets: true, Own: directory.Known(), Sharing: belvedere.Sharing{Everything: true},
	}}
	query, err := s.app.Reporter.Build(ctx, report.Ask{
		Indicators: q.Indicators, By: q.By, Where: q.Where, Edition: q.Edition, Rates: q.Rates, Total: q.Total, Sort: q.Sort,
	})
	if err != nil {
		return nil, err
	}
	return s.app.Reporter.Query(ctx, viewer, query)
}

// firstFaults writes the first faults of a delivery on one line.
func (a *App) firstFaults(ctx context.Context, seq int64) string {
	faults, _, err := a.Registry.Faults(ctx, seq, registry.Page{Limit: 3})
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, f := range faults {
		out = append(out, f.Error())
	}
	return strings.Join(out, " ; ")
}

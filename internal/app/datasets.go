package app

import (
	"context"
	"io/fs"
	"path/filepath"
	"time"

	"belvedere"
	"belvedere/internal/dataset"
	"belvedere/internal/territory/ingest"
)

// openDatasets builds the use cases of datasets that people declare.
func (a *App) openDatasets() {
	a.Datasets = dataset.New(dataset.Config{
		Registry: a.Registry, Model: a.Definitions, Folders: func() ([]fs.FS, error) { return declarations(a.Config) }, Schools: a.datasetSchools,
		Accept: func(ctx context.Context, in ingest.Submission) (belvedere.Delivery, bool, error) {
			return a.Ingest.Accept(ctx, in)
		},
		Waiting: filepath.Join(a.Config.Data, "attente"), Zone: a.Config.Location(), Now: a.clock(), Log: a.Log,
	})
}

// datasetSchools are the schools that names and communes of files are compared with.
func (a *App) datasetSchools(ctx context.Context) ([]dataset.School, error) {
	list, err := schoolList{a}.Schools(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]dataset.School, len(list))
	for i, s := range list {
		out[i] = dataset.School{UAI: s.UAI, Name: s.Name, Listed: s.Listed, Town: s.Attributes["commune"], Commune: s.Attributes["code_commune"]}
	}
	return out, nil
}

// waitingFiles removes the files that nobody has said what they are, at the start and then each hour.
func (a *App) waitingFiles(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		a.Datasets.Sweep()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

package extract

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"belvedere"
	"belvedere/internal/registry"
)

// Recover puts what a crash cut back among those that wait, and sweeps the files that no extract names.
func (s *Service) Recover(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "Recover")
	cut, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{States: []registry.ExtractState{registry.ExtractRunning}}, registry.Page{})
	if err != nil {
		return err
	}
	for _, e := range cut {
		_, err := s.Registry.UpdateExtract(ctx, e.ID, func(e *registry.Extract) error {
			switch {
			case e.State != registry.ExtractRunning:
			case e.Cancel:
				e.State, e.Ended = registry.ExtractCancelled, s.Now().UTC()
			case e.Tries >= mostTries:
				e.State, e.Ended, e.Error = registry.ExtractFailed, s.Now().UTC(), "Sa préparation a été interrompue trois fois. Demandez-le de nouveau, plus étroit s’il est grand."
			default:
				e.State = registry.ExtractWaiting
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.sweep(ctx)
}

// sweep removes the files that no extract names.
func (s *Service) sweep(ctx context.Context) error {
	entries, err := os.ReadDir(s.Folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	held, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{States: []registry.ExtractState{registry.ExtractRunning, registry.ExtractReady, registry.ExtractDownloaded}}, registry.Page{})
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, e := range held {
		if e.State == registry.ExtractRunning {
			return nil // a file under way may be about to be named
		}
		named[e.File] = true
	}
	for _, entry := range entries {
		if !named[entry.Name()] && !entry.IsDir() {
			if err := os.Remove(filepath.Join(s.Folder, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

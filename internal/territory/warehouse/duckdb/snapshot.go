package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// Snapshot gives the database file and, when the checkpoint had to be put off, its write-ahead
// log. It holds the token of writers, so that both belong together.
func (e *engine) Snapshot(ctx context.Context, each func(name string, size int64, content io.Reader) error) (err error) {
	if e.opts.Path == "" {
		return nil
	}
	if err := e.lockWriting(ctx); err != nil {
		return err
	}
	defer e.unlockWriting()
	h, err := e.begin(ctx)
	if err != nil {
		return err
	}
	defer e.end(&err)
	if err := h.writer.exec(ctx, "CHECKPOINT"); err != nil {
		e.log.Info("snapshot without checkpoint: the log goes with it", "cause", err)
	}
	for _, path := range []string{e.opts.Path, e.opts.Path + ".wal"} {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := readApart(ctx, path, func(r io.Reader) error { return each(filepath.Base(path), info.Size(), r) }); err != nil {
			return err
		}
	}
	return nil
}

// readApart reads a file in another process. DuckDB holds a POSIX lock on it, and such a lock is
// lost as soon as the process that holds it closes any descriptor of the file.
func readApart(ctx context.Context, path string, use func(io.Reader) error) error {
	cmd := exec.CommandContext(ctx, "cat", "--", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	err = use(out)
	if err != nil {
		cmd.Process.Kill()
	}
	return errors.Join(err, cmd.Wait())
}

package extract

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"belvedere/internal/export"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// named is a file that was written.
type named struct {
	file, shown string
	size        int64
	sum         string
}

// write writes the file beside its final name, sealed, syncs it, and renames it.
func (s *Service) write(ctx context.Context, e registry.Extract, f form, c content, key []byte, phrase string) (name string, size int64, sum string, err error) {
	if err := os.MkdirAll(s.Folder, 0o700); err != nil {
		return "", 0, "", err
	}
	name = fmt.Sprintf("%d-%s.extrait", e.ID, strings.ToLower(rand.Text()))
	temp := filepath.Join(s.Folder, unfinish+name)
	out, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	sealer := secret.NewStreamSealer(out, key)
	plain := &measured{to: sealer, sum: sha256.New()}
	err = writeFile(plain, f, s.counted(ctx, e, c.sheet), phrase)
	if err = errors.Join(err, sealer.Close(), out.Sync(), out.Close()); err != nil {
		return "", 0, "", err
	}
	if err := os.Rename(temp, filepath.Join(s.Folder, name)); err != nil {
		return "", 0, "", err
	}
	return name, plain.size, hex.EncodeToString(plain.sum.Sum(nil)), syncFolder(s.Folder)
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// measured knows the size and the sum of what is handed out.
type measured struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func (m *measured) Write(p []byte) (int, error) {
	n, err := m.to.Write(p)
	m.sum.Write(p[:n])
	m.size += int64(n)
	return n, err
}

// counted tells the registry how far the rows are, about once a second, and stops when it is asked to.
func (s *Service) counted(ctx context.Context, e registry.Extract, sheet export.Sheet) export.Sheet {
	all, done, told := sheet.Rows, int64(0), time.Now()
	sheet.Rows = func(yield func([]any) error) error {
		return all(func(row []any) error {
			if done++; done%512 == 0 && time.Since(told) > time.Second || done == 1 {
				told = time.Now()
				if err := s.progress(ctx, e.ID, done); err != nil {
					return err
				}
			}
			return yield(row)
		})
	}
	return sheet
}

func (s *Service) progress(ctx context.Context, id, done int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e, err := s.Registry.UpdateExtract(ctx, id, func(e *registry.Extract) error { e.Done = done; return nil })
	if err == nil && e.Cancel {
		err = errCancelled
	}
	return err
}

// Package durable writes small files that survive a crash: whoever reads one finds the whole of
// what was written before or the whole of what was written after, and never a part.
package durable

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// mark tells the files that are not complete yet from all others.
const mark = ".incomplet-"

// Replace writes a file in place of the one of that name, if there is one.
func Replace(path string, content []byte, mode os.FileMode) error {
	temp, err := complete(path, content, mode)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	return syncFolder(path)
}

// Create writes a file that does not exist yet; its error is fs.ErrExist when another was
// faster. Of two processes that create the same file together, one wins, and the other finds a
// file that is complete.
func Create(path string, content []byte, mode os.FileMode) error {
	temp, err := complete(path, content, mode)
	if err != nil {
		return err
	}
	// A link, unlike a rename, replaces nothing.
	err = os.Link(temp, path)
	os.Remove(temp)
	if err != nil {
		return err
	}
	return syncFolder(path)
}

// Incomplete tells whether a name is one of a file that a crash left half-way.
func Incomplete(name string) bool { return strings.HasPrefix(filepath.Base(name), mark) }

// complete writes the content beside its final place and syncs it.
func complete(path string, content []byte, mode os.FileMode) (temp string, err error) {
	temp = filepath.Join(filepath.Dir(path), mark+rand.Text())
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	// The mode is set again: the umask of the process may have taken from it.
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		os.Remove(temp)
		return "", err
	}
	return temp, nil
}

// syncFolder makes the name of a file durable.
func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

package place

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// A folder of this machine, or one that another shares with it.
type folder struct{ path string }

func (f folder) put(_ context.Context, name string, size int64, open Opener) (err error) {
	defer func() { err = folderFault(f.path, err) }()
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return err
	}
	defer root.Close()
	if info, err := root.Lstat(name); err == nil {
		if info.Mode().IsRegular() && info.Size() == size {
			return nil
		}
		return taken(name)
	}
	temp := unfinished + name
	if err := fill(root, temp, size, open); err != nil {
		return errors.Join(err, dropped(root, temp))
	}
	if err := settle(root, temp, name); err != nil {
		return errors.Join(err, dropped(root, temp))
	}
	return settled(root)
}

// unfinished begins the names of files that are not whole yet.
const unfinished = ".incomplet-"

// fill writes the content under a name that nobody takes for a file of ours, and syncs it.
func fill(root *os.Root, temp string, size int64, open Opener) error {
	content, err := open()
	if err != nil {
		return err
	}
	defer content.Close()
	out, err := root.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, content)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes of %d", n, size)
	}
	return errors.Join(err, out.Sync(), out.Close())
}

// settle gives the file its name and replaces nothing. Shares of Windows and memory sticks know no second name of a
// file: there it is renamed, once no other has the name.
func settle(root *os.Root, temp, name string) error {
	err := root.Link(temp, name)
	switch {
	case err == nil:
		return root.Remove(temp)
	case errors.Is(err, fs.ErrExist):
		return taken(name)
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EMLINK):
		if _, err := root.Lstat(name); err == nil {
			return taken(name)
		}
		return root.Rename(temp, name)
	}
	return err
}

// settled syncs the folder, where it can be.
func settled(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return errors.Join(err, d.Close())
	}
	return d.Close()
}

// dropped removes what is not whole; there may be nothing.
func dropped(root *os.Root, temp string) error {
	if err := root.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

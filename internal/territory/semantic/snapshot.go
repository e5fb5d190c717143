package semantic

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strconv"

	"belvedere"
)

// mostSnapshot bounds the declarations of a snapshot, in bytes: many times a whole catalogue.
const mostSnapshot = 64 << 20

// Snapshot writes the declarations of the folders as one text: LoadSnapshot gives the model that
// Load gives of them, with the same version, when the folders are gone or have changed.
func Snapshot(fsys ...fs.FS) (_ string, err error) {
	defer belvedere.Wrap(&err, "Snapshot")
	d := &declarations{}
	var packed bytes.Buffer
	out := zip.NewWriter(&packed)
	for i, folder := range fsys {
		dir := strconv.Itoa(i) + "/"
		if _, err := out.Create(dir); err != nil { // a folder without files is one all the same
			return "", err
		}
		for _, f := range d.files(folder, i > 0) {
			into, err := out.Create(dir + f.name)
			if err != nil {
				return "", err
			}
			if _, err := into.Write(f.text); err != nil {
				return "", err
			}
		}
	}
	if len(d.problems) > 0 {
		return "", d.problems
	}
	if err := out.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

// OpenSnapshot gives the folders of a snapshot, the shipped catalogue first.
func OpenSnapshot(snapshot string) (_ []fs.FS, err error) {
	defer belvedere.Wrap(&err, "OpenSnapshot")
	packed, err := base64.StdEncoding.DecodeString(snapshot)
	if err != nil {
		return nil, err
	}
	in, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, err
	}
	var size uint64
	folders := 0
	for _, f := range in.File {
		size += f.UncompressedSize64
		if f.Name == strconv.Itoa(folders)+"/" {
			folders++
		}
	}
	if size > mostSnapshot || folders == 0 {
		return nil, fmt.Errorf("%d bytes in %d folders", size, folders)
	}
	out := make([]fs.FS, folders)
	for i := range out {
		if out[i], err = fs.Sub(in, strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// LoadSnapshot reads, checks and gives the model of a snapshot. Its version is made from the
// texts again: whoever knows which one it should be sees that they are whole.
func LoadSnapshot(snapshot string) (*belvedere.Model, error) {
	folders, err := OpenSnapshot(snapshot)
	if err != nil {
		return nil, err
	}
	return Load(folders...)
}

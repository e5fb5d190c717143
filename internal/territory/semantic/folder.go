package semantic

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"maps"
	"slices"
)

// Folder is a folder of declarations that lies on no disk, for Load: texts by their paths.
func Folder(files map[string]string) (fs.FS, error) {
	var packed bytes.Buffer
	out := zip.NewWriter(&packed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		into, err := out.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(into, files[name]); err != nil {
			return nil, err
		}
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
}

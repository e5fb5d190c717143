package board

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"

	"belvedere/internal/source/schoolfile"
)

// OpenFile is the Opener of the formats that schools have.
func OpenFile(name string, data []byte) (parts []Part, skipped []string, err error) {
	file, err := schoolfile.Open(bytes.NewReader(data), int64(len(data)), name, schoolfile.Limits{})
	if err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(data)
	for _, e := range file.Entries {
		shown := name
		if e.Name != "" && path.Base(e.Name) != name {
			shown += ", " + path.Base(e.Name)
		}
		if e.Format == nil {
			skipped = append(skipped, shown+"\u00a0: "+e.Why)
			continue
		}
		one := sum
		if e.Name != "" {
			one = sha256.Sum256(append(sum[:], e.Name...))
		}
		parts = append(parts, Part{Name: shown, SHA256: hex.EncodeToString(one[:]), Format: *e.Format, Read: e.Read})
	}
	return parts, skipped, nil
}

// FormatLabels are the French names of the formats, by code.
func FormatLabels() map[string]string {
	labels := map[string]string{}
	for _, f := range schoolfile.Formats() {
		labels[f.Code] = f.Label
	}
	return labels
}

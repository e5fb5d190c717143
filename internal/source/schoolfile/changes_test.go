package schoolfile_test

import (
	"bytes"
	"testing"

	"belvedere/internal/source/record"
	"belvedere/internal/source/schoolfile"
)

// A headed visitor keeps the head.
type headed struct {
	quiet
	head record.Head
}

func (h *headed) Head(head record.Head) error {
	h.head = head
	return nil
}

// TestDirectoryChanges: a file of the directory that only adds is one of changes by its name, in
// an archive or alone; nothing else is told by a name.
func TestDirectoryChanges(t *testing.T) {
	const adds = `<ficAlimMENESR><addRequest><operationalAttributes><attr name="categoriePersonne"><value>Eleve</value></attr></operationalAttributes><identifier><id>1</id></identifier></addRequest></ficAlimMENESR>`
	for _, c := range []struct {
		file, entry, data string
		delta             bool
	}{
		{"aaf.zip", "ENT_Delta_20260914_Eleve_0000.xml", adds, true},
		{"aaf.zip", "ENT_Complet_20260914_Eleve_0000.xml", adds, false},
		{"ENT_Delta_20260914.zip", "0000.xml", adds, true},
		{"ENT_DELTA_20260914_Eleve_0000.xml", "", adds, true},
		{"Structures_delta_.xml", "", divisions, false},
	} {
		b := []byte(c.data)
		if c.entry != "" {
			b = packed(t, map[string]string{c.entry: c.data})
		}
		f, err := schoolfile.Open(bytes.NewReader(b), int64(len(b)), c.file, schoolfile.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		h := &headed{}
		if err := f.Entries[0].Read(h); err != nil || h.head.Delta != c.delta {
			t.Errorf("%s %s: %v, %+v", c.file, c.entry, err, h.head)
		}
	}
}

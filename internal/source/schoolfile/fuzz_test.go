package schoolfile_test

import (
	"archive/zip"
	"bytes"
	"testing"

	"belvedere"
	"belvedere/internal/source/schoolfile"
)

// FuzzOpen opens and reads any bytes: no panic, no more than the limits, an error that is about the
// file, a reason for each entry that is not read.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{divisions, guardians, "Titre;Auteur\n1;2\n", "<EDT_STS/>", "<TABLE><Cours/>", "\xff\xfe<\x00A\x00>\x00"} {
		f.Add([]byte(s))
		f.Add(gzipped(s))
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, _ := z.Create("a.xml")
		w.Write([]byte(s))
		z.Close()
		f.Add(b.Bytes())
		f.Add(packed(f, map[string]string{"b.zip": b.String()}))
	}
	lim := schoolfile.Limits{Unpacked: 8 << 20, Entries: 8}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := schoolfile.Open(bytes.NewReader(b), int64(len(b)), "fichier", lim)
		if err != nil {
			if belvedere.KindOf(err) == belvedere.Internal {
				t.Fatal(err)
			}
			return
		}
		for _, e := range file.Entries {
			if (e.Format == nil) == (e.Why == "") {
				t.Fatalf("%q: format %v, reason %q", e.Name, e.Format, e.Why)
			}
			if err := e.Read(&quiet{}); err != nil && belvedere.KindOf(err) == belvedere.Internal {
				t.Fatal(err)
			}
		}
	})
}

package siecle_test

import (
	"os"
	"path/filepath"
	"testing"

	"belvedere"
	"belvedere/internal/source/record/recordtest"
	"belvedere/internal/source/siecle"
)

// FuzzRead holds all readers to their contract on any bytes: no panic, no incomplete row, an
// error that is about the file.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"siecle/*", "siecle_prive/*", "constructed/*Adresses.xml"} {
		names, _ := filepath.Glob(filepath.Join(samples, pattern))
		for _, name := range names {
			if b, err := os.ReadFile(name); err == nil {
				f.Add(b)
			}
		}
	}
	f.Add([]byte("<BEE_STRUCTURES><DIVISIONS><DIVISION CODE='1'><MEFS_APPARTENANCE><CODE_MEF>1</CODE_MEF></MEFS_APPARTENANCE></DIVISION></DIVISIONS></BEE_STRUCTURES>"))
	f.Add([]byte("<BEE_COMMUN><UAJ/><PERIODE/><FERMETURE/></BEE_COMMUN>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		siecle.Refused(b[:min(len(b), 64<<10)])
		for _, format := range siecle.Formats() {
			if !format.Detect(b[:min(len(b), 64<<10)]) {
				continue
			}
			r := recordtest.Read(t, siecle.Formats(), format.Code, b)
			if k := belvedere.KindOf(r.Err); r.Err != nil && k != belvedere.Invalid && k != belvedere.TooLarge {
				t.Errorf("%s: %v", format.Code, r.Err)
			}
		}
	})
}

package siecle_test

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/siecle"
)

// benchSize is the size of the file that readers are timed on.
const benchSize = 200 << 20

// bigExport writes an export of pupils as SIECLE does, in ISO-8859-15.
func bigExport(t testing.TB, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ElevesAvecAdresses.xml")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprint(w, "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?>\n<BEE_ELEVES VERSION=\"3.0\">\n  <PARAMETRES>\n    <UAJ>0350017D</UAJ>\n    <ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE>\n  </PARAMETRES>\n  <DONNEES>\n    <ELEVES>\n")
	written, pupils := int64(0), 0
	for ; written < size*8/10; pupils++ {
		n, _ := fmt.Fprintf(w, benchPupil, pupils, pupils%9999, pupils, pupils, pupils%28+1, pupils%12+1, pupils%9+1, pupils%9+1)
		written += int64(n)
	}
	fmt.Fprint(w, "    </ELEVES>\n    <STRUCTURES>\n")
	for i := 0; i < pupils && written < size; i++ {
		n, _ := fmt.Fprintf(w, benchStructure, i, i%9+1)
		written += int64(n)
	}
	fmt.Fprint(w, "    </STRUCTURES>\n  </DONNEES>\n</BEE_ELEVES>\n")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

const benchPupil = `      <ELEVE ELEVE_ID="%d" ELENOET="%d">
        <ID_NATIONAL>9%08dAA</ID_NATIONAL>
        <INE_RNIE>9%08dAA</INE_RNIE>
        <NOM_DE_FAMILLE>LE NO` + "\xcb" + `L DE LA FONTAINE</NOM_DE_FAMILLE>
        <PRENOM>H` + "\xe9l\xe8" + `ne</PRENOM>
        <DATE_NAISS>%02d/%02d/2014</DATE_NAISS>
        <DOUBLEMENT>0</DOUBLEMENT>
        <CODE_PAYS>100</CODE_PAYS>
        <ACCEPTE_SMS>0</ACCEPTE_SMS>
        <DATE_MODIFICATION>02/06/2026</DATE_MODIFICATION>
        <CODE_REGIME>24</CODE_REGIME>
        <DATE_ENTREE>01/09/2026</DATE_ENTREE>
        <VILLE_NAISS></VILLE_NAISS>
        <CODE_SEXE>1</CODE_SEXE>
        <CODE_PAYS_NAT>100</CODE_PAYS_NAT>
        <CODE_STATUT>ST</CODE_STATUT>
        <CODE_MEF>10310019110</CODE_MEF>
        <CODE_DEPARTEMENT_NAISS>035</CODE_DEPARTEMENT_NAISS>
        <CODE_COMMUNE_INSEE_NAISS>35238</CODE_COMMUNE_INSEE_NAISS>
        <ADHESION_TRANSPORT>0</ADHESION_TRANSPORT>
        <CODE_PROVENANCE>1</CODE_PROVENANCE>
        <SCOLARITE_AN_DERNIER>
          <CODE_MEF>10210001110</CODE_MEF>
          <CODE_STRUCTURE>4 %d</CODE_STRUCTURE>
          <CODE_RNE>0350017D</CODE_RNE>
          <SIGLE>CLG</SIGLE>
          <DENOM_PRINC>COLLEGE</DENOM_PRINC>
          <LIGNE1_ADRESSE>%d RUE DE L'EXEMPLE</LIGNE1_ADRESSE>
          <LL_COMMUNE_INSEE>RENNES</LL_COMMUNE_INSEE>
        </SCOLARITE_AN_DERNIER>
      </ELEVE>
`

const benchStructure = `      <STRUCTURES_ELEVE ELEVE_ID="%d">
        <STRUCTURE>
          <CODE_STRUCTURE>3 %d</CODE_STRUCTURE>
          <TYPE_STRUCTURE>D</TYPE_STRUCTURE>
        </STRUCTURE>
      </STRUCTURES_ELEVE>
`

// A count visitor keeps nothing.
type count struct{ records, bytes int }

func (c *count) Head(record.Head) error { return nil }
func (c *count) Record(r record.Record) error {
	c.records++
	for _, v := range r.Values {
		c.bytes += len(v.Text)
	}
	return nil
}
func (c *count) Fault(f belvedere.Fault) error { return f }

func readExport(b *testing.B, path string) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	c := &count{}
	if err := siecle.Formats()[0].Read(f, c); err != nil || c.records == 0 {
		b.Fatal(c, err)
	}
}

// BenchmarkEleves reads 200 MB of pupils with their fields, beside xmllint and encoding/xml, which
// look at the tags only.
func BenchmarkEleves(b *testing.B) {
	path := bigExport(b, benchSize)
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("belvedere", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			readExport(b, path)
		}
		runtime.GC()
		debug.FreeOSMemory()
		b.ReportMetric(peakHeap(func() { readExport(b, path) }), "peak-MB")
	})
	b.Run("xmllint", func(b *testing.B) {
		lint, err := exec.LookPath("xmllint")
		if err != nil {
			b.Skip("xmllint is not installed")
		}
		b.SetBytes(info.Size())
		for b.Loop() {
			if out, err := exec.Command(lint, "--stream", "--huge", path).CombinedOutput(); err != nil {
				b.Fatal(err, string(out))
			}
		}
	})
	b.Run("encoding-xml", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			d := xml.NewDecoder(bufio.NewReader(f))
			d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return &ascii{in}, nil }
			for {
				if _, err := d.RawToken(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
			f.Close()
		}
	})
}

// An ascii reader makes every letter outside ASCII an "e", so that encoding/xml has no encoding to undo.
type ascii struct{ io.Reader }

func (a *ascii) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	for i, c := range p[:n] {
		if c >= 0x80 {
			p[i] = 'e'
		}
	}
	return n, err
}

// peakHeap is the most memory, in MB, that Go holds while a function runs, seen every millisecond.
func peakHeap(do func()) float64 {
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.Sys-m.HeapReleased)
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	do()
	close(done)
	return float64(<-peak) / (1 << 20)
}

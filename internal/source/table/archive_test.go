package table_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/table"
)

func open(data []byte, lim table.Limits) (*table.Archive, error) {
	return table.Open(bytes.NewReader(data), int64(len(data)), "essai", lim)
}

const small = "a;b\n1;2\n3;é\n"

func TestPackings(t *testing.T) {
	tests := []struct {
		name    string
		data    []byte
		packing table.Packing
		members string
	}{
		{"bare", []byte(small), table.Bare, "(csv)"},
		{"gzip", gzipped(t, []byte(small)), table.Gzip, "(csv)"},
		{"gzip twice", gzipped(t, gzipped(t, []byte(small))), table.Gzip, "(csv)"},
		{"gzip in parts", append(gzipped(t, []byte(small[:6])), gzipped(t, []byte(small[6:]))...), table.Gzip, "(csv)"},
		{"zip", zipped(t, entry{"d/", ""}, entry{"d/é.csv", small}, entry{`w\x.csv`, small}, entry{"n.json", "{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":\"é\"}"},
			entry{"p", "PAR1…"}, entry{"__MACOSX/._é.csv", "\x00\x05\x16\x07"}), table.Zip, "d/é.csv(csv) w/x.csv(csv) n.json(ndjson) p(parquet)"},
		{"gzip in zip", zipped(t, entry{"é.csv.gz", string(gzipped(t, []byte(small)))}), table.Zip, "é.csv.gz(csv)"},
		{"Parquet", []byte("PAR1xxxxPAR1"), table.Bare, "(parquet)"},
		{"NDJSON", []byte(" \n{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":\"é\"}"), table.Bare, "(ndjson)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := open(tt.data, table.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, m := range a.Members {
				names = append(names, m.Name+"("+string(m.Kind)+")")
				if m.Kind == table.Parquet {
					continue
				}
				for range 2 {
					if r := drain(t, m, table.Options{}); r.err != nil || r.flat() != "1|2 / 3|é" {
						t.Errorf("%s: %q, error %v", m.Name, r.flat(), r.err)
					}
				}
			}
			if got := strings.Join(names, " "); got != tt.members || a.Packing != tt.packing {
				t.Errorf("%s holds %s, want %s in %s", a.Packing, got, tt.members, tt.packing)
			}
		})
	}
}

// TestSkippedEntries leaves aside what is no table, and says so.
func TestSkippedEntries(t *testing.T) {
	a, err := open(zipped(t, entry{"a.csv", small}, entry{"lisez-moi.pdf", "%PDF-1.7"}, entry{"vide.csv", ""}), table.Limits{})
	if err != nil || len(a.Members) != 1 || len(a.Skipped) != 2 || !strings.Contains(a.Skipped[0].Why, "PDF") {
		t.Errorf("%+v, error %v", a, err)
	}
}

func TestFaultNamesMember(t *testing.T) {
	for name, text := range map[string]string{"x.csv": "a;b\n1;2;3\n", "x.ndjson": "{\"a\":1}\n{\"b\":1\n"} {
		a, err := open(zipped(t, entry{name, text}), table.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if r := drain(t, a.Members[0], table.Options{}); len(r.faults) != 1 || r.faults[0].File != name {
			t.Errorf("%s: faults %+v", name, r.faults)
		}
	}
}

func TestForeignFiles(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		says string
	}{
		{"XLS", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00"), "classeur Excel ancien"},
		{"XLSX", zipped(t, entry{"[Content_Types].xml", "<x/>"}, entry{"xl/workbook.xml", "<x/>"}), "classeur est abîmé"},
		{"ODS", zipped(t, entry{"mimetype", "x"}, entry{"META-INF/manifest.xml", "<x/>"}), "LibreOffice"},
		{"PDF", []byte("%PDF-1.7\n"), "PDF"},
		{"XML", []byte("\xef\xbb\xbf<?xml version=\"1.0\"?><a/>"), "XML"},
		{"HTML", []byte("\n<!DOCTYPE html><html>"), "HTML"},
		{"7z", []byte("7z\xbc\xaf\x27\x1c\x00"), "7-Zip"},
		{"binary", []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3e\x00"), "n’est pas un texte"},
		{"UTF-32", []byte("\xff\xfe\x00\x00a\x00\x00\x00"), "UTF-32"},
		{"zip of PDF", zipped(t, entry{"a.pdf", "%PDF-1.7"}), "PDF"},
		{"zip of nothing", zipped(t), "aucun tableau"},
		{"zip in gzip", gzipped(t, zipped(t, entry{"a.csv", small})), "dans une archive"},
		{"gzip thrice", gzipped(t, gzipped(t, gzipped(t, []byte(small)))), "plusieurs fois"},
		{"zip in zip", zipped(t, entry{"b.csv", small}, entry{"a.zip", string(zipped(t, entry{"a.csv", small}))}), "dans une archive"},
		{"zip in gzip in zip", zipped(t, entry{"b.csv", small}, entry{"a.gz", string(gzipped(t, zipped(t, entry{"a.csv", small})))}), "dans une archive"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := open(tt.data, table.Limits{})
			wantRefusal(t, err, belvedere.Invalid, tt.says)
		})
	}
}

// crafted writes a zip with one sound entry and one made by hand.
func crafted(t *testing.T, h zip.FileHeader, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("bon.csv")
	if err == nil {
		_, err = io.WriteString(f, small)
	}
	if err != nil {
		t.Fatal(err)
	}
	if f, err = w.CreateRaw(&h); err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rawHeader(name string, data string) zip.FileHeader {
	n := uint64(len(data))
	return zip.FileHeader{Name: name, CRC32: crc32.ChecksumIEEE([]byte(data)), CompressedSize64: n, UncompressedSize64: n}
}

func TestHostileZip(t *testing.T) {
	header := func(change func(*zip.FileHeader)) []byte {
		h := rawHeader("x.csv", small)
		change(&h)
		return crafted(t, h, []byte(small))
	}
	tests := []struct {
		name string
		data []byte
		kind belvedere.Kind
		says string
	}{
		{"way out", header(func(h *zip.FileHeader) { h.Name = "a/../../x.csv" }), belvedere.Invalid, "sort de son dossier"},
		{"way out of Windows", header(func(h *zip.FileHeader) { h.Name = `..\x.csv` }), belvedere.Invalid, "sort de son dossier"},
		{"absolute", header(func(h *zip.FileHeader) { h.Name = "/etc/x.csv" }), belvedere.Invalid, "chemin absolu"},
		{"drive", header(func(h *zip.FileHeader) { h.Name = "C:x.csv" }), belvedere.Invalid, "chemin absolu"},
		{"name with NUL", header(func(h *zip.FileHeader) { h.Name = "x\x00.csv" }), belvedere.Invalid, "nom illisible"},
		{"link", header(func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }), belvedere.Invalid, "est un lien"},
		{"encrypted", header(func(h *zip.FileHeader) { h.Flags |= 1 }), belvedere.Invalid, "chiffrée"},
		{"method", header(func(h *zip.FileHeader) { h.Method = 12 }), belvedere.Invalid, "compression"},
		{"same name twice", header(func(h *zip.FileHeader) { h.Name = "./BON.csv" }), belvedere.Invalid, "deux fois"},
		{"announces too much", header(func(h *zip.FileHeader) { h.UncompressedSize64 = 5 << 30 }), belvedere.TooLarge, "4\u00a0Gio"},
		{"announces a dense bomb", header(func(h *zip.FileHeader) { h.UncompressedSize64 = 3 << 30 }), belvedere.TooLarge, "piégée"},
		{"overlap", overlapping(t), belvedere.Invalid, "se chevauchent"},
		{"cut", zipped(t, entry{"a.csv", small})[:80], belvedere.Invalid, "table des matières"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := open(tt.data, table.Limits{})
			wantRefusal(t, err, tt.kind, tt.says)
		})
	}
}

// overlapping makes a zip whose two entries have the same bytes.
func overlapping(t *testing.T) []byte {
	data := zipped(t, entry{"a.csv", small}, entry{"b.csv", small})
	second := bytes.LastIndex(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[second+42:], 0)
	return data
}

func TestTooManyEntries(t *testing.T) {
	for _, n := range []int{300, 20_000} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for i := range n {
			if _, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%d.csv", i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := open(b.Bytes(), table.Limits{})
		wantRefusal(t, err, belvedere.TooLarge, "plus de 256 fichiers")
	}
}

// TestLyingZip reads members that are not what the directory says.
func TestLyingZip(t *testing.T) {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression)
	if _, err := w.Write([]byte(strings.Repeat("a;b\n", 50_000))); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		h    zip.FileHeader
		data []byte
		says string
	}{
		{"larger than announced", zip.FileHeader{Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 50_000}, packed.Bytes(), "abîmé"},
		{"smaller than announced", zip.FileHeader{Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 300_000}, packed.Bytes(), "tronqué"},
		{"wrong checksum", zip.FileHeader{Method: zip.Store, CRC32: 1, CompressedSize64: uint64(len(small)), UncompressedSize64: uint64(len(small))}, []byte(small), "abîmé"},
		{"cut deflate", zip.FileHeader{Method: zip.Deflate, CompressedSize64: uint64(packed.Len() / 2), UncompressedSize64: 200_000}, packed.Bytes()[:packed.Len()/2], "tronqué"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.h.Name = "x.csv"
			a, err := open(crafted(t, tt.h, tt.data), table.Limits{})
			if err == nil {
				err = drain(t, a.Members[1], table.Options{}).err
			}
			wantRefusal(t, err, belvedere.Invalid, tt.says)
		})
	}
}

// TestBombs unpacks far more than they weigh and are stopped while they are read.
func TestBombs(t *testing.T) {
	zeros := []byte(strings.Repeat(strings.Repeat("0", 1<<16-1)+"\n", 768)) // 48 MiB in 50 KiB
	bomb := gzipped(t, zeros)
	for name, data := range map[string][]byte{"gzip": bomb, "gzip in gzip": gzipped(t, bomb), "gzip in zip": zipped(t, entry{"b.csv.gz", string(bomb)})} {
		a, err := open(data, table.Limits{})
		if err != nil {
			t.Fatal(name, err)
		}
		rows, err := a.Members[0].Rows(table.Options{})
		for err == nil {
			_, err = rows.Next()
		}
		wantRefusal(t, err, belvedere.TooLarge, "piégée")
	}
	_, err := open(zipped(t, entry{"a.csv", string(zeros)}), table.Limits{})
	wantRefusal(t, err, belvedere.TooLarge, "piégée")
	a, err := open(gzipped(t, []byte(strings.Repeat(small, 1000))), table.Limits{Unpacked: 5000})
	if err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, drain(t, a.Members[0], table.Options{}).err, belvedere.TooLarge, "octets")
}

// TestTruncatedGzip gives the whole lines before the break, never half of one.
func TestTruncatedGzip(t *testing.T) {
	var b strings.Builder
	b.WriteString("n;carre\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "%d;%d\n", i, i*i)
	}
	data := gzipped(t, []byte(b.String()))
	r := read(t, data[:len(data)/2], table.Limits{}, table.Options{})
	wantRefusal(t, r.err, belvedere.Invalid, "est tronqué après la ligne "+belvedere.FormatNumber(float64(len(r.rows)+1), 0)+"\u00a0:")
	if len(r.rows) < 1000 {
		t.Errorf("%d rows before the break", len(r.rows))
	}
	for i, row := range r.rows {
		if row[0] != fmt.Sprint(i) || row[1] != fmt.Sprint(i*i) {
			t.Fatalf("row %d: %q", i, row)
		}
	}
	damaged := bytes.Clone(data)
	damaged[len(damaged)-6] ^= 1
	r = read(t, damaged, table.Limits{}, table.Options{})
	wantRefusal(t, r.err, belvedere.Invalid, "abîmé après la ligne 20\u202f001")
	r = read(t, data[:5], table.Limits{}, table.Options{})
	wantRefusal(t, r.err, belvedere.Invalid, "dès le début")
	nd := gzipped(t, []byte(strings.Repeat("{\"a\":1}\n", 100_000)))
	r = read(t, nd[:len(nd)-20], table.Limits{}, table.Options{})
	wantRefusal(t, r.err, belvedere.Invalid, "est tronqué après la ligne ")
}

// TestDiskError is ours: the sender can do nothing about it.
func TestDiskError(t *testing.T) {
	a, err := table.Open(&failing{data: "a;b\n" + strings.Repeat("1;2\n", 100_000)}, 400_004, "x", table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if r := drain(t, a.Members[0], table.Options{}); belvedere.KindOf(r.err) != belvedere.Internal || len(r.rows) == 0 {
		t.Errorf("%d rows, error %v", len(r.rows), r.err)
	}
}

type failing struct{ data string }

func (f *failing) ReadAt(p []byte, off int64) (int, error) {
	if off > 200_000 {
		return 0, fs.ErrPermission
	}
	return strings.NewReader(f.data).ReadAt(p, off)
}

// TestReader gives the bytes of a packed Parquet file, and stops with the file.
func TestReader(t *testing.T) {
	body := "PAR1" + strings.Repeat("x", 100_000) + "PAR1"
	data := gzipped(t, []byte(body))
	for _, n := range []int{len(data), len(data) - 20} {
		a, err := open(data[:n], table.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Members[0].Reader()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if n == len(data) && (err != nil || string(got) != body) {
			t.Errorf("%d bytes, error %v", len(got), err)
		}
		if n < len(data) {
			wantRefusal(t, err, belvedere.Invalid, "tronqué")
		}
	}
}

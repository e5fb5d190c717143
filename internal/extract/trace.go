package extract

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"regexp"
	"slices"

	"belvedere"
	"belvedere/internal/export"
	"belvedere/internal/registry"
	"belvedere/internal/school/pseudonym"
)

// mostTraced bounds the bytes of a copy, and of each member of it, that are looked at.
const mostTraced = 256 << 20

// mostUnpacked bounds the bytes that all members of a copy unpack to.
const mostUnpacked = 1 << 30

// mostMarks is how many pseudonyms of a copy are compared: a few tell.
const mostMarks = 2000

// A Trace is an extract that a copy comes from, and how that is known.
type Trace struct {
	Extract registry.Extract
	Same    bool // the copy is the file that was handed out, to the byte
	Code    bool // it bears the code of the extract
	Marks   int  // pseudonyms that bear its mark
	Of      int  // pseudonyms in the copy
}

// Sure tells whether the trace is one that chance does not make.
func (t Trace) Sure() bool { return t.Same || t.Marks >= 2 || t.Code && (t.Of == 0 || t.Marks > 0) }

// codeShape is how codes of extracts are written, in a file or in its name.
var codeShape = regexp.MustCompile(`\bX[A-Z2-7]{9}\b`)

// Trace tells which extracts a leaked copy comes from, the likeliest first. The copy may have been sorted, cut,
// renamed or written in another format: some of its pseudonyms are enough.
func (s *Service) Trace(ctx context.Context, v belvedere.Viewer, copied io.Reader) (found []Trace, err error) {
	defer belvedere.Wrap(&err, "Trace")
	if !Oversees(v) {
		return nil, belvedere.Errorf(belvedere.Forbidden, "Ceux qui répondent des données cherchent d’où vient une copie.")
	}
	body, err := io.ReadAll(io.LimitReader(copied, mostTraced+1))
	if err != nil {
		return nil, err
	}
	if len(body) > mostTraced {
		return nil, belvedere.Errorf(belvedere.TooLarge, "Une copie de 256 Mio au plus\u00a0: prenez-en une partie.")
	}
	sum := sha256.Sum256(body)
	codes := map[string]bool{}
	var marks []string
	left := int64(mostUnpacked)
	look(body, 0, &left, func(text []byte) {
		for _, c := range codeShape.FindAll(text, 1000) {
			codes[string(c)] = true
		}
		marks = append(marks, pseudonym.Find(text, mostMarks-len(marks))...)
	})
	slices.Sort(marks)
	marks = slices.Compact(marks)
	all, _, err := s.Registry.ListExtracts(ctx, registry.ExtractFilter{}, registry.Page{})
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if e.Code == "" {
			continue
		}
		t := Trace{Extract: e, Same: e.SHA256 == hex.EncodeToString(sum[:]), Code: codes[e.Code], Marks: pseudonym.Marked(s.markKey(), e.Code, marks), Of: len(marks)}
		if t.Sure() || t.Code {
			found = append(found, t)
		}
	}
	slices.SortStableFunc(found, func(a, b Trace) int {
		return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(b.Marks, a.Marks))
	})
	return found, nil
}

func weight(t Trace) int {
	switch {
	case t.Same:
		return 2
	case t.Sure():
		return 1
	}
	return 0
}

// look hands what a copy says out of its packing, one text at a time: members of archives and workbooks, values of
// Parquet. left is what may still be unpacked: whoever sends a copy may want to fill our memory.
func look(body []byte, depth int, left *int64, found func(text []byte)) {
	found(body)
	if values := export.ParquetText(body, mostTraced); values != nil {
		found(values)
		return
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || depth > 1 {
		return
	}
	for _, f := range z.File {
		if *left <= 0 {
			return
		}
		r, err := f.Open()
		if err != nil {
			continue // encrypted: it must be opened first
		}
		text, err := io.ReadAll(io.LimitReader(r, min(mostTraced, *left)))
		r.Close()
		*left -= int64(len(text))
		if err == nil {
			look(text, depth+1, left, found)
		}
	}
}

package table

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// delimiters in the order of preference between equals.
const delimiters = ";\t|,"

// sampleSize is how much of a text is looked at before its header is read.
const sampleSize = 64 << 10

// sampleRecords is how many records tell a delimiter from a sign within texts.
const sampleRecords = 40

// A sample is a reader whose first bytes have been seen.
type sample struct {
	seen []byte
	rest io.Reader
	err  error // that ended the sample, to be given after it
}

// readSample reads the start of a text. A source that breaks within it still gives the
// bytes before.
func readSample(src io.Reader) *sample {
	seen := make([]byte, sampleSize)
	n := 0
	for n+8 <= len(seen) {
		m, err := src.Read(seen[n:])
		n += m
		if err != nil {
			return &sample{seen: seen[:n], err: err}
		}
	}
	return &sample{seen: seen[:n], rest: src}
}

func (s *sample) Read(p []byte) (int, error) {
	if len(s.seen) > 0 {
		n := copy(p, s.seen)
		s.seen = s.seen[n:]
		return n, nil
	}
	if s.err != nil {
		return 0, s.err
	}
	return s.rest.Read(p)
}

// announcedDelimiter reads the line "sep=;" that spreadsheets write before the header. It gives the length of
// that line, 0 when there is none.
func announcedDelimiter(b []byte) (delim byte, n int) {
	line, _, ended := bytes.Cut(b[:min(len(b), 16)], []byte{'\n'})
	text := bytes.Trim(line, "\r\" ")
	if !ended || len(text) != 5 || !bytes.EqualFold(text[:4], []byte("sep=")) || !strings.Contains(delimiters, string(text[4:])) {
		return 0, 0
	}
	return text[4], len(line) + 1
}

// detectDelimiter chooses the sign that cuts the header into most fields, weighted by how many of
// the next records it cuts into as many: the commas of "Nom, prénom;Ville" do not deceive it.
func detectDelimiter(b []byte, lim Limits) byte {
	best, most := byte(';'), 0.0
	for _, d := range []byte(delimiters) {
		if score := delimiterScore(b, d, lim); score > most {
			best, most = d, score
		}
	}
	return best
}

// mostTitles is how many lines may stand above the header.
const mostTitles = 10

// titlesAbove counts the lines that stand above the header, as spreadsheets save them: one cell is filled where
// the lines below fill several, and the first of those names columns.
func titlesAbove(b []byte, delim byte, lim Limits) int {
	s := newScanner(bytes.NewReader(b), delim, lim)
	var lines [][]string
	for len(lines) <= mostTitles {
		n, out := s.scan()
		if out != whole {
			break
		}
		if text := s.window()[:n]; !s.emptyRecord() {
			var cells []string
			for _, at := range s.spans {
				cells = append(cells, string(text[at.from:at.to]))
			}
			lines = append(lines, cells)
		}
		s.take(n)
	}
	for i, cells := range lines {
		switch n := filled(cells); {
		case n == 1 && i < mostTitles:
		case i > 0 && n >= 3 && !slices.ContainsFunc(cells, func(c string) bool { return strings.Trim(c, "\" \t") != "" && !namesColumn(c) }):
			return i
		default:
			return 0
		}
	}
	return 0
}

func delimiterScore(b []byte, delim byte, lim Limits) float64 {
	s := newScanner(bytes.NewReader(b), delim, lim)
	header, records, alike, titles := 0, 0, 0, titlesAbove(b, delim, lim)
	for records < sampleRecords {
		n, out := s.scan()
		if out == badQuote {
			if _, ok := s.dropBadQuote(n); ok {
				continue
			}
		}
		cut := len(b) > sampleSize-utf8.UTFMax*2 && s.at()+int64(n) == int64(len(b))
		if out != whole || cut && header > 0 {
			break
		}
		switch {
		case s.emptyRecord():
		case titles > 0:
			titles--
		case header == 0:
			header = s.cells
		default:
			records++
			if s.cells == header {
				alike++
			}
		}
		s.take(n)
	}
	return float64(header-1) * float64(1+alike) / float64(1+records)
}

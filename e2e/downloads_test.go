package e2e_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"belvedere"
)

// A shown is a table as the screen shows it: names and cells, in order.
type shown struct {
	keys []string // of the columns
	rows []shownRow
}

type shownRow struct {
	name  string
	cells []string // as shown, without spaces
}

// A download is a table of the console and where its files are.
type download struct {
	address, id, files string
}

// downloads are all tables of the catalogue, on both sides of the switch.
func downloads(t testing.TB) []download {
	var list []download
	for _, p := range model(t).Pages {
		for i, b := range p.Blocks {
			if b.Table == nil {
				continue
			}
			modes := []string{"valeurs"}
			if b.Table.Rates {
				modes = append(modes, "taux")
			}
			for _, mode := range modes {
				d := download{address: p.Path + "?tableau=" + b.Table.ID + "&mode=" + mode, id: "t-" + b.Table.ID}
				if d.files = d.address; !p.Tabs {
					d.files += fmt.Sprintf("&bloc=%d", i+1)
				}
				list = append(list, d)
			}
		}
	}
	return list
}

// TestDownloadsShowWhatIsOnScreen takes each table as CSV, XLSX and PDF and finds each of its
// cells in each of them, in the order of the screen.
func TestDownloadsShowWhatIsOnScreen(t *testing.T) {
	stand := atStand(t)
	administrator, engineer := stand.visitor(t), stand.server.signedIn(t, demoEngineers)
	all := downloads(t)
	if len(all) < 50 {
		t.Fatalf("%d tables, want all of the console", len(all))
	}
	for i, d := range all {
		s := administrator
		if strings.HasPrefix(d.address, "/superieur/") {
			s = engineer // of whom the figures are
		}
		_, page := s.get(t, d.address)
		screen, err := readScreen(page, d.id)
		if err != nil || len(screen.rows) == 0 {
			t.Errorf("%s: %v, %d rows", d.address, err, len(screen.rows))
			continue
		}
		for format, check := range map[string]func(string, shown) error{"csv": inCSV, "xlsx": inXLSX, "pdf": inPDF} {
			if format == "pdf" && i%4 != 0 && os.Getenv("BELVEDERE_LONG") == "" {
				continue // a quarter of them: 40 ms and a process each
			}
			status, file := s.get(t, d.files+"&format="+format)
			if status != 200 {
				t.Errorf("%s as %s: status %d", d.files, format, status)
			} else if err := check(file, screen); err != nil {
				t.Errorf("%s as %s: %v", d.files, format, err)
			}
		}
	}
}

// readScreen reads a table of a page.
func readScreen(page, id string) (shown, error) {
	var out shown
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return out, err
	}
	table := find(doc, func(n *html.Node) bool { return n.Data == "table" && attribute(n, "id") == id })
	if table == nil {
		return out, fmt.Errorf("no table %s", id)
	}
	out.keys = keysOf(table)
	for n := range table.Descendants() {
		if n.Data == "tr" {
			if name := find(n, func(n *html.Node) bool { return n.Data == "th" && attribute(n, "scope") == "row" }); name != nil {
				bold := find(name, func(n *html.Node) bool { return n.Data == "b" })
				out.rows = append(out.rows, shownRow{strings.TrimSpace(text(bold)), cellsOf(n)})
			}
		}
	}
	return out, nil
}

// keysOf reads the keys of the columns from left to right: those under a common heading stand in
// the second row of headings.
func keysOf(table *html.Node) []string {
	var rows [][]*html.Node
	for n := range table.Descendants() {
		if n.Data == "tr" && n.Parent.Data == "thead" {
			rows = append(rows, nil)
		}
		if n.Data == "th" && strings.HasPrefix(attribute(n, "scope"), "col") && !strings.Contains(attribute(n, "class"), "first") {
			rows[len(rows)-1] = append(rows[len(rows)-1], n)
		}
	}
	var keys []string
	below := 0
	key := func(n *html.Node) string {
		link := find(n, func(n *html.Node) bool { return attribute(n, "data-sort") != "" })
		if link == nil {
			return ""
		}
		return attribute(link, "data-sort")
	}
	for _, n := range rows[0] {
		span, err := strconv.Atoi(attribute(n, "colspan"))
		if err != nil && attribute(n, "scope") == "col" {
			keys = append(keys, key(n))
			continue
		}
		for range max(span, 1) {
			keys = append(keys, key(rows[1][below]))
			below++
		}
	}
	return keys
}

// cellsOf reads the cells of a line; one that spans several stands for each of them.
func cellsOf(row *html.Node) []string {
	var cells []string
	for n := range row.ChildNodes() {
		if n.Data != "td" {
			continue
		}
		word := text(n)
		if why := find(n, func(n *html.Node) bool { return attribute(n, "class") == "why-button" }); why != nil {
			word = text(why)
		}
		span, err := strconv.Atoi(attribute(n, "colspan"))
		if err != nil {
			span = 1
		}
		for range span {
			cells = append(cells, squeeze(word))
		}
	}
	return cells
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func find(n *html.Node, is func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if is(d) {
			return d
		}
	}
	return nil
}

// text is what is seen of a node.
func text(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n == nil || strings.Contains(attribute(n, "class"), "hidden-words") {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}

// squeeze takes all spaces out.
func squeeze(s string) string {
	return strings.Trim(strings.Join(strings.Fields(strings.ReplaceAll(s, "\u202f", " ")), ""), "▲▼%")
}

// same tells whether a raw value of a file is what a cell shows: a state in the same word, or a
// number that rounds to the same digits, a percentage as such or as a ratio.
func same(raw, cell string) bool {
	if squeeze(raw) == cell {
		return true
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(raw, ",", "."), 64)
	if err != nil {
		return false
	}
	_, fraction, _ := strings.Cut(cell, ",")
	return squeeze(belvedere.FormatNumber(v, len(fraction))) == cell || squeeze(belvedere.FormatNumber(v*100, len(fraction))) == cell
}

// inCSV finds the cells by the keys of their columns.
func inCSV(file string, screen shown) error {
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[strings.TrimSuffix(name, " (%)")] = i
	}
	if len(rows)-1 != len(screen.rows) {
		return fmt.Errorf("%d lines, %d on the screen", len(rows)-1, len(screen.rows))
	}
	for i, row := range screen.rows {
		for k, key := range screen.keys {
			column, ok := at[key]
			if !ok {
				return fmt.Errorf("no column %s", key)
			}
			if raw := rows[i+1][column]; !same(raw, row.cells[k]) {
				return fmt.Errorf("%s, %s: %q, %q on the screen", row.name, key, raw, row.cells[k])
			}
		}
	}
	return nil
}

// inXLSX finds the line of each name and its cells in order.
func inXLSX(file string, screen shown) error {
	book, err := excelize.OpenReader(bytes.NewReader([]byte(file)))
	if err != nil {
		return err
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		return err
	}
	next := 0
	for _, row := range screen.rows {
		for next < len(rows) && (len(rows[next]) == 0 || strings.TrimSpace(rows[next][0]) != row.name) {
			next++
		}
		if next == len(rows) {
			return fmt.Errorf("no line of %s", row.name)
		}
		if err := inOrder(rows[next][1:], row); err != nil {
			return err
		}
		next++
	}
	return nil
}

var gap = regexp.MustCompile(`\s{2,}`)

// inPDF finds each name at the head of lines, once for each page of columns, and its cells in order.
func inPDF(file string, screen shown) error {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		return nil
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = strings.NewReader(file)
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	lines := map[string][]string{}
	for _, line := range strings.Split(string(out), "\n") {
		tokens := gap.Split(strings.TrimSpace(strings.ReplaceAll(line, "\f", "")), -1)
		if len(tokens) > 1 {
			name := squeeze(tokens[0])
			lines[name] = append(lines[name], tokens[1:]...)
		}
	}
	for _, row := range screen.rows {
		tokens, ok := lines[squeeze(row.name)]
		if !ok {
			continue // a long name takes two lines
		}
		if err := inOrder(tokens, row); err != nil {
			return err
		}
	}
	return nil
}

// inOrder finds the cells of a line among texts, in order.
func inOrder(texts []string, row shownRow) error {
	next := 0
	for _, cell := range row.cells {
		from := next
		for next < len(texts) && !same(texts[next], cell) {
			next++
		}
		if next == len(texts) {
			return fmt.Errorf("%s: no %q in %q", row.name, cell, texts[from:])
		}
		next++
	}
	return nil
}

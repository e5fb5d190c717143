// Package check runs the .test files of a catalogue: load rows, ask, compare with the expected
// lines. The language is told in catalog/README.md; a deployment runs its own tests with
// "belvedere check". Each file starts from an empty warehouse.
package check

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"belvedere"
)

// A Subject is what the tests run against: the program itself, on an empty data folder.
type Subject interface {
	// Load delivers rows of a dataset as a CSV file in the published format.
	Load(ctx context.Context, dataset string, file []byte) error
	// Eval answers a query in the words of the command line.
	Eval(ctx context.Context, q Question) (*belvedere.Result, error)
}

// A Question is an eval line taken apart.
type Question struct {
	Indicators []string
	By         []string
	Where      []string
	Edition    int
	Rates      bool
	Total      bool
	Sort       string
}

// A Failure is a test that did not pass, with its place.
type Failure struct {
	File    string
	Line    int
	Message string
}

// Error writes "file:line: message".
func (f Failure) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message) }

// block is a command and the table under it.
type block struct {
	line  int
	verb  string
	rest  string
	table [][]string
	lines []int
}

// Run executes a file. It returns how many evaluations ran and the failures.
func Run(ctx context.Context, name string, file io.Reader, subject Subject) (int, []Failure) {
	blocks, failures := parse(name, file)
	evals := 0
	for _, b := range blocks {
		var err error
		switch b.verb {
		case "load":
			err = load(ctx, b, subject)
		case "eval", "fail":
			evals++
			for _, f := range evaluate(ctx, b, subject) {
				f.File = name
				failures = append(failures, f)
			}
		default:
			err = fmt.Errorf("la commande %q est inconnue ; attendu : load, eval ou fail", b.verb)
		}
		if err != nil {
			failures = append(failures, Failure{name, b.line, err.Error()})
		}
	}
	return evals, failures
}

// parse cuts a file into commands: a line at the margin, its table indented below.
func parse(name string, file io.Reader) ([]block, []Failure) {
	var blocks []block
	var failures []Failure
	scan := bufio.NewScanner(file)
	scan.Buffer(nil, 1<<20)
	for n := 1; scan.Scan(); n++ {
		text, _, _ := strings.Cut(scan.Text(), "#")
		if strings.TrimSpace(text) == "" {
			continue
		}
		if text[0] != ' ' && text[0] != '\t' {
			verb, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
			blocks = append(blocks, block{line: n, verb: verb, rest: strings.TrimSpace(rest)})
			continue
		}
		if len(blocks) == 0 {
			failures = append(failures, Failure{name, n, "une ligne de tableau sans commande au-dessus"})
			continue
		}
		b := &blocks[len(blocks)-1]
		cells := strings.Split(text, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		b.table = append(b.table, cells)
		b.lines = append(b.lines, n)
	}
	if err := scan.Err(); err != nil {
		failures = append(failures, Failure{name, 0, err.Error()})
	}
	return blocks, failures
}

func load(ctx context.Context, b block, subject Subject) error {
	if len(b.table) < 2 {
		return fmt.Errorf("load %s : il faut une ligne d’en-têtes et une ligne de valeurs", b.rest)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = ';'
	for i, row := range b.table {
		if len(row) != len(b.table[0]) {
			return fmt.Errorf("ligne %d : %d cellules, %d attendues", b.lines[i], len(row), len(b.table[0]))
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return subject.Load(ctx, b.rest, out.Bytes())
}

// parseQuestion reads "a, b by x, y where p=1 q=2 at 3 rates total sort -a".
func parseQuestion(text string) (Question, error) {
	var q Question
	part := "indicators"
	words := map[string][]string{}
	for _, w := range strings.Fields(strings.ReplaceAll(text, ",", " ")) {
		switch w {
		case "by", "where", "at", "sort":
			part = w
			continue
		case "rates":
			q.Rates, part = true, ""
			continue
		case "total":
			q.Total, part = true, ""
			continue
		}
		if part == "" {
			return q, fmt.Errorf("le mot %q n’a pas sa place", w)
		}
		words[part] = append(words[part], w)
	}
	q.Indicators, q.By, q.Where = words["indicators"], words["by"], words["where"]
	if at := words["at"]; len(at) == 1 {
		n, err := strconv.Atoi(at[0])
		if err != nil {
			return q, fmt.Errorf("at : %q doit être un numéro d’édition", at[0])
		}
		q.Edition = n
	}
	if s := words["sort"]; len(s) == 1 {
		q.Sort = s[0]
	}
	return q, nil
}

// evaluate asks and compares.
func evaluate(ctx context.Context, b block, subject Subject) []Failure {
	text, isEval := b.rest, true
	if b.verb == "fail" {
		text, isEval = strings.TrimSpace(strings.TrimPrefix(b.rest, "eval")), false
	}
	q, err := parseQuestion(text)
	if err != nil {
		return []Failure{{Line: b.line, Message: err.Error()}}
	}
	result, err := subject.Eval(ctx, q)
	if !isEval {
		return refused(b, err)
	}
	if err != nil {
		return []Failure{{Line: b.line, Message: err.Error()}}
	}
	return compare(b, Table(result))
}

// refused wants an error whose message holds each expected text.
func refused(b block, err error) []Failure {
	if err == nil {
		return []Failure{{Line: b.line, Message: "un refus était attendu, la question a reçu une réponse"}}
	}
	var out []Failure
	for i, row := range b.table {
		want := strings.ToLower(strings.Join(row, "|"))
		if !strings.Contains(strings.ToLower(strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(err.Error())), want) {
			out = append(out, Failure{Line: b.lines[i], Message: fmt.Sprintf("le refus %q ne dit pas %q", err.Error(), want)})
		}
	}
	return out
}

// compare matches lines one to one, in order.
func compare(b block, got [][]string) []Failure {
	var out []Failure
	if len(b.table) == 0 {
		return []Failure{{Line: b.line, Message: "eval sans tableau attendu ; obtenu :\n" + format(got)}}
	}
	if len(got) != len(b.table) {
		return []Failure{{Line: b.line, Message: fmt.Sprintf("%d lignes obtenues, %d attendues ; obtenu :\n%s", len(got)-1, len(b.table)-1, format(got))}}
	}
	for i, want := range b.table {
		same := len(want) == len(got[i])
		for j := 0; same && j < len(want); j++ {
			same = sameCell(want[j], got[i][j])
		}
		if !same {
			out = append(out, Failure{Line: b.lines[i], Message: fmt.Sprintf("obtenu %s, attendu %s", strings.Join(got[i], " | "), strings.Join(want, " | "))})
		}
	}
	return out
}

// sameCell compares numbers at the precision that is written, everything else as text.
func sameCell(want, got string) bool {
	if want == got {
		return true
	}
	percent := strings.HasSuffix(want, "%")
	number := strings.TrimSpace(strings.TrimSuffix(want, "%"))
	w, err1 := strconv.ParseFloat(number, 64)
	g, err2 := strconv.ParseFloat(got, 64)
	if err1 != nil || err2 != nil {
		return false
	}
	if percent {
		g *= 100
	}
	_, decimals, _ := strings.Cut(number, ".")
	return math.Abs(w-g) <= 0.5*math.Pow10(-len(decimals))+1e-9
}

// Table writes a result as the lines of an expected table: codes, values in full, states as
// their words. A partial value is written as a value.
func Table(r *belvedere.Result) [][]string {
	var head []string
	for _, d := range r.Dims {
		head = append(head, d.Name)
	}
	for _, c := range r.Columns {
		head = append(head, c.Key)
	}
	out := [][]string{head}
	add := func(row belvedere.ResultRow) {
		line := make([]string, 0, len(head))
		for i := range r.Dims {
			code := ""
			if i < len(row.Keys) {
				code = row.Keys[i].Code
			}
			line = append(line, code)
		}
		for _, c := range row.Cells {
			text := c.State.Word()
			if c.State.Shown() {
				text = strconv.FormatFloat(c.Value, 'f', -1, 64)
			}
			line = append(line, text)
		}
		out = append(out, line)
	}
	for _, row := range r.Rows {
		add(row)
	}
	if r.Total != nil {
		add(*r.Total)
	}
	return out
}

func format(rows [][]string) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString("  " + strings.Join(r, " | ") + "\n")
	}
	return b.String()
}

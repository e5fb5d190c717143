package e2e

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// asvsLevels are the requirements of levels 1 and 2 of OWASP ASVS 5.0.0: sections, and the level of
// each of their requirements in order. Those of level 3, which stand last in a section, ask for no row.
const asvsLevels = `
1.1:22 1.2:111112222 1.3:11222222222 1.4:222 1.5:12
2.1:122 2.2:112 2.3:1222 2.4:2
3.2:11 3.3:1222 3.4:112222 3.5:11122 3.7:22
4.1:122 4.2:2 4.3:22 4.4:1222
5.1:2 5.2:112 5.3:11 5.4:222
6.1:122 6.2:111111112222 6.3:1122 6.4:1122 6.5:22222 6.6:222 6.8:2222
7.1:222 7.2:1111 7.3:22 7.4:11222 7.5:22 7.6:22
8.1:12 8.2:112 8.3:1 8.4:2
9.1:111 9.2:1222
10.1:22 10.2:22 10.3:2222 10.4:11111222222 10.5:22222 10.6:22 10.7:222
11.1:22 11.2:222 11.3:112 11.4:1222 11.5:2 11.6:2
12.1:122 12.2:11 12.3:2222
13.1:2 13.2:22222 13.3:22 13.4:12222
14.1:22 14.2:1222 14.3:122
15.1:122 15.2:122 15.3:1222222
16.1:2 16.2:22222 16.3:2222 16.4:222 16.5:222
17.1:2 17.2:2222 17.3:22`

// asvsHeader are the columns of docs/asvs.csv.
var asvsHeader = []string{"id", "level", "applies", "state", "what", "code", "test"}

// requirements gives the level of each requirement by its id.
func requirements() map[string]string {
	levels := map[string]string{}
	for _, section := range strings.Fields(asvsLevels) {
		name, digits, _ := strings.Cut(section, ":")
		for i, level := range digits {
			levels[fmt.Sprintf("v5.0.0-%s.%d", name, i+1)] = string(level)
		}
	}
	return levels
}

// TestASVS holds the evidence file to the requirements and to the tests that it names.
func TestASVS(t *testing.T) {
	if n := len(requirements()); n != 253 {
		t.Fatalf("%d requirements of levels 1 and 2, want 253", n)
	}
	file, err := os.Open("../docs/asvs.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	faults, counts := checkEvidence("..", file)
	for _, f := range faults {
		t.Error(f)
	}
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%-20s %d", k, counts[k])
	}
}

// checkEvidence reads rows of evidence about the project in a folder. It gives their faults, and
// how many rows are of each kind.
func checkEvidence(root string, from io.Reader) (faults []string, counts map[string]int) {
	rows, err := csv.NewReader(from).ReadAll()
	if err != nil {
		return []string{err.Error()}, nil
	}
	if len(rows) == 0 || !slices.Equal(rows[0], asvsHeader) {
		return []string{"the first line is not " + strings.Join(asvsHeader, ",")}, nil
	}
	e := evidence{root: root, levels: requirements(), seen: map[string]bool{}, counts: map[string]int{}, tests: map[string]map[string]bool{}}
	for _, row := range rows[1:] {
		e.row(row)
	}
	for _, id := range slices.Sorted(maps.Keys(e.levels)) {
		if !e.seen[id] {
			e.add(id, "has no row")
		}
	}
	return e.faults, e.counts
}

// An evidence is the reading of one file.
type evidence struct {
	root   string
	levels map[string]string
	seen   map[string]bool
	counts map[string]int
	tests  map[string]map[string]bool // names of test functions by folder
	faults []string
}

func (e *evidence) add(id, format string, args ...any) {
	e.faults = append(e.faults, id+" "+fmt.Sprintf(format, args...))
}

func (e *evidence) row(row []string) {
	id, level, applies, state, what, code, test := row[0], row[1], row[2], row[3], row[4], row[5], row[6]
	switch {
	case e.levels[id] == "":
		e.add(id, "is no requirement of level 1 or 2")
	case e.levels[id] != level:
		e.add(id, "is of level %s, not %q", e.levels[id], level)
	case e.seen[id]:
		e.add(id, "has two rows")
	}
	e.seen[id] = true
	if len(strings.Fields(what)) < 3 {
		e.add(id, "says nothing: %q", what)
	}
	for _, path := range strings.Fields(code) {
		if _, err := os.Stat(filepath.Join(e.root, path)); err != nil {
			e.add(id, "names %s, which does not exist", path)
		}
	}
	e.named(id, test)
	e.state(id, applies, state, code, test)
}

// named looks for the tests of a row: "internal/auth TestSignIn, internal/web TestHeaders".
func (e *evidence) named(id, list string) {
	for one := range strings.SplitSeq(list, ",") {
		folder, name, two := strings.Cut(strings.TrimSpace(one), " ")
		switch {
		case list == "":
		case !two || !isTest(name):
			e.add(id, "names a test as %q, not as a folder and a function", one)
		case !e.functions(folder)[name]:
			e.add(id, "names %s of %s, which does not exist", name, folder)
		}
	}
}

// state holds that what applies has a test, or says that it lacks.
func (e *evidence) state(id, applies, state, code, test string) {
	e.counts[strings.TrimSpace(applies+" "+state)]++
	switch applies + "/" + state {
	case "oui/tenu":
		if test == "" || code == "" {
			e.add(id, "is met by no code or shown by no test")
		}
	case "oui/manque": // what says what is missing
	case "oui/exploitant": // what rests with who runs the server: the place where that is written
		if code == "" {
			e.add(id, "rests with the operator, and no document says so")
		}
	case "non/", "pas encore/":
		if test != "" {
			e.add(id, "does not apply and names a test")
		}
	default:
		e.add(id, "applies %q with state %q: not a known pair", applies, state)
	}
}

func isTest(name string) bool {
	return (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz")) && token.IsIdentifier(name)
}

// functions are the names of the test functions of a folder.
func (e *evidence) functions(folder string) map[string]bool {
	if names, ok := e.tests[folder]; ok {
		return names
	}
	names := map[string]bool{}
	e.tests[folder] = names
	files, err := filepath.Glob(filepath.Join(e.root, folder, "*_test.go"))
	if err != nil {
		return names
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			e.add(folder, "%v", err)
			continue
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && isTest(f.Name.Name) {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}

// TestAttacks holds the list of attacks that befell consoles like this one to the tests that try
// them here.
func TestAttacks(t *testing.T) {
	file, err := os.Open("../docs/attacks.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 20 || !slices.Equal(rows[0], []string{"advisory", "class", "applies", "what", "test"}) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	e := evidence{root: "..", tests: map[string]map[string]bool{}}
	for _, row := range rows[1:] {
		advisory, applies, test := row[0], row[2], row[4]
		e.named(advisory, test)
		if applies != "oui" && applies != "pas encore" || (applies == "oui") != (test != "") {
			e.add(advisory, "applies %q and names the tests %q", applies, test)
		}
	}
	for _, f := range e.faults {
		t.Error(f)
	}
}

// TestASVSChecker breaks a sound file in every way that checkEvidence must see.
func TestASVSChecker(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.go", "package a\n")
	write("a_test.go", "package a\n\nfunc TestReal() {}\n\n// func TestComment() {}\n\ntype x int\n\nfunc (x) TestMethod() {}\n")
	write("b.go", "package a\n\nfunc TestElsewhere() {}\n")
	sound := func(change func(rows map[string][]string)) string {
		rows := map[string][]string{}
		for id, level := range requirements() {
			rows[id] = []string{id, level, "oui", "tenu", "said in three words", "a.go", ". TestReal"}
		}
		change(rows)
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.Write(asvsHeader)
		for _, id := range slices.Sorted(maps.Keys(rows)) {
			w.Write(rows[id])
		}
		w.Flush()
		return b.String()
	}
	if faults, counts := checkEvidence(root, strings.NewReader(sound(func(map[string][]string) {}))); len(faults) > 0 || counts["oui tenu"] != 253 {
		t.Fatalf("a sound file has faults: %v, %v", faults, counts)
	}
	const one = "v5.0.0-8.2.1"
	set := func(column int, value string) func(map[string][]string) {
		return func(rows map[string][]string) { rows[one][column] = value }
	}
	for i, broken := range []struct {
		change func(map[string][]string)
		want   string
	}{
		{func(rows map[string][]string) { delete(rows, one) }, "has no row"},
		{func(rows map[string][]string) { rows["v5.0.0-8.2.2"] = rows[one] }, "has two rows"},
		{func(rows map[string][]string) { rows["x"] = append([]string{"v5.0.0-1.2.10"}, rows[one][1:]...) }, "no requirement of level"},
		{set(1, "2"), "is of level 1"},
		{set(2, "peut-être"), "not a known pair"},
		{set(2, "non"), "not a known pair"},
		{set(3, ""), "not a known pair"},
		{set(3, "fait"), "not a known pair"},
		{set(4, "x"), "says nothing"},
		{set(5, "a.go absent.go"), "absent.go, which does not exist"},
		{set(5, ""), "met by no code"},
		{set(6, ""), "shown by no test"},
		{set(6, ". TestAbsent"), "TestAbsent of ., which does not exist"},
		{set(6, ". TestComment"), "does not exist"},
		{set(6, ". TestMethod"), "does not exist"},
		{set(6, ". TestElsewhere"), "does not exist"},
		{set(6, "absent TestReal"), "does not exist"},
		{set(6, ". TestReal,"), "not as a folder and a function"},
		{set(6, "TestReal"), "not as a folder and a function"},
		{set(6, ". helper"), "not as a folder and a function"},
		{func(rows map[string][]string) { rows[one][2], rows[one][3] = "non", "" }, "does not apply and names a test"},
		{func(rows map[string][]string) { rows[one][3], rows[one][5] = "exploitant", "" }, "no document says so"},
	} {
		faults, _ := checkEvidence(root, strings.NewReader(sound(broken.change)))
		if all := strings.Join(faults, "\n"); !strings.Contains(all, broken.want) {
			t.Errorf("%d: %q, want %q", i, all, broken.want)
		}
	}
	for _, text := range []string{"", "id,level\n", "id,level,applies,state,what,code,test\nx\n"} {
		if faults, _ := checkEvidence(root, strings.NewReader(text)); len(faults) == 0 {
			t.Errorf("%q has no faults", text)
		}
	}
}

package semantic_test

import (
	"bufio"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/territory/semantic"
)

// shared finds a file beside the repository, and skips the test when it is absent.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("reference absent: %s", name)
	}
	return path
}

// printed is what the annex prints of an indicator, in the order of its columns.
func printed(i *belvedere.Indicator) []string {
	return []string{i.Label, i.Definition, i.Unit1, i.Unit2, i.Since, i.Recipients, i.LegalBasis}
}

func annexed(t *testing.T) (map[int]*belvedere.Indicator, *belvedere.Model) {
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]*belvedere.Indicator{}
	for _, i := range m.Indicators {
		if i.Annexed {
			out[i.Number] = i
		}
	}
	return out, m
}

// TestAnnexFile: every text of the annex is declared exactly as printed.
func TestAnnexFile(t *testing.T) {
	file, err := os.Open(shared(t, "reference/annex.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 81 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	indicators, _ := annexed(t)
	for _, row := range rows[1:] {
		n, err := strconv.Atoi(row[0])
		if err != nil || indicators[n] == nil {
			t.Errorf("number %q is not declared", row[0])
			continue
		}
		for k, got := range printed(indicators[n]) {
			if got != row[k+1] {
				t.Errorf("%d: got %q, want %q", n, got, row[k+1])
			}
		}
	}
}

var seedRow = regexp.MustCompile(`^\d{1,2}\t`)

// TestAnnexSeed: the same against the annex of the manual, with the themes that it prints once
// a page. Two columns may have slipped in the printed table; a line is compared by its texts.
func TestAnnexSeed(t *testing.T) {
	file, err := os.Open(shared(t, "seeds/001_9c1f0c7198828761.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	indicators, model := annexed(t)
	themes := map[string]bool{}
	for _, th := range model.Themes {
		themes[th.Label] = true
	}
	seen, theme, annex := 0, "", false
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		annex = annex || lines.Text() == "Annexe"
		if !annex || !seedRow.MatchString(lines.Text()) {
			continue
		}
		var texts []string
		for _, f := range strings.Split(lines.Text(), "\t") {
			if f = strings.TrimSpace(f); f != "" {
				texts = append(texts, f)
			}
		}
		n, _ := strconv.Atoi(texts[0])
		ind := indicators[n]
		if ind == nil {
			t.Errorf("number %d is not declared", n)
			continue
		}
		seen++
		texts = texts[1:]
		if themes[texts[0]] && len(texts) == 8 {
			theme, texts = texts[0], texts[1:]
		}
		if got, want := strings.Join(printed(ind), "\n"), strings.Join(texts, "\n"); got != want {
			t.Errorf("%d: got\n%s\nwant\n%s", n, got, want)
		}
		if got := model.Theme(ind.Theme); got != theme {
			t.Errorf("%d: theme %q, want %q", n, got, theme)
		}
	}
	if err := lines.Err(); err != nil || seen != 80 {
		t.Fatalf("%d lines of the annex: %v", seen, err)
	}
}

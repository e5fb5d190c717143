package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// These tests hold the documents to the program: links lead somewhere, commands exist with their
// flags, addresses of the API are described, dependencies are those of the code.

// A document is one Markdown file, its code blocks apart.
type document struct {
	path  string // from the root of the project
	prose string // without code, for links and headings
	code  []string
}

// documents reads every Markdown file of the project.
func documents(t *testing.T) []document {
	t.Helper()
	skip := []string{".git", ".cache", "bin", "data", "tmp", "node_modules", "testdata"}
	var list []document
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skip, d.Name()):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".md":
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		doc := cutCode(string(text))
		doc.path = filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator)))
		list = append(list, doc)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var codeSpan = regexp.MustCompile("`([^`\n]+)`")

// cutCode parts what is written as code, in fences or between back-quotes, from the prose.
func cutCode(text string) document {
	var d document
	var prose []string
	fenced := false
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		if fenced {
			d.code = append(d.code, line)
			continue
		}
		for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
			d.code = append(d.code, m[1])
		}
		prose = append(prose, codeSpan.ReplaceAllString(line, "$1"))
	}
	d.prose = strings.Join(prose, "\n")
	return d
}

var (
	inlineLink    = regexp.MustCompile(`\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)`)
	referenceLink = regexp.MustCompile(`(?m)^\[[^\]]+\]:\s+(\S+)`)
	htmlLink      = regexp.MustCompile(`(?:src|href)="([^"]+)"`)
	schemed       = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)
)

// TestLinks follows every relative link of every document, to the file and to the heading.
func TestLinks(t *testing.T) {
	docs := documents(t)
	followed := 0
	for _, doc := range docs {
		for _, pattern := range []*regexp.Regexp{inlineLink, referenceLink, htmlLink} {
			for _, m := range pattern.FindAllStringSubmatch(doc.prose, -1) {
				if schemed.MatchString(m[1]) {
					continue
				}
				followed++
				if err := followLink(docs, doc, m[1]); err != nil {
					t.Errorf("%s: %s: %v", doc.path, m[1], err)
				}
			}
		}
	}
	if followed == 0 {
		t.Error("no relative link was found in any document")
	}
}

// followLink finds the file of a link, and its heading when it names one.
func followLink(docs []document, from document, link string) error {
	link, err := url.PathUnescape(link)
	if err != nil {
		return err
	}
	name, heading, _ := strings.Cut(link, "#")
	target := from.path
	if name != "" {
		target = filepath.ToSlash(filepath.Join(filepath.Dir(from.path), name))
		if _, err := os.Stat(filepath.Join("..", target)); err != nil {
			return errors.New("no such file")
		}
	}
	if heading == "" {
		return nil
	}
	for _, doc := range docs {
		if doc.path == target && !slices.Contains(anchors(doc.prose), heading) {
			return errors.New("no such heading")
		}
	}
	return nil
}

// anchors are the names that a forge gives to the headings of a text.
func anchors(prose string) []string {
	var out []string
	for _, line := range strings.Split(prose, "\n") {
		text := strings.TrimLeft(line, "#")
		if text == line || !strings.HasPrefix(text, " ") {
			continue
		}
		out = append(out, strings.Map(func(r rune) rune {
			switch r = unicode.ToLower(r); {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
				return r
			}
			return -1
		}, strings.TrimSpace(text)))
	}
	return out
}

// TestCommands parses every command that a document shows, with its flags.
func TestCommands(t *testing.T) {
	grammar := readGrammar(t)
	targets := makeTargets(t)
	seen := map[string]bool{}
	for _, doc := range documents(t) {
		for _, words := range shownCommands(doc.code) {
			var err error
			switch name := filepath.Base(words[0]); {
			case name == "belvedere" && len(words) > 1:
				err = grammar.parse(words[1:])
				seen[doc.path] = true
			case name == "make":
				err = checkMake(targets, words[1:])
			}
			if err != nil {
				t.Errorf("%s: %s: %v", doc.path, strings.Join(words, " "), err)
			}
		}
	}
	if !seen["README.md"] {
		t.Error("README.md shows no command of belvedere")
	}
}

// shownCommands are the command lines of the code of a document, one for each program of a pipe,
// continuation lines joined.
func shownCommands(code []string) [][]string {
	var out [][]string
	joined := strings.ReplaceAll(strings.Join(code, "\n"), "\\\n", " ")
	for _, line := range strings.Split(joined, "\n") {
		line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
		for _, words := range splitShell(line) {
			for len(words) > 0 && assignment.MatchString(words[0]) {
				words = words[1:]
			}
			if len(words) > 0 {
				out = append(out, words)
			}
		}
	}
	return out
}

var assignment = regexp.MustCompile(`^[A-Z_]+=`)

// splitShell cuts a line into the words of its commands as a shell does, as far as documents go.
func splitShell(line string) [][]string {
	var all [][]string
	var words []string
	var word strings.Builder
	started, quote := false, rune(0)
	end := func() {
		if started {
			words = append(words, word.String())
		}
		word.Reset()
		started = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, started = r, true
		case quote == 0 && r == '#' && !started:
			end()
			return append(all, words)
		case quote == 0 && strings.ContainsRune("|;&<>", r):
			end()
			all, words = append(all, words), nil
		case quote == 0 && unicode.IsSpace(r):
			end()
		default:
			word.WriteRune(r)
			started = true
		}
	}
	end()
	return append(all, words)
}

func makeTargets(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z]+):`).FindAllStringSubmatch(string(text), -1) {
		targets[m[1]] = true
	}
	return targets
}

func checkMake(targets map[string]bool, words []string) error {
	for _, w := range words {
		if !assignment.MatchString(w) && !targets[w] {
			return fmt.Errorf("the Makefile has no target %q", w)
		}
	}
	return nil
}

// TestAddresses finds every address of the API that a document shows in the OpenAPI document.
func TestAddresses(t *testing.T) {
	text, err := os.ReadFile("../internal/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Paths map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(text, &api); err != nil {
		t.Fatal(err)
	}
	var known []string
	for path := range api.Paths {
		known = append(known, regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/?]+`))
	}
	described := regexp.MustCompile("^(?:" + strings.Join(known, "|") + ")$")
	for _, doc := range documents(t) {
		for _, address := range regexp.MustCompile(`/api/v1/[^\s'"?)]+`).FindAllString(strings.Join(doc.code, "\n"), -1) {
			if !described.MatchString(address) {
				t.Errorf("%s: openapi.json describes no %s", doc.path, address)
			}
		}
	}
}

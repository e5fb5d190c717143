package e2e_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named is what the guide says of the product by its own words: « Ainsi » or **Ainsi**, from a capital on.
var named = regexp.MustCompile(`« ?(\p{Lu}[^»]{0,60}?) ?»|\*\*(\p{Lu}[^*]{0,40})\*\*`)

// saidOtherwise are words of the guide that name nothing on a page: titles of examples, people, emphasis.
var saidOtherwise = map[string]string{
	"COUDRAY M":                      "an example of a name in a file",
	"Infocentre":                     "also a tile of the portal of a school",
	"Pilotage":                       "a tile of the portal of a school",
	"Niveau, par groupes":            "a dimension and how it is taken",
	"La période et la date d’état":   "a step of good practice",
	"La version des données":         "a step of good practice",
	"Une référence":                  "a step of good practice",
	"La trace":                       "a step of good practice",
	"L’adresse est la question":      "a sentence",
	"Quand personne ne peut décider": "a sentence",
	"Chaque courrier part une fois":  "a sentence",
	"Toute autre table":              "files of no known format",
}

// TestGuideNamesWhatIsThere holds that buttons, pages and menus that the chapters of the infocentre name
// bear these names in the product.
func TestGuideNamesWhatIsThere(t *testing.T) {
	product := productWords(t)
	chapters, err := filepath.Glob("../docs/guide/4[0-9]-*.md")
	if err != nil || len(chapters) < 10 {
		t.Fatal(err, chapters)
	}
	for _, chapter := range chapters {
		text, err := os.ReadFile(chapter)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(onlyText(plain(string(text))), -1) {
			name := strings.TrimRight(m[1]+m[2], " .:;,…")
			if saidOtherwise[name] == "" && !strings.Contains(product, name) {
				t.Errorf("%s: nothing in the product is called « %s »", filepath.Base(chapter), name)
			}
		}
	}
}

// onlyText drops code and pictures, and the addresses of links.
func onlyText(text string) string {
	for _, drop := range []string{"(?s)```.*?```", "`[^`\n]*`", `!\[[^\]]*\]\([^)]*\)`, `(?m)^> .*$`, `\]\([^)]*\)`} {
		text = regexp.MustCompile(drop).ReplaceAllString(text, "")
	}
	return strings.ReplaceAll(text, "[", "")
}

// productWords are the words of templates, of Go and of declarations, with plain spaces.
func productWords(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, root := range []string{"../internal", "../catalog", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
				return err
			}
			switch filepath.Ext(path) {
			case ".go", ".templ", ".yaml":
				text, err := os.ReadFile(path)
				b.WriteString(plain(strings.NewReplacer(`\u00a0`, " ", `\u202f`, " ", "&nbsp;", " ", "'", "’").Replace(string(text))))
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

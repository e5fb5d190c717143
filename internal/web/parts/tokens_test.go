package parts

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTokensAreDefined wants each custom property that a style reads to be set somewhere: a misspelt
// one paints nothing, without a word.
func TestTokensAreDefined(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("css", "*.css"))
	if err != nil || len(files) < 10 {
		t.Fatalf("styles: %v, %v", files, err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	set := map[string]bool{}
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+)\s*:`).FindAllStringSubmatch(all.String(), -1) {
		set[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(all.String(), -1) {
		if !set[m[1]] {
			t.Errorf("%s is read and never set", m[1])
			set[m[1]] = true
		}
	}
}

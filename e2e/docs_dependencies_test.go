package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDependencies compares the table of ARCHITECTURE with the modules that the code imports and
// their versions in go.mod.
func TestDependencies(t *testing.T) {
	text, err := os.ReadFile("../docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## Dependencies\n")
	if !found {
		t.Fatal("ARCHITECTURE.md has no section Dependencies")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	told := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (v[^ ]+) \\|").FindAllStringSubmatch(section, -1) {
		told[m[1]] = m[2]
	}
	used := directModules(t)
	for module, version := range used {
		if told[module] != version {
			t.Errorf("%s %s is a dependency; ARCHITECTURE.md says %q", module, version, told[module])
		}
	}
	for _, module := range slices.Sorted(maps.Keys(told)) {
		if used[module] == "" {
			t.Errorf("ARCHITECTURE.md lists %s, which nothing imports", module)
		}
	}
}

// directModules are the modules that packages and tests of the project import, with the versions
// that go.mod requires.
func directModules(t *testing.T) map[string]string {
	t.Helper()
	required := goModVersions(t)
	cmd := exec.Command("go", "list", "-e", "-json=Imports,TestImports,XTestImports", "belvedere/...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ Imports, TestImports, XTestImports []string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return used
		} else if err != nil {
			t.Fatal(err)
		}
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if module := moduleOf(required, path); module != "" {
				used[module] = required[module]
			}
		}
	}
}

func goModVersions(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(out, &file); err != nil {
		t.Fatal(err)
	}
	required := map[string]string{}
	for _, r := range file.Require {
		required[r.Path] = r.Version
	}
	return required
}

// moduleOf is the required module that holds a package, "" for the standard library and ours.
func moduleOf(required map[string]string, path string) string {
	for at := path; ; {
		if required[at] != "" {
			return at
		}
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			return ""
		}
		at = at[:i]
	}
}

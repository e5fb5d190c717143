// Package e2e holds the rules about the whole tree and the tests of the built program from
// outside: which room may import which, scripts that read like a manual, a real browser.
package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// rooms is the table of allowed imports (DESIGN section 8): what each folder may import of the
// project besides the root package. A folder below one that is named has its rights.
var rooms = map[string][]string{
	"catalog":                        {},
	"internal/config":                {},
	"docs/guide":                     {},
	"internal/guide":                 {"docs/guide", "internal/words"},
	"internal/durable":               {},
	"internal/words":                 {},
	"internal/mapping":               {"internal/words"},
	"internal/declaration":           {},
	"internal/procedure":             {"internal/declaration", "internal/registry", "internal/words"},
	"internal/secret":                {"internal/durable"},
	"internal/mail":                  {"internal/durable"},
	"internal/audit":                 {"internal/registry", "internal/secret", "internal/durable"},
	"internal/source":                {},
	"internal/archive":               {},
	"internal/chart":                 {},
	"internal/export":                {},
	"internal/check":                 {},
	"internal/registry":              {},
	"internal/school/vault":          {"internal/source"},
	"internal/school/rule":           {"internal/source", "internal/school/vault"},
	"internal/school/board":          {"internal/source", "internal/school/vault", "internal/school/rule"},
	"internal/school/directory":      {"internal/school/vault", "internal/school/rule", "internal/school/board", "internal/export"},
	"internal/school/lesson":         {"internal/school/vault", "internal/school/board"},
	"internal/school/pseudonym":      {"internal/school/dossier", "internal/export"},
	"internal/extract":               {"internal/school/dossier", "internal/registry", "internal/secret", "internal/durable", "internal/export", "internal/mail", "internal/door", "internal/admin", "internal/watch", "internal/territory/report", "internal/school/pseudonym"},
	"internal/school/coherence":      {"internal/school/vault", "internal/school/board", "internal/school/dossier", "internal/export"},
	"internal/school/tally":          {"internal/school/vault", "internal/school/dossier"},
	"internal/school/dossier":        {"internal/declaration", "internal/words", "internal/source", "internal/mapping", "internal/school/vault", "internal/school/board"},
	"internal/rights":                {"internal/words", "internal/registry"},
	"internal/admin":                 {"internal/words", "internal/registry", "internal/rights", "internal/source", "internal/export", "internal/door"},
	"internal/territory/semantic":    {},
	"internal/territory/warehouse":   {},
	"internal/territory/ingest/form": {"internal/words", "internal/territory/semantic", "internal/source", "internal/mapping"},
	"internal/territory/ingest":      {"internal/territory/semantic", "internal/territory/warehouse", "internal/source", "internal/registry"},
	"internal/territory/gap":         {},
	"internal/territory/release":     {},
	"internal/territory/diffusion":   {"internal/territory/semantic", "internal/territory/warehouse", "internal/territory/release", "internal/registry"},
	"internal/territory/report":      {"internal/territory/release", "internal/territory/diffusion", "internal/territory/gap", "internal/territory/benchmark", "internal/words", "internal/territory/semantic", "internal/territory/warehouse", "internal/registry"},
	"internal/territory/benchmark":   {},
	"internal/dataset":               {"internal/admin", "internal/mapping", "internal/words", "internal/registry", "internal/source", "internal/territory/semantic", "internal/territory/ingest"},
	"internal/formula":               {"internal/registry", "internal/territory/report", "internal/territory/semantic"},
	"internal/definition":            {"internal/registry", "internal/territory/report", "internal/territory/semantic"},
	"internal/governance":            {"internal/registry", "internal/mail", "internal/door", "internal/words", "internal/export"},
	"internal/auth":                  {"internal/door", "internal/mail", "internal/registry", "internal/secret"},
	"internal/demo":                  {},
	"internal/door":                  {"internal/registry"},
	"internal/web":                   {"internal/guide", "internal/school/pseudonym", "internal/extract", "internal/formula", "internal/territory/diffusion", "internal/words", "internal/door", "internal/audit", "internal/mail", "internal/territory/report", "internal/territory/ingest", "internal/registry", "internal/export", "internal/chart", "internal/rights", "internal/admin", "internal/definition", "internal/auth", "internal/school/board", "internal/school/rule", "internal/school/tally", "internal/school/directory", "internal/school/lesson", "internal/school/dossier", "internal/school/coherence", "internal/watch", "internal/notice", "internal/governance", "internal/dashboard", "internal/procedure", "internal/saved", "internal/dataset", "internal/mapping"},
	"internal/api":                   {"internal/territory/semantic", "internal/extract", "internal/formula", "internal/definition", "internal/door", "internal/territory/report", "internal/territory/ingest", "internal/registry", "internal/export", "internal/chart", "internal/admin", "internal/notice", "internal/watch", "internal/dashboard", "internal/saved"},
	"internal/app":                   {"*"},
	"cmd/belvedere":                  {"internal/school/pseudonym", "internal/extract", "internal/formula", "internal/territory/diffusion", "internal/definition", "internal/territory/semantic", "internal/app", "internal/check", "internal/config", "internal/demo", "internal/export", "internal/registry", "internal/territory/ingest", "internal/territory/report", "internal/admin", "internal/archive", "internal/audit", "internal/school/tally", "internal/school/board", "internal/school/lesson", "internal/school/directory", "internal/school/dossier", "internal/school/coherence", "internal/notice", "internal/governance", "internal/watch", "internal/dashboard", "internal/procedure", "internal/saved", "internal/dataset"},
	"internal/watch":                 {},
	"internal/saved":                 {"internal/registry", "internal/words", "internal/territory/report"},
	"internal/dashboard":             {"internal/registry", "internal/words", "internal/territory/report", "internal/territory/semantic"},
	"internal/notice":                {"internal/watch", "internal/registry", "internal/territory/report", "internal/mail", "internal/door", "internal/admin"},
	"bench":                          {"*"},
	"e2e":                            {"*"},
}

// drivers are the modules that one folder alone may import.
var drivers = map[string]string{
	"github.com/duckdb/duckdb-go-bindings": "internal/territory/warehouse/duckdb",
	"github.com/duckdb/duckdb-go":          "internal/territory/warehouse/duckdb",
	"github.com/ncruces/go-sqlite3":        "internal/registry internal/school/vault",
	"github.com/jackc/pgx":                 "internal/registry",
	"github.com/xuri/excelize":             "internal/export",
	"codeberg.org/go-pdf/fpdf":             "internal/export",
	"github.com/goccy/go-yaml":             "internal/territory/semantic internal/config internal/declaration",
	"github.com/a-h/templ":                 "internal/web",
	"github.com/go-webauthn":               "internal/auth",
	"github.com/pquerna/otp":               "internal/auth",
	"github.com/trustelem/zxcvbn":          "internal/auth",
	"golang.org/x/crypto/argon2":           "internal/auth",
	"github.com/wneessen/go-mail":          "internal/mail",
	"github.com/alecthomas/kong":           "cmd/belvedere",
	"github.com/apache/arrow-go/v18":       "internal/export",
	"github.com/parquet-go/parquet-go":     "internal/export",
	"github.com/pkg/sftp":                  "internal/extract/place",
	"filippo.io/age":                       "internal/archive",
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "belvedere/...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// room finds the longest named folder that holds a package.
func room(path string) (string, []string) {
	for at := path; ; {
		if allowed, ok := rooms[at]; ok {
			return at, allowed
		}
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			return "", nil
		}
		at = at[:i]
	}
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		path, _ := strings.CutPrefix(p.ImportPath, "belvedere/")
		if p.ImportPath == "belvedere" {
			for _, i := range p.Imports {
				if strings.Contains(i, ".") {
					t.Errorf("the root package imports %s: the standard library only", i)
				}
			}
			continue
		}
		home, allowed := room(path)
		if home == "" {
			t.Errorf("%s stands in no room of the table", path)
			continue
		}
		for _, i := range p.Imports {
			checkDriver(t, path, i)
			target, ours := strings.CutPrefix(i, "belvedere/")
			if !ours || inside(target, home) || allows(allowed, target) {
				continue
			}
			t.Errorf("%s may not import %s", path, target)
		}
	}
}

func inside(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func allows(allowed []string, target string) bool {
	for _, a := range allowed {
		if a == "*" || inside(target, a) {
			return true
		}
	}
	return false
}

func checkDriver(t *testing.T, path, imported string) {
	t.Helper()
	for module, homes := range drivers {
		if !inside(imported, module) && !strings.HasPrefix(imported, module+"/") {
			continue
		}
		ok := strings.HasPrefix(path, "bench")
		for _, h := range strings.Fields(homes) {
			ok = ok || inside(path, h)
		}
		if !ok {
			t.Errorf("%s may not import %s, which belongs to %s", path, imported, homes)
		}
	}
}

// TestNoSchoolInTerritory keeps what is nominative away from the statistics, by whatever way.
func TestNoSchoolInTerritory(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "belvedere/internal/territory/...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range strings.Fields(string(out)) {
		if strings.HasPrefix(p, "belvedere/internal/school") {
			t.Errorf("the territory depends on %s", p)
		}
	}
}

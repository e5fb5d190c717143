package e2e

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A source is one file of the program, tests and their helpers apart.
type source struct {
	path, folder string
	file         *ast.File
}

// sources are all files that are part of the program.
func sources(t *testing.T) (list []source) {
	t.Helper()
	skip := []string{".git", ".cache", "bin", "data", "tmp", "node_modules", "testdata", "bench", "e2e", "registrytest", "warehousetest", "webtest"}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skip, d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		list = append(list, source{name, filepath.ToSlash(filepath.Dir(name)), file})
		return err
	})
	if err != nil || len(list) < 100 {
		t.Fatalf("%d files: %v", len(list), err)
	}
	return list
}

// written is an expression as it stands in the code.
func written(e ast.Expr) string {
	var b bytes.Buffer
	printer.Fprint(&b, token.NewFileSet(), e)
	return strings.Join(strings.Fields(b.String()), " ")
}

// riskyImports are packages that do what attackers wish for, with the folders that may. SHA-1 and AES
// stand in the format of encrypted archives, which is not ours; the XML of workbooks is bounded in
// nesting, bytes and texts, and its tests drop bombs on it.
var riskyImports = map[string]string{
	"os/exec": "internal/territory/warehouse/duckdb", "unsafe": "internal/territory/warehouse/duckdb", "encoding/xml": "internal/chart internal/school/directory internal/source/table",
	"math/rand": "", "math/rand/v2": "internal/demo",
	"encoding/gob": "", "plugin": "", "net/rpc": "", "net/smtp": "", "net/http/pprof": "", "expvar": "", "net/http/cgi": "", "net/http/httputil": "",
	"text/template": "", "html/template": "", "crypto/md5": "", "crypto/sha1": "internal/extract/lockedzip", "crypto/des": "", "crypto/rc4": "", "crypto/dsa": "", "crypto/rsa": "", "crypto/aes": "internal/extract/lockedzip", "crypto/cipher": "internal/extract/lockedzip internal/secret",
}

// riskyNames are functions and types of the same kind, in the same way.
var riskyNames = map[string]string{
	"exec.Command": "", "exec.CommandContext": "internal/territory/warehouse/duckdb", "os.StartProcess": "", "syscall.Exec": "",
	"http.Client": "internal/app internal/school/tally internal/extract/place", "http.Transport": "internal/app internal/school/tally internal/extract/place", "http.DefaultClient": "", "http.DefaultTransport": "", "http.Get": "", "http.Post": "", "http.PostForm": "", "http.Head": "",
	"net.Dial": "", "net.DialTimeout": "", "net.Dialer": "internal/school/tally internal/extract/place", "tls.Dial": "", "tls.Dialer": "", "http.FileServer": "", "http.FileServerFS": "", "http.Dir": "", "http.ServeFile": "", "http.ServeFileFS": "",
	"xml.NewDecoder": "internal/source/table", "xml.Unmarshal": "", "templ.Raw": "", "tls.InsecureCipherSuites": "", "http.NewRequest": "", "http.NewRequestWithContext": "internal/app internal/school/tally internal/extract/place",
}

// TestRiskyImports holds what can run a command, call another machine, read XML, serve a folder or
// make weak randomness to the few folders that need it.
func TestRiskyImports(t *testing.T) {
	used := map[string]bool{}
	check := func(s source, what, homes string) {
		if !slices.ContainsFunc(strings.Fields(homes), func(home string) bool { return inside(s.folder, home) }) {
			t.Errorf("%s uses %s: weigh it, test what an attacker would do with it, then give its folder leave here", s.path, what)
		}
		used[what] = true
	}
	for _, s := range sources(t) {
		for _, i := range s.file.Imports {
			name := strings.Trim(i.Path.Value, `"`)
			if homes, risky := riskyImports[name]; risky {
				check(s, name, homes)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if homes, risky := riskyNames[written(sel)]; risky {
					check(s, written(sel), homes)
				}
			}
			return true
		})
	}
	for _, list := range []map[string]string{riskyImports, riskyNames} {
		for what, homes := range list {
			if homes != "" && !used[what] {
				t.Errorf("%s may use %s and does not: take the leave away", homes, what)
			}
		}
	}
}

// TestTLSFloor looks at every configuration of TLS: version 1.2 at least, certificates verified,
// ciphers those of the standard library.
func TestTLSFloor(t *testing.T) {
	n := 0
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(node ast.Node) bool {
			switch x := node.(type) {
			case *ast.CompositeLit:
				if x.Type == nil || written(x.Type) != "tls.Config" {
					return true
				}
				n++
				if text := written(x); !strings.Contains(text, "MinVersion: tls.VersionTLS12") && !strings.Contains(text, "MinVersion: tls.VersionTLS13") {
					t.Errorf("%s: %s has no floor", s.path, text)
				}
			case *ast.Ident:
				if slices.Contains([]string{"InsecureSkipVerify", "CipherSuites", "VersionTLS10", "VersionTLS11", "VersionSSL30", "Renegotiation"}, x.Name) {
					t.Errorf("%s names %s", s.path, x.Name)
				}
			}
			return true
		})
	}
	if n < 3 {
		t.Errorf("only %d configurations of TLS were looked at", n)
	}
}

// securityPage is the text of docs/SECURITY.md between a heading and the next.
func securityPage(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile("../docs/SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("SECURITY.md has no section %s", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

var limitRow = regexp.MustCompile("(?m)^\\| .* \\| .* \\| `([^`]+\\.go)` `(\\w+) = ([^`]+)` \\|$")

// TestSecurityLimits compares the table of limits with the constants of the code.
func TestSecurityLimits(t *testing.T) {
	values := map[string]map[string]string{}
	for _, s := range sources(t) {
		values[s.path] = map[string]string{}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
				for i, name := range spec.Names {
					values[s.path][name.Name] = written(spec.Values[i])
				}
			}
			return true
		})
	}
	section := securityPage(t, "Limits")
	rows := limitRow.FindAllStringSubmatch(section, -1)
	if want := strings.Count(section, "\n| ") - 1; len(rows) != want || want < 20 {
		t.Errorf("%d rows of %d name a constant", len(rows), want)
	}
	for _, row := range rows {
		if got := values[row[1]][row[2]]; got != row[3] {
			t.Errorf("%s: %s is %q, SECURITY.md says %q", row[1], row[2], got, row[3])
		}
	}
}

var codeName = regexp.MustCompile("`([a-z0-9./-]+)`")

// TestCryptographyIsListed compares the table of cryptography with what the program imports.
func TestCryptographyIsListed(t *testing.T) {
	told := map[string]bool{}
	for _, m := range codeName.FindAllStringSubmatch(securityPage(t, "Cryptography"), -1) {
		if strings.Contains(m[1], "/") {
			told[m[1]] = false
		}
	}
	for _, s := range sources(t) {
		for _, i := range s.file.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			if !strings.HasPrefix(path, "crypto/") && !slices.ContainsFunc([]string{"golang.org/x/crypto/", "filippo.io/", "github.com/go-webauthn/", "github.com/pquerna/"}, func(p string) bool { return strings.HasPrefix(path, p) }) {
				continue
			}
			found := false
			for name := range told {
				if inside(path, name) {
					told[name], found = true, true
				}
			}
			if !found {
				t.Errorf("%s imports %s, which SECURITY.md does not list", s.path, path)
			}
		}
	}
	for name, used := range told {
		if !used {
			t.Errorf("SECURITY.md lists %s, which nothing imports", name)
		}
	}
}

// TestWaysIn looks for what opens a session: a way that SECURITY.md does not list is a way in that
// nobody has weighed.
func TestWaysIn(t *testing.T) {
	var ways []string
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch name := written(call.Fun); {
				case s.folder == "internal/auth" && name == "s.begin":
					ways = append(ways, f.Name.Name)
				case strings.HasSuffix(name, ".PutSession") && (s.path != "internal/auth/session.go" || f.Name.Name != "open"):
					t.Errorf("%s keeps a session in %s, beside the one place for it", s.path, f.Name.Name)
				}
				return true
			})
		}
	}
	slices.Sort(ways)
	if want := []string{"Code", "Enter", "FinishKey", "SignIn"}; !slices.Equal(ways, want) {
		t.Errorf("sessions are opened by %v, want %v: SECURITY.md lists the ways in", ways, want)
	}
	section := securityPage(t, "Who may what")
	for _, way := range []string{"password", "code of an application, recovery code", "passkey", "entry link", "token of the API", "command line"} {
		if !strings.Contains(section, "\n| "+way+" | ") {
			t.Errorf("SECURITY.md does not list the way in %q", way)
		}
	}
}

// TestSecurityPage holds the page to what the requirements of documentation ask, and its table of
// what is kept to the files of the data folder.
func TestSecurityPage(t *testing.T) {
	for heading, words := range map[string][]string{
		"Limits":                      {"not limited in number", "takes turns", "No password may rest on", "common passwords"},
		"What is kept":                {"keys", "passwords", "journal", "deliveries", "backups", "how long", "standard error", "from where, when (UTC)"},
		"Cryptography":                {"Keys are shared with nobody", "cost"},
		"Whom the program speaks to":  {"mail server", "PostgreSQL", "nobody else"},
		"What rests with who runs it": {"certificate", "database of its own", "disk encrypted", "another machine", "7 days", "30 days"},
		"What remains":                {"antivirus", "90 seconds", "second factor"},
	} {
		section := securityPage(t, heading)
		for _, word := range words {
			if !strings.Contains(section, word) {
				t.Errorf("the section %s says nothing of %q", heading, word)
			}
		}
	}
	var text strings.Builder
	for _, s := range sources(t) {
		if s.folder == "internal/config" {
			ast.Inspect(s.file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok {
					text.WriteString(lit.Value)
				}
				return true
			})
		}
	}
	kept := regexp.MustCompile("`([a-z]+(\\.[a-z]+|/))`").FindAllStringSubmatch(securityPage(t, "What is kept"), -1)
	for _, m := range kept {
		if !strings.Contains(text.String(), `"`+strings.TrimSuffix(m[1], "/")+`"`) {
			t.Errorf("SECURITY.md says that %s is kept; the configuration knows no such name", m[1])
		}
	}
	if len(kept) < 4 {
		t.Errorf("the table names %d files", len(kept))
	}
}

package registry_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/registry/registrytest"
	"belvedere/internal/registry/registrytest/pgtest"
)

// engines are the places of a fresh registry, by engine.
var engines = map[string]func(t testing.TB) string{
	"SQLite":     func(t testing.TB) string { return filepath.Join(t.TempDir(), "registre.db") },
	"PostgreSQL": pgtest.Start,
}

func dump(t *testing.T, r registry.Registry) string {
	t.Helper()
	var b bytes.Buffer
	if err := registry.Backup(context.Background(), r, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Each engine restores what each has saved, and then says the same.
func TestBackupBetweenEngines(t *testing.T) {
	for from, source := range engines {
		for to, target := range engines {
			t.Run(from+" to "+to, func(t *testing.T) {
				r, into := open(t, source(t)), open(t, target(t))
				registrytest.Fill(t, r)
				saved := dump(t, r)
				if err := registry.Restore(context.Background(), into, strings.NewReader(saved)); err != nil {
					t.Fatal(err)
				}
				if got := dump(t, into); got != saved {
					t.Errorf("saved\n%s\nrestored\n%s", head(saved), head(got))
				}
				checkRestored(t, into)
				if err := registry.Restore(context.Background(), into, strings.NewReader(saved)); belvedere.KindOf(err) != belvedere.Conflict {
					t.Errorf("restored over what was there: %v", err)
				}
			})
		}
	}
}

// checkRestored goes on where the saved registry stood: no number is given twice, the chain holds.
func checkRestored(t *testing.T, r registry.Registry) {
	t.Helper()
	ctx := context.Background()
	a, err := r.CreateAccount(ctx, registry.Account{Login: "nouveau", State: registry.Active, Place: registry.InTerritory})
	if err != nil || a.ID != 4 {
		t.Errorf("account %d after 3 had been given, %v", a.ID, err)
	}
	d, _, err := r.Accept(ctx, belvedere.Delivery{Source: "fichier", SHA256: strings.Repeat("c", 64)})
	if err != nil || d.Seq != 3 {
		t.Errorf("delivery %d, %v", d.Seq, err)
	}
	head, err := r.JournalHead(ctx)
	if err != nil || head.Seq != 250 {
		t.Errorf("head %+v, %v", head, err)
	}
	if err := r.AppendJournal(ctx, []registry.Entry{{}}, func(previous string, e *registry.Entry) error {
		if previous != head.Seal || e.Seq != 251 {
			t.Errorf("entry %d after seal %q", e.Seq, previous)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func head(s string) string { return s[:min(len(s), 3000)] }

// Both engines keep the same of what they were given in the same way.
func TestEnginesKeepTheSame(t *testing.T) {
	var dumps []string
	for _, place := range engines {
		r := open(t, place(t))
		registrytest.Fill(t, r)
		dumps = append(dumps, dump(t, r))
	}
	if dumps[0] != dumps[1] {
		t.Errorf("one keeps\n%s\nthe other\n%s", head(dumps[0]), head(dumps[1]))
	}
	for _, table := range []string{"meta", "delivery_fault", "account_group", "passkey", "recovery_code", "session", "link", "token", "journal_perimeter"} {
		if !strings.Contains(dumps[0], `["`+table+`",`) {
			t.Errorf("no row of %s", table)
		}
	}
}

// A backup that is cut, changed or not one leaves the registry as it was.
func TestDamagedBackup(t *testing.T) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) { testDamagedBackup(t, place) })
	}
}

func testDamagedBackup(t *testing.T, place func(t testing.TB) string) {
	full := open(t, place(t))
	registrytest.Fill(t, full)
	saved := dump(t, full)
	lines := strings.SplitAfter(strings.TrimSuffix(saved, "\n"), "\n")
	row := func(prefix string) int {
		return slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, prefix) })
	}
	r := open(t, place(t))
	empty := dump(t, r)
	for name, text := range map[string]string{
		"nothing":         "",
		"not a backup":    `{"format":"autre"}`,
		"header alone":    lines[0],
		"cut in a line":   saved[:len(saved)/2],
		"no end":          strings.Join(lines[:len(lines)-1], ""),
		"a row less":      strings.Join(slices.Delete(slices.Clone(lines), 5, 6), ""),
		"a row twice":     strings.Join(slices.Insert(slices.Clone(lines), 5, lines[5]), ""),
		"bytes behind":    saved + "{}",
		"unknown table":   strings.Replace(saved, `["token",`, `["jeton",`, 1),
		"forged table":    strings.Replace(saved, `{"name":"token"`, `{"name":"token; DROP TABLE account"`, 1),
		"system table":    strings.Replace(saved, `{"name":"token"`, `{"name":"pg_class"`, 1),
		"other columns":   strings.Replace(saved, `"columns":["key","value"]`, `"columns":["value","key"]`, 1),
		"text as number":  strings.Replace(saved, `["journal",21,`, `["journal","x",`, 1),
		"value too long":  strings.Replace(saved, `["journal",21,`, `["journal",21,0,`, 1),
		"list as a value": strings.Replace(saved, `["journal",21,`, `["journal",[21],`, 1),
		"null":            strings.Replace(saved, `["journal",21,`, `["journal",null,`, 1),
		"orphan":          strings.Join(slices.Delete(slices.Clone(lines), row(`["account",1`), row(`["account",1`)+1), ""),
	} {
		if text == saved {
			t.Fatalf("%s: nothing was changed", name)
		}
		if err := registry.Restore(context.Background(), r, strings.NewReader(text)); belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if got := dump(t, r); got != empty {
			t.Errorf("%s left\n%s", name, head(got))
		}
	}
	newer := strings.Replace(saved, `"migrations":[`, `"migrations":["2026-01-01-avant.sql",`, 1)
	if err := registry.Restore(context.Background(), r, strings.NewReader(newer)); belvedere.KindOf(err) != belvedere.Unavailable {
		t.Errorf("newer: %v", err)
	}
}

// What an older version saved is restored as it was, then migrated like the registry it came from.
func TestRestoreOlderBackup(t *testing.T) {
	old := fmt.Sprintf("%s\n%s\n%s\n%s\n%s\n",
		`{"format":"belvedere-registre/1","migrations":["2026-11-22-deliveries.sql"],"tables":[{"name":"setting","columns":["key","value"]},`+
			`{"name":"agreement_extension","columns":["id","school","indicator","valid_from","valid_to","basis","reference"]}],"sequences":{}}`,
		`["setting","territoire.code","35"]`,
		`["agreement_extension",1,"0350017D",31,"2025-09-01","","consentement","CONV-1"]`,
		`["agreement_extension",2,"0350017D",28,"2025-09-01","","consentement","CONV-1"]`,
		`{"lignes":3}`)
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			r := open(t, place(t))
			if err := registry.Restore(context.Background(), r, strings.NewReader(old)); err != nil {
				t.Fatal(err)
			}
			list, _, err := r.ListAgreements(context.Background(), registry.AgreementFilter{Text: "conv-1"}, registry.Page{})
			if err != nil || len(list) != 1 || fmt.Sprint(list[0].Extended) != "[28 31]" {
				t.Errorf("%+v, %v", list, err)
			}
		})
	}
}

func FuzzRestore(f *testing.F) {
	r, err := registry.OpenSQLite(context.Background(), filepath.Join(f.TempDir(), "registre.db"))
	if err != nil {
		f.Fatal(err)
	}
	defer r.Close()
	var empty bytes.Buffer
	if err := registry.Backup(context.Background(), r, &empty); err != nil {
		f.Fatal(err)
	}
	header := strings.SplitAfterN(empty.String(), "\n", 2)[0]
	f.Add(`["setting","a","b"]` + "\n" + `{"lignes":2}`)
	f.Add(`["setting","a"]` + "\n" + `["journal",1,"x"]`)
	f.Fuzz(func(t *testing.T, rest string) {
		// One row too many is announced, so that nothing is ever kept.
		err := registry.Restore(context.Background(), r, strings.NewReader(header+rest+"\n"+`{"lignes":-1}`))
		if belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: %v", rest, err)
		}
	})
}

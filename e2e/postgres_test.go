package e2e_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"belvedere/internal/registry/registrytest/pgtest"
)

// TestPostgres runs the program with its registry in a real PostgreSQL, by one setting: a server
// that is killed, the command line beside it, and a backup that goes to a file of SQLite and to
// another PostgreSQL.
func TestPostgres(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	t.Setenv("BELVEDERE_REGISTRY", pgtest.Start(t))
	done(t, data, "--quiet", "load", write(t, dir, "registre.csv", soundRegister), write(t, dir, "eleves.csv", soundPupils))
	sharing(t, data)
	s, err := start(binary(t), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := s.signedIn(t, administrator)
	if status, body := v.get(t, "/moyens/par-etablissement?annee=2025"); status != http.StatusOK || !strings.Contains(body, "Collège des Tilleuls") {
		t.Errorf("a page: %d", status)
	}
	before := done(t, data, figures...)
	if !strings.Contains(before, "total,Ensemble,,190") {
		t.Errorf("beside the server:\n%s", before)
	}
	s.kill()
	if after := done(t, data, figures...); after != before {
		t.Errorf("after a kill:\n%s", after)
	}
	if out := done(t, data, "audit", "verify"); !strings.Contains(out, "intactes") {
		t.Errorf("the journal: %s", out)
	}
	if found, err := filepath.Glob(filepath.Join(data, "registre.sqlite*")); err != nil || len(found) > 0 {
		t.Errorf("a registry lies in the folder too: %v %v", found, err)
	}
	file, phrase := filepath.Join(dir, "tout.bvd"), write(t, dir, "phrase.txt", "trois bateaux rentrent au port\n")
	done(t, data, "backup", "--phrase", phrase, file)
	for name, setting := range map[string]string{"SQLite": "", "PostgreSQL": pgtest.Start(t)} {
		t.Setenv("BELVEDERE_REGISTRY", setting)
		other := t.TempDir()
		done(t, other, "restore", "--phrase", phrase, file)
		if after := done(t, other, figures...); after != before {
			t.Errorf("restored on %s:\n%s", name, after)
		}
		if out := done(t, other, "user", "list"); !strings.Contains(out, administrator) {
			t.Errorf("restored on %s, the accounts are:\n%s", name, out)
		}
		if out := done(t, other, "audit", "verify"); !strings.Contains(out, "intactes") {
			t.Errorf("restored on %s, the journal: %s", name, out)
		}
	}
}

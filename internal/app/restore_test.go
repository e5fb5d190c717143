package app_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/registry"
)

// saved is a backup of the installation, in clear unless a passphrase is given.
func (e *estate) saved(t *testing.T, passphrase string) []byte {
	t.Helper()
	var out bytes.Buffer
	m, err := e.app.Backup(t.Context(), &out, passphrase)
	if err != nil || len(m.Files) < 5 {
		t.Fatal(m, err)
	}
	return out.Bytes()
}

func configOf(folder, registryURL string) config.Config {
	c := config.Default()
	c.Data, c.RegistryURL = folder, registryURL
	return c
}

func restore(c config.Config, backup []byte, passphrase string) error {
	_, err := app.Restore(context.Background(), c, bytes.NewReader(backup), passphrase, slog.New(slog.DiscardHandler))
	return err
}

// TestDrill saves an installation, restores it elsewhere and finds all of it: every indicator by
// school and in total at each edition, people with their passwords, the journal.
func TestDrill(t *testing.T) {
	for _, way := range []struct {
		name, from, to, passphrase string
		rebuilt                    bool
	}{
		{"a file to a file", "SQLite", "SQLite", "la phrase de la sauvegarde", false},
		{"without its warehouse", "SQLite", "SQLite", "", true},
		{"a file to PostgreSQL", "SQLite", "PostgreSQL", "", false},
		{"PostgreSQL to a file", "PostgreSQL", "SQLite", "", false},
	} {
		t.Run(way.name, func(t *testing.T) {
			e := newEstate(t, engines[way.from](t))
			backup := e.saved(t, way.passphrase)
			c := configOf(filepath.Join(t.TempDir(), "ailleurs"), engines[way.to](t))
			if err := restore(c, backup, way.passphrase); err != nil {
				t.Fatal(err)
			}
			if way.rebuilt {
				if err := os.Remove(c.Warehouse()); err != nil {
					t.Fatal(err)
				}
			}
			e.found(t, openOn(t, c.Data, c.RegistryURL))
			if err := restore(c, backup, way.passphrase); belvedere.KindOf(err) != belvedere.Conflict {
				t.Errorf("again into the same folder: %v", err)
			}
		})
	}
}

// TestBackupWhileWorking saves while others publish and read: what is restored is one moment of it.
func TestBackupWhileWorking(t *testing.T) {
	e := newEstate(t, "")
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			publish(t, e.app, "effectifs", fmt.Sprint("pendant-", i), fmt.Sprintf("etablissement;jour;niveau;sexe;eleves\n%s;2020-10-01;6eme;F;%d\n", e.schools[0], i))
			answers(t, e.app, 0)
		}
	}()
	var backups [][]byte
	for range 3 {
		backups = append(backups, e.saved(t, ""))
	}
	close(stop)
	<-done
	for _, backup := range backups {
		c := configOf(filepath.Join(t.TempDir(), "ailleurs"), "")
		if err := restore(c, backup, ""); err != nil {
			t.Fatal(err)
		}
		a := openOn(t, c.Data, "")
		if _, n, err := a.Registry.List(t.Context(), registry.DeliveryFilter{States: []belvedere.DeliveryState{belvedere.Received}}, registry.Page{}); err != nil || n > 1 {
			t.Errorf("%d deliveries wait, %v", n, err)
		}
		e.foundFigures(t, a)
		a.Close()
	}
}

// TestDamagedBackups cuts and alters backups: nothing of them is restored, the folder stays as it
// was, and so does the database.
func TestDamagedBackups(t *testing.T) {
	e := newEstate(t, "")
	for _, passphrase := range []string{"", "la phrase de la sauvegarde"} {
		whole := e.saved(t, passphrase)
		damaged := map[string][]byte{"empty": nil, "another file": []byte("etablissement;nom\n")}
		steps := 6
		if passphrase != "" {
			steps = 2 // each takes the time of the key
		}
		for i := range steps {
			at := len(whole) * (2*i + 1) / (2 * steps)
			damaged[fmt.Sprint("cut at ", at)] = whole[:at]
			altered := bytes.Clone(whole)
			altered[at] ^= 0xff // one bit may stand in a reference to other zeros, and change nothing
			damaged[fmt.Sprint("altered at ", at)] = altered
		}
		damaged["cut by a byte"] = whole[:len(whole)-1]
		folders := map[string]string{"absent": filepath.Join(t.TempDir(), "absent"), "empty": t.TempDir()}
		for name, backup := range damaged {
			for kind, folder := range folders {
				if err := restore(configOf(folder, ""), backup, passphrase); belvedere.KindOf(err) != belvedere.Invalid {
					t.Errorf("%s, into a folder that is %s: %v", name, kind, err)
				}
				list, err := os.ReadDir(folder)
				if len(list) > 0 || (err != nil) != (kind == "absent") {
					t.Errorf("%s, into a folder that is %s: %v is left, %v", name, kind, list, err)
				}
			}
		}
		if err := restore(configOf(folders["empty"], ""), whole, "une autre phrase de passe"); passphrase != "" && belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("another passphrase: %v", err)
		}
		base := engines["PostgreSQL"](t)
		keys := filepath.Join(t.TempDir(), "cles.json")
		c := configOf(filepath.Join(t.TempDir(), "ailleurs"), base)
		c.KeysFile = keys
		if err := restore(c, damaged["cut by a byte"], passphrase); err == nil {
			t.Error("a damaged backup fills a database")
		}
		if _, err := os.Stat(keys); err == nil {
			t.Error("the keys of a damaged backup are left")
		}
		if err := restore(c, whole, passphrase); err != nil {
			t.Errorf("the whole one, after those: %v", err)
		}
	}
}

// restoreChild restores a file, as the command does.
func restoreChild(ctx context.Context) error {
	f, err := os.Open(os.Getenv("CHILD_BACKUP"))
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = app.Restore(ctx, childConfig(), f, "", slog.New(slog.DiscardHandler))
	return err
}

// TestKilledRestorations kills restorations at different moments: what is left opens whole, opens
// as a new installation, or does not open.
func TestKilledRestorations(t *testing.T) {
	e := newEstate(t, "")
	file := filepath.Join(t.TempDir(), "sauvegarde")
	if err := os.WriteFile(file, e.saved(t, ""), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(engine string, kill time.Duration) (config.Config, time.Duration) {
		c := configOf(filepath.Join(t.TempDir(), "ailleurs"), engines[engine](t))
		c.KeysFile = filepath.Join(t.TempDir(), "cles.json")
		cmd := child("restore", "CHILD_DATA="+c.Data, "CHILD_REGISTRY="+c.RegistryURL, "CHILD_BACKUP="+file, "CHILD_KEYS="+c.KeysFile)
		start := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if kill > 0 {
			time.AfterFunc(kill, func() { cmd.Process.Kill() })
		}
		if err := cmd.Wait(); kill == 0 && err != nil {
			t.Fatal(err)
		}
		return c, time.Since(start)
	}
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		_, took := run(engine, 0)
		seen := map[string]int{}
		for i := range 12 {
			c, _ := run(engine, took*time.Duration(2*i+5)/27)
			seen[e.afterKill(t, c)]++
		}
		t.Logf("%s: %v", engine, seen)
	}
}

// afterKill opens what a killed restoration left and says what it is.
func (e *estate) afterKill(t *testing.T, c config.Config) string {
	t.Helper()
	a, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		if belvedere.KindOf(err) != belvedere.Conflict {
			t.Errorf("what is left is refused as %v", err)
		}
		return "refused"
	}
	defer a.Close()
	last, err := a.Reporter.Edition(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	_, people, err := a.Registry.ListAccounts(t.Context(), registry.AccountFilter{}, registry.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if last.Number == 0 && people == 0 {
		return "new"
	}
	e.foundFigures(t, a)
	return "whole"
}

// foundFigures compares the figures alone, at each edition that was restored.
func (e *estate) foundFigures(t *testing.T, a *app.App) {
	t.Helper()
	last, err := a.Reporter.Edition(t.Context(), 0)
	if err != nil || last.Number < 3 {
		t.Fatalf("edition %d, %v", last.Number, err)
	}
	for n := 1; n <= last.Number; n++ {
		got, want := answers(t, a, n), answers(t, e.app, n)
		want.Edition.Published = got.Edition.Published // one that was on its way is finished by each for itself
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("edition %d: %s", n, diff)
		}
	}
}

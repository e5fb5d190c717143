package app_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
)

// TestKeysAreGuarded opens an installation whose keys others can read, and one with other keys.
func TestKeysAreGuarded(t *testing.T) {
	folder := t.TempDir()
	a := openOn(t, folder, "")
	keys := a.Config.KeysPath()
	if info, err := os.Stat(keys); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	a.Close()
	opens := func() error {
		a, err := app.Open(t.Context(), configOf(folder, ""), slog.New(slog.DiscardHandler))
		if err == nil {
			a.Close()
		}
		return err
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604} {
		if err := os.Chmod(keys, mode); err != nil {
			t.Fatal(err)
		}
		if err := opens(); belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("keys of mode %o: %v", mode, err)
		}
	}
	if err := os.Remove(keys); err != nil {
		t.Fatal(err)
	}
	if err := opens(); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("keys that were lost are replaced: %v", err)
	}
	other, err := secret.Load(filepath.Join(t.TempDir(), "cles.json"))
	if err != nil || other.Fingerprint() == a.Keys.Fingerprint() {
		t.Fatal(err)
	}
	if err := opens(); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("the second start with keys made anew: %v", err)
	}
}

// TestFirstLink creates the first administrator by the link that is printed: it works once, and
// none is printed after.
func TestFirstLink(t *testing.T) {
	a := openAs(t, func(*config.Config) {})
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{app: a, handler: handler}
	former, err := a.Auth.Bootstrap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	link, err := a.Auth.Bootstrap(t.Context())
	if err != nil || link == former {
		t.Fatal(link, err)
	}
	if w := g.open("invitation", path.Base(former)); w.Code != http.StatusNotFound {
		t.Errorf("the link of an earlier start: %d", w.Code)
	}
	form := url.Values{"prenom": {"Claire"}, "nom": {"MORVAN"}, "mel": {"claire@exemple.fr"}, "identifiant": {"Claire@MORVAN"}, "mot_de_passe": {password}, "confirmation": {password}}
	create := func() int { return g.ask(http.MethodPost, "/invitation/"+path.Base(link), "", form).Code }
	if got := create(); got != http.StatusSeeOther {
		t.Fatalf("creating the account: %d", got)
	}
	x, err := a.Registry.AccountByLogin(t.Context(), "Claire@MORVAN")
	if err != nil || !x.Admin || x.State != registry.Active {
		t.Errorf("%+v %v", x, err)
	}
	form.Set("identifiant", "Autre@MORVAN")
	if got := create(); got != http.StatusNotFound || g.open("invitation", path.Base(link)).Code != http.StatusNotFound {
		t.Errorf("the link works again: %d", got)
	}
	if again, err := a.Auth.Bootstrap(t.Context()); again != "" || err != nil {
		t.Errorf("another is printed: %q %v", again, err)
	}
}

package e2e_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk fills the disk of a serving program: pushes and questions are refused with 503 and
// in words, since no access goes without its trace in the journal, the door still answers, and once
// there is room again the same file is taken and the figures are those of before.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	data, dir := filepath.Join(disk, "data"), t.TempDir()
	done(t, data, "--quiet", "load", write(t, dir, "registre.csv", soundRegister), write(t, dir, "eleves.csv", soundPupils))
	sharing(t, data)
	november := strings.ReplaceAll(many(112), ";1\n", ";30\n")
	before := done(t, data, figures...)
	token := tokenFor(t, data, "essai")
	s := serve(t, data)
	reader := s.signedIn(t, administrator)
	filler := fill(t, disk)
	status, body := push(t, s, token, "novembre", november)
	if status != http.StatusServiceUnavailable || !strings.Contains(plain(body), "journal des accès ne peut pas être écrit") {
		t.Errorf("on a full disk: %d %s", status, body)
	}
	a := run(t, data, "load", write(t, dir, "novembre.csv", november))
	if a.code != 1 || !strings.Contains(plain(a.err), "plein") {
		t.Errorf("command line on a full disk: %d\n%s%s", a.code, a.out, a.err)
	}
	if status, body := reader.get(t, "/moyens/par-etablissement?annee=2025"); status != http.StatusServiceUnavailable || strings.Contains(body, "Tilleuls") {
		t.Errorf("pages on a full disk: %d", status)
	}
	if status, _ := s.visitor().get(t, "/connexion"); status != http.StatusOK {
		t.Errorf("the door on a full disk: %d", status)
	}
	if a := run(t, data, figures...); a.code != 1 || strings.Contains(a.out, "9990001X") {
		t.Errorf("a question on a full disk: exit code %d\n%s", a.code, a.out)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if after := done(t, data, figures...); after != before {
		t.Errorf("figures changed on a full disk:\n%s", after)
	}
	if status, body := push(t, s, token, "novembre", november); status != http.StatusOK || !strings.Contains(body, `"publiee"`) {
		t.Errorf("with room again: %d %s", status, body)
	}
	if after := done(t, data, figures...); after != before { // protected: what a program replaces waits for the calendar
		t.Errorf("figures changed before their date:\n%s", after)
	}
	done(t, data, "--quiet", "load", write(t, dir, "novembre.csv", november))                  // by hand they enter at once
	if after := done(t, data, figures...); !strings.Contains(after, "total,Ensemble,,210\n") { // 120 at the tilleuls, 90 at the rive
		t.Errorf("figures did not change:\n%s", after)
	}
}

// fill writes a file until no byte fits.
func fill(t *testing.T, disk string) string {
	t.Helper()
	name := filepath.Join(disk, "lest")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for {
			if _, err = f.Write(make([]byte, size)); err != nil {
				break
			}
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	return name
}

// push sends a delivery of pupils and waits for what becomes of it.
func push(t testing.TB, s *server, token, id, text string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, fmt.Sprintf("%s/api/v1/livraisons/%s?jeu=effectifs&source=essai", s.url, id), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Prefer", "wait=30")
	status, body, err := do(bearing(req, token))
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

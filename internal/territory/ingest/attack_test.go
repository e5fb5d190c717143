package ingest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/territory/ingest"
)

// held tells whether a word lies in a file of the landing folder.
func (h *house) held(word string) (found bool) {
	h.t.Helper()
	h.must(filepath.WalkDir(filepath.Join(h.dir, "arrivees"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		found = found || strings.Contains(string(text), word)
		return err
	}))
	return found
}

// A list of people that someone hands to the territory by mistake is refused, and does not lie in the landing folder,
// whence backups would take it. What other deliveries name, or what announces nobody, stays.
func TestAttackOfNamesAtTheWrongDoor(t *testing.T) {
	h := newHouse(t)
	for i, header := range []string{"UAI;Nom;Prénom;Classe", "ine;classe", "uai;adresse mail;total", "Date de naissance;sexe"} {
		text := header + "\n" + strings.Repeat("ZQCANARI;", strings.Count(header, ";")) + "x\n"
		d := h.process(text)[0]
		if d.State != belvedere.Refused || !strings.Contains(d.Reason, "effacé") || strings.Contains(d.Reason, "ZQCANARI") {
			t.Errorf("%d: %s: %s", i, d.State, d.Reason)
		}
		if h.held("ZQCANARI") {
			t.Fatalf("%q: the names lie in the landing folder", header)
		}
		again := h.accept(ingest.Submission{}, text) // the same bytes come anew: they are received whole
		if d := h.publish(again.Seq)[0]; again.Seq == d.Seq-1 || d.State != belvedere.Refused || h.held("ZQCANARI") {
			t.Errorf("%d, again: %s: %s", i, d.State, d.Reason)
		}
	}
	if d := h.process("couleur;taille\nZQBLEU;3\n")[0]; d.State != belvedere.Refused || !h.held("ZQBLEU") {
		t.Errorf("a file that announces nobody: %s, held %v", d.State, h.held("ZQBLEU"))
	}
	text := "Nom;Prénom\nZQDEUX;x\n" // two deliveries of the same bytes, one of which still waits
	first, second := h.accept(ingest.Submission{ID: "un"}, text), h.accept(ingest.Submission{ID: "deux"}, text)
	if d := h.publish(first.Seq)[0]; strings.Contains(d.Reason, "effacé") || !h.held("ZQDEUX") {
		t.Errorf("what another delivery waits for: %s", d.Reason)
	}
	if d := h.publish(second.Seq)[0]; !strings.Contains(d.Reason, "effacé") || h.held("ZQDEUX") {
		t.Errorf("the last delivery of the bytes: %s", d.Reason)
	}
}

package export_test

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"belvedere/internal/export"
)

// pagesOf are the texts of the pages of a PDF.
func pagesOf(t *testing.T, pdf []byte) []string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed (package poppler-utils)")
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// A letter that is long goes on to pages that bear its tag, and loses nothing; the next starts a page.
func TestLettersFlow(t *testing.T) {
	long := strings.Repeat("Un paragraphe assez long pour tenir sur plusieurs lignes de la page, avec « guillemets » et œ. ", 90) + "FIN"
	words := [][]string{{"Nom", "Code"}}
	for range 40 {
		words = append(words, []string{"Unmotsansaucuneespacebienpluslongquelalargeurdesacolonnedansletableau", "K7QM-2XVA-9RHD"})
	}
	m := export.Mail{Title: "Courriers", At: time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC), Letters: []export.Letter{
		{Tag: "6A · Première", Sender: []string{"Collège"}, To: []string{strings.Repeat("Un nom interminable ", 12)}, Date: "Le 15", Blocks: []export.Block{{Subject: "Objet"}, {Text: long}, {Words: words}, {Rule: true}, {Text: "Après"}}},
		{Tag: "6A · Seconde", To: []string{"Élise"}, Blocks: []export.Block{{Text: "Bref \U0001F600 Доступ"}}},
	}}
	var a, b bytes.Buffer
	if err := export.Letters(&a, m); err != nil {
		t.Fatal(err)
	}
	if err := export.Letters(&b, m); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same letters give other bytes")
	}
	pages := pagesOf(t, a.Bytes())
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		tag := "6A · Première"
		if i == len(pages)-1 {
			tag = "6A · Seconde"
		}
		if !strings.HasPrefix(strings.TrimSpace(p), tag) {
			t.Errorf("page %d does not begin with %q: %.60q", i+1, tag, p)
		}
	}
	all := strings.Join(pages, "\n")
	for text, n := range map[string]int{"FIN": 1, "K7QM-2XVA-9RHD": 40, "Après": 1, "Доступ": 1} {
		if got := strings.Count(all, text); got != n {
			t.Errorf("%q is there %d times, want %d", text, got, n)
		}
	}
	if got := strings.Count(strings.Join(strings.Fields(all), " "), "plusieurs lignes"); got != 90 {
		t.Errorf("%d sentences of 90", got)
	}
}

func TestLines(t *testing.T) {
	var b bytes.Buffer
	err := export.Lines(&b, slices.Values([][]string{{"nom", "mel"}, {`D"ARC;`, "=1+1"}, {"", "-x\ny"}}))
	want := "\ufeff\"nom\";\"mel\"\r\n\"D\"\"ARC;\";\"'=1+1\"\r\n\"\";\"'-x y\"\r\n"
	if err != nil || b.String() != want {
		t.Errorf("%q %v", b.String(), err)
	}
}

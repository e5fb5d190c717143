package e2e_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// soundRegister and soundPupils are what is published before anything broken comes.
const (
	soundRegister = "etablissement;nom;type\n9990001X;Collège des Tilleuls;college\n9990002Y;Collège de la Rive;college\n"
	soundPupils   = "etablissement;jour;niveau;eleves\n9990001X;2025-10-01;6eme;100\n9990002Y;2025-10-01;6eme;90\n"
)

// figures are asked before and after; a refused file must not change them.
var figures = []string{"query", "--indicators", "eleves", "--by", "etablissement", "--where", "annee=2025", "--total"}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// gzipped packs a text.
func gzipped(t testing.TB, text string) string {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// many repeats a line over days of November 2025, so that keys differ.
func many(n int) string {
	var b strings.Builder
	b.WriteString("etablissement;jour;niveau;eleves\n")
	for i := range n {
		b.WriteString("9990001X;2025-11-")
		b.WriteByte('0' + byte(1+i%28)/10)
		b.WriteByte('0' + byte(1+i%28)%10)
		b.WriteString(";" + [...]string{"6eme", "5eme", "4eme", "3eme"}[i/28%4] + ";1\n")
	}
	return b.String()
}

// TestBrokenFiles loads what should never come and does: each is refused with the reason, its
// place and the mend, and no figure changes.
func TestBrokenFiles(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	done(t, data, "--quiet", "load", write(t, dir, "registre.csv", soundRegister), write(t, dir, "eleves.csv", soundPupils))
	sharing(t, data)
	before := done(t, data, figures...)
	const head = "etablissement;jour;niveau;eleves\n"
	whole := gzipped(t, many(112))
	for _, c := range []struct {
		name, file, text string
		want             []string // in what the command says
	}{
		{"truncated gzip", "coupe.csv.gz", whole[:len(whole)*2/3], []string{"tronqué après la ligne 62", "Renvoyez-le en entier"}},
		{"gzip with a flipped bit", "abime.csv.gz", whole[:len(whole)-6] + "\x01" + whole[len(whole)-5:], []string{"abîmé après la ligne 113", "somme de contrôle"}},
		{"gzip of nothing", "rien.csv.gz", gzipped(t, ""), []string{"Le fichier est vide"}},
		{"picture", "photo.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + strings.Repeat("\x00\x01", 400), []string{"est une image", "format CSV"}},
		{"document", "lettre.csv", "%PDF-1.7\n%âãÏÓ\n1 0 obj <<>> endobj\n", []string{"document PDF", "format CSV"}},
		{"page of a portal", "export.csv", "<!DOCTYPE html><html><body>Session expirée</body></html>\n", []string{"XML ou HTML", "Envoyez un export CSV"}},
		{"two encodings", "melange.csv", "etablissement;nom;type\n9990001X;Coll\xe8ge A;college\n9990002Y;Collège B;college\n", []string{"ligne 2, colonne 2 (nom) : Cette ligne n’est pas en UTF-8", "Enregistrez tout le fichier en UTF-8"}},
		{"no columns that anyone knows", "autre.csv", "a;b;c\n1;2;3\n", []string{"Aucune colonne de ce fichier n’est reconnue", "« a », « b », « c »"}},
		{"missing column", "manque.csv", "etablissement;jour;niveau;demi_pensionnaire\n9990001X;2025-10-01;6eme;3\n", []string{"il manque la colonne", "« demi_pensionnaire » lui est inconnue"}},
		{"column twice", "deuxfois.csv", "etablissement;jour;niveau;eleves;eleves\n9990001X;2025-10-01;6eme;3;4\n", []string{"La colonne « eleves » figure deux fois", "Retirez ou renommez"}},
		{"quote never closed", "guillemet.csv", head + "9990001X;2025-10-01;\"6eme;3\n" + strings.Repeat("9990002Y;2025-10-01;6eme;4\n", 50), []string{"ligne 2 : Un guillemet ouvert", "Fermez le guillemet"}},
		{"ragged rows", "largeurs.csv", head + "9990001X;2025-10-01\n9990001X;2025-10-02;6eme;3;7;8\n", []string{"ligne 2 : 4 colonnes attendues, 2 trouvées", "ligne 3 : 4 colonnes attendues, 6 trouvées", "Vérifiez les séparateurs"}},
		{"bad check letter", "lettre-uai.csv", head + "9990001A;2025-10-01;6eme;3\n", []string{"ligne 2, colonne 1 (etablissement)", "l’UAI est 9990001X"}},
		{"unknown code", "code.csv", head + "9990001X;2025-10-01;moldu;3\n", []string{"ligne 2, colonne 3 (niveau) : « moldu »", "Valeurs admises : "}},
		{"key twice", "cles.csv", head + "9990001X;2025-10-01;6eme;3\n9990001X;2025-10-01;6eme;4\n", []string{"ligne 3 : Cette clé figure déjà à la ligne 2", "Gardez une seule des deux lignes"}},
		{"number too large", "grand.csv", head + "9990001X;2025-10-01;6eme;99999999999999999999999\n", []string{"ligne 2, colonne 4 (eleves)", "Vérifiez la valeur et son unité"}},
		{"not a number", "nan.csv", head + "9990001X;2025-10-01;6eme;NaN\n9990001X;2025-10-01;5eme;1e400\n", []string{"« NaN » n’est pas un nombre", "« 1e400 » n’est pas un nombre"}},
		{"fraction of a pupil", "demi.csv", head + "9990001X;2025-10-01;6eme;12,5\n", []string{"« 12,5 » n’est pas un nombre entier", "Écrivez un nombre entier"}},
		{"day that does not exist", "jour.csv", head + "9990001X;2025-02-30;6eme;3\n", []string{"ligne 2, colonne 2 (jour)", "Écrivez la date 2025-11-30"}},
		{"day of another millennium", "an.csv", head + "9990001X;20255-01-01;6eme;3\n", []string{"ligne 2, colonne 2 (jour)"}},
		{"NDJSON cut", "coupe.ndjson", `{"etablissement":"9990001X","jour":"2025-10-01","niveau":"6eme","eleves":3}` + "\n" + `{"etablissement":"9990`, []string{"ligne 2 : Un texte JSON n’est pas refermé", "un objet JSON complet par ligne"}},
		{"NDJSON of lists", "listes.ndjson", `{"etablissement":["9990001X"],"jour":"2025-10-01","niveau":"6eme","eleves":3}` + "\n", []string{"ligne 1, colonne 1 (etablissement) : La valeur est un objet ou une liste"}},
		{"workbook cut", "coupe.xlsx", "PK\x03\x04\x14\x00\x08\x00\x08\x00" + strings.Repeat("\x07", 300), []string{"incomplète ou abîmée"}},
		{"Parquet cut", "coupe.parquet", "PAR1" + strings.Repeat("\x15\x00", 40), []string{"n’est pas un fichier Parquet lisible"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := run(t, data, "--quiet", "load", write(t, dir, c.file, c.text))
			if a.code != 1 {
				t.Fatalf("exit code %d, want 1\n%s%s", a.code, a.out, a.err)
			}
			for _, want := range c.want {
				if !strings.Contains(plain(a.out+a.err), want) {
					t.Errorf("the message does not say %q:\n%s%s", want, a.out, a.err)
				}
			}
			if after := done(t, data, figures...); after != before {
				t.Errorf("figures changed:\n%s\nbefore\n%s", after, before)
			}
		})
	}
}

// plain writes the spaces of French typography as plain ones.
func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

// TestEndlessLine packs a line of one gigabyte into some kilobytes: it is refused with its place
// within bounded memory.
func TestEndlessLine(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	done(t, data, "--quiet", "load", write(t, dir, "registre.csv", soundRegister), write(t, dir, "eleves.csv", soundPupils))
	sharing(t, data)
	before := done(t, data, figures...)
	name := filepath.Join(dir, "sans-fin.csv.gz")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "etablissement;jour;niveau;eleves\n9990001X;2025-10-01;6eme;")
	block := bytes.Repeat([]byte("1"), 1<<20)
	for range 1 << 10 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary(t), "--data", data, "--quiet", "load", name)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(plain(string(out)), "ligne 2") {
		t.Errorf("exit code %d, %v\n%s", code, err, out)
	}
	if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && used.Maxrss > 700<<10 {
		t.Errorf("%d MiB of memory for one line", used.Maxrss>>10)
	}
	if after := done(t, data, figures...); after != before {
		t.Errorf("figures changed:\n%s", after)
	}
}

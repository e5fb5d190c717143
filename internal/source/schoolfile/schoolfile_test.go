package schoolfile_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/source/record"
	"belvedere/internal/source/record/recordtest"
	"belvedere/internal/source/schoolfile"
)

const samples = "../../../../shared/samples"

func packed(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.Bytes()
}

func open(b []byte) (*schoolfile.File, error) {
	return schoolfile.Open(bytes.NewReader(b), int64(len(b)), "fichier", schoolfile.Limits{})
}

const (
	divisions = "<BEE_STRUCTURES><DIVISIONS><DIVISION CODE_STRUCTURE='6A'/></DIVISIONS></BEE_STRUCTURES>"
	guardians = "<BEE_RESPONSABLES><PERSONNES><PERSONNE PERSONNE_ID='1'><NOM>NO?L</NOM></PERSONNE></PERSONNES></BEE_RESPONSABLES>"
)

func TestFormats(t *testing.T) { recordtest.Check(t, schoolfile.Formats()) }

func TestPackings(t *testing.T) {
	nested := packed(t, map[string]string{"ExportXML_Structures.zip": string(packed(t, map[string]string{"Structures.xml": divisions}))})
	deeper := packed(t, map[string]string{"a.zip": string(packed(t, map[string]string{"b.zip": string(nested)}))})
	for name, c := range map[string]struct {
		in   []byte
		want string
	}{
		"bare":        {[]byte(divisions), " siecle_structures"},
		"gzip":        {gzipped(divisions), " siecle_structures"},
		"zip":         {packed(t, map[string]string{"x/Structures.xml": divisions, "__MACOSX/x": "?"}), "x/Structures.xml siecle_structures"},
		"nested":      {nested, "ExportXML_Structures.zip/Structures.xml siecle_structures"},
		"deeper":      {deeper, "a.zip/b.zip Des archives sont emboîtées"},
		"zipped gzip": {packed(t, map[string]string{"Structures.xml.gz": string(gzipped(divisions))}), "Structures.xml.gz siecle_structures"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := open(c.in)
			if err != nil || len(f.Entries) != 1 {
				t.Fatalf("%+v, %v", f, err)
			}
			got := f.Entries[0].Name + " " + f.Entries[0].Why
			if f.Entries[0].Format != nil {
				got += f.Entries[0].Format.Code
			}
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	for in, want := range map[string]string{
		"<LIVRES><LIVRE>":                  "racine est « LIVRES »",
		"\ufeff <?xml version='1.0'?><BEE": "tronqué ou abîmé",
		"Titre;Auteur\n1;2\n":              "colonnes (Titre, Auteur)",
		"\xd0\xcf\x11\xe0\xa1\xb1":         "ancien classeur Excel",
		"%PDF-1.4":                         "document PDF",
		"0350017D;DUPONT\n1;2\n":           "ne donne pas le nom des colonnes",
		"bonjour":                          "ni un fichier XML ni un tableau",
		"<IMPORT_ELEVES><ELEVES>":          "logiciel privé",
		"<lsun-bilans><entete/>":           "livret scolaire unique (LSU)",
		"<nomenclatures><liste-parcours/>": "nomenclatures du livret scolaire unique",
		"<nomenclatures><pays/>":           "racine est « nomenclatures »",
		"<etudiant><nom/></etudiant>":      "racine est « etudiant »",
		"<!ELEMENT a (b)*>":                "C’est une DTD",
		"<!DOCTYPE a [<!ELEMENT a (b)*>":   "tronqué ou abîmé",
		"# Lisez-moi\n":                    "n’a pas de données à lire",
		"COD_ETB;LIB_OFF_ETB\n1;2\n":       "liste d’établissements",
		"0350017D;Nom;college;public\n":    "liste d’établissements",
		"0350017D;Nom;college;3\n":         "ne donne pas le nom des colonnes",
	} {
		f, err := open([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		e := f.Entries[0]
		plain := strings.NewReplacer(belvedere.NoBreak, " ", belvedere.NarrowSpace, " ").Replace(e.Why)
		if e.Format != nil || !strings.Contains(plain, want) {
			t.Errorf("%q: %q", in, plain)
		}
		if err := e.Read(&quiet{}); belvedere.Message(err) != e.Why {
			t.Errorf("reading it gives %v", err)
		}
	}
	if _, err := open(nil); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("an empty file gives %v", err)
	}
}

func TestMistaken(t *testing.T) {
	if got := schoolfile.Mistaken("sts_emp", "emp_sts"); !strings.Contains(got, "Il faut ici le fichier sts_emp") {
		t.Error(got)
	}
	if got := schoolfile.Mistaken("siecle_structures", "edt_cours"); !strings.Contains(got, "EDT, cours") || !strings.Contains(got, "SIECLE, structures") {
		t.Error(got)
	}
}

// A quiet visitor counts, and fails when it is told to.
type quiet struct {
	records int
	faults  []belvedere.Fault
	fail    error
}

func (q *quiet) Head(record.Head) error        { return nil }
func (q *quiet) Record(record.Record) error    { q.records++; return q.fail }
func (q *quiet) Fault(f belvedere.Fault) error { q.faults = append(q.faults, f); return nil }

func TestReadEntry(t *testing.T) {
	f, err := open(packed(t, map[string]string{"R.xml": guardians}))
	if err != nil {
		t.Fatal(err)
	}
	q := &quiet{}
	if err := f.Entries[0].Read(q); err != nil || q.records != 1 || len(q.faults) != 1 || q.faults[0].File != "R.xml" {
		t.Errorf("%+v, %v", q, err)
	}
	stop := errors.New("stop")
	if err := f.Entries[0].Read(&quiet{fail: stop}); err != stop {
		t.Errorf("the error of the visitor comes back as %v", err)
	}
	f, err = open(packed(t, map[string]string{"R.xml": guardians[:60]}))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Entries[0].Read(q); belvedere.KindOf(err) != belvedere.Invalid || !strings.Contains(belvedere.Message(err), "R.xml") || !strings.Contains(belvedere.Message(err), "tronqué") {
		t.Errorf("a truncated entry gives %v", err)
	}
}

func TestBombs(t *testing.T) {
	long := "<BEE_STRUCTURES><DIVISIONS>" + strings.Repeat("<!--"+strings.Repeat(" ", 4000)+"-->", 12_000) + "</DIVISIONS></BEE_STRUCTURES>"
	for name, b := range map[string][]byte{
		"gzip":    gzipped(long),
		"zip":     packed(t, map[string]string{"S.xml": long}),
		"climber": packed(t, map[string]string{"../S.xml": divisions}),
		"nested":  packed(t, map[string]string{"a.zip": string(packed(t, map[string]string{"S.xml": long}))}),
	} {
		f, err := open(b)
		if err == nil {
			err = f.Entries[0].Read(&quiet{})
		}
		if k := belvedere.KindOf(err); k != belvedere.TooLarge && k != belvedere.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

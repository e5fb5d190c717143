package vault_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"belvedere"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
	"belvedere/internal/source/schoolfile"
)

func TestLevel(t *testing.T) {
	for _, c := range []struct{ mef, mefstat, label, want string }{
		{"10010012110", "21110010012", "6EME", "6eme"},
		{"10210001110", "2115", "", "4eme"},
		{"16510002110", "", "", "5eme_segpa"},
		{"24722303310", "", "", "2nde_pro"},
		{"24722303320", "", "", "1ere_pro"},
		{"24722303330", "", "", "terminale_pro"},
		{"27121117220", "", "", "cap2"},
		{"20211010110", "22131111010", "TERMINALE SCIENTIFIQUE SVT", "terminale"},
		{"", "", "Sixième", "6eme"},
		{"", "", "3ème SEGPA", "3eme_segpa"},
		{"", "", "CM2", "cm2"},
		{"", "", "CPE", ""},
		{"", "", "", ""},
		{"99999999999", "9999", "FORMATION NOUVELLE", "autre"},
		{"99999999999", "3999", "DIPLOME NOUVEAU", "superieur_autre"},
		{"99999999999", "", "FORMATION NOUVELLE", ""},
	} {
		if got := vault.Level(c.mef, c.mefstat, c.label); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// On the formations of a real feed, the three ways to a level agree: by MEFSTAT, by the digits of the MEF, by the label.
func TestLevelsOfRealFeed(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "samples", "aaf", "ENT_Complet_20130117_MefEducNat_0000.xml"))
	if err != nil {
		t.Skipf("no samples beside the project: %v", err)
	}
	defer f.Close()
	codes := catalogLevels(t)
	n, told := 0, 0
	err = schoolfile.ByCode("aaf_mef").Read(f, each(func(r record.Record) error {
		mef, stat, label := r.Get("jointure").Text, r.Get("mefstat11").Text, r.Get("libelle").Text
		if len(stat) != 11 {
			return nil
		}
		n++
		want := vault.Level(mef, stat, label)
		if want != "" && !codes[want] {
			t.Errorf("%s %s %s: %q is no level of the catalogue", mef, stat, label, want)
		}
		for way, got := range map[string]string{"digits": vault.Level(mef, "", ""), "label": vault.Level("", "", label)} {
			if got != "" && got != want && want != "autre" && want != "superieur_autre" {
				t.Errorf("%s %s %s: %q by %s, %q by MEFSTAT", mef, stat, label, got, way, want)
			}
		}
		if want != "" {
			told++
		}
		return nil
	}))
	if err != nil || n < 2400 || told != n {
		t.Errorf("%d formations, %d told: %v", n, told, err)
	}
}

// catalogLevels are the codes that the territory knows.
func catalogLevels(t *testing.T) map[string]bool {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "catalog", "codes", "niveaux.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for l := range strings.Lines(string(data)) {
		if _, rest, ok := strings.Cut(l, "{code: "); ok {
			code, _, _ := strings.Cut(rest, ",")
			codes[code] = true
		}
	}
	return codes
}

// each is a visitor that looks at records only.
type each func(record.Record) error

func (e each) Head(record.Head) error       { return nil }
func (e each) Record(r record.Record) error { return e(r) }
func (e each) Fault(belvedere.Fault) error  { return nil }

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Jean-Marc", "L’Haÿ", "CŒURDIER", "6 B", "  é\u0301 ", "ﬁ", "İstanbul", "6/B", "straße"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, fold := range map[string]func(string) string{"Fold": vault.Fold, "Code": vault.Code} {
			once := fold(s)
			if twice := fold(once); twice != once {
				t.Errorf("%s(%q) = %q, then %q", name, s, once, twice)
			}
			if strings.Contains(once, "|") || strings.TrimSpace(once) != once {
				t.Errorf("%s(%q) = %q", name, s, once)
			}
		}
		if vault.Code(vault.Fold(s)) != vault.Code(s) {
			t.Errorf("Code(Fold(%q)) differs", s)
		}
		if parted := norm.NFKD.String(strings.ToValidUTF8(s, " ")); vault.Fold(parted) != vault.Fold(s) {
			t.Errorf("Fold(%q) = %q, and %q with its accents parted", s, vault.Fold(s), vault.Fold(parted))
		}
	})
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Jean-Marc": "JEAN MARC", "  LE   GOFF ": "LE GOFF", "Hélène": "HELENE", "CŒURDIER": "COEURDIER", "D’ARTAGNAN": "D ARTAGNAN", "D'Artagnan": "D ARTAGNAN",
		"NOE\u0308L": "NOEL", "Straße": "STRASSE", "Ng\u200buyễn": "NGUYEN", "": "",
	} {
		if got := vault.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"6 B": "6B", "6/b": "6B", "6-B": "6B", "2nde GT": "2NDEGT", "6B+": "6B+"} {
		if got := vault.Code(in); got != want {
			t.Errorf("Code(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestFoldLatin folds each letter of Latin alphabets alone and inside a name, as it is and with
// its accents parted.
func TestFoldLatin(t *testing.T) {
	for r := rune(1); r < 0x250; r++ {
		for _, in := range []string{string(r), "A" + string(r) + "b", " " + string(r) + string(r) + " É"} {
			parted := norm.NFKD.String(in) + "\u0301" // an accent on whatever comes last takes the general way
			for name, fold := range map[string]func(string) string{"Fold": vault.Fold, "Code": vault.Code} {
				if got, want := fold(in), fold(parted); got != want {
					t.Errorf("%s(%q) = %q, want %q", name, in, got, want)
				}
			}
		}
	}
}

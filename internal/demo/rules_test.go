package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/rule"
	"belvedere/internal/school/vault"
	"belvedere/internal/source/record"
	"belvedere/internal/source/schoolfile"
)

// opened is the vault of a school with its files, those of one format left out, and a check of them.
func opened(t *testing.T, s SchoolFiles, but string) (*vault.Vault, rule.Report) {
	t.Helper()
	ctx, now := context.Background(), lastDay.Add(20*time.Hour)
	v, err := vault.Open(ctx, t.TempDir(), s.UAI, bytes.Repeat([]byte{7}, vault.KeySize), vault.WithClock(func() time.Time { return now }), vault.InZone(zone(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	var files, logs []vault.File
	for _, f := range s.Files {
		if f.Format == but {
			continue
		}
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := schoolfile.Open(bytes.NewReader(data), int64(len(data)), f.Name(), schoolfile.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		e := opened.Entries[0]
		list := &files
		if f.Format == "journal" { // after those whom it names
			list = &logs
		}
		*list = append(*list, vault.File{Format: *e.Format, Year: s.Year, SHA256: hex.EncodeToString(sum[:]), Name: f.Name(), At: now, By: "secretariat",
			Fill: func(v record.Visitor) error { return e.Read(v) }})
	}
	for _, batch := range [][]vault.File{files, logs} {
		if len(batch) == 0 {
			continue
		}
		if _, err := v.Import(ctx, batch, nil); err != nil {
			t.Fatal(err)
		}
	}
	r, err := rule.Check(ctx, v, s.Year, "")
	if err != nil {
		t.Fatal(err)
	}
	return v, r
}

func findings(t *testing.T, v *vault.Vault, y belvedere.SchoolYear) []rule.Finding {
	t.Helper()
	list, _, err := rule.List(context.Background(), v, y, rule.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestSoundFilesContradictNothing imports the files of the sound schools: every rule runs but that of
// Apogée, which schools of the second degree do not have, and finds nothing but that SIECLE keeps
// leavers in their divisions.
func TestSoundFilesContradictNothing(t *testing.T) {
	for _, s := range schoolFiles(t)[:3] {
		v, r := opened(t, s, "journal")
		for _, o := range r.Rules {
			if o.Ran == (o.Rule.Code == "apogee") {
				t.Errorf("%s: rule %s ran: %t, %s", s.Name, o.Rule.Code, o.Ran, o.Missing)
			}
		}
		if r.Duplicates+r.Proposals > 0 {
			t.Errorf("%s: %d duplicates, %d proposals", s.Name, r.Duplicates, r.Proposals)
		}
		for _, f := range findings(t, v, s.Year) {
			if !strings.Contains(f.Message, leavers) {
				t.Errorf("%s: %s: %s | %s | %s", s.Name, f.Rule, f.Message, f.A.Value, f.B.Value)
			}
		}
	}
}

// TestVaultCounts imports a sound school: the vault counts the pupils of the register, knows everyone that the
// logs name, and keeps one key for whom several files tell of.
func TestVaultCounts(t *testing.T) {
	s := schoolFiles(t)[2]
	v, _ := opened(t, s, "")
	r := readSchool(t, s, "journal")
	count := func(query string) (n int) {
		t.Helper()
		err := v.Read(context.Background(), func(tx *vault.Tx) error {
			_, err := tx.Get(query, nil, &n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count("SELECT count(*) FROM connexion WHERE qui = 'externe'"); n > 0 {
		t.Errorf("%d connections of nobody, of %d", n, count("SELECT count(*) FROM connexion"))
	}
	if n, want := count("SELECT count(*) FROM eleve"), len(r.kinds["siecle_eleve"]); n != want {
		t.Errorf("%d pupils, %d in the register", n, want)
	}
	if n, want := count("SELECT count(*) FROM personne"), len(r.kinds["siecle_personne"]); n != want {
		t.Errorf("%d guardians, %d in the register", n, want)
	}
	if n, want := count("SELECT count(*) FROM personnel"), len(r.kinds["sts_individu"]); n != want || want < 110 {
		t.Errorf("%d staff, %d in STS-Web", n, want)
	}
	if n, want := count("SELECT count(*) FROM division"), len(r.kinds["siecle_division"]); n != want {
		t.Errorf("%d divisions, %d in the register", n, want)
	}
}

func ruleNumber(t *testing.T, code string) int {
	t.Helper()
	r, ok := rule.RuleOf(code)
	if !ok {
		t.Fatalf("no rule %q", code)
	}
	return r.Number
}

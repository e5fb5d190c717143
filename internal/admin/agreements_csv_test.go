package admin_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

const agreementHead = "etablissement;debut;fin;base;reference;themes;indicateurs;etendus;destinataires\n"

// all lists what is kept.
func (b *bureau) all(t testing.TB) []registry.Agreement {
	t.Helper()
	list, _, err := b.registry.ListAgreements(context.Background(), registry.AgreementFilter{}, registry.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// dryRun reads a file that is a table of conventions.
func (b *bureau) dryRun(t testing.TB, data string) *admin.AgreementImport {
	t.Helper()
	report, err := b.agreements.DryRun(context.Background(), []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// faultPlaces are "line column" of the faults of a report.
func faultPlaces(r *admin.AgreementImport) (out []string) {
	for _, f := range r.Faults {
		out = append(out, fmt.Sprintf("%d %s", f.Line, f.Field))
	}
	return out
}

func TestImportOfAgreements(t *testing.T) {
	b := newBureau(t)
	ctx := context.Background()
	b.account(t, registry.Account{Login: "Claire@MORVAN", Email: "claire@sarvane.example"})
	data := []byte(agreementHead +
		string(prevert) + ";2026-09-01;2027-08-31;Consentement;C-1;moyens,social;;28,31;Claire@MORVAN\n" +
		"Tous;01/09/2026;;Coresponsabilité;C-2;tous;;;\n" +
		string(jaures) + ";2026-09-01;;Consentement;C-3;;1-3|41;;\n" +
		string(jaures) + ";2026-09-01;;Consentement;C-3;;1-3|41;;\n")
	report := b.dryRun(t, string(data))
	if report.Refused() || report.Read != 4 || report.Count(admin.WouldCreate) != 3 || len(b.all(t)) != 0 {
		t.Fatalf("dry run: %+v, kept %d", report, len(b.all(t)))
	}
	if _, err := b.agreements.Import(ctx, data, report.Sum); err != nil {
		t.Fatal(err)
	}
	kept := b.all(t)
	if len(kept) != 3 || !kept[0].AllThemes || kept[0].School != "" || !slices.Equal(kept[1].Extended, []int{28, 31}) || !slices.Equal(kept[2].Indicators, []int{1, 2, 3, 41}) {
		t.Fatalf("kept %+v", kept)
	}
	again := b.dryRun(t, string(data))
	if again.Count(admin.WouldKeep) != 3 || again.Sum == report.Sum {
		t.Fatalf("again: %+v", again)
	}
	if _, err := b.agreements.Import(ctx, data, report.Sum); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("a report from before a change of rights must not be confirmed: %v", err)
	}
}

func TestExportIsImportedWithoutChange(t *testing.T) {
	b := newBureau(t)
	ctx := context.Background()
	b.account(t, registry.Account{Login: "Claire@MORVAN", Email: "claire@sarvane.example"})
	b.put(t, form(func(f *admin.AgreementForm) {
		f.Reference, f.Basis = "=HYPERLINK(\"x\")", `Consentement ; dit « oui », "écrit"`
		f.Extended, f.Recipients, f.LastDay = []string{"31"}, []string{"Claire@MORVAN"}, "2027-08-31"
	}))
	b.put(t, form(func(f *admin.AgreementForm) { f.Collective, f.AllThemes = true, true }))
	for _, reference := range []string{"'-12", "''=x", "-1", "'", "@a", "a|b,c", `"`, "1;2"} {
		b.put(t, form(func(f *admin.AgreementForm) { f.School, f.Reference = string(camus), reference }))
	}
	gone := b.put(t, form(func(f *admin.AgreementForm) { f.School, f.Reference = string(jaures), "gone" }))
	if err := b.agreements.Withdraw(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.agreements.Export(ctx, &out); err != nil {
		t.Fatal(err)
	}
	for _, cell := range strings.FieldsFunc(out.String(), func(r rune) bool { return r == ';' || r == '\n' }) {
		if strings.HasPrefix(strings.Trim(cell, `"`), "=") {
			t.Errorf("a cell starts a formula: %q", cell)
		}
	}
	report := b.dryRun(t, out.String())
	if report.Refused() || len(report.Lines) != 10 || report.Count(admin.WouldKeep) != 10 {
		t.Errorf("report %+v\n%s", report, out.String())
	}
}

func TestFormerFileExtendsKeptIndicators(t *testing.T) {
	b := newBureau(t)
	ctx := context.Background()
	b.put(t, form()) // CONV-1 of Prévert from 2026-09-01 shares a theme
	data := "etablissement;indicateur;debut;fin;base;reference\n" +
		string(prevert) + ";31;2026-09-01;;Consentement;CONV-1\n" +
		string(jaures) + ";28;2026-09-01;2027-08-31;Consentement;J-1\n" +
		string(jaures) + ";35;2026-09-01;2027-08-31;Consentement;J-1\n" +
		string(jaures) + ";28;2026-09-01;2027-08-31;Consentement;J-1\n"
	if _, err := b.agreements.Import(ctx, []byte(data), ""); err != nil {
		t.Fatal(err)
	}
	kept := b.all(t)
	if len(kept) != 2 || !slices.Equal(kept[0].Themes, []string{"moyens"}) || !slices.Equal(kept[0].Extended, []int{31}) {
		t.Fatalf("the theme must stay: %+v", kept)
	}
	if !slices.Equal(kept[1].Extended, []int{28, 35}) || !kept[1].To.Equal(belvedere.Date(2027, 9, 1)) {
		t.Errorf("kept %+v", kept[1])
	}
	bad := b.dryRun(t, "etablissement;indicateur;debut;fin;base;reference\n"+
		string(prevert)+";33;2026-09-01;;Consentement;X\n"+
		string(jaures)+";28;2026-09-01;2028-08-31;Consentement;K-1\n"+
		string(jaures)+";29;2026-09-01;2029-08-31;Consentement;K-1\n")
	if got := faultPlaces(bad); !slices.Equal(got, []string{"2 indicateur", "4 reference"}) {
		t.Errorf("faults at %v", got)
	}
}

func TestImportIsWholeOrNothing(t *testing.T) {
	b := newBureau(t)
	ctx := context.Background()
	good := string(prevert) + ";2026-09-01;;Consentement;C-1;moyens;;;\n"
	for name, c := range map[string]struct{ line, place string }{
		"check letter":         {"0990001A;2026-09-01;;Consentement;C-2;moyens;;;", "3 etablissement"},
		"date":                 {string(jaures) + ";2026-13-01;;Consentement;C-2;moyens;;;", "3 debut"},
		"unknown theme":        {string(jaures) + ";2026-09-01;;Consentement;C-2;cantine;;;", "3 themes"},
		"unknown recipient":    {string(jaures) + ";2026-09-01;;Consentement;C-2;;;31;Paul@PERSONNE", "3 destinataires"},
		"ragged":               {string(jaures) + ";2026-09-01;;Consentement", "3 "},
		"quote left open":      {string(jaures) + `;2026-09-01;;"Consentement;C-2;moyens;;;`, "3 "},
		"same key, other word": {string(prevert) + ";2026-09-01;;Consentement;C-1;social;;;", "3 reference"},
		"bidi":                 {string(jaures) + ";2026-09-01;;Consentement;C\u202e2;moyens;;;", "3 reference"},
		"ten thousand letters": {string(jaures) + ";2026-09-01;;" + strings.Repeat("a", 10_000) + ";C-2;moyens;;;", "3 base"},
		"withdrawn":            {string(camus) + ";2026-09-01;;Consentement;W;moyens;;;", "3 reference"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "withdrawn" {
				w := b.put(t, form(func(f *admin.AgreementForm) { f.School, f.Reference = string(camus), "W" }))
				if err := b.agreements.Withdraw(ctx, w.ID); err != nil {
					t.Fatal(err)
				}
			}
			before := len(b.all(t))
			report, err := b.agreements.Import(ctx, []byte(agreementHead+good+c.line+"\n"), "")
			if belvedere.KindOf(err) != belvedere.Invalid || report == nil || !report.Refused() {
				t.Fatalf("err %v", err)
			}
			if got := faultPlaces(report); !slices.Equal(got, []string{c.place}) || report.Faults[0].Message == "" {
				t.Errorf("faults at %q, want %q", got, c.place)
			}
			if len(report.Faults[0].Value) > 200 {
				t.Errorf("the report holds a value of %d bytes", len(report.Faults[0].Value))
			}
			if len(b.all(t)) != before {
				t.Error("something was kept")
			}
		})
	}
}

func TestFilesThatAreNoAgreements(t *testing.T) {
	b := newBureau(t)
	for name, c := range map[string]struct {
		data string
		kind belvedere.Kind
	}{
		"empty":              {"", belvedere.Invalid},
		"header alone":       {agreementHead, belvedere.Invalid},
		"another table":      {"uai;nom\n0990001N;x\n", belvedere.Invalid},
		"unknown column":     {strings.TrimSpace(agreementHead) + ";note\n" + string(prevert) + ";2026-09-01;;a;b;moyens;;;;\n", belvedere.Invalid},
		"no start":           {"etablissement;base\n" + string(prevert) + ";x\n", belvedere.Invalid},
		"JSON":               {`{"etablissement":"0990001N"}` + "\n", belvedere.Invalid},
		"workbook":           {"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", belvedere.Invalid},
		"too large":          {agreementHead + strings.Repeat("x;;;;;;;;\n", 300_000), belvedere.TooLarge},
		"too many lines":     {agreementHead + strings.Repeat("a;b;c;d;e;f;g;h;i\n", 20_001), belvedere.TooLarge},
		"a line of megabyte": {agreementHead + strings.Repeat("x", 1<<20) + "\n", belvedere.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := b.agreements.Import(context.Background(), []byte(c.data), "")
			if belvedere.KindOf(err) != c.kind {
				t.Errorf("err %v, report %v", err, report)
			}
			if len(b.all(t)) != 0 {
				t.Error("something was kept")
			}
		})
	}
}

func TestFilesOfAnyEncoding(t *testing.T) {
	text := agreementHead + string(prevert) + ";2026-09-01;;Intérêt légitime déclaré;Convention n° 12, été;moyens;;;\n"
	latin, err1 := charmap.Windows1252.NewEncoder().String(text)
	wide, err2 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for name, data := range map[string]string{
		"UTF-8": text, "mark": "\ufeff" + text, "Windows-1252": latin, "UTF-16": wide,
		"commas": strings.ReplaceAll(strings.ReplaceAll(text, "12, été", "12"), ";", ","), "capitals": strings.Replace(text, "etablissement;debut", "Établissement;DÉBUT", 1),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBureau(t)
			if _, err := b.agreements.Import(context.Background(), []byte(data), ""); err != nil {
				t.Fatal(err)
			}
			if kept := b.all(t); len(kept) != 1 || kept[0].Basis != "Intérêt légitime déclaré" {
				t.Errorf("kept %+v", kept)
			}
		})
	}
}

func FuzzAgreementImport(f *testing.F) {
	f.Add([]byte(agreementHead + string(prevert) + ";2026-09-01;;Consentement;C-1;moyens;1-3;31;\n"))
	f.Add([]byte("etablissement;indicateur;debut;fin;base;reference\n0990001N;31;2026-09-01;;a;b\n"))
	f.Add([]byte("\xff\xfee\x00t\x00"))
	f.Add([]byte(agreementHead + "tous;2026-09-01;2027-01-01;=1+1;'-1;tous;;;\n"))
	b := newBureau(f)
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, data []byte) {
		report, err := b.agreements.DryRun(ctx, data)
		if err != nil {
			if belvedere.KindOf(err) == belvedere.Internal {
				t.Fatalf("a file must not be our fault: %v", err)
			}
			return
		}
		if report.Refused() {
			return
		}
		// What passes the dry run is taken, and is the same when it comes again.
		if _, err := b.agreements.Import(ctx, data, report.Sum); err != nil {
			t.Fatalf("passed the dry run, then refused: %v", err)
		}
		if again, err := b.agreements.DryRun(ctx, data); err != nil || again.Count(admin.WouldKeep) != len(again.Lines) {
			t.Fatalf("imported twice, changes: %+v, %v", again, err)
		}
		for _, a := range b.all(t) {
			if err := b.registry.DeleteAgreement(ctx, a.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

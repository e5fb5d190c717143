package admin_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

const importHead = "nom;prenom;mail;identifiant;fonction;place;administrateur;dpo;etablissements;groupes;rubriques\r\n"

func (o *office) plan(t testing.TB, file string) *admin.UsersPlan {
	t.Helper()
	p, err := o.PlanImport(t.Context(), o.by, []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (o *office) count(t testing.TB) int {
	t.Helper()
	_, total, err := o.reg.ListAccounts(t.Context(), registry.AccountFilter{}, registry.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return total
}

func TestImportCreatesAndChanges(t *testing.T) {
	o := newOffice(t, 9)
	if _, _, err := o.groups.Put(t.Context(), 0, admin.GroupForm{Name: "Les lycées", Rule: "type", Values: []string{"lycee"}}); err != nil {
		t.Fatal(err)
	}
	marc := o.hire(t, "Marc", "Petit")
	o.post.sent = nil
	file := importHead +
		"Caron;Inès;ines.caron@exemple.fr;;Chargée d’études;;non;oui;" + string(school(1)) + "|" + string(school(2)) + ";Les Lycees;moyens.eleves|Social > Discipline\r\n" +
		"Petit;Marc;marc.petit@exemple.fr;;Directeur;;;;;;\r\n" +
		"Morvan;Claire;claire.morvan@exemple.fr;;;;;;;;\r\n"
	p := o.plan(t, file)
	if p.Created != 1 || p.Changed != 1 || p.Same != 1 || p.Wrong != 0 {
		t.Fatalf("plan %+v", p)
	}
	if got := p.Lines[1].Changes; got != "Fonction\u00a0: (vide) → Directeur" {
		t.Errorf("changes %q", got)
	}
	if o.count(t) != 2 || len(o.post.sent) != 0 {
		t.Fatal("the dry run has written")
	}
	done, err := o.ApplyImport(t.Context(), o.by, []byte(file), p.Seal)
	if err != nil || done.Created != 1 || done.Changed != 1 {
		t.Fatalf("done %+v, %v", done, err)
	}
	ines, err := o.reg.AccountByLogin(t.Context(), "inès@caron")
	if err != nil || !ines.Auditor || ines.Admin || ines.AllWidgets || !slices.Equal(ines.Widgets, []string{"moyens.eleves", "social.discipline"}) || len(ines.Groups) != 1 || len(ines.Schools) != 2 {
		t.Errorf("created %+v, %v", ines, err)
	}
	if kept, _ := o.reg.Account(t.Context(), marc.ID); kept.Function != "Directeur" || kept.State != registry.Invited {
		t.Errorf("changed %+v", kept)
	}
	if want := []string{"invite Inès@CARON"}; !slices.Equal(o.post.sent, want) {
		t.Errorf("sent %v, want %v", o.post.sent, want)
	}
	if again := o.plan(t, file); again.Same != 3 {
		t.Errorf("again: %+v", again)
	}
}

func TestImportAppliesWhatWasShown(t *testing.T) {
	o := newOffice(t, 1)
	file := []byte(importHead + "Caron;Inès;ines@exemple.fr;;;;;;;;\n")
	p := o.plan(t, string(file))
	_, err := o.ApplyImport(t.Context(), o.by, bytes.Replace(file, []byte("ines@"), []byte("inex@"), 1), p.Seal)
	wantKind(t, err, belvedere.Conflict)
	other := o.by
	other.ID++
	_, err = o.ApplyImport(t.Context(), other, file, p.Seal)
	wantKind(t, err, belvedere.Conflict)
	o.hire(t, "Marc", "Petit")
	_, err = o.ApplyImport(t.Context(), o.by, file, p.Seal)
	wantKind(t, err, belvedere.Conflict)
	if o.count(t) != 2 {
		t.Errorf("%d accounts", o.count(t))
	}
	if done, err := o.ApplyImport(t.Context(), o.by, file, ""); err != nil || done.Created != 1 {
		t.Errorf("without a seal: %+v, %v", done, err)
	}
}

func TestImportRefusesLines(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	cases := []struct {
		name, lines, column, message string
	}{
		{"unknown school", "A;B;a@exemple.fr;;;;;;0990077J;;", "etablissements", "UAI"},
		{"false letter", "A;B;a@exemple.fr;;;;;;0990001Z;;", "etablissements", "lettre de contrôle"},
		{"unknown group", "A;B;a@exemple.fr;;;;;;;Lycées;", "groupes", "Aucun groupe"},
		{"unknown widget", "A;B;a@exemple.fr;;;;;;;;tout.voir", "rubriques", "n’existe pas"},
		{"neither yes nor no", "A;B;a@exemple.fr;;;;peut-être;;;;", "administrateur", "ni oui ni non"},
		{"unknown place", "A;B;a@exemple.fr;;;partout;;;;;", "place", "n’existe pas"},
		{"administrator in a school", "A;B;a@exemple.fr;;;etablissement;oui;;;;", "administrateur", "établissement"},
		{"all schools from a school", "A;B;a@exemple.fr;;;etablissement;;;tous;;", "etablissements", "choisissez"},
		{"no name", ";B;a@exemple.fr;;;;;;;;", "nom", "manque"},
		{"10,000 letters", long + ";B;a@exemple.fr;;;;;;;;", "nom", "80 caractères"},
		{"bidi", "A\u202e;B;a@exemple.fr;;;;;;;;", "nom", "invisible"},
		{"line break", "\"A\nBcc: x\";B;a@exemple.fr;;;;;;;;", "nom", "invisible"},
		{"formula", "=cmd|'/c calc'!A0;B;a@exemple.fr;;;;;;;;", "nom", "formule"},
		{"guarded formula", "'=1+1;B;a@exemple.fr;;;;;;;;", "nom", "formule"},
		{"bad address", "A;B;pas une adresse;;;;;;;;", "mail", "nom@domaine.fr"},
		{"bad login", "A;B;a@exemple.fr;<script>;;;;;;;", "identifiant", "lettres"},
		{"same address twice", "A;B;a@exemple.fr;;;;;;;;\nC;D;A@exemple.fr;;;;;;;;", "mail", "ligne 2"},
		{"same login twice", "A;B;a@exemple.fr;moi;;;;;;;\nC;D;c@exemple.fr;MOI;;;;;;;", "identifiant", "pris"},
		{"same account twice", "Petit;Marc;marc.petit@exemple.fr;;;;;;;;\nPetit;Marc;marc.petit@exemple.fr;;;;;;;;", "mail", "ligne 2"},
		{"login of one, address of another", "A;B;marc.petit@exemple.fr;Claire@MORVAN;;;;;;;", "mail", "corrigez"},
		{"own right", "Morvan;Claire;claire.morvan@exemple.fr;;;;non;;;;", "administrateur", "votre propre"},
		{"too few cells", "A;B;a@exemple.fr", "", "colonne"},
	}
	o := newOffice(t, 3)
	o.hire(t, "Marc", "Petit")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := o.plan(t, importHead+c.lines+"\n")
			if p.Wrong != 1 {
				t.Fatalf("plan %+v", p.Lines)
			}
			last := p.Lines[len(p.Lines)-1]
			if len(last.Faults) == 0 || last.Faults[0].Field != c.column || !strings.Contains(last.Faults[0].Message, c.message) {
				t.Fatalf("faults %+v, want one of %q with %q", last.Faults, c.column, c.message)
			}
			if f := last.Faults[0]; c.column != "" && (f.Line < 2 || f.Column < 1 || len(f.Value) > 200) {
				t.Errorf("place of %+v", f)
			}
			_, err := o.ApplyImport(t.Context(), o.by, []byte(importHead+c.lines+"\n"), p.Seal)
			wantKind(t, err, belvedere.Invalid)
			if o.count(t) != 2 {
				t.Fatalf("%d accounts after a file in error: half done", o.count(t))
			}
		})
	}
}

func TestImportRefusesFiles(t *testing.T) {
	o := newOffice(t, 1)
	cases := []struct {
		name, file string
		kind       belvedere.Kind
	}{
		{"empty", "", belvedere.Invalid},
		{"header alone", importHead, belvedere.Invalid},
		{"unknown column", "nom;prenom;mail;mot_de_passe\nA;B;a@exemple.fr;x\n", belvedere.Invalid},
		{"state by header", "nom;prenom;mail;état\nA;B;a@exemple.fr;actif\n", belvedere.Invalid},
		{"number by header", "id;mail;nom\n1;a@exemple.fr;A\n", belvedere.Invalid},
		{"column twice", "mail;administrateur;Administrateur\na@exemple.fr;non;oui\n", belvedere.Invalid},
		{"nobody named", "nom;prenom\nA;B\n", belvedere.Invalid},
		{"too many lines", "mail\n" + strings.Repeat("a@exemple.fr\n", 5001), belvedere.TooLarge},
		{"too big", "mail\n" + strings.Repeat("x", admin.MostUsersFile), belvedere.TooLarge},
		{"zip", "PK\x03\x04", belvedere.Invalid},
		{"json", "{\"mail\":\"a@exemple.fr\"}\n", belvedere.Invalid},
	}
	for _, c := range cases {
		_, err := o.PlanImport(t.Context(), o.by, []byte(c.file))
		if err == nil || belvedere.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want kind %v", c.name, err, c.kind)
		}
	}
}

func TestImportReadsEncodings(t *testing.T) {
	text := "NOM,Prénom,Mail\nLefèvre,Zoë,zoe@exemple.fr\n"
	latin := []byte(strings.NewReplacer("é", "\xe9", "è", "\xe8", "ë", "\xeb").Replace(text))
	wide := []byte{0xff, 0xfe}
	for _, r := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(r), byte(r>>8))
	}
	for name, file := range map[string][]byte{"utf-8": []byte("\ufeff" + text), "windows-1252": latin, "utf-16": wide} {
		o := newOffice(t, 1)
		p, err := o.PlanImport(t.Context(), o.by, file)
		if err != nil || p.Created != 1 || p.Lines[0].Name != "Zoë LEFÈVRE" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestExportComesBackUnchanged(t *testing.T) {
	o := newOffice(t, 9)
	_, g, err := o.groups.Put(t.Context(), 0, admin.GroupForm{Name: "Lycées, et autres", Rule: "type", Values: []string{"lycee"}})
	if err != nil {
		t.Fatal(err)
	}
	a := o.hire(t, "Inès", "Caron", func(f *admin.UserForm) {
		f.Function, f.Groups, f.Schools = "Cheffe, -adjointe; =1+1", []int64{g.ID}, []string{string(school(1)), string(school(2))}
	})
	if _, _, err := o.SetWidgets(t.Context(), a.ID, a.Version, false, nil); err != nil {
		t.Fatal(err)
	}
	o.hire(t, "Marc", "Petit", func(f *admin.UserForm) { f.Email, f.AllSchools = "+marc@exemple.fr", true })
	o.hire(t, "Luc", "Roy", func(f *admin.UserForm) { f.Place, f.Function = registry.InSchool, "-1" })
	var b bytes.Buffer
	if err := o.Export(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for _, cell := range strings.FieldsFunc(b.String(), func(r rune) bool { return r == ';' || r == '\n' }) {
		if strings.ContainsAny(strings.TrimLeft(cell, "\" \ufeff")[:1], "=+@") {
			t.Errorf("cell %q is a formula", cell)
		}
	}
	p := o.plan(t, b.String())
	if p.Same != 4 || len(p.Lines) != 4 {
		t.Errorf("plan of the export: %+v\n%s", p.Lines, b.String())
	}
	other := newOffice(t, 9)
	if _, _, err := other.groups.Put(t.Context(), 0, admin.GroupForm{Name: "Lycées, et autres", Rule: "type", Values: []string{"lycee"}}); err != nil {
		t.Fatal(err)
	}
	if p := other.plan(t, b.String()); p.Created != 3 || p.Same != 1 {
		t.Errorf("into another console: %+v", p.Lines)
	}
}

func FuzzPlanImport(f *testing.F) {
	f.Add([]byte(importHead + "Caron;Inès;ines@exemple.fr;;;;non;oui;0990001E|0990002F;G;moyens.eleves\r\n"))
	f.Add([]byte("mail\n'=1+1@exemple.fr\n"))
	f.Add([]byte("mail,identifiant\n\"a\nb\"@exemple.fr,\xff\n"))
	f.Add([]byte("sep=;\nnom;mail;rubriques\nA;a@b;toutes|aucune\n"))
	o := newOffice(f, 3)
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := o.PlanImport(t.Context(), o.by, file)
		if err != nil {
			if belvedere.KindOf(err) == belvedere.Internal {
				t.Fatalf("internal error: %v", err)
			}
			return
		}
		if p.Created+p.Changed+p.Same+p.Wrong != len(p.Lines) {
			t.Fatalf("counts of %+v", p)
		}
		for _, l := range p.Lines {
			if (l.Result == admin.LineWrong) != (len(l.Faults) > 0) {
				t.Fatalf("line %+v", l)
			}
			if strings.ContainsAny(l.Name+l.Login+l.Email, "\r\n\u202e") {
				t.Fatalf("line %+v shows what lies", l)
			}
		}
	})
}

package directory_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/directory"
	"belvedere/internal/school/rule"
)

// family is a school of three households: a couple with two children, parents who live apart, and
// a mother who stands twice in SIECLE.
func family() []board.Dropped {
	return siecle(
		[]child{
			{id: 1, last: "FERRY", first: "Jade", division: "6A", parents: []string{"71", "72"}},
			{id: 2, last: "FERRY", first: "Tom", division: "5B", parents: []string{"71", "72"}},
			{id: 3, last: "ABEL", first: "Ana", division: "6A", parents: []string{"73", "74"}},
			{id: 4, last: "BORG", first: "Bo", division: "6A", parents: []string{"75"}},
			{id: 5, last: "BORG", first: "Mia", division: "6A", parents: []string{"76"}},
		},
		[]parent{
			{id: "71", last: "FERRY", first: "Claire", address: "1 RUE X", mail: "Claire@exemple.org"}, {id: "72", last: "FERRY", first: "David", address: "1 RUE X", mail: "claire@exemple.org"},
			{id: "73", last: "ABEL", first: "Rose", address: "2 RUE X", mail: "rose@exemple.org"}, {id: "74", last: "NOIR", first: "Paul", address: "3 RUE X"},
			{id: "75", last: "BORG", first: "Eva", address: "4 RUE X", mail: "eva@exemple.org"}, {id: "76", last: "Borg", first: "EVA", address: "4 rue X", mail: "eva@exemple.org"},
		})
}

func (o *office) print(t testing.TB, f directory.PrintForm) directory.Run {
	t.Helper()
	f.Year, f.Waiver = year, "jeu d’essai"
	run, err := o.Print(context.Background(), head(), school, f)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// outline is who gets which letter, in order.
func outline(run directory.Run) (lines []string) {
	for _, l := range run.Letters {
		names := []string{}
		for _, a := range l.Access {
			names = append(names, a.Login)
		}
		lines = append(lines, l.Division+" "+l.Pupil+" → "+strings.Join(l.To, ", ")+" ("+strings.Join(names, " ")+")")
	}
	return lines
}

func TestHouseholdsGetOneLetter(t *testing.T) {
	o := newOffice(t)
	o.imports(t, family()...)
	run := o.print(t, directory.PrintForm{Profile: directory.Guardians})
	want := []string{
		"5B FERRY Tom → Mme FERRY Claire, Mme FERRY David, 1 RUE X, 99000 EXEMPLE (claire.ferry david.ferry)",
		"6A ABEL Ana → Mme ABEL Rose, 2 RUE X, 99000 EXEMPLE (rose.abel)",
		"6A ABEL Ana → Mme NOIR Paul, 3 RUE X, 99000 EXEMPLE (paul.noir)",
		"6A BORG Bo → Mme BORG Eva, 4 RUE X, 99000 EXEMPLE (eva.borg)",
	}
	if diff := cmp.Diff(want, outline(run)); diff != "" {
		t.Error(diff)
	}
	if run.Codes() != 5 {
		t.Errorf("%d codes", run.Codes())
	}
	// A household whose letter goes by another division is not in this one's, so nobody gets two.
	if diff := cmp.Diff(want[1:], outline(o.print(t, directory.PrintForm{Profile: directory.Guardians, Division: "6A"}))); diff != "" {
		t.Error(diff)
	}
	pupils := outline(o.print(t, directory.PrintForm{Profile: directory.Pupils}))
	if len(pupils) != 5 || !strings.HasPrefix(pupils[0], "5B FERRY Tom") || !strings.HasPrefix(pupils[1], "6A ABEL Ana") {
		t.Errorf("%q", pupils)
	}
}

// The constructed school has a mother twice, on two records of one address.
func TestConstructedHouseholds(t *testing.T) {
	o := newOffice(t)
	o.imports(t, constructed(t)...)
	run := o.print(t, directory.PrintForm{Profile: directory.Guardians})
	claires := 0
	for _, l := range run.Letters {
		for _, a := range l.Access {
			if a.Name == "FERRY Claire" {
				claires++
			}
		}
	}
	if claires != 1 {
		t.Errorf("FERRY Claire has %d accesses in %q", claires, outline(run))
	}
}

func TestLettersWaitForFindings(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	o.imports(t, constructed(t)...)
	form := directory.PrintForm{Year: year, Profile: directory.Pupils}
	st, err := o.Standing(ctx, head(), school, year)
	if err != nil || !st.Checked || st.Blocking == 0 {
		t.Fatalf("%+v %v", st, err)
	}
	if _, err := o.Print(ctx, head(), school, form); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("with blocking findings: %v", err)
	}
	if n := len(o.column(t, "SELECT id FROM compte")); n != 0 {
		t.Errorf("refused, yet %d accounts", n)
	}
	form.Waiver = "non"
	if _, err := o.Print(ctx, head(), school, form); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("waived without a reason: %v", err)
	}
	form.Waiver = "rentrée demain, corrections en cours"
	run, err := o.Print(ctx, head(), school, form)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := o.Batch(ctx, head(), school, run.ID)
	if err != nil || b.Waiver != form.Waiver || b.By != "helene@aubry" {
		t.Errorf("%+v %v", b, err)
	}
	findings, _, _, err := o.board.Findings(ctx, head(), school, year, board.FindingFilter{State: "bloquants"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if err := rule.Accept(ctx, o.vault(t), f.ID, "vu avec le rectorat", "helene"); err != nil {
			t.Fatal(err)
		}
	}
	form.Waiver = ""
	if _, err := o.Print(ctx, head(), school, form); err != nil {
		t.Errorf("all accepted by name: %v", err)
	}
	o.now = o.now.Add(1e9 * 60)
	o.importsUnchecked(t, family()...)
	if _, err := o.Print(ctx, head(), school, form); belvedere.KindOf(err) != belvedere.Conflict {
		t.Errorf("imported since and not checked: %v", err)
	}
}

func TestHandingOut(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	o.imports(t, family()...)
	run := o.print(t, directory.PrintForm{Profile: directory.Guardians})
	if n, err := o.Hand(ctx, head(), school, run.ID, []int64{1, 3}, true); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	first := o.now
	o.now = o.now.Add(1e9 * 3600)
	if n, err := o.Hand(ctx, head(), school, run.ID, []int64{1, 99}, true); n != 0 || err != nil {
		t.Errorf("ticked already: %d %v", n, err)
	}
	if n, _ := o.Hand(ctx, head(), school, run.ID, []int64{3}, false); n != 1 {
		t.Error("a tick is taken back")
	}
	b, list, err := o.Batch(ctx, head(), school, run.ID)
	if err != nil || len(list) != 4 || b.Handed != 1 || b.Envelopes != 4 || b.Codes != 5 {
		t.Fatalf("%+v %+v %v", b, list, err)
	}
	if e := list[0]; !e.Handed.Equal(first) || e.HandedBy != "helene@aubry" || e.Pupil != "FERRY Tom" || len(e.To) != 2 || e.Dead {
		t.Errorf("%+v", e)
	}
	o.print(t, directory.PrintForm{Profile: directory.Guardians, Division: "5B"})
	if _, list, _ = o.Batch(ctx, head(), school, run.ID); !list[0].Dead || list[1].Dead {
		t.Errorf("printed again: %+v", list[:2])
	}
}

var codePattern = regexp.MustCompile(`[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}`)

// TestLetterInPrint reads the letters back as people see them, but for their codes.
func TestLetterInPrint(t *testing.T) {
	o := newOffice(t)
	o.imports(t, family()...)
	run := o.print(t, directory.PrintForm{Profile: directory.Guardians, Division: "5B", Second: "en"})
	var pdf bytes.Buffer
	if err := run.PDF(&pdf); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := run.PDF(&again); err != nil || !bytes.Equal(pdf.Bytes(), again.Bytes()) {
		t.Error("the same letters give other bytes")
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed (package poppler-utils)")
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = &pdf
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(codePattern.ReplaceAllString(string(out), "CODE")), " ")
	want := `5B · FERRY Tom 0999901Z Mme FERRY Claire Mme FERRY David 1 RUE X 99000 EXEMPLE Le mardi 15 septembre 2026 ` +
		`Vos accès à l’espace numérique – 2026-2027 Mme FERRY Claire, Mme FERRY David, Vous êtes responsable de : FERRY Tom (5B), FERRY Jade (6A). ` +
		`Voici de quoi ouvrir votre compte dans l’espace numérique de 0999901Z. Chaque adulte a le sien ; il vaut pour tous vos enfants qui y sont scolarisés. ` +
		`Nom Identifiant Code d’activation FERRY Claire claire.ferry CODE FERRY David david.ferry CODE ` +
		`À la première connexion, saisissez l’identifiant et le code, puis choisissez un mot de passe. Le code ne sert qu’une fois, jusqu’au 15/10/2026. ` +
		`Après cette date, ou s’il est perdu, le secrétariat vous en remet un autre : l’ancien ne vaut alors plus rien. ` +
		`Si un nom, une adresse ou un lien est inexact dans ce courrier, signalez-le au secrétariat. ` +
		`Your access to the school’s online services – 2026-2027 You are responsible for: FERRY Tom (5B), FERRY Jade (6A). Here is what you need to open your account at 0999901Z. ` +
		`Each adult has an account of his or her own, for all of your children at this school. ` +
		`The first time, type your identifier and your code, then choose a password. The code works once, until 15/10/2026. ` +
		`After that date, or if it is lost, the school office will give you another one. If anything in this letter is wrong, please tell the school office.`
	if diff := cmp.Diff(strings.Join(strings.Fields(want), " "), text); diff != "" {
		t.Error(diff)
	}
}

// The file of the mail merge says the same, and nothing in it runs as a formula.
func TestMailMerge(t *testing.T) {
	o := newOffice(t)
	o.imports(t, siecle([]child{{id: 1, last: "=CMD()", first: "Ana", division: "6A", parents: []string{"71"}}}, []parent{{id: "71", last: "@SUM", first: "+33", address: "-1 RUE X"}})...)
	run := o.print(t, directory.PrintForm{Profile: directory.Guardians})
	var out bytes.Buffer
	if err := run.CSV(&out); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || !marked || len(rows) != 2 {
		t.Fatal(err, marked, rows)
	}
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name] = rows[1][i]
		if strings.ContainsAny(rows[1][i][:min(1, len(rows[1][i]))], "=+-@") {
			t.Errorf("%s is a formula: %q", name, rows[1][i])
		}
	}
	if a := run.Letters[0].Access[0]; got["code1"] != a.Code || got["identifiant1"] != a.Login || got["division"] != "6A" || got["adresse1"] != "'-1 RUE X" {
		t.Errorf("%v", got)
	}
}

func TestTemplates(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	o.imports(t, family()...)
	for body, fine := range map[string]bool{
		"Bonjour {eleve}\n{acces}":            true,
		"Bonjour {eleve}\r\n {acces} \r\nFin": true,
		"Bonjour {eleve}":                     false, // codes go nowhere
		"{acces}\n{acces}":                    false,
		"Vos codes : {acces}":                 false,
		"{acces}\n{prenom}":                   false,
		"{acces}\n{eleve":                     false,
		"{acces}\nمرحبا":                      false,
		"":                                    false,
	} {
		err := o.PutTemplate(ctx, head(), school, directory.Template{Profile: directory.Pupils, Language: "fr", Subject: "Objet", Body: body})
		if fine != (err == nil) || !fine && belvedere.KindOf(err) != belvedere.Invalid {
			t.Errorf("%q: %v", body, err)
		}
	}
	if err := o.PutTemplate(ctx, head(), school, directory.Template{Profile: directory.Pupils, Language: "fr", Subject: "Pour {division}", Body: "{acces}\nÀ {eleve} de {etablissement}"}); err != nil {
		t.Fatal(err)
	}
	run := o.print(t, directory.PrintForm{Profile: directory.Pupils, Division: "5B"})
	if got := run.Letters[0].Texts[0]; got.Subject != "Pour 5B" || got.Body != "{acces}\nÀ FERRY Tom de 0999901Z" {
		t.Errorf("%+v", got)
	}
	form := directory.PrintForm{Year: year, Profile: directory.Pupils, Second: "uk"}
	if _, err := o.Preview(ctx, head(), school, form); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("a language that nobody wrote: %v", err)
	}
	if err := o.PutTemplate(ctx, head(), school, directory.Template{Profile: directory.Pupils, Language: "uk", Subject: "Доступ", Body: "Для {eleve}"}); err != nil {
		t.Fatal(err)
	}
	before := len(o.column(t, "SELECT id FROM lot"))
	shown, err := o.Preview(ctx, head(), school, form)
	if err != nil || shown.Letters[0].Texts[1].Body != "Для EXEMPLE Camille" || shown.Letters[0].Access[0].Code != "XXXX-XXXX-XXXX" || len(o.column(t, "SELECT id FROM lot")) != before {
		t.Errorf("%+v %v", shown, err)
	}
	if err := o.PutTemplate(ctx, head(), school, directory.Template{Profile: directory.Pupils, Language: "fr"}); err != nil {
		t.Fatal(err)
	}
	if got, _ := o.Template(ctx, head(), school, directory.Pupils, "fr"); got.Changed || !strings.Contains(got.Body, "{acces}") {
		t.Errorf("ours again: %+v", got)
	}
}

func TestLists(t *testing.T) {
	o := newOffice(t)
	o.imports(t, family()...)
	for name, c := range map[string]struct {
		form    directory.ListForm
		people  int
		mails   string
		missing int
	}{
		"guardians":             {directory.ListForm{Profile: directory.Guardians}, 5, "rose@exemple.org eva@exemple.org Claire@exemple.org", 1},
		"guardians of division": {directory.ListForm{Profile: directory.Guardians, Division: "5B"}, 2, "Claire@exemple.org", 0},
		"guardians of level":    {directory.ListForm{Profile: directory.Guardians, Level: "6eme"}, 5, "rose@exemple.org eva@exemple.org Claire@exemple.org", 1},
		"pupils":                {directory.ListForm{Profile: directory.Pupils, Division: "6A"}, 4, "", 4},
		"another group":         {directory.ListForm{Profile: directory.Guardians, Group: "6AGL1"}, 0, "", 0},
	} {
		c.form.Year = year
		l, choices, err := o.List(context.Background(), head(), school, c.form)
		if err != nil || len(l.Lines) != c.people || strings.Join(l.Addresses, " ") != c.mails || l.Missing != c.missing {
			t.Errorf("%s: %+v %v", name, l, err)
		}
		if diff := cmp.Diff([]string{"5B", "6A"}, choices.Divisions); diff != "" {
			t.Error(diff)
		}
	}
}

// Nobody but those who work in the school opens any of it.
func TestWhoMay(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	o.imports(t, family()...)
	weak, stranger := head(), head()
	weak.Strong = false
	stranger.Scope.Own = nil
	for name, v := range map[string]belvedere.Viewer{"administrator": {Kind: belvedere.AccountViewer, Admin: true, Strong: true}, "one factor": weak, "another school": stranger, "nobody": {}} {
		for what, try := range map[string]func() error{
			"entries": func() error { _, err := o.Entries(ctx, v, school, year, directory.Filter{}); return err },
			"enrol":   func() error { _, err := o.Enrol(ctx, v, school, year); return err },
			"print": func() error {
				_, err := o.Print(ctx, v, school, directory.PrintForm{Year: year, Profile: directory.Pupils})
				return err
			},
			"list": func() error {
				_, _, err := o.List(ctx, v, school, directory.ListForm{Year: year, Profile: directory.Pupils})
				return err
			},
			"template": func() error {
				return o.PutTemplate(ctx, v, school, directory.Template{Profile: directory.Pupils, Language: "fr"})
			},
			"csv": func() error { _, err := o.ExportCSV(ctx, v, school, year, &bytes.Buffer{}); return err },
			"aaf": func() error {
				_, err := o.ExportAAF(ctx, v, school, directory.FeedForm{Year: year}, &bytes.Buffer{})
				return err
			},
			"activate": func() error { return o.Activate(ctx, v, school, "a", "b") },
			"hand":     func() error { _, err := o.Hand(ctx, v, school, 1, []int64{1}, true); return err },
			"preview": func() error {
				_, err := o.Preview(ctx, v, school, directory.PrintForm{Year: year, Profile: directory.Pupils})
				return err
			},
		} {
			if err := try(); belvedere.KindOf(err) != belvedere.Forbidden {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

package web_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"belvedere"
	"belvedere/internal/formula"
	"belvedere/internal/procedure"
	"belvedere/internal/registry"
	"belvedere/internal/saved"
	"belvedere/internal/web/webtest"
)

// A sent is a form as a browser would post it.
type sent struct {
	who          belvedere.Viewer
	page, action string
	values       url.Values
	free         []string // names of the controls that people fill in
}

// forms are those that who is not signed in, an administrator and the staff of a school find, the first
// of them first: links serve once.
func (f *fort) forms() []sent {
	defer func(v belvedere.Viewer) { f.as = v }(f.as)
	return slices.Concat(f.formsOf(belvedere.Viewer{}, "public"), f.formsOf(boss, "account", "signed in", "auditor", "administrator", "officer", "author", "extractor"),
		f.formsOf(strong(school), "school", "nominative"))
}

// states are pages whose forms show in a state of their address only.
var states = map[string]string{
	"GET /extractions/nouvelle?brouillon=4&etape=2": "extractor", "GET /extractions/nouvelle?brouillon=4&etape=3": "extractor", "GET /extractions/nouvelle?brouillon=4&etape=4": "extractor",
	"GET /extractions/nouvelle?brouillon=4&etape=5": "extractor", "GET /extractions/nouvelle?brouillon=4&etape=6": "extractor", "GET /extractions/regulieres/nouvelle?extrait=2": "extractor",
	"GET /explorateur?indicateurs=eleves,classes&lignes=type": "author", "GET /demandes/2?modifier=oui": "signed in", "GET /tableaux-de-bord/2/modifier/nouveau?genre=vue": "author",
}

func (f *fort) formsOf(who belvedere.Viewer, rights ...string) (list []sent) {
	f.as = who
	pages := maps.Clone(states)
	for address, rt := range f.addresses() {
		if rt.Method == "GET" {
			pages[address] = rt.Right
		}
	}
	for _, address := range slices.Sorted(maps.Keys(pages)) {
		if !slices.Contains(rights, pages[address]) {
			continue
		}
		w := f.ask(address)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		doc, err := html.Parse(strings.NewReader(w.Body.String()))
		f.must(err)
		walk(doc, func(n *html.Node) {
			if n.Data == "form" && strings.EqualFold(attr(n, "method"), "post") && !strings.Contains(attr(n, "enctype"), "multipart") && attr(n, "action") != "/theme" {
				form := readForm(strings.TrimPrefix(address, "GET "), n)
				form.who = who
				list = append(list, form)
			}
		})
	}
	return list
}

func readForm(page string, form *html.Node) sent {
	s := sent{page: page, action: attr(form, "action"), values: url.Values{}}
	if s.action == "" {
		s.action = page
	}
	walk(form, func(n *html.Node) {
		name := attr(n, "name")
		switch {
		case name == "" || n.Data != "input" && n.Data != "select" && n.Data != "textarea":
		case attr(n, "type") == "hidden":
			s.values.Add(name, attr(n, "value"))
		default:
			if !slices.Contains(s.free, name) {
				s.free = append(s.free, name)
			}
			s.values.Set(name, attr(n, "value"))
		}
	})
	return s
}

// poison are texts that no one should be able to bring anywhere.
var poison = map[string]string{
	"markup":       `"'><img src=x onerror=alert(1)><script>alert(1)</script>`,
	"line breaks":  "Anna\r\nSet-Cookie: vole=1\r\nBcc: tous@exemple.fr",
	"turned text":  "Anna\u202egro.elpmexe\u2066",
	"NUL":          "Anna\x00",
	"not UTF-8":    "Anna\xff\xfe",
	"long":         strings.Repeat("é", 12_000),
	"formula":      `=HYPERLINK("http://evil.example";"Anna")`,
	"SQL":          `x'); DROP TABLE account; --`,
	"a format":     "%s%n%d${1234*1000}{{1234*1000}}",
	"an address":   "javascript:alert(1)",
	"much numbers": "99999999999999999999999999",
	"a negative":   "-1",
}

// TestHostileForms fills each control of each form with each poison: the server answers, tells no
// cause, writes no markup and keeps nothing that cannot be seen or is without measure.
func TestHostileForms(t *testing.T) {
	f := newFort(t)
	forms := f.forms()
	tries := 0
	for _, form := range forms {
		for _, field := range form.free {
			for name, text := range poison {
				tries++
				values := maps.Clone(form.values)
				values.Set(field, text)
				f.as = form.who
				w := f.send("POST", form.action, values.Encode())
				body := w.Body.String()
				if w.Code >= 500 {
					t.Errorf("%s, %s with %s: %d", form.action, field, name, w.Code)
				}
				if strings.Contains(body, "<img src=x") || strings.Contains(body, "<script>alert") || strings.Contains(body, `f="javascript:`) || strings.Contains(body, `n="javascript:`) {
					t.Errorf("%s, %s with %s became markup", form.action, field, name)
				}
				if strings.Contains(body, "%!") || strings.Contains(body, "1234000") {
					t.Errorf("%s, %s with %s became a format", form.action, field, name)
				}
				for k, list := range w.Header() {
					if k == "Vole" || strings.ContainsAny(strings.Join(list, ""), "\r\n\x00") || k == "Set-Cookie" && strings.Contains(list[0], "vole") {
						t.Errorf("%s, %s with %s: header %s: %q", form.action, field, name, k, list)
					}
				}
				if location := w.Header().Get("Location"); location != "" && !ownAddress("form", location) {
					t.Errorf("%s, %s with %s leads to %q", form.action, field, name, location)
				}
			}
		}
	}
	if len(forms) < 10 || tries < 500 {
		t.Errorf("only %d forms and %d tries", len(forms), tries)
	}
	f.keptIsClean()
}

// TestHostileRegistry brings markup and formulas into the registry by another way, as a restored
// backup would, and reads every page and file.
func TestHostileRegistry(t *testing.T) {
	f := newFort(t)
	ctx, text, formula := t.Context(), poison["markup"], poison["formula"]
	a, err := f.reg.Account(ctx, 2)
	f.must(err)
	a.FirstName, a.LastName, a.Function = text, text, formula
	_, err = f.reg.UpdateAccount(ctx, a)
	f.must(err)
	_, err = f.reg.PutGroup(ctx, registry.Group{Name: text, Rule: "commune", Values: []string{text}})
	f.must(err)
	_, err = f.reg.PutAgreement(ctx, registry.Agreement{School: belvedere.UAIFromNumber(990003), From: belvedere.Date(2025, 9, 1), AllThemes: true, Basis: text, Reference: formula})
	f.must(err)
	_, err = f.reg.CreateToken(ctx, registry.Token{Name: text, Vendor: "essai", Hash: strings.Repeat("a", 64), Push: true, AllSchools: true, CreatedBy: text, LastFrom: text})
	f.must(err)
	_, err = f.reg.CreateToken(ctx, registry.Token{Account: 2, Name: text, Hash: strings.Repeat("c", 64), Read: true, CreatedBy: text, LastFrom: text})
	f.must(err)
	f.must(f.reg.PutSettings(ctx, map[string]string{registry.SettingTerritoryName: text}))
	entry := registry.Entry{At: a.Created, Account: 2, Login: text, Door: "page", Action: "consultation", Object: formula, Result: "fait", From: text, Perimeter: "*", Detail: text}
	f.must(f.reg.AppendJournal(ctx, []registry.Entry{entry}, func(_ string, e *registry.Entry) error { e.Seal = "x"; return nil }))
	f.hostileRooms(text, formula)
	shown, files := 0, 0
	for _, who := range []belvedere.Viewer{boss, school, reader, answering} {
		f.as = who
		for address, rt := range f.addresses() {
			if rt.Method != "GET" {
				continue
			}
			w := f.ask(address)
			kind, body := w.Header().Get("Content-Type"), w.Body.String()
			if w.Code >= 500 {
				t.Errorf("%s: %d", address, w.Code)
			}
			if strings.HasPrefix(kind, "text/html") && (strings.Contains(body, "<img src=x") || strings.Contains(body, "<script>alert")) {
				t.Errorf("%s shows markup of the registry", address)
			}
			if strings.Contains(body, "&lt;img src=x") {
				shown++
			}
			if strings.HasPrefix(kind, "text/csv") && strings.Contains(body, "HYPERLINK") {
				files++
				lines := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
				lines.Comma, lines.FieldsPerRecord = ';', -1
				rows, err := lines.ReadAll()
				f.must(err)
				for _, field := range slices.Concat(rows...) {
					if field != "" && strings.ContainsAny(field[:1], "=+@\t\r") {
						t.Errorf("%s holds the formula %q", address, field)
					}
				}
			}
		}
	}
	if shown < 20 || files < 3 {
		t.Errorf("only %d pages and %d files showed what was brought in", shown, files)
	}
}

// hostileRooms does the same in the rooms of the infocentre.
func (f *fort) hostileRooms(text, formula string) {
	f.t.Helper()
	ctx, now := f.t.Context(), webtest.Published
	_, err := f.reg.CreateExtract(ctx, registry.Extract{Account: 1, Login: text, Kind: "totaux", Label: text, Spec: "{}", Purpose: text, Basis: text, Recipients: formula, Format: "csv",
		State: registry.ExtractFailed, Created: now, Asked: now, Ended: now, Code: "HOSTILE1", Error: text, FileName: text})
	f.must(err)
	_, err = f.reg.CreateExtractSchedule(ctx, registry.ExtractSchedule{Account: 1, Label: text, Spec: "{}", Rhythm: "lundi", Place: text, Stopped: text, Created: now})
	f.must(err)
	_, err = f.reg.CreateDashboard(ctx, registry.Dashboard{Owner: 1, OwnerName: text, Title: text, Description: text, Sharing: registry.SharedAll, Content: "{}", Created: now})
	f.must(err)
	_, err = f.reg.PutHolding(ctx, registry.Holding{Duty: "scolarite", Place: registry.Titular, Name: text, From: belvedere.Date(2025, 9, 1), At: now})
	f.must(err)
	_, err = f.reg.PutTask(ctx, registry.Task{Label: text, Duty: "scolarite", Starts: belvedere.Date(2025, 11, 1), Ends: belvedere.Date(2025, 12, 1), Yearly: true, At: now})
	f.must(err)
	_, err = f.reg.PutWrittenRule(ctx, registry.WrittenRule{Title: text, Duty: "scolarite", Audience: "tous", Asked: true})
	f.must(err)
	_, err = f.reg.AskHelp(ctx, registry.HelpQuestion{Subject: text, Text: text, Duty: "scolarite", Account: 2, By: text, At: now})
	f.must(err)
	_, err = f.reg.PutTraining(ctx, registry.Training{Label: formula, Day: belvedere.Date(2027, 1, 10), Seats: 4, At: now})
	f.must(err)
	f.hostileWords(text)
}

// hostileWords are those of people who compose, ask and answer, which others read.
func (f *fort) hostileWords(text string) {
	f.t.Helper()
	ctx, now, c := f.t.Context(), webtest.Published, f.config
	q, err := c.Saved.Create(ctx, boss, saved.Draft{Title: text, Description: text, State: "indicateurs=eleves&lignes=type"})
	f.must(err)
	_, err = c.Saved.Share(ctx, boss, q.ID, saved.Sharing{With: registry.SharedAll})
	f.must(err)
	for kind, body := range map[registry.FormulaKind]string{registry.FormulaOfFigures: "2 * eleves", registry.FormulaOfRows: "niveau=6eme"} {
		_, err = c.Formulas.Save(ctx, boss, formula.Draft{Kind: kind, Code: "deux", Base: 1, FormulaVersion: registry.FormulaVersion{Label: text, Definition: text, Text: body, Unit: "élèves", Note: text}})
		f.must(err)
	}
	_, err = c.Procedures.Submit(ctx, boss, procedure.Submission{Procedure: "acces", Values: map[string][]string{"besoin": {text}, "role": {text}, "finalite": {text}}})
	f.must(err)
	help, err := f.reg.AskHelp(ctx, registry.HelpQuestion{Subject: "Un titre", Text: text, Duty: "scolarite", Account: 2, By: text, At: now})
	f.must(err)
	_, err = f.reg.AnswerHelp(ctx, help.ID, text, text, now)
	f.must(err)
}

// keptIsClean looks at every text of the registry.
func (f *fort) keptIsClean() {
	f.t.Helper()
	lines := bufio.NewScanner(strings.NewReader(f.dump()))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var row any
		f.must(json.Unmarshal(lines.Bytes(), &row))
		eachText(row, func(s string) {
			hidden := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) }
			if strings.ContainsFunc(s, hidden) || strings.Count(s, "é") > 5000 {
				f.t.Errorf("the registry keeps %.60q (%d bytes)", s, len(s))
			}
		})
	}
}

func eachText(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, one := range v {
			eachText(one, visit)
		}
	case map[string]any:
		for _, one := range v {
			eachText(one, visit)
		}
	}
}

// TestFormsTakeTheirFieldsOnly adds to each form the names of what it must not set. The form of an
// invitation is filled in well, so that it does its work.
func TestFormsTakeTheirFieldsOnly(t *testing.T) {
	f := newFort(t)
	rights := func() (list []string) {
		for _, id := range []int64{2, 5} {
			a, err := f.reg.Account(t.Context(), id)
			f.must(err)
			list = append(list, fmt.Sprint(a.Login, a.Admin, a.Auditor, a.AllSchools, a.Schools, a.Groups, a.AllWidgets, a.Place, a.SecondFactor, a.State == registry.Locked))
		}
		return list
	}
	before := rights()
	extra := url.Values{"id": {"2"}, "compte": {"2"}, "ID": {"2"}, "Admin": {"true"}, "admin": {"oui"}, "administrateur": {"oui"}, "role": {"administrateur"}, "Auditor": {"true"}, "dpo": {"oui"},
		"place": {"collectivite"}, "tous": {"oui"}, "AllSchools": {"true"}, "State": {"actif"}, "etat": {"verrouille"}, "PasswordSet": {"2020-01-01"}, "SecondFactor": {"true"}, "Strong": {"true"}, "hash": {"x"}, "version": {"999"}}
	n := 0
	for _, form := range f.forms() {
		if strings.Contains(form.action, "utilisateurs/2") {
			continue // the form whose matter that is
		}
		values := maps.Clone(form.values)
		for _, name := range []string{"mot_de_passe", "confirmation"} {
			if values.Has(name) {
				values.Set(name, fortPassword)
			}
		}
		for k, v := range extra {
			if !values.Has(k) {
				values[k] = v
			}
		}
		n++
		f.as = form.who
		f.send("POST", form.action, values.Encode())
		if got := rights(); !slices.Equal(got, before) {
			t.Errorf("%s has changed rights: %s, were %s", form.action, got, before)
		}
	}
	if a, err := f.reg.Account(t.Context(), 5); n < 15 || err != nil || a.State != registry.Active {
		t.Errorf("%d forms were tried, the invitation was not answered: %+v %v", n, a, err)
	}
}

// TestFormsReadTheirBodyOnly posts each form with its values in the address, where another site
// could have written them: it does what an empty form does.
func TestFormsReadTheirBodyOnly(t *testing.T) {
	post := func(inAddress bool) (list []string, kept string) {
		f := newFort(t)
		seen := map[string]bool{}
		for _, form := range f.forms() {
			address, _, _ := strings.Cut(form.action, "?")
			if seen[address] {
				continue
			}
			seen[address] = true
			values := maps.Clone(form.values)
			for _, name := range form.free {
				values.Set(name, "Essai")
			}
			query := ""
			if inAddress {
				query = "?" + values.Encode()
			}
			f.as = form.who
			w := f.send("POST", address+query, "")
			list = append(list, fmt.Sprint(strings.ReplaceAll(address, f.file, "{id}"), " ", w.Code)) // files that wait have numbers by chance
		}
		return list, f.dump()
	}
	with, kept := post(true)
	without, _ := post(false)
	if !slices.Equal(with, without) || len(with) < 10 {
		t.Errorf("with values in the address %v, without %v", with, without)
	}
	if strings.Contains(kept, "Essai") {
		t.Error("the registry keeps what stood in an address")
	}
}

package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/auth"
	"belvedere/internal/dashboard"
	"belvedere/internal/formula"
	"belvedere/internal/mail"
	"belvedere/internal/notice"
	"belvedere/internal/registry"
	"belvedere/internal/rights"
	"belvedere/internal/school/directory"
	"belvedere/internal/secret"
	"belvedere/internal/territory/diffusion"
	"belvedere/internal/territory/report"
	"belvedere/internal/web"
	"belvedere/internal/web/webtest"
)

// A fort is a console with all that it can have, over a real registry that holds two of each
// thing: what attackers knock at.
type fort struct {
	*console
	t       *testing.T
	reg     registry.Registry
	auth    *auth.Service
	cookies map[int64][]*http.Cookie // of the session of each account
	config  web.Config
	letter  string           // the name of one that was kept
	file    string           // the number of one that waits to be described
	as      belvedere.Viewer // who asks, unless who says otherwise
	who     func(*http.Request) belvedere.Viewer
	journal *book
	log     *book
	vaults  atomic.Int64 // how often one was asked for
}

// A book keeps what is written into it, by many at once.
type book struct {
	mu      sync.Mutex
	text    bytes.Buffer
	entries []registry.Entry
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String() + fmt.Sprint(b.entries)
}

func (b *book) Record(_ context.Context, e registry.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries = append(b.entries, e)
	return nil
}

func (*book) Perimeter(context.Context, []belvedere.UAI, bool) (string, error) { return "", nil }

// The roles that ask, each with what is open to it: names of rights.
type role struct {
	name   string
	viewer belvedere.Viewer
	opens  []string
}

func account(change func(*belvedere.Viewer)) belvedere.Viewer {
	v := belvedere.Viewer{ID: 1, Login: "Claire@MORVAN", Name: "Claire Morvan", Kind: belvedere.AccountViewer, Scope: belvedere.Scope{AllSchools: true, AllWidgets: true}}
	change(&v)
	return v
}

var (
	reader = account(func(v *belvedere.Viewer) { v.ID, v.Login, v.Name = 2, "Anna@KERVELLA", "Anna Kervella" })
	boss   = account(func(v *belvedere.Viewer) { v.Admin, v.Strong = true, true })
	school = account(func(v *belvedere.Viewer) {
		v.ID, v.Login, v.Name, v.School = 3, "Marc@RIOU", "Marc Riou", true
		own := []belvedere.UAI{belvedere.UAIFromNumber(990000)}
		v.Scope.AllSchools, v.Scope.Schools, v.Scope.Own = false, own, own
	})
)

func strong(v belvedere.Viewer) belvedere.Viewer {
	v.Strong = true
	return v
}

var roles = []role{
	{"nobody", belvedere.Viewer{}, []string{"public"}},
	{"reader", reader, []string{"public", "account", "signed in"}},
	{"school without second factor", school, []string{"public", "account", "signed in", "school"}},
	{"school", strong(school), []string{"public", "account", "signed in", "school", "nominative"}},
	{"auditor", account(func(v *belvedere.Viewer) { v.ID, v.Login, v.Auditor, v.Strong = 4, "Inès@CARON", true, true }), []string{"public", "account", "signed in", "auditor"}},
	{"auditor without second factor", account(func(v *belvedere.Viewer) { v.ID, v.Login, v.Auditor = 4, "Inès@CARON", true }), []string{"public", "account"}},
	{"administrator", boss, []string{"public", "account", "signed in", "auditor", "administrator", "officer", "author", "extractor"}},
	{"administrator without second factor", account(func(v *belvedere.Viewer) { v.Admin = true }), []string{"public", "account"}},
	{"extractor", extracting, []string{"public", "account", "signed in", "school", "nominative", "extractor"}},
	{"author", writer, []string{"public", "account", "signed in", "author"}},
	{"data officer", answering, []string{"public", "account", "signed in", "officer"}},
}

// newFort builds it, with cookies and headers as over TLS.
func newFort(t *testing.T) *fort {
	t.Helper()
	reg, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	keys, err := secret.Load(filepath.Join(t.TempDir(), "cles.json"))
	if err != nil {
		t.Fatal(err)
	}
	f := &fort{t: t, reg: reg, as: boss, journal: &book{}, log: &book{}, cookies: map[int64][]*http.Cookie{}}
	log := slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	f.auth, err = auth.New(auth.Config{Store: reg, Keys: keys, Mail: noLetters{}, URL: "https://example.com", Log: log, Cost: auth.Cost{Passes: 1, Memory: 64},
		Now: func() time.Time { return webtest.Published }})
	f.must(err)
	f.fill()
	f.console = newConsole(t, func(c *web.Config, _ *console) {
		c.Secure, c.Journal = true, f.journal
		c.Receipts = &webtest.Receipts{Changed: true}
		c.Log, c.Auth = log, f.auth
		c.Viewer = func(r *http.Request) (belvedere.Viewer, error) {
			if f.who != nil {
				return f.who(r), nil
			}
			return f.as, nil
		}
		f.services(c)
		f.config = *c
	})
	f.complete()
	return f
}

// noLetters loses all mail.
type noLetters struct{}

func (noLetters) Send(context.Context, mail.Message) error { return nil }

// complete fails when the console may have something that this one lacks: it would not be attacked.
func (f *fort) complete() {
	f.t.Helper()
	v := reflect.ValueOf(f.config)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch field := v.Field(i); field.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Func:
			if field.IsNil() && name != "Health" {
				f.t.Errorf("the fort has no %s", name)
			}
		}
	}
}

// services are the rooms of administration, as the program builds them.
func (f *fort) services(c *web.Config) {
	model, dir := webtest.Model(), manySchools(12)
	answers := f.reporter(model, c.Now)
	c.Users = admin.NewUsers(admin.UsersConfig{Registry: f.reg, Schools: dir, Inviter: noPost{}, Now: c.Now, Widgets: []belvedere.Widget{
		{Code: "moyens", Label: "Moyens généraux", Menu: "Moyens généraux"}, {Code: "travaux", Label: "Demandes de travaux", Menu: "Demandes de travaux"}}})
	c.Groups = &admin.Groups{Registry: f.reg, Schools: dir}
	c.Agreements = admin.NewAgreements(admin.AgreementsConfig{Registry: f.reg, Schools: dir, Model: model, Now: c.Now})
	c.Territory = admin.NewTerritory(f.reg)
	c.Schools = admin.NewSchools(admin.SchoolsConfig{Registry: f.reg, Schools: dir, Now: c.Now})
	c.Grants = &admin.Grants{Registry: f.reg, Schools: dir, Now: c.Now}
	withProcedures(f.t, c, f.reg)
	c.Tokens = &admin.Tokens{Registry: f.reg, Schools: dir, Now: c.Now}
	c.Board = schoolBoard(f.t, school.Scope.Own[0], c.Now)
	c.Directory = directory.New(directory.Config{Vaults: c.Board.Vaults, Now: c.Now})
	c.Lessons = schoolLessons(f.t, c.Board, school.Scope.Own[0])
	c.Tally = schoolTally(f.t, *c, school.Scope.Own[0])
	f.countVaults(c)
	c.Notice = notice.New(notice.Config{Registry: f.reg, Model: model, Reports: func() notice.Reports { return nil }, Zone: c.Zone, Now: c.Now, Errors: c.Log})
	c.Governance = governed(f.reg, model, c.Now)
	c.Dossier = personFiles(f.t, c.Board.Vaults, school.Scope.Own[0], c.Now)
	c.Coherence = coherent(f.t, c.Board.Vaults, school.Scope.Own[0], c.Now)
	c.Formulas = formula.New(formula.Config{Registry: f.reg, Now: c.Now, Reporter: func() *report.Reporter { return answers },
		Model: func(context.Context) (*belvedere.Model, error) { return model, nil }})
	c.Explorer, c.Saved = c.Reports.(*webtest.Reports), queries(f.t, f.reg, c.Reports.(*webtest.Reports))
	c.Datasets = declaredDatasets(f.t, f.reg, c.Reports.Model(), c.Now)
	c.Live = func(context.Context) (*belvedere.Model, error) { return c.Reports.Model(), nil }
	c.Letters = f.outbox()
	c.Records = f.reg
	c.Dashboards = dashboard.New(dashboard.Config{Registry: f.reg, Model: model, Now: c.Now, Reports: func() *report.Reporter { return answers },
		Shipped: []*belvedere.Dashboard{{Code: "direction", Title: "Direction", Widgets: []belvedere.Tile{{ID: "a", Kind: belvedere.TextTile, Text: "x", Width: 12},
			{ID: "b", Kind: belvedere.FigureTile, Title: "Élèves", Question: "indicateurs=eleves", Width: 3}}}}})
	c.DashboardFile = func(context.Context, io.Writer, string, *dashboard.Answer) (string, string, error) {
		return "", "", belvedere.Errorf(belvedere.Unavailable, "pas ici")
	}
	c.Extracts = f.extracts(c)
	f.fillMade(c)
	c.Secrecy = diffusion.New(diffusion.Config{Registry: f.reg, Model: model, Now: c.Now})
	c.Meanings, c.Lineage = meanings(f.reg, model, c.Now), noLineage
	c.Meanings.Reporter = func() *report.Reporter { return answers }
	outbox, err := mail.NewOutbox(filepath.Join(f.t.TempDir(), "courrier"), "", c.Now)
	f.must(err)
	c.Letters = outbox
	c.Chain = func(context.Context, bool) (web.ChainState, error) {
		return web.ChainState{At: c.Now(), Sound: true}, nil
	}
	c.Explain = func(context.Context, belvedere.Viewer, rights.Question) (rights.Explanation, error) {
		return rights.Explanation{}, nil
	}
}

// outbox is a folder with one letter.
func (f *fort) outbox() *mail.Outbox {
	o, err := mail.NewOutbox(filepath.Join(f.t.TempDir(), "courrier"), "Console <console@exemple.fr>", func() time.Time { return webtest.Published })
	f.must(err)
	f.must(o.Send(f.t.Context(), mail.Message{To: "anna@exemple.fr", ToName: "Anna Kervella", Subject: "Essai", Text: "Bonjour"}))
	list, _, err := o.List(0, 1)
	f.must(err)
	f.letter = list[0].Name
	return o
}

func (f *fort) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// Tokens of the links that the registry holds, by the path that they open.
var linkTokens = map[string]string{
	auth.InvitePath: strings.Repeat("I", 43), auth.ResetPath: strings.Repeat("R", 43), auth.EmailPath: strings.Repeat("E", 43), auth.EntryPath: strings.Repeat("N", 43),
}

const fortPassword = "sept pingouins repeignent 3 phares"

// fill puts two of each thing into the registry, so that the number 2 names one of everything.
func (f *fort) fill() {
	ctx, now := f.t.Context(), webtest.Published
	for _, a := range []registry.Account{
		{Login: "Claire@MORVAN", FirstName: "Claire", LastName: "Morvan", Email: "claire@exemple.fr", State: registry.Active, Place: registry.InTerritory, Admin: true, AllWidgets: true},
		{Login: "Anna@KERVELLA", FirstName: "Anna", LastName: "Kervella", Email: "anna@exemple.fr", State: registry.Active, Place: registry.InTerritory, AllWidgets: true},
		{Login: "Marc@RIOU", FirstName: "Marc", LastName: "Riou", Email: "marc@exemple.fr", State: registry.Active, Place: registry.InSchool, AllWidgets: true, Schools: []belvedere.UAI{belvedere.UAIFromNumber(990000)}},
		{Login: "Inès@CARON", FirstName: "Inès", LastName: "Caron", Email: "ines@exemple.fr", State: registry.Active, Place: registry.InTerritory, Auditor: true},
		{Login: "Paul@GUEGUEN", FirstName: "Paul", LastName: "Guéguen", Email: "paul@exemple.fr", State: registry.Invited, Place: registry.InTerritory},
	} {
		a.Created, a.EmailConfirmed = now, now
		a, err := f.reg.CreateAccount(ctx, a)
		f.must(err)
		if a.State == registry.Active {
			f.link(registry.LinkReset, auth.ResetPath, a.ID)
			_, _, err = f.auth.FinishReset(ctx, linkTokens[auth.ResetPath], fortPassword, fortPassword, auth.From{})
			f.must(err)
			f.enter(a.ID)
		}
	}
	f.fillGranted()
	f.fillGovernance()
	f.link(registry.LinkInvite, auth.InvitePath, 5)
	f.link(registry.LinkReset, auth.ResetPath, 2)
	f.link(registry.LinkEmail, auth.EmailPath, 2)
	f.link(registry.LinkEntry, auth.EntryPath, 2)
	for i := range 2 {
		_, err := f.reg.PutGroup(ctx, registry.Group{Name: fmt.Sprint("Groupe ", i), Rule: "type", Values: []string{"lycee"}})
		f.must(err)
		_, err = f.reg.PutAgreement(ctx, registry.Agreement{School: belvedere.UAIFromNumber(int32(990000 + i)), From: belvedere.Date(2025, 9, 1), AllThemes: true, Basis: "convention", Created: now})
		f.must(err)
		_, err = f.reg.CreateToken(ctx, registry.Token{Name: fmt.Sprint("jeton ", i), Vendor: "essai", Hash: strings.Repeat(fmt.Sprint(i), 64), Push: true, AllSchools: true, CreatedBy: "Claire@MORVAN", Created: now, Expires: now.AddDate(1, 0, 0)})
		f.must(err)
		if i == 1 { // the third: of the administrator
			_, err = f.reg.CreateToken(ctx, registry.Token{Account: 1, Strong: true, Name: "Nombre un", Hash: strings.Repeat("b", 64), Read: true, CreatedBy: "Claire@MORVAN", Created: now, Expires: now.AddDate(0, 0, 90)})
			f.must(err)
		}
		_, err = f.reg.CreateAlert(ctx, registry.Alert{Account: int64(2 - i), Label: fmt.Sprint("Alerte ", i), Indicator: "eleves", Period: belvedere.ThisYear, Rule: "seuil", Side: "au_dessus", Amount: "10", Rhythm: "jour", Created: now})
		f.must(err)
		_, err = f.reg.CreateSchedule(ctx, registry.Schedule{Author: int64(2 - i), Label: fmt.Sprint("Envoi ", i), Address: "/moyens/synthese", Format: "csv", Rhythm: "jour", Created: now, Accounts: []int64{int64(2 - i)}})
		f.must(err)
	}
}

// link keeps a link whose token is known.
func (f *fort) link(kind registry.LinkKind, path string, account int64) {
	sum := sha256.Sum256([]byte(linkTokens[path]))
	now := webtest.Published
	f.must(f.reg.PutLink(f.t.Context(), registry.Link{Hash: hex.EncodeToString(sum[:]), Kind: kind, Account: account, Data: "nouvelle@exemple.fr", Created: now, Expires: now.Add(time.Hour)}, false))
}

// enter opens a session of an account.
func (f *fort) enter(id int64) {
	a, err := f.reg.Account(f.t.Context(), id)
	f.must(err)
	link, err := f.auth.EntryLink(f.t.Context(), a, 0)
	f.must(err)
	out, err := f.auth.Enter(f.t.Context(), link[strings.LastIndexByte(link, '/')+1:], auth.From{Addr: "192.0.2.1"})
	f.must(err)
	f.cookies[id] = out.Cookies[:1]
}

// dump is all that the registry holds.
func (f *fort) dump() string {
	f.t.Helper()
	var b bytes.Buffer
	f.must(registry.Backup(context.Background(), f.reg, &b))
	return b.String()
}

var wildcard = regexp.MustCompile(`\{[a-z]+(\.\.\.)?\}`)

// addresses gives each route with its wildcards filled by what exists.
func (f *fort) addresses() map[string]web.RouteInfo {
	out := map[string]web.RouteInfo{}
	for _, rt := range web.RoutesOf(f.config) {
		if token := linkTokens[strings.TrimSuffix(rt.Path, "{jeton}")]; token != "" {
			out[rt.Method+" "+strings.Replace(rt.Path, "{jeton}", token, 1)] = rt
			continue
		}
		if named := f.named(rt.Path); named != "" {
			out[rt.Method+" "+named] = rt
			continue
		}
		if strings.HasPrefix(rt.Path, "/ecole/") || strings.HasPrefix(rt.Path, "/etablissement/collectivite/") {
			out[rt.Method+" "+strings.NewReplacer("{numero}", "1", "{espece}", "etudiant", "{regle}", "credits_etape", "{uai}", string(school.Scope.Own[0])).Replace(rt.Path)] = rt
			continue
		}
		path := strings.NewReplacer("{numero}", "408", "{uai}", string(belvedere.UAIFromNumber(990001)), "{file}", "rien.png", "{nom}", f.letter, "{code}", webtest.Receipt).Replace(rt.Path)
		out[rt.Method+" "+wildcard.ReplaceAllString(path, "2")] = rt
	}
	if len(out) < 60 {
		f.t.Fatalf("only %d addresses are walked", len(out))
	}
	return out
}

// named fills the wildcards of rooms whose things have names, "" elsewhere.
func (f *fort) named(path string) string {
	for prefix, names := range map[string][]string{
		"/formules/{code}": {"{code}", "deux"}, "/populations/{code}": {"{code}", "deux"}, "/jeux/{nom}": {"{nom}", "effectifs"}, "/jeux/nouveau/fichier/{id}": {"{id}", f.file},
		"/demandes/nouvelle/{procedure}": {"{procedure}", "acces"}, "/indicateurs/{code}": {"{code}", "eleves"}, "/gouvernance/responsabilites/{code}": {"{code}", "scolarite"},
		"/tableaux-de-bord/{tableau}": {"{tableau}", "2", "{element}", "a"},
	} {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return strings.NewReplacer(names...).Replace(path)
		}
	}
	return ""
}

// ask sends a request as its own site would, without body.
func (f *fort) ask(address string, options ...func(*http.Request)) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(address, " ")
	return f.send(method, path, "", options...)
}

// revive opens the session of who asks again when an attack has ended it.
func (f *fort) revive() {
	r := httptest.NewRequest("GET", "/", nil)
	for _, c := range f.cookies[f.as.ID] {
		r.AddCookie(c)
	}
	_, _, in, err := f.auth.Session(r)
	f.must(err)
	if a, err := f.reg.Account(f.t.Context(), f.as.ID); err == nil && !in && a.State == registry.Active {
		f.enter(a.ID)
	}
}

// send sends a request with a form as body, with the session of who asks.
func (f *fort) send(method, path, body string, options ...func(*http.Request)) *httptest.ResponseRecorder {
	f.revive()
	options = append([]func(*http.Request){header("Sec-Fetch-Site", "same-origin"), header("Content-Type", "application/x-www-form-urlencoded"), func(r *http.Request) {
		for _, c := range f.cookies[f.as.ID] {
			r.AddCookie(c)
		}
	}}, options...)
	return f.do(method, path, strings.NewReader(body), options...)
}

package app_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	stdio "io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"belvedere"
	"belvedere/internal/app"
	"belvedere/internal/config"
	"belvedere/internal/extract"
	"belvedere/internal/registry"
	"belvedere/internal/school/dossier"
	"belvedere/internal/school/pseudonym"
)

// TestAttackOfNamesByEveryLink fills the vault of an institution with names, then follows, as everyone who has no
// grant of identities there, every link and sends every form that the pages show, and takes every file: neither a
// body, nor a header, nor what is inside a workbook, an archive or a PDF holds one; nor do log, mails and journal.
func TestAttackOfNamesByEveryLink(t *testing.T) {
	unprotected(t)
	ctx := context.Background()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	c := config.Default()
	c.Data = t.TempDir()
	log := &lockedBuffer{}
	a, err := app.Open(ctx, c, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	newWatch(a, time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC))
	staff := member(t, a, registry.Account{FirstName: "Helene", LastName: "AUBRY", Place: registry.InSchool, Schools: []belvedere.UAI{canarySchool}, AllWidgets: true})
	fillWithNames(t, a, staff)
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	now := a.Now()
	pages := 0
	for name, one := range map[string]struct {
		account registry.Account
		grant   belvedere.Grant
	}{
		"reader":        {account: registry.Account{FirstName: "Rose", LastName: "Lectrice"}},
		"administrator": {account: registry.Account{FirstName: "Claire", LastName: "Chef", Admin: true}},
		"dpo":           {account: registry.Account{FirstName: "Ines", LastName: "Juriste", Auditor: true}},
		"officer":       {account: registry.Account{FirstName: "Lise", LastName: "Donnee"}, grant: belvedere.Grant{Capability: belvedere.DataOfficer}},
		"author":        {account: registry.Account{FirstName: "Paul", LastName: "Auteur"}, grant: belvedere.Grant{Capability: belvedere.Author}},
		"extractor":     {account: registry.Account{FirstName: "Luc", LastName: "Ailleurs", Place: registry.InSchool, Schools: []belvedere.UAI{"0999902A"}}, grant: belvedere.Grant{Capability: belvedere.Extractor, Level: belvedere.Identities}},
	} {
		one.account.AllWidgets, one.account.AllSchools = true, one.account.Place == ""
		account := member(t, a, one.account)
		if g := one.grant; g.Capability != "" {
			g.Account, g.AllSchools, g.AllWidgets, g.Purpose, g.Approver, g.From, g.Until = account.ID, true, true, "Essai", "Claire MORVAN", now.Add(-time.Hour), now.Add(time.Hour)
			if _, err := a.Registry.CreateGrant(ctx, registry.Grant{Grant: g, Created: now}); err != nil {
				t.Fatal(err)
			}
		}
		w := &crawler{t: t, handler: handler, as: enter(t, a, account), who: name}
		w.walk(name != "administrator")
		t.Logf("%s: %d answers, %d forms", name, w.answers, w.forms)
		pages += w.answers
	}
	if pages < 300 {
		t.Errorf("only %d answers were read", pages)
	}
	pseudonymous(t, a, staff)
	for _, place := range []string{temporary, filepath.Join(c.Data, "courrier")} {
		scanFolder(t, place)
	}
	scan(t, "the log", []byte(log.String()))
	entries, _, err := a.Registry.ListJournal(ctx, registry.JournalFilter{}, registry.Page{Limit: 10_000})
	if err != nil || len(entries) < pages/2 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for _, e := range entries {
		scan(t, "the journal", []byte(e.Object+" "+e.Detail))
	}
}

// fillWithNames imports names in every column of person files, checks their coherence, sends the counts, publishes
// them, and shares them with the territory.
func fillWithNames(t *testing.T, a *app.App, account registry.Account) {
	t.Helper()
	ctx := context.Background()
	staff, err := a.ViewerOf(ctx, account)
	if err != nil {
		t.Fatal(err)
	}
	staff.Strong = true
	files, names := canaryPersons(a.Dossier.Kinds())
	for i, f := range files {
		b, err := a.Dossier.Batch(ctx, staff, canarySchool, names[i], []dossier.File{f})
		if err == nil {
			_, err = a.Dossier.Import(ctx, staff, canarySchool, b)
		}
		if err != nil {
			t.Fatalf("%s: %v", names[i], err)
		}
	}
	if found, err := a.Dossier.Locate(ctx, belvedere.Viewer{Kind: belvedere.Operator}, canarySchool, canary); err != nil || len(found) < 24 {
		t.Fatalf("%d people bear the name, %v", len(found), err)
	}
	if err := a.Coherence.CheckAll(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Tally.Send(ctx, canarySchool); err != nil {
		t.Fatal(err)
	}
	publishWaiting(t, a)
	if _, err := a.Registry.PutAgreement(ctx, registry.Agreement{School: canarySchool, From: belvedere.Date(2025, 9, 1), AllThemes: true, Basis: "convention", Created: a.Now()}); err != nil {
		t.Fatal(err)
	}
}

// pseudonymous takes every column that the level opens of every kind, in every format, as staff with a grant of rows
// under pseudonyms, in all the ways that are open.
func pseudonymous(t *testing.T, a *app.App, account registry.Account) {
	t.Helper()
	ctx, now := context.Background(), a.Now()
	g := belvedere.Grant{Account: account.ID, Capability: belvedere.Extractor, Level: belvedere.Pseudonyms, AllSchools: true, Purpose: "Essai", Approver: "x", From: now.Add(-time.Hour), Until: now.Add(time.Hour)}
	if _, err := a.Registry.CreateGrant(ctx, registry.Grant{Grant: g, Created: now}); err != nil {
		t.Fatal(err)
	}
	if err := a.Registry.SetTOTP(ctx, account.ID, "scellé"); err != nil {
		t.Fatal(err)
	}
	who, err := a.ViewerOf(ctx, account)
	if err != nil {
		t.Fatal(err)
	}
	who.Strong = true
	kinds, level := a.Extracts.People.Kinds(who, canarySchool)
	if len(kinds) < 6 || level != belvedere.Pseudonyms {
		t.Fatalf("%d kinds at %q", len(kinds), level)
	}
	formats := extract.Formats()
	for i, k := range kinds {
		if !k.People { // the label of a course is for all
			continue
		}
		o := pseudonym.Order{School: canarySchool, Kind: k.Name}
		for _, c := range k.Columns {
			o.Columns = append(o.Columns, c.Name)
		}
		x := extract.Spec{Kind: extract.Persons, Order: o, Purpose: "Enquête sur l’insertion", Basis: "mission", Recipients: "Observatoire", Days: 30, Format: string(formats[i%len(formats)])}
		e, err := a.Extracts.Draft(ctx, who, x)
		if err == nil {
			_, err = a.Extracts.Ask(ctx, who, e.ID, true)
		}
		if err == nil {
			_, err = a.Extracts.RunOnce(ctx)
		}
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		_, file, err := a.Extracts.Take(ctx, who, e.ID)
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		body, err := stdio.ReadAll(file)
		file.Close()
		if err != nil || len(body) == 0 {
			t.Fatal(err)
		}
		scanFile(t, "the extract of "+k.Name+" in "+x.Format, body)
	}
}

// A crawler follows what pages show.
type crawler struct {
	t              *testing.T
	handler        http.Handler
	as             []string
	who            string
	seen           map[string]bool
	shapes         map[string]int // how often an address was asked, its numbers and its query set aside
	queue          []string
	posts          []url.URL
	values         []url.Values
	answers, forms int
}

// The limits of a walk: pages of one shape, answers by links, forms.
const (
	mostOfAShape = 3
	mostAnswers  = 150
	mostForms    = 50
)

var digits = regexp.MustCompile(`[0-9]+`)

func (c *crawler) walk(send bool) {
	c.seen, c.shapes = map[string]bool{}, map[string]int{}
	c.queue = []string{"/", "/superieur/inscriptions", "/explorateur?indicateurs=inscrits&lignes=etape", "/gouvernance/coherence?etablissement=" + string(canarySchool), "/recherche?q=canari",
		"/ecole/" + string(canarySchool) + "/personnes", "/ecole/" + string(canarySchool) + "/coherence/credits_etape", "/extractions/toutes", "/administration/coffres", "/sante", "/api/v1/indicateurs",
		"/api/v1/donnees?indicateurs=inscrits&par=etape&format=csv", "/api/v1/etablissements", "/api/v1/editions", "/api/v1/livraisons"}
	for len(c.queue) > 0 && c.answers < mostAnswers {
		next := c.queue[0]
		c.queue = c.queue[1:]
		c.read("GET", next, nil)
	}
	for i := range c.posts {
		if send && c.forms < mostForms {
			c.forms++
			c.read("POST", c.posts[i].String(), c.values[i])
		}
	}
}

func (c *crawler) read(method, address string, form url.Values) {
	c.t.Helper()
	r := httptest.NewRequest(method, "http://localhost"+address, strings.NewReader(form.Encode()))
	r.Header.Set(c.as[0], c.as[1])
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	c.answers++
	where := method + " " + address + " as " + c.who
	if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
		c.t.Errorf("%s: %d", where, w.Code)
	}
	for k, list := range w.Header() {
		scan(c.t, "a header of "+where, []byte(k+strings.Join(list, " ")))
	}
	scanFile(c.t, where, w.Body.Bytes())
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && method == "GET" {
		c.links(address, w.Body.Bytes())
	}
	c.follow(address, w.Header().Get("Location"))
}

// follow puts an address among those to ask, unless its shape was asked often enough.
func (c *crawler) follow(from, to string) {
	base, err := url.Parse(from)
	if err != nil || to == "" {
		return
	}
	u, err := base.Parse(to)
	if err != nil || u.Host != "" || strings.HasPrefix(u.Path, "/assets/") || strings.HasPrefix(u.Path, "/deconnexion") {
		return
	}
	u.Fragment = ""
	shape := digits.ReplaceAllString(u.Path, "0") + " " + u.Query().Get("format")
	if c.seen[u.String()] || c.shapes[shape] >= mostOfAShape {
		return
	}
	c.seen[u.String()] = true
	c.shapes[shape]++
	c.queue = append(c.queue, u.String())
}

// links finds what a page leads to, and its forms as a browser would send them.
func (c *crawler) links(address string, body []byte) {
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	get := func(n *html.Node, name string) string {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
		return ""
	}
	for n := range doc.Descendants() {
		switch {
		case n.Data == "a":
			c.follow(address, get(n, "href"))
		case n.Data == "form" && strings.EqualFold(get(n, "method"), "post") && get(n, "enctype") == "" && !strings.HasPrefix(get(n, "action"), "/deconnexion"):
			base, _ := url.Parse(address)
			u, err := base.Parse(get(n, "action"))
			shape := "POST " + digits.ReplaceAllString(u.Path, "0")
			if err != nil || c.shapes[shape] > 0 {
				continue
			}
			c.shapes[shape]++
			values := url.Values{}
			for f := range n.Descendants() {
				if name := get(f, "name"); name != "" && (f.Data == "input" || f.Data == "button") {
					values.Add(name, get(f, "value"))
				}
			}
			c.posts, c.values = append(c.posts, *u), append(c.values, values)
		}
	}
}

// scanFile looks into a body, and into what is packed in it.
func scanFile(t *testing.T, where string, body []byte) {
	t.Helper()
	scan(t, where, body)
	switch {
	case bytes.HasPrefix(body, []byte("PK")):
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Errorf("%s: %v", where, err)
			return
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, _ := stdio.ReadAll(r)
			scanFile(t, where+", "+f.Name, text)
		}
	case bytes.HasPrefix(body, []byte("%PDF")):
		for part := range bytes.SplitSeq(body, []byte("stream\n")) {
			if r, err := zlib.NewReader(bytes.NewReader(part)); err == nil {
				text, _ := stdio.ReadAll(r)
				scan(t, where+", a stream of a PDF", text)
			}
		}
	}
}

package web_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/mail"
	"belvedere/internal/registry"
	"belvedere/internal/secret"
	"belvedere/internal/web"
)

const goodPassword = "les girafes mangent 4 trombones!"

// An entrance is a console with accounts on a real registry.
type entrance struct {
	*console
	auth     *auth.Service
	registry registry.Registry
	letters  chan mail.Message
	journal  *entries
	log      *syncBuffer
	mu       sync.Mutex
	at       time.Time
}

func (e *entrance) now() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.at
}

func (e *entrance) pass(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at = e.at.Add(d)
}

func (e *entrance) Send(_ context.Context, m mail.Message) error {
	e.letters <- m
	return nil
}

// entries is a journal that keeps all in memory.
type entries struct {
	mu  sync.Mutex
	all []registry.Entry
}

func (j *entries) Record(_ context.Context, e registry.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.all = append(j.all, e)
	return nil
}

func (j *entries) Perimeter(context.Context, []belvedere.UAI, bool) (string, error) { return "*", nil }

func (j *entries) last() registry.Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.all) == 0 {
		return registry.Entry{}
	}
	return j.all[len(j.all)-1]
}

func (j *entries) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	text, _ := json.Marshal(j.all)
	return string(text)
}

type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newEntrance(t testing.TB) *entrance { return newEntranceAt(t, "https://example.com") }

func newEntranceAt(t testing.TB, address string) *entrance {
	t.Helper()
	store, err := registry.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "registre.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	keys, err := secret.Load(filepath.Join(t.TempDir(), "cles.json"))
	if err != nil {
		t.Fatal(err)
	}
	e := &entrance{registry: store, letters: make(chan mail.Message, 100), journal: &entries{}, log: &syncBuffer{}, at: time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC)}
	log := slog.New(slog.NewTextHandler(e.log, nil))
	e.auth, err = auth.New(auth.Config{Store: store, Keys: keys, Mail: e, URL: address, Now: e.now, Log: log, Cost: auth.Cost{Passes: 1, Memory: 64}})
	if err != nil {
		t.Fatal(err)
	}
	e.console = newConsole(t, func(c *web.Config, _ *console) {
		c.Auth, c.Journal, c.Secure, c.Log, c.Now = e.auth, e.journal, e.auth.Secure(), log, e.now
		c.Viewer = func(r *http.Request) (belvedere.Viewer, error) {
			n, a, in, err := e.auth.Session(r)
			if err != nil || !in {
				return belvedere.Viewer{}, err
			}
			return belvedere.Viewer{ID: a.ID, Login: a.Login, Name: a.Name(), Kind: belvedere.AccountViewer, Admin: a.Admin, Auditor: a.Auditor, Strong: n.Strong,
				Scope: belvedere.Scope{AllSchools: a.Admin, AllWidgets: a.AllWidgets, Widgets: map[string]bool{}, Schools: a.Schools}}, nil
		}
	})
	return e
}

// account makes an active account with the good password.
func (e *entrance) account(t testing.TB, change ...func(*registry.Account)) registry.Account {
	t.Helper()
	a := registry.Account{Login: "Claire@MORVAN", FirstName: "Claire", LastName: "Morvan", Email: "claire.morvan@departement.example",
		State: registry.Invited, Place: registry.InTerritory, AllWidgets: true, Created: e.now()}
	for _, f := range change {
		f(&a)
	}
	a, err := e.registry.CreateAccount(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	link, err := e.auth.InviteLink(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	a, _, err = e.auth.CreateAccount(t.Context(), link[strings.LastIndexByte(link, '/')+1:], auth.Creation{Login: a.Login, Password: goodPassword, Again: goodPassword}, auth.From{})
	if err != nil {
		t.Fatal(err)
	}
	for len(e.letters) > 0 {
		<-e.letters
	}
	return a
}

// A visitor is a browser: it keeps cookies and says that its requests come from the site.
type visitor struct {
	e       *entrance
	cookies map[string]*http.Cookie
}

func (e *entrance) visitor() *visitor { return &visitor{e, map[string]*http.Cookie{}} }

func (v *visitor) do(method, address, contentType string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://example.com"+address, body)
	r.RemoteAddr = "192.0.2.1:4000"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.e.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c
		}
	}
	return w
}

func (v *visitor) get(address string) *httptest.ResponseRecorder {
	return v.do("GET", address, "", nil)
}

// post sends a form: names and values in turn.
func (v *visitor) post(address string, fields ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return v.do("POST", address, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (v *visitor) signIn(t testing.TB, login string) {
	t.Helper()
	if w := v.post("/connexion", "identifiant", login, "mot_de_passe", goodPassword); w.Code != 303 {
		t.Fatalf("sign-in of %s: %d %s", login, w.Code, w.Body)
	}
}

func shows(t testing.TB, w *httptest.ResponseRecorder, status int, holds ...string) {
	t.Helper()
	body := w.Body.String()
	if w.Code != status {
		t.Errorf("status %d, want %d", w.Code, status)
	}
	for _, f := range faultsOf(body) {
		t.Error(f)
	}
	for _, h := range holds {
		if !strings.Contains(body, h) {
			t.Errorf("no %q in %s", h, body)
		}
	}
}

func moves(t testing.TB, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != 303 || w.Header().Get("Location") != to {
		t.Errorf("%d to %q, want %q", w.Code, w.Header().Get("Location"), to)
	}
}

func TestSignInPages(t *testing.T) {
	e := newEntrance(t)
	a := e.account(t)
	v := e.visitor()
	moves(t, v.get("/moyens/par-etablissement?mode=taux"), "/connexion?retour=%2Fmoyens%2Fpar-etablissement%3Fmode%3Dtaux")
	shows(t, v.get("/connexion?retour=%2Fmoyens%2Fpar-etablissement%3Fmode%3Dtaux"), 200, `value="/moyens/par-etablissement?mode=taux"`, `autocomplete="username"`, `autocomplete="current-password"`)
	w := v.post("/connexion", "identifiant", a.Login, "mot_de_passe", "faux", "retour", "/social")
	shows(t, w, 401, "incorrect", `value="Claire@MORVAN"`, `value="/social"`)
	if strings.Contains(w.Body.String(), "faux") || len(v.cookies) > 0 {
		t.Error("the password comes back, or a cookie is set")
	}
	if got := e.journal.last(); got.Action != "connexion_refusee" || got.Result != "refuse" || got.Login != a.Login || got.Account != a.ID || got.From != "192.0.2.1" {
		t.Errorf("%+v", got)
	}
	moves(t, v.post("/connexion", "identifiant", a.Login, "mot_de_passe", goodPassword, "retour", "/moyens/par-etablissement?mode=taux"), "/moyens/par-etablissement?mode=taux")
	if got := e.journal.last(); got.Action != "connexion" || got.Result != "fait" || got.Account != a.ID {
		t.Errorf("%+v", got)
	}
	shows(t, v.get("/moyens/par-etablissement"), 200, `href="/compte"`, `data-idle="1800"`, `action="/deconnexion"`, "Claire MORVAN")
	moves(t, v.get("/connexion?retour=/social"), "/social")
	old := v.cookies["__Host-belvedere"]
	w = v.post("/deconnexion")
	moves(t, w, "/connexion?fait=deconnexion")
	if w.Header().Get("Clear-Site-Data") == "" || v.cookies["__Host-belvedere"] != nil {
		t.Error("the browser keeps something")
	}
	v.cookies["__Host-belvedere"] = old
	if w := v.get("/moyens/par-etablissement"); w.Code != 303 {
		t.Errorf("the token outlives the sign-out: %d", w.Code)
	}
	if strings.Contains(e.journal.String(), goodPassword) || strings.Contains(e.log.String(), goodPassword) {
		t.Error("journal or log hold the password")
	}
	shows(t, v.get("/connexion?fait=deconnexion"), 200, "Vous êtes déconnecté.")
	if w := v.get("/connexion?fait=%3Cscript%3Epirate"); strings.Contains(w.Body.String(), `class="flash"`) {
		t.Error("the address speaks")
	}
}

// TestRefusalsAreAlike compares all that a refusal shows for names that exist and that do not.
func TestRefusalsAreAlike(t *testing.T) {
	e := newEntrance(t)
	a := e.account(t)
	locked := e.account(t, func(a *registry.Account) { a.Login, a.Email = "Ferme@COMPTE", "ferme@departement.example" })
	if _, err := e.auth.Lock(t.Context(), locked); err != nil {
		t.Fatal(err)
	}
	show := func(w *httptest.ResponseRecorder, name string) string {
		h := w.Header().Clone()
		h.Del("Content-Length")
		text, _ := json.Marshal(h)
		return w.Result().Status + string(text) + strings.ReplaceAll(w.Body.String(), name, "NOM")
	}
	names := []string{"Quelqu@UNDAUT", locked.Login, a.Login}
	var signIn, reset []string
	for _, name := range names {
		signIn = append(signIn, show(e.visitor().post("/connexion", "identifiant", name, "mot_de_passe", "faux"), name))
		reset = append(reset, show(e.visitor().post("/oubli", "par", "identifiant", "valeur", name), name))
	}
	for i, name := range names {
		if signIn[i] != signIn[0] {
			t.Errorf("sign-in of %s: %s\n, of nobody: %s", name, signIn[i], signIn[0])
		}
		if reset[i] != reset[0] {
			t.Errorf("reset of %s: %s\n, of nobody: %s", name, reset[i], reset[0])
		}
	}
	for range 4 {
		e.visitor().post("/connexion", "identifiant", a.Login, "mot_de_passe", "faux")
		e.visitor().post("/connexion", "identifiant", names[0], "mot_de_passe", "faux")
	}
	known, unknown := e.visitor().post("/connexion", "identifiant", a.Login, "mot_de_passe", goodPassword), e.visitor().post("/connexion", "identifiant", names[0], "mot_de_passe", goodPassword)
	if known.Code != 429 || known.Header().Get("Retry-After") == "" || show(known, a.Login) != show(unknown, names[0]) {
		t.Errorf("slowed: %s\n%s", show(known, a.Login), show(unknown, names[0]))
	}
}

var linkIn = regexp.MustCompile(`https://example\.com(/[a-z]+/)([A-Za-z0-9_-]{43})`)

// linkOf waits for a letter and gives the path of its link.
func (e *entrance) linkOf(t testing.TB) (path, token string) {
	t.Helper()
	select {
	case m := <-e.letters:
		found := linkIn.FindStringSubmatch(m.Text)
		if found == nil {
			t.Fatalf("no link in %s", m.Text)
		}
		return found[1] + found[2], found[2]
	case <-time.After(10 * time.Second):
		t.Fatal("no letter")
		return "", ""
	}
}

func TestForgottenPassword(t *testing.T) {
	e := newEntrance(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go e.auth.Run(ctx)
	e.account(t)
	v := e.visitor()
	shows(t, v.get("/oubli"), 200, "Réinitialiser depuis mon identifiant", "Réinitialiser depuis mon email", "Demande de réinitialisation")
	shows(t, v.post("/oubli", "par", "mel"), 422, `aria-invalid="true"`, `href="#champ-valeur"`)
	moves(t, v.post("/oubli", "par", "mel", "valeur", "claire.morvan@departement.example"), "/oubli?fait=demande")
	shows(t, v.get("/oubli?fait=demande"), 200, "Si un compte actif")
	path, token := e.linkOf(t)
	w := v.get(path)
	shows(t, w, 200, "claire.morvan@departement.example", "Claire@MORVAN", "/politique-mots-de-passe")
	if w.Header().Get("Referrer-Policy") != "no-referrer" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%v", w.Header())
	}
	shows(t, v.post(path, "mot_de_passe", "court", "confirmation", "court"), 422, `aria-describedby="champ-mot_de_passe-erreur"`)
	const next = "quatre parapluies bancals et un tuba"
	moves(t, v.post(path, "mot_de_passe", next, "confirmation", next), "/reinitialiser?force=maximale")
	shows(t, v.get("/reinitialiser"), 200, "Votre mot de passe a bien été réinitialisé.", "Veuillez cliquer ici pour accéder à la page d’authentification.")
	shows(t, v.get(path), 404, "Ce lien n’est pas valable")
	if w := v.post("/connexion", "identifiant", "Claire@MORVAN", "mot_de_passe", goodPassword); w.Code != 401 {
		t.Errorf("the old password: %d", w.Code)
	}
	if w := v.post("/connexion", "identifiant", "Claire@MORVAN", "mot_de_passe", next); w.Code != 303 {
		t.Errorf("the new one: %d", w.Code)
	}
	if text := e.journal.String() + e.log.String() + v.get("/metrics").Body.String(); strings.Contains(text, token) || strings.Contains(text, next) {
		t.Errorf("a secret is kept: %s", text)
	}
}

func TestInvitationPages(t *testing.T) {
	e := newEntrance(t)
	a, err := e.registry.CreateAccount(t.Context(), registry.Account{Login: "Thomas@DUBOIS", FirstName: "Thomas", LastName: "Dubois", Email: "thomas.dubois@collectivite.example",
		State: registry.Invited, Place: registry.InTerritory, AllWidgets: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.auth.Invite(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	path, token := e.linkOf(t)
	v := e.visitor()
	shows(t, v.get(path), 200, "Thomas DUBOIS", "thomas.dubois@collectivite.example", `value="Thomas@DUBOIS"`, "Caractéristiques de l’identifiant", "Caractéristiques du mot de passe", "Créer mon compte")
	shows(t, v.post(path, "identifiant", "a b<script>", "mot_de_passe", goodPassword, "confirmation", goodPassword), 422, "a b&lt;script&gt;", `aria-invalid="true"`)
	// Fields of other roles are not taken, whoever posts them.
	w := v.post(path, "identifiant", "Thomas@DUBOIS", "mot_de_passe", goodPassword, "confirmation", goodPassword, "administrateur", "oui", "admin", "1", "prenom", "Pirate", "mel", "x@y.fr", "etat", "actif", "place", "etablissement")
	moves(t, w, "/invitation?force=maximale")
	shows(t, v.get("/invitation?force=maximale"), 200, "Inscription terminée", "très forte")
	got, err := e.registry.Account(t.Context(), a.ID)
	if err != nil || got.Admin || got.FirstName != "Thomas" || got.Email != a.Email || got.Place != registry.InTerritory {
		t.Errorf("%+v %v", got, err)
	}
	shows(t, v.get(path), 404)
	if text := e.journal.String() + e.log.String(); strings.Contains(text, token) {
		t.Errorf("the token is kept: %s", text)
	}
}

// TestLinksThatDoNotOpen: whatever is wrong with a link, the page is the same to the byte.
func TestLinksThatDoNotOpen(t *testing.T) {
	e := newEntrance(t)
	a := e.account(t)
	link, err := e.auth.EntryLink(t.Context(), a, 0)
	if err != nil {
		t.Fatal(err)
	}
	token := link[strings.LastIndexByte(link, '/')+1:]
	first := ""
	for _, path := range []string{"/reinitialiser/", "/invitation/", "/adresse/", "/entree/"} {
		for _, text := range []string{"x", strings.Repeat("A", 43), token, token[:42] + "%00", "%2e%2e%2f" + token} {
			if path == "/entree/" && text == token {
				continue
			}
			for _, method := range []string{"GET", "POST"} {
				w := e.visitor().do(method, path+text, "application/x-www-form-urlencoded", strings.NewReader("mot_de_passe="+url.QueryEscape(goodPassword)+"&confirmation="+url.QueryEscape(goodPassword)+"&identifiant=xyz"))
				body := strings.ReplaceAll(w.Body.String(), path+text, "")
				if first == "" {
					first = body
				}
				if w.Code != 404 || len(w.Result().Cookies()) > 0 || body != first {
					t.Errorf("%s %s%s: %d %s", method, path, text, w.Code, body)
				}
			}
		}
	}
	v := e.visitor()
	shows(t, v.get("/entree/"+token), 200, "Entrer", "Claire MORVAN")
	if len(v.cookies) > 0 {
		t.Error("looking at the link signs in")
	}
	moves(t, v.post("/entree/"+token), "/")
	shows(t, v.get("/compte"), 200, "Claire@MORVAN")
	shows(t, v.get("/entree/"+token), 404)
}

func TestSecondFactorPages(t *testing.T) {
	e := newEntrance(t)
	a := e.account(t, func(a *registry.Account) { a.Admin = true })
	v := e.visitor()
	v.signIn(t, a.Login)
	moves(t, v.get("/livraisons"), "/compte/securite")
	moves(t, v.get("/"), "/compte/securite")
	shows(t, v.get("/compte/securite"), 200, "Un second facteur est demandé", "/compte/securite/application")
	w := v.get("/compte/securite/application")
	shows(t, w, 200, "<svg class=\"qr\"", "graine")
	body := w.Body.String()
	seed := regexp.MustCompile(`name="graine" value="([^"]+)"`).FindStringSubmatch(body)[1]
	key := strings.ReplaceAll(regexp.MustCompile(`Clé.*?<code>([A-Z2-7 ]+)</code>`).FindStringSubmatch(body)[1], " ", "")
	w = v.post("/compte/securite/application", "graine", seed, "code", "123456")
	shows(t, w, 422, "champ-code-erreur", strings.TrimSpace(key[:4]))
	code := func() string {
		c, err := totp.GenerateCode(key, e.now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	w = v.post("/compte/securite/application", "graine", seed, "code", code())
	shows(t, w, 200, "Codes de secours")
	ticket := regexp.MustCompile(`name="billet" value="([^"]+)"`).FindStringSubmatch(w.Body.String())[1]
	recovery := regexp.MustCompile(`<code>([a-z2-7-]{31})</code>`).FindAllStringSubmatch(w.Body.String(), -1)
	if len(recovery) != 10 {
		t.Fatalf("%d codes", len(recovery))
	}
	w = v.post("/compte/securite/codes/fichier", "billet", ticket)
	if w.Code != 200 || !strings.Contains(w.Body.String(), recovery[0][1]) || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	shows(t, v.get("/livraisons"), 200)
	v.post("/deconnexion")
	e.pass(time.Minute)
	moves(t, v.post("/connexion", "identifiant", a.Login, "mot_de_passe", goodPassword, "retour", "/livraisons"), "/connexion/code?retour=%2Flivraisons")
	moves(t, v.get("/livraisons"), "/connexion?retour=%2Flivraisons")
	shows(t, v.get("/connexion/code?retour=%2Flivraisons"), 200, `autocomplete="one-time-code"`, `value="/livraisons"`)
	shows(t, v.post("/connexion/code", "code", "000000", "retour", "/livraisons"), 401, "pas valable")
	moves(t, v.post("/connexion/code", "code", code(), "retour", "/livraisons"), "/livraisons")
	shows(t, v.get("/livraisons"), 200)
	moves(t, e.visitor().get("/connexion/code"), "/connexion?fait=delai&retour=%2F")
	if text := e.journal.String() + e.log.String(); strings.Contains(text, key) || strings.Contains(text, recovery[0][1]) || strings.Contains(text, seed) {
		t.Error("a secret is kept")
	}
}

func TestAccountPages(t *testing.T) {
	e := newEntrance(t)
	a := e.account(t, func(a *registry.Account) {
		a.Schools, a.AllWidgets = []belvedere.UAI{"0350017D"}, false
		a.FirstName, a.Function = `Cl<b>"aire`, "Chargée d’étude"
	})
	v := e.visitor()
	v.signIn(t, a.Login)
	shows(t, v.get("/compte"), 200, "Cl&lt;b&gt;", "Chargée d’étude", "/compte/mot-de-passe")
	shows(t, v.get("/compte/droits"), 200, "0350017D", "fermée")
	shows(t, v.get("/compte/securite"), 200, "cette session")
	shows(t, v.get("/compte/adresse"), 200)
	shows(t, v.post("/compte/adresse", "mel", "pas une adresse"), 422, "champ-mel-erreur", "pas une adresse")
	moves(t, v.post("/compte/adresse", "mel", "claire@nouvelle.example"), "/compte?fait=adresse")
	path, _ := e.linkOf(t)
	shows(t, v.get(path), 200, "claire@nouvelle.example")
	moves(t, e.visitor().post(path), "/adresse")
	shows(t, v.get("/compte"), 200, "claire@nouvelle.example")
	e.pass(11 * time.Minute)
	moves(t, v.get("/compte/adresse"), "/compte/confirmer?retour=%2Fcompte%2Fadresse")
	moves(t, v.post("/compte/adresse", "mel", "voleur@exemple.fr"), "/compte/confirmer?retour=%2Fcompte%2Fsecurite")
	shows(t, v.get("/compte/confirmer?retour=%2Fcompte%2Fadresse"), 200)
	shows(t, v.post("/compte/confirmer", "actuel", "faux", "retour", "/compte/adresse"), 422, "champ-actuel-erreur")
	moves(t, v.post("/compte/confirmer", "actuel", goodPassword, "retour", "/compte/adresse"), "/compte/adresse")
	shows(t, v.get("/compte/adresse"), 200)
	shows(t, v.get("/compte/mot-de-passe"), 200, `autocomplete="new-password"`)
	const next = "quatre parapluies bancals et un tuba"
	shows(t, v.post("/compte/mot-de-passe", "actuel", "faux", "mot_de_passe", next, "confirmation", next), 422, "champ-actuel-erreur")
	other := e.visitor()
	other.signIn(t, a.Login)
	moves(t, v.post("/compte/mot-de-passe", "actuel", goodPassword, "mot_de_passe", next, "confirmation", next), "/compte?fait=motdepasse&force=maximale")
	if w := other.get("/compte"); w.Code != 303 {
		t.Errorf("another session outlives the password: %d", w.Code)
	}
	shows(t, v.get("/compte"), 200)
	moves(t, v.post("/compte/sessions/autres"), "/compte/securite?fait=autres")
	moves(t, v.post("/compte/sessions/partout"), "/connexion?fait=partout")
	moves(t, v.get("/compte"), "/connexion?retour=%2Fcompte")
	shows(t, v.get("/politique-mots-de-passe"), 200, "Politique de sécurité des mots de passe")
}

// TestReturnStaysHere tries addresses that would lead away after the sign-in.
func TestReturnStaysHere(t *testing.T) {
	e := newEntrance(t)
	a := e.account(t)
	for _, back := range []string{"//ailleurs.example", "https://ailleurs.example/", `/\ailleurs.example`, "/\t/ailleurs.example", "/\r\nSet-Cookie: x=1", "/%2f%2failleurs.example/..",
		"https:ailleurs.example", "///ailleurs.example", "/@ailleurs.example", "javascript:alert(1)", "\x00//ailleurs.example", "/%5cailleurs.example", "http://example.com@ailleurs.example", "/\u2028x", " //ailleurs.example"} {
		v := e.visitor()
		w := v.post("/connexion", "identifiant", a.Login, "mot_de_passe", goodPassword, "retour", back)
		to := w.Header().Get("Location")
		u, err := url.Parse(to)
		if w.Code != 303 || err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t\x00") {
			t.Errorf("%q leads to %q (%d)", back, to, w.Code)
		}
	}
}

// TestOthersCannotSignInForYou: another site posts nothing, and looking changes nothing.
func TestOthersCannotSignInForYou(t *testing.T) {
	e := newEntrance(t)
	a := e.account(t)
	for _, address := range []string{"/connexion", "/deconnexion", "/oubli", "/compte/mot-de-passe", "/compte/sessions/partout", "/connexion/cle/debut"} {
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://ailleurs.example"} {
			w := e.do("POST", address, strings.NewReader(url.Values{"identifiant": {a.Login}, "mot_de_passe": {goodPassword}}.Encode()),
				header("Content-Type", "application/x-www-form-urlencoded"), header(name, value))
			if w.Code != 403 || len(w.Result().Cookies()) > 0 {
				t.Errorf("%s with %s: %d", address, name, w.Code)
			}
		}
	}
	if w := e.get("/connexion?identifiant=" + url.QueryEscape(a.Login) + "&mot_de_passe=" + url.QueryEscape(goodPassword)); w.Code != 200 || len(w.Result().Cookies()) > 0 {
		t.Errorf("a GET signs in: %d", w.Code)
	}
	if w := e.visitor().get("/deconnexion"); w.Code != 405 {
		t.Errorf("a GET signs out: %d", w.Code)
	}
}

func TestPasskeyEndpoints(t *testing.T) {
	e := newEntrance(t)
	a := e.account(t)
	v := e.visitor()
	w := v.do("POST", "/connexion/cle/debut", "application/json", strings.NewReader("{}"))
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"challenge"`) || !strings.Contains(w.Body.String(), `"userVerification":"required"`) || !strings.Contains(w.Body.String(), `"rpId":"example.com"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, body := range []string{"", "{}", "null", "[]", `{"id":"x","rawId":"x","type":"public-key","response":{}}`, strings.Repeat("[", 10_000)} {
		w := v.do("POST", "/connexion/cle/fin", "application/json", strings.NewReader(body))
		if w.Code != 401 || !strings.Contains(w.Body.String(), "erreur") || v.cookies["__Host-belvedere"] != nil {
			t.Errorf("%.40q: %d %s", body, w.Code, w.Body)
		}
	}
	if w := v.do("POST", "/compte/securite/cle/debut", "application/json", strings.NewReader("{}")); w.Code != 401 {
		t.Errorf("nobody adds a key: %d", w.Code)
	}
	v.signIn(t, a.Login)
	w = v.do("POST", "/compte/securite/cle/debut", "application/json", strings.NewReader("{}"))
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"name":"Claire@MORVAN"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	e.pass(11 * time.Minute)
	w = v.do("POST", "/compte/securite/cle/debut", "application/json", strings.NewReader("{}"))
	if w.Code != 422 || !strings.Contains(w.Body.String(), "/compte/confirmer") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestNobodySeesNoMenu: messages to who is not signed in stand at the door.
func TestNobodySeesNoMenu(t *testing.T) {
	e := newEntrance(t)
	for address, status := range map[string]int{"/nulle-part": 404, "/connexion": 200, "/politique-mots-de-passe": 200} {
		w := e.visitor().get(address)
		shows(t, w, status, `class="door"`)
		if strings.Contains(w.Body.String(), "/livraisons") {
			t.Errorf("%s shows the menu", address)
		}
	}
	if w := e.visitor().post("/livraisons"); w.Code != 401 {
		t.Errorf("%d", w.Code)
	}
}

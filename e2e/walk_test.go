package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"
)

// longPhrase is a password of the people of the walks.
const longPhrase = "sept pluies sur le quai vert"

// house is a small territory that nobody manages yet, served under the name of this machine, where
// browsers allow passkeys.
func house(t *testing.T) *server {
	t.Helper()
	data, dir := t.TempDir(), t.TempDir()
	done(t, data, "--quiet", "load", write(t, dir, "registre.csv", soundRegister), write(t, dir, "eleves.csv", soundPupils))
	return serve(t, data, "--listen", "localhost:0")
}

// on presses Tab until the focus is on an element.
func (b *tab) on(t testing.TB, selector string) {
	t.Helper()
	for range 250 {
		b.press(t, kb.Tab)
		if eval[bool](t, b, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			if at := eval[string](t, b, focused); strings.HasSuffix(at, "unseen") {
				t.Errorf("the keyboard stands where nothing shows it: %s", at)
			}
			return
		}
	}
	t.Fatalf("Tab never reaches %s", selector)
}

// fill types into fields, in their order on the page.
func (b *tab) fill(t testing.TB, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		b.on(t, fmt.Sprintf("[name=%q]", pairs[i]))
		b.press(t, pairs[i+1])
	}
}

// submit presses Enter on a button and waits for another page.
func (b *tab) submit(t testing.TB, selector string) {
	t.Helper()
	b.on(t, selector)
	b.do(t, chromedp.Evaluate[chromedp.Void](`window.before = true`))
	b.press(t, kb.Enter)
	b.until(t, `!window.before && !!document.querySelector('#contenu')`)
}

// says wants words on the page.
func (b *tab) says(t testing.TB, words ...string) {
	t.Helper()
	text := plain(eval[string](t, b, `document.querySelector('#contenu').innerText`))
	for _, want := range words {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%.1500s", eval[string](t, b, `location.pathname`), want, text)
		}
	}
}

// quiet wants that the browser complained of nothing.
func (b *tab) quiet(t testing.TB) {
	t.Helper()
	for _, trouble := range b.troubles() {
		t.Error(trouble)
	}
}

// invitation is the address of the page where someone answers an invitation.
func invitation(t testing.TB, s *server, args ...string) string {
	t.Helper()
	return strings.TrimPrefix(strings.TrimSpace(done(t, s.data, append([]string{"--quiet", "user", "invite"}, args...)...)), s.url)
}

const mainAction = "main .main-action"

// TestWalks manages a console by the keyboard alone, from its first administrator on.
func TestWalks(t *testing.T) {
	s := house(t)
	b := strangeTab(t, s)
	b.size(t, 1440)
	var codes []string
	for _, step := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"the first administrator creates an account", func(t *testing.T) { b.firstAdministrator(t) }},
		{"and owes a second factor", func(t *testing.T) { codes = b.enrolCodes(t) }},
		{"signs in with a password and a code", func(t *testing.T) { b.signInWithCode(t, codes[0]) }},
		{"invites a user and ticks rights", func(t *testing.T) { b.inviteUser(t) }},
		{"adds a convention and withdraws it", func(t *testing.T) { b.convention(t) }},
		{"makes a token", func(t *testing.T) { b.token(t) }},
		{"the user creates an account and signs out everywhere", func(t *testing.T) { b.everywhere(t) }},
	} {
		if !t.Run(step.name, step.do) {
			return // what follows stands on it
		}
		b.quiet(t)
	}
}

func (b *tab) firstAdministrator(t *testing.T) {
	b.open(t, invitation(t, b.server, "--admin"))
	b.fill(t, "prenom", "Jeanne", "nom", "Valmont", "mel", "jeanne@valmont.example", "mot_de_passe", longPhrase, "confirmation", longPhrase)
	b.submit(t, mainAction)
	b.says(t, "Votre compte est créé")
	if out := done(t, b.server.data, "user", "list"); !strings.Contains(out, administrator+"\t") || strings.Count(out, "\n") != 1 {
		t.Errorf("accounts are:\n%s", out)
	}
	b.open(t, "/connexion")
	b.fill(t, "identifiant", administrator, "mot_de_passe", longPhrase)
	b.submit(t, mainAction)
	b.arrived(t, "/compte/securite")
	b.says(t, "Un second facteur est demandé")
	b.open(t, "/administration/utilisateurs")
	b.arrived(t, "/compte/securite")
}

// addApplication adds an application that computes codes.
func (b *tab) addApplication(t *testing.T) {
	b.submit(t, `main a[href="/compte/securite/application"]`)
	seed := strings.ReplaceAll(eval[string](t, b, `document.querySelector('.steps-list code').textContent`), " ", "")
	code, err := totp.GenerateCode(seed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	b.fill(t, "code", code)
	b.submit(t, mainAction)
}

// enrolCodes adds an application as the first second factor, and gives the recovery codes.
func (b *tab) enrolCodes(t *testing.T) (recovery []string) {
	b.addApplication(t)
	b.says(t, "Codes de secours", "Ils ne seront plus montrés")
	recovery = strings.Fields(eval[string](t, b, `[...document.querySelectorAll('.codes code')].map(e => e.textContent).join(' ')`))
	if len(recovery) < 8 {
		t.Fatalf("recovery codes are %v", recovery)
	}
	b.submit(t, `main a[href="/compte/securite"]`)
	b.says(t, "En service")
	b.open(t, "/administration/utilisateurs")
	b.says(t, "Utilisateurs")
	return recovery
}

// signOut opens the menu of the account and leaves.
func (b *tab) signOut(t *testing.T) {
	b.open(t, "/compte")
	b.on(t, ".account summary")
	b.press(t, kb.Enter)
	b.submit(t, `.account form[action="/deconnexion"] button`)
	b.arrived(t, "/connexion")
	b.open(t, "/")
	b.arrived(t, "/connexion")
}

// signInWithCode uses a recovery code, which serves once; a wrong code is refused in words.
func (b *tab) signInWithCode(t *testing.T, recovery string) {
	b.signOut(t)
	b.fill(t, "identifiant", administrator, "mot_de_passe", longPhrase)
	b.submit(t, mainAction)
	b.arrived(t, "/connexion/code")
	b.missing = "/connexion/code" // a refusal is status 422
	b.fill(t, "code", "000000")
	b.submit(t, mainAction)
	if eval[string](t, b, `document.querySelector('[name=code]').getAttribute('aria-invalid') ?? document.querySelector('[role=alert]')?.innerText ?? ''`) == "" {
		t.Error("a wrong code is not refused in words")
	}
	b.missing = ""
	b.troubles()
	b.fill(t, "code", recovery)
	b.submit(t, mainAction)
	b.open(t, "/administration/journal")
	b.says(t, "Journal")
}

func (b *tab) inviteUser(t *testing.T) {
	b.open(t, "/administration/utilisateurs")
	b.submit(t, `main a[href="/administration/utilisateurs/nouveau"]`)
	b.fill(t, "nom", "Rive", "prenom", "Paul", "mail", "paul@valmont.example", "fonction", "Chargé de mission")
	b.on(t, `[name=etablissement][value="9990002Y"]`)
	b.press(t, " ")
	b.submit(t, mainAction)
	b.says(t, "Paul RIVE")
	b.submit(t, `main .tabs a[href$="/autorisations"]`)
	b.on(t, `[name=rubrique][value="moyens.classes"]`)
	b.press(t, " ")
	b.submit(t, mainAction)
	out := done(t, b.server.data, "user", "list", "--json", "paul")
	for _, want := range []string{`"9990002Y"`, `"identifiant": "Paul@RIVE"`, `"moyens.eleves"`} {
		if !strings.Contains(out, want) {
			t.Errorf("kept is not %s:\n%s", want, out)
		}
	}
	if strings.Contains(out, `"moyens.classes"`) {
		t.Errorf("the widget that was closed is open:\n%s", out)
	}
}

// convention types a date that reads the same in every order of day and month.
func (b *tab) convention(t *testing.T) {
	asked := []string{"query", "--indicators", "eleves", "--by", "etablissement", "--where", "annee=2025"}
	b.open(t, "/administration/conventions")
	b.submit(t, `main a[href="/administration/conventions/nouvelle"]`)
	b.fill(t, "etablissement", "9990001X", "debut", "09092025")
	b.on(t, "[name=themes][value=moyens]")
	b.press(t, " ")
	b.on(t, "[name=base]")
	b.press(t, "C") // Consentement: a letter chooses
	b.fill(t, "reference", "CA-12")
	b.submit(t, mainAction)
	b.says(t, "Ce que vous allez enregistrer", "9990001X", "09/09/2025")
	if strings.Contains(done(t, b.server.data, asked...), "9990001X,Collège des Tilleuls,college,100") {
		t.Error("a convention shares before it is saved")
	}
	b.submit(t, `main [name=faire][value=enregistrer]`)
	b.says(t, "La convention est enregistrée")
	if out := done(t, b.server.data, asked...); !strings.Contains(out, "9990001X,Collège des Tilleuls,college,100") {
		t.Errorf("the convention shares nothing:\n%s", out)
	}
	b.open(t, "/administration/conventions/1")
	b.submit(t, `main a[href$="/retirer"]`)
	b.says(t, "Retirer cette convention")
	b.submit(t, `main form button.danger`)
	b.says(t, "La convention est retirée")
	if out := done(t, b.server.data, asked...); !strings.Contains(out, "9990001X,Collège des Tilleuls,college,non communiqué") {
		t.Errorf("a convention that is withdrawn shares:\n%s", out)
	}
}

func (b *tab) token(t *testing.T) {
	b.open(t, "/administration/jetons/nouveau")
	b.fill(t, "nom", "Tableau de bord", "editeur", "tableau")
	b.on(t, "[name=depot]")
	b.press(t, " ")
	b.on(t, "[name=lecture]")
	b.press(t, " ")
	b.on(t, "[name=portee]")
	b.press(t, kb.ArrowDown)
	b.submit(t, mainAction)
	b.says(t, "Jeton créé", "il ne sera plus jamais montré")
	secret := eval[string](t, b, `document.querySelector('.token-secret').innerText.trim()`)
	req, err := http.NewRequest(http.MethodGet, b.site+"/api/v1/donnees?indicateurs=eleves&par=etablissement", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body, err := do(bearing(req, secret)); err != nil || status != http.StatusOK || strings.Contains(body, "100") {
		t.Errorf("with the token: %d %v %.300s, want an answer without figures, since no convention is in force", status, err, body)
	}
	b.open(t, "/administration/jetons")
	b.says(t, "Tableau de bord")
	if eval[bool](t, b, fmt.Sprintf("document.documentElement.outerHTML.includes(%q)", secret)) {
		t.Error("the secret is shown again")
	}
}

// everywhere signs someone in at two browsers and closes both from one.
func (b *tab) everywhere(t *testing.T) {
	one, other := strangeTab(t, b.server), strangeTab(t, b.server)
	one.open(t, strings.TrimPrefix(strings.TrimSpace(done(t, b.server.data, "--quiet", "user", "link", "Paul@RIVE")), b.site))
	one.fill(t, "mot_de_passe", longPhrase, "confirmation", longPhrase)
	one.submit(t, mainAction)
	one.says(t, "Votre compte est créé")
	for _, at := range []*tab{one, other} {
		at.open(t, "/connexion?"+url.Values{"retour": {"/moyens/par-etablissement"}}.Encode())
		at.fill(t, "identifiant", "paul@valmont.example", "mot_de_passe", longPhrase)
		at.submit(t, mainAction)
		at.arrived(t, "/moyens/par-etablissement")
		at.says(t, "Collège de la Rive")
	}
	one.open(t, "/compte/securite")
	one.submit(t, `form[action="/compte/sessions/partout"] button`)
	one.arrived(t, "/connexion")
	other.open(t, "/moyens/par-etablissement")
	other.arrived(t, "/connexion?retour=")
	one.quiet(t)
	other.quiet(t)
}

// TestWalksWithoutJavaScript creates a user, signs in as that user and reads, with scripts off.
func TestWalksWithoutJavaScript(t *testing.T) {
	s := house(t)
	sharing(t, s.data)
	withAdministrator(t, s.data)
	b, user := strangeTab(t, s), strangeTab(t, s)
	for _, at := range []*tab{b, user} {
		at.size(t, 1440)
		command(t, at, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	b.open(t, strings.TrimPrefix(entryLink(t, s, administrator), s.url))
	b.do(t, chromedp.Click("main form .button"), chromedp.WaitVisible(".account"))
	b.open(t, "/administration/utilisateurs/nouveau")
	b.do(t, chromedp.SendKeys("[name=nom]", "Rive"), chromedp.SendKeys("[name=prenom]", "Paul"), chromedp.SendKeys("[name=mail]", "paul@valmont.example"),
		chromedp.Focus(`[name=etablissement][value="9990002Y"]`), chromedp.KeyEvent(" "), chromedp.Click(mainAction), chromedp.WaitVisible(".flash"))
	if out := done(t, s.data, "user", "list", "--json", "paul"); !strings.Contains(out, `"9990002Y"`) {
		t.Fatalf("the school that was ticked is not kept:\n%s", out)
	}
	user.open(t, strings.TrimPrefix(strings.TrimSpace(done(t, s.data, "--quiet", "user", "link", "Paul@RIVE")), s.url))
	user.do(t, chromedp.SendKeys("[name=mot_de_passe]", longPhrase), chromedp.SendKeys("[name=confirmation]", longPhrase), chromedp.Click(mainAction), chromedp.WaitVisible(`main a[href="/connexion"]`))
	user.open(t, "/connexion?retour=%2Fmoyens%2Fpar-etablissement")
	user.do(t, chromedp.SendKeys("[name=identifiant]", "Paul@RIVE"), chromedp.SendKeys("[name=mot_de_passe]", longPhrase), chromedp.Click(mainAction), chromedp.WaitVisible("main table.data"))
	text, err := chromedp.Run(user.ctx, chromedp.TextContent("main table.data"))
	if err != nil || !strings.Contains(text, "Collège de la Rive") || strings.Contains(text, "Tilleuls") {
		t.Errorf("the user reads %q, %v", text, err)
	}
	user.do(t, chromedp.Click(".account summary"), chromedp.WaitVisible(".account form"), chromedp.Click(`.account form[action="/deconnexion"] button`), chromedp.WaitVisible("[name=identifiant]"))
	b.quiet(t)
	user.quiet(t)
}

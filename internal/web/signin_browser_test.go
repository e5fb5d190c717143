package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"belvedere"
	"belvedere/internal/registry"
)

// openEntrance serves an entrance on a local name, which passkeys want.
func openEntrance(t *testing.T) (e *entrance, address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	address = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	e = newEntranceAt(t, address)
	return e, address
}

// TestDoorAccessibility asks axe about the pages of the door and of one's own account.
func TestDoorAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	e, address := openEntrance(t)
	a := e.account(t, func(a *registry.Account) {
		a.Function, a.Schools = "Chargée d’une mission au nom particulièrement long, comme il y en a", []belvedere.UAI{"0350017D"}
	})
	invited, err := e.registry.CreateAccount(t.Context(), registry.Account{Login: "Thomas@DUBOIS", FirstName: "Thomas", LastName: "Dubois", Email: "thomas.dubois@collectivite.example", State: registry.Invited, Place: registry.InTerritory})
	if err != nil {
		t.Fatal(err)
	}
	invitation, err := e.auth.InviteLink(t.Context(), invited)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.auth.Reset(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	reset := (<-e.letters).Text
	reset = address + reset[strings.Index(reset, "/reinitialiser/"):]
	reset, _, _ = strings.Cut(reset, "\n")
	entry, err := e.auth.EntryLink(t.Context(), a, 0)
	if err != nil {
		t.Fatal(err)
	}
	const send = "document.querySelector('.main .button.main-action').click()"
	door := []struct{ name, address, open string }{
		{"connexion", address + "/connexion?fait=session", ""}, {"connexion-refusee", address + "/connexion", "document.querySelector('[name=identifiant]').value = 'Claire@MORVAN'; " + send},
		{"oubli", address + "/oubli", ""}, {"oubli-vide", address + "/oubli", send}, {"oubli-fait", address + "/oubli?fait=demande", ""},
		{"invitation", invitation, ""}, {"invitation-refusee", invitation, send}, {"reinitialiser", reset, ""}, {"lien", address + "/entree/rien", ""},
		{"politique", address + "/politique-mots-de-passe", ""}, {"introuvable", address + "/nulle-part", ""}, {"fini", address + "/reinitialiser", ""}, {"entree", entry, ""},
	}
	own := []struct{ name, address, open string }{
		{"compte", address + "/compte", ""}, {"menu-compte", address + "/compte", "document.querySelector('.account').open = true"}, {"securite", address + "/compte/securite", ""},
		{"application", address + "/compte/securite/application", ""}, {"application-refusee", address + "/compte/securite/application", send},
		{"droits", address + "/compte/droits", ""}, {"adresse", address + "/compte/adresse", send}, {"motdepasse", address + "/compte/mot-de-passe", send}, {"confirmer", address + "/compte/confirmer", send},
	}
	see := func(list []struct{ name, address, open string }) {
		for _, width := range []int64{1440, 390, 320} {
			for _, theme := range []string{"light", "dark"} {
				for _, p := range list {
					name := p.name + "-" + map[int64]string{1440: "1440", 390: "390", 320: "320"}[width] + "-" + theme
					t.Run(name, func(t *testing.T) {
						e.pass(3 * time.Second) // lets the next wrong try in
						judge(t, ctx, p.address, p.open, string(script), width, theme, name)
					})
				}
			}
		}
	}
	see(door)
	if entry, err = e.auth.EntryLink(t.Context(), a, 0); err != nil { // the clock has run
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(short, chromedp.Navigate(entry), chromedp.Click(".main-action"), chromedp.WaitVisible(".account")); err != nil {
		t.Fatal(err)
	}
	see(own)
}

// TestPasskeyInTheBrowser adds a passkey, sees the recovery codes, signs out and in again by the
// key alone, with the authenticator that the browser brings for tests.
func TestPasskeyInTheBrowser(t *testing.T) {
	ctx := newBrowser(t)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	e, address := openEntrance(t)
	a := e.account(t)
	authenticator := func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
		return chromedp.Void{}, err
	}
	err := chromedp.Do(ctx, authenticator,
		chromedp.Navigate(address+"/connexion?retour=%2Fcompte%2Fsecurite"), chromedp.SendKeys("[name=identifiant]", a.Login), chromedp.SendKeys("[name=mot_de_passe]", goodPassword),
		chromedp.Click("form .main-action"), chromedp.WaitVisible("[data-passkey=ajout] button"), chromedp.SendKeys("[name=nom_cle]", "Portable"),
		chromedp.Click("[data-passkey=ajout] button"), chromedp.WaitVisible(".codes"))
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := e.registry.Passkeys(t.Context(), a.ID); err != nil || len(keys) != 1 || keys[0].Name != "Portable" {
		t.Fatalf("%+v %v", keys, err)
	}
	err = chromedp.Do(ctx, chromedp.Click(".account > summary"), chromedp.Click(".account-panel button"), chromedp.WaitVisible("[data-passkey=entree] button"),
		chromedp.Click("[data-passkey=entree] button"), chromedp.WaitVisible(".account"))
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := e.registry.ListSessions(t.Context(), a.ID)
	if err != nil || len(sessions) != 1 || !sessions[0].Strong {
		t.Errorf("%+v %v", sessions, err)
	}
}

package e2e_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// authenticator gives a tab a made-up device that knows its owner by a finger, say. It can be told
// that the finger is another's.
func (b *tab) authenticator(t testing.TB) (id webauthn.AuthenticatorID) {
	t.Helper()
	command(t, b, webauthn.Enable, webauthn.EnableParams{})
	b.do(t, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		made, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		id = made.AuthenticatorID
		return chromedp.Void{}, err
	})
	return id
}

// TestPasskey enrols a passkey as the second factor of an administrator, signs in with it alone, is
// refused when the device does not know its owner, and when the key was taken away.
func TestPasskey(t *testing.T) {
	s := house(t)
	b := strangeTab(t, s)
	b.size(t, 1440)
	device := b.authenticator(t)
	b.firstAdministrator(t)
	b.do(t, chromedp.WaitVisible("[data-passkey=ajout]"), chromedp.SendKeys("[name=nom_cle]", "Ordinateur du bureau"), chromedp.Click("[data-passkey=ajout] button"))
	b.arrived(t, "/compte/securite/codes/voir")
	b.says(t, "Codes de secours")
	b.open(t, "/compte/securite")
	b.says(t, "Ordinateur du bureau ajoutée le ", "codes restants")
	b.signOut(t)
	b.open(t, "/connexion?retour=%2Fadministration%2Futilisateurs")
	b.do(t, chromedp.WaitVisible("[data-passkey=entree] button"), chromedp.Click("[data-passkey=entree] button"))
	b.arrived(t, "/administration/utilisateurs")
	b.says(t, "jeanne@valmont.example")
	b.quiet(t)
	b.signOut(t)
	command(t, b, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device, IsUserVerified: false})
	b.do(t, chromedp.Click("[data-passkey=entree] button"), chromedp.WaitVisible("[data-passkey-said]"))
	if at := eval[string](t, b, `location.pathname`); at != "/connexion" {
		t.Errorf("a device that does not know its owner leads to %s", at)
	}
	command(t, b, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device, IsUserVerified: true})
	b.do(t, chromedp.Click("[data-passkey=entree] button"))
	b.until(t, "location.pathname === '/'")
	b.open(t, "/compte/securite")
	b.do(t, chromedp.Click(".key-row .danger"))
	b.arrived(t, "/cle/retirer")
	b.says(t, "ajoutez-en un autre avant de retirer celui-ci") // an administrator is never without one
	b.troubles()
	b.open(t, "/compte/securite")
	b.addApplication(t)
	b.open(t, "/compte/securite")
	b.do(t, chromedp.Click(".key-row .danger"))
	b.until(t, `location.pathname === '/compte/securite' && !document.querySelector('.key-row')`)
	b.signOut(t)
	b.do(t, chromedp.Click("[data-passkey=entree] button"), chromedp.WaitVisible("[data-passkey-said]"))
	if said := eval[string](t, b, `document.querySelector('[data-passkey-said]').innerText`); strings.TrimSpace(said) == "" {
		t.Error("a key that was taken away is refused without a word")
	}
}

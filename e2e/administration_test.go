package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// People of the fictional département who see less than its administrator.
const (
	demoPrincipal  = "Nadia@FERRAND"   // works in one school
	demoGuard      = "Idriss@LE-GOFF"  // reads the journal
	demoDirector   = "Hélène@VASSEUR"  // all schools, no administration
	demoEngineers  = "Maud@DELORMEL"   // directs the engineering school
	demoController = "Yann@CASTELNAU"  // its controller: author and extractor
	demoRegistrar  = "Sylvaine@BRUNOY" // its registrar: names too
	demoProjects   = "Samir@BENALI"    // some schools, some widgets
)

// accountNumber is the number of an account of the stand.
func (s *stand) accountNumber(t testing.TB, login string) int64 {
	t.Helper()
	var list []struct {
		ID    int64  `json:"numero"`
		Login string `json:"identifiant"`
	}
	if err := json.Unmarshal([]byte(done(t, s.data, "user", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Login == login {
			return a.ID
		}
	}
	t.Fatalf("no account %s among %v", login, list)
	return 0
}

// a part of a page is opened, or a form sent with its faults, before the page is judged.
const (
	openAll  = `document.querySelectorAll('main details').forEach(d => d.open = true)`
	sendForm = `document.querySelector('main form[method=post] .main-action').click()`
)

// A scene is a page in a state.
type scene struct{ name, address, act string }

// administrationScenes are the pages of administration, and forms that are refused.
func administrationScenes(t testing.TB, s *stand) []scene {
	t.Helper()
	user := fmt.Sprint("/administration/utilisateurs/", s.accountNumber(t, demoProjects))
	school := firstMatch(t, s.visitor(t), "/administration/etablissements", `href="(/administration/etablissements/\d{7}[A-Z])"`)
	agreement := firstMatch(t, s.visitor(t), "/administration/conventions", `href="(/administration/conventions/\d+)"`)
	var list []scene
	for _, address := range []string{
		"/administration/utilisateurs", "/administration/utilisateurs?q=zzzz", "/administration/utilisateurs/nouveau", user, user + "/autorisations", user + "/supprimer", user + "/second-facteur",
		"/administration/utilisateurs/import", "/administration/groupes", "/administration/groupes/1", "/administration/groupes/nouveau", "/administration/groupes/1/supprimer",
		"/administration/conventions", "/administration/conventions/nouvelle", agreement, agreement + "/retirer", agreement + "/supprimer", "/administration/conventions/import",
		"/administration/etablissements", school, "/administration/jetons", "/administration/jetons/nouveau", "/administration/jetons/1/retirer",
		"/administration/journal", "/administration/secret", "/administration/secret?theme=social", "/administration/journal?q=zzzz", "/administration/territoire", "/administration/courrier",
		"/pourquoi", "/pourquoi?page=/social/par-etablissement", "/politique-mots-de-passe",
	} {
		list = append(list, scene{name: address, address: address})
	}
	return append(list,
		scene{"a refused user", "/administration/utilisateurs/nouveau", sendForm}, scene{"a refused group", "/administration/groupes/nouveau", sendForm},
		scene{"a refused convention", "/administration/conventions/nouvelle", openAll + ";" + sendForm}, scene{"a refused token", "/administration/jetons/nouveau", sendForm},
		scene{"a verified journal", "/administration/journal", `document.querySelector('.chain button').click()`},
		scene{"a letter", firstMatch(t, s.visitor(t), "/administration/courrier", `href="(/administration/courrier/[^"]+)"`), ""})
}

// firstMatch finds something in a page.
func firstMatch(t testing.TB, v *visitor, address, pattern string) string {
	t.Helper()
	_, body := v.get(t, address)
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("%s holds no %s", address, pattern)
	}
	return m[1]
}

// ownScenes are the pages of one's own account.
var ownScenes = []scene{
	{"own account", "/compte", ""}, {"own security", "/compte/securite", ""}, {"own rights", "/compte/droits", openAll}, {"own tokens", "/compte/jetons", ""}, {"a refused own token", "/compte/jetons/nouveau", sendForm}, {"new password", "/compte/mot-de-passe", ""},
	{"refused password", "/compte/mot-de-passe", sendForm}, {"new address", "/compte/adresse", ""}, {"refused address", "/compte/adresse", sendForm},
	{"codes", "/compte/securite/application", ""}, {"refused code", "/compte/securite/application", sendForm}, {"proof", "/compte/confirmer?retour=/compte/securite", ""},
}

// doorScenes are those of who is not signed in.
func doorScenes(t testing.TB, s *stand) []scene {
	t.Helper()
	s.invite(t)
	invitation := strings.TrimPrefix(strings.TrimSpace(done(t, s.data, "--quiet", "user", "link", "Ada@LENOIR")), s.server.url)
	return []scene{
		{"sign in", "/connexion", ""}, {"refused sign-in", "/connexion", `document.querySelector('[name=identifiant]').value = 'Personne@ICI'; document.querySelector('[name=mot_de_passe]').value = 'rien'; ` + sendForm},
		{"forgotten", "/oubli", ""}, {"nothing forgotten", "/oubli", sendForm}, {"asked", "/oubli?fait=demande", ""}, {"reset done", "/reinitialiser", ""}, {"created", "/invitation", ""},
		{"a dead link", "/entree/rien", ""}, {"invitation", invitation, ""}, {"refused invitation", invitation, sendForm}, {"rules", "/politique-mots-de-passe", ""},
	}
}

// invite leaves someone who has not answered yet, with a letter in the outbox, and a token.
func (s *stand) invite(t testing.TB) {
	t.Helper()
	s.invited.Do(func() {
		done(t, s.data, "user", "invite", "--first-name", "Ada", "--last-name", "Lenoir", "--mail", "ada.lenoir@sarvane.example", "--function", "Assistante")
		done(t, s.data, "token", "create", "--vendor", "editeur", "--name", "Envoi de nuit", "--push", "--all-schools")
	})
}

// TestAdministrationPages judges the pages of administration, of one's own account and of the
// door at two widths in two themes: axe finds nothing, the browser complains of nothing, nothing
// scrolls sideways down to 320 px.
func TestAdministrationPages(t *testing.T) {
	script := axeScript(t)
	s := atStand(t)
	s.invite(t)
	all := administrationScenes(t, s)
	half := len(all) / 2
	for _, group := range []struct {
		name, login string
		scenes      []scene
	}{
		{"administration, one", demoAdministrator, all[:half]}, {"administration, two", demoAdministrator, all[half:]}, {"account", demoDirector, ownScenes}, {"door", "", doorScenes(t, s)},
		{"school", demoPrincipal, []scene{{"readers", "/etablissement/consultations", ""}, {"home of a school", "/", ""}, {"refused", "/administration/utilisateurs", ""}, {"rule", "/pourquoi?indicateur=eleves", ""}}},
		{"journal", demoGuard, []scene{{"journal", "/administration/journal", ""}, {"secret", "/administration/secret", ""}, {"nothing else", "/", ""}}},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			b := strangeTab(t, s.server)
			if group.login != "" {
				b.enter(t, group.login)
			}
			for i, one := range group.scenes {
				b.judge(t, one, script, looksOf(i))
			}
		})
	}
}

// looksOf gives a scene both widths and both themes; the other pairs are those of its neighbours,
// and all four are of each scene with BELVEDERE_LONG.
func looksOf(i int) []look {
	if i%2 == 1 && os.Getenv("BELVEDERE_LONG") == "" {
		return []look{{1440, "dark"}, {390, "light"}}
	}
	return looks()
}

// judge shows a scene as readers see it.
func (b *tab) judge(t *testing.T, one scene, axe string, looks []look) {
	t.Helper()
	for _, l := range looks {
		b.size(t, l.width)
		b.colours(t, l.theme)
		b.show(t, one)
		b.accessible(t, fmt.Sprintf("%s at %d px, %s", one.name, l.width, l.theme), axe)
		b.shoot(t, fmt.Sprintf("%s-%d-%s", one.name, l.width, l.theme))
	}
	for _, width := range []int64{390, 320} {
		b.size(t, width)
		if wide := eval[int64](t, b, `document.documentElement.scrollWidth`); wide > width {
			t.Errorf("%s scrolls sideways: %d px wide on a screen of %d", one.name, wide, width)
		}
	}
	for _, trouble := range b.troubles() {
		if !refusedOnPurpose(trouble) {
			t.Errorf("%s: %s", one.name, trouble)
		}
	}
}

// refusedOnPurpose tells the answers that scenes want: a form with faults, a page without right, a
// dead link.
func refusedOnPurpose(trouble string) bool {
	for _, status := range []string{"401", "403", "404", "422"} {
		if strings.HasPrefix(trouble, "status "+status) || strings.Contains(trouble, "responded with a status of "+status) {
			return true
		}
	}
	return false
}

// show opens a page and acts on it.
func (b *tab) show(t testing.TB, one scene) {
	t.Helper()
	b.open(t, one.address)
	if one.act == "" {
		return
	}
	if !strings.HasSuffix(one.act, ".click()") {
		b.do(t, chromedp.Evaluate[chromedp.Void](one.act))
		return
	}
	b.do(t, chromedp.Evaluate[chromedp.Void](`window.before = true; `+one.act))
	b.until(t, `!window.before && !!document.querySelector('#contenu')`)
}

// shoot keeps a picture of the page in the folder BELVEDERE_SHOTS, for who wants to look.
func (b *tab) shoot(t testing.TB, name string) {
	t.Helper()
	dir := os.Getenv("BELVEDERE_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	name = strings.NewReplacer("/", "_", "?", "_", " ", "_", "&", "_", "=", "_").Replace(name) + ".png"
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

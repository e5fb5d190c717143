package web_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"

	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

// newBrowser starts a browser for one test.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs chromium")
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// staffed is the management of users with someone in each state, and two groups.
func staffed(t *testing.T) (*offices, int64) {
	o := newOffices(t, 60)
	o.must(t, "/administration/groupes/nouveau", url.Values{"nom": {"Lycées"}, "regle": {"type"}, "valeurs_type": {"lycee"}})
	o.must(t, "/administration/groupes/nouveau", url.Values{"nom": {"District nord"}, "regle": {"code_postal"}, "valeurs_code_postal": {"991"}})
	a := o.hire(t, "groupe", "1", "fonction", "Chargée d’une mission au nom particulièrement long, comme il y en a")
	o.hire(t, "mail", "b@exemple.fr", "nom", "Étienne-Lacroix", "dpo", "oui")
	o.must(t, fmt.Sprintf("/administration/utilisateurs/%d/verrouiller", o.hire(t, "mail", "c@exemple.fr", "administrateur", "oui").ID), nil)
	o.must(t, fmt.Sprint("/administration/utilisateurs/", a.ID), identity("version", fmt.Sprint(a.Version), "groupe", "1"))
	return o, a.ID
}

// TestUsersAccessibility asks axe about each page of users and groups.
func TestUsersAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	o, id := staffed(t)
	server := httptest.NewServer(o)
	defer server.Close()
	user := fmt.Sprint("/administration/utilisateurs/", id)
	send := func(field, value string) string {
		return fmt.Sprintf("document.querySelector('[name=%q]').value = %q; document.querySelector('.main .button.main-action').click()", field, value)
	}
	// Sent again with what it held before, the form is of a former version.
	stale := "document.querySelector('[name=version]').value = 1; " + send("nom", "Caron-Petit")
	list := []struct{ name, address, open string }{
		{"utilisateurs", "/administration/utilisateurs?fait=supprime", ""}, {"nouveau", "/administration/utilisateurs/nouveau", ""},
		{"compte", user + "?fait=modifie", ""}, {"refuse", user, send("mail", "non")}, {"perime", user, stale},
		{"autorisations", user + "/autorisations", ""}, {"limites", user + "/autorisations", "document.querySelector('[value=chercher-membres]').click()"}, {"supprimer", user + "/supprimer", ""}, {"import", "/administration/utilisateurs/import", ""},
		{"groupes", "/administration/groupes", ""}, {"groupe", "/administration/groupes/1", ""}, {"groupe-refuse", "/administration/groupes/nouveau", send("nom", "")},
	}
	for _, width := range []int64{1440, 390} {
		for _, theme := range []string{"light", "dark"} {
			for _, p := range list {
				name := fmt.Sprintf("%s-%d-%s", p.name, width, theme)
				t.Run(name, func(t *testing.T) { judge(t, ctx, server.URL+p.address, p.open, string(script), width, theme, name) })
			}
		}
	}
}

// at opens a page, waits for what scripts bring in, and asks it something.
func at(ctx context.Context, address, ready, script string) (string, error) {
	if err := chromedp.Do(ctx, chromedp.Navigate(address), chromedp.WaitVisible(ready)); err != nil {
		return "", err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[string](script))
}

// TestPickerAndTreeInTheBrowser ticks what a search shows and closes a menu by its parent, then
// reads what was kept.
func TestPickerAndTreeInTheBrowser(t *testing.T) {
	ctx := newBrowser(t)
	o, id := staffed(t)
	server := httptest.NewServer(o)
	defer server.Close()
	user := fmt.Sprint("/administration/utilisateurs/", id)
	const pick = `(() => {
		const box = document.querySelector('[data-picker]'), search = box.querySelector('[data-picker-search]');
		search.value = 'college 0004'; search.dispatchEvent(new Event('input'));
		box.querySelector('[data-picker-all]').click();
		const said = box.querySelector('[data-picker-note]').textContent;
		box.querySelector('.hide-checked').click();
		const shown = [...box.querySelectorAll('.picker-list li')].filter(li => li.checkVisibility()).length;
		return said + ' ' + shown;
	})()`
	said, err := at(ctx, server.URL+user, "[data-picker-search]", pick)
	if err != nil || said != "11 sur 60 cochés. 0" {
		t.Fatalf("%q, %v: want the eleven that the search shows (one by its UAI), and none left once they are hidden", said, err)
	}
	if err := chromedp.Do(ctx, chromedp.Click(".user-form .main-action"), chromedp.WaitVisible(".flash")); err != nil {
		t.Fatal(err)
	}
	const close = `(() => {
		const all = document.querySelector('[data-tree-all] input');
		document.querySelector('[data-tree-parent] input').click();
		return [all.checked, all.indeterminate, document.querySelectorAll('[name=rubrique]:checked').length].join(' ');
	})()`
	said, err = at(ctx, server.URL+user+"/autorisations", "[data-tree-all]", close)
	if err != nil || said != "false true 1" {
		t.Fatalf("%q, %v: want one widget left", said, err)
	}
	if err := chromedp.Do(ctx, chromedp.Click(".rights-form .main-action"), chromedp.WaitVisible(".flash")); err != nil {
		t.Fatal(err)
	}
	kept, err := o.reg.Account(t.Context(), id)
	if err != nil || len(kept.Schools) != 11 || kept.AllWidgets || len(kept.Widgets) != 1 || kept.Widgets[0] != "travaux" {
		t.Errorf("kept %+v, %v", admin.FormOf(kept), kept.Widgets)
	}
	if _, total, _ := o.reg.ListAccounts(t.Context(), registry.AccountFilter{}, registry.Page{}); total != 4 {
		t.Errorf("%d accounts", total)
	}
}

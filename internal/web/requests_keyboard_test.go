package web_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"belvedere/internal/governance"
	"belvedere/internal/registry"
)

// hands are someone at a keyboard, without a mouse.
type hands struct {
	t   *testing.T
	ctx context.Context
}

// at opens a page, once: what follows is done by keys alone.
func (h hands) at(address string) {
	h.t.Helper()
	if err := chromedp.Do(h.ctx, chromedp.EmulateViewport(1440, 1000), chromedp.Navigate(address), chromedp.WaitVisible("#contenu")); err != nil {
		h.t.Fatal(err)
	}
}

// keys presses Tab until a control has the focus, then keys.
func (h hands) keys(selector, keys string) {
	h.t.Helper()
	tabTo(h.t, h.ctx, selector)
	if err := chromedp.Do(h.ctx, chromedp.KeyEvent(keys)); err != nil {
		h.t.Fatal(err)
	}
}

// until waits for what a page then shows.
func (h hands) until(text string) {
	h.t.Helper()
	h.holds(fmt.Sprintf("document.readyState === 'complete' && document.querySelector('#contenu').innerText.replaceAll('\\u00a0', ' ').includes(%q)", text),
		"document.querySelector('#contenu').innerText.slice(0, 1500)")
}

// holds waits for a condition of the page; seen is what it shows instead.
func (h hands) holds(condition, seen string) {
	h.t.Helper()
	last := ""
	for range 4 { // a busy machine is slow
		if last = until(h.ctx, condition, seen); last == "" {
			return
		}
	}
	h.t.Fatalf("%s does not come: %s", condition, last)
}

// TestRequestByKeyboard asks for access, meets a fault, mends it, and decides, by keys alone.
func TestRequestByKeyboard(t *testing.T) {
	ctx, cancel := context.WithTimeout(newBrowser(t), 90*time.Second)
	defer cancel()
	o := newOffices(t, 3)
	ines, max := o.person(t, "Inès"), o.person(t, "Max")
	server := httptest.NewServer(o)
	defer server.Close()
	h := hands{t, ctx}
	o.be(ines)
	h.at(server.URL + "/demandes")
	h.keys(`a[href="/demandes/nouvelle/acces"]`, kb.Enter)
	h.until("Votre responsable")
	h.keys("[name=besoin]", "Suivre les travaux")
	h.keys("[name=role]", "Patrimoine")
	h.keys("[name=capacite]", " ") // the first of a group of radios
	h.keys("[name=rubriques][value=travaux]", " ")
	h.keys("[name=finalite]", "Bilan annuel")
	h.keys("[name=geste][value=deposer]", kb.Enter)
	h.until("Jusqu’au : répondez")
	h.holds("document.activeElement.matches('.form-summary')", "document.activeElement.outerHTML")
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void]("addEventListener('submit', () => document.querySelector('h1').dataset.sent = 'yes')")); err != nil {
		t.Fatal(err)
	}
	h.keys(`a[href="#champ-fin"]`, kb.Enter)
	h.holds("document.activeElement.name === 'fin'", "document.activeElement.outerHTML")
	day := time.Now().AddDate(0, 6, 0)
	h.keys("[name=fin]", day.Format("01022006"))
	h.holds(fmt.Sprintf("document.querySelector('[name=fin]').value === %q", day.Format(time.DateOnly)), "document.activeElement.outerHTML")
	h.holds("document.querySelector('h1').dataset.sent === undefined", "'the way to the field sent the form again'")
	h.keys("select[name=responsable]", "Max")
	h.keys("[name=geste][value=deposer]", kb.Enter)
	h.until("La demande est déposée")
	list, _, err := o.reg.ListRequests(t.Context(), registry.RequestFilter{}, registry.Page{})
	if err != nil || len(list) != 1 || list[0].State != registry.RequestFiled || !strings.Contains(list[0].Asked, "travaux") {
		t.Fatalf("filed %+v, %v", list, err)
	}
	o.be(max)
	h.at(server.URL + "/demandes/a-traiter")
	h.keys(fmt.Sprintf(`a[href="/demandes/%d"]`, list[0].ID), kb.Enter)
	h.until("À vous de décider")
	h.keys("[name=geste][value=completer]", kb.Enter)
	h.until("Le motif manque")
	h.keys("textarea[name=motif]", "Oui.")
	h.keys("[name=geste][value=approuver]", kb.Enter)
	h.until("Votre décision est enregistrée")
	if kept, err := o.reg.Request(t.Context(), list[0].ID); err != nil || kept.Step != "donnees" {
		t.Errorf("decided %+v, %v", kept, err)
	}
}

// TestQueueByKeyboard ticks two files and decides them together.
func TestQueueByKeyboard(t *testing.T) {
	ctx, cancel := context.WithTimeout(newBrowser(t), 90*time.Second)
	defer cancel()
	o := newOffices(t, 3)
	ines, max := o.person(t, "Inès"), o.person(t, "Max")
	o.be(ines)
	for i := range 2 {
		o.must(t, "/demandes/nouvelle/acces", url.Values{"besoin": {fmt.Sprint("Besoin ", i)}, "role": {"Patrimoine"}, "capacite": {"lecteur"}, "rubriques": {"travaux"}, "finalite": {"Bilan"},
			"fin": {time.Now().AddDate(0, 6, 0).Format(time.DateOnly)}, "responsable": {fmt.Sprint(max.ID)}, "geste": {"deposer"}})
	}
	server := httptest.NewServer(o)
	defer server.Close()
	o.be(max)
	h := hands{t, ctx}
	h.at(server.URL + "/demandes/a-traiter")
	h.keys(`a[href*="tri=personne"]`, kb.Enter)
	h.until("Décider ensemble")
	h.keys(`[name=demande][value="1:1"]`, " ")
	h.keys(`[name=demande][value="2:1"]`, " ")
	h.keys("textarea[name=motif]", "Besoin connu.")
	h.keys("[name=geste][value=approuver]", kb.Enter)
	h.until("Les demandes cochées sont décidées")
	for id := int64(1); id <= 2; id++ {
		if kept, err := o.reg.Request(t.Context(), id); err != nil || kept.Step != "donnees" {
			t.Errorf("%+v, %v", kept, err)
		}
	}
}

// TestGovernanceByKeyboard asks a question, answers it, reads a rule and says so, by keys alone.
func TestGovernanceByKeyboard(t *testing.T) {
	ctx, cancel := context.WithTimeout(newBrowser(t), 90*time.Second)
	defer cancel()
	o := newOffices(t, 3)
	ines := o.person(t, "Inès")
	g := governance.New(governance.Config{Registry: o.reg})
	if _, err := g.Write(t.Context(), o.as, governance.RuleForm{Title: "Éléments communs", Duty: "modelisation", Audience: governance.Everyone, Asked: true, Text: "Tous closent.", Reason: "Première.", Force: true}); err != nil {
		t.Fatal(err)
	}
	boss := o.boss
	server := httptest.NewServer(o)
	defer server.Close()
	h := hands{t, ctx}
	o.be(ines)
	h.at(server.URL + "/gouvernance/questions")
	h.keys(`.main a[href="/gouvernance/questions/nouvelle"]`, kb.Enter)
	h.until("Objet")
	h.keys("[name=objet]", "Césure")
	h.keys("[name=question]", "Qui la saisit ?")
	h.keys("select[name=responsabilite]", "Scol")
	h.keys(".main .main-action", kb.Enter)
	h.until("Césure")
	o.be(boss)
	h.at(server.URL + "/gouvernance/questions?q=interruptions")
	h.keys(`.main a[href="/gouvernance/questions/1"]`, kb.Enter)
	h.until("Qui la saisit")
	h.keys("textarea[name=reponse]", "La scolarité.")
	h.keys(".main form .main-action", kb.Enter)
	h.until("La scolarité.")
	if q, err := o.reg.HelpQuestion(t.Context(), 1); err != nil || q.Answer != "La scolarité." || q.Duty != "scolarite" {
		t.Errorf("%+v, %v", q, err)
	}
	o.be(ines)
	h.at(server.URL + "/gouvernance/regles")
	h.keys(`.main a[href="/gouvernance/regles/1"]`, kb.Enter)
	h.until("J’ai lu cette règle")
	h.keys(`.main form[action$="/lu"] button`, kb.Enter)
	if seen := until(h.ctx, "document.readyState === 'complete' && !document.querySelector('.main form[action$=\"/lu\"]')", "document.querySelector('#contenu').innerText.slice(0, 500)"); seen != "" {
		t.Errorf("what was read is asked again: %s", seen)
	}
	if read, err := o.reg.Readings(t.Context(), 1); err != nil || len(read) != 1 || read[0].Account != ines.ID {
		t.Errorf("%+v, %v", read, err)
	}
}

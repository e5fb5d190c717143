package e2e_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// onWords presses Tab until the focus is on an element that matches and bears some words.
func (b *tab) onWords(t testing.TB, selector, words string) {
	t.Helper()
	for range 60 {
		b.on(t, selector)
		if eval[bool](t, b, fmt.Sprintf("document.activeElement.innerText.includes(%q)", words)) {
			return
		}
	}
	t.Fatalf("Tab never reaches %s with %q", selector, words)
}

// follow presses Enter where the focus is and waits for an address.
func (b *tab) follow(t testing.TB, want string) {
	t.Helper()
	b.press(t, kb.Enter)
	b.arrived(t, want)
	b.until(t, "!!document.querySelector('#contenu')")
}

// TestExplorerByKeyboard composes with keys alone: from the empty explorer to a table with subtotals, a
// filter, an order, a way down and back, then the question kept, opened and shared.
func TestExplorerByKeyboard(t *testing.T) { newTab(t).exploreByKeyboard(t) }

func (b *tab) exploreByKeyboard(t *testing.T) {
	b.size(t, 1440)
	const title = "Élèves par type, au clavier"
	for _, step := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"chooses an indicator by its name", func(t *testing.T) {
			b.open(t, "/explorateur")
			b.says(t, "Pour commencer")
			b.on(t, "[data-live='indicateurs-a-choisir']")
			b.press(t, "lèves")
			b.on(t, "[name=indicateurs][value=eleves]")
			b.press(t, " ")
		}},
		{"puts two dimensions in lines, with subtotals", func(t *testing.T) {
			b.on(t, "[name=lignes]")
			b.press(t, "T") // Type: a letter chooses, as in any list
			b.on(t, "[name=lignes]")
			b.press(t, "S") // Secteur
			b.on(t, "[name=sous_totaux]")
			b.press(t, " ")
			b.on(t, "[data-explorer-form] .main-action")
			b.follow(t, "lignes=type,secteur")
			b.says(t, "par type", "puis par secteur", "Ensemble")
		}},
		{"filters", func(t *testing.T) {
			b.onWords(t, "#choix-filtres summary", "Secteur")
			b.press(t, kb.Enter)
			b.on(t, "[name='filtre.secteur']")
			b.press(t, " ")
			b.press(t, kb.Escape)
			b.on(t, "[data-explorer-form] .main-action")
			b.follow(t, "filtre.secteur=")
			if n := eval[int](t, b, `document.querySelectorAll('.chips .chip').length`); n != 1 {
				t.Errorf("%d filters are named over the answer", n)
			}
		}},
		{"sorts, draws and goes back to the table", func(t *testing.T) {
			b.on(t, "#t-explorateur a[href*='tri=-eleves'], table.data a[href*='tri=-eleves']")
			b.follow(t, "tri=-eleves")
			b.on(t, ".shapes a[href*='forme=chaleur']")
			b.follow(t, "forme=chaleur")
			if !eval[bool](t, b, `!!document.querySelector('table.shades td.q8')`) {
				t.Error("the heat map has no shade")
			}
			b.on(t, ".shapes a:not([href*='forme='])")
			b.follow(t, "tri=-eleves")
			b.until(t, "!location.href.includes('forme=')")
		}},
		{"goes down, and undoes", func(t *testing.T) {
			b.on(t, "button.drill")
			b.follow(t, "detail=0")
			b.on(t, "#detail a[href*='lignes=niveau']")
			b.follow(t, "lignes=niveau")
			b.says(t, "par niveau")
			b.do(t, chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
			b.arrived(t, "lignes=type,secteur")
		}},
		{"keeps the question, opens it and shares it", func(t *testing.T) {
			b.fill(t, "titre", title)
			b.on(t, "[name=parametres][value=annee]")
			b.press(t, " ")
			b.on(t, "#enregistrer .main-action")
			b.follow(t, "/requetes/")
			b.says(t, title, "La requête est enregistrée", "Privée")
			b.open(t, "/requetes")
			b.onWords(t, ".boards a", title)
			b.follow(t, "/requetes/")
			b.on(t, "[name=avec]")
			b.press(t, kb.ArrowDown)
			b.press(t, kb.ArrowDown)
			b.on(t, "form[action$='/partager'] button")
			b.follow(t, "fait=partagee")
			b.says(t, "Partagée avec tous")
		}},
	} {
		if !t.Run(step.name, step.do) {
			t.Logf("at %s", eval[string](t, b, "location.href"))
			return // what follows stands on it
		}
	}
	b.quiet(t)
}

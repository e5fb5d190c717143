package e2e_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A textFault is what no French page says to people.
type textFault struct {
	what string
	re   *regexp.Regexp
}

var textFaults = []textFault{
	{"a straight apostrophe", regexp.MustCompile(`\pL'\pL`)},
	{"straight quotes", regexp.MustCompile(`"[^"]*"`)},
	{"a breaking space before a sign", regexp.MustCompile(`\S [;:!?»](\s|$)`)},
	{"a breaking space in a quotation", regexp.MustCompile(`« `)},
	{"one of several", regexp.MustCompile(`(^|[^\d,.\x{202f}\x{a0}])[01][ \x{a0}\x{202f}](lignes|établissements|indicateurs|défauts|comptes|requêtes|demandes|questions|messages|étudiants|éléments|fichiers|jours|personnes|colonnes|tableaux|habilitations|livraisons|réponses|formules|populations|années|mois d)\b`)},
	{"a date for programs", regexp.MustCompile(`\b20\d\d-[01]\d-[0-3]\d\b`)},
	{"a number without its thousands", regexp.MustCompile(`(^|[^\w.,°/-])[1-9]\d{5,}($|[^\w-])`)},
	{"a word of English", regexp.MustCompile(`(?i)\b(the|error|loading|submit|delete|upload|download|invalid|not found|null|undefined|unknown|dataset|dashboard|feedback|mapping|reset|settings)\b`)},
	{"a value of the machine", regexp.MustCompile(`\bNaN\b|%!|<nil>|\bnil\b|sql:|strconv|context canceled|panic`)},
}

// shownText is what a page says to people: the words of its content, without code, fields and examples.
func shownText(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil
	}
	var out []string
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		if n.Type == html.ElementNode {
			if slices.Contains([]string{"script", "style", "code", "pre", "svg", "kbd", "textarea", "option"}, n.Data) {
				return
			}
			inside = inside || attribute(n, "id") == "contenu" || attribute(n, "id") == "menu"
		}
		if n.Type == html.TextNode && inside && strings.TrimSpace(n.Data) != "" {
			out = append(out, strings.Join(strings.FieldsFunc(n.Data, func(r rune) bool { return r == '\n' || r == '\t' }), " "))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inside)
		}
	}
	walk(root, false)
	return out
}

// texts reads every page of the menus of people for words, signs and numbers that are not French.
func (w *walk) texts(t *testing.T, people ...*visitor) {
	done := map[string]bool{}
	for _, v := range people {
		_, first := v.get(t, "/premiers-pas")
		for _, address := range menuOf(first) {
			if done[address] {
				continue
			}
			done[address] = true
			status, page := v.get(t, address)
			if status != http.StatusOK {
				continue // led elsewhere
			}
			if !strings.Contains(page, `href="/guide/`) {
				t.Errorf("%s has no chapter of the guide", address)
			}
			for _, text := range shownText(page) {
				for _, fault := range textFaults {
					if fault.re.MatchString(text) && !strings.HasPrefix(text, "Référentiel \"") { // as the annex words it
						t.Errorf("%s shows %s: %.160q", address, fault.what, strings.TrimSpace(text))
					}
				}
			}
		}
	}
	if len(done) < 30 {
		t.Errorf("only %d pages in the menus", len(done))
	}
}

// menuOf are the addresses of the menu of a page.
func menuOf(page string) (out []string) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "nav" || attribute(n, "id") != "menu" {
			continue
		}
		for a := range n.Descendants() {
			if a.Type == html.ElementNode && a.Data == "a" {
				out = append(out, attribute(a, "href"))
			}
		}
	}
	return out
}

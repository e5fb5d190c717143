package web_test

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// everyPage are addresses that answer a page, with the status of each.
var everyPage = map[string]int{
	"/": 200, "/connexions/jours": 200, "/connexions/heures": 200, "/moyens/synthese": 200,
	"/moyens/par-etablissement": 200, "/moyens/par-etablissement?mode=taux": 200, "/social/par-etablissement": 200,
	"/social/par-etablissement?tableau=discipline&tri=-c3&type=clg": 200, "/social/par-niveau": 200,
	"/indicateurs": 200, "/indicateurs?q=absence": 200, "/indicateurs?q=zzz": 200, "/indicateurs?page=social_par_etablissement": 200,
	"/recherche": 200, "/recherche?q=jean": 200, "/recherche?q=zzzz": 200, "/recherche?q=" + hostile: 200,
	"/livraisons": 200, "/livraisons?etat=refusees": 200, "/livraisons/1": 200, "/livraisons/2": 200, "/livraisons/2?page=4": 200, "/livraisons/7": 200,
	"/editions": 200, "/editions/408": 200, "/etablissements/hors-registre": 200,
	"/couverture": 200, "/couverture?jeu=effectifs": 200, "/couverture?etat=x": 400, "/vide/couverture": 200, "/?perimetre=constant": 200, "/?perimetre=x": 400,
	"/ecart": 200, "/ecart?a=7KQ2-M9XD": 200, "/ecart?a=7KQ2-M9XD&b=1+234": 200, "/ecart?a=7KQ2-M9XD&b=secret": 200, "/ecart?a=inconnu&b=" + hostile: 404,
	"/comparaison": 200, "/comparaison?etablissement=0990001N": 200, "/comparaison?etablissement=x": 400, "/vide/comparaison": 200,
	"/nulle-part": 404, "/livraisons/99": 404, "/livraisons/x": 404, "/editions/9999": 404, "/indicateurs?page=x": 404,
	"/?annee=mille": 400, "/?page=0": 400, "/livraisons?page=-1": 400, "/livraisons?etat=x": 400, "/livraisons?etablissement=0350017X": 400,
	"/vide/": 200, "/vide/livraisons": 200, "/vide/editions": 200, "/vide/etablissements/hors-registre": 200,
	"/panne/": 500, "/panne/moyens/synthese": 400, "/panne/social/par-etablissement": 200,
	"/grand/social/par-etablissement": 200,
}

// hostile is a text that must never become markup.
const hostile = "%3Cscript%3Ealert(1)%3C/script%3E%22%27%3E%3Cimg%20src=x%20onerror=alert(1)%3E"

func TestEveryPageIsSound(t *testing.T) {
	server := variants(t)
	for address, status := range everyPage {
		t.Run(address, func(t *testing.T) {
			w := httptest.NewRecorder()
			server.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
			if w.Code != status {
				t.Fatalf("status %d, want %d", w.Code, status)
			}
			body := w.Body.String()
			for _, fault := range faultsOf(body) {
				t.Error(fault)
			}
		})
	}
}

// faultsOf checks a document: balanced, one h1 and one main, French, unique ids, references that
// lead somewhere, labelled fields, sound tables, nothing inline, French typography.
func faultsOf(body string) []string {
	var faults []string
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, f := range unbalanced(body) {
		add("%s", f)
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return append(faults, err.Error())
	}
	count, ids := map[string]int{}, map[string]int{}
	var refs []string
	walk(doc, func(n *html.Node) {
		count[n.Data]++
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		for _, name := range []string{"aria-labelledby", "popovertarget", "aria-describedby", "aria-controls", "for"} {
			refs = append(refs, strings.Fields(attr(n, name))...)
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") && len(href) > 1 {
			refs = append(refs, href[1:])
		}
		checkNode(n, add)
	})
	for _, one := range []string{"h1", "main", "title"} {
		if doc := count[one]; doc != 1 && one != "title" || doc == 0 {
			add("%d <%s>", doc, one)
		}
	}
	for id, n := range ids {
		if n > 1 {
			add("id %q stands %d times", id, n)
		}
	}
	for _, ref := range refs {
		if ids[ref] == 0 {
			add("%q is referred to and does not exist", ref)
		}
	}
	return faults
}

// checkNode checks what one element shows by itself.
func checkNode(n *html.Node, add func(string, ...any)) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			add("<%s %s=%q>: inline", n.Data, a.Key, a.Val)
		}
		if (a.Key == "href" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
			add("<%s %s=%q> leads away", n.Data, a.Key, a.Val)
		}
	}
	switch n.Data {
	case "style":
		add("<style> in the page")
	case "script":
		if attr(n, "src") == "" || n.FirstChild != nil {
			add("inline script")
		}
	case "html":
		if attr(n, "lang") != "fr" {
			add("lang is %q", attr(n, "lang"))
		}
	case "input", "select":
		if attr(n, "type") != "hidden" && attr(n, "aria-label") == "" && !inside(n, "label") {
			add("<%s name=%q> has no label", n.Data, attr(n, "name"))
		}
	case "th":
		if s := attr(n, "scope"); s != "col" && s != "row" && s != "colgroup" {
			add("<th> with scope %q", s)
		}
		if s := attr(n, "aria-sort"); s != "" && s != "ascending" && s != "descending" {
			add("aria-sort=%q", s)
		}
	case "table":
		checkTable(n, add)
	case "a", "button":
		if strings.TrimSpace(text(n)) == "" {
			add("<%s href=%q> without words", n.Data, attr(n, "href"))
		}
	}
	checkTypography(n, add)
}

var looseSign = regexp.MustCompile(`[\p{L}»)] [;?!](\s|$)|[\p{L}»)] :(\s|$)|\d %`)

// checkTypography holds the French rule of spaces in what the interface says.
func checkTypography(n *html.Node, add func(string, ...any)) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && n.Data != "code" && n.Data != "script" && looseSign.MatchString(c.Data) {
			add("loose space in %q", strings.TrimSpace(c.Data))
		}
	}
}

// checkTable holds that every row covers the same columns and that one column at most is sorted.
func checkTable(table *html.Node, add func(string, ...any)) {
	sorted, width := 0, -1
	carried := map[int]int{} // column → rows still covered from above
	walk(table, func(n *html.Node) {
		if attr(n, "aria-sort") != "" {
			sorted++
		}
		if n.Data != "tr" {
			return
		}
		columns := 0
		next := map[int]int{}
		for column, rows := range carried {
			columns++
			if rows > 1 {
				next[column] = rows - 1
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode {
				continue
			}
			span := max(1, atoi(attr(c, "colspan")))
			if rows := atoi(attr(c, "rowspan")); rows > 1 {
				next[columns] = rows - 1
			}
			columns += span
		}
		carried = next
		if width >= 0 && columns != width {
			add("a row of %d columns in a table of %d", columns, width)
		}
		width = columns
	})
	if sorted > 1 {
		add("%d sorted columns", sorted)
	}
}

func atoi(s string) int {
	n := 0
	fmt.Sscan(s, &n)
	return n
}

var void = map[string]bool{"meta": true, "link": true, "input": true, "br": true, "img": true, "col": true, "hr": true}

// unbalanced lists the tags that are not closed in order; the parser would mend them in silence.
func unbalanced(body string) []string {
	var open, faults []string
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				faults = append(faults, "left open: "+strings.Join(open, " "))
			}
			return faults
		case html.StartTagToken:
			if name, _ := z.TagName(); !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if n := len(open); n == 0 || open[n-1] != string(name) {
				return append(faults, fmt.Sprintf("</%s> closes %v", name, open))
			}
			open = open[:len(open)-1]
		}
	}
}

func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(text(c))
	}
	return b.String()
}

func inside(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == name {
			return true
		}
	}
	return false
}

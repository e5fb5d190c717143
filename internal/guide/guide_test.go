package guide

import (
	"regexp"
	"strings"
	"testing"
)

// TestChapters reads the whole guide: nothing of its marks is left in the text, and each link, picture and
// address of help leads somewhere.
func TestChapters(t *testing.T) {
	if len(chapters()) < 40 {
		t.Fatalf("%d chapters", len(chapters()))
	}
	for name, c := range chapters() {
		if c.Title == "" {
			t.Errorf("%s has no title", name)
		}
		for i := range c.Blocks {
			b := &c.Blocks[i]
			if b.Kind == Image && Picture(b.Source) == nil {
				t.Errorf("%s shows %s, which is not there", name, b.Source)
			}
			if b.Kind == Code {
				continue
			}
			for _, group := range append([][][]Span{{b.Text}, b.Items, b.Head}, b.Rows...) {
				for _, spans := range group {
					checkSpans(t, name, spans)
				}
			}
		}
	}
	for _, h := range help {
		leads(t, "help of "+h.address, Path+"/"+h.chapter)
	}
}

var marks = regexp.MustCompile(`\*\*|\]\(|^#|^\|`)

func checkSpans(t *testing.T, name string, list []Span) {
	for _, s := range list {
		if s.Style != Mono && marks.MatchString(s.Text) {
			t.Errorf("%s leaves marks in %q", name, s.Text)
		}
		if s.Style == Linked && strings.HasPrefix(s.Address, Path) {
			leads(t, name, s.Address)
		} else if s.Style == Linked && strings.HasPrefix(s.Address, "#") {
			leads(t, name, Path+"/"+name+s.Address)
		}
		checkSpans(t, name, s.Inner)
	}
}

func leads(t *testing.T, from, address string) {
	t.Helper()
	path, anchor, has := strings.Cut(address, "#")
	c := Find(strings.Trim(strings.TrimPrefix(path, Path), "/"))
	if c == nil {
		t.Errorf("%s: %s leads nowhere", from, address)
		return
	}
	for _, s := range c.sections() {
		if !has || s.anchor == "#"+anchor {
			return
		}
	}
	t.Errorf("%s: %s has no such section", from, address)
}

func TestParse(t *testing.T) {
	list := Parse("# Titre\n\nUn **gras `code`** et [lien *pressé*](41-explorateur.md#lire).\nSuite.\n\n- un\n- deux\n  encore\n\n1. premier\n2. second\n\n| a | b |\n|---|---|\n| `x\\|y` | z |\n\n```sh\n# pas un titre\n```\n\n> dit\n\n![Une image](images/a.png)\n")
	var kinds []string
	for _, b := range list {
		kinds = append(kinds, b.Kind)
	}
	if got, want := strings.Join(kinds, ","), strings.Join([]string{Heading, Paragraph, List, Numbers, Table, Code, Quote, Image}, ","); got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	if got := Plain(list[1].Text); got != "Un gras code et lien pressé. Suite." {
		t.Errorf("%q", got)
	}
	if link := list[1].Text[3]; link.Style != Linked || link.Address != "/guide/explorateur#lire" {
		t.Errorf("%+v", link)
	}
	if got := Plain(list[2].Items[1]); got != "deux encore" {
		t.Errorf("%q", got)
	}
	if got := list[4].Rows[0]; Plain(got[0]) != "x|y" || Plain(got[1]) != "z" {
		t.Errorf("%+v", got)
	}
	if list[5].Source != "# pas un titre" {
		t.Errorf("%q", list[5].Source)
	}
}

func TestFor(t *testing.T) {
	for address, want := range map[string]string{
		"/superieur/reussite": "/guide/infocentre", "/requetes/12": "/guide/explorateur#enregistrer-une-requête", "/ecole/9990500P/personnes/depots/3": "/guide/sources-du-superieur",
		"/ecole/9990500P/rentree": "/guide/annee-scolaire", "/": "/guide/accueil", "/administration/jetons": "/guide/jetons", "/inconnu": Path, "": Path,
	} {
		if got, _ := For(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestSearch(t *testing.T) {
	hits := Search("césure", 10)
	if len(hits) == 0 || Search("", 10) != nil || len(Search("le", 3)) != 3 {
		t.Errorf("%v", hits)
	}
}

// FuzzParse holds that no text makes the reader of the guide fail or lose words of a paragraph.
func FuzzParse(f *testing.F) {
	f.Add("# a\n\n**b** `c` [d](e.md)\n\n| a |\n|---|\n| b |\n")
	f.Add("```\nopen")
	f.Add("- a\n  b\n\n![a](images/b.png)\n[x](")
	f.Fuzz(func(t *testing.T, text string) {
		for _, b := range Parse(text) {
			b.words()
		}
	})
}

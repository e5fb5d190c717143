// Package guide reads the user guide for the product: chapters made of blocks that pages render, the
// chapter that is about an address, and the sections that answer a search. Pure: texts in, values out.
package guide

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"belvedere/docs/guide"
	"belvedere/internal/words"
)

// Path is the address of the guide.
const Path = "/guide"

// A Chapter is one file of the guide.
type Chapter struct {
	Name   string // in addresses: "explorateur"
	Title  string
	Blocks []Block // without the title
}

// Address is where a chapter is read.
func (c *Chapter) Address() string {
	if c.Name == contents {
		return Path
	}
	return Path + "/" + c.Name
}

// contents is the name of the table of contents.
const contents = "README"

// chapters are all files, by the name in their address.
var chapters = sync.OnceValue(func() map[string]*Chapter {
	out := map[string]*Chapter{}
	names, _ := fs.Glob(guide.Files, "*.md")
	for _, file := range names {
		text, err := guide.Files.ReadFile(file)
		if err != nil {
			continue // embedded: it cannot be
		}
		c := &Chapter{Name: nameOf(file), Blocks: Parse(string(text))}
		if len(c.Blocks) > 0 && c.Blocks[0].Kind == Heading {
			c.Title, c.Blocks = Plain(c.Blocks[0].Text), c.Blocks[1:]
		}
		out[c.Name] = c
	}
	return out
})

// nameOf is the name of a file in addresses, without its number, which moves.
func nameOf(file string) string {
	name := strings.TrimSuffix(file, ".md")
	if number, rest, ok := strings.Cut(name, "-"); ok && strings.Trim(number, "0123456789") == "" {
		return rest
	}
	return name
}

// Find is a chapter by its name, nil when there is none; "" is the table of contents.
func Find(name string) *Chapter {
	if name == "" {
		name = contents
	} else if name == contents {
		return nil
	}
	return chapters()[name]
}

// Picture is a picture of the guide, nil when there is none.
func Picture(name string) []byte {
	if name != path.Base(name) {
		return nil
	}
	data, err := guide.Files.ReadFile("images/" + name)
	if err != nil {
		return nil
	}
	return data
}

// A Hit is a section that answers a search.
type Hit struct{ Chapter, Section, Address string }

// Search finds the sections whose words answer: first those whose title does.
func Search(text string, most int) []Hit {
	folded := words.Fold(text)
	if folded == "" {
		return nil
	}
	var titles, bodies []Hit
	all := chapters()
	names := make([]string, 0, len(all))
	for name := range all {
		if name != contents {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		c := all[name]
		for _, s := range c.sections() {
			hit := Hit{Chapter: c.Title, Section: s.title, Address: c.Address() + s.anchor}
			switch {
			case words.Holds(words.Fold(s.title), folded):
				titles = append(titles, hit)
			case words.Holds(words.Fold(s.text), folded):
				bodies = append(bodies, hit)
			}
		}
	}
	hits := append(titles, bodies...)
	return hits[:min(most, len(hits))]
}

// A section is what stands under one title.
type section struct{ title, anchor, text string }

func (c *Chapter) sections() []section {
	out := []section{{title: c.Title}}
	for i := range c.Blocks {
		b := &c.Blocks[i]
		if b.Kind == Heading {
			out = append(out, section{title: Plain(b.Text), anchor: "#" + b.ID})
			continue
		}
		out[len(out)-1].text += " " + b.words()
	}
	return out
}

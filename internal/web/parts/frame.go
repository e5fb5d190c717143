package parts

import (
	"strconv"

	"github.com/a-h/templ"
)

// A Frame is what surrounds every page.
type Frame struct {
	Title     string // of the document, without the name of the product
	Theme     string // "light", "dark" or "" to follow the system
	Address   string // of this page, where the theme form comes back
	Place     string // name of the territory
	Logo      string // address of its logo, "" for none
	Colours   string // address of its style, "" for that of the program
	PlaceNote string // "96 collèges, 2025-2026"
	Limit     string // members to which the reader's rights are limited, "" for none
	Crumbs    []Link
	Menu      []MenuGroup
	Viewer    string // name of who reads, "" when nobody signed in
	Account   bool   // who reads has an account, with pages and a way out
	Idle      int    // seconds without a request after which the session ends, 0 for none
	Search    string // text in the search field
	At        string // "1er décembre 2025 à 9 h 12", printed on paper
	Help      string // address of the chapter of the guide about this page
	Refresh   int    // seconds after which a reader without JavaScript gets the page again, 0 never
}

// A MenuGroup is a part of the menu under a word.
type MenuGroup struct {
	Label   string
	Entries []MenuEntry
}

// A MenuEntry is a section, with its pages when it is open.
type MenuEntry struct {
	Link
	Section string // code of the section of the console that it leads to, "" for another page
	Open    bool
	Pages   []Link
}

// documentTitle is what tabs and bookmarks show.
func (f Frame) documentTitle() string {
	if f.Title == "" {
		return "Belvédère"
	}
	return f.Title + " – Belvédère"
}

// Leads tells whether the menu leads to an address: other links there would end at a refusal.
func (f Frame) Leads(address string) bool {
	for _, group := range f.Menu {
		for _, entry := range group.Entries {
			if entry.Address == address {
				return true
			}
		}
	}
	return false
}

// idleAttribute lets the script warn before the session ends.
func (f Frame) idleAttribute() templ.Attributes {
	if f.Idle > 0 {
		return templ.Attributes{"data-idle": number(f.Idle)}
	}
	return nil
}

// openClass marks the section that holds the page.
func (e MenuEntry) openClass() string {
	if e.Open {
		return "open"
	}
	return ""
}

// number writes an integer for an attribute.
func number(n int) string { return strconv.Itoa(n) }

// themeAttribute gives the root element its theme, nothing when the system decides.
func themeAttribute(theme string) templ.Attributes {
	if theme == "light" || theme == "dark" {
		return templ.Attributes{"data-theme": theme}
	}
	return nil
}

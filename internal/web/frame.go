package web

import (
	"net/http"
	"strconv"

	"belvedere"
	"belvedere/internal/web/parts"
)

// frame is what surrounds a page: place, menu, first crumb, theme. It never fails: a page that
// says what went wrong must still have its menu.
func (s *server) frame(r *http.Request, title string) parts.Frame {
	now := s.Now().In(s.Zone)
	f := parts.Frame{
		Title: title, Theme: themeOf(r), Address: returnAddress(r), Viewer: s.Viewer(r).Name,
		At:    belvedere.DayMonthYear(now) + " à " + strconv.Itoa(now.Hour()) + belvedere.NarrowSpace + "h" + belvedere.NarrowSpace + now.Format("04"),
		Place: "Belvédère",
	}
	if t, err := s.Reports.Territory(r.Context()); err == nil && t.Name != "" {
		f.Place = t.Name
		if t.Schools > 0 {
			f.PlaceNote = belvedere.Plural(t.Schools, "établissement", "établissements")
		}
	} else if err != nil {
		s.Log.Warn("territory", "err", err)
	}
	f.Crumbs = []parts.Link{{Label: f.Place, Address: s.home()}}
	f.Menu = s.menu(r.URL.Path)
	return f
}

// returnAddress is where the theme form comes back: pages only, since a POST cannot be replayed.
func returnAddress(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return r.URL.EscapedPath()
	}
	return localAddress(r)
}

// home is the first page of the console.
func (s *server) home() string {
	for _, p := range s.model.Pages {
		if p.Path == "/" {
			return "/"
		}
	}
	if len(s.model.Sections) > 0 && s.model.Sections[0].Path != "" {
		return s.model.Sections[0].Path
	}
	return "/indicateurs"
}

// menu lists the sections, the pages of the open one, and the pages about the data.
func (s *server) menu(path string) []parts.MenuGroup {
	console := parts.MenuGroup{Label: "Console"}
	for _, section := range s.model.Sections {
		pages, here := s.sectionPages(section.Code, path)
		entry := parts.MenuEntry{Link: parts.Link{Label: section.Label, Address: section.Path}}
		switch {
		case len(pages) <= 1:
			entry.Current = here
		case here:
			entry.Open, entry.Pages = true, pages
		}
		if entry.Address == "" && len(pages) > 0 {
			entry.Address = pages[0].Address
		}
		if entry.Address != "" {
			console.Entries = append(console.Entries, entry)
		}
	}
	console.Entries = append(console.Entries, plainEntry("Indicateurs", "/indicateurs", path))
	data := parts.MenuGroup{Label: "Données", Entries: []parts.MenuEntry{
		plainEntry("Livraisons", "/livraisons", path),
		plainEntry("Éditions", "/editions", path),
		plainEntry("Établissements hors registre", "/etablissements/hors-registre", path),
	}}
	return []parts.MenuGroup{console, data}
}

func plainEntry(label, address, path string) parts.MenuEntry {
	return parts.MenuEntry{Link: parts.Link{Label: label, Address: address, Current: path == address}}
}

// sectionPages are the pages of a section, and whether the reader stands on one of them.
func (s *server) sectionPages(code, path string) (pages []parts.Link, here bool) {
	for _, p := range s.model.Pages {
		if p.Section == code {
			pages = append(pages, parts.Link{Label: p.Label, Address: p.Path, Current: p.Path == path})
			here = here || p.Path == path
		}
	}
	return pages, here
}

// section finds a section by code.
func (s *server) section(code string) *belvedere.Section {
	for _, section := range s.model.Sections {
		if section.Code == code {
			return section
		}
	}
	return nil
}

package web

import (
	"net/http"
	"slices"
	"strconv"

	"belvedere"
	"belvedere/internal/guide"
	"belvedere/internal/web/parts"
)

// frame is what surrounds a page: place, menu, first crumb, theme. It never fails: a page that
// says what went wrong must still have its menu.
func (s *server) frame(r *http.Request, title string) parts.Frame {
	now := s.Now().In(s.Zone)
	f := parts.Frame{
		Title: title, Theme: themeOf(r), Address: returnAddress(r), Viewer: viewerOf(r).Name,
		Account: s.Auth != nil && viewerOf(r).Kind == belvedere.AccountViewer,
		Idle:    s.idleOf(viewerOf(r)),
		At:      belvedere.DayMonthYear(now) + " à " + strconv.Itoa(now.Hour()) + belvedere.NarrowSpace + "h" + belvedere.NarrowSpace + now.Format("04"),
		Place:   "Belvédère",
	}
	if t, err := s.Reports.Territory(r.Context()); err == nil && t.Name != "" {
		f.Place = t.Name
	} else if err != nil {
		s.Log.Warn("territory", "err", err)
	}
	if n, err := s.Reports.SchoolCount(r.Context(), viewerOf(r)); err == nil && n > 0 {
		f.PlaceNote = belvedere.Plural(n, "établissement", "établissements")
	}
	f.Limit = s.limitWords(viewerOf(r).Scope)
	f.Crumbs = []parts.Link{{Label: f.Place, Address: s.home()}}
	f.Menu = s.menu(r, viewerOf(r), r.URL.Path)
	f.Help, _ = guide.For(r.URL.Path)
	s.dress(r, &f)
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
func (s *server) menu(r *http.Request, viewer belvedere.Viewer, path string) []parts.MenuGroup {
	if viewer.Kind == belvedere.Nobody {
		return nil
	}
	console := parts.MenuGroup{Label: "Console"}
	higher := s.Reports.Higher(r.Context(), viewer)
	for _, section := range s.model.Sections {
		pages, here := s.sectionPages(viewer, section.Code, path)
		if len(pages) == 0 || !here && (section.Fed || higher && pages[0].Address != "/") && !s.Reports.Fed(r.Context(), viewer, section.Code) {
			continue // no right opens it: « Mon compte » says why; or nothing of it was ever delivered
		}
		entry := parts.MenuEntry{Section: section.Code, Link: parts.Link{Label: section.Label, Address: pages[0].Address}}
		switch {
		case len(pages) <= 1:
			entry.Current = here
		case here:
			entry.Open, entry.Pages = true, pages
		}
		console.Entries = append(console.Entries, entry)
	}
	console.Entries = append(console.Entries, plainEntry("Indicateurs", "/indicateurs", path))
	if s.Meanings != nil {
		console.Entries = append(console.Entries, plainEntry("Définitions", definitionsPath, path))
	}
	if ok, _ := administrator.allows(viewer); ok || higher {
		console.Entries = append(console.Entries, plainEntry("Premiers pas", startPath, path))
	}
	console.Entries = append(console.Entries, plainEntry("Guide", guide.Path, path))
	groups := []parts.MenuGroup{console}
	for _, group := range s.menuGroups(viewer, path, higher) {
		g := parts.MenuGroup{Label: group.label}
		for _, e := range group.entries {
			if ok, _ := e.right.allows(viewer); ok {
				g.Entries = append(g.Entries, plainEntry(e.label, e.address, path))
			}
		}
		if len(g.Entries) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// A menuEntry leads to a page that is not declared, for those who have its right.
type menuEntry struct {
	label, address string
	right          right
}

type menuGroup struct {
	label   string
	entries []menuEntry
}

// menuGroups are the parts of the menu below the console.
func (s *server) menuGroups(viewer belvedere.Viewer, path string, higher bool) []menuGroup {
	return []menuGroup{
		{"Infocentre", slices.Concat(s.exploreEntries(), s.dashEntries(), s.formulaEntries(), s.extractEntries(viewer), s.requestEntries())},
		{"Données", []menuEntry{
			{"Livraisons", "/livraisons", administrator},
			{"Éditions", "/editions", signedIn},
			{"Reçus", receiptsPath, signedIn},
			{"Couverture", coveragePath, signedIn},
			{"Expliquer un écart", gapPath, signedIn},
			{"Établissements hors registre", "/etablissements/hors-registre", administrator},
			{"Jeux de données", datasetsPath, s.datasetRight()},
		}},
		{"Suivi", s.followEntries()},
		{"Gouvernance", s.governanceEntries(viewer)},
		{"Mon établissement", append(s.boardEntries(viewer, path, higher), s.schoolEntries(viewer)...)},
		{"Administration", s.administrationEntries()},
	}
}

// schoolEntries are the pages of those who work in a school.
func (s *server) schoolEntries(viewer belvedere.Viewer) []menuEntry {
	var out []menuEntry
	if len(viewer.Scope.Limit()) > 0 { // these pages are about the whole school
		return nil
	}
	if s.Tally != nil {
		out = append(out, menuEntry{"Ce que voit la collectivité", tallyPath, schoolStaff})
	}
	out = append(out, menuEntry{"Parmi ses semblables", benchmarkPath, schoolStaff})
	if s.Records != nil {
		out = append(out, menuEntry{"Qui a consulté nos chiffres", seenPath, schoolStaff})
	}
	return out
}

// administrationEntries are the pages of administration that this server has.
func (s *server) administrationEntries() (out []menuEntry) {
	out = append(out, s.userMenu()...)
	out = append(out, s.grantEntries()...)
	if s.Agreements != nil {
		out = append(out, menuEntry{"Conventions", "/administration/conventions", administrator})
	}
	if s.Schools != nil {
		out = append(out, menuEntry{"Établissements", "/administration/etablissements", administrator})
	}
	if s.Board != nil {
		out = append(out, menuEntry{"Coffres", vaultsPath, administrator})
	}
	if s.Tokens != nil {
		out = append(out, menuEntry{"Jetons", tokensPath, administrator})
	}
	if s.Records != nil {
		out = append(out, menuEntry{"Journal", journalPath, auditor})
	}
	if s.Secrecy != nil {
		out = append(out, menuEntry{"Secret statistique", secrecyPath, auditor})
	}
	if s.Territory != nil {
		out = append(out, menuEntry{"Territoire", "/administration/territoire", administrator})
	}
	if s.Letters != nil {
		out = append(out, menuEntry{"Courrier", lettersPath, administrator})
	}
	return out
}

// opens tells whether a scope opens any widget of a page; a page without figures is open to all.
func (s *server) opens(scope belvedere.Scope, p *belvedere.Page) bool {
	widgets := s.widgets[p.Code]
	return len(widgets) == 0 || slices.ContainsFunc(widgets, scope.Sees)
}

func plainEntry(label, address, path string) parts.MenuEntry {
	return parts.MenuEntry{Link: parts.Link{Label: label, Address: address, Current: path == address}}
}

// sectionPages are the pages of a section that the reader may open, and whether the reader stands on one of them.
func (s *server) sectionPages(viewer belvedere.Viewer, code, path string) (pages []parts.Link, here bool) {
	for _, p := range s.model.Pages {
		if p.Section == code && s.opens(viewer.Scope, p) {
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

package e2e_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"belvedere/internal/demo"
)

var menuLink = regexp.MustCompile(`<li[^>]*><a href="(/[^"]*)"`)

// TestDemoAccounts opens the link that is printed for each person of the demonstration: each is
// greeted by name, finds in the menu what his or her rights open, and nothing of administration
// unless he or she administers.
func TestDemoAccounts(t *testing.T) {
	s := atStand(t)
	if len(s.homes) != len(demo.Accounts()) {
		t.Fatalf("%d links were printed:\n%s", len(s.homes), s.server.log)
	}
	seen := map[string]bool{}
	for _, d := range demo.Accounts() {
		name := d.FirstName + " " + d.LastName
		body := s.homes[name]
		if !strings.Contains(body, name) {
			t.Errorf("%s is not greeted by name", name)
		}
		var menu []string
		for _, m := range menuLink.FindAllStringSubmatch(body, -1) {
			menu = append(menu, m[1])
		}
		all := strings.Join(menu, " ")
		seen[all] = true
		console := !slices.Contains(d.Schools, demo.InstituteUAI()) // an engineering school has no pages of collèges
		for path, open := range map[string]bool{
			"/administration/utilisateurs": d.Admin, "/livraisons": d.Admin, "/administration/journal": d.Admin || d.Auditor,
			"/etablissement/consultations": d.InSchool && len(d.Within) == 0, // the readings of the whole school
			"/social/":                     console && (d.Widgets == nil || strings.Contains(strings.Join(d.Widgets, " "), "social.")),
			"/travaux/":                    console && (d.Widgets == nil || strings.Contains(strings.Join(d.Widgets, " "), "travaux")), "/connexions/": console, "/superieur/": d.Widgets == nil || !console,
		} {
			if strings.Contains(all, path) != open {
				t.Errorf("%s: %s is open: %v, want %v, among %s", name, path, !open, open, all)
			}
		}
	}
	if len(seen) < 5 {
		t.Errorf("%d different menus", len(seen))
	}
}

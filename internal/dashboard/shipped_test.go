package dashboard_test

import (
	"testing"

	"belvedere"
	"belvedere/catalog"
	"belvedere/internal/dashboard"
	"belvedere/internal/territory/semantic"
)

func model(t testing.TB) *belvedere.Model {
	t.Helper()
	m, err := semantic.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestShipped wants the shipped dashboards to ask what the catalogue knows.
func TestShipped(t *testing.T) {
	m := model(t)
	list, err := semantic.LoadDashboards(m, dashboard.CheckTile(m), catalog.Dashboards)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, d := range list {
		codes[d.Code] = true
		again, err := semantic.ReadDashboard(m, dashboard.CheckTile(m), d.Code, semantic.WriteDashboard(d))
		if err != nil || len(again.Widgets) != len(d.Widgets) {
			t.Errorf("%s written and read: %v", d.Code, err)
		}
	}
	for _, code := range []string{"direction", "abandons", "personnels", "budget", "mobilite", "plateforme"} {
		if !codes[code] {
			t.Errorf("%s is not shipped", code)
		}
	}
}

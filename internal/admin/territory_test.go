package admin_test

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/registry"
)

// settings is a form that must be right.
func settings(change ...func(*admin.TerritoryForm)) admin.TerritoryForm {
	f := admin.TerritoryForm{Name: "Département de la Sarvane", Code: "D099", ReminderDays: "60", JournalMonths: "12", ReceiptMonths: "60"}
	for _, c := range change {
		c(&f)
	}
	return f
}

func TestTerritoryFormsAreChecked(t *testing.T) {
	b := newBureau(t)
	for name, c := range map[string]struct {
		change func(*admin.TerritoryForm)
		want   []string
	}{
		"no name":          {func(f *admin.TerritoryForm) { f.Name = " " }, []string{"nom"}},
		"long name":        {func(f *admin.TerritoryForm) { f.Name = strings.Repeat("é", 121) }, []string{"nom"}},
		"line break":       {func(f *admin.TerritoryForm) { f.Name = "a\r\nb" }, []string{"nom"}},
		"bidi":             {func(f *admin.TerritoryForm) { f.Name = "a\u202eb" }, []string{"nom"}},
		"code":             {func(f *admin.TerritoryForm) { f.Code = "D-35" }, []string{"code"}},
		"long code":        {func(f *admin.TerritoryForm) { f.Code = "ABCDEFG" }, []string{"code"}},
		"named address":    {func(f *admin.TerritoryForm) { f.Contact = "Claire <claire@sarvane.example>" }, []string{"contact"}},
		"no address":       {func(f *admin.TerritoryForm) { f.Contact = "claire" }, []string{"contact"}},
		"header injection": {func(f *admin.TerritoryForm) { f.Contact = "a@b.example\r\nBcc: c@d.example" }, []string{"contact"}},
		"pale colour":      {func(f *admin.TerritoryForm) { f.Accent = "#63c5d0" }, []string{"couleur"}},
		"colour of CSS":    {func(f *admin.TerritoryForm) { f.Accent = "#000;}body{display:none" }, []string{"couleur"}},
		"no days":          {func(f *admin.TerritoryForm) { f.ReminderDays = "0" }, []string{"rappel"}},
		"short receipts":   {func(f *admin.TerritoryForm) { f.ReceiptMonths = "11" }, []string{"recus"}},
		"long receipts":    {func(f *admin.TerritoryForm) { f.ReceiptMonths = "241" }, []string{"recus"}},
		"short journal":    {func(f *admin.TerritoryForm) { f.JournalMonths = "5" }, []string{"journal"}},
		"long journal":     {func(f *admin.TerritoryForm) { f.JournalMonths = "37" }, []string{"journal"}},
		"all at once":      {func(f *admin.TerritoryForm) { *f = admin.TerritoryForm{} }, []string{"nom", "rappel", "journal"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.territory.Save(context.Background(), settings(c.change))
			if got := fields(err); !slices.Equal(got, c.want) {
				t.Errorf("flaws in %v, want %v", got, c.want)
			}
		})
	}
	if kept, err := b.registry.Settings(context.Background()); err != nil || len(kept) != 0 {
		t.Errorf("kept %v, %v", kept, err)
	}
}

func TestTerritoryIsSavedAndToldApart(t *testing.T) {
	b := newBureau(t)
	ctx := context.Background()
	empty, err := b.territory.Form(ctx)
	if err != nil || empty.ReminderDays != "60" || empty.JournalMonths != "12" {
		t.Fatalf("defaults %+v, %v", empty, err)
	}
	f := settings(func(f *admin.TerritoryForm) {
		f.Seen, f.Code, f.Accent, f.SeedPasswords, f.Contact = empty.Seen, "d099", "#6B2D5C", true, "console@sarvane.example"
	})
	changes, err := b.territory.Save(ctx, f)
	if err != nil || len(changes) != 6 {
		t.Fatalf("changes %q, %v", changes, err)
	}
	kept, err := b.registry.Settings(ctx)
	if err != nil || kept[registry.SettingTerritoryCode] != "D099" || kept[registry.SettingSeedPasswords] != "oui" || kept[registry.SettingAccent] != "#6b2d5c" {
		t.Errorf("kept %v, %v", kept, err)
	}
	// Who still has the first form is told, and what was saved stays.
	late := settings(func(f *admin.TerritoryForm) { f.Seen, f.Name = empty.Seen, "Autre nom" })
	_, err = b.territory.Save(ctx, late)
	wantError(t, err, belvedere.Conflict, "nom : Département de la Sarvane → Autre nom")
	now, err := b.territory.Form(ctx)
	if err != nil || now.Name != "Département de la Sarvane" {
		t.Errorf("now %+v, %v", now, err)
	}
	now.SeedPasswords, now.Contact = false, ""
	if changes, err = b.territory.Save(ctx, now); err != nil || len(changes) != 2 {
		t.Errorf("changes %q, %v", changes, err)
	}
}

// contrastOf is the ratio of WCAG 2.2, written apart from the program.
func contrastOf(t *testing.T, a, b string) float64 {
	light := func(s string) float64 {
		var sum float64
		for i, weight := range []float64{.2126, .7152, .0722} {
			n, err := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatalf("colour %q: %v", s, err)
			}
			v := float64(n) / 255
			if v > .04045 {
				v = math.Pow((v+.055)/1.055, 2.4)
			} else {
				v /= 12.92
			}
			sum += weight * v
		}
		return sum + .05
	}
	x, y := light(a), light(b)
	return max(x, y) / min(x, y)
}

func TestPalettesAreRead(t *testing.T) {
	for _, accent := range []string{"#0b6470", "#6b2d5c", "#000000", "#00008b", "#b3261e", "#1b6b3a", "#8a4b00", "#5b2a86", "#6d6d6d", "#0000ff", "#7a0019"} {
		p, err := admin.PaletteOf(accent)
		if err != nil {
			t.Errorf("%s: %v", accent, err)
			continue
		}
		for _, c := range []struct {
			what, text, ground string
		}{
			{"on paper", p.Accent, "#ffffff"}, {"on hovered lines", p.Accent, "#f5f7f6"}, {"text on it", p.OnAccent, p.Accent}, {"on what is chosen", p.Accent, p.Ground},
			{"ink on what is chosen", "#16201f", p.Ground}, {"dark, on paper", p.AccentDark, "#111718"}, {"dark, on hovered lines", p.AccentDark, "#182021"},
			{"dark, text on it", p.OnAccentDark, p.AccentDark}, {"dark, on what is chosen", p.AccentDark, p.GroundDark}, {"dark, ink on what is chosen", "#e6ecea", p.GroundDark},
		} {
			if r := contrastOf(t, c.text, c.ground); r < 4.5 {
				t.Errorf("%s %s: %s on %s is %.2f", accent, c.what, c.text, c.ground, r)
			}
		}
		if css := p.CSS(); strings.ContainsAny(css, "<@\\") || strings.Count(css, "light-dark(") != 3 {
			t.Errorf("style %q", css)
		}
	}
}

func TestPaleColoursAreRefusedWithTheirRatio(t *testing.T) {
	for accent, says := range map[string]string{
		"#ffffff": "1,00", "#ffff00": "1,07", "#767676": "4,5", "#63c5d0": "2,0", "#0b647": "six chiffres", "red": "six chiffres", "#0b6470ff": "six chiffres", "": "six chiffres", "#é1234": "six chiffres",
	} {
		_, err := admin.PaletteOf(accent)
		if accent == "#767676" { // 4.54 on white, less on a hovered line
			says = "4,2"
		}
		wantError(t, err, belvedere.Invalid, says)
	}
}

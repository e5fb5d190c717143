package web_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
)

// settled is a bureau with conventions in each state, a corrected school, colours and a logo.
func settled(t *testing.T) (b *bureau, kept, withdrawn int64) {
	b = newBureau(t)
	kept = b.create(t, agreementValues()).ID
	for i, days := range [][2]string{{"2026-09-01", "2026-12-31"}, {"2027-09-01", ""}, {"2024-09-01", "2025-08-31"}, {"2026-10-01", ""}} {
		v := agreementValues()
		v.Set("debut", days[0])
		v.Set("fin", days[1])
		v.Set("reference", fmt.Sprintf("Délibération n° %d de la commission permanente, au nom particulièrement long", i))
		v["etendus"] = []string{"31"}
		withdrawn = b.create(t, v).ID
	}
	b.wantDone(t, b.post(fmt.Sprintf("/administration/conventions/%d/retirer", withdrawn), nil), "retirée")
	b.wantDone(t, b.post("/administration/etablissements/"+string(prevert), url.Values{"code_postal": {"99001", "99009"}, "faire": {"valider"}, "version": {"0"}}), "enregistrée")
	logo := image.NewNRGBA(image.Rect(0, 0, 480, 120))
	for i := range logo.Pix {
		logo.Pix[i] = 0xc0
	}
	logo.Set(0, 0, color.NRGBA{})
	var out bytes.Buffer
	if err := png.Encode(&out, logo); err != nil {
		t.Fatal(err)
	}
	b.wantDone(t, b.send(t, "/administration/territoire/logo", "logo", "logo.png", out.Bytes()), "enregistré")
	w := b.get("/administration/territoire")
	b.wantDone(t, b.post("/administration/territoire", url.Values{"nom": {"Département de la Sarvane"}, "code": {"D099"}, "couleur": {"#6b2d5c"}, "rappel": {"60"}, "journal": {"12"}, "vu": {hiddenOf(t, w, "vu")}}), "enregistrés")
	return b, kept, withdrawn
}

// TestAdministrationAccessibility asks axe about each page of conventions, territory and schools.
func TestAdministrationAccessibility(t *testing.T) {
	if *axe == "" {
		t.Skip("needs -axe axe.min.js (or AXE in the environment)")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t)
	b, kept, withdrawn := settled(t)
	server := httptest.NewServer(b)
	defer server.Close()
	one, school := fmt.Sprint("/administration/conventions/", kept), "/administration/etablissements/"+string(prevert)
	const sent = "document.querySelector('.main form[method=post] .button.main-action').click()"
	drop := func(lines string) string {
		return fmt.Sprintf("const d = new DataTransfer(); d.items.add(new File([%q], 'c.csv')); document.querySelector('[type=file]').files = d.files; %s", "etablissement;debut;base;themes\n"+lines, sent)
	}
	list := []struct{ name, address, open string }{
		{"conventions", "/administration/conventions?fait=retiree", ""}, {"cherche", "/administration/conventions?q=zzz", ""},
		{"nouvelle", "/administration/conventions/nouvelle?etablissement=" + string(jaures), ""}, {"fautes", "/administration/conventions/nouvelle", sent},
		{"convention", one, ""}, {"effet", one, sent}, {"retirer", one + "/retirer", ""}, {"retiree", fmt.Sprint("/administration/conventions/", withdrawn), ""},
		{"import-conventions", "/administration/conventions/import", ""},
		{"rapport", "/administration/conventions/import", drop(string(jaures) + ";2026-09-01;Consentement;tous\n")},
		{"rapport-fautes", "/administration/conventions/import", drop("0990001A;2026-13-01;;cantine\n")},
		{"territoire", "/administration/territoire?fait=logo", ""}, {"territoire-fautes", "/administration/territoire", "document.querySelector('[name=couleur]').value = '#63c5d0'; " + sent},
		{"etablissements", "/administration/etablissements", ""}, {"etablissement", school, ""},
		{"etablissement-fautes", school, "document.querySelector('[name=code_postal]').value = '2A004'; " + sent},
		{"crayons", "/moyens/par-etablissement", ""},
	}
	for _, width := range []int64{1440, 390} {
		for _, theme := range []string{"light", "dark"} {
			for _, p := range list {
				name := fmt.Sprintf("%s-%d-%s", p.name, width, theme)
				t.Run(name, func(t *testing.T) { judge(t, ctx, server.URL+p.address, p.open, string(script), width, theme, name) })
			}
		}
	}
}

package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"belvedere/internal/registry"
)

// send posts a file as the form does.
func (o *offices) send(t *testing.T, address, file string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("fichier", "utilisateurs.csv")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte(file))
	form.Close()
	return o.do("POST", address, &b, header("Content-Type", form.FormDataContentType()), header("Sec-Fetch-Site", "same-origin"))
}

var hiddenField = regexp.MustCompile(`name="(essai|contenu)" value="([^"]*)"`)

func TestImportIsTriedThenConfirmed(t *testing.T) {
	o := newOffices(t, 5)
	const path = "/administration/utilisateurs/import"
	w := o.send(t, path, "nom;prenom;mail\nCaron;Inès;ines@exemple.fr\nPetit;Marc;marc@exemple.fr\n")
	page := w.Body.String()
	wants(t, page, "2 créés", "Inès CARON", "Importer et inviter")
	before := o.everything(t)
	form := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], m[2])
	}
	for name, change := range map[string]func(url.Values){
		"no seal":      func(f url.Values) { f.Del("essai") },
		"other seal":   func(f url.Values) { f.Set("essai", strings.Repeat("0", 64)) },
		"other file":   func(f url.Values) { f.Set("contenu", "H4sIAAAAAAAA_8rNTMzhAgQAAP__") },
		"broken file":  func(f url.Values) { f.Set("contenu", "%%%") },
		"nothing left": func(f url.Values) { f.Del("contenu") },
	} {
		bad := url.Values{"essai": form["essai"], "contenu": form["contenu"]}
		change(bad)
		if w := o.post(path+"/appliquer", bad); w.Code != http.StatusBadRequest && w.Code != http.StatusConflict {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if o.everything(t) != before {
		t.Fatal("refused confirmations have written")
	}
	if where := o.must(t, path+"/appliquer", form); where != "/administration/utilisateurs?fait=importe" {
		t.Errorf("leads to %s", where)
	}
	if w := o.post(path+"/appliquer", form); w.Code != http.StatusConflict {
		t.Errorf("confirmed again: %d", w.Code)
	}
	if _, total, _ := o.reg.ListAccounts(t.Context(), registry.AccountFilter{}, registry.Page{}); total != 3 {
		t.Errorf("%d accounts", total)
	}
}

func TestImportShowsWhatIsWrong(t *testing.T) {
	o := newOffices(t, 5)
	w := o.send(t, "/administration/utilisateurs/import", "nom;prenom;mail;etablissements\n<script>;Inès;ines@exemple.fr;0990077W\nPetit;Marc;marc@exemple.fr;\n")
	page := w.Body.String()
	wants(t, page, "1 en erreur", "colonne 4 (etablissements)", "0990077W", "&lt;script&gt;")
	if strings.Contains(page, "Importer et inviter") || strings.Contains(page, "<script>;") {
		t.Error("offers to import what is wrong")
	}
	for name, file := range map[string]string{"nothing": "", "password column": "mail;motdepasse\na@exemple.fr;x\n", "too big": "mail\n" + strings.Repeat("x\n", 1<<20+1)} {
		if w := o.send(t, "/administration/utilisateurs/import", file); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestExportOfUsers(t *testing.T) {
	o := newOffices(t, 5)
	o.hire(t)
	w := o.get("/administration/utilisateurs/export.csv")
	if !strings.HasPrefix(w.Body.String(), "\ufeffnom;prenom;mail;") || !strings.Contains(w.Header().Get("Content-Disposition"), "utilisateurs.csv") {
		t.Errorf("%v %q", w.Header(), w.Body.String())
	}
	if page := o.send(t, "/administration/utilisateurs/import", w.Body.String()).Body.String(); !strings.Contains(page, "Il n’y a rien à importer") {
		t.Errorf("comes back as %s", plain(page))
	}
	last := o.journal.list[len(o.journal.list)-2]
	if last.Action != "export" || last.Object != "tous les utilisateurs" {
		t.Errorf("journal %+v", last)
	}
}

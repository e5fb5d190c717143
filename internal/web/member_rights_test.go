package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/admin"
	"belvedere/internal/web/webtest"
)

// An administrator limits a user to members found by a search, without a script: the search writes nothing,
// what is ticked is kept and told in the journal, and a member that nobody has is refused with its field.
func TestLimitAUserToMembers(t *testing.T) {
	o := newOffices(t, 5)
	found, _ := admin.FindMembers(webtest.Model(), "niveau", "", 1)
	a := o.hire(t)
	path := fmt.Sprintf("/administration/utilisateurs/%d/autorisations", a.ID)
	page := o.get(path).Body.String()
	wants(t, page, "Limiter à une partie de l’établissement", "Aucune limite", `name="dimension"`)
	dim, code, label := found[0].Dim.Name, found[0].Code, found[0].Label
	w := o.post(path, url.Values{"version": {fmt.Sprint(a.Version)}, "rubrique": {"travaux"}, "geste": {"chercher-membres"}, "dimension": {dim}, "cherche_membre": {label}})
	if w.Code != http.StatusOK {
		t.Fatalf("search: %d", w.Code)
	}
	wants(t, w.Body.String(), `value="`+dim+`=`+code+`"`, "trouvé")
	if kept, _ := o.reg.Account(t.Context(), a.ID); kept.Version != a.Version {
		t.Error("a search wrote the account")
	}
	o.must(t, path, url.Values{"version": {fmt.Sprint(a.Version)}, "rubrique": {"travaux"}, "membre": {dim + "=" + code}})
	kept, _ := o.reg.Account(t.Context(), a.ID)
	if len(kept.Within) != 1 || kept.Within[0].Dim != dim || kept.Within[0].Codes[0] != code {
		t.Fatalf("kept %+v", kept.Within)
	}
	if last := o.journal.list[len(o.journal.list)-1]; !strings.Contains(last.Detail, "Limité à") {
		t.Errorf("journal %+v", last)
	}
	wants(t, o.get(path).Body.String(), `value="`+dim+`=`+code+`" checked`)
	for _, bad := range []string{dim + "=<script>", "nulle=part", "=", dim + "="} {
		w := o.post(path, url.Values{"version": {fmt.Sprint(kept.Version)}, "rubrique": {"travaux"}, "membre": {dim + "=" + code, bad}})
		again, _ := o.reg.Account(t.Context(), a.ID)
		if !belvedere.SameWithin(again.Within, kept.Within) || w.Code >= 500 || strings.Contains(w.Body.String(), "<script>"+`"`) {
			t.Errorf("%q: %d, kept %+v", bad, w.Code, again.Within)
		}
		kept = again
	}
	o.must(t, path, url.Values{"version": {fmt.Sprint(kept.Version)}, "rubrique": {"travaux"}})
	if kept, _ = o.reg.Account(t.Context(), a.ID); kept.Within != nil {
		t.Errorf("no member ticked is no limit: %+v", kept.Within)
	}
}

package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"belvedere"
)

// private are addresses of what is the administrator's alone: a token of reading, a file and a draft of an extract, a regular one, a
// dashboard, a formula, a population, a query, a request and a file that waits to be described.
func (f *fort) private() map[string]url.Values {
	out := map[string]url.Values{
		"GET /extractions/nouvelle?brouillon=4&etape=6":  nil,
		"GET /extractions/regulieres/nouvelle?extrait=2": nil,
		"POST /extractions/nouvelle":                     {"brouillon": {"4"}, "etape": {"4"}, "finalite": {"Une autre finalité que la sienne"}, "base": {"mission"}, "destinataires": {"Moi"}, "duree": {"30"}},
		"POST /extractions/regulieres/nouvelle":          {"extrait": {"2"}, "nom": {"Vol"}, "rythme": {"lundi"}, "lieu": {"partage"}},
		"POST /extractions/regulieres/2/changer":         {"geste": {"supprimer"}},
		"GET /jeux/nouveau/fichier/" + f.file:            nil,
		"POST /jeux/nouveau/fichier/" + f.file:           {"geste": {"oublier"}},
		"POST /compte/jetons/3/retirer":                  {},
		"GET /demandes/1":                                nil,
		"POST /demandes/1":                               {"geste": {"retirer"}, "motif": {"x"}, "version": {"1"}},
		"GET /requetes/3":                                nil,
		"GET /requetes/3/versions":                       nil,
		"POST /requetes/3/supprimer":                     {},
		"POST /requetes/3/partager":                      {"partage": {"tous"}},
		"POST /requetes/3/copier":                        {},
		"POST /requetes/3/verifier":                      {"version": {"1"}},
	}
	for _, act := range []string{"prendre", "phrase", "annuler", "supprimer", "detruit", "refaire"} {
		out["POST /extractions/2/"+act] = url.Values{}
	}
	for _, page := range []string{"", "/retirer", "/partage", "/versions", "/apercu", "/modifier", "/modifier/a"} {
		out["GET /tableaux-de-bord/1"+page] = nil
		if page != "" && page != "/apercu" {
			out["POST /tableaux-de-bord/1"+page] = url.Values{"geste": {"enregistrer"}, "element": {"a"}, "genre": {"texte"}, "texte": {"x"}, "partage": {"tous"}, "version": {"1"}, "etape": {"0"}}
		}
	}
	for _, act := range []string{"copier", "accueil", "verifier"} {
		out["POST /tableaux-de-bord/1/"+act] = url.Values{"version": {"1"}}
	}
	for _, one := range []string{"/formules/un", "/populations/un"} {
		out["GET "+one], out["GET "+one+"/modifier"] = nil, nil
		out["POST "+one+"/modifier"] = url.Values{"geste": {"enregistrer"}, "version": {"1"}, "libelle": {"Vol"}, "texte": {map[string]string{"/formules/un": "eleves", "/populations/un": "niveau=5eme"}[one]}}
		for _, act := range []string{"partager", "verifier", "supprimer"} {
			out["POST "+one+"?"+act] = url.Values{"geste": {act}, "version": {"1"}}
		}
	}
	return out
}

// TestOthersThingsAreClosed asks for what is another's by its number or name, with every grant there is.
func TestOthersThingsAreClosed(t *testing.T) {
	f := newFort(t)
	before := f.dump()
	all := account(func(v *belvedere.Viewer) {
		v.ID, v.Login, v.Name, v.Strong = 7, "Rose@LEGOFF", "Rose Legoff", true
		v.Grants = []belvedere.Grant{{Capability: belvedere.Author}, {Capability: belvedere.Extractor, Level: belvedere.Identities, AllSchools: true}, {Capability: belvedere.DataOfficer}}
	})
	for _, who := range []belvedere.Viewer{reader, strong(school), extracting, writer, answering, all} {
		f.as = who
		for address, values := range f.private() {
			if oversees := who.May(belvedere.DataOfficer); oversees && strings.HasSuffix(address, "/supprimer") && strings.Contains(address, "/extractions/") {
				continue // who answers for the data takes a file away, and reads it no more than others
			} else if oversees && strings.Contains(address, "/regulieres/2/") {
				values = url.Values{"geste": {"reprendre"}}
			}
			method, path, _ := strings.Cut(address, " ")
			w := f.send(method, path, values.Encode())
			if w.Code != 403 && w.Code != 404 {
				t.Errorf("%s as %s: %d to %q", address, who.Login, w.Code, w.Header().Get("Location"))
			}
			for _, word := range []string{"Nombre un", "Rapport annuel d’activité", "cantines.csv", "Requête privée"} {
				if strings.Contains(w.Body.String(), word) {
					t.Errorf("%s as %s says %q", address, who.Login, word)
				}
			}
		}
		if w := f.ask("GET /extractions/2"); (w.Code == 404) == who.May(belvedere.DataOfficer) {
			t.Errorf("the page of an extract as %s: %d", who.Login, w.Code)
		}
		if w := f.send("POST", "/extractions/tracer", ""); (w.Code == 403) == who.May(belvedere.DataOfficer) {
			t.Errorf("a copy is read for %s: %d", who.Login, w.Code) // before its first byte
		}
		for _, list := range []string{"/compte/jetons", "/extractions", "/extractions/regulieres", "/formules", "/populations", "/requetes", "/tableaux-de-bord", "/demandes", "/demandes/a-traiter"} {
			body := f.ask("GET " + list).Body.String()
			for _, word := range []string{"Nombre un", "Requête privée"} {
				if strings.Contains(body, word) {
					t.Errorf("%s as %s says %q", list, who.Login, word)
				}
			}
		}
		if f.dump() != before {
			t.Fatalf("%s has changed what is another’s", who.Login)
		}
	}
	f.as = strong(boss) // all of it is there for whose it is: else the test shows nothing
	for address := range f.private() {
		if method, path, _ := strings.Cut(address, " "); method == "GET" {
			if w := f.ask("GET " + path); w.Code != 200 && w.Code != 303 {
				t.Errorf("%s is not there: %d", address, w.Code)
			}
		}
	}
	if w := f.send("POST", "/extractions/2/prendre", ""); w.Code != 200 || w.Body.Len() == 0 {
		t.Errorf("the file is not handed out to whose it is: %d", w.Code)
	}
}

// TestOtherSchoolsAreClosed asks for every address about names with the number of another school.
func TestOtherSchoolsAreClosed(t *testing.T) {
	f := newFort(t)
	other, n := string(belvedere.UAIFromNumber(990001)), 0
	for _, who := range []belvedere.Viewer{strong(school), extracting} {
		f.as = who
		for address, rt := range f.addresses() {
			if rt.Right != "nominative" || !strings.Contains(rt.Path, "{uai}") {
				continue
			}
			n++
			if w := f.ask(strings.Replace(address, string(school.Scope.Own[0]), other, 1)); w.Code != 403 && w.Code != 404 {
				t.Errorf("%s in the school %s as %s: %d to %q", address, other, who.Login, w.Code, fmt.Sprint(w.Header()["Location"]))
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d addresses were asked", n)
	}
}

package app_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// An institution with two departments whose figures no sum or difference can hide: those of Génie civil, of
// Informatique, and both together.
const (
	civil, computing, together = "41017", "52029", "93046"
	foreignName                = "Informatique"
)

func institution(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, app: openBare(t), figures: []string{civil, computing}}
	h.watch = newWatch(h.app, beforeMidnight)
	u := uai(t, "9990001")
	h.schools = []belvedere.UAI{belvedere.UAI(u)}
	edition(t, h.app, map[string]string{
		"etablissements": "etablissement;nom;type\n" + u + ";École d’ingénieurs;superieur\n",
		"inscriptions": "etablissement;jour;nature_inscription;composante;formation;niveau;sexe;statut_inscription;inscrits\n" +
			fmt.Sprintf("%[1]s;2025-10-01;administrative;Génie civil;Béton;ingenieur1;F;actif;%[2]s\n%[1]s;2025-10-01;administrative;Informatique;Réseaux;ingenieur1;F;actif;%[3]s\n", u, civil, computing),
		"etudiants": "etablissement;periode;debut;sexe;etudiants\n" + u + ";annee;2025-09-01;ensemble;" + together + "\n",
		"budget":    "etablissement;jour;composante;nature_budget;vote;engage;paye\n" + u + ";2025-10-01;Génie civil;fonctionnement;41017;1;1\n" + u + ";2025-10-01;Informatique;fonctionnement;52029;2;2\n",
	})
	h.account = member(t, h.app, registry.Account{FirstName: "Ronan", LastName: "QUILLIEN", AllWidgets: true, Place: registry.InSchool, Schools: h.schools})
	author := registry.Grant{Grant: belvedere.Grant{Account: h.account.ID, Capability: belvedere.Author, Purpose: "Pilotage", Approver: "Claire MORVAN", From: h.watch.now(), Until: h.watch.now().Add(time.Hour)}, Created: h.watch.now()}
	if _, err := h.app.Registry.CreateGrant(t.Context(), author); err != nil {
		t.Fatal(err)
	}
	h.session = enter(t, h.app, h.account)
	h.url = serve(t, h.app)
	return h
}

// limit limits the account, to nothing for an empty text.
func (h *house) limit(text string) {
	h.t.Helper()
	within, err := belvedere.ParseWithin(text)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.update(func(x *registry.Account) { x.Within = within }); err != nil {
		h.t.Fatal(err)
	}
}

// doors are addresses by which figures of registrations leave the program.
var doors = []string{
	"/explorateur?indicateurs=inscrits&annee=2025", "/explorateur?indicateurs=inscrits&lignes=composante&part=total&annee=2025", "/explorateur?indicateurs=inscrits&lignes=formation&annee=2025",
	"/explorateur?indicateurs=inscrits&lignes=sexe&colonnes=composante&annee=2025", "/explorateur?indicateurs=inscrits&lignes=composante,formation&sous_totaux=oui&annee=2025",
	"/explorateur?indicateurs=inscrits&lignes=etablissement&annee=2025&format=csv", "/explorateur?indicateurs=inscrits&lignes=composante&annee=2025&format=json", "/explorateur?indicateurs=inscrits&lignes=composante&annee=2025&comparer=an_dernier",
	"/tableaux-de-bord/direction?annee=2025",
	"/api/v1/donnees?indicateurs=inscrits&par=etablissement&ou=annee=2025&total=oui", "/api/v1/donnees?indicateurs=inscrits&par=composante&ou=annee=2025&total=oui&format=csv",
	"/api/v1/donnees?indicateurs=inscrits&par=formation&ou=annee=2025", "/api/v1/donnees?indicateurs=inscrits&par=mois&ou=annee=2025", "/api/v1/donnees?indicateurs=budget_vote&par=composante&ou=annee=2025",
}

// A head of department sees the figures of the department by every door, and nothing of another: no figure,
// no total that holds it, no name. Limits bite at the next request, and go at the next.
func TestHeadOfDepartment(t *testing.T) {
	unprotected(t)
	h := institution(t)
	digits := regexp.MustCompile(`[^0-9](` + civil + `|` + computing + `|` + together + `)[^0-9]`)
	ask := func(door string) string {
		t.Helper()
		status, body := h.get(door, h.session)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %.500s", door, status, body)
		}
		return body
	}
	figures := func(body string) map[string]bool {
		out := map[string]bool{}
		for _, m := range digits.FindAllStringSubmatch(unspaced.Replace(body)+" ", -1) {
			out[m[1]] = true
		}
		return out
	}
	for _, door := range doors {
		h.limit("")
		if got := figures(ask(door)); !got[computing] && !got[together] {
			t.Errorf("%s without limit shows %v: it proves nothing", door, got)
		}
		h.limit("composante=Genie_civil")
		body := ask(door)
		if got := figures(body); got[computing] || got[together] || !got[civil] {
			t.Errorf("%s with the limit shows %v", door, got)
		}
		if at := strings.Index(body, foreignName); at >= 0 {
			t.Errorf("%s names the other department: …%s…", door, body[max(0, at-120):min(len(body), at+80)])
		}
		if !strings.Contains(body, "Génie civil") {
			t.Errorf("%s does not say that it is limited", door)
		}
	}
	h.foreign(ask)
	h.closed()
}

// foreign asks for the other department by name: the answer is that for one that nobody has.
func (h *house) foreign(ask func(string) string) {
	for _, door := range []string{"/explorateur?indicateurs=inscrits&lignes=formation&annee=2025&filtre.composante=%s", "/api/v1/donnees?indicateurs=inscrits&ou=annee=2025&ou=composante=%s",
		"/api/v1/donnees?indicateurs=inscrits&ou=annee=2025&ou=composante!=%s", "/api/v1/donnees?indicateurs=inscrits[composante=%s]&ou=annee=2025"} {
		one, foreign := h.get(fmt.Sprintf(door, foreignName), h.session)
		two, unknown := h.get(fmt.Sprintf(door, "Zzinconnu"), h.session)
		if strings.Contains(door, "texte=") && one != http.StatusOK || strings.Contains(door, "formule=") && (one != http.StatusOK || !strings.Contains(foreign, "non_communique") && !strings.Contains(foreign, civil)) {
			h.t.Errorf("%s: %d %.600s", door, one, foreign)
		}
		plain := func(body, name string) string {
			return regexp.MustCompile(`(?i)(recu|reçu|instance|identifiant|nonce|trace)[^<\n]*`).ReplaceAllString(strings.ReplaceAll(body, name, "X"), "")
		}
		if one != two || plain(foreign, foreignName) != plain(unknown, "Zzinconnu") {
			x, y, at := plain(foreign, foreignName), plain(unknown, "Zzinconnu"), 0
			for at < min(len(x), len(y)) && x[at] == y[at] {
				at++
			}
			h.t.Errorf("%s: %d and %d, or other words:\n%.400s\n%.400s", door, one, two, x[max(0, at-200):], y[max(0, at-200):])
		}
	}
	if body := ask("/recherche?q=" + foreignName); strings.Contains(strings.ReplaceAll(body, `value="`+foreignName+`"`, ""), "Réseaux") {
		h.t.Errorf("the search names the other department")
	}
}

// closed asks for what is not known by department, and for what is about the whole institution.
func (h *house) closed() {
	_, body := h.get("/api/v1/donnees?indicateurs=etudiants&ou=annee=2025&format=csv", h.session)
	if strings.Contains(unspaced.Replace(body), together) || !strings.Contains(body, "non") {
		h.t.Errorf("students counted once for the whole institution: %.400s", body)
	}
	for _, door := range []string{"/mon-etablissement/" + string(h.schools[0]) + "/eleves", "/comparaison"} {
		if status, body := h.get(door, h.session); status < 400 && strings.Contains(unspaced.Replace(body), together) {
			h.t.Errorf("%s: %d", door, status)
		}
	}
	status, body := h.get("/pourquoi?indicateur=etudiants&etablissement="+string(h.schools[0]), h.session)
	if status != http.StatusOK || !strings.Contains(body, "n’est pas connu par") {
		h.t.Errorf("« Pourquoi ? » says %d %.600s", status, body)
	}
}

// A grant opens another department for the time that it holds; it is not crossed with the account.
func TestGrantOfADepartment(t *testing.T) {
	unprotected(t)
	h := institution(t)
	h.limit("composante=Genie_civil")
	door := "/api/v1/donnees?indicateurs=inscrits&par=composante&ou=annee=2025&total=oui"
	g := registry.Grant{Grant: belvedere.Grant{Account: h.account.ID, Schools: h.schools, AllWidgets: true, Within: []belvedere.Within{{Dim: "composante", Codes: []string{"Informatique"}}},
		Purpose: "Intérim", Approver: "Claire MORVAN", From: h.watch.now(), Until: h.watch.now().Add(5 * time.Minute)}, Created: h.watch.now()}
	if _, err := h.app.Registry.CreateGrant(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	if _, body := h.get(door, h.session); !strings.Contains(body, together) || !strings.Contains(body, computing) {
		t.Errorf("with the grant: %.600s", body)
	}
	h.watch.pass(5 * time.Minute)
	if _, body := h.get(door, h.session); strings.Contains(body, together) || strings.Contains(body, computing) || !strings.Contains(body, civil) {
		t.Errorf("after its end: %.600s", body)
	}
}

package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"belvedere"
)

// open are the addresses that others than administrators reach, by their right; one's own account
// and the declared pages apart. An address that comes to it is weighed here first.
var open = map[string]string{
	"public": "GET /connexion, POST /connexion, GET /connexion/code, POST /connexion/code, POST /connexion/cle/debut, POST /connexion/cle/fin, POST /deconnexion, " +
		"GET /oubli, POST /oubli, GET /reinitialiser, GET /reinitialiser/{jeton}, POST /reinitialiser/{jeton}, GET /invitation, GET /invitation/{jeton}, POST /invitation/{jeton}, " +
		"GET /adresse, GET /adresse/{jeton}, POST /adresse/{jeton}, GET /entree/{jeton}, POST /entree/{jeton}, GET /politique-mots-de-passe, " +
		"POST /theme, GET /assets/{sum}/{name}, GET /couleurs.css, GET /logo/{file}, GET /sante",
	"machine": "GET /metrics",
	"signed in": "GET /compte/jetons, GET /compte/jetons/nouveau, POST /compte/jetons/nouveau, POST /compte/jetons/{id}/retirer, GET /demandes, GET /demandes/a-traiter, POST /demandes/a-traiter, GET /demandes/delais, GET /demandes/revues, POST /demandes/revues, GET /demandes/suppleance, POST /demandes/suppleance, " +
		"GET /demandes/nouvelle/{procedure}, POST /demandes/nouvelle/{procedure}, GET /demandes/{id}, POST /demandes/{id}, " +
		"GET /alertes, POST /alertes/vu, GET /alertes/nouvelle, POST /alertes/nouvelle, POST /alertes/{id}/pause, GET /alertes/{id}/retirer, POST /alertes/{id}/retirer, " +
		"GET /envois, GET /envois/nouveau, POST /envois/nouveau, GET /envois/{id}/arreter, POST /envois/{id}/arreter, POST /envois/{id}/pause, POST /envois/{id}/maintenant, " +
		"GET /indicateurs, GET /recherche, GET /editions, GET /editions/{numero}, GET /pourquoi, GET /couverture, GET /recus, GET /recu/{code}, GET /ecart, GET /comparaison, " +
		"GET /definitions, GET /definitions/{id}, POST /definitions/{id}, POST /definitions/questions/{id}, " +
		"GET /requetes, GET /requetes/{id}, " +
		"GET /indicateurs/{code}, GET /indicateurs/{code}/proposer, POST /indicateurs/{code}/proposer, POST /indicateurs/{code}/questions",
	"school": "GET /etablissement/consultations, GET /etablissement/collectivite, POST /etablissement/collectivite, GET /etablissement/collectivite/{numero}/chiffres.csv",
	"nominative": "GET /ecole, GET /ecole/{uai}/rentree, POST /ecole/{uai}/rentree, POST /ecole/{uai}/rentree/etape, POST /ecole/{uai}/rentree/reglages, " +
		"GET /ecole/{uai}/imports, GET /ecole/{uai}/imports/{numero}, POST /ecole/{uai}/imports/{numero}, GET /ecole/{uai}/releve, POST /ecole/{uai}/releve, " +
		"GET /ecole/{uai}/releve/{numero}, POST /ecole/{uai}/releve/{numero}, GET /ecole/{uai}/rapprochements, POST /ecole/{uai}/rapprochements, POST /ecole/{uai}/services, " +
		"GET /ecole/{uai}/doublons, POST /ecole/{uai}/doublons, GET /ecole/{uai}/eleves, GET /ecole/{uai}/eleves/{numero}, " +
		"GET /ecole/{uai}/eleves/{numero}/export.json, GET /ecole/{uai}/eleves/{numero}/effacer, POST /ecole/{uai}/eleves/{numero}/effacer, " +
		"GET /ecole/{uai}/annuaire, POST /ecole/{uai}/annuaire, POST /ecole/{uai}/annuaire/export, GET /ecole/{uai}/listes, GET /ecole/{uai}/listes.csv, " +
		"GET /ecole/{uai}/courriers, POST /ecole/{uai}/courriers, GET /ecole/{uai}/courriers/{numero}, POST /ecole/{uai}/courriers/{numero}, " +
		"GET /ecole/{uai}/emploi-du-temps, GET /ecole/{uai}/cours/{numero}, POST /ecole/{uai}/cours/{numero}/appel, POST /ecole/{uai}/cours/{numero}/deplacement, " +
		"GET /ecole/{uai}/appels, GET /ecole/{uai}/appels/manque, GET /ecole/{uai}/calendrier, POST /ecole/{uai}/calendrier, " +
		"GET /ecole/{uai}/courriers/apercu.pdf, GET /ecole/{uai}/courriers/modeles/{profil}, POST /ecole/{uai}/courriers/modeles/{profil}",
	"author":  "GET /explorateur, POST /requetes, GET /requetes/{id}/versions, POST /requetes/{id}/partager, POST /requetes/{id}/copier, POST /requetes/{id}/supprimer",
	"officer": "POST /requetes/{id}/verifier",
	"auditor": "GET /administration/habilitations, GET /administration/journal, GET /administration/journal/export.csv, POST /administration/journal/verification, " +
		"GET /administration/secret, POST /administration/secret, POST /administration/secret/diffuser",
}

// TestOpenRoutesAreKnown compares what each address declares with this list: whatever it does not
// hold is for administrators.
func TestOpenRoutesAreKnown(t *testing.T) {
	want := map[string]string{}
	for right, list := range open {
		for address := range strings.SplitSeq(list, ", ") {
			want[address] = right
		}
	}
	f := newFort(t)
	for _, p := range f.reports.Catalogue.Pages {
		want["GET "+p.Path] = "signed in"
	}
	for _, rt := range f.addresses() {
		address := rt.Method + " " + rt.Path
		right := want[address]
		switch {
		case right == "" && (rt.Path == "/compte" || strings.HasPrefix(rt.Path, "/compte/")):
			right = "account"
		case right == "":
			right = "administrator"
		}
		if rt.Right != right {
			t.Errorf("%s is open to %q, want %q", address, rt.Right, right)
		}
		delete(want, address)
	}
	for address := range want {
		t.Errorf("%s does not exist any more", address)
	}
}

// TestRightsOfEveryRoute asks each address as each role. What a role may is written here, by the
// right that the address declares.
func TestRightsOfEveryRoute(t *testing.T) {
	const (
		toSignIn = "/connexion"
		toFactor = "/compte/securite"
	)
	refusals := []string{"réservée à ceux qui composent", "réservée à ceux qui extraient", "réservée aux responsables des données", "réservée aux administrateurs", "réservé aux administrateurs", "travaillent dans un établissement", "données nominatives d’un établissement sont réservées", "ouverte à personne"}
	cases := 0
	for _, who := range roles {
		f := newFort(t) // what one role does is not found by the next
		f.as = who.viewer
		addresses := f.addresses()
		for _, address := range slices.Sorted(maps.Keys(addresses)) {
			cases++
			rt := addresses[address]
			w := f.ask(address)
			location := w.Header().Get("Location")
			refused := w.Code == 403 && slices.ContainsFunc(refusals, func(s string) bool { return strings.Contains(w.Body.String(), s) })
			led := w.Code == 303 && (location == toFactor || location == toSignIn || strings.HasPrefix(location, toSignIn+"?retour="))
			var ok bool
			switch {
			case rt.Right == "machine": // these requests come from elsewhere
				ok = w.Code == 404
			case slices.Contains(who.opens, rt.Right):
				ok = rt.Right == "public" || !refused && w.Code != 401 && !led
			case who.viewer.Kind == belvedere.Nobody && rt.Method == "POST":
				ok = w.Code == 401
			case who.viewer.Kind == belvedere.Nobody:
				ok = led && location != toFactor
			case rt.Right == "nominative" && who.viewer.School && !who.viewer.Strong:
				ok = w.Code == 303 && location == toFactor+"?fait=nominatif"
			case (who.viewer.Admin || who.viewer.Auditor) && !who.viewer.Strong:
				ok = led && location == toFactor
			default:
				ok = refused
			}
			if !ok {
				t.Errorf("%s as %s: %d to %q", address, who.name, w.Code, location)
			}
			if w.Body.Len() > 0 && w.Header().Get("Content-Type") == "" {
				t.Errorf("%s as %s: an answer without type", address, who.name)
			}
			if rt.Right == "" {
				t.Errorf("%s declares no right", address)
			}
		}
	}
	t.Logf("%d cases", cases)
}

// TestReadsChangeNothing walks every address that is read, as whoever may most, and compares all
// that the registry holds.
func TestReadsChangeNothing(t *testing.T) {
	f := newFort(t)
	before, received := f.dump(), len(f.deliveries.Received)
	for _, who := range roles {
		f.as = who.viewer
		for address, rt := range f.addresses() {
			if rt.Method == "POST" {
				continue
			}
			for _, method := range []string{"GET", "HEAD"} {
				w := f.ask(strings.Replace(address, "GET", method, 1))
				if w.Code >= 500 {
					t.Errorf("%s %s as %s: %d", method, address, who.name, w.Code)
				}
				for _, c := range w.Result().Cookies() {
					if c.MaxAge >= 0 {
						t.Errorf("%s %s as %s sets %s", method, address, who.name, c.Name)
					}
				}
			}
		}
		if f.dump() != before || len(f.deliveries.Received) != received {
			t.Fatalf("what %s reads has changed the registry", who.name)
		}
	}
}

// TestOtherSitesWriteNothing sends to every address that writes what a page of another site can
// make a browser send, with the session of an administrator.
func TestOtherSitesWriteNothing(t *testing.T) {
	f := newFort(t)
	attacks := map[string]map[string]string{
		"another site":               {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
		"a site of the same domain":  {"Sec-Fetch-Site": "same-site", "Origin": "https://autre.exemple.fr"},
		"another site, false origin": {"Sec-Fetch-Site": "cross-site", "Origin": "https://example.com"},
		"an old browser":             {"Origin": "https://evil.example"},
		"a page without origin":      {"Origin": "null"},
		"another port":               {"Origin": "https://example.com:8443"},
		"a name that begins alike":   {"Origin": "https://example.com.evil.example"},
	}
	before := f.dump()
	var writes []string
	for address, rt := range f.addresses() {
		if rt.Method != "POST" {
			continue
		}
		writes = append(writes, address)
		for name, headers := range attacks {
			w := f.ask(address, func(r *http.Request) {
				r.Header.Del("Sec-Fetch-Site")
				for k, v := range headers {
					r.Header.Set(k, v)
				}
			})
			if w.Code != 403 || !strings.Contains(w.Body.String(), "un autre site") || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s from %s: %d", address, name, w.Code)
			}
		}
	}
	if n := strings.Count(f.log.String(), "sent by another site"); n != len(writes)*len(attacks) {
		t.Errorf("the log holds %d attacks of %d", n, len(writes)*len(attacks))
	}
	if len(writes) < 20 || f.dump() != before || len(f.deliveries.Received) > 0 {
		t.Errorf("%d addresses write; the registry has changed: %v", len(writes), f.dump() != before)
	}
	for _, address := range writes { // the site itself may: else the test shows nothing
		if w := f.ask(address, header("Origin", "https://example.com")); strings.Contains(w.Body.String(), "un autre site") {
			t.Errorf("%s is refused to its own site", address)
		}
	}
}

// TestRefusalsAreKept looks for refusals in the journal.
func TestRefusalsAreKept(t *testing.T) {
	f := newFort(t)
	f.as = reader
	for address, rt := range f.addresses() {
		if rt.Right != "administrator" || rt.Action == "" {
			continue
		}
		n := len(f.journal.entries)
		f.ask(address)
		if len(f.journal.entries) != n+1 {
			t.Errorf("%s: %d entries", address, len(f.journal.entries)-n)
			continue
		}
		if e := f.journal.entries[n]; e.Result != "refuse" || e.Account != reader.ID || e.Action != rt.Action || e.From == "" || e.Perimeter != "" {
			t.Errorf("%s: %+v", address, e)
		}
	}
}

// TestAnswersKeepTheirReader lets many read at once: no answer bears the name of another.
func TestAnswersKeepTheirReader(t *testing.T) {
	f := newFort(t)
	const people, rounds = 24, 12
	names := make([]string, people)
	for i := range names {
		names[i] = fmt.Sprintf("Lectrice Numéro%03d", i)
	}
	f.who = func(r *http.Request) belvedere.Viewer {
		return account(func(v *belvedere.Viewer) { v.Name = r.Header.Get("X-Essai") })
	}
	pages := []string{"/", "/indicateurs", "/social/par-etablissement", "/editions", "/recherche?q=a", "/editions/9999"}
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() {
			for i := range rounds {
				w := f.ask("GET "+pages[i%len(pages)], header("X-Essai", name))
				for _, other := range names {
					if strings.Contains(w.Body.String(), other) != (other == name) {
						t.Errorf("%s reads the page of %s", name, other)
					}
				}
				if w.Header().Get("Cache-Control") != "no-store" {
					t.Errorf("a page may be kept: %q", w.Header().Get("Cache-Control"))
				}
			}
		})
	}
	wg.Wait()
}
